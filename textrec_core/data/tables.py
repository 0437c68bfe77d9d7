"""Uploaded bytes in, one table of text cells out; what it is, is judged by content."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from textrec_core.data import archives, delimited, headers, matrices, preamble, records, sniff, workbooks
from textrec_core.errors import DataError
from textrec_core.limits import LIMITS, Limits

HEAD = 100
FAULTY_COLUMNS = ("row", "reason", "text")


@dataclass(frozen=True)
class Reading:
    """What a person may state instead of having it guessed; ``None`` leaves it to the content.

    A table of fewer columns than ``fewest`` is refused; where one is enough, rows below the name of a single column of
    texts are kept whole.
    """

    header: bool | None = None
    delimiter: str | None = None
    encoding: str | None = None
    member: str | None = None
    wide: bool | None = None
    quoted: bool = True
    people: delimited.People | None = None
    fewest: int = 2


@dataclass(frozen=True, eq=False)
class Table:
    """Text cells under named columns; an empty cell is an empty string.

    ``row_numbers`` follow the file: its first row that is not blank is 1, also where that is the header.
    """

    label: str
    kind: str
    frame: pd.DataFrame
    notes: tuple[str, ...]
    faulty: pd.DataFrame
    first_row: int = 1
    origin: np.ndarray | None = None

    @property
    def row_numbers(self) -> np.ndarray:
        """Where in the file each row of the frame stands."""
        if self.origin is not None:
            return self.origin
        last = self.first_row + len(self.frame) + len(self.faulty)
        numbers = np.arange(self.first_row, last)
        return np.setdiff1d(numbers, self.faulty["row"].to_numpy(np.int64))[: len(self.frame)]


def read(data: bytes, label: str, limits: Limits = LIMITS, how: Reading | None = None) -> Table:
    """One table from bytes of any supported format; ``label`` is only used in sentences."""
    how = how or Reading()
    if not data:
        raise DataError(f"{label} is empty.", "Upload a file with at least one row.")
    if len(data) > limits.file_bytes:
        raise DataError(
            f"{label} has {len(data) / 1e6:,.0f} MB; at most {limits.file_bytes / 1e6:,.0f} MB are read.",
            "Upload a compressed file, fewer columns, or a sample of people.",
        )
    data, notes = archives.unpack(data, label, limits, how.member)
    sniff.refuse_foreign(data, label)
    if records.is_parquet(data):
        cells, more = records.parse_parquet(data, label, limits)
        return _table(label, "parquet", cells, [*notes, *more], [], 1, limits, how)
    if matrices.recognised(data):
        cells, more = matrices.parse(data, label, limits)
        return _table(label, "matrix", cells, [*notes, *more], [], 1, limits, how)
    if workbooks.recognised(data):
        cells, more = workbooks.parse(data, label, limits, how.member)
        return _from_rows(label, "xlsx", cells, [*notes, *more], [], limits, how, "")
    text, _, more = sniff.to_utf8(data, label, how.encoding)
    notes += more
    if records.recognised(text):
        cells, more, faulty = records.parse(text, label, limits)
        return _table(label, "json", cells, [*notes, *more], faulty, 1, limits, how)
    whole = delimited.UNIT if how.fewest == 1 and delimited.texts_alone(text) else None
    lines = delimited.split(text, label, limits, how.delimiter or whole, how.quoted, how.people)
    kind = {"\t": "tsv", "::": "dat"}.get(lines.delimiter, "csv")
    notes += lines.notes
    return _from_rows(label, kind, lines.cells, notes, lines.faulty, limits, how, lines.delimiter, lines.skipped)


def _from_rows(
    label: str, kind: str, cells: pa.Table, notes: list[str], faulty: delimited.Faulty, limits: Limits, how: Reading,
    delimiter: str, skipped: int = 0,
) -> Table:  # fmt: skip
    """Decide about the first row, name the columns."""
    if cells.num_rows == 0:
        raise DataError(f"{label} holds no rows that can be read.", "Check the delimiter and the quotes.")
    rows = [list(row.values()) for row in cells.slice(0, HEAD).to_pylist()]
    titles = preamble.alone(rows) if how.header is None else 0
    if titles:
        cells, rows, skipped = cells.slice(titles), rows[titles:], skipped + titles
        notes.append(
            f"{titles:,} {'row' if titles == 1 else 'rows'} above the column names {'was' if titles == 1 else 'were'} skipped."
        )
    heads, reason = headers.has_header(rows) if how.header is None else (how.header, "that was chosen")
    if heads:
        names = headers.checked_names(rows[0], label)
        notes.append(f"The first row names the columns: {reason}.")
        cells = cells.slice(1)
        if cells.num_rows == 0 and not faulty:
            listed = ", ".join(names[:10])
            raise DataError(
                f"{label} has column names ({listed}) but no rows.", "Upload a table with at least one row."
            )
    else:
        names, layout = headers.names_for(rows, delimiter)
        notes.append(f"The first row is data: {reason}.")
        if layout:
            notes.append(f"The columns are those of {layout}.")
    return _table(label, kind, cells.rename_columns(names), notes, faulty, skipped + (2 if heads else 1), limits, how)


def _table(
    label: str, kind: str, cells: pa.Table, notes: list[str], faulty: delimited.Faulty, first_row: int,
    limits: Limits, how: Reading,
) -> Table:  # fmt: skip
    if cells.num_columns > limits.columns:
        raise delimited.too_wide(cells.num_columns, label, limits)
    if cells.num_rows > limits.rows:
        raise DataError(
            f"{label} has more than {limits.rows:,} rows.", "Upload a sample: whole people, not first rows."
        )
    if cells.num_rows == 0:
        raise DataError(f"{label} holds no rows that can be read.", "Upload a table with at least one row.")
    origin = None
    wide = matrices.is_wide(cells) if how.wide is None else how.wide
    if wide and kind != "matrix":
        cells, origin = matrices.unpivot(cells, label, limits)
        origin += first_row
        notes.append("A matrix of people by items was turned into one row per person and item.")
        kind = "wide"
    if cells.num_columns < how.fewest:
        raise DataError(
            f"{label} has only one column, {cells.column_names[0][:80]!r}.",
            "Two are needed, such as user and item. Is the delimiter another one?",
        )
    cells, cut = delimited.cut_long(cells, limits)
    if cut:
        notes.append(f"{cut:,} cells were cut at {limits.cell_characters:,} characters.")
    frame = cells.to_pandas()
    aside = pd.DataFrame(faulty, columns=list(FAULTY_COLUMNS))
    return Table(label, kind, frame, tuple(notes), aside, first_row, origin)


def parts(data: bytes, label: str, limits: Limits = LIMITS) -> tuple[str, ...]:
    """The tables of an archive or the sheets of a workbook, where there is more than one to choose from."""
    if not archives.is_zip(data):
        return ()
    kind = archives.kind(data, label, limits)
    found = workbooks.sheets(data, label) if kind == "xlsx" else archives.tables(data, label, limits)
    return tuple(found) if len(found) > 1 and kind != "npz" else ()
