"""What a visitor does with the two spaces, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import served

pytestmark = pytest.mark.browser
LONG = 60_000


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The dashboard itself."""
    with served("app.py") as address:
        yield address


def spaces(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/spaces?data=films-small&text.encoder=lsa{query}")
    expect(page.get_by_role("heading", name="Agree least")).to_be_visible(timeout=LONG)


def search(page: Page, words: str) -> str:
    box = page.get_by_placeholder("Find a title")
    expect(page.locator(".lm-status")).to_contain_text("items", timeout=LONG)
    box.fill(words)
    box.press("Enter")
    expect(page.locator(".lm-status")).to_contain_text("selected", timeout=LONG)
    expect(page.get_by_role("heading", name="selected")).to_be_visible(timeout=LONG)
    return page.locator(".lm-status").inner_text()


def test_a_range_drawn_over_the_histogram_leads_to_its_items_and_an_item_to_its_page(page: Page, address: str) -> None:
    spaces(page, address)
    chart = page.get_by_test_id("stPlotlyChart").first.locator(".nsewdrag").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6, steps=8)
    page.mouse.up()
    expect(page.get_by_text("agreement lies between")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="on the maps").first.click()
    expect(page.locator(".lm-status")).to_contain_text("selected", timeout=LONG)
    card = page.get_by_test_id("stText").filter(has_text="in common").last
    title = card.inner_text().splitlines()[0]
    page.get_by_role("link", name="Open this item").last.click()
    expect(page.get_by_role("heading", name="Item", exact=True)).to_be_visible(timeout=LONG)
    expect(page.get_by_role("heading", name="Near in words")).to_be_visible(timeout=LONG)
    expect(page.locator(f"input[role=combobox][value={title!r}]")).to_be_visible(timeout=LONG)


def test_a_selection_survives_another_colour_and_another_model(page: Page, address: str) -> None:
    spaces(page, address)
    status = search(page, "the")
    page.get_by_role("combobox", name="Colour").click()
    page.get_by_role("option", name="agreement").click()
    expect(page.locator(".lm-scale")).to_be_visible(timeout=LONG)
    expect(page.locator(".lm-status")).to_have_text(status)
    nav = page.get_by_test_id("stSidebarNav")
    nav.get_by_role("link", name="Train").click()
    rank = page.get_by_role("slider", name="Rank")
    expect(rank).to_be_visible(timeout=LONG)
    rank.focus()
    rank.press("ArrowLeft")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Train").click()
    page.wait_for_function("location.search.includes('wals.rank=')")
    nav.get_by_role("link", name="Spaces").click()
    expect(page.get_by_role("heading", name="Agree least")).to_be_visible(timeout=2 * LONG)
    expect(page.locator(".lm-status")).to_have_text(status, timeout=LONG)
