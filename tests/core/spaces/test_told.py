"""The sentence about an item: every count in it is one that can be checked in the two lists."""

import re

import numpy as np

from textrec_core.data.dataset import Dataset, build
from textrec_core.spaces import told

KINDS = np.array(["printer"] * 5 + ["toner"] * 5 + ["desk"] * 2, object)
DATA = build(
    "d", ["p"], [f"i{n}" for n in range(12)], (np.zeros(1, int), np.zeros(1, int)), np.ones(1),
    texts=[f"word{n}" for n in range(12)], attributes={"kind": KINDS},
)  # fmt: skip


def sentence(dataset: Dataset, by_words: np.ndarray, by_people: np.ndarray) -> str:
    return told.sentence(dataset, by_words, by_people, told.common(dataset))


def test_the_words_say_printers_and_the_people_say_toner():
    said = sentence(DATA, np.array([0, 1, 2, 3, 10]), np.array([5, 6, 7, 8, 0]))
    assert said == "The words say kind printer (4 of 5, against 1); the people say kind toner (4 of 5, against 0)."


def test_equal_lists_say_the_same():
    assert sentence(DATA, np.arange(4), np.arange(4)) == "Both say kind printer (4 and 4 of 4)."


def test_lists_with_nothing_in_common_say_so():
    assert "Neither" in sentence(DATA, np.array([0, 5, 10]), np.array([1, 6, 11]))
    assert "Neither" in sentence(DATA, np.array([], int), np.array([], int))


def test_without_attributes_the_words_of_the_texts_speak():
    texts = ["brass lamp"] * 3 + ["steel knife"] * 3
    plain = build("d", ["p"], list("abcdef"), (np.zeros(1, int), np.zeros(1, int)), np.ones(1), texts=texts)
    said = sentence(plain, np.arange(3), np.arange(3, 6))
    assert re.search(r"words say “brass” \(3 of 3, against 0\); the people say “(knife|steel)” \(3 of 3", said)


def test_a_word_of_most_texts_sets_nothing_apart():
    texts = [f"about {'lantern' if n < 4 else 'other'} word{n}" for n in range(150)]
    plain = build(
        "d", ["p"], [f"i{n}" for n in range(150)], (np.zeros(1, int), np.zeros(1, int)), np.ones(1), texts=texts
    )
    assert "“lantern” (4 of 4" in sentence(plain, np.arange(4), np.arange(10, 14))
    assert "about" not in sentence(plain, np.arange(4), np.array([], int))


def test_several_values_in_one_cell_are_several_marks():
    kinds = np.array(["Comedy; War", "War|Drama", "War", "Comedy", "Drama", "Music"], object)
    data = build(
        "d", ["p"], list("abcdef"), (np.zeros(1, int), np.zeros(1, int)), np.ones(1), attributes={"genres": kinds}
    )
    assert sentence(data, np.arange(3), np.arange(3, 6)).startswith("The words say genres War (3 of 3, against 0)")
