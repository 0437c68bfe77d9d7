"""A split and parameters in, every model trained on its learning side out; what cannot take part is said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import Split, random_per_person
from textrec_core.errors import DataError
from textrec_core.evaluate.metrics import hits, ndcg, relevant
from textrec_core.fingerprint import fingerprint
from textrec_core.limits import LIMITS
from textrec_core.models import hybrid, item_item, wals
from textrec_core.models.baselines import Chance, Popularity, RecentPopularity
from textrec_core.models.content import TextProfile
from textrec_core.models.hybrid import Blend
from textrec_core.models.scorer import Scorer
from textrec_core.spaces.space import Space

Progress = Callable[[float, str], None]
# How long the lists are that a blend's weight is chosen by, and on how many people at most.
JUDGED, JUDGES = 10, 1_000


Train = Callable[[Dataset, wals.WalsParams, Progress], wals.Factors]


@dataclass(frozen=True, eq=False)
class Contest:
    """``rounds[0]`` are all models; each further round only those that another random start changes."""

    rounds: tuple[tuple[Scorer, ...], ...]
    notes: tuple[str, ...]


def contestants(
    split: Split, params: wals.WalsParams, text: Space | None, on_progress: Progress | None = None,
    starts: int = 1, train: Train | None = None, only: tuple[str, ...] = (),
) -> Contest:  # fmt: skip
    """Every model that can take part, WALS from so many random starts, and why others cannot; ``train`` makes the WALS fits."""
    shown, learned = split.shown, split.train
    if split.candidates is not None:
        if text is None:
            raise DataError("Items that no fit has seen can only be ranked by their texts, and there are none.", "Choose another split, or load item texts.")  # fmt: skip
        return Contest(((TextProfile(shown, text), Chance(shown)),), ("Models that learn from choices know nothing of new items and are left out.",))  # fmt: skip
    notes: list[str] = []
    tell = on_progress or (lambda _share, _words: None)
    scorers: list[Scorer] = [Popularity(learned), Chance(shown)]
    if learned.times is not None:
        scorers.append(RecentPopularity(learned))
    if text is not None:
        scorers.append(TextProfile(shown, text))
    crowds = []

    def heard(number: int) -> Progress:
        return lambda share, words: tell(min(0.4, 0.4 * (number + share) / starts), f"WALS: {words}")

    for number in range(starts):
        seeded = replace(params, seed=(params.seed + number) % 2**31)
        fit = (train or wals.fit)(learned, seeded, heard(number))
        crowds.append(wals.scorer(learned, fit) if shown is learned else wals.folded(shown, fit))
    scorers.append(crowds[0])
    blended = not only or any(" + " in name for name in only)
    if blended or "Item-kNN" in only:
        tell(0.4, "item-kNN")
        near = item_item.knn(learned, item_item.KnnParams())
        scorers.append(item_item.scorer(shown, near))
    if blended or "EASE" in only:
        try:
            item_item.check_ease(learned.items.size)
            tell(0.5, "EASE")
            scorers.append(item_item.scorer(shown, item_item.ease(learned, item_item.EaseParams())))
        except DataError as problem:
            notes.append(f"{problem.problem} {problem.hint}")
    by_name: dict[str, Scorer] = {scorer.name: scorer for scorer in scorers}
    rounds: list[list[Scorer]] = [scorers, *([cast(Scorer, crowd)] for crowd in crowds[1:])]
    if blended:
        tell(0.6, "choosing how to blend")
        chosen = weigh(learned, params, text, lambda share, words: tell(0.6 + 0.2 * share, words))
        for several, crowd in zip(rounds, crowds, strict=True):
            several += blends(shown, {**by_name, crowd.name: crowd}, chosen)
        for (first, second), weight in chosen.values.items():
            told = f"{second} counts {weight:.0%} beside {first}"
            notes.append(f"{first} + {second}: {told}, chosen on interactions held back from training.")
    kept = [tuple(scorer for scorer in several if not only or scorer.name in only) for several in rounds]
    return Contest(tuple(several for several in kept if several), tuple(notes))


@dataclass(frozen=True, eq=False)
class Weights:
    """How much the second of two models counts beside the first, by both names; the first may be a blend itself."""

    values: Mapping[tuple[str, str], float]
    fingerprint: str


def blends(shown: Dataset, known: Mapping[str, Scorer], weights: Weights) -> list[Blend]:
    """Every blend whose models are known; a later one may stand on an earlier one."""
    found: dict[str, Blend] = {}
    for (first, second), weight in weights.values.items():
        all_ = {**known, **found}
        if first in all_ and second in all_:
            blend = Blend(shown, all_[first], all_[second], weight)
            found[blend.name] = blend
    return list(found.values())


def weights_name(train: Dataset, params: wals.WalsParams, text: Space | None) -> str:
    """The fingerprint that the weights of this data with these parameters will carry."""
    return fingerprint("weights/2", train.fingerprint, params, text.fingerprint if text else None)


def weigh(
    train: Dataset, params: wals.WalsParams, text: Space | None, on_progress: Progress | None = None
) -> Weights:  # fmt: skip
    """The best weight of words and of an item-to-item model beside WALS, then of words beside both where both count.

    They are chosen by lists of models that never saw a second part held back.
    """
    name = weights_name(train, params, text)
    inner = random_per_person(train, 0.2, 1)
    judges = inner.people
    if judges.size == 0:
        return Weights({}, name)
    if judges.size > JUDGES:
        judges = np.sort(np.random.default_rng(0).choice(judges, JUDGES, replace=False))
    crowd: Scorer = wals.scorer(inner.train, wals.fit(inner.train, params, on_progress))
    if inner.train.items.size > LIMITS.dense_items:
        partner = item_item.scorer(inner.train, item_item.knn(inner.train, item_item.KnnParams()))
    else:
        partner = item_item.scorer(inner.train, item_item.ease(inner.train, item_item.EaseParams()))
    values: dict[tuple[str, str], float] = {}

    def add(first: Scorer, second: Scorer) -> Blend:
        values[first.name, second.name] = best_weight(inner, first, second, judges)
        return Blend(inner.train, first, second, values[first.name, second.name])

    both = add(crowd, partner)
    if text is not None:
        words = TextProfile(inner.train, text)
        add(crowd, words)
        if both.weight > 0:
            add(both, words)
    return Weights(values, name)


def best_weight(split: Split, first: Scorer, second: Scorer, judges: np.ndarray) -> float:
    """The smallest weight of ``second`` within one standard error of the one whose lists serve these people best.

    The best of many weights is partly luck, and luck does not carry over to other people (Breiman's one-error rule).
    """
    gains = np.zeros((len(hybrid.WEIGHTS), judges.size))
    step = max(1, 4_000_000 // split.train.items.size)
    for start in range(0, judges.size, step):
        rows = judges[start : start + step]
        one, other = (hybrid.standardised(scorer.scores(rows)).astype(np.float32) for scorer in (first, second))
        seen = split.train.matrix[rows].tocoo()
        width = min(JUDGED, one.shape[1])
        for place, weight in enumerate(hybrid.WEIGHTS):
            scores = np.float32(1 - weight) * one + np.float32(weight) * other
            scores[seen.coords] = -np.inf
            best = np.argpartition(-scores, width - 1, axis=1)[:, :width]
            best = np.take_along_axis(best, np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1), axis=1)
            gains[place, start : start + step] = ndcg(
                hits(best, split.held_out, rows), relevant(split.held_out, rows), JUDGED
            )
    short = gains[gains.mean(axis=1).argmax()] - gains
    error = short.std(axis=1) / np.sqrt(judges.size)
    return hybrid.WEIGHTS[int((short.mean(axis=1) <= error).argmax())]
