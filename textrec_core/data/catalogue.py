"""An item table in; ids, titles, texts and attributes, one row per item, out."""

import html
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from textrec_core.data.ledger import Ledger
from textrec_core.data.mapping import Mapping
from textrec_core.data.repair import Repairs, clean_ids, numeric_form
from textrec_core.data.tables import Table
from textrec_core.errors import DataError
from textrec_core.limits import Limits

# What no text shows: controls but line ends and tabs, marks that turn the direction of what follows.
UNSEEN = "[\\x{00}-\\x{08}\\x{0b}\\x{0c}\\x{0e}-\\x{1f}\\x{7f}-\\x{9f}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}\\x{feff}]"
# What spreadsheets make of long numbers, and of words that look like days.
MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)"
MANGLED = rf"\d(?:\.\d+)?[eE]\+?\d+|\d{{1,2}}-{MONTH}|{MONTH}-\d{{2}}|(?i:{MONTH})\d{{1,2}}"
TAG = r"(?s)<(script|style)\b.*?</(script|style)>|<!--.*?-->|</?[a-zA-Z][^<>]*>"


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Row i of every array is item ``ids[i]``."""

    ids: np.ndarray
    titles: np.ndarray
    texts: np.ndarray
    attributes: dict[str, np.ndarray]


EMPTY = Catalogue(np.array([], object), np.array([], object), np.array([], object), {})


def read_items(table: Table, mapping: Mapping, repairs: Repairs, ledger: Ledger, limits: Limits) -> Catalogue:
    """Every item once; rows without a usable id are set aside."""
    assert mapping.item_id is not None
    ledger.count("item rows read", len(table.frame) + len(table.faulty))
    codes, ids = usable_ids(table, mapping.item_id, repairs, ledger, limits, "item")
    if len(ids) > limits.items:
        raise DataError(
            f"{table.label} has {len(ids):,} items; at most {limits.items:,} are held.",
            "Upload the items people chose.",
        )
    names = list(
        dict.fromkeys(name for name in (mapping.title, *mapping.text, *mapping.attributes) if name is not None)
    )
    frame = table.frame[names].assign(**{"\0item": codes})[codes >= 0]
    if frame.empty:
        raise DataError(
            f"{table.label} has no item with a usable id.", f"Choose another column than {mapping.item_id!r}."
        )
    frame = _once(frame, ids, table.label, repairs, ledger).sort_values("\0item")
    shown = {name: _shown(frame[name], repairs) for name in names}
    titles = (
        shown[mapping.title].str.replace(r"\s+", " ", regex=True)
        if mapping.title
        else pd.Series([""] * len(frame), dtype="str")
    )
    if repairs.strip_html:
        changed = sum(int((shown[name].to_numpy() != frame[name].to_numpy()).sum()) for name in names)
        ledger.effect("strip_html", changed, f"{changed:,} cells lost HTML tags or unseen characters.")
    texts = _joined(shown, mapping, len(frame))
    empty = (texts.str.strip() == "").to_numpy(bool)
    if repairs.title_for_empty_text and mapping.title:
        texts = texts.where(~empty, titles)
        ledger.effect(
            "title_for_empty_text",
            int(empty.sum()),
            f"{int(empty.sum()):,} items without a text are described by their title.",
        )
    ledger.count("items described", int((texts.str.strip() != "").sum()))
    ledger.count("items with a text of their own", int((~empty).sum()))
    names_shown = titles.where(titles.str.strip() != "", pd.Series(ids, dtype="str"))
    return Catalogue(
        ids, names_shown.to_numpy(object), texts.to_numpy(object),
        {name: shown[name].to_numpy(object) for name in mapping.attributes},
    )  # fmt: skip


def usable_ids(
    table: Table, column: str, repairs: Repairs, ledger: Ledger, limits: Limits, noun: str
) -> tuple[np.ndarray, np.ndarray]:
    """For every row the number of its id, -1 where it has none, and the ids in order of appearance."""
    codes, distinct = pd.factorize(table.frame[column])
    words, merged = clean_ids(pd.Series(distinct, dtype="str"), repairs)
    for step, count in merged.items():
        ledger.effect("ids", count, f"{_ids(count, noun)} in {table.label} merged with others by {step}.")
    empty = (words == "").to_numpy(bool)
    long = (words.str.len() > limits.id_characters).to_numpy(bool)
    ledger.drop(table, np.flatnonzero(empty[codes]), f"no {noun} id")
    ledger.drop(table, np.flatnonzero(long[codes]), f"the {noun} id is longer than {limits.id_characters} characters")
    mangled = int(words.str.fullmatch(MANGLED).sum())
    if mangled:
        ledger.note(
            f"Ids like 1.23E+05, 2-Sep or SEPT2 are what a spreadsheet makes of others: {_ids(mangled, noun)} in {table.label}."
        )
    forms = numeric_form(pa.array(words.to_numpy(object), pa.string()))
    alike = int(words.nunique()) - int(pc.count_distinct(forms).as_py())
    if alike:
        ledger.note(
            f"Told from another by zeros only, as 7, 007 and 7.0 are: {_ids(alike, noun)} in {table.label}, kept apart."
        )
    good = ~(empty | long)
    renumbered, kept = pd.factorize(words[good])
    number = np.full(len(words), -1, np.int64)
    number[good] = renumbered
    return number[codes], np.asarray(kept, object)


def _ids(count: int, noun: str) -> str:
    return f"{count:,} {noun} id{'' if count == 1 else 's'}"


def _once(frame: pd.DataFrame, ids: np.ndarray, label: str, repairs: Repairs, ledger: Ledger) -> pd.DataFrame:
    """One row per item; rows alike in every used column are one."""
    single = frame.drop_duplicates()
    if len(single) < len(frame):
        ledger.effect(
            "repeats", len(frame) - len(single), f"{len(frame) - len(single):,} rows of {label} say the same twice."
        )
    again = single["\0item"].duplicated(keep=False)
    if not again.any():
        return single
    items = single.loc[again, "\0item"].unique()
    if repairs.repeated_items == "refuse":
        listed = ", ".join(repr(str(ids[item])[:40]) for item in items[:3])
        raise DataError(
            f"{label} describes {items.size:,} items more than once and differently, for example {listed}.",
            "Choose the first, the last, or join their words; or check which column is the item id.",
        )
    ledger.effect(
        "repeated_items", int(items.size), f"{items.size:,} items described more than once: {repairs.repeated_items}."
    )
    if repairs.repeated_items == "join":
        return single.groupby("\0item", as_index=False, sort=True).agg(_together)
    return single.drop_duplicates("\0item", keep="first" if repairs.repeated_items == "first" else "last")


def _together(cells: pd.Series) -> str:
    return " ".join(dict.fromkeys(cell for cell in cells if cell))


def _shown(cells: pd.Series, repairs: Repairs) -> pd.Series:
    words = pc.replace_substring_regex(pa.array(cells.to_numpy(object), pa.string()), UNSEEN, "")
    if repairs.strip_html:
        words = pc.replace_substring_regex(words, TAG, " ")
        words = pa.array([html.unescape(cell) if "&" in cell else cell for cell in words.to_pylist()], pa.string())
    return pd.Series(pc.utf8_trim_whitespace(words).to_pandas(), dtype="str")


def _joined(shown: dict[str, pd.Series], mapping: Mapping, size: int) -> pd.Series:
    """Several text columns under one another, each but the title named."""
    if not mapping.text:
        return pd.Series([""] * size, dtype="str")
    if len(mapping.text) == 1:
        return shown[mapping.text[0]]
    parts = pd.Series([""] * size, dtype="str")
    for name in mapping.text:
        cells = shown[name].str.replace("|", ", ", regex=False)
        named = cells if name == mapping.title else name + ": " + cells
        parts = parts + (named + "\n").where(cells != "", "")
    return parts.str.strip()
