"""What ships beside the samples is what would be computed today; a change of data or defaults without a rebuild is found here."""

import numpy as np
import pytest

from textrec_core.data import samples
from textrec_core.evaluate import layers
from textrec_core.evaluate.board import Board
from textrec_core.limits import MEBI
from textrec_core.models import wals
from textrec_core.models.wals import Factors
from textrec_core.people.recommend import everyone
from textrec_core.share import prepared, shelf
from textrec_core.spaces.agreement import AgreementParams, agreement
from textrec_core.spaces.layout import Layout
from textrec_core.spaces.space import Space


@pytest.fixture(scope="module", params=list(samples.NAMES))
def both(request) -> list[tuple]:
    """Every result of a sample computed now, and as it ships."""
    dataset = samples.load(request.param)
    return [(dataset, made, shelf.load(prepared.FOLDER, made.fingerprint)) for made in prepared.results(dataset)]


def test_every_result_ships_under_the_name_it_has_today(both) -> None:
    missing = [f"{type(made).__name__} {made.fingerprint}" for _, made, shipped in both if shipped is None]
    assert not missing, f"run `make samples`: {missing}"


def test_what_ships_is_what_is_computed(both) -> None:
    for dataset, made, shipped in both:
        assert type(made) is type(shipped)
        if isinstance(made, Factors):
            now, then = (everyone(dataset, wals.scorer(dataset, one), 10)[0] for one in (made, shipped))
            assert np.mean([len(set(a) & set(b)) / 10 for a, b in zip(now, then, strict=True)]) > 0.98
            assert made.losses[-1].total == pytest.approx(shipped.losses[-1].total, rel=1e-3)
        elif isinstance(made, Space):
            assert agreement(made, shipped, AgreementParams(10)).mean > 0.97
        elif isinstance(made, Layout):
            # Another processor rounds otherwise and draws another map; it must be as good a one.
            assert made.kept == pytest.approx(shipped.kept, abs=0.05)
            assert (np.isnan(made.places) == np.isnan(shipped.places)).all()
        else:
            assert isinstance(made, Board)
            for row in made.rows():
                then = next(other for other in shipped.rows() if other.model == row.model)
                assert row.value.mean == pytest.approx(then.value.mean, abs=0.01)


def test_the_layers_of_the_first_sample_ship_under_todays_name() -> None:
    dataset = samples.load("films")
    name = layers.name_of(dataset, wals.suited(dataset), layers.LayersParams())
    assert shelf.load(prepared.FOLDER, name) is not None, f"run `make samples`: {name}"


def test_all_samples_together_are_small() -> None:
    sizes = [path.stat().st_size for path in prepared.FOLDER.parent.rglob("*") if path.is_file()]
    assert sum(sizes) <= 8 * MEBI
