"""Two lists of neighbours in, one sentence out: what the words say of an item and what the people say."""

import re
from collections import Counter

import numpy as np

from textrec_core.data.dataset import Dataset

WORD = re.compile(r"[^\W\d_]{5,}")
# In so many of the list more than in the other, or it is chance.
MARGIN = 2
NOTHING = "nothing that its neighbours share"


def sentence(dataset: Dataset, by_words: np.ndarray, by_people: np.ndarray) -> str:
    """What sets the one list apart from the other, in attributes and in words of the texts, with counts."""
    first, second = (_marks(dataset, rows) for rows in (by_words, by_people))
    one, other = _most(first, second), _most(second, first)
    if one is None and other is None:
        both = _most(first & second, Counter())
        if both is None:
            return "Neither list has anything in common that can be named."
        return f"Both say {both} ({first[both]} and {second[both]} of {by_words.size})."
    said = [
        NOTHING if mark is None else f"{mark} ({marks[mark]} of {rows.size}, against {against[mark]})"
        for mark, marks, against, rows in ((one, first, second, by_words), (other, second, first, by_people))
    ]
    return f"The words say {said[0]}; the people say {said[1]}."


def _marks(dataset: Dataset, rows: np.ndarray) -> Counter[str]:
    """How many of the items bear each attribute value and each word, counted once an item."""
    marks = Counter[str]()
    for row in rows:
        values = {
            f"{name} {str(found[row]).strip()}" for name, found in dataset.attributes.items() if str(found[row]).strip()
        }
        words = {f"“{word}”" for word in WORD.findall(f"{dataset.titles[row]} {dataset.texts[row]}".lower())}
        marks.update(values | words)
    return marks


def _most(marks: Counter[str], against: Counter[str]) -> str | None:
    """The mark with the widest margin; attributes before words, because they read better."""
    able = [mark for mark, count in marks.items() if count >= MARGIN + 1 and count - against[mark] >= MARGIN]
    return min(able, key=lambda mark: (against[mark] - marks[mark] - (not mark.startswith("“")), mark), default=None)
