"""What was read of a text, kept on disk under the digest of that text: bounded, shared by processes, never needed.

The texts themselves are not kept. Whatever goes wrong here costs time and nothing else: what cannot be found is read
again, what cannot be written is not kept, and ``trouble`` says so.
"""

import logging
import os
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import TracebackType

from textrec_core.limits import LIMITS, MEBI

log = logging.getLogger(__name__)
# An operator's folder for it; "off" keeps nothing.
FOLDER = "TEXTREC_STORE"
OFF = "off"
FILE = "vectors.db"
# Moves with the layout of the file; another one is started anew.
LAYOUT = 1
PAGE = 16_384
ASKED_AT_ONCE = 1_000
PATIENCE_SECONDS = 30.0
# So much is thrown away beyond what is needed, so that it is not done at every turn.
ROOM = 0.1


def key(name: str, text: str) -> bytes:
    """What is kept of this text under this name is found by these bytes."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20, key=name.encode()).digest()


class Store:
    """Bytes by key in one SQLite file; the oldest are forgotten first."""

    def __init__(self, path: Path | None, most: int = LIMITS.store_bytes, spare: int = LIMITS.store_spare) -> None:
        self.path, self.most, self.spare, self.trouble = path, most, spare, ""
        self._base: sqlite3.Connection | None = None
        if path is not None:
            self._open(path)

    def find(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """What is kept under these keys."""
        found: dict[bytes, bytes] = {}
        if self._base is None:
            return found
        try:
            for start in range(0, len(keys), ASKED_AT_ONCE):
                some = keys[start : start + ASKED_AT_ONCE]
                marks = ",".join("?" * len(some))
                found.update(self._base.execute(f"SELECT key, value FROM kept WHERE key IN ({marks})", some))
        except sqlite3.Error as problem:
            self._give_up(problem)
        return found

    def keep(self, entries: Iterable[tuple[bytes, bytes]]) -> None:
        """Write these, all or none; what is there already stays."""
        rows = list(entries)
        size = sum(len(value) + PAGE // 64 for _key, value in rows)
        if self._base is None or self.path is None or not rows or size > self.most:
            return
        try:
            if shutil.disk_usage(self.path.parent).free < self.spare + size:
                self._stop("The disk is nearly full, so newly read texts are not kept for the next time.")
                return
            self._base.execute("BEGIN IMMEDIATE")
            self._make_room(size)
            self._base.executemany("INSERT OR IGNORE INTO kept (key, value) VALUES (?, ?)", rows)
            self._base.execute("COMMIT")
        except (sqlite3.Error, OSError) as problem:
            self._give_up(problem)

    def close(self) -> None:
        """Nothing is found or kept from here on."""
        if self._base is not None:
            self._base.close()
            self._base = None

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _problem: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._base = self._connect(path)
            except sqlite3.DatabaseError as problem:
                if isinstance(problem, sqlite3.OperationalError):
                    raise
                # Whatever this file is, it holds nothing that cannot be made again.
                log.warning("the store of vectors was damaged and is started anew: %s", problem)
                _remove(path)
                self._base = self._connect(path)
        except (sqlite3.Error, OSError) as problem:
            self._give_up(problem)

    def _connect(self, path: Path) -> sqlite3.Connection:
        base = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)
        try:
            if base.execute("PRAGMA user_version").fetchone()[0] not in (0, LAYOUT):
                raise sqlite3.DatabaseError("another layout")
            base.execute(f"PRAGMA page_size = {PAGE}")
            base.execute("PRAGMA journal_mode = WAL")
            # A cut of power may cost the last entries and never damages the rest.
            base.execute("PRAGMA synchronous = NORMAL")
            base.execute(f"PRAGMA journal_size_limit = {16 * MEBI}")
            base.execute("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, key BLOB UNIQUE, value BLOB)")
            base.execute(f"PRAGMA user_version = {LAYOUT}")
        except sqlite3.Error:
            base.close()
            raise
        return base

    def _make_room(self, size: int) -> None:
        assert self._base is not None
        pages, empty = (self._base.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "freelist_count"))
        over = (pages - empty) * PAGE + size - self.most
        if over <= 0:
            return
        over += int(self.most * ROOM)
        last = 0
        for last, length in self._base.execute("SELECT id, length(value) FROM kept ORDER BY id"):  # noqa: B007
            over -= length
            if over <= 0:
                break
        self._base.execute("DELETE FROM kept WHERE id <= ?", (last,))

    def _give_up(self, problem: Exception) -> None:
        full = "full" in str(problem)
        self._stop(
            "The disk is full, so newly read texts are not kept for the next time."
            if full
            else f"Read texts cannot be kept for the next time ({problem})."
        )

    def _stop(self, trouble: str) -> None:
        log.warning("%s", trouble)
        self.trouble = trouble
        self.close()


def place() -> Path | None:
    """The file of the store on this machine; None where an operator wants none."""
    chosen = os.environ.get(FOLDER)
    if chosen == OFF:
        return None
    if chosen:
        return Path(chosen) / FILE
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "textrec" / FILE


def opened() -> Store:
    """The store of this machine."""
    return Store(place())


@dataclass(frozen=True)
class State:
    """What a person may want to know of the store."""

    path: Path | None
    size: int
    most: int
    trouble: str


def state(spare: int = LIMITS.store_spare) -> State:
    """Where the store is, how large, and what keeps it from growing."""
    path = place()
    if path is None:
        return State(None, 0, 0, "")
    try:
        size = sum(part.stat().st_size for part in _parts(path) if part.exists())
        near = next(folder for folder in path.parents if folder.is_dir())
        full = shutil.disk_usage(near).free < spare
        shut = not os.access(near, os.W_OK)
    except OSError as problem:
        return State(path, 0, LIMITS.store_bytes, f"The folder of the store cannot be read ({problem.strerror}).")
    trouble = "The disk is nearly full" if full else "The folder of the store cannot be written" if shut else ""
    return State(path, size, LIMITS.store_bytes, trouble and f"{trouble}, so newly read texts are not kept.")


def _parts(path: Path) -> list[Path]:
    return [path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm"))]


def _remove(path: Path) -> None:
    for part in _parts(path):
        part.unlink(missing_ok=True)
