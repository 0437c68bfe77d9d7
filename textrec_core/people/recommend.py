"""A scorer and people in, ranked lists out; what was seen is never listed."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.limits import LIMITS
from textrec_core.models.scorer import Scorer
from textrec_core.ranking import largest

CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Ranked:
    """The best unseen items for one person, best first."""

    items: np.ndarray
    scores: np.ndarray


def check_length(k: int) -> None:
    """Raise ``DataError`` for a list no one could read."""
    if not 1 <= k <= LIMITS.list_length:
        raise DataError(
            f"k is {k:,}; it must lie between 1 and {LIMITS.list_length:,}.", "k is how many items a list holds."
        )


def top_k(
    dataset: Dataset, scorer: Scorer, user: int, k: int, among: np.ndarray | None = None, seen: bool = False
) -> Ranked:  # fmt: skip
    """The best k items the person has not chosen, or with ``seen`` of all; equal scores by row.

    ``among`` says of every item whether it may be listed.
    """
    check_length(k)
    scores = np.array(scorer.scores(np.array([user]))[0], float)
    open_ = np.ones(scores.size, bool) if among is None else np.array(among, bool)
    if not seen:
        open_[dataset.history(user)] = False
    scores[~open_] = -np.inf
    order = np.argsort(-scores, kind="stable")[: min(k, int(open_.sum()))]
    return Ranked(order, scores[order])


def above(dataset: Dataset, scorer: Scorer, user: int, item: int) -> float:
    """The share of the items not yet chosen (this one aside) that the model puts below it; equals count half."""
    scores = np.asarray(scorer.scores(np.array([user]))[0], float)
    others = np.delete(scores, np.union1d(dataset.history(user), [item]))
    if others.size == 0:
        return 1.0
    return float(((others < scores[item]).sum() + (others == scores[item]).sum() / 2) / others.size)


def everyone(
    dataset: Dataset, scorer: Scorer, k: int, rows: np.ndarray | None = None, only: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Lists of many people at once: items (-1 past the end of a short list) and scores, a row a person.

    Where ``only`` is given, no other items are ranked.
    """
    check_length(k)
    rows = np.arange(dataset.users.size) if rows is None else rows
    width = min(k, dataset.items.size)
    items = np.full((rows.size, width), -1, np.int32)
    scores = np.full((rows.size, width), -np.inf, np.float32)
    step = max(1, CELLS // max(1, dataset.items.size))

    def block(start: int) -> None:
        some = rows[start : start + step]
        made = np.array(scorer.scores(some), np.float32)
        if only is not None:
            made[:, ~np.isin(np.arange(dataset.items.size), only)] = -np.inf
        found, values = _block(dataset, made, some, width)
        items[start : start + step], scores[start : start + step] = found, values

    # Threads of BLAS below these would wait for each other.
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(block, range(0, rows.size, step)))
    return items, scores


def _block(dataset: Dataset, scores: np.ndarray, rows: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    matrix = dataset.matrix
    counts = matrix.indptr[rows + 1] - matrix.indptr[rows]
    within = np.repeat(np.arange(rows.size), counts)
    seen = (
        np.concatenate([matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]] for row in rows])
        if rows.size
        else rows
    )
    scores[within, seen] = -np.inf
    best, values = largest(scores, width)
    return np.where(np.isfinite(values), best, -1), values


def places(
    dataset: Dataset, scorer: Scorer, user: int, among: np.ndarray | None = None, seen: bool = False
) -> np.ndarray:  # fmt: skip
    """Every item's place in the person's whole list as ``top_k`` makes it, 1 the best; 0 for what is not listed."""
    scores = np.array(scorer.scores(np.array([user]))[0], float)
    left_out = np.zeros(scores.size, bool) if among is None else ~among
    if not seen:
        left_out[dataset.history(user)] = True
    scores[left_out] = -np.inf
    ranked = np.argsort(-scores, kind="stable")
    place = np.empty(scores.size, np.int64)
    place[ranked] = np.arange(1, scores.size + 1)
    place[left_out] = 0
    return place
