"""From a space of texts to the factors of one fit, by a map that is bound to that fit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.models import together
from textrec_core.models.regressions import METHODS, Map
from textrec_core.models.together import Reading
from textrec_core.models.wals import Factors
from textrec_core.ranking import largest
from textrec_core.spaces.space import Space, unit

FOLDS = 5
# The ridge that reads the space of texts and the plain words of each text at once.
WITH_WORDS = "ridge with words"
FEWEST = 5
# A setting is judged by lists of this length of this many people.
LISTED, JUDGES = 10, 500


@dataclass(frozen=True, eq=False)
class Projector:
    """``map`` takes the direction of a text to factors of the fit named by ``fit``, and of no other.

    ``shared[n]`` is how much of people's lists setting ``settings[n]`` kept on items held out from learning:
    the mean share of the ten that the fit itself puts first.
    """

    map: Map | together.Joint
    method: str
    setting: float
    settings: tuple[float, ...]
    shared: tuple[float, ...]
    width: int
    fit: str
    space: str
    fingerprint: str

    def carry(self, vectors: np.ndarray, factors: Factors, words: sparse.csr_matrix | None = None) -> np.ndarray:
        """Texts' vectors, and their words where those taught it too, as item factors of this fit; a vector of zeros
        says nothing and stays zeros."""
        if factors.fingerprint != self.fit:
            raise ValueError("this projector was learned for another fit; its factors mean nothing here")
        if vectors.ndim != 2 or vectors.shape[1] != self.width:
            raise ValueError("this projector was learned from vectors of another length")
        if (words is None) == isinstance(self.map, together.Joint):
            raise ValueError("words are carried by a projector that learned from words, and by no other")
        read: Any = unit(vectors) if words is None else Reading(unit(vectors), words)
        return np.asarray(np.where(vectors.any(axis=1, keepdims=True), self.map.of(read), 0.0), np.float32)

    def scores(
        self, vectors: np.ndarray, factors: Factors, rows: np.ndarray, words: sparse.csr_matrix | None = None
    ) -> np.ndarray:
        """What each of these users' vectors says of items known by their texts alone."""
        return np.asarray(factors.users[rows] @ self.carry(vectors, factors, words).T)


def name_of(
    space: Space, factors: Factors, among: np.ndarray | None = None, seed: int = 0, method: str = "ridge"
) -> str:
    """The fingerprint that a projector learned so will carry."""
    rows = teachers(space, factors, among)
    return fingerprint("projector/2", space.fingerprint, factors.fingerprint, rows, seed, method)


def teachers(space: Space, factors: Factors, among: np.ndarray | None = None) -> np.ndarray:
    """The items that have a text and a trained vector, and that ``among`` admits."""
    if len(space.vectors) != len(factors.items):
        raise ValueError("the space and the fit hold different items")
    usable = np.asarray(space.known & factors.items.any(axis=1))
    return np.flatnonzero(usable if among is None else usable & among)


def learn(
    space: Space, factors: Factors, among: np.ndarray | None = None, seed: int = 0, method: str = "ridge",
    words: sparse.csr_matrix | None = None,
) -> Projector:  # fmt: skip
    """Learn from the ``teachers``; the setting is the one that serves people's lists best on items held out.

    Where the ``words`` of every item's text are given, they teach beside the space, and the method is ``WITH_WORDS``.
    """
    # Imported here because only learning needs it.
    from threadpoolctl import threadpool_limits

    rows = teachers(space, factors, among)
    if rows.size < FEWEST:
        raise DataError(
            f"Only {rows.size} items have both a text and people who chose them; carrying needs at least {FEWEST}.",
            "Upload texts for more of the items that people chose.",
        )
    method = method if words is None else WITH_WORDS
    texts: Any = space.directions[rows] if words is None else Reading(space.directions[rows], words[rows])
    targets = factors.items[rows]
    ways: Callable[..., Any] = METHODS[method] if words is None else together.ridge
    # Many small products: threads of BLAS only get in their way.
    with threadpool_limits(limits=1, user_api="blas"):
        shared = _judged(texts, targets, factors.users, seed, ways)
        setting = max(shared, key=lambda one: shared[one])
        # Settings come in order, and none after the chosen one is needed.
        made = next(map_ for one, map_ in ways(texts, targets, seed) if one == setting)
    return Projector(
        made, method, setting, tuple(shared), tuple(shared.values()), space.directions.shape[1], factors.fingerprint,
        space.fingerprint, name_of(space, factors, among, seed, method),
    )  # fmt: skip


def carried(projector: Projector, space: Space, factors: Factors) -> Space:
    """The space of texts carried to the space of behaviour."""
    if space.fingerprint != projector.space:
        raise ValueError("this projector was learned from another space of texts")
    vectors = projector.carry(space.vectors, factors)
    return Space(f"{space.name}, carried to WALS", vectors, fingerprint("carried/1", projector.fingerprint))


def _judged(
    texts: Any, targets: np.ndarray, users: np.ndarray, seed: int, ways: Callable[..., Any]
) -> dict[float, float]:
    """For every setting, how much of the fit's own lists it keeps among items that did not teach it.

    Squared error would ask most of the items that many people chose; lists ask what the factors are used for.
    """
    rng = np.random.default_rng(seed)
    fold = rng.permutation(len(texts)) % min(FOLDS, len(texts))
    judges = users if len(users) <= JUDGES else users[np.sort(rng.choice(len(users), JUDGES, replace=False))]
    parts: dict[float, list[float]] = {}
    for number in range(int(fold.max()) + 1):
        out = fold == number
        # Where a list held every item, all settings would look alike.
        width = min(LISTED, max(1, int(out.sum()) // 2))
        wanted = np.zeros((len(judges), int(out.sum())), bool)
        np.put_along_axis(wanted, largest(judges @ targets[out].T, width)[0], True, axis=1)
        for setting, made in ways(texts[~out], targets[~out], seed):
            listed = largest(judges @ made.of(texts[out]).T, width)[0]
            parts.setdefault(setting, []).append(float(np.take_along_axis(wanted, listed, axis=1).mean()))
    # A number of neighbours may be more than the smallest part has.
    full = max(len(values) for values in parts.values())
    return {setting: float(np.mean(values)) for setting, values in parts.items() if len(values) == full}
