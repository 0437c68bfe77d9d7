"""What somebody does who asks which layers serve the data, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
LONG = 90_000


def test_the_advice_is_read_with_its_place_and_other_settings_say_their_cost_first(page: Page, address: str) -> None:
    page.goto(f"{address}/layers?data=films")
    expect(page.get_by_role("heading", name="The advice, measured")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("The advice to take the mean of the top 4 layers")).to_be_visible()
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=LONG)
    expect(page.locator(".js-plotly-plot")).to_have_count(4, timeout=LONG)
    expect(page.get_by_text("pooler (untrained)").first).to_be_attached()
    page.get_by_text("Settings", exact=True).click()
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("1")
    seed.press("Enter")
    page.get_by_role("button", name="Use these").click()
    expect(page.get_by_role("button", name="Measure the layers")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Not measured yet for this data and these settings")).to_be_visible()
    expect(page).to_have_url(re.compile(r"layers\.seed=1"))
