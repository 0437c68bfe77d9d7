"""Lists and what was held out in, one value for each person out; every metric lies in [0, 1] for every k."""

from collections.abc import Callable

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
    return _share(found @ discount[: found.shape[1]], ideal)


def recall(found: np.ndarray, count: np.ndarray, k: int) -> np.ndarray:
    """The share of what was held out that stands among the first k."""
    return _share(found[:, :k].sum(axis=1), count)


def capped_recall(found: np.ndarray, count: np.ndarray, k: int) -> np.ndarray:
    """The same over min(k, held out), so that a perfect list of any length reaches 1."""
    return _share(found[:, :k].sum(axis=1), np.minimum(count, k))


def precision(found: np.ndarray, _count: np.ndarray, k: int) -> np.ndarray:
    """The share of the k places that hold something held out; places left empty count as misses."""
    return np.asarray(found[:, :k].sum(axis=1) / max(k, 1))


def average_precision(found: np.ndarray, count: np.ndarray, k: int) -> np.ndarray:
    """Precision at each hit among the first k, over min(k, held out); its mean over people is MAP."""
    found = found[:, :k]
    places = np.arange(1, found.shape[1] + 1)
    return _share((np.cumsum(found, axis=1) / places * found).sum(axis=1), np.minimum(count, k))


def reciprocal_rank(found: np.ndarray, _count: np.ndarray, k: int) -> np.ndarray:
    """One over the place of the first hit, 0 without any; its mean over people is MRR."""
    found = found[:, :k]
    if found.shape[1] == 0:
        return np.zeros(len(found))
    return np.where(found.any(axis=1), 1.0 / (1 + found.argmax(axis=1)), 0.0)


def hit_rate(found: np.ndarray, _count: np.ndarray, k: int) -> np.ndarray:
    """Whether anything held out stands among the first k."""
    return np.asarray(found[:, :k].any(axis=1).astype(float))


ACCURACY: dict[str, Callable[[np.ndarray, np.ndarray, int], np.ndarray]] = {
    "NDCG": ndcg,
    "Recall": recall,
    "Recall of min(k, hidden)": capped_recall,
    "Precision": precision,
    "MAP": average_precision,
    "MRR": reciprocal_rank,
    "Hit rate": hit_rate,
}


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    part = np.asarray(part, float)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
