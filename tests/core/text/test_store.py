"""What was read is kept: whole or not at all, by many processes, within its bound, and never needed."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from textrec_core.text import store
from textrec_core.text.store import Store, key

ROOT = Path(__file__).parents[3]
KIB = 1024
# A writer that never ends: value n is n repeated, so that a torn one would be seen.
WRITER = """
import sys
from pathlib import Path
from textrec_core.text.store import Store, key
kept = Store(Path(sys.argv[1]), spare=0)
start = int(sys.argv[2])
for turn in range(start, start + int(sys.argv[3])):
    kept.keep([(key("w", f"{turn} {n}"), bytes([turn % 251]) * 20_000) for n in range(20)])
    print(turn, flush=True)
print("trouble", kept.trouble)
"""


# Ends by the signal that cannot be caught while the tenth of twenty values is being written.
DYING = """
import os, signal, sys
from pathlib import Path
from textrec_core.text.store import Store, key
class Last:
    def __len__(self):
        return 20_000
    def __conform__(self, _protocol):
        os.kill(os.getpid(), signal.SIGKILL)
kept = Store(Path(sys.argv[1]), spare=0)
kept.keep([(key("w", f"0 {n}"), bytes(20_000)) for n in range(20)])
kept.keep([(key("w", f"1 {n}"), Last() if n == 10 else bytes([1]) * 20_000) for n in range(20)])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "vectors.db"


def writer(path: Path, start: int, turns: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(start), str(turns)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def held(path: Path, turns: range) -> dict[int, int]:
    """How many values of each turn are there, each of them whole."""
    with Store(path, spare=0) as kept:
        keys = {key("w", f"{turn} {n}"): turn for turn in turns for n in range(20)}
        found = kept.find(list(keys))
        assert not kept.trouble
    count = dict.fromkeys(turns, 0)
    for one, value in found.items():
        assert value == bytes([keys[one] % 251]) * 20_000
        count[keys[one]] += 1
    return count


def test_what_is_kept_is_found_again_by_another_opening(path):
    with Store(path, spare=0) as kept:
        kept.keep([(key("a", "x"), b"one"), (key("a", "y"), b"")])
        kept.keep([(key("a", "x"), b"two")])
    with Store(path, spare=0) as kept:
        assert kept.find([key("a", "x"), key("a", "y"), key("b", "x")]) == {key("a", "x"): b"one", key("a", "y"): b""}


def test_many_keys_are_found_at_once(path):
    entries = [(key("a", str(n)), n.to_bytes(4, "big")) for n in range(5_000)]
    with Store(path, spare=0) as kept:
        kept.keep(entries)
        assert kept.find([one for one, _value in entries]) == dict(entries)


def test_a_key_moves_with_the_name_and_with_every_letter():
    assert len({key("a", "x"), key("b", "x"), key("a", "X"), key("a", "x "), key("a", "\ud800")}) == 5


def test_a_writer_killed_in_the_middle_leaves_whole_values_and_a_store_that_works(path):
    process = writer(path, 0, 10**6)
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _turn in range(5)]
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    count = held(path, range(2_000))
    assert all(count[turn] == 20 for turn in told)
    assert set(count.values()) <= {0, 20}, "a turn is there whole or not at all"
    with sqlite3.connect(path) as base:
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    with Store(path, spare=0) as kept:
        kept.keep([(key("after", "x"), b"still works")])
        assert kept.find([key("after", "x")])


def test_of_values_written_together_none_is_there_when_their_writer_dies_between_two(path):
    died = subprocess.run([sys.executable, "-c", DYING, str(path)], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    assert held(path, range(2)) == {0: 20, 1: 0}


def test_two_processes_write_at_once_and_lose_nothing(path):
    both = [writer(path, start, 15) for start in (0, 100)]
    for process in both:
        said, _ = process.communicate()
        assert process.returncode == 0
        assert said.splitlines()[-1] == "trouble "
    assert set(held(path, range(15)).values()) == set(held(path, range(100, 115)).values()) == {20}


def test_the_file_stays_within_its_bound_and_the_oldest_are_forgotten_first(path):
    most = 2_000 * KIB
    with Store(path, most=most, spare=0) as kept:
        for turn in range(200):
            kept.keep([(key("w", f"{turn} {n}"), bytes([turn]) * 20_000) for n in range(5)])
            assert path.stat().st_size <= most + 64 * KIB
        assert not kept.trouble
        assert not kept.find([key("w", "0 0")])
        assert len(kept.find([key("w", f"{turn} 0") for turn in range(195, 200)])) == 5
    sizes = [part.stat().st_size for part in path.parent.iterdir()]
    assert sum(sizes) <= most + 16 * 1024 * KIB + 128 * KIB


def test_what_is_larger_than_the_whole_store_is_not_kept(path):
    with Store(path, most=100_000, spare=0) as kept:
        kept.keep([(key("w", "x"), bytes(200_000))])
        assert not kept.find([key("w", "x")])
        assert not kept.trouble


def test_a_full_disk_is_said_and_what_was_kept_is_still_there(path):
    with Store(path, spare=0) as kept:
        kept.keep([(key("w", "before"), b"here")])
        # The file may not grow: what SQLite then raises is what it raises on a full disk.
        kept._base.execute(f"PRAGMA max_page_count = {kept._base.execute('PRAGMA page_count').fetchone()[0]}")
        kept.keep([(key("w", str(n)), bytes(20_000)) for n in range(50)])
        assert "disk is full" in kept.trouble
        assert kept.find([key("w", "before")]) == {}
        kept.keep([(key("w", "later"), b"")])
    with Store(path, spare=0) as kept:
        assert kept.find([key("w", "before"), key("w", "0")]) == {key("w", "before"): b"here"}


def test_a_nearly_full_disk_is_left_what_is_spare(path):
    with Store(path, spare=10**18) as kept:
        kept.keep([(key("w", "x"), b"x")])
        assert "nearly full" in kept.trouble


@pytest.mark.parametrize("content", [b"no database at all, " * 400, b"SQLite format 3\x00" + bytes(4_000), b"\x00"])
def test_a_damaged_file_is_started_anew(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with Store(path, spare=0) as kept:
        kept.keep([(key("w", "x"), b"x")])
        assert kept.find([key("w", "x")]) == {key("w", "x"): b"x"}
        assert not kept.trouble


def test_a_file_of_another_layout_is_started_anew(path):
    with Store(path, spare=0) as kept:
        kept.keep([(key("w", "old"), b"old")])
        kept._base.execute(f"PRAGMA user_version = {store.LAYOUT + 1}")
    with Store(path, spare=0) as kept:
        assert kept.find([key("w", "old")]) == {}
        kept.keep([(key("w", "new"), b"new")])
    with Store(path, spare=0) as kept:
        assert kept.find([key("w", "old"), key("w", "new")]) == {key("w", "new"): b"new"}


def test_nobody_else_may_look_into_the_folder(path):
    with Store(path, spare=0):
        assert path.parent.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_costs_only_the_keeping(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with Store(tmp_path / "file" / "vectors.db") as kept:
        kept.keep([(key("w", "x"), b"x")])
        assert kept.find([key("w", "x")]) == {}
        assert "cannot be kept" in kept.trouble


def test_an_operator_may_keep_nothing_or_name_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv(store.FOLDER, "off")
    assert store.place() is None
    assert store.state().size == 0
    monkeypatch.setenv(store.FOLDER, str(tmp_path / "here"))
    with store.opened() as kept:
        kept.keep([(key("w", "x"), bytes(1_000))])
    assert store.place() == tmp_path / "here" / "vectors.db"
    assert store.state().size > 1_000
    assert store.state(spare=10**18).trouble.startswith("The disk is nearly full")
    monkeypatch.delenv(store.FOLDER)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert store.place() == tmp_path / "cache" / "textrec" / "vectors.db"


def test_no_text_is_written_to_the_disk(path):
    with Store(path, spare=0) as kept:
        kept.keep([(key("w", "a secret sentence"), np.ones(8, np.float32).tobytes())])
    assert all(b"secret" not in part.read_bytes() for part in path.parent.iterdir())
