"""What would change if a past were another: places before and after, from the same model."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from textrec_core.data.dataset import Dataset
from textrec_core.models.scorer import Scorer, Shares
from textrec_core.models.wals import WalsScorer
from textrec_core.people import past as pasts
from textrec_core.people.past import Past
from textrec_core.people.recommend import Ranked, check_length


def best(scores: np.ndarray, left_out: np.ndarray, k: int) -> Ranked:
    """The k best items that are not left out, best first; equal scores by row."""
    check_length(k)
    placed = order(scores, left_out)
    top = np.argsort(np.where(placed > 0, placed, scores.size + 1), kind="stable")
    top = top[: min(k, int((placed > 0).sum()))]
    return Ranked(top, scores[top])


def order(scores: np.ndarray, left_out: np.ndarray) -> np.ndarray:
    """Every item's place, 1 the best; 0 for what is left out."""
    open_ = np.ones(scores.size, bool)
    open_[left_out] = False
    rows = np.flatnonzero(open_)
    place = np.zeros(scores.size, np.int64)
    place[rows[np.argsort(-scores[rows], kind="stable")]] = np.arange(1, rows.size + 1)
    return place


def place_of(scores: np.ndarray, left_out: np.ndarray, item: int) -> int:
    """What ``order`` says of one item, without ordering the rest."""
    before = (scores > scores[item]) | ((scores == scores[item]) & (np.arange(scores.size) < item))
    before[left_out] = False
    return int(before.sum()) + 1 if item not in left_out else 0


def removed(dataset: Dataset, scorer: Scorer, user: int, item: int, gone: int) -> tuple[int, int]:
    """An item's place now, and its place had the person never chosen ``gone``; what was chosen is not listed in either."""
    before, after = _places(dataset, scorer, user, item, [gone])
    return before, after


def _places(dataset: Dataset, scorer: Scorer, user: int, item: int, gone: Sequence[int]) -> list[int]:
    """The item's place now, and without each of these choices alone."""
    now, known = pasts.of(dataset, user), dataset.history(user)
    several = [now, *(now.without(one) for one in gone)]
    if isinstance(scorer, WalsScorer):
        # All at once: what takes long is to read every item's factors.
        rows = (scorer.exact @ np.stack([pasts.taste(scorer, past) for past in several], axis=1)).T
    else:
        rows = np.stack([pasts.scores(scorer, past, dataset) for past in several])
    return [place_of(row, known, item) for row in rows]


def removals(dataset: Dataset, scorer: Scorer, user: int, item: int, why: Shares, most: int = 8) -> pd.DataFrame:
    """For each of the largest shares: the item's place without that choice, recomputed and not estimated."""
    largest = np.argsort(-np.abs(why.shares), kind="stable")[:most]
    largest = largest[np.argsort(-why.shares[largest], kind="stable")]
    now, *then = _places(dataset, scorer, user, item, [int(gone) for gone in why.items[largest]])
    return pd.DataFrame(
        {
            "Without": dataset.titles[why.items[largest]],
            "Place now": now,
            "Place then": then,
        }
    )


def moved(
    dataset: Dataset, scorer: Scorer, before: Past, after: Past, k: int, among: np.ndarray | None = None
) -> pd.DataFrame:  # fmt: skip
    """The new list with each item's place before (0: it was chosen then), and what left the first k, at the end.

    A past of nothing has no list that anything could leave. ``among`` says of every item whether it may be listed.
    """
    closed = np.empty(0, np.int64) if among is None else np.flatnonzero(~among)
    old = order(pasts.scores(scorer, before, dataset), np.union1d(before.known, closed))
    if before.liked.size == 0:
        old = np.zeros_like(old)
    new = order(pasts.scores(scorer, after, dataset), np.union1d(after.known, closed))
    listed = np.flatnonzero((new > 0) & (new <= k))
    listed = listed[np.argsort(new[listed], kind="stable")]
    left = np.flatnonzero((old > 0) & (old <= k) & ((new > k) | (new == 0)))
    rows = np.concatenate([listed, left[np.argsort(old[left], kind="stable")]])
    return pd.DataFrame({"Item": rows, "Title": dataset.titles[rows], "Place": new[rows], "Before": old[rows]})
