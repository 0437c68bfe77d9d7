"""Another person on the Person page, at the size of ml-1m: found by name, then picked; and another past asked for: by AppTest and in Chromium."""

import statistics
import sys
import time
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from benchmarks import real_data, stage
from benchmarks.rows import Row, Timed, alone, timed
from pages.shared import cached, ready
from textrec_core.data.dataset import Dataset
from textrec_core.models.wals import suited
from textrec_core.text.encoder import TextParams

SWITCHES, UNCOUNTED, ASKED, MOST_RUNS = 60, 3, 30, 300


def rows() -> list[Row]:
    """The median and the 95th percentile of the seconds a switch takes, everything trained beforehand."""
    dataset = real_data.load("ml-1m")
    if dataset is None:
        return []
    # What a server does before its first visitor.
    ready.load()
    app = AppTest.from_file(str(real_data.ROOT / "app.py"), default_timeout=120)
    app.run()
    # What use_upload does in a visit; outside one, the visit's name is read from its state.
    cached.uploads().put(app.session_state["visitor"], dataset)
    app.session_state["address"] = {"data": "uploaded"}
    # The parameters that the page itself falls back on; reading all texts with a RoBERTa takes minutes the first time.
    results: list[Any] = []
    for key, label, function, arguments in (
        cached.factors(dataset, suited(dataset)),
        cached.text_space(dataset, TextParams()),
    ):
        cached.worker().ask(key, label, function, *arguments).finished.wait(900)
        if cached.worker().result(key) is None:
            raise RuntimeError(f"{label} gave nothing")
        results.append(cached.worker().result(key))
    app.run()
    people = np.random.default_rng(0).choice(dataset.users.size, SWITCHES + UNCOUNTED, replace=False)
    searches, runs = [], []
    for user in people:
        name = str(dataset.users[user])
        searches.append(_rerun(app, app.text_input(key="user-search").set_value(name)))
        runs.append(_rerun(app, app.selectbox(key="user").select(name)))
        assert any(heading.value == f"What {name} chose" for heading in app.header)
    asked = what_if(app, dataset)
    picked, found = runs[UNCOUNTED:], searches[UNCOUNTED:]
    wall, cpu = [run.wall for run in picked], [run.cpu for run in picked]
    return [
        alone("person switch, median, clock", wall, None, "ml-1m"),
        alone("person switch, p95, clock", wall, 0.3, "ml-1m", _p95(wall)),
        alone("person switch, p95, CPU", cpu, None, "ml-1m", _p95(cpu)),
        alone(
            "person search, p95, clock", [run.wall for run in found], None, "ml-1m", _p95([run.wall for run in found])
        ),
        *asked,
        *in_browser(dataset, results),
    ]


def what_if(app: AppTest, dataset: Dataset) -> list[Row]:
    """One more item in an imagined past: its list and why, and the same with its place on both maps."""
    _rerun(app, app.segmented_control(key="view").set_value("What if"))
    _rerun(app, app.segmented_control(key="start").set_value("nobody"))
    items = np.random.default_rng(1).choice(dataset.items.size, 2 * (ASKED + UNCOUNTED), replace=False)
    found = []
    for name, some in (
        ("list and why", items[: items.size // 2]),
        ("list, why and both maps", items[items.size // 2 :]),
    ):
        if name.endswith("maps"):
            _rerun(app, app.toggle(key="whatif_maps").set_value(True))
            _rest(app)
        runs = [_rerun(app, app.multiselect(key="plus").set_value([str(dataset.items[row])])) for row in some]
        wall = [run.wall for run in runs[UNCOUNTED:]]
        assert any(frame.value.columns[0] == "#" for frame in app.dataframe)
        found.append(alone(f"what if, {name}, p95, clock", wall, 0.3, "ml-1m", _p95(wall)))
    return found


def in_browser(dataset: Dataset, results: list[Any]) -> list[Row]:
    """The same as a visitor sees it: from the click to the new list, and to the whole page."""
    titles = [str(dataset.titles[row]) for row in np.argsort(-dataset.popularity, kind="stable")]
    seconds: dict[str, list[float]] = {
        "what if, list and why": [],
        "what if, list, why and both maps": [],
        "person switch, their list": [],
        "person switch, everything drawn": [],
    }
    asked, placed, listed, drawn = seconds.values()
    with stage.visited("benchmarks.person_switch", results, "?view=What+if&start=nobody") as page:
        if page is None:
            return []
        for times, address in ((asked, page.url), (placed, f"{page.url}&whatif_maps=true")):
            page.goto(address)
            page.get_by_role("heading", name="would get").wait_for(timeout=stage.SECONDS * 1000)
            stage.at_rest(page)
            for title in titles[: ASKED + UNCOUNTED]:
                add = page.get_by_role("combobox", name="Add", exact=True)
                add.click()
                add.fill(title)
                times.append(stage.clicked(page, page.get_by_role("option", name=title, exact=True))[1])
                page.keyboard.press("Escape")
        stage.clicked(page, page.get_by_role("radio", name="Why", exact=True))
        for _turn in range(ASKED + UNCOUNTED):
            named, whole = stage.clicked(page, page.get_by_role("button", name="Surprise me"))
            assert named is not None
            listed.append(named)
            drawn.append(whole)
    counted = {name: some[UNCOUNTED:] for name, some in seconds.items()}
    return [alone(f"{name}, p95, Chromium", some, 0.3, "ml-1m", _p95(some)) for name, some in counted.items()]


def _rest(app: AppTest) -> None:
    """Until nothing is waited for."""
    for _ in range(MOST_RUNS):
        if not any(button.label == "Cancel" for button in app.button):
            return
        time.sleep(1)
        _rerun(app, None)
    raise RuntimeError("the maps were never drawn")


def _rerun(app: AppTest, _touched: object) -> Timed:
    """The run after a widget was touched; whatever the page complains of ends the benchmark."""
    run = timed(app.run)
    assert not app.exception
    assert not app.error
    return run


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


if __name__ == "__main__":
    stage.serve(lambda: real_data.load("ml-1m"), sys.argv[1], sys.argv[2:])
