"""What a server does before its first visitor: load what the first page needs, start the worker."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from streamlit.runtime.pages_manager import PagesManager

from pages.shared import cached
from textrec_core.text import hub
from textrec_core.work import threads


def load() -> None:
    """Import the charts, read the first sample and its results, start the worker."""
    import textrec_core.figures.charts
    import textrec_core.people.tables  # noqa: F401

    threads.one_each()
    hub.clear()
    cached.load_ahead()
    # Loaded modules never become garbage; looking through them at every run costs most of a run.
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Begin loading when the server starts, without holding up its first answer."""
    # Streamlit takes a folder of this name for its older kind of pages until the first script has run, and then tells
    # whoever follows a link first that the page does not exist.
    PagesManager.uses_pages_directory = False
    loading = asyncio.create_task(asyncio.to_thread(load))
    yield
    loading.cancel()
    cached.worker().stop()
