"""The drawing library for the linked maps: the file inside the plotly wheel in, a route of our own origin out."""

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

# The version is part of the address, so that a browser may keep the file for good.
PLOTLY_URL = f"/textrec/plotly-{version('plotly')}.min.js"


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
