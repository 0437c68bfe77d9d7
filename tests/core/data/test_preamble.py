"""Titles and comments above a table are skipped and said; data that only look like them are kept."""

import pytest

from textrec_core.data import tables

ROWS = b"user,item,rating\na,b,1\nc,d,2\n"


@pytest.mark.parametrize(
    ("above", "first"),
    [(b"# made by x, y\n# 2024\n", 4), (b"Report of ratings\n\n", 3), (b"Report,,\n", 3), (b"", 2)],
)
def test_what_stands_above_the_column_names_is_skipped_and_counted(above: bytes, first: int) -> None:
    table = tables.read(above + ROWS, "f")
    assert list(table.frame.columns) == ["user", "item", "rating"]
    assert table.row_numbers.tolist() == [first, first + 1]
    assert any("skipped" in note for note in table.notes) == bool(above)


def test_a_first_row_that_begins_like_a_comment_and_has_every_cell_is_data() -> None:
    table = tables.read(b"#1,lamp,3\n2,desk,4\n3,desk,4\n", "f")
    assert table.frame.iloc[0].tolist() == ["#1", "lamp", "3"]
