"""A new item: pasted, placed, offered to people, compared, kept; and everything odd said in words."""

import functools

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.visit import shop, until, visit, waiting, with_upload, words_of
from textrec_core.evaluate.newcomers import Met

PAGE = "explore/newcomer"
LAMP = "a red warm lamp for reading in the evening"
TOOL = "a cold blue tool for cutting"


def settled(at: AppTest) -> AppTest:
    return until(at, lambda seen: not waiting(seen))


@pytest.fixture
def at() -> AppTest:
    at = with_upload(PAGE, shop(people=60, things=60))
    at.session_state["address"] = {"data": "uploaded", "text.encoder": "lsa", "wals.rank": "8"}
    return settled(at)


def paste(at: AppTest, title: str, text: str, key: str = "new") -> AppTest:
    at.text_input(key=f"{key}_title").set_value(title)
    at.text_area(key=f"{key}_text").set_value(text)
    return settled(at)


def listed(at: AppTest, *columns: str):
    return next(frame.value for frame in at.dataframe if set(columns) <= set(frame.value.columns))


def test_a_visitor_is_told_what_to_do_and_can_try_a_real_item(at: AppTest) -> None:
    assert "Paste a title and a description" in words_of(at)
    at.button[0].click()
    settled(at)
    assert at.text_area(key="new_text").value
    assert "Who would like it" in words_of(at)


def test_blanks_are_no_paste(at: AppTest) -> None:
    assert "Paste a title and a description" in words_of(paste(at, "  ", " \n "))


def test_a_pasted_item_finds_those_who_like_its_kind_and_says_how_far_to_trust_it(at: AppTest) -> None:
    said = words_of(paste(at, "New lamp", LAMP))
    people = listed(at, "Person", "Place", "Because of")["Person"]
    assert np.mean([int(name[1:]) % 2 == 1 for name in people]) > 0.9
    assert "of pairs" in said
    assert "By activity alone it would be" in said
    assert "50% is chance" in said
    assert "half a say for how much they choose" in said
    assert "Near in words" in said
    assert "Near in behaviour" in said
    assert "Open p" in str([link.proto.label for link in at.get("page_link")])


def test_many_items_come_from_a_table_and_a_table_without_texts_is_said(at: AppTest) -> None:
    at.segmented_control(key="new_how").set_value("a table of items")
    settled(at)
    at.file_uploader(key="new_table").set_value(
        ("new.csv", f"title,text\nNew lamp,{LAMP}\nNew tool,{TOOL}\n".encode(), "text/csv")
    )
    settled(at)
    assert listed(at, "Title", "Likeliest people")["Title"].tolist() == ["New lamp", "New tool"]
    at.file_uploader(key="new_table").set_value(("alone.csv", f"text\n{LAMP}\n{TOOL}, and wood\n".encode(), "text/csv"))
    settled(at)
    assert listed(at, "Title", "Likeliest people")["Title"].tolist() == ["Row 1", "Row 2"]
    at.file_uploader(key="new_table").set_value(("bad.csv", b"a,b\n1,2\n3,4\n", "text/csv"))
    settled(at)
    assert "reads like descriptions" in words_of(at).replace("\\", "")


def test_ways_of_carrying_are_compared_on_request_beside_what_knows_nothing_and_what_knows_all(at: AppTest) -> None:
    paste(at, "New lamp", LAMP)
    next(button for button in at.button if button.label == "Compare ways of carrying").click()
    settled(at)
    models = " ".join(listed(at, "Way", "Range")["Way"])
    for name in (
        "ridge with words",
        "ridge",
        "knn",
        "mlp",
        "text profile",
        "Random",
        "Popularity oracle",
        "saw the answers",
    ):
        assert name in models
    for by in ("Characters of text", "People who chose it"):
        found = listed(at, by, "Found", "By activity")
        assert (found["Found"] > found["By activity"] + 10).all()


def test_the_link_opens_the_same_screen() -> None:
    about = {"data": "films-small", "text__encoder": "lsa"}
    at = paste(visit(PAGE, **about), "The Keeper", "A keeper of a lighthouse hears voices from the sea.")
    before = listed(at, "Person", "Place", "Because of")
    again = visit(PAGE, new_title="The Keeper", new_text=at.text_area(key="new_text").value, **about)
    assert listed(again, "Person", "Place", "Because of").equals(before)
    held = {key: value[0] if isinstance(value, list) else value for key, value in at.query_params.items()}
    assert held["new_title"] == "The Keeper"
    assert held["new_text"] == again.text_area(key="new_text").value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no description"),
        ("x" * 50_000, "50,000 characters"),
        ("這是一部關於海洋的電影", "finds nothing"),
        ("<script>window.__xss=1</script> ![x](http://e/x.png) $$y$$", None),
        ("<b>a red warm lamp</b> for [reading](http://x) | * _ ` $x$ lamp", None),
    ],
)
def test_whatever_is_pasted_is_answered_in_words(at: AppTest, text: str, said: str | None) -> None:
    told = words_of(paste(at, "<b>Odd</b> ![i](http://x)", text))
    assert said is None or said in told
    assert not at.exception


def test_two_wordings_say_which_finds_whom(at: AppTest) -> None:
    at.segmented_control(key="new_how").set_value("two wordings")
    settled(at)
    assert "Paste two descriptions" in words_of(at)
    at.text_input(key="new_title").set_value("One")
    settled(at)
    assert "no description" in words_of(at)
    assert at.text_area(key="other_text"), "a title alone leaves the other wording's boxes where they are"
    paste(at, "One", LAMP)
    paste(at, "One", TOOL, "other")
    found = listed(at, "Person", "Found by")
    assert {"A", "B"} <= set(found["Found by"])
    assert "Which finds whom" in words_of(at)


def test_what_is_the_same_for_every_paste_is_measured_once(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    paste(at, "One", LAMP)
    measured: list[Met] = []
    once = Met.effects
    counted = functools.wraps(once)(lambda met: measured.append(met) or once(met))
    monkeypatch.setattr(Met, "effects", counted)
    paste(at, "Two", TOOL)
    assert listed(at, "Person", "Because of") is not None
    assert not measured


def test_a_kept_item_stands_in_a_persons_list_marked_and_can_be_removed(at: AppTest) -> None:
    paste(at, "New lamp", LAMP)
    at.button(key="keep-new").click()
    settled(at)
    assert "Kept for this visit" in words_of(at)
    at.switch_page("pages/explore/person.py")
    at.query_params["user"] = "p1"
    at.query_params["k"] = "20"
    settled(at)
    table = listed(at, "Place", "New")
    row = int(np.flatnonzero(table["Title"] == "New lamp")[0])
    assert table["New"].tolist()[row] == "new"
    assert table["Place"].tolist() == list(range(1, len(table) + 1))
    at.selectbox(key="user").set_value("p2")
    at.slider(key="k").set_value(1)
    settled(at)
    assert "below this list: New lamp at" in words_of(at)
    at.switch_page(f"pages/{PAGE}.py")
    settled(at)
    at.button(key="drop-New lamp").click()
    settled(at)
    assert "Kept for this visit" not in words_of(at)


def test_data_without_texts_are_told_what_is_missing() -> None:
    at = with_upload(PAGE, shop(texts=False))
    assert "No item has a text" in words_of(settled(at))


def test_the_first_sample_meets_a_new_item() -> None:
    at = visit(PAGE)
    paste(
        at,
        "The Keeper",
        "A lonely keeper of a lighthouse on a rocky island hears voices from the sea in the long winter nights.",
    )
    assert len(listed(at, "Person", "Place", "Because of")) == 10
    assert "of pairs" in words_of(at)


def test_what_the_built_in_reads_badly_is_said_beside_the_answer() -> None:
    about = {"data": "films-small", "text__encoder": "built-in"}
    german = "Ein Wärter auf einer Insel hört in den langen Nächten Stimmen aus dem Meer und weiß nicht, ob er träumt oder ob es mit ihm spricht."
    at = paste(visit(PAGE, **about), "Der Wärter", german)
    assert "seems to be German; the built-in RoBERTa reads English" in words_of(at)
    assert len(listed(at, "Person", "Place")) == 10


def test_the_boxes_stand_there_before_anything_is_trained() -> None:
    at = with_upload("explore/item", shop(people=61, things=61))
    at.switch_page(f"pages/{PAGE}.py").run()
    assert waiting(at) or at.text_area
    assert at.text_area(key="new_text")
