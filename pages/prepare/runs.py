"""What has been fitted on this data, how good was it, and what changed from one run to another?"""

import streamlit as st

from pages.shared import cached, controls, notices, session, sweeping
from textrec_core.data.dataset import Dataset
from textrec_core.evaluate.compare import Comparison
from textrec_core.evaluate.ledger import EVERYTHING, NAME_CHARACTERS, Run
from textrec_core.figures.literal import plain
from textrec_core.limits import LIMITS, MEBI
from textrec_core.models.wals import WalsParams

LISTED = 500
SHORT = ("rank", "regularization", "alpha", "seed")


def titled(run: Run) -> str:
    """A run in one line: its name, or what it was told."""
    told = ", ".join(f"{name} {run.params[name]:g}" for name in SHORT)
    worth = f", NDCG@10 {run.metrics['NDCG@10'].mean:.4f}" if "NDCG@10" in run.metrics else ""
    return plain(f"{run.name}: {told}{worth}" if run.name else f"{told}{worth} ({run.protocol})", 160)


def listed(run: Run) -> dict[str, object]:
    """A run as a row of the table."""
    found = run.metrics.get("NDCG@10")
    return {
        "Name": run.name, "Made (UTC)": run.made, "Judged on": run.protocol,
        "NDCG@10": "" if found is None else f"{found.mean:.4f}  ({found.low:.4f} to {found.high:.4f})",
        **{name: run.params[name] for name in SHORT}, "Sweeps": run.stopped or run.params["iterations"],
        "Seconds": round(run.seconds, 2), "Code": run.version, "Data": run.data[:8],
    }  # fmt: skip


def keep_name(key: str) -> None:
    """Name a run as the box says; it stays the one looked at under its new name."""
    cached.ledger().rename(key, session.asked(f"name-{key}") or "")
    session.place("run", key)


def tended(run: Run) -> None:
    """Name, open or delete one run."""
    left, middle, right = st.columns([3, 1, 1], vertical_alignment="bottom")
    left.text_input(
        "Its name",
        run.name,
        max_chars=NAME_CHARACTERS,
        key=f"name-{run.key}",
        help="A named run stays until it is deleted by hand.",
    )
    middle.button("Keep this name", width="stretch", on_click=keep_name, args=(run.key,))
    in_use = run.wals == params
    if right.button("Already in use" if in_use else "Use it on every page", disabled=in_use, width="stretch"):
        session.keep(run.wals)
        st.rerun()
    with st.popover("Delete this run"):
        st.text("Its measurement and its factors are forgotten on this server, for everybody who uses the same data.")
        if st.button("Delete it for good"):
            cached.ledger().delete(run.key)
            st.rerun()


def said(found: Comparison) -> None:
    """What the intervals hold, and what they do not."""
    if found.starts > 1:
        st.caption(
            f"Means over {found.starts} random starts of each configuration. The intervals cover the start as well as people: they speak of the configurations."
        )
    elif found.alike:
        st.caption(
            "Both are one configuration from different random starts: what differs here is the start's doing. The intervals cover people only."
        )
    else:
        st.caption(
            "The intervals cover people, not WALS's random start: they speak of these two fits. "
            "Another start moves each of them too; whether the configurations differ takes several."
        )


def metrics(dataset: Dataset, one: Run, other: Run, found: Comparison) -> None:
    """What it did to each metric: to these two fits, or where asked for to their configurations."""
    ask = sweeping.comparison(dataset, one, other, sweeping.STARTS)
    place = st.container()
    told = cached.have(dataset, ask[0])
    wish = f"Compare from {sweeping.STARTS} random starts each"
    if told is None and (
        st.button(wish, help="Trains each configuration from other starts; what the ledger has is not trained again.")
        or cached.worker().job(ask[0])
    ):
        told = notices.later(dataset, ask)
    shown = told or found
    with place:
        st.dataframe(
            [
                {"Metric": row.metric, "First": f"{row.one:.4f}", "Second": f"{row.other:.4f}",
                 "Second less first": f"{row.difference.mean:+.4f}  ({row.difference.low:+.4f} to {row.difference.high:+.4f})" if not row.difference.holds_zero else "not distinguishable"}
                for row in shown.metrics
            ],
            hide_index=True, height=420,
        )  # fmt: skip
        said(shown)


def compared(dataset: Dataset, one: Run, other: Run, found: Comparison) -> None:
    """What differs between two runs."""
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Parameters that differ")
        if found.params:
            st.dataframe(
                [
                    {"Parameter": name.replace("_", " "), "First": str(a), "Second": str(b)}
                    for name, (a, b) in found.params.items()
                ],
                hide_index=True,
            )
        else:
            st.text("Both were told the same.")
        if one.version != other.version:
            st.caption(f"The code that trained and judged them differs: {one.version} and {other.version}.")
        st.header("Whose lists changed most")
        if found.overlap.size:
            st.text(
                f"Over {found.people.size:,} people the two lists of ten share {found.overlap.mean():.1f} items on average."
            )
            st.dataframe(
                [
                    {"Person": str(dataset.users[row]), "Items in both lists of ten": shared}
                    for row, shared in found.changed_most
                ],
                hide_index=True,
            )
            st.page_link(
                "pages/explore/person.py",
                label="See the first of them",
                query_params={"user": str(dataset.users[found.changed_most[0][0]])},
            )
        else:
            st.info(
                "The factors of one of them have made room for newer runs; open it once to have them again.", icon=None
            )
    with right:
        st.header("What it did to each metric")
        if found.metrics:
            metrics(dataset, one, other, found)
            notices.how_to_read(
                "each metric of both runs and the difference, person by person, with its 95 % interval.",
                "a difference whose interval leaves zero.", "not distinguishable: these people cannot tell the two apart.",
                "compare runs of one split; the sweep makes many at once.",
            )  # fmt: skip
        else:
            st.info(
                "They were not judged on the same hidden items, so that no metric can be compared; their lists can.",
                icon=None,
            )


st.title("Runs")
dataset = session.dataset()
params = session.live(WalsParams, controls.fitting(dataset))
st.caption("What has been fitted on this data, how good was it, and what changed from one run to another?")
ledger = cached.ledger()
runs, fill = ledger.all(dataset.fingerprint)[:LISTED], ledger.fill()
if not runs:
    st.info(
        "Nothing has been fitted on this data yet on this server. Train a model, measure it, or plan a sweep; every fit then stands here.",
        icon=None,
    )
    st.page_link("pages/prepare/train.py", label="Train a model")
    st.page_link("pages/prepare/sweep.py", label="Plan a sweep")
    st.stop()
kinds = list(dict.fromkeys(run.protocol for run in runs))
kind = (
    st.segmented_control(
        "Judged on", ["all", *kinds], default="all", key="judged", required=True, persist_state="session"
    )
    if len(kinds) > 1
    else "all"
)
runs = [run for run in runs if kind in ("all", run.protocol)]
st.dataframe(
    [listed(run) for run in runs], hide_index=True, height=min(360, 38 + 35 * len(runs)),
    column_config={"Name": st.column_config.TextColumn(width=160 if any(run.name for run in runs) else "small")},
)  # fmt: skip
gone = f" {fill.removed:,} unnamed ones have made room so far." if fill.removed else ""
st.caption(
    f"This server keeps {fill.runs:,} runs of all data in {fill.bytes / MEBI:,.1f} MB, at most {LIMITS.runs_kept:,} runs and {LIMITS.ledger_bytes / MEBI:,.0f} MB: "
    f"then the oldest without a name make room.{gone} Everybody who uses it with the same data sees them, names too. “{EVERYTHING}” is a fit that no hidden item has judged."
)
by_key = {run.key: run for run in runs}
one_place, other_place = st.columns(2)
titles = {key: titled(run) for key, run in by_key.items()}
linked = session.asked("first")
if session.asked("run") is None and linked in titles:
    session.place("run", linked)
first = one_place.selectbox(
    "First run", list(titles), 0, format_func=lambda key: titles[key], key="run", persist_state="session"
)
# A default too: another run may be the newest when the address is opened.
session.link("first", first)
# Those judged on the same hidden items come first: with them every metric can be compared.
rest = sorted((key for key in by_key if key != first), key=lambda key: by_key[key].protocol != by_key[first].protocol)
second = other_place.selectbox(
    "Compared with",
    rest,
    None,
    format_func=lambda key: titles[key],
    key="other",
    bind="query-params",
    placeholder="Choose a second run",
    disabled=not rest,
)
tended(by_key[first])
if second is not None:
    one, other = ledger.of(first), ledger.of(second)
    if one is not None and other is not None:
        found = notices.later(dataset, sweeping.comparison(dataset, one, other))
        if found is not None:
            compared(dataset, one, other, found)
