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
    """An interval for every column of tables that differ in the model's random start: one of the starts is drawn, then people.

    So it covers what another start and other people would give. The mean is over all starts.
    """
    if len(values) == 1 or len(values[0]) == 0:
        return together(values[0], seed)
    drawn = [_drawn(table, seed + number) for number, table in enumerate(values)]
    # Every start has the same part in the draws; which draws stand side by side does not matter.
    means = np.concatenate(drawn)
    centre = np.mean([table.mean(axis=0) for table in values], axis=0)
    lows, highs = np.quantile(means, [0.025, 0.975], axis=0)
    people = len(values[0])
    return [
        Interval(float(mean), float(min(low, mean)), float(max(high, mean)), people)
        for mean, low, high in zip(centre, lows, highs, strict=True)
    ]


def widened(interval: Interval, spread: float, known_from: int) -> Interval:
    """The same mean, unsure also by something else that moves it by this standard deviation, itself ``known_from`` so few values.

    How many standard errors hold 95 % then depends on which of both is larger (Welch 1947).
    """
    if not spread > 0:
        return interval

    def reach(half: float) -> float:
        own, other = (half / NORMAL) ** 2, spread**2
        freedom = (known_from - 1) * (own + other) ** 2 / other**2
        return float(stdtrit(freedom, 0.975) * np.sqrt(own + other))

    low, high = reach(interval.mean - interval.low), reach(interval.high - interval.mean)
    return Interval(interval.mean, interval.mean - low, interval.mean + high, interval.people)


def detectable(differences: np.ndarray) -> float:
    """The smallest true mean difference that people like these would show in 80 of 100 measurements."""
    if differences.size < 2:
        return float("nan")
    return float(FOUND_USUALLY * differences.std(ddof=1) / np.sqrt(differences.size))
