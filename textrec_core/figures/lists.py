"""Lists in, plotly figures out: how items change places."""

import textwrap
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from textrec_core.figures.charts import BEHAVIOUR, QUIET, WORDS
from textrec_core.figures.literal import plain
from textrec_core.figures.literal import plotly as literal

ROW = 30
# Both sides stand beside each other on a narrow page: two short lines a title, beside the room that a place takes.
WIDE, SIZE, PLACED = 20, 11, 38


def shifts(titles: Sequence[str], left: np.ndarray, right: np.ndarray, names: tuple[str, str], k: int) -> go.Figure:
    """A line for every item from its place in one list to its place in the other.

    An item that is not among the first k of a list ends below it, with its real place beside it.
    """
    figure = go.Figure()
    ends = [_ends(places, k) for places in (left, right)]
    for n, title in enumerate(titles):
        one, other = ends[0][n], ends[1][n]
        colour = QUIET if left[n] == right[n] else BEHAVIOUR if one > other else WORDS
        figure.add_scatter(
            x=[0, 1], y=[one, other], mode="lines+markers+text", line={"color": colour, "width": 2}, marker={"size": 7},
            text=[_said(left[n]), _said(right[n])], textposition=["middle left", "middle right"], textfont_size=SIZE,
            hovertext=f"{literal(title)}: {_said(left[n])} to {_said(right[n])}", hovertemplate="%{hovertext}<extra></extra>",
            cliponaxis=False,
        )  # fmt: skip
        for x, y, side, way in ((0, one, "right", -1), (1, other, "left", 1)):
            figure.add_annotation(
                x=x, y=y, text=_lines(title), align=side, xanchor=side, xshift=way * PLACED, showarrow=False, font_size=SIZE
            )  # fmt: skip
    rows = max([1.0, *ends[0], *ends[1]])
    figure.update_xaxes(range=[-1.6, 2.6], tickvals=[0, 1], ticktext=[literal(name) for name in names], side="top", showgrid=False, zeroline=False, fixedrange=True)  # fmt: skip
    figure.update_yaxes(range=[rows + 0.7, 0.3], visible=False, fixedrange=True)
    return figure.update_layout(height=60 + ROW * int(rows), margin={"l": 4, "r": 4, "t": 30, "b": 4}, showlegend=False)


def _ends(places: np.ndarray, k: int) -> np.ndarray:
    """Where each item is drawn: its place among the first k, below them in order where it stands lower."""
    drawn = np.asarray(places, float).copy()
    below = np.flatnonzero((places > k) | (places < 1))
    rank = np.where(places[below] < 1, np.inf, places[below])
    drawn[below[np.argsort(rank, kind="stable")]] = k + 1.5 + np.arange(below.size)
    return drawn


def _said(place: int) -> str:
    return f"{place:,}" if place > 0 else "chosen"


def _lines(title: str) -> str:
    """A title in two short lines at most."""
    return "<br>".join(literal(line) for line in textwrap.wrap(plain(title), WIDE, max_lines=2, placeholder="…"))
