"""Where do words and behaviour agree?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import cached, controls, notices, session
from pages.shared.linked_map.component import Items, Numbers, Picture, linked_map
from textrec_core.figures import charts
from textrec_core.figures.literal import plain
from textrec_core.limits import LIMITS
from textrec_core.models.wals import WalsParams
from textrec_core.people import recommend, tables
from textrec_core.spaces.agreement import AgreementParams
from textrec_core.spaces.layout import LayoutParams
from textrec_core.text.encoder import TextParams

TABLE_ROWS = 200


def colouring(name: str) -> Sequence[str] | Numbers:
    """The colour of every item under one of the names offered."""
    if name == "agreement":
        return Numbers(compared.overlap, "agreement")
    if name == "popularity":
        return Numbers(np.log10(1 + dataset.popularity), "people, log10")
    values = dataset.attributes[name]
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(float)
    if np.isfinite(numbers).mean() > 0.9 and len(set(values)) > 12:
        return Numbers(numbers, name)
    return [str(value) for value in values]


def pairs(rows: np.ndarray) -> None:
    """Items with the nearest in each space, side by side."""
    for row in rows:
        by_words, by_people = (
            ", ".join(plain(dataset.titles[n], 40) for n in space.rows[row][:4] if n >= 0)
            for space in (compared.first, compared.second)
        )
        with st.container(border=True):
            st.text(f"{plain(dataset.titles[row])}   {compared.overlap[row]:.0%} in common")
            st.text(f"words say: {by_words}\npeople say: {by_people}")


st.title("Spaces")
dataset = session.dataset()
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)
how = session.live(LayoutParams)
text = notices.made(dataset, cached.text_space(dataset, words))
fit = notices.made(dataset, cached.factors(dataset, params))
behaviour = cached.behaviour(fit)
words_map = notices.made(dataset, cached.layout(text, how))
people_map = notices.made(dataset, cached.layout(behaviour, how))
compared = cached.agreement(text, behaviour, session.live(AgreementParams))

offered = [*list(dataset.attributes), "agreement", "popularity"]
left, middle, right = st.columns([2, 3, 2], vertical_alignment="bottom")
colour = left.selectbox("Colour", offered, key="colour", bind="query-params")
person = middle.selectbox(
    "A person's past and list as rings",
    session.people_nearby(dataset),
    None,
    key="person",
    bind="query-params",
    placeholder="nobody",
    format_func=plain,
)
with right.popover("Redraw the maps", width="stretch"), st.form("layout", border=False):
    wished = controls.tune(how, "layout")
    if st.form_submit_button("Redraw"):
        session.keep(wished)
        st.rerun()

marks: dict[str, list[int]] = {}
if person is not None:
    user = dataset.user_row(person)
    marks["chosen"] = [int(row) for row in dataset.history(user)]
    marks["would get"] = [
        int(row) for row in recommend.top_k(dataset, cached.scorers(dataset, fit, None)["WALS"], user, 10).items
    ]

shown = cached.drawn_rows(dataset, LIMITS.points_drawn)
asked = session.asked("shown")
wanted = (
    [int(np.flatnonzero(shown == dataset.item_row(asked))[0])] if asked and asked in set(dataset.items[shown]) else []
)
colours = colouring(colour)
position = {int(row): place for place, row in enumerate(shown)}
selected = linked_map(
    Picture(f"What the words say ({text.name})", words_map.places[shown], f"{words_map.method.upper()}; keeps {words_map.kept:.0%} of each item's 10 nearest"),
    Picture("What the people do (WALS)", people_map.places[shown], f"{people_map.method.upper()}; keeps {people_map.kept:.0%} of each item's 10 nearest"),
    Items(
        titles=dataset.titles[shown], snippets=dataset.texts[shown],
        colours=Numbers(colours.values[shown], colours.label) if isinstance(colours, Numbers) else [colours[row] for row in shown],
        sizes=np.sqrt(1 + dataset.popularity[shown]),
        marks={name: [position[row] for row in rows if row in position] for name, rows in marks.items()},
    ),
    wanted, key="maps",
)  # fmt: skip
st.caption(
    "Click, draw a lasso or a box, or search: both maps show the same items. A map keeps neighbours together and little else; distances across it mean nothing, and no number on this page is taken from it."
)
if len(shown) < dataset.items.size:
    st.caption(
        f"{len(shown):,} of {dataset.items.size:,} items are drawn: a sample that keeps every level of popularity."
    )
rows = shown[selected]

if rows.size:
    st.subheader(f"{rows.size:,} selected")
    table = tables.described(dataset, rows, attributes=4)
    table["People"] = dataset.popularity[rows]
    table["Agreement"] = compared.overlap[rows]
    table["Text"] = [plain(words, 200) for words in dataset.texts[rows]]
    st.dataframe(
        table.head(TABLE_ROWS),
        hide_index=True,
        column_config={"Agreement": st.column_config.NumberColumn(format="percent")},
        alt="The selected items",
    )
    within = float(np.nanmean(compared.overlap[rows])) if np.isfinite(compared.overlap[rows]).any() else float("nan")
    st.text(
        f"Words and people share {within:.0%} of these items' neighbours; over all items it is {compared.mean:.0%}."
    )
    if rows.size == 1:
        st.page_link(
            "pages/explore/item.py", label="Open this item", query_params={"item": str(dataset.items[rows[0]])}
        )

st.subheader("Do the two spaces agree?")
ceiling_key, *_ = cached.ceiling(dataset, params)
ceiling = cached.have(dataset, ceiling_key)
limit = cached.agreement(behaviour, cached.behaviour(ceiling), AgreementParams(compared.k)).mean if ceiling else None
chart, told = st.columns([3, 2], gap="large")
with chart:
    st.plotly_chart(
        charts.overlaps(compared.overlap, compared.chance, limit, compared.k),
        key="overlap",
        alt="How many items agree how much",
    )
with told:
    st.text(
        f"Of each item's {compared.k} nearest, the words and the people name {compared.mean:.1%} in common. "
        f"Two unrelated spaces would share {compared.chance:.1%}"
        + (f"; WALS trained again from another seed shares {limit:.0%} with itself." if limit is not None else ".")
    )
    if limit is None and st.button(
        "Measure the ceiling",
        help="Trains WALS once more from another seed: no space can agree with WALS better than WALS does.",
    ):
        notices.made(dataset, cached.ceiling(dataset, params))
        st.rerun()
    notices.how_to_read(
        "for each item, the share of its nearest in words that are also its nearest in behaviour.",
        "a mean well between chance and the ceiling.",
        "a mean at chance: the words know nothing of what people do.",
        "another encoder; WALS rank.",
    )

known = np.flatnonzero(~np.isnan(compared.overlap) & (dataset.popularity >= np.median(dataset.popularity)))
order = known[np.argsort(-compared.overlap[known], kind="stable")]
most, least = st.columns(2, gap="large")
with most:
    st.subheader("Agree most")
    pairs(order[:5])
with least:
    st.subheader("Agree least")
    pairs(order[::-1][:5])
st.caption("Among items of at least median popularity, because behaviour knows little of the others.")

notices.provenance(
    f"words read by {text.name}", f"WALS {fit.fingerprint[:8]}, rank {params.rank}, seed {params.seed}",
    f"maps: {words_map.method}, n_neighbors {how.n_neighbors}, min_dist {how.min_dist:g}, seed {how.seed}",
    "agreement is measured in the full spaces", dataset.note,
)  # fmt: skip
