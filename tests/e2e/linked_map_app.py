"""A page of its own for the browser test: linked maps behind the route and the strict policy of the product."""

import numpy as np
import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.shared.linked_map.assets import drawn_route, plotly_route
from pages.shared.linked_map.component import Items, Numbers, Picture, linked_map

# The hash admits the one inline loader script of Streamlit's own page.
POLICY = (
    "default-src 'self'; script-src 'self' blob: 'unsafe-eval' 'wasm-unsafe-eval' "
    "'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss: blob: data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)
HOSTILE = (
    "<img src=x onerror=window.__xss=1>",
    "<script>window.__xss=1</script>",
    "a<b & c>d",
    "$$x$$ $y$",
    '<a href="javascript:window.__xss=1">here</a>',
    "long " * 600,
)
GENRES = ("Documentary", "Drama", "Comedy", "Thriller", "Animation", "Science fiction")


class StrictPolicy:
    """Adds the Content-Security-Policy to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", POLICY.encode())]
            await send(message)

        await self.app(scope, receive, with_policy if scope["type"] == "http" else send)


def show() -> None:
    """Draw ``?n=`` points in six clusters, the hostile titles first, coloured by ``?colour=``."""
    st.set_page_config(page_title="Linked maps", layout="wide")
    count = int(st.query_params.get("n", "400"))
    random = np.random.default_rng(7)
    genre = random.integers(0, len(GENRES), count)
    taste = np.where(random.random(count) < 0.7, genre, random.integers(0, len(GENRES), count))
    angles = np.linspace(0, 2 * np.pi, len(GENRES), endpoint=False)
    words = 7 * np.c_[np.cos(angles), np.sin(angles)][genre] + random.normal(0, 1.5, (count, 2))
    behaviour = 6 * np.c_[np.sin(2 * angles), np.cos(angles)][taste] + random.normal(0, 1.9, (count, 2))
    behaviour[len(HOSTILE)] = np.nan
    titles = [*HOSTILE, *(f"{GENRES[genre[row]]} No. {row}" for row in range(len(HOSTILE), count))]
    by_name = st.query_params.get("colour", "name") == "name"
    if st.button("Run again"):
        st.write("Something above the maps")
    if st.button("Select three"):
        st.session_state["wanted"] = [3, 1, 2]
    rows = linked_map(
        Picture("What the words say", words.astype(np.float32), "RoBERTa vectors, UMAP. 61 % of neighbours kept."),
        Picture("What people do", behaviour.astype(np.float32), "WALS factors, UMAP. 54 % of neighbours kept."),
        Items(
            titles=titles,
            snippets=[f"<b>{title}</b>: a story about people, told slowly & well" for title in titles],
            colours=[GENRES[code] for code in genre] if by_name else Numbers(random.random(count), "agreement"),
            sizes=random.pareto(2.0, count),
            marks={"history": range(20, 28), "list": range(40, 46)},
            labels=[(0, *words[genre == code].mean(axis=0), GENRES[code]) for code in range(len(GENRES))]
            + [(1, 0.0, 0.0, "a<b & c>d <i>$$x$$</i>")] * ("hostile" in st.query_params),
        ),
        st.session_state.get("wanted", []),
        key="maps",
    )
    if "echo" in st.query_params:
        st.session_state["wanted"] = rows
    st.text(f"rows={rows}")


if get_script_run_ctx() is None:
    app = st.App(__file__, routes=[plotly_route(), drawn_route()], middleware=[Middleware(StrictPolicy)])
else:
    show()
