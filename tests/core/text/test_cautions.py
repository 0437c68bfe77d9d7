"""What a reader should know of texts that an encoder reads badly."""

import pytest

from textrec_core.text.cautions import cautions, of_one

ENGLISH = ["a red lamp", "a blue tool, 3 pieces", "café crème brûlée", "Łódź and Москва by train"]


def test_of_english_texts_there_is_nothing_to_say():
    assert cautions(ENGLISH) == []
    assert cautions([]) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "1 of 5 has no text"), (" \n", "1 of 5 has no text"), ("12345", "no words"), ("☂☃ 🎈", "no words"),
        ("слово за слово", "another script"), ("これは本です", "another script"), ("a كتاب جديد جدا", "another script"),
    ],
)  # fmt: skip
def test_each_kind_is_counted_and_named(text, words):
    (said,) = cautions([*ENGLISH, text])
    assert words in said
    assert said.startswith("1 of 5 has")


def test_texts_that_are_all_alike_are_named():
    assert "All texts are alike" in cautions(["same", "same", ""])[-1]
    assert cautions(["same"]) == []


GERMAN = "Ein Wärter auf einer Insel hört in den langen Nächten Stimmen aus dem Meer und weiß nicht, ob er träumt oder ob es mit ihm spricht."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GERMAN, "seems to be German"), ("這是一部關於海洋的電影", "seems to be Chinese"), ("หนังเกี่ยวกับทะเล", "another script"),
        ("12 34", "no words"), ("<b>a lamp</b> for [reading](http://x)", "Marks of HTML"), ("a lamp &amp; a shade", "Marks of HTML"),
        ("a keeper of a lighthouse hears voices from the sea", ""), ("2 < 3 and a <- b", ""), ("", "no words"),
    ],
)  # fmt: skip
def test_what_one_text_is_read_badly_for_is_said(text, words):
    said = of_one(text)
    assert words in said
    assert bool(said) == bool(words)


def test_tags_are_neither_a_language_nor_words():
    tagged = "<p>A <b>lonely</b> keeper <img src=x onerror='window.__xss=1'> of a <a href='http://x.example'>lighthouse</a></p>"
    assert of_one(tagged) == "Marks of HTML or Markdown are read as if they were words."
    assert of_one(f"<p>{GERMAN}</p>").startswith("This seems to be German")
    assert of_one("<br><hr>").startswith("This holds no words")
