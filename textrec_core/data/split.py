"""A Dataset in, a Dataset to learn from and a matrix of what was held out; no fit can take the second."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from textrec_core.data.dataset import Dataset, build
from textrec_core.errors import DataError


@dataclass(frozen=True, eq=False)
class Split:
    """``train`` is a Dataset, which models accept; ``held_out`` is a bare matrix, which none does.

    ``shown`` is what a finished model may look at when it makes its lists: the training data, and for people
    whom no fit has seen their own past. ``candidates`` are the only items ranked, where not all are.
    """

    train: Dataset
    held_out: csr_array
    kind: str
    seed: int
    shown: Dataset
    candidates: np.ndarray | None = None

    @property
    def people(self) -> np.ndarray:
        """The users with anything held out: those a measurement speaks of."""
        return np.flatnonzero(np.diff(self.held_out.indptr))


def random_per_person(dataset: Dataset, share: float = 0.2, seed: int = 0) -> Split:
    """Hold out this share of each person's items, chosen at random; everyone keeps at least one."""
    hidden = _place(dataset, np.random.default_rng(seed).random(dataset.interactions)) < _portion(dataset, share)
    return _split(dataset, hidden, f"random {share:.0%} of each person's items hidden", seed)


def leave_last_out(dataset: Dataset, _share: float = 0.0, seed: int = 0) -> Split:
    """Hold out each person's latest item; who has one alone keeps it."""
    times = _times(dataset)
    # Equal times are told apart by lot, not by the items' order in the table.
    draws = np.random.default_rng(seed).random(dataset.interactions)
    order = np.lexsort((draws, times))
    rank = np.empty(order.size)
    rank[order] = np.arange(order.size)
    counts = np.diff(dataset.matrix.indptr)
    hidden = (_place(dataset, -rank) == 0) & (counts > 1)[_rows(dataset)]
    return _split(dataset, hidden, "last item of each person hidden", seed)


def after_a_moment(dataset: Dataset, share: float = 0.2, seed: int = 0) -> Split:
    """Hold out everything after one moment, chosen so that this share lies behind it; nobody's future trains."""
    times = _times(dataset)
    moment = np.quantile(times, 1.0 - share, method="lower") if times.size else 0
    hidden = times > moment
    return _split(dataset, hidden, f"latest {share:.0%} hidden, by one date for all", seed)


def new_people(dataset: Dataset, share: float = 0.2, seed: int = 0) -> Split:
    """No fit sees this share of the people; their list is made from 80 % of their items and judged by the rest."""
    rng = np.random.default_rng(seed)
    able = np.flatnonzero(np.diff(dataset.matrix.indptr) > 1)
    away = np.zeros(dataset.users.size, bool)
    away[rng.choice(able, round(able.size * share), replace=False)] = True
    rows = _rows(dataset)
    portion = np.maximum(_portion(dataset, 0.2), 1)
    hidden = away[rows] & (_place(dataset, rng.random(rows.size)) < portion)
    return _split(
        dataset, hidden, f"{share:.0%} of the people seen by no fit, 20% of each one's items hidden", seed, away[rows]
    )


def new_items(dataset: Dataset, share: float = 0.2, seed: int = 0) -> Split:
    """Hold out everything about this share of the chosen items, and rank those among themselves."""
    chosen = np.flatnonzero(dataset.popularity)
    cold = np.sort(np.random.default_rng(seed).choice(chosen, round(chosen.size * share), replace=False))
    hidden = np.isin(dataset.matrix.indices, cold)
    return _split(dataset, hidden, f"{share:.0%} of the items hidden from every fit, ranked among themselves", seed, candidates=cold)  # fmt: skip


SPLITS: dict[str, Callable[[Dataset, float, int], Split]] = {
    "random": random_per_person,
    "last": leave_last_out,
    "date": after_a_moment,
    "people": new_people,
    "items": new_items,
}


def _rows(dataset: Dataset) -> np.ndarray:
    return np.repeat(np.arange(dataset.users.size), np.diff(dataset.matrix.indptr))


def _place(dataset: Dataset, keys: np.ndarray) -> np.ndarray:
    """Each interaction's place among its person's own when sorted by ``keys``, 0 the smallest."""
    matrix = dataset.matrix
    place = np.empty(matrix.nnz, np.int64)
    order = np.lexsort((keys, _rows(dataset)))
    place[order] = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], np.diff(matrix.indptr))
    return place


def _portion(dataset: Dataset, share: float) -> np.ndarray:
    """For each interaction, how many of its person's own are held out; never all."""
    counts = np.diff(dataset.matrix.indptr)
    return np.asarray(np.minimum(np.round(counts * share), np.maximum(counts - 1, 0))[_rows(dataset)])


def _times(dataset: Dataset) -> np.ndarray:
    if dataset.times is None:
        raise DataError(
            "This split needs to know when each interaction happened, and the data has no times.",
            "Choose the random split, or load a file with a time column.",
        )
    return dataset.times


def _split(
    dataset: Dataset, hidden: np.ndarray, kind: str, seed: int,
    unseen: np.ndarray | None = None, candidates: np.ndarray | None = None,
) -> Split:  # fmt: skip
    """``unseen`` interactions reach no fit, but may be looked at unless they are ``hidden``."""
    matrix, rows = dataset.matrix, _rows(dataset)
    held_out = csr_array((matrix.data[hidden], (rows[hidden], matrix.indices[hidden])), shape=matrix.shape)
    shown = _only(dataset, rows, ~hidden)
    train = shown if unseen is None else _only(dataset, rows, ~hidden & ~unseen)
    return Split(train, held_out, kind, seed, shown, candidates)


def _only(dataset: Dataset, rows: np.ndarray, kept: np.ndarray) -> Dataset:
    return build(
        dataset.name, dataset.users, dataset.items, (rows[kept], dataset.matrix.indices[kept]),
        dataset.matrix.data[kept], None if dataset.times is None else dataset.times[kept],
        dataset.titles, dataset.texts, dataset.attributes, dataset.note,
    )  # fmt: skip
