"""Two runs in; out what differs in their parameters, what that did to each metric, and whose lists changed most.

Two fits from one random start each can be told apart where their configurations cannot; from several starts each it is
the configurations that are compared.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS, Split
from textrec_core.errors import DataError
from textrec_core.evaluate import recorded, search, sweep
from textrec_core.evaluate.intervals import Interval, over_starts
from textrec_core.evaluate.judged import judges
from textrec_core.evaluate.ledger import Ledger, Run
from textrec_core.evaluate.metrics import ACCURACY
from textrec_core.fingerprint import fingerprint
from textrec_core.models import wals
from textrec_core.people.recommend import everyone

SHOWN = 10
MOST_LISTED = 10


@dataclass(frozen=True)
class Difference:
    """One metric of both, and the second less the first, person by person; from several starts, the mean over them."""

    metric: str
    one: float
    other: float
    difference: Interval


@dataclass(frozen=True, eq=False)
class Comparison:
    """``params`` holds only what differs; ``overlap[n]`` is how many items both lists of person ``people[n]`` share."""

    params: Mapping[str, tuple[Any, Any]]
    metrics: tuple[Difference, ...]
    people: np.ndarray
    overlap: np.ndarray
    starts: int
    fingerprint: str

    @property
    def alike(self) -> bool:
        """Whether both are one configuration, but for the random start."""
        return set(self.params) <= {"seed"}

    @property
    def changed_most(self) -> list[tuple[int, int]]:
        """The people whose lists share the fewest items, and how many they share."""
        order = np.argsort(self.overlap, kind="stable")[:MOST_LISTED]
        return [(int(self.people[place]), int(self.overlap[place])) for place in order]


def name_of(one: str, other: str, starts: int = 1) -> str:
    """The fingerprint that the comparison of two runs will carry."""
    return fingerprint("compare/3", one, other, starts)


def compare(
    dataset: Dataset, one: Run, other: Run, path: Path, starts: int = 1,
    on_progress: Callable[[float, str], None] | None = None,
) -> Comparison:  # fmt: skip
    """Metrics where the same people judged both; lists where both runs' factors are still kept.

    With several ``starts`` each configuration is trained from as many, what the ledger has of them is not made again,
    and the intervals of the metrics cover the start as well as people.
    """
    differing = {
        name: (one.params.get(name), other.params.get(name))
        for name in dict(one.params) | dict(other.params)
        if one.params.get(name) != other.params.get(name)
    }
    people, overlap = _overlap(dataset, one, other, path)
    if one.protocol != other.protocol or one.judged is None or other.judged is None:
        return Comparison(differing, (), people, overlap, 1, name_of(one.key, other.key, starts))
    both = [_from_starts(dataset, run, Ledger(path), starts, on_progress) for run in (one, other)]
    return Comparison(differing, _metrics(*both), people, overlap, starts, name_of(one.key, other.key, starts))


def _from_starts(
    dataset: Dataset, run: Run, ledger: Ledger, starts: int, on_progress: Callable[[float, str], None] | None
) -> list[Run]:
    """The run and the same configuration from other random starts, judged alike."""
    how, found = recorded.split_of(dataset, run.protocol), [run]
    assert how is not None
    split, people = None, np.empty(0, int)
    for params in recorded.from_other_starts(run.wals, starts - 1):
        kept = ledger.of(recorded.key_of(dataset, params, how))
        if kept is None or kept.judged is None:
            if on_progress:
                on_progress(len(found) / starts, f"random start {params.seed}")
            if split is None:
                split = SPLITS[how.split](dataset, how.hidden_share, how.split_seed)
                people = judges(split)
            kept = sweep.measure(dataset, split, people, params, how, ledger, search.NEVER)
        if kept.judged is None:
            raise DataError("Training did not settle from another random start.", "Raise the regularization.")
        found.append(kept)
    return found


def _metrics(one: Sequence[Run], other: Sequence[Run]) -> tuple[Difference, ...]:
    names = [(metric, k) for k in (SHOWN, 20, 100) for metric in ACCURACY]
    first, second = (
        [np.stack([run.values(*name) for name in names], axis=1) for run in several] for several in (one, other)
    )
    moved = over_starts([after - before for before, after in zip(first, second, strict=True)])
    means = (np.mean([table.mean(axis=0) for table in tables], axis=0) for tables in (first, second))
    rows = zip(names, *means, moved, strict=True)
    return tuple(Difference(f"{metric}@{k}", float(a), float(b), change) for (metric, k), a, b, change in rows)


def _overlap(dataset: Dataset, one: Run, other: Run, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Lists of the live kind: of what each run's factors would give everybody who has a past in both."""
    ledger = Ledger(path)
    made: list[tuple[Dataset, wals.WalsScorer]] = []
    for run in (one, other):
        factors = ledger.factors(run.key)
        if factors is None:
            return np.empty(0, int), np.empty(0, int)
        how = recorded.split_of(dataset, run.protocol)
        if how is None:
            made.append((dataset, wals.scorer(dataset, factors)))
        else:
            split: Split = SPLITS[how.split](dataset, how.hidden_share, how.split_seed)
            made.append((split.shown, recorded.scorer(split, factors)))
    people = np.flatnonzero(np.logical_and.reduce([np.diff(shown.matrix.indptr) > 0 for shown, _ in made]))
    first, second = (everyone(shown, scorer, SHOWN, people)[0] for shown, scorer in made)
    shared = ((first[:, :, None] == second[:, None, :]) & (first >= 0)[:, :, None]).any(axis=2).sum(axis=1)
    return people, shared
