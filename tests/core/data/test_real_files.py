"""Published rating files load without a single choice, and their counts come out exactly."""

import csv
import io
import os
from pathlib import Path

import pytest

from textrec_core.data import intake, mapping, tables

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("TEXTREC_DATA", ROOT.parent / "shared" / "data"))


def read(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not there; set TEXTREC_DATA to the folder with the published files")
    return tables.read(path.read_bytes(), path.name)


def load(did, about):
    guessed = mapping.guess(did, about)
    return guessed, *intake.build("real", did, about, guessed)


def rows_of(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not there; set TEXTREC_DATA to the folder with the published files")
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


@pytest.mark.parametrize(("about", "spoken"), [("movies.csv", 9_125), ("texts.csv.gz", 6_251)])
def test_small_movielens_counts_come_out_exactly(about, spoken):
    guessed, data, account = load(read("ml-latest-small/ratings.csv"), read(f"ml-latest-small/{about}"))
    assert (guessed.user, guessed.item, guessed.weight, guessed.time) == ("userId", "movieId", "rating", "timestamp")
    assert (guessed.item_id, guessed.title) == ("movieId", "title")
    assert (data.users.size, data.items.size, data.interactions) == (671, 9_125, 100_004)
    assert account.counts["items chosen by somebody"] == 9_066
    assert account.counts["items with a text of their own"] == spoken
    assert set(data.matrix.data) == {1.0}
    assert any("each counts 1" in note for note in account.notes)
    assert account.faulty.empty


def test_large_movielens_counts_come_out_exactly():
    guessed, data, account = load(read("ml-1m/interactions.csv.gz"), read("ml-1m/items.csv.gz"))
    assert guessed.text == ("text",)
    assert (data.users.size, account.counts["items chosen by somebody"], data.interactions) == (6_040, 3_414, 999_594)
    assert account.counts["items with a text of their own"] == 2_705
    assert int(data.times.min()) > 900_000_000


def test_games_counts_come_out_exactly():
    _, data, account = load(read("games/interactions.csv.gz"), read("games/items.csv.gz"))
    assert account.counts["interaction rows kept"] == 453_637
    assert (data.users.size, data.items.size) == (50_597, 16_874)
    assert int(data.matrix.data.sum()) == 453_637


def test_the_hundred_thousand_layout_loads_like_the_table_it_was_written_from():
    ratings, films = rows_of("ml-latest-small/ratings.csv"), rows_of("ml-latest-small/movies.csv")
    u_data = "".join(
        "\t".join([user, item, str(int(float(value) + 0.5)), time]) + "\n" for user, item, value, time in ratings
    )
    flags = "|".join(["0"] * 18 + ["1"])
    u_item = "".join(
        f"{item}|{title.replace('|', ' ')}|01-Jan-1995||http://example.invalid/{item}|{flags}\n"
        for item, title, _ in films
    )
    guessed, data, _ = load(
        tables.read(u_data.encode(), "u.data"), tables.read(u_item.encode("latin-1", "replace"), "u.item")
    )
    assert (guessed.item_id, guessed.title) == ("movieId", "title")
    assert (data.users.size, data.items.size, data.interactions) == (671, 9_125, 100_004)
    assert set(data.matrix.data) == {1.0}
    assert data.titles[0] == "Toy Story (1995)"
    assert "Western" in data.attributes


def test_the_double_colon_layout_loads_like_the_table_it_was_written_from():
    ratings, films = rows_of("ml-latest-small/ratings.csv"), rows_of("ml-latest-small/movies.csv")
    did = "".join("::".join(row) + "\n" for row in ratings)
    about = "".join("::".join(row) + "\n" for row in films)
    tables_read = (
        tables.read(did.encode(), "ratings.dat"),
        tables.read(about.encode("latin-1", "replace"), "movies.dat"),
    )
    guessed, data, _ = load(*tables_read)
    assert guessed.title == "title"
    assert (data.users.size, data.items.size, data.interactions) == (671, 9_125, 100_004)
    plain = load(read("ml-latest-small/ratings.csv"), read("ml-latest-small/movies.csv"))[1]
    assert (data.matrix != plain.matrix).nnz == 0
    assert (data.times == plain.times).all()


def test_a_table_of_people_beside_them_is_no_reason_to_stumble():
    stream = io.StringIO()
    csv.writer(stream).writerows([["userId", "age", "gender"], ["1", "24", "M"], ["2", "53", "F"]])
    table = tables.read(stream.getvalue().encode(), "users.csv")
    assert list(table.frame.columns) == ["userId", "age", "gender"]
