"""What every document says first: where the server lies, which tab asks, and how the pages look beyond what a theme can say.

Untold, Streamlit's frontend looks for the server below a page's own path first.
"""

from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

STYLE = Path(__file__).parents[2] / "assets" / "style"
TAG = b'<head><script src="./textrec/origin.js"></script><link rel="stylesheet" href="./textrec/look.css">'
TAB = "textrec_tab"
# A tab keeps its name until it is closed. All tabs share the cookie, so each says it at the moment of connecting.
SCRIPT = """{
  const base = new URL("..", document.currentScript.src).href;
  window.__streamlit = { BACKEND_BASE_URL: base, MAIN_PAGE_BASE_URL: base };
  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");
  const name = sessionStorage.getItem("TAB") || random();
  sessionStorage.setItem("TAB", name);
  window.WebSocket = class extends WebSocket {
    constructor(...where) {
      document.cookie = `TAB=${name}; path=/; SameSite=Strict`;
      super(...where);
    }
  };
}
""".replace("TAB", TAB)


def origin_route() -> Route:
    """The script that computes the address from its own, so that it holds below any prefix too."""

    async def origin_js(_request: Request) -> Response:
        return Response(SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    return Route("/textrec/origin.js", origin_js)


def look_route() -> Route:
    """The few rules of style that no setting of Streamlit covers."""

    async def look_css(_request: Request) -> FileResponse:
        return FileResponse(STYLE / "look.css", media_type="text/css", headers={"Cache-Control": "no-cache"})

    return Route("/textrec/look.css", look_css)


def first_page_route() -> Route:
    """The first page stands at the root; whoever asks for it by its name is sent there, with all that the link holds."""

    async def to_root(request: Request) -> Response:
        return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")

    return Route("/person", to_root)


class NamesTheOrigin:
    """Puts the script first into the one HTML document that the frontend consists of."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything through but a document, which is small and waits until it is whole."""
        asks = scope["type"] == "http" and scope.get("method") == "GET"
        if not asks or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: dict[str, Any] = {}
        body = bytearray()

        async def gathered(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            headers = MutableHeaders(raw=list(start.get("headers", [])))
            document = bytes(body)
            if headers.get("content-type", "").startswith("text/html"):
                document = document.replace(b"<head>", TAG, 1)
                headers["content-length"] = str(len(document))
            await send({**start, "headers": headers.raw})
            await send({"type": "http.response.body", "body": document})

        await self.app({**scope, "headers": plain}, receive, gathered)
