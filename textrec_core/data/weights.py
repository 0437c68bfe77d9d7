"""A column of written weights in; numbers, and what they are taken to mean, out."""

import re

import numpy as np
import pandas as pd

from textrec_core.data import vocabulary
from textrec_core.data.repair import Repairs
from textrec_core.errors import DataError

LARGEST, SMALLEST = 1e9, 1e-9
THOUSANDS = r"\s*[+-]?\d{1,3}(,\d{3})+\s*"
DURATION = r"\d{1,7}:[0-5]?\d(:[0-5]?\d)?"
COMMA = r"\s*[+-]?\d*,\d+\s*"


def numbers(cells: pd.Series, column: str, decimal: str) -> np.ndarray:
    """The cells as numbers, not-a-number where they are none."""
    codes, distinct = pd.factorize(cells)
    words = pd.Series(distinct, dtype="str").str.strip()
    comma, point = words.str.contains(",", regex=False), words.str.contains(".", regex=False)
    if decimal == "comma":
        words = words.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    elif decimal == "point":
        words = words.str.replace(",", "", regex=False)
    elif comma.any():
        digits = words[comma & words.str.fullmatch(r"[\d.,+\- ]+")]
        if digits.size and ((comma & point).any() or point[~comma].any() or digits.str.fullmatch(THOUSANDS).all()):
            raise DataError(
                f"The numbers in {column!r} can be read in two ways, for example {digits.iloc[0][:40]!r}.",
                "Say which decimal mark they use: point or comma.",
            )
        words = words.where(~words.str.fullmatch(COMMA), words.str.replace(",", ".", regex=False))
    if has_durations(words):
        words = words.map(_seconds)
    plain = words.where(words.str.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|Inf|INF)(inity)?"), "")
    values = pd.to_numeric(plain, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.append(values, np.nan)[codes]


def has_durations(words: pd.Series) -> bool:
    """Whether some cells are written as 3:25 or 1:03:25; they are read as seconds."""
    return bool(words.str.fullmatch(DURATION).any())


def _seconds(word: str) -> str:
    if not re.fullmatch(DURATION, word):
        return word
    seconds = 0
    for part in word.split(":"):
        seconds = 60 * seconds + int(part)
    return str(seconds)


def rule_for(values: np.ndarray, column: str, repairs: Repairs) -> tuple[str, str]:
    """Which rule the weights follow, and the sentence that says so."""
    if repairs.weights != "auto":
        return repairs.weights, f"Weights in {column!r}: {repairs.weights}, as chosen."
    # A cell that is no usable number says nothing about all others.
    known = values[np.isfinite(values) & (np.abs(values) <= LARGEST)]
    if not known.size:
        return "as is", ""
    low, high = float(known.min()), float(known.max())
    span = f"{low:g} to {high:g}"
    if low < 0:
        raise DataError(
            f"The weights in {column!r} go below zero ({span}); what a dislike means must be chosen.",
            "Choose a threshold from which a row counts, or let each count 1; `as is` leaves negative rows out.",
        )
    if low == high:
        alike = f"All weights in {column!r} are {low:g}: they say only that something was chosen."
        return "each counts 1" if _is_scale(known, high, vocabulary.plain(column)) else "as is", alike
    if _is_scale(known, high, vocabulary.plain(column)):
        return "each counts 1", (
            f"{column!r} holds ratings from {span}; each counts 1, low ones too. A threshold would keep the liked ones only."
        )
    return "as is", f"{column!r} holds values from {span}; they are taken as weights."


def applied(values: np.ndarray, rule: str, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """The weights, and which rows count at all."""
    if rule == "each counts 1":
        return np.ones(values.size), np.ones(values.size, bool)
    if rule == "threshold":
        return np.ones(values.size), values >= threshold
    return values, values >= SMALLEST


def fault_of(cells: pd.Series, values: np.ndarray, rule: str) -> list[tuple[np.ndarray, str]]:
    """Rows whose weight cannot be used, by reason."""
    empty = (cells.str.strip() == "").to_numpy(bool)
    wrong = np.isnan(values) & ~empty
    infinite = np.isinf(values)
    faults = [
        (empty, "no weight"),
        (wrong, "the weight is not a number"),
        (infinite, "the weight is infinite"),
        (np.abs(values) > LARGEST, f"the weight is beyond {LARGEST:,.0f}"),
    ]
    if rule == "as is":
        faults.append((values < 0, "the weight is below zero"))
    return faults


def _is_scale(known: np.ndarray, high: float, name: str) -> bool:
    """Ratings: few values in steps of a half up to 5 (or 10, 100 under a rating's name), not mostly the lowest."""
    steps = bool((known * 2 == np.floor(known * 2)).all())
    kinds, counts = np.unique(known, return_counts=True)
    if name in vocabulary.RATING:
        return steps and 1 < high <= 100 and kinds.size <= 101
    if name in vocabulary.WEIGHT - {"value", "weight"} or re.search(r"count|num|qty|hours|time", name):
        return False
    return steps and 3 <= kinds.size <= 10 and known.min() >= 0.5 and 3 <= high <= 5 and counts.argmax() != 0
