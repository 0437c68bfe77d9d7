"""Times as people write them, in; seconds since 1970 and which could not be read, out."""

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from textrec_core.errors import DataError

# Seconds; a time outside cannot be when somebody chose something.
EARLIEST, LATEST = 0, 4_102_444_800
FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y",
    "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%m %d, %Y",
)  # fmt: skip
# The last day of a year: its day can be no month.
EXAMPLE = datetime(2020, 12, 31, 23, 59, 58)
DAY_FIRST = ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y", "%d-%m-%Y %H:%M")
MONTH_FIRST = ("%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m-%d-%Y", "%m-%d-%Y %H:%M")
WHOLE = re.compile(r"\s*-?\d{1,19}(\.0*)?\s*$")
DATED = re.compile(r"\d.*[-/. :].*\d|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}")


def looks_timed(cells: Sequence[str], named: bool = False) -> bool:
    """Whether nearly all cells read as moments: dates, or numbers in the range of clocks.

    Under a name that promises times half of them are enough, and days may be written as 20200131.
    """
    least = 0.5 if named else 0.9
    whole = [cell for cell in cells if WHOLE.match(cell)]
    if cells and len(whole) >= least * len(cells):
        values = np.array([float(cell) for cell in whole])
        # From 1990 on, in seconds, milliseconds, microseconds or nanoseconds.
        ranges = [(values > 6.3e8 * scale) & (values < LATEST * scale) for scale in (1, 1e3, 1e6, 1e9)]
        if any(int(inside.sum()) >= least * len(cells) for inside in ranges):
            return True
        return named and _is_compact(pd.Series(whole, dtype="str"), values)
    if sum(len(cell) <= 40 and bool(DATED.search(cell)) and not _is_number(cell) for cell in cells) < max(
        1, least * len(cells)
    ):
        return False
    series = pd.Series(list(cells[:200]), dtype="str")
    return any(parsed.notna().mean() >= least for parsed in _readings(series, least))


def seconds(cells: pd.Series, column: str, order: str = "auto") -> tuple[np.ndarray, np.ndarray, str]:
    """Whole seconds, which rows are readable and possible, and how the column was read.

    ``order`` decides 03/04/2020: ``day first``, ``month first``, or ``auto``, which refuses where both fit.
    """
    numbers = _numbers(cells)
    filled = (cells.str.strip() != "").to_numpy(bool)
    if np.isfinite(numbers).sum() >= 0.5 * max(1, filled.sum()) and not _is_compact(cells, numbers):
        return _from_numbers(numbers)
    codes, distinct = pd.factorize(cells.str.strip())
    moments, how = _from_words(pd.Series(distinct, dtype="str"), column, order)
    values = np.append(moments, np.iinfo(np.int64).min)[codes]
    good = (values >= EARLIEST) & (values < LATEST)
    return np.where(good, values, 0), good, how


def _numbers(cells: pd.Series) -> np.ndarray:
    try:
        # Far faster, but only where every cell is a whole number.
        return pc.cast(pa.array(cells), pa.int64()).to_numpy().astype(np.float64)
    except pa.ArrowInvalid:
        return pd.to_numeric(cells, errors="coerce").to_numpy(np.float64, na_value=np.nan)


def _is_number(cell: str) -> bool:
    return bool(re.match(r"\s*[+-]?[\d.,]*\s*$", cell)) and cell.count(".") + cell.count(",") < 2


def _is_compact(cells: pd.Series, numbers: np.ndarray) -> bool:
    """Days written as 20200131 rather than seconds."""
    known = numbers[np.isfinite(numbers)]
    if not known.size or not ((known >= 19000101) & (known <= 21000101)).all():
        return False
    sample = cells[cells.str.strip() != ""].head(500).str.strip()
    return bool(pd.to_datetime(sample, format="%Y%m%d", errors="coerce").notna().mean() > 0.9)


def _from_numbers(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray, str]:
    known = numbers[np.isfinite(numbers)]
    middle = float(np.median(known)) if known.size else 0.0
    unit, scale = "seconds", 1.0
    for name, factor in (("milliseconds", 1e3), ("microseconds", 1e6), ("nanoseconds", 1e9)):
        if middle >= 1e8 * factor:
            unit, scale = name, factor
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.floor(numbers / scale)
        good = np.isfinite(scaled) & (scaled >= EARLIEST) & (scaled < LATEST)
    return np.where(good, scaled, 0).astype(np.int64), good, f"{unit} since 1970"


def _readings(cells: pd.Series, least: float) -> list[pd.Series]:
    found = [_parse(cells, None)]
    for shape in (*FORMATS, *DAY_FIRST, *MONTH_FIRST):
        if found[-1].notna().mean() >= least:
            break
        found.append(_parse(cells, shape))
    return found


def _parse(cells: pd.Series, shape: str | None) -> pd.Series:
    try:
        return pd.to_datetime(cells, format=shape or "ISO8601", errors="coerce", utc=True)
    except (ValueError, OverflowError, TypeError):
        return pd.Series(pd.NaT, index=cells.index, dtype="datetime64[ns, UTC]")


def _from_words(cells: pd.Series, column: str, order: str) -> tuple[np.ndarray, str]:
    """Every cell by ISO 8601 or by the format that reads most of the rest."""
    best = _parse(cells, None)
    how = "ISO 8601"
    allowed = FORMATS + (DAY_FIRST if order != "month first" else ()) + (MONTH_FIRST if order != "day first" else ())
    for _ in range(6):
        rest = best.isna() & (cells != "")
        if not rest.any():
            break
        open_cells = cells[rest]
        counts = {shape: int(_parse(open_cells.head(5_000), shape).notna().sum()) for shape in allowed}
        shape = max(counts, key=lambda name: counts[name])
        if counts[shape] == 0:
            break
        twin = _twin(shape)
        if order == "auto" and twin and counts.get(twin) == counts[shape]:
            raise DataError(
                f"The times in {column!r} can be read day first or month first, for example {open_cells.iloc[0][:40]!r}.",
                "Say which: day first or month first.",
            )
        best = best.fillna(_parse(open_cells, shape))
        like = f"dates like {EXAMPLE.strftime(shape)}"
        how = like if how == "ISO 8601" and rest.all() else f"{how} and {like}"
    known = best.notna().to_numpy(bool)
    values = np.full(len(cells), np.iinfo(np.int64).min)
    values[known] = best[known].astype("datetime64[s, UTC]").astype(np.int64)
    return values, how


def _twin(shape: str) -> str | None:
    for first, second in zip(DAY_FIRST, MONTH_FIRST, strict=True):
        if shape in (first, second):
            return second if shape == first else first
    return None
