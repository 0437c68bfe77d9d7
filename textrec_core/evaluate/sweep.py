"""A grid of parameters in, every cell measured on hidden items out; what a ledger has already is not fitted again."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS
from textrec_core.errors import DataError
from textrec_core.evaluate.board import MOST_PEOPLE, BoardParams
from textrec_core.evaluate.intervals import Interval, bootstrap
from textrec_core.evaluate.metrics import hits, ndcg, relevant
from textrec_core.evaluate.records import Record, Records
from textrec_core.fingerprint import fingerprint
from textrec_core.limits import LIMITS
from textrec_core.models import wals
from textrec_core.params import declared
from textrec_core.people.recommend import everyone


@dataclass(frozen=True)
class Cell:
    """One configuration: its NDCG, its paired difference to the best, and what its fit took."""

    params: wals.WalsParams
    value: Interval
    behind: Interval
    seconds: float
    key: str

    @property
    def distinguishable(self) -> bool:
        """Whether the difference to the best is more than chance among these people."""
        return not self.behind.holds_zero

    @property
    def cost(self) -> int:
        """What a fit and every later score take: numbers per row, times sweeps."""
        return self.params.rank * self.params.iterations


@dataclass(frozen=True, eq=False)
class Sweep:
    """Cells from best to worst; ``cheapest`` is the one of least cost that cannot be told from the best."""

    cells: tuple[Cell, ...]
    protocol: str
    people: int
    fitted: int

    @property
    def cheapest(self) -> Cell:
        """Of equal cost, the better one."""
        return min((cell for cell in self.cells if not cell.distinguishable), key=lambda cell: cell.cost)


def grid(base: wals.WalsParams, axes: Mapping[str, Sequence[str]]) -> list[wals.WalsParams]:
    """Every combination of the written values; all are checked before the first is fitted."""
    known = {entry.name: entry for entry in declared(wals.WalsParams)}
    for name in axes:
        if name not in known:
            raise DataError(f"There is no parameter {name!r} to vary.", f"There are {', '.join(known)}.")
    values = [[known[name].read(words) for words in written] for name, written in axes.items()]
    count = int(np.prod([len(one) for one in values]))
    if not 1 <= count <= LIMITS.sweep_cells:
        raise DataError(f"The grid has {count:,} cells; it may have 1 to {LIMITS.sweep_cells:,}.", "Name fewer values.")
    chosen: list[dict[str, Any]] = [dict(zip(axes, one, strict=True)) for one in product(*values)]
    return [replace(base, **one) for one in chosen]


def run(
    dataset: Dataset, cells: Sequence[wals.WalsParams], how: BoardParams, records: Records,
    on_progress: Callable[[float, str], None] | None = None,
) -> Sweep:  # fmt: skip
    """Measure every cell that the ledger does not hold; each is kept as soon as it is done, so that a killed run goes on."""
    split = SPLITS[how.split](dataset, how.hidden_share, how.split_seed)
    if split.candidates is not None:
        raise DataError(
            "WALS knows nothing of new items, so that no configuration can be better.", "Choose another split."
        )
    people = split.people
    if people.size == 0:
        raise DataError("Nobody has enough items to hide any.", "Measuring needs people with at least 3 items each.")
    if people.size > MOST_PEOPLE:
        people = np.sort(np.random.default_rng(how.split_seed).choice(people, MOST_PEOPLE, replace=False))
    for params in cells:
        wals.check(split.train, params)
    count, fitted = relevant(split.held_out, people), 0
    found: list[tuple[wals.WalsParams, Record]] = []
    for number, params in enumerate(cells):
        key = fingerprint("cell/1", dataset.fingerprint, params, how)
        record = records.of(key)
        if record is None:
            start = time.perf_counter()
            fit = wals.fit(split.train, params)
            seconds = time.perf_counter() - start
            scorer = wals.scorer(split.train, fit) if split.shown is split.train else wals.folded(split.shown, fit)
            lists = everyone(split.shown, scorer, how.k, people)[0]
            gains = ndcg(hits(lists, split.held_out, people), count, how.k)
            record = Record(key, dataset.fingerprint, asdict(params), split.kind, seconds, gains)
            records.put(record)
            fitted += 1
        found.append((params, record))
        if on_progress:
            on_progress((number + 1) / len(cells), f"{number + 1} of {len(cells)} cells")
    best = max((record for _params, record in found), key=lambda record: float(record.gains.mean())).gains
    made = [
        Cell(params, bootstrap(one.gains), bootstrap(one.gains - best), one.seconds, one.key) for params, one in found
    ]
    made.sort(key=lambda cell: -cell.value.mean)
    return Sweep(tuple(made), f"{split.kind}, seed {split.seed}", int(people.size), fitted)
