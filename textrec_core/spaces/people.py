"""A dataset and what it was made into in, its people as spaces of their own out."""

import numpy as np
from scipy.sparse import csr_array

from textrec_core.data.dataset import Dataset
from textrec_core.fingerprint import fingerprint
from textrec_core.models.wals import Factors
from textrec_core.spaces.space import Space

MOST_VALUES = 200


def by_words(dataset: Dataset, words: Space, rows: np.ndarray) -> Space:
    """Each of these people as the mean direction of the texts they chose, by weight."""
    chosen = _chosen(dataset, rows)
    total = np.maximum(np.asarray(chosen.sum(axis=1)).ravel(), 1e-12)
    vectors = (chosen @ words.directions) / total[:, None]
    name = fingerprint("people by words/1", dataset.fingerprint, words.fingerprint, rows)
    return Space(words.name, np.asarray(vectors, np.float32), name, _list_of(dataset, rows))


def by_behaviour(dataset: Dataset, fit: Factors, rows: np.ndarray) -> Space:
    """The factors of these people; who chose nothing has no place."""
    active = np.diff(dataset.matrix.indptr)[rows] > 0
    vectors = np.where(active[:, None], fit.users[rows], 0).astype(np.float32)
    name = fingerprint("people by behaviour/1", fit.fingerprint, rows)
    return Space("WALS", vectors, name, _list_of(dataset, rows))


def favourite(dataset: Dataset, attribute: str, rows: np.ndarray) -> np.ndarray:
    """The value of an attribute that each of these people chose most often, as words; empty where there is none."""
    words = np.array([str(value).strip() for value in dataset.attributes[attribute]], object).astype(str)
    names, codes, counts = np.unique(words, return_inverse=True, return_counts=True)
    kept = np.argsort(-counts, kind="stable")[:MOST_VALUES]
    kept = kept[names[kept] != ""]
    place = np.full(names.size, -1)
    place[kept] = np.arange(kept.size)
    known = np.flatnonzero(place[codes] >= 0)
    bears = csr_array((np.ones(known.size), (known, place[codes[known]])), shape=(words.size, max(1, kept.size)))
    times = (_chosen(dataset, rows, weighted=False) @ bears).toarray()
    best = times.argmax(axis=1)
    return np.array([str(names[kept[one]]) if times[n, one] else "" for n, one in enumerate(best)], object)


def _list_of(dataset: Dataset, rows: np.ndarray) -> str:
    return fingerprint("people", dataset.fingerprint, rows)


def _chosen(dataset: Dataset, rows: np.ndarray, weighted: bool = True) -> csr_array:
    matrix = dataset.matrix[rows]
    return matrix if weighted else csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
