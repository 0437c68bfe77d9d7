"""Texts in, what a reader of them should know out: what says nothing, what is not English, what is long."""

import re
import unicodedata
from collections.abc import Sequence

from textrec_core.data import language

# A text is of another script where more than this share of its letters is.
MOST_FOREIGN = 0.5
LETTERS_LOOKED_AT = 2_000
MARKS = re.compile(r"</?[a-zA-Z][^<>]*>|\]\(\s*\S+\s*\)|&[a-z]{2,8};")


def cautions(texts: Sequence[str]) -> list[str]:
    """One sentence for each kind of text that an encoder reads badly or not at all, with how many there are."""
    spoken = [text for text in texts if text.strip()]
    kinds = [_kind(text) for text in spoken]
    wordless, foreign = kinds.count("wordless"), kinds.count("foreign")
    found = []
    if len(spoken) < len(texts):
        found.append(f"{_of(len(texts) - len(spoken), len(texts))} no text and no place in the space of words.")
    if wordless:
        found.append(
            f"{_of(wordless, len(texts))} no words, only digits, signs or pictures; what is near them means little."
        )
    if foreign:
        found.append(
            f"{_of(foreign, len(texts))} a text mostly in another script than Latin; the built-in RoBERTa reads English, and what is near them means little."
        )
    if len(spoken) > 1 and len(set(spoken)) == 1:
        found.append("All texts are alike, so that they tell no item from another.")
    return found


def of_one(text: str) -> str:
    """What a reader of one text should know; empty where there is nothing to say. Short texts keep their language."""
    # Names of tags are no language.
    bare = MARKS.sub(" ", text)
    said, kind = language.hint([bare]).language, _kind(bare)
    marked = "Marks of HTML or Markdown are read as if they were words." if bare != text else ""
    if kind == "wordless":
        told = "This holds no words, only digits, signs or pictures; what is near it means little."
    elif kind == "foreign" or said not in ("", "English"):
        seems = f"seems to be {said}" if said else "is mostly in another script than Latin"
        told = f"This {seems}; the built-in RoBERTa reads English, and what is near it and whom it finds means little."
    else:
        told = ""
    return f"{told} {marked}".strip()


def _of(count: int, all_: int) -> str:
    return f"{count:,} of {all_:,} has" if count == 1 else f"{count:,} of {all_:,} have"


def _kind(text: str) -> str:
    if text.isascii():
        return "" if any(map(str.isalpha, text[:LETTERS_LOOKED_AT])) else "wordless"
    letters = [sign for sign in text[:LETTERS_LOOKED_AT] if sign.isalpha()]
    foreign = sum(not (sign.isascii() or "LATIN" in unicodedata.name(sign, "")) for sign in letters)
    if not letters:
        return "wordless"
    return "foreign" if foreign > MOST_FOREIGN * len(letters) else ""
