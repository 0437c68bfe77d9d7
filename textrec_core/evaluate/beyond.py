"""Lists in, what they hold beside hits out: how known, how alike, how evenly spread; all in [0, 1].

-1 in a list is no item; a list without items is ``nan``, for there is nothing to speak of.
"""

import numpy as np

CELLS = 16_000_000
# An item that fewer people chose is cold: a model has next to nothing to go by.
COLD = 5


def popularity_share(lists: np.ndarray, popularity: np.ndarray, users: int, k: int) -> np.ndarray:
    """The share of all people who chose the items of each list, mean over the list."""
    return _mean_of(lists, popularity / max(1, users), k)


def cold_share(lists: np.ndarray, popularity: np.ndarray, k: int) -> np.ndarray:
    """The share of each list that goes to items which fewer than ``COLD`` people chose."""
    return _mean_of(lists, (popularity < COLD).astype(float), k)


def novelty(lists: np.ndarray, popularity: np.ndarray, users: int, k: int) -> np.ndarray:
    """How surprising the items are: 0 if everybody chose them, 1 if nobody did, on the scale of surprise.

    The self-information ``-log2`` of each item's smoothed share of people over the largest there can be
    (Zhou et al. 2010, made to end at 1).
    """
    surprise = -np.log2((popularity + 1) / (users + 1)) / np.log2(max(2, users + 1))
    return _mean_of(lists, surprise, k)


def diversity(lists: np.ndarray, directions: np.ndarray, k: int) -> np.ndarray:
    """How unlike the items of each list are: the mean over its pairs of (1 - cosine) / 2.

    Rows of ``directions`` have length 1, or 0 where an item has no place in the space and takes no part.
    """
    lists = lists[:, :k]
    placed = np.append(np.einsum("nd,nd->n", directions, directions) > 0.5, False)
    padded = np.vstack([directions, np.zeros((1, directions.shape[1]), directions.dtype)])
    known = placed[lists].sum(axis=1)
    step = max(1, CELLS // max(1, lists.shape[1] * directions.shape[1]))
    # The cosines of all ordered pairs are the squared length of the sum, less each item with itself.
    length = np.concatenate(
        [
            np.square(padded[lists[start : start + step]].sum(axis=1, dtype=np.float64)).sum(axis=1)
            for start in range(0, len(lists), step)
        ]
        or [np.empty(0)]
    )
    pairs = known * (known - 1.0)
    cosine = np.divide(length - known, pairs, out=np.full(len(lists), np.nan), where=pairs > 0)
    return np.asarray(np.clip((1.0 - cosine) / 2.0, 0.0, 1.0))


def coverage(lists: np.ndarray, items: int, k: int) -> float:
    """The share of all items that stand in anybody's list."""
    shown = lists[:, :k]
    return float(np.unique(shown[shown >= 0]).size / max(1, items))


def gini(lists: np.ndarray, items: int, k: int) -> float:
    """How unevenly places in lists go to items: 0 if all get the same, towards 1 if few get all."""
    shown = lists[:, :k]
    counts = np.sort(np.bincount(shown[shown >= 0], minlength=items)).astype(float)
    total = counts.sum()
    if total == 0:
        return 0.0
    order = np.arange(1, items + 1)
    return float(max(0.0, (2 * order - items - 1) @ counts / (items * total)))


def _mean_of(lists: np.ndarray, values: np.ndarray, k: int) -> np.ndarray:
    lists = lists[:, :k]
    there = (lists >= 0).sum(axis=1)
    total = np.append(values, 0.0)[lists].sum(axis=1)
    return np.divide(total, there, out=np.full(len(lists), np.nan), where=there > 0)
