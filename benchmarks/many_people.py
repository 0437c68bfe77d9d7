"""Another person on the Person page among 100,000 people and 50,000 items, all made: by AppTest and in Chromium."""

import resource
import statistics
import sys
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from benchmarks import real_data, stage
from benchmarks.rows import Row, alone, timed
from pages.shared import cached, ready
from textrec_core.data.dataset import Dataset, build
from textrec_core.models.wals import suited
from textrec_core.text.encoder import TextParams

PEOPLE, ITEMS, PAIRS, GROUPS = 100_000, 50_000, 4_000_000, 200
SWITCHES, UNCOUNTED = 30, 3
TARGET = 0.5
# Reading so many texts with a RoBERTa would take the better part of an hour, and changes nothing that is timed here.
WORDS = TextParams(encoder="lsa")
SIZE = f"{PEOPLE:,} x {ITEMS:,}"
PLACES = ("harbour", "forest", "desert", "island", "city", "mountain", "river", "village", "castle", "garden")
THINGS = ("lamp", "letter", "mirror", "horse", "clock", "bridge", "song", "garden", "storm", "machine")


def made() -> Dataset:
    """People of 200 tastes who mostly choose among the items of their own, the well-known ones most."""
    rng = np.random.default_rng(0)
    users = np.concatenate([np.arange(PEOPLE), rng.integers(0, PEOPLE, PAIRS - PEOPLE)])
    famous = (ITEMS * rng.random(PAIRS) ** 2).astype(np.int64)
    own = rng.random(PAIRS) < 0.7
    items = np.where(own, famous // GROUPS * GROUPS + users % GROUPS, famous).clip(0, ITEMS - 1)
    pairs = np.unique(users * ITEMS + items)
    titles = [f"The {THINGS[n % 10]} of the {PLACES[n // 10 % 10]} {n}" for n in range(ITEMS)]
    texts = [f"A story of a {THINGS[n % GROUPS % 10]} in a {PLACES[n % GROUPS // 10 % 10]}, told {n % 97} times." for n in range(ITEMS)]  # fmt: skip
    names = [f"Person {n:06d}" for n in range(PEOPLE)]
    return build(
        "made", names, [f"i{n}" for n in range(ITEMS)], (pairs // ITEMS, pairs % ITEMS), np.ones(pairs.size),
        titles=titles, texts=texts, note="made for a benchmark",
    )  # fmt: skip


def rows() -> list[Row]:
    """Seconds of the fit, of a switch, of three kinds of search, and of a switch in a browser."""
    dataset = made()
    fitted = timed(lambda: results(dataset))
    fit, text = fitted.result
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    found = [alone("WALS and LSA, clock", [fitted.wall], None, SIZE, note=f"peak of this process {peak:.1f} GiB")]
    ready.load()
    app = AppTest.from_file(str(real_data.ROOT / "app.py"), default_timeout=300)
    app.session_state["address"] = {"data": "uploaded", "text.encoder": "lsa"}
    app.session_state["visitor"], app.session_state["lease"] = "benchmark", cached.uploads().lease("benchmark")
    cached.uploads().put("benchmark", dataset)
    for one in (fit, text):
        cached.worker().keep(one.fingerprint, one)
    _run(app)
    spent: dict[str, list[float]] = {
        "by id": [],
        "by a part of the name": [],
        "person switch": [],
        "by a liked item": [],
    }
    for user in np.random.default_rng(1).choice(PEOPLE, SWITCHES + UNCOUNTED, replace=False):
        name = str(dataset.users[user])
        spent["by a part of the name"].append(_run(app, app.text_input(key="user-search").set_value(name[7:11])))
        spent["by id"].append(_run(app, app.text_input(key="user-search").set_value(name)))
        spent["person switch"].append(_run(app, app.selectbox(key="user").select(name)))
        assert any(name in heading.value for heading in app.header)
    app.session_state["finding"] = True
    _run(app)
    for item in np.random.default_rng(2).choice(ITEMS, 8, replace=False):
        _run(app, app.text_input(key="who-search").set_value(f" {item}"))
        spent["by a liked item"].append(_run(app, app.selectbox(key="who").select(f"i{item}")))
        _run(app, app.selectbox(key="who").set_value(None))
    for name, seconds in spent.items():
        counted = seconds[UNCOUNTED:]
        label = name if name == "person switch" else f"person search {name}"
        found.append(alone(f"{label}, median, AppTest", counted, None, SIZE))
        found.append(alone(f"{label}, p95, AppTest", counted, TARGET, SIZE, _p95(counted)))
    seconds = in_browser([fit, text])
    if seconds:
        found.append(alone("person switch, median, Chromium", seconds, None, SIZE))
        found.append(alone("person switch, p95, Chromium", seconds, TARGET, SIZE, _p95(seconds)))
    return found


def results(dataset: Dataset) -> tuple[Any, Any]:
    """What the Person page asks for."""
    made = []
    for key, label, function, arguments in (
        cached.factors(dataset, suited(dataset)),
        cached.text_space(dataset, WORDS),
    ):
        cached.worker().ask(key, label, function, *arguments).finished.wait(1_800)
        made.append(cached.worker().result(key))
        if made[-1] is None:
            raise RuntimeError(f"{label} gave nothing")
    return made[0], made[1]


def _run(app: AppTest, _touched: object = None) -> float:
    seconds = timed(app.run).wall
    assert not app.exception, app.exception
    assert not app.error, app.error
    return seconds


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def in_browser(results: list[Any]) -> list[float]:
    """Seconds from a click on "Surprise me" to the next person's list, as a visitor sees it."""
    with stage.visited("benchmarks.many_people", results, "?text.encoder=lsa") as page:
        if page is None:
            return []
        surprise = page.get_by_role("button", name="Surprise me")
        seconds = [stage.clicked(page, surprise)[0] for _turn in range(SWITCHES + UNCOUNTED)]
    assert all(seconds)
    return [one for one in seconds[UNCOUNTED:] if one is not None]


if __name__ == "__main__":
    stage.serve(made, sys.argv[1], sys.argv[2:])
