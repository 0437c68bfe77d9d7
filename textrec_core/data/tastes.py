"""A catalogue in, what each item offers to which taste out: tastes its words give away, and tastes they do not."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from textrec_core.data.wordfields import rows_of_length_one, word_fields

# Columns whose entries a reader of the text can sense, strongest first, and how much each place in the list counts.
READABLE: Mapping[str, tuple[float, ...]] = {
    "themes": (1.0, 0.8, 0.6, 0.5),
    "genres": (0.7, 0.5, 0.4, 0.4),
    "department": (0.8,),
    "kind": (1.0,),
}
# Of what words tell, the part that lies in the very words and not in the themes they speak of.
WORDS_THEMSELVES = 0.75
# Levels 0 to 3 that no text tells, and what each level is worth to those who look for it.
LEVELS: Mapping[str, tuple[float, ...]] = {
    "children": (0.0, 0.0, 0.4, 1.0),
    "canon": (0.0, 0.0, 0.1, 0.8),
    "date": (0.0, 0.0, 0.4, 1.0),
}
SPOKEN = {"children": "watched with children", "canon": "film-club canon", "date": "date night"}
# Groups with fans or with a shared purpose, the least members that make one, and what membership is worth.
GROUPS: Mapping[str, tuple[str, int, float]] = {
    "actors": ("fans of {}", 4, 0.8),
    "goes_with": ("for {}", 2, 1.25),
}
# People are fond of what was talked about when they were fifteen, a few years either way.
NOSTALGIA, NOSTALGIA_YEARS = 0.5, 5
# At this much hidden appeal words and the rest weigh the same; the sharper, the fewer items lie between.
EVEN, SHARPNESS = 1.05, 20.0


@dataclass(frozen=True, eq=False)
class ItemTastes:
    """``loadings[i, t]`` is what item i offers to taste ``names[t]``; ``readable[t]`` says whether words tell it.

    ``word_share[i]`` is the share of item i's squared loadings that is readable; rows have length one.
    """

    names: np.ndarray
    readable: np.ndarray
    loadings: np.ndarray
    word_share: np.ndarray

    @property
    def hidden(self) -> np.ndarray:
        """Which tastes no text gives away."""
        return ~self.readable


def item_tastes(items: pd.DataFrame, words_tell: float) -> ItemTastes:
    """What each item offers, from whichever known columns the catalogue has.

    An item is driven by its words unless its hidden appeal outweighs them; ``words_tell`` moves the scales:
    at 0 only what no text tells counts, at 1 only what it does.
    """
    readable = _readable(items)
    hidden = _hidden(items)
    words, rest = rows_of_length_one(readable.to_numpy()), hidden.to_numpy()
    told = (words_tell * EVEN) ** SHARPNESS
    untold = ((1.0 - words_tell) * np.sqrt((rest**2).sum(axis=1))) ** SHARPNESS
    share = np.divide(told, told + untold, out=np.zeros(len(items)), where=told + untold > 0)
    loadings = np.hstack([words * np.sqrt(share)[:, None], rows_of_length_one(rest) * np.sqrt(1.0 - share)[:, None]])
    names = np.array([*readable.columns, *hidden.columns], object)
    return ItemTastes(names, np.arange(names.size) < readable.shape[1], loadings, share)


def entries(column: pd.Series) -> list[list[str]]:
    """The ``; ``-joined entries of every cell."""
    return [[entry for entry in str(cell).split("; ") if entry] for cell in column]


def nostalgia(years: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """How near each year is to each centre: one at it, falling to zero at the next."""
    return np.maximum(0.0, 1.0 - np.abs(years[:, None] - centres[None, :]) / NOSTALGIA_YEARS)


def _readable(items: pd.DataFrame) -> pd.DataFrame:
    blocks = []
    for column, places in READABLE.items():
        if column in items:
            block = _indicator(entries(items[column]), places, f"{column}: {{}}", least=1)
            # A taste that half the catalogue serves says little about any item of it.
            blocks.append(block / np.sqrt((block**2).sum(axis=0)))
    named = pd.concat(blocks, axis=1)
    named = pd.DataFrame(rows_of_length_one(named.to_numpy()) * np.sqrt(1.0 - WORDS_THEMSELVES), columns=named.columns)
    fields, spoken = word_fields(tuple(str(text) for text in items["description"]))
    fields = rows_of_length_one(fields) * np.sqrt(WORDS_THEMSELVES)
    return pd.concat([named, pd.DataFrame(fields, columns=list(spoken))], axis=1)


def _hidden(items: pd.DataFrame) -> pd.DataFrame:
    blocks = [pd.DataFrame(index=range(len(items)))]
    for column, worth in LEVELS.items():
        if column in items:
            blocks.append(pd.DataFrame({SPOKEN[column]: np.array(worth)[items[column].to_numpy(int)]}))
    for column, (spoken, least, worth_one) in GROUPS.items():
        if column in items:
            blocks.append(_indicator(entries(items[column]), (worth_one,) * 9, spoken, least))
    if "year" in items:
        blocks.append(_of_youth(items))
    return pd.concat(blocks, axis=1)


def _of_youth(items: pd.DataFrame) -> pd.DataFrame:
    years, fame = items["year"].to_numpy(float), items["fame"].to_numpy(float)
    centres = np.arange(1955.0, 2021.0, NOSTALGIA_YEARS)
    talked_about = NOSTALGIA * np.clip(fame - 3.0, 0.1, 2.0) / 2.0
    columns = [f"young in {centre:.0f}" for centre in centres]
    return pd.DataFrame(nostalgia(years, centres) * talked_about[:, None], columns=columns)


def _indicator(lists: list[list[str]], places: tuple[float, ...], spoken: str, least: int) -> pd.DataFrame:
    """One column for each entry that ``least`` items share, alphabetical; a cell's worth follows its place in the list."""
    flat = pd.Series([entry for row in lists for entry in row], dtype=object).value_counts()
    known = sorted(flat.index[flat >= least])
    column = {entry: place for place, entry in enumerate(known)}
    table = np.zeros((len(lists), len(known)))
    for row, found in enumerate(lists):
        for place, entry in enumerate(found):
            if entry in column:
                table[row, column[entry]] = places[min(place, len(places) - 1)]
    return pd.DataFrame(table, columns=[spoken.format(entry) for entry in known])
