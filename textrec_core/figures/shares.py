"""The shares of a score in, the bars of a waterfall out: each begins where the last one ended."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textrec_core.figures.literal import plain

TOTAL = "the score"


@dataclass(frozen=True)
class Bar:
    """One bar; ``start`` and ``end`` are shares of the picture's width."""

    label: str
    told: str
    exact: str
    start: float
    end: float
    kind: str


def bars(labels: Sequence[str], values: Sequence[float], total: float) -> tuple[list[Bar], float]:
    """A bar for each share and one for the score, and where zero lies."""
    ends = np.cumsum([0.0, *values])
    low, high = min(float(ends.min()), total), max(float(ends.max()), total)
    wide = high - low or 1.0
    drawn = [
        Bar(
            plain(label), f"{value:+.3f}", f"{value:+.5f}", (start - low) / wide, (end - low) / wide,
            "more" if value >= 0 else "less",
        )
        for label, value, start, end in zip(labels, values, ends[:-1], ends[1:], strict=True)
    ]  # fmt: skip
    zero = -low / wide
    return [*drawn, Bar(TOTAL, f"{total:.3f}", f"{total:.5f}", zero, (total - low) / wide, "sum")], zero
