"""A layer study in, pictures out: how each way ranks new items, agrees with WALS, spreads its vectors; the mixes."""

from collections.abc import Sequence

import plotly.graph_objects as go

from textrec_core.evaluate.intervals import Interval
from textrec_core.evaluate.layers import COUNTED, LAYER, MEAN, MIX, POOLER, LayerStudy, Mixed, Way
from textrec_core.figures.charts import BEHAVIOUR, CROWD, QUIET, WORDS
from textrec_core.figures.literal import plotly as literal

# Okabe and Ito's, one for each kind of way; the pooler is grey because nothing taught it.
COLOURS = {LAYER: WORDS, MEAN: BEHAVIOUR, MIX: CROWD, POOLER: QUIET, COUNTED: "#E69F00"}


def new_items(study: LayerStudy) -> go.Figure:
    """Each way's mean on new items with its interval, the best on top; counted words as a line across."""
    figure = _dots(study.ways, [way.new_items.value for way in study.ways])
    counted = study.counted.new_items.value.mean
    return _line(figure, counted, f"counted words {counted:.3f}", f"NDCG@{study.listed}, 95 % interval")


def agreement(study: LayerStudy) -> go.Figure:
    """Each way's shared neighbours with WALS, in the order of the first picture; chance as a line across."""
    figure = _dots(study.ways, [way.agrees for way in study.ways])
    figure.update_xaxes(tickformat=".1~%")
    return _line(figure, study.chance, f"chance {study.chance:.1%}", "shared with WALS, 95 % interval")


def mixes(found: Sequence[Mixed]) -> go.Figure:
    """The share of every layer in each learned mix."""
    figure = go.Figure()
    for mix, colour in zip(found, (CROWD, WORDS), strict=False):
        figure.add_bar(
            x=[f"layer {layer}" for layer in mix.layers], y=list(mix.shares), name=literal(mix.name),
            marker_color=colour, text=[f"{share:.0%}" for share in mix.shares], hovertemplate="%{x}: %{y:.1%}",
        )  # fmt: skip
    figure.update_layout(barmode="group", legend={"orientation": "h", "y": -0.25}, height=300)
    figure.update_layout(margin={"l": 8, "r": 8, "t": 12, "b": 8}, showlegend=True)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.08], title="share of the mix", automargin=True)
    return figure


def cosines(study: LayerStudy) -> go.Figure:
    """The mean cosine of two random items before and after what all share is taken off."""
    ways = study.ways[::-1]
    names = [literal(way.name) for way in ways]
    figure = go.Figure()
    for way, name in zip(ways, names, strict=True):
        figure.add_scatter(
            x=[way.cosine, way.after], y=[name, name], mode="lines", line={"color": QUIET, "width": 2},
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    for label, values, colour, symbol in (
        ("as the network gives them", [way.cosine for way in ways], BEHAVIOUR, "circle"),
        ("after post-processing", [way.after for way in ways], WORDS, "diamond"),
    ):
        figure.add_scatter(
            x=values, y=names, mode="markers", name=label, hovertemplate="%{y}: %{x:.3f}<extra></extra>",
            marker={"size": 11, "color": colour, "symbol": symbol},
        )  # fmt: skip
    figure.update_layout(legend={"orientation": "h", "y": -0.25}, height=150 + 28 * len(ways))
    figure.update_layout(margin={"l": 8, "r": 8, "t": 12, "b": 8})
    figure.update_xaxes(title="mean cosine of two items", automargin=True)
    figure.update_yaxes(automargin=True)
    return figure


def _dots(ways: Sequence[Way], values: Sequence[Interval]) -> go.Figure:
    figure = go.Figure()
    order = [literal(way.name) for way in ways][::-1]
    for kind in dict.fromkeys(way.kind for way in ways):
        mine = [(way, value) for way, value in zip(ways, values, strict=True) if way.kind == kind]
        figure.add_scatter(
            mode="markers", name=kind, y=[literal(way.name) for way, _value in mine],
            x=[value.mean for _way, value in mine], marker={"size": 12, "color": COLOURS[kind]},
            error_x={
                "array": [value.high - value.mean for _way, value in mine],
                "arrayminus": [value.mean - value.low for _way, value in mine],
            },
            hovertemplate="%{y}: %{x:.4f}<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(categoryorder="array", categoryarray=order)
    return figure


def _line(figure: go.Figure, at: float, words: str, x: str) -> go.Figure:
    rows = sum(len(trace.y) for trace in figure.data)
    right = at > max((max(trace.x) for trace in figure.data), default=at) / 2
    figure.add_vline(at, line={"color": QUIET, "dash": "dot"})
    figure.add_annotation(
        x=at, y=1.0, yref="paper", yanchor="bottom", text=words, showarrow=False, xanchor="right" if right else "center"
    )
    figure.update_layout(height=150 + 28 * rows, margin={"l": 8, "r": 8, "t": 28, "b": 8})
    figure.update_layout(legend={"orientation": "h", "y": -60 / (150 + 28 * rows) - 0.12}, showlegend=True)
    figure.update_xaxes(title=x, rangemode="tozero", automargin=True)
    figure.update_yaxes(automargin=True)
    return figure
