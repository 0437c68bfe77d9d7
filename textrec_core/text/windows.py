"""Texts as pieces in, windows that a model can read whole out; every piece counts in exactly one window."""

from collections.abc import Sequence
from dataclasses import dataclass

# The part of a window that it shares with the next, so that no piece is read without what stands around it.
SHARED = 0.25


@dataclass(frozen=True)
class Window:
    """Pieces to be read at once for one text; those from ``start`` to ``stop`` count for it."""

    text: int
    pieces: tuple[int, ...]
    start: int
    stop: int


def windows(texts: Sequence[Sequence[int]], begin: Sequence[int], end: Sequence[int], longest: int) -> list[Window]:
    """Overlapping windows over whole texts, each between the marks of begin and end, none above ``longest``."""
    room = longest - len(begin) - len(end)
    assert room >= 1, "a window has no room for a text"
    step = max(1, room - int(room * SHARED))
    found = []
    for text, pieces in enumerate(texts):
        starts = [0, *range(step, max(1, len(pieces) - (room - step)), step)] if len(pieces) > room else [0]
        # Half of what two windows share counts in each, where its surroundings are widest.
        cuts = [0, *(start + (room - step) // 2 for start in starts[1:]), len(pieces)]
        for place, start in enumerate(starts):
            body = pieces[start : start + room]
            first, last = place == 0, place == len(starts) - 1
            low = 0 if first else len(begin) + cuts[place] - start
            high = len(begin) + cuts[place + 1] - start + (len(end) if last else 0)
            found.append(Window(text, (*begin, *body, *end), low, high))
    return found
