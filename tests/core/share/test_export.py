"""A cell that a spreadsheet would run arrives as text; every other cell as it was."""

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrec_core.share.export import csv_bytes, csv_literal


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "  =1+1", "\u00a0=1", "＝1+1"]
)
def test_what_could_run_gets_an_apostrophe(cell):
    assert csv_literal(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["plain", "", "-5", "+3.5", "a=b", "user@example.invalid", 7, -1.5, None])
def test_what_cannot_run_stays_as_it_is(cell):
    assert csv_literal(cell) == cell


@given(st.text(max_size=20))
def test_no_cell_ever_starts_a_formula(cell):
    shown = csv_literal(cell)
    assert shown.lstrip(" ")[:1] not in set("=@\t\r") | (
        set() if shown.strip(" +-.").isascii() and shown.strip(" +-.").replace(".", "").isdigit() else set("+-")
    )


def test_the_file_opens_with_a_mark_and_reads_back():
    frame = pd.DataFrame({"=name": ["a,b", 'say "x"', "line\nend"], "n": [1, 2, 3]})
    data = csv_bytes(frame)
    assert data.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(data), encoding="utf-8-sig")
    assert list(back.columns) == ["'=name", "n"]
    assert back["'=name"].tolist() == ["a,b", 'say "x"', "line\nend"]
