"""The people of the data on two linked maps: by the words of what they chose, and by WALS."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import cached, notices, session
from pages.shared.linked_map.component import Fact, Items, Numbers, linked_map
from pages.shared.space_maps import DISTANCES, TRUE, TURNED, Sides
from textrec_core.data.dataset import Dataset
from textrec_core.figures.literal import plain
from textrec_core.limits import LIMITS
from textrec_core.models.wals import Factors
from textrec_core.spaces import arrange, people
from textrec_core.spaces.agreement import AgreementParams
from textrec_core.spaces.layout import LayoutParams, stratified
from textrec_core.spaces.space import Space

CHOICES, AGREEMENT = "number of choices", "agreement"
TABLE_ROWS, TITLES = 200, 3


def show(dataset: Dataset, text: Space, fit: Factors, how: LayoutParams, k: int, turned: bool, bar: Any) -> None:
    """Both maps of people, and who is selected; ``bar`` is where the choice of colour stands."""
    counts = np.diff(dataset.matrix.indptr)
    rows = cached.quick(stratified, counts, LIMITS.people_mapped, of=dataset.fingerprint)
    spaces = cached.quick(_spaces, dataset, text, fit, rows, of=f"{text.fingerprint} {fit.fingerprint}")
    near = tuple(notices.made(dataset, cached.neighbours(space)) for space in spaces)
    maps = tuple(notices.made(dataset, cached.layout(space, how, one)) for space, one in zip(spaces, near, strict=True))
    trusted = tuple(
        notices.made(dataset, cached.fidelity_of(space, one)) for space, one in zip(spaces, maps, strict=True)
    )
    compared = cached.agreement(*spaces, AgreementParams(k), near)
    sides = Sides(dataset, fit, spaces, maps, trusted, compared)
    favourites = {f"{name} chosen most": name for name in dataset.attributes}
    colour = bar.selectbox("Colour", [*favourites, CHOICES, AGREEMENT], key="people-colour", bind="query-params")
    counts = counts[rows]
    colours: list[str] | Numbers
    if colour == CHOICES:
        colours = Numbers(np.log10(1 + counts), "choices, log10")
    elif colour == AGREEMENT:
        colours = Numbers(compared.overlap, "agreement, the share of neighbours both spaces name")
    else:
        chosen = favourites[colour]
        values = cached.quick(people.favourite, dataset, chosen, rows, of=f"{dataset.fingerprint} {chosen}")
        colours = [str(value) for value in values]
    names = np.array([plain(user) for user in dataset.users[rows]], object)
    asked = session.asked("person") or session.asked("user")
    marked = np.flatnonzero(dataset.users[rows] == asked).tolist() if asked else []
    held_as = f"{dataset.fingerprint}-people"
    places = maps[0].places, arrange.align(*maps) if turned else maps[1].places
    left, right = sides.pictures(places, ("By the words of what they chose", "By WALS"), turned)
    selected = linked_map(
        left, right,
        Items(
            titles=names, snippets=[latest(dataset, int(row)) for row in rows], colours=colours,
            sizes=np.sqrt(1 + counts), marks={plain(asked): marked} if marked else {},
            facts=[Fact("choices", counts), Fact("agreement", compared.overlap, share=True)], noun="people",
        ),
        session.held_rows(held_as) or [], key="people-maps",
    )  # fmt: skip
    session.hold_rows(held_as, selected)
    st.caption(f"{DISTANCES} {TRUE.format('person')}" + (f" {TURNED}" if turned else ""))
    if rows.size < dataset.users.size:
        st.caption(
            f"{rows.size:,} of {dataset.users.size:,} people are drawn: a sample that keeps every level of activity."
        )
    st.text(
        f"Of each person's {compared.k} nearest by words, {compared.mean:.1%} are also nearest by WALS; "
        f"two unrelated spaces would share {compared.chance:.1%}."
    )
    if selected:
        _selected(dataset, rows[selected], compared.overlap[selected])
    recall = min(one.recall for one in near)
    notices.provenance(
        f"words read by {text.name}, averaged over each person's choices", f"WALS {fit.fingerprint[:8]}, factors of people",
        f"maps: {maps[0].method}, n_neighbors {how.n_neighbors}, min_dist {how.min_dist:g}, {how.metric}, seed {how.seed}",
        "neighbours exact" if recall == 1 else f"neighbours approximate, {recall:.1%} of the true ones found", dataset.note,
    )  # fmt: skip


def _spaces(dataset: Dataset, text: Space, fit: Factors, rows: np.ndarray) -> tuple[Space, Space]:
    """The same people twice; held where true distances are asked for."""
    spaces = people.by_words(dataset, text, rows), people.by_behaviour(dataset, fit, rows)
    for one in spaces:
        cached.worker().keep(one.fingerprint, one)
    return spaces


def latest(dataset: Dataset, user: int) -> str:
    """The last things this person chose, where times are known, else the heaviest."""
    history, weights, times = dataset.history(user), dataset.weights(user), dataset.times_of(user)
    order = np.argsort(-(weights if times is None else times), kind="stable")[:TITLES]
    return plain(", ".join(str(title) for title in dataset.titles[history[order]]), 200)


def _selected(dataset: Dataset, users: np.ndarray, overlap: np.ndarray) -> None:
    st.header(f"{users.size:,} selected")
    first = users[:TABLE_ROWS]
    table = pd.DataFrame({"Person": dataset.users[first], "Choices": np.diff(dataset.matrix.indptr)[first]})
    table["Agreement"] = overlap[:TABLE_ROWS]
    table["Chose last" if dataset.times is not None else "Chose"] = [latest(dataset, int(user)) for user in first]
    st.dataframe(
        table, hide_index=True, alt="The selected people",
        column_config={"Agreement": st.column_config.NumberColumn(format="percent")},
    )  # fmt: skip
    if users.size > TABLE_ROWS:
        st.caption(f"The table holds the first {TABLE_ROWS} selected.")
    if users.size == 1:
        st.page_link(
            "pages/explore/person.py", label="Open this person", query_params={"user": str(dataset.users[users[0]])}
        )
