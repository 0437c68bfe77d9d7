"""Agreement per item and what is known of the items in, a row for each slice out: its size, its mean, how sure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST = 12
SURE = 1.96


@dataclass(frozen=True)
class Slice:
    """Some of the items, their mean agreement and the range that holds the mean 95 % of the time."""

    name: str
    items: int
    mean: float
    low: float
    high: float


def by_popularity(overlap: np.ndarray, popularity: np.ndarray, parts: int = 4) -> list[Slice]:
    """Quarters of the items both spaces know, from the least to the most chosen; equal counts stay together."""
    known = np.isfinite(overlap)
    if not known.any():
        return []
    edges = np.unique(np.quantile(popularity[known], np.linspace(0, 1, parts + 1)[1:-1], method="lower"))
    place = np.searchsorted(edges, popularity, side="left")
    found = []
    for part in range(edges.size + 1):
        inside = known & (place == part)
        if inside.any():
            low, high = int(popularity[inside].min()), int(popularity[inside].max())
            name = f"chosen by {low:,}" if low == high else f"chosen by {low:,} to {high:,}"
            found.append(_slice(name, overlap[inside]))
    return found


def by_attribute(overlap: np.ndarray, values: Sequence[object] | np.ndarray, most: int = MOST) -> list[Slice]:
    """The most frequent values of an attribute, the one that agrees most first; empty values are left out."""
    words = np.array([str(value).strip() for value in values], object)
    known = np.isfinite(overlap) & (words != "")
    names, counts = np.unique(words[known].astype(str), return_counts=True)
    frequent = names[np.argsort(-counts, kind="stable")[:most]]
    found = [_slice(str(name), overlap[known & (words == name)]) for name in frequent]
    return sorted(found, key=lambda one: -one.mean)


def _slice(name: str, values: np.ndarray) -> Slice:
    mean = float(values.mean())
    # One item alone says nothing about how far its mean may be off.
    margin = SURE * float(values.std(ddof=1)) / np.sqrt(values.size) if values.size > 1 else 1.0
    return Slice(name, int(values.size), mean, max(0.0, mean - margin), min(1.0, mean + margin))
