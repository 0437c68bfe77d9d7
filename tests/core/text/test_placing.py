"""A text read later stands where it would have stood among the texts that the space was made of."""

import numpy as np
import pytest

from tests.fakes import TinyEncoder
from textrec_core.data.dataset import build
from textrec_core.spaces.space import Space
from textrec_core.text import encoder, placing
from textrec_core.text.encoder import TextParams, sentences
from textrec_core.text.joined import JoinedEncoder
from textrec_core.text.lsa import LsaEncoder
from textrec_core.text.placing import Source, place
from textrec_core.text.postprocess import METHODS
from textrec_core.text.roberta import RobertaEncoder

ENCODERS = (TinyEncoder(), LsaEncoder(6), JoinedEncoder((TinyEncoder(), LsaEncoder(6))))


def made(dataset, which, post="centre"):
    space = encoder.space(dataset, TextParams(post=post), which)
    return space, Source(space.fingerprint, tuple(sentences(dataset)), which, space.origin)


@pytest.mark.parametrize("post", METHODS)
@pytest.mark.parametrize("which", ENCODERS, ids=lambda one: one.name)
def test_a_text_of_the_data_read_again_stands_where_it_stands(dataset, which, post):
    space, source = made(dataset, which, post)
    again = place(source, sentences(dataset))
    assert again.space == space.fingerprint
    np.testing.assert_allclose(again.directions[space.known], space.directions[space.known], atol=2e-3)
    assert not again.directions[5].any(), "it has no text"


@pytest.mark.parametrize("which", ENCODERS, ids=lambda one: one.name)
def test_a_text_that_says_nothing_has_no_direction(dataset, which):
    _space, source = made(dataset, which)
    assert not place(source, ["", "  "]).directions[0].any()
    assert place(source, []).directions.shape[0] == 0


def test_a_new_text_is_near_what_speaks_of_the_same(dataset):
    space, source = made(dataset, ENCODERS[-1])
    one = place(source, ["A walk. river forest bird rain meadow"]).directions[0]
    cosines = space.directions @ one
    kinds = dataset.attributes["kind"][np.argsort(-cosines)[:8]]
    assert (kinds == "nature").all()
    assert np.linalg.norm(one) == pytest.approx(1)


def test_a_space_of_other_texts_is_refused(dataset):
    other = build("x", ["u"], ["i", "j"], (np.array([0]), np.array([0])), np.ones(1), texts=["red lamp", "blue tool"])
    params = TextParams(encoder="lsa")
    space = encoder.space(other, params)
    assert placing.source(other, params, space).name == space.fingerprint
    for wrong in (dataset, other):
        with pytest.raises(ValueError, match="other texts"):
            placing.source(wrong, params, Space("x", space.vectors, "another", origin=space.origin))


def test_being_ready_loads_what_reads_whatever_is_kept_of_earlier_texts(dataset, monkeypatch):
    loaded = []
    monkeypatch.setattr(RobertaEncoder, "network", lambda encoder: loaded.append(encoder.label))
    both = JoinedEncoder((RobertaEncoder("folder", "a reader"), LsaEncoder(6)))
    source = Source("some space", tuple(sentences(dataset)), both, (np.zeros(1, np.float32),) * 4)
    assert placing.ready(source) == placing.ready_name("some space")
    assert loaded == ["a reader"]


def test_what_was_learned_is_learned_once_for_a_space(dataset):
    _space, source = made(dataset, LsaEncoder(6))
    placing._reader.cache_clear()
    for text in ("river", "engine"):
        place(Source(source.name, source.texts, source.encoder, source.origin), [text])
    assert placing._reader.cache_info().misses == 1


def test_what_ships_with_a_sample_reads_its_texts_to_where_they_stand():
    from textrec_core.data import samples
    from textrec_core.share import prepared, shelf

    films, params = samples.load("films"), TextParams()
    space = shelf.load(prepared.FOLDER, encoder.name_of(films, params, encoder.choose(params)))
    rows = np.array([0, 300, 700])
    again = place(placing.source(films, params, space), [sentences(films)[row] for row in rows]).directions
    assert ((again * space.directions[rows]).sum(axis=1) > 0.999).all()
