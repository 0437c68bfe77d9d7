"""Texts in, the words they hold out: one sparse row of length one for each text, and no model of language."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

WORD = re.compile(r"\w\w+")


@dataclass(frozen=True, eq=False)
class Wording:
    """The words that several texts share, and how rare each is: ``1 + log((1 + texts) / (1 + texts that hold it))``."""

    places: dict[str, int]
    rarity: np.ndarray

    def read(self, texts: Iterable[str]) -> sparse.csr_matrix:
        """Each text's known words by ``(1 + log(times)) * rarity``, at length one; zeros where it holds none."""
        return self.rows([counted(text) for text in texts])

    def rows(self, counts: Sequence[Counter[str]]) -> sparse.csr_matrix:
        """The same of words that are counted already."""
        known = [[(self.places[word], times) for word, times in one.items() if word in self.places] for one in counts]
        starts = np.cumsum([0, *(len(one) for one in known)])
        pairs = np.array([pair for one in known for pair in one], float).reshape(-1, 2)
        columns = pairs[:, 0].astype(np.int32)
        values = (1 + np.log(pairs[:, 1])) * self.rarity[columns]
        which = np.repeat(np.arange(len(counts)), np.diff(starts))
        lengths = np.sqrt(np.bincount(which, values**2, len(counts)))
        rows = sparse.csr_matrix(
            ((values / lengths[which]).astype(np.float32), columns, starts), (len(counts), self.rarity.size)
        )
        rows.sort_indices()
        return rows


@dataclass(frozen=True, eq=False)
class Worded:
    """A wording, and the rows of the texts that it was learned from."""

    wording: Wording
    rows: sparse.csr_matrix


def learn(texts: Sequence[str]) -> Worded:
    """The words that stand in two texts or more; one that stands in a single text carries nothing to another."""
    counts = [counted(text) for text in texts]
    held = Counter(word for one in counts for word in one)
    shared = sorted(word for word, texts_with in held.items() if texts_with > 1)
    known = np.array([held[word] for word in shared], float)
    said = sum(bool(one) for one in counts)
    wording = Wording({word: place for place, word in enumerate(shared)}, 1 + np.log((1 + said) / (1 + known)))
    return Worded(wording, wording.rows(counts))


def counted(text: str) -> Counter[str]:
    """How often each word of at least two signs stands in a text, whatever its case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return Counter(WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))
