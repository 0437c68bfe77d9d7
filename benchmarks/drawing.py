"""The linked maps in a real browser: how soon they are drawn, how much is sent, and how soon a choice is highlighted."""

import shutil
from typing import Any

from benchmarks.rows import Row, alone
from pages.shared.linked_map.assets import DRAWN_URL

SELECTED, LARGE, REPEATS, SECONDS = 10_000, 100_000, 5, 120
# From the moment the button goes up to the frame in which both maps show the choice.
WATCH = """() => {
    window.__took = undefined;
    document.addEventListener('mouseup', () => {
        const start = performance.now();
        const seen = new MutationObserver(() => {
            seen.disconnect();
            requestAnimationFrame(() => requestAnimationFrame(() => { window.__took = (performance.now() - start) / 1000; }));
        });
        seen.observe(document.querySelector('.lm-status'), { childList: true });
    }, { capture: true, once: true });
}"""
TASKS = """() => {
    window.__longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => { window.__longest = Math.max(window.__longest, duration); }))
        .observe({ type: 'longtask', buffered: true });
}"""


def rows() -> list[Row]:
    """Seconds in Chromium with software drawing; the payload is all that came over the wire until the first picture."""
    try:
        from playwright.sync_api import sync_playwright

        from benchmarks.first_paint import served
    except ImportError:
        print("playwright is not installed; drawing is skipped.")
        return []
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed; drawing is skipped.")
        return []
    found: list[Row] = []
    with sync_playwright() as playwright, served("benchmarks/drawing_app.py") as (address, _seconds):
        browser = playwright.chromium.launch(executable_path=chromium, args=list(GL))
        for items in (SELECTED, LARGE):
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            first, sent = _open(page, f"{address}/?n={items}")
            longest = page.evaluate("window.__longest") / 1000
            page.evaluate("window.__longest = 0")
            took = [_select(page, turn) for turn in range(REPEATS)]
            choosing = page.evaluate("window.__longest") / 1000
            data = f"{items:,} items, {page.evaluate('document.querySelector(`.lm-plot`).data[0].x.length'):,} drawn"
            found += [
                alone("maps: page open to first picture", [first], None, data, None, f"{sent / 1e6:.1f} MB sent"),
                alone("maps: lasso to highlighted", took, 0.5 if items == SELECTED else None, data),
                alone("maps: longest task until the first picture", [longest], None, data),
                alone("maps: longest task while choosing", [choosing], 0.2 if items == SELECTED else None, data),
            ]
            page.close()
        browser.close()
    return found


GL = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)  # fmt: skip


def _open(page: Any, address: str) -> tuple[float, int]:
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    page.on(
        "response",
        lambda got: sizes.append(int(got.headers.get("content-length", 0))) if DRAWN_URL in got.url else None,
    )
    page.add_init_script(f"({TASKS})()")
    page.goto(address, wait_until="commit")
    page.wait_for_function(
        "document.querySelector('.lm-status')?.textContent && !document.querySelector('.linked-map').inert",
        timeout=SECONDS * 1000,
    )
    seconds = page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() / 1000))))"
    )
    return seconds, sum(sizes)


def _select(page: Any, turn: int) -> float:
    """A lasso around a part of the first map, another one each time."""
    box = page.locator(".lm-map").first.bounding_box()
    low, high = 0.2 + 0.02 * turn, 0.7 + 0.02 * turn
    corners = [(low, low), (high, low), (high, high), (low, high), (low, low + 0.02)]
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    page.evaluate(WATCH)
    page.mouse.up()
    page.wait_for_function("window.__took !== undefined", timeout=SECONDS * 1000)
    return float(page.evaluate("window.__took"))
