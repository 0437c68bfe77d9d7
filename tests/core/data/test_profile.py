"""The profile of a Dataset, its language hint, and what another choice would come to."""

import numpy as np
import pytest

from textrec_core.data import language, tables, trial
from textrec_core.data.dataset import build
from textrec_core.data.mapping import guess
from textrec_core.data.profile import facts, profile
from textrec_core.data.repair import Repairs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The lamp is on the desk and it is for the one who reads with a book in her hand by the window of the room", "English"),
        ("Die Lampe ist auf dem Tisch und nicht für den Stuhl, der mit einer Decke von der Oma im Zimmer steht und das Licht", "German"),
        ("La lampe est sur le bureau et les livres sont dans une boîte pour la dame qui lit avec des lunettes au salon", "French"),
        ("zxqv wrtp " * 20, ""),
    ],
)  # fmt: skip
def test_the_language_hint_names_what_stands_out_and_nothing_else(text: str, expected: str) -> None:
    assert language.hint([text]).language == expected


def test_months_without_events_are_months_too_and_everything_is_counted_once() -> None:
    times = np.array(["2024-01-05", "2024-01-06", "2024-04-01"], "datetime64[s]").astype(np.int64)
    own = build("x", ["a", "b"], ["p", "q", "r"], (np.array([0, 0, 1]), np.array([0, 1, 0])), np.ones(3), times)
    found = profile(own)
    assert found.events.tolist() == [2, 0, 0, 1]
    assert str(found.months[0]) == "2024-01"
    assert found.cold == 1
    assert facts(found)["last_day"] == "2024-04-01"


def test_a_trial_shows_what_one_choice_would_change() -> None:
    table = tables.read(b"user,item,rating\nAda,x,1\nada,y,5\nBob,x,4\nBob,y,2\n", "f")
    base, found = trial.trials(table, None, guess(table, None), Repairs())
    folded = next(one for one in found if one.name == "fold_case")
    assert base["people"] == 3
    assert dict(folded.counts)["people"] == 2


def test_every_threshold_says_what_would_be_left() -> None:
    table = tables.read(b"user,item,rating\na,x,1\nb,y,5\nc,x,4\nc,y,2\n", "f")
    found = {rule.threshold: (rule.rows, rule.people) for rule in trial.rules(table, guess(table, None), Repairs())}
    assert found[4.0] == (2, 2)
    assert found[None][0] == 4
