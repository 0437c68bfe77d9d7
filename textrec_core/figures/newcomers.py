"""What is measured of new items in, plotly figures out."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from textrec_core.evaluate.hidden import Point
from textrec_core.evaluate.intervals import Interval
from textrec_core.figures.charts import BEHAVIOUR, QUIET, WORDS
from textrec_core.figures.literal import plotly as literal

HALF = (0.5, 1.0)


def boosts(effects: Sequence[tuple[float, Interval, Interval, float]], chosen: float) -> go.Figure:
    """Accuracy among trained and among new items against the boost, and the share of places that new ones take."""
    x = [boost for boost, _warm, _new, _places in effects]
    figure = go.Figure()
    for name, colour, values in (
        ("items of the data", BEHAVIOUR, [warm for _b, warm, _n, _p in effects]),
        ("new items", WORDS, [new for _b, _w, new, _p in effects]),
    ):
        figure.add_scatter(
            x=x, y=[value.mean for value in values], name=name, mode="lines+markers", line={"color": colour},
            error_y={"type": "data", "symmetric": False, "array": [value.high - value.mean for value in values],
                     "arrayminus": [value.mean - value.low for value in values], "thickness": 1},
        )  # fmt: skip
    figure.add_scatter(
        x=x, y=[places for _b, _w, _n, places in effects], name="share of places that are new", mode="lines",
        line={"color": QUIET, "dash": "dot"}, yaxis="y2",
    )  # fmt: skip
    figure.add_vline(x=chosen, line_dash="dash", line_color=QUIET)
    figure.update_xaxes(title="new-item boost")
    return figure.update_layout(
        height=300, margin={"l": 4, "r": 4, "t": 8, "b": 4}, legend={"orientation": "h", "y": -0.28},
        yaxis={"title": "NDCG@10", "rangemode": "tozero"},
        yaxis2={"overlaying": "y", "side": "right", "range": [0, 1.02], "tickvals": [0, 0.5, 1], "tickformat": ".0%", "showgrid": False},
    )  # fmt: skip


def curve(points: Sequence[Point], listed: int) -> go.Figure:
    """Accuracy on hidden items against how many items taught the projector."""
    values = [point.value for point in points]
    figure = go.Figure()
    figure.add_scatter(
        x=[point.items for point in points], y=[value.mean for value in values], mode="lines+markers", line={"color": WORDS},
        showlegend=False,
        error_y={"type": "data", "symmetric": False, "array": [value.high - value.mean for value in values],
                 "arrayminus": [value.mean - value.low for value in values], "thickness": 1},
    )  # fmt: skip
    figure.update_xaxes(title="items that teach")
    figure.update_yaxes(title=f"NDCG@{listed}", rangemode="tozero")
    return figure.update_layout(height=280, margin={"l": 4, "r": 4, "t": 8, "b": 4})


def found(places: np.ndarray, items: np.ndarray, values: np.ndarray, titles: np.ndarray) -> go.Figure:
    """All items in grey, the hidden ones coloured by how well their people were found."""
    figure = go.Figure()
    figure.add_scatter(
        x=places[:, 0], y=places[:, 1], mode="markers", marker={"size": 4, "color": QUIET, "opacity": 0.35}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=places[items, 0], y=places[items, 1], mode="markers", showlegend=False,
        text=[f"{literal(titles[item])}: {value:.0%}" for item, value in zip(items, values, strict=True)],
        hovertemplate="%{text}<extra></extra>",
        marker={"size": 10, "color": values, "cmin": HALF[0], "cmax": HALF[1], "colorscale": "Viridis",
                "colorbar": {"title": "found", "tickformat": ".0%"}},
    )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure.update_layout(height=380, margin={"l": 4, "r": 4, "t": 8, "b": 4})
