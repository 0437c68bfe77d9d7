"""A Dataset in, a Dataset to learn from and a matrix of what was held out; no fit can take the second."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from textrec_core.data.dataset import Dataset, build


@dataclass(frozen=True, eq=False)
class Split:
    """``train`` is a Dataset, which models accept; ``held_out`` is a bare matrix, which none does."""

    train: Dataset
    held_out: csr_array
    kind: str
    seed: int

    @property
    def people(self) -> np.ndarray:
        """The users with anything held out: those a measurement speaks of."""
        return np.flatnonzero(np.diff(self.held_out.indptr))


def random_per_person(dataset: Dataset, share: float = 0.2, seed: int = 0) -> Split:
    """Hold out this share of each person's items, chosen at random; everyone keeps at least one."""
    matrix = dataset.matrix
    counts = np.diff(matrix.indptr)
    rows = np.repeat(np.arange(dataset.users.size), counts)
    draws = np.random.default_rng(seed).random(matrix.nnz)
    order = np.lexsort((draws, rows))
    place = np.empty(matrix.nnz, np.int64)
    place[order] = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], counts)
    hidden = place < np.minimum(np.round(counts * share), np.maximum(counts - 1, 0))[rows]
    return _split(dataset, rows, hidden, f"random {share:.0%} of each person", seed)


def _split(dataset: Dataset, rows: np.ndarray, hidden: np.ndarray, kind: str, seed: int) -> Split:
    matrix, kept = dataset.matrix, ~hidden
    train = build(
        dataset.name, dataset.users, dataset.items, (rows[kept], matrix.indices[kept]), matrix.data[kept],
        None if dataset.times is None else dataset.times[kept],
        dataset.titles, dataset.texts, dataset.attributes, dataset.note,
    )  # fmt: skip
    held_out = csr_array((matrix.data[hidden], (rows[hidden], matrix.indices[hidden])), shape=matrix.shape)
    return Split(train, held_out, kind, seed)
