"""A vector that is not an item's in, where it stands among the items out: its nearest, and a place on their map."""

import numpy as np

from textrec_core.ranking import largest
from textrec_core.spaces.layout import Layout
from textrec_core.spaces.space import Space

# A map has no place of its own for what it was not drawn with: it stands amid its nearest.
AMID = 5


def nearest_to(space: Space, vector: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k items nearest to a vector and their cosines, nearest first; none for a vector of zeros."""
    length = float(np.linalg.norm(vector))
    known = np.flatnonzero(space.known)
    if length == 0 or known.size == 0:
        return np.empty(0, int), np.empty(0)
    cosines = np.asarray(space.directions @ (np.asarray(vector, float) / length))[known]
    best, values = largest(cosines[None], min(k, known.size))
    return known[best[0]], values[0]


def place(space: Space, layout: Layout, vector: np.ndarray) -> tuple[float, float]:
    """Amid the places of the nearest items, the nearer the heavier; NaN for a vector of zeros."""
    rows, cosines = nearest_to(space, vector, AMID)
    if rows.size == 0:
        return float("nan"), float("nan")
    weights = np.maximum(cosines, 0.0) + 1e-6
    x, y = (weights / weights.sum()) @ layout.places[rows].astype(float)
    return float(x), float(y)
