"""Models side by side on what was hidden from them: a dataset and parameters in, measured rows out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS, Split
from textrec_core.errors import DataError
from textrec_core.evaluate import beyond
from textrec_core.evaluate.contest import contestants
from textrec_core.evaluate.intervals import Interval, detectable, together
from textrec_core.evaluate.metrics import ACCURACY, hits, relevant
from textrec_core.fingerprint import fingerprint
from textrec_core.models import wals
from textrec_core.params import check_limits, tunable
from textrec_core.people.recommend import everyone
from textrec_core.spaces.space import Space

DEPTH = 100
# The list lengths that curves are drawn through.
LENGTHS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100)
BEYOND = ("Coverage", "Novelty", "Diversity in words", "Popularity share", "Gini")
MOST_PEOPLE = 10_000


@dataclass(frozen=True)
class BoardParams:
    """What a person may tune."""

    k: int = tunable(10, 1, DEPTH, "How many items of each list are judged.")
    split: str = tunable(
        "random",
        meaning="What is hidden: some of each person's items, each one's last, all after a date, some people, some items.",
        choices=tuple(SPLITS),
    )
    hidden_share: float = tunable(
        0.2, 0.05, 0.5, "Which share is hidden from training; the split by last item needs none."
    )
    split_seed: int = tunable(0, 0, 2**31 - 1, "Which are hidden; another seed hides others.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True)
class Row:
    """One model's measurement, and its paired difference to the best model."""

    model: str
    value: Interval
    behind: Interval
    detectable: float

    @property
    def distinguishable(self) -> bool:
        """Whether the difference to the best is more than chance among these people."""
        return not self.behind.holds_zero


def compared(models: Sequence[str], values: np.ndarray) -> tuple[Row, ...]:
    """Models from best to worst by one value a person (rows) and model (columns), each against the best."""
    best = int(values.mean(axis=0).argmax()) if len(values) else 0
    behind = values - values[:, [best]]
    intervals = together(np.hstack([values, behind]))
    rows = [
        Row(model, intervals[n], intervals[len(models) + n], detectable(behind[:, n])) for n, model in enumerate(models)
    ]
    return tuple(sorted(rows, key=lambda row: -row.value.mean))


@dataclass(frozen=True, eq=False)
class Board:
    """Every model's hits place by place, from which any metric at any k follows without another fit.

    ``found[m, p, n]`` says whether item n of model m's list for person p was hidden; ``beyond[m, b, l]`` is what
    ``BEYOND[b]`` comes to in lists of ``LENGTHS[l]``; ``about`` describes the people.
    """

    models: tuple[str, ...]
    found: np.ndarray
    hidden: np.ndarray
    beyond: np.ndarray
    about: Mapping[str, np.ndarray]
    protocol: str
    notes: tuple[str, ...]
    fingerprint: str

    @property
    def people(self) -> int:
        """How many people the numbers speak of."""
        return self.hidden.size

    def values(self, metric: str, k: int) -> np.ndarray:
        """One row a person, one column a model."""
        return np.stack([ACCURACY[metric](found, self.hidden, k) for found in self.found], axis=1)

    def rows(self, metric: str = "NDCG", k: int = 10, only: np.ndarray | None = None) -> tuple[Row, ...]:
        """Models from best to worst, for all people or ``only`` some."""
        values = self.values(metric, k)
        return compared(self.models, values if only is None else values[only])

    def curve(self, metric: str) -> np.ndarray:
        """The metric's mean for each model (rows) and list length (columns, as ``LENGTHS``)."""
        if metric in BEYOND:
            return self.beyond[:, BEYOND.index(metric)]
        return np.stack([self.values(metric, k).mean(axis=0) for k in LENGTHS], axis=1)

    def slices(self, by: str, parts: int = 3) -> list[tuple[str, np.ndarray]]:
        """People in about equal groups, from least to most of what ``about`` says: the group's range, and who is in it."""
        values = self.about[by]
        cuts = np.unique(np.quantile(values, np.linspace(0, 1, parts + 1))) if values.size else np.empty(0)
        groups = []
        for low, high in pairwise(cuts):
            inside = (values >= low) & ((values < high) | (high == cuts[-1]))
            groups.append((f"{low:,.0f} to {high:,.0f}", inside))
        return groups or [("all", np.ones(values.size, bool))]


def name_of(dataset: Dataset, params: wals.WalsParams, how: BoardParams, text: Space | None) -> str:
    """The fingerprint a board of this data with these parameters will carry; k is free to move afterwards."""
    free = replace(how, k=BoardParams().k)
    return fingerprint("board/2", dataset.fingerprint, params, free, text.fingerprint if text else None)


def measure(
    dataset: Dataset, params: wals.WalsParams, how: BoardParams, text: Space | None,
    on_progress: Callable[[float, str], None] | None = None,
) -> Board:  # fmt: skip
    """Hide some interactions, train every model on the rest, and see how high the hidden ones are ranked."""
    split = SPLITS[how.split](dataset, how.hidden_share, how.split_seed)
    people = split.people
    if people.size == 0:
        raise DataError("Nobody has enough items to hide any.", "Measuring needs people with at least 3 items each.")
    if people.size > MOST_PEOPLE:
        people = np.sort(np.random.default_rng(how.split_seed).choice(people, MOST_PEOPLE, replace=False))
    scorers, notes = contestants(split, params, text, on_progress)
    found, further = [], []
    for number, scorer in enumerate(scorers):
        if on_progress:
            on_progress(0.85 + 0.15 * number / len(scorers), f"lists of {scorer.name}")
        lists = everyone(split.shown, scorer, DEPTH, people, split.candidates)[0]
        held = hits(lists, split.held_out, people)
        found.append(np.pad(held, ((0, 0), (0, DEPTH - held.shape[1]))))
        further.append([_beyond(split, lists, text, k) for k in LENGTHS])
    ranked = "those items" if split.candidates is not None else "all other unseen items"
    return Board(
        models=tuple(scorer.name for scorer in scorers),
        found=np.stack(found),
        hidden=relevant(split.held_out, people),
        beyond=np.array(further).transpose(0, 2, 1),
        about=_about(split, people),
        protocol=f"{split.kind}, seed {split.seed}; {ranked} ranked",
        notes=tuple(notes),
        fingerprint=name_of(dataset, params, how, text),
    )


def _beyond(split: Split, lists: np.ndarray, text: Space | None, k: int) -> tuple[float, ...]:
    """The values of ``BEYOND``, in its order; nan where there is nothing to speak of."""
    popularity, users = split.train.popularity, split.train.users.size
    per_person = (
        beyond.novelty(lists, popularity, users, k),
        np.full(1, np.nan) if text is None else beyond.diversity(lists, text.directions, k),
        beyond.popularity_share(lists, popularity, users, k),
    )
    novelty, diversity, share = (float(np.nanmean(v)) if np.isfinite(v).any() else float("nan") for v in per_person)
    items = split.train.items.size
    return beyond.coverage(lists, items, k), novelty, diversity, share, beyond.gini(lists, items, k)


def _about(split: Split, people: np.ndarray) -> dict[str, np.ndarray]:
    """What people are sliced by: how much they did, how well known and how well described what is hidden is."""
    held = split.held_out[people]
    lengths = np.array([len(text) for text in split.train.texts], float)
    return {
        "Items the model saw of them": np.diff(split.shown.matrix.indptr)[people].astype(float),
        "Popularity of what is hidden": _mean(held, split.train.popularity.astype(float)),
        "Length of the hidden items' texts": _mean(held, lengths),
    }


def _mean(held: object, values: np.ndarray) -> np.ndarray:
    indptr, indices = held.indptr, held.indices  # type: ignore[attr-defined]
    return np.asarray(np.add.reduceat(values[indices], indptr[:-1]) / np.diff(indptr))
