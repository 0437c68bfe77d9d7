"""Factors while they train in, NDCG@10 on hidden items out, and whether to go on."""

from collections.abc import Callable, Container

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import Split, random_per_person
from textrec_core.evaluate.metrics import hits, ndcg, relevant
from textrec_core.models import wals
from textrec_core.ranking import largest

K, MOST = 10, 1_000
# Without a gain of this share in so many sweeps running, training has nothing more to give.
GAIN, PATIENCE = 0.002, 2


class Early:
    """Asked after every sweep; measures after those in ``checked`` and ends where ``worse`` says so."""

    def __init__(
        self, split: Split, people: np.ndarray, checked: Container[int], worse: Callable[[int, float], bool]
    ) -> None:
        some = people if people.size <= MOST else np.sort(np.random.default_rng(0).choice(people, MOST, replace=False))
        self._split, self._people, self._checked, self._worse = split, some, checked, worse
        self._sweep = 0
        self.values: tuple[float, ...] = ()
        self.ended = False

    def __call__(self, users: np.ndarray, items: np.ndarray) -> bool:
        """Whether to end here."""
        self._sweep += 1
        if self._sweep in self._checked:
            self.values += (self._value(users, items),)
            self.ended = self._worse(self._sweep, self.values[-1])
        return self.ended

    def _value(self, users: np.ndarray, items: np.ndarray) -> float:
        split, total = self._split, 0.0
        step = max(1, 4_000_000 // len(items))
        for start in range(0, self._people.size, step):
            rows = self._people[start : start + step]
            scores = users[rows] @ items.T
            scores[split.train.matrix[rows].tocoo().coords] = -np.inf
            found = hits(largest(scores, min(K, len(items)))[0], split.held_out, rows)
            total += float(ndcg(found, relevant(split.held_out, rows), K).sum())
        return total / self._people.size


def sweeps_needed(dataset: Dataset, params: wals.WalsParams, share: float = 0.1) -> tuple[int, tuple[float, ...]]:
    """How many sweeps bring all there is to gain on a part hidden from training, and NDCG@10 after each.

    For the early stop on held-out items: the fit that is used then trains on everything, for this many sweeps.
    """
    split = random_per_person(dataset, share, params.seed)
    if split.people.size == 0:
        return params.iterations, ()
    seen: list[float] = []

    def worse(_sweep: int, value: float) -> bool:
        seen.append(value)
        return len(seen) > PATIENCE and max(seen[-PATIENCE:]) <= max(seen[:-PATIENCE]) * (1 + GAIN)

    early = Early(split, split.people, range(1, params.iterations + 1), worse)
    wals.fit(split.train, params, stop=early)
    return (len(seen) - PATIENCE if early.ended else params.iterations), tuple(seen)
