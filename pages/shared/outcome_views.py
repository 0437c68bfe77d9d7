"""What came out of the files: the verdict, the account of every row, the pictures; and an example to start from."""

from collections.abc import Container
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import notices
from textrec_core.data.dataset import Dataset
from textrec_core.data.intake import Intake
from textrec_core.data.profile import Profile
from textrec_core.data.sources import Outcome
from textrec_core.figures import charts, profiles
from textrec_core.figures.literal import plain
from textrec_core.share.export import csv_bytes

SHOWN_FAULTY = 1_000


def account(intake: Intake, said: Container[str]) -> None:
    """What was read, kept, repaired and set aside, row by row; without the notes that were ``said`` above."""
    left, right = st.columns([2, 3], gap="large")
    left.dataframe(
        [{"counted": name, "how many": number} for name, number in intake.counts.items()],
        hide_index=True, alt="What was read and kept, in numbers",
    )  # fmt: skip
    with right:
        for sentence in [*(effect.sentence for effect in intake.effects), *intake.notes]:
            if sentence not in said:
                st.text(plain(sentence, 400))
        if not intake.dropped:
            st.text("No row was set aside.")
    if intake.dropped:
        st.markdown("**Rows set aside**")
        st.dataframe(
            [{"why": plain(reason, 160), "rows": number} for reason, number in intake.dropped.items()],
            hide_index=True, alt="Why rows were set aside, and how many",
        )  # fmt: skip
        st.dataframe(
            intake.faulty.head(SHOWN_FAULTY), hide_index=True, height="content" if len(intake.faulty) < 6 else 220, alt="The rows set aside, by their number in the file"
        )  # fmt: skip
        listed, total = len(intake.faulty), sum(intake.dropped.values())
        if listed < total or listed > SHOWN_FAULTY:
            st.caption(
                f"{total:,} rows were set aside; the file lists the first {listed:,}, this table the first {min(listed, SHOWN_FAULTY):,}."
            )
    left, right = st.columns(2)
    left.download_button("The whole report as CSV", csv_bytes(intake.report()), "report.csv", "text/csv", key="report")
    if intake.dropped:
        right.download_button("The rows set aside as CSV", csv_bytes(intake.faulty), "rows-set-aside.csv", "text/csv", key="set-aside")  # fmt: skip


def figures_of(dataset: Dataset) -> None:
    """How much there is, in four numbers."""
    cells = max(1, dataset.users.size * dataset.items.size)
    for place, (name, shown) in zip(
        st.columns(4),
        (
            ("People", f"{dataset.users.size:,}"), ("Items", f"{dataset.items.size:,}"),
            ("Interactions", f"{dataset.interactions:,}"), ("Density", f"{dataset.interactions / cells:.2%}"),
        ), strict=True,
    ):  # fmt: skip
        place.metric(name, shown)


def pictures(found: Profile, key: str) -> None:
    """What data look like: who is busy, what is chosen often, when, how strongly, and in how many words."""
    filled = found.lengths[found.lengths > 0]
    drawn: list[tuple[str, str, Any]] = []
    if found.popularity.any():
        drawn += [
            ("Popularity of items", f"A tenth of the items has {found.top_share:.0%} of all choices. {found.cold:,} were chosen by nobody.",
             charts.long_tail(found.popularity, "items", "people who chose it")),
            ("Activity of people", f"Half of the people chose at most {np.median(found.activity):,.0f} items.",
             charts.long_tail(found.activity, "people", "items chosen")),
        ]  # fmt: skip
    if found.events.size:
        drawn.append(
            ("Choices over time", f"From {found.first} to {found.last}.", profiles.months(found.months, found.events))
        )
    if filled.size:
        spoken = f" The texts seem to be in {found.language.language}." if found.language.language else ""
        drawn.append((
            "Length of texts", f"{filled.size:,} of {found.lengths.size:,} items have words, {np.median(filled):,.0f} in the middle.{spoken}",
            profiles.lengths(found.lengths),
        ))  # fmt: skip
    else:
        st.text("No item has a text: pages about words have nothing to show.")
    if np.unique(found.weights[:100_000]).size > 1:
        drawn.append(
            ("Weights", f"From {found.weights.min():g} to {found.weights.max():g}.", profiles.weights(found.weights))
        )
    for place, (title, sentence, figure) in zip(st.columns(2, gap="large") * 3, drawn, strict=False):
        with place:
            st.markdown(f"**{title}**")
            st.caption(sentence)
            st.plotly_chart(figure, key=f"{key}-{title}", alt=f"{title}. {sentence}")
    if drawn:
        notices.how_to_read(
            "how choices spread over items, people and time, and how long texts are.",
            "a long tail that still has choices in it, and texts of many words.",
            "half of the items without any choice, or texts of a few words.",
            "minimum per person and per item under Repairs; more text columns under Columns.",
        )


def example(table: pd.DataFrame, words: str, name: str) -> None:
    """A file that works, to look at and to take away."""
    st.caption(words)
    st.dataframe(table, hide_index=True, alt=f"An example of {name}")
    st.download_button(
        f"Download {name}", table.to_csv(index=False).encode("utf-8-sig"), name, "text/csv", key=f"template-{name}", type="tertiary"
    )  # fmt: skip


def verdict(outcome: Outcome) -> str:
    """What came out, in one sentence."""
    made, found = outcome.dataset, outcome.profile
    assert made is not None
    assert found is not None
    spoken = int((found.lengths > 0).sum())
    words = f"{spoken:,} of {made.items.size:,} items have words." if spoken else "No item has words."
    if not made.interactions:
        return (
            f"{made.items.size:,} items and nobody's choices: maps and neighbours in words work, lists do not. {words}"
        )
    return f"{made.interactions:,} choices of {made.users.size:,} people among {made.items.size:,} items. {words}"
