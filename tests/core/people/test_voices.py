"""The sentence names every voice once, with its real place, and says who carries the item."""

import re

from hypothesis import given
from hypothesis import strategies as st

from textrec_core.people.voices import NEAR, SPOKEN, sentence

NAMES = ["WALS", "Text profile", "Popularity", "EASE", "Something new"]
placed = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 5_000), min_size=1)


@given(placed)
def test_every_voice_is_named_with_its_place(places):
    told = sentence(places, 5_000).casefold()
    for name, place in places.items():
        assert f"{SPOKEN.get(name, name).casefold()} ({place:,})" in told
    assert told.endswith("of 5,000 not yet chosen.")


@given(placed)
def test_who_puts_it_among_the_first_is_said_to_carry_it(places):
    told = sentence(places, 5_000)
    carry, _, other = told.partition(";") if ";" in told else (told, "", "")
    if told.startswith("No voice"):
        assert all(place > NEAR for place in places.values())
    elif told.startswith("Every voice"):
        assert all(place <= NEAR for place in places.values())
    else:
        assert all(int(n.replace(",", "")) <= NEAR for n in re.findall(r"\(([\d,]+)\)", carry))
        assert all(int(n.replace(",", "")) > NEAR for n in re.findall(r"\(([\d,]+)\)", other))


def test_the_sentence_reads_as_one():
    assert sentence({"WALS": 1, "Text profile": 214, "Popularity": 530}, 736) == (
        "People with similar pasts (1) alone carry it; the words (214) and popularity alone (530) would not list it "
        "among the first 10 of 736 not yet chosen."
    )
    assert sentence({"WALS": 1, "Text profile": 2}, 30).startswith("Every voice puts it among the first 3: ")
