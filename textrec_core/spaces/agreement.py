"""Do two spaces agree about an item? Shared nearest neighbours in the full spaces, never on a map."""

from dataclasses import dataclass

import numpy as np

from textrec_core.errors import DataError
from textrec_core.params import check_limits, tunable
from textrec_core.spaces.neighbours import Neighbours, nearest
from textrec_core.spaces.space import Space


@dataclass(frozen=True)
class AgreementParams:
    """What a person may tune."""

    k: int = tunable(10, 1, 100, "How many nearest neighbours of each item are compared.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, eq=False)
class Agreement:
    """``overlap[i]`` is the share of item i's k nearest that both spaces name; NaN where one has no place for it.

    ``chance`` is what two unrelated spaces would share on average. ``first`` and ``second`` are the neighbours compared.
    """

    overlap: np.ndarray
    chance: float
    k: int
    first: Neighbours
    second: Neighbours

    @property
    def mean(self) -> float:
        """The average over the items both spaces know."""
        return float(np.nanmean(self.overlap))


def agreement(one: Space, other: Space, params: AgreementParams) -> Agreement:
    """Compare two spaces item by item, among the items that both know."""
    if len(one.vectors) != len(other.vectors):
        raise ValueError("the spaces hold different items")
    both = one.known & other.known
    count = int(both.sum())
    if count < 3:
        raise DataError(
            f"Only {count} items have a place in both {one.name} and {other.name}; agreement needs at least 3.",
            "Upload texts for more items, or interactions that touch more of them.",
        )
    k = min(params.k, count - 1)
    first, second = nearest(one, k, both), nearest(other, k, both)
    overlap = np.full(len(both), np.nan)
    rows = np.flatnonzero(both)
    overlap[rows] = shared(first.rows[rows], second.rows[rows]) / k
    # k of the count - 1 others, drawn blindly, hit each of the k named by the first space equally often.
    return Agreement(overlap, k / (count - 1), k, first, second)


def shared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How many entries each pair of rows has in common; entries within a row are distinct."""
    both = np.sort(np.concatenate([one, other], axis=1), axis=1)
    return np.asarray((both[:, 1:] == both[:, :-1]).sum(axis=1))
