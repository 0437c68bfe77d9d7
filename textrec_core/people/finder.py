"""Interesting people, each found by a measurement that is told with them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import Split
from textrec_core.fingerprint import fingerprint
from textrec_core.models import wals
from textrec_core.models.baselines import Popularity
from textrec_core.models.content import TextProfile
from textrec_core.models.scorer import Scorer
from textrec_core.people.groups import typical
from textrec_core.people.recommend import everyone
from textrec_core.spaces.space import Space

LISTED = 10
MOST_PEOPLE = 4_000
FEWEST_CHOICES = 5
OFFERED = 20
CELLS = 4_000_000
KINDS = {
    "surprised": "Most surprised by their list",
    "rescued": "Best rescued by text",
    "disagreed": "Largest disagreement between models",
    "worst": "Worst served",
    "newest": "Newest",
    "typical": "Most typical of a group",
}
# Told by where a model puts what was hidden from it.
JUDGED = ("rescued", "worst")


@dataclass(frozen=True, eq=False)
class Find:
    """One person and the measurement that found them."""

    user: int
    words: str


@dataclass(frozen=True, eq=False)
class Finds:
    """The people found, the most striking first; none where this data cannot say. ``among`` tells whom was looked at."""

    people: list[Find]
    among: str
    fingerprint: str


def name_of(kind: str, dataset: Dataset, params: wals.WalsParams, text: Space | None) -> str:
    """The fingerprint of who is found with these models."""
    return fingerprint("finder/2", kind, dataset.fingerprint, params, text.fingerprint if text else None)


def kinds(dataset: Dataset, text: Space | None) -> list[str]:
    """The kinds that this data can be asked for."""
    if _long_enough(dataset).size == 0:
        return ["newest"]
    return [kind for kind in KINDS if text is not None or kind != "rescued"]


def find(
    kind: str, dataset: Dataset, factors: wals.Factors, text: Space | None, apart: Split | None = None,
    on_progress: Callable[[float, str], None] | None = None,
) -> Finds:  # fmt: skip
    """Measure everybody, or a drawn sample of many.

    The kinds in ``JUDGED`` are told by what is hidden ``apart``: for them ``factors`` are trained without it.
    """
    # One person's products are so small that threads of BLAS would wait for each other far longer than they work.
    with threadpool_limits(limits=1, user_api="blas"):
        if on_progress:
            on_progress(0.1, "looking at everybody")
        found, among = _found(kind, dataset, factors, text, apart)
    people = [Find(user, words) for user, words in found]
    return Finds(people, among, name_of(kind, dataset, factors.params, text))


Told = list[tuple[int, str]]


def _found(
    kind: str, dataset: Dataset, factors: wals.Factors, text: Space | None, apart: Split | None
) -> tuple[Told, str]:  # fmt: skip
    if kind == "newest":
        return _newest(dataset), "everybody"
    rows = _long_enough(dataset)
    if rows.size > MOST_PEOPLE:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_PEOPLE, replace=False))
    among = f"{rows.size:,} {'person' if rows.size == 1 else 'people'} with at least {FEWEST_CHOICES} choices"
    if kind == "typical":
        return typical(dataset, factors, rows), among
    if kind in JUDGED:
        assert apart is not None
        places = _hidden_places(apart, wals.scorer(apart.train, factors), rows)
        among += f"; hidden from training: {apart.kind}, seed {apart.seed}"
        if kind == "worst":
            return _worst(rows, places, dataset.items.size), among
        assert text is not None
        return _rescued(rows, places, _hidden_places(apart, TextProfile(apart.train, text), rows)), among
    crowd = wals.scorer(dataset, factors)
    lists = everyone(dataset, crowd, LISTED, rows)[0]
    if kind == "surprised":
        return _surprised(dataset, lists, rows, text), among
    other: Scorer = TextProfile(dataset, text) if text is not None else Popularity(dataset)
    return _disagreed(dataset, crowd, other, lists, rows), among


def _long_enough(dataset: Dataset) -> np.ndarray:
    return np.flatnonzero(np.diff(dataset.matrix.indptr) >= FEWEST_CHOICES)


def _newest(dataset: Dataset) -> Told:
    counts = np.diff(dataset.matrix.indptr)
    active = np.flatnonzero(counts)
    if dataset.times is None:
        order = active[np.argsort(counts[active], kind="stable")][:OFFERED]
        return [(int(u), f"{counts[u]:,} choices, among the fewest; the data has no times") for u in order]
    first = np.minimum.reduceat(dataset.times, dataset.matrix.indptr[:-1][active]) if active.size else np.empty(0, int)
    best = np.argsort(-first, kind="stable")[:OFFERED]
    days = np.asarray(first[best], "datetime64[s]").astype("datetime64[D]")
    return [(int(active[n]), f"first seen on {day}") for n, day in zip(best, days, strict=True)]


def _surprised(dataset: Dataset, lists: np.ndarray, rows: np.ndarray, text: Space | None) -> Told:
    """How far the listed items are from the nearest thing the person knows, in words; without texts, from the crowd's."""
    value = np.full(rows.size, np.nan)
    share = dataset.popularity / max(1, dataset.users.size)
    for n, user in enumerate(rows):
        listed = lists[n][lists[n] >= 0]
        if text is None:
            value[n] = share[listed].mean() if listed.size else np.nan
            continue
        own = dataset.history(int(user))
        listed, own = listed[text.known[listed]], own[text.known[own]]
        if listed.size and own.size:
            value[n] = (text.directions[listed] @ text.directions[own].T).max(axis=1).mean()
    told = (
        "on average {:.0%} of all people chose what is listed: far from what everybody takes"
        if text is None
        else "what is listed has a cosine of only {:.2f} in words to the nearest past choice, on average"
    )
    return _first(rows, value, told)


def _disagreed(dataset: Dataset, one: Scorer, other: Scorer, lists: np.ndarray, rows: np.ndarray) -> Told:
    back = everyone(dataset, other, LISTED, rows)[0]
    apart = (_places_of(dataset, other, lists, rows) + _places_of(dataset, one, back, rows)) / 2
    told = f"what {one.name} and {other.name} list first stands at {{:,.0f}} in the other's list, on average"
    return _first(rows, -np.exp(apart), told, sign=-1)


def _places_of(dataset: Dataset, scorer: Scorer, lists: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The mean logarithm of the places of listed items in a model's order of what each person has not chosen."""
    out = np.empty(rows.size)
    for n, user, scores in _scored(dataset, scorer, rows):
        scores[dataset.history(user)] = -np.inf
        listed = lists[n][lists[n] >= 0]
        above = scores.size - np.searchsorted(np.sort(scores), scores[listed], side="right")
        out[n] = np.log(above + 1).mean() if listed.size else np.nan
    return out


def _hidden_places(apart: Split, scorer: Scorer, rows: np.ndarray) -> np.ndarray:
    """The typical (geometric mean) place of each person's hidden items among what the model has not seen them choose."""
    hidden = apart.held_out
    out = np.empty(rows.size)
    for n, user, scores in _scored(apart.train, scorer, rows):
        scores[apart.train.history(user)] = -np.inf
        wanted = hidden.indices[hidden.indptr[user] : hidden.indptr[user + 1]]
        ordered = np.sort(scores)
        # Equal scores share the middle of their places.
        above = scores.size - np.searchsorted(ordered, scores[wanted], side="right")
        equal = scores.size - np.searchsorted(ordered, scores[wanted], side="left") - above
        out[n] = np.exp(np.log(above + (equal + 1) / 2).mean())
    return out


def _scored(dataset: Dataset, scorer: Scorer, rows: np.ndarray):  # type: ignore[no-untyped-def]
    step = max(1, CELLS // max(1, dataset.items.size))
    for start in range(0, rows.size, step):
        some = rows[start : start + step]
        for n, scores in enumerate(np.array(scorer.scores(some), np.float32)):
            yield start + n, int(some[n]), scores


def _worst(rows: np.ndarray, places: np.ndarray, items: int) -> Told:
    told = f"what was hidden stands typically at {{:,.0f}} of {items:,} in the WALS list that had not seen it"
    return _first(rows, -places, told, sign=-1)


def _rescued(rows: np.ndarray, crowd: np.ndarray, words: np.ndarray) -> Told:
    gain = np.log(crowd / words)
    best = np.argsort(-gain, kind="stable")[:OFFERED]
    return [
        (int(rows[n]), f"what was hidden stands typically at {crowd[n]:,.0f} by WALS and at {words[n]:,.0f} by words")
        for n in best
        if gain[n] > 0
    ]


def _first(rows: np.ndarray, value: np.ndarray, told: str, sign: int = 1) -> Told:
    """The people of the smallest values."""
    best = np.argsort(value, kind="stable")[: min(OFFERED, int(np.isfinite(value).sum()))]
    return [(int(rows[n]), told.format(sign * value[n])) for n in best]
