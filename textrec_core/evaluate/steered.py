"""Settings of the steering wheel in, what lists made with them are like for people spread over all out: measured on hidden items."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from textrec_core.data.split import Split
from textrec_core.evaluate import metrics
from textrec_core.evaluate.intervals import Interval, bootstrap
from textrec_core.models.scorer import Scorer
from textrec_core.people import steer
from textrec_core.people.steer import SteerParams
from textrec_core.spaces.space import Space

PEOPLE = 50


@dataclass(frozen=True, eq=False)
class Tried:
    """NDCG of each of ``people`` against what was hidden from them, how many items their lists cover, and how alike
    the items of a list are to each other and how far from the past, as means over people."""

    people: np.ndarray
    ndcg: np.ndarray
    covered: int
    alike: float
    unexpected: float

    @property
    def accuracy(self) -> Interval:
        """The mean NDCG with its interval over these people."""
        return bootstrap(self.ndcg)


def tried(
    split: Split, models: Mapping[str, Scorer], k: int, params: SteerParams, space: Space, most: int = PEOPLE
) -> Tried:  # fmt: skip
    """Lists for ``most`` people spread over all, from models that have not seen what is hidden."""
    people = split.people
    people = people[np.unique(np.linspace(0, people.size - 1, min(most, people.size)).astype(int))]
    listed = [steer.steered(split.train, models, int(user), k, params, space).items for user in people]
    width = max([k, *(items.size for items in listed)])
    lists = np.stack(
        [np.pad(items, (0, width - items.size), constant_values=-1) for items in listed] or [np.empty(0, int)]
    )
    found = metrics.hits(lists.reshape(people.size, -1), split.held_out, people)
    ndcg = metrics.ndcg(found, metrics.relevant(split.held_out, people), k)
    apart = [
        steer.unexpected(space, items, split.train.history(int(user)))
        for items, user in zip(listed, people, strict=True)
    ]
    alike = [steer.alike(space, items) for items in listed]
    return Tried(
        people, ndcg, int(np.unique(np.concatenate(listed)).size) if listed else 0,
        float(np.mean(alike)) if alike else 0.0, float(np.nanmean(apart)) if np.isfinite(apart).any() else float("nan"),
    )  # fmt: skip


def behind(one: Tried, other: Tried) -> Interval:
    """How much more the first setting's accuracy is, person by person."""
    return bootstrap(one.ndcg - other.ndcg)
