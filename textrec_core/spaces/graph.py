"""A Space in, its one k-nearest-neighbour graph out: made once, shared by maps, agreement and lists of neighbours."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.ranking import largest
from textrec_core.spaces.neighbours import CELLS, Neighbours, nearest, side_by_side
from textrec_core.spaces.space import Space

# As many as any map or comparison may ask for.
WIDTH = 100
EXACT_BELOW = 20_000
PROBED_SHARE = 0.1
ROUNDS = 6
CHECKED = 400


@dataclass(frozen=True, eq=False)
class Graph:
    """``rows[i]`` are item i's neighbours, nearest first, -1 where there are no more; ``cosines`` follow.

    ``recall`` is the share of the true neighbours found: 1 where the search was exact, else measured on a sample.
    """

    rows: np.ndarray
    cosines: np.ndarray
    recall: float
    fingerprint: str


def name_of(space: Space) -> str:
    """The fingerprint that the graph of this space will carry."""
    return fingerprint("graph/1", space.fingerprint, WIDTH)


def must_be_of(graph: Graph | None, space: Space) -> None:
    """Refuse the neighbours of another space."""
    if graph is not None and graph.fingerprint != name_of(space):
        raise DataError(
            f"These neighbours were not found in the {space.name} space ({space.fingerprint[:8]}).",
            "Find them anew in the data in use.",
        )


def build(space: Space, on_progress: Callable[[float, str], None] | None = None) -> Graph:
    """Exact below 20,000 items; above, only items of nearby cells are compared, and the recall of that is measured."""
    known = np.flatnonzero(space.known)
    if known.size < EXACT_BELOW:
        found = nearest(space, WIDTH)
        return Graph(found.rows, found.cosines, 1.0, name_of(space))
    found = _nearby(space, known, on_progress)
    checked = np.sort(np.random.default_rng(0).choice(known, min(CHECKED, known.size), replace=False))
    true = nearest(space, WIDTH, of=checked).rows[checked]
    hits = [np.isin(one, other).mean() for one, other in zip(true, found.rows[checked], strict=True)]
    return Graph(found.rows, found.cosines, float(np.mean(hits)), name_of(space))


def among(space: Space, graph: Graph, allowed: np.ndarray, k: int) -> Neighbours:
    """The k nearest of every allowed item among the allowed, read off the graph; searched anew only where it runs out."""
    must_be_of(graph, space)
    items = np.flatnonzero(allowed & space.known)
    width = max(0, min(k, items.size - 1))
    rows = np.full((len(allowed), width), -1, np.int32)
    cosines = np.zeros((len(allowed), width), np.float32)
    kept = (graph.rows[items] >= 0) & allowed[graph.rows[items]]
    if kept.shape[1] < width:
        return nearest(space, k, allowed)
    if kept[:, :width].all():
        rows[items], cosines[items] = graph.rows[items, :width], graph.cosines[items, :width]
        return Neighbours(rows, cosines)
    order = np.argsort(~kept, axis=1, kind="stable")[:, :width]
    rows[items] = np.take_along_axis(graph.rows[items], order, axis=1)
    cosines[items] = np.take_along_axis(graph.cosines[items], order, axis=1)
    short = items[kept.sum(axis=1) < width]
    if short.size:
        again = nearest(space, k, allowed, of=short)
        rows[short], cosines[short] = again.rows[short], again.cosines[short]
    return Neighbours(rows, cosines)


def _nearby(space: Space, known: np.ndarray, on_progress: Callable[[float, str], None] | None) -> Neighbours:
    """Items fall into cells around centres; each cell is compared with the cells whose centres are nearest to its own."""
    directions = space.directions[known]
    centres, cell = _cells(directions)
    sizes = np.bincount(cell, minlength=len(centres))
    members = np.split(np.argsort(cell, kind="stable"), np.cumsum(sizes)[:-1])
    wanted = max(WIDTH + 1, int(PROBED_SHARE * known.size))
    rows = np.full((len(space.vectors), WIDTH), -1, np.int32)
    cosines = np.zeros((len(space.vectors), WIDTH), np.float32)

    def search(number: int) -> None:
        own = members[number]
        if own.size == 0:
            return
        near = np.argsort(-(centres @ centres[number]), kind="stable")
        near = np.concatenate([[number], near[near != number]])
        near = near[: 1 + int(np.searchsorted(np.cumsum(sizes[near]), wanted))]
        others = np.sort(np.concatenate([members[one] for one in near]))
        step = max(1, CELLS // others.size)
        for start in range(0, own.size, step):
            block = own[start : start + step]
            similar = directions[block] @ directions[others].T
            similar[np.arange(block.size), np.searchsorted(others, block)] = -np.inf
            best, values = largest(similar, WIDTH)
            rows[known[block]], cosines[known[block]] = known[others[best]], values

    def told(done: int) -> None:
        if on_progress and done % 16 == 0:
            on_progress(done / len(members), "finding neighbours")

    side_by_side(search, range(len(members)), told)
    return Neighbours(rows, cosines)


def _cells(directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A few rounds of k-means by cosine from centres drawn among the items; centres and each item's cell."""
    rng = np.random.default_rng(0)
    count = int(np.sqrt(len(directions)))
    centres = directions[rng.choice(len(directions), count, replace=False)]
    step = max(1, CELLS // count)
    for _ in range(ROUNDS):
        cell = np.concatenate(
            [(directions[start : start + step] @ centres.T).argmax(axis=1) for start in range(0, len(directions), step)]
        )
        order = np.argsort(cell, kind="stable")
        present, first = np.unique(cell[order], return_index=True)
        sums = np.add.reduceat(directions[order], first, axis=0)
        # A cell that lost all its items keeps its centre.
        centres = centres.copy()
        centres[present] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return centres, cell
