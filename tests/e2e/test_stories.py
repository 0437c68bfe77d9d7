"""What visitors do, from the first click to the last, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import drag

pytestmark = pytest.mark.browser
SELECTED = "side => (document.querySelectorAll('.lm-plot')[side].data[0].selectedpoints ?? []).length"
LONG = 60_000


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=LONG)


def test_a_first_visitor_follows_one_person_to_both_maps(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="would get")).to_be_visible(timeout=LONG)
    reason = page.get_by_role("heading", name="is number 1")
    expect(reason).to_be_visible(timeout=LONG)
    first = page.get_by_role("heading", name="would get").inner_text()
    page.get_by_role("button", name="Surprise me").click()
    page.wait_for_function(
        "before => [...document.querySelectorAll('h2')].every(h => h.textContent !== before)", arg=first
    )
    expect(page.get_by_role("table", name="Shares of past choices")).to_be_visible(timeout=LONG)
    page.get_by_text("The same as a table").click()
    expect(page.get_by_text("Place then")).not_to_have_count(0, timeout=LONG)
    go(page, "Spaces")
    expect(page.locator(".lm-status")).to_contain_text("items", timeout=LONG)
    page.wait_for_function(
        "document.querySelectorAll('.lm-plot .plotly').length === 2 || document.querySelectorAll('.lm-plot')[1].data"
    )
    drag(page, 0, [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7), (0.3, 0.32)])
    expect(page.locator(".lm-status")).to_contain_text("selected", timeout=LONG)
    page.wait_for_function(f"(({SELECTED})(0)) > 0 && (({SELECTED})(0)) === (({SELECTED})(1))")
    expect(page.get_by_role("heading", name="selected")).to_be_visible(timeout=LONG)


@pytest.mark.parametrize("name", ["item", "spaces", "data", "train"])
def test_a_link_opens_its_page_in_a_fresh_browser(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}")
    expect(page.get_by_role("heading", name=name.capitalize(), exact=True)).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Page not found")).to_have_count(0)


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
