"""Fits and boards that a ledger keeps: made once, written down, and opened again without training."""

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS, Split
from textrec_core.evaluate import board
from textrec_core.evaluate.board import BoardParams
from textrec_core.evaluate.intervals import Interval, together
from textrec_core.evaluate.judged import Judged
from textrec_core.evaluate.ledger import EVERYTHING, Ledger, Run
from textrec_core.fingerprint import fingerprint
from textrec_core.models import wals
from textrec_core.models.wals import Factors, WalsParams
from textrec_core.spaces.space import Space

Progress = Callable[[float, str], None]


def key_of(dataset: Dataset, params: WalsParams, how: BoardParams) -> str:
    """The key of this configuration judged in this way; list length and number of starts are free to move afterwards."""
    return key_in(dataset.fingerprint, params, how)


def key_in(data: str, params: WalsParams, how: BoardParams) -> str:
    """The same for data of this fingerprint."""
    usual = BoardParams()
    return fingerprint("cell/2", data, params, replace(how, k=usual.k, starts=usual.starts))


def from_other_starts(params: WalsParams, count: int) -> list[WalsParams]:
    """The same configuration from so many other random starts, always the same ones."""
    return [replace(params, seed=(params.seed + number) % 2**31) for number in range(1, count + 1)]


def fit(dataset: Dataset, params: WalsParams, path: Path, on_progress: Progress | None = None) -> Factors:
    """Factors of all the data, from the ledger where it has them."""
    ledger, key = Ledger(path), wals.name_of(dataset, params)
    kept = ledger.factors(key)
    if kept is not None:
        return kept
    start = time.perf_counter()
    made = wals.fit(dataset, params, on_progress)
    seconds = time.perf_counter() - start
    ledger.put(Run(key, dataset.fingerprint, dataset.name, asdict(params), EVERYTHING, seconds, {}), made)
    return made


def measure(
    dataset: Dataset, params: WalsParams, how: BoardParams, text: Space | None, path: Path,
    on_progress: Progress | None = None,
) -> board.Board:  # fmt: skip
    """A board; each WALS fit under it is kept, and one that a sweep has made already is not made again."""
    ledger = Ledger(path)
    fits: list[tuple[WalsParams, Factors, float]] = []

    def train(learned: Dataset, wanted: WalsParams, tell: Progress) -> Factors:
        key = key_of(dataset, wanted, how)
        kept, run, start = ledger.factors(key), ledger.of(key), time.perf_counter()
        if kept is not None and run is not None and kept.dataset == learned.fingerprint:
            fits.append((wanted, kept, run.seconds))
            return kept
        made = wals.fit(learned, wanted, tell)
        fits.append((wanted, made, time.perf_counter() - start))
        return made

    found = board.measure(dataset, params, how, text, on_progress, train)
    for number, (wanted, made, seconds) in enumerate(fits):
        place = found.models.index("WALS")
        judged = Judged(found.found[found.which[number, place]], found.beyond[place])
        ledger.put(run_of(dataset, wanted, how, seconds, judged, found.hidden), made)
    return found


def scorer(split: Split, made: Factors) -> wals.WalsScorer:
    """Factors of a split's learning side, ready to make the lists of those who are judged."""
    return wals.scorer(split.train, made) if split.shown is split.train else wals.folded(split.shown, made)


def run_of(
    dataset: Dataset, params: WalsParams, how: BoardParams, seconds: float, judged: Judged, hidden: np.ndarray,
    course: tuple[float, ...] = (), stopped: int = 0,
) -> Run:  # fmt: skip
    """A judged fit as the ledger keeps it, with the few figures that lists of runs show."""
    names = dict.fromkeys([("NDCG", 10), ("Recall", 20), ("NDCG", how.k)])
    intervals = together(np.stack([judged.values(metric, k, hidden) for metric, k in names], axis=1))
    metrics = {f"{metric}@{k}": interval for (metric, k), interval in zip(names, intervals, strict=True)}
    for metric in ("Coverage", "Novelty"):
        value = judged.aside(metric, 10)
        metrics[f"{metric}@10"] = Interval(value, value, value, hidden.size)
    key = key_of(dataset, params, how)
    return Run(
        key if not stopped else stopped_key(key, stopped), dataset.fingerprint, dataset.name, asdict(params),
        words_of(how), seconds, metrics, judged, hidden, course, stopped,
    )  # fmt: skip


def stopped_key(key: str, stopped: int) -> str:
    """The key of the same configuration given up after so many sweeps."""
    return fingerprint(key, "stopped", stopped)


def words_of(how: BoardParams) -> str:
    """How a run was judged, in short; runs of equal words were judged by the same people and the same hidden items."""
    # Whole to the last digit: who was judged by another share was judged on other hidden items.
    share = "" if how.split == "last" else f" {100 * how.hidden_share:.12g}%"
    return f"{how.split}{share}, seed {how.split_seed}"


def split_of(dataset: Dataset, words: str) -> BoardParams | None:
    """The other way round: how a run of these words was judged; None for what was trained on everything."""
    if words == EVERYTHING:
        return None
    first, _, seed = words.partition(", seed ")
    kind, _, share = first.partition(" ")
    assert kind in SPLITS
    usual = BoardParams(split=kind, split_seed=int(seed))
    return replace(usual, hidden_share=float(share.removesuffix("%")) / 100) if share else usual
