"""What does each space know? Attributes, years and popularity predicted from its vectors alone, on items held out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.evaluate.intervals import Interval, bootstrap
from textrec_core.fingerprint import fingerprint
from textrec_core.params import check_limits, tunable
from textrec_core.spaces.space import Space

MOST_ITEMS = 5_000
FEWEST_ITEMS = 20
FEWEST_OF_A_VALUE = 10
MOST_VALUES = 30
PENALTY = 1.0
CONFIDENT = 0.9


@dataclass(frozen=True)
class ProbeParams:
    """What a person may tune."""

    folds: int = tunable(5, 2, 20, "Into how many parts items fall; each is predicted from the others.")
    near: int = tunable(10, 1, 100, "How many nearest items the neighbour probe asks.")
    seed: int = tunable(0, 0, 2**31 - 1, "Which items fall into which part.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True)
class Probe:
    """How well one space foretells one thing: the share guessed right, or for numbers R squared.

    ``blind`` is what the most frequent value, or the mean, would reach.
    """

    target: str
    kind: str
    space: str
    method: str
    score: Interval
    blind: float


@dataclass(frozen=True, eq=False)
class Probes:
    """One row for every target, space and method."""

    rows: tuple[Probe, ...]
    items: int
    fingerprint: str


def name_of(dataset: Dataset, spaces: Sequence[Space], params: ProbeParams) -> str:
    """The fingerprint that these probes will carry."""
    return fingerprint("probes/1", dataset.fingerprint, [space.fingerprint for space in spaces], params)


def measure(
    dataset: Dataset,
    spaces: Sequence[Space],
    params: ProbeParams,
    on_progress: Callable[[float, str], None] | None = None,
) -> Probes:
    """Every target from every space, on the same items and the same folds."""
    known = np.flatnonzero(np.logical_and.reduce([space.known for space in spaces]))
    if known.size < FEWEST_ITEMS:
        raise DataError(
            f"Only {known.size} items have a place in every space; probes need at least {FEWEST_ITEMS}.",
            "Upload texts or interactions for more items.",
        )
    rng = np.random.default_rng(params.seed)
    if known.size > MOST_ITEMS:
        known = np.sort(rng.choice(known, MOST_ITEMS, replace=False))
    rows: list[Probe] = []
    targets = _targets(dataset, known)
    for number, (name, kind, items, wanted) in enumerate(targets):
        fold = rng.permutation(items.size) % params.folds
        blind = _values(_blind(wanted, fold), wanted, kind).mean()
        for space in spaces:
            for method, predicted in _predictions(space.directions[items], wanted, fold, params.near):
                score = bootstrap(_values(predicted, wanted, kind))
                rows.append(Probe(name, kind, space.name, method, score, float(blind)))
        if on_progress:
            on_progress((number + 1) / len(targets), f"predicting {name}")
    return Probes(tuple(rows), known.size, name_of(dataset, spaces, params))


def _targets(dataset: Dataset, known: np.ndarray) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    """Name, kind, items and what is to be foretold: one column for a number, one for each value of an attribute."""
    found = [("popularity", "number", known, np.log1p(dataset.popularity[known])[:, None])]
    for name, values in dataset.attributes.items():
        words = np.array([str(value).strip() for value in values], object)[known]
        numbers = _numbers(words)
        if numbers is not None:
            inside = np.isfinite(numbers)
            found.append((name, "number", known[inside], numbers[inside, None]))
            continue
        names, counts = np.unique(words.astype(str), return_counts=True)
        kept = [str(names[n]) for n in np.argsort(-counts) if counts[n] >= FEWEST_OF_A_VALUE and names[n]][:MOST_VALUES]
        inside = np.isin(words.astype(str), kept)
        # An attribute whose values are nearly all different cannot be learned from others.
        if len(kept) > 1 and inside.mean() > 0.5:
            found.append((name, "value", known[inside], (words[inside, None] == np.array(kept, object)).astype(float)))
    return [one for one in found if one[2].size >= FEWEST_ITEMS and np.ptp(one[3], axis=0).any()]


def _numbers(words: np.ndarray) -> np.ndarray | None:
    """The values as numbers where nearly all are and they are many; else None."""
    values = np.full(words.size, np.nan)
    for place, word in enumerate(words):
        try:
            values[place] = float(word)
        except ValueError:
            continue
    values[~np.isfinite(values)] = np.nan
    many = np.isfinite(values).mean() > CONFIDENT and np.unique(values).size > 12
    return values if many else None


def _blind(wanted: np.ndarray, fold: np.ndarray) -> np.ndarray:
    return np.stack([wanted[fold != part].mean(axis=0) for part in range(fold.max() + 1)])[fold]


def _predictions(
    vectors: np.ndarray, wanted: np.ndarray, fold: np.ndarray, near: int
) -> list[tuple[str, np.ndarray]]:  # fmt: skip
    by_neighbours, by_line = np.zeros(wanted.shape), np.zeros(wanted.shape)
    for part in range(int(fold.max()) + 1):
        test, train = fold == part, fold != part
        similar = vectors[test] @ vectors[train].T
        k = min(near, int(train.sum()))
        closest = np.argpartition(-similar, k - 1, axis=1)[:, :k]
        by_neighbours[test] = wanted[train][closest].mean(axis=1)
        centre, mean = vectors[train].mean(axis=0), wanted[train].mean(axis=0)
        left = (vectors[train] - centre).astype(float)
        weights = np.linalg.solve(left.T @ left + PENALTY * np.eye(left.shape[1]), left.T @ (wanted[train] - mean))
        by_line[test] = (vectors[test] - centre) @ weights + mean
    return [("nearest", by_neighbours), ("linear", by_line)]


def _values(predicted: np.ndarray, wanted: np.ndarray, kind: str) -> np.ndarray:
    """One number an item, whose mean is the share guessed right or R squared."""
    if kind == "value":
        return (predicted.argmax(axis=1) == wanted.argmax(axis=1)).astype(float)
    spread = float(((wanted - wanted.mean()) ** 2).mean())
    return 1.0 - (predicted - wanted)[:, 0] ** 2 / spread
