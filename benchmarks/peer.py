"""Bare implicit at our settings: what fits and lists are measured against."""

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from textrec_core.data.dataset import Dataset
from textrec_core.models.wals import WalsParams


def confidences(dataset: Dataset, params: WalsParams) -> csr_matrix:
    """Stored values that implicit, at alpha 1, reads as the confidences we use."""
    matrix = dataset.matrix
    data = (1.0 + params.alpha * matrix.data).astype(np.float32)
    return csr_matrix((data, matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape)


def fit(confidence: csr_matrix, params: WalsParams, equal_output: bool = False) -> AlternatingLeastSquares:
    """As the library comes; with ``equal_output`` also a loss per sweep and users solved after the last sweep."""
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            params.rank, params.regularization, 1.0, iterations=params.iterations,
            calculate_training_loss=equal_output, random_state=params.seed,
        )  # fmt: skip
        model.fit(confidence, show_progress=False)
        if equal_output:
            model.user_factors = model.recalculate_user(np.arange(confidence.shape[0]), confidence)
        return model
