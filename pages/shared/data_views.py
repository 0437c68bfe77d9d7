"""The parts of the Data page: how a file was read, which column is what, what the repairs would do, what came out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.shared import controls
from pages.shared.uploads import ROLES_OF, Visit
from textrec_core.data.doctor import Overlap, Suggestion
from textrec_core.data.mapping import Mapping
from textrec_core.data.repair import Repairs
from textrec_core.data.sources import Choices, Sheet
from textrec_core.data.tables import Reading
from textrec_core.data.trial import Rule, Trial
from textrec_core.figures.literal import markdown, plain
from textrec_core.params import declared

ROLES = {
    "user": "Person", "item": "Item", "weight": "Weight", "time": "Time",
    "item_id": "Item id", "title": "Title", "text": "Texts", "attributes": "Attributes",
}  # fmt: skip
BY_CONTENT = "by its content"
HEADERS = {BY_CONTENT: None, "the first row names the columns": True, "the first row is data": False}
DELIMITERS = {
    BY_CONTENT: None, "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "double colon": "::", "space": " ",
}  # fmt: skip
ENCODINGS = (
    BY_CONTENT, "utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255",
    "cp1256", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
LAYOUTS = {BY_CONTENT: None, "one row per person and item": False, "a matrix of people by items": True}
MAIN_COUNTS = ("people", "items", "interactions", "items in both tables")


def how_it_was_read(visit: Visit, kind: str, sheet: Sheet) -> None:
    """What was found out about a file, and the ways to read it otherwise."""
    source = visit.files[kind]
    key = f"{kind}-{visit.taken[kind]}"
    member = source.how.member
    if sheet.parts:
        options = list(sheet.parts)
        member = st.selectbox(
            "It holds several tables; read", options, options.index(member) if member in options else None,
            key=f"member-{key}", format_func=plain, placeholder="Choose one",
        )  # fmt: skip
    if sheet.notes:
        st.caption(" ".join(markdown(note, 200) for note in sheet.notes))
    with st.expander(
        "Read it in another way", expanded=sheet.problem is not None and sheet.share is None and not sheet.parts
    ):
        one, two = st.columns(2)
        # A page that is loaded again finds a file that was already read in another way.
        was = source.how
        header = one.selectbox(
            "Column names", list(HEADERS), [*HEADERS.values()].index(was.header), key=f"header-{key}"
        )
        delimiter = two.selectbox(
            "Cells are separated by",
            list(DELIMITERS),
            [*DELIMITERS.values()].index(was.delimiter),
            key=f"delimiter-{key}",
        )
        encoding = one.selectbox(
            "Letters are written in", ENCODINGS, ENCODINGS.index(was.encoding or BY_CONTENT), key=f"encoding-{key}"
        )
        layout = two.selectbox("Layout", list(LAYOUTS), [*LAYOUTS.values()].index(was.wide), key=f"layout-{key}")
        quoted = st.toggle('Quotes (") enclose cells', was.quoted, key=f"quoted-{key}")
    how = Reading(
        HEADERS[header], DELIMITERS[delimiter], None if encoding == BY_CONTENT else encoding, member, LAYOUTS[layout], quoted
    )  # fmt: skip
    if how != source.how:
        visit.read_as(kind, how, source.share)
        st.rerun()


def sample_offer(visit: Visit, kind: str, share: float) -> None:
    """A file that is too large can be read in part: whole people, busy and quiet ones alike."""
    st.button(
        f"Read {share:.1%} of the people", key=f"sample-{kind}", type="primary",
        on_click=visit.read_as, args=(kind, visit.files[kind].how, share),
    )  # fmt: skip


def columns(visit: Visit, kind: str, sheet: Sheet, guessed: Mapping) -> dict[str, Any]:
    """Which column plays which role: the guess, its reason, a way to correct it, and the first rows."""
    names = list(sheet.columns)
    shown: dict[str, Any] = {}
    chosen: dict[str, Any] = {}
    for role, place in zip(ROLES_OF[kind], st.columns(4), strict=True):
        found = getattr(guessed, role)
        value = shown[role] = _there(visit.roles.get(role, found), names)
        key = f"role-{role}-{visit.version}"
        with place:
            if isinstance(found, tuple):
                picked: Any = tuple(st.multiselect(ROLES[role], names, list(value), key=key, format_func=plain))
            else:
                index = None if value is None else names.index(value)
                picked = st.selectbox(ROLES[role], names, index, key=key, format_func=plain, placeholder="none")
            if picked == found and role in guessed.reasons:
                st.caption(markdown(guessed.reasons[role], 160))
        chosen[role] = picked
        if picked == found:
            visit.roles.pop(role, None)
        else:
            visit.roles[role] = picked
    if kind == "interactions":
        _give_way(visit, shown, chosen)
    head = sheet.head.rename(columns={"\0row": "row"} if "row" not in names else {"\0row": "row of the file"})
    st.dataframe(
        head,
        hide_index=True,
        height="content" if len(head) < 5 else 190,
        alt=f"The first {len(head)} rows as they were read",
    )
    return chosen


def _there(value: Any, names: list[str]) -> Any:
    """What is left of a choice when the file is read in another way."""
    return (
        tuple(name for name in value if name in names)
        if isinstance(value, tuple)
        else value
        if value in names
        else None
    )


def _give_way(visit: Visit, before: dict[str, Any], after: dict[str, Any]) -> None:
    """A column that is picked for one role leaves another; person and item change places."""
    moved = [role for role in after if after[role] != before[role]]
    if len(moved) != 1 or after[moved[0]] is None:
        return
    for role, column in after.items():
        if role != moved[0] and column == after[moved[0]]:
            released = before[moved[0]] if role in ("user", "item") else None
            visit.choose({**visit.roles, role: released}, visit.repairs)
            st.rerun()


def weights(visit: Visit, rules: Sequence[Rule], repairs: Repairs, column: str) -> Repairs:
    """What a weight says, with the effect of every way to take it."""
    effects = {rule.rule: rule for rule in rules if rule.threshold is None}
    meanings = {
        "auto": "decide by its values", "each counts 1": "each row counts 1", "as is": "as it is, a stronger weight counts more",
        "threshold": "rows from a threshold on count 1, all others nothing",
    }  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        rule = st.selectbox(
            f"What {markdown(column, 40)} says", list(meanings), list(meanings).index(repairs.weights),
            key=f"weights-{visit.version}", format_func=meanings.__getitem__,
        )  # fmt: skip
        if rule in effects:
            st.caption(_counted(effects[rule]))
    steps = {one.threshold: one for one in rules if one.threshold is not None}
    threshold = repairs.threshold
    with right:
        if rule == "threshold":
            options = list(steps)
            nearest = min(options, key=lambda value: abs(value - threshold), default=threshold)
            if len(options) > 1:
                threshold = st.select_slider(
                    "From which value on a row counts", options, nearest, key=f"threshold-{visit.version}",
                    format_func=lambda value: f"{value:g}",
                )  # fmt: skip
            if threshold in steps:
                st.caption(_counted(steps[threshold]))
    if len(steps) > 1:
        with st.expander("Every threshold and what it would leave"):
            table = [{"from": f"{value:g}", "rows": one.rows, "people": one.people, "items": one.items} for value, one in steps.items()]  # fmt: skip
            st.dataframe(table, hide_index=True, alt="What each threshold would leave")
    return replace(repairs, weights=rule, threshold=float(threshold))


def _counted(rule: Rule) -> str:
    return f"{rule.rows:,} rows count, of {rule.people:,} people and {rule.items:,} items."


def doctor(visit: Visit, overlap: Overlap, suggestion: Suggestion | None) -> None:
    """Where the ids of the two tables meet, where not, and the change that would help."""
    places = st.columns(3)
    for place, name, count, examples in zip(
        places, ("In both tables", "Only in interactions", "Only in items"),
        (overlap.both, overlap.only_interactions, overlap.only_items),
        (overlap.examples_both, overlap.examples_only_interactions, overlap.examples_only_items), strict=True,
    ):  # fmt: skip
        place.metric(name, f"{count:,}")
        if examples:
            place.caption("For example " + ", ".join(markdown(one, 30) for one in examples[:4]))
    if suggestion is not None:
        words, button = st.columns([4, 1], vertical_alignment="center")
        words.text(plain(suggestion.sentence, 300))
        changed = {
            role: getattr(suggestion.mapping, role)
            for role in ("user", "item", "weight", "time", "item_id")
            if visit.roles.get(role, None) != getattr(suggestion.mapping, role)
        }
        button.button(
            "Apply", key="apply-suggestion", type="primary", width="stretch",
            on_click=visit.choose, args=({**visit.roles, **changed}, suggestion.repairs),
        )  # fmt: skip
    elif overlap.only_interactions:
        st.caption("No repair of the ids and no other column would match more; that was tried.")


def choice_rows(visit: Visit, found: Choices, names: set[str] | None = None) -> None:
    """Each repair that would change something, with its effect, to apply by one click."""
    for number, trial in enumerate(found.found):
        if names is not None and trial.name not in names:
            continue
        words, effect, button = st.columns([4, 5, 1], vertical_alignment="center")
        words.text(trial.words)
        effect.caption(markdown(_effect(trial, found.base), 300))
        button.button(
            "Apply", key=f"try-{number}", width="stretch", on_click=visit.choose,
            args=(visit.roles, replace(visit.repairs, **{trial.name: trial.value})),
        )  # fmt: skip


def _effect(trial: Trial, base: dict[str, int]) -> str:
    if not base:
        after = dict(trial.counts)
        return (
            f"then: {trial.left}"
            if trial.left
            else f"gives {after['interactions']:,} interactions of {after['people']:,} people"
        )
    changed = {name: number for name, number in trial.counts if number != base.get(name, 0)}
    # The finer figures speak only where the plain ones stay.
    plainly = {name: number for name, number in changed.items() if name in MAIN_COUNTS} or changed
    return ", ".join(f"{name} {base.get(name, 0):,} → {number:,}" for name, number in plainly.items())


def applied(visit: Visit) -> None:
    """The repairs that were chosen, each to undo."""
    for entry in declared(Repairs):
        value = getattr(visit.repairs, entry.name)
        if value != entry.default and entry.name not in ("weights", "threshold"):
            words, button = st.columns([9, 1], vertical_alignment="center")
            words.text(f"Chosen: {entry.name.replace('_', ' ')} {value}. {entry.meaning}")
            button.button(
                "Undo", key=f"undo-{entry.name}", width="stretch", on_click=visit.choose,
                args=(visit.roles, replace(visit.repairs, **{entry.name: entry.default})),
            )  # fmt: skip


def every_choice(visit: Visit) -> Repairs:
    """All repairs as widgets, for what the offers above do not name."""
    names = tuple(entry.name for entry in declared(Repairs) if entry.name not in ("weights", "threshold"))
    with st.expander("Every choice"):
        return controls.tune(visit.repairs, f"repairs-{visit.version}", only=names, columns=3)
