"""Own data from the first file to a list: corrected, repaired, trained; strangers' words stay words; visits stay apart."""

import csv
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import served

pytestmark = pytest.mark.browser
LONG = 60_000
TITLES = [
    "<img src=x onerror=window.__xss=1>", "<script>window.__xss=1</script>", "<svg onload=window.__xss=1>", "![x](http://evil.invalid/t.png)",
    "[a](javascript:window.__xss=1)", "$$\\frac{a}{b}$$ and $x$", "a<b & c>d", "<br><br><span style=font-size:99px>big</span>",
    "=cmd|' /C calc'!A0", "**bold** `code` :red[x] :material/home:", "<a href=javascript:window.__xss=1>x</a>", "\u202eturned", "long" * 750,
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server may put what visits bring."""
    return tmp_path_factory.mktemp("visits")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The dashboard itself; a visit that has gone is forgotten at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setenv("STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL", "1")
        with served("app.py") as address:
            yield address


def bring(page: Page, kind: int, name: str, content: bytes) -> None:
    page.locator("input[type=file]").nth(kind).set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=LONG)


def pick(page: Page, label: str, option: str) -> None:
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


def data_page(page: Page, address: str) -> None:
    page.goto(f"{address}/data")
    expect(page.locator("input[type=file]")).to_have_count(2, timeout=LONG)
    expect(page.get_by_text("Your files should look like this")).to_be_visible(timeout=LONG)


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    data_page(page, address)
    return page


def in_use(page: Page, words: str) -> None:
    page.get_by_role("button", name="Use this data").click()
    expect(page.get_by_test_id("stSidebar").get_by_text(words)).to_be_visible(timeout=LONG)


def test_own_files_are_corrected_repaired_trained_and_a_broken_one_changes_nothing(page: Page, address: str) -> None:
    data_page(page, address)
    expect(page.get_by_text("200 MB a file")).to_be_visible()
    rows = "".join(f"{n},p{n % 40},T{(n * 7 + n // 40) % 12}\n" for n in range(300))
    items = "".join(f"t{n},Thing {n},a {'red lamp' if n % 2 else 'blue tool'} for rooms {n}\n" for n in range(12))
    bring(page, 0, "did.csv", b"visit,who,what\n" + rows.encode())
    expect(page.get_by_text("did.csv: 300 rows, 3 columns")).to_be_visible(timeout=LONG)
    # The first column was taken for the person: every visit would be somebody else.
    expect(page.get_by_text("300 distinct in the first column left")).to_be_visible(timeout=LONG)
    pick(page, "Person", "who")
    expect(page.get_by_role("combobox", name="Item", exact=True)).to_have_value("visit", timeout=LONG)
    pick(page, "Item", "what")
    expect(page.get_by_text("choices of 40 people among 12 items")).to_be_visible(timeout=LONG)
    bring(page, 1, "about.csv", b"code,title,text\n" + items.encode())
    expect(page.get_by_text("about.csv: 12 rows, 3 columns")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("With capitals ignored, 12 item ids match instead of 0.").first).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Apply", exact=True).first.click()
    expect(page.get_by_text("12 of 12 items have words.")).to_be_visible(timeout=LONG)
    with page.expect_download() as report:
        page.get_by_role("button", name="The whole report as CSV").click()
    assert "interaction rows read" in Path(report.value.path()).read_text("utf-8-sig")
    in_use(page, "40 people")
    expect(page.get_by_text("These data are in use")).to_be_visible(timeout=LONG)
    go(page, "Train")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button", name="Train").click(timeout=LONG)
    expect(page.get_by_text(re.compile(r"After \d+ sweeps"))).to_be_visible(timeout=LONG)
    go(page, "Person")
    expect(page.get_by_role("heading", name="is number 1")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("heading", name="Thing").first).to_be_visible()
    go(page, "Data")
    # What was chosen is still there on the way back.
    expect(page.get_by_text("These data are in use")).to_be_visible(timeout=LONG)
    bring(page, 0, "broken.csv", b"\x89PNG\r\n\x1a\n" + bytes(99))
    expect(page.get_by_text("broken.csv is a PNG image, not a table.")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("have not changed")).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text("40 people")).to_be_visible()
    go(page, "Person")
    expect(page.get_by_role("heading", name="is number 1")).to_be_visible(timeout=LONG)


def test_a_strangers_words_are_words_in_every_table_chart_hover_and_report(page: Page, address: str) -> None:
    """The page itself fails the test on any script, dialog, error or foreign request."""
    count = len(TITLES)
    rows = "".join(f"{TITLES[n % 5][:60]} {n % 20},t{(n * 5 + n // 20) % count}\n" for n in range(200))
    items = io.StringIO()
    table = csv.writer(items)
    table.writerow(["item", "title", "text"])
    table.writerows(
        [f"t{n}", title, f"{title} {'red lamp' if n % 2 else 'blue tool'}"] for n, title in enumerate(TITLES)
    )
    data_page(page, address)
    bring(page, 0, "<img src=x onerror=window.__xss=1> $$x$$.csv", b"user,<b>item</b> $x$\n" + rows.encode())
    expect(page.get_by_text("200 rows, 2 columns")).to_be_visible(timeout=LONG)
    bring(page, 1, "**about**.csv", items.getvalue().encode())
    expect(page.get_by_text("**about**.csv: 13 rows")).to_be_visible(timeout=LONG)
    in_use(page, "13 items")
    with page.expect_download() as report:
        page.get_by_role("button", name="The whole report as CSV").click()
    lines = Path(report.value.path()).read_text("utf-8-sig").splitlines()
    assert not any(cell.lstrip('"').startswith(("=", "@")) for line in lines for cell in line.split(","))
    go(page, "Person")
    expect(page.get_by_role("heading", name="is number 1")).to_be_visible(timeout=LONG)
    hovered(page, page.get_by_role("table", name="Shares of past choices").bounding_box())
    page.get_by_role("radio", name="Compare models").click()
    expect(page.get_by_test_id("stPlotlyChart")).to_be_visible(timeout=LONG)
    hovered(page, page.get_by_test_id("stPlotlyChart").bounding_box())
    go(page, "Item")
    page.wait_for_timeout(500)
    go(page, "Spaces")
    expect(page.locator(".lm-status")).to_contain_text("items", timeout=LONG)
    page.wait_for_function("[...document.querySelectorAll('.lm-plot')].every(plot => plot.data)")
    hovered(page, page.locator(".lm-map").nth(0).bounding_box())
    for element in ("b", "img[src=x]", "svg[onload]", "a[href^=javascript]", ".katex"):
        assert page.locator(f"[data-testid=stMain] {element}").count() == 0, element


def hovered(page: Page, box: dict | None) -> None:
    """Pass over every part of a chart."""
    assert box is not None
    for down in range(1, 12):
        for across in range(1, 12):
            page.mouse.move(box["x"] + box["width"] * across / 12, box["y"] + box["height"] * down / 12)


def test_two_visits_with_files_of_one_name_never_see_each_other(browser: Browser, address: str) -> None:
    """Large enough for a sampled hash to take both files for the same."""
    pages = [opened(browser, address) for _ in range(2)]
    for extra, page in enumerate(pages):
        rows = "".join(f"p{n % 300},t{n * 7 % 211}\n" for n in range(60_000))
        bring(page, 0, "did.csv", f"user,item\n{rows}secret{extra},t1\n".encode())
    for extra, page in enumerate(pages):
        expect(page.get_by_text("did.csv: 60,001 rows")).to_be_visible(timeout=LONG)
        in_use(page, "301 people")
        go(page, "Person")
        box = page.get_by_role("combobox", name="Person")
        box.first.click(timeout=LONG)
        box.first.fill("secret")
        expect(page.get_by_role("option", name=f"secret{extra}")).to_be_visible(timeout=LONG)
        expect(page.get_by_role("option", name=f"secret{1 - extra}")).to_have_count(0)
    other = browser.new_page()
    other.goto(f"{address}/person?data=uploaded")
    expect(other.get_by_text("another visit")).to_be_visible(timeout=LONG)
    for page in (*pages, other):
        page.close()


def test_own_data_outlive_a_reload_and_stay_in_their_tab(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    data_page(page, address)
    rows = "".join(f"p{n % 40},t{n * 7 % 12}\n" for n in range(300))
    bring(page, 0, "did.csv", f"who,what\n{rows}".encode())
    expect(page.get_by_text("did.csv: 300 rows")).to_be_visible(timeout=LONG)
    in_use(page, "40 people")
    other = context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("another visit")).to_be_visible(timeout=LONG)
    for _ in range(2):
        page.reload()
        expect(page.get_by_test_id("stSidebar").get_by_text("40 people")).to_be_visible(timeout=LONG)
        expect(page.get_by_text("did.csv: 300 rows")).to_be_visible(timeout=LONG)
    context.close()


def test_memory_and_disk_are_given_back(browser: Browser, address: str, folder: Path) -> None:
    page = opened(browser, address)
    content = b"user,item,note\n" + b"".join(
        b"p%d,t%d,%s\n" % (n % 900, n * 7 % 1_211, b"x" * 60) for n in range(100_000)
    )
    server, before = process_of(address), 0
    for turn in range(11):
        bring(page, 0, "did.csv", content)
        expect(page.get_by_text("did.csv: 100,000 rows")).to_be_visible(timeout=LONG)
        expect(page.get_by_role("button", name="Use this data")).to_be_visible(timeout=LONG)
        assert len(of_size(folder, len(content))) == 1
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.get_by_text("Your files should look like this")).to_be_visible(timeout=LONG)
        assert not of_size(folder, len(content))
        before = before if turn else resident(server)
    assert resident(server) - before < 100_000_000
    bring(page, 0, "did.csv", content)
    expect(page.get_by_text("did.csv: 100,000 rows")).to_be_visible(timeout=LONG)
    page.close()
    gone = opened(browser, address)
    for _ in range(60):
        if not list(folder.rglob("interactions-*")):
            break
        # Each reload lets the server notice which sessions have ended.
        gone.reload()
        expect(gone.get_by_text("Your files should look like this")).to_be_visible(timeout=LONG)
    gone.close()
    assert not list(folder.rglob("interactions-*"))


def of_size(folder: Path, size: int) -> list[Path]:
    return [file for file in folder.rglob("interactions-*") if file.stat().st_size == size]


def process_of(address: str) -> int:
    port = address.rsplit(":", 1)[1]
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and int(place.name) != os.getpid():
            words = (place / "cmdline").read_bytes().split(b"\0") if (place / "cmdline").exists() else []
            if f"--server.port={port}".encode() in words:
                return int(place.name)
    raise AssertionError(address)


def resident(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def test_more_than_a_visit_may_hold_is_refused_by_the_server(browser: Browser, address: str) -> None:
    """Files that no uploader asked for never reach the memory beyond the budget."""
    page = opened(browser, address)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "PUT" else None)
    bring(page, 0, "did.csv", b"user,item\na,x\nb,y\n")
    expect(page.get_by_text("did.csv: 2 rows")).to_be_visible(timeout=LONG)
    place = asked[0].rsplit("/", 1)[0]
    answers = page.evaluate(
        """async place => {
            const token = document.cookie.match(/_streamlit_xsrf=([^;]*)/)?.[1]?.replaceAll('"', '');
            const answers = [];
            for (let n = 0; n < 20; n++) {
                const form = new FormData();
                form.append('file', new Blob([new Uint8Array(50 << 20)]), 'x.csv');
                const answer = await fetch(`${place}/extra-${n}`, {method: 'PUT', body: form, headers: {'X-Xsrftoken': token}});
                answers.push(answer.status);
            }
            return answers;
        }""",
        place,
    )
    assert 413 in answers
    assert answers.count(204) * (50 << 20) <= 2 * (200 << 20)
    page.close()
