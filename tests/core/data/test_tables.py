"""One table, however it is written: the same cells come out, and nothing is lost on the way."""

import csv
import gzip
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.data import bad_inputs, written
from textrec_core.data import tables
from textrec_core.data.tables import Reading
from textrec_core.errors import DataError
from textrec_core.limits import Limits

WORDS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd\ufeff"),
    min_size=1,
    max_size=20,
)


def cells_of(table):
    return table.frame.to_numpy(object).tolist()


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=30), st.sampled_from([",", ";", "\t", "|"]))
@settings(max_examples=150, deadline=None)
def test_every_cell_written_is_read_as_it_was_written(rows, delimiter):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("user", "item", "title"), *rows])
    table = tables.read(stream.getvalue().encode(), "t", how=Reading(header=True, delimiter=delimiter, wide=False))
    assert cells_of(table) == [list(row) for row in rows]
    assert table.frame.dtypes.map(str).eq("str").all()


ROWS = [["a", "x", "5"], ["b", "ü", "4"], ["007", "1e5", "NA"]]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
@pytest.mark.parametrize("packed", [False, True], ids=["bare", "gzip"])
def test_the_encoding_leaves_no_trace_in_the_cells(encoding, packed):
    data = "\n".join(",".join(row) for row in [["user", "item", "rating"], *ROWS]).encode(encoding)
    assert cells_of(tables.read(gzip.compress(data) if packed else data, "t")) == ROWS


@pytest.mark.parametrize(("data", "header"), [
    (b"user,item\na,x\nb,y\n", True),
    (b"a,x,5\nb,y,4\n", False),
    (b"1,2,3\n4,5,6\n", False),
    (b"Person,Buch\nanna,effi briest\nbert,faust\n", True),
    (b"who,what,mark\na,x,5\nb,y,4\n", True),
    (b"a,x\na,y\nb,x\n", False),
    (b"u18,B057\nu12,B049\nu7,B001\n", False),
    ("Schüler 018,Buch 3\nSchüler 012,Buch 7\n".encode(), False),
    (b"col1,col2\nu18,B057\nu12,B049\n", True),
    (b"reader,Q1\nanna,Q7\nbert,Q2\n", True),
    (b"a man with a hard hat is dancing on it,a man\na child rides,a child\n", False),
])  # fmt: skip
def test_the_first_row_is_a_header_only_where_it_reads_like_one(data, header):
    table = tables.read(data, "t")
    assert (table.first_row == 2) is header
    assert len(table.frame) == data.count(b"\n") - header


@pytest.mark.parametrize("header", [True, False])
def test_a_stated_header_overrules_the_guess(header):
    table = tables.read(b"user,item\na,x\nb,y\n", "t", how=Reading(header=header))
    assert len(table.frame) == 3 - header


def test_stated_delimiter_and_encoding_overrule_the_guess():
    assert tables.read(b"a,1;b\nc,2;d\n", "t", how=Reading(delimiter=";", header=False)).frame.iloc[0].tolist() == [
        "a,1",
        "b",
    ]
    assert (
        tables.read("ключ,x\nдом,y\n".encode("koi8_r"), "t", how=Reading(encoding="koi8_r")).frame.iloc[-1, 0] == "дом"
    )


@pytest.mark.parametrize(
    "how", [Reading(encoding="utf-99"), Reading(delimiter="ab"), Reading(member="none.csv")], ids=str
)
def test_a_statement_that_cannot_hold_is_refused(how):
    data = written.archive(a_dot_csv=bad_inputs.GOOD) if how.member else bad_inputs.GOOD
    with pytest.raises(DataError):
        tables.read(data, "t", how=how)


def test_a_named_member_or_sheet_is_the_one_read():
    packed = written.archive(a_dot_csv=bad_inputs.GOOD, b_dot_csv=bad_inputs.ITEMS)
    assert list(tables.read(packed, "t", how=Reading(member="b.csv")).frame.columns) == ["item", "title", "text"]
    book = written.workbook(
        {"one": [["user", "item"], ["a", "x"]], "two": [["item", "title"], ["x", "Ex"], ["y", "Why"]]}
    )
    assert list(tables.read(book, "t", how=Reading(member="two")).frame.columns) == ["item", "title"]


def test_row_numbers_are_those_of_the_file_also_around_faulty_rows():
    data = written.many(300, "odd,one", "z,z,1")
    table = tables.read(data, "t")
    lines = data.decode().splitlines()
    assert table.faulty["row"].tolist() == [302]
    assert lines[301] == "odd,one"
    for place in (0, 150, 300):
        assert ",".join(table.frame.iloc[place]) == lines[table.row_numbers[place] - 1]


@given(st.lists(st.booleans(), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_rows_read_and_rows_set_aside_are_all_rows(odd):
    rows = [f"u{n},i{n},1" for n in range(1_500)]
    for place, is_odd in enumerate(odd):
        rows[place * 97] = "only,two" if is_odd else "u,i,1"
    table = tables.read(written.did(*rows), "t")
    assert table.faulty["row"].tolist() == [place * 97 + 2 for place, is_odd in enumerate(odd) if is_odd]
    assert len(table.frame) + len(table.faulty) == len(rows)
    assert len(table.row_numbers) == len(table.frame)


@pytest.mark.parametrize(("limits", "words"), [
    (Limits(file_bytes=20), "MB"), (Limits(rows=3), "3 rows"), (Limits(columns=2), "columns"),
])  # fmt: skip
def test_a_table_beyond_a_limit_is_refused_with_the_limit(limits, words):
    with pytest.raises(DataError, match=words):
        tables.read(bad_inputs.GOOD, "t", limits)


def test_parquet_numbers_and_moments_become_text_without_loss():
    frame = pd.DataFrame(
        {
            "user": [2**53 + 1, 7],
            "item": [1.5, 12.0],
            "at": pd.to_datetime(["2020-02-29", "2021-01-01"]),
            "gone": [None, "x"],
        }
    )
    stream = io.BytesIO()
    frame.to_parquet(stream)
    first = tables.read(stream.getvalue(), "t").frame.iloc[0].tolist()
    assert first[0] == "9007199254740993"
    assert float(first[1]) == 1.5
    assert first[2].startswith("2020-02-29")
    assert first[3] == ""


def test_parquet_lists_are_joined_and_records_become_json():
    data = written.parquet(user=["a", "b"], tags=[["x", "y"], None], more=[{"n": 1, "s": "q"}, None])
    assert cells_of(tables.read(data, "t")) == [["a", "x|y", '{"n": 1, "s": "q"}'], ["b", "", ""]]


def test_no_cell_holds_a_nul():
    table = tables.read(written.many(100) + b"a\0b,x\0,5\n", "t")
    assert cells_of(table)[-1] == ["ab", "x", "5"]
    assert any("2 NUL bytes" in note for note in table.notes)


def test_a_matrix_gives_each_filled_cell_once():
    values = np.array([[0, 2, 0], [1, 0, 0], [0, 0, 3.5]])
    table = tables.read(written.npy(values), "t")
    assert [(int(u), int(i), float(w)) for u, i, w in cells_of(table)] == [(0, 1, 2.0), (1, 0, 1.0), (2, 2, 3.5)]


def test_a_wide_table_is_unpivoted_only_where_it_is_one():
    assert tables.read(b"user,x,y,z\na,5,4,\nb,3,,2\n", "t").kind == "wide"
    assert tables.read(b"user,item,rating,timestamp\na,1,5,1500000000\nb,2,4,1500000001\n", "t").kind == "csv"
    assert tables.read(b"item,year,price,pages\nx,1999,3,200\ny,2001,4,100\n", "t").kind == "csv"


def test_the_rows_of_a_wide_table_keep_their_numbers():
    table = tables.read(b"user,x,y,z\na,5,4,\nb,3,,2\n", "t")
    placed = {(user, item): row for (user, item, _), row in zip(cells_of(table), table.row_numbers, strict=True)}
    assert placed == {("a", "x"): 2, ("a", "y"): 2, ("b", "x"): 3, ("b", "z"): 3}
