"""What somebody does who looks for the best configuration, in a real browser."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import served, unfold

pytestmark = pytest.mark.browser
LONG = 90_000
# Every cell takes a second or more, so that the sweep is seen running.
ROAD = "data=films&wals.rank=128&wals.regularization=0.03&wals.alpha=3.0&wals.iterations=20&text.encoder=lsa"
FAST = "data=films-small&wals.rank=16&wals.regularization=0.03&wals.alpha=3.0&text.encoder=lsa"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard itself, with a ledger of its own."""
    before = os.environ.get("TEXTREC_STATE")
    os.environ["TEXTREC_STATE"] = str(tmp_path_factory.mktemp("state"))
    try:
        with served("app.py") as address:
            yield address
    finally:
        os.environ.pop("TEXTREC_STATE")
        if before is not None:
            os.environ["TEXTREC_STATE"] = before


def open_sweep(page: Page, address: str) -> None:
    page.goto(f"{address}/sweep?{ROAD}")
    expect(page.get_by_role("heading", name="Sweep", exact=True)).to_be_visible(timeout=LONG)


def measured(page: Page) -> int:
    words = page.get_by_text("configurations measured").inner_text(timeout=LONG)
    return int(words.removeprefix("Sweeping: ").split(" of ")[0])


def test_a_sweep_is_planned_watched_found_again_cancelled_gone_on_with_and_its_choice_used(
    page: Page, address: str
) -> None:
    open_sweep(page, address)
    page.get_by_role("button", name="Tell me the cost").click()
    expect(page.get_by_text("12 configurations, 12 still to fit")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Start the sweep").click()
    expect(page.get_by_text("So far:")).to_be_visible(timeout=LONG)
    # The address alone, in a new visit: the sweep runs on, whoever looks at it.
    page.reload()
    expect(page.get_by_role("button", name="Cancel the sweep")).to_be_visible(timeout=LONG)
    seen = measured(page)
    assert 1 <= seen < 12
    page.get_by_role("button", name="Cancel the sweep").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("of 12 configurations are measured")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel the sweep")).to_have_count(0)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Cancel the sweep")).to_be_visible(timeout=LONG)
    assert measured(page) >= seen
    expect(page.get_by_role("button", name="Cancel the sweep")).to_have_count(0, timeout=3 * LONG)
    expect(page.get_by_text("So far:")).to_have_count(0, timeout=LONG)
    expect(page.get_by_text("is best: NDCG@10")).to_be_visible(timeout=LONG)
    # Another metric at another length, from what was measured already.
    slider = page.get_by_role("slider", name="How many items of each list")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    expect(page.get_by_text("is best: NDCG@13")).to_be_visible(timeout=LONG)
    page.get_by_role("radio", name="Trade-off").click()
    expect(page.get_by_test_id("stPlotlyChart")).to_be_visible(timeout=LONG)
    # A picker that is opened while the page is still drawn closes again.
    expect(page.get_by_text("the measured length nearest to 13")).to_be_visible(timeout=LONG)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=LONG)
    unfold(page, "Open a configuration")
    page.get_by_role("option").nth(2).click()
    before = page.url
    page.get_by_role("button", name="Use it on every page").click()
    expect(page.get_by_role("button", name="Already in use")).to_be_visible(timeout=LONG)
    assert page.url != before


def test_a_model_is_trained_and_two_runs_are_compared_named_and_kept(page: Page, address: str) -> None:
    page.goto(f"{address}/train?{FAST}")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Train").click(timeout=LONG)
    expect(page.get_by_text("After 15 sweeps")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Measure", exact=True).click()
    expect(page.get_by_text("The same 10 places for one person")).to_be_visible(timeout=2 * LONG)
    page.goto(f"{address}/runs?{FAST}")
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible(timeout=LONG)
    # One that was judged: only then can metrics be compared.
    page.get_by_role("radio", name="random 20%, seed 0").click()
    unfold(page, "Compared with")
    page.get_by_role("option").first.click()
    expect(page.get_by_role("heading", name="What it did to each metric")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("lists of ten share")).to_be_visible(timeout=LONG)
    page.get_by_role("textbox", name="Its name").fill("shown to the board")
    page.get_by_role("button", name="Keep this name").click()
    first = page.get_by_role("combobox", name="First run")
    expect(first).to_have_value(re.compile("shown to the board"), timeout=LONG)
    page.reload()
    expect(first).to_have_value(re.compile("shown to the board"), timeout=LONG)
    # The address says which two are compared, to whoever opens it later.
    expect(page).to_have_url(re.compile("[?&]other="))
    expect(page).to_have_url(re.compile("[?&]first=[0-9a-f]+"))
