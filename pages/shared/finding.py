"""The picker of a person: by name, by a liked item, by chance, or by what makes them interesting."""

import numpy as np
import streamlit as st

from pages.shared import asks, controls, notices, session
from textrec_core.data.dataset import Dataset
from textrec_core.figures.literal import markdown, plain
from textrec_core.models.wals import Factors
from textrec_core.people import finder, tables
from textrec_core.people.finder import KINDS
from textrec_core.spaces.space import Space

WHO = "Interesting people, or those who chose an item."
HELP = {
    "surprised": "What they would get is farthest from all they know.",
    "rescued": "Words rank what was hidden from them far higher than WALS does.",
    "disagreed": "Each model puts the other's first items lowest.",
    "worst": "What was hidden from them stands lowest in their WALS list.",
    "newest": "Those who came last.",
    "typical": "Those nearest to the middle of a group of like tastes.",
}


def pick_person(dataset: Dataset, fit: Factors, text: Space | None) -> int:
    """One person; the search for interesting ones runs beside the page."""
    # Always there, so that what stands below keeps its place while progress comes and goes.
    with st.container():
        _find(dataset, fit, text)
    box, find, chance = st.columns([5, 1.3, 1.2], vertical_alignment="bottom")
    if chance.button("Surprise me", width="stretch", help="Another person, drawn at random."):
        active = np.flatnonzero(np.diff(dataset.matrix.indptr))
        session.place("user", str(dataset.users[np.random.default_rng().choice(active)]))
        session.place("who", None)
    ways, liked = find.popover("Find", width="stretch", help=WHO, key="finding", on_change="rerun"), None
    # Closed and empty, its list of all items would cost every switch.
    if ways.open or session.asked("who"):
        with ways:
            for kind in finder.kinds(dataset, text):
                st.button(
                    KINDS[kind], key=f"find-{kind}", help=HELP[kind], width="stretch", on_click=session.look_for,
                    args=(kind,),
                )  # fmt: skip
            liked = controls.maybe_item(dataset, "who", "Only people who chose", "any item")
    among = None if liked is None else tables.who_chose(dataset, liked)
    if among is not None and among.size == 0:
        st.info("Nobody has chosen that item; everybody is offered.", icon=None)
        among = None
    with box:
        typical = controls.typical_user(dataset)
        otherwise = typical if among is None or typical in among else int(among[0])
        user = controls.pick(dataset.users, "user", "Person", otherwise, None, among)
    if among is not None:
        st.caption(f"Only the {among.size:,} who chose {markdown(dataset.titles[liked])} are offered.")
    held = session.finder()
    if held and held["user"] == str(dataset.users[user]):
        told, on = st.columns([6.3, 1.2], vertical_alignment="center")
        told.caption(plain(f"{KINDS[held['kind']]}, {held['words']}", 400))
        on.button("Next", width="stretch", help="The next of them.", on_click=session.look_for, args=(held["kind"],))
    return user


def _find(dataset: Dataset, fit: Factors, text: Space | None) -> None:
    """Meet an open wish for the next person of a kind, before the picker is drawn."""
    wish = session.finder()
    if not wish or not wish["open"]:
        return
    apart = None
    if wish["kind"] in finder.JUDGED:
        apart = asks.hidden(dataset)
        fit = notices.later(dataset, asks.unseeing(apart, fit.params))
        if fit is None:
            return
    finds = notices.later(dataset, asks.finds(wish["kind"], dataset, fit, text, apart))
    if finds is None:
        return
    wish["open"] = False
    if not finds.people:
        st.info(f"{KINDS[wish['kind']]}: this data cannot say who.", icon=None)
        return
    number = wish["number"] % len(finds.people)
    found = finds.people[number]
    wish["user"] = str(dataset.users[found.user])
    wish["words"] = f"{number + 1} of {len(finds.people)}: {found.words}. Measured on {finds.among}."
    session.place("user", wish["user"])
    session.place("who", None)
    session.place("finding", False)
