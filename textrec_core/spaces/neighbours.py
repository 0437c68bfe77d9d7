"""Exact nearest neighbours by cosine: a Space in, rows and similarities out, nearest first."""

from dataclasses import dataclass

import numpy as np

from textrec_core.errors import DataError
from textrec_core.ranking import largest
from textrec_core.spaces.space import Space

CELLS = 16_000_000


@dataclass(frozen=True, eq=False)
class Neighbours:
    """``rows[i]`` are item i's neighbours, nearest first, -1 where there are no more; ``cosines`` follow."""

    rows: np.ndarray
    cosines: np.ndarray


def nearest(space: Space, k: int, among: np.ndarray | None = None, of: np.ndarray | None = None) -> Neighbours:
    """The k nearest of every item among the items that have a place; never the item itself.

    Equal cosines are ordered by row. Items without a place have no neighbours; ``of`` names the only rows looked for.
    """
    known = np.flatnonzero(space.known if among is None else space.known & among)
    count = len(space.vectors)
    width = max(0, min(k, known.size - 1))
    rows = np.full((count, width), -1, np.int32)
    cosines = np.zeros((count, width), np.float32)
    if width == 0:
        return Neighbours(rows, cosines)
    directions = space.directions[known]
    asked = np.arange(known.size) if of is None else np.flatnonzero(np.isin(known, of))
    step = max(1, CELLS // known.size)
    for start in range(0, asked.size, step):
        block = asked[start : start + step]
        similar = directions[block] @ directions.T
        similar[np.arange(block.size), block] = -np.inf
        best, values = largest(similar, width)
        rows[known[block]], cosines[known[block]] = known[best], values
    return Neighbours(rows, cosines)


def of_item(space: Space, item: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """One item's k nearest and their cosines; refuses an item that has no place in the space."""
    if not space.known[item]:
        raise DataError(
            f"This item has no place in the {space.name} space.",
            "Give it a text, or choose an item that people have touched.",
        )
    cosines = space.directions @ space.directions[item]
    cosines = np.where(space.known, cosines, -np.inf)
    cosines[item] = -np.inf
    count = min(k, int(space.known.sum()) - 1)
    order = np.argsort(-cosines, kind="stable")[:count]
    return order, cosines[order]
