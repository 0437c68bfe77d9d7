"""XLSX bytes in, one sheet's values as text out; formulas are never computed, macros never run."""

import io
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import ZipInfo

import numpy as np
import pyarrow as pa

from textrec_core.data import archives
from textrec_core.errors import DataError
from textrec_core.limits import Limits

ROW = re.compile(rb"""<(?:\w+:)?(?:row|c)\b[^>]*?\br\s*=\s*["'][A-Za-z]{0,3}(\d{1,9})["']""")
CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})\d{1,9}["']""")
SHARED = re.compile(rb"""t\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v>\s*(\d{1,12})""")
ZIP = b"PK\x03\x04"
HINT = "Open it, remove protection and macros, and save the sheet as CSV."


def recognised(data: bytes) -> bool:
    """Whether this is a zip file; those that hold no workbook were taken apart before."""
    return data.startswith(ZIP)


def parse(data: bytes, label: str, limits: Limits, sheet: str | None) -> tuple[pa.Table, list[str]]:
    """The named sheet, or the first that holds anything."""
    entries = archives.members(data, label, limits)
    largest = max((entry.file_size for entry in entries), default=0)
    if largest > limits.sheet_bytes:
        raise DataError(
            f"{label} holds a sheet of {largest / 1e6:,.0f} MB; at most {limits.sheet_bytes / 1e6:,.0f} MB are read.",
            "Save it as CSV: the same table is read much faster.",
        )
    _refuse_vast(data, entries, label, limits)
    # Imported here because only workbooks need it.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(book.sheet_names)
        if sheet is not None and sheet not in names:
            listed = ", ".join(repr(name) for name in names[:10])
            raise DataError(f"{label} has no sheet called {sheet[:80]!r}.", f"It has {listed}.")
        for name in [sheet] if sheet is not None else names:
            page = book.get_sheet_by_name(name)
            if page.height and page.width:
                if page.width > limits.columns:
                    raise DataError(f"{label} has {page.width:,} columns; at most {limits.columns:,} are read.", HINT)
                cells = _as_text(page.iter_rows(), page.width)
                if cells.num_rows:
                    return cells, _notes(name, names)
    except (CalamineError, OSError, ValueError, OverflowError, KeyError) as fault:
        raise DataError(f"{label} is a damaged Excel file: {str(fault)[:100]}", HINT) from None
    except BaseException as fault:
        # A fault inside the reader's own language arrives as a panic, which is no Exception.
        if type(fault).__name__ != "PanicException":
            raise
        raise DataError(f"{label} is a damaged Excel file.", HINT) from None
    raise DataError(f"{label} holds no cell with a value.", "Upload a workbook with at least one row.")


def sheets(data: bytes, label: str) -> list[str]:
    """The names of a workbook's sheets."""
    # Imported here because only workbooks need it.
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return list(CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names)
    except (CalamineError, OSError, ValueError, OverflowError, KeyError) as fault:
        raise DataError(f"{label} is a damaged Excel file: {str(fault)[:100]}", HINT) from None


def _refuse_vast(data: bytes, entries: list[ZipInfo], label: str, limits: Limits) -> None:
    """The reader fills the whole rectangle up to the last cell, and copies a shared text for every use of it."""
    # Sheets and shared texts may stand under any name, so every member is looked at.
    members = [archives.contents(data, entry, label) for entry in entries if entry.file_size]
    lengths = np.array(
        [len(part) for member in members if b"sst" in member[:2_000] for part in member.split(b"<si")[1:]]
    )
    for sheet in members:
        rows = max((int(found[1]) for found in ROW.finditer(sheet)), default=0)
        columns = max((_column(name) for name in {found[1] for found in CELL.finditer(sheet)}), default=0)
        if rows * columns > limits.matrix_entries:
            raise DataError(
                f"{label} holds a sheet of {rows:,} rows by {columns:,} columns; at most {limits.matrix_entries:,} cells are read.",
                "Delete cells far outside the table, or save it as CSV.",
            )
        if lengths.size and int(lengths.max()) * sheet.count(b"<v") > limits.expanded_bytes:
            uses = np.bincount(
                [min(int(found[1]), lengths.size) for found in SHARED.finditer(sheet)], minlength=lengths.size + 1
            )
            if int(uses[:-1] @ lengths) > limits.expanded_bytes:
                raise archives.expands(label, float(uses[:-1] @ lengths), len(data))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _notes(name: str, names: list[str]) -> list[str]:
    others = [other for other in names if other != name]
    notes = [f"The sheet {name[:60]!r} was read, values only."]
    if others:
        notes.append(f"Not read: the sheets {', '.join(repr(other[:60]) for other in others[:10])}.")
    return notes


def _as_text(rows: Iterable[list[Any]], width: int) -> pa.Table:
    columns: list[list[str]] = [[] for _ in range(width)]
    for row in rows:
        words = [_words(value) for value in row]
        if not any(words):
            continue
        for at, column in enumerate(columns):
            column.append(words[at] if at < len(words) else "")
    # Columns without any value are the sheet's margin.
    filled = [column for column in columns if any(column)]
    return pa.table({f"f{at}": pa.array(column, pa.string()) for at, column in enumerate(filled)})


def _words(value: object) -> str:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # A workbook stores every number as a float, 12 as 12.0.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return repr(value.total_seconds())
    return "" if value is None else str(value)
