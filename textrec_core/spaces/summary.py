"""Comparisons in, tables of them with floor and ceiling out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from textrec_core.spaces.agreement import Agreement
from textrec_core.spaces.slices import Slice
from textrec_core.spaces.whole import Whole

COLUMNS = ("Measure", "Words and people", "By chance", "WALS, other seeds", "lowest", "highest")


class Measure(NamedTuple):
    """What words and people share by one measure, between what chance gives and what the model shares with itself."""

    name: str
    value: float
    chance: float
    ceiling: float | None
    lowest: float | None
    highest: float | None


def measures(compared: Agreement, alike: Whole, ceilings: Sequence[tuple[Agreement, Whole]] = ()) -> list[Measure]:
    """Every measure; the ceiling is the mean over the same model's other seeds, with the lowest and highest of them."""
    columns = [_values(*each) for each in ceilings]
    rows = []
    for place, (name, value, chance) in enumerate(_floors(compared, alike)):
        tops = [column[place] for column in columns]
        limits = (float(np.mean(tops)), min(tops), max(tops)) if tops else (None, None, None)
        rows.append(Measure(name, value, chance, *limits))
    return rows


def as_table(rows: Sequence[Measure]) -> pd.DataFrame:
    """The measures with readable column names."""
    return pd.DataFrame(rows).set_axis(list(COLUMNS), axis="columns")


def _floors(compared: Agreement, alike: Whole) -> list[tuple[str, float, float]]:
    return [
        ("Shared neighbours", compared.mean, compared.chance),
        ("Jaccard", _mean(compared.jaccard), compared.jaccard_chance),
        ("Rank-biased overlap", _mean(compared.ranked), compared.ranked_chance),
        ("Linear CKA", alike.cka.value, alike.cka.chance),
        ("Procrustes residual (low is alike)", alike.residual.value, alike.residual.chance),
    ]


def _values(compared: Agreement, alike: Whole) -> list[float]:
    return [value for _, value, _ in _floors(compared, alike)]


def sliced(found: Sequence[Slice]) -> pd.DataFrame:
    """Slices with readable column names; the last two hold the mean of such items 95 % of the time."""
    rows = [(one.name, one.items, one.mean, one.low, one.high) for one in found]
    return pd.DataFrame(rows, columns=["Slice", "Items", "Agreement", "from", "to (95 %)"])


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(values))
