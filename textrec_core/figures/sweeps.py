"""Sweeps, splits and comparisons in, plotly figures out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import plotly.graph_objects as go

from textrec_core.data.strips import HIDDEN, LEARNED, SHOWN, Strip
from textrec_core.evaluate.sweep import Cell, Sweep
from textrec_core.figures.charts import BEHAVIOUR, CROWD, QUIET, WORDS, calm
from textrec_core.figures.literal import plotly as literal

SCALE = "Cividis"


def named(params: Any, axes: Sequence[str]) -> str:
    """A configuration by what was varied."""
    return ", ".join(f"{name.replace('_', ' ')} {_short(getattr(params, name))}" for name in axes)


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def heat(sweep: Sweep, across: str, up: str, label: str) -> go.Figure:
    """The metric over two parameters; where others vary too, each square is the best over them."""
    best: dict[tuple[Any, Any], Cell] = {}
    for cell in sweep.finished:
        best.setdefault((getattr(cell.params, across), getattr(cell.params, up)), cell)
    columns, rows = (sorted({place[n] for place in best}) for n in range(2))
    grid = np.full((len(rows), len(columns)), np.nan)
    for (x, y), cell in best.items():
        grid[rows.index(y), columns.index(x)] = cell.value.mean
    figure = go.Figure(
        go.Heatmap(
            z=grid, colorscale=SCALE, texttemplate="%{z:.4f}" if grid.size <= 80 else None, xgap=2, ygap=2,
            colorbar={"title": label}, hoverinfo="skip",
        )
    )  # fmt: skip
    # Squares of a heat map cannot be picked; points upon them can, and frame the one that is.
    figure.add_scatter(
        x=[columns.index(x) for x, _y in best], y=[rows.index(y) for _x, y in best], mode="markers", showlegend=False,
        marker={"symbol": "square-open", "size": 44, "color": BEHAVIOUR, "line": {"width": 3}, "opacity": 0.0},
        selected={"marker": {"opacity": 1.0}}, unselected={"marker": {"opacity": 0.0}},
        customdata=[[f"{across} {_short(x)}, {up} {_short(y)}".replace("_", " "), cell.key, cell.value.mean] for (x, y), cell in best.items()],
        hovertemplate="%{customdata[0]}: %{customdata[2]:.4f}<extra></extra>",
    )  # fmt: skip
    # A click anywhere on a square is a click on its point.
    figure.update_layout(hoverdistance=-1)
    # By place, so that values that double from one to the next get equal room.
    figure.update_xaxes(tickvals=list(range(len(columns))), ticktext=[_short(x) for x in columns], showgrid=False)
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=[_short(y) for y in rows], showgrid=False)
    for cell, words in _marked(sweep):
        place = {"x": columns.index(getattr(cell.params, across)), "y": rows.index(getattr(cell.params, up))}
        figure.add_annotation(**place, text=words, yshift=20, showarrow=False, bgcolor="rgba(255,255,255,.85)", font={"size": 11, "color": "#111"})  # fmt: skip
    return calm(figure, height=140 + 66 * min(10, len(rows)), x=across.replace("_", " "), y=up.replace("_", " "))


def _marked(sweep: Sweep) -> list[tuple[Cell, str]]:
    if sweep.cheapest is sweep.best:
        return [(sweep.best, "best")]
    return [(sweep.best, "best"), (sweep.cheapest, "as good, cheaper")]


def parallel(sweep: Sweep, axes: Sequence[str], label: str) -> go.Figure:
    """One line a configuration through every parameter to the metric and what its lists hold beside hits."""
    cells = sweep.finished
    dimensions = []
    for name in axes:
        values = [getattr(cell.params, name) for cell in cells]
        known = sorted(set(values))
        # By place, so that values that double from one to the next do not crowd together.
        dimensions.append({"label": name.replace("_", " "), "values": [known.index(value) for value in values], "tickvals": _few(len(known)), "ticktext": [_short(known[n]) for n in _few(len(known))]})  # fmt: skip
    dimensions.append({"label": "seconds", "values": [cell.seconds for cell in cells]})
    dimensions += [{"label": name, "values": [cell.aside[name] for cell in cells]} for name in ("Coverage", "Novelty")]
    dimensions.append({"label": label, "values": [cell.value.mean for cell in cells]})
    figure = go.Figure(
        go.Parcoords(
            dimensions=dimensions,
            line={"color": [cell.value.mean for cell in cells], "colorscale": SCALE, "showscale": True},
        )
    )
    figure = calm(figure, height=380, top=48)
    figure.update_layout(margin={"l": 60, "r": 40, "b": 24})
    return figure


def _few(count: int, most: int = 9) -> list[int]:
    return sorted(set(np.linspace(0, count - 1, min(count, most)).astype(int).tolist()))


def trade(sweep: Sweep, axes: Sequence[str], label: str, other: str) -> go.Figure:
    """Each configuration by accuracy and by something else its lists should be; a line through those nothing beats in both."""
    cells = sweep.finished
    marked = dict((cell.key, words) for cell, words in _marked(sweep))
    across, up = np.array([cell.value.mean for cell in cells]), np.array([cell.aside[other] for cell in cells])
    # Less is better where the same few items would go to everybody.
    sign = -1.0 if other in ("Gini", "Popularity share") else 1.0
    front = [n for n in range(len(cells)) if not any((across > across[n]) & (sign * up >= sign * up[n]) | (across >= across[n]) & (sign * up > sign * up[n]))]  # fmt: skip
    figure = go.Figure()
    order = sorted(front, key=lambda n: across[n])
    figure.add_scatter(x=across[order], y=up[order], mode="lines", line={"color": QUIET, "dash": "dot"}, name="nothing is better in both", hoverinfo="skip")  # fmt: skip
    figure.add_scatter(
        x=across, y=up, mode="markers+text", showlegend=False, cliponaxis=False, text=[marked.get(cell.key, "") for cell in cells],
        # The two often lie close together.
        textposition=["top center" if cell is sweep.best else "bottom center" for cell in cells],
        error_x={"array": [cell.value.high - cell.value.mean for cell in cells], "arrayminus": [cell.value.mean - cell.value.low for cell in cells], "color": QUIET, "thickness": 0.7},
        marker={"size": 11, "color": [BEHAVIOUR if cell.key in marked else WORDS if n in front else QUIET for n, cell in enumerate(cells)]},
        customdata=[[named(cell.params, axes), cell.key] for cell in cells],
        hovertemplate=f"%{{customdata[0]}}<br>{literal(label)} %{{x:.4f}}, {other} %{{y:.3f}}<extra></extra>",
    )  # fmt: skip
    figure.update_layout(legend={"orientation": "h", "y": -0.25}, showlegend=True)
    return calm(figure, height=400, x=f"{label}, 95 % interval", y=other)


STATES = {LEARNED: WORDS, SHOWN: CROWD, HIDDEN: BEHAVIOUR}
SYMBOLS = {LEARNED: "square", SHOWN: "diamond", HIDDEN: "x"}


def strip(found: Strip, titles: Sequence[str]) -> go.Figure:
    """One row a person, their interactions in order, coloured by what becomes of them."""
    names = [literal(name, 18) for name in found.people]
    when: list[Any] = [datetime.fromtimestamp(int(t), UTC) for t in found.when] if found.timed else list(found.when + 1)
    figure = go.Figure()
    for state, colour in STATES.items():
        inside = np.flatnonzero(found.state == state)
        if inside.size:
            figure.add_scatter(
                x=[when[n] for n in inside], y=found.person[inside], mode="markers", name=state,
                marker={"size": 8, "symbol": SYMBOLS[state], "color": colour, "opacity": 0.85},
                customdata=[literal(titles[n], 60) for n in found.item[inside]], hovertemplate=f"%{{customdata}}: {state}<extra></extra>",
            )  # fmt: skip
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=names, showgrid=True)
    figure.update_layout(legend={"orientation": "h", "y": -0.2})
    return calm(
        figure, height=120 + 20 * len(names), x="when it happened" if found.timed else "in the order of the table"
    )
