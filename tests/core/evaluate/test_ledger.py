"""Runs that are kept, named, compared, reopened, and make room for one another."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from textrec_core.errors import DataError
from textrec_core.evaluate import compare, recorded, sweep
from textrec_core.evaluate import ledger as ledgers
from textrec_core.evaluate.board import BoardParams
from textrec_core.evaluate.intervals import Interval
from textrec_core.evaluate.judged import BEYOND, DEPTH, LENGTHS, Judged, nearest_length
from textrec_core.evaluate.ledger import EVERYTHING, NAME_CHARACTERS, Ledger, Run, code_version
from textrec_core.evaluate.search import SearchParams
from textrec_core.models import wals
from textrec_core.models.wals import WalsParams

PARAMS = WalsParams(rank=4, regularization=0.02, iterations=4)


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "ledger.db")


def run(key: str, name: str = "") -> Run:
    judged = Judged(np.arange(3 * DEPTH).reshape(3, DEPTH) % 7 == 0, np.full((len(BEYOND), len(LENGTHS)), 0.25))
    interval = Interval(0.5, 0.4, 0.6, 3)
    return Run(key, "data", "films", asdict(PARAMS), "random 20%, seed 0", 1.5, {"NDCG@10": interval}, judged, np.array([1, 2, 30]), (0.1, 0.2), 0, name=name)  # fmt: skip


def test_a_run_comes_back_as_it_went_in(ledger):
    ledger.put(run("a", "mine"))
    found, sent = ledger.of("a"), run("a", "mine")
    for field in ("key", "data", "dataset", "params", "protocol", "seconds", "metrics", "course", "stopped", "name"):
        assert getattr(found, field) == getattr(sent, field), field
    assert (found.judged.found == sent.judged.found).all()
    assert (found.judged.beyond == sent.judged.beyond).all()
    assert found.hidden.tolist() == [1, 2, 30]
    assert found.wals == PARAMS
    assert found.version == code_version()
    assert found.made
    assert ledger.of("b") is None
    assert ledger.all("other data") == []


def test_a_run_measured_again_keeps_its_name(ledger):
    ledger.put(run("a", "mine"))
    ledger.put(replace(run("a"), seconds=9.0))
    assert (ledger.of("a").name, ledger.of("a").seconds) == ("mine", 9.0)


def test_a_name_is_one_short_line(ledger):
    ledger.put(run("a"))
    ledger.rename("a", "  " + "x" * 500)
    assert ledger.of("a").name == "x" * NAME_CHARACTERS


def test_a_sweep_that_is_begun_again_keeps_its_cells(ledger):
    for _ in range(2):
        ledger.begin("sweep", "data", {"k": 10}, 4)
        assert [one.wanted for one in ledger.sweeps("data")] == [4]
        ledger.mark("sweep", ("a", "b"))
    ledger.begin("sweep", "data", {"k": 10}, 4)
    assert ledger.sweeps("data")[0].cells == ("a", "b")


def test_the_version_moves_with_all_code_that_trains_or_judges(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "__file__", str(tmp_path / "evaluate" / "ledger.py"))
    versions = set()
    for folder in ("data", "evaluate", "models"):
        (tmp_path / folder).mkdir()
        for line in ("a = 1", "a = 2"):
            (tmp_path / folder / "part.py").write_text(line)
            versions.add(code_version.__wrapped__())
    assert len(versions) == 6


def test_the_file_is_written_ahead_so_that_readers_and_a_writer_do_not_wait(ledger, tmp_path):
    with ledger._open() as file:
        assert file.execute("pragma journal_mode").fetchone() == ("wal",)


def test_named_runs_stay_and_the_oldest_of_the_others_go_first_and_that_is_counted(tmp_path):
    ledger = Ledger(tmp_path / "few.db", most=3)
    ledger.put(run("kept", "by name"))
    for number in range(6):
        ledger.put(run(f"r{number}"))
    assert [one.key for one in ledger.all("data")] == ["r5", "r4", "kept"]
    assert ledger.fill().removed == 4
    ledger.rename("r4", "now named")
    for number in range(6, 9):
        ledger.put(run(f"r{number}"))
    assert [one.key for one in ledger.all("data")] == ["r8", "r4", "kept"]
    ledger.rename("kept", "")
    ledger.put(run("r9"))
    assert "kept" not in [one.key for one in ledger.all("data")]


def test_the_declared_size_bounds_runs_and_factors_together(tmp_path, dataset):
    fit = wals.fit(dataset, PARAMS)
    free = Ledger(tmp_path / "free.db")
    free.put(run("one"), fit)
    each = free.of("one").bytes
    bounded = Ledger(tmp_path / "bounded.db", most_bytes=3 * each + each // 2)
    for number in range(8):
        bounded.put(run(f"r{number}"), fit)
    assert [one.key for one in bounded.all("data")] == ["r7", "r6", "r5"]
    files = list((tmp_path / "bounded-factors").iterdir())
    assert sorted(path.stem for path in files) == ["r5", "r6", "r7"]
    assert bounded.fill().bytes == 3 * each
    bounded.delete("r6")
    assert bounded.factors("r6") is None
    assert not (tmp_path / "bounded-factors" / "r6.npz").exists()


def test_a_kept_fit_is_opened_again_without_training(tmp_path, dataset, monkeypatch):
    path = tmp_path / "ledger.db"
    first = recorded.fit(dataset, PARAMS, path)
    monkeypatch.setattr(wals, "fit", None)
    again = recorded.fit(dataset, PARAMS, path)
    assert (again.users == first.users).all()
    assert (again.items == first.items).all()
    assert again.losses == first.losses
    assert again.fingerprint == first.fingerprint == wals.name_of(dataset, PARAMS)
    assert [one.protocol for one in Ledger(path).all(dataset.fingerprint)] == [EVERYTHING]


def test_a_key_moves_with_what_a_fit_or_its_judges_depend_on_and_with_nothing_else(dataset):
    usual, how = recorded.key_of(dataset, PARAMS, BoardParams()), BoardParams(k=20, starts=1)
    assert recorded.key_of(dataset, PARAMS, how) == usual
    others = {
        recorded.key_of(dataset, replace(PARAMS, seed=1), how), recorded.key_of(dataset, PARAMS, replace(how, split_seed=1)),
        recorded.key_of(dataset, PARAMS, replace(how, hidden_share=0.3)), recorded.key_of(dataset, PARAMS, replace(how, split="last")),
        recorded.stopped_key(usual, 2), recorded.stopped_key(usual, 4),
    }  # fmt: skip
    assert len(others | {usual}) == 7


def test_a_board_keeps_every_start_with_its_own_hits(tmp_path, dataset):
    path, how = tmp_path / "ledger.db", BoardParams(starts=2)
    board = recorded.measure(dataset, PARAMS, how, None, path)
    place, ledger = board.models.index("WALS"), Ledger(path)
    kept = [ledger.of(recorded.key_of(dataset, replace(PARAMS, seed=start), how)).judged.found for start in range(2)]
    for start in range(2):
        assert (kept[start] == board.found[board.which[start, place]]).all()
    assert (kept[0] != kept[1]).any()


@pytest.mark.parametrize(("k", "length"), [(1, 1), (10, 10), (25, 30), (60, 70), (100, 100)])
def test_the_nearest_length_is_nearest_by_ratio(k, length):
    assert LENGTHS[nearest_length(k)] == length


def test_two_runs_are_compared_in_parameters_metrics_and_people(tmp_path, dataset):
    path, how = tmp_path / "ledger.db", BoardParams(starts=1)
    axes = {"rank": ("2", "6")}
    sweep.run(dataset, sweep.Plan(PARAMS, axes, how, SearchParams()), path)
    ledger = Ledger(path)
    one, other = (ledger.of(recorded.key_of(dataset, replace(PARAMS, rank=rank), how)) for rank in (2, 6))
    found = compare.compare(dataset, one, other, path)
    assert dict(found.params) == {"rank": (2, 6)}
    ndcg = next(row for row in found.metrics if row.metric == "NDCG@10")
    assert ndcg.one == pytest.approx(one.metrics["NDCG@10"].mean)
    assert ndcg.difference.mean == pytest.approx(ndcg.other - ndcg.one, abs=1e-9)
    assert ndcg.difference.low <= ndcg.difference.mean <= ndcg.difference.high
    shared = [count for _row, count in found.changed_most]
    assert shared == sorted(shared)
    assert shared[0] == found.overlap.min() < found.overlap.max()
    same = compare.compare(dataset, one, one, path)
    assert same.params == {}
    assert (same.overlap == 10).all()
    assert all(row.difference == Interval(0, 0, 0, one.hidden.size) for row in same.metrics)


def test_configurations_are_compared_from_several_starts_of_which_none_is_trained_twice(tmp_path, dataset, monkeypatch):
    path, how = tmp_path / "ledger.db", BoardParams(starts=1)
    plan = sweep.Plan(PARAMS, {"rank": ("2", "6")}, how, SearchParams())
    sweep.run(dataset, plan, path)
    ledger = Ledger(path)
    one, other = (ledger.of(recorded.key_of(dataset, replace(PARAMS, rank=rank), how)) for rank in (2, 6))
    found = compare.compare(dataset, one, other, path, starts=3)
    runs = {
        (rank, seed): ledger.of(recorded.key_of(dataset, replace(PARAMS, rank=rank, seed=seed), how))
        for rank in (2, 6)
        for seed in range(3)
    }
    means = {place: run.values("Recall", 20).mean() for place, run in runs.items()}
    row = next(row for row in found.metrics if row.metric == "Recall@20")
    assert (found.starts, found.alike) == (3, False)
    assert row.one == pytest.approx(np.mean([means[2, seed] for seed in range(3)]))
    assert row.other == pytest.approx(np.mean([means[6, seed] for seed in range(3)]))
    assert row.difference.mean == pytest.approx(row.other - row.one)
    assert row.difference.low <= row.difference.mean <= row.difference.high
    monkeypatch.setattr(wals, "fit", None)
    again = compare.compare(dataset, one, other, path, starts=3)
    assert again.metrics == found.metrics
    assert compare.compare(dataset, runs[2, 0], runs[2, 1], path).alike


def test_runs_of_different_people_are_not_laid_side_by_side(tmp_path, dataset):
    path = tmp_path / "ledger.db"
    recorded.fit(dataset, PARAMS, path)
    sweep.run(dataset, sweep.Plan(PARAMS, {"rank": ("4",)}, BoardParams(), SearchParams()), path)
    whole, judged, *_others = sorted(Ledger(path).all(dataset.fingerprint), key=lambda one: one.protocol != EVERYTHING)
    ledger = Ledger(path)
    found = compare.compare(dataset, ledger.of(whole.key), ledger.of(judged.key), path)
    assert found.metrics == ()
    assert found.overlap.size > 0


def test_lists_share_no_more_than_there_is_to_list(tmp_path, hand):
    recorded.fit(hand, PARAMS, tmp_path / "ledger.db")
    (run,) = Ledger(tmp_path / "ledger.db").all(hand.fingerprint)
    same = compare.compare(hand, run, run, tmp_path / "ledger.db")
    np.testing.assert_array_equal(same.overlap, hand.items.size - np.diff(hand.matrix.indptr)[same.people])


def test_what_was_written_about_a_split_can_be_read_again(dataset):
    for how in (
        BoardParams(), BoardParams(split="last", split_seed=4), BoardParams(split="date", hidden_share=0.05),
        BoardParams(hidden_share=0.125), BoardParams(hidden_share=0.07),
    ):  # fmt: skip
        assert recorded.split_of(dataset, recorded.words_of(how)) == (
            replace(how, hidden_share=0.2) if how.split == "last" else how
        )
    assert recorded.split_of(dataset, EVERYTHING) is None


def test_a_file_that_is_no_ledger_is_refused_in_words(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but long enough to be taken for one" * 10)
    with pytest.raises(DataError, match=r"notes.txt cannot be used"):
        Ledger(path)
