"""A table too large to hold: the estimate is said, and a sample keeps whole people, busy and quiet ones."""

from dataclasses import replace

import pytest

from textrec_core.data import memory, sampling, sources, tables
from textrec_core.data.sources import Source
from textrec_core.data.tables import Reading
from textrec_core.errors import DataError
from textrec_core.limits import LIMITS

FILE = b"who,what,much\n" + b"".join(
    b"p%d,t%d,1\n" % (user, item) for user in range(200) for item in range(user % 20 + 1)
)
SMALL = replace(LIMITS, rows=500)


def test_a_table_over_the_limit_says_its_rows_its_memory_and_the_share_that_fits() -> None:
    with pytest.raises(memory.TooLarge, match=r"about 2,101 rows.*GB of memory") as refused:
        tables.read(FILE, "f", SMALL)
    assert 0.15 < refused.value.share < 0.25


def test_a_sample_keeps_people_whole_from_busy_to_quiet() -> None:
    table = sampling.read_sample(FILE, "f", 0.2, SMALL)
    assert list(table.frame.columns) == ["who", "what", "much"]
    kept = table.frame["who"].value_counts()
    assert kept.size == 40
    assert all(count == int(name[1:]) % 20 + 1 for name, count in kept.items())
    assert kept.min() <= 2
    assert kept.max() >= 19


def test_what_the_machine_cannot_hold_is_refused_before_it_is_read() -> None:
    with pytest.raises(memory.TooLarge, match="GB are free"):
        memory.check(1_000_000, 20_000_000, "f", 20_000_000, free=memory.SPARE + 100_000_000)


def test_what_is_too_large_is_offered_as_a_sample_that_can_be_read(tmp_path) -> None:
    path = tmp_path / "did"
    path.write_bytes(FILE)
    sheet = sources.look(Source(path, "did.csv", limits=SMALL), None).interactions
    assert sheet.problem is not None
    assert sheet.share is not None
    fitting = sources.look(Source(path, "did.csv", share=sheet.share, limits=SMALL), None).interactions
    assert fitting.problem is None
    assert any("A sample was read" in note for note in fitting.notes)


def test_a_table_without_a_column_for_people_cannot_be_sampled() -> None:
    with pytest.raises(DataError, match="no column that names people"):
        sampling.read_sample(b"item,rating\n" + b"x,1\ny,2\n" * 400, "f", 0.2, SMALL)


def test_a_table_in_another_encoding_is_sampled_as_it_says() -> None:
    wide = FILE.decode().encode("utf-16")
    table = sampling.read_sample(wide, "f", 0.2, SMALL, Reading(encoding="utf-16"))
    assert list(table.frame.columns) == ["who", "what", "much"]
    assert table.frame["who"].nunique() == 40


def test_a_look_shows_the_beginning_of_a_long_cell(tmp_path) -> None:
    path = tmp_path / "about"
    path.write_text("item,title,text\nx,One," + "long " * 2_000 + "\ny,Two,short\n")
    sheet = sources.look(None, Source(path, "about.csv")).items
    assert sheet.head["text"].str.len().tolist() == [200, 5]


def test_each_row_and_each_byte_takes_memory() -> None:
    least = memory.needed(0, 0)
    assert memory.needed(1_000, 0) - least == 1_000 * memory.PER_ROW > 0
    assert memory.needed(0, 1_000) - least == 1_000 * memory.PER_BYTE > 0
