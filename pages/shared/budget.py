"""How much the server holds for one visit before the page has taken it; more is refused at the door."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.responses import PlainTextResponse
from streamlit.runtime import get_instance

from textrec_core.limits import LIMITS, MEBI

UPLOAD = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+$")
# Two uploaders, each with a file and the form around it.
BUDGET = 2 * (LIMITS.file_bytes + MEBI)


class UploadBudget:
    """Refuses a file that would have the server hold more for one visit than two uploaders can ask for."""

    def __init__(self, app: Any, held: Callable[[str], int], most: int = BUDGET) -> None:
        self.app, self.held, self.most = app, held, most
        self.coming: Counter[str] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything through but a file too many; its length must be said beforehand."""
        found = UPLOAD.search(scope.get("path", "")) if scope.get("method") == "PUT" else None
        if found is None:
            return await self.app(scope, receive, send)
        visit, length = found[1], dict(scope["headers"]).get(b"content-length", b"")
        if not length.isdigit():
            return await PlainTextResponse("Length required", 411)(scope, receive, send)
        if self.held(visit) + self.coming[visit] + int(length) > self.most:
            return await PlainTextResponse("This visit holds too many files already", 413)(scope, receive, send)
        self.coming[visit] += int(length)
        try:
            await self.app(scope, receive, send)
        finally:
            self.coming[visit] -= int(length)
            self.coming += Counter()


def held_bytes(visit: str) -> int:
    """What the server holds for one visit before the page has taken it."""
    storage = getattr(get_instance().uploaded_file_mgr, "file_storage", {})
    return sum(len(file.data) for file in storage.get(visit, {}).values())
