"""Which words of an item's text carry it: the text read again without each of them, and how its score falls."""

import re

import numpy as np
import pandas as pd

from textrec_core.data.dataset import Dataset
from textrec_core.models.content import TextProfile
from textrec_core.text.encoder import sentence

WORD = re.compile(r"[^\W\d_][\w'’-]+")
MOST = 40


def left_out(title: str, text: str) -> list[tuple[str, str]]:
    """Every different word, up to 40 in order, and what is read without it wherever it stands; first the whole as it is."""
    whole = sentence(title, text)
    words = list(dict.fromkeys(word.casefold() for word in WORD.findall(whole)))[:MOST]
    return [("", whole), *((word, without(whole, word)) for word in words)]


def without(text: str, word: str) -> str:
    """The text less one word."""
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", text, flags=re.IGNORECASE)


def carried_by(
    dataset: Dataset, profile: TextProfile, user: int, words: list[str], directions: np.ndarray, most: int = 8
) -> pd.DataFrame:  # fmt: skip
    """How much the score by words falls without each word, the largest change first.

    ``directions`` are those of the whole text and then of the text without each of ``words``.
    """
    past = profile.space.directions[dataset.history(user)]
    weights = dataset.weights(user).astype(float)
    taste = weights @ past / max(float(weights.sum()), 1e-12)
    scores = directions @ taste
    falls = scores[0] - scores[1:]
    order = np.argsort(-np.abs(falls), kind="stable")[:most]
    return pd.DataFrame({"Word": [words[n] for n in order], "Share": falls[order]}).sort_values(
        "Share", ascending=False, ignore_index=True
    )
