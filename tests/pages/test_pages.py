"""Every page: the ordinary road, no data, and bad addresses, in words and never with a traceback."""

import re
import subprocess
import sys

import numpy as np
import pytest

from tests.pages import visit_tasks
from tests.pages.visit import PAGES, ROOT, shop, until, visit, waiting, with_upload, words_of
from textrec_core.data import samples
from textrec_core.data.dataset import build
from textrec_core.models import wals

MARKUP = "<img src=x onerror=alert(1)> **bold** $$x$$ [a](http://evil.invalid)"


def test_the_first_visit_shows_one_person_with_past_list_and_reason() -> None:
    at = visit()
    assert len(at.dataframe) >= 2
    said = words_of(at)
    assert "chose" in said
    assert "would get" in said
    assert "is number 1" in said
    assert "simulated people" in said


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_on_the_sample(page: str) -> None:
    at = visit(page)
    assert at.title[0].value
    assert not at.error


@pytest.mark.parametrize("page", PAGES)
def test_the_headings_of_a_page_leave_no_level_out(page: str) -> None:
    at = visit(page)
    assert len(at.title) == 1
    assert at.header or not at.subheader


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_in_words_that_uploaded_data_of_another_visit_is_not_here(page: str) -> None:
    at = visit(page, data="uploaded")
    assert "another visit" in words_of(at)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_names_a_sample_that_does_not_exist(page: str) -> None:
    at = visit(page, data="<script>")
    assert any("no sample" in error.value for error in at.error)
    assert "<script>" not in "".join(error.value for error in at.error)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("name", "value"), [("wals__rank", "99999"), ("wals__alpha", "nan"), ("text__post", "nonsense")]
)
def test_a_parameter_that_cannot_be_is_said_and_left_at_its_default(page: str, name: str, value: str) -> None:
    at = visit(page, **{name: value})
    assert any("default is used" in warning.value for warning in at.warning)
    assert at.title[0].value


@pytest.mark.parametrize("page", PAGES)
def test_every_page_serves_own_data_with_titles_full_of_markup(page: str) -> None:
    at = with_upload(page, shop(extra={"0": MARKUP, "1": "=cmd|' /C calc'!A0"}))
    assert not at.error
    # A sign behind a backslash is only a sign.
    assert not [shown.value for shown in at.markdown if re.search(r"(?<!\\)<img", shown.value)]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_works_as_far_as_it_can_without_texts(page: str) -> None:
    at = with_upload(page, shop(texts=False))
    assert at.title[0].value


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_why_items_alone_are_not_enough(page: str) -> None:
    items = build(
        "alone",
        [],
        ["a", "b", "c"],
        (np.array([], int), np.array([], int)),
        np.array([]),
        texts=["one", "two", "three"],
    )
    at = with_upload(page, items)
    assert at.title[0].value


def test_an_unknown_person_in_the_address_is_said() -> None:
    at = visit(user="nobody of this name")
    assert any("no person" in warning.value for warning in at.warning)
    assert "is number 1" in words_of(at)


def test_a_person_who_has_everything_gets_a_sentence() -> None:
    own = shop(people=12, things=8)
    rows, columns = own.matrix.nonzero()
    full = np.unique(np.concatenate([rows * 8 + columns, np.arange(8)]))
    everything = build("full", own.users, own.items, (full // 8, full % 8), np.ones(full.size), texts=own.texts)
    at = with_upload("explore/person", everything)
    at.selectbox(key="user").set_value("p0")
    until(at, lambda seen: "chosen every item" in words_of(seen))


def test_a_person_without_a_past_gets_the_crowds_list_and_is_told_so() -> None:
    own = shop()
    rows, columns = own.matrix.nonzero()
    kept = rows != 3
    lonely = build(
        "lonely", own.users, own.items, (rows[kept], columns[kept]), np.ones(int(kept.sum())), texts=own.texts
    )
    at = with_upload("explore/person", lonely)
    at.selectbox(key="user").set_value("p3")
    until(at, lambda seen: "no history" in words_of(seen))


def test_switching_the_person_changes_the_list_and_the_reason() -> None:
    at = visit()
    before = at.header[-1].value, at.dataframe[0].value.to_csv()
    at.selectbox(key="user").set_value(at.selectbox(key="user").options[-1])
    until(at, lambda seen: not waiting(seen))
    assert (at.header[-1].value, at.dataframe[0].value.to_csv()) != before


def test_choosing_another_row_explains_that_item() -> None:
    at = visit()
    listed = next(frame.value for frame in at.dataframe if "Place" in frame.value.columns)
    key = f"list-{samples.load('films').user_row(at.selectbox(key='user').value)}-WALS"
    at.session_state[key] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    at.run()
    assert at.header[-1].value.replace("\\", "").startswith(f"Why {listed['Title'][2][:10]}")
    assert "is number 3" in at.header[-1].value


def test_training_takes_effect_only_when_the_button_is_pressed() -> None:
    at = visit("prepare/train", data="films-small")
    at.slider(key="wals-rank").set_value(8)
    at.run()
    assert "rank 8," not in words_of(at)
    at.slider(key="wals-rank").set_value(8)
    next(button for button in at.button if button.label == "Train").click()
    until(at, lambda seen: not waiting(seen))
    assert "rank 8," in words_of(at)
    assert at.query_params["wals.rank"] in ("8", ["8"])


def test_measuring_waits_for_the_button_and_says_its_protocol() -> None:
    at = visit("prepare/train", data="films-small", wals__rank="6")
    assert "Not measured yet" in words_of(at)
    next(button for button in at.button if button.label == "Measure").click()
    until(at, lambda seen: "hidden, seed 0" in words_of(seen))
    assert "bootstrap" in words_of(at)


def test_one_visitors_data_are_never_seen_by_another() -> None:
    mine = with_upload("explore/person", shop())
    assert "p0" in mine.selectbox(key="user").options
    other = visit(data="uploaded")
    assert not any("p0" in box.options for box in other.selectbox)


def test_the_serving_process_never_loads_a_heavy_library() -> None:
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.pages import visit_tasks
from tests.pages.visit import PAGES, visit
for page in PAGES:
    visit(page)
heavy = [name for name in ("implicit", "torch", "transformers", "umap", "sklearn", "numba", "optuna", "sqlalchemy") if name in sys.modules]
print("HEAVY", heavy)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=300, check=False
    )
    assert "HEAVY []" in done.stdout, done.stdout + done.stderr[-2000:]


def test_work_that_is_cancelled_stays_cancelled_until_asked_for_again() -> None:
    at = visit("prepare/train", data="films-small")
    from pages.shared import cached

    worker = cached.worker()
    # The worker is kept busy until it is killed, so that the training has to wait.
    busy = worker.ask("busy", "busy", visit_tasks.linger, by="somebody")
    at.slider(key="wals-rank").set_value(9)
    next(button for button in at.button if button.label == "Train").click()
    until(at, waiting)
    next(button for button in at.button if button.label == "Cancel").click()
    until(at, lambda seen: "was cancelled" in words_of(seen))
    at.run()
    assert "was cancelled" in words_of(at)
    worker.cancel("busy", by="somebody")
    assert busy.finished.wait(30)
    next(button for button in at.button if button.label.startswith("Go back")).click()
    until(at, lambda seen: "After 15 sweeps" in words_of(seen))
    assert "rank 9," not in words_of(at)


def test_the_length_of_the_list_and_the_metric_move_without_another_measurement() -> None:
    at = visit("prepare/train", data="films-small")
    next(button for button in at.button if button.label == "Measure").click() if "Not measured yet" in words_of(
        at
    ) else None
    until(at, lambda seen: "hidden, seed 0" in words_of(seen))
    before = at.dataframe[0].value
    assert "NDCG@10" in before.columns
    at.slider(key="board-k").set_value(30)
    at.selectbox(key="metric").set_value("Recall")
    at.run()
    assert not waiting(at)
    after = at.dataframe[0].value
    assert "Recall@30" in after.columns
    assert set(after["Model"]) == set(before["Model"]) >= {"WALS", "EASE", "Item-kNN", "Random", "WALS + EASE"}
    assert (before["Against the best"] == "the best").sum() == 1


def test_every_model_can_make_a_persons_list_and_say_why() -> None:
    at = visit(data="films-small", more="true")
    choice = next(group for group in at.get("button_group") if "EASE" in group.options)
    for name in ("EASE", "Item-kNN", "WALS + EASE", "Random"):
        assert name in choice.options
        at.session_state["model"] = name
        until(at, lambda seen: not waiting(seen))
        assert "is number 1" in words_of(at)


def test_the_sidebar_names_the_parameters_that_are_really_in_use() -> None:
    rule = wals.suited(samples.load("films"))
    assert f"rank {rule.rank}, regularization {rule.regularization:g}, alpha {rule.alpha:g}" in words_of(
        visit("prepare/data")
    )


@pytest.mark.parametrize("key", ["wals__objective", "text__post", "wals__rank", "board__split"])
def test_what_an_address_asks_for_in_vain_is_said_and_never_read_as_markup(key):
    at = visit("prepare/train", **{key: "![x](http://evil.example/x.png) [y](http://evil.example)"})
    said = " ".join(warning.value for warning in at.warning)
    assert "The address asks for something that cannot be" in said
    assert "](" not in said


def test_what_an_address_gives_wrongly_is_said_once_and_on_the_page_itself():
    at = visit(wals__rank="0")
    said = [warning.value for warning in at.warning if "cannot be" in warning.value]
    assert len(said) == 1
    assert not at.sidebar.warning
