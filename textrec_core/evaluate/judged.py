"""A finished model and a split in, its hits place by place out: any metric at any length follows without another fit."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import Split
from textrec_core.errors import DataError
from textrec_core.evaluate import beyond
from textrec_core.evaluate.metrics import ACCURACY, hits
from textrec_core.models.scorer import Scorer
from textrec_core.people.recommend import everyone
from textrec_core.spaces.space import Space

DEPTH = 100
# The list lengths that curves are drawn through.
LENGTHS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100)
BEYOND = ("Coverage", "Novelty", "Diversity in words", "Popularity share", "Cold share", "Gini")
MOST_PEOPLE = 10_000
# An attribute of more values than this makes no readable slices.
MOST_VALUES = 60


@dataclass(frozen=True, eq=False)
class Judged:
    """``found[p, n]``: whether item n of the list of person p was hidden; ``beyond[b, l]``: ``BEYOND[b]`` at ``LENGTHS[l]``."""

    found: np.ndarray
    beyond: np.ndarray

    def values(self, metric: str, k: int, hidden: np.ndarray) -> np.ndarray:
        """One value a person, ``hidden`` being how many items were hidden for each."""
        return ACCURACY[metric](self.found, hidden, k)

    def aside(self, metric: str, k: int) -> float:
        """What the lists hold beside hits, at the nearest of ``LENGTHS``."""
        return float(self.beyond[BEYOND.index(metric), nearest_length(k)])


def nearest_length(k: int) -> int:
    """The place in ``LENGTHS`` of the length nearest to k, by ratio."""
    return int(np.abs(np.log(np.array(LENGTHS) / k)).argmin())


def judges(split: Split) -> np.ndarray:
    """The people whose lists are judged: all from whom something is hidden, or a sample of them."""
    people = split.people
    if people.size == 0:
        raise DataError("Nobody has enough items to hide any.", "Measuring needs people with at least 3 items each.")
    if people.size > MOST_PEOPLE:
        people = np.sort(np.random.default_rng(split.seed).choice(people, MOST_PEOPLE, replace=False))
    return people


def judge(split: Split, scorer: Scorer, people: np.ndarray, text: Space | None = None) -> Judged:
    """The lists of these people, laid against what was hidden from them."""
    lists = everyone(split.shown, scorer, DEPTH, people, split.candidates)[0]
    found = hits(lists, split.held_out, people)
    found = np.pad(found, ((0, 0), (0, DEPTH - found.shape[1])))
    return Judged(found, np.array([_beyond(split, lists, text, k) for k in LENGTHS], float).T)


def _beyond(split: Split, lists: np.ndarray, text: Space | None, k: int) -> tuple[float, ...]:
    """The values of ``BEYOND``, in its order; nan where there is nothing to speak of."""
    popularity, users, items = split.train.popularity, split.train.users.size, split.train.items.size
    per_person = (
        beyond.novelty(lists, popularity, users, k),
        np.full(1, np.nan) if text is None else beyond.diversity(lists, text.directions, k),
        beyond.popularity_share(lists, popularity, users, k),
        beyond.cold_share(lists, popularity, k),
    )
    means = (float(np.nanmean(v)) if np.isfinite(v).any() else float("nan") for v in per_person)
    return beyond.coverage(lists, items, k), *means, beyond.gini(lists, items, k)


def about(split: Split, people: np.ndarray) -> dict[str, np.ndarray]:
    """What people are sliced by: how much they did, how well known and well described what is hidden is, and what they like.

    Numbers, or for attributes of items the value that most of a person's own items have.
    """
    held = split.held_out[people]
    lengths = np.array([len(text) for text in split.train.texts], float)
    found: dict[str, np.ndarray] = {
        "Items the model saw of them": np.diff(split.shown.matrix.indptr)[people].astype(float),
        "Popularity of what is hidden": _mean(held, split.train.popularity.astype(float)),
        "Length of the hidden items' texts": _mean(held, lengths),
    }
    for name, values in split.shown.attributes.items():
        words = np.array([str(value).strip() or "(none)" for value in values])
        known = np.unique(words)
        if 1 < known.size <= MOST_VALUES:
            found[f"Most frequent {name}"] = _most_frequent(split.shown, people, words)
    return found


def _mean(held: csr_array, values: np.ndarray) -> np.ndarray:
    return np.asarray(np.add.reduceat(values[held.indices], held.indptr[:-1]) / np.diff(held.indptr))


def _most_frequent(shown: Dataset, people: np.ndarray, words: np.ndarray) -> np.ndarray:
    known, codes = np.unique(words, return_inverse=True)
    past = shown.matrix[people]
    rows = np.repeat(np.arange(people.size), np.diff(past.indptr))
    counts = np.bincount(rows * known.size + codes[past.indices], minlength=people.size * known.size)
    return np.asarray(known[counts.reshape(people.size, known.size).argmax(axis=1)])


def groups(values: np.ndarray, parts: int = 3, most: int = 8) -> list[tuple[str, np.ndarray]]:
    """Numbers: about equal groups from least to most. Words: one group a value, the largest first, the small ones together."""
    if values.dtype.kind == "U":
        known, counts = np.unique(values, return_counts=True)
        order = known[np.argsort(-counts, kind="stable")]
        kept = list(order[: most if order.size <= most else most - 1])
        found = [(str(value), values == value) for value in kept]
        return found + ([("all others", ~np.isin(values, kept))] if order.size > len(kept) else [])
    cuts = np.unique(np.quantile(values, np.linspace(0, 1, parts + 1))) if values.size else np.empty(0)
    inside = [(values >= low) & ((values < high) | (high == cuts[-1])) for low, high in pairwise(cuts)]
    return [(_span(values[rows]), rows) for rows in inside if rows.any()] or [("all", np.ones(values.size, bool))]


def _span(values: np.ndarray) -> str:
    """The ends of a group by what is in it, so that no number stands in two groups."""
    digits = 0 if (values == np.round(values)).all() else 1
    low, high = f"{values.min():,.{digits}f}", f"{values.max():,.{digits}f}"
    return low if low == high else f"{low} to {high}"
