"""The first rows of a table in; how many of them are titles and comments above the column names, out."""

import re
from collections.abc import Sequence

from textrec_core.data import headers

MARKS = (b"#", b"%", b"//")
# A table has a few lines about itself at most; a longer run of odd lines is something else.
MOST = 30


def comments(text: bytes) -> int:
    """How many bytes of lines that begin like comments stand at the top; none where there are too many of them."""
    at = 0
    for _ in range(MOST):
        found = re.match(rb"[^\r\n]*(\r\n|\r|\n)", text[at : at + (1 << 16)])
        if found is None or (found.group().strip() and not found.group().lstrip().startswith(MARKS)):
            return at
        at += found.end()
    return 0


def above(text: bytes, marked: int, delimiter: str) -> int:
    """How many bytes of title and comment stand above the table; ``marked`` of them begin like comments.

    A line with as many cells as the rows below is one of them, whatever it begins with.
    """
    cells = [line.count(delimiter.encode()) for line in text[marked : marked + (1 << 16)].splitlines() if line.strip()]
    usual = max(set(cells), key=cells.count, default=0)
    at = 0
    for line in text[:marked].splitlines(keepends=True):
        if line.strip() and line.count(delimiter.encode()) == usual:
            return at
        at += len(line)
    return marked + titles(text[marked:], delimiter)


def titles(text: bytes, delimiter: str) -> int:
    """How many bytes of lines without any delimiter stand above rows that all have the same number of cells."""
    lines = [line for line in text[: 1 << 17].splitlines(keepends=True) if line.endswith((b"\n", b"\r"))][: MOST + 20]
    counts = [line.count(delimiter.encode()) if line.strip() else -1 for line in lines]
    first = next((at for at, count in enumerate(counts) if count > 0), 0)
    rows = [count for count in counts[first:] if count >= 0]
    short = [count for count in counts[:first] if count == 0]
    if not short or first > MOST or len(rows) < 2 or len(set(rows)) > 1 or any(b'"' in line for line in lines[:first]):
        return 0
    return sum(len(line) for line in lines[:first])


def alone(rows: Sequence[Sequence[str]]) -> int:
    """How many rows with one filled cell stand above a row of column names, as a spreadsheet's title does."""
    full = next((at for at, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) > 1), 0)
    if not 0 < full <= MOST or len(rows) < full + 2:
        return 0
    return full if headers.has_header(rows[full:])[0] else 0
