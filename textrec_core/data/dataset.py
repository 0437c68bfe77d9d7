"""Ids, weights, times and texts in; one checked, immutable Dataset out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint

SEVERAL = re.compile(r"\s*[;|]\s*")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Row u of the matrix is ``users[u]``, column i is ``items[i]``; checked here, trusted after.

    ``times`` follows ``matrix.data`` (seconds since 1970). ``note`` says what kind of data this is
    and is shown wherever its numbers are.
    """

    name: str
    users: np.ndarray
    items: np.ndarray
    matrix: csr_array
    times: np.ndarray | None
    titles: np.ndarray
    texts: np.ndarray
    attributes: Mapping[str, np.ndarray] = field(default_factory=dict)
    note: str = ""
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        matrix, count = self.matrix, self.items.size
        assert matrix.shape == (self.users.size, count), "matrix does not follow users and items"
        assert matrix.has_canonical_format
        assert np.isfinite(matrix.data).all()
        assert (matrix.data > 0).all()
        assert self.titles.size == count
        assert self.texts.size == count
        assert all(values.size == count for values in self.attributes.values())
        assert self.times is None or self.times.size == matrix.nnz
        times = [] if self.times is None else [self.times]
        for array in (matrix.data, matrix.indices, matrix.indptr, *times, *self.attributes.values()):
            array.setflags(write=False)
        object.__setattr__(self, "fingerprint", _name_of(self))

    @property
    def interactions(self) -> int:
        """How many (user, item) pairs are known."""
        return int(self.matrix.nnz)

    @cached_property
    def popularity(self) -> np.ndarray:
        """How many people chose each item."""
        counts = np.bincount(self.matrix.indices, minlength=self.items.size)
        counts.setflags(write=False)
        return counts

    @cached_property
    def catalogue(self) -> str:
        """A name for the list of items: data that differ only in what people did have it in common."""
        return fingerprint("catalogue", self.titles, self.texts)

    @property
    def has_texts(self) -> bool:
        """Whether any item says anything beyond its id."""
        return any(text.strip() for text in self.texts)

    def history(self, user: int) -> np.ndarray:
        """The items one user has chosen, in column order."""
        return self.matrix.indices[self.matrix.indptr[user] : self.matrix.indptr[user + 1]]

    def weights(self, user: int) -> np.ndarray:
        """The weights of ``history(user)``, in the same order."""
        return self.matrix.data[self.matrix.indptr[user] : self.matrix.indptr[user + 1]]

    def times_of(self, user: int) -> np.ndarray | None:
        """The times of ``history(user)``, in the same order, where times are known."""
        if self.times is None:
            return None
        return self.times[self.matrix.indptr[user] : self.matrix.indptr[user + 1]]

    def user_row(self, identity: str) -> int:
        """The row of a user's own id."""
        return _row(self.users, identity, "person")

    def item_row(self, identity: str) -> int:
        """The column of an item's own id."""
        return _row(self.items, identity, "item")


def build(
    name: str,
    users: Sequence[str] | np.ndarray,
    items: Sequence[str] | np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    weights: np.ndarray,
    times: np.ndarray | None = None,
    titles: Sequence[str] | np.ndarray | None = None,
    texts: Sequence[str] | np.ndarray | None = None,
    attributes: Mapping[str, np.ndarray] | None = None,
    note: str = "",
) -> Dataset:
    """A Dataset from positions: pair n is (``pairs[0][n]``, ``pairs[1][n]``) with ``weights[n]``.

    Each pair must stand once. Weights that are zero say nothing and are left out.
    """
    user_ids, item_ids = _texts(users), _texts(items)
    rows, columns = (np.asarray(side, np.int64) for side in pairs)
    kept = np.asarray(weights) != 0
    rows, columns, weights = rows[kept], columns[kept], np.asarray(weights, np.float32)[kept]
    times = None if times is None else np.asarray(times, np.int64)[kept]
    order = np.lexsort((columns, rows))
    rows, columns, weights = rows[order], columns[order], weights[order]
    start = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=user_ids.size))])
    shape = (user_ids.size, item_ids.size)
    # int32 indices: the native solvers take no other.
    matrix = csr_array((weights, columns.astype(np.int32), start.astype(np.int32)), shape=shape)
    return Dataset(
        name=name,
        users=user_ids,
        items=item_ids,
        matrix=matrix,
        times=None if times is None else times[order],
        titles=item_ids if titles is None else _texts(titles),
        texts=_texts([""] * item_ids.size) if texts is None else _texts(texts),
        attributes=dict(attributes or {}),
        note=note,
    )


def values_of(cell: object) -> list[str]:
    """What one cell of an attribute holds; several values are joined by ``;`` or ``|``."""
    return [value for value in SEVERAL.split(str(cell).strip()) if value]


def _texts(values: Sequence[str] | np.ndarray) -> np.ndarray:
    """Plain Python strings in an object array: no width limit, no silent cut."""
    array = np.empty(len(values), object)
    array[:] = [str(value) for value in values]
    array.setflags(write=False)
    return array


def _row(ids: np.ndarray, identity: str, noun: str) -> int:
    found = np.flatnonzero(ids == identity)
    if found.size == 0:
        raise DataError(
            f"There is no {noun} {identity[:80]!r} in the data.",
            f"The data holds {ids.size:,} ids, for example {ids[0]!r}." if ids.size else "The data is empty.",
        )
    return int(found[0])


def _name_of(dataset: Dataset) -> str:
    return fingerprint(
        "dataset/1", dataset.users, dataset.items, dataset.matrix.indptr, dataset.matrix.indices,
        dataset.matrix.data, dataset.times, dataset.titles, dataset.texts, dict(dataset.attributes),
    )  # fmt: skip
