"""The one protocol for all models: rows of users in, a score for every item out, and a reason."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True, eq=False)
class Shares:
    """What each past item gave to one score; ``shares.sum() + base == score``."""

    items: np.ndarray
    shares: np.ndarray
    base: float
    score: float
    words: str

    def largest_first(self) -> np.ndarray:
        """Positions of the shares, the most helpful first."""
        return np.argsort(-self.shares, kind="stable")


class Scorer(Protocol):
    """Anything that can rank the items of one dataset for its users."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def fingerprint(self) -> str:
        """Moves with the data and every parameter."""

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """One row of item scores for each user row."""

    def why(self, user: int, item: int) -> Shares | None:
        """What the user's past gave to this item's score, or None where a model has no such account."""
