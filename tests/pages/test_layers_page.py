"""The Layers page: what ships for the sample at once, a button with its cost elsewhere, bad data in words."""

import numpy as np

from tests.pages.visit import shop, until, visit, waiting, with_upload, words_of
from textrec_core.data.dataset import build


def test_the_sample_is_there_at_once_with_the_advice_and_its_place() -> None:
    at = visit("labs/layers")
    said = words_of(at)
    assert "mean of the top 4 layers" in said
    assert "Not measured yet" not in said
    table = next(frame.value for frame in at.dataframe if "Way" in frame.value.columns)
    assert "pooler (untrained)" in set(table["Way"])
    assert len(at.get("plotly_chart")) == 4


def test_other_data_wait_for_the_button_and_say_the_cost() -> None:
    at = with_upload("labs/layers", shop(people=60, things=30))
    assert "Not measured yet" in words_of(at)
    assert "Reading 30 texts" in words_of(at)
    next(button for button in at.button if button.label == "Measure the layers").click()
    until(at, lambda seen: "The advice, measured" in words_of(seen) and not waiting(seen))
    assert not at.error


def test_data_without_texts_get_a_sentence() -> None:
    at = with_upload("labs/layers", shop(texts=False))
    assert "0 items have a text" in at.error[0].value


def test_texts_that_are_all_equal_are_measured_or_refused_in_words() -> None:
    own = shop(people=40, things=24)
    rows, columns = own.matrix.nonzero()
    same = build("same", own.users, own.items, (rows, columns), np.ones(rows.size), texts=["one lamp"] * 24)
    at = with_upload("labs/layers", same)
    next(button for button in at.button if button.label == "Measure the layers").click()
    until(at, lambda seen: bool(seen.error) or "The advice, measured" in words_of(seen))
    assert all(error.value.endswith(".") for error in at.error)


def test_an_encoder_without_layers_is_refused_in_words() -> None:
    at = visit("labs/layers", layers__encoder="lsa")
    assert "has no layers" in at.error[0].value
