"""Three ways from texts to factors: rows of both in, one map for every setting out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

# Penalties that are tried, as multiples of the mean variance along the directions that the texts fill.
PENALTIES = tuple(float(10.0**power) for power in np.arange(-3.0, 3.5, 0.5))
NEAREST = (3, 5, 10, 20, 40, 80)
EPOCHS = (2, 5, 10, 20)
HIDDEN, BATCH, RATE = 128, 128, 3e-3


class Map(Protocol):
    """What was learned of one setting."""

    def of(self, texts: np.ndarray) -> np.ndarray:
        """The factors that these texts stand for."""


@dataclass(frozen=True, eq=False)
class Linear:
    """``(texts - centre) @ weights + base``."""

    weights: np.ndarray
    centre: np.ndarray
    base: np.ndarray

    def of(self, texts: np.ndarray) -> np.ndarray:
        """The factors that these texts stand for."""
        return np.asarray((texts - self.centre) @ self.weights + self.base)


@dataclass(frozen=True, eq=False)
class Nearest:
    """The mean factors of the ``count`` items whose texts are nearest, the nearer the heavier."""

    texts: np.ndarray
    targets: np.ndarray
    count: int

    def of(self, texts: np.ndarray) -> np.ndarray:
        """The factors that these texts stand for."""
        similar = texts @ self.texts.T
        near = np.argpartition(-similar, self.count - 1, axis=1)[:, : self.count]
        # A text that looks away from the item says nothing of it; all alike where none looks towards it.
        weights = np.maximum(np.take_along_axis(similar, near, axis=1), 1e-6)
        weights /= weights.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("nk,nkr->nr", weights, self.targets[near]))


@dataclass(frozen=True, eq=False)
class Net:
    """One hidden layer between texts and factors."""

    first: np.ndarray
    bend: np.ndarray
    second: np.ndarray
    base: np.ndarray

    def of(self, texts: np.ndarray) -> np.ndarray:
        """The factors that these texts stand for."""
        return np.asarray(np.maximum(texts @ self.first + self.bend, 0.0) @ self.second + self.base)


def ridge(texts: np.ndarray, targets: np.ndarray, _seed: int) -> Iterator[tuple[float, Map]]:
    """Closed form; one decomposition of the smaller Gram matrix serves every penalty."""
    texts, targets = texts.astype(float), targets.astype(float)
    centre, base = texts.mean(axis=0), targets.mean(axis=0)
    texts, targets = texts - centre, targets - base
    wide = texts.shape[1] > len(texts)
    gram = texts @ texts.T if wide else texts.T @ texts
    values, axes = np.linalg.eigh(gram)
    unit = max(float(np.trace(gram)) / len(gram), 1e-12)
    seen = axes.T @ (targets if wide else texts.T @ targets)
    for penalty in PENALTIES:
        inner = axes @ (seen / (np.maximum(values, 0.0) + penalty * unit)[:, None])
        yield penalty, Linear(texts.T @ inner if wide else inner, centre, base)


def knn(texts: np.ndarray, targets: np.ndarray, _seed: int) -> Iterator[tuple[float, Map]]:
    """Nothing is learned; the items are kept."""
    for count in NEAREST:
        if count <= len(texts):
            yield float(count), Nearest(texts, targets, count)


def mlp(texts: np.ndarray, targets: np.ndarray, seed: int) -> Iterator[tuple[float, Map]]:
    """One training run (Adam; Kingma and Ba 2015), looked at after several numbers of epochs."""
    rng = np.random.default_rng(seed)
    base, spread = targets.mean(axis=0), max(float(targets.std()), 1e-12)
    wanted = (targets - base) / spread
    width, rank = texts.shape[1], targets.shape[1]
    drawn = rng.normal(0, (2 / width) ** 0.5, (width, HIDDEN)).astype(np.float32)
    values: list[np.ndarray] = [drawn, np.zeros(HIDDEN, np.float32), np.zeros((HIDDEN, rank), np.float32)]
    means, squares = ([np.zeros_like(value) for value in values] for _ in range(2))
    # Directions have length one; at length sqrt(width) the first layer sees entries near one.
    scale, step = np.float32(width**0.5), 0
    for epoch in range(1, EPOCHS[-1] + 1):
        order = rng.permutation(len(texts))
        for start in range(0, len(texts), BATCH):
            rows = order[start : start + BATCH]
            step += 1
            for place, slope in enumerate(_slopes(texts[rows] * scale, wanted[rows], *values)):
                means[place] += 0.1 * (slope - means[place])
                squares[place] += 0.001 * (slope**2 - squares[place])
                moved = means[place] / (1 - 0.9**step) / (np.sqrt(squares[place] / (1 - 0.999**step)) + 1e-8)
                values[place] = values[place] - RATE * moved
        if epoch in EPOCHS:
            first, bend, second = values
            yield float(epoch), Net(first * scale, bend, second * np.float32(spread), base)


def _slopes(
    texts: np.ndarray, wanted: np.ndarray, first: np.ndarray, bend: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """How the mean squared error moves with each of the net's parts."""
    hidden = np.maximum(texts @ first + bend, 0.0)
    error = 2 * (hidden @ second - wanted) / len(texts)
    back = (error @ second.T) * (hidden > 0)
    return texts.T @ back, back.sum(axis=0), hidden.T @ error


METHODS = {"ridge": ridge, "knn": knn, "mlp": mlp}
