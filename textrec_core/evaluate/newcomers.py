"""A fifth of the items hidden and then met as newcomers: how well their people are found, and what lengthening them does to lists."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import new_items, random_per_person
from textrec_core.errors import DataError
from textrec_core.evaluate import metrics
from textrec_core.evaluate.hidden import auc
from textrec_core.evaluate.intervals import Interval, bootstrap
from textrec_core.fingerprint import fingerprint
from textrec_core.models import wals
from textrec_core.people import newcomer
from textrec_core.people.newcomer import Bridge
from textrec_core.ranking import largest
from textrec_core.spaces.space import Space
from textrec_core.text.encoder import sentences

BOOSTS = (0.0, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
LISTED = 10
MOST_PEOPLE = 2_000
FEWEST_ITEMS = 10
# An item's people cannot be found by a number where there are hardly any.
FEWEST_PEOPLE = 3
LIKE_IT = 30
CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Met:
    """What happened when hidden items were met as new ones.

    ``items`` are those hidden of which enough people are known; ``found[n]`` is how often a person who chose item n is
    ranked before one who did not (0.5 is chance), and ``floor[n]`` the same by each person's appetite alone. For every boost in ``boosts``: ``warm`` and ``new`` hold each judged
    person's NDCG against hidden choices among the trained and the new items (nan where nothing of the kind was hidden),
    and ``places`` the share of places that new items take.
    """

    items: np.ndarray
    found: np.ndarray
    floor: np.ndarray
    boosts: np.ndarray
    warm: np.ndarray
    new: np.ndarray
    places: np.ndarray
    protocol: str
    fingerprint: str

    def effects(self) -> list[tuple[float, Interval, Interval, float]]:
        """For every boost: NDCG of trained items, NDCG of new ones, and the share of places that new ones take."""
        return [
            (float(boost), _over(self.warm[n]), _over(self.new[n]), float(self.places[n]))
            for n, boost in enumerate(self.boosts)
        ]


def name_of(dataset: Dataset, params: wals.WalsParams, space: Space, seed: int = 0) -> str:
    """The fingerprint that this measurement will carry."""
    return fingerprint("met/3", dataset.fingerprint, params, space.fingerprint, seed)


def meet(
    dataset: Dataset, params: wals.WalsParams, space: Space, seed: int = 0,
    on_progress: Callable[[float, str], None] | None = None,
) -> Met:  # fmt: skip
    """Train without a fifth of the items and a fifth of each person's others, carry the hidden items in, and judge both."""
    tell = on_progress or (lambda _share, _words: None)
    cold = new_items(dataset, seed=seed)
    assert cold.candidates is not None
    hidden = cold.candidates[space.known[cold.candidates]]
    if hidden.size < FEWEST_ITEMS:
        raise DataError(
            f"Only {hidden.size} hidden items have a text; a measurement needs at least {FEWEST_ITEMS}.",
            "Upload texts for more of the items that people chose.",
        )
    # Pairs need some who chose the item and one who did not.
    enough = (dataset.popularity[hidden] >= FEWEST_PEOPLE) & (dataset.popularity[hidden] < dataset.users.size)
    if not enough.any():
        raise DataError(
            f"No hidden item was chosen by at least {FEWEST_PEOPLE} people, so that nobody can be found by its text.",
            "Upload more interactions with the items that have texts.",
        )
    warm = random_per_person(cold.train, seed=seed)
    fit = wals.fit(warm.train, params, lambda share, words: tell(0.8 * share, words))
    tell(0.85, "carrying the hidden items")
    bridge = newcomer.build(space, fit, sentences(dataset))
    items = [(str(dataset.titles[row]), str(dataset.texts[row])) for row in hidden]
    new = newcomer.meet(items, space.directions[hidden], bridge, fit)
    vectors = np.stack([one.vector for one in new])
    found, floor = _found(fit, bridge, np.stack([one.carried for one in new]), hidden, dataset, warm.train)
    tell(0.9, "lists with the hidden items in them")
    people = np.flatnonzero(np.diff(cold.held_out.indptr) + np.diff(warm.held_out.indptr))
    if people.size > MOST_PEOPLE:
        people = np.sort(np.random.default_rng(seed).choice(people, MOST_PEOPLE, replace=False))
    by_boost = [_lists(warm.train, fit, vectors * np.float32(boost), hidden, people) for boost in BOOSTS]
    known, unknown = ([_judged(lists, held, people) for lists in by_boost] for held in (warm.held_out, cold.held_out))
    protocol = (
        f"{hidden.size:,} items hidden whole and carried in by their texts, {warm.kind} of the others, "
        f"{people.size:,} people, seed {seed}"
    )
    return Met(
        hidden[enough], found[enough], floor[enough], np.array(BOOSTS),
        np.array(known), np.array(unknown), np.array([np.isin(lists, hidden).mean() for lists in by_boost]),
        protocol, name_of(dataset, params, space, seed),
    )  # fmt: skip


@dataclass(frozen=True)
class Trust:
    """How well the people of hidden items with texts like this one were found: the middle and the range of half of them,
    and the middle of the floor, which is finding them by appetite alone."""

    middle: float
    low: float
    high: float
    floor: float
    items: int
    rank_of_nearness: float


def trust(met: Met, space: Space, words: np.ndarray) -> Trust:
    """The band of the hidden items whose texts are most like this one."""
    cosines = space.directions[met.items] @ words
    alike = largest(cosines[None], min(LIKE_IT, met.items.size))[0][0]
    low, middle, high = np.quantile(met.found[alike], [0.25, 0.5, 0.75])
    # How near the text is to any text of the data, against how near those texts are to each other.
    nearest = float((space.directions @ words).max())
    usual = space.directions[met.items] @ space.directions.T
    usual[np.arange(met.items.size), met.items] = -1.0
    return Trust(
        float(middle), float(low), float(high), float(np.median(met.floor[alike])), int(alike.size),
        float((usual.max(axis=1) < nearest).mean()),
    )  # fmt: skip


def _found(
    fit: wals.Factors, bridge: Bridge, vectors: np.ndarray, hidden: np.ndarray, dataset: Dataset, train: Dataset
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """For each hidden item the share of pairs of one who chose it and one who did not that are in the right order; and
    of pairs that are so by how much each chose in ``train``."""
    matrix, appetites = dataset.matrix.tocsc(), newcomer.appetite(train)
    found, floor = np.full((2, hidden.size), np.nan)
    step = max(1, CELLS // max(1, dataset.users.size))
    for start in range(0, hidden.size, step):
        likely = newcomer.likeliness(newcomer.wants(fit, bridge, vectors[start : start + step]), appetites)
        for n in range(likely.shape[1]):
            item = int(hidden[start + n])
            chose = np.zeros(dataset.users.size, bool)
            chose[matrix.indices[matrix.indptr[item] : matrix.indptr[item + 1]]] = True
            found[start + n], floor[start + n] = auc(likely[:, n], chose), auc(appetites, chose)
    return found, floor


def _lists(
    train: Dataset, fit: wals.Factors, vectors: np.ndarray, hidden: np.ndarray, people: np.ndarray
) -> np.ndarray:
    """First items of whole lists, trained and new ones together."""
    items = fit.items.copy()
    items[hidden] = vectors
    out = np.empty((people.size, min(LISTED, len(items))), np.int64)
    step = max(1, CELLS // len(items))
    for start in range(0, people.size, step):
        some = people[start : start + step]
        scores = fit.users[some] @ items.T
        for row, user in enumerate(some):
            scores[row, train.history(int(user))] = -np.inf
        out[start : start + step] = largest(scores, out.shape[1])[0]
    return out


def _judged(lists: np.ndarray, held_out: csr_array, people: np.ndarray) -> np.ndarray:
    count = metrics.relevant(held_out, people)
    values = metrics.ndcg(metrics.hits(lists, held_out, people), count, LISTED)
    return np.where(count > 0, values, np.nan)


def _over(values: np.ndarray) -> Interval:
    return bootstrap(values[np.isfinite(values)])
