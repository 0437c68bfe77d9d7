"""Who chose what in; when, in which order and how often out: evenings with a mood, sequels after their first part."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

DAY = 86_400
# 2022-01-01, a Saturday, to the end of 2024.
START, DAYS = 1_640_995_200, 1_096
FIRST_YEAR = 2022
SLACK = 10
LATE_SHARE = 0.2
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
    items: pd.DataFrame, chosen: tuple[np.ndarray, np.ndarray], users: np.ndarray, offers: np.ndarray,
    tastes: np.ndarray, known: Arrivals, rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """One row for each event, by person and time; user and item are positions."""
    rows, columns = chosen
    earliest = np.maximum(known.users[rows], known.items[columns])
    mood = _moods(rows, columns, users, offers, rng)
    order = np.lexsort((rng.random(rows.size), mood, rows))
    rows, columns, earliest, mood = rows[order], columns[order], earliest[order], mood[order]
    first = _evenings(rows, mood, rng)
    evening = np.cumsum(first) - 1
    possible = np.maximum.reduceat(earliest, np.flatnonzero(first))
    leader = np.flatnonzero(first)
    days = _days(rows[leader], mood[leader], possible, users.shape, known, rng)
    days = _to_weekday(days, tastes[mood[leader]], rng)
    place = np.arange(rows.size) - leader[evening]
    hour = np.where(tastes[mood[leader]] == "watched with children", 14.5, 19.0)
    begin = START + days * DAY + (hour * 3_600).astype(np.int64) + rng.integers(0, 3_600, leader.size)
    times = begin[evening] + place * STEP_SECONDS
    times = _sequels(items, rows, columns, times, earliest, rng)
    return _again(rows, columns, times, tastes[mood], rng)


def _moods(
    rows: np.ndarray, columns: np.ndarray, users: np.ndarray, offers: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The taste each choice serves: mostly the one that speaks loudest for it."""
    mood = np.empty(rows.size, np.int64)
    for start in range(0, rows.size, 20_000):
        block = slice(start, start + 20_000)
        # The crowd's taste, the last, is no mood.
        parts = users[rows[block], :-1] * offers[columns[block], :-1]
        mood[block] = np.argmax(parts + 0.2 * rng.standard_normal(parts.shape, np.float32), axis=1)
    return mood


def _evenings(rows: np.ndarray, mood: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Where a new evening begins: with another person, another mood, or when enough was seen."""
    first = rng.random(rows.size) >= EVENING_GOES_ON
    first[0] = True
    first[1:] |= (rows[1:] != rows[:-1]) | (mood[1:] != mood[:-1])
    # Three in one evening, no more: cut every fourth of a run.
    run = np.arange(rows.size) - np.maximum.accumulate(np.where(first, np.arange(rows.size), 0))
    return first | (run % 3 == 0)


def _days(
    rows: np.ndarray, mood: np.ndarray, possible: np.ndarray, shape: tuple[int, int], known: Arrivals,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """The day of each evening: a taste has its phases; what was not there yet is seen later."""
    end = DAYS - SLACK
    phase = rng.random(shape)[rows, mood] * (end - known.users[rows]) + known.users[rows]
    near = phase + PHASE_DAYS * rng.standard_normal(rows.size)
    anywhere = possible + rng.random(rows.size) * (end - possible)
    days = np.where(rng.random(rows.size) < PHASE_SHARE, near, anywhere)
    days = np.where((days < possible) | (days > end), anywhere, days)
    return np.floor(days).astype(np.int64)


def _to_weekday(days: np.ndarray, mood: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move on by less than a week: children's hours to the weekend, dates to Friday or Saturday, much else to workdays."""
    pick = rng.random(days.size)
    target = np.array(WORKDAYS)[(pick * len(WORKDAYS)).astype(int)]
    for name, wanted in (("watched with children", WEEKEND), ("date night", FRIDAY_SATURDAY)):
        target = np.where(mood == name, np.array(wanted)[(pick * 2).astype(int)], target)
    special = (mood == "watched with children") | (mood == "date night")
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
    rows: np.ndarray, columns: np.ndarray, times: np.ndarray, mood: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Add what is chosen a second or third time, children's favourites above all."""
    chance = np.where(mood == "watched with children", AGAIN_WITH_CHILDREN, AGAIN)
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
