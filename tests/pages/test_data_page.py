"""The Data page: two files become the data in use; a broken one is said in words and changes nothing."""

import gc
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import cached
from pages.shared.uploads import Uploads, Visit
from tests.core.data import written
from tests.pages.visit import ROOT, shop, until, visit, waiting, words_of
from textrec_core.data import templates
from textrec_core.data.tables import Reading
from textrec_core.limits import LIMITS
from textrec_core.work.jobs import Job

BROKEN = {
    "an empty file": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "one column": b"user\nAda\nBram\n",
    "only a header": b"user,item,weight\n",
    "an unclosed quote": b'user,item\n"Ada,lamp\nBram,desk\nChloe,chair\n',
    "no positive weight": b"user,item,weight\nAda,lamp,0\nBram,desk,0\n",
}
RATED = b"user,item,rating\n" + b"".join(b"p%d,t%d,%d\n" % (n % 9, n * 5 % 7, 1 + n % 5) for n in range(60))


def settled(at: AppTest) -> AppTest:
    return until(at, lambda seen: not waiting(seen))


def upload(at: AppTest, kind: str, name: str, content: bytes) -> AppTest:
    at.file_uploader(key=f"{kind}-0").set_value((name, content, "text/csv"))
    return settled(at)


def pressed(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click()
    return settled(at)


def test_two_files_become_the_data_in_use() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", templates.INTERACTIONS.encode())
    upload(at, "items", "about.csv", templates.ITEMS.encode())
    assert not at.error
    pressed(at, "Use this data")
    assert "did.csv and about.csv" in words_of(at).replace("\\", "")
    assert "3 people · 3 items · 4 interactions" in words_of(at)
    assert "These data are in use" in words_of(at)


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_said_in_words_and_the_earlier_data_stay(content: bytes) -> None:
    at = visit("prepare/data")
    before = at.caption[0].value
    upload(at, "interactions", "broken.csv", content)
    assert at.error
    assert "Traceback" not in words_of(at)
    assert "have not changed" in words_of(at)
    assert at.caption[0].value == before
    assert not any(button.label == "Use this data" for button in at.button)


def test_a_wrong_guess_can_be_corrected_and_stays_so_on_the_way_back() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", b"a,b,c\nx1,p1,1\nx2,p1,1\nx1,p2,1\nx3,p2,1\nx3,p3,1\n")
    role(at, "Person").set_value("b")
    role(at, "Item").set_value("a")
    settled(at)
    pressed(at, "Use this data")
    at.switch_page("pages/explore/person.py")
    until(at, lambda seen: not waiting(seen) and any("p1" in box.options for box in seen.selectbox))
    at.switch_page("pages/prepare/data.py")
    settled(at)
    assert role(at, "Person").value == "b"
    assert "These data are in use" in words_of(at)


def test_a_column_picked_for_one_role_leaves_the_other() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", b"user,item,rating\na,x,1\na,y,5\nb,x,4\n")
    role(at, "Person").set_value("item")
    settled(at)
    assert (role(at, "Person").value, role(at, "Item").value) == ("item", "user")
    role(at, "Item").set_value("rating")
    settled(at)
    assert (role(at, "Item").value, role(at, "Weight").value) == ("rating", None)
    assert not at.error


def role(at: AppTest, name: str):
    return next(box for box in at.selectbox if box.label == name)


def test_every_guess_says_why_and_twenty_rows_are_shown_with_their_numbers() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", RATED)
    assert "its name says so" in words_of(at)
    shown = next(frame.value for frame in at.dataframe if "rating" in frame.value.columns)
    assert len(shown) == 20
    assert shown["row"].tolist() == list(range(2, 22))


def test_the_effect_of_a_threshold_is_shown_before_it_is_used() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", RATED)
    table = next(
        frame.value for frame in at.dataframe if list(frame.value.columns) == ["from", "rows", "people", "items"]
    )
    assert table["rows"].tolist() == [60, 48, 36, 24, 12]
    role(at, "What rating says").set_value("threshold")
    settled(at)
    assert "24 rows count" in words_of(at)
    at.select_slider[0].set_value(5.0)
    settled(at)
    assert "12 rows count" in words_of(at)
    assert "interaction rows kept" in words_of(at) or any(
        12 in frame.value.get("how many", []).tolist() for frame in at.dataframe if "how many" in frame.value.columns
    )


def test_a_repair_shows_its_effect_is_applied_by_one_click_and_undone_by_another() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", b"user,item\nAda,x\nada,y\nBob,x\nBob,y\n")
    assert "people 3 → 2" in words_of(at).replace("\\", "")
    assert "4 choices of 3 people" in words_of(at)
    pressed(at, "Apply")
    assert "4 choices of 2 people" in words_of(at)
    pressed(at, "Undo")
    assert "4 choices of 3 people" in words_of(at)


def test_the_doctor_finds_the_mend_where_no_id_matches_and_applies_it() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", written.did("a,1,5", "b,2,4", "b,3,4"))
    upload(at, "items", "about.csv", b"item,title\n01,One\n02,Two\n03,Three\n")
    assert "is found in about.csv" in words_of(at).replace("\\", "")
    pressed(at, "Apply")
    assert not at.error
    assert [metric.value for metric in at.metric] == ["3", "0", "0"]


def test_the_doctor_finds_another_column_and_applies_it() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", b"user,item,code\na,1,x\nb,2,y\nc,3,z\n")
    upload(at, "items", "about.csv", b"item,title\nx,One\ny,Two\nz,Three\n")
    role(at, "Item").set_value("item")
    settled(at)
    assert at.error
    assert "'code'" in words_of(at)
    pressed(at, "Apply")
    assert not at.error
    assert role(at, "Item").value == "code"


def test_an_ambiguous_file_offers_the_choices_that_lead_on() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", b"user,item,rating\na,x,-5\na,y,5\nb,x,3\nb,y,-1\n")
    assert any("below zero" in error.value for error in at.error)
    assert "Choices that lead on" in words_of(at)
    pressed(at, "Apply")
    assert not at.error
    assert any(button.label == "Use this data" for button in at.button)


def test_another_way_of_reading_can_be_chosen() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", b"a,b\nc,d\ne,d\n")
    role(at, "Column names").set_value("the first row names the columns")
    settled(at)
    assert "2 rows, 2 columns" in words_of(at)
    role(at, "Column names").set_value("the first row is data")
    settled(at)
    assert "3 rows, 2 columns" in words_of(at)


def test_a_table_is_chosen_from_an_archive_of_two() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "both.zip", written.named_archive({"one.csv": RATED, "two.csv": b"a,b\n1,2\n"}))
    assert any("2 files" in error.value for error in at.error)
    role(at, "It holds several tables; read").set_value("one.csv")
    settled(at)
    assert not at.error
    assert "60 rows, 3 columns" in words_of(at)


def test_a_sample_of_what_is_too_large_is_one_click_away() -> None:
    at = visit("prepare/data")
    upload(
        at, "interactions", "did.csv", b"user,item\n" + b"".join(b"p%d,t%d\n" % (n % 100, n % 7) for n in range(2_000))
    )
    mine = cached.uploads().visit(at.session_state["visitor"])
    mine.files["interactions"] = replace(mine.files["interactions"], limits=replace(LIMITS, rows=600))
    settled(at)
    assert any("GB of memory" in error.value for error in at.error)
    pressed(at, next(button.label for button in at.button if button.label.endswith("of the people")))
    assert not at.error
    assert "A sample was read" in words_of(at)


def test_rows_set_aside_are_listed_with_their_numbers() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", RATED + b"p1,t1,five\n,t1,3\n")
    aside = next(frame.value for frame in at.dataframe if "reason" in frame.value.columns)
    assert aside["row"].tolist() == [62, 63]
    labels = {button.label for button in at.get("download_button")}
    assert {"The whole report as CSV", "The rows set aside as CSV"} <= labels


def test_the_limits_and_an_example_are_shown_before_anything_is_brought() -> None:
    at = visit("prepare/data")
    assert "200 MB a file" in words_of(at)
    assert "20,000,000 rows" in words_of(at)
    assert sum("Reading lamp" in frame.value.to_csv() for frame in at.dataframe) == 1
    assert {button.label for button in at.get("download_button")} == {"Download interactions.csv", "Download items.csv"}


def test_another_sample_becomes_the_data_in_use() -> None:
    at = visit("prepare/data")
    at.selectbox(key="sample").set_value("films-small")
    at.run()
    pressed(at, "Use this sample")
    assert at.query_params["data"] in ("films-small", ["films-small"])


def test_a_file_that_is_removed_is_gone_with_everything_made_of_it() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", RATED)
    mine = cached.uploads().visit(at.session_state["visitor"])
    path = mine.files["interactions"].path
    assert path.read_bytes() == RATED
    pressed(at, "Remove")
    assert not path.exists()
    assert not mine.jobs


def test_a_visit_that_is_loaded_again_lives_as_long_as_its_last_session() -> None:
    holder = Uploads()
    before, after = holder.lease("somebody"), holder.lease("somebody")
    holder.put("somebody", shop())
    del before
    gc.collect()
    assert holder.of("somebody") is not None
    del after
    gc.collect()
    assert holder.of("somebody") is None


def test_under_weights_stands_what_was_decided_of_their_values_and_not_how_the_names_were_found() -> None:
    at = visit("prepare/data")
    rows = "".join(f"p{n % 9};b{n % 7};{1 + n % 3}\n" for n in range(40))
    upload(at, "interactions", "did.csv", f"Nutzer;Buch;Anzahl\n{rows}".encode())
    until(at, lambda seen: any(head.value == "Weights" for head in seen.header))
    assert any(text.value.startswith("'Anzahl' holds") for text in at.text)
    assert not any("The first row names the columns" in text.value for text in at.text)


def test_a_page_that_is_loaded_again_reads_a_file_as_it_was_read_before() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", RATED)
    mine = cached.uploads().visit(at.session_state["visitor"])
    mine.read_as("interactions", Reading(header=False, delimiter=","))
    again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for key in ("visitor", "lease", "address"):
        again.session_state[key] = at.session_state[key]
    again.switch_page("pages/prepare/data.py")
    until(again, lambda seen: any(box.label == "Column names" for box in seen.selectbox))
    assert mine.files["interactions"].how == Reading(header=False, delimiter=",")


def test_what_a_visit_brought_ends_with_its_lease() -> None:
    holder = Uploads()
    lease = holder.lease("somebody")
    holder.visit("somebody").put("interactions", "../../did.csv", b"user,item\n")
    path: Path = holder.visit("somebody").files["interactions"].path
    assert path.is_file()
    assert path.name == "interactions-1"
    del lease
    gc.collect()
    assert not path.parent.exists()
    assert holder.of("somebody") is None


def test_the_end_of_a_session_is_noticed_even_while_another_visit_is_looked_up() -> None:
    holder = Uploads()
    holder.visit("gone")

    def noticed() -> None:
        # What a collection of garbage does when it falls into a look-up.
        with holder._lock:
            holder.forget("gone")

    looking = threading.Thread(target=noticed, daemon=True)
    looking.start()
    looking.join(5)
    assert not looking.is_alive()


def test_the_longest_unused_visit_goes_first_and_takes_its_files_along() -> None:
    holder = Uploads(kept=2)
    for name in ("one", "two"):
        holder.visit(name).put("items", "about.csv", b"x")
    # Somebody may still be looking at it.
    second = holder.visit("two")
    path = second.files["items"].path
    holder.visit("one")
    holder.visit("three")
    assert not path.exists()
    assert holder.visit("one").files


def test_a_new_file_brings_new_guesses() -> None:
    one = Visit()
    one.put("interactions", "did.csv", b"x")
    one.choose({"user": "a"}, one.repairs)
    one.keep("key", Job("key", "Reading", print, ()))
    one.put("interactions", "did.csv", b"y")
    assert (one.roles, list(one.jobs)) == ({}, [])
    one.end()
