"""The bars of a waterfall chain from zero to the score, whatever the shares are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrec_core.figures.shares import TOTAL, bars

VALUES = st.lists(st.floats(-1e3, 1e3).filter(lambda value: abs(value) > 1e-6), max_size=12)


@given(VALUES)
def test_each_bar_begins_where_the_last_ended_and_all_lie_within_the_picture(values):
    drawn, zero = bars(["x"] * len(values), values, sum(values))
    *parts, score = drawn
    assert [bar.start for bar in parts] == [zero, *(bar.end for bar in parts)][: len(parts)]
    assert score.start == zero
    assert score.end == pytest.approx(parts[-1].end if parts else zero, abs=1e-9)
    assert all(-1e-9 <= edge <= 1 + 1e-9 for bar in drawn for edge in (bar.start, bar.end))


@given(VALUES)
def test_widths_are_to_each_other_as_the_shares_are(values):
    drawn, _zero = bars(["x"] * len(values), values, sum(values))
    for one, value in zip(drawn, values, strict=False):
        assert (one.end - one.start) * values[0] == pytest.approx((drawn[0].end - drawn[0].start) * value, abs=1e-6)
        assert one.kind == ("more" if value > 0 else "less")


def test_past_choices_of_the_same_name_keep_bars_of_their_own():
    drawn, _zero = bars(["Twin", "Twin", "the score"], [0.2, 0.1, 0.05], 0.35)
    assert [bar.label for bar in drawn] == ["Twin", "Twin", "the score", TOTAL]
    assert [bar.told for bar in drawn] == ["+0.200", "+0.100", "+0.050", "0.350"]


def test_nothing_at_all_is_drawn_without_a_fault():
    drawn, zero = bars(["x"], [0.0], 0.0)
    assert zero == 0
    assert [bar.start for bar in drawn] == [bar.end for bar in drawn] == [0, 0]
