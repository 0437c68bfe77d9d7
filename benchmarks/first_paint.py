"""From the start of a fresh server to the first heading and the first list, in a real browser."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from benchmarks.real_data import ROOT
from benchmarks.rows import Row, alone

REPEATS, WARM, SECONDS = 3, 3, 120
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def rows() -> list[Row]:
    """Cold: the first page of a new server. Warm: new pages, each in a new profile, on the same server."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("playwright is not installed; first paint is skipped.")
        return []
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed; first paint is skipped.")
        return []
    health: list[float] = []
    painted: dict[str, list[tuple[float, float]]] = {"cold": [], "warm": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for _ in range(REPEATS):
            with served("app.py") as (address, seconds):
                health.append(seconds)
                painted["cold"].append(_open(browser, address))
                painted["warm"] += [_open(browser, address) for _ in range(WARM)]
        browser.close()
    found = [alone("server start to health", health, None, "first sample")]
    for kind, times in painted.items():
        headings, lists = zip(*times, strict=True)
        found.append(alone(f"page open to first heading, {kind}", headings, 3.0, "first sample"))
        found.append(alone(f"page open to first list, {kind}", lists, 10.0, "first sample"))
    return found


@contextlib.contextmanager
def served(script: str, by: tuple[str, ...] = ("-m", "streamlit")) -> Iterator[tuple[str, float]]:
    """A server of its own on a free port, started ``by`` these words; its address, and how long it took to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address, start = f"http://127.0.0.1:{port}", time.perf_counter()
    command = [sys.executable, *by, "run", script, f"--server.port={port}"]
    # The measured paths must not go through a proxy that the machine may have.
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "NO_PROXY": "127.0.0.1", "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        while not _healthy(address):
            if process.poll() is not None or time.perf_counter() - start > SECONDS:
                raise RuntimeError("the server did not start")
            time.sleep(0.02)
        yield address, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(20)


def _healthy(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _open(browser: Any, address: str) -> tuple[float, float]:
    """Seconds to the first heading and to the list beneath the second table's heading."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("h1").first.wait_for(timeout=SECONDS * 1000)
    heading = time.perf_counter() - start
    # The history is the first table, the list the second.
    page.locator('[data-testid="stDataFrame"] canvas').nth(1).wait_for(timeout=SECONDS * 1000)
    listed = time.perf_counter() - start
    context.close()
    return heading, listed
