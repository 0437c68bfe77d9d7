"""One value for each person in, a mean and how sure it is out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

DRAWS = 1_000
# So many standard deviations to either side hold 95 % of what is normally spread.
NORMAL = 1.959964
# A true difference of this many standard errors is found in 80 of 100 measurements at the 5 % level (1.96 + 0.84).
FOUND_USUALLY = 2.8


@dataclass(frozen=True)
class Interval:
    """A mean over people and the range that 95 % of resampled groups of people fall in."""

    mean: float
    low: float
    high: float
    people: int

    @property
    def holds_zero(self) -> bool:
        """Whether these people cannot tell the mean from nothing."""
        return not (self.low > 0 or self.high < 0)


def bootstrap(values: np.ndarray, seed: int = 0) -> Interval:
    """The mean of one value a person, with a 95 % interval over people."""
    return together(values[:, None], seed)[0]


def together(values: np.ndarray, seed: int = 0) -> list[Interval]:
    """An interval for every column; all are resampled alike, so that columns can be compared person by person."""
    people, columns = values.shape
    if people == 0:
        return [Interval(float("nan"), float("nan"), float("nan"), 0)] * columns
    means = _drawn(values, seed)
    centre = values.mean(axis=0)
    lows, highs = np.quantile(means, [0.025, 0.975], axis=0)
    return [
        Interval(float(mean), float(low), float(high), people)
        for mean, low, high in zip(centre, lows, highs, strict=True)
    ]


def _drawn(values: np.ndarray, seed: int) -> np.ndarray:
    """The means of resampled groups of people, a row a group."""
    people, columns = values.shape
    rng = np.random.default_rng(seed)
    values = values.astype(np.float64)
    centre = values.mean(axis=0)
    # Taken off before single precision, which then rounds the spread and not the mean.
    spread = (values - centre).astype(np.float32)
    means = np.empty((DRAWS, columns))
    for start in range(0, DRAWS, 100):
        # Poisson weights stand for drawing people with replacement and need no copy of the values.
        weights = rng.poisson(1.0, (100, people)).astype(np.float32)
        means[start : start + 100] = (weights @ spread) / np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    # No group of these people has a mean outside their own values; rounding must not put it there.
    return np.asarray(np.clip(means + centre, values.min(axis=0), values.max(axis=0)))


def over_starts(values: Sequence[np.ndarray], seed: int = 0) -> list[Interval]:
    """An interval for every column's mean over tables that differ in the model's random start: over people and over starts."""
    found = together(np.mean(values, axis=0), seed)
    if len(values) == 1 or len(values[0]) == 0:
        return found
    spread = np.std([table.mean(axis=0) for table in values], axis=0, ddof=1) / len(values) ** 0.5
    return [widened(one, float(part), len(values)) for one, part in zip(found, spread, strict=True)]


def widened(interval: Interval, spread: float, known_from: int) -> Interval:
    """The same mean, unsure also by something else that moves it by this standard deviation, itself ``known_from`` so few values.

    That part alone would reach as far as Student's quantile says; it is added to people's as independent errors add up,
    so that neither part ever counts less than it would alone.
    """
    if not spread > 0:
        return interval
    other = float(stdtrit(known_from - 1, 0.975)) * spread
    low, high = (float(np.hypot(half, other)) for half in (interval.mean - interval.low, interval.high - interval.mean))
    return Interval(interval.mean, interval.mean - low, interval.mean + high, interval.people)


def detectable(difference: Interval) -> float:
    """The smallest true mean difference that an interval as wide as this one would show in 80 of 100 measurements."""
    return FOUND_USUALLY / NORMAL * (difference.high - difference.low) / 2 if difference.people > 1 else float("nan")
