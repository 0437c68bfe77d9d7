"""What a Dataset looks like, drawn: its months, the lengths of its texts, its weights."""

import numpy as np
import plotly.graph_objects as go

from textrec_core.figures.charts import QUIET

BARS = 40


def months(first: np.ndarray, events: np.ndarray) -> go.Figure:
    """Interactions in each month."""
    bars = go.Bar(x=first.astype("datetime64[D]").astype(str), y=events, marker_color=QUIET)
    bars.hovertemplate = "%{x|%B %Y}: %{y:,}<extra></extra>"
    return _still(go.Figure(bars), "month", "interactions")


def lengths(words: np.ndarray) -> go.Figure:
    """Texts by their number of words; the longest hundredth stands in the last bar."""
    filled = words[words > 0]
    end = max(1, int(np.ceil(np.quantile(filled, 0.99)))) if filled.size else 1
    counts, edges = np.histogram(np.minimum(filled, end), bins=min(BARS, end), range=(0.5, end + 0.5))
    bars = go.Bar(x=(edges[:-1] + edges[1:]) / 2, y=counts, width=np.diff(edges), marker_color=QUIET)
    bars.hovertemplate = "about %{x:.0f} words: %{y:,} items<extra></extra>"
    return _still(go.Figure(bars), "words in the text", "items")


def weights(values: np.ndarray) -> go.Figure:
    """Interactions by weight: every weight its own bar where there are few, else in equal steps of the logarithm."""
    kinds, counts = np.unique(values, return_counts=True)
    if kinds.size > BARS:
        edges = np.geomspace(kinds[0], kinds[-1], BARS + 1)
        counts, _ = np.histogram(values, bins=edges)
        kinds = np.sqrt(edges[:-1] * edges[1:])
    bars = go.Bar(x=[f"{kind:g}" for kind in kinds], y=counts, marker_color=QUIET)
    bars.hovertemplate = "weight %{x}: %{y:,}<extra></extra>"
    figure = _still(go.Figure(bars), "weight", "interactions")
    figure.update_xaxes(type="category")
    return figure


def _still(figure: go.Figure, x: str, y: str) -> go.Figure:
    figure.update_layout(height=220, margin={"l": 8, "r": 8, "t": 12, "b": 8}, showlegend=False, bargap=0.08)
    figure.update_xaxes(title=x, automargin=True)
    figure.update_yaxes(title=y, automargin=True)
    return figure
