"""Do two spaces agree about an item? Shared nearest neighbours in the full spaces, never on a map."""

from dataclasses import dataclass
from math import comb

import numpy as np

from textrec_core.params import check_limits, tunable
from textrec_core.spaces.graph import Graph, among
from textrec_core.spaces.neighbours import Neighbours, nearest
from textrec_core.spaces.space import Space, known_to_both

# How fast a place counts less than the one before it, in rank-biased overlap.
PATIENCE = 0.9
CELLS = 16_000_000


@dataclass(frozen=True)
class AgreementParams:
    """What a person may tune."""

    k: int = tunable(10, 1, 100, "How many nearest neighbours of each item are compared.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, eq=False)
class Agreement:
    """``overlap[i]`` is the share of item i's k nearest that both spaces name; NaN where one has no place for it.

    ``ranked[i]`` is their rank-biased overlap (Webber et al. 2010, cut at k and scaled to 1), which asks for the nearest
    first. ``chance`` is what two unrelated spaces would share on average. ``first`` and ``second`` are the neighbours
    compared.
    """

    overlap: np.ndarray
    ranked: np.ndarray
    chance: float
    k: int
    first: Neighbours
    second: Neighbours

    @property
    def known(self) -> np.ndarray:
        """Which items have a place in both spaces."""
        return np.isfinite(self.overlap)

    @property
    def mean(self) -> float:
        """The average over the items both spaces know: the mutual k-nearest-neighbour measure."""
        return float(np.nanmean(self.overlap))

    @property
    def jaccard(self) -> np.ndarray:
        """Shared neighbours over all that either space names."""
        return self.overlap / (2.0 - self.overlap)

    @property
    def jaccard_chance(self) -> float:
        """The mean Jaccard of unrelated spaces: h common of k drawn blindly is hypergeometric."""
        others = int(self.known.sum()) - 1
        hits = np.arange(max(0, 2 * self.k - others), self.k + 1)
        ways = comb(others, self.k)
        weights = [comb(self.k, int(h)) * comb(others - self.k, self.k - int(h)) / ways for h in hits]
        return float(np.dot(weights, hits / (2 * self.k - hits)))

    @property
    def ranked_chance(self) -> float:
        """The mean rank-biased overlap of unrelated spaces: at depth d they share d * d of the others."""
        return float(_discounts(self.k) @ np.arange(1, self.k + 1) / (int(self.known.sum()) - 1))


def agreement(
    one: Space, other: Space, params: AgreementParams, graphs: tuple[Graph, Graph] | None = None
) -> Agreement:
    """Compare two spaces item by item, among the items that both know; their graphs spare the search."""
    rows = known_to_both(one, other, "agreement needs")
    both, count = one.known & other.known, rows.size
    k = min(params.k, count - 1)
    first, second = (
        (nearest(one, k, both), nearest(other, k, both))
        if graphs is None
        else (among(one, graphs[0], both, k), among(other, graphs[1], both, k))
    )
    overlap, ranked = np.full(len(both), np.nan), np.full(len(both), np.nan)
    common = _common(first.rows[rows], second.rows[rows])
    overlap[rows] = common[:, -1] / k
    ranked[rows] = np.minimum(1.0, common / np.arange(1, k + 1) @ _discounts(k))
    # k of the count - 1 others, drawn blindly, hit each of the k named by the first space equally often.
    return Agreement(overlap, ranked, k / (count - 1), k, first, second)


def shared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How many entries each pair of rows has in common; entries within a row are distinct."""
    both = np.sort(np.concatenate([one, other], axis=1), axis=1)
    return np.asarray((both[:, 1:] == both[:, :-1]).sum(axis=1))


def _common(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """For each pair of rows and each depth d, how many entries their first d have in common."""
    k = one.shape[1]
    found = np.zeros((len(one), k), np.int32)
    step = max(1, CELLS // (k * k))
    for start in range(0, len(one), step):
        block = slice(start, start + step)
        row, left, right = np.nonzero(one[block, :, None] == other[block, None, :])
        np.add.at(found[block], (row, np.maximum(left, right)), 1)
    return np.cumsum(found, axis=1)


def _discounts(k: int) -> np.ndarray:
    weights = PATIENCE ** np.arange(k)
    return np.asarray(weights / weights.sum())
