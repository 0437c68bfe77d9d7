"""Parquet, JSON and JSON lines in, columns of text out, without loss."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from textrec_core.errors import DataError
from textrec_core.limits import Limits

PARQUET = b"PAR1"
JSON_HINT = 'Write a list of records: [{"user": "a", "item": "x"}, ...], or one record a line.'
PLAIN = (
    pa.types.is_integer, pa.types.is_boolean, pa.types.is_string, pa.types.is_large_string, pa.types.is_date,
    pa.types.is_timestamp,
)  # fmt: skip
Faulty = list[tuple[int, str, str]]


def is_parquet(data: bytes) -> bool:
    """Parquet begins and ends with its name."""
    return data.startswith(PARQUET)


def parse_parquet(data: bytes, label: str, limits: Limits) -> tuple[pa.Table, list[str]]:
    """Every column as text; whole numbers stay whole, moments become ISO 8601."""
    # Imported here because only Parquet needs it.
    import pyarrow.parquet as pq

    try:
        schema = pq.ParquetFile(io.BytesIO(data)).schema
        # Texts stay in their dictionaries: a small one can stand for gigabytes.
        paths = [schema.column(at).path for at in range(len(schema))]
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=paths)
        width = len(file.schema_arrow.names)
        if width > limits.columns or file.metadata.num_rows > limits.rows:
            raise DataError(
                f"{label} has {file.metadata.num_rows:,} rows and {width:,} columns; "
                f"at most {limits.rows:,} and {limits.columns:,} are read.",
                "Upload a sample of people and fewer columns.",
            )
        batches, size = [], 0
        for batch in file.iter_batches(batch_size=65_536):
            size += sum(_expanded(column) for column in batch.columns)
            if size > limits.expanded_bytes:
                raise DataError(f"{label} expands to more than {size / 1e9:.1f} GB.", "Upload fewer columns.")
            batches.append(batch)
        table = pa.Table.from_batches(batches, file.schema_arrow)
        names = [name.strip() or f"column {at + 1}" for at, name in enumerate(table.column_names)]
        if len(set(names)) < len(names):
            raise DataError(f"{label} has two columns of one name.", "Rename one of them.")
        columns = [_as_text(column) for column in table.columns]
        return pa.table(columns, names=names), ["Columns were turned into text without loss."]
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError, MemoryError, UnicodeError) as fault:
        raise DataError(f"{label} is a damaged Parquet file: {str(fault)[:100]}", "Save it again.") from None


def _expanded(column: Any) -> int:
    """How many bytes a column takes once every cell holds its own text."""
    kind = column.type
    if pa.types.is_dictionary(kind) and (pa.types.is_string(kind.value_type) or pa.types.is_binary(kind.value_type)):
        lengths = pc.binary_length(column.dictionary)
        return int(pc.sum(pc.take(lengths, column.indices)).as_py() or 0) + 4 * len(column)
    if pa.types.is_list(kind):
        return _expanded(column.flatten())
    if pa.types.is_struct(kind):
        return sum(_expanded(part) for part in column.flatten())
    return int(column.nbytes)


def _as_text(column: Any) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = column.cast(pa.float64()) if not pa.types.is_decimal(kind) else column
        column = numbers.cast(pa.string())
    elif any(told(kind) for told in PLAIN):
        column = column.cast(pa.string())
    else:
        column = pa.chunked_array([pa.array([_words(value) for value in column.to_pylist()], pa.string())])
    return pc.fill_null(column, "")


def recognised(text: bytes) -> bool:
    """Whether the text opens like JSON: a table may do so too, but hardly with a whole record."""
    head = text[:200_000].lstrip()
    if head.startswith(b"{"):
        return True
    return head[:1] == b"[" and (head[1:].lstrip()[:1] in {b"{", b"[", b"]", b'"'} or head[1:2].isdigit())


def parse(text: bytes, label: str, limits: Limits) -> tuple[pa.Table, list[str], Faulty]:
    """A list of records, a list of rows, pandas' own layouts, or one record a line."""
    try:
        whole = _loads(text)
    except RecursionError:
        raise DataError(f"{label} is JSON nested too deeply.", JSON_HINT) from None
    except ValueError as fault:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].strip()[:1] == b"{" and lines[0].strip()[-1:] == b"}":
            return _from_lines(lines, label, limits)
        raise DataError(f"{label} is JSON that cannot be read: {str(fault)[:100]}.", JSON_HINT) from None
    notes = ["It was read as JSON."]
    if isinstance(whole, dict) and _is_record(whole) and len(whole) > 1:
        return _from_records([whole], label, limits), notes, []
    if isinstance(whole, dict):
        whole = _unwrapped(whole)
    if not isinstance(whole, list) or not whole:
        raise DataError(f"{label} is JSON without records.", JSON_HINT)
    if all(isinstance(entry, dict) for entry in whole):
        return _from_records(whole, label, limits), notes, []
    if all(isinstance(entry, list) for entry in whole):
        width = max(len(entry) for entry in whole)
        rows = [dict(zip((f"column {at + 1}" for at in range(width)), entry, strict=False)) for entry in whole]
        return _from_records(rows, label, limits), notes, []
    raise DataError(f"{label} is JSON, but not a list of records.", JSON_HINT)


def _loads(text: bytes) -> Any:
    # Numbers stay as written: 1.0 is another id than 1, and 20 digits are no float.
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _is_record(whole: dict[str, Any]) -> bool:
    return not any(isinstance(value, dict | list) for value in whole.values())


def _unwrapped(whole: dict[str, Any]) -> Any:
    """The rows inside the usual wrappings: one key, columns with data, a mapping per column."""
    if isinstance(whole.get("columns"), list) and isinstance(whole.get("data"), list):
        return [
            dict(zip(map(str, whole["columns"]), row, strict=False)) for row in whole["data"] if isinstance(row, list)
        ]
    lists = [value for value in whole.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    if len(lists) == 1:
        return lists[0]
    if whole and all(isinstance(value, dict) for value in whole.values()):
        keys = list(dict.fromkeys(key for column in whole.values() for key in column))
        return [{name: column.get(key) for name, column in whole.items()} for key in keys]
    if whole and all(isinstance(value, list) for value in whole.values()):
        length = max(len(value) for value in whole.values())
        return [{name: value[at] if at < len(value) else None for name, value in whole.items()} for at in range(length)]
    return whole


def _from_lines(lines: Sequence[bytes], label: str, limits: Limits) -> tuple[pa.Table, list[str], Faulty]:
    records: list[dict[str, Any]] = []
    faulty: Faulty = []
    for number, line in enumerate(lines, 1):
        try:
            record = _loads(line)
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            records.append(record)
        else:
            faulty.append((number, "not a JSON record", line[:500].decode("utf-8", "replace")))
    if len(faulty) > max(2, min(limits.faulty_rows, limits.faulty_rows_share * len(lines))):
        raise DataError(
            f"{label}: {len(faulty):,} of {len(lines):,} lines are not JSON records; the first is line {faulty[0][0]:,}.",
            JSON_HINT,
        )
    if not records:
        raise DataError(f"{label} is JSON without records.", JSON_HINT)
    return _from_records(records, label, limits), ["It was read as JSON lines."], faulty


def _from_records(records: Sequence[dict[str, Any]], label: str, limits: Limits) -> pa.Table:
    names = list(dict.fromkeys(name for record in records for name in record))
    if len(names) > limits.columns:
        raise DataError(f"{label} has {len(names):,} columns; at most {limits.columns:,} are read.", JSON_HINT)
    if not names:
        raise DataError(f"{label} is JSON whose records are empty.", JSON_HINT)
    shown: dict[str, str] = {}
    for at, name in enumerate(names):
        clean = _words(name).strip()[:100] or f"column {at + 1}"
        if clean in shown.values():
            raise DataError(f"{label} has two fields named {clean!r}.", "Rename one of them.")
        shown[name] = clean
    try:
        columns = {
            shown[name]: pa.array(
                [_words(record.get(name))[: limits.cell_characters] for record in records], pa.string()
            )
            for name in names
        }
    except RecursionError:
        raise DataError(f"{label} is JSON nested too deeply.", JSON_HINT) from None
    return pa.table(columns)


def _words(value: object) -> str:
    """A value as written; lists of plain values joined by bars, anything nested as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(entry, dict | list) for entry in value):
        words = "|".join(_words(entry) for entry in value)
    elif isinstance(value, dict | list):
        words = json.dumps(value, ensure_ascii=False, default=str)
    elif isinstance(value, bytes):
        words = value.decode("utf-8", "replace")
    else:
        words = str(value)
    # Lone halves of surrogate pairs are no text.
    return words.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
