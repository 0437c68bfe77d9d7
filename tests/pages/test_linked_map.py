"""What a browser may say about a selection, and what the linked maps make of it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.shared import cached
from pages.shared.linked_map import component
from pages.shared.linked_map.assets import DRAWN_URL, PLOTLY_URL, drawn_route, plotly_route
from pages.shared.linked_map.component import Items, Numbers, Picture, linked_map, picked_rows, trace
from pages.shared.linked_map.drawings import Drawings

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def heard(rows: object, count: int = 10, **other: object) -> list[int] | None:
    event = {"rows": rows, "maps": "these", "asked": "this", "said": [], **other}
    return picked_rows(event, "these", "this", [1], count)


def test_a_selection_comes_back_in_the_order_it_was_made():
    assert heard([7, 0, 9]) == [7, 0, 9]
    assert heard([]) == []


@pytest.mark.parametrize(
    "rows",
    [
        [10], [-1], [3, 3], ["3"], [3.0], [True], [None], [[1]], [10**30], [float("nan")], "12", {"0": 1}, None, 3,
        list(range(11)), [0] * 1_000_000,
    ],
)  # fmt: skip
def test_malformed_rows_are_no_selection(rows):
    assert heard(rows) is None


@given(ANYTHING, ANYTHING, ANYTHING)
def test_whatever_a_browser_sends_only_unique_rows_in_range_pass(event, rows, said):
    for sent in (event, {"rows": rows, "maps": "these", "asked": "this", "said": said}):
        picked = picked_rows(sent, "these", "this", [1], 5)
        assert picked is None or (
            len(set(picked)) == len(picked) and all(type(row) is int and 0 <= row < 5 for row in picked)
        )


def test_an_answer_to_other_maps_or_another_wish_does_not_count():
    assert heard([1], maps="those") is None
    assert heard([1], asked="that") is None


def test_a_wish_that_the_browser_uttered_itself_does_not_undo_the_latest_choice():
    assert heard([4, 5], asked="before", said=[trace([8]), trace([1])]) == [4, 5]
    assert heard([4, 5], asked="before", said=[trace([8])]) is None
    assert heard([4, 5], asked="before", said=[trace([1])] * 1_000) is None


@given(st.lists(st.integers(0, 60_000), unique=True, min_size=2))
def test_the_name_of_a_selection_knows_its_order(rows):
    assert trace(rows) != trace(rows[::-1])
    assert 0 <= trace(rows) < 2**32


def drawing(count: int = 4, **other: object) -> dict[str, object]:
    places = np.zeros((count, 2), np.float32)
    items = {
        "titles": [f"title {row}" for row in range(count)],
        "snippets": [""] * count,
        "colours": ["a"] * count,
        "sizes": np.ones(count),
        **other,
    }
    left, right = Picture("words", places, ""), Picture("behaviour", places, "")
    drawn = Items(**items)
    return {**component._payload(left, right, drawn), **component._look(drawn, left, right)}


def test_the_twelve_most_frequent_categories_keep_their_name():
    names = [f"{code:02}" for code in range(20) for _times in range(20 - code)]
    colours = drawing(len(names), colours=names)["colours"]
    assert colours["names"] == [*(f"{code:02}" for code in range(12)), "other"]
    assert colours["other"] == 12


def test_sizes_that_are_absent_negative_or_endless_still_give_a_point():
    for sizes in ([0, 0, 0, 0], [1, np.nan, -3, np.inf]):
        pixels = component._pixels(np.array(sizes, float))
        assert ((pixels >= 3) & (pixels <= 20)).all()


def test_long_titles_are_cut_before_they_travel():
    assert [len(title) for title in drawing(titles=["x" * 3_000, "y", "z" * 80, ""])["titles"]] == [80, 1, 80, 0]


@pytest.mark.parametrize(
    "faulty",
    [
        {"snippets": [""]},
        {"sizes": np.ones(3)},
        {"colours": ["a"]},
        {"colours": Numbers(np.ones(3), "")},
        {"titles": ["a"]},
    ],
)
def test_arrays_of_different_length_are_refused(faulty):
    with pytest.raises(ValueError):
        drawing(**faulty)


def test_more_points_than_can_be_drawn_are_refused():
    with pytest.raises(ValueError, match="sample"):
        drawing(100_001)


def test_what_stands_beside_the_items_is_not_counted_among_them():
    picture = Picture("", np.zeros((3, 2), np.float32), "")
    drawn = Items(["one", "two", "a taste"], [""] * 3, ["x"] * 3, np.ones(3), beside=1)
    assert component._payload(picture, picture, drawn)["counted"] == 2


def maps_page() -> None:
    import numpy as np
    import streamlit as st

    from pages.shared.linked_map.component import Items, Picture, linked_map

    picture = Picture("a map", np.array([[0, 1], [1, 0], [np.nan, np.nan]], np.float32), "drawn for a test")
    items = Items(["one", "two", "<b>"], ["", "", ""], ["x", "y", "x"], np.ones(3), {"history": [1]})
    st.text(linked_map(picture, picture, items, st.session_state.get("wanted", []), "maps"))


def test_without_a_browser_the_program_s_wish_is_the_selection():
    page = AppTest.from_function(maps_page, default_timeout=30).run()
    assert not page.exception
    assert page.text[0].value == "[]"
    page.session_state["wanted"] = np.array([2, 0, 2])
    assert page.run().text[0].value == "[2, 0]"


def test_a_wish_outside_the_items_is_a_bug_of_the_page():
    places = np.zeros((1, 2), np.float32)
    items = Items(["one"], [""], ["x"], np.ones(1))
    with pytest.raises(ValueError, match="selected rows"):
        linked_map(Picture("", places, ""), Picture("", places, ""), items, [1], "maps")


def sent(monkeypatch: pytest.MonkeyPatch, colours: list[str], snippet: str, selected: list[int]) -> dict[str, object]:
    said: dict[str, object] = {}
    monkeypatch.setattr(component, "_mount", lambda data, **_other: said.update(data) or {})
    places = np.zeros((500, 2), np.float32)
    items = Items([f"title {row}" for row in range(500)], [snippet] * 500, colours, np.ones(500))
    linked_map(Picture("", places, ""), Picture("", places, ""), items, selected, "maps")
    return said


def test_a_run_sends_names_and_the_rest_is_fetched_by_them_once(monkeypatch):
    first = sent(monkeypatch, ["a"] * 500, "story", [])
    assert len(json.dumps(first)) < 1_000
    client = TestClient(Starlette(routes=[drawn_route()]))
    known, painted = (client.get(DRAWN_URL + str(first[kind])).json() for kind in ("known", "painted"))
    assert known["titles"][7] == "title 7"
    assert painted["colours"]["names"] == ["a"]
    assert client.get(DRAWN_URL + "0" * 20).status_code == 404
    again = sent(monkeypatch, ["a"] * 500, "story", [3])
    assert [again[kind] for kind in ("maps", "known", "painted")] == [
        first[kind] for kind in ("maps", "known", "painted")
    ]
    assert again["asked"] != first["asked"]
    recoloured = sent(monkeypatch, ["b"] * 500, "story", [3])
    assert (recoloured["known"], recoloured["maps"]) == (first["known"], first["maps"])
    assert recoloured["painted"] != first["painted"]
    retold = sent(monkeypatch, ["a"] * 500, "another story", [3])
    assert (retold["painted"], retold["maps"]) == (first["painted"], first["maps"])
    assert retold["known"] != first["known"]
    assert cached.drawings().of(str(first["known"])) is not None


def test_what_was_drawn_long_ago_is_forgotten_and_the_latest_pair_never():
    held = Drawings(most=100)
    for name in "abcd":
        held.hold(name, lambda: b"x" * 40)
    assert [held.of(name) is None for name in "abcd"] == [True, True, False, False]
    held.hold("c", lambda: b"made again")
    assert held.of("c") == b"x" * 40
    held.hold("e", lambda: b"x" * 40)
    assert held.of("d") is None
    held.hold("f", lambda: b"x" * 4_000)
    assert held.of("e") is not None
    assert held.of("f") is not None
    held.hold("g", lambda: b"")
    assert held.of("e") is None


def test_the_route_serves_the_library_of_the_wheel_and_nothing_else():
    client = TestClient(Starlette(routes=[plotly_route()]))
    answer = client.get(PLOTLY_URL)
    assert answer.status_code == 200
    assert "plotly.js v" in answer.text[:200]
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/textrec/../component.py").status_code == 404
