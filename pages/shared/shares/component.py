"""The shares of a score in, their waterfall on the page out: a table that is read aloud as one."""

from dataclasses import asdict
from pathlib import Path

import pandas as pd
import streamlit as st

from textrec_core.figures.charts import BEHAVIOUR, QUIET, WORDS
from textrec_core.figures.shares import bars

_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "textrec_shares",
    html="<table><caption></caption><tbody></tbody></table>",
    css=(_HERE / "shares.css").read_text("utf-8"),
    js=(_HERE / "shares.js").read_text("utf-8"),
)


def shares(reasons: pd.DataFrame, total: float, key: str, alt: str) -> None:
    """Draw what each past choice gave to a score, and the sum they come to."""
    drawn, zero = bars([str(label) for label in reasons["Because of"]], list(reasons["Share"]), total)
    colours = {"more": BEHAVIOUR, "less": WORDS, "sum": QUIET}
    _mount(key=key, data={"alt": alt, "bars": [asdict(bar) for bar in drawn], "zero": zero, "colours": colours})
