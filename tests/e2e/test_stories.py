"""What visitors do, from the first click to the last, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import served

pytestmark = pytest.mark.browser
SELECTED = "side => (document.querySelectorAll('.lm-plot')[side].data[0].selectedpoints ?? []).length"
LONG = 60_000


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The dashboard itself."""
    with served("app.py") as address:
        yield address


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=LONG)


def test_a_first_visitor_follows_one_person_to_both_maps(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="would get")).to_be_visible(timeout=LONG)
    reason = page.get_by_role("heading", name="is number 1")
    expect(reason).to_be_visible(timeout=LONG)
    first = page.get_by_role("heading", name="would get").inner_text()
    page.get_by_role("button", name="Surprise me").click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('h3')].every(h => h.textContent !== before)", arg=first
    )
    expect(page.get_by_test_id("stPlotlyChart")).to_be_visible(timeout=LONG)
    page.get_by_text("The same as a table").click()
    expect(page.get_by_text("the other")).not_to_have_count(0)
    go(page, "Spaces")
    expect(page.locator(".lm-status")).to_contain_text("items", timeout=LONG)
    page.wait_for_function(
        "document.querySelectorAll('.lm-plot .plotly').length === 2 || document.querySelectorAll('.lm-plot')[1].data"
    )
    box = page.locator(".lm-map").nth(0).bounding_box()
    assert box is not None
    corners = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7), (0.3, 0.32)]
    points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()
    expect(page.locator(".lm-status")).to_contain_text("selected", timeout=LONG)
    page.wait_for_function(f"(({SELECTED})(0)) > 0 && (({SELECTED})(0)) === (({SELECTED})(1))")
    expect(page.get_by_role("heading", name="selected")).to_be_visible(timeout=LONG)


@pytest.mark.parametrize("name", ["item", "spaces", "data", "train"])
def test_a_link_opens_its_page_in_a_fresh_browser(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}")
    expect(page.get_by_role("heading", name=name.capitalize(), exact=True)).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_own_files_are_read_corrected_and_trained_and_a_broken_one_changes_nothing(page: Page, address: str) -> None:
    page.goto(f"{address}/data")
    inputs = page.locator("input[type=file]")
    expect(inputs).to_have_count(2, timeout=LONG)
    rows = "".join(f"p{n % 40},t{(n * 7 + n // 40) % 12},1\n" for n in range(300))
    items = "".join(
        f"t{n},<b>Thing {n}</b> $$x$$,a {'red lamp' if n % 2 else 'blue tool'} for rooms {n}\n" for n in range(12)
    )
    inputs.nth(0).set_input_files(
        {"name": "did.csv", "mimeType": "text/csv", "buffer": b"who,what,much\n" + rows.encode()}
    )
    expect(page.get_by_text("Interactions: which column is what?")).to_be_visible(timeout=LONG)
    inputs.nth(1).set_input_files(
        {"name": "about.csv", "mimeType": "text/csv", "buffer": b"code,title,text\n" + items.encode()}
    )
    expect(page.get_by_text("Items: which column is what?")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Use this data").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("40 people")).to_be_visible(timeout=LONG)
    go(page, "Person")
    expect(page.get_by_role("heading", name="is number 1")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("heading", name="<b>Thing")).to_be_visible()
    go(page, "Data")
    page.locator("input[type=file]").nth(0).set_input_files(
        {"name": "broken.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(99)}
    )
    expect(page.get_by_test_id("stAlert")).to_be_visible(timeout=LONG)
    expect(page.get_by_test_id("stSidebar").get_by_text("40 people")).to_be_visible()


def test_the_model_in_use_changes_with_the_train_button_and_stands_in_the_address(page: Page, address: str) -> None:
    page.goto(f"{address}/train?data=films-small")
    rank = page.get_by_role("slider", name="Rank")
    expect(rank).to_be_visible(timeout=LONG)
    rank.focus()
    for _ in range(4):
        rank.press("ArrowLeft")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Train").click()
    expect(page.get_by_text("After 15 sweeps")).to_be_visible(timeout=LONG)
    page.wait_for_function("location.search.includes('wals.rank=')")
