"""The app with some data as its first sample and everything trained, and how long a click in Chromium takes there."""

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.first_paint import QUIET, SECONDS, served
from pages.shared import cached
from textrec_core.data import samples
from textrec_core.data.dataset import Dataset
from textrec_core.share import shelf

# From the click itself until another heading stands there, and until the last thing changed on the page, a while of rest behind
# it; each once it is painted. What a table drawn on a canvas says to those who do not see it follows later.
REST = 1_200
WATCH = """rest => { window.answered = new Promise(resolve => {
  const headings = () => [...document.querySelectorAll("h2")].map(one => one.textContent).join();
  const seen = ({ target }) => !(target.parentElement?.closest("canvas") ?? target.closest?.("canvas"));
  const before = headings();
  let start = null, named = null, wait;
  const watch = new MutationObserver(changes => changes.some(seen) && requestAnimationFrame(() => {
    if (start === null) return;
    const passed = (performance.now() - start) / 1000;
    if (named === null && headings() !== before) named = passed;
    clearTimeout(wait);
    wait = setTimeout(() => { watch.disconnect(); resolve([named, passed]); }, rest);
  }));
  document.addEventListener("click", () => { start = performance.now(); }, { capture: true, once: true });
  watch.observe(document.querySelector("[data-testid=stMain]"), { attributes: true, childList: true, characterData: true, subtree: true });
}); }"""


@contextlib.contextmanager
def visited(module: str, results: list[Any], address: str) -> Iterator[Any]:
    """A page at rest on a server of its own, which ``module`` starts by ``serve``; None where there is no browser."""
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        print("Chromium or playwright is not installed; what a browser would show is skipped.")
        yield None
        return
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        for one in results:
            shelf.write(Path(folder) / f"{one.fingerprint}.npz", one)
        with served("app.py", ("-m", module, folder)) as (server, _start):
            browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.goto(f"{server}/{address}")
            page.get_by_role("heading", name="would get").wait_for(timeout=SECONDS * 1000)
            at_rest(page)
            yield page
            browser.close()


def at_rest(page: Any) -> None:
    """Wait until nothing runs and nothing is waited for."""
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
        " && !document.querySelector('[data-testid=stProgress]')",
        timeout=SECONDS * 1000,
    )


def clicked(page: Any, target: Any) -> tuple[float | None, float]:
    """Seconds from a click to another heading, if there is one, and to the whole answer, by the browser's own clock."""
    at_rest(page)
    page.evaluate(WATCH, REST)
    target.click()
    named, whole = page.evaluate("window.answered")
    return named, whole


def serve(make: Callable[[], Dataset | None], folder: str, command: list[str]) -> None:
    """Be the server: this dataset first, and what lies in the folder already made."""
    from streamlit.web import cli

    dataset = make()
    assert dataset is not None
    samples.load = lambda _name: dataset  # type: ignore[assignment]
    for file in Path(folder).glob("*.npz"):
        found = shelf.load(Path(folder), file.stem)
        assert found is not None
        cached.worker().keep(file.stem, found)
    sys.argv = ["streamlit", *command]
    cli.main()
