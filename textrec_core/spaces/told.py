"""Two lists of neighbours in, one sentence out: what the words say of an item and what the people say."""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from textrec_core.data.dataset import Dataset, values_of

WORD = re.compile(r"[^\W\d_]{5,}")
# Words that join others and say nothing by themselves.
JOINING = """
about above across after again against along already although always among another around because become
becomes becoming before began begin begins behind being below beneath between beyond could during either
every finally finds follows gives going himself herself itself instead keeps leads leaves likely makes meets
might never nothing often other others perhaps really rather right several shall should shows since
something still takes tells their theirs themselves there these thing things those though three through
together toward towards tries turns under until upon using wants where whether which while whole whose
within without would write years young
"""
EMPTY = frozenset(JOINING.split())
# In so many of the list more than in the other, or it is chance.
MARGIN = 2
NOTHING = "nothing that its neighbours share"
READ = 5_000
# In fewer texts than this a share says little.
ENOUGH = 100
# A word in more of the texts than this sets nothing apart; it may be "about" or "finds".
FREQUENT = 0.08


@dataclass(frozen=True, eq=False)
class Common:
    """In how many of ``items`` each attribute value and word stands."""

    counts: Counter[str]
    items: int

    def weight(self, mark: str) -> float:
        """How much one item that bears it says: nothing where all bear it, more where few do."""
        share = (1 + self.counts[mark]) / (1 + self.items)
        if mark.startswith("“") and share > FREQUENT and self.items > ENOUGH:
            return 0.0
        return -float(np.log(share))


def common(dataset: Dataset) -> Common:
    """Counted over all items, or a sample of 5,000."""
    rows = np.arange(dataset.items.size)
    if rows.size > READ:
        rows = np.sort(np.random.default_rng(0).choice(rows, READ, replace=False))
    return Common(_marks(dataset, rows), rows.size)


def sentence(dataset: Dataset, by_words: np.ndarray, by_people: np.ndarray, known: Common) -> str:
    """What sets the one list apart from the other, in attributes and in words of the texts, with counts."""
    first, second = (_marks(dataset, rows) for rows in (by_words, by_people))
    one, other = _most(first, second, known), _most(second, first, known)
    if one is None and other is None:
        both = _most(first & second, Counter(), known)
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
        values = {f"{name} {value}" for name, found in dataset.attributes.items() for value in values_of(found[row])}
        said = set(WORD.findall(f"{dataset.titles[row]} {dataset.texts[row]}".lower())) - EMPTY
        words = {f"“{word}”" for word in said}
        marks.update(values | words)
    return marks


def _most(marks: Counter[str], against: Counter[str], known: Common) -> str | None:
    """The mark whose margin says most; a little is added for attributes, because they read better."""
    able = {
        mark: (count - against[mark]) * known.weight(mark) * (1.0 if mark.startswith("“") else 1.5)
        for mark, count in marks.items()
        if count >= MARGIN + 1 and count - against[mark] >= MARGIN
    }
    said = [mark for mark, weight in able.items() if weight > 0]
    return min(said, key=lambda mark: (-able[mark], mark), default=None)
