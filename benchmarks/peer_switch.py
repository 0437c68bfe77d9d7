"""Another person, on the same 500 x 300 data from the same files: the Person page against ``streamlit-recommenders``.

The peer lives in an environment of its own, whose Python ``TEXTREC_SWITCH_PEER`` names (``python -m venv P``, then
``P/bin/pip install streamlit-recommenders==0.1.2``); without it the row is skipped, and a line says so. Both show one
person's past and ten items by the same trained factors, and both are timed by Streamlit's own AppTest.
"""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from benchmarks import real_data
from benchmarks.rows import Row, Timed, against, timed
from pages.shared import cached, ready
from textrec_core.data import intake, mapping, tables
from textrec_core.data.repair import Repairs
from textrec_core.models import wals

PEER = "TEXTREC_SWITCH_PEER"
PEOPLE, ITEMS, EACH = 500, 300, 20
SWITCHES, UNCOUNTED, MOST_RUNS = 30, 3, 200
# The peer's own page, over factors that were trained here.
PEER_PAGE = """
import numpy as np
import streamlit_recommenders as sr
folder = {folder!r}
items, interactions = sr.load_items(folder + "/items.csv"), sr.load_interactions(folder + "/interactions.csv")
factors = np.load(folder + "/factors.npz", allow_pickle=False)
rows = {{name: n for n, name in enumerate(factors["names"].tolist())}}
def listed(user_id, k, session_items=None, **params):
    order = np.argsort(-(factors["items"] @ factors["users"][rows[str(user_id)]]))
    seen = set(interactions.loc[interactions["user_id"] == user_id, "item_id"].astype(str)) | {{str(one) for one in session_items or []}}
    return [name for name in factors["ids"][order].tolist() if name not in seen][:k]
sr.run(get_recommendations=listed, items=items, interactions=interactions)
"""
# Reads a person a line, so that both sides load once and take turns.
PEER_PROGRAM = """
import sys, time
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=120).run()
assert not app.exception, app.exception
picker = next(box.key for box in app.sidebar.selectbox if len(box.options) > 100)
print("ready", flush=True)
for line in sys.stdin:
    box = next(box for box in app.sidebar.selectbox if box.key == picker)
    start = time.perf_counter()
    box.set_value(line.strip()).run()
    seconds = time.perf_counter() - start
    assert not app.exception, app.exception
    print(seconds, flush=True)
"""


def rows() -> list[Row]:
    """Both in turn, one row."""
    peer = os.environ.get(PEER)
    if not peer:
        print(f"{PEER} names no Python with streamlit-recommenders; the row is skipped.")
        return []
    with TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder)
        app, people = _ours(folder)
        page = folder / "page.py"
        page.write_text(PEER_PAGE.format(folder=str(folder)))
        process = subprocess.Popen(
            [peer, "-c", PEER_PROGRAM, str(page)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            print(f"{peer} cannot run streamlit-recommenders; the row is skipped.")
            return []
        mine, theirs = [], []
        for person in people:
            process.stdin.write(f"{person}\n")
            process.stdin.flush()
            theirs.append(Timed(float(process.stdout.readline()), 0.0, None))
            app.selectbox(key="user").select(person)
            mine.append(timed(app.run))
            assert not app.exception, app.exception
            assert any(person in heading.value for heading in app.header)
        process.stdin.close()
        process.wait()
    return [against("person switch, streamlit-recommenders", mine[UNCOUNTED:], theirs[UNCOUNTED:], 1.0, f"{PEOPLE} x {ITEMS}", "wall")]  # fmt: skip


def _write(folder: Path) -> None:
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(PEOPLE), EACH)
    things = (ITEMS * rng.random(users.size) ** 2).astype(int)
    pairs = pd.DataFrame({"user_id": [f"p{n}" for n in users], "item_id": [f"i{n}" for n in things]}).drop_duplicates()
    pairs.to_csv(folder / "interactions.csv", index=False)
    names = [f"i{n}" for n in range(ITEMS)]
    pd.DataFrame({"item_id": names, "title": [f"Title {n}" for n in range(ITEMS)]}).to_csv(
        folder / "items.csv", index=False
    )


def _ours(folder: Path) -> tuple[AppTest, list[str]]:
    did, about = (tables.read((folder / name).read_bytes(), name) for name in ("interactions.csv", "items.csv"))
    dataset, _report = intake.build("made", did, about, mapping.guess(did, about), Repairs())
    params = wals.suited(dataset)
    fit = wals.fit(dataset, params)
    np.savez(
        folder / "factors.npz",
        users=fit.users,
        items=fit.items,
        names=dataset.users.astype(str),
        ids=dataset.items.astype(str),
    )
    ready.load()
    app = AppTest.from_file(str(real_data.ROOT / "app.py"), default_timeout=120)
    app.session_state["address"] = {"data": "uploaded"}
    app.session_state["visitor"], app.session_state["lease"] = "peer", cached.uploads().lease("peer")
    cached.uploads().put("peer", dataset)
    cached.worker().keep(fit.fingerprint, fit)
    for _ in range(MOST_RUNS):
        app.run()
        assert not app.error, app.error
        if any(box.key == "user" for box in app.selectbox):
            break
    people = np.random.default_rng(1).choice(dataset.users.size, SWITCHES + UNCOUNTED, replace=False)
    return app, [str(dataset.users[row]) for row in people]
