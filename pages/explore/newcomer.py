"""Where would an item that nobody has seen stand, and who would like it?"""

import numpy as np
import streamlit as st

from pages.shared import asks, cached, controls, newcomer_views, notices, session
from textrec_core.errors import DataError
from textrec_core.models import wals
from textrec_core.models.wals import WalsParams
from textrec_core.people import newcomer
from textrec_core.text import encoder
from textrec_core.text.cautions import of_one
from textrec_core.text.encoder import TextParams, sentence
from textrec_core.text.folders import BUILT_IN

ONE, TWO, MANY = "one item", "two wordings", "a table of items"


def pasted(key: str, heading: str) -> tuple[str, str] | None:
    """A title and a description, or None until there is something to read."""
    for part in ("title", "text"):
        session.start_text(f"{key}_{part}")
    title = st.text_input(
        f"Title{heading}", key=f"{key}_title", placeholder="What it is called", persist_state="session"
    )
    text = st.text_area(
        f"Description{heading}", key=f"{key}_text", height=130, placeholder="Paste what is said of it: a blurb, a summary, a product text",
        help="What is read of a text is kept on this machine under a digest of it; the text itself is not kept.", persist_state="session",
    )  # fmt: skip
    session.link(f"{key}_title", title)
    session.link(f"{key}_text", text)
    if not title.strip() and not text.strip():
        return None
    try:
        newcomer.check(title, text)
    except DataError as problem:
        # In its place, so that whatever else is filled in stays.
        notices.aside(problem)
        return None
    if BUILT_IN in encoder.parts(words.encoder) and (caution := of_one(text)):
        st.caption(caution)
    return title.strip() or "New item", text


def met(items: list[tuple[str, str]]) -> list[newcomer.Newcomer]:
    """These items read and carried to behaviour."""
    texts = tuple(sentence(title, text) for title, text in items)
    read = notices.made(dataset, asks.placed(source, texts))
    return newcomer.meet(items, read.directions, bridge, fit, boost)


st.title("New item")
dataset = session.dataset()
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)
st.caption("Paste an item that is not in the data: its words are read, and whoever would like it is named.")
wals.check(dataset, params)
encoder.check(dataset)

way, example = st.columns([3, 2], vertical_alignment="bottom")
how = way.segmented_control("Paste", [ONE, TWO, MANY], default=ONE, key="new_how", bind="query-params", required=True)
if how != MANY and example.button(
    "Try it with a real one", help="Pastes an item of the data, one that nobody has chosen where there is one.", width="stretch"
):  # fmt: skip
    row = newcomer_views.example(dataset)
    session.place("new_title", str(dataset.titles[row]))
    session.place("new_text", str(dataset.texts[row])[: newcomer.LONGEST_TEXT])

# All that a visitor fills in stands there at once, before anything is trained or read.
items: list[tuple[str, str]] = []
if how == MANY:
    items = newcomer_views.given()
elif how == TWO:
    typed = []
    for place, (key, heading) in zip(st.columns(2, gap="large"), (("new", " A"), ("other", " B")), strict=True):
        with place:
            typed.append(pasted(key, heading))
    items = [one for one in typed if one is not None]
    if len(items) < 2:
        items = []
        st.info("Paste two descriptions of the same item to see which finds whom.", icon=None)
else:
    single = pasted("new", "")
    items = [] if single is None else [single]
    if single is None and not any((session.asked(key) or "").strip() for key in ("new_title", "new_text")):
        st.info("Paste a title and a description above, or try it with a real one.", icon=None)

fit = notices.made(dataset, cached.factors(dataset, params))
space = notices.made(dataset, cached.text_space(dataset, words))
source = asks.source(dataset, words, space)
if items:
    bridge = notices.made(dataset, asks.bridge(dataset, space, fit))
    behaviour, scorer = cached.behaviour(fit), cached.scorers(dataset, fit, space)["WALS"]
    boost = newcomer_views.boost() if how == ONE else 1.0
    found = met(items)
    if how == MANY:
        newcomer_views.many(dataset, scorer, bridge, found, (space, behaviour))
    elif how == TWO:
        newcomer_views.two(dataset, scorer, bridge, found, (space, behaviour))
    else:
        newcomer_views.one(dataset, scorer, bridge, found[0], (space, behaviour), params)
else:
    # While the visitor types, all that an answer takes is made ready.
    for ask in (asks.bridge(dataset, space, fit), asks.ready_to_read(source)):
        notices.ahead(dataset, ask)

kept = session.newcomers()
if kept:
    st.header("Kept for this visit")
    st.caption("They stand in the lists of the Person page by WALS, marked as new.")
    for title, _text in kept:
        name, button = st.columns([5, 1], vertical_alignment="center")
        name.text(title)
        button.button("Remove", key=f"drop-{title}", on_click=session.drop_newcomer, args=(title,))

taught = int(np.sum(space.known & fit.items.any(axis=1)))
notices.provenance(
    f"words read by {space.name}", f"carried by ridge from that space and from plain words, learned on {taught:,} items, bound to WALS {fit.fingerprint[:8]}",
    f"rank {params.rank}, seed {params.seed}", dataset.note,
)  # fmt: skip
