"""Measured fits in one SQLite file: a record goes in when its measurement is done, and is there after any crash."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core.errors import DataError
from textrec_core.limits import LIMITS

TABLE = """
create table if not exists fits (
    key text primary key, name text not null default '', data text not null, params text not null,
    protocol text not null, seconds real not null, gains blob not null, made text not null default current_timestamp
)
"""


@dataclass(frozen=True, eq=False)
class Record:
    """One measured fit: what it was, what it cost, and one value for each person judged."""

    key: str
    data: str
    params: Mapping[str, Any]
    protocol: str
    seconds: float
    gains: np.ndarray
    name: str = ""


class Records:
    """The file; named records stay until deleted by hand, of the others the oldest make room for new ones."""

    def __init__(self, path: Path, most: int = LIMITS.records) -> None:
        self._path, self._most = path, most
        try:
            with self._open() as file:
                file.execute("pragma journal_mode=wal")
                file.execute(TABLE)
        except sqlite3.DatabaseError as problem:
            raise DataError(f"{path.name} cannot be used as a ledger: {problem}.", "Name another file, or one that does not exist yet.") from problem  # fmt: skip

    def put(self, record: Record) -> None:
        """Keep a record; one of the same key is replaced, its name stays."""
        with self._open() as file:
            file.execute(
                "insert into fits (key, name, data, params, protocol, seconds, gains) values (?, ?, ?, ?, ?, ?, ?)"
                " on conflict (key) do update set data=excluded.data, params=excluded.params,"
                " protocol=excluded.protocol, seconds=excluded.seconds, gains=excluded.gains",
                (
                    record.key, record.name, record.data, json.dumps(dict(record.params), sort_keys=True),
                    record.protocol, record.seconds, record.gains.astype(np.float32).tobytes(),
                ),
            )  # fmt: skip
            file.execute(
                "delete from fits where name = '' and key != ? and rowid not in"
                " (select rowid from fits order by name != '' desc, rowid desc limit ?)",
                (record.key, self._most),
            )

    def of(self, key: str) -> Record | None:
        """The record of this key."""
        return next(self._read("where key = ?", key), None)

    def all(self, data: str) -> list[Record]:
        """Every record of this data, the oldest first."""
        return list(self._read("where data = ? order by rowid", data))

    def rename(self, key: str, name: str) -> None:
        """Give a record a name, which keeps it; an empty one takes the name away."""
        with self._open() as file:
            file.execute("update fits set name = ? where key = ?", (name, key))

    def delete(self, key: str) -> None:
        """Forget a record."""
        with self._open() as file:
            file.execute("delete from fits where key = ?", (key,))

    def _read(self, where: str, value: str) -> Iterator[Record]:
        with self._open() as file:
            rows = file.execute(f"select key, data, params, protocol, seconds, gains, name from fits {where}", (value,))
            for key, data, params, protocol, seconds, gains, name in rows.fetchall():
                yield Record(key, data, json.loads(params), protocol, seconds, np.frombuffer(gains, np.float32), name)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # A connection a call: it may come from any thread, and a killed process leaves nothing half written.
        file = sqlite3.connect(self._path, timeout=30.0)
        try:
            with file:
                yield file
        finally:
            file.close()
