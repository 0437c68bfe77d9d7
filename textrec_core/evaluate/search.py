"""Axes in, one configuration after another out: every combination, or each chosen by what the earlier ones gave (Optuna's TPE)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from textrec_core.models.wals import WalsParams
from textrec_core.params import Tunable, check_limits, declared, tunable

# The sweeps after which a configuration may be given up.
CHECKED = (2, 4)
# So many run to the end before one may be given up.
FIRST = 4
# A range wider than this is searched by its logarithm.
WIDE = 8.0


@dataclass(frozen=True)
class SearchParams:
    """What a person may tune."""

    method: str = tunable(
        "grid",
        meaning="grid tries every combination of the values; tpe takes them as ends of ranges and lets Optuna choose each next one by what the earlier ones gave.",
        choices=("grid", "tpe"),
    )
    trials: int = tunable(24, 2, 500, "How many configurations tpe tries; a grid has as many as it has.")
    prune: bool = tunable(
        False, meaning="Give up a configuration whose lists are in the worse half after 2 or 4 of its sweeps."
    )
    search_seed: int = tunable(0, 0, 2**31 - 1, "In which order configurations are tried.")

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True)
class Course:
    """Whether a configuration, by its value after a sweep, is to be given up."""

    worse: Callable[[int, float], bool]


NEVER = Course(lambda _sweep, _value: False)


def known() -> dict[str, Tunable]:
    """What can be varied, by name."""
    return {entry.name: entry for entry in declared(WalsParams)}


def ends(axes: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The smallest and the largest of each axis of numbers; all of one of words."""
    found, entries = {}, known()
    for name, written in axes.items():
        entry = entries.get(name)
        if entry is None or entry.choices or len(written) < 2:
            found[name] = written
        else:
            ordered = sorted(written, key=entry.read)
            found[name] = (ordered[0], ordered[-1])
    return found


def spread(base: WalsParams, axes: Mapping[str, tuple[str, ...]], search: SearchParams) -> list[WalsParams]:
    """As many configurations as will be tried, spread over the ranges: what an estimate of the cost goes by."""
    rng, made = np.random.default_rng(search.search_seed), []
    for _ in range(search.trials):
        chosen: dict[str, Any] = {}
        for name, written in axes.items():
            entry = known()[name]
            values: list[Any] = [entry.read(words) for words in written]
            if entry.choices or len(values) == 1:
                chosen[name] = values[rng.integers(len(values))]
            else:
                low, high = min(values), max(values)
                drawn = float(np.exp(rng.uniform(np.log(low), np.log(high))) if low > 0 else rng.uniform(low, high))
                chosen[name] = round(drawn) if entry.kind is int else drawn
        made.append(replace(base, **chosen))
    return made


class Search:
    """Ask for a configuration, tell what it was worth; the same plan asks in the same order."""

    def __init__(self, base: WalsParams, axes: Mapping[str, tuple[str, ...]], search: SearchParams) -> None:
        # Imported here because only the worker searches.
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._base, self._prune, self._drawn, self._optuna = base, search.prune, search.method == "tpe", optuna
        values = {name: [known()[name].read(words) for words in written] for name, written in axes.items()}
        self._ranges = {name: self._range(known()[name], several) for name, several in values.items()}
        pruner = optuna.pruners.MedianPruner(n_startup_trials=FIRST)
        sampler = optuna.samplers.TPESampler(seed=search.search_seed)
        self._study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
        # A grid is shuffled, so that a sweep which is looked at half way has cells from everywhere.
        grid = [dict(zip(values, one, strict=True)) for one in product(*values.values())]
        order: Any = np.random.default_rng(search.search_seed).permutation(len(grid)) if search.method == "grid" else []
        self._queued = [grid[place] for place in order]
        self._trial: Any = None

    def _range(self, entry: Tunable, values: list[Any]) -> Any:
        distributions = self._optuna.distributions
        low, high = (min(values), max(values)) if not entry.choices else (0, 0)
        if entry.choices or low == high:
            return distributions.CategoricalDistribution(tuple(dict.fromkeys(values)))
        wide = low > 0 and high / low > WIDE
        kind = distributions.IntDistribution if entry.kind is int else distributions.FloatDistribution
        return kind(low, high, log=wide)

    def ask(self) -> tuple[WalsParams, Course]:
        """The next configuration, and what may end it early."""
        if self._queued:
            self._study.enqueue_trial(self._queued.pop(0))
        self._trial = self._study.ask(self._ranges)
        self._reported: set[int] = set()
        chosen: dict[str, Any] = dict(self._trial.params)
        for name, value in chosen.items():
            # Three digits, as a person would write down what a machine chose.
            if self._drawn and isinstance(value, float):
                chosen[name] = float(f"{value:.3g}")
        return replace(self._base, **chosen), Course(self._worse) if self._prune else NEVER

    def _worse(self, sweep: int, value: float) -> bool:
        self._trial.report(value, sweep)
        self._reported.add(sweep)
        return bool(self._trial.should_prune())

    def tell(self, course: tuple[float, ...], value: float, stopped: int) -> None:
        """What came of the configuration asked for last."""
        states = self._optuna.trial.TrialState
        for sweep, early in zip(CHECKED, course, strict=False):
            if sweep not in self._reported:
                self._trial.report(early, sweep)
        if stopped and course:
            self._study.tell(self._trial, state=states.PRUNED)
        elif np.isnan(value):
            self._study.tell(self._trial, state=states.FAIL)
        else:
            self._study.tell(self._trial, value)


def begin(base: WalsParams, axes: Mapping[str, tuple[str, ...]], search: SearchParams) -> Search:
    """A search over these axes."""
    return Search(base, axes, search)
