"""Matrices of people by items, sparse or wide, in; one row per person and item out."""

import ast
import io
import struct

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from textrec_core.data import archives, vocabulary
from textrec_core.errors import DataError
from textrec_core.limits import Limits

NPY = b"\x93NUMPY"
ZIP = b"PK\x03\x04"
HINT = "Save it with scipy.sparse.save_npz from a checked csr matrix, or as one row per person and item."
PIECES = {
    "csr": ("data", "indices", "indptr", "shape"),
    "csc": ("data", "indices", "indptr", "shape"),
    "coo": ("data", "row", "col", "shape"),
}
NUMERIC = r"^\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*$"


def recognised(data: bytes) -> bool:
    """Whether these are NumPy's own files."""
    if data.startswith(NPY):
        return True
    # Only the names are looked at here; sizes were judged when the archive was recognised.
    return data.startswith(ZIP) and b".npy" in data[:200]


def parse(data: bytes, label: str, limits: Limits) -> tuple[pa.Table, list[str]]:
    """Rows, columns and values of a checked matrix, as text."""
    if data.startswith(NPY):
        dense = _array(data, label, limits)
        if dense.ndim != 2:
            raise DataError(f"{label} is an array of {dense.ndim} dimensions; a matrix has 2.", HINT)
        rows, columns = np.nonzero(dense)
        values, shape = dense[rows, columns], dense.shape
    else:
        rows, columns, values, shape = _sparse(data, label, limits)
    values = np.asarray(values)
    if values.size == 0:
        raise DataError(f"{label} is a matrix without a single entry.", HINT)
    if not np.isfinite(values).all():
        raise DataError(f"The matrix in {label} is damaged: it holds values that are not numbers.", HINT)
    whole = values.dtype.kind in "iub" or bool((values == np.floor(values)).all() and np.abs(values).max() < 2**53)
    kept = pa.array(values.astype(np.int64) if whole else values.astype(np.float64))
    cells = pa.table(
        {
            "user": pa.array(rows.astype(np.int64)).cast(pa.string()),
            "item": pa.array(columns.astype(np.int64)).cast(pa.string()),
            "weight": kept.cast(pa.string()),
        }
    )
    return cells, [f"A matrix of {shape[0]:,} people by {shape[1]:,} items; row and column numbers serve as ids."]


def _sparse(data: bytes, label: str, limits: Limits) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, int]]:
    entries = {entry.filename: entry for entry in archives.members(data, label, limits)}
    arrays: dict[str, np.ndarray] = {}
    for name in ("format.npy", "shape.npy"):
        if name not in entries:
            raise DataError(f"{label} is not a sparse matrix: {name[:-4]!r} is missing in it.", HINT)
        arrays[name[:-4]] = _array(archives.contents(data, entries[name], label), label, limits)
    form = arrays["format"].ravel()
    text = form[0].decode("ascii", "replace") if form.size == 1 and form.dtype.kind == "S" else str(form[:1])
    if text not in PIECES:
        raise DataError(f"{label} is a sparse matrix in the format {text[:20]!r}; csr, csc and coo are read.", HINT)
    for piece in PIECES[text][:3]:
        if f"{piece}.npy" not in entries:
            raise DataError(f"The matrix in {label} is damaged: {piece!r} is missing.", HINT)
        arrays[piece] = _array(archives.contents(data, entries[f"{piece}.npy"], label), label, limits)
    shape = _shape(arrays["shape"], label)
    first, second = arrays[PIECES[text][1]], arrays[PIECES[text][2]]
    values = arrays["data"]
    if any(array.ndim != 1 for array in (values, first, second)) or values.dtype.kind not in "iufb":
        raise DataError(f"The matrix in {label} is damaged: its parts are not lists of numbers.", HINT)
    if first.dtype.kind not in "iu" or second.dtype.kind not in "iu" or values.size != first.size:
        raise DataError(f"The matrix in {label} is damaged: its parts do not belong together.", HINT)
    if text == "coo":
        if first.size != second.size:
            raise DataError(f"The matrix in {label} is damaged: rows and columns differ in number.", HINT)
        rows, columns = first.astype(np.int64), second.astype(np.int64)
    else:
        major = shape[0] if text == "csr" else shape[1]
        rows = _expanded(second.astype(np.int64), major, first.size, label)
        columns = first.astype(np.int64)
        if text == "csc":
            rows, columns = columns, rows
    for noun, places, size in (("row", rows, shape[0]), ("column", columns, shape[1])):
        if places.size and (places.min() < 0 or places.max() >= size):
            worst = int(places.max() if places.max() >= size else places.min())
            raise DataError(
                f"The matrix file {label} is damaged: {noun} index {worst:,} is outside 0..{size - 1:,}.", HINT
            )
    # A stored zero says nothing.
    kept = values != 0
    return rows[kept], columns[kept], values[kept], shape


def _expanded(starts: np.ndarray, major: int, size: int, label: str) -> np.ndarray:
    """Row numbers from row starts, which must begin at 0, never fall and end at the number of entries."""
    steps = np.diff(starts)
    if starts.size != major + 1 or starts[0] != 0 or starts[-1] != size or (steps < 0).any():
        raise DataError(f"The matrix file {label} is damaged: its row starts (indptr) do not fit.", HINT)
    return np.repeat(np.arange(major), steps)


def _shape(declared: np.ndarray, label: str) -> tuple[int, int]:
    if declared.shape != (2,) or declared.dtype.kind not in "iu":
        raise DataError(f"The matrix in {label} is damaged: its shape is not two whole numbers.", HINT)
    rows, columns = int(declared[0]), int(declared[1])
    if not (0 < rows < 2**31 and 0 < columns < 2**31):
        raise DataError(f"The matrix in {label} has the shape {rows:,} by {columns:,}.", HINT)
    return rows, columns


def _array(data: bytes, label: str, limits: Limits) -> np.ndarray:
    """One .npy whose header tells the truth about its size; object arrays are pickles and refused."""
    if not data.startswith(NPY) or len(data) < 12:
        raise DataError(f"{label} is not a NumPy file.", HINT)
    wide = data[6] > 1
    size = struct.unpack("<I" if wide else "<H", data[8 : 12 if wide else 10])[0]
    start = (12 if wide else 10) + size
    if size > 10_000 or start > len(data):
        raise DataError(f"The matrix in {label} is damaged: its header is cut or too long.", HINT)
    try:
        header = ast.literal_eval(data[start - size : start].decode("latin-1").strip())
        shape, kind = tuple(header["shape"]), np.dtype(header["descr"])
        entries = 1
        for length in shape:
            entries *= int(length)
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError, AttributeError):
        raise DataError(f"The matrix in {label} is damaged: its header cannot be read.", HINT) from None
    if kind.hasobject:
        raise DataError(f"{label} holds Python objects (a pickle); they could run code, so it is never opened.", HINT)
    if kind.kind not in "iufbS" or any(int(length) < 0 for length in shape):
        raise DataError(f"{label} does not hold plain numbers.", HINT)
    if entries > limits.matrix_entries:
        raise DataError(f"{label} declares {entries:,} cells; at most {limits.matrix_entries:,} are read.", HINT)
    if entries * kind.itemsize != len(data) - start:
        raise DataError(f"The matrix in {label} is damaged: {entries:,} cells are declared, others are there.", HINT)
    try:
        return np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError, TypeError):
        raise DataError(f"The matrix in {label} is damaged.", HINT) from None


def is_wide(cells: pa.Table) -> bool:
    """People as rows, items as columns: one id per row, then nothing but numbers and gaps."""
    names = [vocabulary.plain(name) for name in cells.column_names]
    if cells.num_columns < 4 or cells.num_rows == 0 or any(name in vocabulary.KNOWN for name in names[1:]):
        return False
    head = names[0]
    if head not in vocabulary.USER | {"", "column1"} or cells.column_names[1] == "column 2":
        return False
    ids = cells.column(0)
    if pc.count_distinct(ids).as_py() < cells.num_rows:
        return False
    sample = cells.slice(0, 200)
    filled = 0
    for column in sample.columns[1:]:
        words = column.filter(pc.not_equal(column, ""))
        filled += len(words)
        if not pc.all(pc.match_substring_regex(words, NUMERIC)).as_py() and len(words):
            return False
    return filled > 0


def unpivot(cells: pa.Table, label: str, limits: Limits) -> tuple[pa.Table, np.ndarray]:
    """One row per filled cell of a matrix whose first column names the people, and the row each came from."""
    total = cells.num_rows * (cells.num_columns - 1)
    if total > limits.matrix_entries:
        raise DataError(
            f"{label} is a matrix of {total:,} cells; at most {limits.matrix_entries:,} are read.",
            "Upload one row per person and item instead: user, item, weight.",
        )
    parts, origin = [], []
    for name in cells.column_names[1:]:
        words = cells.column(name)
        filled = pc.not_equal(pc.utf8_trim_whitespace(words), "")
        users = cells.column(0).filter(filled)
        items = pa.chunked_array([pa.repeat(pa.scalar(name), len(users))])
        parts.append(pa.table({"user": users, "item": items, "weight": words.filter(filled)}))
        origin.append(np.flatnonzero(filled.to_numpy()))
    if not any(rows.size for rows in origin):
        raise DataError(f"{label} is a matrix without a single entry.", "Fill the cells of the items people chose.")
    return pa.concat_tables(parts), np.concatenate(origin)
