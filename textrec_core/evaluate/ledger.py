"""Every fit and its measurement in one SQLite file with the factors beside it: what went in is there after any crash."""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core import packed
from textrec_core.errors import DataError
from textrec_core.evaluate.intervals import Interval
from textrec_core.evaluate.judged import BEYOND, DEPTH, LENGTHS, Judged
from textrec_core.fingerprint import fingerprint
from textrec_core.limits import LIMITS
from textrec_core.models import stored
from textrec_core.models.wals import Factors, WalsParams

TABLES = """
create table if not exists runs (
    key text primary key, name text not null default '', data text not null, dataset text not null, params text not null,
    protocol text not null, seconds real not null, metrics text not null, course text not null, stopped integer not null,
    found blob not null, hidden blob not null, beyond blob not null, version text not null, bytes integer not null,
    made text not null default current_timestamp
);
create table if not exists sweeps (
    key text primary key, data text not null, told text not null, cells text not null default '[]',
    wanted integer not null, made text not null default current_timestamp
);
create table if not exists removed (key text not null, made text not null default current_timestamp);
"""
COLUMNS = "key, name, data, dataset, params, protocol, seconds, metrics, course, stopped, found, hidden, beyond, version, bytes, made"
EVERYTHING = "trained on everything"
NAME_CHARACTERS = 80


@dataclass(frozen=True, eq=False)
class Run:
    """One fit: what it was made of, what it cost, and where it was judged on hidden items, how every person's list did.

    ``course`` is NDCG@10 on some people after the first sweeps; ``stopped`` the sweep after which it was given up, or 0.
    """

    key: str
    data: str
    dataset: str
    params: Mapping[str, Any]
    protocol: str
    seconds: float
    metrics: Mapping[str, Interval]
    judged: Judged | None = None
    hidden: np.ndarray | None = None
    course: tuple[float, ...] = ()
    stopped: int = 0
    version: str = ""
    name: str = ""
    made: str = ""
    bytes: int = 0

    @property
    def wals(self) -> WalsParams:
        """What the fit was told."""
        return WalsParams(**self.params)

    def values(self, metric: str, k: int) -> np.ndarray:
        """One value for each person judged."""
        assert self.judged is not None
        assert self.hidden is not None
        return self.judged.values(metric, k, self.hidden)


@dataclass(frozen=True)
class Kept:
    """A sweep that was begun: what it was told, the cells done so far, and how many there will be."""

    key: str
    data: str
    told: Mapping[str, Any]
    cells: tuple[str, ...]
    wanted: int
    made: str


@dataclass(frozen=True)
class Fill:
    """How full a ledger is, and how many unnamed runs have made room so far."""

    runs: int
    bytes: int
    removed: int


class Ledger:
    """The file and the folder beside it; named runs stay until deleted by hand, of the others the oldest make room for new ones."""

    def __init__(self, path: Path, most: int = LIMITS.runs_kept, most_bytes: int = LIMITS.ledger_bytes) -> None:
        self._path, self._most, self._most_bytes = path, most, most_bytes
        self._folder = path.with_name(f"{path.stem}-factors")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            packed.clear(self._folder)
            with self._open() as file:
                file.execute("pragma journal_mode=wal")
                file.executescript(TABLES)
        except (sqlite3.DatabaseError, OSError) as problem:
            raise DataError(f"{path.name} cannot be used as a ledger: {problem}.", "Name another file, or one that does not exist yet.") from problem  # fmt: skip

    def put(self, run: Run, factors: Factors | None = None) -> None:
        """Keep a run and its factors; one of the same key is replaced, its name stays."""
        size = 0
        if factors is not None:
            self._folder.mkdir(exist_ok=True)
            size = packed.write(self._file(run.key), *stored.apart(factors)).stat().st_size
        judged = (b"", b"", b"") if run.judged is None or run.hidden is None else (
            zlib.compress(np.packbits(run.judged.found, axis=-1).tobytes()),
            zlib.compress(run.hidden.astype(np.int32).tobytes()), run.judged.beyond.astype(np.float64).tobytes(),
        )  # fmt: skip
        metrics = {name: asdict(interval) for name, interval in run.metrics.items()}
        row = (
            run.key, run.name, run.data, run.dataset, json.dumps(dict(run.params), sort_keys=True), run.protocol,
            run.seconds, json.dumps(metrics), json.dumps(run.course), run.stopped, *judged, code_version(),
            size + sum(map(len, judged)),
        )  # fmt: skip
        columns = COLUMNS.removesuffix(", made")
        renewed = ", ".join(f"{name}=excluded.{name}" for name in columns.split(", ") if name not in ("key", "name"))
        with self._open() as file:
            file.execute(
                f"insert into runs ({columns}) values ({', '.join('?' * len(row))}) on conflict (key) do update set {renewed}",
                row,
            )
            self._make_room(file, run.key)

    def _make_room(self, file: sqlite3.Connection, newest: str) -> None:
        rows = file.execute("select key, name, bytes from runs order by rowid").fetchall()
        count, size = len(rows), sum(row[2] for row in rows)
        for key, name, part in rows:
            if count <= self._most and size <= self._most_bytes:
                return
            if not name and key != newest:
                file.execute("delete from runs where key = ?", (key,))
                file.execute("insert into removed (key) values (?)", (key,))
                self._file(key).unlink(missing_ok=True)
                count, size = count - 1, size - part

    def of(self, key: str, light: bool = False) -> Run | None:
        """The run of this key; ``light`` leaves out what is only needed to judge it anew."""
        return next(self._read("where key = ?", key, light), None)

    def several(self, keys: tuple[str, ...]) -> list[Run]:
        """The runs of these keys that are still kept, in this order."""
        found = (self.of(key) for key in keys)
        return [run for run in found if run is not None]

    def all(self, data: str) -> list[Run]:
        """Every run of this data, the newest first, without what is only needed to judge it anew."""
        return list(self._read("where data = ? order by rowid desc", data, light=True))

    def factors(self, key: str) -> Factors | None:
        """The factors of a run, exactly as they were fitted."""
        found = packed.read(self._file(key))
        return None if found is None else stored.together(*found, key)

    def rename(self, key: str, name: str) -> None:
        """Give a run a name, which keeps it; an empty one takes the name away."""
        with self._open() as file:
            file.execute("update runs set name = ? where key = ?", (name.strip()[:NAME_CHARACTERS], key))

    def delete(self, key: str) -> None:
        """Forget a run and its factors."""
        with self._open() as file:
            file.execute("delete from runs where key = ?", (key,))
        self._file(key).unlink(missing_ok=True)

    def fill(self) -> Fill:
        """How full it is."""
        with self._open() as file:
            runs, size = file.execute("select count(*), coalesce(sum(bytes), 0) from runs").fetchone()
            return Fill(runs, size, file.execute("select count(*) from removed").fetchone()[0])

    def begin(self, key: str, data: str, told: Mapping[str, Any], wanted: int) -> None:
        """Write down that a sweep was asked for; one begun before goes on with the cells it has."""
        with self._open() as file:
            file.execute(
                "insert into sweeps (key, data, told, wanted) values (?, ?, ?, ?) on conflict (key) do nothing",
                (key, data, json.dumps(told), wanted),
            )

    def mark(self, key: str, cells: tuple[str, ...]) -> None:
        """Write down which cells of a sweep are done."""
        with self._open() as file:
            file.execute("update sweeps set cells = ? where key = ?", (json.dumps(cells), key))

    def sweeps(self, data: str) -> list[Kept]:
        """Every sweep over this data, the one begun last first."""
        with self._open() as file:
            rows = file.execute(
                "select key, data, told, cells, wanted, made from sweeps where data = ? order by rowid desc", (data,)
            ).fetchall()
        return [
            Kept(key, data, json.loads(told), tuple(json.loads(cells)), wanted, made)
            for key, data, told, cells, wanted, made in rows
        ]

    def _file(self, key: str) -> Path:
        assert key.isalnum()
        return self._folder / f"{key}.npz"

    def _read(self, where: str, value: str, light: bool = False) -> Iterator[Run]:
        columns = COLUMNS.replace("found, hidden, beyond", "'', '', ''") if light else COLUMNS
        with self._open() as file:
            rows = file.execute(f"select {columns} from runs {where}", (value,)).fetchall()
        for key, name, data, dataset, params, protocol, seconds, metrics, course, stopped, found, hidden, beyond, version, size, made in rows:  # fmt: skip
            judged = people = None
            if found:
                people = np.frombuffer(zlib.decompress(hidden), np.int32)
                bits = np.frombuffer(zlib.decompress(found), np.uint8).reshape(people.size, -1)
                table = np.frombuffer(beyond).reshape(len(BEYOND), len(LENGTHS))
                judged = Judged(np.unpackbits(bits, axis=-1, count=DEPTH).astype(bool), table)
            yield Run(
                key, data, dataset, json.loads(params), protocol, seconds,
                {name: Interval(**one) for name, one in json.loads(metrics).items()}, judged, people,
                tuple(json.loads(course)), stopped, version, name, made, size,
            )  # fmt: skip

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # A connection a call: it may come from any thread, and a killed process leaves nothing half written.
        file = sqlite3.connect(self._path, timeout=30.0)
        try:
            with file:
                yield file
        finally:
            file.close()


@cache
def code_version() -> str:
    """A name for the code that trains and judges; it moves with every line of it."""
    root = Path(__file__).parents[1]
    parts = sorted(path for name in ("data", "evaluate", "models") for path in (root / name).glob("*.py"))
    return fingerprint(*[path.read_bytes() for path in parts])[:8]
