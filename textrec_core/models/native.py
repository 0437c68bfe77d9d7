"""The same rows by the library implicit: its compiled solver, where one regularization holds all rows alike."""

import numpy as np

from textrec_core.models.rows import Side


class Singular(ValueError):
    """A row's system is too near to singular for single precision."""


# Its conjugate gradient has no preconditioner and needs a step more.
MORE = 1


def solve(side: Side, out: np.ndarray, given: np.ndarray, unseen: float, steps: int) -> None:
    """Solve every row of ``out`` in place, near its minimum.

    The library minimises ``sum_seen c (1 - x.y)^2 + sum_unseen (x.y)^2 + regularization |x|^2`` and reads a stored
    value as c itself, so that c is stored whole, in units of the unseen weight.
    """
    # Imported here because only training needs them, and they are slow to load.
    from implicit.cpu import _als
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    confidence = ((side.weight + unseen) / unseen).astype(np.float32)
    matrix = csr_matrix((confidence, side.indices, side.indptr), shape=(len(out), len(given)))
    held = float(side.hold[0]) / unseen
    # It runs threads of its own; BLAS threads under them only get in the way.
    with threadpool_limits(limits=1, user_api="blas"):
        try:
            if steps == 0:
                _als.least_squares(matrix, out, given, held)
            else:
                _als.least_squares_cg(matrix, out, given, held, cg_steps=steps + MORE)
        except ValueError as failed:
            raise Singular from failed
