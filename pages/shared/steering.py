"""The steering wheel of one person's list, and what turning it costs and brings, measured beside it."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import asks, notices
from textrec_core.data.dataset import Dataset
from textrec_core.evaluate import steered
from textrec_core.models.scorer import Scorer
from textrec_core.models.wals import WalsParams
from textrec_core.params import declared
from textrec_core.people import recommend, steer, tables
from textrec_core.people.steer import SteerParams
from textrec_core.spaces.space import Space


def steer_list(
    dataset: Dataset, models: dict[str, Scorer], user: int, k: int, fitted: WalsParams,
    spaces: tuple[Space | None, Space], among: np.ndarray | None,
) -> None:  # fmt: skip
    """Knobs, the list they make, and what it costs and brings beside the plain list."""
    text, behaviour = spaces
    params = _knobs(dataset, text)
    apart = "behaviour"
    if text is not None:
        apart = st.segmented_control(
            "Likeness is measured in", ["words", "behaviour"], default="words", key="steer_apart", bind="query-params",
            required=True, help="For diversity, and for how alike and how unexpected the lists are.",
        )  # fmt: skip
    space = text if text is not None and apart == "words" else behaviour
    made = steer.steered(dataset, models, user, k, params, space, among)
    if made.items.size == 0:
        st.info("Nothing is left to list.", icon=None)
        return
    alone = steer.steered(dataset, models, user, k, SteerParams(), space, among)
    left, right = st.columns(2, gap="large")
    with left:
        table = tables.described(dataset, made.items, attributes=0)
        table.insert(0, "#", np.arange(1, made.items.size + 1))
        place = recommend.places(dataset, models["WALS"], user)[made.items]
        table.insert(2, "By WALS", np.where(place > 0, place.astype(str), "chosen before").astype(object))
        st.dataframe(
            table, hide_index=True, alt="The steered list",
            column_config={"#": st.column_config.NumberColumn(width=36), "By WALS": st.column_config.TextColumn(width=100)},
        )  # fmt: skip
        if not sum(getattr(params, voice) for voice in steer.VOICES):
            st.caption("No model counts in the blend: what is left of the order is the items' own.")
    with right:
        lists = {"Steered": made.items, "WALS alone": alone.items}
        own = {name: steer.measured(dataset, items, user, text, behaviour) for name, items in lists.items()}
        rows = {
            "Alike in words": [_number(one.alike_words) for one in own.values()],
            "Alike in behaviour": [_number(one.alike_behaviour) for one in own.values()],
            "Unexpected": [_number(one.unexpected) for one in own.values()],
            "Chosen by, mean": [f"{one.popularity:.1%}" for one in own.values()],
            "Under-explored": [f"{one.explored:.0%}" for one in own.values()],
            "Repeats": [str(one.repeats) for one in own.values()],
        }
        if text is None:
            del rows["Alike in words"]
        st.markdown("**This list**")
        st.dataframe(pd.DataFrame(rows, index=list(lists)).T, alt="What this list is like beside WALS alone")
        _for_everybody(dataset, fitted, text, k, params, space)
        notices.how_to_read(
            "alike: mean cosine over the pairs of a list; unexpected: 1 - the cosine to the nearest past choice; accuracy: NDCG against items hidden from training.",
            "more covered and less alike at an accuracy that cannot be told from WALS alone.",
            "a list of curiosities: accuracy was traded away.",
            "one slider at a time.",
        )


def _knobs(dataset: Dataset, text: Space | None) -> SteerParams:
    # By rows, so that they keep their order where the page is narrow.
    columns = [*st.columns(3), *st.columns(3)]
    asked = [
        entry for entry in declared(SteerParams)
        if not (entry.name == "words" and text is None) and not (entry.name == "repeats" and dataset.times is None)
    ]  # fmt: skip
    values = {
        entry.name: columns[n].slider(
            entry.name.capitalize(), 0.0, 1.0, float(entry.default), 0.05, key=f"steer_{entry.name}", help=entry.meaning,
            bind="query-params",
        )
        for n, entry in enumerate(asked)
    }  # fmt: skip
    return SteerParams(**values)


def _for_everybody(
    dataset: Dataset, fitted: WalsParams, text: Space | None, k: int, params: SteerParams, space: Space
) -> None:  # fmt: skip
    apart = asks.hidden(dataset)
    if apart.people.size == 0:
        st.caption("Nobody has enough choices to hide some, so accuracy cannot be measured.")
        return
    fit = notices.later(dataset, asks.unseeing(apart, fitted))
    if fit is None:
        return
    both = [asks.tried(apart, fit, text, k, knobs, space) for knobs in (params, SteerParams())]
    people = both[0].people.size
    st.markdown("**Lists like this for many people**")
    rows = {
        f"Accuracy, NDCG@{k}": [f"{one.accuracy.mean:.3f}" for one in both],
        "Items covered": [f"{one.covered:,} of {dataset.items.size:,}" for one in both],
        "Alike": [_number(one.alike) for one in both],
        "Unexpected": [_number(one.unexpected) for one in both],
    }
    st.dataframe(pd.DataFrame(rows, index=["Steered", "WALS alone"]).T, alt="What such lists are like for many people")
    change = steered.behind(*both)
    if params == SteerParams():
        told = "Turn a knob to see what it costs."
    elif change.holds_zero:
        told = f"The accuracy cannot be told from that of WALS alone ({change.low:+.3f} to {change.high:+.3f})."
    else:
        told = f"Steering changes the accuracy by {change.mean:+.3f} ({change.low:+.3f} to {change.high:+.3f})."
    st.text(told)
    st.caption(
        f"{people} people spread over all, {apart.kind}, seed {apart.seed}; ranges hold 95 % of resampled groups."
    )


def _number(value: float | None) -> str:
    return "-" if value is None or value != value else f"{value:.2f}"
