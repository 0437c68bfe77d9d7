"""From a Dataset's texts to a Space, whichever encoder reads them."""

import numpy as np
import pytest

from tests.fakes import TinyEncoder
from textrec_core.data.dataset import Dataset, build
from textrec_core.errors import DataError
from textrec_core.text import encoder
from textrec_core.text.encoder import TextParams, choose, name_of, sentences, space
from textrec_core.text.joined import JoinedEncoder
from textrec_core.text.lsa import LsaEncoder
from textrec_core.text.postprocess import postprocess

PLAIN = TextParams(post="none")


def telling(texts: list[str], titles: list[str] | None = None) -> Dataset:
    names = [f"i{n}" for n in range(len(texts))]
    return build("x", ["u"], names, (np.array([0]), np.array([0])), np.ones(1), titles=titles, texts=texts)


def test_row_i_of_the_space_is_item_i(dataset):
    made = space(dataset, PLAIN, TinyEncoder())
    assert made.name == "Tiny"
    assert made.vectors.shape == (dataset.items.size, 16)
    for item in range(dataset.items.size):
        alone = TinyEncoder().encode(sentences(dataset)[item : item + 1])[0]
        assert (made.vectors[item] == alone).all()


def test_an_item_without_a_text_has_no_place_even_with_a_title(dataset):
    assert dataset.titles[5]
    assert dataset.texts[5] == ""
    assert np.flatnonzero(~space(dataset, PLAIN, TinyEncoder()).known).tolist() == [5]
    assert not space(dataset, TextParams(), TinyEncoder()).known[5]


def test_what_is_read_is_title_and_text():
    dataset = telling(["a story", "  ", ""], ["One", "Two", "Three"])
    assert sentences(dataset) == ["One. a story", "", ""]


@pytest.mark.parametrize("texts", [["", ""], [" ", "\n\t"]])
def test_data_without_any_text_are_refused_in_words(texts):
    with pytest.raises(DataError, match="No item has a text"):
        space(telling(texts), PLAIN, TinyEncoder())


def test_the_name_of_a_space_moves_with_texts_titles_parameters_and_encoder():
    base = telling(["a", "b"])
    names = {
        name_of(base, PLAIN, TinyEncoder()),
        name_of(telling(["a", "c"]), PLAIN, TinyEncoder()),
        name_of(telling(["a", "b"], ["x", "y"]), PLAIN, TinyEncoder()),
        name_of(base, TextParams(), TinyEncoder()),
        name_of(base, PLAIN, TinyEncoder(17)),
    }
    assert len(names) == 5
    assert space(base, PLAIN, TinyEncoder()).fingerprint in names


def test_the_name_of_a_space_does_not_move_with_who_chose_what():
    one = build("x", ["u"], ["i", "j"], (np.array([0]), np.array([0])), np.ones(1), texts=["a", "b"])
    other = build("x", ["u", "v"], ["i", "j"], (np.array([0]), np.array([1])), np.ones(1), texts=["a", "b"])
    assert name_of(one, PLAIN, TinyEncoder()) == name_of(other, PLAIN, TinyEncoder())


def test_lsa_is_the_choice_that_needs_no_model():
    assert choose(TextParams(encoder="lsa")) == LsaEncoder(128)
    assert choose(TextParams(encoder="lsa", dimensions=7)) == LsaEncoder(7)
    assert space(telling(["river bird", "engine metal", "river metal"]), TextParams(encoder="lsa")).name == "LSA 128"


def test_choosing_loads_nothing():
    import subprocess
    import sys

    code = (
        "import sys; from textrec_core.text.encoder import *; choose(TextParams());"
        "\ntry: choose(TextParams(encoder='none-such'))\nexcept Exception: pass"
        "\nprint(sorted({'torch', 'transformers', 'sklearn'} & set(sys.modules)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=encoder.__file__.split("/textrec_core")[0],
    )
    assert said.stdout.strip() == "[]"


def test_encoders_that_read_together_have_the_same_say():
    texts = ["river bird", "engine metal", "river metal", "bird engine"]
    parts = TinyEncoder(), LsaEncoder(2)
    joined = JoinedEncoder(parts).encode(texts)

    def cosines(vectors):
        centred = postprocess(vectors, "centre")
        directions = centred / np.linalg.norm(centred, axis=1, keepdims=True)
        return directions @ directions.T

    own = [cosines(part.encode(texts)) for part in parts]
    np.testing.assert_allclose(joined @ joined.T, (own[0] + own[1]) / 2, atol=1e-5)


def test_the_name_of_joined_encoders_moves_with_each_part():
    names = {
        JoinedEncoder(parts).fingerprint
        for parts in [(LsaEncoder(2), LsaEncoder(3)), (LsaEncoder(3), LsaEncoder(2)), (LsaEncoder(2), LsaEncoder(4))]
    }
    assert len(names) == 3
