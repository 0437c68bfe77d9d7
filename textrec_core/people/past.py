"""A past that nobody has, or that somebody has no longer: what each model would make of it, without a refit."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from textrec_core.data.dataset import Dataset
from textrec_core.models.baselines import Popularity
from textrec_core.models.content import TextProfile
from textrec_core.models.scorer import Scorer, Shares
from textrec_core.models.wals import WalsScorer
from textrec_core.spaces.space import Space

DISLIKE_WEIGHT = 1.0


@dataclass(frozen=True, eq=False)
class Past:
    """Items liked with their weights, and items disliked; no item stands twice."""

    liked: np.ndarray
    weights: np.ndarray
    disliked: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Every item the person has said something of: none of them is listed."""
        return np.concatenate([self.liked, self.disliked])

    def without(self, item: int) -> "Past":
        """The same past with one liked item less."""
        kept = self.liked != item
        return Past(self.liked[kept], self.weights[kept], self.disliked)


def of(dataset: Dataset, user: int) -> Past:
    """What one person has really chosen."""
    return Past(dataset.history(user), dataset.weights(user), np.empty(0, np.int64))


def said(dataset: Dataset, liked: list[int], disliked: list[int], user: int | None = None) -> Past:
    """A past in the order of the items; weights are the person's own where the person has chosen the item, else 1."""
    kept = np.array(sorted(set(liked)), np.int64)
    weights = np.ones(kept.size, np.float32)
    if user is not None:
        own, place = dataset.history(user), np.searchsorted(dataset.history(user), kept)
        found = np.isin(kept, own)
        weights[found] = dataset.weights(user)[place[found]]
    return Past(kept, weights, np.array(sorted(set(disliked) - set(liked)), np.int64))


def follow(scorer: Scorer, past: Past, dataset: Dataset) -> Scorer:
    """The same model for one imagined person, row 0, who has this past.

    WALS takes a dislike as a preference of zero held as firmly as a choice of weight 1; other models only leave it out.
    """
    if isinstance(scorer, Popularity):
        # Nobody's own past plays a part in it.
        return scorer
    if isinstance(scorer, WalsScorer):
        return Torn(scorer, past)
    alone: Any = scorer
    return replace(alone, dataset=_alone(dataset, past))


def scores(scorer: Scorer, past: Past, dataset: Dataset) -> np.ndarray:
    """Every item's score for this past."""
    if isinstance(scorer, TextProfile):
        return np.asarray(scorer.of([(past.liked, past.weights)])[0], float)
    return np.asarray(follow(scorer, past, dataset).scores(np.array([0]))[0], float)


@dataclass(frozen=True, eq=False)
class Torn:
    """WALS for one person who likes some items and may dislike others."""

    scorer: WalsScorer
    past: Past

    @property
    def name(self) -> str:
        """The model's own."""
        return self.scorer.name

    @property
    def fingerprint(self) -> str:
        """The fit's own."""
        return self.scorer.fingerprint

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """The same row for each, because there is one person."""
        row = self.scorer.exact @ taste(self.scorer, self.past)
        return np.broadcast_to(row, (len(rows), row.size))

    def why(self, _user: int, item: int) -> Shares:
        """Each liked item's part; a dislike gives no part of its own, it makes the others' smaller."""
        system, vectors, pull = _parts(self.scorer, self.past)
        target = self.scorer.factors.items[item].astype(float)
        shares = ((vectors @ np.linalg.solve(system, target)) * pull)[: self.past.liked.size]
        words = "how much each past choice adds to the score, through the tastes people share"
        if self.past.disliked.size:
            words = "how much each liked item adds to the score; dislikes add nothing and weaken the others"
        return Shares(self.past.liked, shares, 0.0, float(shares.sum()), words)


def taste(scorer: WalsScorer, past: Past) -> np.ndarray:
    """The vector that WALS folds a past into; zeros for a past of nothing."""
    system, vectors, pull = _parts(scorer, past)
    return np.linalg.solve(system, vectors.T @ pull)


def profile(space: Space, past: Past) -> np.ndarray:
    """The mean direction of what is liked, by weight, in a space of words."""
    return np.asarray(past.weights @ space.directions[past.liked] / max(float(past.weights.sum()), 1e-12))


def _parts(scorer: WalsScorer, past: Past) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    weights = np.concatenate([past.weights, np.full(past.disliked.size, DISLIKE_WEIGHT)])
    system, vectors, pull = scorer.equations(past.known, weights)
    return system, vectors, np.where(np.arange(pull.size) < past.liked.size, pull, 0.0)


def _alone(dataset: Dataset, past: Past) -> Dataset:
    """A Dataset of one person over the same items; texts are left out, because models have read them already."""
    count = dataset.items.size
    order = np.argsort(past.liked, kind="stable")
    matrix = csr_array(
        (past.weights[order].astype(np.float32), past.liked[order].astype(np.int32), np.array([0, order.size], np.int32)),
        shape=(1, count),
    )  # fmt: skip
    nobody, silent = np.array(["somebody"], object), np.full(count, "", object)
    return Dataset("somebody", nobody, dataset.items, matrix, None, dataset.items, silent)
