"""The two maps of the Spaces page: how they are coloured, what is ringed on them, and what is selected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import cached, notices, session
from pages.shared.linked_map.component import Fact, Items, Numbers, Picture, Trails, linked_map
from textrec_core.data.dataset import Dataset
from textrec_core.data.split import Split, random_per_person
from textrec_core.figures.literal import plain
from textrec_core.limits import LIMITS
from textrec_core.models.wals import Factors, WalsParams
from textrec_core.people import recommend
from textrec_core.spaces import arrange
from textrec_core.spaces.agreement import Agreement
from textrec_core.spaces.clusters import Clusters, label_places
from textrec_core.spaces.fidelity import Fidelity
from textrec_core.spaces.layout import Layout
from textrec_core.spaces.space import Space

BY_WORDS, BY_PEOPLE, AGREEMENT, POPULARITY = "clusters of words", "clusters of behaviour", "agreement", "popularity"
PERCENTILE = "this person's percentile"
SIZES = ("popularity", "equal")
LISTED, FOUND = 10, 1_000
WORDS_SAY, PEOPLE_DO = "What the words say", "What the people do"
DISTANCES = (
    "A map keeps neighbours together and little else; distances across it mean little, and no number on this page is taken "
    "from it."
)
TRUE = "True nearness colours every point by its cosine, in the full space, to the {} under the pointer."
TURNED = "The right map is turned onto the left; nothing within it changes by that."


@dataclass(frozen=True, eq=False)
class Sides:
    """Both spaces of one dataset, their maps, how far those can be trusted, and where the spaces agree."""

    dataset: Dataset
    fit: Factors
    spaces: tuple[Space, Space]
    maps: tuple[Layout, Layout]
    trusted: tuple[Fidelity, Fidelity]
    compared: Agreement

    def pictures(self, places: tuple[np.ndarray, np.ndarray], titles: tuple[str, str], turned: bool) -> list[Picture]:
        """Both maps with what is to be known of them."""
        return [
            Picture(
                titles[side], places[side], caption(self.maps[side], self.trusted[side], self.spaces[side].name),
                f"{self.maps[side].fingerprint}{turned and side}", self.spaces[side].fingerprint,
            )
            for side in (0, 1)
        ]  # fmt: skip


def caption(drawn: Layout, check: Fidelity, name: str) -> str:
    """How a map was made and how far it can be trusted."""
    return f"{name}, drawn by {drawn.method.upper()}. {kept(check)}"


def kept(check: Fidelity) -> str:
    """How far a map can be trusted."""
    return (
        f"The map keeps {check.kept:.0%} of each one's {check.k} nearest; trustworthiness {check.trustworthiness:.2f}."
    )


def offered(dataset: Dataset) -> list[str]:
    """What items may be coloured by."""
    return [*dataset.attributes, BY_WORDS, BY_PEOPLE, AGREEMENT, POPULARITY, PERCENTILE]


def colouring(name: str, sides: Sides, groups: tuple[Clusters, ...], user: int | None) -> Sequence[str] | Numbers:
    """The colour of every item under one of the names offered."""
    dataset, nothing = sides.dataset, np.full(sides.dataset.items.size, np.nan)
    if name == AGREEMENT:
        return Numbers(sides.compared.overlap, "agreement, the share of neighbours both spaces name")
    if name == POPULARITY:
        return Numbers(np.log10(1 + dataset.popularity), "people who chose it, log10")
    if name in (BY_WORDS, BY_PEOPLE):
        return groups[name == BY_PEOPLE].labels() if groups else Numbers(nothing, "clusters are being found")
    if name == PERCENTILE:
        if user is None:
            return Numbers(nothing, "choose a person to see their percentiles")
        place = recommend.places(dataset, cached.scorers(dataset, sides.fit, None)["WALS"], user)
        values = np.where(place > 0, 100 * (1 - (place - 1) / max(1, place.max())), np.nan)
        return Numbers(values, "WALS percentile for this person; grey is chosen already")
    values = dataset.attributes[name]
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(float)
    if np.isfinite(numbers).mean() > 0.9 and len(set(values)) > 12:
        return Numbers(numbers, name)
    return [str(value) for value in values]


def of_rows(colours: Sequence[str] | Numbers, rows: np.ndarray) -> Sequence[str] | Numbers:
    """The colours of some rows alone."""
    if isinstance(colours, Numbers):
        return Numbers(np.asarray(colours.values)[rows], colours.label)
    return [colours[row] for row in rows]


def labels(groups: tuple[Clusters, ...], places: Sequence[np.ndarray]) -> list[tuple[int, float, float, str]]:
    """The two best words of every cluster, amid it, on the map of its own space; the largest first."""
    found = []
    for side, (one, where) in enumerate(zip(groups, places, strict=False)):
        # A number is no name: it would only lie over the points.
        words = [", ".join(best[:2]) or kind for best, kind in zip(one.words, one.attributes, strict=True)]
        spots = zip(label_places(one, where).tolist(), words, strict=True)
        found += [(side, x, y, plain(name, 28)) for (x, y), name in spots if name and x == x]
    return found


def layers(sides: Sides, user: int, params: WalsParams, hidden: bool) -> dict[str, np.ndarray]:
    """A person's past and list, as items to ring; with ``hidden``, of a model that was shown only a part of the past."""
    dataset = sides.dataset
    if not hidden:
        ranked = recommend.top_k(dataset, cached.scorers(dataset, sides.fit, None)["WALS"], user, LISTED)
        return {"chosen": dataset.history(user), "would get": ranked.items}
    split: Split = cached.quick(random_per_person, dataset, of=dataset.fingerprint)
    fit = notices.later(dataset, cached.factors(split.train, params))
    if fit is None:
        return {"chosen": dataset.history(user)}
    listed = recommend.top_k(split.train, cached.scorers(split.train, fit, None)["WALS"], user, LISTED).items
    held = split.held_out.indices[split.held_out.indptr[user] : split.held_out.indptr[user + 1]]
    found = np.intersect1d(held, listed)
    st.text(
        f"{held.size} of this person's {dataset.history(user).size} choices were hidden; WALS, trained without them, puts "
        f"{found.size} among the first {LISTED} of its list."
        if held.size
        else "This person has too few choices to hide any."
    )
    st.caption(f"Held out before training: {split.kind}, seed {split.seed}.")
    return {
        "chosen, shown to WALS": split.train.history(user), "would get": np.setdiff1d(listed, held),
        "hidden and found": found, "hidden and missed": np.setdiff1d(held, listed),
    }  # fmt: skip


def wish(name: str, rows: np.ndarray, sample: np.ndarray) -> None:
    """Select rows on the maps in the next run; those outside the sample are drawn as well."""
    session.hold_rows(name, rows.tolist())
    session.hold_rows(f"{name}-also", np.setdiff1d(rows, sample).tolist())


def find_anywhere(dataset: Dataset, name: str, sample: np.ndarray) -> None:
    """Where only some items are drawn, a search over all of them."""
    words = st.text_input(
        f"Find among all {dataset.items.size:,} titles", key="find-anywhere", help="Enter selects what is found."
    )
    if words.strip() and session.is_new("find-anywhere", words):
        found = [row for row, title in enumerate(dataset.titles) if words.strip().casefold() in title.casefold()]
        wish(name, np.array(found[:FOUND], int), sample)


def draw(
    sides: Sides, colours: Sequence[str] | Numbers, marks: dict[str, np.ndarray], groups: tuple[Clusters, ...],
    trails: Any | None, name: str, turned: bool, equal: bool,
) -> np.ndarray:  # fmt: skip
    """Draw the maps, or one joint map of trails; the rows selected on them."""
    dataset = sides.dataset
    sample = cached.drawn_rows(dataset, LIMITS.points_drawn)
    if sample.size < dataset.items.size:
        find_anywhere(dataset, name, sample)
    asked = session.asked("shown")
    held = session.held_rows(name)
    if held is None:
        held = [dataset.item_row(asked)] if asked and (dataset.items == asked).any() else []
    also = [*(session.held_rows(f"{name}-also") or []), *held, *np.concatenate([[], *marks.values()]).astype(int)]
    shown = np.union1d(sample, np.array(also, int))
    position = np.full(dataset.items.size, -1)
    position[shown] = np.arange(shown.size)
    places = (sides.maps[0].places, arrange.align(*sides.maps) if turned else sides.maps[1].places)
    left: Picture
    right: Picture | Trails
    if trails is None:
        left, right = sides.pictures((places[0][shown], places[1][shown]), (WORDS_SAY, PEOPLE_DO), turned)
        named = labels(groups, places)
    else:
        count = st.slider("How many of the longest trails", 10, 500, 60, 10, key="trails", bind="query-params")
        popular = dataset.popularity >= np.median(dataset.popularity[sides.compared.known])
        longest = position[trails.longest(count, popular)]
        left = Picture(
            "From what the words say to what the people do", trails.words[shown],
            f"One joint map, drawn by {trails.method.upper()}; behaviour was turned onto the words first. "
            f"{kept(trails.trusted)} A long line: said one way, chosen another. The longest are those of the full joint space, "
            "among items of at least median popularity.",
            trails.fingerprint,
        )  # fmt: skip
        right = Trails(trails.people[shown], longest[longest >= 0].tolist(), ("words", "behaviour"))
        named = labels(groups[:1], [trails.words])
    selected = linked_map(
        left, right,
        Items(
            titles=dataset.titles[shown], snippets=dataset.texts[shown], colours=of_rows(colours, shown),
            sizes=np.ones(shown.size) if equal else np.sqrt(1 + dataset.popularity[shown]),
            marks={layer: position[rows].tolist() for layer, rows in marks.items()}, labels=named,
            facts=[
                Fact("chosen by", dataset.popularity[shown]),
                Fact("agreement", sides.compared.overlap[shown], share=True),
            ],
            rows=None if shown.size == dataset.items.size else shown,
        ),
        position[np.array(held, int)].tolist(), key="maps", height=460 if trails is None else 620,
    )  # fmt: skip
    rows = shown[selected]
    if selected or held:
        session.hold_rows(name, rows.tolist())
    st.caption(
        f"Click, draw a lasso or a box, or search: both show the same items. {DISTANCES} {TRUE.format('item')}"
        + (f" {TURNED}" if turned else "")
        if trails is None
        else f"Click, draw a lasso or a box, or search: only the lines of what is selected stay. {DISTANCES}"
    )
    if shown.size < dataset.items.size:
        more = shown.size - sample.size
        st.caption(
            f"{shown.size:,} of {dataset.items.size:,} items are drawn: a sample that keeps every level of popularity"
            + (f", and {more:,} more because they were selected or belong to the person." if more else ".")
        )
    return rows
