"""A plan of parameters in, every configuration measured on hidden items out; what a ledger has already is not fitted again."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS, Split
from textrec_core.errors import DataError
from textrec_core.evaluate import recorded, search
from textrec_core.evaluate.board import BoardParams
from textrec_core.evaluate.early import Early
from textrec_core.evaluate.intervals import Interval, together, widened
from textrec_core.evaluate.judged import judge, judges
from textrec_core.evaluate.ledger import Kept, Ledger, Run
from textrec_core.evaluate.metrics import relevant
from textrec_core.evaluate.search import SearchParams
from textrec_core.fingerprint import fingerprint
from textrec_core.limits import LIMITS
from textrec_core.models import wals
from textrec_core.models.wals import WalsParams
from textrec_core.params import declared

Progress = Callable[[float, str], None]
# From how many other random starts the best is trained again: how much the start alone moves a configuration.
STARTS = 3


@dataclass(frozen=True)
class Plan:
    """What is tried: all but ``axes`` as in ``base``; what each axis may be, as a person writes it; how it is judged."""

    base: WalsParams
    axes: Mapping[str, tuple[str, ...]]
    how: BoardParams
    search: SearchParams

    @property
    def wanted(self) -> int:
        """How many configurations there will be."""
        grid = int(np.prod([len(values) for values in self.axes.values()]))
        return grid if self.search.method == "grid" else self.search.trials

    def told(self) -> dict[str, Any]:
        """The same in plain values, for a ledger."""
        return {
            "base": asdict(self.base), "axes": {name: list(values) for name, values in self.axes.items()},
            "how": asdict(self.how), "search": asdict(self.search),
        }  # fmt: skip


def plan_of(told: Mapping[str, Any]) -> Plan:
    """The plan that a ledger has kept."""
    axes = {name: tuple(values) for name, values in told["axes"].items()}
    return Plan(WalsParams(**told["base"]), axes, BoardParams(**told["how"]), SearchParams(**told["search"]))


@dataclass(frozen=True)
class Cell:
    """One configuration: its metric, its paired difference to the best, and what its fit took.

    ``stopped`` is the sweep after which it was given up, or 0.
    """

    params: WalsParams
    value: Interval
    behind: Interval
    seconds: float
    key: str
    stopped: int
    aside: Mapping[str, float]

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
    """Cells from best to worst, those given up last; ``best`` and ``cheapest`` are among the finished ones.

    ``spread`` is how far the best moves from one of ``starts`` random starts to another (a standard deviation); the
    intervals of all cover it too. Where there is one start only, they cover people alone.
    """

    cells: tuple[Cell, ...]
    people: int
    starts: int
    spread: float

    @property
    def finished(self) -> tuple[Cell, ...]:
        """The cells that were trained to the end."""
        return tuple(cell for cell in self.cells if not cell.stopped)

    @property
    def best(self) -> Cell:
        """The highest mean."""
        return self.finished[0]

    @property
    def cheapest(self) -> Cell:
        """Of all that cannot be told from the best the one of least cost; of equal cost, the better one."""
        return min((cell for cell in self.finished if not cell.distinguishable), key=lambda cell: cell.cost)


@dataclass(frozen=True)
class Turn:
    """How far a sweep is; one that is ``unfinished`` wants to be asked for again."""

    key: str
    done: int
    wanted: int
    fitted: int

    @property
    def unfinished(self) -> bool:
        """Whether there is more to do."""
        return self.done < self.wanted


def name_of(dataset: Dataset, plan: Plan) -> str:
    """The fingerprint of this plan on this data; where nothing depends on the list length, it is free to move."""
    free = replace(plan.how, starts=BoardParams().starts)
    if plan.search.method == "grid":
        free = replace(free, k=BoardParams().k)
    return fingerprint("sweep/2", dataset.fingerprint, plan.base, plan.axes, free, plan.search)


def grid(base: WalsParams, axes: Mapping[str, Sequence[str]]) -> list[WalsParams]:
    """Every combination of the written values; all are checked before the first is fitted."""
    known = {entry.name: entry for entry in declared(WalsParams)}
    for name, written in axes.items():
        if name not in known:
            raise DataError(f"There is no parameter {name!r} to vary.", f"There are {', '.join(known)}.")
        if not written:
            raise DataError(f"No value was named for {name}.", "Name at least one, or leave the parameter out.")
    count = int(np.prod([len(one) for one in axes.values()]))
    if not 1 <= count <= LIMITS.sweep_cells:
        raise DataError(f"The grid has {count:,} cells; it may have 1 to {LIMITS.sweep_cells:,}.", "Name fewer values.")
    values = [[known[name].read(words) for words in written] for name, written in axes.items()]
    chosen: list[dict[str, Any]] = [dict(zip(axes, one, strict=True)) for one in product(*values)]
    return [replace(base, **one) for one in chosen]


def check(dataset: Dataset, plan: Plan) -> None:
    """Raise ``DataError`` where a configuration of the plan could not be fitted."""
    if plan.how.split == "items":
        raise DataError("WALS knows nothing of new items, so that no configuration can be better.", "Choose another split.")  # fmt: skip
    for params in grid(plan.base, search.ends(plan.axes) if plan.search.method == "tpe" else plan.axes):
        wals.check(dataset, params)


def run(
    dataset: Dataset, plan: Plan, path: Path, seconds: float = float("inf"), on_progress: Progress | None = None
) -> Turn:
    """Measure what the ledger does not hold, for about so many seconds; each is kept as soon as it is done.

    The order depends on the plan alone, so that a run which was killed, or had its turn, goes on where it stood.
    """
    check(dataset, plan)
    ledger, key, began = Ledger(path), name_of(dataset, plan), time.monotonic()
    ledger.begin(key, dataset.fingerprint, plan.told(), plan.wanted)
    before = next((kept.cells for kept in ledger.sweeps(dataset.fingerprint) if kept.key == key), ())
    split = SPLITS[plan.how.split](dataset, plan.how.hidden_share, plan.how.split_seed)
    people = judges(split)
    going = search.begin(plan.base, plan.axes, plan.search)
    done: list[str] = []
    worth: dict[WalsParams, float] = {}
    fitted, label = 0, f"NDCG@{plan.how.k}"
    for number in range(plan.wanted):
        if fitted and time.monotonic() - began > seconds:
            break
        params, course = going.ask()
        found = kept_run(ledger, recorded.key_of(dataset, params, plan.how), plan.search.prune)
        if found is None:
            found = measure(dataset, split, people, params, plan.how, ledger, course)
            fitted += 1
        value = found.metrics[label].mean if label in found.metrics else _mean(ledger, found, plan.how.k)
        going.tell(found.course, value, found.stopped)
        if not found.stopped and not np.isnan(value):
            worth[params] = value
        done.append(found.key)
        if number >= len(before):
            ledger.mark(key, tuple(done))
        if on_progress:
            best = max(worth.values(), default=float("nan"))
            on_progress(len(done) / plan.wanted, f"{len(done)} of {plan.wanted}, best {label} so far {best:.4f}")
    if len(done) < plan.wanted or not worth:
        return Turn(key, len(done), plan.wanted, fitted)
    for params in recorded.from_other_starts(max(worth, key=lambda one: worth[one]), STARTS):
        if kept_run(ledger, recorded.key_of(dataset, params, plan.how), False) is None:
            if on_progress:
                on_progress(1.0, f"the best again from random start {params.seed}")
            measure(dataset, split, people, params, plan.how, ledger, search.NEVER)
    return Turn(key, len(done), plan.wanted, fitted)


def kept_run(ledger: Ledger, key: str, pruned: bool) -> Run | None:
    """What the ledger has of a configuration; where some are given up, also one that was."""
    stopped = [recorded.stopped_key(key, sweep) for sweep in search.CHECKED] if pruned else []
    return next((run for one in (key, *stopped) if (run := ledger.of(one, light=True)) is not None), None)


def _mean(ledger: Ledger, run: Run, k: int) -> float:
    whole = ledger.of(run.key)
    return float("nan") if whole is None or whole.judged is None else float(whole.values("NDCG", k).mean())


def measure(
    dataset: Dataset, split: Split, people: np.ndarray, params: WalsParams, how: BoardParams, ledger: Ledger,
    course: search.Course,
) -> Run:  # fmt: skip
    """Train one configuration, judge it, and keep both."""
    # People whom no fit has seen have no factors yet while it trains.
    early = Early(split, people, search.CHECKED, course.worse) if split.shown is split.train else None
    start = time.perf_counter()
    try:
        fit = wals.fit(split.train, params, stop=early)
    except DataError:
        # One that does not settle says so in its place and does not end the others.
        key = recorded.key_of(dataset, params, how)
        failed = Run(key, dataset.fingerprint, dataset.name, asdict(params), recorded.words_of(how), time.perf_counter() - start, {}, stopped=1)  # fmt: skip
        ledger.put(failed)
        return failed
    took = time.perf_counter() - start
    judged = judge(split, recorded.scorer(split, fit), people)
    stopped = len(fit.losses) if early is not None and early.ended else 0
    found = recorded.run_of(
        dataset, params, how, took, judged, relevant(split.held_out, people), early.values if early else (), stopped
    )
    ledger.put(found, fit)
    return found


def read(ledger: Ledger, kept: Kept, metric: str = "NDCG", k: int = 10) -> Sweep | None:
    """What is known of a sweep by now, by any metric at any list length; None before the first cell."""
    runs = [run for run in ledger.several(tuple(dict.fromkeys(kept.cells))) if run.judged is not None]
    if all(run.stopped for run in runs):
        return None
    how = plan_of(kept.told).how
    best = max((run for run in runs if not run.stopped), key=lambda run: run.values("NDCG", how.k).mean())
    others = recorded.from_other_starts(best.wals, STARTS) if len(kept.cells) == kept.wanted else []
    again = ledger.several(tuple(recorded.key_in(kept.data, params, how) for params in others))
    return compared(runs, metric, k, (best, *again) if len(again) == STARTS else (best,))


def compared(runs: Sequence[Run], metric: str, k: int, starts: Sequence[Run] = ()) -> Sweep:
    """Runs that the same people judged, against the best of those trained to the end.

    ``starts`` are one configuration from several random starts; what they differ by widens every interval.
    """
    values = np.stack([run.values(metric, k) for run in runs], axis=1)
    finished = np.array([not run.stopped for run in runs])
    best = int(np.where(finished, values.mean(axis=0), -1.0).argmax())
    spread = float(np.std([run.values(metric, k).mean() for run in starts], ddof=1)) if len(starts) > 1 else 0.0
    intervals = together(np.hstack([values, values - values[:, [best]]]))
    own = [widened(one, spread, len(starts)) for one in intervals[: len(runs)]]
    # Two starts stand behind a difference.
    apart = [2**0.5 * spread if n != best else 0.0 for n in range(len(runs))]
    behind = [widened(one, more, len(starts)) for one, more in zip(intervals[len(runs) :], apart, strict=True)]
    cells = [
        Cell(run.wals, own[n], behind[n], run.seconds, run.key, run.stopped, _asides(run, k))
        for n, run in enumerate(runs)
    ]
    ordered = sorted(cells, key=lambda cell: (cell.stopped > 0, -cell.value.mean))
    return Sweep(tuple(ordered), len(values), max(1, len(starts)), spread)


def _asides(run: Run, k: int) -> dict[str, float]:
    assert run.judged is not None
    return {
        name: run.judged.aside(name, k) for name in ("Coverage", "Novelty", "Popularity share", "Cold share", "Gini")
    }
