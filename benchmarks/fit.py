"""Training: ours, with its losses and re-solved users, against bare implicit at the same settings."""

import numpy as np

from benchmarks import peer, real_data
from benchmarks.rows import Row, against, side_by_side
from textrec_core.data.dataset import Dataset
from textrec_core.models import wals

REPEATS = 5


def rows() -> list[Row]:
    """Ratios to the library as it comes, and to the library made to give what we give."""
    dataset = real_data.load("ml-1m")
    if dataset is None:
        return []
    # The form the library knows: one regularization for all rows.
    params = wals.WalsParams(rank=64, alpha=3.0, regularization=50.0, frequency=0.0, solver="implicit")
    confidence = peer.confidences(dataset, params)
    found = side_by_side(
        {
            "ours": lambda: wals.fit(dataset, params),
            "bare": lambda: peer.fit(confidence, params),
            "equal": lambda: peer.fit(confidence, params, equal_output=True),
        },
        REPEATS,
    )
    mine, bare = found["ours"][-1].result, found["bare"][-1].result
    note = (
        f"loss ours {loss(dataset, mine.users, mine.items, params):,.0f}, "
        f"peer {loss(dataset, bare.user_factors, bare.item_factors, params):,.0f}"
    )
    data = f"ml-1m, rank {params.rank}, {params.iterations} sweeps"
    return [
        against("fit, bare implicit", found["ours"], found["bare"], 1.05, data, "wall", note),
        against("fit, bare implicit", found["ours"], found["bare"], 1.05, data, "cpu"),
        against("fit, implicit of equal output", found["ours"], found["equal"], None, data, "wall"),
        against("fit, implicit of equal output", found["ours"], found["equal"], None, data, "cpu"),
    ]


def loss(dataset: Dataset, users: np.ndarray, items: np.ndarray, params: wals.WalsParams) -> float:
    """What both minimise, over every pair, in double precision."""
    matrix = dataset.matrix
    people = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    scores = np.einsum("nf,nf->n", users[people], items[matrix.indices]).astype(float)
    left, right = users.astype(float), items.astype(float)
    everything = float(np.sum((left.T @ left) * (right.T @ right)))
    chosen = float((1.0 + params.alpha * matrix.data.astype(float)) @ (1.0 - scores) ** 2)
    penalty = params.regularization * float(np.vdot(left, left) + np.vdot(right, right))
    return chosen + everything - float(scores @ scores) + penalty
