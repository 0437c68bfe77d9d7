"""Descriptions in, how strongly each belongs to the fields their words share out: a ship is near the sea."""

import re
from collections import Counter
from functools import lru_cache

import numpy as np

FIELDS = 96
# A word in one text joins nothing; a word in an eighth of all texts tells nothing.
FEWEST_TEXTS, LARGEST_SHARE = 2, 0.125
WORD = re.compile(r"[^\W\d_]{3,}")
# Words that join anything to anything.
STOP = frozenset(
    str.split(
        "about above after again against all along alone already also although always among and another any "
        "anyone anything are around away back became because become been before began behind being below beneath "
        "beside best between beyond both bring but came can cannot come could did does done down each either "
        "else enough even ever every everybody everyone everything few find first five for four from gain get "
        "give given goes gone got had half has have having her here hers herself him himself his hold hour how "
        "however if inside instead into its itself just keep kept last late later least leave left less let like "
        "little long made make many may meanwhile mere might mine more most much must near nearly need never new "
        "next nine nobody none nor not nothing now off often old once one only onto other others our out over "
        "own past perhaps put quite rather said same set seven several she should since six small some somebody "
        "someone something soon still such take ten than that the their them then there these they thing third "
        "this those though three through throughout thus time together too took toward towards turn twelve "
        "twenty two under until upon use used very want was way well went were what whatever when where whether "
        "which while who whom whose why will with within without would year yet you your"
    )
)
# Far above what differs between processors, far below what matters.
DECIMALS = 6


@lru_cache(maxsize=4)
def word_fields(texts: tuple[str, ...], fields: int = FIELDS) -> tuple[np.ndarray, tuple[str, ...]]:
    """Each text's place along the main axes of the table of texts and words, and each axis in words.

    Latent semantic analysis (Deerwester and others, 1990); an axis is named by the words at its two ends.
    """
    table, words = _table(texts)
    table -= table.mean(axis=0)
    values, axes = np.linalg.eigh(table @ table.T)
    largest = np.argsort(-values, kind="stable")[: min(fields, len(texts))]
    places = axes[:, largest] * np.sqrt(np.maximum(values[largest], 0.0))
    # An axis has no direction of its own: let its furthest text lie on the positive side.
    furthest = places[np.argmax(np.abs(places), axis=0), np.arange(largest.size)]
    places = np.round(places * np.where(furthest < 0, -1.0, 1.0), DECIMALS)
    places.setflags(write=False)
    return places, tuple(_spoken(words, weights) for weights in places.T @ table)


def _spoken(words: np.ndarray, weights: np.ndarray) -> str:
    order = np.argsort(-weights, kind="stable")
    return f"words: {', '.join(words[order[:3]])} / {', '.join(words[order[:-4:-1]])}"


def _table(texts: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Rows of length one: how often each word stands in a text, rare words counting more; and the words."""
    rows = [[_stem(word) for word in WORD.findall(text.lower()) if word not in STOP] for text in texts]
    counts = Counter(word for row in rows for word in set(row))
    most = LARGEST_SHARE * len(texts)
    words = sorted(word for word, count in counts.items() if FEWEST_TEXTS <= count <= most)
    column = {word: place for place, word in enumerate(words)}
    table = np.zeros((len(texts), len(words)))
    for place, row in enumerate(rows):
        for word in row:
            if word in column:
                table[place, column[word]] += 1.0
    rarity = np.log(len(texts) / np.array([counts[word] for word in words]))
    return rows_of_length_one(np.log1p(table) * rarity), np.array(words, object)


def rows_of_length_one(table: np.ndarray) -> np.ndarray:
    """Each row at length one; rows of zeros stay zeros."""
    lengths = np.sqrt((table**2).sum(axis=1, keepdims=True))
    return np.divide(table, lengths, out=np.zeros_like(table), where=lengths > 0)


def _stem(word: str) -> str:
    """Plural and singular are one word here."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word
