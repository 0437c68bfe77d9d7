"""Two tables and repairs in; what each other choice would come to, found by building it, out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from textrec_core.data import catalogue, intake, weights
from textrec_core.data.intake import Intake
from textrec_core.data.mapping import Mapping
from textrec_core.data.repair import FORMS, Repairs, clean_ids
from textrec_core.data.tables import Table
from textrec_core.errors import DataError
from textrec_core.limits import LIMITS, Limits

# Up to this many different values, each is tried as a threshold.
KINDS = 21
UNREPAIRED = Repairs()
Counts = dict[str, int]
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Trial:
    """One changed choice and the counts it would give; where it gives no data yet, the problem that would be left."""

    name: str
    value: bool | int | str
    words: str
    counts: tuple[tuple[str, int], ...]
    left: str = ""


CHOICES: tuple[tuple[str, bool | int | str, str], ...] = (
    ("trim", True, "Ignore spaces around ids"),
    ("trim", False, "Keep spaces around ids apart"),
    ("fold_case", True, "Read ids alike that differ in capitals only"),
    ("numeric_ids", True, "Read 12, 012 and 12.0 as one id"),
    ("duplicates", "sum", "Repeated pairs: add their weights"),
    ("duplicates", "last", "Repeated pairs: keep the last"),
    ("duplicates", "count", "Repeated pairs: count them"),
    ("duplicates", "max", "Repeated pairs: keep the strongest"),
    ("repeated_items", "first", "Items described twice: keep the first"),
    ("repeated_items", "last", "Items described twice: keep the last"),
    ("repeated_items", "join", "Items described twice: join their words"),
    ("decimal", "point", "Weights: the point is the decimal mark"),
    ("decimal", "comma", "Weights: the comma is the decimal mark"),
    ("dates", "day first", "Dates: day first"),
    ("dates", "month first", "Dates: month first"),
    ("times", "forget", "Keep rows with impossible times; forget when anything was chosen"),
    ("weights", "each counts 1", "Weights: each row counts 1"),
    ("weights", "as is", "Weights: as they are, negative rows left out"),
    ("weights", "threshold", "Weights: only rows from the threshold on"),
    ("user_minimum", 5, "Leave out people with fewer than 5 items"),
    ("item_minimum", 5, "Leave out items with fewer than 5 people"),
    ("only_described", True, "Leave out items that the item table lacks"),
    ("strip_html", True, "Remove HTML from titles and texts"),
    ("title_for_empty_text", True, "Let the title speak where a text is missing"),
    ("title_for_empty_text", False, "Leave items without a text without one"),
)
# Choices that matter only where something was found of which they decide.
DECIDED = {"duplicates", "repeated_items", "title_for_empty_text"}


def trials(
    interactions: Table | None, items: Table | None, mapping: Mapping, repairs: Repairs, limits: Limits = LIMITS,
    on_progress: Progress | None = None,
) -> tuple[Counts, list[Trial]]:  # fmt: skip
    """The counts as they are, and every single changed choice that would change them or lead past the problem."""
    base, account, problem = _attempt(interactions, items, mapping, repairs, limits)
    wanted = [
        (name, value, words)
        for name, value, words in CHOICES
        if getattr(repairs, name) != value
        # What a repair that was chosen has done is known already.
        and (account is None or getattr(repairs, name) == getattr(UNREPAIRED, name))
        and (account is None or _may_matter(name, value, account, interactions, items, mapping, repairs))
    ]
    found = []
    for number, (name, value, words) in enumerate(wanted):
        if on_progress:
            on_progress(number / len(wanted), words)
        changes: dict[str, Any] = {name: value}
        counts, _, left = _attempt(interactions, items, mapping, replace(repairs, **changes), limits)
        if (counts and counts != base) or (problem and left and left != problem):
            found.append(Trial(name, value, words, tuple(counts.items()), left))
    return base, found


def _attempt(
    interactions: Table | None, items: Table | None, mapping: Mapping, repairs: Repairs, limits: Limits
) -> tuple[Counts, Intake | None, str]:
    """The figures by which choices are compared, or what stands in the way of any."""
    try:
        made, account = intake.build("trial", interactions, items, mapping, repairs, limits)
    except DataError as fault:
        return {}, None, fault.problem
    counts = {"people": made.users.size, "items": made.items.size, "interactions": made.interactions}
    if account.overlap is not None:
        counts["items in both tables"] = account.overlap.both
    if items is not None:
        counts["items with a text"] = sum(bool(text) for text in made.texts)
        counts["letters of text"] = sum(map(len, made.titles)) + sum(map(len, made.texts))
    counts["sum of the weights"] = round(float(made.matrix.data.sum()))
    if mapping.time is not None:
        counts["interactions with a time"] = 0 if made.times is None else made.times.size
    return counts, account, ""


def _may_matter(
    name: str, value: object, account: Intake, interactions: Table | None, items: Table | None, mapping: Mapping,
    repairs: Repairs,
) -> bool:  # fmt: skip
    """A quick look before a whole build; only what surely changes nothing is ruled out."""
    if name in ("weights", "decimal", "dates"):
        # Weights have a table of rules of their own; the others were clear enough.
        return False
    if name in FORMS:
        columns = [
            (table, column)
            for table, column in ((interactions, mapping.user), (interactions, mapping.item), (items, mapping.item_id))
            if table is not None and column is not None
        ]
        changes: dict[str, Any] = {name: value}
        return any(_merges(table.frame[column], repairs, replace(repairs, **changes)) for table, column in columns)
    if name in DECIDED:
        return any(effect.repair == name for effect in account.effects)
    if name == "times":
        return any("the time cannot be read" in reason for reason in account.dropped)
    if name == "only_described":
        return account.overlap is not None and account.overlap.only_interactions > 0
    if name == "strip_html" and items is not None:
        used = {mapping.title, *mapping.text, *mapping.attributes} - {None}
        return any(
            pc.any(pc.match_substring_regex(pa.array(items.frame[column].to_numpy(object), pa.string()), catalogue.TAG)).as_py()
            for column in used
        )  # fmt: skip
    return (interactions if name.endswith("minimum") else items) is not None


def _merges(cells: pd.Series, repairs: Repairs, changed: Repairs) -> bool:
    distinct = pd.Series(pd.unique(cells), dtype="str")
    before, after = (clean_ids(distinct, how)[0] for how in (repairs, changed))
    return not before.equals(after)


@dataclass(frozen=True)
class Rule:
    """One way to take the weights, and the rows, people and items that would then count."""

    rule: str
    threshold: float | None
    rows: int
    people: int
    items: int


def rules(table: Table, mapping: Mapping, repairs: Repairs) -> list[Rule]:
    """Every rule for the weights, thresholds at each value where there are few; ids as they are written."""
    if mapping.weight is None or mapping.user is None or mapping.item is None:
        return []
    try:
        values = weights.numbers(table.frame[mapping.weight], mapping.weight, repairs.decimal)
    except DataError:
        # Which mark is the decimal one has to be said first.
        return []
    finite = np.isfinite(values)
    people, items = (pd.factorize(table.frame[column])[0] for column in (mapping.user, mapping.item))
    kinds = np.unique(values[finite])
    tried: list[tuple[str, float | None]] = [("each counts 1", None), ("as is", None)]
    if kinds.size > KINDS:
        kinds = np.unique(np.quantile(kinds, np.linspace(0, 1, KINDS), method="nearest"))
    tried += [("threshold", float(step)) for step in kinds]
    found = []
    for rule, threshold in tried:
        _, counts = weights.applied(values, rule, 0.0 if threshold is None else threshold)
        kept = counts if rule == "each counts 1" else counts & finite
        found.append(Rule(rule, threshold, int(kept.sum()), _used(people[kept]), _used(items[kept])))
    return found


def _used(codes: np.ndarray) -> int:
    return int(np.count_nonzero(np.bincount(codes))) if codes.size else 0
