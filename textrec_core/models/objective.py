"""What WALS makes small: a matrix and parameters in, each row's system, its hold and the loss by part out.

``sum_seen c (p - x.y)^2 + w0 sum_unseen (x.y)^2 + sum_rows hold |row|^2`` with
``hold = regularization x (sum of the row's confidences, seen and unseen) ^ frequency`` (Rendle et al. 2021, equation 6).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from textrec_core.models.rows import Side

if TYPE_CHECKING:
    from textrec_core.models.wals import WalsParams

LOSS_SAMPLE = 20_000


@dataclass(frozen=True)
class Loss:
    """One sweep's loss by part: misfit on what was chosen, on what was not, and the penalty."""

    chosen: float
    unchosen: float
    penalty: float

    @property
    def total(self) -> float:
        """The sum that training makes smaller."""
        return self.chosen + self.unchosen + self.penalty


def said(weights: np.ndarray, params: "WalsParams") -> tuple[np.ndarray, np.ndarray]:
    """How much more than an unseen pair each seen one counts, and its confidence times what it is pulled to."""
    weights = np.asarray(weights)
    if params.objective == "values":
        # Google's WALS: every seen pair counts the same and is pulled to its own value.
        return np.full(weights.shape, params.alpha), (params.unseen + params.alpha) * weights
    return params.alpha * weights, params.unseen + params.alpha * weights


def hold(extra: np.ndarray | float, others: int, params: "WalsParams") -> np.ndarray:
    """How strongly rows are held near zero, from their extra confidence and the number of rows across."""
    return np.asarray(params.regularization * (params.unseen * others + extra) ** params.frequency)


def sides(matrix: csr_array, params: "WalsParams", kind: type = np.float32) -> tuple[Side, Side]:
    """The rows to solve by user, and the same by item."""
    return _side(matrix, params, kind), _side(csr_array(matrix.T), params, kind)


def _side(matrix: csr_array, params: "WalsParams", kind: type) -> Side:
    weight, pull = said(matrix.data.astype(np.float64), params)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    held = hold(np.bincount(rows, weight, matrix.shape[0]), matrix.shape[1], params)
    # Copies, because the library's solver refuses arrays that may not be written.
    return Side(matrix.indptr.copy(), matrix.indices.copy(), weight.astype(kind), pull.astype(kind), held.astype(kind))


class Misfit:
    """The loss of any factors of one matrix; above ``LOSS_SAMPLE`` pairs its seen part is an estimate from that many."""

    def __init__(self, by_user: Side, by_item: Side, params: "WalsParams") -> None:
        count = by_user.indices.size
        rng = np.random.default_rng(params.seed)
        picked = np.arange(count) if count <= LOSS_SAMPLE else np.sort(rng.choice(count, LOSS_SAMPLE, replace=False))
        self._rows = np.searchsorted(by_user.indptr, picked, side="right") - 1
        self._columns = by_user.indices[picked]
        self._confidence = params.unseen + by_user.weight[picked].astype(float)
        self._wish = by_user.pull[picked] / self._confidence
        self._each = count / picked.size
        self._unseen = params.unseen
        self._holds = by_user.hold.astype(float), by_item.hold.astype(float)

    def of(self, users: np.ndarray, items: np.ndarray) -> Loss:
        """The loss by part."""
        scores = np.einsum("nf,nf->n", users[self._rows], items[self._columns], optimize=True).astype(float)
        everything = float(np.sum((users.T @ users).astype(float) * (items.T @ items)))
        lengths = (np.einsum("nf,nf->n", side, side, dtype=float) for side in (users, items))
        return Loss(
            chosen=float(self._confidence @ (self._wish - scores) ** 2) * self._each,
            unchosen=self._unseen * max(0.0, everything - float(scores @ scores) * self._each),
            penalty=float(sum(held @ length for held, length in zip(self._holds, lengths, strict=True))),
        )
