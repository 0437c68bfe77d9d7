"""Rows of weighted least squares, many at once: confidences and one side's factors in, the other side's out.

Row u minimises ``sum_seen weight (x.z)^2 - 2 pull (x.z) + x.diag(spread).x + hold_u |x|^2`` in a basis where the
other side's Gram matrix is diagonal. That basis always exists, and it makes each step cost as much as the row has
entries, whatever the rank squared is; it also hands every row its own regularization and preconditioner for nothing.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

# So many entries of rows of about one length are solved together: enough to make the calls cheap, few enough for
# their vectors to stay near the processor.
TOGETHER = 8_192

_own = threading.local()


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
    lengths = np.diff(side.indptr)
    order = np.argsort(-lengths, kind="stable")
    lengths = lengths[order]
    filled = int(np.count_nonzero(lengths))
    out[order[filled:]] = 0.0
    most = TOGETHER // given.shape[1] if steps == 0 else TOGETHER
    cuts = [0]
    while cuts[-1] < filled:
        several = min(most, TOGETHER // int(lengths[cuts[-1]]))
        cuts.append(min(filled, cuts[-1] + max(1, several)))

    # What a weight of one adds to a row's diagonal on average: near enough to precondition by, without a look at each row.
    heard = np.bincount(side.indices, side.weight, len(given))
    typical = (heard @ np.square(given) / max(heard.sum(), np.finfo(given.dtype).tiny)).astype(given.dtype)

    def block(start: int, stop: int) -> None:
        rows = order[start:stop], lengths[start:stop]
        if steps == 0 or lengths[start] > TOGETHER:
            _in_full(side, out, given, spread, *rows)
        else:
            _by_steps(side, out, given, spread, typical, *rows, steps)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(block, cuts[:-1], cuts[1:]))


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


def _in_full(
    side: Side, out: np.ndarray, given: np.ndarray, spread: np.ndarray, rows: np.ndarray, lengths: np.ndarray
) -> None:
    """The rows' normal equations; for a long row no dearer than a few steps."""
    rank = given.shape[1]
    system = np.zeros((rows.size, rank, rank), given.dtype)
    system[:, range(rank), range(rank)] = spread + side.hold[rows][:, None]
    pulled = np.zeros((rows.size, rank, 1), given.dtype)
    for first in range(0, lengths[0], TOGETHER):
        chosen, weight, pull = _entries(side, given, rows, lengths, first)
        across = chosen.transpose(0, 2, 1)
        system += across @ (weight * chosen)
        pulled += across @ pull
    out[rows] = np.linalg.solve(system, pulled)[:, :, 0]


def _by_steps(
    side: Side, out: np.ndarray, given: np.ndarray, spread: np.ndarray, typical: np.ndarray, rows: np.ndarray,
    lengths: np.ndarray, steps: int,
) -> None:  # fmt: skip
    """Preconditioned conjugate gradients from where each row stands."""
    chosen, weight, pull = _entries(side, given, rows, lengths, 0)
    across = chosen.transpose(0, 2, 1)
    base = (spread + side.hold[rows][:, None])[:, :, None]
    scale = 1.0 / (base + _sums(weight) * typical[:, None])
    x = out[rows][:, :, None]
    rest = across @ (pull - weight * (chosen @ x)) - base * x
    way = scale * rest
    size, tiny = _sums(rest * way), np.finfo(x.dtype).eps ** 2
    for _step in range(steps):
        # What is left of a solved row is rounding: it has no way to go.
        going = size > tiny * _sums(x * x / scale) + 1e-30
        if not going.any():
            break
        image = base * way + across @ (weight * (chosen @ way))
        length = np.divide(size, _sums(way * image), out=np.zeros_like(size), where=going)
        x += length * way
        rest -= length * image
        left = _sums(rest * scale * rest)
        way = scale * rest + np.divide(left, size, out=np.zeros_like(size), where=going) * way
        size = left
    out[rows] = x[:, :, 0]


def _entries(
    side: Side, given: np.ndarray, rows: np.ndarray, lengths: np.ndarray, first: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What rows hold from their entry ``first`` on: the other side's vectors, weights and pulls; short rows are filled up with zeros."""
    place = np.arange(first, min(int(lengths[0]), first + TOGETHER))
    inside = place < lengths[:, None]
    place = np.where(inside, side.indptr[rows][:, None] + place, 0)
    weight, pull = ((values[place] * inside)[:, :, None] for values in (side.weight, side.pull))
    columns = side.indices[place]
    room = _room(columns.size * given.shape[1], given.dtype).reshape(*columns.shape, given.shape[1])
    return given.take(columns, axis=0, mode="clip", out=room), weight, pull


def _room(size: int, kind: np.dtype) -> np.ndarray:
    """Memory that a thread fills again and again: asking the system for new costs more than the work done in it."""
    known = getattr(_own, "room", None)
    if known is None or known.size < size or known.dtype != kind:
        _own.room = known = np.empty(size, kind)
    return known[:size]


def _sums(values: np.ndarray) -> np.ndarray:
    return values.sum(axis=1, keepdims=True)
