"""Any bytes and any frames give a Dataset or a DataError, nothing else."""

import gzip
from contextlib import suppress

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.data import bad_inputs, written
from textrec_core.data import intake, mapping, tables
from textrec_core.data.repair import Repairs
from textrec_core.errors import DataError

SEEDS = [
    bad_inputs.GOOD, bad_inputs.ITEMS, gzip.compress(bad_inputs.GOOD), written.archive(a_dot_csv=bad_inputs.GOOD),
    written.csr(), written.workbook({"r": [["user", "item"], ["a", "x"], ["b", "y"]]}),
    written.parquet(user=list("ab"), item=list("xy"), rating=[1.5, 2.0]), b'[{"user":"a","item":"x"},{"user":"b","item":[1,{}]}]',
    bad_inputs.GOOD.decode().encode("utf-16"), b'{"user":"a","item":"x"}\n{"user":"b","item":"y"}\n',
]  # fmt: skip
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", "1", "01", "1.0", "-1", "0", "nan", "inf", "1e400", "1e-60", "5", "4,5", "1.234,5", "2020-02-31", "0001-01-01",
                     "99999999999999999999", "262142-01-01", "=1+1", "a", "A", " a", "\u202e", "e\u0301", "\ud7ff", "1500000000", "03/04/2020"]),
)  # fmt: skip
NAMES = st.sampled_from(
    ["user", "item", "rating", "timestamp", "title", "text", "id", "x", "", "genres", "count", "date"]
)
REPAIRS = st.builds(
    Repairs, trim=st.booleans(), fold_case=st.booleans(), numeric_ids=st.booleans(),
    weights=st.sampled_from(["auto", "as is", "threshold", "each counts 1"]), threshold=st.floats(-5, 5),
    decimal=st.sampled_from(["auto", "point", "comma"]), dates=st.sampled_from(["auto", "day first", "month first"]),
    duplicates=st.sampled_from(["sum", "last", "count", "max"]), repeated_items=st.sampled_from(["refuse", "first", "last", "join"]),
    user_minimum=st.sampled_from([1, 1, 1, 2]), item_minimum=st.sampled_from([1, 1, 1, 2]), only_described=st.booleans(),
    people_share=st.floats(0.1, 1), strip_html=st.booleans(), times=st.sampled_from(["leave out", "forget"]), title_for_empty_text=st.booleans(),
)  # fmt: skip


def sound(built):
    """What every Dataset and every account of it hold true."""
    data, account = built
    assert data.users.size == len(set(data.users))
    assert data.items.size == len(set(data.items))
    assert all(0 < len(identity) <= 256 for identity in [*data.users, *data.items])
    assert (np.diff(data.matrix.indptr) > 0).all(), "a person without an interaction"
    assert data.times is None or ((data.times >= 0) & (data.times < 4_102_444_800)).all()
    if "interaction rows read" in account.counts:
        assert account.counts["interaction rows kept"] <= account.counts["interaction rows read"]
    assert len(account.report()) >= len(account.counts)


def tried(interactions, items, repairs=None):
    with suppress(DataError):
        did = None if interactions is None else tables.read(interactions, "interactions")
        about = None if items is None else tables.read(items, "items")
        sound(intake.build("fuzz", did, about, mapping.guess(did, about), repairs))


@given(st.binary(max_size=400), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_built_or_refused(data, as_items):
    tried(*((bad_inputs.GOOD, data) if as_items else (data, None)))


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6), st.floats(0.2, 1))
@settings(max_examples=300, deadline=None)
def test_sound_files_with_flipped_and_cut_bytes_are_built_or_refused(seed, flips, length):
    data = bytearray(seed)
    for place, value in flips:
        data[int(place * (len(data) - 1))] = value
    tried(bytes(data[: int(len(data) * length) + 1]), None)


@given(
    st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)),
    st.sampled_from([",", ";", "\t", "|", "::"]), st.booleans(),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_text_in_delimiters_is_built_or_refused(rows, delimiter, headed):
    head = [delimiter.join(["user", "item", "rating", "title"][: len(rows[0])])] if headed else []
    tried("\n".join(head + [delimiter.join(row) for row in rows]).encode(), None)


@st.composite
def frames(draw):
    known = draw(st.sampled_from([["user", "item"], ["item", "title"], []]))
    names = list(dict.fromkeys(known + draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))))
    count = draw(st.integers(1, 8))
    return pd.DataFrame(
        {name: pd.Series(draw(st.lists(CELLS, min_size=count, max_size=count)), dtype="str") for name in names}
    )


def table(frame, label):
    return tables.Table(label, "csv", frame, (), pd.DataFrame({"row": [], "reason": [], "text": []}), 2)


@given(st.none() | frames(), st.none() | frames(), REPAIRS)
@settings(max_examples=200, deadline=None)
def test_any_frames_and_repairs_are_built_or_refused(did, about, repairs):
    interactions = None if did is None else table(did, "interactions")
    items = None if about is None else table(about, "items")
    with suppress(DataError):
        sound(intake.build("fuzz", interactions, items, mapping.guess(interactions, items), repairs))


@given(frames(), frames(), REPAIRS, st.data())
@settings(max_examples=200, deadline=None)
def test_any_mapping_of_columns_is_built_or_refused(did, about, repairs, data):
    drawn = data.draw(st.permutations([*did.columns, "elsewhere"]))

    def one(frame):
        return data.draw(st.none() | st.sampled_from(list(frame.columns)))

    chosen = mapping.Mapping(
        user=drawn[0], item=drawn[1], weight=data.draw(st.sampled_from([None, drawn[-1]])),
        time=data.draw(st.sampled_from([None, drawn[2]])), item_id=one(about), title=one(about),
        text=tuple(data.draw(st.lists(st.sampled_from(list(about.columns)), max_size=3))),
        attributes=tuple(data.draw(st.lists(st.sampled_from(list(about.columns)), max_size=3))),
    )  # fmt: skip
    with suppress(DataError):
        sound(intake.build("fuzz", table(did, "interactions"), table(about, "items"), chosen, repairs))


@given(frames(), REPAIRS)
@settings(max_examples=100, deadline=None)
def test_building_twice_gives_the_same_name(did, repairs):
    one = table(did, "interactions")
    guessed = mapping.guess(one, None)
    try:
        first = intake.build("fuzz", one, None, guessed, repairs)[0]
    except DataError:
        return
    assert intake.build("fuzz", one, None, guessed, repairs)[0].fingerprint == first.fingerprint
