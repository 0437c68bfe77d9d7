"""A model that is not here yet: its size first, then, where that is accepted, its progress; or it is declined."""

import streamlit as st

from pages.shared import cached, notices, session
from textrec_core.data.dataset import Dataset
from textrec_core.figures.literal import markdown
from textrec_core.text import encoder


def box(dataset: Dataset, name: str, widget: str, otherwise: str) -> None:
    """Offer to fetch ``name``; declining puts ``otherwise`` back into the widget."""
    with st.container(border=True):
        offered = notices.later(dataset, cached.offer_of(name))
        if offered is None:
            return
        ask = cached.fetched(offered)
        st.markdown(
            f"**{markdown(offered.words, 300)}** It is then kept in the models folder, and nothing you load is sent anywhere."
        )
        if cached.worker().job(ask[0]):
            notices.later(dataset, ask)
            return
        choice = st.empty()
        accept, decline = choice.columns(2)
        accepted = accept.button("Fetch it", type="primary", key="fetch")
        decline.button("Do not fetch", key="decline", on_click=session.place, args=(widget, otherwise))
        if accepted:
            choice.empty()
            if notices.later(dataset, ask) is not None:
                st.rerun()


def arrived(dataset: Dataset, wished: str, read: str) -> bool:
    """Whether what is wished for and not yet read with has been fetched."""
    return wished != read and any(cached.have(dataset, cached.fetched_key(name)) for name in encoder.parts(wished))
