"""A grid measured once, kept at once, and gone on with after any end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from textrec_core.errors import DataError
from textrec_core.evaluate import sweep
from textrec_core.evaluate.board import BoardParams, measure
from textrec_core.evaluate.records import Record, Records
from textrec_core.models import wals
from textrec_core.models.wals import WalsParams

BASE = WalsParams(rank=4, regularization=0.02, iterations=4)
AXES = {"rank": ["2", "4"], "alpha": ["0", "4", "20"]}
ROOT = Path(__file__).parents[3]


@pytest.fixture
def records(tmp_path) -> Records:
    return Records(tmp_path / "ledger.db")


def test_a_grid_is_every_combination():
    cells = sweep.grid(BASE, AXES)
    assert {(cell.rank, cell.alpha) for cell in cells} == {(r, a) for r in (2, 4) for a in (0.0, 4.0, 20.0)}
    assert len(cells) == 6


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({"colour": ["1"]}, "no parameter 'colour'"),
        ({"rank": ["ten"]}, "whole number"),
        ({"rank": ["1"]}, "between 2 and 512"),
        ({"seed": [str(n) for n in range(501)]}, "501 cells"),
    ],
)
def test_a_grid_that_cannot_be_is_refused_before_anything_is_fitted(axes, words):
    with pytest.raises(DataError, match=words):
        sweep.grid(BASE, axes)


def test_a_cell_is_worth_what_the_board_says(dataset, records):
    how = BoardParams(k=7)
    found = sweep.run(dataset, sweep.grid(BASE, AXES), how, records)
    for cell in found.cells[:2]:
        board = measure(dataset, cell.params, how, None)
        row = next(row for row in board.rows("NDCG", 7) if row.model == "WALS")
        assert cell.value.mean == pytest.approx(row.value.mean, abs=1e-6)
    means = [cell.value.mean for cell in found.cells]
    assert means == sorted(means, reverse=True)
    assert found.cells[0].behind.mean == 0


def test_the_cheapest_is_no_dearer_than_any_other_that_cannot_be_told_from_the_best(dataset, records):
    found = sweep.run(dataset, sweep.grid(BASE, AXES), BoardParams(), records)
    equals = [cell for cell in found.cells if not cell.distinguishable]
    assert found.cheapest in equals
    assert found.cheapest.cost == min(cell.cost for cell in equals)


def test_what_was_measured_is_not_fitted_again(dataset, records, monkeypatch):
    first = sweep.run(dataset, sweep.grid(BASE, AXES), BoardParams(), records)
    assert first.fitted == 6
    wider = sweep.run(dataset, sweep.grid(BASE, {**AXES, "alpha": ["0", "4", "20", "50"]}), BoardParams(), records)
    assert wider.fitted == 2
    monkeypatch.setattr(wals, "fit", None)
    again = sweep.run(dataset, sweep.grid(BASE, AXES), BoardParams(), records)
    assert again.fitted == 0
    assert [cell.key for cell in again.cells] == [cell.key for cell in first.cells]


def test_a_killed_sweep_goes_on_where_it_stood(tmp_path):
    ledger = tmp_path / "ledger.db"
    words = ["sweep", "--sample", "films-small", "--ledger", str(ledger), "--rank", "8", "--grid", "alpha=1,2,3,4,5,6,7,8,9,10,11,12", "--json"]  # fmt: skip
    slow = ["--iterations", "100", "--solver", "exact"]
    running = subprocess.Popen(
        [sys.executable, "-m", "textrec_core", *words, *slow], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (ledger.exists() and _kept(ledger)):
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    kept = _kept(ledger)
    assert 1 <= kept <= 12
    done = subprocess.run([sys.executable, "-m", "textrec_core", *words, *slow], cwd=ROOT, capture_output=True, text=True, check=True)  # fmt: skip
    assert f'"fitted": {12 - kept}' in done.stdout
    assert _kept(ledger) == 12


def _kept(ledger: Path) -> int:
    import sqlite3

    try:
        with sqlite3.connect(ledger) as file:
            return file.execute("select count(*) from fits").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def record(key: str, name: str = "") -> Record:
    return Record(key, "data", {"rank": 3}, "protocol", 1.5, np.array([0.25, 1.0]), name)


def test_a_record_comes_back_as_it_went_in(records):
    records.put(record("a", "mine"))
    found = records.of("a")
    assert found is not None
    assert (found.key, found.data, found.params, found.protocol, found.seconds, found.name) == ("a", "data", {"rank": 3}, "protocol", 1.5, "mine")  # fmt: skip
    assert found.gains.tolist() == [0.25, 1.0]
    assert records.of("b") is None


def test_named_records_stay_and_the_oldest_of_the_others_go_first(tmp_path):
    records = Records(tmp_path / "few.db", most=3)
    records.put(record("kept", "by name"))
    for number in range(6):
        records.put(record(f"r{number}"))
    assert [one.key for one in records.all("data")] == ["kept", "r4", "r5"]
    records.rename("r4", "now named")
    for number in range(6, 9):
        records.put(record(f"r{number}"))
    assert [one.key for one in records.all("data")] == ["kept", "r4", "r8"]
    records.delete("kept")
    assert records.of("kept") is None


def test_a_file_that_is_no_ledger_is_refused_in_words(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but long enough to be taken for one" * 10)
    with pytest.raises(DataError, match=r"notes.txt cannot be used"):
        Records(path)
