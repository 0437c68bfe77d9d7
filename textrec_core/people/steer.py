"""A list steered by hand: a blend of models, spread out, with room for the little explored and for repeats."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.models.scorer import Scorer
from textrec_core.params import check_limits, tunable
from textrec_core.people.recommend import Ranked, check_length
from textrec_core.spaces.space import Space

POOL = 200
# Items outside those that make up this share of all choices are under-explored.
HEAD_SHARE = 0.8
# Anderson and Schooler's decay of memory (ACT-R): how often, each time divided by the root of how long ago.
DECAY = 0.5
DAY = 86_400.0


@dataclass(frozen=True)
class SteerParams:
    """What a person may tune."""

    behaviour: float = tunable(1.0, 0.0, 1.0, "How much people with similar pasts count in the blend (WALS, z-scored).")
    words: float = tunable(0.0, 0.0, 1.0, "How much nearness of texts to the past counts in the blend (z-scored).")
    popularity: float = tunable(0.0, 0.0, 1.0, "How much the number of people who chose an item counts (z-scored).")
    diversity: float = tunable(
        0.0, 0.0, 1.0, "How much each item is held away from those above it (maximal marginal relevance)."
    )
    exploration: float = tunable(
        0.0, 0.0, 1.0, "Which share of the places goes to items outside those that make up 80 % of all choices."
    )
    repeats: float = tunable(
        0.0, 0.0, 1.0, "Which share of the places goes to what was chosen before, by how often and how lately (ACT-R)."
    )

    def __post_init__(self) -> None:
        check_limits(self)


VOICES = {"behaviour": "WALS", "words": "Text profile", "popularity": "Popularity"}


def blend(models: Mapping[str, Scorer], user: int, params: SteerParams, among: np.ndarray) -> np.ndarray:
    """The weighted mean of the models' scores, each z-scored over ``among``; -inf for all other items."""
    total, weights = np.zeros(among.size), 0.0
    for voice, name in VOICES.items():
        weight = float(getattr(params, voice))
        if weight and name in models and among.size:
            scores = np.asarray(models[name].scores(np.array([user]))[0], float)[among]
            spread = scores.std()
            total += weight * (scores - scores.mean()) / spread if spread > 0 else 0.0
            weights += weight
    out = np.full(next(iter(models.values())).scores(np.array([user])).shape[1], -np.inf)
    out[among] = total / weights if weights else 0.0
    return out


def under_explored(dataset: Dataset) -> np.ndarray:
    """Whether each item lies outside the most chosen ones that make up 80 % of all choices."""
    counts = dataset.popularity
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    tail = np.zeros(counts.size, bool)
    tail[order] = before >= HEAD_SHARE * counts.sum()
    return tail


def base_level(dataset: Dataset, user: int) -> np.ndarray | None:
    """Each past item's activation, ln(times chosen x days since ** -0.5); the weight counts the times, all at the last one.

    Anderson and Schooler 1991. None where the data has no times.
    """
    times = dataset.times_of(user)
    if times is None or dataset.times is None:
        return None
    days = np.maximum(1.0, (float(dataset.times.max(initial=0)) - times) / DAY)
    return np.asarray(np.log(dataset.weights(user).astype(float)) - DECAY * np.log(days))


def steered(
    dataset: Dataset, models: Mapping[str, Scorer], user: int, k: int, params: SteerParams, space: Space,
    among: np.ndarray | None = None,
) -> Ranked:  # fmt: skip
    """A list in which every place is given in turn; ``space`` says what is alike. Scores are the blend's.

    ``among`` says of every item whether it may be listed.
    """
    check_length(k)
    history = dataset.history(user)
    among = np.ones(dataset.items.size, bool) if among is None else among
    unseen = np.setdiff1d(np.flatnonzero(among), history)
    relevance = blend(models, user, params, unseen)
    again = base_level(dataset, user)
    past = [] if again is None else [item for item in history[np.argsort(-again, kind="stable")] if among[item]]
    tail = under_explored(dataset)
    pool = _pool(relevance, unseen, tail, max(POOL, 4 * k))
    scaled = _scaled(relevance[pool])
    near = np.full(pool.size, -np.inf)
    free = np.ones(pool.size, bool)
    chosen: list[int] = []
    while len(chosen) < min(k, unseen.size + len(past)):
        place = len(chosen)
        if past and (_falls(params.repeats, place) or not free.any()):
            if not _falls(params.repeats, place):
                break
            item = int(past.pop(0))
        else:
            left = free & tail[pool] if _falls(params.exploration, place) and (free & tail[pool]).any() else free
            if not left.any():
                break
            # Nothing above it yet: then there is nothing to be held away from.
            apart = np.where(np.isfinite(near), near, 0.0)
            value = (1 - params.diversity) * scaled - params.diversity * apart
            best = int(np.argmax(np.where(left, value, -np.inf)))
            free[best] = False
            item = int(pool[best])
        chosen.append(item)
        near = np.maximum(near, space.directions[pool] @ space.directions[item])
    rows = np.array(chosen, np.int64)
    return Ranked(rows, relevance[rows])


def _pool(relevance: np.ndarray, unseen: np.ndarray, tail: np.ndarray, most: int) -> np.ndarray:
    """The best items of all and the best of the under-explored, best first."""
    order = unseen[np.argsort(-relevance[unseen], kind="stable")]
    kept = np.zeros(relevance.size, bool)
    kept[order[:most]] = True
    kept[order[tail[order]][:most]] = True
    return order[kept[order]]


def _scaled(values: np.ndarray) -> np.ndarray:
    """Between 0 and 1, so that relevance and likeness can be weighed."""
    if values.size == 0 or np.ptp(values) == 0:
        return np.zeros(values.size)
    return np.asarray((values - values.min()) / np.ptp(values))


def _falls(share: float, place: int) -> bool:
    """Whether this place (from 0) is one of those that a share, spread evenly, takes."""
    return int((place + 1) * share + 1e-9) > int(place * share + 1e-9)


@dataclass(frozen=True)
class Measured:
    """What a list is like: how alike its items are in each space, how far from the past, how popular, how explored."""

    alike_words: float | None
    alike_behaviour: float
    unexpected: float
    popularity: float
    explored: float
    repeats: int


def measured(dataset: Dataset, items: np.ndarray, user: int, words: Space | None, behaviour: Space) -> Measured:
    """Mean cosine over pairs, the mean share of people who chose an item, the share of under-explored items, repeats."""
    return Measured(
        None if words is None else alike(words, items), alike(behaviour, items),
        unexpected(words or behaviour, items, dataset.history(user)),
        float((dataset.popularity[items] / max(1, dataset.users.size)).mean()) if items.size else 0.0,
        float(under_explored(dataset)[items].mean()) if items.size else 0.0,
        int(np.isin(items, dataset.history(user)).sum()),
    )  # fmt: skip


def alike(space: Space, items: np.ndarray) -> float:
    """Intra-list similarity: the mean cosine over all pairs of listed items that the space knows."""
    directions = space.directions[items[space.known[items]]].astype(float)
    if len(directions) < 2:
        return 0.0
    pairs = (directions @ directions.T)[np.triu_indices(len(directions), 1)]
    return float(pairs.mean())


def unexpected(space: Space, items: np.ndarray, past: np.ndarray) -> float:
    """How far listed items are from all that was chosen: the mean of 1 - the cosine to the nearest past choice."""
    items, past = items[space.known[items]], past[space.known[past]]
    if items.size == 0 or past.size == 0:
        return float("nan")
    return float((1.0 - (space.directions[items] @ space.directions[past].T).max(axis=1)).mean())
