"""A stranger's words are shown as words, whatever they hold."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrec_core.figures.literal import LONGEST, markdown, plain, plotly, told_apart

PAYLOADS = [
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<svg/onload=alert(1)>", "a<b & c>d", "<br>" * 40,
    '<a href="javascript:alert(1)">x</a>', "$$x^2$$", "$a$ and $b$", "![x](http://evil.invalid/t.png)", "[x](javascript:alert(1))",
    "**bold** _it_ `code` ~~no~~", "# heading", "> quote", "- list", "1. list", "| a | b |", ":material/home: :red[x]", "&lt;b&gt;",
    "http://evil.invalid", "\u202egnp.exe", "\u2066x\u2069", "\u061cx", "a\x00b\x1bc\x7fd\x85e\x9bf", "\ud800x", "line\nline\r\nline\u2028line\ttab",
    "\\", "\\\\<b>", "x" * 3_000, "",
]  # fmt: skip
# Words around the signs that mean something somewhere.
anything = st.text(st.characters() | st.sampled_from("<>&$*_`[]()!\\#~:|\n\u202e\u2066\u061c\x1b\x9b"), max_size=120)
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def harmless_line(line: str) -> bool:
    """One line, with no controls, no direction marks and nothing that cannot be sent as UTF-8."""
    return not any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} or sign in BIDI for sign in line)


def unescaped(line: str) -> str:
    """What is left as markup once every backslash pair is taken out."""
    return re.sub(r"\\[!-/:-@\[-`{-~]", "", line)


@given(anything | st.sampled_from(PAYLOADS), st.integers(1, 200))
def test_plain_words_are_one_harmless_line_within_the_length(words, longest):
    line = plain(words, longest)
    assert harmless_line(line)
    assert len(line) <= longest
    assert line == line.strip() or line.endswith("…")


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=LONGEST))
def test_ordinary_words_are_left_as_they_are(words):
    assert plain(words) == words


@pytest.mark.parametrize(
    "words",
    [
        "http://evil.invalid/x",
        "see HTTPS://evil.invalid.",
        "www.evil.invalid",
        "(WWW.evil.invalid)",
        "mail me@evil.invalid now",
    ],
)
def test_an_address_is_shown_and_becomes_no_link(words):
    """GitHub's Markdown looks for addresses in the text itself, after every sign was unescaped."""
    shown = markdown(words).replace("\\", "")
    assert re.search(r"https?://|www\.|\w@\w", words, re.IGNORECASE)
    assert not re.search(r"https?://|www\.|\w@\w", shown, re.IGNORECASE)
    assert shown.replace("\u200b", "") == words


def test_a_cut_is_marked():
    assert plain("x" * 81) == "x" * 79 + "…"
    assert plain("x" * 80) == "x" * 80


@given(anything | st.sampled_from(PAYLOADS))
def test_nothing_in_markdown_words_is_markup(words):
    line = markdown(words)
    assert harmless_line(line)
    assert not set(unescaped(line)) & set("<>*_`[]()!#~:|$&{}+=^\\")
    assert len(line) <= 2 * LONGEST


@given(anything | st.sampled_from(PAYLOADS))
def test_markdown_shows_exactly_the_plain_words(words):
    shown = re.sub(r"\\(.)", r"\1", markdown(words))
    assert re.sub(r"(?i)(https?:|www|@)\u200b", r"\1", shown) == re.sub(
        r"(?i)(https?:|www|@)\u200b", r"\1", plain(words)
    )


@given(anything | st.sampled_from(PAYLOADS))
def test_nothing_in_plotly_words_is_a_tag_or_a_formula(words):
    line = plotly(words)
    assert harmless_line(line)
    assert "<" not in line
    assert ">" not in line
    assert "$$" not in line
    assert not re.search(r"\$[^\u200b]", line + " ")
    assert not re.search(r"&(?!amp;|lt;|gt;)", line)


@given(anything | st.sampled_from(PAYLOADS), st.integers(1, 200))
def test_plotly_shows_exactly_the_plain_words_and_no_more_of_them(words, longest):
    shown = plotly(words, longest)
    for entity, sign in (("$\u200b", "$"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        shown = shown.replace(entity, sign)
    assert shown == plain(words, longest)


@pytest.mark.parametrize("value", [None, 3, 2.5, True, ["a"]])
def test_any_value_has_words(value):
    assert plain(value) == str(value)


@pytest.mark.parametrize("show", [plain, markdown, plotly])
@pytest.mark.parametrize("words", PAYLOADS)
def test_every_payload_can_be_sent_to_a_browser(show, words):
    assert show(words).encode("utf-8").decode("utf-8") == show(words)


def test_items_of_one_title_are_told_apart_by_their_ids():
    assert told_apart(["Twin", "Only", "Twin"], ["a", "b", "c"]) == ["Twin (a)", "Only", "Twin (c)"]
    long = "x" * 90
    named = told_apart([long, long], ["1", "2"])
    assert named[0] != named[1]
    assert max(map(len, named)) <= LONGEST
