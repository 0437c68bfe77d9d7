"""The linked maps in a real browser: what is chosen in one map is highlighted in both, quietly and safely."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import drag, served

pytestmark = pytest.mark.browser

SELECTED = "side => document.querySelectorAll('.lm-plot')[side].data[0].selectedpoints ?? null"
PLACE = """([side, row]) => {
    const plot = document.querySelectorAll('.lm-plot')[side], { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect();
    return [box.x + xaxis._offset + xaxis.l2p(plot.data[0].x[row]), box.y + yaxis._offset + yaxis.l2p(plot.data[0].y[row])];
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of its own for the page of the maps."""
    with served("tests/e2e/linked_map_app.py") as address:
        yield address


def open_maps(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/?{query}")
    expect(page.locator(".lm-status")).not_to_be_empty(timeout=60_000)
    expect(page.locator(".linked-map")).not_to_have_attribute("inert", "")


def agreed(page: Page) -> list[int]:
    """The rows that Python answers, after both maps were seen to highlight exactly these."""
    status = page.locator(".lm-status")
    expect(status).to_contain_text("selected")
    many = int(status.inner_text().split()[0].replace(",", ""))
    page.wait_for_function(
        "many => { const rows = JSON.parse([...document.querySelectorAll('[data-testid=stText]')].at(-1).textContent.slice(5));"
        "return rows.length === many; }", arg=many)  # fmt: skip
    rows = [int(row) for row in page.get_by_text("rows=").inner_text()[6:-1].split(",")]
    for side in (0, 1):
        page.wait_for_function(f"rows => JSON.stringify(({SELECTED})({side})) === JSON.stringify(rows)", arg=rows)
    return rows


@pytest.mark.parametrize("points", [400, 2_000])
@pytest.mark.parametrize(("tool", "corners"), [
    ("Lasso", [(0.55, 0.05), (0.95, 0.05), (0.95, 0.5), (0.55, 0.5), (0.55, 0.07)]),
    ("Box", [(0.55, 0.05), (0.95, 0.5)]),
])  # fmt: skip
def test_what_is_chosen_in_one_map_is_highlighted_in_both(page, address, points, tool, corners):
    open_maps(page, address, f"n={points}")
    button = page.get_by_role("button", name=tool, exact=True)
    if button.get_attribute("aria-pressed") == "false":
        button.click()
    drag(page, 0, corners)
    left = agreed(page)
    assert 10 < len(left) < points
    drag(page, 1, corners)
    expect(page.locator(".lm-status")).not_to_have_text(f"{len(left):,} of {points:,} selected")
    assert set(agreed(page)) != set(left)


def test_what_is_drawn_grey_follows_every_choice_also_after_moving_and_another_colour(page, address):
    drawn = """() => [...document.querySelectorAll('.lm-plot')].map(({ calcdata: [[{ t: { _scene: scene, index } }]] }) =>
        [[...scene.selectBatch[index]].sort((one, other) => one - other), scene.unselectBatch[index].length])"""
    open_maps(page, address, "n=2000")
    everyone = list(range(2_000))
    for name in ("Drama", "Comedy"):
        page.get_by_role("button", name=name).click()
        chosen = agreed(page)
        assert page.evaluate(drawn) == [[sorted(chosen), 2_000 - len(chosen)]] * 2
    page.get_by_role("button", name="Move", exact=True).click()
    drag(page, 0, [(0.3, 0.3), (0.4, 0.45)])
    assert page.evaluate(drawn) == [[sorted(chosen), 2_000 - len(chosen)]] * 2
    page.keyboard.press("Escape")
    expect(page.locator(".lm-status")).to_have_text("2,000 items")
    assert page.evaluate(drawn) == [[everyone, 0]] * 2
    page.get_by_role("button", name="Reset view").click()
    page.wait_for_function("document.querySelector('.lm-plot').layout.xaxis.autorange")
    assert page.evaluate(drawn) == [[everyone, 0]] * 2


def test_a_click_chooses_one_item_and_shift_adds_another(page, address):
    open_maps(page, address)
    page.mouse.click(*page.evaluate(PLACE, [0, 30]))
    expect(page.locator(".lm-status")).to_have_text("1 of 400 selected")
    first = agreed(page)
    page.keyboard.down("Shift")
    page.mouse.click(*page.evaluate(PLACE, [1, 60]))
    page.keyboard.up("Shift")
    expect(page.locator(".lm-status")).to_have_text("2 of 400 selected")
    assert agreed(page)[:1] == first


def test_a_finger_s_tap_chooses_one_item(browser, address):
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as phone:
        page = phone.new_page()
        open_maps(page, address)
        page.touchscreen.tap(*page.evaluate(PLACE, [0, 30]))
        expect(page.locator(".lm-tip strong")).to_contain_text("No. 30")
        assert agreed(page) == [30]


def test_selection_and_zoom_survive_a_rerun(page, address):
    open_maps(page, address)
    page.get_by_role("button", name="Drama").click()
    chosen = agreed(page)
    page.get_by_role("button", name="Move", exact=True).click()
    drag(page, 0, [(0.3, 0.3), (0.4, 0.45)])
    ranges = "() => [...document.querySelectorAll('.lm-plot')].map((plot) => [...plot.layout.xaxis.range])"
    moved = page.evaluate(ranges)
    page.evaluate("document.querySelector('.lm-plot').sameElement = true")
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Something above the maps")).to_be_visible()
    assert agreed(page) == chosen
    assert page.evaluate(ranges) == moved
    assert page.evaluate("document.querySelector('.lm-plot').sameElement") is True


def test_the_program_s_wish_replaces_the_person_s_choice_and_the_other_way_round(page, address):
    open_maps(page, address)
    page.get_by_role("button", name="Drama").click()
    assert len(agreed(page)) > 3
    page.get_by_role("button", name="Select three").click()
    expect(page.locator(".lm-status")).to_have_text("3 of 400 selected")
    assert agreed(page) == [3, 1, 2]
    page.get_by_role("button", name="Comedy").click()
    expect(page.locator(".lm-status")).not_to_have_text("3 of 400 selected")
    assert agreed(page) != [3, 1, 2]


def test_a_program_that_hands_the_answer_back_loses_no_choice(page, address):
    open_maps(page, address)
    page.get_by_role("button", name="Thriller").click()
    thrillers = agreed(page)
    open_maps(page, address, "echo=1")
    page.evaluate("""() => {
        window.__said = [];
        new MutationObserver(([change]) => window.__said.push(change.target.textContent))
            .observe(document.querySelector('.lm-status'), { childList: true });
    }""")
    for genre in ("Drama", "Comedy", "Thriller"):
        before = page.locator(".lm-status").inner_text()
        page.get_by_role("button", name=genre).click()
        expect(page.locator(".lm-status")).not_to_have_text(before)
        agreed(page)
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Something above the maps")).to_be_visible()
    assert agreed(page) == thrillers
    said = page.evaluate("window.__said")
    assert len(said) == len(set(said)), "an earlier choice came back for a moment"


def test_everything_but_drawing_works_from_the_keyboard(page, address):
    open_maps(page, address)
    page.get_by_label("Find items").press_sequentially("thriller no. 3")
    expect(page.locator(".lm-status")).to_contain_text("match")
    page.keyboard.press("Enter")
    assert len(agreed(page)) > 1
    page.locator(".lm-map").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator(".lm-status")).to_have_text("400 items")
    expect(page.get_by_text("rows=[]")).to_be_visible()
    assert [page.evaluate(SELECTED, side) for side in (0, 1)] == [None, None]


def test_arrows_go_from_point_to_point_and_enter_chooses(page, address):
    open_maps(page, address)
    page.locator(".lm-map").first.focus()
    page.keyboard.press("ArrowRight")
    first = page.locator(".lm-tip strong").inner_text()
    left = page.evaluate("Number.parseFloat(document.querySelector('.lm-ring').style.left)")
    page.keyboard.press("ArrowRight")
    assert page.locator(".lm-tip strong").inner_text() != first
    assert page.evaluate("Number.parseFloat(document.querySelector('.lm-ring').style.left)") > left
    page.keyboard.press("Enter")
    assert len(agreed(page)) == 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".lm-status")).to_have_text("2 of 400 selected")


def test_hostile_titles_stay_text(page, address):
    open_maps(page, address, "hostile=1")
    expect(page.locator(".lm-name").last).to_have_text("a<b & c>d <i>$$x$$</i>")
    shown = {
        0: "<img src=x onerror=window.__xss=1>", 1: "<script>window.__xss=1</script>", 2: "a<b & c>d", 3: "$$x$$ $y$",
        4: '<a href="javascript:window.__xss=1">here</a>',
    }  # fmt: skip
    for row, title in shown.items():
        page.mouse.move(5, 5)
        page.mouse.move(*page.evaluate(PLACE, [0, row]), steps=3)
        expect(page.locator(".lm-tip strong")).to_have_text(title)
    assert page.locator(".linked-map :is(img, script, a)").count() == 0


def test_both_maps_say_in_words_what_they_show(page, address):
    open_maps(page, address)
    for title in ("What the words say", "What people do"):
        expect(page.get_by_role("application", name=f"{title}: map of 400 items")).to_be_visible()


def test_on_a_narrow_page_the_maps_stack(page, address):
    page.set_viewport_size({"width": 390, "height": 844})
    open_maps(page, address)
    first, second = (page.locator(".lm-map").nth(side).bounding_box() for side in (0, 1))
    assert second["y"] >= first["y"] + first["height"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_library_is_loaded_once(page, address):
    loaded: list[str] = []
    page.on("request", lambda asked: loaded.append(asked.url) if "plotly" in asked.url.lower() else None)
    open_maps(page, address)
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("Something above the maps")).to_be_visible()
    assert [url.removeprefix(address).split("-")[0] for url in loaded] == ["/textrec/plotly"]
