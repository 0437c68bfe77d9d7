"""A few configurations in, how they do on items that chose none of them out."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.data.split import SPLITS
from textrec_core.errors import DataError
from textrec_core.evaluate import recorded, search, sweep
from textrec_core.evaluate.board import BoardParams
from textrec_core.evaluate.intervals import Interval, over_starts
from textrec_core.evaluate.judged import judges
from textrec_core.evaluate.ledger import Ledger
from textrec_core.fingerprint import fingerprint
from textrec_core.models.wals import WalsParams

# On how many other splits, each with another random start, a choice is confirmed.
ROUNDS = 3


@dataclass(frozen=True)
class Confirmed:
    """A few configurations on items that chose none of them, against the first; over other splits and random starts."""

    params: tuple[WalsParams, ...]
    values: tuple[Interval, ...]
    behind: tuple[Interval, ...]
    rounds: int


def confirm(
    dataset: Dataset,
    several: tuple[WalsParams, ...],
    how: BoardParams,
    path: Path,
    on_progress: sweep.Progress | None = None,
) -> Confirmed:
    """The best of many is partly luck: these configurations again, on other hidden items and from other random starts."""
    ledger, tables = Ledger(path), []
    for turn in range(1, ROUNDS + 1):
        other = replace(how, split_seed=(how.split_seed + turn) % 2**31)
        split = SPLITS[other.split](dataset, other.hidden_share, other.split_seed)
        people, columns = judges(split), []
        for number, params in enumerate(several):
            if on_progress:
                on_progress(((turn - 1) * len(several) + number) / (ROUNDS * len(several)), f"split {turn} of {ROUNDS}")
            seeded = replace(params, seed=(params.seed + turn) % 2**31)
            run = ledger.of(recorded.key_of(dataset, seeded, other))
            if run is None or run.judged is None:
                run = sweep.measure(dataset, split, people, seeded, other, ledger, search.NEVER)
            if run.judged is None:
                raise DataError(
                    "Training did not settle for one of the configurations.", "Vary alpha and regularization less."
                )
            columns.append(run.values("NDCG", how.k))
        values = np.stack(columns, axis=1)
        tables.append(np.hstack([values, values - values[:, [0]]]))
    intervals = over_starts(tables)
    count = len(several)
    return Confirmed(several, tuple(intervals[:count]), tuple(intervals[count:]), ROUNDS)


def name_of(dataset: Dataset, several: tuple[WalsParams, ...], how: BoardParams) -> str:
    """The fingerprint of such a confirmation."""
    return fingerprint("confirm/2", dataset.fingerprint, several, how)
