"""Vectors in, the same vectors with what all of them share taken off out; rows of zeros stay zeros."""

import numpy as np

METHODS = ("none", "centre", "z-score", "whiten", "remove directions")
FLOOR = 1e-6


def postprocess(vectors: np.ndarray, method: str, removed: int = 1) -> np.ndarray:
    """Centre, scale or whiten the rows that say something, or take off the ``removed`` directions they share most."""
    return learned(vectors, method, removed)[0]


def learned(vectors: np.ndarray, method: str, removed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same, and what ``applied`` needs to do it to further rows: what is taken off, and what turns the rest.

    The turn is empty, one factor for each column, or a matrix.
    """
    nothing = np.zeros(vectors.shape[1], np.float32), np.empty(0, np.float32)
    known = vectors.any(axis=1)
    if method == "none" or known.sum() < 2:
        return vectors, *nothing
    rows = vectors[known].astype(float)
    centre, turn = rows.mean(axis=0), nothing[1]
    rows = rows - centre
    if method == "z-score":
        turn = 1.0 / np.maximum(rows.std(axis=0), FLOOR)
        rows = rows * turn
    elif method == "whiten":
        rows, turn = _whiten(rows)
    elif method == "remove directions":
        rows, turn = _without(rows, removed)
    out = np.zeros(vectors.shape, np.float32)
    out[known] = rows
    # Texts that are all equal leave nothing after centring; rounding must not pretend otherwise.
    out[np.abs(out).max(axis=1) < FLOOR * max(FLOOR, float(np.abs(vectors).max()))] = 0.0
    return out, centre.astype(np.float32), turn.astype(np.float32)


def applied(vectors: np.ndarray, centre: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """What was learned on some rows, done to others; rows of zeros stay zeros."""
    rows = vectors - centre
    if turn.size:
        rows = rows @ turn if turn.ndim == 2 else rows * turn
    return np.asarray(np.where(vectors.any(axis=1, keepdims=True), rows, 0.0), np.float32)


def _whiten(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every direction scaled to the same spread; directions with next to none are left out."""
    left, values, right = np.linalg.svd(rows, full_matrices=False)
    kept = values > values[0] * 1e-3 if values[0] > 0 else np.zeros(values.size, bool)
    out, turn = np.zeros_like(rows), np.zeros((rows.shape[1], rows.shape[1]))
    out[:, : int(kept.sum())] = left[:, kept] * np.sqrt(len(rows))
    turn[:, : int(kept.sum())] = right[kept].T / values[kept] * np.sqrt(len(rows))
    return out, turn


def _without(rows: np.ndarray, removed: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows without their part along the directions of the largest spread; always one direction is left."""
    _left, _values, axes = np.linalg.svd(rows, full_matrices=False)
    taken = axes[: max(0, min(removed, len(axes) - 1))]
    turn = np.eye(rows.shape[1]) - taken.T @ taken
    return rows @ turn, turn
