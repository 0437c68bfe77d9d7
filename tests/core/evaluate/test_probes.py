"""Probes: what was planted in a space is found there, what was not is not, and nothing is foretold from itself."""

import numpy as np
import pytest

from textrec_core.data.dataset import Dataset, build
from textrec_core.errors import DataError
from textrec_core.evaluate.probes import ProbeParams, measure, name_of
from textrec_core.spaces.space import Space

COUNT = 300
RNG = np.random.default_rng(0)
KIND, YEAR = RNG.integers(3, size=COUNT), RNG.integers(1950, 2020, size=COUNT)
CHOSEN = RNG.integers(1, 40, size=COUNT)


def things(attributes: dict[str, np.ndarray] | None = None, count: int = COUNT) -> Dataset:
    rows = np.concatenate([np.arange(times) for times in CHOSEN[:count]])
    columns = np.repeat(np.arange(count), CHOSEN[:count])
    given = {"kind": np.array(["a", "b", "c"], object)[KIND], "year": YEAR} if attributes is None else attributes
    return build(
        "things",
        [f"p{n}" for n in range(40)],
        [f"i{n}" for n in range(count)],
        (rows, columns),
        np.ones(rows.size),
        attributes=given,
    )


def spaces() -> tuple[Space, Space]:
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(COUNT, 6)) * 0.3
    angle = (YEAR - 1950) / 70
    knows = np.c_[np.eye(3)[KIND], np.cos(angle), np.sin(angle), noise]
    return Space("knows", knows, "knows"), Space("strange", rng.normal(size=(COUNT, 8)), "strange")


def test_what_was_planted_is_found_in_its_own_space_only():
    found = measure(things(), spaces(), ProbeParams())
    assert {row.target for row in found.rows} == {"kind", "year", "popularity"}
    for row in found.rows:
        assert row.score.low <= row.score.mean <= row.score.high
        planted = row.space == "knows" and row.target != "popularity"
        if planted:
            assert row.score.low > row.blind + 0.1, row
        else:
            assert row.score.mean < row.blind + 0.1, row
    assert found.fingerprint == name_of(things(), spaces(), ProbeParams())


def test_the_same_question_has_the_same_answer_and_another_seed_another():
    one, again, other = (measure(things(), spaces(), ProbeParams(seed=seed)) for seed in (0, 0, 1))
    assert one.rows == again.rows
    assert one.rows != other.rows


def test_an_attribute_of_one_value_or_of_nearly_as_many_as_items_is_no_target():
    values = {"one": np.array(["x"] * COUNT, object), "all": np.array([f"n{n}" for n in range(COUNT)], object)}
    assert {row.target for row in measure(things(values), spaces(), ProbeParams()).rows} == {"popularity"}


def test_too_few_items_are_refused_in_words():
    few = Space("few", np.vstack([np.ones((19, 2)), np.zeros((COUNT - 19, 2))]), "few")
    with pytest.raises(DataError, match="Only 19 items"):
        measure(things(), (few, spaces()[1]), ProbeParams())


def test_a_constant_space_foretells_nothing():
    flat = Space("flat", np.ones((COUNT, 3)), "flat")
    for row in measure(things(), (flat, flat), ProbeParams()).rows:
        if row.kind == "number":
            assert row.score.mean < 0.1
