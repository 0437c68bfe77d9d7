"""Another person on the Person page, at the size of ml-1m: found by name, then picked; each one run of the script."""

import statistics

import numpy as np
from streamlit.testing.v1 import AppTest

from benchmarks import real_data
from benchmarks.rows import Row, Timed, alone, timed
from pages.shared import cached, ready
from textrec_core.models.wals import suited
from textrec_core.text.encoder import TextParams

SWITCHES, UNCOUNTED = 60, 3


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
    for key, label, function, arguments in (
        cached.factors(dataset, suited(dataset)),
        cached.text_space(dataset, TextParams()),
    ):
        cached.worker().ask(key, label, function, *arguments).finished.wait(900)
        if cached.worker().result(key) is None:
            raise RuntimeError(f"{label} gave nothing")
    app.run()
    people = np.random.default_rng(0).choice(dataset.users.size, SWITCHES + UNCOUNTED, replace=False)
    searches, runs = [], []
    for user in people:
        name = str(dataset.users[user])
        searches.append(_rerun(app, app.text_input(key="user-search").set_value(name)))
        runs.append(_rerun(app, app.selectbox(key="user").select(name)))
        assert any(heading.value == f"What {name} chose" for heading in app.subheader)
    picked, found = runs[UNCOUNTED:], searches[UNCOUNTED:]
    wall, cpu = [run.wall for run in picked], [run.cpu for run in picked]
    return [
        alone("person switch, median, clock", wall, None, "ml-1m"),
        alone("person switch, p95, clock", wall, 0.3, "ml-1m", _p95(wall)),
        alone("person switch, p95, CPU", cpu, None, "ml-1m", _p95(cpu)),
        alone(
            "person search, p95, clock", [run.wall for run in found], None, "ml-1m", _p95([run.wall for run in found])
        ),
    ]


def _rerun(app: AppTest, _touched: object) -> Timed:
    """The run after a widget was touched; whatever the page complains of ends the benchmark."""
    run = timed(app.run)
    assert not app.exception
    assert not app.error
    return run


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]
