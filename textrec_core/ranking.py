"""Rows of scores in, the columns of the largest of each row out: best first, equal scores by column."""

import numpy as np


def largest(scores: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The ``width`` best columns of every row and their scores."""
    if width >= scores.shape[1]:
        best = np.tile(np.arange(scores.shape[1]), (len(scores), 1))
    else:
        best = np.argpartition(scores, -width, axis=1)[:, -width:]
        # A partition takes any of the scores that equal the last one taken; here the first columns are taken.
        last = np.take_along_axis(scores, best, axis=1).min(axis=1, keepdims=True)
        open_ = np.count_nonzero(scores >= last, axis=1) > width
        if open_.any():
            best[open_] = _first_of_equals(scores[open_], last[open_], width)
    values = np.take_along_axis(scores, best, axis=1)
    order = np.lexsort((best, -values), axis=1)
    return np.take_along_axis(best, order, axis=1), np.take_along_axis(values, order, axis=1)


def _first_of_equals(scores: np.ndarray, last: np.ndarray, width: int) -> np.ndarray:
    above, equal = scores > last, scores == last
    room = width - np.count_nonzero(above, axis=1, keepdims=True)
    taken = above | (equal & (np.cumsum(equal, axis=1) <= room))
    return np.nonzero(taken)[1].reshape(-1, width)
