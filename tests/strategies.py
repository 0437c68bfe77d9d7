"""Drawn data and drawn factors: laws are tried on these, and nothing is trained for it."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from textrec_core.data.dataset import Dataset, build
from textrec_core.models import wals
from textrec_core.models.wals import Factors, WalsParams

# Every kind of letter but lone surrogates, which no file can hold.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def datasets(draw: st.DrawFn, most_users: int = 7, most_items: int = 9, fewest: int = 1) -> Dataset:
    """Any small Dataset: empty histories, unchosen items, people who chose everything, with or without times."""
    users, items = draw(st.integers(fewest, most_users)), draw(st.integers(fewest, most_items))
    weights = draw(hnp.arrays(np.int8, (users, items), elements=st.integers(0, 4)))
    rows, columns = np.nonzero(weights)
    times = draw(st.none() | hnp.arrays(np.int64, rows.size, elements=st.integers(0, 2_000_000_000)))
    texts = draw(st.lists(words, min_size=items, max_size=items))
    return build(
        "drawn", [f"u{n}" for n in range(users)], [f"i{n}" for n in range(items)], (rows, columns),
        weights[rows, columns].astype(float), times, None, texts,
    )  # fmt: skip


@st.composite
def factors(draw: st.DrawFn, dataset: Dataset) -> Factors:
    """Factors of this data: any items, and users solved against them as the end of a fit leaves them."""
    params = WalsParams(
        rank=draw(st.integers(2, 5)),
        regularization=draw(st.sampled_from([0.1, 1.0, 50.0])),
        alpha=draw(st.sampled_from([0.0, 0.5, 5.0])),
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    items = rng.normal(size=(dataset.items.size, params.rank)).astype(np.float32)
    blank = np.zeros((dataset.users.size, params.rank), np.float32)
    name = wals.name_of(dataset, params)
    solver = wals.scorer(dataset, Factors(blank, items, (), params, dataset.fingerprint, name))
    users = np.stack([solver.taste(user) for user in range(dataset.users.size)]).astype(np.float32)
    return Factors(users, items, (), params, dataset.fingerprint, name)


@st.composite
def fitted(draw: st.DrawFn) -> tuple[Dataset, Factors]:
    """A Dataset and Factors that belong to it."""
    dataset = draw(datasets())
    return dataset, draw(factors(dataset))


@st.composite
def scored(draw: st.DrawFn) -> tuple[Dataset, np.ndarray]:
    """A Dataset and a score for every person and item, from so few values that most are equal."""
    dataset = draw(datasets())
    levels = st.sampled_from([-1.5, 0.0, 0.25, 2.0])
    return dataset, draw(hnp.arrays(np.float64, dataset.matrix.shape, elements=levels))


@st.composite
def exact_vectors(draw: st.DrawFn, fewest: int = 1, most: int = 14) -> np.ndarray:
    """Rows along the axes or zero: cosines are exactly 0 or 1, so that duplicates and ties are many and exact."""
    count = draw(st.integers(fewest, most))
    axes = draw(st.lists(st.integers(-1, 3), min_size=count, max_size=count))
    return np.stack([np.eye(4, dtype=np.float32)[axis] * (axis >= 0) * (axis + 1) for axis in axes])
