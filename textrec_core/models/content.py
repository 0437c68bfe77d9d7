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
        histories = [(self.dataset.history(int(row)), self.dataset.weights(int(row))) for row in rows]
        return self.of(histories)

    def of(self, histories: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        """The same for pasts that need not be anybody's: items, and how much each weighs."""
        directions = self.space.directions
        profiles = np.stack([_shares(weights).astype(np.float32) @ directions[items] for items, weights in histories])
        return profiles @ directions.T

    def why(self, user: int, item: int) -> Shares:
        """Each past item's part: its weight's share times its cosine to the item."""
        history, weights = self.dataset.history(user), _shares(self.dataset.weights(user))
        directions = self.space.directions
        shares = weights * (directions[history] @ directions[item]).astype(float)
        words = "how near each past choice's text is to this one"
        return Shares(history, shares, 0.0, float(shares.sum()), words)


def _shares(weights: np.ndarray) -> np.ndarray:
    weights = weights.astype(float)
    return weights / weights.sum() if weights.size else weights
