"""Models side by side on what was hidden from them: a dataset and parameters in, measured rows out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import random_per_person
from textrec_core.errors import DataError
from textrec_core.evaluate.intervals import Interval, bootstrap
from textrec_core.evaluate.metrics import hits, ndcg, recall, relevant
from textrec_core.fingerprint import fingerprint
from textrec_core.models import wals
from textrec_core.models.baselines import Popularity
from textrec_core.models.content import TextProfile
from textrec_core.models.scorer import Scorer
from textrec_core.params import check_limits, tunable
from textrec_core.people.recommend import everyone
from textrec_core.spaces.space import Space

RECALL_K = 20
MOST_PEOPLE = 10_000


@dataclass(frozen=True)
class BoardParams:
    """What a person may tune."""

    k: int = tunable(10, 1, 100, "How many items of each list are judged.")
    hidden_share: float = tunable(0.2, 0.05, 0.5, "Which share of each person's items is hidden from training.")
    split_seed: int = tunable(0, 0, 2**31 - 1, "Which items are hidden; another seed hides others.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True)
class Row:
    """One model's measurement, and its paired difference to the best model."""

    model: str
    ndcg: Interval
    recall: Interval
    behind: Interval

    @property
    def distinguishable(self) -> bool:
        """Whether the difference to the best is more than chance among these people."""
        return not self.behind.low <= 0 <= self.behind.high


@dataclass(frozen=True, eq=False)
class Board:
    """Rows from best to worst, and what they were measured on."""

    rows: tuple[Row, ...]
    protocol: str
    people: int
    fingerprint: str


def name_of(dataset: Dataset, params: wals.WalsParams, how: BoardParams, text: Space | None) -> str:
    """The fingerprint a board of this data with these parameters will carry."""
    return fingerprint("board/1", dataset.fingerprint, params, how, text.fingerprint if text else None)


def measure(
    dataset: Dataset, params: wals.WalsParams, how: BoardParams, text: Space | None,
    on_progress: Callable[[float, str], None] | None = None,
) -> Board:  # fmt: skip
    """Hide some items of each person, train on the rest, and see how high the hidden ones are ranked."""
    split = random_per_person(dataset, how.hidden_share, how.split_seed)
    people = split.people
    if people.size == 0:
        raise DataError("Nobody has enough items to hide any.", "Measuring needs people with at least 3 items each.")
    if people.size > MOST_PEOPLE:
        people = np.sort(np.random.default_rng(how.split_seed).choice(people, MOST_PEOPLE, replace=False))
    train = split.train
    scorers: list[Scorer] = [Popularity(train)]
    if text is not None:
        scorers.append(TextProfile(train, text))
    fit = wals.fit(train, params, (lambda share, words: on_progress(0.8 * share, words)) if on_progress else None)
    scorers.append(wals.scorer(train, fit))
    count = relevant(split.held_out, people)
    found = {
        scorer.name: hits(everyone(train, scorer, max(how.k, RECALL_K), people)[0], split.held_out, people)
        for scorer in scorers
    }
    gains = {name: ndcg(hit, count, how.k) for name, hit in found.items()}
    best = max(gains, key=lambda name: float(gains[name].mean()))
    rows = [
        Row(name, bootstrap(gains[name]), bootstrap(recall(hit, count, RECALL_K)), bootstrap(gains[name] - gains[best]))
        for name, hit in found.items()
    ]
    rows.sort(key=lambda row: -row.ndcg.mean)
    protocol = f"{split.kind}, seed {split.seed}; all other unseen items ranked"
    return Board(tuple(rows), protocol, int(people.size), name_of(dataset, params, how, text))
