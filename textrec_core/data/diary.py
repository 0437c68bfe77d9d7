"""Who chose what in; when, in which order and how often out: evenings with a mood, sequels after their first part."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from textrec_core.data.tastes import SPOKEN
from textrec_core.data.truth import Truth

CHILDREN, DATE = SPOKEN["children"], SPOKEN["date"]
DAY = 86_400
# 2022-01-01, a Saturday, to the end of 2024.
START, DAYS = 1_640_995_200, 1_096
FIRST_YEAR = 2022
SLACK = 10
LATE_SHARE = 0.2
BLOCK, MOOD_NOISE = 20_000, np.float32(0.2)
# How long an evening's mood is to last, and how far a phase of one taste spreads around its middle.
EVENING_GOES_ON = 0.5
PHASE_SHARE, PHASE_DAYS = 0.6, 30.0
SEQUEL_SOON = 0.65
AGAIN, AGAIN_WITH_CHILDREN, AGAIN_DAYS = 0.035, 0.2, 60.0
STEP_SECONDS = 7_800
WEEKEND, FRIDAY_SATURDAY, WORKDAYS = (5, 6), (4, 5), (0, 1, 2, 3)


@dataclass(frozen=True, eq=False)
class Arrivals:
    """The day each person joined and the day each item was added, counted from the first."""

    users: np.ndarray
    items: np.ndarray

    def overlap(self) -> np.ndarray:
        """The share of each person's time in which each item could be chosen."""
        end = DAYS - SLACK
        together = end - np.maximum(self.users[:, None], self.items[None, :])
        return np.clip(together / (end - self.users[:, None]), 0.0, 1.0)


def arrivals(items: pd.DataFrame, people: int, rng: np.random.Generator) -> Arrivals:
    """Most people and items are there from the start; what was made within the three years arrives when made."""
    users = np.where(rng.random(people) < 0.4, 0, rng.integers(0, 730, people))
    late = rng.random(len(items)) < LATE_SHARE
    days = np.where(late, rng.integers(1, 730, len(items)), 0)
    within = rng.integers(0, 330, len(items))
    if "year" in items:
        years = items["year"].to_numpy(int)
        released = (years - FIRST_YEAR) * 365 + within
        days = np.where(years >= FIRST_YEAR, released, days)
    return Arrivals(users.astype(np.int64), np.minimum(days, DAYS - 120).astype(np.int64))


def write(
    items: pd.DataFrame, chosen: tuple[np.ndarray, np.ndarray], truth: Truth, known: Arrivals, rng: np.random.Generator
) -> pd.DataFrame:
    """One row for each event, by person and time; user and item are positions."""
    rows, columns = chosen
    mood, spoken = _moods(rows, columns, truth, rng)
    order = np.lexsort((rng.random(rows.size), mood, rows))
    rows, columns, mood = rows[order], columns[order], mood[order]
    earliest = np.maximum(known.users[rows], known.items[columns])
    first = _evenings(rows, mood, rng)
    evening, leader = np.cumsum(first) - 1, np.flatnonzero(first)
    possible = np.maximum.reduceat(earliest, leader)
    days = _days(rows[leader], mood[leader], possible, known, rng)
    days = _to_weekday(days, spoken[mood[leader]], rng)
    hour = np.where(spoken[mood[leader]] == CHILDREN, 14.5, 19.0)
    begin = START + days * DAY + (hour * 3_600).astype(np.int64) + rng.integers(0, 3_600, leader.size)
    place = np.arange(rows.size) - leader[evening]
    times = begin[evening] + place * STEP_SECONDS
    times = _sequels(items, rows, columns, times, earliest, rng)
    return _again(rows, columns, times, spoken[mood] == CHILDREN, rng)


def _moods(
    rows: np.ndarray, columns: np.ndarray, truth: Truth, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The taste each choice serves, mostly the one that speaks loudest for it; and the tastes that can be a mood."""
    # The crowd's taste, the last, is no mood, and an axis of words is none that anyone could name.
    able = [place for place, name in enumerate(truth.tastes[:-1]) if not name.startswith("words:")]
    wants, offers = truth.users[:, able], truth.items[:, able]
    mood = np.empty(rows.size, np.int64)
    for start in range(0, rows.size, BLOCK):
        block = slice(start, start + BLOCK)
        parts = wants[rows[block]] * offers[columns[block]]
        mood[block] = np.argmax(parts + MOOD_NOISE * rng.standard_normal(parts.shape, np.float32), axis=1)
    return mood, truth.tastes[able]


def _evenings(rows: np.ndarray, mood: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Where a new evening begins: with another person, another mood, or when enough was seen."""
    first = rng.random(rows.size) >= EVENING_GOES_ON
    first[0] = True
    first[1:] |= (rows[1:] != rows[:-1]) | (mood[1:] != mood[:-1])
    # Three in one evening, no more: cut every fourth of a run.
    run = np.arange(rows.size) - np.maximum.accumulate(np.where(first, np.arange(rows.size), 0))
    return first | (run % 3 == 0)


def _days(
    rows: np.ndarray, mood: np.ndarray, possible: np.ndarray, known: Arrivals, rng: np.random.Generator
) -> np.ndarray:
    """The day of each evening: a taste has its phases; what was not there yet is seen later."""
    end = DAYS - SLACK
    phase = (
        rng.random((known.users.size, int(mood.max()) + 1))[rows, mood] * (end - known.users[rows]) + known.users[rows]
    )
    near = phase + PHASE_DAYS * rng.standard_normal(rows.size)
    anywhere = possible + rng.random(rows.size) * (end - possible)
    days = np.where(rng.random(rows.size) < PHASE_SHARE, near, anywhere)
    days = np.where((days < possible) | (days > end), anywhere, days)
    return np.floor(days).astype(np.int64)


def _to_weekday(days: np.ndarray, mood: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move on by less than a week: children's hours to the weekend, dates to Friday or Saturday, much else to workdays."""
    pick = rng.random(days.size)
    target = np.array(WORKDAYS)[(pick * len(WORKDAYS)).astype(int)]
    for name, wanted in ((CHILDREN, WEEKEND), (DATE, FRIDAY_SATURDAY)):
        target = np.where(mood == name, np.array(wanted)[(pick * 2).astype(int)], target)
    special = (mood == CHILDREN) | (mood == DATE)
    moves = rng.random(days.size) < np.where(special, 0.85, 0.55)
    # Day 0 is a Saturday, day 5 of a week that begins on Monday.
    return np.where(moves, days + (target - (days + 5)) % 7, days)


def _sequels(
    items: pd.DataFrame, rows: np.ndarray, columns: np.ndarray, times: np.ndarray, earliest: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """A person's parts of one series in their order, and often the next within days."""
    if "series" not in items:
        return times
    series = pd.factorize(items["series"].replace("", None))[0][columns]
    part = pd.to_numeric(items["part"], errors="coerce").fillna(0).to_numpy(int)[columns]
    member = np.flatnonzero(series >= 0)
    by_part = member[np.lexsort((part[member], series[member], rows[member]))]
    by_time = member[np.lexsort((times[member], series[member], rows[member]))]
    times = times.copy()
    times[by_part] = times[by_time]
    soon = rng.random(by_part.size) < SEQUEL_SOON
    gap = rng.integers(1, 4, by_part.size) * DAY
    # One pass for each further part: the second is moved before the third looks at it.
    same = np.zeros(by_part.size, bool)
    same[1:] = (rows[by_part[1:]] == rows[by_part[:-1]]) & (series[by_part[1:]] == series[by_part[:-1]])
    for here in np.flatnonzero(same & soon):
        now, before = by_part[here], by_part[here - 1]
        wanted = max(times[before] + gap[here], START + (earliest[now] + 1) * DAY)
        times[now] = min(times[now], wanted)
    return times


def _again(
    rows: np.ndarray, columns: np.ndarray, times: np.ndarray, with_children: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Add what is chosen a second or third time, children's favourites above all."""
    chance = np.where(with_children, AGAIN_WITH_CHILDREN, AGAIN)
    parts = [np.arange(rows.size)]
    moments = [times]
    for _ in range(3):
        more = rng.random(parts[-1].size) < chance[parts[-1]]
        parts.append(parts[-1][more])
        later = moments[-1][more] + ((1 + rng.exponential(AGAIN_DAYS, parts[-1].size)).astype(np.int64) * DAY)
        inside = later < START + DAYS * DAY
        parts[-1], later = parts[-1][inside], later[inside]
        moments.append(later)
    every, when = np.concatenate(parts), np.concatenate(moments)
    events = pd.DataFrame(
        {"user": rows[every], "item": columns[every], "time": when, "weight": np.ones(every.size, np.float32)}
    )
    return events.sort_values(["user", "time", "item"], kind="stable", ignore_index=True)
