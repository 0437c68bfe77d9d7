"""Another person on the Person page, at the size of ml-1m: found by name, then picked; each one run of the script."""

import statistics
import time

import numpy as np
from streamlit.testing.v1 import AppTest

from benchmarks import real_data
from benchmarks.rows import Row, alone
from pages.shared import cached
from textrec_core.models.wals import WalsParams
from textrec_core.text.encoder import TextParams

SWITCHES, UNCOUNTED = 60, 3


def rows() -> list[Row]:
    """The median and the 95th percentile of the seconds a switch takes, everything trained beforehand."""
    dataset = real_data.load("ml-1m")
    if dataset is None:
        return []
    app = AppTest.from_file(str(real_data.ROOT / "app.py"), default_timeout=120)
    app.run()
    # What use_upload does in a visit; outside one, the visit's name is read from its state.
    cached.uploads().put(app.session_state["visitor"], dataset)
    app.session_state["address"] = {"data": "uploaded"}
    for key, label, function, arguments in (
        cached.factors(dataset, WalsParams()),
        cached.text_space(dataset, TextParams()),
    ):
        cached.worker().ask(key, label, function, *arguments).finished.wait(300)
        if cached.worker().result(key) is None:
            raise RuntimeError(f"{label} gave nothing")
    app.run()
    people = np.random.default_rng(0).choice(dataset.users.size, SWITCHES + UNCOUNTED, replace=False)
    searching, seconds = [], []
    for user in people:
        name = str(dataset.users[user])
        searching.append(_rerun(app, app.text_input(key="user-search").set_value(name)))
        seconds.append(_rerun(app, app.selectbox(key="user").select(name)))
        assert any(heading.value == f"What {name} chose" for heading in app.subheader)
    seconds, searching = seconds[UNCOUNTED:], searching[UNCOUNTED:]
    data = "ml-1m"
    return [
        alone("person switch, median", seconds, None, data),
        alone("person switch, p95", seconds, 0.3, data, _p95(seconds)),
        alone("person search, p95", searching, None, data, _p95(searching)),
    ]


def _rerun(app: AppTest, _touched: object) -> float:
    """Seconds of the run after a widget was touched; whatever the page complains of ends the benchmark."""
    start = time.perf_counter()
    app.run()
    seconds = time.perf_counter() - start
    assert not app.exception
    assert not app.error
    return seconds


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]
