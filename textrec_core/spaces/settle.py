"""A weighted neighbour graph and a start in, places out: UMAP's two forces, the same places for any number of threads.

In every round each item reads where all stood in the last round and moves itself alone; the strangers that it draws
follow from the seed, the round and its own row. So no order of work, and no number of threads, changes the map.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

# An edge is met from both of its ends, and each meeting moves both: an item is pulled twice and pushed by its own draws.
PULLS, PUSHES = 2, 5
# No single force moves an item farther than this before the rate is taken.
FARTHEST = 4.0
# Forces by squared distance, from 2^-30 to 2^24, 64 steps an octave, read off the bits of the number and joined by lines.
SHIFT = 17
LOWEST, HIGHEST = (127 - 30) << 23, (127 + 24) << 23
# Pieces per thread: a few small ones keep all threads busy to the end.
PIECES = 4


def settle(
    weights: csr_matrix, start: np.ndarray, curve: tuple[float, float], rounds: int, seed: int,
    threads: int | None = None, on_round: Callable[[int], None] | None = None,
) -> np.ndarray:  # fmt: skip
    """Move items from ``start`` for so many rounds; the weights are symmetric, ``curve`` is UMAP's (a, b)."""
    kernel, table = _compiled(), forces(*curve)
    share = (weights.data / weights.data.max()).astype(np.float32)
    last, moved = np.array(start, np.float32), np.empty(start.shape, np.float32)
    threads = threads or os.cpu_count() or 1
    # Cut by edges, which are the work.
    cuts = np.searchsorted(weights.indptr, np.linspace(0, weights.indptr[-1], threads * PIECES + 1)[1:-1])
    cuts = np.unique([0, *cuts, len(last)]).tolist()
    with ThreadPoolExecutor(threads) as pool:
        for turn in range(rounds):
            rate = np.float32(1.0 - turn / rounds)
            held = weights.indptr, weights.indices, share, last, moved, table
            list(pool.map(partial(kernel, *held, rate, turn, seed), cuts[:-1], cuts[1:]))
            last, moved = moved, last
            if on_round:
                on_round(turn + 1)
    return last


def forces(a: float, b: float) -> np.ndarray:
    """Pull in row 0 and push in row 1, per unit of distance, at every step of the squared distance."""
    step = 1 << SHIFT
    squared = np.arange(LOWEST, HIGHEST + 2 * step, step, dtype=np.int32).view(np.float32).astype(float)
    bent = 1.0 + a * squared**b
    pull, push = -2.0 * a * b * squared ** (b - 1.0) / bent, 2.0 * b / ((0.001 + squared) * bent)
    return np.stack([pull, push]).astype(np.float32)


@cache
def _compiled() -> Callable[..., None]:
    # Imported here because only the worker draws maps, and it is slow to load.
    import numba

    made: Any = numba.njit(cache=True, nogil=True, error_model="numpy")
    return made(_round)


def _round(  # pragma: no cover - compiled
    indptr: Any, indices: Any, share: Any, last: Any, moved: Any, table: Any,
    rate: Any, turn: int, seed: int, first: int, stop: int,
) -> None:  # fmt: skip
    """One round of the rows from ``first`` to ``stop``."""
    count = np.uint64(last.shape[0])
    for row in range(first, stop):
        x, y = last[row, 0], last[row, 1]
        # Splitmix64: Steele, Lea and Flood 2014.
        state = (
            np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
            + np.uint64(turn) * np.uint64(0xD1B54A32D192ED03)
            + np.uint64(row) * np.uint64(0x8CB92BA72F3D8DD7)
        )
        for edge in range(indptr[row], indptr[row + 1]):
            # The heaviest edge is met in every round, one of half its weight in every second.
            if int(share[edge] * np.float32(turn + 1)) == int(share[edge] * np.float32(turn)):
                continue
            along, aside = np.float32(0.0), np.float32(0.0)
            for meeting in range(1 + PUSHES):
                kind, other = 0, np.int64(indices[edge])
                if meeting:
                    state += np.uint64(0x9E3779B97F4A7C15)
                    drawn = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                    drawn = (drawn ^ (drawn >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                    drawn ^= drawn >> np.uint64(31)
                    kind, other = 1, np.int64(((drawn >> np.uint64(32)) * count) >> np.uint64(32))
                over, up = x - last[other, 0], y - last[other, 1]
                squared = over * over + up * up
                bits = min(max(np.float32(squared).view(np.int32), np.int32(LOWEST)), np.int32(HIGHEST)) - np.int32(
                    LOWEST
                )
                step = bits >> SHIFT
                part = np.float32(bits & ((1 << SHIFT) - 1)) * np.float32(1.0 / (1 << SHIFT))
                force = rate * (table[kind, step] + part * (table[kind, step + 1] - table[kind, step]))
                most = rate * np.float32(FARTHEST)
                if kind == 0:
                    # Both ends read the last round: neither goes beyond the middle, or they would swing about it.
                    force, most = max(np.float32(PULLS) * force, np.float32(-0.5)), np.float32(PULLS) * most
                along += min(max(force * over, -most), most)
                aside += min(max(force * up, -most), most)
            x += along
            y += aside
        moved[row, 0], moved[row, 1] = x, y
