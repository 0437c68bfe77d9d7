"""A plan of parameters in, what a sweep over it will take on this machine out."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS
from textrec_core.evaluate import recorded, search, sweep
from textrec_core.evaluate.judged import judge, judges
from textrec_core.evaluate.ledger import Ledger
from textrec_core.models import wals


@dataclass(frozen=True)
class Estimate:
    """What a sweep will take: seconds, fits still to make, those the ledger has, and bytes it will keep."""

    seconds: float
    fits: int
    known: int
    bytes: int


def estimate(dataset: Dataset, plan: sweep.Plan, path: Path, on_progress: sweep.Progress | None = None) -> Estimate:
    """Measured on this machine: the cheapest and the dearest rank for two sweeps each, and the lists of the dearest."""
    sweep.check(dataset, plan)
    cells = sweep.grid(plan.base, plan.axes) if plan.search.method == "grid" else search.spread(plan.base, plan.axes, plan.search)  # fmt: skip
    ledger = Ledger(path)
    open_ = [one for one in cells if sweep.kept_run(ledger, recorded.key_of(dataset, one, plan.how), False) is None]
    if plan.search.method == "tpe":
        kept = next(
            (one for one in ledger.sweeps(dataset.fingerprint) if one.key == sweep.name_of(dataset, plan)), None
        )
        open_ = cells[len(kept.cells) if kept else 0 :]
    rows = sum(dataset.matrix.shape)
    size = sum(4 * one.rank * rows for one in open_)
    if not open_:
        return Estimate(0.0, 0, len(cells), 0)
    split = SPLITS[plan.how.split](dataset, plan.how.hidden_share, plan.how.split_seed)
    people = judges(split)
    ranks = sorted({one.rank for one in open_})
    ends = sorted({ranks[0], ranks[-1]})
    each: dict[int, float] = {}
    lists = 0.0
    # What the first fit of a process loads is no part of what the others take.
    wals.fit(split.train, replace(open_[0], rank=2, iterations=1))
    for rank in ends:
        if on_progress:
            on_progress(0.5, f"two sweeps of rank {rank}")
        start = time.perf_counter()
        fit = wals.fit(split.train, replace(open_[0], rank=rank, iterations=2, tolerance=0.0))
        each[rank] = (time.perf_counter() - start) / 2
        start = time.perf_counter()
        judge(split, recorded.scorer(split, fit), people)
        lists = time.perf_counter() - start
    rest = sum(one.iterations * float(np.interp(one.rank, ends, [each[rank] for rank in ends])) for one in open_)
    # The best is then trained again from other random starts.
    whole = (rest + lists * len(open_)) * (1 + sweep.STARTS / len(open_))
    return Estimate(whole, len(open_), len(cells) - len(open_), size)
