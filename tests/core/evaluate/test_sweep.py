"""A plan measured once, kept at once, and gone on with after any end."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from textrec_core.data import samples
from textrec_core.data.split import random_per_person
from textrec_core.errors import DataError
from textrec_core.evaluate import confirm, cost, recorded, search, sweep
from textrec_core.evaluate.board import BoardParams, measure
from textrec_core.evaluate.early import Early, sweeps_needed
from textrec_core.evaluate.intervals import widened
from textrec_core.evaluate.judged import BEYOND, LENGTHS, Judged
from textrec_core.evaluate.ledger import Ledger, Run
from textrec_core.evaluate.metrics import hits, ndcg, relevant
from textrec_core.evaluate.search import SearchParams
from textrec_core.figures import sweeps as figures
from textrec_core.models import wals
from textrec_core.models.wals import WalsParams
from textrec_core.people.recommend import everyone

BASE = WalsParams(rank=4, regularization=0.02, iterations=5)
AXES = {"rank": ("2", "4"), "alpha": ("0", "4", "20")}
HOW = BoardParams(starts=1)
PLAN = sweep.Plan(BASE, AXES, HOW, SearchParams())
TPE = replace(
    PLAN, axes={"rank": ("2", "8"), "alpha": ("0.5", "40")}, search=SearchParams("tpe", trials=12, prune=True)
)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "ledger.db"


def read(dataset, path: Path, plan: sweep.Plan = PLAN, metric: str = "NDCG", k: int = 10) -> sweep.Sweep:
    ledger = Ledger(path)
    kept = next(one for one in ledger.sweeps(dataset.fingerprint) if one.key == sweep.name_of(dataset, plan))
    found = sweep.read(ledger, kept, metric, k)
    assert found is not None
    return found


def test_a_grid_is_every_combination():
    cells = sweep.grid(BASE, AXES)
    assert {(cell.rank, cell.alpha) for cell in cells} == {(r, a) for r in (2, 4) for a in (0.0, 4.0, 20.0)}
    assert len(cells) == PLAN.wanted == 6


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({"colour": ("1",)}, "no parameter 'colour'"),
        ({"rank": ("ten",)}, "whole number"),
        ({"rank": ("1",)}, "between 2 and 512"),
        ({"rank": ("500",)}, "at most 40"),
        ({"alpha": ()}, "No value"),
        ({"seed": tuple(str(n) for n in range(501))}, "501 cells"),
    ],
)
@pytest.mark.parametrize("method", ["grid", "tpe"])
def test_a_plan_that_cannot_be_is_refused_before_anything_is_fitted(dataset, path, axes, words, method, monkeypatch):
    if method == "tpe" and "501" in words:
        return
    monkeypatch.setattr(wals, "fit", None)
    with pytest.raises(DataError, match=words):
        sweep.run(dataset, replace(PLAN, axes=axes, search=SearchParams(method)), path)


def test_a_cell_is_worth_what_the_board_says_by_every_metric_at_any_length(dataset, path):
    sweep.run(dataset, PLAN, path)
    for metric, k in (("NDCG", 7), ("Recall", 20), ("MAP", 3)):
        found = read(dataset, path, metric=metric, k=k)
        for cell in found.cells[:2]:
            board = measure(dataset, cell.params, replace(HOW, k=k), None, only=("WALS",))
            row = board.rows(metric, k)[0]
            assert cell.value.mean == pytest.approx(row.value.mean, abs=1e-6)
            assert cell.aside["Coverage"] == pytest.approx(
                board.curve("Coverage")[0][[1, 2, 3, 5, 7, 10, 15, 20].index(k)]
            )
        means = [cell.value.mean for cell in found.cells]
        assert means == sorted(means, reverse=True)
        assert found.best.behind.mean == 0


def test_a_click_on_a_chart_names_the_cell_that_is_drawn_there(dataset, path):
    sweep.run(dataset, PLAN, path)
    found = read(dataset, path)
    cells = {cell.key: cell for cell in found.cells}
    squares, points = figures.heat(found, "rank", "alpha", "NDCG@10").data[-1], figures.trade(found, ("rank",), "NDCG@10", "Coverage").data[-1]  # fmt: skip
    ranks, alphas = (sorted({getattr(cell.params, name) for cell in found.cells}) for name in ("rank", "alpha"))
    for x, y, (_words, key, _value) in zip(squares.x, squares.y, squares.customdata, strict=True):
        assert (cells[key].params.rank, cells[key].params.alpha) == (ranks[x], alphas[y])
    for x, (_words, key) in zip(points.x, points.customdata, strict=True):
        assert cells[key].value.mean == x
    assert len(squares.x) == len(points.x) == 6


def test_the_cheapest_is_no_dearer_than_any_other_that_cannot_be_told_from_the_best(dataset, path):
    sweep.run(dataset, PLAN, path)
    found = read(dataset, path)
    equals = [cell for cell in found.cells if not cell.distinguishable]
    assert found.cheapest in equals
    assert found.cheapest.cost == min(cell.cost for cell in equals)


def test_what_was_measured_is_not_fitted_again(dataset, path, monkeypatch):
    assert sweep.run(dataset, PLAN, path).fitted == 6
    first = read(dataset, path)
    wider = replace(PLAN, axes={**AXES, "alpha": ("0", "4", "20", "50")})
    assert sweep.run(dataset, wider, path).fitted == 2
    monkeypatch.setattr(wals, "fit", None)
    assert sweep.run(dataset, PLAN, path).fitted == 0
    assert [cell.key for cell in read(dataset, path).cells] == [cell.key for cell in first.cells]


@pytest.mark.parametrize("plan", [PLAN, TPE], ids=["grid", "tpe"])
def test_turns_come_to_the_same_as_one_go(dataset, tmp_path, plan):
    whole, turns = tmp_path / "whole.db", tmp_path / "turns.db"
    done = sweep.run(dataset, plan, whole)
    assert not done.unfinished
    steps = [sweep.run(dataset, plan, turns, seconds=0.0)]
    while steps[-1].unfinished:
        steps.append(sweep.run(dataset, plan, turns, seconds=0.0))
    assert [step.fitted for step in steps[:3]] == [1, 1, 1]
    one, other = (Ledger(path).sweeps(dataset.fingerprint)[0].cells for path in (whole, turns))
    assert one == other
    assert len(one) == plan.wanted


def test_the_best_is_trained_from_other_starts_and_every_interval_covers_what_they_move(dataset, path):
    assert sweep.run(dataset, PLAN, path, seconds=0.0).unfinished
    alone = read(dataset, path)
    assert (alone.starts, alone.spread) == (1, 0.0)
    sweep.run(dataset, PLAN, path)
    found, ledger = read(dataset, path), Ledger(path)
    again = [ledger.of(recorded.key_of(dataset, replace(found.best.params, seed=seed), HOW)) for seed in range(4)]
    assert found.starts == len(again)
    assert len(ledger.all(dataset.fingerprint)) == 6 + 3
    means = [run.values("NDCG", 10).mean() for run in again]
    assert found.spread == pytest.approx(np.std(means, ddof=1))
    over_people = sweep.compared(ledger.several(tuple(cell.key for cell in found.cells)), "NDCG", 10)
    assert (found.best.behind.low, found.best.behind.high) == (0, 0)
    for cell, narrow in zip(found.cells[1:], over_people.cells[1:], strict=True):
        assert cell.value == widened(narrow.value, found.spread, 4)
        assert cell.behind == widened(narrow.behind, found.spread * 2**0.5, 4)


def test_one_configuration_from_two_starts_is_told_apart_in_at_most_7_of_100_sweeps(dataset):
    alarms = 0
    for number in range(100):
        split = random_per_person(dataset, 0.3, number)
        runs = [judged(dataset, split, replace(BASE, iterations=2, seed=seed)) for seed in (0, 10, 1, 2, 3)]
        found = sweep.compared(runs[:2], "NDCG", 5, (runs[0], *runs[2:]))
        alarms += any(cell.distinguishable for cell in found.cells)
    assert alarms <= 7


def judged(dataset, split, params: WalsParams) -> Run:
    lists = everyone(split.train, wals.scorer(split.train, wals.fit(split.train, params)), 5, split.people)[0]
    found = Judged(hits(lists, split.held_out, split.people), np.zeros((len(BEYOND), len(LENGTHS))))
    return Run(str(params.seed), dataset.fingerprint, "", asdict(params), "", 1.0, {}, found, relevant(split.held_out, split.people))  # fmt: skip


def test_tpe_tries_as_many_as_it_was_told_within_the_ranges_and_gives_the_worse_half_up_early(dataset, path):
    plan = replace(TPE, search=replace(TPE.search, trials=20))
    sweep.run(dataset, plan, path)
    found = read(dataset, path, plan)
    assert all(2 <= cell.params.rank <= 8 and 0.5 <= cell.params.alpha <= 40 for cell in found.cells)
    assert len({cell.params for cell in found.cells}) > 8
    given_up = [cell for cell in found.cells if cell.stopped]
    assert given_up
    assert all(cell.stopped in search.CHECKED for cell in given_up)
    assert not found.best.stopped
    assert not found.cheapest.stopped
    ledger = Ledger(path)
    for cell in given_up:
        assert len(ledger.factors(cell.key).losses) == cell.stopped


def test_one_that_does_not_settle_is_passed_over(dataset, path):
    hard = replace(PLAN, base=replace(BASE, solver="exact", frequency=0.0, regularization=1e-6, rank=30, unseen=1e-3), axes={"alpha": ("0", "4")})  # fmt: skip
    real = wals.fit

    def fragile(learned, params, **rest):
        if params.alpha == 0:
            raise DataError("Training did not settle.", "")
        return real(learned, params, **rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wals, "fit", fragile)
        sweep.run(dataset, hard, path)
    assert [cell.params.alpha for cell in read(dataset, path, hard).cells] == [4.0]


def test_the_cost_is_told_first_and_counts_only_what_is_left(dataset, path):
    before = cost.estimate(dataset, PLAN, path)
    assert (before.fits, before.known) == (6, 0)
    assert 0 < before.seconds < 60
    assert before.bytes == sum(4 * cell.rank * (60 + 40) for cell in sweep.grid(BASE, AXES))
    sweep.run(dataset, PLAN, path)
    after = cost.estimate(dataset, PLAN, path)
    assert (after.seconds, after.fits, after.known) == (0.0, 0, 6)


def test_a_choice_is_confirmed_on_items_and_starts_that_did_not_make_it(dataset, path):
    several = (BASE, replace(BASE, alpha=0.0))
    told = confirm.confirm(dataset, several, HOW, path)
    assert told.rounds == 3
    runs = Ledger(path).all(dataset.fingerprint)
    assert {run.protocol for run in runs} == {f"random 20%, seed {seed}" for seed in (1, 2, 3)}
    assert {run.params["seed"] for run in runs} == {1, 2, 3}
    assert (told.behind[0].mean, told.behind[0].low, told.behind[0].high) == (0, 0, 0)
    assert told.behind[1].mean == pytest.approx(told.values[1].mean - told.values[0].mean)


def test_sweeps_that_bring_nothing_on_hidden_items_are_saved(dataset):
    told = replace(BASE, iterations=60)
    needed, course = sweeps_needed(dataset, told)
    assert needed < 60
    assert len(course) == needed + 2
    assert max(course[-2:]) <= max(course[:-2]) * 1.002
    split = random_per_person(dataset, 0.1, told.seed)
    assert split.train.interactions < dataset.interactions


def test_factors_are_judged_in_training_as_they_are_afterwards(dataset):
    split = random_per_person(dataset, 0.2, 0)
    fit = wals.fit(split.train, BASE)
    early = Early(split, split.people, {1}, lambda _sweep, _value: False)
    early(fit.users, fit.items)
    lists = everyone(split.train, wals.scorer(split.train, fit), 10, split.people)[0]
    found = hits(lists, split.held_out, split.people)
    told = ndcg(found, relevant(split.held_out, split.people), 10)
    assert early.values == pytest.approx([told.mean()], abs=1e-6)


def test_a_sweep_finds_the_region_of_the_true_number_of_tastes(path):
    """The noise-free wants of ``films`` have so many directions that carry 99 % of how people differ in them."""
    dataset, truth = samples.load("films"), samples.truth("films")
    wants = truth.scores(np.arange(dataset.users.size))
    spread = np.linalg.svd(wants - wants.mean(axis=1, keepdims=True), compute_uv=False) ** 2
    true = int(np.searchsorted(np.cumsum(spread) / spread.sum(), 0.99)) + 1
    plan = sweep.Plan(wals.suited(dataset), {"rank": ("16", "32", "64", "96", "160")}, HOW, SearchParams())
    sweep.run(dataset, plan, path)
    found = read(dataset, path, plan)
    assert true / 1.5 <= found.cheapest.params.rank <= true * 1.5
    assert all(cell.distinguishable for cell in found.cells if cell.params.rank <= true / 1.5)


def test_a_killed_sweep_goes_on_where_it_stood(path):
    words = ["sweep", "--sample", "films-small", "--ledger", str(path), "--rank", "8", "--grid", "alpha=1,2,3,4,5,6,7,8,9,10,11,12", "--json"]  # fmt: skip
    slow = ["--iterations", "100", "--solver", "exact"]
    running = subprocess.Popen(
        [sys.executable, "-m", "textrec_core", *words, *slow], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (path.exists() and _kept(path)):
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    kept = _kept(path)
    assert 1 <= kept <= 12
    done = subprocess.run([sys.executable, "-m", "textrec_core", *words, *slow], cwd=ROOT, capture_output=True, text=True, check=True)  # fmt: skip
    facts = json.loads(done.stdout)
    assert facts["fitted"] == facts["estimate"]["fits"] == 12 - kept
    assert facts["estimate"]["known"] == kept
    assert _kept(path) == 12


def _kept(path: Path) -> int:
    try:
        with sqlite3.connect(path) as file:
            # Those of other random starts come after the last cell.
            return file.execute("select count(*) from runs where json_extract(params, '$.seed') = 0").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def test_a_board_and_a_sweep_share_their_fits(dataset, path, monkeypatch):
    sweep.run(dataset, replace(PLAN, axes={"alpha": ("4",)}), path)
    params = replace(BASE, alpha=4.0)
    real, fitted = wals.fit, []
    monkeypatch.setattr(wals, "fit", lambda learned, told, *rest, **named: (fitted.append(told), real(learned, told, *rest, **named))[1])  # fmt: skip
    board = recorded.measure(dataset, params, replace(HOW, starts=5), None, path)
    # The one start that the sweep had no need of, and the fit that chooses how to blend.
    assert [told.seed for told in fitted] == [4, 0]
    for start in range(5):
        run = Ledger(path).of(recorded.key_of(dataset, replace(params, seed=start), HOW))
        assert run.metrics["NDCG@10"].mean == pytest.approx(board._by_start("NDCG", 10)[start, :, board.models.index("WALS")].mean())  # fmt: skip
