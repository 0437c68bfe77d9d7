"""Declared once: the check, the words read, the defaults and the meanings."""

from dataclasses import FrozenInstanceError, dataclass, fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrec_core.errors import DataError
from textrec_core.params import Tunable, check_limits, declared, read_params, tunable

CORE = Path(__file__).parents[2] / "textrec_core"


@dataclass(frozen=True)
class Sketch:
    size: int = tunable(4, 1, 9, "How many.")
    share: float = tunable(0.5, 0.0, 1.0, "How much.")
    warm: bool = tunable(False, meaning="Whether to heat.")
    way: str = tunable("left", meaning="Which way.", choices=("left", "right"))
    word: str = tunable("any", meaning="What to say.")
    note: str = "not declared"

    def __post_init__(self) -> None:
        check_limits(self)


def declaring_modules() -> list[str]:
    """Every module of the core in which a parameter is declared."""
    paths = [path for path in sorted(CORE.rglob("*.py")) if " tunable(" in path.read_text("utf-8")]
    names = [".".join(path.relative_to(CORE.parent).with_suffix("").parts) for path in paths]
    return [name for name in names if name != "textrec_core.params"]


def declaring_classes() -> list[type]:
    """Every class that declares a parameter, found by looking rather than by a list."""
    return [
        kind
        for name in declaring_modules()
        for kind in vars(import_module(name)).values()
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == name
        and any("meaning" in entry.metadata for entry in fields(kind))
    ]  # fmt: skip


EVERY = [(kind, entry) for kind in declaring_classes() for entry in declared(kind)]


def test_every_module_that_declares_is_looked_at():
    assert {kind.__module__ for kind in declaring_classes()} == set(declaring_modules())
    assert {"WalsParams", "TextParams", "LayoutParams", "AgreementParams", "BoardParams"} <= {
        kind.__name__ for kind in declaring_classes()
    }


@pytest.mark.parametrize(("kind", "entry"), EVERY, ids=lambda each: getattr(each, "__name__", None) or each.name)
def test_every_declared_parameter_has_a_meaning_and_a_default_within_its_limits(kind: type, entry: Tunable):
    assert len(entry.meaning.split()) >= 4, "a meaning is a sentence"
    assert entry.meaning[-1] in ".?", "a meaning ends like a sentence"
    entry.check(entry.default)
    if entry.kind in (int, float):
        assert entry.low is not None
        assert entry.high is not None
        assert entry.low < entry.high
    assert getattr(kind(), entry.name) == entry.default


@pytest.mark.parametrize(("kind", "entry"), EVERY, ids=lambda each: getattr(each, "__name__", None) or each.name)
def test_every_declared_limit_is_enforced_where_the_value_is_made(kind: type, entry: Tunable):
    wrong: list[object] = [None, [], float("nan"), "no such choice" if entry.choices else 10**400]
    if entry.kind in (int, float):
        wrong += [entry.low - 1, entry.high + 1, True, "3"]
        kind(**{entry.name: entry.kind(entry.low)})
        kind(**{entry.name: entry.kind(entry.high)})
    for choice in entry.choices:
        kind(**{entry.name: choice})
    for value in wrong:
        with pytest.raises(DataError) as caught:
            kind(**{entry.name: value})
        assert entry.name.replace("_", " ") in caught.value.problem
        assert caught.value.hint == entry.meaning


@pytest.mark.parametrize("kind", declaring_classes(), ids=lambda kind: kind.__name__)
def test_every_class_of_parameters_is_frozen(kind: type):
    with pytest.raises(FrozenInstanceError):
        setattr(kind(), declared(kind)[0].name, 1)


@given(st.floats() | st.integers())
def test_a_number_is_taken_within_its_limits_and_refused_outside(value):
    allowed = 0.0 <= value <= 1.0
    if allowed:
        assert Sketch(share=value).share == value
    else:
        with pytest.raises(DataError, match="share"):
            Sketch(share=value)


@pytest.mark.parametrize(
    "value",
    [True, 4.0, "4", None, float("nan"), float("inf"), 0, 10, 10**400, -(10**400)],
    ids=lambda value: str(value)[:6],
)
def test_a_whole_number_is_neither_a_truth_nor_a_fraction_nor_beyond_its_limits(value):
    with pytest.raises(DataError, match="size is"):
        Sketch(size=value)


@pytest.mark.parametrize(("field", "value"), [("warm", 1), ("warm", "true"), ("way", "up"), ("way", 3), ("word", 3)])
def test_a_value_of_the_wrong_kind_is_refused(field, value):
    with pytest.raises(DataError, match=field):
        Sketch(**{field: value})


def test_a_refusal_names_the_limits_and_the_meaning():
    with pytest.raises(DataError) as caught:
        Sketch(size=10)
    assert caught.value.problem == "size is 10; it must lie between 1 and 9."
    assert caught.value.hint == "How many."


def test_parameters_are_read_from_words():
    read = read_params(Sketch, {"size": "7", "share": "0.25", "warm": "yes", "way": "right", "word": "hello", "x": "1"})
    assert read == Sketch(7, 0.25, True, "right", "hello")
    assert read_params(Sketch, {"warm": "False"}).warm is False
    assert read_params(Sketch, {}) == Sketch()


def test_a_field_that_is_not_declared_is_not_read():
    assert read_params(Sketch, {"note": "changed"}).note == "not declared"
    assert [entry.name for entry in declared(Sketch)] == ["size", "share", "warm", "way", "word"]


@given(st.sampled_from(["size", "share", "warm", "way"]), st.text(max_size=12))
def test_any_words_are_read_or_refused_in_words(field, words):
    try:
        read = read_params(Sketch, {field: words})
    except DataError as problem:
        refused = problem.problem
    else:
        check_limits(read)
        refused = field
    assert field in refused


@pytest.mark.parametrize(
    "words", ["1" + "0" * 400, "9" * 5_000, "1e999", "nan", "-inf", "4.5", "", "0x10"], ids=lambda words: words[:6]
)
def test_numbers_beyond_all_bounds_are_refused_in_words(words):
    with pytest.raises(DataError, match="size"):
        read_params(Sketch, {"size": words})


@given(st.sampled_from(EVERY))
def test_what_a_default_is_written_as_reads_back_as_the_default(case):
    kind, entry = case
    assert read_params(kind, {entry.name: str(entry.default)}) == kind()


def test_a_label_is_the_name_in_words_unless_another_is_given():
    @dataclass(frozen=True)
    class Made:
        top_layers: int = tunable(1, 1, 9, "How many.")
        post: str = tunable("none", meaning="What is taken off.", label="Post-processing")

    assert [entry.label for entry in declared(Made)] == ["Top layers", "Post-processing"]
