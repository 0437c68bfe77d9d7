"""Stand-ins that are passed in: small, exact, and without a model behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.fingerprint import fingerprint
from textrec_core.models.scorer import Shares
from textrec_core.text.encoder import Progress


@dataclass(frozen=True)
class TinyEncoder:
    """A text's vector counts its words by a short hash; the same text gives the same row."""

    dimensions: int = 16
    name: str = "Tiny"

    @property
    def fingerprint(self) -> str:
        """Moves with the size."""
        return fingerprint("tiny", self.dimensions)

    def encode(self, texts: Sequence[str], on_progress: Progress | None = None) -> np.ndarray:
        """One row for each text; zeros where there are no words."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                vectors[row, crc32(word.encode()) % self.dimensions] += 1
        if on_progress:
            on_progress(1.0, "read")
        return vectors


@dataclass(frozen=True, eq=False)
class TableScorer:
    """Scores are looked up in a table of people by items."""

    dataset: Dataset
    table: np.ndarray
    name: str = "Table"

    @property
    def fingerprint(self) -> str:
        """Moves with the data and the table."""
        return fingerprint(self.dataset.fingerprint, self.table)

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """The rows of the table."""
        return self.table[rows]

    def why(self, user: int, item: int) -> Shares | None:
        """A table has no reasons."""
        return None
