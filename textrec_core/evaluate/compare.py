"""Two runs in; out what differs in their parameters, what that did to each metric, and whose lists changed most."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS, Split
from textrec_core.evaluate import recorded
from textrec_core.evaluate.intervals import Interval, together
from textrec_core.evaluate.ledger import Ledger, Run
from textrec_core.evaluate.metrics import ACCURACY
from textrec_core.fingerprint import fingerprint
from textrec_core.models import wals
from textrec_core.people.recommend import everyone

SHOWN = 10
MOST_LISTED = 10


@dataclass(frozen=True)
class Difference:
    """One metric of both runs, and the second less the first, person by person."""

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
    fingerprint: str

    @property
    def changed_most(self) -> list[tuple[int, int]]:
        """The people whose lists share the fewest items, and how many they share."""
        order = np.argsort(self.overlap, kind="stable")[:MOST_LISTED]
        return [(int(self.people[place]), int(self.overlap[place])) for place in order]


def name_of(one: str, other: str) -> str:
    """The fingerprint that the comparison of two runs will carry."""
    return fingerprint("compare/1", one, other)


def compare(
    dataset: Dataset, one: Run, other: Run, path: Path, on_progress: Callable[[float, str], None] | None = None
) -> Comparison:
    """Metrics where the same people judged both; lists where both runs' factors are still kept."""
    differing = {
        name: (one.params.get(name), other.params.get(name))
        for name in dict(one.params) | dict(other.params)
        if one.params.get(name) != other.params.get(name)
    }
    people, overlap = _overlap(dataset, one, other, path)
    return Comparison(differing, _metrics(one, other), people, overlap, name_of(one.key, other.key))


def _metrics(one: Run, other: Run) -> tuple[Difference, ...]:
    if one.protocol != other.protocol or one.judged is None or other.judged is None:
        return ()
    names = [(metric, k) for k in (SHOWN, 20, 100) for metric in ACCURACY]
    first, second = (np.stack([run.values(*name) for name in names], axis=1) for run in (one, other))
    moved = together(second - first)
    means = zip(names, first.mean(axis=0), second.mean(axis=0), moved, strict=True)
    return tuple(Difference(f"{metric}@{k}", float(a), float(b), change) for (metric, k), a, b, change in means)


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
