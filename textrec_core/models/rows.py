"""Rows of weighted least squares, many at once: confidences and one side's factors in, the other side's out.

Row u minimises ``sum_seen weight (x.z)^2 - 2 pull (x.z) + x.diag(spread).x + hold_u |x|^2`` in a basis where the
other side's Gram matrix is diagonal. That basis always exists, and it makes each step cost as much as the row has
entries, whatever the rank squared is; it also hands every row its own regularization and preconditioner for nothing.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

# Pieces per thread: rows differ in length, so that a few small pieces keep all threads busy to the end.
PIECES = 8


@dataclass(frozen=True, eq=False)
class Side:
    """One side's rows: which columns each holds, how much each says over none, what it pulls to, and its own hold."""

    indptr: np.ndarray
    indices: np.ndarray
    weight: np.ndarray
    pull: np.ndarray
    hold: np.ndarray


def solve(side: Side, out: np.ndarray, given: np.ndarray, spread: np.ndarray, steps: int) -> None:
    """Solve every row of ``out`` in place: by that many conjugate-gradient steps, or in full where ``steps`` is 0."""
    kernel = _compiled("exact" if steps == 0 else "cg")
    threads = os.cpu_count() or 1
    rows = side.indptr.size - 1
    # Cut by work, which is entries plus a little for every row.
    work = side.indptr.astype(np.int64) + 4 * np.arange(rows + 1)
    cuts = np.unique(np.searchsorted(work, np.linspace(0, work[-1], threads * PIECES + 1)))
    cuts[0], cuts[-1] = 0, rows

    def piece(start: int, stop: int) -> None:
        kernel(side.indptr, side.indices, side.weight, side.pull, side.hold, out, given, spread, steps, start, stop)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(piece, cuts[:-1].tolist(), cuts[1:].tolist()))


def rotated(given: np.ndarray, other: np.ndarray, unseen: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both sides in the basis of ``given``'s principal axes, largest first, and the Gram matrix's diagonal there."""
    wide = given.astype(np.float64)
    values, axes = np.linalg.eigh(wide.T @ wide)
    axes = np.ascontiguousarray(axes[:, ::-1])
    # The sign of an axis is free: the largest entry points up, so that equal input gives equal output.
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    turned = np.ascontiguousarray(wide @ axes).astype(given.dtype)
    start = np.ascontiguousarray(other.astype(np.float64) @ axes).astype(other.dtype)
    return turned, start, (unseen * np.maximum(values[::-1], 0.0)).astype(given.dtype)


@cache
def _compiled(kind: str) -> Callable[..., None]:
    # Imported here because only training needs it, and it is slow to load.
    import numba

    made: Any = numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz", "arcp"}, error_model="numpy")
    return made(_exact if kind == "exact" else _cg)


def _cg(  # pragma: no cover - compiled
    indptr: Any, indices: Any, weight: Any, pull: Any, hold: Any,
    out: Any, given: Any, spread: Any, steps: int, start: int, stop: int,
) -> None:  # fmt: skip
    """Preconditioned conjugate gradients from where each row stands."""
    rank = given.shape[1]
    base, scale = np.empty_like(spread), np.empty_like(spread)
    rest, way, image = np.empty_like(spread), np.empty_like(spread), np.empty_like(spread)
    for u in range(start, stop):
        low, high = indptr[u], indptr[u + 1]
        x = out[u]
        if low == high:
            x[:] = 0.0
            continue
        for j in range(rank):
            base[j] = spread[j] + hold[u]
            scale[j] = base[j]
            rest[j] = -base[j] * x[j]
        for n in range(low, high):
            z = given[indices[n]]
            dot = x[0] * 0
            for j in range(rank):
                dot += z[j] * x[j]
            part = pull[n] - weight[n] * dot
            own = weight[n]
            for j in range(rank):
                rest[j] += part * z[j]
                scale[j] += own * z[j] * z[j]
        size = x[0] * 0
        for j in range(rank):
            scale[j] = 1.0 / scale[j]
            way[j] = scale[j] * rest[j]
            size += rest[j] * way[j]
        for _step in range(steps):
            if not size > 1e-20:
                break
            for j in range(rank):
                image[j] = base[j] * way[j]
            for n in range(low, high):
                z = given[indices[n]]
                dot = x[0] * 0
                for j in range(rank):
                    dot += z[j] * way[j]
                dot *= weight[n]
                for j in range(rank):
                    image[j] += dot * z[j]
            along = x[0] * 0
            for j in range(rank):
                along += way[j] * image[j]
            length = size / along
            left = x[0] * 0
            for j in range(rank):
                x[j] += length * way[j]
                rest[j] -= length * image[j]
                left += rest[j] * scale[j] * rest[j]
            turn = left / size
            for j in range(rank):
                way[j] = scale[j] * rest[j] + turn * way[j]
            size = left


def _exact(  # pragma: no cover - compiled
    indptr: Any, indices: Any, weight: Any, pull: Any, hold: Any,
    out: Any, given: Any, spread: Any, steps: int, start: int, stop: int,
) -> None:  # fmt: skip
    """Every row's normal equations in full."""
    rank = given.shape[1]
    for u in range(start, stop):
        low, high = indptr[u], indptr[u + 1]
        if low == high:
            out[u] = 0.0
            continue
        chosen = given[indices[low:high]]
        scaled = chosen * weight[low:high].reshape(-1, 1)
        system = np.dot(chosen.T, scaled)
        for j in range(rank):
            system[j, j] += spread[j] + hold[u]
        out[u] = np.linalg.solve(system, np.dot(chosen.T, pull[low:high]))
