"""Ranking by words alone: near to what the person has chosen, in a space of texts."""

from dataclasses import dataclass

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.fingerprint import fingerprint
from textrec_core.models.scorer import Shares
from textrec_core.spaces.space import Space


@dataclass(frozen=True, eq=False)
class TextProfile:
    """A score is the mean cosine between an item's text and the texts of what was chosen, by weight."""

    dataset: Dataset
    space: Space
    name: str = "Text profile"

    @property
    def fingerprint(self) -> str:
        """Moves with the data and the text space."""
        return fingerprint("profile/1", self.dataset.fingerprint, self.space.fingerprint)

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Every item against the mean of each person's own texts; items without a text get zero."""
        profiles = np.stack([self._profile(int(row)) for row in rows])
        return profiles @ self.space.directions.T

    def why(self, user: int, item: int) -> Shares:
        """Each past item's part: its weight's share times its cosine to the item."""
        history, weights = self.dataset.history(user), self._shares(user)
        directions = self.space.directions
        shares = weights * (directions[history] @ directions[item]).astype(float)
        words = "how near each past choice's text is to this one"
        return Shares(history, shares, 0.0, float(shares.sum()), words)

    def _profile(self, user: int) -> np.ndarray:
        return self._shares(user).astype(np.float32) @ self.space.directions[self.dataset.history(user)]

    def _shares(self, user: int) -> np.ndarray:
        weights = self.dataset.weights(user).astype(float)
        return weights / weights.sum() if weights.size else weights
