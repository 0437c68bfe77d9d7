"""Whether the first row names the columns, and what columns without names are called."""

import re
from collections import Counter
from collections.abc import Sequence

from textrec_core.data import vocabulary
from textrec_core.errors import DataError

NUMBER = re.compile(r"\s*[+-]?(\d[\d.,]*|\.\d+)([eE][+-]?\d+)?\s*$")
DIGITS = re.compile(r"\d+")
# Minutes and seconds, or hours before them.
DURATION = re.compile(r"\s*\d{1,7}:[0-5]?\d(:[0-5]?\d)?\s*$")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip


def has_header(rows: Sequence[Sequence[str]]) -> tuple[bool, str]:
    """Judge by the first rows of a table; the second part of the answer is the reason."""
    first, rest = rows[0], rows[1:]
    names = [vocabulary.plain(cell) for cell in first]
    if sum(name in vocabulary.KNOWN for name in names) >= min(2, len(first)):
        return True, "it holds known column names"
    # A matrix of people by items is often headed by the items' numbers.
    if (
        names
        and names[0] in (vocabulary.USER | {""})
        and not NUMBER.match(first[0])
        and len(set(first)) == len(first) > 3
    ):
        return True, "its first cell heads the people"
    if any(NUMBER.match(cell) for cell in first):
        return False, "it holds numbers"
    if not rest:
        return True, "it holds only words"
    if any(not cell.strip() for cell in first[1:]):
        return False, "it has empty cells"
    for column, cell in enumerate(first):
        below = [row[column] for row in rest if row[column].strip()]
        if below and sum(bool(NUMBER.match(words)) for words in below) > 0.8 * len(below):
            return True, f"{cell.strip()[:40]!r} stands above numbers"
        if cell in below:
            return False, f"{cell.strip()[:40]!r} occurs again below"
    if any(name in vocabulary.KNOWN for name in names):
        return True, "it holds a known column name"
    for column, cell in enumerate(first):
        below = [_skeleton(row[column]) for row in rest if row[column].strip()]
        if DIGITS.search(cell) and below.count(_skeleton(cell)) > 0.8 * len(below):
            return False, f"{cell.strip()[:40]!r} is numbered like what stands below it"
    if len(set(first)) == len(first) and all(len(cell) <= 40 and len(cell.split()) <= 4 for cell in first):
        return True, "its words are short and differ"
    return False, "it reads like the rows below it"


def _skeleton(cell: str) -> str:
    """The words of a cell with each number in it as one mark."""
    return DIGITS.sub("#", cell.strip())


def checked_names(cells: Sequence[str], label: str) -> list[str]:
    """Names from a first row: trimmed, an empty one numbered, two alike refused."""
    names = []
    for at, cell in enumerate(cells):
        name = CONTROLS.sub("", cell).strip()[:100]
        names.append(name or f"column {at + 1}")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        listed = ", ".join(repr(name) for name in twice[:5])
        raise DataError(f"{label} has more than one column named {listed}.", "Rename or remove one of them.")
    return names


def names_for(rows: Sequence[Sequence[str]], delimiter: str) -> tuple[list[str], str]:
    """Names for columns without a header; the layouts MovieLens publishes are recognised."""
    width = len(rows[0])
    if delimiter == "|" and width == 24 and all(row[-1] in {"0", "1"} for row in rows):
        return ["movieId", "title", "release date", "video release date", "url", *GENRES], "MovieLens u.item"
    if delimiter == "::" and width == 3:
        return ["movieId", "title", "genres"], "MovieLens movies.dat"
    numbers = all(NUMBER.match(cell) for row in rows for cell in row)
    if delimiter in {"::", "\t"} and width == 4 and numbers and all(len(row[3].strip()) >= 9 for row in rows):
        return ["userId", "movieId", "rating", "timestamp"], "MovieLens ratings"
    return [f"column {at + 1}" for at in range(width)], ""
