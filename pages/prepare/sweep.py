"""Which configuration is best on what it has not seen, and which cheaper one is as good?"""

import streamlit as st

from pages.shared import cached, controls, notices, session, sweeping
from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.evaluate import recorded, sweep
from textrec_core.evaluate.board import BoardParams
from textrec_core.evaluate.judged import LENGTHS, nearest_length
from textrec_core.evaluate.ledger import Kept
from textrec_core.evaluate.metrics import ACCURACY
from textrec_core.evaluate.search import SearchParams, known
from textrec_core.figures import sweeps as figures
from textrec_core.figures.literal import plain
from textrec_core.limits import MEBI
from textrec_core.models.wals import WalsParams

LISTED = 40
ASIDES = ("Coverage", "Novelty", "Cold share", "Popularity share", "Gini")


def suggested(params: WalsParams, dataset: Dataset) -> dict[str, str]:
    """Twelve configurations around the one in use."""
    highest = min(512, *dataset.matrix.shape)
    ranks = sorted({max(2, min(highest, round(params.rank * share))) for share in (0.5, 0.75, 1.0)})
    return {
        "rank": ", ".join(map(str, ranks)),
        "regularization": ", ".join(f"{params.regularization * share:.3g}" for share in (0.5, 1.0)),
        "alpha": ", ".join(f"{min(200.0, max(params.alpha, 0.1) * share):.3g}" for share in (1.0, 2.0)),
    }


def planned(dataset: Dataset, params: WalsParams) -> None:
    """The form that a sweep is planned with, its cost, and the button that begins it."""
    values = suggested(params, dataset)
    names = st.multiselect(
        "What varies", list(known()), list(values), key="axes", persist_state="session",
        format_func=lambda name: name.replace("_", " ").capitalize(), help="Everything else stays as it is in use now.",
    )  # fmt: skip
    with st.form("plan", border=False):
        written = {}
        columns = st.columns(max(1, min(3, len(names))))
        for place, name in enumerate(names):
            entry = known()[name]
            usual = values.get(name, ", ".join(entry.choices) or f"{getattr(params, name):g}")
            words = columns[place % len(columns)].text_input(
                f"Values of {name.replace('_', ' ')}", usual, key=f"axis-{name}-{dataset.fingerprint}", persist_state="session",
                help=f"{entry.meaning} Several values with commas between.",
            )  # fmt: skip
            written[name] = tuple(part.strip() for part in words.split(",") if part.strip())
        with st.expander("How it is searched and judged"):
            search = controls.tune(SearchParams(), "search", columns=2)
            how = controls.tune(
                session.live(BoardParams), "sweepboard", ("split", "hidden_share", "split_seed"), columns=3
            )
        asked = st.form_submit_button("Tell me the cost", type="primary")
    if asked:
        plan = sweep.Plan(params, written, how, search)
        try:
            sweep.check(dataset, plan)
        except DataError as problem:
            notices.problem(problem)
            return
        session.draft(plan)
    plan = session.draft()
    if plan is None:
        return
    found = notices.later(dataset, sweeping.price(dataset, plan, sum(len(one.cells) for one in kept_sweeps)))
    if found is None:
        return
    size = f", {found.bytes / MEBI:,.0f} MB kept" if found.bytes > MEBI else ""
    st.markdown(
        f"**{plan.wanted} configurations, {found.fits} still to fit: about {duration(found.seconds)}**{size}. "
        "Timed on this machine just now; other people's work may come between. You may close the page: it goes on."
    )
    if st.button("Start the sweep", type="primary"):
        key, label, function, arguments = sweeping.whole(dataset, plan)
        cached.ledger().begin(key, dataset.fingerprint, plan.told(), plan.wanted)
        session.call_off(key, off=False)
        cached.worker().ask(key, label, function, *arguments, by=SERVER)
        session.drop_draft()
        session.place("sweep", key)
        st.rerun()


# A sweep outlives the visit that began it: it waits for nobody in particular, and anybody may cancel it.
SERVER = "this server"


@st.fragment(run_every=1.0)
def watched(key: str, done: int, wanted: int) -> None:
    """Progress and a way out; the page is drawn anew as cells come in."""
    worker = cached.worker()
    job = worker.job(key)
    now = next((len(one.cells) for one in cached.ledger().sweeps(dataset.fingerprint) if one.key == key), 0)
    if job is None or now >= done + max(1, wanted // 12):
        st.rerun()
        return
    ahead = worker.ahead(job)
    waiting = f"; {ahead} other job{'s' if ahead != 1 else ''} first" if job.state == "waiting" and ahead else ""
    st.progress(now / wanted, text=f"Sweeping: {now} of {wanted} configurations measured{waiting}")
    # Called before the run that the press begins, which a cell that comes in at the same moment may cut short.
    if st.button("Cancel the sweep", key="cancel-sweep", on_click=worker.cancel, args=(key, SERVER)):
        job.finished.wait(2.0)
        st.rerun()


def duration(seconds: float) -> str:
    """A length of time as one says it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 5_400 else f"{seconds / 3_600:.1f} hours"


def named(kept: Kept) -> str:
    """A sweep in one line."""
    plan = sweep.plan_of(kept.told)
    axes = " × ".join(name.replace("_", " ") for name in plan.axes)
    state = f"{len(kept.cells)} of {kept.wanted}" if len(kept.cells) < kept.wanted else f"{kept.wanted} configurations"
    return f"{axes}, {plan.search.method}, {recorded.words_of(plan.how)}: {state}, begun {kept.made} UTC"


def answer(found: sweep.Sweep, axes: list[str], label: str) -> str:
    """The one sentence a stakeholder needs."""
    best, cheap = found.best, found.cheapest
    first = f"**{figures.named(best.params, axes)}** is best: {label} {best.value.mean:.4f} ({best.value.low:.4f} to {best.value.high:.4f})"
    alike = sum(not cell.distinguishable for cell in found.finished) - 1
    if cheap is best:
        rest = "no cheaper one is as good" if alike else "every other one is worse by more than chance"
        return f"{first}; {rest}."
    share = cheap.cost / best.cost
    words = "at the same cost" if share == 1 else f"at {share:.0%} of the cost"
    return f"{first}. **{figures.named(cheap.params, axes)}** is not distinguishable from it, {words}."


def covered(found: sweep.Sweep) -> str:
    """What else the intervals hold."""
    if found.starts > 1:
        return f"widened by how far {found.starts} random starts move the best one (± {found.spread:.4f})"
    return "one random start, which they do not cover"


def pick(chart: str) -> None:
    """The configuration that was clicked on is the one to open."""
    behind = session.pointed(chart)
    if behind is not None:
        session.place("cell", behind[1])


def pictures(found: sweep.Sweep, axes: list[str], label: str, k: int, method: str) -> None:
    """The same cells seen three ways, and as a table."""
    views = ["Trade-off", "Parallel lines", "Table"]
    if len(axes) > 1:
        # What Optuna draws hardly ever shares a row or a column, so that its heat map is mostly holes.
        views.insert(0 if method == "grid" else 2, "Heat map")
    view = st.segmented_control(
        "Look at",
        views,
        default=views[0],
        key="sweepview",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    if view == "Heat map":
        one, other = st.columns(2)
        across = one.selectbox("Across", axes, 0, key="across", persist_state="session")
        up = other.selectbox("Up", [name for name in axes if name != across], 0, key="up", persist_state="session")
        st.plotly_chart(
            figures.heat(found, across, up, label), key="heat", alt=f"{label} over {across} and {up}",
            on_select=lambda: pick("heat"), selection_mode="points",
        )  # fmt: skip
        more = [name.replace("_", " ") for name in axes if name not in (across, up)]
        if more:
            st.caption(f"Each square is the best over {' and '.join(more)}. Click on one to open it below.")
        else:
            st.caption("Click on a square to open it below.")
        notices.how_to_read(
            f"{label} on hidden items for each pair of values.", "a broad bright region: the choice is safe.",
            "the brightest square on an edge: the best may lie outside, so widen that side.", "the values you vary.",
        )  # fmt: skip
    elif view == "Parallel lines":
        st.plotly_chart(figures.parallel(found, axes, label), key="parallel", alt="One line a configuration")
        notices.how_to_read(
            "one line a configuration, from its values to what they gave. Drag along an axis to keep only some lines.",
            "bright lines that run through one place: that value matters.", "bright lines from everywhere: it does not.",
            "the parameter whose axis sorts the colours.",
        )  # fmt: skip
    elif view == "Trade-off":
        other = st.selectbox("Against", ASIDES, key="aside", persist_state="session")
        st.plotly_chart(
            figures.trade(found, axes, label, other), key="trade", alt=f"{label} against {other}",
            on_select=lambda: pick("trade"), selection_mode="points",
        )  # fmt: skip
        near = LENGTHS[nearest_length(k)]
        st.caption(
            f"{other} of lists of {near} items. Click on a point to open it below."
            if near == k
            else f"{other} of lists of {near} items, the measured length nearest to {k}. Click on a point to open it below."
        )
        notices.how_to_read(
            f"{label} against what else lists should be.", "a corner: one configuration good in both.",
            "a slope: what one gains the other loses.", "alpha first: it moves coverage and novelty most.",
        )  # fmt: skip
    else:
        st.dataframe(
            [
                {
                    **{name.replace("_", " "): getattr(cell.params, name) for name in axes},
                    label: f"{cell.value.mean:.4f}  ({cell.value.low:.4f} to {cell.value.high:.4f})",
                    "Against the best": f"given up after sweep {cell.stopped}" if cell.stopped else "the best" if cell is found.best
                    else f"{cell.behind.mean:+.4f}" if cell.distinguishable else "not distinguishable",
                    "Seconds": round(cell.seconds, 2), **{name: round(value, 3) for name, value in cell.aside.items()},
                }
                for cell in found.cells
            ],
            hide_index=True,
        )  # fmt: skip


def opened(found: sweep.Sweep, axes: list[str], how: BoardParams) -> None:
    """Any cell as the model in use, and the choice confirmed."""
    cells = {cell.key: cell for cell in found.finished}
    names = {
        cell.key: f"{figures.named(cell.params, axes)}: {cell.value.mean:.4f}"
        + (" (best)" if cell is found.best else " (as good, cheaper)" if cell is found.cheapest else "")
        for cell in cells.values()
    }
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    picked = left.selectbox("Open a configuration", list(cells), format_func=lambda key: names[key], key="cell")
    in_use = cells[picked].params == params
    if right.button("Already in use" if in_use else "Use it on every page", disabled=in_use, width="stretch"):
        session.keep(cells[picked].params)
        st.rerun()
    st.caption(
        "Opening one trains it on everything and puts it into the address; what was measured here saw only the learning side."
    )
    st.header("Is it luck?")
    several = tuple(dict.fromkeys([found.best.params, found.cheapest.params, params]))
    ask = sweeping.confirmation(dataset, several, how)
    st.caption(
        "The best of many is partly lucky. These are measured again on three other splits, each from another random start: items that had no part in the choice."
    )
    told = cached.have(dataset, ask[0])
    if told is None and (st.button("Measure again on other hidden items") or cached.worker().job(ask[0])):
        told = notices.later(dataset, ask)
    if told is None:
        return
    st.dataframe(
        [
            {
                "Configuration": figures.named(one, axes), "": " and ".join(words for words, is_so in (("best of the sweep", one == found.best.params), ("cheapest as good", one == found.cheapest.params), ("in use", one == params)) if is_so),
                f"NDCG@{how.k}, other items": f"{value.mean:.4f}  ({value.low:.4f} to {value.high:.4f})",
                "Against the sweep's best": "" if one == found.best.params else f"{behind.mean:+.4f} ({behind.low:+.4f} to {behind.high:+.4f})" if not behind.holds_zero else "not distinguishable",
            }
            for one, value, behind in zip(told.params, told.values, told.behind, strict=True)
        ],
        hide_index=True,
    )  # fmt: skip


st.title("Sweep")
dataset = session.dataset()
params = session.live(WalsParams, controls.fitting(dataset))
st.caption("The configuration that ranks hidden items highest, and the cheapest one that cannot be told from it.")
kept_sweeps = cached.ledger().sweeps(dataset.fingerprint)[:LISTED]
by_key = {one.key: one for one in kept_sweeps}
current = None
if kept_sweeps:
    asked = session.asked("sweep")
    if asked not in by_key:
        session.place("sweep", kept_sweeps[0].key)
    slot = st.container()
    with st.expander("Other sweeps of this data" if len(kept_sweeps) > 1 else "About this sweep"):
        current = by_key[st.selectbox("Sweep", list(by_key), format_func=lambda key: plain(named(by_key[key]), 160), key="sweep", persist_state="session")]  # fmt: skip
        st.caption(
            "Sweeps are kept on this server with their measurements. Everybody who uses it with the same data sees them."
        )
    with slot:
        plan = sweep.plan_of(current.told)
        axes = [name for name in plan.axes if len(plan.axes[name]) > 1] or list(plan.axes)
        job = cached.worker().job(current.key)
        ask = sweeping.whole(dataset, plan)
        sentence = st.container()
        left, right = st.columns([1, 2])
        metric = left.selectbox("Metric", list(ACCURACY), key="sweepmetric", persist_state="session")
        k = right.slider(
            "How many items of each list",
            1,
            100,
            plan.how.k,
            key="sweepk",
            persist_state="session",
            help="Moves everything below without another fit.",
        )
        label = f"{metric}@{k}"
        found = cached.swept(current, metric, k)
        if job is not None:
            watched(current.key, len(current.cells), current.wanted)
        elif len(current.cells) < current.wanted:
            st.info(
                f"{len(current.cells)} of {current.wanted} configurations are measured; the rest was cancelled or broken off.",
                icon=None,
            )
            if st.button("Go on", type="primary"):
                session.call_off(current.key, off=False)
                cached.worker().ask(*ask[:3], *ask[3], by=SERVER)
                st.rerun()
        if found is not None:
            soon = " So far:" if len(current.cells) < current.wanted else ""
            sentence.success(f"{soon} {answer(found, axes, label)}".strip(), icon=None)
            pictures(found, axes, label, k, plan.search.method)
            opened(found, axes, plan.how)
            notices.provenance(
                f"{recorded.words_of(plan.how)}; all other unseen items ranked", f"{found.people:,} people, one split, 95 % bootstrap interval over people, {covered(found)}",
                f"{len(found.cells)} of {current.wanted} configurations, {sum(cell.stopped > 0 for cell in found.cells)} given up early", f"searched by {plan.search.method}", dataset.note,
            )  # fmt: skip
if current is None:
    st.header("Plan a sweep")
    planned(dataset, params)
else:
    with st.expander("Plan another sweep", expanded=session.draft() is not None):
        planned(dataset, params)
