"""Texts in; which language they seem to be in, by their most frequent small words, out. A hint, never a certainty."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SMALL_WORDS = {
    "English": "the and of to is in with for that his her as it on by from are be an this who",
    "German": "der die das und ist nicht ein eine mit von zu den dem auf für im sich des als auch",
    "French": "le la les et des est une un dans pour que qui sur du au avec pas par ses aux",
    "Spanish": "el la los las y de que en un una es con por para se del al su más como",
    "Italian": "il la di che e un una per con del della è gli nel sono da al si come le",
    "Portuguese": "o a os as e de que em um uma com para não por do da na no se mais",
    "Dutch": "de het een en van is dat op te in met voor niet zijn aan door om er als bij",
    "Swedish": "och att det en som är på för av med den till ett inte har om hans de sig vid",
}
SETS = {language: frozenset(words.split()) for language, words in SMALL_WORDS.items()}
SCRIPTS = (
    ("Russian or another language in Cyrillic", re.compile(r"[\u0400-\u04ff]")),
    ("Greek", re.compile(r"[\u0370-\u03ff]")),
    ("Arabic script", re.compile(r"[\u0600-\u06ff]")),
    ("Hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("Japanese", re.compile(r"[\u3040-\u30ff]")),
    ("Korean", re.compile(r"[\uac00-\ud7af]")),
    ("Chinese", re.compile(r"[\u4e00-\u9fff]")),
)
LOOKED_AT = 1_000
CHARACTERS = 600
# Below this share of small words, or this lead over the next language, nothing is said.
LEAST, LEAD = 0.08, 1.15
ENOUGH_WORDS = 20


@dataclass(frozen=True)
class Hint:
    """The likeliest language, empty where none stands out, and the share of words that speak for it."""

    language: str
    share: float
    texts: int


def hint(texts: Sequence[str]) -> Hint:
    """The language of an even spread of the texts that are not empty."""
    filled = [text for text in texts if text.strip()]
    sample = [text[:CHARACTERS] for text in filled[:: max(1, len(filled) // LOOKED_AT)][:LOOKED_AT]]
    letters = sum(character.isalpha() for text in sample for character in text)
    for language, script in SCRIPTS:
        found = sum(len(script.findall(text)) for text in sample)
        # Japanese mixes its own letters with Chinese ones, so a fifth is enough.
        if found > 0.2 * max(1, letters):
            return Hint(language, found / letters, len(sample))
    words = Counter(word for text in sample for word in re.findall(r"[^\W\d_]+", text.lower()))
    total = sum(words.values())
    if total < ENOUGH_WORDS:
        return Hint("", 0.0, len(sample))
    shares = {name: sum(words[word] for word in known) / total for name, known in SETS.items()}
    first, second = sorted(shares, key=lambda name: -shares[name])[:2]
    clear = shares[first] >= LEAST and shares[first] >= LEAD * shares[second]
    return Hint(first if clear else "", shares[first], len(sample))
