"""Is this data usable, and what happened to it?"""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from pages.shared import cached, controls, notices, session
from textrec_core.data import samples, templates
from textrec_core.data.intake import Intake
from textrec_core.data.mapping import Mapping, guess, preview
from textrec_core.data.repair import Repairs
from textrec_core.data.tables import Table
from textrec_core.errors import DataError
from textrec_core.figures import charts
from textrec_core.figures.literal import markdown, plain
from textrec_core.limits import LIMITS, MEBI
from textrec_core.share.export import csv_bytes

ROLES = {
    "user": "Person", "item": "Item", "weight": "Weight", "time": "Time",
    "item_id": "Item id", "title": "Title", "text": "Texts", "attributes": "Attributes",
}  # fmt: skip
INTERACTION_ROLES = ("user", "item", "weight", "time")
ITEM_ROLES = ("item_id", "title", "text", "attributes")


def upload(label: str, key: str, template: str) -> cached.Upload | None:
    """One file read to a table, or nothing; a faulty file is said in words and leaves everything as it was."""
    file = st.file_uploader(
        label,
        key=key,
        help=f"CSV, TSV, Parquet, JSON, XLSX, NPZ, also compressed; up to {LIMITS.file_bytes // MEBI} MB.",
    )
    st.download_button(
        "A file that works, to look at",
        csv_bytes_of(template),
        f"{key}.csv",
        "text/csv",
        key=f"template-{key}",
        type="tertiary",
    )
    if file is None:
        return None
    try:
        read = cached.upload(file.file_id, file.name, file.getvalue)
    except DataError as problem:
        notices.problem(problem)
        return None
    table = read.table
    st.caption(
        f"{len(table.frame):,} rows, {len(table.frame.columns)} columns. "
        + " ".join(markdown(note, 200) for note in table.notes)
    )
    return read


def csv_bytes_of(template: str) -> bytes:
    """As a spreadsheet expects it."""
    return template.encode("utf-8-sig")


def roles(table: Table, names: tuple[str, ...], guessed: Mapping) -> dict[str, Any]:
    """Which column plays which role: the guess, its reason, and a way to correct it."""
    columns = [str(name) for name in table.frame.columns]
    chosen: dict[str, Any] = {}
    for name, place in zip(names, st.columns(len(names)), strict=True):
        value = getattr(guessed, name)
        key = f"role-{name}-{table.label}"
        with place:
            if isinstance(value, tuple):
                chosen[name] = tuple(st.multiselect(ROLES[name], columns, list(value), key=key, format_func=plain))
            else:
                index = None if value is None else columns.index(value)
                chosen[name] = st.selectbox(ROLES[name], columns, index, key=key, format_func=plain, placeholder="none")
            if name in guessed.reasons:
                st.caption(markdown(guessed.reasons[name], 160))
    st.dataframe(
        preview(table, [name for name in columns[:12]]),
        hide_index=True,
        height=180,
        alt="The first rows as they were read",
    )
    return chosen


def account(intake: Intake) -> None:
    """What was read, kept, repaired, dropped; where the two tables meet."""
    figures = st.columns(min(4, max(1, len(intake.counts))))
    for place, (name, number) in zip(figures * 4, intake.counts.items(), strict=False):
        place.metric(markdown(name), f"{number:,}")
    for effect in intake.effects:
        st.text(effect.sentence)
    if intake.dropped:
        st.text(
            "Set aside: " + "; ".join(f"{plain(reason, 120)} ({number:,})" for reason, number in intake.dropped.items())
        )
    if intake.overlap is not None:
        meet = intake.overlap
        st.text(
            f"Items in both tables: {meet.both:,}. Only in interactions: {meet.only_interactions:,}. Only in items: {meet.only_items:,}."
        )
        for told, examples in (
            ("only in interactions", meet.examples_only_interactions),
            ("only in items", meet.examples_only_items),
        ):
            if examples:
                st.caption(f"{told}, for example: " + ", ".join(markdown(one, 40) for one in examples))
    if intake.suggestion is not None:
        st.text(plain(intake.suggestion.sentence, 300))
        st.button("Apply this repair", on_click=apply, args=(intake.suggestion.repairs,), key="apply-repair")
    st.download_button("The whole report as CSV", csv_bytes(intake.report()), "report.csv", "text/csv")


def apply(repairs: Repairs) -> None:
    """Put the suggested repairs into the widgets before they are drawn again."""
    for name, value in vars(repairs).items():
        session.place(f"repairs-{name}", value)


def own_data() -> None:
    """The road from two files to the data in use."""
    st.subheader("Bring your own")
    st.caption(
        "One table of who chose what, one of items and their texts; either alone works as far as it can. Your files stay on this machine and with this visit."
    )
    left, right = st.columns(2, gap="large")
    with left:
        did = upload("Interactions", "interactions", templates.INTERACTIONS)
    with right:
        about = upload("Items", "items", templates.ITEMS)
    if did is None and about is None:
        return
    mapping = guess(did and did.table, about and about.table)
    chosen: dict[str, Any] = {}
    if did is not None:
        st.markdown("**Interactions: which column is what?**")
        chosen |= roles(did.table, INTERACTION_ROLES, mapping)
    if about is not None:
        st.markdown("**Items: which column is what?**")
        chosen |= roles(about.table, ITEM_ROLES, mapping)
    with st.expander("Repairs"):
        repairs = controls.tune(Repairs(), "repairs", columns=3)
    name = " and ".join(plain(file.table.label, 60) for file in (did, about) if file is not None)
    try:
        own, intake = cached.built(name, did, about, replace(mapping, **chosen), repairs)
    except DataError as problem:
        notices.problem(problem)
        st.caption("The data in use has not changed.")
        return
    st.markdown("**What comes out**")
    account(intake)
    if st.button("Use this data", type="primary"):
        session.use_upload(own)
        st.rerun()


def profile() -> None:
    """The data in use in pictures."""
    counts = np.diff(dataset.matrix.indptr)
    cells = max(1, dataset.users.size * dataset.items.size)
    one, two, three, four = st.columns(4)
    one.metric("People", f"{dataset.users.size:,}")
    two.metric("Items", f"{dataset.items.size:,}")
    three.metric("Interactions", f"{dataset.interactions:,}")
    four.metric("Density", f"{dataset.interactions / cells:.2%}")
    if dataset.interactions:
        left, right = st.columns(2, gap="large")
        left.plotly_chart(
            charts.long_tail(dataset.popularity, "items", "people who chose it"),
            key="tail-items",
            alt="Popularity of items",
        )
        right.plotly_chart(
            charts.long_tail(counts, "people", "items chosen"), key="tail-people", alt="Activity of people"
        )
    words = np.array([len(str(text).split()) for text in dataset.texts])
    cold = int((dataset.popularity == 0).sum())
    st.text(
        f"{int((words > 0).sum()):,} of {dataset.items.size:,} items have a text, of {np.median(words[words > 0]):,.0f} words in the middle. "
        if (words > 0).any() else "No item has a text. "
    )  # fmt: skip
    if cold:
        st.text(f"{cold:,} items have been chosen by nobody: only their words speak for them.")
    if dataset.times is not None and dataset.times.size:
        first, last = (
            np.datetime64(int(moment), "s").astype("datetime64[D]")
            for moment in (dataset.times.min(), dataset.times.max())
        )
        st.text(f"The interactions run from {first} to {last}.")


st.title("Data")
dataset = session.dataset()
st.subheader("In use")
st.text(" · ".join(part for part in (plain(dataset.name), plain(dataset.note, 200)) if part))
profile()
st.subheader("Samples")
pick, use = st.columns([4, 1], vertical_alignment="bottom")
sample = pick.selectbox(
    "A bundled sample", list(samples.NAMES), key="sample", format_func=lambda name: f"{name}: {samples.NAMES[name]}"
)
if use.button("Use this sample", width="stretch", disabled=sample == dataset.name):
    session.use_sample(sample)
    st.rerun()
own_data()
