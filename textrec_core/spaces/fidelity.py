"""A Space and its map in, how far the picture can be trusted out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from textrec_core.fingerprint import fingerprint
from textrec_core.spaces.layout import FIDELITY_K, Layout, by_distance, nearest_on_page
from textrec_core.spaces.space import Space

CHECKED = 2_000
CELLS = 16_000_000


@dataclass(frozen=True)
class Fidelity:
    """``trustworthiness`` (Venna and Kaski 2001) is 1 when no map neighbour is a stranger; ``kept`` is the share of true neighbours kept.

    Both look at ``k`` neighbours; ``items`` is how many items were checked.
    """

    trustworthiness: float
    kept: float
    k: int
    items: int
    fingerprint: str


def name_of(space: Space, layout: Layout) -> str:
    """The fingerprint of this check."""
    return fingerprint("fidelity/1", space.fingerprint, layout.fingerprint)


def check(
    space: Space, layout: Layout, k: int = FIDELITY_K, on_progress: Callable[[float, str], None] | None = None
) -> Fidelity:
    """Each map neighbour's true rank, on all items or a sample of 2,000."""
    name = name_of(space, layout)
    space = by_distance(space) if layout.params.metric == "euclidean" else space
    known = np.flatnonzero(space.known)
    count = known.size
    # Beyond half of the items the measure has no scale.
    k = max(1, min(k, (count - 1) // 2))
    flat = nearest_on_page(layout.places[known], k)
    rows = np.arange(count)
    if count > CHECKED:
        rows = np.sort(np.random.default_rng(0).choice(count, CHECKED, replace=False))
    directions, excess, kept = space.directions[known], 0.0, 0
    step = max(1, CELLS // count)
    for start in range(0, rows.size, step):
        block = rows[start : start + step]
        similar = directions[block] @ directions.T
        similar[np.arange(block.size), block] = -np.inf
        own = np.take_along_axis(similar, flat[block], axis=1)
        for column in range(k):
            # Equal cosines count for the map: none of them is nearer than the other.
            ranks = 1 + np.count_nonzero(similar > own[:, [column]], axis=1)
            excess += float(np.maximum(0, ranks - k).sum())
            kept += int(np.count_nonzero(ranks <= k))
        if on_progress:
            on_progress(start / rows.size, "ranking the neighbours on the map")
    worst = rows.size * k * (2 * count - 3 * k - 1) / 2
    trustworthiness = max(0.0, 1.0 - excess / worst) if worst > 0 else 1.0
    return Fidelity(trustworthiness, kept / (rows.size * k) if rows.size else 1.0, k, rows.size, name)
