"""How soon our WALS is as good as it will get, against implicit's default sweeps; and what metrics cost beyond scoring."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import peer, real_data
from benchmarks.rows import Row, alone, timed
from textrec_core.data.dataset import Dataset
from textrec_core.data.split import Split, random_per_person
from textrec_core.evaluate import beyond
from textrec_core.evaluate.metrics import ACCURACY, hits, ndcg, relevant
from textrec_core.models import wals
from textrec_core.people.recommend import everyone

REPEATS = 3
RANK, SWEEPS, NEAR = 128, 40, 0.99
# What the library does unless it is told otherwise.
PEER_SWEEPS = 15
DEPTH = 100


def rows() -> list[Row]:
    """Ratios within rounds that alternate which of both comes first."""
    dataset = real_data.load("ml-1m")
    if dataset is None:
        return []
    split = random_per_person(dataset, 0.2, 0)
    params = wals.WalsParams(**{**vars(wals.suited(split.train)), "rank": RANK, "iterations": SWEEPS})
    ended = measured(split, wals.fit(split.train, params))
    enough = next(n for n in range(1, SWEEPS + 1) if measured(split, _after(split, params, n)) >= NEAR * ended)
    data = f"ml-1m, rank {RANK}"
    confidence = peer.confidences(split.train, _peer_params(params))
    ours, theirs = [], []
    for turn in range(REPEATS + 1):
        calls = [
            (ours, lambda: _after(split, params, enough)),
            (theirs, lambda: peer.fit(confidence, _peer_params(params))),
        ]
        for kept, call in calls[:: 1 if turn % 2 else -1]:
            kept.append(timed(call))
    ratios = [one.wall / other.wall for one, other in zip(ours[1:], theirs[1:], strict=True)]
    note = f"{enough} sweeps reach {NEAR:.0%} of {ended:.4f}, what {SWEEPS} give; the peer does {PEER_SWEEPS}"
    found = [
        Row("converge, implicit's 15 sweeps, clock", float(np.median([one.wall for one in ours[1:]])),
            float(np.median([one.wall for one in theirs[1:]])), float(np.median(ratios)), 0.5, data, REPEATS, min(ratios), max(ratios), note),
    ]  # fmt: skip
    mine, other = (_peak(who) for who in ("ours", "peer"))
    found.append(
        Row(
            "converge, peak memory of the process (MB)",
            mine,
            other,
            mine / other,
            1.2,
            data,
            1,
            mine / other,
            mine / other,
            "a process each, from the moment its fit begins; the data in it alike",
        )
    )
    return [*found, _metrics(dataset, split, params)]


def _after(split: Split, params: wals.WalsParams, sweeps: int) -> wals.Factors:
    return wals.fit(split.train, wals.WalsParams(**{**vars(params), "iterations": sweeps}))


def _peer_params(params: wals.WalsParams) -> wals.WalsParams:
    # Its own kind of regularization, at the strength that suits it on data of this kind.
    return wals.WalsParams(rank=params.rank, alpha=4.0, regularization=50.0, frequency=0.0, iterations=PEER_SWEEPS)


def measured(split: Split, factors: wals.Factors) -> float:
    """NDCG@10 over everybody."""
    lists = everyone(split.train, wals.scorer(split.train, factors), 10, split.people)[0]
    found = hits(lists, split.held_out, split.people)
    return float(ndcg(found, relevant(split.held_out, split.people), 10).mean())


def _metrics(dataset: Dataset, split: Split, params: wals.WalsParams) -> Row:
    people, popularity = split.people, split.train.popularity
    lists = everyone(split.train, wals.scorer(split.train, _after(split, params, 2)), DEPTH, people)[0]

    def every() -> None:
        found, count = hits(lists, split.held_out, people), relevant(split.held_out, people)
        for metric in ACCURACY.values():
            metric(found, count, DEPTH)
        beyond.novelty(lists, popularity, dataset.users.size, DEPTH)
        beyond.popularity_share(lists, popularity, dataset.users.size, DEPTH)
        beyond.cold_share(lists, popularity, DEPTH)
        beyond.coverage(lists, dataset.items.size, DEPTH)
        beyond.gini(lists, dataset.items.size, DEPTH)

    every()
    seconds = [timed(every).wall for _ in range(REPEATS)]
    return alone("every metric of everybody at k 100", seconds, 2.0, f"ml-1m, {people.size:,} people")


def _peak(who: str) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.converge", who], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def main() -> None:
    """One fit, and the most memory that this process held."""
    dataset = real_data.load("ml-1m")
    assert dataset is not None
    split = random_per_person(dataset, 0.2, 0)
    params = wals.WalsParams(**{**vars(wals.suited(split.train)), "rank": RANK, "iterations": 5})
    confidence = peer.confidences(split.train, params)
    # The reader of the table needs more than either fit: its peak is forgotten before the fit begins.
    Path("/proc/self/clear_refs").write_text("5")
    start = time.perf_counter()
    if sys.argv[1] == "ours":
        wals.fit(split.train, params)
    else:
        peer.fit(confidence, _peer_params(params))
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(f"{time.perf_counter() - start:.1f} s", int(peak.split()[1]) / 1024)


if __name__ == "__main__":
    main()
