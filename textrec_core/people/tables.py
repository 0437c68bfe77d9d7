"""One person's past, list and reasons as tables with names, ready to show or to save."""

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from textrec_core.data.dataset import Dataset
from textrec_core.models.scorer import Scorer, Shares
from textrec_core.people.recommend import Ranked, places
from textrec_core.spaces.neighbours import of_item
from textrec_core.spaces.space import Space

WORD = re.compile(r"[^\W\d_]+")
COUNTED = 4_000


def described(dataset: Dataset, items: np.ndarray, attributes: int = 2) -> pd.DataFrame:
    """Titles of these items and the first few attributes the data has."""
    columns: dict[str, np.ndarray] = {"Title": dataset.titles[items]}
    for name in list(dataset.attributes)[:attributes]:
        columns[name.capitalize()] = dataset.attributes[name][items]
    return pd.DataFrame(columns)


def history(dataset: Dataset, user: int) -> pd.DataFrame:
    """What the person has chosen: the latest first where times are known, else the heaviest first."""
    items, weights, times = dataset.history(user), dataset.weights(user), dataset.times_of(user)
    order = np.argsort(-(weights if times is None else times), kind="stable")
    table = described(dataset, items[order])
    # Beside the title, where a narrow page shows them.
    if np.ptp(weights) if weights.size else False:
        table.insert(1, "Weight", weights[order])
    if times is not None:
        table.insert(1, "When", pd.to_datetime(times[order], unit="s").date)
    return table


def listed(
    dataset: Dataset, ranked: Ranked, user: int, voices: Mapping[str, Scorer], among: np.ndarray | None = None,
    seen: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """The list, each item's place in the lists that other models would make for the same person, one attribute.

    What all these lists may hold is said as it is to ``top_k``.
    """
    table = described(dataset, ranked.items, attributes=1)
    table.insert(0, "Place", np.arange(1, ranked.items.size + 1))
    for column, (name, scorer) in enumerate(voices.items(), 2):
        table.insert(column, name, places(dataset, scorer, user, among, seen)[ranked.items])
    return table


def reasons(dataset: Dataset, why: Shares, most: int = 8) -> pd.DataFrame:
    """The largest shares by size, then all others as one row; the column sums to the score."""
    order = np.argsort(-np.abs(why.shares), kind="stable")
    top = order[:most]
    rows = pd.DataFrame({"Because of": dataset.titles[why.items[top]], "Share": why.shares[top]}).sort_values(
        "Share", ascending=False
    )
    rest = order[most:]
    more = []
    if rest.size:
        more.append({"Because of": f"the other {rest.size:,} past choices", "Share": float(why.shares[rest].sum())})
    if why.base:
        more.append({"Because of": "the crowd", "Share": why.base})
    return pd.concat([rows, pd.DataFrame(more)], ignore_index=True) if more else rows.reset_index(drop=True)


def neighbours(dataset: Dataset, space: Space, item: int, k: int) -> pd.DataFrame:
    """The nearest items in one space, with their cosine in the full space."""
    rows, cosines = of_item(space, item, k)
    table = described(dataset, rows)
    table["Cosine"] = cosines
    # What they are ordered by stands beside the title, where a narrow page shows it.
    return table[list(dict.fromkeys(["Title", "Cosine", *table.columns]))]


def audience(dataset: Dataset, scorer: Scorer, item: int, most: int, rows: np.ndarray | None = None) -> pd.DataFrame:
    """The people who have not chosen the item and whose score for it is highest, with their score."""
    everyone = np.setdiff1d(np.arange(dataset.users.size) if rows is None else rows, who_chose(dataset, item))
    if everyone.size == 0:
        return pd.DataFrame({"Person": [], "Score": [], "Choices": []})
    step = max(1, 4_000_000 // dataset.items.size)
    parts = [scorer.scores(everyone[start : start + step])[:, item] for start in range(0, everyone.size, step)]
    scores = np.concatenate(parts)
    best = np.argsort(-scores, kind="stable")[:most]
    people = everyone[best]
    return pd.DataFrame(
        {"Person": dataset.users[people], "Score": scores[best], "Choices": np.diff(dataset.matrix.indptr)[people]}
    )


def who_chose(dataset: Dataset, item: int) -> np.ndarray:
    """The rows of the people who have chosen an item, in order."""
    matrix = dataset.matrix
    return np.asarray(matrix.indptr.searchsorted(np.flatnonzero(matrix.indices == item), side="right") - 1)


def nearest_past(dataset: Dataset, space: Space, user: int, item: int) -> tuple[int, float] | None:
    """The past choice nearest to an item in a space, and its cosine; None where the space knows too little."""
    own = dataset.history(user)
    own = own[space.known[own] & (own != item)]
    if own.size == 0 or not space.known[item]:
        return None
    cosines = space.directions[own] @ space.directions[item]
    best = int(np.argmax(cosines))
    return int(own[best]), float(cosines[best])


def how_common(dataset: Dataset) -> tuple[Counter[str], int]:
    """In how many items' titles and texts each word stands, and how many were read: all, or some thousands spread over them."""
    rows = range(0, dataset.items.size, max(1, dataset.items.size // COUNTED))
    return Counter(word for row in rows for word in _words(dataset, row)), len(rows)


def shared_words(dataset: Dataset, one: int, other: int, known: tuple[Counter[str], int], most: int = 8) -> list[str]:
    """The words that both items' titles and texts hold, those that ``how_common`` counts the fewest of first."""
    counts, read = known
    # A word in more than a tenth of all items says nothing of these two.
    rare = [word for word in _words(dataset, one) & _words(dataset, other) if counts[word] <= max(2, read // 10)]
    return sorted(rare, key=lambda word: (counts[word], word))[:most]


def _words(dataset: Dataset, item: int) -> set[str]:
    return {word for word in WORD.findall(f"{dataset.titles[item]} {dataset.texts[item]}".casefold()) if len(word) > 2}
