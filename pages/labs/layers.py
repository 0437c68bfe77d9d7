"""Which layers of the encoder serve this data?"""

import streamlit as st

from pages.shared import cached, controls, labs, notices, session
from textrec_core.evaluate import layers
from textrec_core.evaluate.layers import LayersParams
from textrec_core.figures import layers as figures
from textrec_core.figures.literal import markdown
from textrec_core.models.wals import WalsParams
from textrec_core.text import encoder
from textrec_core.text.encoder import LSA, TextParams

st.title("Layers")
st.caption(
    "A RoBERTa reads a text layer by layer. Which of its layers should become the item's vector is measured here on your data: "
    "some items are hidden from every fit, and each way of reading ranks them for each person by their text alone."
)
dataset = session.dataset()
params, words = session.live(WalsParams, controls.fitting(dataset)), session.live(TextParams)
how = session.live(LayersParams, {"encoder": layers.in_use(words)})
with st.expander("Settings"), st.form("layers", border=False):
    names = [name for name in encoder.offered() if LSA not in name]
    wished = controls.tune(how, "layers", columns=2, offered={"encoder": names})
    if st.form_submit_button("Use these"):
        session.keep(wished)
        st.rerun()

ask = labs.layer_study(dataset, params, how)
study = cached.have(dataset, ask[0])
if study is None:
    own, _notes = layers.spoken(dataset, how.seed)
    spot = st.empty()
    if spot.button("Measure the layers", type="primary") or cached.worker().job(ask[0]) or session.cancelled(ask[0]):
        spot.empty()
        study = notices.made(dataset, ask)
    else:
        st.info(f"Not measured yet for this data and these settings. {layers.cost(own, how.encoder)}", icon=None)
        st.stop()

st.header("The advice, measured")
st.text(study.advice())
best, counted = study.ways[0], study.counted.new_items.value.mean
st.caption(
    f"Counting words (LSA), with no network at all, comes to {counted:.3f}; the best way of reading {markdown(study.encoder)} to {best.new_items.value.mean:.3f}."
)

st.header("New items, ranked from their text alone")
st.plotly_chart(figures.new_items(study), key="new-items", alt="NDCG of each way on hidden items with intervals")
notices.how_to_read(
    "how well each way of reading ranks items that no fit has seen, through a ridge projector.",
    "a bar clearly beyond the others and beyond counted words.",
    "intervals that overlap: these people cannot tell the ways apart.",
    "the layers that are read and the post-processing of the vectors, on Train.",
)

st.header("Neighbours shared with behaviour")
st.plotly_chart(figures.agreement(study), key="shared", alt="Neighbours each way shares with WALS, with intervals")
notices.how_to_read(
    f"of each item's {how.near} nearest in words, how many WALS names too; same order as above.",
    "far beyond the dotted line, which is chance.",
    "near the line: texts said alike are chosen by different people.",
    "the layers, and how many neighbours are compared.",
)

st.header("What the mixes learned")
st.plotly_chart(figures.mixes(study.mixes), key="mixes", alt="The share of every layer in each learned mix")
notices.how_to_read(
    "the share of each layer in a softmax mix, learned on items held out inside the teaching data, never on the hidden ones.",
    "one clear peak that also ranks well above.",
    "nearly equal shares: the layers say the same.",
    "over how many top layers the second mix goes.",
)
st.caption("To read with these shares, choose mix on Train and give one of these as shares, the lowest layer first:")
for mix in study.mixes:
    st.code(", ".join(f"{share:.4f}" for share in mix.shares), language=None)

st.header("How alike all texts look")
st.plotly_chart(figures.cosines(study), key="cosines", alt="Mean cosine of random pairs before and after post-processing")  # fmt: skip
notices.how_to_read(
    "the mean cosine of two items drawn at random, before and after what all texts share is taken off.",
    "near 0 after: unrelated texts look unrelated.",
    "near 1 before: without post-processing everything is near everything.",
    "the post-processing of the vectors, in the settings above.",
)

st.header("Everything as a table")
whole = max(way.seconds for way in study.ways)
st.dataframe(
    [
        {
            "Place": place or None,
            "Way": way.name,
            f"NDCG@{study.listed}": f"{way.new_items.value.mean:.4f}  ({way.new_items.value.low:.4f} to {way.new_items.value.high:.4f})",
            "Against the best": "the best" if place == 1 else f"{way.new_items.behind.mean:+.4f}" if way.new_items.distinguishable else "not distinguishable",
            "Shared with WALS": f"{way.agrees.mean:.1%}",
            "LogME": f"{way.logme:.3f}",
            "Cosine before": f"{way.cosine:.2f}",
            "Cosine after": f"{way.after:z.2f}",
            "Time to read": f"{way.seconds / whole:.0%}",
        }
        for place, way in [*enumerate(study.ways, 1), (0, study.counted)]
    ],
    hide_index=True,
)  # fmt: skip
notices.how_to_read(
    "each way's measurements; LogME guesses from vectors and factors alone which way should do best.",
    "LogME in the order of the measured score.",
    "another order: the guess would have misled; the measured score counts.",
    "the encoder, in the settings above.",
)
for note in study.notes:
    st.caption(markdown(note, 200))
notices.provenance(
    study.protocol, f"{study.people:,} people, {study.items:,} items with a text, 95 % bootstrap interval over people",
    f"{study.encoder}, {study.layers} layers, all read in one pass",
    f"time up to a way's highest layer, against {whole:,.1f} s for 100 texts by the whole network where this was measured",
    dataset.note,
)  # fmt: skip
