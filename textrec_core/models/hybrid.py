"""Two models blended: each put on one scale for each person, then mixed by a weight that was validated."""

from dataclasses import dataclass

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.fingerprint import fingerprint
from textrec_core.models.scorer import Scorer, Shares

WEIGHTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, eq=False)
class Blend:
    """``(1 - weight) z(first) + weight z(second)``, where z takes off a person's mean score and divides by its spread."""

    dataset: Dataset
    first: Scorer
    second: Scorer
    weight: float

    @property
    def name(self) -> str:
        """Both names, always in this order."""
        return f"{self.first.name} + {self.second.name}"

    @property
    def fingerprint(self) -> str:
        """Moves with both models and the weight."""
        return fingerprint("blend/1", self.first.fingerprint, self.second.fingerprint, self.weight)

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Both models' scores, on one scale."""
        return mixed(self.first.scores(rows), self.second.scores(rows), self.weight)

    def why(self, user: int, item: int) -> Shares | None:
        """Both models' shares on the common scale; what the two means take off stands in the base."""
        history = self.dataset.history(user)
        total, base = np.zeros(history.size), 0.0
        for scorer, part in ((self.first, 1.0 - self.weight), (self.second, self.weight)):
            found = scorer.why(user, item)
            if found is None:
                return None
            mean, spread = _scale(np.asarray(scorer.scores(np.array([user])), float))
            scale = part / float(spread[0, 0])
            # Every scorer speaks of past items in its own order; shares are laid back on the history.
            order = np.argsort(history)
            total[order[np.searchsorted(history[order], found.items)]] += scale * found.shares
            base += scale * (found.base - float(mean[0, 0]))
        words = f"what each past choice gives through both models, {self.second.name} counting {self.weight:.0%}"
        return Shares(history, total, base, float(total.sum() + base), words)


def mixed(first: np.ndarray, second: np.ndarray, weight: float) -> np.ndarray:
    """Two tables of scores on one scale, the second counting ``weight``."""
    return (1.0 - weight) * standardised(first) + weight * standardised(second)


def standardised(scores: np.ndarray) -> np.ndarray:
    """Each row less its mean, over its spread; a row of equal scores is all zero."""
    scores = np.asarray(scores, float)
    mean, spread = _scale(scores)
    return np.asarray((scores - mean) / spread)


def _scale(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, spread = scores.mean(axis=1, keepdims=True), scores.std(axis=1, keepdims=True)
    # Rounding gives even equal scores a little spread; what is that small is none.
    return mean, np.where(spread > 1e-12 * np.maximum(1.0, np.abs(mean)), spread, 1.0)
