"""Heavy work in one warm process beside the server: functions go in, results and progress come out."""

import logging
import os
import subprocess
import sys
import threading
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core.errors import DataError
from textrec_core.limits import LIMITS

log = logging.getLogger(__name__)
POLL_SECONDS = 0.5


@dataclass(eq=False)
class Job:
    """One piece of work, known by the fingerprint of its result; many may wait for the same."""

    key: str
    label: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    waiting_for_it: set[str] = field(default_factory=set)
    state: str = "waiting"
    progress: float = 0.0
    words: str = ""
    problem: DataError | None = None
    shared: bool = True
    result: Any | None = None
    cancelled: bool = False
    finished: threading.Event = field(default_factory=threading.Event)


class Worker:
    """A queue before one process; results are kept by fingerprint, the least used forgotten first.

    The process is started at the first job or by ``warm``; when it dies it is replaced and only its own job fails.
    """

    def __init__(self, results_kept: int = LIMITS.results_kept, seconds: float = LIMITS.job_seconds) -> None:
        self._lock = threading.Condition()
        self._queue: deque[Job] = deque()
        self._jobs: dict[str, Job] = {}
        self._results: OrderedDict[str, Any] = OrderedDict()
        self._results_kept = results_kept
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._thread: threading.Thread | None = None

    def result(self, key: str) -> Any | None:
        """What a finished job made, or None where it has not been made or is no longer kept."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def keep(self, key: str, value: Any) -> None:
        """Hold a result for all who ask; what is shared can no longer be changed."""
        for part in vars(value).values() if hasattr(value, "__dict__") else ():
            if isinstance(part, np.ndarray):
                part.setflags(write=False)
        with self._lock:
            self._results[key] = value
            self._results.move_to_end(key)
            while len(self._results) > self._results_kept:
                self._results.popitem(last=False)

    def ask(
        self, key: str, label: str, function: Callable[..., Any], *arguments: Any, by: str = "", shared: bool = True
    ) -> Job:
        """Queue a job, or join the equal one that waits or runs; ``by`` names who is waiting.

        ``function`` must be importable and take ``on_progress``. A result that is not ``shared`` is held by the job
        alone, and goes when nobody holds the job. One that says it is ``unfinished`` is asked for
        again when everybody who waits has had a turn.
        """
        with self._lock:
            job = self._jobs.get(key)
            # Who asks after a cancel wants the work, not its end.
            if job is None or job.cancelled:
                if len(self._queue) >= LIMITS.jobs_waiting:
                    raise DataError(
                        f"{len(self._queue)} jobs are waiting already.",
                        "Try again in a minute; what is running goes on.",
                    )
                job = Job(key, label, function, arguments, shared=shared)
                self._jobs[key] = job
                self._queue.append(job)
                self._lock.notify_all()
            job.waiting_for_it.add(by)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, daemon=True, name="textrec-jobs")
                self._thread.start()
            return job

    def job(self, key: str) -> Job | None:
        """The job of this key while it waits or runs."""
        with self._lock:
            return self._jobs.get(key)

    def ahead(self, job: Job) -> int:
        """How many jobs will run before this one."""
        with self._lock:
            running = sum(other.state == "running" for other in self._jobs.values() if other is not job)
            return (self._queue.index(job) + running) if job in self._queue else 0

    def cancel(self, key: str, by: str = "") -> None:
        """Stop waiting for a job; the work itself stops when nobody waits for it any more."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                return
            job.waiting_for_it.discard(by)
            if job.waiting_for_it:
                return
            job.cancelled = True
            if job in self._queue:
                self._queue.remove(job)
                self._close(job, "cancelled", None)
            elif self._process:
                # A running function cannot be interrupted from outside; its process can.
                self._process.kill()

    def warm(self) -> None:
        """Start the process and let it load what the first job will need."""
        with self._lock:
            self._start()

    def stop(self) -> None:
        """End the process; what waits is called off."""
        with self._lock:
            for job in list(self._jobs.values()):
                job.cancelled = True
                if job in self._queue:
                    self._close(job, "cancelled", None)
            self._queue.clear()
            if self._process:
                self._process.kill()

    def _serve(self) -> None:
        while True:
            with self._lock:
                while not self._queue:
                    self._lock.wait()
                job = self._queue.popleft()
                job.state = "running"
                try:
                    pipe = self._start()
                except OSError as problem:
                    words = f"{job.label} could not be started: {problem.strerror}."
                    self._close(job, "failed", DataError(words, "Try again in a minute; the machine may be full."))
                    continue
            self._run(job, pipe)

    def _run(self, job: Job, pipe: Connection) -> None:
        deadline = time.monotonic() + self._seconds
        try:
            pipe.send((job.function, job.arguments))
            while True:
                if pipe.poll(POLL_SECONDS):
                    kind, *content = pipe.recv()
                    if kind == "done" and getattr(content[0], "unfinished", False):
                        return self._again(job)
                    if kind == "done":
                        if job.shared:
                            self.keep(job.key, content[0])
                        else:
                            job.result = content[0]
                        return self._finish(job, None)
                    if kind == "failed":
                        return self._finish(job, content[0])
                    job.progress, job.words = content
                if time.monotonic() > deadline:
                    self._end_process()
                    problem = DataError(
                        f"{job.label} ran longer than {self._seconds:,.0f} seconds and was stopped.",
                        "Try it on less data or with a smaller rank.",
                    )
                    return self._finish(job, problem)
        except (EOFError, OSError):
            self._end_process()
            problem = DataError(
                f"{job.label} stopped: its process ended, most likely for want of memory, and was started anew.",
                "Other people's work goes on. Try less data or a smaller rank.",
            )
            return self._finish(job, None if job.cancelled else problem)
        except Exception:
            # What cannot cross the pipe must not end the thread that serves everybody.
            problem = unforeseen(job.label)
            self._end_process()
            return self._finish(job, problem)

    def _again(self, job: Job) -> None:
        """Put a job behind those that wait; one that nobody wants any more ends here."""
        with self._lock:
            if job.cancelled:
                self._end_process()
                self._close(job, "cancelled", None)
            else:
                job.state = "waiting"
                self._queue.append(job)
                self._lock.notify_all()

    def _finish(self, job: Job, problem: DataError | None) -> None:
        with self._lock:
            if job.cancelled:
                # Its process was told to end and may take a moment; the next job must not be given to it.
                self._end_process()
            self._close(job, "cancelled" if job.cancelled else "failed" if problem else "done", problem)

    def _close(self, job: Job, state: str, problem: DataError | None) -> None:
        job.state, job.problem = state, problem
        if self._jobs.get(job.key) is job:
            del self._jobs[job.key]
        job.finished.set()

    def _start(self) -> Connection:
        if self._pipe is None or self._process is None or self._process.poll() is not None:
            ours, theirs = Pipe()
            # A plain command rather than a spawned copy: the server's own main script is not run again.
            command = [sys.executable, "-m", "textrec_core.work.process", str(theirs.fileno())]
            environment = {
                **os.environ,
                "PYTHONPATH": os.pathsep.join(
                    [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
                ),
            }
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL
            )
            theirs.close()
            self._pipe = ours
        return self._pipe

    def _end_process(self) -> None:
        with self._lock:
            if self._process:
                self._process.kill()
                self._process.wait()
            if self._pipe:
                self._pipe.close()
            self._process = self._pipe = None


def unforeseen(label: str) -> DataError:
    """Words for a fault of ours: no details on screen, a reference to find them in the log."""
    reference = uuid.uuid4().hex[:8]
    log.exception("%s failed, reference %s", label, reference)
    return DataError(
        f"{label} failed in a way that was not foreseen (reference {reference}).",
        "The log has the details under this reference. Your data and earlier results are still here.",
    )
