"""A dataset and a split in, some people's interactions in order of time out, each with what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS
from textrec_core.fingerprint import fingerprint

PEOPLE, MOST_EACH = 14, 80
LEARNED, SHOWN, HIDDEN = "learned from", "shown to a finished model only", "hidden"


@dataclass(frozen=True, eq=False)
class Strip:
    """One entry an interaction: whose (a number from 0), when, which item and what becomes of it; and how many of all do so."""

    person: np.ndarray
    when: np.ndarray
    item: np.ndarray
    state: np.ndarray
    people: tuple[str, ...]
    timed: bool
    counts: dict[str, int]
    judged: int
    kind: str
    fingerprint: str


def name_of(dataset: Dataset, kind: str, share: float, seed: int) -> str:
    """The fingerprint of the strip of this split."""
    return fingerprint("strip/1", dataset.fingerprint, kind, share, seed)


def draw(
    dataset: Dataset, kind: str, share: float, seed: int, on_progress: Callable[[float, str], None] | None = None
) -> Strip:
    """A few people from the least to the most active, half of them judged where not all are."""
    split = SPLITS[kind](dataset, share, seed)
    counts = np.diff(dataset.matrix.indptr)
    judged = split.people
    others = np.setdiff1d(np.flatnonzero(counts), judged)
    rows = np.concatenate(
        [_spread(judged, counts, PEOPLE - min(others.size, PEOPLE // 2)), _spread(others, counts, PEOPLE // 2)]
    )
    rows = rows[np.argsort(counts[rows], kind="stable")][:PEOPLE]
    person, when, item, state = [], [], [], []
    for number, row in enumerate(rows):
        items, times = dataset.history(row), dataset.times_of(row)
        order = np.argsort(times, kind="stable") if times is not None else np.arange(items.size)
        order = order[np.unique(np.linspace(0, order.size - 1, min(order.size, MOST_EACH)).astype(int))]
        hidden, learned = (np.isin(items, matrix[[row]].indices) for matrix in (split.held_out, split.train.matrix))
        person.append(np.full(order.size, number))
        when.append(times[order] if times is not None else np.arange(order.size))
        item.append(items[order])
        state.append(np.where(hidden, HIDDEN, np.where(learned, LEARNED, SHOWN))[order])
    hidden_count, learned_count = split.held_out.nnz, split.train.interactions
    return Strip(
        np.concatenate(person), np.concatenate(when), np.concatenate(item), np.concatenate(state),
        tuple(str(dataset.users[row]) for row in rows), dataset.times is not None,
        {LEARNED: learned_count, SHOWN: dataset.interactions - hidden_count - learned_count, HIDDEN: hidden_count},
        judged.size, split.kind, name_of(dataset, kind, share, seed),
    )  # fmt: skip


def _spread(rows: np.ndarray, counts: np.ndarray, most: int) -> np.ndarray:
    ordered = rows[np.argsort(counts[rows], kind="stable")]
    return (
        ordered[np.unique(np.linspace(0, ordered.size - 1, min(most, ordered.size)).astype(int))] if rows.size else rows
    )
