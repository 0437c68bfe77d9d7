"""Models that score an item by the items a person already has: interactions in, one table of item to item out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.limits import LIMITS, MEBI
from textrec_core.models.scorer import Shares
from textrec_core.params import check_limits, tunable

Progress = Callable[[float, str], None]
BLOCK = 1_000


@dataclass(frozen=True)
class KnnParams:
    """What a person may tune."""

    neighbours: int = tunable(200, 1, 2_000, "How many near items each item keeps.")
    saturation: float = tunable(1.2, 0.01, 100.0, "How slowly repeated weight stops counting (BM25's k1).")
    length: float = tunable(0.75, 0.0, 1.0, "How much less each choice of a busy person counts (BM25's b).")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True)
class EaseParams:
    """What a person may tune."""

    ridge: float = tunable(500.0, 1e-2, 1e6, "How strongly item-to-item weights are held near zero.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, eq=False)
class ItemItem:
    """A score is the sum over a person's items of weight x ``table[item, other]``; nothing else enters it.

    The table is dense, or a row holds what the item of that row gets from its nearest, the items in ``columns``.
    """

    name: str
    table: np.ndarray
    columns: np.ndarray | None
    words: str
    fingerprint: str

    def __post_init__(self) -> None:
        self.table.setflags(write=False)
        if self.columns is not None:
            self.columns.setflags(write=False)


@dataclass(frozen=True, eq=False)
class ItemItemScorer:
    """Scores and reasons from one table, for the people of one dataset."""

    dataset: Dataset
    fit: ItemItem
    matrix: np.ndarray | csr_array

    @property
    def name(self) -> str:
        """The model's own."""
        return self.fit.name

    @property
    def fingerprint(self) -> str:
        """The fit's own."""
        return self.fit.fingerprint

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Each person's weights through the table."""
        # A slice by rows copies what the solvers and BLAS refuse to read otherwise.
        past = csr_array(self.dataset.matrix[rows])
        made = past @ self.matrix
        return np.asarray(made.toarray() if isinstance(made, csr_array) else made)

    def why(self, user: int, item: int) -> Shares:
        """Each past item's weight times its entry for this item."""
        history = self.dataset.history(user)
        entries = self.matrix[history][:, [item]]
        column = entries.toarray() if isinstance(entries, csr_array) else entries
        shares = self.dataset.weights(user).astype(float) * np.asarray(column, float).ravel()
        return Shares(history, shares, 0.0, float(shares.sum()), self.fit.words)


def scorer(dataset: Dataset, fit: ItemItem) -> ItemItemScorer:
    """A scorer of this fit for the people of this data, whose items are the ones it was trained on."""
    count = fit.table.shape[0]
    if dataset.items.size != count:
        raise ValueError("this table was made for other items")
    if fit.columns is None:
        return ItemItemScorer(dataset, fit, fit.table)
    near = fit.table > 0
    start = np.concatenate([[0], np.cumsum(near.sum(axis=1))])
    wanted = csr_array((fit.table[near].astype(float), fit.columns[near], start), shape=(count, count))
    return ItemItemScorer(dataset, fit, csr_array(wanted.T))


def knn_name(dataset: Dataset, params: KnnParams) -> str:
    """The fingerprint that item-kNN of this data with these parameters will carry."""
    return fingerprint("knn/1", dataset.fingerprint, params)


def knn(dataset: Dataset, params: KnnParams, on_progress: Progress | None = None) -> ItemItem:
    """The nearest items of each item by the people they share, weighted as words in documents are (BM25)."""
    weighted = _bm25(dataset, params)
    turned = csr_array(weighted.T)
    count = dataset.items.size
    width = min(params.neighbours, max(1, count - 1))
    table = np.zeros((count, width), np.float32)
    columns = np.zeros((count, width), np.int32)
    for start in range(0, count, BLOCK):
        near = (turned[start : start + BLOCK] @ weighted).toarray().astype(np.float32)
        rows = np.arange(len(near))
        near[rows, start + rows] = 0.0
        best = (
            np.argpartition(-near, width - 1, axis=1)[:, :width]
            if width < count
            else np.tile(np.arange(width), (len(near), 1))
        )
        best.sort(axis=1)
        columns[start : start + BLOCK] = best
        table[start : start + BLOCK] = np.take_along_axis(near, best, axis=1)
        if on_progress:
            on_progress(min(1.0, (start + BLOCK) / count), "comparing items")
    # The unit of these ties says nothing; the strongest is 1.
    table /= np.float32(max(table.max(initial=0.0), 1e-12))
    words = "how strongly each past choice is tied to this item by people who chose both"
    return ItemItem("Item-kNN", table, columns, words, knn_name(dataset, params))


def _bm25(dataset: Dataset, params: KnnParams) -> csr_array:
    """Weights as BM25 reads them: a person is a document, an item a word."""
    matrix = dataset.matrix
    totals = np.asarray(matrix.sum(axis=1), float)
    norm = 1.0 - params.length + params.length * totals / max(totals.mean(), 1e-12)
    rarity = np.log(max(1, dataset.users.size)) - np.log1p(dataset.popularity)
    rows = np.repeat(np.arange(dataset.users.size), np.diff(matrix.indptr))
    data = matrix.data.astype(float)
    data = data * (params.saturation + 1) / (params.saturation * norm[rows] + data)
    return csr_array(
        (data * np.maximum(rarity, 0.0)[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape
    )


def ease_name(dataset: Dataset, params: EaseParams) -> str:
    """The fingerprint that EASE of this data with these parameters will carry."""
    return fingerprint("ease/1", dataset.fingerprint, params)


def check_ease(items: int) -> None:
    """Raise ``DataError`` where the closed form would need more memory than is declared."""
    if items > LIMITS.dense_items:
        needed = 3 * 4 * items**2 / MEBI
        raise DataError(
            f"EASE compares every item with every other: {items:,} items would need about {needed:,.0f} MB.",
            f"It is offered up to {LIMITS.dense_items:,} items; item-kNN serves any number.",
        )


def ease(dataset: Dataset, params: EaseParams, on_progress: Progress | None = None) -> ItemItem:
    """Item-to-item weights that best rebuild the table from itself (Steck 2019, "Embarrassingly Shallow Autoencoders").

    ``P = (X'X + ridge I)^-1``; entry (i, j) is ``-P_ij / P_jj``, and 0 on the diagonal.
    """
    from scipy.linalg import lapack

    check_ease(dataset.items.size)
    matrix: Any = dataset.matrix
    table = np.asfortranarray((matrix.T @ matrix).toarray(), np.float32)
    table[np.diag_indices_from(table)] += np.float32(params.ridge)
    if on_progress:
        on_progress(0.1, "inverting the table of items")
    # The Cholesky road, in place: a third of the work and half the memory of a general inverse.
    table, fault = lapack.spotrf(table, lower=1, overwrite_a=1)
    if fault == 0:
        table, fault = lapack.spotri(table, lower=1, overwrite_c=1)
    if fault != 0:
        raise DataError("EASE could not be solved for this data.", "Raise its ridge.")
    # Only the lower triangle is filled; the upper one is its mirror.
    lower = np.tril(table)
    del table
    inverse = lower + np.tril(lower, -1).T
    inverse /= -np.diag(inverse).copy()
    inverse[np.diag_indices_from(inverse)] = 0.0
    words = "how much each past choice speaks for this item, given all other items"
    return ItemItem("EASE", inverse, None, words, ease_name(dataset, params))
