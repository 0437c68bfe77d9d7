"""What a visitor does with the two spaces, in a real browser."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import drag
from tests.e2e.test_linked_map import PLACE

pytestmark = pytest.mark.browser
LONG = 60_000
# An item near the middle of the first map that the second knows too.
PLACED = """() => {
    const [one, other] = [...document.querySelectorAll('.lm-plot')].map((plot) => plot.data[0]);
    return [...one.x.keys()].find((row) => !Number.isNaN(one.x[row]) && !Number.isNaN(other.x[row]));
}"""


def spaces(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/spaces?data=films-small&text.encoder=lsa{query}")
    expect(page.get_by_role("heading", name="Agree least")).to_be_visible(timeout=LONG)
    expect(page.locator(".linked-map")).not_to_have_attribute("inert", "", timeout=LONG)


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
    # The cards are drawn anew after a choice on the maps.
    expect(page.get_by_role("heading", name="selected")).to_be_visible(timeout=LONG)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=LONG)
    link = page.get_by_test_id("stPageLink").last.get_by_role("link")
    title = parse_qs(urlsplit(link.get_attribute("href") or "").query)["item"][0]
    link.click()
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
    nav.get_by_role("link", name="Train", exact=True).click()
    rank = page.get_by_role("slider", name="Rank")
    expect(rank).to_be_visible(timeout=LONG)
    rank.focus()
    rank.press("ArrowLeft")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Train").click()
    page.wait_for_function("location.search.includes('wals.rank=')")
    nav.get_by_role("link", name="Spaces", exact=True).click()
    expect(page.get_by_role("heading", name="Agree least")).to_be_visible(timeout=2 * LONG)
    expect(page.locator(".lm-status")).to_have_text(status, timeout=LONG)


def test_a_lasso_on_the_words_highlights_the_same_films_among_the_people(page: Page, address: str) -> None:
    spaces(page, address)
    drag(page, 0, [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7), (0.3, 0.32)])
    expect(page.locator(".lm-status")).to_contain_text("selected")
    chosen = "() => [...document.querySelectorAll('.lm-plot')].map((plot) => plot.data[0].selectedpoints)"
    page.wait_for_function(f"(({chosen})() ?? []).every((rows) => rows?.length)")
    left, right = page.evaluate(chosen)
    assert left == right
    assert 10 < len(left) < 700
    expect(page.get_by_role("heading", name=f"{len(left)} selected")).to_be_visible(timeout=LONG)


def test_zoom_survives_another_colour_and_another_size(page: Page, address: str) -> None:
    spaces(page, address)
    page.get_by_role("button", name="Move", exact=True).click()
    drag(page, 0, [(0.4, 0.4), (0.5, 0.55)])
    ranges = "() => [...document.querySelectorAll('.lm-plot')].map((plot) => [...plot.layout.xaxis.range].map((end) => Math.round(end * 1000)))"
    page.wait_for_function("document.querySelector('.lm-plot').layout.xaxis.autorange === false")
    moved = page.evaluate(ranges)
    page.get_by_role("combobox", name="Colour").click()
    page.get_by_role("option", name="popularity").click()
    expect(page.locator(".lm-scale")).to_be_visible(timeout=LONG)
    assert page.evaluate(ranges) == moved
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Item", exact=True).click()
    expect(page.get_by_role("heading", name="Near in words")).to_be_visible(timeout=LONG)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Spaces", exact=True).click()
    expect(page.locator(".linked-map")).not_to_have_attribute("inert", "", timeout=LONG)
    assert page.evaluate(ranges) == moved


def test_true_nearness_colours_every_point_by_its_cosine_in_the_full_space(page: Page, address: str) -> None:
    spaces(page, address)
    page.get_by_role("button", name="True nearness").click()
    with page.expect_response(lambda got: "/textrec/cosines/" in got.url) as asked:
        page.mouse.move(*page.evaluate(PLACE, [0, page.evaluate(PLACED)]))
    expect(page.locator(".lm-scale")).to_have_count(2)
    numbers = "() => [...document.querySelectorAll('.lm-plot')].map((plot) => [plot.data[0].marker.color.length, plot.data[0].marker.cmax])"
    for count, highest in page.evaluate(numbers):
        assert count == page.evaluate("document.querySelector('.lm-plot').data[0].x.length")
        assert 0 < highest <= 1
    assert len(asked.value.body()) == 4 * page.evaluate("document.querySelector('.lm-plot').data[0].x.length")
    page.get_by_role("button", name="True nearness").click()
    expect(page.locator(".lm-scale")).to_have_count(0)
    assert page.evaluate("typeof document.querySelector('.lm-plot').data[0].marker.color[0]") == "string"


def test_names_of_clusters_do_not_lie_over_each_other(page: Page, address: str) -> None:
    spaces(page, address)
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("width => document.querySelector('.lm-plot')._fullLayout.width <= width", arg=width - 30)
        expect(page.locator(".lm-name").first).to_be_attached(timeout=LONG)
        for side in (0, 1):
            boxes = page.locator(".lm-map").nth(side).locator(".lm-name").evaluate_all(
                "names => names.map((name) => name.getBoundingClientRect()).map(({ left, right, top, bottom }) => [left, right, top, bottom])"
            )  # fmt: skip
            assert len(boxes) > 3
            for place, (left, right, top, bottom) in enumerate(boxes):
                for other in boxes[:place]:
                    assert right <= other[0] or other[1] <= left or bottom <= other[2] + 1 or other[3] <= top + 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_the_joint_map_a_choice_shows_both_ends_and_the_way_between(page: Page, address: str) -> None:
    spaces(page, address, "&arrange.arrangement=trails")
    count = page.evaluate("document.querySelector('.lm-plot').data[0].x.length") // 2
    search(page, "the g")
    selected = "document.querySelector('.lm-plot').data[0].selectedpoints"
    rows = page.evaluate(selected)
    assert rows[: len(rows) // 2] == [row - count for row in rows[len(rows) // 2 :]]
    assert page.evaluate("document.querySelector('.lm-plot').data.at(-1).x.length") == 3 * len(rows) // 2
    expect(page.get_by_role("heading", name=f"{len(rows) // 2} selected")).to_be_visible(timeout=LONG)


def test_a_cell_of_the_two_clusterings_is_selected_on_the_maps(page: Page, address: str) -> None:
    spaces(page, address)
    page.get_by_role("tab", name="Clusters").click()
    cells = page.get_by_test_id("stPlotlyChart").filter(has_text="clusters of words")
    cells.scroll_into_view_if_needed()
    expect(cells.locator(".points path").first).to_be_attached(timeout=LONG)
    box = cells.locator(".points path").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_role("button", name="Select these on the maps").click()
    expect(page.locator(".lm-status")).to_contain_text("selected", timeout=LONG)


def test_people_are_selected_on_both_maps_and_one_leads_to_their_page(page: Page, address: str) -> None:
    page.goto(f"{address}/spaces?data=films-small&text.encoder=lsa&what=People")
    expect(page.locator(".lm-status")).to_have_text("120 people", timeout=LONG)
    expect(page.locator(".linked-map")).not_to_have_attribute("inert", "", timeout=LONG)
    page.mouse.click(*page.evaluate(PLACE, [1, 30]))
    expect(page.locator(".lm-status")).to_have_text("1 of 120 selected")
    page.get_by_role("link", name="Open this person").click()
    expect(page.get_by_role("heading", name="Person", exact=True)).to_be_visible(timeout=LONG)
