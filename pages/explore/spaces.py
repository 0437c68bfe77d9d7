"""Where do words and behaviour agree?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import cached, controls, notices, session, two_spaces
from pages.shared.linked_map.component import Items, Numbers, Picture, linked_map
from textrec_core.figures import charts
from textrec_core.figures import spaces as figures
from textrec_core.figures.literal import plain
from textrec_core.limits import LIMITS
from textrec_core.models.wals import WalsParams
from textrec_core.people import recommend, tables
from textrec_core.spaces import arrange, slices, summary
from textrec_core.spaces.agreement import AgreementParams
from textrec_core.spaces.arrange import ArrangeParams
from textrec_core.spaces.clusters import ClusterParams, label_places
from textrec_core.spaces.layout import LayoutParams
from textrec_core.text.encoder import TextParams

TABLE_ROWS, PAIRS = 200, 5
# Below this, waiting for the worker's queue takes longer than the work.
SMALL = 2_000
BY_WORDS, BY_PEOPLE, AGREEMENT, POPULARITY = "clusters of words", "clusters of behaviour", "agreement", "popularity"
PERCENTILE = "this person's percentile"


def made(ask: cached.Ask) -> Any:
    """A result of the worker; of small data it is there at once."""
    return cached.at_once(ask) if dataset.items.size <= SMALL else notices.made(dataset, ask)


def colouring(name: str) -> Sequence[str] | Numbers:
    """The colour of every item under one of the names offered."""
    if name == AGREEMENT:
        return Numbers(compared.overlap, "agreement")
    if name == POPULARITY:
        return Numbers(np.log10(1 + dataset.popularity), "people, log10")
    if name in (BY_WORDS, BY_PEOPLE):
        return groups[name == BY_PEOPLE].labels()
    if name == PERCENTILE:
        if user is None:
            return Numbers(np.full(dataset.items.size, np.nan), "choose a person to see their percentiles")
        place = recommend.places(dataset, scorers()["WALS"], user)
        return Numbers(
            np.where(place > 0, 100 * (1 - (place - 1) / max(1, place.max())), np.nan),
            "WALS percentile; grey is chosen",
        )
    values = dataset.attributes[name]
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(float)
    if np.isfinite(numbers).mean() > 0.9 and len(set(values)) > 12:
        return Numbers(numbers, name)
    return [str(value) for value in values]


def scorers() -> Mapping[str, Any]:
    """The models that are ready."""
    return cached.scorers(dataset, fit, None)


def labels() -> list[tuple[int, float, float, str]]:
    """The two best words of every cluster, in the middle of it, on the map of its own space."""
    side = colour == BY_PEOPLE
    found = groups[side]
    words = [", ".join(best[:2]) or name for best, name in zip(found.words, found.names, strict=True)]
    spots = zip(label_places(found, places[side]).tolist(), words, strict=True)
    return [(int(side), x, y, plain(name, 28)) for (x, y), name in spots if x == x]


st.title("Spaces")
dataset = session.dataset()
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)
how, arrangement, grouping = session.live(LayoutParams), session.live(ArrangeParams), session.live(ClusterParams)
text = notices.made(dataset, cached.text_space(dataset, words))
fit = notices.made(dataset, cached.factors(dataset, params))
behaviour = cached.behaviour(fit)
near = made(cached.neighbours(text)), made(cached.neighbours(behaviour))
words_map = notices.made(dataset, cached.layout(text, how, near[0]))
people_map = notices.made(dataset, cached.layout(behaviour, how, near[1]))
compared = cached.agreement(text, behaviour, session.live(AgreementParams), near)
trusted = made(cached.fidelity_of(text, words_map)), made(cached.fidelity_of(behaviour, people_map))

offered = [*dataset.attributes, BY_WORDS, BY_PEOPLE, AGREEMENT, POPULARITY, PERCENTILE]
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
user = None if person is None else dataset.user_row(person)
with right.popover("Redraw the maps", width="stretch"), st.form("layout", border=False):
    arranged = controls.tune(arrangement, "arrange")
    wished = controls.tune(how, "layout")
    grouped = controls.tune(grouping, "cluster")
    if st.form_submit_button("Redraw"):
        session.keep(arranged, wished, grouped)
        st.rerun()

marks: dict[str, list[int]] = {}
if user is not None:
    marks["chosen"] = [int(row) for row in dataset.history(user)]
    marks["would get"] = [int(row) for row in recommend.top_k(dataset, scorers()["WALS"], user, 10).items]

groups = ()
if colour in (BY_WORDS, BY_PEOPLE):
    groups = tuple(notices.made(dataset, cached.clusters_of(dataset, space, grouping)) for space in (text, behaviour))
turned = arrange.align(words_map, people_map) if arrangement.arrangement == "aligned" else people_map.places
places = words_map.places, turned
shown = cached.drawn_rows(dataset, LIMITS.points_drawn)
asked = session.asked("shown")
held_as = f"{dataset.fingerprint}-{asked}"
held = session.held_rows(held_as)
if held is None:
    held = [dataset.item_row(asked)] if asked and asked in set(dataset.items[shown]) else []

if arrangement.arrangement == "trails":
    joint = notices.made(dataset, cached.trails(text, behaviour, how))
    lines = st.slider("How many of the longest trails", 10, 500, 60, 10, key="trails", bind="query-params")
    starry = st.plotly_chart(
        figures.star_trails(joint, dataset.titles, shown, lines), key="joint", on_select="rerun",
        selection_mode=("points", "box", "lasso"), config={"scrollZoom": True},
        alt="One map of words and behaviour with a line from each item's words to its behaviour",
    )  # fmt: skip
    rows = np.unique([int(point["customdata"]) for point in starry["selection"]["points"] if "customdata" in point])
    rows = rows.astype(int)
    st.caption(
        f"Each item stands where its words put it and where its behaviour puts it ({joint.method.upper()}); behaviour was turned onto the words first. "
        "Long lines: said one way, chosen another. Length is measured in the full joint space, not on the map."
    )
else:
    colours = colouring(colour)
    position = {int(row): place for place, row in enumerate(shown)}
    captions = [
        f"{drawn.method.upper()}; keeps {drawn.kept:.0%} of each item's 10 nearest, trustworthiness {check.trustworthiness:.2f}"
        for drawn, check in zip((words_map, people_map), trusted, strict=True)
    ]
    selected = linked_map(
        Picture("What the words say", places[0][shown], f"{text.name}. {captions[0]}"),
        Picture("What the people do", places[1][shown], f"WALS. {captions[1]}"),
        Items(
            titles=dataset.titles[shown], snippets=dataset.texts[shown],
            colours=Numbers(colours.values[shown], colours.label) if isinstance(colours, Numbers) else [colours[row] for row in shown],
            sizes=np.sqrt(1 + dataset.popularity[shown]),
            marks={name: [position[row] for row in rows if row in position] for name, rows in marks.items()},
            labels=labels() if groups else (),
        ),
        [position[row] for row in held if row in position], key="maps",
    )  # fmt: skip
    rows = shown[selected]
    if selected or held:
        session.hold_rows(held_as, rows.tolist())
    st.caption(
        "Click, draw a lasso or a box, or search: both maps show the same items. A map keeps neighbours together and little else; distances across it mean nothing, and no number on this page is taken from it."
        + (" The right map is turned onto the left; nothing within it changes by that." if arrangement.arrangement == "aligned" else "")
    )  # fmt: skip
notices.how_to_read(
    "every item twice: placed by its text and by who chose it.",
    "an item group that lies together on both maps.",
    "trustworthiness below .8: the picture puts strangers side by side.",
    "n_neighbors for the whole or the detail; colour by agreement.",
)
if len(shown) < dataset.items.size:
    st.caption(
        f"{len(shown):,} of {dataset.items.size:,} items are drawn: a sample that keeps every level of popularity."
    )

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
ceiling_ask = cached.ceiling(dataset, params)
again = cached.have(dataset, ceiling_ask[0])
ceiling = None
if again is not None:
    other = cached.behaviour(again)
    near_other = made(cached.neighbours(other))
    ceiling = (
        cached.agreement(behaviour, other, AgreementParams(compared.k), (near[1], near_other)),
        made(cached.wholes(behaviour, other)),
    )
limit = ceiling[0] if ceiling else None
alike = made(cached.wholes(text, behaviour))
chart, beside = st.columns([3, 2], gap="large")
with chart:
    picked = st.plotly_chart(
        charts.overlaps(compared.overlap, compared.chance, limit.mean if limit else None, compared.k),
        key=f"overlap-{compared.k}", on_select="rerun", selection_mode=("box", "points"),
        alt="How many items agree how much; draw over it to choose a range",
    )  # fmt: skip
    st.caption("Draw over the bars, or click one, to see the items of that range below.")
with beside:
    st.text(
        f"Of each item's {compared.k} nearest, the words and the people name {compared.mean:.1%} in common. "
        f"Two unrelated spaces would share {compared.chance:.1%}"
        + (f"; WALS trained again from another seed shares {limit.mean:.0%} with itself." if limit is not None else ".")
    )
    chosen_k = st.slider(
        "Neighbours compared", 1, 100, compared.k, key="agreement-k", help="How many nearest of each item."
    )
    if chosen_k != compared.k and chosen_k <= int(compared.known.sum()) - 1:
        session.keep(AgreementParams(chosen_k))
        st.rerun()
    if limit is None and st.button(
        "Measure the ceiling",
        help="Trains WALS once more from another seed: no space can agree with WALS better than WALS does.",
    ):
        notices.made(dataset, ceiling_ask)
        st.rerun()
    notices.how_to_read(
        "for each item, the share of its nearest in words that are also its nearest in behaviour.",
        "a mean well between chance and the ceiling.",
        "a mean at chance: the words know nothing of what people do.",
        "another encoder; WALS rank.",
    )
measures = summary.as_table(summary.measures(compared, alike, ceiling))
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
    st.subheader("Agree most")
    two_spaces.pairs(dataset, compared, order[:PAIRS])
with least:
    st.subheader("Agree least")
    two_spaces.pairs(dataset, compared, lowest[:PAIRS])
st.caption(
    "Among items of at least median popularity, because behaviour knows little of the others; of equals the more popular first."
    if span is None
    else f"{inside.size:,} items whose agreement lies between {max(0, span[0]):.0%} and {min(1, span[1]):.0%}, popular ones first."
)
if span is not None and inside.size and st.button(f"Select these {inside.size:,} on the maps"):
    session.hold_rows(held_as, np.intersect1d(inside, shown).tolist())
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
    else:
        groups = groups or tuple(
            notices.made(dataset, cached.clusters_of(dataset, space, grouping)) for space in (text, behaviour)
        )
        members = two_spaces.clusters(dataset, groups)
        if members.size and st.button("Select these on the maps", key="cell-to-maps"):
            session.hold_rows(held_as, np.intersect1d(members, shown).tolist())
            st.rerun()
with by_probe:
    two_spaces.probes(dataset, text, behaviour)

recall = min(one.recall for one in near)
notices.provenance(
    f"words read by {text.name}", f"WALS {fit.fingerprint[:8]}, rank {params.rank}, seed {params.seed}",
    f"maps: {words_map.method}, n_neighbors {how.n_neighbors}, min_dist {how.min_dist:g}, seed {how.seed}",
    "neighbours exact" if recall == 1 else f"neighbours approximate, {recall:.1%} of the true ones found",
    "agreement is measured in the full spaces", dataset.note,
)  # fmt: skip
