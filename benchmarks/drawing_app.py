"""A page for the benchmark of drawing: ``?n=`` made items on the linked maps, a sample of them where they are many."""

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared import headers
from pages.shared.linked_map.component import Items, Numbers, Picture, linked_map
from textrec_core.limits import LIMITS
from textrec_core.spaces.layout import stratified


def show() -> None:
    """Thirty clumps, coloured by a number, with titles and snippets as long as real ones."""
    st.set_page_config(layout="wide")
    count = int(st.query_params.get("n", "10000"))
    random = np.random.default_rng(0)
    clump = random.integers(0, 30, count)
    popularity = random.pareto(1.5, count)
    rows = stratified(popularity, LIMITS.points_drawn)
    maps = [random.normal(0, 6, (30, 2))[clump] + random.normal(0, 0.8, (count, 2)) for _ in range(2)]
    chosen = linked_map(
        Picture("What the words say", maps[0][rows].astype(np.float32), "made"),
        Picture("What the people do", maps[1][rows].astype(np.float32), "made"),
        Items(
            titles=[f"A made title of number {row}" for row in rows],
            snippets=[f"A made text about number {row}, cut where a real one would be cut, for the tip." for row in rows],
            colours=Numbers(clump[rows].astype(float), "clump"), sizes=popularity[rows],
            rows=None if rows.size == count else rows,
        ),
        [], key="maps",
    )  # fmt: skip
    st.text(f"{len(chosen)} chosen")


if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, middleware=headers.MIDDLEWARE, routes=headers.ROUTES)
else:
    show()
