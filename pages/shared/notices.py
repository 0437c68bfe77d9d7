"""Words around results: waiting, provenance, how to read a chart, safe literal text."""

from contextlib import suppress
from typing import Any

import streamlit as st

from pages.shared import cached, session
from pages.shared.cached import Ask
from pages.shared.uploads import Visit
from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.figures.literal import markdown

# Most results are there within this time; a progress bar that flashes by would only disturb.
PATIENCE_SECONDS = 0.6


def made(dataset: Dataset, ask: Ask) -> Any:
    """The result that is asked for; until it is there the page shows progress and stops here."""
    found = _found(dataset, ask)
    if isinstance(found, DataError):
        raise found
    if found is None:
        st.stop()
    return found


def later(dataset: Dataset, ask: Ask) -> Any | None:
    """The result that is asked for, or progress in its place and None: the rest of the page stays."""
    found = _found(dataset, ask)
    if isinstance(found, DataError):
        aside(found)
        return None
    return found


def ahead(dataset: Dataset, ask: Ask) -> None:
    """Begin what will be wanted next, and show nothing of it; a full queue leaves it for later."""
    key, label, function, arguments = ask
    if cached.have(dataset, key) is None and not session.cancelled(key):
        with suppress(DataError):
            cached.worker().ask(key, label, function, *arguments, by=session.visitor())


def _found(dataset: Dataset, ask: Ask) -> Any | DataError | None:
    """The result or the fault it ended in; None where progress, or what stands for a cancelled one, was drawn instead."""
    key, label, function, arguments = ask
    found = cached.have(dataset, key)
    if found is None and not session.cancelled(key):
        job = cached.worker().ask(key, label, function, *arguments, by=session.visitor())
        job.finished.wait(PATIENCE_SECONDS)
        if not job.finished.is_set():
            _watch(key, label)
            return None
        found = job.problem or cached.have(dataset, key)
    if found is None:
        _called_off(key, label)
    return found


def private(visit: Visit, ask: Ask) -> Any | None:
    """A result about a visit's own files, or the fault it ended in; progress in its place and None until then."""
    key, label, function, arguments = ask
    if session.cancelled(key):
        _called_off(key, label)
        return None
    job = visit.jobs.get(key)
    if job is None or job.cancelled:
        job = cached.worker().ask(key, label, function, *arguments, by=session.visitor(), shared=False)
        visit.keep(key, job)
    job.finished.wait(PATIENCE_SECONDS)
    if not job.finished.is_set():
        _watch(key, label)
        return None
    # A fault is held as well: what ended the worker once would end it again at every rerun.
    return job.result if job.problem is None else job.problem


@st.fragment(run_every=0.7)
def _watch(key: str, label: str) -> None:
    """Progress of a job, its place in the queue, and a way out; the page goes on when it is done."""
    worker = cached.worker()
    job = worker.job(key)
    if job is None:
        st.rerun()
        return
    ahead = worker.ahead(job)
    words = (
        f"{ahead} job{'s' if ahead != 1 else ''} ahead of this one" if job.state == "waiting" and ahead else job.words
    )
    st.progress(min(1.0, max(0.0, job.progress)), text=f"{label}: {markdown(words, 200)}" if words else f"{label} …")
    if st.button("Cancel", key=f"cancel-{key}"):
        worker.cancel(key, by=session.visitor())
        session.call_off(key)
        st.rerun()


def _called_off(key: str, label: str) -> None:
    """What stands where a result would stand that nobody waits for any more."""
    st.info(f"{label} was cancelled.", icon=None)
    again, back = st.columns(2)
    again.button("Start it again", on_click=session.call_off, args=(key, False), key=f"again-{key}")
    if session.can_go_back():
        back.button("Go back to the settings before", on_click=session.go_back, key=f"back-{key}")


def provenance(*words: str) -> None:
    """What really produced the numbers above, in one quiet line."""
    st.caption(" · ".join(markdown(word, 160) for word in words if word))


def how_to_read(shows: str, good: str, bad: str, knob: str) -> None:
    """The four things a chart owes its reader, folded away."""
    with st.popover("How to read this", type="tertiary"):
        st.markdown(f"**Shows** {shows}  \n**Good** {good}  \n**Bad** {bad}  \n**Turn** {knob}")


def problem(error: DataError) -> None:
    """A fault a person can mend, in words."""
    st.error(markdown(error.problem, 600), icon=None)
    if error.hint:
        st.caption(markdown(error.hint, 600))


def aside(error: DataError) -> None:
    """A fault that takes a part of the page with it and leaves the rest."""
    st.info(markdown(f"{error.problem} {error.hint}", 600), icon=None)
