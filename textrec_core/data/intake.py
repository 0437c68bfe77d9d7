"""Two tables, a mapping and repairs in; a Dataset and the account of how it came to be out."""

from collections.abc import Mapping as Named
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from textrec_core.data import catalogue, dataset, doctor, moments, repair, weights
from textrec_core.data.catalogue import Catalogue
from textrec_core.data.dataset import Dataset
from textrec_core.data.doctor import Overlap, Suggestion
from textrec_core.data.ledger import FAULTY_COLUMNS, Effect, Ledger
from textrec_core.data.mapping import Mapping
from textrec_core.data.repair import Pairs, Repairs
from textrec_core.data.tables import Table
from textrec_core.errors import DataError
from textrec_core.limits import LIMITS, Limits


class NoOverlap(DataError):
    """The two tables share no item; ``suggestion`` is a change under which they would."""

    def __init__(
        self, problem: str, hint: str = "", shared: Overlap | None = None, suggestion: Suggestion | None = None
    ) -> None:
        super().__init__(problem, hint)
        self.shared = shared
        self.suggestion = suggestion

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problem, self.hint, self.shared, self.suggestion)


@dataclass(frozen=True, eq=False)
class Intake:
    """What was read, kept, mended and dropped, and why.

    ``counts`` are figures by name, ``dropped`` rows by table and reason; ``faulty`` lists the first of them
    with their row numbers in the file.
    """

    counts: Named[str, int]
    dropped: Named[str, int]
    effects: tuple[Effect, ...]
    notes: tuple[str, ...]
    faulty: pd.DataFrame
    overlap: Overlap | None
    suggestion: Suggestion | None

    def report(self) -> pd.DataFrame:
        """Everything in one table: figures, effects, notes, then the rows set aside."""
        rows: list[tuple[str, str, str, str]] = []
        rows += [("count", "", name, f"{number}") for name, number in self.counts.items()]
        rows += [("dropped", "", reason, f"{number}") for reason, number in self.dropped.items()]
        rows += [("repair", "", effect.repair, effect.sentence) for effect in self.effects]
        rows += [("note", "", "", note) for note in self.notes]
        if self.overlap is not None:
            rows += [
                ("overlap", "", "in both", f"{self.overlap.both}"),
                ("overlap", "", "only in interactions", f"{self.overlap.only_interactions}"),
                ("overlap", "", "only in items", f"{self.overlap.only_items}"),
            ]
        if self.suggestion is not None:
            rows.append(("suggestion", "", "", self.suggestion.sentence))
        for table, row, reason, text in self.faulty[list(FAULTY_COLUMNS)].itertuples(index=False, name=None):
            rows.append((f"row of {table}", f"{row}", reason, text))
        return pd.DataFrame(rows, columns=["kind", "row", "what", "value"], dtype="str")


def build(
    name: str,
    interactions: Table | None,
    items: Table | None,
    mapping: Mapping,
    repairs: Repairs | None = None,
    limits: Limits = LIMITS,
) -> tuple[Dataset, Intake]:
    """A Dataset of everything usable; raises ``DataError`` where nothing is, or where a choice is needed."""
    repairs = repairs or Repairs()
    mapping.check(interactions, items)
    ledger = Ledger(limits)
    for table in (interactions, items):
        if table is not None:
            ledger.take_over(table)
            for note in table.notes:
                ledger.note(f"{table.label}: {note}")
    described = catalogue.EMPTY if items is None else catalogue.read_items(items, mapping, repairs, ledger, limits)
    users, chosen = np.array([], object), np.array([], object)
    pairs = Pairs(np.array([], np.int64), np.array([], np.int64), np.array([], np.float64), None)
    shared, suggestion = None, None
    if interactions is not None:
        users, chosen, pairs = _pairs(interactions, mapping, repairs, ledger, limits)
        if items is not None:
            shared = doctor.overlap(chosen, described.ids)
            if shared.only_interactions:
                suggestion = doctor.suggest(interactions, items, mapping, repairs, shared.both)
            if shared.both == 0:
                raise _no_overlap(interactions, items, shared, suggestion)
    result = _assemble(name, users, chosen, pairs, described, repairs, ledger, interactions is not None)
    _sum_up(result, ledger)
    counts, dropped = dict(ledger.counts), dict(ledger.dropped)
    intake = Intake(counts, dropped, tuple(ledger.effects), tuple(ledger.notes), ledger.faulty(), shared, suggestion)
    return result, intake


def _pairs(
    table: Table, mapping: Mapping, repairs: Repairs, ledger: Ledger, limits: Limits
) -> tuple[np.ndarray, np.ndarray, Pairs]:
    """Person, item, weight and time of every usable row; faulty ones are set aside by their first fault."""
    assert mapping.user is not None
    assert mapping.item is not None
    read = len(table.frame)
    ledger.count("interaction rows read", read + len(table.faulty))
    user_codes, users = catalogue.usable_ids(table, mapping.user, repairs, ledger, limits, "person")
    item_codes, items = catalogue.usable_ids(table, mapping.item, repairs, ledger, limits, "item")
    good = (user_codes >= 0) & (item_codes >= 0)
    values, counts, good = _weighed(table, mapping.weight, repairs, ledger, good)
    times = None
    if mapping.time is not None and repairs.times == "forget":
        ledger.note(f"The times in {mapping.time!r} were left unread, as chosen.")
    elif mapping.time is not None:
        times, readable, how = moments.seconds(table.frame[mapping.time], mapping.time, repairs.dates)
        ledger.note(f"Times in {mapping.time!r} were read as {how}.")
        ledger.drop(table, np.flatnonzero(good & ~readable), "the time cannot be read or is impossible")
        good &= readable
    if not good.any():
        raise _nothing_left(table, ledger)
    kept = good & counts
    if not kept.any():
        raise DataError(
            f"{table.label} holds no positive interaction: {int(good.sum()):,} rows were read and none counts.",
            f"Lower the threshold, or choose another column than {mapping.weight!r} as weight.",
        )
    ledger.count("interaction rows kept", int(kept.sum()))
    pairs = Pairs(user_codes, item_codes, values, times).only(kept)
    # Ids of which no row is left are no longer anybody.
    users, user_rows = _used(users, pairs.users)
    items, item_rows = _used(items, pairs.items)
    for noun, count, most in (("people", users.size, limits.users), ("items", items.size, limits.items)):
        if count > most:
            raise DataError(
                f"{table.label} has {count:,} {noun}; at most {most:,} are held.", "Upload a sample of people."
            )
    return users, items, Pairs(user_rows, item_rows, pairs.weights, pairs.times)


def _weighed(
    table: Table, column: str | None, repairs: Repairs, ledger: Ledger, good: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The weight of every row, which rows count, and which are still ``good``."""
    if column is None:
        ledger.note("There is no weight; each row counts 1.")
        return np.ones(good.size), np.ones(good.size, bool), good
    cells = table.frame[column]
    numbers = weights.numbers(cells, column, repairs.decimal)
    rule, sentence = weights.rule_for(numbers[good], column, repairs)
    ledger.note(sentence)
    if weights.has_durations(pd.Series(pd.unique(cells), dtype="str").str.strip()):
        ledger.note(f"Durations in {column!r} were read as seconds.")
    # Who says that each row counts 1 means those without a number as well.
    faults = [] if repairs.weights == "each counts 1" else weights.fault_of(cells, numbers, rule)
    for fault, reason in faults:
        ledger.drop(table, np.flatnonzero(fault & good), reason)
        good = good & ~fault
    values, counts = weights.applied(numbers, rule, repairs.threshold)
    silent = int((good & ~counts).sum())
    why = (
        f"are under the threshold {repairs.threshold:g}"
        if rule == "threshold"
        else "have the weight 0, which says nothing"
    )
    ledger.effect("weights", silent, f"{silent:,} rows {why}.")
    return values, counts, good


def _used(ids: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    present = np.bincount(codes, minlength=ids.size) > 0
    return ids[present], (np.cumsum(present) - 1)[codes]


def _assemble(
    name: str, users: np.ndarray, chosen: np.ndarray, pairs: Pairs, described: Catalogue, repairs: Repairs,
    ledger: Ledger, has_interactions: bool,
) -> Dataset:  # fmt: skip
    """Items of the table come first, in its order, then those that only people know."""
    place = pd.Index(described.ids).get_indexer(pd.Index(chosen))
    alone = place < 0
    if repairs.only_described and described.ids.size:
        lost = int(alone[pairs.items].sum())
        ledger.effect(
            "only_described", lost, f"{lost:,} interactions with {int(alone.sum()):,} undescribed items were left out."
        )
        pairs, chosen = pairs.only(~alone[pairs.items]), np.where(alone, "", chosen)
        extra = chosen[:0]
    else:
        place = np.where(alone, described.ids.size + np.cumsum(alone) - 1, place)
        extra = chosen[alone]
    ids = np.concatenate([described.ids, extra])
    pairs = Pairs(pairs.users, place[pairs.items].astype(np.int64), pairs.weights, pairs.times)
    kept_items = np.ones(ids.size, bool)
    if has_interactions:
        pairs, kept_items = _reduced(pairs, users.size, ids.size, described.ids.size, repairs, ledger)
        users, user_rows = _used(users, pairs.users)
        number = np.cumsum(kept_items) - 1
        pairs = Pairs(user_rows, number[pairs.items], pairs.weights, pairs.times)
    titles = np.concatenate([described.titles, extra])
    gaps = np.full(extra.size, "", object)
    return dataset.build(
        name, users, ids[kept_items], (pairs.users, pairs.items), pairs.weights, pairs.times,
        titles[kept_items], np.concatenate([described.texts, gaps])[kept_items],
        {key: np.concatenate([cells, gaps])[kept_items] for key, cells in described.attributes.items()},
    )  # fmt: skip


def _reduced(
    pairs: Pairs, users: int, items: int, described: int, repairs: Repairs, ledger: Ledger
) -> tuple[Pairs, np.ndarray]:
    """Merge repeats, draw people, leave out those under a minimum; items nobody chose stay if they are described."""
    before = pairs.size
    pairs = repair.merge(pairs, items, repairs.duplicates)
    merged = before - pairs.size
    ledger.effect(
        "duplicates",
        merged,
        f"{merged:,} {'row repeats' if merged == 1 else 'rows repeat'} a pair of person and item, merged by this rule: {repairs.duplicates}.",
    )
    if repairs.people_share < 1.0 and pairs.size:
        kept = repair.sample_of_people(pairs, users, repairs.people_share)
        ledger.effect(
            "people_share", int((~kept).sum()), f"{int((~kept).sum()):,} interactions belong to people not drawn."
        )
        pairs = pairs.only(kept)
    known = np.bincount(pairs.items, minlength=items) > 0
    kept_items = known | (np.arange(items) < described)
    if repairs.user_minimum > 1 or repairs.item_minimum > 1:
        kept = repair.core(pairs, users, items, repairs.user_minimum, repairs.item_minimum)
        ledger.effect(
            "minimum",
            int((~kept).sum()),
            f"{int((~kept).sum()):,} interactions belong to people or items under the minimum.",
        )
        pairs = pairs.only(kept)
        still = np.bincount(pairs.items, minlength=items) > 0
        # Chosen, but by too few: left out. Described and never chosen: kept, nobody could have been too few.
        kept_items &= still | ~known
    if not pairs.size:
        raise DataError(
            "No interaction is left after the repairs.",
            "Lower the minimum per person or per item, or keep undescribed items.",
        )
    return pairs, kept_items


def _sum_up(result: Dataset, ledger: Ledger) -> None:
    ledger.count("people", result.users.size)
    ledger.count("items", result.items.size)
    ledger.count("interactions", result.interactions)
    ledger.count("items chosen by somebody", int((result.popularity > 0).sum()))
    if result.users.size and (result.users.size < 2 or result.items.size < 2):
        ledger.note("There must be at least two people and two items before a model can be trained.")


def _nothing_left(table: Table, ledger: Ledger) -> DataError:
    reasons = sorted(ledger.dropped.items(), key=lambda entry: -entry[1])
    most, count = reasons[0] if reasons else (f"{table.label}: no rows", 0)
    return DataError(
        f"No row of {table.label} can be used. Most often, {most} ({count:,} rows).", "Check the mapping of columns."
    )


def _no_overlap(interactions: Table, items: Table, shared: Overlap, suggestion: Suggestion | None) -> DataError:
    left = ", ".join(map(repr, shared.examples_only_interactions[:3]))
    right = ", ".join(map(repr, shared.examples_only_items[:3]))
    return NoOverlap(
        f"No item id of {interactions.label} (for example {left}) is found in {items.label} (for example {right}).",
        suggestion.sentence if suggestion else "Check which column is the item id in each table.",
        shared,
        suggestion,
    )
