"""What the linked maps fetch from our own origin: the drawing library, and true distances to one item."""

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from pages.shared import cached

# The version is part of the address, so that a browser may keep the file for good.
PLOTLY_URL = f"/textrec/plotly-{version('plotly')}.min.js"


# Followed by the name of a space, a slash and a row.
DISTANCES_URL = "/textrec/cosines/"
# Followed by the name of what was drawn.
DRAWN_URL = "/textrec/drawn/"


def distances_route() -> Route:
    """The route that answers how near every item of a space is to one of them: cosines in the full space, as float32.

    NaN stands where either has no place.

    A space is asked for by its whole fingerprint, which only those know who hold the data.
    """

    def cosines(request: Request) -> Response:
        space, row = cached.space_named(request.path_params["space"]), request.path_params["row"]
        if space is None or row >= len(space.vectors):
            return Response(status_code=404)
        near = np.where(space.known & space.known[row], space.directions @ space.directions[row], np.nan)
        return Response(
            np.asarray(near, "<f4").tobytes(),
            media_type="application/octet-stream",
            headers={"Cache-Control": "private, max-age=3600"},
        )

    return Route(DISTANCES_URL + "{space}/{row:int}", cosines)


def drawn_route() -> Route:
    """The route that answers what maps are of and how they are painted, by their fingerprint."""

    def drawn(request: Request) -> Response:
        found = cached.drawings().of(request.path_params["name"])
        if found is None:
            return Response(status_code=404)
        return Response(
            found, media_type="application/json", headers={"Cache-Control": "private, max-age=3600, immutable"}
        )

    return Route(DRAWN_URL + "{name}", drawn)


def plotly_route() -> Route:
    """The route that ``st.App(routes=[...])`` needs once per server; nothing else of the wheel is reachable by it."""

    async def plotly_js(_request: Request) -> FileResponse:
        return FileResponse(
            plotly_js_path(),
            media_type="text/javascript",
            headers={"Cache-Control": "public, max-age=31536000, immutable"},
        )

    return Route(PLOTLY_URL, plotly_js)


def plotly_js_path() -> Path:
    """Where the wheel keeps plotly.js; found without importing plotly, which would cost memory and a second."""
    package = find_spec("plotly")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("plotly is not installed")
    return Path(package.submodule_search_locations[0]) / "package_data" / "plotly.min.js"
