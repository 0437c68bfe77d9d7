"""What one visitor has chosen; the only place that touches session state and the address."""

import re
import uuid
from collections.abc import Container, Mapping
from typing import Any, TypeVar

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.shared import cached
from pages.shared.origin import TAB
from pages.shared.uploads import Visit
from textrec_core.data import samples
from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.evaluate.sweep import Plan
from textrec_core.figures.literal import markdown
from textrec_core.params import declared, read_params

P = TypeVar("P")
UPLOADED = "uploaded"
# These always stand in the address: their defaults follow the data.
FOLLOWING = ("rank", "alpha", "regularization")
# More characters of a text would make an address that some programs cut.
LINKED = 1_500
NEWCOMERS = 20
CHOICES = (
    "user", "item", "why_item", "map", "model", "finder", "plus", "minus", "dislikes", "start", "who", "newcomers", "draft",
    "sweep", "cell", "looked-user", "looked-item", "looked-listed",
)  # fmt: skip


def start() -> None:
    """Take over the address at the first run, and keep it complete at every later one."""
    state = st.session_state
    if "visitor" not in state:
        state["visitor"] = _of_this_tab() or uuid.uuid4().hex
        state["lease"] = cached.uploads().lease(state["visitor"])
        state["address"] = {key: words for key, words in st.query_params.items() if key == "data" or "." in key}
    state["runs-so-far"] = state.get("runs-so-far", 0) + 1
    for key, words in state["address"].items():
        st.query_params[key] = words


def _of_this_tab() -> str:
    """The name that a browser's tab keeps while it is open, so that a page loaded again is the same visit."""
    name = str(st.context.cookies.get(TAB, ""))
    return name if re.fullmatch("[0-9a-f]{32}", name) else ""


def visitor() -> str:
    """A name for this visit; never shown, never in an address."""
    return str(st.session_state["visitor"])


def visit() -> Visit:
    """What this visit has brought."""
    return cached.uploads().visit(visitor())


def take_file(kind: str, file: UploadedFile) -> None:
    """Move an uploaded file out of the server's memory into the visit's own folder."""
    if visit().uploaded.get(kind) != file.file_id:
        visit().put(kind, file.name, file.getvalue())
        visit().uploaded[kind] = file.file_id
    context = get_script_run_ctx()
    assert context is not None
    # Every manager has it; only the protocol leaves it out.
    context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)  # type: ignore[attr-defined]


def file_gone(kind: str, key: str) -> None:
    """Let go of a file that was taken back in its uploader; one that was moved has another mark there."""
    if st.session_state.get(key) is None:
        visit().drop(kind)


def dataset() -> Dataset:
    """The data in use: the uploaded one, or the sample that the address names."""
    name = st.session_state["address"].get("data", cached.FIRST_SAMPLE)
    if name == UPLOADED:
        own = cached.uploads().of(visitor())
        if own is not None:
            return own
        _forget_data()
        raise DataError(
            "This address speaks of data that were uploaded in another visit.",
            "Uploaded data stay with the visit that brought them. Load the same files on the Data page, or go on with the sample.",
        )
    if name not in samples.NAMES:
        _forget_data()
        raise DataError(
            f"There is no sample {name[:40]!r}.",
            f"The samples are {', '.join(samples.NAMES)}. Reload to see the first.",
        )
    return cached.sample(name)


def use_sample(name: str) -> None:
    """Make a sample the data in use; models and people chosen for other data are forgotten."""
    _remember("data", name if name != cached.FIRST_SAMPLE else "")
    _forget_choices()


def use_upload(own: Dataset) -> None:
    """Make a visitor's own data the data in use, for this visit alone."""
    cached.uploads().put(visitor(), own)
    _remember("data", UPLOADED)
    _forget_choices()


def live(kind: type[P], otherwise: Mapping[str, Any] | None = None) -> P:
    """The parameters in use, as the address gives them; what it gives wrongly is left at its default, and said once a run."""
    family = kind.__name__.removesuffix("Params").lower()
    prefix = f"{family}."
    words = {
        key.removeprefix(prefix): value for key, value in st.session_state["address"].items() if key.startswith(prefix)
    }
    try:
        return read_params(kind, {**{key: str(value) for key, value in (otherwise or {}).items()}, **words})
    except DataError as problem:
        # It quotes the address, which anybody may have written.
        said = markdown(problem.problem, 300)
        if is_new(f"wrong-{family}", str(st.session_state["runs-so-far"])):
            st.warning(f"The address asks for something that cannot be: {said} The default is used.", icon=None)
        return kind(**(otherwise or {}))


def keep(*several: object) -> None:
    """Put parameters in use; only what differs from the default stands in the address."""
    st.session_state["before"] = {key: words for key, words in st.session_state["address"].items() if "." in key}
    for params in several:
        family = type(params).__name__.removesuffix("Params").lower()
        for entry in declared(type(params)):
            value = getattr(params, entry.name)
            same = value == entry.default and entry.name not in FOLLOWING
            _remember(f"{family}.{entry.name}", "" if same else str(value))


def asked(key: str) -> str | None:
    """What a widget of this key holds or, before it is drawn, what the address wants it to hold."""
    value = st.session_state.get(key, st.query_params.get(key))
    return None if value is None else str(value)


def people_nearby(dataset: Dataset, most: int = 200) -> list[str]:
    """The person last looked at, then a spread over all others, for a short list."""
    spread = [
        str(dataset.users[row])
        for row in np.linspace(0, dataset.users.size - 1, min(most, dataset.users.size)).astype(int)
    ]
    first = [name for name in (asked("user"), asked("person")) if name and (dataset.users == name).any()]
    return list(dict.fromkeys([*first, *spread]))


def place(key: str, value: Any) -> None:
    """Set a widget before it is drawn in this run."""
    st.session_state[key] = value


def pointed(key: str) -> Any:
    """What stands behind the point that was clicked on in the chart of this key; None where it was none."""
    points = (st.session_state.get(key) or {"selection": {"points": []}})["selection"]["points"]
    return points[0]["customdata"] if points else None


def asked_number(key: str, low: float, high: float, otherwise: float) -> float:
    """What a slider of this key holds or will hold, before it is drawn."""
    try:
        value = float(asked(key) or otherwise)
    except ValueError:
        return otherwise
    return min(high, max(low, value)) if value == value else otherwise


def asked_all(key: str) -> list[str]:
    """What a widget of several values holds or, before it is drawn, what the address wants it to hold."""
    held = st.session_state.get(key, st.query_params.get_all(key))
    return [str(value) for value in held or []]


def linked(key: str) -> tuple[list[str], str | None]:
    """What the address wants a widget of several values to hold, before it is first drawn; and what ``relink`` said of it."""
    wanted = [] if key in st.session_state else [str(words) for words in st.query_params.get_all(key)]
    return wanted, st.session_state.pop(f"told-{key}", None)


def relink(key: str, words: list[str], told: str) -> None:
    """Have the address ask for these instead, before the widget is first drawn, and say so in the next run."""
    if words:
        st.query_params[key] = words
    else:
        del st.query_params[key]
    st.session_state[f"told-{key}"] = told
    st.rerun()


def hold(key: str, words: str) -> None:
    """Remember who or what is looked at, so that the visit finds it again after pages without the widget.

    A widget that is drawn for the first time follows the address alone; it can be set only in the run after that.
    """
    state = st.session_state
    before, run = state.get(f"looked-{key}", (words, state["runs-so-far"]))
    state[f"looked-{key}"] = words, state["runs-so-far"]
    if before != words and run < state["runs-so-far"] - 1 and key not in st.query_params:
        state[f"back-{key}"] = before
        st.rerun()


def come_back(key: str, known: Container[str]) -> None:
    """Set a widget to who or what was looked at before other pages, if the data still know it."""
    words = st.session_state.pop(f"back-{key}", None)
    if words is not None and words in known:
        st.session_state[key] = words


def add_to(key: str, more: list[str], most: int) -> None:
    """Add to what a widget of several values holds, from a button's callback."""
    st.session_state[key] = list(dict.fromkeys([*asked_all(key), *more]))[:most]


def look_for(kind: str) -> None:
    """Wish for the next person of a kind, and see them: what was folded out over the page folds in."""
    place("finding", False)
    before = st.session_state.get("finder")
    number = before["number"] + 1 if before and before["kind"] == kind else 0
    st.session_state["finder"] = {"kind": kind, "number": number, "open": True, "user": "", "words": ""}


def finder() -> dict[str, Any] | None:
    """The kind last wished for, its number, whether the wish is still open, and whom it found."""
    return st.session_state.get("finder")


def link(key: str, words: str) -> None:
    """Hold words in the address where they are few enough for one."""
    if words and len(words) <= LINKED:
        st.query_params[key] = words
    elif key in st.query_params:
        del st.query_params[key]


def start_text(key: str) -> None:
    """Let a link fill a text field, before it is first drawn."""
    if key not in st.session_state and key in st.query_params:
        st.session_state[key] = st.query_params[key]


def newcomers() -> tuple[tuple[str, str], ...]:
    """Titles and texts of the new items that this visit keeps, for the data in use."""
    return tuple(st.session_state.get("newcomers", ()))


def keep_newcomer(title: str, text: str) -> None:
    """Keep a new item for this visit; the longest kept gives way."""
    held = [one for one in newcomers() if one[0] != title]
    st.session_state["newcomers"] = (*held, (title, text))[-NEWCOMERS:]


def drop_newcomer(title: str) -> None:
    """Forget a new item."""
    st.session_state["newcomers"] = tuple(one for one in newcomers() if one[0] != title)


def hold_rows(key: str, rows: list[int]) -> None:
    """Remember items chosen on a picture, so that they stay chosen when the picture changes."""
    st.session_state[f"held-{key}"] = rows


def held_rows(key: str) -> list[int] | None:
    """The items last held under this name; None where nothing was ever chosen."""
    return st.session_state.get(f"held-{key}")


def is_new(key: str, words: str) -> bool:
    """Whether this was not asked for under this name in the run before; it is remembered."""
    state = st.session_state
    if state.get(f"last-{key}") == words:
        return False
    state[f"last-{key}"] = words
    return True


def cancelled(key: str) -> bool:
    """Whether this visit has called this work off."""
    return key in st.session_state.setdefault("cancelled", set())


def call_off(key: str, off: bool = True) -> None:
    """Remember that this visit does not want this work, or wants it after all."""
    held = st.session_state.setdefault("cancelled", set())
    held.add(key) if off else held.discard(key)


def draft(plan: Plan | None = None) -> Plan | None:
    """The sweep that is being planned but not begun; a given one takes its place."""
    if plan is not None:
        st.session_state["draft"] = plan
    return st.session_state.get("draft")


def drop_draft() -> None:
    """Forget what was being planned."""
    st.session_state.pop("draft", None)


def can_go_back() -> bool:
    """Whether parameters were in use before these."""
    return "before" in st.session_state


def go_back() -> None:
    """Put the parameters in use that were so before the last change."""
    for key in [key for key in st.session_state["address"] if "." in key]:
        _remember(key, "")
    for key, words in st.session_state.pop("before").items():
        _remember(key, words)


def _remember(key: str, words: str) -> None:
    if words:
        st.session_state["address"][key] = words
        st.query_params[key] = words
    else:
        st.session_state["address"].pop(key, None)
        if key in st.query_params:
            del st.query_params[key]


def _forget_data() -> None:
    _remember("data", "")


def _forget_choices() -> None:
    for key in [key for key in st.session_state["address"] if key != "data"]:
        _remember(key, "")
    for key in CHOICES:
        st.session_state.pop(key, None)
