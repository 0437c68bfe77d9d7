"""What a person may have mended while a Dataset is built, and the mending of ids and pairs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from textrec_core.params import check_limits, tunable

# The repairs that read ids alike.
FORMS = ("trim", "fold_case", "numeric_ids")
CONTROLS = "[\\x{00}-\\x{1f}\\x{7f}-\\x{9f}\\x{200b}\\x{200e}\\x{200f}\\x{202a}-\\x{202e}\\x{2060}\\x{2066}-\\x{2069}\\x{feff}]"


@dataclass(frozen=True)
class Repairs:
    """Every repair and choice, with the default that changes least."""

    trim: bool = tunable(True, meaning="Ignore spaces around ids.")
    fold_case: bool = tunable(False, meaning="Read ids alike that differ in capitals only.")
    numeric_ids: bool = tunable(False, meaning="Read 12, 012 and 12.0 as one id.")
    weights: str = tunable(
        "auto", choices=("auto", "as is", "threshold", "each counts 1"),
        meaning="What a weight says. Auto lets every rating on a scale count 1 and takes counts as they are.",
    )  # fmt: skip
    threshold: float = tunable(4.0, -1e9, 1e9, "With weights by threshold: from which value on a row counts.")
    decimal: str = tunable("auto", choices=("auto", "point", "comma"), meaning="The decimal mark of weights.")
    dates: str = tunable(
        "auto", choices=("auto", "day first", "month first"), meaning="How to read dates such as 03/04/2020."
    )
    times: str = tunable(
        "leave out",
        choices=("leave out", "forget"),
        meaning="What becomes of rows whose time is impossible: they are left out, or the times of all rows are forgotten.",
    )
    duplicates: str = tunable(
        "sum",
        choices=("sum", "last", "count", "max"),
        meaning="What becomes of a pair of person and item that repeats.",
    )
    repeated_items: str = tunable(
        "refuse",
        choices=("refuse", "first", "last", "join"),
        meaning="What becomes of an item described twice differently.",
    )
    user_minimum: int = tunable(1, 1, 1_000, "Leave out people with fewer items than this.")
    item_minimum: int = tunable(1, 1, 1_000, "Leave out items chosen by fewer people than this.")
    only_described: bool = tunable(False, meaning="Leave out interactions with items that the item table lacks.")
    people_share: float = tunable(1.0, 0.001, 1.0, "Share of people to keep, drawn evenly from busy to quiet ones.")
    strip_html: bool = tunable(False, meaning="Remove HTML tags from titles and texts.")
    title_for_empty_text: bool = tunable(True, meaning="Let the title speak for an item without a text.")

    def __post_init__(self) -> None:
        check_limits(self)


def clean_ids(distinct: pd.Series, repairs: Repairs) -> tuple[pd.Series, dict[str, int]]:
    """The ids as they will be known, and how many ids each step merged with another."""
    words = pc.utf8_normalize(pa.array(distinct.to_numpy(object), pa.string()), form="NFC")
    words = pc.replace_substring_regex(words, CONTROLS, "")
    merged: dict[str, int] = {}
    count = len(distinct)
    steps: tuple[tuple[str, bool, Callable[[pa.Array], pa.Array]], ...] = (
        ("Unicode forms and control characters", True, lambda ids: ids),
        ("spaces around ids", repairs.trim, pc.utf8_trim_whitespace),
        ("capitals in ids", repairs.fold_case, pc.utf8_lower),
        ("number forms of ids", repairs.numeric_ids, numeric_form),
    )
    for name, wanted, step in steps:
        words = step(words) if wanted else words
        left = pc.count_distinct(words).as_py()
        if left < count:
            merged[name] = count - left
        count = left
    return pd.Series(words.to_pandas(), dtype="str"), merged


def numeric_form(words: pa.Array) -> pa.Array:
    """``012`` and ``12.0`` become ``12``; what is no whole number stays."""
    return pc.replace_substring_regex(words, r"^\s*\+?0*(\d+)(?:\.0*)?\s*$", r"\1")


@dataclass(frozen=True, eq=False)
class Pairs:
    """Person and item of every interaction by position, with weight, time and the row it came from."""

    users: np.ndarray
    items: np.ndarray
    weights: np.ndarray
    times: np.ndarray | None

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.users.size)

    def only(self, kept: np.ndarray) -> "Pairs":
        """Those at the given positions or under the given mask."""
        times = None if self.times is None else self.times[kept]
        return Pairs(self.users[kept], self.items[kept], self.weights[kept], times)


def merge(pairs: Pairs, items: int, how: str) -> Pairs:
    """Each pair once; a merged pair carries its latest time."""
    key = pairs.users.astype(np.int64) * max(1, items) + pairs.items
    # By time within a pair where times are known, else in the order of the file.
    order = np.argsort(key, kind="stable") if pairs.times is None else np.lexsort((pairs.times, key))
    sorted_key = key[order]
    starts = np.flatnonzero(np.concatenate([[True], sorted_key[1:] != sorted_key[:-1]])) if key.size else key
    if starts.size == key.size and how != "count":
        return pairs.only(order)
    ends = np.append(starts[1:], key.size) - 1
    weights = pairs.weights[order].astype(np.float64)
    if how == "sum":
        merged = np.add.reduceat(weights, starts)
    elif how == "max":
        merged = np.maximum.reduceat(weights, starts)
    elif how == "count":
        merged = (ends - starts + 1).astype(np.float64)
    else:
        merged = weights[ends]
    last = pairs.only(order[ends])
    return Pairs(last.users, last.items, merged, last.times)


def core(pairs: Pairs, users: int, items: int, user_minimum: int, item_minimum: int) -> np.ndarray:
    """Which pairs remain when people and items under their minimum are left out until none is."""
    kept = np.ones(pairs.size, bool)
    while True:
        of_user = np.bincount(pairs.users[kept], minlength=users)
        of_item = np.bincount(pairs.items[kept], minlength=items)
        still = kept & (of_user[pairs.users] >= user_minimum) & (of_item[pairs.items] >= item_minimum)
        if still.sum() == kept.sum():
            return kept
        kept = still


def sample_of_people(pairs: Pairs, users: int, share: float) -> np.ndarray:
    """Which pairs remain when every n-th person, ordered by activity, is kept whole."""
    activity = np.bincount(pairs.users, minlength=users)
    active = np.flatnonzero(activity)
    ordered = active[np.argsort(activity[active], kind="stable")]
    count = max(1, round(share * ordered.size))
    drawn = np.zeros(users, bool)
    drawn[ordered[((np.arange(count) + 0.5) * ordered.size / count).astype(np.int64)]] = True
    return drawn[pairs.users]
