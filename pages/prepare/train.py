"""Which configuration, and how good is it on what it has not seen?"""

import streamlit as st

from pages.shared import cached, controls, fetching, notices, session, sweeping
from textrec_core.errors import DataError
from textrec_core.evaluate.board import BoardParams
from textrec_core.evaluate.judged import BEYOND, LENGTHS
from textrec_core.evaluate.metrics import ACCURACY
from textrec_core.figures import charts, sweeps
from textrec_core.figures.literal import markdown, plain
from textrec_core.models.wals import WalsParams, suited
from textrec_core.people import recommend
from textrec_core.text import encoder, store
from textrec_core.text.encoder import TextParams

st.title("Train")
dataset = session.dataset()
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)

st.caption(
    "Which configuration wins, honestly? Nothing changes until you press Train; every page then shows the new model."
)
by_rule = suited(dataset)
st.caption(
    f"For this data the rule gives rank {by_rule.rank}, alpha {by_rule.alpha:g} and regularization {by_rule.regularization:g}. "
    f"Alpha: people here chose {dataset.interactions / max(1, dataset.users.size):,.0f} items on average, and in a short past each has to say more. "
    "Regularization: a share of what would silence patterns no stronger than chance in a table of this size and density."
)
with st.form("settings", border=True):
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Behaviour: WALS")
        wished = controls.tune(
            params,
            "wals",
            highest={"rank": max(2, min(512, *dataset.matrix.shape))},
            first=("rank", "regularization", "alpha"),
        )
    with right:
        st.header("Words")
        read = controls.tune(words, "text", offered={"encoder": encoder.offered()}, first=("encoder",))
    pressed = st.form_submit_button("Train", type="primary")
away = encoder.fetchable(read.encoder)
if away:
    fetching.box(dataset, away, "text-encoder", words.encoder)
elif pressed or fetching.arrived(dataset, read.encoder, words.encoder):
    try:
        encoder.choose(read)
    except DataError as problem:
        notices.problem(problem)
        st.caption(f"Nothing was changed: {markdown(words.encoder)} goes on reading.")
    else:
        session.keep(wished, read)
        st.rerun()
for caution in cached.cautions_of(dataset) if dataset.has_texts else ():
    st.caption(markdown(caution, 300))
kept = store.state()
if kept.trouble:
    st.caption(kept.trouble)

fit = notices.made(dataset, cached.factors(dataset, params))
space = notices.made(dataset, cached.text_space(dataset, words)) if dataset.has_texts else None

st.header("How training went")
parts = fit.losses
change = (parts[-2].total - parts[-1].total) / parts[-1].total if len(parts) > 1 else 0.0
st.text(
    f"After {len(parts)} sweeps the loss is {parts[-1].total:,.0f}; the last sweep lowered it by {f'{change:.2%}' if change >= 5e-5 else 'less than 0.01%'}."
)
st.plotly_chart(charts.losses(parts), key="losses", alt="The loss by part after each sweep")
notices.how_to_read(
    "what training makes smaller, by part, after each sweep.",
    "a curve that has gone flat.",
    "a curve still falling at the end.",
    "iterations; then regularization, which trades the parts against each other.",
)
if dataset.interactions > 20_000:
    st.caption("Above 20,000 interactions the first part is estimated from 20,000 drawn at random.")

st.header("How good it is on hidden items")
with st.container(border=True):
    st.caption(
        "Some interactions are hidden, every model is trained on the rest, and all unseen items are ranked. Not the model above: that one has seen everything. The length of the lists and the metric can be changed afterwards without training again."
    )
    how = controls.tune(session.live(BoardParams), "board", columns=2)
    with st.expander("What is hidden, drawn for a few people"):
        strip = notices.later(dataset, sweeping.strip(dataset, how))
        if strip is not None:
            st.text(
                f"{strip.kind}: "
                + ", ".join(f"{count:,} interactions are {state}" for state, count in strip.counts.items() if count)
                + f"; {strip.judged:,} of {dataset.users.size:,} people are judged."
            )
            st.plotly_chart(
                sweeps.strip(strip, dataset.titles),
                key="strip",
                alt="Interactions of some people: learned from, or hidden",
            )
    ask = cached.measurement(dataset, params, how, space)
    found = cached.have(dataset, ask[0])
    if found is None and (st.button("Measure", type="primary") or cached.worker().job(ask[0])):
        found = notices.made(dataset, ask)
if found is None:
    st.info("Not measured yet for this data, these parameters and this split.", icon=None)
    st.stop()
metric = st.selectbox("Metric", list(ACCURACY), key="metric", help="NDCG and MAP ask how high hidden items stand, recall how many are found, MRR where the first stands.")  # fmt: skip
label = f"{metric}@{how.k}"
rows = cached.board_rows(found.fingerprint, metric, how.k, "", 0, found)
moved = found.spread(metric, how.k)
st.plotly_chart(charts.board(rows, label), key="board", alt=f"{label} of each model with its interval")
st.dataframe(
    [
        {
            "Model": row.model,
            label: f"{row.value.mean:.4f}  ({row.value.low:.4f} to {row.value.high:.4f})",
            "Against the best": "the best" if row is rows[0] else f"{row.behind.mean:+.4f}" if row.distinguishable else "not distinguishable",
            "Detectable difference": "" if row is rows[0] else f"{row.detectable:.4f}",
            "From start to start": f"± {moved[row.model]:.4f}" if moved[row.model] > 1e-9 else "",
        }
        for row in rows
    ],
    hide_index=True,
)  # fmt: skip
notices.how_to_read(
    "how well each model ranks what was hidden, averaged over people. Intervals cover people and WALS's random start. A detectable difference is the smallest that this many people would show in 80 of 100 measurements.",
    "WALS clearly right of popularity and item-kNN.",
    "not distinguishable from the best: these people cannot tell the two apart.",
    "alpha and regularization first, rank last.",
)
for note in found.notes:
    st.caption(markdown(note, 400))

st.header("How it changes with the length of the list")
drawn = st.selectbox("Drawn against the length", [*ACCURACY, *BEYOND], key="drawn")
curve = found.curve(drawn)
st.plotly_chart(
    charts.curves(LENGTHS, found.models, curve, drawn, how.k), key="curves", alt=f"{drawn} of each model against list length"
)  # fmt: skip
with st.expander("The same as a table"):
    st.dataframe([{"Model": model, **dict(zip(map(str, LENGTHS), line, strict=True))} for model, line in zip(found.models, curve, strict=True)], hide_index=True)  # fmt: skip
notices.how_to_read(
    "each model's mean at every length; the dotted line is the length in use.",
    "accuracy high while coverage and novelty stay high too.",
    "a high Gini or popularity share: the same few items go to everybody.",
    "the length above; then which model you show.",
)

st.caption(
    f"Recall is over all that was hidden, “Recall of min(k, hidden)” over as many of it as {how.k} places can hold. A cold item is one that fewer than 5 people chose."
)

st.header(f"The same {how.k} places for one person")
row = controls.pick(dataset.users, "listed", "Person", controls.typical_user(dataset))
lists = {
    name: recommend.top_k(dataset, scorer, row, how.k).items
    for name, scorer in cached.scorers(dataset, fit, space).items()
}
st.dataframe(
    [{"Place": place + 1, **{name: plain(dataset.titles[items[place]], 60) if place < items.size else "" for name, items in lists.items()}} for place in range(max(items.size for items in lists.values()))],
    hide_index=True, height=min(400, 38 + 35 * how.k),
)  # fmt: skip
st.caption("What the models in use give, trained on everything; longer or shorter with the length above.")

st.header("For whom it works")
by = st.selectbox("People in groups by", list(found.about), key="by")
parts = found.slices(by)
table = [
    {"Model": row.model, "group": f"{name} ({row.value.people:,} people)", "value": f"{row.value.mean:.4f} ± {(row.value.high - row.value.low) / 2:.4f}"}
    for part, (name, _inside) in enumerate(parts)
    for row in cached.board_rows(found.fingerprint, metric, how.k, by, part, found)
]  # fmt: skip
groups = list(dict.fromkeys(cell["group"] for cell in table))
st.dataframe(
    [{"Model": model, **{cell["group"]: cell["value"] for cell in table if cell["Model"] == model}} for model in [row.model for row in rows]],
    hide_index=True, column_order=["Model", *groups],
)  # fmt: skip
notices.provenance(
    found.protocol, f"{found.people:,} people, 95 % bootstrap interval over people and {found.starts} random start{'s' if found.starts != 1 else ''} of WALS, one split",
    f"rank {params.rank}, regularization {params.regularization:g}, alpha {params.alpha:g}, seed {params.seed}",
    f"words read by {space.name}" if space else "", dataset.note,
)  # fmt: skip
