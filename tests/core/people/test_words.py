"""A word's part is what the score loses when the text is read without it."""

import numpy as np
import pytest

from tests.fakes import TinyEncoder
from textrec_core.models.content import TextProfile
from textrec_core.people import words
from textrec_core.text import encoder, placing
from textrec_core.text.encoder import TextParams, sentences
from textrec_core.text.placing import Source


@pytest.mark.parametrize(
    ("text", "word", "left"),
    [
        ("A bird. Birds and a BIRD", "bird", "A  . Birds and a  "),
        ("a.b (c) a", "a", " .b (c)  "),
        ("<b>bold</b> $x$", "bold", "<b> </b> $x$"),
    ],
)
def test_a_word_is_left_out_wherever_it_stands_and_nothing_else_is(text, word, left):
    assert words.without(text, word) == left


def test_the_whole_stands_first_and_every_word_once():
    told = words.left_out("River song", "a river and a bird; the River's bird")
    assert told[0] == ("", "River song. a river and a bird; the River's bird")
    assert [word for word, _text in told[1:]] == ["river", "song", "and", "bird", "the", "river's"]
    assert len(words.left_out("x", " ".join(f"word{chr(97 + n % 26)}{n}" for n in range(500)))) <= words.MOST + 1


def test_the_word_that_a_person_likes_carries_most(dataset):
    reader = TinyEncoder(64)
    space = encoder.space(dataset, TextParams(), reader)
    source = Source(space.fingerprint, tuple(sentences(dataset)), reader, space.origin)
    told = words.left_out("x", "xylophone quartz river")
    read = placing.place(source, [text for _word, text in told])
    profile = TextProfile(dataset, space)
    table = words.carried_by(dataset, profile, 0, [word for word, _text in told[1:]], read.directions)
    assert table["Word"].tolist()[0] == "river"
    assert table["Share"].tolist()[0] > 0


def test_the_whole_has_the_score_that_the_model_gives(dataset):
    reader = TinyEncoder(64)
    space = encoder.space(dataset, TextParams(), reader)
    profile = TextProfile(dataset, space)
    item, user = 7, 3
    directions = np.stack([space.directions[item], np.zeros(64, np.float32)])
    table = words.carried_by(dataset, profile, user, ["everything"], directions)
    assert table["Share"].tolist()[0] == pytest.approx(float(profile.scores(np.array([user]))[0, item]), abs=1e-5)
