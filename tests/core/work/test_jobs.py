"""One worker for everybody: joined, cancelled, killed, and still there for the next."""

import re
import socket
from collections.abc import Iterator
from multiprocessing.connection import Pipe
from pathlib import Path

import pytest

from tests.core.work import tasks
from textrec_core.errors import DataError
from textrec_core.limits import LIMITS
from textrec_core.work import jobs, process
from textrec_core.work.jobs import Job, Worker

# Long enough for a busy machine to start a process; nothing waits for it to pass.
PATIENCE = 20


class Gate:
    """Where a running task waits: ``arrived`` returns once it is there, ``open`` lets it go on."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.settimeout(PATIENCE)
        self._door.bind(self.path)
        self._door.listen()
        self._line: socket.socket | None = None

    def arrived(self) -> None:
        """Wait until the task is at the gate."""
        self._line = self._door.accept()[0]

    def open(self) -> None:
        """Let the task go on."""
        assert self._line is not None
        self._line.sendall(b"x")

    def close(self) -> None:
        """Take the gate away."""
        if self._line:
            self._line.close()
        self._door.close()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.stop()


@pytest.fixture
def gate(tmp_path) -> Iterator[Gate]:
    made = Gate(tmp_path / "g")
    yield made
    made.close()


@pytest.fixture
def second_gate(tmp_path) -> Iterator[Gate]:
    made = Gate(tmp_path / "h")
    yield made
    made.close()


def end_of(job: Job) -> Job:
    assert job.finished.wait(PATIENCE), f"{job.label} did not end"
    return job


def works(worker: Worker) -> bool:
    """Whether a plain job still runs to its end."""
    job = end_of(worker.ask("works", "Doubling", tasks.double, 21))
    return job.state == "done" and worker.result("works") == 42


def test_a_result_is_found_by_its_key(worker):
    assert worker.result("four") is None
    job = end_of(worker.ask("four", "Doubling", tasks.double, 2))
    assert (job.state, job.problem) == ("done", None)
    assert worker.result("four") == 4
    assert worker.result("five") is None
    assert worker.job("four") is None, "a job that has ended is no longer waited for"


def test_a_result_that_is_not_shared_is_held_by_its_job_alone(worker):
    job = end_of(worker.ask("own", "Doubling", tasks.double, 3, shared=False))
    assert (job.state, job.result) == ("done", 6)
    assert worker.result("own") is None


def test_work_is_done_in_one_other_process_that_stays(worker):
    import os

    for key in ("first", "second"):
        end_of(worker.ask(key, "Naming", tasks.process))
    assert worker.result("first") == worker.result("second") != os.getpid()


def test_a_result_that_is_shared_cannot_be_changed(worker):
    end_of(worker.ask("made", "Making", tasks.makes, 5))
    made = worker.result("made")
    assert made.numbers.tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="read-only"):
        made.numbers[0] = 9


def test_those_who_ask_for_the_same_share_one_run(worker, gate, tmp_path):
    marks = tmp_path / "marks"
    asked = [worker.ask("shared", "Counting", tasks.counted, gate.path, str(marks), by=name) for name in "abc"]
    gate.arrived()
    asked.append(worker.ask("shared", "Counting", tasks.counted, gate.path, str(marks), by="late"))
    gate.open()
    assert len({id(end_of(job)) for job in asked}) == 1
    assert marks.read_text() == "x"
    assert worker.result("shared") == "done"


def test_progress_arrives(worker, gate):
    job = worker.ask("progress", "Waiting", tasks.gated, gate.path, 1)
    gate.arrived()
    assert job.state == "running"
    assert worker.job("progress") is job
    gate.open()
    assert (end_of(job).progress, job.words) == (0.5, "half way")


def test_a_job_knows_how_many_are_ahead_of_it(worker, gate):
    first = worker.ask("ahead-0", "Waiting", tasks.gated, gate.path, 1)
    gate.arrived()
    waiting = [worker.ask(f"ahead-{n}", "Doubling", tasks.double, n) for n in (1, 2)]
    assert [worker.ahead(job) for job in (first, *waiting)] == [0, 1, 2]
    gate.open()
    assert [end_of(job).state for job in (first, *waiting)] == ["done"] * 3
    assert worker.ahead(waiting[1]) == 0


def test_a_fault_that_can_be_mended_arrives_with_both_sentences(worker):
    job = end_of(worker.ask("refused", "Refusing", tasks.refuses))
    assert job.state == "failed"
    assert (job.problem.problem, job.problem.hint) == ("Row 3 holds no number.", "Mend row 3.")
    assert worker.result("refused") is None


def test_a_fault_nobody_foresaw_becomes_a_sentence_with_a_reference_and_no_details(worker):
    job = end_of(worker.ask("failed", "Failing", tasks.fails, "/home/me/file"))
    assert re.fullmatch(r"fails failed in a way that was not foreseen \(reference [0-9a-f]{8}\)\.", job.problem.problem)
    for words in (job.problem.problem, job.problem.hint):
        assert "secret" not in words
        assert "/home" not in words
        assert "RuntimeError" not in words
    assert works(worker)


def test_want_of_memory_is_said_in_words(worker):
    assert "not enough memory" in end_of(worker.ask("starved", "Starving", tasks.starves)).problem.problem
    assert works(worker)


def test_a_process_that_dies_takes_only_its_own_job_along(worker, gate):
    held = worker.ask("held", "Waiting", tasks.gated, gate.path, 1)
    gate.arrived()
    dead, after = worker.ask("dead", "Dying", tasks.dies), worker.ask("after", "Doubling", tasks.double, 4)
    gate.open()
    assert end_of(held).state == "done"
    assert end_of(dead).state == "failed"
    assert dead.problem.problem.startswith("Dying stopped: its process ended")
    assert end_of(after).state == "done"
    assert worker.result("after") == 8


def test_a_result_that_cannot_be_sent_fails_only_its_own_job(worker):
    job = end_of(worker.ask("unsendable", "Making", tasks.unsendable))
    assert job.state == "failed"
    assert "reference" in job.problem.problem
    assert works(worker)


def test_work_that_cannot_be_sent_fails_only_its_own_job(worker):
    job = end_of(worker.ask("local", "Sending", lambda on_progress: None))
    assert job.state == "failed"
    assert re.search(r"Sending failed .*reference", job.problem.problem)
    assert works(worker)


def test_a_running_job_can_be_cancelled_and_asked_for_again(worker, gate, second_gate):
    job = worker.ask("cancelled", "Waiting", tasks.gated, gate.path, 1, by="me")
    gate.arrived()
    worker.cancel("cancelled", by="me")
    again = worker.ask("cancelled", "Waiting", tasks.gated, second_gate.path, 2, by="me")
    assert again is not job, "who asks after a cancel is not handed the cancelled one"
    second_gate.arrived()
    second_gate.open()
    assert (end_of(job).state, job.problem) == ("cancelled", None)
    assert end_of(again).state == "done"
    assert worker.result("cancelled") == 2


def test_a_waiting_job_can_be_cancelled_while_another_goes_on(worker, gate):
    running = worker.ask("running", "Waiting", tasks.gated, gate.path, 1)
    gate.arrived()
    waiting = worker.ask("waiting", "Doubling", tasks.double, 3, by="me")
    worker.cancel("waiting", by="me")
    assert end_of(waiting).state == "cancelled"
    assert worker.job("waiting") is None
    gate.open()
    assert end_of(running).state == "done"
    assert worker.result("waiting") is None


def test_a_job_that_two_wait_for_goes_on_when_one_leaves(worker, gate):
    job = worker.ask("two", "Waiting", tasks.gated, gate.path, 7, by="one")
    assert worker.ask("two", "Waiting", tasks.gated, gate.path, 7, by="other") is job
    gate.arrived()
    worker.cancel("two", by="one")
    gate.open()
    assert (end_of(job).state, job.cancelled) == ("done", False)
    assert worker.result("two") == 7


def test_the_last_of_two_to_leave_stops_it(worker, gate):
    job = worker.ask("both", "Waiting", tasks.gated, gate.path, 7, by="one")
    worker.ask("both", "Waiting", tasks.gated, gate.path, 7, by="other")
    gate.arrived()
    for name in ("one", "other"):
        worker.cancel("both", by=name)
    assert end_of(job).state == "cancelled"
    assert works(worker)


def test_cancelling_what_is_not_there_changes_nothing(worker):
    worker.cancel("never asked for")
    assert works(worker)


def test_work_over_its_time_is_stopped_and_the_next_job_runs(gate, monkeypatch):
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.02)
    worker = Worker(seconds=0.1)
    job = end_of(worker.ask("slow", "Waiting", tasks.gated, gate.path, 1))
    assert job.problem.problem.startswith("Waiting ran longer than")
    worker._seconds = PATIENCE
    assert works(worker)
    worker.stop()


def test_telling_of_progress_does_not_buy_time(monkeypatch):
    worker = Worker(seconds=0.5)
    job = end_of(worker.ask("chatter", "Chattering", tasks.chatters))
    assert job.problem.problem.startswith("Chattering ran longer than")
    worker.stop()


def test_a_full_queue_is_refused_in_words(worker, gate):
    running = worker.ask("full", "Waiting", tasks.gated, gate.path, 1)
    gate.arrived()
    waiting = [worker.ask(f"full-{n}", "Doubling", tasks.double, n, by="me") for n in range(LIMITS.jobs_waiting)]
    with pytest.raises(DataError, match=f"{LIMITS.jobs_waiting} jobs are waiting already"):
        worker.ask("one more", "Doubling", tasks.double, 0)
    assert worker.ask("full-3", "Doubling", tasks.double, 3, by="other") is waiting[3], "joining needs no room"
    for job in waiting:
        worker.cancel(job.key, by="me")
    worker.cancel("full-3", by="other")
    gate.open()
    assert end_of(running).state == "done"


def test_results_are_bounded_and_the_least_used_go_first():
    worker = Worker(results_kept=2)
    worker.keep("a", 1)
    worker.keep("b", 2)
    assert worker.result("a") == 1
    worker.keep("c", 3)
    assert [worker.result(key) for key in "abc"] == [1, None, 3]


def test_the_process_can_be_started_ahead():
    worker = Worker()
    worker.warm()
    end_of(worker.ask("pid", "Naming", tasks.process))
    assert worker.result("pid") == worker._process.pid
    worker.stop()


def test_the_process_goes_quietly_when_nobody_waits_for_the_result_any_more():
    server, pipe = Pipe()
    server.send((tasks.chatters, ()))
    server.close()
    process.serve(pipe)
    with pytest.raises(EOFError):
        pipe.recv()


def test_long_work_is_done_in_turns_and_others_come_between(worker: Worker, gate: Gate, tmp_path) -> None:
    file = str(tmp_path / "marks")
    first = worker.ask("gate", "", tasks.gated, gate.path, "done")
    gate.arrived()
    long = worker.ask("long", "", tasks.in_turns, file, "t", 3)
    other = worker.ask("other", "", tasks.mark, file, "o")
    gate.open()
    for job in (first, long, other):
        assert job.finished.wait(PATIENCE)
        assert job.problem is None
    assert (tmp_path / "marks").read_text() == "tott"
    assert worker.result("long").marks == "ttt"
    assert worker.job("long") is None


def test_a_process_that_cannot_be_started_fails_its_job_and_the_next_one_is_tried(monkeypatch):
    worker = Worker()
    with monkeypatch.context() as patch:
        patch.setattr(jobs.sys, "executable", "/nowhere/python")
        job = end_of(worker.ask("early", "Doubling", tasks.double, 1))
    assert (job.state, job.problem.problem) == ("failed", "Doubling could not be started: No such file or directory.")
    assert works(worker)
    worker.stop()


def test_whoever_waits_when_the_worker_is_stopped_is_told(gate):
    worker = Worker()
    running = worker.ask("running", "Waiting", tasks.gated, gate.path, 1)
    gate.arrived()
    waiting = worker.ask("waiting", "Doubling", tasks.double, 1)
    worker.stop()
    assert end_of(waiting).state == end_of(running).state == "cancelled"
    assert worker.job("waiting") is None
