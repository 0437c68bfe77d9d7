"""Parts of the New item page: one item, two wordings of it, many from a table, and how far to trust all this."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import asks, cached, newcomers, notices, session
from pages.shared.shares.component import shares
from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.evaluate import newcomers as measured
from textrec_core.evaluate.hidden import ORACLE
from textrec_core.figures import newcomers as figures
from textrec_core.figures.literal import markdown, plain
from textrec_core.models.projector import WITH_WORDS
from textrec_core.models.wals import WalsParams, WalsScorer
from textrec_core.people import newcomer, tables
from textrec_core.people.newcomer import Bridge, Newcomer
from textrec_core.share.export import csv_bytes
from textrec_core.spaces import landing
from textrec_core.spaces.layout import Layout, LayoutParams
from textrec_core.spaces.space import Space

NEAR, LISTED = 8, 10


def example(dataset: Dataset) -> int:
    """An item to try with: drawn among those with a text that nobody chose, or else among all with a text."""
    told = np.array([bool(text.strip()) for text in dataset.texts])
    cold = np.flatnonzero(told & (dataset.popularity == 0))
    return int(np.random.default_rng().choice(cold if cold.size else np.flatnonzero(told)))


def boost() -> float:
    """How long new items are made, as the slider further down says."""
    return session.asked_number("boost", 0.0, newcomer.LONGEST_BOOST, 1.0)


def one(
    dataset: Dataset, scorer: WalsScorer, bridge: Bridge, new: Newcomer, spaces: tuple[Space, Space], params: WalsParams
) -> None:  # fmt: skip
    """Everything about one new item."""
    if not new.speaks:
        _silent(spaces[0])
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Who would like it")
        listed = newcomer.likely(dataset, scorer, bridge, new, LISTED)
        picked = st.dataframe(
            listed[["Person", "Place", "Because of"]], hide_index=True, key="likely", on_select="rerun", selection_mode="single-row",
            alt="The likeliest people, the place it would have in their lists, and why",
            column_config={"Place": st.column_config.NumberColumn(width=62), "Person": st.column_config.TextColumn(width=130)},
        )  # fmt: skip
        st.caption(
            "First those for whom it stands highest above all else they want, with half a say for how much they choose at all. "
            "Place is its place in the person's own list."
        )
    with right:
        rows = [row for row in picked["selection"]["rows"] if row < len(listed)]
        if len(listed):
            person = str(listed["Person"][rows[0] if rows else 0])
            why = scorer.toward(dataset.user_row(person), new.vector)
            st.header(f"Why {markdown(person)}")
            reasons = tables.reasons(dataset, why, 6)
            shares(
                reasons, why.score, "new-why", f"Shares of past choices in the score that {plain(new.title)} would have"
            )
            follow, keep = st.columns(2, vertical_alignment="center")
            follow.page_link("pages/explore/person.py", label=f"Open {markdown(person)}", query_params={"user": person})
            with keep:
                _keep(new)
    st.header("Where it would stand")
    middle, share, people = newcomer.expected(dataset, scorer.factors, new, LISTED)
    st.text(
        f"At {middle:,.0f} in the middle of the lists of {people:,} people, and among the first {LISTED} of {share:.0%} of them."
    )
    layouts = _surroundings(dataset, [new], spaces)
    st.header("How far to trust this")
    met = notices.later(dataset, asks.met(dataset, params, spaces[0]))
    if met is not None:
        _trusted(dataset, params, spaces[0], met, new, layouts[0])


def two(
    dataset: Dataset, scorer: WalsScorer, bridge: Bridge, both: Sequence[Newcomer], spaces: tuple[Space, Space]
) -> None:
    """Two wordings of one item: how alike they read, and which finds whom."""
    for new in both:
        if not new.speaks:
            _silent(spaces[0])
            return
    cosine = float(both[0].words @ both[1].words)
    st.header("Which finds whom")
    found = newcomer.between(dataset, scorer, bridge, both[0], both[1], LISTED)
    common = int((found["Found by"] == "both").sum())
    lines = []
    for name, new in zip("AB", both, strict=True):
        middle, share, people = newcomer.expected(dataset, scorer.factors, new, LISTED)
        lines.append(
            f"{name} stands at {middle:,.0f} in the middle over {people:,} people, among the first {LISTED} of {share:.0%}."
        )
    st.text(
        f"The two read alike with a cosine of {cosine:.2f}; of their first {LISTED} people {common} are the same. "
        + " ".join(lines)
    )
    st.dataframe(
        found, hide_index=True, height="content", alt="The likeliest people of either wording and the place in their lists by both",
        column_config={name: st.column_config.NumberColumn(width=90) for name in ("Place by A", "Place by B")},
    )  # fmt: skip
    named = [replace(new, title=f"{name}: {new.title}") for name, new in zip("AB", both, strict=True)]
    st.header("Where they would stand")
    _surroundings(dataset, named, spaces)


def given() -> list[tuple[str, str]]:
    """Titles and texts of the table that was brought; none until it is read."""
    st.caption(
        f"A table with a column of texts, and one of titles where there are any; at most {newcomer.MOST:,} rows are read."
    )
    brought = st.file_uploader(
        "A table of new items", key="new_table", max_upload_size=20, on_change=session.file_gone, args=("new", "new_table")
    )  # fmt: skip
    if brought is not None:
        session.take_file("new", brought)
    file = session.visit().files.get("new")
    if file is None:
        return []
    items = notices.private(session.visit(), asks.new_items(file))
    if isinstance(items, DataError):
        notices.problem(items)
    if not isinstance(items, list):
        return []
    first = "The first " if len(items) == newcomer.MOST else ""
    st.caption(f"{first}{len(items):,} new items read from {markdown(file.label, 80)}.")
    return items


def many(
    dataset: Dataset, scorer: WalsScorer, bridge: Bridge, found: Sequence[Newcomer], spaces: tuple[Space, Space]
) -> None:
    """Every item of a table: its neighbours, its likeliest people and its usual place."""
    table = newcomer.summary(dataset, scorer, bridge, found, spaces)
    st.dataframe(
        table, hide_index=True, alt="New items with their neighbours, their likeliest people and their usual place",
        column_config={"Title": st.column_config.TextColumn(width=170), "Middle place": st.column_config.NumberColumn(format="%.0f"),
            f"In the first {LISTED}": st.column_config.NumberColumn(format="percent")},
    )  # fmt: skip
    silent = sum(not new.speaks for new in found)
    if silent:
        told = (
            "says nothing that the encoder understands and has"
            if silent == 1
            else "say nothing that the encoder understands and have"
        )
        st.caption(f"{silent:,} of {len(found):,} {told} no place.")
    st.download_button("Save as a table", csv_bytes(table), "new-items.csv", "text/csv")


def _silent(space: Space) -> None:
    st.info(
        f"{space.name} finds nothing in this text that it knows, so the item has no place and nobody can be named. "
        "Texts in the language of the data's own texts are understood best.",
        icon=None,
    )


def _trust(trust: measured.Trust) -> str:
    far = (
        " No text of the data is as far from all others as this one: do not rely on it."
        if trust.rank_of_nearness < 0.05
        else ""
    )
    return (
        f"Of hidden items with texts like this one, a person who chose it stood before one who did not in {trust.middle:.0%} of pairs "
        f"({trust.low:.0%} to {trust.high:.0%} for half of {trust.items}). By activity alone it would be {trust.floor:.0%}; 50% is chance.{far}"
    )


def _trusted(
    dataset: Dataset, params: WalsParams, space: Space, met: measured.Met, new: Newcomer, layout: Layout | None
) -> None:  # fmt: skip
    """What was measured on hidden items: how often their people were found, where, and what a boost does to lists."""
    st.text(_trust(measured.trust(met, space, new.words)))
    left, right = st.columns(2, gap="large")
    with left:
        chosen = st.slider(
            "New-item boost", 0.0, newcomer.LONGEST_BOOST, 1.0, 0.25, key="boost", bind="query-params",
            help="How long the item's vector is made: 1 is the length of a usual item of the data. Longer puts every new item higher in every list.",
        )  # fmt: skip
        # Intervals by drawing again take a second, and are the same for every item that is pasted.
        effects = cached.quick(measured.Met.effects, met, of=met.fingerprint)
        st.plotly_chart(
            figures.boosts(effects, chosen), key="boosts",
            alt="What lengthening new items does: accuracy of trained items falls, of new items rises",
        )  # fmt: skip
        notices.how_to_read(
            "accuracy of whole lists against what was hidden, among items of the data and among new ones, for every boost.",
            "new items rise while the rest has hardly fallen.",
            "a boost beyond which lists are nothing but new items.",
            "the boost; a better text encoder lifts the line of new items.",
        )
    with right:
        if layout is not None:
            st.markdown("**Where on the map of words people are found**")
            st.plotly_chart(
                figures.found(layout.places, met.items, met.found, dataset.titles), key="found-map",
                alt="The hidden items on the map of words, coloured by how well their people were found",
            )  # fmt: skip
    st.caption(f"{met.protocol}; lists of {measured.LISTED}.")
    _ways(dataset, params, space)


def _keep(new: Newcomer) -> None:
    kept = any(title == new.title for title, _text in session.newcomers())
    st.button(
        "Kept for this visit" if kept else "Keep it for this visit", disabled=kept, on_click=session.keep_newcomer,
        args=(new.title, new.text), help="It then stands in people's lists on the Person page, marked as new.", key="keep-new",
    )  # fmt: skip


def _surroundings(
    dataset: Dataset, items: Sequence[Newcomer], spaces: tuple[Space, Space]
) -> tuple[Layout | None, Layout | None]:
    """Neighbours in both senses, and the place on both maps; the maps, where they are drawn."""
    columns = st.columns(2, gap="large")
    for place, heading, space, vectors in zip(
        columns, ("Near in words", "Near in behaviour"), spaces, ([new.words for new in items], [new.vector for new in items]),
        strict=True,
    ):  # fmt: skip
        with place:
            for new, vector in zip(items, vectors, strict=True):
                st.markdown(f"**{heading}**" + (f" ({markdown(new.title[:1])})" if len(items) > 1 else ""))
                st.dataframe(
                    newcomer.near(dataset, space, vector, NEAR if len(items) == 1 else 5), hide_index=True,
                    alt=f"{heading}: the nearest items of the data",
                    column_config={"Title": st.column_config.TextColumn(width=190),
                        "Cosine": st.column_config.NumberColumn(format="%.2f", width=62), "People": st.column_config.NumberColumn(width=62)},
                )  # fmt: skip
    layouts = [notices.later(dataset, cached.layout(space, session.live(LayoutParams))) for space in spaces]
    if layouts[0] is None or layouts[1] is None:
        return layouts[0], layouts[1]
    by_words, by_people = (
        tuple(landing.place(space, layout, vector) for vector in vectors)
        for space, layout, vectors in zip(
            spaces, layouts, ([new.words for new in items], [new.vector for new in items]), strict=True
        )
    )
    shown = newcomers.Shown([new.title for new in items], [new.text for new in items], (by_words, by_people))
    newcomers.maps(dataset, spaces, layouts, {}, shown, "new-map")
    st.caption("A new item stands amid its five nearest; a map keeps neighbours together and little else.")
    return layouts[0], layouts[1]


def _ways(dataset: Dataset, params: WalsParams, space: Space) -> None:
    """By request, how every way of carrying does."""
    ask = asks.hidden_items(dataset, params, space)
    compared = cached.have(dataset, ask[0])
    if compared is None:
        asked = st.button(
            "Compare ways of carrying", help="Ridge with and without plain words, nearest items and a small net beside chance, popularity and a model that saw the answers. Trains twice."
        )  # fmt: skip
        if asked or cached.worker().job(ask[0]) is not None:
            compared = notices.later(dataset, ask)
        if compared is None:
            return
    rows = [
        {"Way": row.model.removeprefix(f"{space.name}, "), f"NDCG@{compared.listed}": row.value.mean,
         "Range": f"{row.value.low:.3f} to {row.value.high:.3f}"}
        for row in compared.rows()
    ]  # fmt: skip
    left, right = st.columns(2, gap="large")
    left.markdown("**Ways of carrying, on hidden items**")
    left.dataframe(
        pd.DataFrame(rows), hide_index=True, alt="Every way of carrying on hidden items",
        column_config={"Way": st.column_config.TextColumn(width=176), f"NDCG@{compared.listed}": st.column_config.NumberColumn(format="%.3f", width=76),
            "Range": st.column_config.TextColumn(width=104)},
    )  # fmt: skip
    right.markdown("**How many items it takes to learn**")
    right.plotly_chart(
        figures.curve(compared.curve, compared.listed),
        key="curve",
        alt="Accuracy on hidden items by how many items teach",
    )
    name = f"{space.name}, {WITH_WORDS}"
    which, floor = compared.models.index(name), compared.models.index(ORACLE)
    for place, by, words in ((left, "lengths", "characters of text"), (right, "popularity", "people who chose it")):
        rows = [
            {words.capitalize(): part.name, "Items": part.items, "Found": round(100 * part.values[which].mean),
             "Range": f"{100 * part.values[which].low:.0f} to {part.values[which].high:.0%}",
             "By activity": round(100 * part.values[floor].mean)}
            for part in compared.parts(by)
        ]  # fmt: skip
        place.markdown(f"**Who is helped, by {words}**")
        place.dataframe(
            pd.DataFrame(rows), hide_index=True, alt=f"Who is helped, by {words}",
            column_config={words.capitalize(): st.column_config.TextColumn(width=108), "Items": st.column_config.NumberColumn(width=46),
                "Found": st.column_config.NumberColumn(format="%d%%", width=50), "Range": st.column_config.TextColumn(width=76), "By activity": st.column_config.NumberColumn(format="%d %%", width=74)},
        )  # fmt: skip
    st.caption(
        f"{compared.protocol}; {compared.people:,} people; ranges hold 95 % of resampled groups. The curve and who is helped are of {WITH_WORDS}. Found: the "
        "share of pairs, one who chose the item and one who did not, that it puts in order, among items with words."
    )
