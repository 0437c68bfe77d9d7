"""Descriptions in, how strongly each belongs to the fields their words share out: a ship is near the sea."""

import re

import numpy as np

FIELDS = 96
# A word in one text joins nothing; a word in an eighth of all texts tells nothing.
FEWEST_TEXTS, LARGEST_SHARE = 2, 0.125
WORD = re.compile(r"[^\W\d_]{3,}")


def word_fields(texts: list[str], fields: int = FIELDS) -> np.ndarray:
    """A row for each text: its place along the main axes of the table of texts and words (latent semantic analysis)."""
    table = _table(texts)
    table -= table.mean(axis=0)
    # Of the texts' own products only the largest axes are kept; their signs are free, and products do not see them.
    values, axes = np.linalg.eigh(table @ table.T)
    largest = np.argsort(-values, kind="stable")[: min(fields, len(texts))]
    return np.asarray(axes[:, largest] * np.sqrt(np.maximum(values[largest], 0.0)))


def _table(texts: list[str]) -> np.ndarray:
    """Rows of length one: how often each word stands in a text, rare words counting more."""
    words = [[_stem(word) for word in WORD.findall(text.lower())] for text in texts]
    counts: dict[str, int] = {}
    for row in words:
        for word in set(row):
            counts[word] = counts.get(word, 0) + 1
    most = LARGEST_SHARE * len(texts)
    known = {
        word: place for place, word in enumerate(sorted(w for w, n in counts.items() if FEWEST_TEXTS <= n <= most))
    }
    table = np.zeros((len(texts), len(known)))
    for place, row in enumerate(words):
        for word in row:
            if word in known:
                table[place, known[word]] += 1.0
    rarity = np.log(len(texts) / np.array([counts[word] for word in known]))
    table = np.log1p(table) * rarity
    lengths = np.sqrt((table**2).sum(axis=1, keepdims=True))
    return np.divide(table, lengths, out=np.zeros_like(table), where=lengths > 0)


def _stem(word: str) -> str:
    """Plural and singular are one word here."""
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
