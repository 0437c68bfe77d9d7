"""What every model must beat: the same list for everybody."""

from dataclasses import dataclass

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.fingerprint import fingerprint
from textrec_core.models.scorer import Shares


@dataclass(frozen=True, eq=False)
class Popularity:
    """An item's score is the share of people who chose it."""

    dataset: Dataset
    name: str = "Popularity"

    @property
    def fingerprint(self) -> str:
        """Moves with the data alone."""
        return fingerprint("popularity/1", self.dataset.fingerprint)

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """The same row for everyone."""
        share = self.dataset.popularity / max(1, self.dataset.users.size)
        return np.broadcast_to(share, (len(rows), share.size))

    def why(self, user: int, item: int) -> Shares:
        """Nothing of the user's own; the crowd gave it all."""
        count = int(self.dataset.popularity[item])
        score = count / max(1, self.dataset.users.size)
        words = f"{count:,} of {self.dataset.users.size:,} people chose it; the person's own past plays no part"
        return Shares(np.empty(0, np.int64), np.empty(0), score, score, words)
