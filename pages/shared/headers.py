"""What the server says with every answer, and the few files it serves beside the pages."""

from typing import Any

from starlette.middleware import Middleware

from pages.shared.budget import UploadBudget, held_bytes
from pages.shared.linked_map.assets import distances_route, drawn_route, plotly_route
from pages.shared.origin import NamesTheOrigin, first_page_route, look_route, origin_route

POLICY = "; ".join(
    (
        "default-src 'self'",
        # The second source is the page's own loader, by its content.
        "script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA=' blob: 'unsafe-eval' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: blob: data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]


class SecurityHeaders:
    """Adds the headers to every HTTP answer."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything through, headers added on the way out."""

        async def named(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await self.app(scope, receive, named if scope["type"] == "http" else send)


MIDDLEWARE = [Middleware(SecurityHeaders), Middleware(NamesTheOrigin), Middleware(UploadBudget, held=held_bytes)]
ROUTES = [plotly_route(), drawn_route(), distances_route(), origin_route(), look_route(), first_page_route()]
