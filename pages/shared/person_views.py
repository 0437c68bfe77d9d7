"""What one person's page shows on demand: two models side by side, another past."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import cached, controls, newcomers, notices, session
from pages.shared.shares.component import shares
from textrec_core.data.dataset import Dataset
from textrec_core.figures import lists
from textrec_core.figures.literal import markdown, plain
from textrec_core.models.scorer import Scorer
from textrec_core.models.wals import WalsScorer
from textrec_core.people import filters, recommend, tables, whatif
from textrec_core.people import past as pasts
from textrec_core.people.past import Past
from textrec_core.spaces import landing
from textrec_core.spaces.layout import LayoutParams
from textrec_core.spaces.space import Space

NOBODY, PERSON = "nobody", "this person"
COMPARED = 10


def narrow(others: dict[str, Scorer]) -> dict[str, Any]:
    """How the list's columns are drawn: a place, a title, and the place that each other model would give."""
    columns = {"Place": st.column_config.NumberColumn("#", width=36), "Title": st.column_config.TextColumn(width=170)}
    for voice, model in others.items():
        columns[voice] = st.column_config.NumberColumn(
            width=62 + 2 * max(0, len(voice) - 5), help=f"Its place in the list that {model.name} would make."
        )
    return columns


def compare(
    dataset: Dataset, models: dict[str, Scorer], user: int, scorer: Scorer, among: np.ndarray | None
) -> None:  # fmt: skip
    """The first items of two models' lists, and where each stands in the other."""
    others = [name for name in models if name != scorer.name]
    if not others:
        st.info("There is no second model to compare with.", icon=None)
        return
    name = st.segmented_control(
        f"{scorer.name} beside", others, default=others[0], key="beside", bind="query-params", required=True
    )
    places = [recommend.places(dataset, model, user, among) for model in (scorer, models[name])]
    rows = np.flatnonzero(((places[0] > 0) & (places[0] <= COMPARED)) | ((places[1] > 0) & (places[1] <= COMPARED)))
    rows = rows[np.argsort(places[0][rows], kind="stable")]
    if rows.size == 0:
        st.info("Nothing is left that either could list.", icon=None)
        return
    both = int(((places[0][rows] <= COMPARED) & (places[1][rows] <= COMPARED)).sum())
    st.text(f"Of their first {COMPARED}, both list {both}. A place beyond is written as it is and drawn below.")
    st.plotly_chart(
        lists.shifts([str(t) for t in dataset.titles[rows]], places[0][rows], places[1][rows], (scorer.name, name), COMPARED),
        key="shifts", alt=f"Places of {rows.size} items in the lists by {scorer.name} and by {name}",
    )  # fmt: skip
    more = st.expander("The same as a table", key="compare-table", on_change="rerun")
    if more.open:
        table = pd.DataFrame({"Title": dataset.titles[rows]})
        for model, place in zip((scorer, models[name]), places, strict=True):
            table[model.name] = place[rows]
            table[f"{model.name} score"] = np.asarray(model.scores(np.array([user]))[0], float)[rows]
        more.dataframe(table, hide_index=True, alt="Places and scores by both models")


@st.fragment
def what_if(
    dataset: Dataset, scorer: Scorer, crowd: WalsScorer, user: int, k: int, spaces: tuple[Space | None, Space],
    how: LayoutParams, among: np.ndarray | None,
) -> None:  # fmt: skip
    """Another past, and what the same model makes of it at once."""
    name = plain(dataset.users[user])
    start = st.segmented_control(
        "Start from", [PERSON, NOBODY], default=PERSON, key="start", bind="query-params", required=True,
        format_func=lambda word: name if word == PERSON else word,
    )  # fmt: skip
    own = user if start == PERSON else None
    history = dataset.history(user) if own is not None else np.empty(0, np.int64)
    new = np.setdiff1d(np.arange(dataset.items.size), history)
    columns = st.columns(3 if own is not None else 2)
    with columns[0]:
        plus = controls.several_items(dataset, "plus", "Add", new, "As if it had been chosen, with weight 1.")
    with columns[-1]:
        dislikes = controls.several_items(
            dataset, "dislikes", "Dislike", new, "WALS holds it at zero as firmly as a choice of weight 1; other models only leave it out."
        )  # fmt: skip
    minus: list[int] = []
    if own is not None:
        with columns[1]:
            minus = controls.several_items(dataset, "minus", "Remove", history, "As if it had never been chosen.")
    before = pasts.of(dataset, user) if own is not None else pasts.said(dataset, [], [])
    after = pasts.said(dataset, [*(row for row in history if row not in minus), *plus], dislikes, own)
    if after.liked.size == 0:
        st.info("A past of nothing says nothing: add an item to see a list.", icon=None)
        return
    moved = whatif.moved(dataset, scorer, before, after, k, among)
    if moved.empty:
        st.info("Nothing is left that this past could be given.", icon=None)
        return
    _answer(dataset, scorer, before, after, moved, user)
    if st.toggle("Show both maps, and add by clicking on them", key="whatif_maps", bind="query-params"):
        _maps(dataset, crowd, after, moved, k, spaces, how)
    st.caption(
        "The address of this page holds this past: send it, and the same screen opens. "
        f"{scorer.name} answers by solving this one person against the trained items; nothing is trained again."
    )


def _answer(dataset: Dataset, scorer: Scorer, before: Past, after: Past, moved: pd.DataFrame, user: int) -> None:
    known = before.liked.size > 0
    table = pd.DataFrame({"#": moved["Place"], "Title": moved["Title"]})
    if known:
        table["Moved"] = [_arrow(old, new) for old, new in zip(moved["Before"], moved["Place"], strict=True)]
        table["Before"] = [f"{old:,}" if old else "" for old in moved["Before"]]
    left, right = st.columns([5, 4], gap="medium")
    with left:
        picked = st.dataframe(
            table, hide_index=True, key=f"whatif-{user}", on_select="rerun", selection_mode="single-row",
            alt="The list of this past, and where each item stood before",
            column_config={"#": st.column_config.NumberColumn(width=36), "Title": st.column_config.TextColumn(width=200 if known else None), "Moved": st.column_config.TextColumn(width=90), "Before": st.column_config.TextColumn(width=62)},
        )  # fmt: skip
    rows = [row for row in picked["selection"]["rows"] if row < len(moved)]
    item = int(moved["Item"][rows[0] if rows else 0])
    with right:
        why = pasts.follow(scorer, after, dataset).why(0, item)
        st.markdown(f"**Why {markdown(dataset.titles[item])}**")
        if why is not None and why.items.size:
            reasons = tables.reasons(dataset, why, 5)
            shares(
                reasons, why.score, "whatif-why", f"Shares of this past in the score of {plain(dataset.titles[item])}"
            )
        elif why is not None:
            st.caption(plain(why.words, 200))


def _arrow(old: int, new: int) -> str:
    if new == 0:
        return "left the list: said of now"
    if old == 0:
        return "was chosen"
    if old == new:
        return "="
    return f"up {old - new:,}" if new < old else f"down {new - old:,}"


def _maps(
    dataset: Dataset, crowd: WalsScorer, after: Past, moved: pd.DataFrame, k: int, spaces: tuple[Space | None, Space],
    how: LayoutParams,
) -> None:  # fmt: skip
    """This past, its list and where it stands itself; what is clicked can be added."""
    text, behaviour = spaces
    if text is None:
        st.info("Without texts there is one map only; the Spaces page needs both.", icon=None)
        return
    layouts = [notices.later(dataset, cached.layout(space, how)) for space in (text, behaviour)]
    if layouts[0] is None or layouts[1] is None:
        return
    listed = moved["Item"][moved["Place"].between(1, min(k, COMPARED))].to_numpy()
    marks = {"this past": after.liked, "would get": listed, "disliked": after.disliked}
    shown = newcomers.Shown(("the taste of this past",), ("Amid its nearest items on either map",), (
        (landing.place(text, layouts[0], pasts.profile(text, after)),),
        (landing.place(behaviour, layouts[1], pasts.taste(crowd, after)),),
    ))  # fmt: skip
    clicked = newcomers.maps(dataset, (text, behaviour), layouts, marks, shown, "whatif-map")
    fresh = [row for row in clicked if row not in after.known]
    if not fresh:
        st.caption("Click an item on a map, or draw around some, to add them to this past.")
        return
    ids = [str(dataset.items[row]) for row in fresh]
    what = plain(dataset.titles[fresh[0]], 50) if len(fresh) == 1 else f"these {len(fresh):,}"
    add, dislike, _rest = st.columns([2, 2, 3])
    for place, key, label in ((add, "plus", f"Add {what}"), (dislike, "dislikes", f"Dislike {what}")):
        place.button(
            label, key=f"click-{key}", on_click=session.add_to, args=(key, ids, controls.MOST_SAID), width="stretch"
        )


def chosen_view(views: list[str]) -> str:
    """Which of the views is open; the first stands there without a click."""
    return str(
        st.segmented_control(
            "Look at", views, default=views[0], key="view", bind="query-params", required=True, label_visibility="collapsed"
        )
    )  # fmt: skip


def shape(dataset: Dataset) -> tuple[int, np.ndarray | None, bool, bool]:
    """How many items a list holds, which may stand in it by their attributes, whether chosen ones do, and whether more models make one."""
    with st.popover("Options", width="stretch", help="How long the list is, what may stand in it, and more models."):
        more = controls.more_models()
        k = st.slider("How many", 1, min(100, max(2, dataset.items.size)), 10, key="k", bind="query-params")
        seen = st.toggle("Show chosen items too, marked", key="seen", bind="query-params")
        chosen = {
            name: st.multiselect(
                f"Only {plain(name, 40)}", values, key=f"only_{name}", format_func=plain, bind="query-params", select_all=False
            )
            for name, values in cached.quick(filters.offered, dataset, of=dataset.fingerprint).items()
        }  # fmt: skip
    return k, filters.passing(dataset, chosen), seen, more
