"""Lists and what was held out in, one value for each person out; every metric lies in [0, 1] for every k."""

import numpy as np
from scipy.sparse import csr_array


def hits(lists: np.ndarray, held_out: csr_array, people: np.ndarray) -> np.ndarray:
    """Whether each listed item was held out for that person; row n of ``lists`` is ``people[n]``'s, -1 is no item."""
    width = held_out.shape[1]
    counts = np.diff(held_out.indptr)
    # One sorted run of person-item numbers turns every look-up into a single search.
    known = np.repeat(np.arange(held_out.shape[0], dtype=np.int64), counts) * width + held_out.indices
    known.sort()
    asked = people[:, None].astype(np.int64) * width + lists
    place = np.minimum(np.searchsorted(known, asked), max(0, known.size - 1))
    found = known[place] == asked if known.size else np.zeros(lists.shape, bool)
    return np.asarray(found & (lists >= 0))


def relevant(held_out: csr_array, people: np.ndarray) -> np.ndarray:
    """How many items were held out for each person."""
    return np.asarray(np.diff(held_out.indptr)[people])


def ndcg(found: np.ndarray, count: np.ndarray, k: int) -> np.ndarray:
    """Discounted gain of the first k over that of the best possible list of min(k, held out)."""
    found = found[:, :k]
    discount = 1.0 / np.log2(np.arange(2, max(k, 1) + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(count, k)]
    gain = found @ discount[: found.shape[1]]
    return np.asarray(np.divide(gain, ideal, out=np.zeros(len(found)), where=ideal > 0))


def recall(found: np.ndarray, count: np.ndarray, k: int) -> np.ndarray:
    """The share of what was held out that stands among the first k."""
    got = found[:, :k].sum(axis=1)
    return np.asarray(np.divide(got, count, out=np.zeros(len(found)), where=count > 0))
