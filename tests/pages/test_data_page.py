"""The Data page: two files become the data in use; a broken one is said in words and changes nothing."""

import io

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.visit import until, visit, waiting, words_of
from textrec_core.data import templates

BROKEN = {
    "an empty file": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "one column": b"user\nAda\nBram\n",
    "only a header": b"user,item,weight\n",
    "an unclosed quote": b'user,item\n"Ada,lamp\nBram,desk\nChloe,chair\n',
    "no positive weight": b"user,item,weight\nAda,lamp,0\nBram,desk,0\n",
}


def upload(at: AppTest, key: str, name: str, content: bytes) -> AppTest:
    at.file_uploader(key=key).set_value((name, content, "text/csv"))
    return until(at, lambda seen: not waiting(seen))


def pressed(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click()
    return until(at, lambda seen: not waiting(seen))


def test_two_files_become_the_data_in_use() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", templates.INTERACTIONS.encode())
    upload(at, "items", "about.csv", templates.ITEMS.encode())
    assert not at.error
    pressed(at, "Use this data")
    assert "did.csv" in words_of(at).replace("\\", "")
    assert [metric.value for metric in at.metric[:3]] == ["3", "3", "4"]


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_said_in_words_and_the_earlier_data_stay(content: bytes) -> None:
    at = visit("prepare/data")
    before = [metric.value for metric in at.metric[:3]]
    upload(at, "interactions", "broken.csv", content)
    assert at.error
    assert "Traceback" not in words_of(at)
    assert [metric.value for metric in at.metric[:3]] == before


def test_a_wrong_guess_can_be_corrected() -> None:
    at = visit("prepare/data")
    upload(at, "interactions", "did.csv", b"a,b,c\nx1,p1,1\nx2,p1,1\nx1,p2,1\nx3,p2,1\nx3,p3,1\n")
    at.selectbox(key="role-user-did.csv").set_value("b")
    at.selectbox(key="role-item-did.csv").set_value("a")
    until(at, lambda seen: not waiting(seen))
    pressed(at, "Use this data")
    at.switch_page("pages/explore/person.py")
    until(at, lambda seen: not waiting(seen) and any("p1" in box.options for box in seen.selectbox))


def test_another_sample_becomes_the_data_in_use() -> None:
    at = visit("prepare/data")
    at.selectbox(key="sample").set_value("films-small")
    at.run()
    pressed(at, "Use this sample")
    assert at.query_params["data"] in ("films-small", ["films-small"])


def test_the_template_is_a_table_that_works() -> None:
    assert io.StringIO(templates.ITEMS).readline().startswith("item,title,text")
