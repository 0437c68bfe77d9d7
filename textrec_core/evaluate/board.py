"""Models side by side on what was hidden from them: a dataset and parameters in, measured rows out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS
from textrec_core.evaluate.contest import Train, contestants
from textrec_core.evaluate.intervals import Interval, detectable, over_starts
from textrec_core.evaluate.judged import BEYOND, DEPTH, LENGTHS, Judged, about, groups, judge, judges
from textrec_core.evaluate.metrics import ACCURACY, relevant
from textrec_core.fingerprint import fingerprint
from textrec_core.models import wals
from textrec_core.params import check_limits, tunable
from textrec_core.spaces.space import Space


@dataclass(frozen=True)
class BoardParams:
    """What a person may tune."""

    k: int = tunable(10, 1, DEPTH, "How many items of each list are judged.")
    split: str = tunable(
        "random",
        meaning="What is hidden: some of each person's items, each one's last, all after a date, some people, some items.",
        choices=tuple(SPLITS),
    )
    hidden_share: float = tunable(
        0.2, 0.05, 0.5, "Which share is hidden from training; the split by last item needs none."
    )
    split_seed: int = tunable(0, 0, 2**31 - 1, "Which are hidden; another seed hides others.")
    starts: int = tunable(3, 1, 10, "From how many random starts WALS is trained; intervals then cover the start too.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True)
class Row:
    """One model's measurement, and its paired difference to the best model."""

    model: str
    value: Interval
    behind: Interval
    detectable: float

    @property
    def distinguishable(self) -> bool:
        """Whether the difference to the best is more than chance among these people."""
        return not self.behind.holds_zero


def compared(models: Sequence[str], values: np.ndarray) -> tuple[Row, ...]:
    """Models from best to worst by one value a person (rows) and model (columns), each against the best.

    A table for each random start may stand in front; the intervals then cover the start too.
    """
    values = values if values.ndim == 3 else values[None]
    best = int(values.mean(axis=(0, 1)).argmax()) if values.shape[1] else 0
    behind = values - values[:, :, [best]]
    intervals = over_starts([np.hstack(pair) for pair in zip(values, behind, strict=True)])
    rows = [
        Row(model, intervals[n], intervals[len(models) + n], detectable(intervals[len(models) + n]))
        for n, model in enumerate(models)
    ]
    return tuple(sorted(rows, key=lambda row: -row.value.mean))


@dataclass(frozen=True, eq=False)
class Board:
    """Every model's hits place by place, from which any metric at any k follows without another fit.

    ``found[r, p, n]`` says whether item n of a list for person p was hidden, ``r = which[s, m]`` being model m from
    random start s; ``beyond[m, b, l]`` is what ``BEYOND[b]`` comes to in lists of ``LENGTHS[l]``; ``about`` describes the people.
    """

    models: tuple[str, ...]
    found: np.ndarray
    which: np.ndarray
    hidden: np.ndarray
    beyond: np.ndarray
    about: Mapping[str, np.ndarray]
    protocol: str
    notes: tuple[str, ...]
    fingerprint: str

    @property
    def people(self) -> int:
        """How many people the numbers speak of."""
        return self.hidden.size

    @property
    def starts(self) -> int:
        """From how many random starts the models that have one were trained."""
        return len(self.which)

    def values(self, metric: str, k: int) -> np.ndarray:
        """One row a person, one column a model; where there are several starts, their mean."""
        return np.asarray(self._by_start(metric, k).mean(axis=0))

    def _by_start(self, metric: str, k: int) -> np.ndarray:
        made = np.stack([ACCURACY[metric](found, self.hidden, k) for found in self.found])
        return np.asarray(made[self.which].transpose(0, 2, 1))

    def spread(self, metric: str, k: int) -> dict[str, float]:
        """How far each model's mean moves from one random start to another: the standard deviation; 0 where none plays a part."""
        means = self._by_start(metric, k).mean(axis=1)
        moved = means.std(axis=0, ddof=1) if self.starts > 1 else np.zeros(len(self.models))
        return dict(zip(self.models, moved.tolist(), strict=True))

    def rows(self, metric: str = "NDCG", k: int = 10, only: np.ndarray | None = None) -> tuple[Row, ...]:
        """Models from best to worst, for all people or ``only`` some; the intervals cover people and random starts."""
        values = self._by_start(metric, k)
        return compared(self.models, values if only is None else values[:, only])

    def curve(self, metric: str) -> np.ndarray:
        """The metric's mean for each model (rows) and list length (columns, as ``LENGTHS``)."""
        if metric in BEYOND:
            return self.beyond[:, BEYOND.index(metric)]
        return np.stack([self.values(metric, k).mean(axis=0) for k in LENGTHS], axis=1)

    def slices(self, by: str) -> list[tuple[str, np.ndarray]]:
        """People in groups by what ``about`` says of them: what the group is, and who is in it."""
        return groups(self.about[by])


def name_of(dataset: Dataset, params: wals.WalsParams, how: BoardParams, text: Space | None) -> str:
    """The fingerprint a board of this data with these parameters will carry; k is free to move afterwards."""
    free = replace(how, k=BoardParams().k)
    return fingerprint("board/4", dataset.fingerprint, params, free, text.fingerprint if text else None)


def measure(
    dataset: Dataset, params: wals.WalsParams, how: BoardParams, text: Space | None,
    on_progress: Callable[[float, str], None] | None = None, train: Train | None = None, only: tuple[str, ...] = (),
) -> Board:  # fmt: skip
    """Hide some interactions, train every model (or ``only`` some) on the rest, and see how high the hidden ones are ranked."""
    split = SPLITS[how.split](dataset, how.hidden_share, how.split_seed)
    people = judges(split)
    contest = contestants(split, params, text, on_progress, how.starts, train, only)
    models = tuple(scorer.name for scorer in contest.rounds[0])
    made: list[Judged] = []
    which = np.tile(np.arange(len(models)), (len(contest.rounds), 1))
    every = sum(map(len, contest.rounds))
    for number, scorers in enumerate(contest.rounds):
        for scorer in scorers:
            if on_progress:
                on_progress(0.85 + 0.15 * len(made) / every, f"lists of {scorer.name}")
            which[number, models.index(scorer.name)] = len(made)
            made.append(judge(split, scorer, people, text))
    ranked = "those items" if split.candidates is not None else "all other unseen items"
    return Board(
        models=models,
        found=np.stack([one.found for one in made]),
        which=which,
        hidden=relevant(split.held_out, people),
        beyond=np.stack([one.beyond for one in made])[which].mean(axis=0),
        about=about(split, people),
        protocol=f"{split.kind}, seed {split.seed}; {ranked} ranked",
        notes=contest.notes,
        fingerprint=name_of(dataset, params, how, text)
        if not only
        else fingerprint(name_of(dataset, params, how, text), only),
    )
