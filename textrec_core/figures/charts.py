"""Values in, plotly figures out; one colour for each voice everywhere."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from textrec_core.evaluate.board import Row
from textrec_core.figures.literal import plotly as literal
from textrec_core.models.objective import Loss

# Okabe and Ito's colours, told apart by every kind of eye.
WORDS, CROWD, BEHAVIOUR, QUIET = "#0072B2", "#009E73", "#D55E00", "#8A8F98"
# Intervals: seen on a light and on a dark page alike; plotly's own are black on both.
SPREAD = "#7A7F87"


def losses(parts: Sequence[Loss]) -> go.Figure:
    """The loss by part after each sweep, stacked to the total."""
    sweeps = list(range(1, len(parts) + 1))
    figure = go.Figure()
    for name, values, colour in (
        ("misfit on what was chosen", [part.chosen for part in parts], BEHAVIOUR),
        ("misfit on what was not", [part.unchosen for part in parts], WORDS),
        ("penalty on large factors", [part.penalty for part in parts], QUIET),
    ):
        figure.add_scatter(x=sweeps, y=values, name=name, stackgroup="all", line={"color": colour, "width": 1})
    figure.update_layout(legend={"orientation": "h", "y": -0.25})
    return calm(figure, height=320, x="sweep", y="loss")


VOICES = {"WALS": BEHAVIOUR, "Text profile": WORDS, "Popularity": CROWD}


def board(rows: Sequence[Row], label: str) -> go.Figure:
    """Each model's mean with its 95 % interval over people, the best on top."""
    rows = rows[::-1]
    figure = go.Figure(
        go.Scatter(
            y=[literal(row.model) for row in rows],
            x=[row.value.mean for row in rows],
            error_x={
                "array": [row.value.high - row.value.mean for row in rows],
                "arrayminus": [row.value.mean - row.value.low for row in rows],
                "color": SPREAD,
            },
            mode="markers",
            marker={"size": 12, "color": [VOICES.get(row.model, QUIET) for row in rows]},
            hovertemplate="%{y}: %{x:.4f}<extra></extra>",
        )
    )
    figure.update_xaxes(rangemode="tozero")
    return calm(figure, height=120 + 34 * len(rows), x=f"{label}<br>mean over people, 95 % interval")


def curves(lengths: Sequence[int], models: Sequence[str], values: np.ndarray, label: str, k: int) -> go.Figure:
    """One line a model: the metric's mean against how long the list is; a mark at the length in use."""
    dashes, palette = ("solid", "dash", "dot", "dashdot"), ("#CC79A7", "#E69F00", "#56B4E9", "#8A8F98")
    figure = go.Figure()
    others = [model for model in models if model not in VOICES]
    for model, line in zip(models, values, strict=True):
        place = others.index(model) if model in others else 0
        colour = VOICES.get(model, palette[place % len(palette)])
        figure.add_scatter(
            x=list(lengths), y=line, name=literal(model), mode="lines+markers",
            line={"color": colour, "width": 2, "dash": "solid" if model in VOICES else dashes[1 + place // len(palette)]},
            marker={"size": 5},
            hovertemplate="%{y:.4f} at %{x}",
        )  # fmt: skip
    figure.add_vline(x=k, line={"color": QUIET, "dash": "dot"})
    figure.update_xaxes(type="log", tickvals=list(lengths), ticktext=[str(n) for n in lengths])
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(legend={"orientation": "h", "y": -0.25}, hovermode="x unified")
    return calm(figure, height=380, x="items in the list (log)", y=label)


def overlaps(values: np.ndarray, chance: float, ceiling: float | None, k: int) -> go.Figure:
    """How many items agree how much, with what chance and the model itself would give."""
    shares_, counts = np.unique(np.round(values[~np.isnan(values)], 6), return_counts=True)
    figure = go.Figure(
        go.Bar(
            x=shares_,
            y=counts,
            marker_color=QUIET,
            width=0.8 / k,
            hovertemplate="%{y} items share %{x:.0%}<extra></extra>",
        )
    )
    marks = [("chance", chance, CROWD), ("mean", float(np.nanmean(values)), BEHAVIOUR)]
    if ceiling is not None:
        marks.append(("WALS, other seeds", ceiling, WORDS))
    for place, (name, value, colour) in enumerate(marks):
        figure.add_vline(value, line={"color": colour, "dash": "dot"})
        figure.add_annotation(
            x=value,
            y=1.02 + 0.09 * place,
            yref="paper",
            text=f"{name} {value:.1%}",
            showarrow=False,
            yanchor="bottom",
            xanchor="left" if value < 0.6 else "right",
        )
    figure.update_xaxes(tickformat=".0%", range=[-0.05, 1.05], fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    # Dragging sideways takes the items of a range.
    figure.update_layout(dragmode="select", selectdirection="h")
    return calm(figure, height=300, x=f"share of the {k} nearest that both spaces name", y="items", top=60)


def long_tail(counts: np.ndarray, noun: str, other: str) -> go.Figure:
    """How many of ``other`` each ``noun`` has, from most to least."""
    ordered = np.sort(counts)[::-1]
    picked = np.unique(np.geomspace(1, max(1, ordered.size), 200).astype(int)) - 1
    figure = go.Figure(go.Scatter(x=picked + 1, y=ordered[picked], mode="lines", line={"color": QUIET}, fill="tozeroy"))
    figure.update_xaxes(type="log")
    return calm(figure, height=240, x=f"{noun}, most first (log)", y=other)


def calm(figure: go.Figure, height: int, x: str = "", y: str = "", top: int = 12) -> go.Figure:
    """The one frame of every chart: narrow margins, named axes, a legend only where there is more than one thing."""
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": top, "b": 8}, showlegend=len(figure.data) > 1)
    figure.update_xaxes(title=x, automargin=True)
    figure.update_yaxes(title=y, automargin=True)
    return figure
