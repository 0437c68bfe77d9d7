"""CSV and its kin: UTF-8 bytes in, columns of text and the rows that do not fit out."""

import csv
import io
import re
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from textrec_core.data import memory, preamble, vocabulary
from textrec_core.data.sniff import DAMAGED
from textrec_core.errors import DataError
from textrec_core.limits import Limits

NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar", "::": "double colon", " ": "space"}
# Used for a delimiter of two characters, which the parser does not know.
UNIT = "\x1f"
SAMPLE = 1 << 17
Faulty = list[tuple[int, str, str]]


@dataclass(frozen=True)
class People:
    """Which column names the person, and what share of them is kept."""

    column: int
    share: float


@dataclass(frozen=True, eq=False)
class Lines:
    """Every row of a delimited file, the first one included; numbers count rows that are not blank.

    ``skipped`` rows of title or comment stood above them; the numbers of faulty rows count those too.
    """

    cells: pa.Table
    faulty: Faulty
    delimiter: str
    notes: tuple[str, ...]
    skipped: int = 0


def split(
    text: bytes,
    label: str,
    limits: Limits,
    delimiter: str | None = None,
    quoted: bool = True,
    people: People | None = None,
) -> Lines:
    """Parse UTF-8 text; rows with another number of cells than the first are set aside."""
    notes = []
    declared = re.match(rb"\s*\"?sep=(.)\"?[ \t]*(\r\n|\r|\n)", text[:64])
    if declared:
        text = text[declared.end() :]
        delimiter = delimiter or declared.group(1).decode("utf-8", "replace")
    if not text.strip():
        raise DataError(f"{label} holds no rows.", "Upload a table with at least one row.")
    if not text.endswith((b"\n", b"\r")):
        # The parser takes a last line without an end for no line where it is the only one.
        text += b"\n"
    marked = preamble.comments(text)
    marked = marked if marked < len(text) else 0
    _refuse_too_wide(text[marked:], label, limits)
    delimiter = delimiter or find_delimiter(text[marked:])
    start = preamble.above(text, marked, delimiter)
    heading, text = text[:start], text[start:]
    skipped = len([line for line in re.split(rb"\r\n|\r|\n", heading) if line.strip()])
    if delimiter not in NAMES and len(delimiter.encode()) != 1:
        raise DataError(f"{delimiter!r} cannot separate cells.", "Choose one of " + ", ".join(NAMES.values()) + ".")
    notes.append(f"Cells are separated by {NAMES.get(delimiter, repr(delimiter))}.")
    mark = delimiter
    if len(delimiter) > 1:
        text, mark, quoted = text.replace(delimiter.encode(), UNIT.encode()), UNIT, False
    quoted = quoted and b'"' in text
    if people is None:
        memory.check(text.count(b"\n") or text.count(b"\r"), len(text), label, limits.rows)
        cells, faulty = _parse(text, mark, quoted, label, limits)
    else:
        kept = _drawn(text, mark, quoted, label, limits, people)
        cells, faulty = _parse(text, mark, quoted, label, limits, (people.column, kept))
        notes.append(
            f"A sample was read: {len(kept) - 1:,} people, {people.share:.1%} of all, from busy to quiet, each with all their rows. "
            "Row numbers count the rows of the sample."
        )
    blank = 0 if quoted or people else (text.count(b"\n") or text.count(b"\r")) - cells.num_rows - len(faulty)
    if skipped:
        notes.append(
            f"{skipped:,} {'line' if skipped == 1 else 'lines'} of title or comment above the table {'was' if skipped == 1 else 'were'} skipped."
        )
    if blank > 0:
        notes.append(f"{blank:,} blank {'line was' if blank == 1 else 'lines were'} skipped.")
    if quoted:
        _refuse_open_quote(text, mark, cells, faulty, label)
    _refuse_many_faulty(faulty, cells.num_rows + len(faulty), skipped, label, limits)
    cells, faulty = _without_damaged(cells, faulty)
    faulty = [(row + skipped, reason, words) for row, reason, words in faulty]
    return Lines(cells, faulty, delimiter, tuple(notes), skipped)


def _refuse_many_faulty(faulty: Faulty, rows: int, skipped: int, label: str, limits: Limits) -> None:
    """A few rows that do not fit are set aside; of many it is the reading that is wrong."""
    if len(faulty) > max(2, min(limits.faulty_rows, limits.faulty_rows_share * rows)):
        row, reason, words = faulty[0]
        raise DataError(
            f"{label}: {len(faulty):,} of {rows:,} rows do not fit; the first is row {row + skipped:,}, with {reason}: {words[:80]!r}.",
            "Check the delimiter and the quotes, or save the table again as CSV.",
        )


def find_delimiter(text: bytes) -> str:
    """The delimiter that cuts most sample rows into the same number of cells."""
    sample = text[:SAMPLE]
    if len(text) > SAMPLE:
        sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1] or sample
    words = sample.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    best, found = (0.0, 0), ","
    # Ties go to the earlier: a comma may be a decimal mark, a bar may join genres.
    for delimiter in ("::", "\t", ";", ",", "|", " "):
        counts = _cells_per_row(words, delimiter)
        usual = max(set(counts), key=counts.count, default=1)
        if usual < 2 or (delimiter == " " and re.search(r"[^\d\s.eE+-]", words)):
            continue
        share = round(counts.count(usual) / len(counts), 2)
        first = int(counts[0] == usual)
        if (share + first * 0.01, 0) > best:
            best, found = (share + first * 0.01, 0), delimiter
    return found


def texts_alone(text: bytes) -> bool:
    """Whether the first row is one name of a column of texts, so that commas below it belong to what is told."""
    first = next((line for line in text[:SAMPLE].splitlines() if line.strip()), b"")
    return vocabulary.plain(first.decode("utf-8", "replace")) in vocabulary.TEXT


def _cells_per_row(words: str, delimiter: str) -> list[int]:
    if delimiter == "::":
        return [line.count("::") + 1 for line in words.split("\n")[:500] if line.strip()]
    try:
        rows = csv.reader(io.StringIO(words, newline="\n"), delimiter=delimiter)
        return [len(row) for row, _ in zip(rows, range(500), strict=False) if row]
    except csv.Error:
        return [line.count(delimiter) + 1 for line in words.split("\n")[:500] if line.strip()]


def _refuse_too_wide(text: bytes, label: str, limits: Limits) -> None:
    """Counted before parsing: a line of ten million cells takes a parser a minute and a gigabyte."""
    head = text[: 1 << 20]
    line = re.split(rb"[\r\n]", head.lstrip(b"\r\n"), maxsplit=1)[0]
    columns = 1 + max(line.count(delimiter.encode()) for delimiter in NAMES if delimiter != " ")
    # A quoted first line may hold delimiters inside its cells; those are counted after parsing.
    if columns > limits.columns and not (b'"' in line and columns < 50 * limits.columns):
        raise too_wide(columns, label, limits)


def too_wide(columns: int, label: str, limits: Limits) -> DataError:
    """What is said of a table with more columns than are read."""
    return DataError(
        f"{label} has {columns:,} columns; at most {limits.columns:,} are read.",
        "Upload one row per person and item instead: user, item, weight.",
    )


def _drawn(text: bytes, mark: str, quoted: bool, label: str, limits: Limits, people: People) -> pa.Array:
    """The ids of every n-th person, ordered by number of rows; and the first cell, which may be a heading."""
    everything = replace(limits, rows=1 << 40)
    names, _ = _parse(text, mark, quoted, label, everything, only=people.column)
    first = names.column(0)[0]
    counts = names.column(0).slice(1).value_counts()
    counts = counts.take(pc.sort_indices(counts.field("counts")))
    ids = counts.field("values")
    size = max(1, round(people.share * len(ids)))
    rows = [min(len(ids) - 1, int((at + 0.5) * len(ids) / size)) for at in range(size)]
    return pa.concat_arrays([pa.array([first.as_py()], pa.string()), ids.take(pa.array(rows, pa.int64()))])


def _parse(
    text: bytes,
    mark: str,
    quoted: bool,
    label: str,
    limits: Limits,
    kept: tuple[int, pa.Array] | None = None,
    only: int | None = None,
) -> tuple[pa.Table, Faulty]:
    """Every row; or those whose cell in a column is among ``kept``; or ``only`` one column."""
    faulty: Faulty = []
    most = limits.faulty_rows

    def set_aside(row: Any) -> str:
        if len(faulty) <= most:
            expected, actual = row.expected_columns, row.actual_columns
            faulty.append((row.number, f"{actual} cells where {expected} are expected", row.text[:500]))
        else:
            faulty.append((row.number, "", ""))
        return "skip"

    for block in (1 << 20, limits.row_bytes):
        faulty.clear()
        try:
            # One thread, because only then are rows numbered.
            with arrow_csv.open_csv(
                pa.BufferReader(text),
                read_options=arrow_csv.ReadOptions(use_threads=False, block_size=block, autogenerate_column_names=True),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=mark,
                    quote_char='"' if quoted else False,
                    double_quote=quoted,
                    newlines_in_values=quoted,
                    invalid_row_handler=set_aside,
                ),
                convert_options=_as_text(limits, only),
            ) as reader:
                if len(reader.schema.names) > limits.columns:
                    raise too_wide(len(reader.schema.names), label, limits)
                batches, rows = [], 0
                for whole in reader:
                    batch = whole if kept is None else whole.filter(pc.is_in(whole.column(kept[0]), kept[1]))
                    batches.append(batch)
                    rows += batch.num_rows
                    if rows > limits.rows:
                        raise DataError(
                            f"{label} has more than {limits.rows:,} rows.",
                            "Upload a sample: whole people, not first rows.",
                        )
                return pa.Table.from_batches(batches, reader.schema), faulty
        except pa.ArrowInvalid as fault:
            words = str(fault)
            if "straddling" in words or "too large" in words:
                continue
            if "Empty CSV" in words:
                raise DataError(
                    f"{label} holds no rows that can be read.", "Check the delimiter and the quotes."
                ) from None
            raise DataError(f"{label} could not be read as a table: {words[:120]}", "Save it again as CSV.") from None
    raise DataError(
        f"{label} has a row longer than {limits.row_bytes // (1 << 20)} MB.", "Check for a missing line end or quote."
    )


def _as_text(limits: Limits, only: int | None = None) -> Any:
    kinds = {f"f{column}": pa.string() for column in range(limits.columns)}
    wanted = [] if only is None else [f"f{only}"]
    return arrow_csv.ConvertOptions(
        column_types=kinds, strings_can_be_null=False, check_utf8=True, include_columns=wanted
    )


def _refuse_open_quote(text: bytes, mark: str, cells: pa.Table, faulty: Faulty, label: str) -> None:
    """A quote that is never closed swallows the rows after it; say where it opens."""
    swallowed = [words for _, _, words in faulty if words.count("\n") > 0]
    odd = text.count(b'"') % 2 == 1
    if odd and cells.num_rows:
        last = [column[-1].as_py() or "" for column in cells.columns]
        swallowed += [cell for cell in last if "\n" in cell or "\r" in cell]
    elif not odd:
        swallowed = []
    if not swallowed:
        swallowed = [cell for column in cells.columns for cell in _row_like(column, mark, cells.num_columns)]
    if not swallowed:
        return
    lines = re.split(rb"\r\n|\r|\n", text)
    opened = [at for at, line in enumerate(lines) if line.count(b'"') % 2]
    usual = cells.num_columns - 1
    for at in opened:
        following = lines[at + 1] if at + 1 < len(lines) else b""
        if following.count(mark.encode()) == usual and following.count(b'"') % 2 == 0:
            opened = [at]
            break
    where = f"on line {opened[0] + 1:,} " if opened else ""
    raise DataError(
        f"{label}: a quote opened {where}is never closed.", "Close or remove that quote, or double it inside a cell."
    )


def _row_like(column: Any, mark: str, columns: int) -> list[str]:
    """Cells of many lines, nearly all of which look like whole rows."""
    breaks = pc.count_substring(column, "\n")
    suspects = column.filter(pc.greater_equal(breaks, 20)).slice(0, 50).to_pylist()
    found = []
    for cell in suspects:
        lines = cell.split("\n")
        if sum(line.count(mark) == columns - 1 for line in lines) > 0.8 * len(lines):
            found.append(cell)
    return found


def cut_long(cells: pa.Table, limits: Limits) -> tuple[pa.Table, int]:
    """Cells no longer than the limit, and how many had to be cut."""
    cut = 0
    for at, name in enumerate(cells.column_names):
        column = cells.column(at)
        if column.nbytes < limits.cell_characters:
            continue
        long = pc.greater(pc.utf8_length(column), limits.cell_characters)
        count = int(pc.sum(long).as_py() or 0)
        if count:
            cut += count
            cells = cells.set_column(at, name, pc.utf8_slice_codeunits(column, 0, limits.cell_characters))
    return cells, cut


def _without_damaged(cells: pa.Table, faulty: Faulty) -> tuple[pa.Table, Faulty]:
    """Rows holding bytes that could not be decoded join the faulty ones, under their own numbers."""
    hit = None
    for column in cells.columns:
        found = pc.match_substring(column, DAMAGED)
        hit = found if hit is None else pc.or_(hit, found)
    rows = [] if hit is None else pc.indices_nonzero(hit).to_pylist()
    if not rows:
        return cells, faulty
    skipped = sorted(number for number, _, _ in faulty)
    for row in rows:
        number = row + 1
        for other in skipped:
            number += other <= number
        words = " ".join(str(column[row].as_py()) for column in cells.columns)
        faulty.append((number, "bytes that are not UTF-8", words[:500]))
    return cells.filter(pc.invert(hit)), sorted(faulty)
