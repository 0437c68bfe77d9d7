"""One value for each person in, a mean and how sure it is out."""

from dataclasses import dataclass

import numpy as np

DRAWS = 1_000


@dataclass(frozen=True)
class Interval:
    """A mean over people and the range that 95 % of resampled groups of people fall in."""

    mean: float
    low: float
    high: float
    people: int


def bootstrap(values: np.ndarray, seed: int = 0) -> Interval:
    """The mean of one value a person, with a 95 % interval over people."""
    if values.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    rng = np.random.default_rng(seed)
    # Poisson weights stand for drawing people with replacement and need no copy of the values.
    weights = rng.poisson(1.0, (DRAWS, values.size)).astype(np.float32)
    totals = np.maximum(weights.sum(axis=1), 1.0)
    low, high = np.quantile(weights @ values.astype(np.float32) / totals, [0.025, 0.975])
    return Interval(float(values.mean()), float(low), float(high), values.size)
