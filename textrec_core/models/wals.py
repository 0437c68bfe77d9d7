"""Weighted alternating least squares: a dataset and parameters in, factors out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.models import native, objective
from textrec_core.models.objective import Loss
from textrec_core.models.rows import Side, rotated, solve
from textrec_core.models.scorer import Shares
from textrec_core.params import check_limits, tunable

# Conjugate-gradient steps per row: few inside training, where the next sweep mends the rest; more after the
# last sweep, for explanations must add up to the score.
STEPS, LAST_STEPS = 2, 16
# Up to this many users are solved exactly when they are scored; larger batches use the trained vectors.
EXACT_ROWS = 16
# The declared rule of ``suited``; docs/decisions/wals.md says what it was measured on.
SHORT_PAST, SHORTER, HELD = 150.0, 0.8, 0.4
Stop = Callable[[np.ndarray, np.ndarray], bool]


@dataclass(frozen=True)
class WalsParams:
    """What a person may tune."""

    rank: int = tunable(128, 2, 512, "How many hidden tastes the model may use.")
    regularization: float = tunable(
        0.01, 1e-6, 1_000.0, "How strongly factors are held near zero; raise it when few interactions are known."
    )
    alpha: float = tunable(
        4.0,
        0.0,
        200.0,
        "How much more one interaction counts than one that did not happen: its confidence is unseen weight + alpha x weight.",
    )
    iterations: int = tunable(15, 1, 100, "How many sweeps solve both sides in turn.")
    frequency: float = tunable(
        1.0,
        0.0,
        1.0,
        "How much more those with many interactions are held: 0 all alike, 1 by everything known of them.",
    )
    unseen: float = tunable(1.0, 1e-3, 10.0, "How much a pair that did not happen counts, pulled to a score of 0.")
    objective: str = tunable(
        "confidence",
        meaning="confidence pulls all that happened to 1, the surer the heavier; values pulls each to its own weight.",
        choices=("confidence", "values"),
    )
    tolerance: float = tunable(
        0.0, 0.0, 0.1, "Stop before the last sweep once a sweep lowers the loss by less than this share; 0 never stops."
    )
    solver: str = tunable(
        "cg",
        meaning="cg is fast and nearly exact; exact solves every row in full; implicit is that library's solver, for frequency 0.",
        choices=("cg", "exact", "implicit"),
    )
    seed: int = tunable(0, 0, 2**31 - 1, "Where the random start begins; the same seed gives the same factors.")

    def __post_init__(self) -> None:
        check_limits(self)


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


def name_of(dataset: Dataset, params: WalsParams, start: str | None = None) -> str:
    """The fingerprint a fit of this data with these parameters, from this start, will carry."""
    return fingerprint("wals/3", dataset.fingerprint, params, *([] if start is None else [start]))


def suited(dataset: Dataset) -> WalsParams:
    """Parameters that fit the data's size and density; a declared rule, not a search.

    alpha is 150 / (interactions per person) ^ 0.8: in a short past each choice has to say more; but at most
    1 / sqrt(density), beyond which what happened outweighs all that did not. The regularization is 0.4 of what
    would silence a pattern no stronger than chance in a table of this size and density.
    """
    matrix = dataset.matrix
    users, items = matrix.shape
    usual = WalsParams()
    if matrix.nnz == 0 or min(users, items) < 2:
        return usual
    density = matrix.nnz / (users * items)
    each = matrix.nnz / np.count_nonzero(np.diff(matrix.indptr))
    alpha = min(SHORT_PAST / each**SHORTER, density**-0.5)
    # The largest singular value of a random table of this density (Marchenko and Pastur's edge).
    chance = density**0.5 * (users**0.5 + items**0.5)
    known = (items + alpha * matrix.nnz / users) * (users + alpha * matrix.nnz / items)
    regularization = HELD * (1 + alpha) * chance / known**0.5
    return replace(
        usual,
        rank=max(2, min(usual.rank, users, items)),
        alpha=_round(alpha / max(float(matrix.data.mean()), 1e-12), 0.0, 200.0),
        regularization=_round(regularization, 1e-6, 1_000.0),
    )


def _round(value: float, low: float, high: float) -> float:
    """Three digits, as a person would write it down."""
    return float(f"{min(high, max(low, value)):.3g}")


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
    if params.solver == "implicit" and (params.frequency != 0 or params.objective != "confidence"):
        raise DataError(
            "The solver implicit knows one regularization for all rows and the objective confidence only.",
            "Set frequency to 0 and the objective to confidence, or use the solver cg.",
        )
    largest = float(dataset.matrix.data.max()) * params.alpha
    if not largest < 1e12:
        raise DataError(
            f"alpha x the largest weight is {largest:.3g}, more than single precision can add up.",
            "Lower alpha, or let each interaction count 1.",
        )


def fit(
    dataset: Dataset, params: WalsParams, on_progress: Callable[[float, str], None] | None = None,
    start: Factors | None = None, stop: Stop | None = None,
) -> Factors:  # fmt: skip
    """Train from scratch or from ``start``; ``on_progress`` is told the share done and the loss so far.

    ``stop`` is shown users and items after every sweep but the last, and may end the training there.
    """
    # Imported here because only training needs it.
    from threadpoolctl import threadpool_limits

    check(dataset, params)
    # The rows are solved by threads of their own; those of BLAS between them only get in the way.
    with threadpool_limits(limits=1, user_api="blas"):
        return _fit(dataset, params, on_progress, start, stop)


def _fit(
    dataset: Dataset, params: WalsParams, on_progress: Callable[[float, str], None] | None, start: Factors | None,
    stop: Stop | None,
) -> Factors:  # fmt: skip
    by_user, by_item = objective.sides(dataset.matrix, params)
    users, items = _begin(dataset, params, start)
    misfit = objective.Misfit(by_user, by_item, params)
    losses: list[Loss] = []
    few, many = (0, 0) if params.solver == "exact" else (STEPS, LAST_STEPS)
    for sweep in range(1, params.iterations + 1):
        # Items first: the sweep then ends on users solved against the items they are scored with.
        users, items = half_sweep(by_item, items, users, params, few)
        last = sweep == params.iterations
        items, users = half_sweep(by_user, users, items, params, many if last else few)
        losses.append(misfit.of(users, items))
        if on_progress:
            words = f"sweep {sweep} of {params.iterations}, loss {losses[-1].total:,.0f}"
            on_progress(sweep / params.iterations, words)
        if not last and (settled(losses, params.tolerance) or (stop is not None and stop(users, items))):
            items, users = half_sweep(by_user, users, items, params, many)
            break
    if not (np.isfinite(users).all() and np.isfinite(items).all()):
        raise _unsettled()
    origin = None if start is None else start.fingerprint
    if len(losses) < params.iterations and stop is not None:
        origin = f"{origin} stopped after {len(losses)}"
    return Factors(users, items, tuple(losses), params, dataset.fingerprint, name_of(dataset, params, origin))


def half_sweep(
    side: Side, out: np.ndarray, given: np.ndarray, params: WalsParams, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """``given`` and ``out`` in the principal axes of ``given``, every row of ``out`` solved against it."""
    try:
        given, out, spread = rotated(given, out, params.unseen)
        if params.solver == "implicit":
            native.solve(side, out, given, spread, params.unseen, steps)
        else:
            solve(side, out, given, spread, steps)
    except (np.linalg.LinAlgError, native.Singular) as failed:
        # A system too near to singular for single precision.
        raise _unsettled() from failed
    return given, out


def _unsettled() -> DataError:
    return DataError(
        "Training did not settle: some factors are not numbers.",
        "Raise the regularization, lower alpha, or use the other solver.",
    )


def settled(losses: list[Loss], tolerance: float) -> bool:
    """Whether the last sweep lowered the loss by less than this share of it."""
    # Rounding may raise the loss of a fit that has nothing left to gain; that is no reason to stop one told never to.
    return tolerance > 0 and len(losses) > 1 and losses[-2].total - losses[-1].total < tolerance * losses[-1].total


def _begin(dataset: Dataset, params: WalsParams, start: Factors | None) -> tuple[np.ndarray, np.ndarray]:
    """Small random factors; where a start is given, its leading axes take their place."""
    rng = np.random.default_rng(params.seed)
    small = np.float32(0.1 / params.rank**0.5)
    sides = [rng.standard_normal((n, params.rank), np.float32) * small for n in dataset.matrix.shape]
    if start is not None:
        for side, known in zip(sides, (start.users, start.items), strict=True):
            if len(known) != len(side):
                raise ValueError("the start has other people or items than the data")
            # Axes that the start does not have begin smaller still, so that they do not disturb it.
            side *= np.float32(0.1)
            side[:, : known.shape[1]] = known[:, : params.rank]
    return sides[0], sides[1]


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
        return np.stack([self.exact @ self.taste(int(row)) for row in rows])

    @cached_property
    def exact(self) -> np.ndarray:
        """The items' factors in double precision; turned once, because every list on screen needs all of them."""
        return self.factors.items.astype(float)

    def taste(self, user: int) -> np.ndarray:
        """One user's vector, solved from the user's history against the trained items."""
        return self.fold_in(self.dataset.history(user), self.dataset.weights(user))

    def fold_in(self, history: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The vector of anyone with this history (Hu, Koren, Volinsky 2008, equation 4)."""
        system, liked, pull = self.equations(history, weights)
        return np.linalg.solve(system, liked.T @ pull)

    def why(self, user: int, item: int) -> Shares:
        """Each past item's part in the score (Hu, Koren, Volinsky 2008, section 5); the parts sum to it."""
        return self.toward(user, self.factors.items[item])

    def toward(self, user: int, vector: np.ndarray) -> Shares:
        """The same for anything that has a vector beside the items'."""
        history = self.dataset.history(user)
        system, liked, pull = self.equations(history, self.dataset.weights(user))
        shares = (liked @ np.linalg.solve(system, vector.astype(float))) * pull
        words = "how much each past choice adds to the score, through the tastes people share"
        return Shares(history, shares, 0.0, float(shares.sum()), words)

    def equations(self, history: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The left side of one person's normal equations, the vectors of what is said, and how each pulls."""
        liked, params = self.factors.items[history].astype(float), self.factors.params
        extra, pull = objective.said(weights.astype(float), params)
        held = objective.hold(extra.sum(), len(self.factors.items), params)
        return self.gram + (liked.T * extra) @ liked + held * np.eye(liked.shape[1]), liked, pull


def scorer(dataset: Dataset, factors: Factors) -> WalsScorer:
    """A scorer of this fit; refuses factors of any other data."""
    if factors.dataset != dataset.fingerprint:
        raise ValueError("these factors were trained on other data")
    return _scorer(dataset, factors)


def folded(shown: Dataset, factors: Factors) -> WalsScorer:
    """A scorer of this fit for other people, or longer pasts, than it was trained on: all are folded in."""
    if shown.items.size != len(factors.items):
        raise ValueError("these factors know other items")
    solver = _scorer(shown, factors)
    users = [solver.taste(user) for user in range(shown.users.size)]
    return _scorer(shown, replace(factors, users=np.array(users, np.float32).reshape(-1, factors.items.shape[1])))


def _scorer(dataset: Dataset, factors: Factors) -> WalsScorer:
    items = factors.items.astype(float)
    return WalsScorer(dataset, factors, factors.params.unseen * (items.T @ items))
