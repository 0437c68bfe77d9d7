"""Two spaces in, how alike they are as wholes out: each measure beside what chance alone would give."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from textrec_core.fingerprint import fingerprint
from textrec_core.spaces.space import Space, known_to_both

SHUFFLES = 20


@dataclass(frozen=True)
class Measure:
    """A number, and the mean of the same number with the rows of one space shuffled."""

    value: float
    chance: float


@dataclass(frozen=True, eq=False)
class Whole:
    """``cka`` is linear CKA (Kornblith et al. 2019): 1 when one space is the other, turned and scaled.

    ``residual`` is what orthogonal Procrustes leaves of one space when the other is turned onto it, both at unit size:
    0 when they are the same, 1 when nothing fits.
    """

    cka: Measure
    residual: Measure
    items: int
    fingerprint: str


def name_of(one: Space, other: Space) -> str:
    """The fingerprint of this comparison."""
    return fingerprint("whole/1", one.fingerprint, other.fingerprint)


def compare(one: Space, other: Space, on_progress: Callable[[float, str], None] | None = None) -> Whole:
    """Both measures over the items that both know; directions are compared, as everywhere else."""
    both = known_to_both(one, other, "a comparison needs")
    left, right = _centred(one, both), _centred(other, both)
    rng = np.random.default_rng(0)
    # Neither changes when the rows change places.
    size = float(np.linalg.norm(left) * np.linalg.norm(right))
    spread = float(np.linalg.norm(left.T @ left) * np.linalg.norm(right.T @ right))
    found = [_measures(left, right, size, spread)]
    for turn in range(SHUFFLES):
        found.append(_measures(left, right[rng.permutation(both.size)], size, spread))
        if on_progress:
            on_progress((turn + 1) / SHUFFLES, "shuffling rows for the chance floor")
    values = np.array(found)
    cka, residual = (
        Measure(float(value), float(chance)) for value, chance in zip(values[0], values[1:].mean(axis=0), strict=True)
    )
    return Whole(cka, residual, both.size, name_of(one, other))


def _centred(space: Space, rows: np.ndarray) -> np.ndarray:
    values = space.directions[rows].astype(float)
    return values - values.mean(axis=0)


def _measures(left: np.ndarray, right: np.ndarray, size: float, spread: float) -> tuple[float, float]:
    # A space in which all items are alike has no shape to compare.
    if min(size, spread) < 1e-9:
        return 0.0, 1.0
    cross = left.T @ right
    cka = float(np.sum(cross**2)) / spread
    nuclear = float(np.linalg.svd(cross, compute_uv=False).sum()) / size
    return min(1.0, cka), max(0.0, 1.0 - nuclear**2)
