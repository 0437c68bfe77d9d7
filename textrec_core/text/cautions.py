"""Texts in, what a reader of them should know out: what says nothing, what is not English, what is long."""

import unicodedata
from collections.abc import Sequence

# A text is of another script where more than this share of its letters is.
MOST_FOREIGN = 0.5
LETTERS_LOOKED_AT = 2_000


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
