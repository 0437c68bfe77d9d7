"""Parts of the Spaces page: items with both their neighbour lists, clusters against clusters, probes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from pages.shared import cached, controls, notices
from textrec_core.data.dataset import Dataset
from textrec_core.evaluate.probes import ProbeParams
from textrec_core.figures import spaces as figures
from textrec_core.figures.literal import markdown, plain
from textrec_core.people import tables
from textrec_core.spaces import told
from textrec_core.spaces.agreement import Agreement
from textrec_core.spaces.clusters import Clusters, contingency
from textrec_core.spaces.space import Space
from textrec_core.spaces.summary import Measure

# As many as a card shows at a glance, on one line each.
LISTED, CUT = 5, 25


def pairs(dataset: Dataset, compared: Agreement, rows: np.ndarray) -> None:
    """Items with the nearest in each space side by side, and what each list says."""
    called = controls.titles(dataset)
    known: told.Common = cached.quick(told.common, dataset, of=dataset.fingerprint)
    for row in rows:
        lists = [space.rows[row][space.rows[row] >= 0] for space in (compared.first, compared.second)]
        common = set(lists[0].tolist()) & set(lists[1].tolist())
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                open_item(called[row], f"**{markdown(dataset.titles[row], 34)}**")
                st.caption(f"{compared.overlap[row]:.0%} in common", width="content")
            for place, name, near in zip(st.columns(2), ("Near in words", "Near in behaviour"), lists, strict=True):
                titles = [_line(str(dataset.titles[n]), n in common) for n in near[:LISTED]]
                place.markdown("  \n".join([f":small[:gray[{name}]]", *titles]))
            st.caption(markdown(told.sentence(dataset, *lists, known), 300))


def _line(title: str, shared: bool) -> str:
    """One neighbour, marked where both lists name it."""
    words = markdown(title, CUT)
    return f":small[**● {words}**]" if shared else f":small[○ {words}]"


def seeds(limit: Measure, starts: int) -> str:
    """From how many other seeds the model was trained, and how much of its neighbours it kept."""
    if starts == 1:
        return f"another seed shares {limit.ceiling:.0%}"
    return f"{starts} other seeds shares {limit.ceiling:.1%} ({limit.lowest:.1%} to {limit.highest:.1%})"


def open_item(title: str, label: str = "Open this item") -> None:
    """The way to an item's own page."""
    st.page_link("pages/explore/item.py", label=label, query_params={"item": title}, width="content")


def brushed(event: Mapping[str, Any]) -> tuple[float, float] | None:
    """The range of agreement that a person drew over the histogram or clicked in it."""
    chosen = event["selection"]
    ends = [x for box in chosen.get("box", []) for x in box["x"]]
    # Where a bar is clicked there is no box.
    ends = ends or [point["x"] for point in chosen.get("points", []) if "x" in point]
    return (min(ends) - 1e-6, max(ends) + 1e-6) if ends else None


def clusters(dataset: Dataset, groups: tuple[Clusters, ...]) -> np.ndarray:
    """Both groupings as one picture; the items of the cell that was clicked."""
    if not all(one.names for one in groups):
        st.info(
            "No dense group was found in one of the spaces; kmeans, or a lower smallest cluster, finds some.", icon=None
        )
        return np.array([], int)
    cell = st.plotly_chart(
        figures.contingency(contingency(*groups), groups[0].names, groups[1].names), key="contingency",
        on_select="rerun", selection_mode="points", config={"displayModeBar": False},
        alt="How many items lie in each cluster of words and each of behaviour",
    )  # fmt: skip
    st.caption("Click a cell to list its items.")
    notices.how_to_read(
        "how the items of each cluster of words (a row) spread over the clusters of behaviour.",
        "one dark cell in a row: said alike and chosen alike.",
        "an even row: alike in words, chosen by different people.",
        "the number of clusters, under Redraw the maps.",
    )
    points = [point["customdata"] for point in cell["selection"].get("points", []) if "customdata" in point]
    if not points:
        return np.array([], int)
    down, across = (int(number) for number in points[0])
    members = np.flatnonzero((groups[0].of == down) & (groups[1].of == across))
    st.text(
        f"{members.size} items: {plain(groups[0].names[down])} in words, {plain(groups[1].names[across])} in behaviour"
    )
    st.dataframe(tables.described(dataset, members, 4), hide_index=True, alt="The items of this cell")
    return members


def probes(dataset: Dataset, text: Space, behaviour: Space) -> None:
    """What each space knows of the items, measured when asked for."""
    ask = cached.probes(dataset, (text, behaviour), ProbeParams())
    probed = cached.have(dataset, ask[0])
    if probed is None:
        st.caption("Predicts each attribute and the popularity of items held out, from either space alone.")
        if st.button("Probe both spaces"):
            notices.made(dataset, ask)
            st.rerun()
        return
    st.plotly_chart(
        figures.probes(probed.rows, text.name), key="probes", alt="What each space foretells, with intervals"
    )
    notices.how_to_read(
        "how well held-out items' attributes are guessed from one space alone; lines are 95 % intervals.",
        "far right of the grey bar, which is guessing blindly.",
        "at the bar: this space knows nothing of it.",
        "the encoder for words, WALS rank for behaviour.",
    )
    st.caption(f"{probed.items:,} items in 5 parts; nearest asks the 10 nearest, linear is ridge regression.")
