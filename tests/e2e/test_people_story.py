"""One person in a real browser: why and removal, another past, and the link that opens the same screen."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import unfold

pytestmark = pytest.mark.browser
LONG = 60_000


def opened(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("heading", name="would get")).to_be_visible(timeout=LONG)


def choose(page: Page, label: str, words: str) -> None:
    """Type into a picker and take the first answer."""
    unfold(page, label).fill(words)
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")


def test_a_visitor_asks_why_and_takes_one_choice_away(page: Page, address: str) -> None:
    opened(page, address)
    expect(page.get_by_role("heading", name="is number 1")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("In words it is nearest to")).to_be_visible()
    unfold(page, "If one had not been chosen")
    page.get_by_role("option").first.click()
    expect(page.get_by_text("computed again without it")).to_contain_text("1 →", timeout=LONG)


def test_one_click_finds_who_is_served_worst(page: Page, address: str) -> None:
    opened(page, f"{address}/?data=films-small")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("button", name="Worst served").click()
    expect(page.get_by_text("Worst served, 1 of")).to_be_visible(timeout=LONG)
    page.wait_for_function("location.search.includes('user=')")
    expect(page.get_by_role("button", name="Worst served")).to_be_hidden()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_text("Worst served, 2 of")).to_be_visible(timeout=LONG)


def test_a_past_made_from_nobody_is_opened_by_its_link_in_a_fresh_browser(
    page: Page, browser: Browser, address: str
) -> None:
    opened(page, address)
    page.get_by_role("radio", name="What if").click()
    page.get_by_role("radio", name="nobody").click()
    expect(page.get_by_text("past of nothing")).to_be_visible(timeout=LONG)
    choose(page, "Add", "Gremlins")
    expect(page.get_by_text("Why Gremlins")).to_have_count(0)
    chart = page.get_by_role("table", name="Shares of this past")
    expect(chart).to_be_visible(timeout=LONG)
    choose(page, "Dislike", "Alien")
    page.wait_for_function("location.search.includes('dislikes=')")
    reason = page.get_by_text("Why ", exact=False).last
    expect(reason).to_be_visible(timeout=LONG)
    page.wait_for_timeout(1_500)
    before, bars = reason.inner_text(), chart.inner_text()
    fresh = browser.new_page(viewport={"width": 1280, "height": 1000})
    opened(fresh, page.url)
    expect(fresh.get_by_text(before, exact=True).last).to_be_visible(timeout=LONG)
    assert "the score" in bars
    expect(fresh.get_by_role("table", name="Shares of this past")).to_have_text(
        chart.text_content() or bars, timeout=LONG
    )
    assert fresh.url == page.url
    fresh.close()


def test_a_link_by_ids_keeps_what_is_there_says_what_is_not_and_is_passed_on_whole(
    page: Page, browser: Browser, address: str
) -> None:
    asked = "plus=gremlins-1984&plus=%3Cimg%20src=x%20onerror=window.__xss=1%3E"
    opened(page, f"{address}/person?view=What+if&start=nobody&{asked}")
    expect(page.get_by_text("Of 2 items that the address asks for, 1 can stand here.")).to_be_visible(timeout=LONG)
    page.wait_for_function("location.search.includes('plus=Gremlins')")
    fresh = browser.new_page(viewport={"width": 1280, "height": 1000})
    opened(fresh, page.url)
    expect(fresh.get_by_role("button", name="Remove Gremlins (1984)")).to_be_visible(timeout=LONG)
    expect(fresh.get_by_text("that the address asks for")).to_have_count(0)
    fresh.close()


def test_an_item_is_followed_to_its_audience_and_on_to_one_person(page: Page, address: str) -> None:
    opened(page, address)
    reason = page.get_by_role("heading", name="is number 1")
    expect(reason).to_be_visible(timeout=LONG)
    title = reason.inner_text().removeprefix("Why ").removesuffix(" is number 1")
    page.get_by_role("link", name="More about this item").click()
    expect(page.get_by_role("heading", name="Who would like it")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("combobox", name="Item", exact=True)).to_have_value(title)
    page.reload()
    expect(page.get_by_role("combobox", name="Item", exact=True)).to_have_value(title, timeout=LONG)
    person = page.get_by_role("link", name="Open ")
    name = person.inner_text().removeprefix("Open ")
    person.click()
    expect(page.get_by_role("heading", name=f"What {name} would get")).to_be_visible(timeout=LONG)
    # Other pages are no reason to forget who and what was looked at, nor to leave it out of the address.
    for link, label, words in (("Item", "Item", title), ("Person", "Person", name)):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=link, exact=True).click()
        expect(page.get_by_role("combobox", name=label, exact=True)).to_have_value(words, timeout=LONG)
        page.wait_for_function("location.search.length > 1")


def test_a_new_item_is_pasted_its_audience_opened_and_one_person_followed(
    page: Page, browser: Browser, address: str
) -> None:
    page.goto(f"{address}/newcomer")
    expect(page.get_by_text("Paste a title and a description above")).to_be_visible(timeout=LONG)
    page.get_by_role("textbox", name="Title").fill("The Keeper <img src=x onerror='window.__xss=1'>")
    page.get_by_role("textbox", name="Description").fill(
        "A lonely keeper of a lighthouse on a rocky island hears voices from the sea in the long winter nights."
    )
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Who would like it")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("of pairs").first).to_be_visible(timeout=2 * LONG)
    expect(page.locator(".linked-map").get_by_text("786 items")).to_be_visible(timeout=LONG)
    page.wait_for_function("location.search.includes('new_text=')")
    why = page.get_by_text("Why ", exact=False).first.inner_text()
    fresh = browser.new_page(viewport={"width": 1280, "height": 1000})
    fresh.goto(page.url)
    expect(fresh.get_by_text(why, exact=True).first).to_be_visible(timeout=LONG)
    expect(fresh.get_by_text("in the middle of the lists of").first).to_have_text(
        page.get_by_text("in the middle of the lists of").first.inner_text(), timeout=LONG
    )
    fresh.close()
    page.get_by_role("button", name="Keep it for this visit").click()
    expect(page.get_by_role("heading", name="Kept for this visit")).to_be_visible(timeout=LONG)
    link = page.get_by_role("link", name="Open ")
    person = link.inner_text().removeprefix("Open ")
    link.click()
    expect(page.get_by_role("heading", name=f"What {person} would get")).to_be_visible(timeout=LONG)


def test_many_new_items_are_read_from_a_table_and_one_that_is_none_is_refused_in_words(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/newcomer?new_how=a+table+of+items")
    give = page.locator("input[type=file]")
    give.set_input_files(
        {"name": "new.csv", "mimeType": "text/csv", "buffer": b"title,text\nThe Keeper,A keeper of a lighthouse\n<b>Nothing</b>,\n"}
    )  # fmt: skip
    expect(page.get_by_text("2 new items read from new.csv.")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("1 of 2 says nothing")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("button", name="Save as a table")).to_be_visible()
    give.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n3,4\n"})
    expect(page.get_by_text("No column of bad.csv reads like descriptions.")).to_be_visible(timeout=LONG)


def test_an_item_clicked_on_a_map_joins_the_past(page: Page, address: str) -> None:
    opened(page, f"{address}/?view=What+if&start=nobody&whatif_maps=true&plus=gremlins-1984")
    maps = page.locator(".linked-map")
    expect(maps.get_by_text("786 items")).to_be_visible(timeout=LONG)
    search = maps.get_by_role("searchbox").or_(maps.locator("input")).first
    search.fill("nosferatu")
    search.press("Enter")
    page.get_by_role("button", name="Add Nosferatu").click(timeout=LONG)
    page.wait_for_function("location.search.toLowerCase().includes('nosferatu')", timeout=LONG)
    expect(page.get_by_role("button", name="Add Nosferatu")).to_have_count(0, timeout=LONG)
