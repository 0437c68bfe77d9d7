"""What surrounds one item: the other tastes of its people, its substitutes and complements, how steady its neighbours are."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from textrec_core.data.dataset import Dataset
from textrec_core.models.scorer import Scorer
from textrec_core.spaces.neighbours import of_item
from textrec_core.spaces.space import Space

FEWEST_PEOPLE = 3


def also_chosen(dataset: Dataset, people: np.ndarray, aside: int, most: int = 10) -> pd.DataFrame:
    """What these people choose more often than everybody: their share, everybody's, and how many times as much."""
    columns = ("Title", "Among them", "Among all", "Times")
    if people.size == 0:
        return pd.DataFrame({name: [] for name in columns})
    counts = np.asarray((dataset.matrix[people] > 0).sum(axis=0)).ravel()
    within, among = counts / people.size, dataset.popularity / dataset.users.size
    within[aside] = 0.0
    gain = np.where(counts >= min(FEWEST_PEOPLE, people.size), within - among, -np.inf)
    best = np.argsort(-gain, kind="stable")[:most]
    best = best[gain[best] > 0]
    values = (dataset.titles[best], within[best], among[best], within[best] / among[best])
    return pd.DataFrame(dict(zip(columns, values, strict=True)))


def other_tastes(dataset: Dataset, scorer: Scorer, people: np.ndarray, item: int) -> list[str]:
    """For each person the past choice that speaks most for the item, or an empty line where the model has no reasons."""
    told = []
    for user in people:
        why = scorer.why(int(user), item)
        best = why.largest_first()[:1] if why is not None and why.items.size else np.empty(0, int)
        told.append(str(dataset.titles[why.items[best[0]]]) if why is not None and best.size else "")
    return told


@dataclass(frozen=True)
class Sides:
    """An item's neighbours apart: alike in words only, chosen together only, and both."""

    substitutes: np.ndarray
    complements: np.ndarray
    both: np.ndarray


def sides(words: Space, behaviour: Space, item: int, k: int) -> Sides:
    """The k nearest of each space, split by whether the other space names them too.

    What only words name speaks alike and is not chosen together: a likely substitute. What only behaviour names is
    chosen by the same people and speaks of something else: a likely complement. Neither is proof.
    """
    near, together = of_item(words, item, k)[0], of_item(behaviour, item, k)[0]
    return Sides(near[~np.isin(near, together)], together[~np.isin(together, near)], near[np.isin(near, together)])


def steadiness(one: Space, other: Space, item: int, k: int) -> tuple[int, int]:
    """How many of an item's k nearest in one fit are among the k nearest in another, and k."""
    first, second = of_item(one, item, k)[0], of_item(other, item, k)[0]
    return int(np.isin(first, second).sum()), int(min(first.size, second.size))
