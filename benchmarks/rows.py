"""One line of the table, and how two things are timed side by side."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """What was measured, on what, against what, and whether the target is met.

    ``value`` is what ``target`` bounds: ours / peer where there is a peer, else ours. Times are in seconds.
    """

    name: str
    ours: float
    peer: float | None
    value: float
    target: float | None
    data: str
    repeats: int
    low: float
    high: float
    note: str = ""

    @property
    def met(self) -> bool | None:
        """None where the row only tells."""
        return None if self.target is None else self.value <= self.target


@dataclass(frozen=True)
class Timed:
    """One call: seconds by the clock, seconds of all cores, and what it returned."""

    wall: float
    cpu: float
    result: Any


def timed(call: Callable[[], Any]) -> Timed:
    """Call once, with both clocks."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    return Timed(time.perf_counter() - wall, time.process_time() - cpu, result)


def side_by_side(calls: dict[str, Callable[[], Any]], repeats: int) -> dict[str, list[Timed]]:
    """Every call in turn, ``repeats`` times, each round in the opposite order; one round before it is not counted."""
    for call in calls.values():
        call()
    found: dict[str, list[Timed]] = {name: [] for name in calls}
    for turn in range(repeats):
        for name in list(calls)[:: 1 if turn % 2 else -1]:
            found[name].append(timed(calls[name]))
    return found


def against(
    name: str, ours: list[Timed], peer: list[Timed], target: float | None, data: str, clock: str, note: str = ""
) -> Row:
    """Medians of both, and the median and spread of the ratio within a round."""
    mine, theirs = ([getattr(one, clock) for one in side] for side in (ours, peer))
    ratios = [one / other for one, other in zip(mine, theirs, strict=True)]
    return Row(
        f"{name}, {'clock' if clock == 'wall' else 'CPU'}", statistics.median(mine), statistics.median(theirs),
        statistics.median(ratios), target, data, len(ratios), min(ratios), max(ratios), note,
    )  # fmt: skip


def alone(
    name: str, seconds: Sequence[float], target: float | None, data: str, value: float | None = None, note: str = ""
) -> Row:
    """Something without a peer; its median, unless another value of the sample is what counts."""
    shown = statistics.median(seconds) if value is None else value
    return Row(name, shown, None, shown, target, data, len(seconds), min(seconds), max(seconds), note)


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    head = ("name", "ours", "peer", "ratio", "target", "met", "spread", "n", "data", "note")
    cells = [
        (
            row.name, f"{row.ours:.3f}", "" if row.peer is None else f"{row.peer:.3f}",
            "" if row.peer is None else f"{row.value:.3f}", "" if row.target is None else f"<= {row.target:g}",
            {None: "", True: "met", False: "MISSED"}[row.met], f"{row.low:.3f}-{row.high:.3f}", str(row.repeats),
            row.data, row.note,
        )
        for row in rows
    ]  # fmt: skip
    widths = [max(len(line[column]) for line in (head, *cells)) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (head, *cells)
    )
