"""Items hidden from every fit and ranked by their texts alone: how far do words carry, for which items, for whom?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import Split, new_items
from textrec_core.errors import DataError
from textrec_core.evaluate.board import Row, compared
from textrec_core.evaluate.intervals import Interval, together
from textrec_core.evaluate.judged import MOST_PEOPLE
from textrec_core.evaluate.metrics import hits, ndcg, relevant
from textrec_core.fingerprint import fingerprint
from textrec_core.models import projector, wals
from textrec_core.models.baselines import Chance
from textrec_core.models.content import TextProfile
from textrec_core.models.projector import WITH_WORDS
from textrec_core.models.regressions import METHODS
from textrec_core.params import check_limits, tunable
from textrec_core.people import newcomer
from textrec_core.ranking import largest
from textrec_core.spaces.space import Space
from textrec_core.text import wording
from textrec_core.text.encoder import sentences

Progress = Callable[[float, str], None]
RANDOM, ORACLE, ANSWERS, PROFILE = "Random", "Popularity oracle", "WALS that saw the answers", "text profile"
# The shares of the teaching items that the learning curve is drawn through.
SHARES = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


@dataclass(frozen=True)
class HiddenParams:
    """What a person may tune."""

    listed: int = tunable(10, 1, 100, "How many of the hidden items each judged list holds.")
    share: float = tunable(0.2, 0.05, 0.5, "Which share of the items is hidden from every fit.")
    seed: int = tunable(0, 0, 2**31 - 1, "Which items are hidden; another seed hides others.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True)
class Point:
    """What ridge from the first space and from words reaches when this many items teach it."""

    items: int
    value: Interval


@dataclass(frozen=True)
class Part:
    """Some of the hidden items, and how well each model finds their audience."""

    name: str
    items: int
    values: tuple[Interval, ...]


@dataclass(frozen=True, eq=False)
class Hidden:
    """``gains[p, m]`` is the NDCG of model m's list for person p; ``found[n, m]`` is how well m finds the audience of
    the hidden item ``items[n]``: the share of pairs, one person who chose it and one who did not, in which the model
    gives it more to the first, each person's scores taken from their own mean and spread, and half of their appetite
    added. NaN where nobody chose it or no words tell of it. The oracle says the same of everybody, so that it finds by
    appetite alone.

    ``popularity`` and ``lengths`` of the hidden items are what the whole data say of them.
    """

    models: tuple[str, ...]
    gains: np.ndarray
    found: np.ndarray
    items: np.ndarray
    popularity: np.ndarray
    lengths: np.ndarray
    curve: tuple[Point, ...]
    listed: int
    protocol: str
    fingerprint: str

    @property
    def people(self) -> int:
        """How many people the numbers speak of."""
        return len(self.gains)

    def rows(self) -> tuple[Row, ...]:
        """Models from best to worst."""
        return compared(self.models, self.gains)

    def parts(self, by: str, count: int = 4) -> tuple[Part, ...]:
        """The hidden items in about equal groups by ``popularity`` or ``lengths``, from least to most."""
        values = getattr(self, by)
        known = np.isfinite(self.found).all(axis=1)
        if not known.any():
            return ()
        edges = np.unique(np.quantile(values[known], np.linspace(0, 1, count + 1)[1:-1], method="lower"))
        place = np.searchsorted(edges, values, side="left")
        parts = []
        for number in range(edges.size + 1):
            inside = known & (place == number)
            if inside.any():
                low, high = int(values[inside].min()), int(values[inside].max())
                name = f"{low:,}" if low == high else f"{low:,} to {high:,}"
                parts.append(Part(name, int(inside.sum()), tuple(together(self.found[inside]))))
        return tuple(parts)


def name_of(dataset: Dataset, params: wals.WalsParams, how: HiddenParams, spaces: Sequence[Space]) -> str:
    """The fingerprint that this measurement will carry."""
    return fingerprint("hidden/4", dataset.fingerprint, params, how, [space.fingerprint for space in spaces])


def measure(
    dataset: Dataset, params: wals.WalsParams, how: HiddenParams, spaces: Sequence[Space],
    on_progress: Progress | None = None,
) -> Hidden:  # fmt: skip
    """Hide items, fit without them, rank them by their texts; beside it what knows nothing and what knows too much."""
    if not spaces:
        raise ValueError("nothing to rank by")
    tell = on_progress or (lambda _share, _words: None)
    split, people = judged(dataset, how)
    fit = wals.fit(split.train, params, lambda share, words: tell(0.2 * share, f"WALS without the hidden items: {words}"))  # fmt: skip
    knowing = wals.fit(dataset, params, lambda share, words: tell(0.2 + 0.2 * share, f"WALS with them: {words}"))
    hidden = split.candidates
    assert hidden is not None
    names, scores = [RANDOM, ORACLE], [Chance(split.shown).scores(people)[:, hidden]]
    scores.append(np.broadcast_to(dataset.popularity[hidden].astype(float), (people.size, hidden.size)))
    steps = len(spaces) * (len(METHODS) + 1)
    words = wording.learn(sentences(dataset)).rows
    for number, space in enumerate(spaces):
        names.append(f"{space.name}, {PROFILE}")
        scores.append(TextProfile(split.shown, space).scores(people)[:, hidden])
        for place, method in enumerate((WITH_WORDS, *METHODS)):
            tell(0.4 + 0.4 * (number * (len(METHODS) + 1) + place) / steps, f"{method} from {space.name}")
            taught, read = (words, words[hidden]) if method == WITH_WORDS else (None, None)
            learned = projector.learn(space, fit, method=method, words=taught)
            names.append(f"{space.name}, {method}")
            scores.append(learned.scores(space.vectors[hidden], fit, people, read))
    names.append(ANSWERS)
    scores.append(knowing.users[people] @ knowing.items[hidden].T)
    gains = np.stack([gain(split, people, one, how.listed) for one in scores], axis=1)
    held = split.held_out[people][:, hidden].toarray() > 0
    appetites = newcomer.appetite(split.train, people)
    found = np.stack([audience(one, held, appetites) for one in scores], axis=1)
    # Of an item without words all are told the same, and what remains of its scores is each person's own scale.
    found[~np.all([space.known[hidden] for space in spaces], axis=0)] = np.nan
    curve = learning(split, people, fit, spaces[0], words, how, lambda share, words: tell(0.8 + 0.2 * share, words))
    return Hidden(
        tuple(names), gains, found, hidden, dataset.popularity[hidden],
        np.array([len(text) for text in dataset.texts])[hidden], curve, how.listed,
        f"{split.kind}, seed {split.seed}", name_of(dataset, params, how, spaces),
    )  # fmt: skip


def judged(dataset: Dataset, how: HiddenParams) -> tuple[Split, np.ndarray]:
    """The split, and the people with anything hidden: all, or as many as can be measured."""
    split = new_items(dataset, how.share, how.seed)
    people = split.people
    if people.size == 0 or split.train.interactions == 0:
        raise DataError(
            "Hiding items leaves nothing to measure.", "Measuring needs more items that people have chosen."
        )
    if people.size > MOST_PEOPLE:
        people = np.sort(np.random.default_rng(how.seed).choice(people, MOST_PEOPLE, replace=False))
    return split, people


def gain(split: Split, people: np.ndarray, scores: np.ndarray, listed: int) -> np.ndarray:
    """NDCG of every person's list of the hidden items; ``scores`` has a row a person, a column a hidden item."""
    assert split.candidates is not None
    lists = split.candidates[largest(np.asarray(scores, np.float32), min(listed, scores.shape[1]))[0]]
    return ndcg(hits(lists, split.held_out, people), relevant(split.held_out, people), listed)


def audience(scores: np.ndarray, chose: np.ndarray, appetites: np.ndarray) -> np.ndarray:
    """For every column, the chance that who chose it stands above who did not, in the order of an audience."""
    scores = np.asarray(scores, float)
    spread = scores.std(axis=1, keepdims=True)
    above = np.divide(scores - scores.mean(axis=1, keepdims=True), spread, out=np.zeros_like(scores), where=spread > 0)
    likely = newcomer.likeliness(above, appetites)
    return np.array([auc(likely[:, n], chose[:, n]) for n in range(scores.shape[1])])


def auc(scores: np.ndarray, chosen: np.ndarray) -> float:
    """The share of pairs of one chosen and one other that the scores put in order; equals count half, NaN without pairs."""
    wanted = int(chosen.sum())
    others = chosen.size - wanted
    if not wanted or not others:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[chosen].sum() - wanted * (wanted + 1) / 2) / (wanted * others))


def learning(
    split: Split,
    people: np.ndarray,
    fit: wals.Factors,
    space: Space,
    words: csr_matrix,
    how: HiddenParams,
    tell: Progress,
) -> tuple[Point, ...]:
    """The ridge of one space, taught by more and more of the items that the fit knows."""
    assert split.candidates is not None
    rows = projector.teachers(space, fit)
    order = np.random.default_rng(how.seed).permutation(rows)
    counts = sorted({max(projector.FEWEST, round(share * rows.size)) for share in SHARES})
    points = []
    for place, count in enumerate(counts):
        tell(place / len(counts), f"ridge taught by {count:,} items")
        among = np.isin(np.arange(len(fit.items)), order[:count])
        learned = projector.learn(space, fit, among, words=words)
        scores = learned.scores(space.vectors[split.candidates], fit, people, words[split.candidates])
        points.append(Point(count, together(gain(split, people, scores, how.listed)[:, None])[0]))
    return tuple(points)
