"""Rows of scores in, the columns of the largest of each row out: best first, equal scores by column."""

import numpy as np

# Columns are first looked at in groups of so many: the best of the groups say what a score must reach.
GROUP = 8


def largest(scores: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The ``width`` best columns of every row and their scores."""
    columns = scores.shape[1]
    if columns < 4 * GROUP * width or width >= columns:
        return _compared(scores, width)
    groups = columns // GROUP
    tops = scores[:, : GROUP * groups].reshape(len(scores), GROUP, groups).max(axis=1)
    # So many groups reach this, and therefore at least so many columns.
    reached = scores >= np.partition(tops, groups - width, axis=1)[:, [groups - width]]
    counts = np.count_nonzero(reached, axis=1)
    # Where very many are equal, nothing is spared.
    if counts.max(initial=0) > 4 * width:
        return _compared(scores, width)
    return _among(reached, counts, scores, width)


def _compared(scores: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """All columns compared."""
    if width >= scores.shape[1]:
        return _ordered(np.tile(np.arange(scores.shape[1]), (len(scores), 1)), scores, width)
    best = _partitioned(scores, width)
    return _ordered(best, np.take_along_axis(scores, best, axis=1), width)


def _among(reached: np.ndarray, counts: np.ndarray, scores: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Only the columns compared that are marked, at least ``width`` in each row."""
    flat = np.flatnonzero(reached)
    row = np.repeat(np.arange(len(scores)), counts)
    place = np.arange(flat.size) - np.repeat(np.cumsum(counts) - counts, counts)
    shape = len(scores), int(counts.max(initial=width))
    columns, values = np.zeros(shape, int), np.full(shape, -np.inf, scores.dtype)
    columns[row, place], values[row, place] = flat - row * scores.shape[1], scores.ravel()[flat]
    return _ordered(columns, values, width)


def _ordered(columns: np.ndarray, values: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns that ascend in every row, best first: a stable order takes the first of equals."""
    order = np.argsort(-values, axis=1, kind="stable")[:, :width]
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(values, order, axis=1)


def _partitioned(scores: np.ndarray, width: int) -> np.ndarray:
    best = np.argpartition(scores, -width, axis=1)[:, -width:]
    # A partition takes any of the scores that equal the last one taken; here the first columns are taken.
    last = np.take_along_axis(scores, best, axis=1).min(axis=1, keepdims=True)
    open_ = np.count_nonzero(scores >= last, axis=1) > width
    if open_.any():
        best[open_] = _first_of_equals(scores[open_], last[open_], width)
    return np.sort(best, axis=1)


def _first_of_equals(scores: np.ndarray, last: np.ndarray, width: int) -> np.ndarray:
    above, equal = scores > last, scores == last
    room = width - np.count_nonzero(above, axis=1, keepdims=True)
    taken = above | (equal & (np.cumsum(equal, axis=1) <= room))
    return np.nonzero(taken)[1].reshape(-1, width)
