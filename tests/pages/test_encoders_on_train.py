"""Choosing how words are read: what cannot be used changes nothing, and what is not here is offered with its size."""

import shutil

import numpy as np
import pytest

from tests.pages.visit import shop, until, visit, waiting, with_upload, words_of
from textrec_core.data.dataset import build
from textrec_core.text import encoder, folders
from textrec_core.text.hub import File, Offer

SMALL = Offer("roberta-base", "abc", (File("config.json", 1_000, ""), File("model.safetensors", 123_000_000, "")))


def train(at):
    next(button for button in at.button if button.label == "Train").click()
    return until(at, lambda seen: not waiting(seen))


def labels(at) -> list[str]:
    return [button.label for button in at.button]


@pytest.fixture
def at(monkeypatch, tmp_path):
    monkeypatch.setenv(folders.MODELS_FOLDER, str(tmp_path))
    # A typed name is no option, and a test's visit can only take options.
    plain = encoder.offered
    monkeypatch.setattr(encoder, "offered", lambda: [*plain(), "owner/model", SMALL.name])
    return visit("prepare/train", data="films-small")


def test_a_model_that_is_not_here_changes_nothing_and_says_what_to_do(at):
    at.selectbox(key="text-encoder").set_value("owner/model")
    train(at)
    assert "fetching by name is switched off" in words_of(at)
    assert "goes on reading" in words_of(at)
    assert "text.encoder" not in at.query_params
    assert "After 15 sweeps" in words_of(at)


def test_a_mix_without_shares_changes_nothing(at):
    at.selectbox(key="text-layers").set_value("mix")
    train(at)
    assert "needs its shares" in words_of(at)
    assert "text.layers" not in at.query_params
    at.selectbox(key="text-layers").set_value("last")
    train(at)
    assert "needs its shares" not in words_of(at)


def test_a_model_of_the_hub_is_offered_with_its_size_and_can_be_declined(at, monkeypatch):
    from pages.shared import cached

    monkeypatch.setenv(folders.ONLINE, "1")
    cached.worker().keep(cached.offer_of(SMALL.name)[0], SMALL)
    at.selectbox(key="text-encoder").set_value(SMALL.name)
    train(at)
    assert "123 MB in 2 files" in words_of(at)
    assert {"Fetch it", "Do not fetch"} <= set(labels(at))
    assert "text.encoder" not in at.query_params
    at.button(key="decline").click()
    until(at, lambda seen: not waiting(seen))
    assert "Fetch it" not in labels(at)
    assert at.selectbox(key="text-encoder").value == "built-in + lsa"
    assert "text.encoder" not in at.query_params


def test_a_model_that_has_been_fetched_is_put_in_use(at, monkeypatch, tmp_path):
    from pages.shared import cached

    monkeypatch.setenv(folders.ONLINE, "1")
    cached.worker().keep(cached.offer_of(SMALL.name)[0], SMALL)
    at.selectbox(key="text-encoder").set_value(SMALL.name)
    train(at)
    assert "Fetch it" in labels(at)
    shutil.copytree(folders.BUILT_IN_FOLDER, tmp_path / SMALL.name)
    cached.worker().keep(cached.fetched_key(SMALL.name), SMALL)
    at.run()
    assert at.query_params["text.encoder"] in (SMALL.name, [SMALL.name])


@pytest.mark.parametrize(
    ("texts", "words"), [(["one lamp"] * 24, "All texts are alike"), (["🎈" * (n + 1) for n in range(24)], "no words")]
)
def test_what_texts_lack_is_said_whatever_the_titles_are(texts, words):
    own = shop(people=40, things=24)
    rows, columns = own.matrix.nonzero()
    data = build("same", own.users, own.items, (rows, columns), np.ones(rows.size), titles=own.titles, texts=texts)
    assert words in words_of(with_upload("prepare/train", data))
