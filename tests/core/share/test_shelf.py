"""What is put on the shelf comes back as it was; what could run code does not come back at all."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.fakes import TinyEncoder
from textrec_core.evaluate.board import Board, BoardParams, measure
from textrec_core.models import wals
from textrec_core.models.wals import WalsParams
from textrec_core.share import shelf
from textrec_core.spaces.layout import Layout, LayoutParams, lay_out
from textrec_core.spaces.neighbours import nearest
from textrec_core.spaces.space import Space
from textrec_core.text import encoder

PARAMS = WalsParams(rank=4, iterations=3)


def there_and_back(folder, value):
    path = shelf.save(folder, value)
    assert path == folder / f"{value.fingerprint}.npz"
    return shelf.load(folder, value.fingerprint)


def test_factors_come_back_as_they_were(tmp_path, dataset):
    factors = wals.fit(dataset, PARAMS)
    back = there_and_back(tmp_path, factors)
    # On the shelf factors stand in half precision.
    np.testing.assert_allclose(back.users, factors.users, rtol=2e-3, atol=1e-6)
    np.testing.assert_allclose(back.items, factors.items, rtol=2e-3, atol=1e-6)
    assert (back.losses, back.params, back.dataset, back.fingerprint) == (
        factors.losses, factors.params, factors.dataset, factors.fingerprint,
    )  # fmt: skip
    scores = [wals.scorer(dataset, each).scores(np.arange(3)) for each in (factors, back)]
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-2)
    exact = shelf.load(tmp_path, shelf.write(tmp_path / "exact.npz", factors).stem)
    assert (exact.users == factors.users).all()
    assert (exact.items == factors.items).all()
    with pytest.raises(ValueError, match="read-only"):
        back.users[0] = 0


def test_a_space_comes_back_with_its_neighbours(tmp_path, dataset):
    space = encoder.space(dataset, encoder.TextParams(), TinyEncoder())
    back = there_and_back(tmp_path, space)
    assert (back.name, back.fingerprint) == (space.name, space.fingerprint)
    assert (back.known == space.known).all()
    np.testing.assert_allclose(back.directions, space.directions, atol=1e-3)
    np.testing.assert_allclose(nearest(back, 5).cosines, nearest(space, 5).cosines, atol=2e-3)


@given(hnp.arrays(np.float32, (3, 4), elements=st.sampled_from([0.0, 1e-12, -3e-9, 1.0, -7.5, 1e6, 1e12])))
def test_neither_very_long_nor_very_short_vectors_are_lost(tmp_path_factory, vectors):
    space = Space("any", vectors, "any")
    back = there_and_back(tmp_path_factory.mktemp("shelf"), space)
    assert (back.known == space.known).all()
    np.testing.assert_allclose(back.directions, space.directions, atol=1e-3)


def test_a_map_comes_back_as_it_was(tmp_path, dataset):
    space = encoder.space(dataset, encoder.TextParams(), TinyEncoder())
    layout = lay_out(space, LayoutParams(method="pca", seed=9))
    back = there_and_back(tmp_path, layout)
    assert isinstance(back, Layout)
    np.testing.assert_array_equal(back.places, layout.places)
    assert np.isnan(back.places[5]).all()
    assert (back.kept, back.method, back.params, back.fingerprint) == (
        layout.kept, layout.method, layout.params, layout.fingerprint,
    )  # fmt: skip


def test_a_board_comes_back_as_it_was(tmp_path, dataset):
    board = measure(dataset, PARAMS, BoardParams(), None)
    back = there_and_back(tmp_path, board)
    assert isinstance(back, Board)
    assert (back.models, back.protocol, back.notes, back.people, back.fingerprint) == (
        board.models, board.protocol, board.notes, board.people, board.fingerprint,
    )  # fmt: skip
    for metric, k in (("NDCG", 10), ("MAP", 100)):
        assert back.rows(metric, k) == board.rows(metric, k)
    np.testing.assert_allclose(back.curve("Novelty"), board.curve("Novelty"), atol=1e-6)
    assert [inside.sum() for _name, inside in back.slices("Popularity of what is hidden")] == [
        inside.sum() for _name, inside in board.slices("Popularity of what is hidden")
    ]


def test_what_was_never_put_there_is_not_there(tmp_path):
    assert shelf.load(tmp_path, "0" * 20) is None
    assert shelf.load(tmp_path / "no such folder", "0" * 20) is None


def test_putting_it_there_again_replaces_it_and_leaves_nothing_else(tmp_path, dataset):
    factors = wals.fit(dataset, PARAMS)
    for _ in range(2):
        shelf.save(tmp_path / "new" / "folder", factors)
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == [f"{factors.fingerprint}.npz"]


def test_a_file_that_would_run_code_is_refused(tmp_path):
    def member(array: np.ndarray) -> bytes:
        held = io.BytesIO()
        np.lib.format.write_array(held, array)
        return held.getvalue()

    about = np.frombuffer(json.dumps({"kind": "Space", "name": "evil"}).encode(), np.uint8)
    with zipfile.ZipFile(tmp_path / "evil.npz", "w") as archive:
        archive.writestr("about.npy", member(about))
        archive.writestr("vectors.npy", member(np.array([["code"]], object)))
    with pytest.raises(ValueError, match="allow_pickle"):
        shelf.load(tmp_path, "evil")
