"""What is near this item, in words and in behaviour, and who would like it?"""

import numpy as np
import streamlit as st

from pages.shared import cached, controls, notices, session
from textrec_core.errors import DataError
from textrec_core.figures.literal import markdown, plain
from textrec_core.models import wals
from textrec_core.models.wals import WalsParams
from textrec_core.people import around, tables
from textrec_core.spaces.agreement import AgreementParams
from textrec_core.spaces.space import Space
from textrec_core.text.encoder import TextParams


def near(heading: str, space: Space | None, told: str, missing: str, alone: str) -> None:
    """One column: the nearest in one space, each by what it is likely to be, or a sentence where it has no place."""
    st.header(heading)
    st.caption(told)
    if space is None or not space.known[item]:
        st.info(missing, icon=None)
        return
    nearest = tables.neighbours(dataset, space, item, k)[["Title", "Cosine"]]
    if apart is not None:
        both = set(dataset.titles[apart.both])
        nearest["Likely"] = ["near in both" if title in both else alone for title in nearest["Title"]]
    st.dataframe(
        nearest,
        hide_index=True,
        alt=f"{heading}: the {len(nearest)} nearest items",
        column_config={"Title": st.column_config.TextColumn(width=190), "Cosine": st.column_config.NumberColumn(format="%.2f", width=62)},
    )  # fmt: skip


def steadiness(behaviour: Space) -> None:
    """How many of its neighbours in behaviour every other seed names too; by request where they are not trained yet."""
    starts = cached.ceilings(dataset, params)
    trained = [fit for fit in (cached.have(dataset, ask[0]) for ask in starts) if fit is not None]
    if trained:
        counts = [around.steadiness(behaviour, cached.behaviour(other), item, k) for other in trained]
        seeds = "another seed" if len(trained) == 1 else f"{len(trained)} other seeds"
        kept = ", ".join(str(same) for same, _of in counts)
        st.text(f"WALS trained again from {seeds} names {kept} of the same {counts[0][1]} neighbours in behaviour.")
    if len(trained) < len(starts):
        asked = st.button(
            "Ask more seeds" if trained else "How steady are its neighbours in behaviour?",
            help="Trains WALS again from other seeds and compares.",
        )
        asked = asked or any(cached.worker().job(ask[0]) is not None for ask in starts)
        if asked and None not in [notices.later(dataset, ask) for ask in starts]:
            st.rerun()


def audience() -> None:
    """The people who have not chosen it and would like it most."""
    st.header("Who would like it")
    if fit is None:
        st.info("Without a model of behaviour nobody can be ranked.", icon=None)
        return
    if popularity == 0 and (space is None or not space.known[item]):
        st.info("Nobody has chosen this item and no words are known of it, so nobody can be named.", icon=None)
        return
    if popularity == dataset.users.size:
        st.info("Everybody has chosen it, so nobody is left.", icon=None)
        return
    scorer = cached.scorers(dataset, fit, space)["WALS" if popularity else "Text profile"]
    people = tables.audience(dataset, scorer, item, 10)
    if popularity:
        st.caption("People who have not chosen it, by their WALS score for it.")
    else:
        st.info(
            "Nobody has chosen this item, so WALS cannot rank its audience; these are the people whose past is nearest "
            "to it in words (Text profile).",
            icon=None,
        )
    rows = np.array([dataset.user_row(str(name)) for name in people["Person"]], int)
    people["Because of"] = around.other_tastes(dataset, scorer, rows, item)
    picked = st.dataframe(
        people[["Person", "Score", "Because of"]], hide_index=True, key="audience", on_select="rerun", selection_mode="single-row",
        alt="The ten likeliest people",
        column_config={"Person": st.column_config.TextColumn(width=130), "Score": st.column_config.NumberColumn(format="%.3f", width=66)},
    )  # fmt: skip
    chosen = [row for row in picked["selection"]["rows"] if row < len(people)]
    person = str(people["Person"][chosen[0] if chosen else 0])
    st.page_link("pages/explore/person.py", label=f"Open {markdown(person)}", query_params={"user": person})


def other_tastes() -> None:
    """What else the people who chose it choose."""
    also = around.also_chosen(dataset, tables.who_chose(dataset, item), item)
    if not len(also):
        return
    also[["Among them", "Among all"]] *= 100
    st.header("Their other tastes")
    st.caption(f"What the {popularity:,} people who chose it choose more often than everybody.")
    share = st.column_config.NumberColumn(format="%.0f %%", width=92)
    st.dataframe(
        also[["Title", "Among them", "Among all"]], hide_index=True, alt="What the people who chose this item also choose",
        column_config={"Title": st.column_config.TextColumn(width=172), "Among them": share, "Among all": share},
    )  # fmt: skip


st.title("Item")
dataset = session.dataset()
st.caption("What is near it in words, what in behaviour, and who would like it?")
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)
try:
    wals.check(dataset, params)
    fit = notices.made(dataset, cached.factors(dataset, params))
except DataError as problem:
    # Words alone still say something of an item.
    fit = None
    notices.aside(problem)
space = notices.made(dataset, cached.text_space(dataset, words)) if dataset.has_texts else None
behaviour = cached.behaviour(fit) if fit else None

item = controls.pick_item(dataset, int(np.argmax(dataset.popularity)))
popularity = int(dataset.popularity[item])
facts = [
    f"{name}: {dataset.attributes[name][item]}"
    for name in dataset.attributes
    if str(dataset.attributes[name][item]).strip()
]
st.text(" · ".join([f"chosen by {popularity:,} of {dataset.users.size:,} people", *[plain(fact) for fact in facts]]))
if str(dataset.texts[item]).strip():
    st.text(plain(dataset.texts[item], 2_000))
k = st.slider("How many neighbours", 3, 50, 10, key="near", bind="query-params")

apart = None
if space is not None and behaviour is not None and space.known[item] and behaviour.known[item]:
    apart = around.sides(space, behaviour, item, k)
left, right = st.columns(2, gap="large")
with left:
    near(
        "Near in words",
        space,
        "Texts that speak alike, whoever chooses them.",
        "The data has no texts, so no words can be compared."
        if space is None
        else f"It has no text that {space.name} can read, so words give it no neighbours.",
        "substitute",
    )
with right:
    near(
        "Near in behaviour",
        behaviour,
        "Chosen by the same people, whatever they say.",
        "There is no model of behaviour for this data."
        if behaviour is None
        else "Nobody has chosen it, so behaviour gives it no neighbours.",
        "complement",
    )

if space is not None and behaviour is not None and apart is not None:
    compared = cached.agreement(space, behaviour, AgreementParams(min(k, 100)))
    st.text(
        f"The two name {apart.both.size} of {k} in common; over all items {compared.mean:.0%} are shared, and {compared.chance:.1%} would be by chance."
    )
    st.caption(
        "What only words name speaks alike and is not chosen together, a likely substitute; what only behaviour names is a likely complement. "
        "Whether one replaces or completes the other is not measured."
    )

if behaviour is not None and behaviour.known[item]:
    steadiness(behaviour)

liking, tasting = st.columns(2, gap="large")
with liking:
    audience()
if popularity:
    with tasting:
        other_tastes()

notices.provenance(
    f"WALS {fit.fingerprint[:8]}, rank {params.rank}, seed {params.seed}" if fit else "",
    f"words read by {space.name}" if space else "", "cosines are measured in the full spaces", dataset.note,
)  # fmt: skip
