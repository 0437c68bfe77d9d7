"""Which ids the two tables share, and the repair that would make them share more, found by trying."""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from textrec_core.data.mapping import Mapping
from textrec_core.data.repair import FORMS, Repairs, clean_ids
from textrec_core.data.tables import Table

SHOWN = 5
FORM_WORDS = {"trim": "spaces ignored", "fold_case": "capitals ignored", "numeric_ids": "12, 012 and 12.0 read alike"}


@dataclass(frozen=True)
class Overlap:
    """How many item ids stand in both tables or in one, with examples of each."""

    both: int
    only_interactions: int
    only_items: int
    examples_both: tuple[str, ...] = ()
    examples_only_interactions: tuple[str, ...] = ()
    examples_only_items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """A change that was tried, and how many item ids would then match."""

    repairs: Repairs
    mapping: Mapping
    matched: int
    sentence: str


def overlap(chosen: np.ndarray, described: np.ndarray) -> Overlap:
    """Compare the ids of the interactions with those of the item table."""
    left, right = pd.Index(chosen), pd.Index(described)
    shared = left.isin(right)
    alone = ~right.isin(left)
    return Overlap(
        int(shared.sum()), int((~shared).sum()), int(alone.sum()),
        _few(chosen[shared]), _few(chosen[~shared]), _few(described[alone]),
    )  # fmt: skip


def suggest(interactions: Table, items: Table, mapping: Mapping, repairs: Repairs, matched: int) -> Suggestion | None:
    """The smallest change under which clearly more ids match; ``None`` where none does."""
    assert mapping.item is not None
    assert mapping.item_id is not None
    chosen, described = _distinct(interactions, mapping.item), _distinct(items, mapping.item_id)
    best: Suggestion | None = None
    off = [form for form in FORMS if not getattr(repairs, form)]
    for size in range(1, len(off) + 1):
        for forms in combinations(off, size):
            wanted = {form: getattr(repairs, form) or form in forms for form in FORMS}
            tried = replace(
                repairs, trim=wanted["trim"], fold_case=wanted["fold_case"], numeric_ids=wanted["numeric_ids"]
            )
            count = _matches(chosen, described, tried)
            if count > max(matched, best.matched if best else 0):
                words = " and ".join(FORM_WORDS[form] for form in forms)
                best = Suggestion(
                    tried, mapping, count, f"With {words}, {count:,} item ids match instead of {matched:,}."
                )
    for label, column, count, changed in _other_columns(interactions, items, mapping, repairs, chosen, described):
        # Small numbers match by chance, so another column must win clearly.
        if count > 2 * max(matched, best.matched if best else 0):
            best = Suggestion(
                repairs, changed, count,
                f"With {column!r} of {label} as the item id, {count:,} item ids match instead of {matched:,}.",
            )  # fmt: skip
    return best


def _other_columns(
    interactions: Table, items: Table, mapping: Mapping, repairs: Repairs, chosen: pd.Series, described: pd.Series
) -> list[tuple[str, str, int, Mapping]]:
    found = []
    for name in [name for name in interactions.frame.columns if name not in (mapping.item, mapping.user)][:20]:
        count = _matches(_distinct(interactions, name), described, repairs)
        changed = replace(mapping, item=name, weight=None if mapping.weight == name else mapping.weight)
        found.append(
            (interactions.label, name, count, replace(changed, time=None if changed.time == name else changed.time))
        )
    if mapping.user is not None:
        count = _matches(_distinct(interactions, mapping.user), described, repairs)
        found.append((interactions.label, mapping.user, count, replace(mapping, user=mapping.item, item=mapping.user)))
    for name in [name for name in items.frame.columns if name != mapping.item_id][:20]:
        count = _matches(chosen, _distinct(items, name), repairs)
        found.append((items.label, name, count, replace(mapping, item_id=name)))
    return found


def _distinct(table: Table, column: str) -> pd.Series:
    return pd.Series(pd.unique(table.frame[column]), dtype="str")


def _matches(chosen: pd.Series, described: pd.Series, repairs: Repairs) -> int:
    left, right = (pd.Index(clean_ids(ids, repairs)[0].unique()) for ids in (chosen, described))
    return int((left.isin(right) & (left != "")).sum())


def _few(ids: np.ndarray) -> tuple[str, ...]:
    return tuple(str(identity)[:80] for identity in ids[:SHOWN])
