"""The list of pages and the sidebar: which data, which model, which words."""

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages.shared import cached, controls, session
from textrec_core.figures.literal import markdown
from textrec_core.models.wals import WalsParams
from textrec_core.text.encoder import TextParams

PAGES = {
    "Explore": [
        ("explore/person.py", "Person", True),
        ("explore/item.py", "Item", False),
        ("explore/newcomer.py", "New item", False),
        ("explore/spaces.py", "Spaces", False),
    ],
    "Prepare": [
        ("prepare/data.py", "Data", False),
        ("prepare/train.py", "Train", False),
        ("prepare/sweep.py", "Sweep", False),
        ("prepare/runs.py", "Runs", False),
    ],
    "Labs": [
        ("labs/layers.py", "Layers", False),
    ],
}


def navigation() -> StreamlitPage:
    """The page that the address names."""
    return st.navigation(
        {
            section: [st.Page(f"pages/{file}", title=title, default=default) for file, title, default in pages]
            for section, pages in PAGES.items()
        }
    )


def sidebar() -> None:
    """What every number on the page rests on."""
    st.logo(str(cached.ASSETS / "style" / "wordmark.svg"), size="large")
    dataset = session.dataset()
    # On the page, where the sidebar is folded away too: it may have to say what the address gives wrongly.
    params, text = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)
    with st.sidebar:
        st.markdown(
            f"**{markdown(dataset.name)}**  \n{markdown(dataset.note, 120)}"
            if dataset.note
            else f"**{markdown(dataset.name)}**"
        )
        st.caption(
            f"{dataset.users.size:,} people · {dataset.items.size:,} items · {dataset.interactions:,} interactions"
        )
        st.caption(
            f"WALS rank {params.rank}, regularization {params.regularization:g}, alpha {params.alpha:g}, seed {params.seed}  \nWords: {markdown(text.encoder)}"
        )
        st.page_link("pages/prepare/data.py", label="Bring your own data")
