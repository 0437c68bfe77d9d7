"""Comparisons in, tables of them with floor and ceiling out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from textrec_core.spaces.agreement import Agreement
from textrec_core.spaces.slices import Slice
from textrec_core.spaces.whole import Whole

COLUMNS = ("Measure", "Words and people", "By chance", "WALS, other seed")


def measures(
    compared: Agreement, alike: Whole, ceiling: tuple[Agreement, Whole] | None = None
) -> list[tuple[str, float, float, float | None]]:
    """Every measure: its name, its value, what chance gives, and what the same model from another seed gives."""
    limit, whole = ceiling or (None, None)
    return [
        ("Shared neighbours", compared.mean, compared.chance, limit.mean if limit else None),
        ("Jaccard", _mean(compared.jaccard), compared.jaccard_chance, _mean(limit.jaccard) if limit else None),
        ("Rank-biased overlap", _mean(compared.ranked), compared.ranked_chance, _mean(limit.ranked) if limit else None),
        ("Linear CKA", alike.cka.value, alike.cka.chance, whole.cka.value if whole else None),
        (
            "Procrustes residual (low is alike)",
            alike.residual.value,
            alike.residual.chance,
            whole.residual.value if whole else None,
        ),
    ]


def as_table(rows: Sequence[tuple[str, float, float, float | None]]) -> pd.DataFrame:
    """The measures with readable column names."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def sliced(found: Sequence[Slice]) -> pd.DataFrame:
    """Slices with readable column names; the last two hold the mean of such items 95 % of the time."""
    rows = [(one.name, one.items, one.mean, one.low, one.high) for one in found]
    return pd.DataFrame(rows, columns=["Slice", "Items", "Agreement", "from", "to (95 %)"])


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(values))
