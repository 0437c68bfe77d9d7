"""A stranger's words in, the same words made safe to show out: nothing in them is read as markup."""

import re
from collections import Counter
from collections.abc import Sequence

LONGEST = 80
# Strip what steers a terminal or a line of text: controls and direction marks; and halves of letters, which no
# browser can be sent.
CONTROLS = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# What a page makes links of even where every sign is escaped; a zero-width space after it keeps it from that.
LINKED = re.compile(r"(?i)https?:(?=//)|www(?=\.)|@")
MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$:~&^=])")


def plain(words: object, longest: int = LONGEST) -> str:
    """One line without controls, cut with an ellipsis."""
    line = " ".join(CONTROLS.sub("", str(words)).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def told_apart(titles: Sequence[str], ids: Sequence[str]) -> list[str]:
    """What each item is called where it must be told from all others: its title, with its id where titles are equal."""
    counts = Counter(titles)
    return [
        plain(title) if counts[title] == 1 else plain(f"{plain(title, 40)} ({name})")
        for title, name in zip(titles, ids, strict=True)
    ]


def markdown(words: object, longest: int = LONGEST) -> str:
    """Words as Markdown would show them literally, addresses too."""
    return MARKDOWN.sub(r"\\\1", LINKED.sub("\\g<0>\u200b", plain(words, longest)))


def plotly(words: object, longest: int = LONGEST) -> str:
    """Words as plotly would show them literally: it reads pseudo-HTML and ``$`` formulas."""
    line = plain(words, longest)
    # A zero-width space after each dollar keeps MathJax from finding a pair.
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "$\u200b")
