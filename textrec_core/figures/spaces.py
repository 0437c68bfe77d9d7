"""Two spaces in, pictures of how they meet out: clusters against clusters, probes."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from textrec_core.evaluate.probes import Probe
from textrec_core.figures.charts import BEHAVIOUR, QUIET, WORDS
from textrec_core.figures.literal import plotly as literal


def contingency(counts: np.ndarray, down: Sequence[str], across: Sequence[str]) -> go.Figure:
    """How many items lie in each cluster of words and each of behaviour; a click chooses them."""
    names = [[f"{n + 1}. {literal(name, 34)}" for n, name in enumerate(side)] for side in (down, across)]
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    figure = go.Figure(
        go.Heatmap(
            z=shares, x=names[1], y=names[0], xgap=2, ygap=2, showscale=False, zmin=0, zmax=max(0.01, float(shares.max())),
            # Half of the colour at most, so that the page's own text can be read on it, light or dark.
            colorscale=[[0, "rgba(138,143,152,0.06)"], [1, "rgba(0,114,178,0.55)"]],
            hoverinfo="skip",
        )
    )  # fmt: skip
    # A heat map cannot be chosen from; a marker in each cell can, and is what the pointer meets.
    rows, columns = (side.ravel() for side in np.indices(counts.shape))
    told = [f"{counts[r, c]} items, {shares[r, c]:.0%} of the row" for r, c in zip(rows, columns, strict=True)]
    figure.add_trace(
        go.Scatter(
            x=[names[1][n] for n in columns], y=[names[0][n] for n in rows], hovertext=told, mode="markers+text",
            text=[f"{counts[r, c]}" if counts[r, c] else "" for r, c in zip(rows, columns, strict=True)],
            customdata=np.c_[rows, columns].tolist(), showlegend=False, unselected={"textfont": {"color": QUIET}},
            hovertemplate="words: %{y}<br>people: %{x}<br>%{hovertext}<extra></extra>",
            marker={"size": 24, "opacity": 0, "symbol": "square"},
        )
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", title="clusters of words", automargin=True, showgrid=False)
    figure.update_xaxes(title="clusters of behaviour", automargin=True, tickangle=35, showgrid=False)
    figure.update_layout(height=190 + 30 * counts.shape[0], margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False)
    return figure


def probes(rows: Sequence[Probe], words: str) -> go.Figure:
    """What each space foretells, with 95 % intervals over items; a bar where knowing nothing would stand."""
    figure = go.Figure()
    for space in dict.fromkeys(row.space for row in rows):
        for method, symbol in (("nearest", "circle"), ("linear", "diamond")):
            some = [row for row in rows if row.space == space and row.method == method]
            figure.add_scatter(
                x=[row.score.mean for row in some], y=[_target(row) for row in some], mode="markers", orientation="h",
                name=f"{'words' if space == words else literal(space)}, {method}",
                marker={"color": WORDS if space == words else BEHAVIOUR, "symbol": symbol, "size": 9},
                error_x={
                    "array": [row.score.high - row.score.mean for row in some],
                    "arrayminus": [row.score.mean - row.score.low for row in some], "thickness": 1,
                },
                hovertemplate="%{y}: %{x:.2f}<extra>%{fullData.name}</extra>",
            )  # fmt: skip
    targets = list(dict.fromkeys((_target(row), row.blind) for row in rows))
    figure.add_scatter(
        x=[max(0.0, blind) for _name, blind in targets], y=[name for name, _blind in targets], mode="markers",
        name="knowing nothing", marker={"symbol": "line-ns-open", "size": 18, "color": QUIET},
        hovertemplate="%{y}: %{x:.2f} knowing nothing<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        height=170 + 52 * len(targets), margin={"l": 8, "r": 8, "t": 8, "b": 8}, scattermode="group",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    figure.update_yaxes(automargin=True, autorange="reversed", type="category")
    # Worse than half below blind guessing is drawn at the edge.
    lowest = max(-0.5, min([-0.05, *(row.score.low for row in rows)]) - 0.02)
    figure.update_xaxes(title="share guessed right, or R² for numbers", range=[lowest, 1.02], automargin=True)
    return figure


def _target(row: Probe) -> str:
    return literal(f"{row.target} ({'share right' if row.kind == 'value' else 'R²'})", 40)
