"""A Space: one vector for every item, whatever it was made from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from textrec_core.errors import DataError

# A comparison of fewer says nothing.
FEWEST = 3
# What to do where too few items have a place.
PLACED = "An item has its place from a text that says something of its own, and from people who chose it: bring more of these."


def unit(vectors: np.ndarray) -> np.ndarray:
    """Every row at length one; rows of zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0))


@dataclass(frozen=True, eq=False)
class Space:
    """Row i is item i's vector; a row of zeros means the item has no place here.

    ``catalogue`` names the list of items whose rows these are, where it is known.
    ``origin`` is what was measured on all texts while vectors were made of them, so that further texts can be read
    into the same space (``text.placing``); spaces of anything else have none.
    """

    name: str
    vectors: np.ndarray
    fingerprint: str
    catalogue: str = ""
    origin: tuple[np.ndarray, ...] = ()

    def __post_init__(self) -> None:
        assert self.vectors.ndim == 2
        assert np.isfinite(self.vectors).all()
        self.vectors.setflags(write=False)

    @cached_property
    def directions(self) -> np.ndarray:
        """The vectors at length one, so that a product is a cosine; rows of zeros stay zeros."""
        directions = unit(self.vectors)
        directions.setflags(write=False)
        return directions

    @cached_property
    def known(self) -> np.ndarray:
        """Which items have a place in this space."""
        return np.asarray(self.vectors.any(axis=1))


def known_to_both(one: Space, other: Space, what: str) -> np.ndarray:
    """The rows of the items that have a place in either space; fewer than three are refused in words."""
    must_match(one, other)
    both = np.flatnonzero(one.known & other.known)
    if both.size < FEWEST:
        raise DataError(
            f"Only {both.size} items have a place in both {one.name} and {other.name}; {what} at least {FEWEST}.",
            PLACED,
        )
    return both


def must_match(one: Space, other: Space) -> None:
    """Refuse two spaces that do not hold the same items of the same data."""
    if one.catalogue and other.catalogue and one.catalogue != other.catalogue:
        raise DataError(
            f"The {one.name} space and the {other.name} space were made of different data "
            f"({one.catalogue[:8]} and {other.catalogue[:8]}).",
            "Make both anew from the data in use.",
        )
    if len(one.vectors) != len(other.vectors):
        raise DataError(
            f"The {one.name} space holds {len(one.vectors):,} items and the {other.name} space {len(other.vectors):,}.",
            "Make both anew from the data in use.",
        )
