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


def test_shares_and_medians_speak_of_what_they_say() -> None:
    rows, columns = np.array([*range(10), *[0] * 19]), np.array([*[0] * 10, *range(1, 20)])
    texts = ["three words here", "one", *[""] * 18]
    own = build(
        "x", [f"p{n}" for n in range(10)], [f"i{n}" for n in range(20)], (rows, columns), np.ones(29), texts=texts
    )
    found = profile(own)
    assert found.top_share == pytest.approx(11 / 29), "a tenth of 20 items is the best known and one more"
    assert facts(found)["words_per_text_median"] == 2.0
    assert facts(found)["texts"] == 2


def test_a_few_letters_of_another_script_are_no_language() -> None:
    english = "The angle α of the beam is what the one who reads this is to find with the help of a table in the book"
    assert language.hint([english]).language == "English"
    assert language.hint(["Это длинный рассказ о реке и о птице"]).language.startswith("Russian")


def test_the_language_is_that_of_an_even_spread_and_not_of_the_first_texts() -> None:
    german = "Die Lampe ist auf dem Tisch und nicht für den Stuhl, der mit einer Decke von der Oma steht"
    english = "The lamp is on the desk and it is for the one who reads with a book in her hand"
    found = language.hint([german] * language.LOOKED_AT + [english] * 4 * language.LOOKED_AT)
    assert (found.language, found.texts) == ("English", language.LOOKED_AT)


def test_a_choice_that_changes_nothing_is_not_offered() -> None:
    rows = "".join(f"u{user},i{item},1\n" for user in range(6) for item in range(6))
    table = tables.read(("user,item,rating\n" + rows).encode(), "f")
    assert trial.trials(table, None, guess(table, None), Repairs())[1] == []


def test_what_changes_texts_alone_is_offered() -> None:
    about = tables.read(
        b"item,title,text\nx,One,a <b>bold</b> story about the long river\ny,Two,another story about the old town\n",
        "a",
    )
    base, found = trial.trials(None, about, guess(None, about), Repairs())
    assert "strip_html" in [one.name for one in found]
    assert all(dict(one.counts) != base for one in found)


def test_choices_that_lead_past_a_problem_are_offered() -> None:
    table = tables.read(b"user,item,rating\na,x,-1\nb,y,2\nc,x,3\n", "f")
    base, found = trial.trials(table, None, guess(table, None), Repairs())
    assert base == {}
    assert {one.value for one in found if one.name == "weights"} >= {"each counts 1", "as is"}


def test_a_rule_counts_no_weight_that_is_not_a_number_and_tries_few_thresholds() -> None:
    table = tables.read(b"user,item,rating\na,x,1\nb,y,inf\nc,z,3\n", "f")
    found = {(rule.rule, rule.threshold): rule.rows for rule in trial.rules(table, guess(table, None), Repairs())}
    assert found == {("each counts 1", None): 3, ("as is", None): 2, ("threshold", 1.0): 2, ("threshold", 3.0): 1}
    many = tables.read(("user,item,rating\n" + "".join(f"u{n},i{n},{n + 1}\n" for n in range(200))).encode(), "f")
    thresholds = [
        rule.threshold for rule in trial.rules(many, guess(many, None), Repairs()) if rule.rule == "threshold"
    ]
    assert len(thresholds) == trial.KINDS
    assert (thresholds[0], thresholds[-1]) == (1.0, 200.0)
