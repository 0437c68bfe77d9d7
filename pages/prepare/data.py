"""Is this data usable, and what happened to it?"""

from dataclasses import replace
from typing import Any

import streamlit as st

from pages.shared import cached, data_views, notices, outcome_views, session
from textrec_core.data import samples, templates
from textrec_core.data.mapping import Mapping
from textrec_core.data.repair import Repairs
from textrec_core.data.sources import Choices, Look, Outcome
from textrec_core.figures.literal import markdown, plain
from textrec_core.limits import in_words

KINDS = {"interactions": "Interactions: who chose what", "items": "Items: what they are called, what is said of them"}


def bring(kind: str) -> None:
    """One uploader; what it is given moves into the visit's own folder at once."""
    key = f"{kind}-{visit.removed[kind]}"
    file = st.file_uploader(KINDS[kind], key=key, on_change=session.file_gone, args=(kind, key))
    if file is not None:
        session.take_file(kind, file)


def held(kind: str, look: Look) -> None:
    """A file that was brought: what it is, what is wrong with it, how else to read it."""
    sheet = getattr(look, kind)
    name, remove = st.columns([4, 1], vertical_alignment="center")
    shape = f": {sheet.rows:,} rows, {len(sheet.columns):,} columns" if sheet.problem is None else ""
    name.text(plain(visit.files[kind].label, 60) + shape)
    remove.button("Remove", key=f"remove-{kind}", on_click=visit.remove, args=(kind,), type="tertiary")
    if sheet.problem is not None:
        notices.problem(sheet.problem)
        st.caption(f"The data in use, {markdown(dataset.name)}, have not changed.")
        if sheet.share is not None:
            data_views.sample_offer(visit, kind, sheet.share)
    data_views.how_it_was_read(visit, kind, sheet)


def examples() -> None:
    """One page of what a file should look like."""
    st.markdown("**Your files should look like this**")
    left, right = st.columns(2, gap="large")
    with left:
        outcome_views.example(
            templates.interactions(), "One row for each choice. Weight and time may be missing; columns may have any name and order.",
            "interactions.csv",
        )  # fmt: skip
    with right:
        outcome_views.example(
            templates.items(),
            "One row for each item, under the same ids. Several columns of text can be joined.",
            "items.csv",
        )
    st.caption(
        "CSV with any delimiter, with or without column names, in any usual encoding; Parquet, JSON, JSON lines, XLSX, sparse NPZ; packed with gzip or "
        "zip; MovieLens files as they are; also a matrix with people as rows and items as columns. One table alone works as far as it can."
    )  # fmt: skip


def from_files() -> None:
    """The road from the files to the data in use."""
    did, about = visit.files.get("interactions"), visit.files.get("items")
    look = notices.private(visit, cached.look(did, about))
    if not isinstance(look, Look):
        if look is not None:
            notices.problem(look)
        return
    for kind, place in zip(KINDS, places, strict=True):
        if kind in visit.files:
            with place:
                held(kind, look)
    sheets = {kind: getattr(look, kind) for kind in KINDS if kind in visit.files}
    good = {kind: sheet for kind, sheet in sheets.items() if sheet.problem is None}
    if not good:
        return
    result = st.container(border=True)
    chosen: dict[str, Any] = {}
    st.header("Which column is what")
    for kind, sheet in good.items():
        st.markdown(f"**{markdown(visit.files[kind].label)}**")
        chosen |= data_views.columns(visit, kind, sheet, look.mapping)
    mapping = replace(look.mapping, **chosen)
    did, about = (visit.files[kind] if kind in good else None for kind in KINDS)
    name = " and ".join(visit.files[kind].label for kind in good)
    outcome = notices.private(visit, cached.outcome(name, did, about, mapping, visit.repairs))
    if isinstance(outcome, Outcome):
        decide(outcome, mapping)
        with result:
            conclude(outcome, cached.choices(did, about, mapping, visit.repairs))
        if outcome.overlap is not None:
            st.header("Ids of the two tables")
            data_views.doctor(visit, outcome.overlap, outcome.suggestion)
        repairs(outcome, cached.choices(did, about, mapping, visit.repairs))
        if outcome.intake is not None and outcome.profile is not None:
            st.header("What happened to the rows")
            said = {f"{visit.files[kind].label}: {note}" for kind, sheet in good.items() for note in sheet.notes}
            outcome_views.account(outcome.intake, said)
            st.header("What it looks like")
            outcome_views.pictures(outcome.profile, "outcome")
    elif outcome is not None:
        with result:
            notices.problem(outcome)


def decide(outcome: Outcome, mapping: Mapping) -> None:
    """The weights, where there are any; another choice builds the data anew."""
    if mapping.weight is None or not outcome.rules:
        return
    st.header("Weights")
    if outcome.intake is not None:
        files = tuple(f"{source.label}: " for source in visit.files.values())
        told = (note for note in outcome.intake.notes if repr(mapping.weight) in note and not note.startswith(files))
        st.text(plain(next(told, ""), 300))
    again(data_views.weights(visit, outcome.rules, visit.repairs, mapping.weight))


def again(wished: Repairs) -> None:
    """Build with other repairs than those of this run."""
    if wished != visit.repairs:
        visit.repairs = wished
        st.rerun()


def conclude(outcome: Outcome, ask: cached.Ask) -> None:
    """What came out and the one thing to do next."""
    if outcome.problem is not None or outcome.dataset is None:
        assert outcome.problem is not None
        notices.problem(outcome.problem)
        st.caption(f"The data in use, {markdown(dataset.name)}, have not changed.")
        if outcome.suggestion is None:
            found = notices.private(visit, ask)
            if isinstance(found, Choices) and found.found:
                st.markdown("**Choices that lead on**")
                data_views.choice_rows(visit, found)
        return
    words, button = st.columns([3, 1], vertical_alignment="center")
    words.markdown(f"**{outcome_views.verdict(outcome)}**")
    if outcome.dataset.fingerprint == dataset.fingerprint:
        words.caption("These data are in use. Look at a person's list, or train first.")
        with button:
            st.page_link("pages/explore/person.py", label="Person")
            st.page_link("pages/prepare/train.py", label="Train")
    elif button.button("Use this data", type="primary", width="stretch"):
        session.use_upload(outcome.dataset)
        st.rerun()


def repairs(outcome: Outcome, ask: cached.Ask) -> None:
    """Every repair that would change something, with its effect; what was chosen; and all there is."""
    st.header("Repairs")
    data_views.applied(visit)
    if outcome.problem is None:
        found = notices.private(visit, ask)
        if isinstance(found, Choices):
            if found.found:
                data_views.choice_rows(visit, found)
            else:
                st.text("Every repair was tried; none would change these data.")
    again(data_views.every_choice(visit))


def bundled() -> None:
    """A sample in the place of own files."""
    pick, use = st.columns([4, 1], vertical_alignment="bottom")
    sample = pick.selectbox(
        "Or take a bundled sample", list(samples.NAMES), key="sample", format_func=lambda name: f"{name}: {samples.NAMES[name]}"
    )  # fmt: skip
    if use.button("Use this sample", width="stretch", disabled=sample == dataset.name):
        session.use_sample(sample)
        st.rerun()


st.title("Data")
dataset, visit = session.dataset(), session.visit()
st.caption(
    "Bring a table of who chose what, a table of the items, or both. They stay on this machine, belong to this visit alone and are deleted with it."
)
places = st.columns(2, gap="large")
for kind, place in zip(KINDS, places, strict=True):
    with place:
        bring(kind)
st.caption(in_words())
if visit.files:
    from_files()
    st.divider()
    bundled()
else:
    bundled()
    examples()
    st.header("In use")
    st.text(" · ".join(part for part in (plain(dataset.name), plain(dataset.note, 200)) if part))
    outcome_views.figures_of(dataset)
    outcome_views.pictures(cached.profile_of(dataset), "in-use")
