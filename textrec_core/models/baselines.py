"""What every model must beat: the crowd's list, the crowd's latest list, and chance."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.models.scorer import Shares

# The latest part of the interactions that recent popularity counts.
RECENT = 0.1


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
        return _nothing_of_ones_own(score, words)


@dataclass(frozen=True, eq=False)
class RecentPopularity:
    """An item's score is its share of the latest tenth of all interactions."""

    dataset: Dataset
    name: str = "Recent popularity"

    def __post_init__(self) -> None:
        if self.dataset.times is None:
            raise DataError("The data has no times, so nothing is recent.", "Load a file with a time column.")

    @property
    def fingerprint(self) -> str:
        """Moves with the data alone."""
        return fingerprint("recent/1", self.dataset.fingerprint)

    @cached_property
    def shares(self) -> np.ndarray:
        """Each item's share of the latest interactions."""
        times = self.dataset.times
        assert times is not None
        late = times >= np.quantile(times, 1 - RECENT) if times.size else np.zeros(0, bool)
        counts = np.bincount(self.dataset.matrix.indices[late], minlength=self.dataset.items.size)
        return np.asarray(counts / max(1, counts.sum()))

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """The same row for everyone."""
        return np.broadcast_to(self.shares, (len(rows), self.shares.size))

    def why(self, user: int, item: int) -> Shares:
        """Nothing of the user's own; the crowd's latest choices gave it all."""
        score = float(self.shares[item])
        words = f"{score:.2%} of the latest tenth of all choices; the person's own past plays no part"
        return _nothing_of_ones_own(score, words)


@dataclass(frozen=True, eq=False)
class Chance:
    """Every score is drawn by lot, always the same for the same person, item and data."""

    dataset: Dataset
    name: str = "Random"

    @property
    def fingerprint(self) -> str:
        """Moves with the data alone."""
        return fingerprint("chance/1", self.dataset.fingerprint)

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """A row of draws for each person."""
        root, count = int(self.dataset.fingerprint[:8], 16), self.dataset.items.size
        drawn = [np.random.default_rng([root, int(row)]).random(count) for row in rows]
        return np.array(drawn).reshape(len(rows), count)

    def why(self, user: int, item: int) -> Shares:
        """The lot gave it all."""
        score = float(self.scores(np.array([user]))[0, item])
        return _nothing_of_ones_own(score, "drawn by lot; nothing about anyone plays a part")


def _nothing_of_ones_own(score: float, words: str) -> Shares:
    return Shares(np.empty(0, np.int64), np.empty(0), score, score, words)
