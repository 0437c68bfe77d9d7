"""What a reader should know of texts that an encoder reads badly."""

import pytest

from textrec_core.text.cautions import cautions

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
