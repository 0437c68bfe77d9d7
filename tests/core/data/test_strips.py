"""The strip of a split: each interaction once, at its own time, and as what it really becomes."""

import numpy as np
import pytest

from textrec_core.data import strips
from textrec_core.data.dataset import build
from textrec_core.data.split import SPLITS
from textrec_core.data.strips import HIDDEN, LEARNED, SHOWN

KINDS = sorted(SPLITS)


@pytest.fixture(scope="module")
def drawn(dataset):
    return {kind: (strips.draw(dataset, kind, 0.3, 1), SPLITS[kind](dataset, 0.3, 1)) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_mark_is_what_becomes_of_that_interaction(dataset, drawn, kind):
    strip, split = drawn[kind]
    hidden, learned = (matrix.toarray() > 0 for matrix in (split.held_out, split.train.matrix))
    rows = np.array([dataset.user_row(name) for name in strip.people])[strip.person]
    expected = np.where(
        hidden[rows, strip.item], HIDDEN, np.where(learned[rows, strip.item], LEARNED, SHOWN)
    )  # fmt: skip
    assert strip.state.tolist() == expected.tolist()
    assert HIDDEN in strip.state


@pytest.mark.parametrize("kind", KINDS)
def test_every_mark_stands_at_its_own_time_in_order(dataset, drawn, kind):
    strip, _split = drawn[kind]
    assert strip.timed
    for number, name in enumerate(strip.people):
        mine, row = strip.person == number, dataset.user_row(name)
        times = dict(zip(dataset.history(row).tolist(), dataset.times_of(row).tolist(), strict=True))
        assert strip.when[mine].tolist() == [times[item] for item in strip.item[mine].tolist()]
        assert strip.when[mine].tolist() == sorted(times.values())


@pytest.mark.parametrize("kind", KINDS)
def test_the_counts_hold_every_interaction_of_the_data_once(dataset, drawn, kind):
    strip, split = drawn[kind]
    assert strip.counts[HIDDEN] == split.held_out.nnz
    assert strip.counts[LEARNED] == split.train.interactions
    assert sum(strip.counts.values()) == dataset.interactions
    assert (strip.counts[SHOWN] > 0) == (kind == "people")


def test_people_go_from_the_quiet_to_the_busy_and_some_of_the_judged_are_among_them(dataset, drawn):
    for strip, split in drawn.values():
        rows = [dataset.user_row(name) for name in strip.people]
        counts = np.diff(dataset.matrix.indptr)[rows]
        assert counts.tolist() == sorted(counts)
        assert 1 < len(set(rows)) == len(rows) <= strips.PEOPLE
        assert np.isin(rows, split.people).sum() >= strips.PEOPLE // 2


def test_a_busy_person_is_thinned_from_first_to_last_and_without_times_the_table_orders():
    count = 3 * strips.MOST_EACH
    busy = build(
        "busy", ["a"], [f"i{n}" for n in range(count)], (np.zeros(count, int), np.arange(count)), np.ones(count)
    )
    strip = strips.draw(busy, "random", 0.2, 0)
    assert not strip.timed
    assert strip.item.size == strips.MOST_EACH
    assert (strip.item[0], strip.item[-1]) == (0, count - 1)
    assert strip.when.tolist() == list(range(strips.MOST_EACH))
