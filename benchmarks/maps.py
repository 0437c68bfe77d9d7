"""Two linked maps of 10,000 items, from one neighbour graph each, against two plain UMAP fits on the same vectors."""

import warnings
from collections.abc import Callable

import numpy as np

from benchmarks.rows import Row, against, alone, timed
from textrec_core.spaces import fidelity, graph
from textrec_core.spaces.layout import Layout, LayoutParams, lay_out
from textrec_core.spaces.space import Space

ITEMS, TARGET, LOSS = 10_000, 0.4, 0.01
REPEATS = 3


def rows() -> list[Row]:
    """The ratio in one run, and how much less trustworthy the maps are, at most."""
    spaces = (_space("words", 128, 0), _space("behaviour", 64, 1))
    # Compiling is paid once and shown apart; UMAP compiles its search only for as many items as this.
    small = _space("warm-up", 16, 2, 200)
    first = timed(lambda: lay_out(small, LayoutParams()))
    _umap(spaces[0])
    found: dict[str, list] = {"ours": [], "peer": []}
    for turn in range(REPEATS):
        for name, draw in _turns(turn):
            found[name].append(timed(lambda draw=draw: [draw(space) for space in spaces]))
    mine, theirs = (
        [_trust(space, places) for space, places in zip(spaces, found[name][-1].result, strict=True)]
        for name in ("ours", "peer")
    )
    loss = [other - own for own, other in zip(mine, theirs, strict=True)]
    data = f"{ITEMS:,} drawn items, 128 and 64 dimensions"
    note = "trustworthiness " + ", ".join(
        f"{own:.3f} against {other:.3f}" for own, other in zip(mine, theirs, strict=True)
    )
    return [
        against("two maps, plain UMAP", found["ours"], found["peer"], TARGET, data, "wall", note),
        against("two maps, plain UMAP", found["ours"], found["peer"], None, data, "cpu"),
        alone("trustworthiness lost, most of two maps", loss, LOSS, data, max(loss), "not seconds: a difference"),
        alone("first map of a fresh process", [first.wall], None, "200 drawn items"),
    ]


def _turns(turn: int) -> list[tuple[str, Callable[[Space], np.ndarray]]]:
    pairs: list[tuple[str, Callable[[Space], np.ndarray]]] = [("ours", _ours), ("peer", _umap)]
    return pairs[:: 1 if turn % 2 else -1]


def _ours(space: Space) -> np.ndarray:
    return lay_out(space, LayoutParams(), graph.build(space)).places


def _umap(space: Space) -> np.ndarray:
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(umap.UMAP(metric="cosine").fit_transform(space.vectors), np.float32)


def _trust(space: Space, places: np.ndarray) -> float:
    return fidelity.check(space, Layout(places, 0.0, "umap", LayoutParams(), space.name)).trustworthiness


def _space(name: str, size: int, seed: int, count: int = ITEMS) -> Space:
    """Clumps of very different sizes with noise around them, as spaces of real items have."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(60, 0.5))
    vectors = rng.normal(size=(60, size))[rng.choice(60, count, p=shares)] + 0.6 * rng.normal(size=(count, size))
    # Vectors of one machine and one seed are the same each time, so that its fingerprint may be a name.
    return Space(name, vectors.astype(np.float32), f"{name}-{count}")
