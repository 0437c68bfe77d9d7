"""What one person's page shows on demand: two models side by side, another past, a steered list."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import cached, controls, notices
from pages.shared.linked_map.component import Items, Picture, linked_map
from textrec_core.data.dataset import Dataset
from textrec_core.figures import charts, lists
from textrec_core.figures.literal import markdown, plain
from textrec_core.limits import LIMITS
from textrec_core.models.scorer import Scorer
from textrec_core.params import declared
from textrec_core.people import past as pasts
from textrec_core.people import recommend, steer, tables, whatif
from textrec_core.people.past import Past
from textrec_core.people.steer import SteerParams
from textrec_core.spaces.layout import LayoutParams
from textrec_core.spaces.space import Space

NOBODY, PERSON = "nobody", "this person"
COMPARED = 10
MOST_OPTIONS = 60


def compare(dataset: Dataset, models: dict[str, Scorer], user: int, scorer: Scorer) -> None:
    """The first items of two models' lists, and where each stands in the other."""
    others = [name for name in models if name != scorer.name]
    if not others:
        st.info("There is no second model to compare with.", icon=None)
        return
    name = st.segmented_control(
        f"{scorer.name} beside", others, default=others[0], key="beside", bind="query-params", required=True
    )
    places = [recommend.places(dataset, model, user) for model in (scorer, models[name])]
    rows = np.flatnonzero(((places[0] > 0) & (places[0] <= COMPARED)) | ((places[1] > 0) & (places[1] <= COMPARED)))
    rows = rows[np.argsort(places[0][rows], kind="stable")]
    both = int(((places[0][rows] <= COMPARED) & (places[1][rows] <= COMPARED)).sum())
    st.text(f"Of their first {COMPARED}, both list {both}. A place beyond is written as it is and drawn below.")
    st.plotly_chart(
        lists.shifts([str(t) for t in dataset.titles[rows]], places[0][rows], places[1][rows], (scorer.name, name), COMPARED),
        key="shifts", alt=f"Places of {rows.size} items in the lists by {scorer.name} and by {name}",
    )  # fmt: skip
    with st.expander("The same as a table"):
        table = pd.DataFrame({"Title": dataset.titles[rows]})
        for model, place in zip((scorer, models[name]), places, strict=True):
            table[model.name] = place[rows]
            table[f"{model.name} score"] = np.asarray(model.scores(np.array([user]))[0], float)[rows]
        st.dataframe(table, hide_index=True, alt="Places and scores by both models")


def what_if(
    dataset: Dataset, scorer: Scorer, user: int, k: int, spaces: tuple[Space | None, Space], how: LayoutParams
) -> None:
    """Another past, and what the same model makes of it at once."""
    name = plain(dataset.users[user])
    start = st.segmented_control(
        "Start from", [PERSON, NOBODY], default=PERSON, key="start", bind="query-params", required=True,
        format_func=lambda word: name if word == PERSON else word,
    )  # fmt: skip
    own = user if start == PERSON else None
    history = dataset.history(user) if own is not None else np.empty(0, np.int64)
    new = np.setdiff1d(np.arange(dataset.items.size), history)
    columns = st.columns(3 if own is not None else 2)
    with columns[0]:
        plus = controls.several_items(dataset, "plus", "Add", new, "As if it had been chosen, with weight 1.")
    with columns[-1]:
        dislikes = controls.several_items(
            dataset, "dislikes", "Dislike", new, "WALS holds it at zero as firmly as a choice of weight 1; other models only leave it out."
        )  # fmt: skip
    minus: list[int] = []
    if own is not None:
        with columns[1]:
            minus = controls.several_items(dataset, "minus", "Remove", history, "As if it had never been chosen.")
    before = pasts.of(dataset, user) if own is not None else pasts.said(dataset, [], [])
    after = pasts.said(dataset, [*(row for row in history if row not in minus), *plus], dislikes, own)
    if after.liked.size == 0:
        st.info("A past of nothing says nothing: add an item to see a list.", icon=None)
        return
    _answer(dataset, scorer, before, after, k, user)
    if st.toggle("Show on both maps", key="whatif_maps"):
        _maps(dataset, scorer, after, spaces, how)
    st.caption(
        "The address of this page holds this past: send it, and the same screen opens. "
        f"{scorer.name} answers by solving this one person against the trained items; nothing is trained again."
    )


def _answer(dataset: Dataset, scorer: Scorer, before: Past, after: Past, k: int, user: int) -> None:
    moved = whatif.moved(dataset, scorer, before, after, k)
    known = before.liked.size > 0
    table = pd.DataFrame({"#": moved["Place"], "Title": moved["Title"]})
    if known:
        table["Before"] = moved["Before"]
        table["Moved"] = [_arrow(old, new) for old, new in zip(moved["Before"], moved["Place"], strict=True)]
    left, right = st.columns(2, gap="large")
    with left:
        picked = st.dataframe(
            table, hide_index=True, key=f"whatif-{user}", on_select="rerun", selection_mode="single-row",
            alt="The list of this past, and where each item stood before",
        )  # fmt: skip
    rows = [row for row in picked["selection"]["rows"] if row < len(moved)]
    item = int(moved["Item"][rows[0] if rows else 0])
    with right:
        why = pasts.follow(scorer, after, dataset).why(0, item)
        st.markdown(f"**Why {markdown(dataset.titles[item])}**")
        if why is not None and why.items.size:
            reasons = tables.reasons(dataset, why, 5)
            st.plotly_chart(
                charts.shares(list(reasons["Because of"]), list(reasons["Share"]), why.score),
                key="whatif-why", alt=f"Shares of this past in the score of {plain(dataset.titles[item])}",
            )  # fmt: skip
        elif why is not None:
            st.caption(plain(why.words, 200))


def _arrow(old: int, new: int) -> str:
    if new == 0:
        return "left the list: said of now"
    if old == 0:
        return "was chosen"
    if old == new:
        return "="
    return f"up {old - new:,}" if new < old else f"down {new - old:,}"


def _maps(dataset: Dataset, scorer: Scorer, after: Past, spaces: tuple[Space | None, Space], how: LayoutParams) -> None:
    text, behaviour = spaces
    if text is None:
        st.info("Without texts there is one map only; the Spaces page needs both.", icon=None)
        return
    layouts = [notices.later(dataset, cached.layout(space, how)) for space in (text, behaviour)]
    if layouts[0] is None or layouts[1] is None:
        return
    shown = cached.drawn_rows(dataset, LIMITS.points_drawn)
    position = {int(row): place for place, row in enumerate(shown)}
    listed = whatif.best(pasts.scores(scorer, after, dataset), after.known, COMPARED).items
    marks = {"this past": after.liked, "would get": listed, "disliked": after.disliked}
    linked_map(
        Picture(f"What the words say ({text.name})", layouts[0].places[shown], f"{layouts[0].method.upper()}; keeps {layouts[0].kept:.0%} of each item's 10 nearest"),
        Picture("What the people do (WALS)", layouts[1].places[shown], f"{layouts[1].method.upper()}; keeps {layouts[1].kept:.0%} of each item's 10 nearest"),
        Items(
            titles=dataset.titles[shown], snippets=dataset.texts[shown], colours=["items"] * shown.size,
            sizes=np.sqrt(1 + dataset.popularity[shown]),
            marks={name: [position[int(row)] for row in rows if int(row) in position] for name, rows in marks.items() if len(rows)},
        ),
        [], key="whatif-map", height=360,
    )  # fmt: skip


def steering(
    dataset: Dataset, models: dict[str, Scorer], user: int, k: int, spaces: tuple[Space | None, Space]
) -> None:  # fmt: skip
    """Knobs, the list they make, and what it costs and brings beside the plain list."""
    text, behaviour = spaces
    values: dict[str, float] = {}
    columns = st.columns(3)
    asked = [
        entry for entry in declared(SteerParams)
        if not (entry.name == "words" and text is None) and not (entry.name == "repeats" and dataset.times is None)
    ]  # fmt: skip
    for n, entry in enumerate(asked):
        values[entry.name] = columns[n % 3].slider(
            entry.name.capitalize(), 0.0, 1.0, float(entry.default), 0.05, key=f"steer_{entry.name}", help=entry.meaning,
            bind="query-params",
        )  # fmt: skip
    params = SteerParams(**values)
    apart = "behaviour"
    if text is not None:
        apart = st.segmented_control(
            "Diversity is measured in", ["words", "behaviour"], default="words", key="steer_apart", bind="query-params",
            required=True,
        )  # fmt: skip
    space = text if text is not None and apart == "words" else behaviour
    made = steer.steered(dataset, models, user, k, params, space)
    plain_ = steer.steered(dataset, models, user, k, SteerParams(), space)
    left, right = st.columns(2, gap="large")
    with left:
        table = tables.described(dataset, made.items, attributes=0)
        table.insert(0, "#", np.arange(1, made.items.size + 1))
        place = recommend.places(dataset, models["WALS"], user)[made.items]
        table.insert(2, "By WALS", np.where(place > 0, place.astype(str), "chosen before").astype(object))
        st.dataframe(table, hide_index=True, alt="The steered list")
    with right:
        rows = []
        for label, ranked, knobs in (("this list", made, params), ("WALS alone", plain_, SteerParams())):
            found = steer.measured(dataset, ranked.items, user, text, behaviour)
            held, people = steer.coverage(dataset, models, k, knobs, space)
            rows.append(
                {
                    "": label,
                    **({} if found.alike_words is None else {"Alike in words": f"{found.alike_words:.2f}"}),
                    "Alike in behaviour": f"{found.alike_behaviour:.2f}",
                    "Chosen by, mean": f"{found.popularity:.1%}",
                    "Under-explored": f"{found.explored:.0%}",
                    "Repeats": f"{found.repeats}",
                    f"Covered by {people} lists": f"{held:,} of {dataset.items.size:,}",
                }
            )
        st.dataframe(pd.DataFrame(rows).set_index("").T, alt="What this list is like beside WALS alone")
        notices.how_to_read(
            "mean cosine over pairs in the list, how popular and how explored it is, and how many items equal lists of people spread over all would hold.",
            "less alike and more covered while the list still makes sense.",
            "a list of curiosities: relevance was traded away.",
            "one slider at a time.",
        )
    if not sum(values.get(voice, 0.0) for voice in steer.VOICES):
        st.caption("No model counts in the blend: what is left of the order is the items' own.")


def chosen_view(views: list[str]) -> str:
    """Which of the views is open; the first stands there without a click."""
    return str(
        st.segmented_control(
            "Look at", views, default=views[0], key="view", bind="query-params", required=True, label_visibility="collapsed"
        )
    )  # fmt: skip


def shape(dataset: Dataset) -> tuple[int, np.ndarray | None, bool]:
    """How many items a list holds, which may stand in it by their attributes, and whether chosen ones stand in it too."""
    with st.popover("Length, filter", width="stretch"):
        k = st.slider("How many", 1, min(100, max(2, dataset.items.size)), 10, key="k", bind="query-params")
        seen = st.toggle("Show chosen items too, marked", key="seen", bind="query-params")
        among = np.ones(dataset.items.size, bool)
        for name, values in dataset.attributes.items():
            options = sorted({str(value) for value in values if str(value).strip()})
            if 1 < len(options) <= MOST_OPTIONS:
                picked = st.multiselect(
                    f"Only {plain(name, 40)}", options, key=f"only_{name}", format_func=plain, persist_state="session"
                )
                if picked:
                    among &= np.isin(np.array([str(value) for value in values]), picked)
    if not among.all():
        st.caption(f"Filtered: {int(among.sum()):,} of {dataset.items.size:,} items may be listed.")
    return k, (None if among.all() else among), seen
