"""Which configuration, and how good is it on what it has not seen?"""

import streamlit as st

from pages.shared import cached, controls, notices, session
from textrec_core.evaluate.board import BoardParams
from textrec_core.figures import charts
from textrec_core.figures.literal import markdown
from textrec_core.models.wals import WalsParams
from textrec_core.text.encoder import TextParams

st.title("Train")
dataset = session.dataset()
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)

st.caption("Nothing changes until you press Train; every page then shows the new model.")
with st.form("settings", border=True):
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Behaviour: WALS")
        wished = controls.tune(params, "wals", highest={"rank": min(512, *dataset.matrix.shape)})
    with right:
        st.subheader("Words")
        read = controls.tune(words, "text")
    pressed = st.form_submit_button("Train", type="primary")
if pressed:
    session.keep(wished, read)
    st.rerun()

fit = notices.made(dataset, cached.factors(dataset, params))
space = notices.made(dataset, cached.text_space(dataset, words)) if dataset.has_texts else None

st.subheader("How training went")
parts = fit.losses
change = (parts[-2].total - parts[-1].total) / parts[-1].total if len(parts) > 1 else 0.0
st.text(f"After {len(parts)} sweeps the loss is {parts[-1].total:,.0f}; the last sweep lowered it by {change:.2%}.")
st.plotly_chart(charts.losses(parts), key="losses", alt="The loss by part after each sweep")
notices.how_to_read(
    "what training makes smaller, by part, after each sweep.",
    "a curve that has gone flat.",
    "a curve still falling at the end.",
    "iterations; then regularization, which trades the parts against each other.",
)
if dataset.interactions > 20_000:
    st.caption("Above 20,000 interactions the first part is estimated from 20,000 drawn at random.")

st.subheader("How good it is on hidden items")
with st.container(border=True):
    st.caption(
        "Some of each person's items are hidden, every model is trained on the rest, and all unseen items are ranked. Not the model above: that one has seen everything."
    )
    how = controls.tune(session.live(BoardParams), "board")
    ask = cached.measurement(dataset, params, how, space)
    found = cached.have(dataset, ask[0])
    if found is None and (st.button("Measure", type="primary") or cached.worker().job(ask[0])):
        found = notices.made(dataset, ask)
if found is None:
    st.info("Not measured yet for this data, these parameters and this split.", icon=None)
    st.stop()
st.plotly_chart(charts.board(found, how.k), key="board", alt="NDCG of each model with its interval")
st.dataframe(
    [
        {
            "Model": row.model,
            f"NDCG@{how.k}": f"{row.ndcg.mean:.4f}  ({row.ndcg.low:.4f} to {row.ndcg.high:.4f})",
            "Recall@20": f"{row.recall.mean:.4f}  ({row.recall.low:.4f} to {row.recall.high:.4f})",
            "Against the best": "the best"
            if row is found.rows[0]
            else f"{row.behind.mean:+.4f}"
            if row.distinguishable
            else "not distinguishable",
        }
        for row in found.rows
    ],
    hide_index=True,
)
notices.how_to_read(
    "how high the hidden items stand in each model's lists, averaged over people.",
    "WALS clearly right of popularity.",
    "overlapping intervals: these people cannot tell the models apart.",
    "alpha and regularization first, rank last.",
)
notices.provenance(
    found.protocol, f"{found.people:,} people, 95 % bootstrap interval over people, one split",
    f"rank {params.rank}, regularization {params.regularization:g}, alpha {params.alpha:g}, seed {params.seed}",
    f"words read by {markdown(space.name)}" if space else "", dataset.note,
)  # fmt: skip
