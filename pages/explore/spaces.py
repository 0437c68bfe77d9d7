"""Where do words and behaviour agree?"""

from typing import Any

import numpy as np
import streamlit as st

from pages.shared import cached, controls, notices, people_maps, session, space_maps, two_spaces
from textrec_core.figures import charts
from textrec_core.figures.literal import plain
from textrec_core.limits import LIMITS
from textrec_core.models.wals import WalsParams
from textrec_core.people import tables
from textrec_core.spaces import slices, summary
from textrec_core.spaces.agreement import AgreementParams
from textrec_core.spaces.arrange import ArrangeParams
from textrec_core.spaces.clusters import ClusterParams, Clusters
from textrec_core.spaces.layout import LayoutParams
from textrec_core.text.encoder import TextParams

TABLE_ROWS, PAIRS = 200, 5
# Below this, waiting for the worker's queue takes longer than the work.
SMALL = 2_000
ITEMS, PEOPLE = "Items", "People"


def made(ask: cached.Ask) -> Any:
    """A result of the worker; of small data it is there at once."""
    return cached.at_once(ask) if dataset.items.size <= SMALL else notices.made(dataset, ask)


def clusters() -> tuple[Clusters, ...]:
    """The groups of both spaces, or nothing while they are being found."""
    found = tuple(notices.later(dataset, cached.clusters_of(dataset, space, grouping)) for space in (text, behaviour))
    return found if all(one is not None for one in found) else ()


st.title("Spaces")
st.caption(
    "Every item twice: where its words put it, and where the people who chose it put it. Draw around some on one map."
)
dataset = session.dataset()
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)
how, arrangement, grouping = session.live(LayoutParams), session.live(ArrangeParams), session.live(ClusterParams)
text = notices.made(dataset, cached.text_space(dataset, words))
fit = notices.made(dataset, cached.factors(dataset, params))
behaviour = cached.behaviour(fit, dataset)
turned = arrangement.arrangement == "aligned"

bar = st.columns([5, 6, 7, 5])
# With the gap under it, as high as the labels beside it.
bar[3].space(12)
what = bar[0].segmented_control("Map", [ITEMS, PEOPLE], default=ITEMS, key="what", bind="query-params", required=True)
with bar[3].popover("Redraw the maps", width="stretch"):
    size = st.segmented_control(
        "Size of a point", space_maps.SIZES, default=space_maps.SIZES[0], key="size", bind="query-params", required=True
    )
    naming = st.toggle("Name the clusters on the maps", True, key="names", bind="query-params")
    with st.form("layout", border=False):
        arranged = controls.tune(arrangement, "arrange")
        wished = controls.tune(how, "layout")
        grouped = controls.tune(grouping, "cluster")
        if st.form_submit_button("Redraw"):
            session.keep(arranged, wished, grouped)
            st.rerun()
if what == PEOPLE:
    people_maps.show(dataset, text, fit, how, session.live(AgreementParams).k, turned, bar[1])
    st.stop()

near = made(cached.neighbours(text)), made(cached.neighbours(behaviour))
maps = (
    notices.made(dataset, cached.layout(text, how, near[0])),
    notices.made(dataset, cached.layout(behaviour, how, near[1])),
)
compared = cached.agreement(text, behaviour, session.live(AgreementParams), near)
trusted = made(cached.fidelity_of(text, maps[0])), made(cached.fidelity_of(behaviour, maps[1]))
sides = space_maps.Sides(dataset, fit, (text, behaviour), maps, trusted, compared)
colour = bar[1].selectbox("Colour", space_maps.offered(dataset), key="colour", bind="query-params")
person = bar[2].selectbox(
    "A person's past and list as rings",
    session.people_nearby(dataset),
    None,
    key="person",
    bind="query-params",
    placeholder="nobody",
    format_func=plain,
)
user = None if person is None else dataset.user_row(person)
marks: dict[str, np.ndarray] = {}
if user is not None:
    hidden = st.toggle(
        "Hide some choices and see whether WALS finds them", key="hidden", bind="query-params",
        help="WALS is trained without a fifth of everybody's choices; rings show which of this person's it finds again.",
    )  # fmt: skip
    marks = space_maps.layers(sides, user, params, hidden)
trails = notices.made(dataset, cached.trails(text, behaviour, how)) if arrangement.arrangement == "trails" else None
held_as = f"{dataset.fingerprint}-{session.asked('shown')}"
maps_here, progress = st.container(), st.container()
with progress:
    by_cluster_colour = colour in (space_maps.BY_WORDS, space_maps.BY_PEOPLE)
    groups = clusters() if naming or by_cluster_colour else ()
with maps_here:
    rows = space_maps.draw(
        sides, space_maps.colouring(colour, sides, groups, user), marks, groups if naming else (), trails, held_as,
        turned and trails is None, size == "equal",
    )  # fmt: skip
notices.how_to_read(
    "every item twice: placed by its text and by who chose it.",
    "an item group that lies together on both maps.",
    "trustworthiness below .8: the picture puts strangers side by side.",
    "n_neighbors for the whole or the detail; colour by agreement.",
)

if rows.size:
    st.header(f"{rows.size:,} selected")
    first = rows[:TABLE_ROWS]
    table = tables.described(dataset, first, attributes=4)
    table["People"] = dataset.popularity[first]
    table["Agreement"] = compared.overlap[first]
    table["Text"] = [plain(words, 200) for words in dataset.texts[first]]
    st.dataframe(
        table,
        hide_index=True,
        column_config={"Agreement": st.column_config.NumberColumn(format="percent")},
        alt="The selected items",
    )
    within = float(np.nanmean(compared.overlap[rows])) if np.isfinite(compared.overlap[rows]).any() else float("nan")
    st.text(
        f"Words and people share {within:.0%} of these items' neighbours; over all items it is {compared.mean:.0%}."
        + (f" The table holds the first {TABLE_ROWS} selected." if rows.size > TABLE_ROWS else "")
    )
    if rows.size == 1:
        two_spaces.open_item(controls.titles(dataset)[rows[0]])

st.header("Do the two spaces agree?")
starts = cached.ceilings(dataset, params)
others = [cached.behaviour(fit, dataset) for fit in (cached.have(dataset, ask[0]) for ask in starts) if fit is not None]
ceilings = [
    (
        cached.agreement(behaviour, other, AgreementParams(compared.k), (near[1], made(cached.neighbours(other)))),
        made(cached.wholes(behaviour, other)),
    )
    for other in others
]
alike = made(cached.wholes(text, behaviour))
found = summary.measures(compared, alike, ceilings)
limit = found[0]
chart, beside = st.columns([3, 2], gap="large")
with chart:
    picked = st.plotly_chart(
        charts.overlaps(compared.overlap, compared.chance, limit.ceiling, compared.k),
        key=f"overlap-{compared.k}", on_select="rerun", selection_mode=("box", "points"), config={"displayModeBar": False},
        alt="How many items agree how much; draw over it to choose a range",
    )  # fmt: skip
    st.caption("Draw over the bars, or click one, to see the items of that range below.")
with beside:
    st.text(
        f"Of each item's {compared.k} nearest, the words and the people name {compared.mean:.1%} in common. "
        f"Two unrelated spaces would share {compared.chance:.1%}"
        + (f"; WALS trained again from {two_spaces.seeds(limit, len(others))} with itself." if others else ".")
    )
    chosen_k = st.slider(
        "Neighbours compared", 1, 100, compared.k, key="agreement-k", help="How many nearest of each item."
    )
    if chosen_k != compared.k and chosen_k <= int(compared.known.sum()) - 1:
        session.keep(AgreementParams(chosen_k))
        st.rerun()
    if len(others) < len(starts):
        asked = st.button(
            "Measure the ceiling" if not others else "Measure the ceiling with more seeds",
            help="Trains WALS again from other seeds: no space can agree with WALS better than WALS does.",
        )
        asked = asked or any(cached.worker().job(ask[0]) is not None for ask in starts)
        if asked and None not in [notices.later(dataset, ask) for ask in starts]:
            st.rerun()
    notices.how_to_read(
        "for each item, the share of its nearest in words that are also its nearest in behaviour.",
        "a mean well between chance and the ceiling.",
        "a mean at chance: the words know nothing of what people do.",
        "another encoder; WALS rank.",
    )
measures = summary.as_table(found)
st.dataframe(
    measures, hide_index=True, alt="Every measure of agreement with its chance floor and its ceiling",
    column_config={name: st.column_config.NumberColumn(format="%.3f") for name in measures.columns[1:]},
)  # fmt: skip

span = two_spaces.brushed(picked)
known = compared.known & (dataset.popularity >= np.median(dataset.popularity[compared.known]))
if span is not None:
    known = compared.known & (compared.overlap >= span[0]) & (compared.overlap <= span[1])
inside = np.flatnonzero(known)
order = inside[np.lexsort((-dataset.popularity[inside], -compared.overlap[inside]))]
lowest = inside[np.lexsort((-dataset.popularity[inside], compared.overlap[inside]))]
most, least = st.columns(2, gap="large")
with most:
    st.header("Agree most")
    two_spaces.pairs(dataset, compared, order[:PAIRS])
with least:
    st.header("Agree least")
    two_spaces.pairs(dataset, compared, lowest[:PAIRS])
st.caption(
    "● both lists name it. Among items of at least median popularity, because behaviour knows little of the others; of equals the "
    "more popular first."
    if span is None
    else f"● both lists name it. {inside.size:,} items whose agreement lies between {max(0, span[0]):.0%} and {min(1, span[1]):.0%}, popular ones first."
)
if span is not None and inside.size and st.button(f"Select these {inside.size:,} on the maps"):
    space_maps.wish(held_as, inside, cached.drawn_rows(dataset, LIMITS.points_drawn))
    st.rerun()

by_slice, by_cluster, by_probe = st.tabs(["By kind of item", "Clusters", "What each space knows"])
with by_slice:
    attribute = st.selectbox("Slice by", ["popularity", *dataset.attributes], key="slice", bind="query-params")
    found = (
        slices.by_popularity(compared.overlap, dataset.popularity)
        if attribute == "popularity"
        else slices.by_attribute(compared.overlap, dataset.attributes[attribute])
    )
    if found:
        sliced = summary.sliced(found)
        shares = {name: st.column_config.NumberColumn(format="percent") for name in sliced.columns[2:]}
        st.dataframe(sliced, hide_index=True, column_config=shares, alt="Agreement by slice, with sizes and intervals")
    st.caption(f"Chance is {compared.chance:.1%} everywhere; the range holds the mean of such items 95 % of the time.")
with by_cluster:
    if not groups and not st.toggle("Find clusters in both spaces", key="grouped", bind="query-params"):
        st.caption("Groups the items of each space and names every group by its own words.")
    elif groups := groups or clusters():
        members = two_spaces.clusters(dataset, groups)
        if members.size and st.button("Select these on the maps", key="cell-to-maps"):
            space_maps.wish(held_as, members, cached.drawn_rows(dataset, LIMITS.points_drawn))
            st.rerun()
with by_probe:
    two_spaces.probes(dataset, text, behaviour)

recall = min(one.recall for one in near)
notices.provenance(
    f"words read by {text.name}", f"WALS {fit.fingerprint[:8]}, rank {params.rank}, seed {params.seed}",
    f"maps: {maps[0].method}, n_neighbors {how.n_neighbors}, min_dist {how.min_dist:g}, {how.metric}, seed {how.seed}",
    "neighbours exact" if recall == 1 else f"neighbours approximate, {recall:.1%} of the true ones found",
    "agreement is measured in the full spaces", dataset.note,
)  # fmt: skip
