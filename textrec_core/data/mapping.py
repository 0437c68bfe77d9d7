"""Two tables in; which column is the person, the item, the weight, the text, and why it is thought so."""

from collections.abc import Mapping as Named
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from textrec_core.data import moments, vocabulary
from textrec_core.data.headers import DURATION, NUMBER
from textrec_core.data.tables import Table
from textrec_core.errors import DataError

SAMPLE = 2_000
ROWS_LOOKED_AT = 50_000


@dataclass(frozen=True)
class Mapping:
    """Column names by role; ``reasons`` says for each guessed role why that column."""

    user: str | None = None
    item: str | None = None
    weight: str | None = None
    time: str | None = None
    item_id: str | None = None
    title: str | None = None
    text: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    reasons: Named[str, str] = field(default_factory=dict, compare=False)

    def __hash__(self) -> int:
        return hash(
            (self.user, self.item, self.weight, self.time, self.item_id, self.title, self.text, self.attributes)
        )

    def check(self, interactions: Table | None, items: Table | None) -> None:
        """Raise ``DataError`` unless every needed role names a column that is there, and none serves twice."""
        if interactions is None and items is None:
            raise DataError("There is no table.", "Upload interactions, items, or both.")
        if interactions is not None:
            _present(interactions, {"user": self.user, "item": self.item}, {"weight": self.weight, "time": self.time})
        if items is not None:
            texts = {f"text {at + 1}": name for at, name in enumerate(self.text)}
            extra = {f"attribute {at + 1}": name for at, name in enumerate(self.attributes)}
            _present(items, {"item id": self.item_id}, {"title": self.title, **texts, **extra}, shared=True)


def _present(
    table: Table, needed: Named[str, str | None], wanted: Named[str, str | None], shared: bool = False
) -> None:
    columns = list(table.frame.columns)
    listed = ", ".join(repr(str(name)[:40]) for name in columns[:12])
    for role, name in {**needed, **wanted}.items():
        if name is None and role in needed:
            raise DataError(f"No column of {table.label} is chosen as {role}.", f"Choose one of {listed}.")
        if name is not None and name not in columns:
            raise DataError(f"{table.label} has no column {name[:80]!r}, chosen as {role}.", f"Choose one of {listed}.")
    chosen = [name for name in {**needed, **wanted}.values() if name is not None]
    if not shared and len(set(chosen)) < len(chosen):
        twice = next(name for name in chosen if chosen.count(name) > 1)
        raise DataError(
            f"The column {twice[:80]!r} of {table.label} serves two roles.", "Choose another for one of them."
        )


@dataclass(frozen=True, eq=False)
class Column:
    """What is known of one column: its distinct cells and whether they read as numbers, moments or prose."""

    name: str
    plain: str
    distinct: np.ndarray
    numeric: bool
    timed: bool
    length: float
    spaced: float
    rows: int


def columns_of(table: Table) -> dict[str, Column]:
    """A profile of every column, from its distinct cells."""
    found = {}
    for name in table.frame.columns:
        cells = table.frame[name]
        distinct = _distinct(cells.iloc[:: max(1, len(cells) // ROWS_LOOKED_AT)])
        step = max(1, len(distinct) // SAMPLE)
        sample = [cell for cell in distinct[::step][:SAMPLE].tolist() if cell.strip()]
        plain = vocabulary.plain(name)
        # Where the name promises numbers, some faulty cells are no reason to doubt it.
        least = 0.5 if plain in vocabulary.WEIGHT else 0.9
        written = (NUMBER, DURATION) if plain in vocabulary.WEIGHT else (NUMBER,)
        numbers = sum(any(form.match(cell) for form in written) for cell in sample)
        numeric = bool(sample) and numbers >= least * len(sample)
        lengths = [len(cell) for cell in sample]
        timed = moments.looks_timed(sample, plain in vocabulary.TIME)
        if not timed and len(cells) > ROWS_LOOKED_AT:
            # Moments hardly ever repeat and are never matched; all others are counted in full.
            distinct = _distinct(cells)
        found[name] = Column(
            name, plain, distinct, numeric, timed, float(np.mean(lengths)) if lengths else 0.0,
            sum(" " in cell.strip() for cell in sample) / max(1, len(sample)), len(cells),
        )  # fmt: skip
    return found


def _distinct(cells: pd.Series) -> np.ndarray:
    distinct = np.asarray(pd.unique(cells), object)
    return distinct[distinct != ""]


def guess(interactions: Table | None, items: Table | None) -> Mapping:
    """The likeliest mapping; roles without a likely column stay empty."""
    about = guess_items(items) if items is not None else Mapping()
    if interactions is None:
        return about
    known = None if items is None or about.item_id is None else pd.Index(pd.unique(items.frame[about.item_id]))
    did = guess_interactions(columns_of(interactions), known)
    return replace(
        about, user=did.user, item=did.item, weight=did.weight, time=did.time, reasons={**did.reasons, **about.reasons}
    )


def corrected(guessed: Mapping, roles: Sequence[str]) -> Mapping:
    """A mapping in which ``role=column`` was said otherwise; several columns stand with commas, none leaves a role empty."""
    said: dict[str, object] = {}
    several = {"text", "attributes"}
    known = ("user", "item", "weight", "time", "item_id", "title", *sorted(several))
    for words in roles:
        role, _, column = words.partition("=")
        role = role.strip().replace("-", "_")
        if role not in known or "=" not in words:
            raise DataError(f"{words[:80]!r} names no role.", f"Write ROLE=COLUMN with a role of {', '.join(known)}.")
        said[role] = tuple(filter(None, column.split(","))) if role in several else column or None
    return replace(guessed, **said)  # type: ignore[arg-type]


def guess_interactions(columns: Named[str, Column], known: pd.Index | None) -> Mapping:
    """Person, item, weight and time among the columns of the interactions."""
    reasons: dict[str, str] = {}
    left = dict(columns)

    def take(role: str, name: str | None, reason: str) -> str | None:
        if name is not None:
            reasons[role] = reason
            del left[name]
        return name

    user = take("user", _named(left, vocabulary.USER), "its name says so")
    shares = {name: _share(column, known) for name, column in left.items() if not _is_time(column)}
    best = max(shares, key=lambda name: shares[name], default=None)
    item = _named(left, vocabulary.ITEM)
    if item is not None and (best is None or shares.get(item, 0.0) >= 0.5 * shares[best]):
        item = take("item", item, _found(left[item], known) or "its name says so")
    elif best is not None and shares[best] > 0 and (user is not None or shares[best] > 0.2):
        item = take("item", _best_overlap(left, shares), _found(left[best], known))
    else:
        item = take("item", item, "its name says so") if item else None
    time = _named({name: column for name, column in left.items() if column.timed}, vocabulary.TIME)
    time = take("time", time, "its name says so, and it reads as moments")
    if time is None:
        time = take("time", next((name for name in left if _is_time(left[name])), None), "it reads as moments")
    weight = _named({name: column for name, column in left.items() if column.numeric}, vocabulary.WEIGHT)
    weight = take("weight", weight, "its name says so, and it holds numbers")
    if user is None:
        user = take("user", next(iter(left), None), "the first column left")
        if user is not None:
            reasons["user"] = f"{len(columns[user].distinct):,} distinct in the first column left"
    if item is None:
        item = next(iter(left), None)
        item = take("item", item, f"{len(columns[item].distinct):,} distinct in the next column left" if item else "")
    if weight is None:
        few = (
            name
            for name in left
            if left[name].numeric and len(left[name].distinct) <= 101 and left[name].plain not in vocabulary.TIME
        )
        weight = take("weight", next(few, None), "numbers of few kinds")
    return Mapping(user=user, item=item, weight=weight, time=time, reasons=reasons)


def guess_items(table: Table) -> Mapping:
    """Id, title, texts and attributes among the columns of the item table."""
    columns = columns_of(table)
    reasons: dict[str, str] = {}
    unique = {
        name: len(column.distinct) for name, column in columns.items() if len(column.distinct) >= 0.9 * column.rows
    }
    item_id = _named(columns, vocabulary.ITEM)
    if item_id is not None:
        reasons["item_id"] = f"its name says so; {len(columns[item_id].distinct):,} distinct"
    else:
        item_id = next(iter(unique), next(iter(columns)))
        reasons["item_id"] = f"{len(columns[item_id].distinct):,} distinct in {columns[item_id].rows:,} rows"
    left = {name: column for name, column in columns.items() if name != item_id}
    title = _named(left, vocabulary.TITLE)
    if title is not None:
        reasons["title"] = "its name says so"
    else:
        worded = (n for n, c in left.items() if not c.numeric and not c.timed and 2 < c.length <= 80 and c.spaced > 0.3)
        title = next((name for name in worded if len(columns[name].distinct) > 0.5 * columns[name].rows), None)
        if title is not None:
            reasons["title"] = "short texts that differ from row to row"
    texts = [
        n for n, c in left.items() if n != title and not c.numeric and (c.plain in vocabulary.TEXT or _is_prose(c))
    ]
    if texts:
        reasons["text"] = "; ".join(f"{name}: {columns[name].length:,.0f} characters on average" for name in texts[:5])
    elif title is not None:
        texts = [title, *(name for name, column in left.items() if column.plain in vocabulary.TOPICS)]
        reasons["text"] = "no column holds longer texts, so " + " and ".join(texts) + " must speak for the items"
    attributes = tuple(
        name for name in left if (name != title and name not in texts) or left[name].plain in vocabulary.TOPICS
    )
    return Mapping(item_id=item_id, title=title, text=tuple(texts), attributes=attributes, reasons=reasons)


def _named(columns: Named[str, Column], words: frozenset[str]) -> str | None:
    """The first column headed by one of the words; a plain ``id`` only where nothing says more."""
    found = [name for name, column in columns.items() if column.plain in words]
    return min(found, key=lambda name: columns[name].plain == "id", default=None)


def _share(column: Column, known: pd.Index | None) -> float:
    return 0.0 if known is None else _shared(column, known) / max(1, len(column.distinct))


def _shared(column: Column, known: pd.Index) -> int:
    return int(pd.Index(column.distinct).isin(known).sum())


def _best_overlap(columns: Named[str, Column], shares: Named[str, float]) -> str:
    """Small numbers are found in any numbered table; of equals, the column with more distinct ids."""
    top = max(shares.values())
    return max((n for n in shares if shares[n] >= 0.9 * top), key=lambda name: len(columns[name].distinct))


def _found(column: Column, known: pd.Index | None) -> str:
    if known is None:
        return ""
    count, matched = len(column.distinct), _shared(column, known)
    share = "all" if matched == count else f"{matched:,}"
    return f"{count:,} distinct, {share} found in the item table"


def _is_time(column: Column) -> bool:
    return column.timed and (not column.numeric or column.length >= 9)


def _is_prose(column: Column) -> bool:
    return column.length > 60 and column.spaced > 0.8
