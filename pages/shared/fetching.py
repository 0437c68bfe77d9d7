"""A model that is not here yet: its size first, then, where that is accepted, its progress; or it is declined."""

import streamlit as st

from pages.shared import cached, notices, session
from textrec_core.data.dataset import Dataset
from textrec_core.figures.literal import markdown


def box(dataset: Dataset, name: str, widget: str, otherwise: str) -> bool:
    """Offer to fetch ``name``; declining puts ``otherwise`` back into the widget. True once it has been fetched."""
    with st.container(border=True):
        offered = notices.later(dataset, cached.offer_of(name))
        if offered is None:
            return False
        ask = cached.fetched(offered)
        if cached.have(dataset, ask[0]) is not None:
            return True
        st.markdown(
            f"**{markdown(offered.words, 300)}** It is then kept in the models folder, and nothing you load is sent anywhere."
        )
        if cached.worker().job(ask[0]):
            return notices.later(dataset, ask) is not None
        accept, decline = st.columns(2)
        accepted = accept.button("Fetch it", type="primary", key="fetch")
        decline.button("Do not fetch", key="decline", on_click=session.place, args=(widget, otherwise))
        return bool(accepted and notices.later(dataset, ask) is not None)
