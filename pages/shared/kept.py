"""New items that a visit keeps, woven into a person's list by WALS and marked."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import asks, notices, session
from pages.shared.shares.component import shares
from textrec_core.data.dataset import Dataset
from textrec_core.figures.literal import markdown, plain
from textrec_core.models.wals import WalsScorer
from textrec_core.people import newcomer, tables
from textrec_core.people.newcomer import Newcomer
from textrec_core.people.recommend import Ranked
from textrec_core.spaces.space import Space
from textrec_core.text.encoder import TextParams, sentence

NAMED = 3


def newcomers(dataset: Dataset, scorer: WalsScorer, space: Space | None, words: TextParams) -> list[Newcomer]:
    """The kept items beside this fit's own; none until they are read."""
    items = session.newcomers()
    if not items or space is None:
        return []
    bridge = notices.later(dataset, asks.bridge(dataset, space, scorer.factors))
    source = asks.source(dataset, words, space)
    read = notices.later(dataset, asks.placed(source, tuple(sentence(*item) for item in items)))
    if bridge is None or read is None:
        return []
    return [new for new in newcomer.meet(items, read.directions, bridge, scorer.factors) if new.speaks]


def woven(
    listed: pd.DataFrame, ranked: Ranked, scorer: WalsScorer, user: int, new: list[Newcomer]
) -> tuple[pd.DataFrame, list[int | Newcomer]]:  # fmt: skip
    """The list with new items where their scores put them, as long as before, and what stands in each row."""
    taste = scorer.taste(user)
    scores = np.concatenate([ranked.scores, [float(one.vector @ taste) for one in new]])
    order = np.argsort(-scores, kind="stable")[: len(listed)]
    whole = pd.concat([listed, pd.DataFrame({"Title": [one.title for one in new]})], ignore_index=True).iloc[order]
    whole = whole.assign(Place=np.arange(1, len(order) + 1))
    if (order >= len(listed)).any():
        whole.insert(2, "New", np.where(order >= len(listed), "new", ""))
    below = [one for n, one in enumerate(new) if len(listed) + n not in order]
    if below:
        places = [
            f"{plain(one.title, 60)} at {newcomer.place_in(scorer.dataset, scorer, user, one):,}"
            for one in below[:NAMED]
        ]
        more = f" and {len(below) - NAMED} more" if len(below) > NAMED else ""
        st.text(f"Kept new items that stand below this list: {', '.join(places)}{more}.")
    return whole, [int(ranked.items[n]) if n < len(listed) else new[n - len(listed)] for n in order]


def why(dataset: Dataset, scorer: WalsScorer, user: int, new: Newcomer, place: int) -> None:
    """What this person's past says for an item that nobody has seen."""
    st.header(f"Why {markdown(new.title)} would be number {place}")
    told = scorer.toward(user, new.vector)
    reasons = tables.reasons(dataset, told)
    shares(reasons, told.score, "why-new", f"Shares of past choices in the score that {plain(new.title)} would have")
    st.caption(
        "A new item kept in this visit: nobody has chosen it, and its place is a guess from its words alone, at the length of a usual item. "
        "The New item page says how far such guesses can be trusted."
    )
