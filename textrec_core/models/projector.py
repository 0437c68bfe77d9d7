"""From a space of texts to the factors of one fit: ridge regression in closed form, bound to that fit."""

from dataclasses import dataclass

import numpy as np

from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.models.wals import Factors
from textrec_core.spaces.space import Space

# Penalties that are tried, as multiples of the mean variance along the directions that the texts fill.
PENALTIES = tuple(float(10.0**power) for power in np.arange(-3.0, 3.5, 0.5))
FOLDS = 5
FEWEST = 5


@dataclass(frozen=True, eq=False)
class Projector:
    """``(vectors - centre) @ weights + base`` are factors of the fit named by ``fit``, and of no other.

    ``errors[n]`` is the mean squared error that penalty ``PENALTIES[n]`` made on items held out from learning.
    """

    weights: np.ndarray
    centre: np.ndarray
    base: np.ndarray
    penalty: float
    errors: tuple[float, ...]
    fit: str
    space: str
    fingerprint: str

    def carry(self, vectors: np.ndarray, factors: Factors) -> np.ndarray:
        """Texts' vectors as item factors of this fit; a vector of zeros says nothing and stays zeros."""
        if factors.fingerprint != self.fit:
            raise ValueError("this projector was learned for another fit; its factors mean nothing here")
        if vectors.ndim != 2 or vectors.shape[1] != len(self.centre):
            raise ValueError("this projector was learned from vectors of another length")
        carried = (vectors - self.centre) @ self.weights + self.base
        return np.asarray(np.where(vectors.any(axis=1, keepdims=True), carried, 0.0), np.float32)

    def scores(self, vectors: np.ndarray, factors: Factors, rows: np.ndarray) -> np.ndarray:
        """What each of these users' vectors says of items known by their texts alone."""
        return np.asarray(factors.users[rows] @ self.carry(vectors, factors).T)


def learn(space: Space, factors: Factors, among: np.ndarray | None = None, seed: int = 0) -> Projector:
    """Learn from the items that have a text and a trained vector, and that ``among`` admits."""
    if len(space.vectors) != len(factors.items):
        raise ValueError("the space and the fit hold different items")
    usable = np.asarray(space.known & factors.items.any(axis=1))
    rows = np.flatnonzero(usable if among is None else usable & among)
    if rows.size < FEWEST:
        raise DataError(
            f"Only {rows.size} items have both a text and people who chose them; carrying needs at least {FEWEST}.",
            "Upload texts for more of the items that people chose.",
        )
    texts, targets = space.vectors[rows].astype(float), factors.items[rows].astype(float)
    errors = _held_out_errors(texts, targets, seed)
    penalty = PENALTIES[int(np.argmin(errors))]
    weights, centre, base = _Ridge(texts, targets).solve(penalty)
    name = fingerprint("projector/1", space.fingerprint, factors.fingerprint, rows, seed)
    return Projector(weights, centre, base, penalty, tuple(errors), factors.fingerprint, space.fingerprint, name)


def carried(projector: Projector, space: Space, factors: Factors) -> Space:
    """The space of texts carried to the space of behaviour."""
    if space.fingerprint != projector.space:
        raise ValueError("this projector was learned from another space of texts")
    vectors = projector.carry(space.vectors, factors)
    return Space(f"{space.name}, carried to WALS", vectors, fingerprint("carried/1", projector.fingerprint))


class _Ridge:
    """One decomposition of the smaller Gram matrix serves every penalty."""

    def __init__(self, texts: np.ndarray, targets: np.ndarray) -> None:
        self.centre, self.base = texts.mean(axis=0), targets.mean(axis=0)
        self._texts, self._targets = texts - self.centre, targets - self.base
        self._wide = texts.shape[1] > len(texts)
        gram = self._texts @ self._texts.T if self._wide else self._texts.T @ self._texts
        self._values, self._axes = np.linalg.eigh(gram)
        self._unit = max(float(np.trace(gram)) / len(gram), 1e-12)

    def solve(self, penalty: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weights, centre and base of one penalty; with more columns than rows in its dual form."""
        right = self._targets if self._wide else self._texts.T @ self._targets
        held = np.maximum(self._values, 0.0) + penalty * self._unit
        inner = self._axes @ ((self._axes.T @ right) / held[:, None])
        return (self._texts.T @ inner if self._wide else inner), self.centre, self.base


def _held_out_errors(texts: np.ndarray, targets: np.ndarray, seed: int) -> list[float]:
    """The mean squared error of every penalty on items that did not teach it."""
    fold = np.random.default_rng(seed).permutation(len(texts)) % min(FOLDS, len(texts))
    total = np.zeros(len(PENALTIES))
    for number in range(int(fold.max()) + 1):
        out = fold == number
        ridge = _Ridge(texts[~out], targets[~out])
        for place, penalty in enumerate(PENALTIES):
            weights, centre, base = ridge.solve(penalty)
            total[place] += float(np.square((texts[out] - centre) @ weights + base - targets[out]).sum())
    return [float(error) for error in total / targets.size]
