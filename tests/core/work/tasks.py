"""Work for the tests of the worker: importable there, and held at a gate where a test has to look at it running."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np

from textrec_core.errors import DataError

Progress = Callable[[float, str], None]


def double(number: int, on_progress: Progress) -> int:
    """Twice the number."""
    return 2 * number


def process(on_progress: Progress) -> int:
    """Which process this is."""
    return os.getpid()


def gated(gate: str, result: object, on_progress: Progress) -> object:
    """Say that it runs, wait until the gate is opened, and give the result."""
    on_progress(0.5, "half way")
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(gate)
        line.recv(1)
    return result


def counted(gate: str, file: str, on_progress: Progress) -> str:
    """Leave a mark for each run, then wait at the gate."""
    with Path(file).open("a") as marks:
        marks.write("x")
    return gated(gate, "done", on_progress)


def chatters(on_progress: Progress) -> None:
    """Never end and never be silent."""
    while True:
        on_progress(0.1, "still busy")


def refuses(on_progress: Progress) -> None:
    """End in words that a person can act on."""
    raise DataError("Row 3 holds no number.", "Mend row 3.")


def fails(secret: str, on_progress: Progress) -> None:
    """End in a way that nobody foresaw."""
    raise RuntimeError(f"secret {secret}")


def starves(on_progress: Progress) -> None:
    """End for want of memory."""
    raise MemoryError


def dies(on_progress: Progress) -> None:
    """Take the whole process along."""
    os._exit(9)


def unsendable(on_progress: Progress) -> object:
    """Make something that cannot leave the process."""
    return lambda: None


class Made:
    """A result with an array in it."""

    def __init__(self, count: int) -> None:
        self.numbers = np.arange(count)


def makes(count: int, on_progress: Progress) -> Made:
    """A result with an array in it."""
    return Made(count)


class Half:
    """A result that wants another turn until its file has so many marks."""

    def __init__(self, marks: str, wanted: int) -> None:
        self.marks, self.unfinished = marks, len(marks) < wanted


def in_turns(file: str, mark: str, wanted: int, on_progress: Progress) -> Half:
    """Leave one mark a turn."""
    path = Path(file)
    with path.open("a") as marks:
        marks.write(mark)
    return Half(path.read_text().replace("o", ""), wanted)


def mark(file: str, letter: str, on_progress: Progress) -> str:
    """Leave a mark."""
    with Path(file).open("a") as marks:
        marks.write(letter)
    return letter
