"""Latent semantic analysis: which words stand in a text, folded to a few dimensions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from textrec_core.fingerprint import fingerprint
from textrec_core.text.encoder import Progress

Read = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class LsaEncoder:
    """TF-IDF of words, then a truncated SVD; learned from the texts it is given."""

    dimensions: int

    @property
    def name(self) -> str:
        """With its size, because it changes what the space can hold."""
        return f"LSA {self.dimensions}"

    @property
    def fingerprint(self) -> str:
        """Moves with the recipe and the size."""
        return fingerprint("lsa/1", self.dimensions)

    def encode(self, texts: Sequence[str], on_progress: Progress | None = None) -> np.ndarray:
        """One row for each text; the same texts give the same rows."""
        return self.learn(texts, on_progress)[0]

    def learn(self, texts: Sequence[str], on_progress: Progress | None = None) -> tuple[np.ndarray, Read]:
        """The same, and how further texts are read by the words and directions learned from these."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        if on_progress:
            on_progress(0.1, "counting words")
        words = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32, strip_accents="unicode")
        try:
            table = words.fit_transform(texts)
        except ValueError:
            # No text holds a word: only digits, signs or stop words.
            return np.zeros((len(texts), 2), np.float32), lambda more: np.zeros((len(more), 2), np.float32)
        if on_progress:
            on_progress(0.4, f"folding {table.shape[1]:,} words")
        vectors, turn = self._fold(table)
        return vectors, lambda more: turn(words.transform(more))

    def _fold(self, table: Any) -> tuple[np.ndarray, Callable[[Any], np.ndarray]]:
        from sklearn.decomposition import TruncatedSVD

        size = min(self.dimensions, min(table.shape) - 1)
        if size < 2:
            return _padded(table), _padded
        folding = TruncatedSVD(size, random_state=0)
        # Where all texts are alike there is no spread for it to explain a share of.
        with np.errstate(invalid="ignore", divide="ignore"):
            vectors = np.asarray(folding.fit_transform(table), np.float32)
        return vectors, lambda more: np.asarray(folding.transform(more), np.float32)


def _padded(table: Any) -> np.ndarray:
    dense = np.asarray(table.todense(), np.float32)
    return np.pad(dense, ((0, 0), (0, max(0, 2 - dense.shape[1]))))
