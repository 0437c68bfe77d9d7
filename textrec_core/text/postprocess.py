"""Vectors in, the same vectors with what all of them share taken off out; rows of zeros stay zeros."""

import numpy as np

METHODS = ("none", "centre", "z-score", "whiten", "remove directions")
FLOOR = 1e-6


def postprocess(vectors: np.ndarray, method: str, removed: int = 1) -> np.ndarray:
    """Centre, scale or whiten the rows that say something, or take off the ``removed`` directions they share most."""
    known = vectors.any(axis=1)
    if method == "none" or known.sum() < 2:
        return vectors
    rows = vectors[known].astype(float)
    rows = rows - rows.mean(axis=0)
    if method == "z-score":
        rows = rows / np.maximum(rows.std(axis=0), FLOOR)
    elif method == "whiten":
        rows = _whiten(rows)
    elif method == "remove directions":
        rows = _without(rows, removed)
    out = np.zeros(vectors.shape, np.float32)
    out[known] = rows
    # Texts that are all equal leave nothing after centring; rounding must not pretend otherwise.
    out[np.abs(out).max(axis=1) < FLOOR * max(FLOOR, float(np.abs(vectors).max()))] = 0.0
    return out


def _whiten(rows: np.ndarray) -> np.ndarray:
    """Every direction scaled to the same spread; directions with next to none are left out."""
    left, values, _ = np.linalg.svd(rows, full_matrices=False)
    kept = values > values[0] * 1e-3 if values[0] > 0 else np.zeros(values.size, bool)
    out = np.zeros_like(rows)
    out[:, : int(kept.sum())] = left[:, kept] * np.sqrt(len(rows))
    return out


def _without(rows: np.ndarray, removed: int) -> np.ndarray:
    """The rows without their part along the directions of the largest spread; always one direction is left."""
    _left, _values, axes = np.linalg.svd(rows, full_matrices=False)
    taken = axes[: max(0, min(removed, len(axes) - 1))]
    return np.asarray(rows - rows @ taken.T @ taken)
