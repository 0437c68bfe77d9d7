"""The same rows by the library implicit: its compiled solver, where one regularization holds all rows alike."""

import numpy as np

from textrec_core.models.rows import Side


class Singular(ValueError):
    """A row's system is too near to singular for single precision."""


def solve(side: Side, out: np.ndarray, given: np.ndarray, spread: np.ndarray, unseen: float, steps: int) -> None:
    """Solve every row of ``out`` in place, near its minimum; the Gram matrix of ``given`` is diagonal.

    The library minimises ``sum_seen c (1 - x.y)^2 + sum_unseen (x.y)^2 + regularization |x|^2`` and reads a stored
    value as c itself, so that c is stored whole, in units of the unseen weight. Its conjugate gradient has no
    preconditioner; in axes scaled so that what all rows share is the identity it needs none.
    """
    # Imported here because only training needs them, and they are slow to load.
    from implicit.cpu import _als
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    rows, rank = given.shape
    confidence = ((side.weight + unseen) / unseen).astype(np.float32)
    held = float(side.hold[0]) / unseen
    # It runs threads of its own; BLAS threads under them only get in the way.
    with threadpool_limits(limits=1, user_api="blas"):
        try:
            if steps == 0:
                _als.least_squares(
                    csr_matrix((confidence, side.indices, side.indptr), (len(out), rows)), out, given, held
                )
                return
            scale = np.sqrt(spread / unseen + held).astype(np.float32)
            # Its regularization would weigh every scaled axis alike; rows that nobody chose carry it instead.
            carried = np.vstack([given / scale, np.diag(np.sqrt(held) / scale)]).astype(np.float32)
            matrix = csr_matrix((confidence, side.indices, side.indptr), (len(out), rows + rank))
            solved = np.ascontiguousarray(out * scale, np.float32)
            _als.least_squares_cg(matrix, solved, carried, 0.0, cg_steps=steps)
            out[:] = solved / scale
        except ValueError as failed:
            raise Singular from failed
