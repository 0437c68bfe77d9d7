"""A server and a real Chromium for stories; a page that must end without an error or a foreign request."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as NotInTime

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


@contextmanager
def served(script: str) -> Iterator[str]:
    """The address of a server of its own that runs this script."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_until_answering(address, server)
            yield address
        finally:
            server.terminate()


def _wait_until_answering(address: str, server: subprocess.Popen, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert server.poll() is None, "the server ended"
        try:
            with urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except (URLError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all stories."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The dashboard itself."""
    with served("app.py") as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that must end without an error, a foreign request or a script of the data's own."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on("request", lambda asked: faults.append(asked.url) if not _is_own(asked.url, address) else None)
    yield page
    assert page.evaluate("window.__xss") is None
    assert faults == []
    page.close()


def _is_own(url: str, address: str) -> bool:
    return url.startswith((address, address.replace("http", "ws"), f"blob:{address}", "data:"))


def unfold(page: Page, label: str) -> Locator:
    """Open a picker; a page that is still being drawn may close it again."""
    box = page.get_by_role("combobox", name=label)
    for _ in range(6):
        box.click()
        try:
            page.get_by_role("option").first.wait_for(timeout=5_000)
        except NotInTime:
            page.keyboard.press("Escape")
        else:
            return box
    raise AssertionError(f"{label} never opened")


def drag(page: Page, side: int, corners: list[tuple[float, float]]) -> None:
    """Draw a line over one of the maps, corners in shares of its width and height."""
    box = page.locator(".lm-map").nth(side).bounding_box()
    assert box is not None
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=5)
    page.mouse.up()
