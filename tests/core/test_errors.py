"""The error a person can mend."""

import pytest

from textrec_core.errors import DataError


def test_an_error_says_what_is_wrong_and_what_would_help():
    error = DataError("Column x is missing.", "Name it.")
    assert (str(error), error.problem, error.hint) == ("Column x is missing.", "Column x is missing.", "Name it.")


def test_a_hint_may_be_left_out():
    assert DataError("Too large.").hint == ""


@pytest.mark.parametrize("hint", ["", "Choose less."])
def test_both_sentences_survive_the_way_to_another_process(hint):
    from multiprocessing.connection import Pipe

    here, there = Pipe()
    here.send(DataError("Too large.", hint))
    back = there.recv()
    assert (back.problem, back.hint, str(back)) == ("Too large.", hint, "Too large.")
