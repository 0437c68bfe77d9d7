"""Where would an item that nobody has seen stand, and who would like it?"""

import numpy as np
import streamlit as st

from pages.shared import asks, cached, controls, newcomer_views, notices, session
from textrec_core.models import wals
from textrec_core.models.wals import WalsParams
from textrec_core.people import newcomer
from textrec_core.text.encoder import TextParams, sentence

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
    newcomer.check(title, text)
    return title.strip() or "New item", text


def met(items: list[tuple[str, str]]) -> list[newcomer.Newcomer]:
    """These items read and carried to behaviour."""
    texts = tuple(sentence(title, text) for title, text in items)
    read = notices.made(dataset, asks.placed(source, texts))
    return newcomer.meet(items, read.directions, bridge, fit, boost)


st.title("New item")
dataset = session.dataset()
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)
st.caption(
    "Paste an item that is not in the data: its words are read, carried over to behaviour, and whoever would like it is named."
)
wals.check(dataset, params)
fit = notices.made(dataset, cached.factors(dataset, params))
space = notices.made(dataset, cached.text_space(dataset, words))
bridge = notices.made(dataset, asks.bridge(dataset, space, fit))
source = asks.source(dataset, words, space)
behaviour, scorer = cached.behaviour(fit), cached.scorers(dataset, fit, space)["WALS"]

way, example = st.columns([3, 2], vertical_alignment="bottom")
how = way.segmented_control("Paste", [ONE, TWO, MANY], default=ONE, key="new_how", bind="query-params", required=True)
if how != MANY and example.button(
    "Try it with a real one", help="Pastes an item of the data, one that nobody has chosen where there is one.", width="stretch"
):  # fmt: skip
    row = newcomer_views.example(dataset)
    session.place("new_title", str(dataset.titles[row]))
    session.place("new_text", str(dataset.texts[row])[: newcomer.LONGEST_TEXT])

boost = 1.0
if how == MANY:
    newcomer_views.many(dataset, scorer, bridge, met, (space, behaviour))
elif how == TWO:
    left, right = st.columns(2, gap="large")
    with left:
        one = pasted("new", " A")
    with right:
        other = pasted("other", " B")
    if one is None or other is None:
        st.info("Paste two descriptions of the same item to see which finds whom.", icon=None)
        # Meanwhile the reader is made ready, so that a pasted text is read at once.
        notices.later(dataset, asks.ready_to_read(source))
        st.stop()
    newcomer_views.two(dataset, scorer, bridge, met([one, other]), (space, behaviour))
else:
    typed = pasted("new", "")
    if typed is None:
        st.info("Paste a title and a description above, or try it with a real one.", icon=None)
        notices.later(dataset, asks.ready_to_read(source))
        st.stop()
    boost = st.slider(
        "New-item boost", 0.0, newcomer.LONGEST_BOOST, 1.0, 0.25, key="boost", bind="query-params",
        help="How long the item's vector is made: 1 is the length of a usual item of the data. Longer puts every new item higher in every list.",
    )  # fmt: skip
    new = met([typed])[0]
    newcomer_views.one(dataset, scorer, bridge, new, (space, behaviour), params, boost)

kept = session.newcomers()
if kept:
    st.header("Kept for this visit")
    st.caption("They stand in the lists of the Person page by WALS, marked as new.")
    for title, _text in kept:
        name, button = st.columns([5, 1], vertical_alignment="center")
        name.text(title)
        button.button("Remove", key=f"drop-{title}", on_click=session.drop_newcomer, args=(title,))

notices.provenance(
    f"words read by {space.name}", f"carried by ridge from that space and from plain words, learned on {int(np.sum(space.known & behaviour.known)):,} items, bound to WALS {fit.fingerprint[:8]}",
    f"rank {params.rank}, seed {params.seed}", dataset.note,
)  # fmt: skip
