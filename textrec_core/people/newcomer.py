"""An item that nobody has seen: its text in, its neighbours, its likely audience and its places in people's lists out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtri

from textrec_core.data import vocabulary
from textrec_core.data.dataset import Dataset
from textrec_core.data.mapping import columns_of, guess_items
from textrec_core.data.sources import Source
from textrec_core.data.tables import Table
from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.models import projector
from textrec_core.models.projector import Projector
from textrec_core.models.wals import Factors, WalsScorer
from textrec_core.ranking import largest
from textrec_core.spaces.landing import nearest_to
from textrec_core.spaces.space import Space
from textrec_core.text import wording
from textrec_core.text.encoder import sentence
from textrec_core.text.wording import Wording

# Places in lists are counted over this many people, spread over all.
ASKED = 1_000
LONGEST_TITLE, LONGEST_TEXT = 300, 20_000
LONGEST_BOOST = 3.0
# Were wants known exactly, who wants an item most would be told with none of appetite's say, who would choose it with all
# of it: half serves both questions alike.
APPETITE_SAY = 0.5
# Rows that are read of a table of new items.
MOST = 500


@dataclass(frozen=True, eq=False)
class Bridge:
    """A projector bound to one fit, and ``length``: what makes a carried item as long as a usual trained one.

    ``middle`` and ``spread`` are the mean and the covariance of the data's own items, carried by their texts alone.
    ``wording`` is how their plain words were read, which taught the projector beside the space.
    """

    projector: Projector
    wording: Wording | None
    length: float
    middle: np.ndarray
    spread: np.ndarray
    fingerprint: str


def name_of(space: Space, factors: Factors) -> str:
    """The fingerprint of the bridge between this space and this fit."""
    return fingerprint("bridge/2", space.fingerprint, factors.fingerprint)


def build(space: Space, factors: Factors, texts: Sequence[str] | None = None, on_progress: object = None) -> Bridge:
    """Learn to carry texts, and how long carried items must be to stand beside trained ones.

    One length for all: it moves new items against trained ones and leaves their own order as it is. Where the items'
    ``texts`` are given, their plain words teach too.
    """
    worded = None if texts is None else wording.learn(texts)
    words = None if worded is None else worded.rows
    learned = projector.learn(space, factors, words=words)
    taught = np.flatnonzero(space.known & factors.items.any(axis=1))
    carried = learned.carry(space.directions[taught], factors, None if words is None else words[taught]).astype(float)
    lengths, trained = (np.linalg.norm(vectors, axis=1) for vectors in (carried, factors.items[taught]))
    length = float(np.median(trained) / max(float(np.median(lengths)), 1e-12))
    return Bridge(
        learned, None if worded is None else worded.wording, length, carried.mean(axis=0), np.cov(carried.T, bias=True),
        name_of(space, factors),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Newcomer:
    """A new item: its direction in words (zeros: it says nothing), what the projector carried, and the same at the
    length at which it stands beside the trained items of one fit."""

    title: str
    text: str
    words: np.ndarray
    carried: np.ndarray
    vector: np.ndarray

    @property
    def speaks(self) -> bool:
        """Whether the words were understood at all."""
        return bool(self.words.any())


def check(title: str, text: str) -> None:
    """Raise ``DataError`` for what cannot be read as one item."""
    if not text.strip():
        raise DataError(
            "There is no description to read.", "Paste a sentence or more; a title alone says too little to place it."
        )
    for noun, words, most in (("title", title, LONGEST_TITLE), ("description", text, LONGEST_TEXT)):
        if len(words) > most:
            raise DataError(
                f"The {noun} has {len(words):,} characters; at most {most:,} are read.", "Paste a shorter one."
            )


def check_boost(boost: float) -> None:
    """Raise ``DataError`` for a length that no list could use."""
    if not 0 <= boost <= LONGEST_BOOST:
        raise DataError(
            f"boost is {boost:g}; it must lie between 0 and {LONGEST_BOOST:g}.",
            "1 makes a new item as long as a usual one.",
        )


def read(table: Table) -> list[tuple[str, str]]:
    """Titles and texts of the first rows of a table; a row without a title is called by its number."""
    if len(table.faulty):
        row, reason = table.faulty["row"].iloc[0], table.faulty["reason"].iloc[0]
        raise DataError(
            f"{table.label}: row {row:,} does not fit, with {reason}.",
            "Put quotes around texts that hold the delimiter, or remove the row.",
        )
    columns = columns_of(table)
    title = next((name for name, column in columns.items() if column.plain in vocabulary.TITLE), None)
    texts = tuple(name for name, column in columns.items() if column.plain in vocabulary.TEXT)
    if not texts and len(columns) == 1:
        # Alone it is read where it holds sentences, whatever it is called.
        texts = tuple(name for name, column in columns.items() if name != title and column.spaced > 0.5)
    elif not texts:
        guessed = guess_items(table)
        title, texts = title or guessed.title or guessed.item_id, guessed.text
    if not texts:
        raise DataError(
            f"No column of {table.label} reads like descriptions.",
            "Give the table a column called text; one called title names its rows.",
        )
    frame = table.frame.head(MOST).fillna("").astype(str)
    names = None if title is None else frame[title]
    items = []
    for row in range(len(frame)):
        told = " ".join(str(frame[name].iloc[row]).strip() for name in texts).strip()
        title = str(names.iloc[row]).strip() if names is not None else ""
        items.append(((title or f"Row {row + 1}")[:LONGEST_TITLE], told[:LONGEST_TEXT]))
    if not items:
        raise DataError(f"{table.label} has no rows.", "Upload a table with a row for each new item.")
    return items


def read_file(source: Source, on_progress: object = None) -> list[tuple[str, str]]:
    """Titles and texts of the first rows of a file that was brought."""
    return read(replace(source, how=replace(source.how, fewest=1)).table())


def meet(
    items: Sequence[tuple[str, str]], directions: np.ndarray, bridge: Bridge, factors: Factors, boost: float = 1.0
) -> list[Newcomer]:
    """Carry read texts over the bridge; ``boost`` lengthens them all alike, and 1 is a usual item's length."""
    words = None if bridge.wording is None else bridge.wording.read(sentence(*item) for item in items)
    carried = bridge.projector.carry(directions, factors, words)
    return [
        Newcomer(title, text, words, one, one * np.float32(bridge.length * boost))
        for (title, text), words, one in zip(items, directions, carried, strict=True)
    ]


def wants(factors: Factors, bridge: Bridge, vectors: np.ndarray, people: np.ndarray | None = None) -> np.ndarray:
    """How far each carried item stands above what the person would make of the data's own items by their texts alone.

    Scores less their mean, over their spread; one row for each person.
    """
    users = (factors.users if people is None else factors.users[people]).astype(np.float64)
    spread = np.sqrt(np.maximum(np.einsum("ur,rs,us->u", users, bridge.spread, users, optimize=True), 0.0))
    away = users @ (vectors.astype(np.float64) - bridge.middle).T
    return np.asarray(np.divide(away, spread[:, None], out=np.zeros_like(away), where=spread[:, None] > 1e-12))


def appetite(dataset: Dataset, people: np.ndarray | None = None) -> np.ndarray:
    """How much each person chooses at all: the normal quantile of their share of the items that anybody chose.

    Who takes a share p of a normal world takes what stands above -appetite; so wants + appetite > 0 is a choice.
    """
    chosen = np.diff(dataset.matrix.indptr)
    offered = int((dataset.popularity > 0).sum())
    return np.asarray(ndtri(((chosen if people is None else chosen[people]) + 0.5) / (offered + 1)))


def likeliness(wanted: np.ndarray, appetites: np.ndarray) -> np.ndarray:
    """What people are ordered by as the audience of an item: what they make of it, and half of their appetite.

    By wants alone those who choose least head every audience; by wants and all of the appetite, or by plain scores, those
    who choose most.
    """
    return np.asarray(wanted + APPETITE_SAY * appetites[:, None])


def audience(dataset: Dataset, factors: Factors, bridge: Bridge, new: Newcomer, most: int) -> np.ndarray:
    """The people with a past whose likeliness is highest, first the likeliest; no boost changes who they are."""
    active = np.flatnonzero(np.diff(dataset.matrix.indptr))
    if not new.speaks or active.size == 0:
        return np.empty(0, int)
    likely = likeliness(wants(factors, bridge, new.carried[None], active), appetite(dataset, active))
    return active[largest(likely.T, min(most, active.size))[0][0]]


def place_in(dataset: Dataset, scorer: WalsScorer, user: int, new: Newcomer) -> int:
    """Where the new item would stand in one person's list of what is not chosen yet, 1 the first."""
    taste = scorer.taste(user)
    scores = scorer.factors.items @ taste
    scores[dataset.history(user)] = -np.inf
    return int((scores > float(new.vector @ taste)).sum()) + 1


def expected(dataset: Dataset, factors: Factors, new: Newcomer, k: int) -> tuple[float, float, int]:
    """The middle place over people spread over all, the share of them whose first k would hold it, and how many they are."""
    active = np.flatnonzero(np.diff(dataset.matrix.indptr))
    people = active[np.unique(np.linspace(0, active.size - 1, min(ASKED, active.size)).astype(int))]
    places = np.empty(people.size)
    step = max(1, 4_000_000 // max(1, dataset.items.size))
    for start in range(0, people.size, step):
        some = people[start : start + step]
        tastes = factors.users[some]
        above = tastes @ factors.items.T > (tastes @ new.vector)[:, None]
        for row, user in enumerate(some):
            own = dataset.history(int(user))
            places[start + row] = above[row].sum() - above[row, own].sum() + 1
    return float(np.median(places)), float((places <= k).mean()), people.size


def because(scorer: WalsScorer, people: np.ndarray, new: Newcomer) -> list[str]:
    """For each person the past choice that speaks most for the new item; empty where none does."""
    told = []
    for user in people:
        why = scorer.toward(int(user), new.vector)
        best = why.largest_first()[:1]
        speaks = best.size and why.shares[best[0]] > 0
        told.append(str(scorer.dataset.titles[why.items[best[0]]]) if speaks else "")
    return told


def likely(dataset: Dataset, scorer: WalsScorer, bridge: Bridge, new: Newcomer, most: int) -> pd.DataFrame:
    """The likeliest people: the place in their list, and the past choice that speaks most for it."""
    people = audience(dataset, scorer.factors, bridge, new, most)
    return pd.DataFrame(
        {
            "Person": dataset.users[people],
            "Place": np.array([place_in(dataset, scorer, int(user), new) for user in people], int),
            "Because of": because(scorer, people, new),
            "Choices": np.diff(dataset.matrix.indptr)[people],
        }
    )


def near(dataset: Dataset, space: Space, vector: np.ndarray, k: int) -> pd.DataFrame:
    """The items nearest to a new one in one space, with their cosine in the full space."""
    rows, cosines = nearest_to(space, vector, k)
    return pd.DataFrame({"Title": dataset.titles[rows], "Cosine": cosines, "People": dataset.popularity[rows]})


def between(
    dataset: Dataset, scorer: WalsScorer, bridge: Bridge, one: Newcomer, other: Newcomer, most: int
) -> pd.DataFrame:
    """Whom either of two wordings finds first, and the place each gives the item in that person's list."""
    found = [audience(dataset, scorer.factors, bridge, new, most) for new in (one, other)]
    people = np.concatenate([found[0], found[1][~np.isin(found[1], found[0])]]).astype(int)
    table = pd.DataFrame({"Person": dataset.users[people]})
    for name, new in (("Place by A", one), ("Place by B", other)):
        table[name] = np.array([place_in(dataset, scorer, int(user), new) for user in people], int)
    in_one, in_other = np.isin(people, found[0]), np.isin(people, found[1])
    table["Found by"] = np.where(in_one & in_other, "both", np.where(in_one, "A", "B"))
    return table


def summary(
    dataset: Dataset, scorer: WalsScorer, bridge: Bridge, items: Sequence[Newcomer], spaces: tuple[Space, Space], k: int = 10
) -> pd.DataFrame:  # fmt: skip
    """A row for each new item: the nearest in both senses, the likeliest people, the usual place; empty where it says nothing."""
    rows = []
    for new in items:
        middle, share, _people = expected(dataset, scorer.factors, new, k) if new.speaks else (np.nan, np.nan, 0)
        row: dict[str, object] = {"Title": new.title, "Middle place": middle, f"In the first {k}": share}
        people = audience(dataset, scorer.factors, bridge, new, 3)
        row["Likeliest people"] = ", ".join(str(name) for name in dataset.users[people])
        for name, space, vector in zip(
            ("Near in words", "Near in behaviour"), spaces, (new.words, new.vector), strict=True
        ):
            row[name] = ", ".join(str(title) for title in dataset.titles[nearest_to(space, vector, 2)[0]])
        rows.append(row)
    return pd.DataFrame(rows)
