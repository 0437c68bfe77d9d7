"""Rows and bytes of a table in; the memory that building a Dataset of it will take, and what the machine has, out."""

from pathlib import Path
from typing import Any

from textrec_core.errors import DataError
from textrec_core.limits import MEBI

# Fitted to the peaks of generated tables of 1 to 10 million rows, so that none took more: ``benchmarks reading`` prints
# how much of the real peak is told.
FIXED, PER_ROW, PER_BYTE = 100_000_000, 130, 3
# What must be left for everybody else.
SPARE = 512 * MEBI


class TooLarge(DataError):
    """More than can be held; ``share`` of the people would fit."""

    def __init__(self, problem: str, hint: str = "", share: float = 0.0) -> None:
        super().__init__(problem, hint)
        self.share = share

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.hint, self.share)


def needed(rows: int, size: int) -> int:
    """Bytes at the peak of reading and building."""
    return FIXED + PER_ROW * rows + PER_BYTE * size


def available() -> int | None:
    """Bytes this process may still take, by the machine and by its container; None where neither says."""
    found = []
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        for line in meminfo.read_text("ascii", "replace").splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) * 1024)
    most, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    if most.is_file() and used.is_file() and (limit := most.read_text().strip()).isdigit():
        found.append(int(limit) - int(used.read_text()))
    return max(0, min(found)) if found else None


def check(rows: int, size: int, label: str, most_rows: int, free: int | None = None) -> None:
    """Raise ``TooLarge`` for a table of more rows than are read, or than the machine can hold."""
    free = available() if free is None else free
    take = needed(rows, size)
    room = None if free is None else max(0, free - SPARE)
    if rows <= most_rows and (room is None or take <= room):
        return
    share = min(1.0, most_rows / rows, 1.0 if room is None else room / take)
    # A little less than fits, in steps a person can name.
    share = max(0.001, int(900 * share) / 1000)
    limit = f"at most {most_rows:,} rows are read" if rows > most_rows else f"{(room or 0) / 1e9:,.1f} GB are free"
    raise TooLarge(
        f"{label} has about {rows:,} rows; building it would take about {take / 1e9:,.1f} GB of memory, and {limit}.",
        f"Read a sample instead: {share:.1%} of the people, from the busiest to the quietest, each with all their rows.",
        share,
    )
