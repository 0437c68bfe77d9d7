"""A sweep planned, run, cancelled and gone on with; runs compared."""

from types import SimpleNamespace

import pytest

from pages.shared import cached
from tests.pages.visit import until, visit, waiting, words_of
from textrec_core.evaluate.ledger import Kept

ROAD = {
    "data": "films-small",
    "wals__rank": "8",
    "wals__regularization": "0.03",
    "wals__alpha": "3.0",
    "text__encoder": "lsa",
}


def press(at, label: str):
    next(button for button in at.button if button.label == label).click()
    return at


def test_a_plan_that_cannot_be_is_said_before_anything_is_asked_of_the_worker() -> None:
    at = visit("prepare/sweep", **ROAD)
    next(box for box in at.text_input if box.label == "Values of rank").set_value("4, many")
    press(at, "Tell me the cost")
    at.run()
    assert "whole number" in words_of(at)
    assert not any(button.label == "Start the sweep" for button in at.button)


def test_a_sweep_answers_in_one_sentence_and_its_runs_can_be_compared() -> None:
    at = visit("prepare/sweep", **ROAD)
    assert "Plan a sweep" in words_of(at)
    press(at, "Tell me the cost")
    until(at, lambda seen: any(button.label == "Start the sweep" for button in seen.button))
    assert "12 configurations, 12 still to fit" in words_of(at)
    press(at, "Start the sweep")
    until(at, lambda seen: any("is best" in one.value and "So far" not in one.value for one in seen.success))
    until(at, lambda seen: "random starts move the best one" in words_of(seen))
    before = at.success[0].value
    at.slider(key="sweepk").set_value(30)
    at.run()
    assert "NDCG@30" in at.success[0].value != before
    assert not waiting(at)
    press(at, "Measure again on other hidden items")
    until(at, lambda seen: any("other items" in column for table in seen.dataframe for column in table.value.columns))
    runs = visit("prepare/runs", **ROAD)
    other = next(box for box in runs.selectbox if box.label == "Compared with")
    other.select_index(0)
    until(runs, lambda seen: "What it did to each metric" in words_of(seen))
    assert "lists of ten share" in words_of(runs)
    # The address names the first run even while it is the newest: another may be by the time it is opened.
    first = runs.query_params["first"][0]
    wished = next(box for box in runs.selectbox if box.label == "First run")
    assert wished.index == 0
    wished.select_index(2)
    runs.run()
    assert runs.query_params["first"][0] != first


def test_a_sweep_is_read_again_when_the_last_of_its_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, kept = ["the best from other starts"], Kept("a sweep read twice", "data", {}, ("cell",), 1, "now")
    monkeypatch.setattr(cached, "worker", lambda: SimpleNamespace(job=lambda _key: jobs[0] if jobs else None))
    monkeypatch.setattr(cached.sweep, "read", lambda *_asked: len(jobs))
    assert cached.swept(kept, "NDCG", 10) == 1
    jobs.clear()
    assert cached.swept(kept, "NDCG", 10) == 0
