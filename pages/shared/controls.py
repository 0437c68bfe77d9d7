"""Widgets made from declarations, and the pickers of people and items."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from pages.shared import cached, session
from textrec_core.data.dataset import Dataset
from textrec_core.figures.literal import plain, told_apart
from textrec_core.models.scorer import Scorer
from textrec_core.models.wals import suited
from textrec_core.params import Tunable, declared
from textrec_core.people import voices, whatif

P = TypeVar("P")
# Above this many a list of all is slow to send and useless to read; then one searches first.
LISTED = 4_000
FOUND = 100
# More would make an address that no browser takes.
MOST_SAID = 40
# What each model is called above a narrow column of its places.
VOICES = {"WALS": "Crowd", "Text profile": "Words", "Popularity": "Popular"}


def tune(
    params: P, key: str, only: tuple[str, ...] = (), highest: dict[str, float] | None = None, columns: int = 1,
    offered: dict[str, list[str]] | None = None, first: tuple[str, ...] = (),
) -> P:  # fmt: skip
    """A widget for every declared parameter, starting at ``params``; the values now chosen.

    ``offered`` names likely values of a parameter that may be any text. Where some come ``first``, the others
    wait behind "More settings".
    """
    chosen: dict[str, Any] = {}
    wanted = [entry for entry in declared(type(params)) if not only or entry.name in only]
    wanted.sort(key=lambda entry: entry.name not in first)
    places = st.columns(columns) if columns > 1 else [st.container()]
    rest = st.expander("More settings") if first else None
    for number, entry in enumerate(wanted):
        with places[number % columns] if rest is None or entry.name in first else rest:
            chosen[entry.name] = _widget(
                entry, getattr(params, entry.name), f"{key}-{entry.name}", (highest or {}).get(entry.name),
                (offered or {}).get(entry.name, []),
            )  # fmt: skip
    return replace(params, **chosen)  # type: ignore[type-var]


def _widget(entry: Tunable, value: Any, key: str, highest: float | None, offered: list[str]) -> Any:
    label = entry.label
    low, high = entry.low, entry.high if highest is None else min(highest, entry.high or highest)
    if entry.choices:
        return st.selectbox(label, entry.choices, entry.choices.index(value), key=key, help=entry.meaning)
    if entry.kind is bool:
        return st.toggle(label, value, key=key, help=entry.meaning)
    if entry.kind is str and offered:
        options = list(dict.fromkeys([value, *offered]))
        return st.selectbox(label, options, key=key, help=entry.meaning, accept_new_options=True, required=True)
    if entry.kind is str:
        return st.text_input(label, value, key=key, help=entry.meaning)
    help_ = f"{entry.meaning} From {low:g} to {high:g}."
    if entry.kind is int and high is not None and high <= 1_000:
        if low == high:
            return int(high)
        return st.slider(label, int(low or 0), int(high), min(int(value), int(high)), key=key, help=help_)
    if entry.kind is int:
        return st.number_input(label, int(low or 0), int(high or 0), int(value), key=key, help=help_)
    return st.number_input(label, float(low or 0), float(high or 0), float(value), key=key, help=help_, format="%g")


def pick_item(dataset: Dataset, otherwise: int) -> int:
    """One item, chosen by title or through the address."""
    linked, _told = session.linked("item")
    known = [_called(dataset, words) for words in linked]
    if known != linked:
        session.relink("item", known, "")
    return pick(dataset.items, "item", "Item", otherwise, titles(dataset).__getitem__)


@dataclass(frozen=True, eq=False)
class Ids:
    """Which words are ids."""

    ids: np.ndarray

    def __contains__(self, words: object) -> bool:
        return bool((self.ids == words).any())


def titles(dataset: Dataset) -> list[str]:
    """What each item is called where it must be told from all others."""
    named: list[str] = cached.quick(told_apart, dataset.titles, dataset.items, of=dataset.fingerprint)
    return named


def _called(dataset: Dataset, words: str) -> str:
    """What a picker calls the item of an id; words that are a title, or no id, stay as they are."""
    rows = np.flatnonzero(dataset.items == words)
    return words if rows.size == 0 or (dataset.titles == words).any() else titles(dataset)[rows[0]]


def maybe_item(dataset: Dataset, key: str, label: str, nothing: str) -> int | None:
    """An item by title, or none."""
    rows, titled = np.arange(dataset.items.size), titles(dataset)
    if rows.size > LISTED:
        rows = _search(dataset.items, key, label, 0, titled.__getitem__, rows)
    names = {str(dataset.items[row]): int(row) for row in rows}
    picked = st.selectbox(
        label, list(names), None, format_func=lambda name: titled[names[name]], key=key, placeholder=nothing,
        persist_state="page",
    )  # fmt: skip
    return None if picked is None else names[picked]


def several_items(dataset: Dataset, key: str, label: str, among: np.ndarray, help_: str) -> list[int]:
    """Items by title, several at once; they stand in the address, and what it asks for in vain is said."""
    titled = titles(dataset).__getitem__
    linked, told = session.linked(key)
    if linked:
        found = _named(linked, dataset.items, titled, among)
        rows = list(dict.fromkeys(found[words] for words in linked if words in found))[:MOST_SAID]
        known = [titled(row) for row in rows]
        if known != linked and told is None:
            few = len(known) < len(set(linked))
            words = f"Of {len(set(linked)):,} items that the address asks for, {len(known):,} can stand here."
            session.relink(key, known, words if few else "")
        session.place(key, [str(dataset.items[row]) for row in rows])
    if among.size > LISTED:
        held = np.flatnonzero(np.isin(dataset.items, np.array(session.asked_all(key), object)))
        among = np.union1d(_search(dataset.items, key, label, 0, titled, among), held)
    names = {str(dataset.items[row]): int(row) for row in among}
    picked = st.multiselect(
        label, list(names), format_func=lambda name: titled(names[name]), key=key, bind="query-params",
        placeholder="Search by title", help=help_, select_all=False, max_selections=MOST_SAID,
    )  # fmt: skip
    if told:
        st.warning(told, icon=None)
    return [names[name] for name in picked]


def pick(
    ids: np.ndarray, key: str, label: str, otherwise: int, shown: Callable[[int], str] | None = None,
    among: np.ndarray | None = None,
) -> int:  # fmt: skip
    """The row of the id that the widget ``key`` holds; its options are ids, so that addresses outlive row numbers."""
    rows = np.arange(ids.size) if among is None else among
    session.come_back(key, Ids(ids[rows]))
    if rows.size > LISTED:
        rows = _search(ids, key, label, otherwise, shown, rows)
    names = {str(ids[row]): int(row) for row in rows}
    options = list(names)
    index = options.index(str(ids[otherwise])) if str(ids[otherwise]) in names else 0
    words = (lambda name: shown(names[name])) if shown else plain
    asked = session.asked(key)
    if asked is not None and asked not in names and not (ids == asked).any() and asked not in map(words, options):
        st.warning(f"There is no {label.lower()} of the id that the address asks for; another is shown.", icon=None)
    picked = st.selectbox(
        label, options, index, format_func=words, key=key, bind="query-params", placeholder="Type to search"
    )
    session.hold(key, picked)
    return names[picked]


def _search(
    ids: np.ndarray, key: str, label: str, otherwise: int, shown: Callable[[int], str] | None, among: np.ndarray
) -> np.ndarray:  # fmt: skip
    words = st.text_input(
        f"Find among {among.size:,} by a part of the name", key=f"{key}-search", persist_state="session"
    ).casefold()
    held = session.asked(key)
    keep = list(_named([held], ids, shown, np.arange(ids.size)).values())[:1] if held else [otherwise]
    found = [row for row in among if words in (shown(row) if shown else str(ids[row])).casefold()] if words else among
    if words:
        st.caption(f"{len(found):,} found" + (f"; the first {FOUND} are offered." if len(found) > FOUND else "."))
    return np.unique(np.concatenate([keep, [otherwise], np.array(list(found[:FOUND]), int)])).astype(int)


def _named(
    words: list[str], ids: np.ndarray, shown: Callable[[int], str] | None, among: np.ndarray
) -> dict[str, int]:  # fmt: skip
    """The rows whose id, or else whose name, is one of these words."""
    wanted = set(words)
    found = {str(name): int(row) for row, name in zip(among, ids[among].tolist(), strict=True) if name in wanted}
    if shown and len(found) < len(wanted):
        found = {name: int(row) for row in among if (name := shown(row)) in wanted} | found
    return found


def typical_user(dataset: Dataset) -> int:
    """A person with a readable past, and something left to suggest: the first whose number of choices is nearest to 18."""
    counts = np.diff(dataset.matrix.indptr)
    return int(np.argmin(np.abs(counts - 18) + dataset.interactions * (counts == dataset.items.size)))


def fitting(dataset: Dataset) -> dict[str, Any]:
    """WALS defaults that follow the data by the declared rule."""
    params = suited(dataset)
    return {name: getattr(params, name) for name in session.FOLLOWING}


def more_models() -> bool:
    """Whether the models that everything must beat, and blends, stand beside the first ones."""
    return st.toggle(
        "More models", key="more", bind="query-params",
        help="Item-kNN, EASE, recent popularity, random, and blends of WALS with words and with EASE. They are trained when first asked for.",
    )  # fmt: skip


def three_voices(dataset: Dataset, models: dict[str, Scorer], user: int, item: int) -> str:
    """Where the crowd's behaviour, the words and plain popularity would put this item for this person."""
    if item in dataset.history(user):
        return "This was chosen already; no model would list it again by itself."
    known = dataset.history(user)
    one = np.array([user])
    places = {
        name: whatif.place_of(np.asarray(model.scores(one)[0], float), known, item) for name, model in models.items()
    }
    return voices.sentence(places, dataset.items.size - known.size)
