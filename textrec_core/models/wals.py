"""Weighted alternating least squares: a dataset and parameters in, factors out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.models.scorer import Shares
from textrec_core.params import check_limits, tunable

# Conjugate-gradient steps per row: few inside training, where the next sweep mends the rest; more in the
# last half-sweep, after which explanations must add up to the score.
STEPS, LAST_STEPS = 2, 16
LOSS_SAMPLE = 20_000
# Up to this many users are solved exactly when they are scored; larger batches use the trained vectors.
EXACT_ROWS = 16


@dataclass(frozen=True)
class WalsParams:
    """What a person may tune."""

    rank: int = tunable(64, 2, 512, "How many hidden tastes the model may use.")
    regularization: float = tunable(
        50.0, 1e-4, 1_000.0, "How strongly factors are held near zero; raise it when few interactions are known."
    )
    alpha: float = tunable(
        5.0,
        0.0,
        200.0,
        "How much more one interaction counts than one that did not happen: its confidence is 1 + alpha x weight.",
    )
    iterations: int = tunable(15, 1, 100, "How many sweeps solve both sides in turn.")
    solver: str = tunable(
        "cg", meaning="cg is fast and nearly exact; exact solves every row in full.", choices=("cg", "exact")
    )
    seed: int = tunable(0, 0, 2**31 - 1, "Where the random start begins; the same seed gives the same factors.")

    def __post_init__(self) -> None:
        check_limits(self)


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


@dataclass(frozen=True, eq=False)
class Factors:
    """``users @ items.T`` is every score; rows follow the dataset's users and items."""

    users: np.ndarray
    items: np.ndarray
    losses: tuple[Loss, ...]
    params: WalsParams
    dataset: str
    fingerprint: str

    def __post_init__(self) -> None:
        self.users.setflags(write=False)
        self.items.setflags(write=False)


def name_of(dataset: Dataset, params: WalsParams) -> str:
    """The fingerprint a fit of this data with these parameters will carry."""
    return fingerprint("wals/2", dataset.fingerprint, params)


def reseeded(params: WalsParams) -> WalsParams:
    """The same settings from another random start: what no other space can be expected to beat."""
    return replace(params, seed=(params.seed + 1) % 2**31)


def check(dataset: Dataset, params: WalsParams) -> None:
    """Raise ``DataError`` where this data cannot be factorised with these parameters."""
    users, items = dataset.matrix.shape
    if dataset.interactions == 0:
        raise DataError(
            "There is no positive interaction to learn from.",
            "Upload interactions, or lower the threshold that decides which count.",
        )
    if min(users, items) < 2:
        raise DataError(
            f"WALS needs at least 2 people and 2 items; the data has {users} and {items}.",
            "Upload more interactions; the data itself can still be looked at.",
        )
    if params.rank > min(users, items):
        raise DataError(
            f"rank is {params.rank}, but {users:,} people and {items:,} items allow at most {min(users, items):,}.",
            f"Choose a rank between 2 and {min(users, items):,}.",
        )
    largest = float(dataset.matrix.data.max()) * params.alpha
    if not largest < 1e12:
        raise DataError(
            f"alpha x the largest weight is {largest:.3g}, more than single precision can add up.",
            "Lower alpha, or let each interaction count 1.",
        )


def fit(
    dataset: Dataset, params: WalsParams, on_progress: Callable[[float, str], None] | None = None
) -> Factors:  # fmt: skip
    """Train from scratch; ``on_progress`` is told the share done and the loss so far."""
    check(dataset, params)
    # Imported here because only training needs them, and they are slow to load.
    from implicit.cpu import _als
    from threadpoolctl import threadpool_limits

    chosen, by_item = confidences(dataset, params)
    rng = np.random.default_rng(params.seed)
    shape = dataset.matrix.shape
    users, items = (rng.random((n, params.rank), np.float32) * np.float32(0.01) for n in shape)
    losses: list[Loss] = []
    sample = _sample(dataset, params)
    # The native solver runs its own threads; BLAS threads under it only get in the way.
    with threadpool_limits(limits=1, user_api="blas"):
        for sweep in range(1, params.iterations + 1):
            last = sweep == params.iterations
            # Items first: the sweep then ends on users solved against the items they are scored with.
            half_sweep(_als, by_item, items, users, params, STEPS)
            half_sweep(_als, chosen, users, items, params, LAST_STEPS if last else STEPS)
            losses.append(_loss(users, items, sample, params))
            if on_progress:
                on_progress(
                    sweep / params.iterations, f"sweep {sweep} of {params.iterations}, loss {losses[-1].total:,.0f}"
                )
    if not (np.isfinite(users).all() and np.isfinite(items).all()):
        raise _unsettled()
    return Factors(users, items, tuple(losses), params, dataset.fingerprint, name_of(dataset, params))


def half_sweep(
    native: Any, confidence: Any, out: np.ndarray, given: np.ndarray, params: WalsParams, steps: int
) -> None:
    """Solve every row of ``out`` against the fixed ``given``, in place."""
    if params.solver == "exact":
        try:
            native.least_squares(confidence, out, given, params.regularization)
        except ValueError as failed:
            # A system too near to singular for single precision.
            raise _unsettled() from failed
    else:
        _conjugate_gradient(native, confidence, out, given, params.regularization, steps)


def _conjugate_gradient(
    native: Any, confidence: Any, out: np.ndarray, given: np.ndarray, regularization: float, steps: int
) -> None:
    """Conjugate gradient in coordinates where what all rows share, ``given' given + regularization``, is the identity.

    Each row's system then has its eigenvalues between 1 and its largest confidence, whatever the factors and
    the regularization: two steps come as near as three in the plain coordinates.
    """
    rows, rank = given.shape
    shared = (given.T @ given).astype(float) + regularization * np.eye(rank)
    try:
        lower = np.linalg.cholesky(shared)
    except np.linalg.LinAlgError:
        raise _unsettled() from None
    inverse = np.linalg.inv(lower)
    carried = np.empty((rows + rank, rank), np.float32)
    carried[:rows] = given @ inverse.T.astype(np.float32)
    # The native solver would add its regularization to every axis alike; rows that nobody chose carry it instead.
    carried[rows:] = np.sqrt(regularization) * inverse.T
    solved = out @ lower.astype(np.float32)
    native.least_squares_cg(confidence, solved, carried, 0.0, cg_steps=steps)
    out[:] = solved @ inverse.astype(np.float32)


def _unsettled() -> DataError:
    return DataError(
        "Training did not settle: some factors are not numbers.",
        "Raise the regularization, lower alpha, or use the other solver.",
    )


def confidences(dataset: Dataset, params: WalsParams) -> tuple[Any, Any]:
    """The matrix of 1 + alpha x weight by user, and the same by item.

    The native solver reads a stored value as the confidence itself, so that alpha x weight below one
    would count less than nothing seen; the 1 is added here.
    """
    from scipy.sparse import csr_matrix

    matrix = dataset.matrix
    data = (1.0 + params.alpha * matrix.data).astype(np.float32)
    # Copies, because the native solver refuses read-only arrays.
    by_user = csr_matrix((data, matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape)
    return by_user, by_user.T.tocsr()


def _sample(dataset: Dataset, params: WalsParams) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Some chosen pairs, their confidences, and how many pairs each stands for."""
    matrix = dataset.matrix
    rng = np.random.default_rng(params.seed)
    count = matrix.nnz
    picked = np.arange(count) if count <= LOSS_SAMPLE else np.sort(rng.choice(count, LOSS_SAMPLE, replace=False))
    rows = np.searchsorted(matrix.indptr, picked, side="right") - 1
    return rows, matrix.indices[picked], 1.0 + params.alpha * matrix.data[picked].astype(float), count / picked.size


def _loss(users: np.ndarray, items: np.ndarray, sample: tuple[Any, Any, Any, float], params: WalsParams) -> Loss:
    """The loss by part; above ``LOSS_SAMPLE`` pairs the seen part is an estimate from that many."""
    rows, columns, confidence, each = sample
    scores = np.einsum("nf,nf->n", users[rows], items[columns], optimize=True).astype(float)
    everything = float(np.sum((users.T @ users).astype(float) * (items.T @ items)))
    return Loss(
        chosen=float(confidence @ (1.0 - scores) ** 2) * each,
        unchosen=max(0.0, everything - float(scores @ scores) * each),
        penalty=params.regularization * float(np.vdot(users, users) + np.vdot(items, items)),
    )


@dataclass(frozen=True, eq=False)
class WalsScorer:
    """Scores and reasons from factors; exact in double precision for the few people on screen."""

    dataset: Dataset
    factors: Factors
    gram: np.ndarray
    name: str = "WALS"

    @property
    def fingerprint(self) -> str:
        """The fit's own."""
        return self.factors.fingerprint

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Every item's score; a few rows are solved exactly, many come from the trained vectors."""
        if len(rows) > EXACT_ROWS:
            return self.factors.users[rows] @ self.factors.items.T
        return np.stack([self.factors.items @ self.taste(int(row)) for row in rows])

    def taste(self, user: int) -> np.ndarray:
        """One user's vector, solved from the user's history against the trained items."""
        return self.fold_in(self.dataset.history(user), self.dataset.weights(user))

    def fold_in(self, history: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The vector of anyone with this history (Hu, Koren, Volinsky 2008, equation 4)."""
        system, liked, confidence = self._system(history, weights)
        return np.linalg.solve(system, liked.T @ confidence)

    def why(self, user: int, item: int) -> Shares:
        """Each past item's part in the score (Hu, Koren, Volinsky 2008, section 5); the parts sum to it."""
        history = self.dataset.history(user)
        system, liked, confidence = self._system(history, self.dataset.weights(user))
        target = self.factors.items[item].astype(float)
        shares = (liked @ np.linalg.solve(system, target)) * confidence
        words = "how much each past choice adds to the score, through the tastes people share"
        return Shares(history, shares, 0.0, float(shares.sum()), words)

    def _system(self, history: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        liked = self.factors.items[history].astype(float)
        extra = self.factors.params.alpha * weights.astype(float)
        return self.gram + (liked.T * extra) @ liked, liked, 1.0 + extra


def scorer(dataset: Dataset, factors: Factors) -> WalsScorer:
    """A scorer of this fit; refuses factors of any other data."""
    if factors.dataset != dataset.fingerprint:
        raise ValueError("these factors were trained on other data")
    items = factors.items.astype(float)
    gram = items.T @ items + factors.params.regularization * np.eye(items.shape[1])
    return WalsScorer(dataset, factors, gram)
