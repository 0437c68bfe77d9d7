"""A Space in, a place on the page for every item out, and how far that picture can be trusted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np

from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.params import check_limits, tunable
from textrec_core.spaces.agreement import shared
from textrec_core.spaces.graph import Graph, build, must_be_of
from textrec_core.spaces.neighbours import Neighbours
from textrec_core.spaces.settle import settle
from textrec_core.spaces.space import PLACED, Space

FEWEST = 3
# UMAP's own numbers: a map of few is drawn in no time, and longer rounds keep more of its neighbours.
FEW, ROUNDS_OF_FEW, ROUNDS = 5_000, 500, 200
# How wide and how high the start is drawn.
WIDTH = 10.0
FIDELITY_K = 10
# Directions have length one, so this is relative.
ROUNDING = 1e-6
# How many times the longest vector the eye is away: angles are then distances to one part in a hundred.
FAR = 10.0


@dataclass(frozen=True)
class LayoutParams:
    """What a person may tune."""

    method: str = tunable(
        "umap",
        meaning="umap keeps neighbours together; pca is instant and keeps the widest directions.",
        choices=("umap", "pca"),
    )
    n_neighbors: int = tunable(
        15, 2, 100, "How many neighbours hold each item in place: few show detail, many show the whole."
    )
    min_dist: float = tunable(0.1, 0.0, 0.99, "How tightly neighbours may be packed on the map.")
    metric: str = tunable(
        "cosine",
        meaning="cosine compares directions alone; euclidean counts lengths too, which in WALS follow popularity.",
        choices=("cosine", "euclidean"),
    )
    seed: int = tunable(
        0, 0, 2**31 - 1, "Where the random start begins; another seed draws another map of the same space."
    )

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, eq=False)
class Layout:
    """``places[i]`` is item i's place (NaN where the space has none for it).

    ``kept`` is the share of each item's nearest in the full space that are still nearest on the map.
    """

    places: np.ndarray
    kept: float
    method: str
    params: LayoutParams
    fingerprint: str


def name_of(space: Space, params: LayoutParams) -> str:
    """The fingerprint a layout of this space with these parameters will carry."""
    return fingerprint("layout/2", space.fingerprint, params)


def lay_out(
    space: Space,
    params: LayoutParams,
    graph: Graph | None = None,
    on_progress: Callable[[float, str], None] | None = None,
) -> Layout:
    """Place every item that the space knows; the same input gives the same map. Its graph spares the search."""
    must_be_of(graph, space)
    name = name_of(space, params)
    if params.metric == "euclidean":
        space, graph = by_distance(space), None
    known = np.flatnonzero(space.known)
    if known.size < FEWEST:
        raise DataError(
            f"Only {known.size} items have a place in the {space.name} space; a map needs at least {FEWEST}.",
            PLACED,
        )
    if on_progress:
        on_progress(0.05, "finding neighbours")
    start = principal(space.directions[known])
    # UMAP's graph needs a few items more than neighbours, and its start a spread both ways; without them the plain
    # picture is the honest one.
    method = params.method if known.size > 15 and np.ptp(start, axis=0).all() else "pca"
    full = graph or build(space)
    flat = start if method == "pca" else _umap(space, known, start, params, full, on_progress)
    places = np.full((len(space.vectors), 2), np.nan, np.float32)
    places[known] = flat
    return Layout(places, kept_neighbours(space, places, full), method, params, name)


def by_distance(space: Space) -> Space:
    """The same items as directions whose angles are their distances: seen from far off, a little patch of a sphere is flat."""
    far = FAR * max(float(np.linalg.norm(space.vectors, axis=1).max(initial=0.0)), ROUNDING)
    # In double precision, because these angles are small.
    lifted = np.hstack([space.vectors, np.where(space.known, far, 0.0)[:, None]]).astype(float)
    name = fingerprint("by distance", space.fingerprint)
    return Space(space.name, lifted, name, space.catalogue)


def principal(directions: np.ndarray) -> np.ndarray:
    """The two widest directions, each turned so that its largest entry is positive, scaled to the page."""
    centred = directions - directions.mean(axis=0)
    _values, vectors = np.linalg.eigh(centred.T.astype(float) @ centred)
    axes = vectors[:, ::-1][:, :2]
    if axes.shape[1] == 1:
        axes = np.hstack([axes, np.zeros_like(axes)])
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    places = centred @ axes
    # Rows that are equal but for rounding have no spread to show; neither has a direction in which all are equal.
    places[:, np.abs(places).max(axis=0) < ROUNDING] = 0.0
    return np.asarray(places * 10 / max(ROUNDING, float(np.abs(places).max())), np.float32)


def kept_neighbours(space: Space, places: np.ndarray, full: Neighbours | Graph, k: int = FIDELITY_K) -> float:
    """The mean share of the k nearest in the space that are among the k nearest on the map."""
    rows = np.flatnonzero(space.known)
    k = min(k, rows.size - 1, full.rows.shape[1])
    flat = nearest_on_page(places[rows], k)
    return float(shared(full.rows[rows, :k], rows[flat]).mean() / k)


def nearest_on_page(places: np.ndarray, k: int) -> np.ndarray:
    """The k nearest of every place, nearest first, never the place itself."""
    from scipy.spatial import cKDTree

    # One more than asked, because the nearest of a point is the point itself.
    found = np.asarray(cKDTree(places).query(places, k + 1)[1])
    own = found == np.arange(len(places))[:, None]
    # Among equal places a point may not be the first of its own neighbours, or not among them at all.
    own[~own.any(axis=1), -1] = True
    return np.asarray(found[~own].reshape(len(places), k))


def _umap(
    space: Space, known: np.ndarray, start: np.ndarray, params: LayoutParams, found: Neighbours | Graph,
    on_progress: Callable[[float, str], None] | None,
) -> np.ndarray:  # fmt: skip
    umap = _compiled_once()
    k = min(params.n_neighbors, known.size - 1)
    position = np.full(len(space.vectors), -1)
    position[known] = np.arange(known.size)
    # UMAP counts the item itself as its own first neighbour.
    rows = np.hstack([np.arange(known.size)[:, None], position[found.rows[known, : k - 1]]]).astype(np.int32)
    away = (
        _lengths(space, known, found.rows[known, : k - 1])
        if params.metric == "euclidean"
        else 1.0 - found.cosines[known, : k - 1]
    )
    distances = np.hstack([np.zeros((known.size, 1)), away]).astype(np.float32)
    weights, _, _ = umap.fuzzy_simplicial_set(
        space.directions[known], k, None, params.metric, knn_indices=rows, knn_dists=np.maximum(distances, 0.0)
    )
    # As wide as high, so that neither direction starts as the stronger one.
    centred = WIDTH * ((start - start.min(axis=0)) / np.ptp(start, axis=0) - 0.5)

    rounds = ROUNDS_OF_FEW if known.size < FEW else ROUNDS

    def told(turn: int) -> None:
        if on_progress and turn % 20 == 0:
            on_progress(0.2 + 0.8 * turn / rounds, "drawing the map")

    curve = umap.find_ab_params(1.0, params.min_dist)
    return settle(weights.tocsr(), centred, curve, rounds, params.seed, on_round=told)


def _lengths(space: Space, known: np.ndarray, near: np.ndarray) -> np.ndarray:
    """From each item to each of its neighbours; the column that lifts is the same for all and drops out."""
    return np.stack([np.linalg.norm(space.vectors[known] - space.vectors[column], axis=1) for column in near.T], axis=1)


@cache
def _compiled_once() -> ModuleType:
    """UMAP, told to keep on disk what numba compiles of it: of itself every process would compile for seconds of its time."""
    from umap import umap_

    for compiled in (umap_.smooth_knn_dist, umap_.compute_membership_strengths):
        compiled.enable_caching()
    return umap_


def stratified(counts: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """At most ``most`` rows, in order, each level of ``counts`` in its own share; never the first ones."""
    if counts.size <= most:
        return np.arange(counts.size)
    ranked = np.lexsort((np.random.default_rng(seed).random(counts.size), counts))
    return np.sort(ranked[np.linspace(0, counts.size - 1, most).astype(int)])
