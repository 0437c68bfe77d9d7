"""Exact nearest neighbours by cosine: a Space in, rows and similarities out, nearest first."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from textrec_core.errors import DataError
from textrec_core.ranking import largest
from textrec_core.spaces.space import Space

# Of products held at once by each core: large enough for the product, small enough for its cache.
CELLS = 4_000_000


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

    def search(start: int) -> None:
        block = asked[start : start + step]
        similar = directions[block] @ directions.T
        similar[np.arange(block.size), block] = -np.inf
        best, values = largest(similar, width)
        rows[known[block]], cosines[known[block]] = known[best], values

    side_by_side(search, range(0, asked.size, step))
    return Neighbours(rows, cosines)


def side_by_side(
    search: Callable[[int], None], pieces: Sequence[int], on_done: Callable[[int], None] | None = None
) -> None:
    """Every piece of a search, as many at once as there are cores; ``on_done`` is told how many are done."""
    if len(pieces) < 2:
        for piece in pieces:
            search(piece)
        return
    # Threads of the products' own would only wait for each other under these.
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done, _nothing in enumerate(pool.map(search, pieces), 1):
            if on_done:
                on_done(done)


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
