"""The table of agreement: each measure between its floor and what the same model's other seeds share."""

from dataclasses import replace

import numpy as np
import pytest

from textrec_core.models import wals
from textrec_core.spaces import summary, whole
from textrec_core.spaces.agreement import AgreementParams, agreement
from textrec_core.spaces.space import Space


@pytest.fixture(scope="module")
def spaces() -> list[Space]:
    """One space, and the same with more and more noise."""
    rng = np.random.default_rng(0)
    base = rng.normal(size=(60, 8))
    return [
        Space(f"s{n}", (base + 0.3 * n * rng.normal(size=base.shape)).astype(np.float32), f"s{n}") for n in range(4)
    ]


def test_the_ceiling_is_the_mean_of_the_other_seeds_between_the_lowest_and_the_highest(spaces):
    first, *others = spaces
    each = [(agreement(first, other, AgreementParams()), whole.compare(first, other)) for other in others]
    rows = summary.measures(*each[0], each)
    assert rows[0].ceiling == pytest.approx(np.mean([found.mean for found, _ in each]))
    assert rows[3].lowest == min(alike.cka.value for _, alike in each)
    assert rows[3].highest == max(alike.cka.value for _, alike in each)
    assert all(row.lowest < row.ceiling < row.highest for row in rows)


def test_without_other_seeds_nothing_stands_as_the_ceiling(spaces):
    found = agreement(*spaces[:2], AgreementParams()), whole.compare(*spaces[:2])
    assert {row[3:] for row in summary.measures(*found)} == {(None, None, None)}
    assert list(summary.as_table(summary.measures(*found)).columns) == list(summary.COLUMNS)


def test_other_starts_differ_in_their_seed_alone():
    params = wals.WalsParams(rank=7, seed=5)
    starts = wals.other_starts(params)
    assert len({start.seed for start in (params, *starts)}) == wals.OTHER_STARTS + 1
    assert {replace(start, seed=5) for start in starts} == {params}
    assert starts[0] == wals.reseeded(params)
