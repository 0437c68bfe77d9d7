"""A tiny RoBERTa of random weights, made here, and every folder that must not be opened."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from textrec_core.errors import DataError
from textrec_core.text import roberta
from textrec_core.text.roberta import RobertaEncoder, find, masked_mean

TEXTS = ["a river", "the bird sings over the long river in the rain", "", "metal", "a bird and a robot " * 30, "x"]
LAYERS, WIDTH = 3, 12


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    """A models folder with one whole RoBERTa in it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

    root = tmp_path_factory.mktemp("models")
    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    words = Tokenizer(models.BPE(unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    words.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=120, special_tokens=marks, show_progress=False))
    words.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    named = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token", "mask_token"), marks, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=words, **named).save_pretrained(root / "tiny")
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=words.get_vocab_size(), hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=2,
        intermediate_size=24, max_position_embeddings=40, pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1,
    )  # fmt: skip
    RobertaModel(config, add_pooling_layer=False).save_pretrained(root / "tiny")
    return root


@pytest.fixture
def folder(models, tmp_path, monkeypatch) -> Path:
    """A models folder of the test's own, whose model may be spoilt."""
    shutil.copytree(models / "tiny", tmp_path / "models" / "tiny")
    monkeypatch.setenv(roberta.MODELS_FOLDER, str(tmp_path / "models"))
    return tmp_path / "models" / "tiny"


def test_each_text_alone_gives_what_all_together_give(folder):
    encoder = find("tiny", 1)
    together = encoder.encode(TEXTS)
    assert together.shape == (len(TEXTS), WIDTH)
    for row, text in enumerate(TEXTS):
        np.testing.assert_allclose(encoder.encode([text])[0], together[row], atol=1e-5)


@pytest.mark.parametrize("tokens", [1, 20, 100_000])
def test_how_texts_are_batched_does_not_matter(folder, monkeypatch, tokens):
    expected = find("tiny", 2).encode(TEXTS)
    monkeypatch.setattr(roberta, "TOKENS_PER_BATCH", tokens)
    np.testing.assert_allclose(find("tiny", 2).encode(TEXTS), expected, atol=1e-5)


def test_padding_counts_for_nothing():
    import torch

    states = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [100.0, -100.0]]])
    assert masked_mean(states, torch.tensor([[1, 1, 0]])).tolist() == [[2.0, 3.0]]
    assert masked_mean(states, torch.tensor([[0, 0, 0]])).tolist() == [[0.0, 0.0]]


def test_a_row_is_the_mean_over_tokens_of_the_mean_of_the_top_layers(folder):
    import torch
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    pieces = AutoTokenizer.from_pretrained(folder)(TEXTS[1], return_tensors="pt")
    with torch.inference_mode():
        states = model(**pieces, output_hidden_states=True).hidden_states
    for top in (1, 2, LAYERS):
        expected = torch.stack(states[-top:]).mean(0)[0].mean(0).numpy()
        np.testing.assert_allclose(find("tiny", top).encode([TEXTS[1]])[0], expected, atol=1e-5)


def test_a_text_that_says_nothing_gets_a_row_of_zeros(folder):
    vectors = find("tiny", 1).encode(["a bird", "", " \n"])
    assert vectors.any(axis=1).tolist() == [True, False, False]


def test_reading_tells_how_far_it_is(folder):
    told = []
    find("tiny", 1).encode(TEXTS, lambda share, words: told.append((share, words)))
    assert told[-1] == (1.0, "6 of 6 texts read by tiny")


def test_more_layers_than_there_are_is_refused_in_words(folder):
    with pytest.raises(DataError, match="3 layers, fewer than the 4") as caught:
        find("tiny", 4).encode(["a"])
    assert "between 1 and 3" in caught.value.hint


def test_the_name_tells_what_was_read(folder):
    assert find("tiny", 1).name == "tiny, last layer"
    assert find("tiny", 3).name == "tiny, top 3 layers"


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_the_fingerprint_moves_with_the_model_s_bytes(folder, file):
    before = find("tiny", 1).fingerprint
    assert find("tiny", 1).fingerprint == before != find("tiny", 2).fingerprint
    with (folder / file).open("ab") as stored:
        stored.write(b" ")
    assert find("tiny", 1).fingerprint != before


def test_the_fingerprint_moves_with_a_vocabulary_kept_as_text(folder):
    (folder / "merges.txt").write_text("a b")
    before = find("tiny", 1).fingerprint
    (folder / "merges.txt").write_text("b a")
    assert find("tiny", 1).fingerprint != before


@pytest.mark.parametrize("online", ["", "1"])
@pytest.mark.parametrize(
    "name", ["../tiny", "x/../tiny", "tiny/../../outside", "/etc", "//host/share", "tiny\0", "\0", "", ".."]
)
def test_nothing_outside_the_models_folder_is_opened(folder, monkeypatch, name, online):
    shutil.copytree(folder, folder.parents[1] / "outside")
    monkeypatch.setenv(roberta.ONLINE, online)
    with pytest.raises(DataError):
        find(name, 1)


@pytest.mark.parametrize("online", ["", "1"])
def test_a_whole_path_is_no_name_even_of_a_model(folder, monkeypatch, online):
    monkeypatch.setenv(roberta.ONLINE, online)
    with pytest.raises(DataError):
        find(str(folder), 1)


def test_a_folder_beside_the_server_is_not_taken_for_a_name_on_the_hub(folder, monkeypatch):
    monkeypatch.setenv(roberta.ONLINE, "1")
    monkeypatch.chdir(folder.parents[1])
    with pytest.raises(DataError):
        find("models/tiny", 1)


def test_a_link_that_leads_outside_is_outside(folder):
    shutil.copytree(folder, folder.parents[1] / "outside")
    os.symlink(folder.parents[1] / "outside", folder.parent / "link")
    with pytest.raises(DataError, match="no model 'link'"):
        find("link", 1)
    os.symlink(folder, folder.parent / "inner")
    assert find("inner", 1).source == str(folder)


def test_without_a_models_folder_there_is_no_folder_to_open(folder, monkeypatch):
    monkeypatch.delenv(roberta.MODELS_FOLDER)
    monkeypatch.chdir(folder.parent)
    with pytest.raises(DataError, match="no model 'tiny'"):
        find("tiny", 1)


def test_an_unknown_name_is_refused_at_once_while_fetching_is_off(folder):
    with pytest.raises(DataError, match="fetching by name is switched off") as caught:
        find("somebody/some-model", 1)
    assert "lsa needs no model" in caught.value.hint


def test_an_unknown_name_is_refused_in_words_when_the_machine_is_offline(folder, monkeypatch):
    with pytest.raises(DataError, match="'some-model' could not be loaded"):
        RobertaEncoder("somebody/some-model", "some-model", 1).encode(["a"])


def test_a_name_on_the_hub_may_be_asked_for_where_an_operator_allows_it(folder, monkeypatch):
    monkeypatch.setenv(roberta.ONLINE, "1")
    assert find("somebody/some-model", 1).source == "somebody/some-model"
    assert find("roberta-base", 1).source == "roberta-base"


def test_a_folder_without_a_model_is_refused_in_words(folder):
    (folder / "config.json").unlink()
    with pytest.raises(DataError, match="'tiny' holds no model"):
        find("tiny", 1)


def test_a_checkpoint_that_runs_code_when_opened_is_never_opened(folder):
    trap = folder / "ran"
    # What a pickle looks like that calls os.system when it is read.
    order = f"touch {trap}".encode()
    (folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'" + order + b"'\ntR.")
    (folder / "model.safetensors").unlink()
    with pytest.raises(DataError, match="no safetensors"):
        find("tiny", 1)
    with pytest.raises(DataError, match="could not be loaded"):
        RobertaEncoder(str(folder), "tiny", 1).encode(["a"])
    assert not trap.exists()


def test_a_model_that_brings_its_own_code_is_refused_and_the_code_not_run(folder):
    trap = folder / "ran"
    (folder / "own.py").write_text(f"open({str(trap)!r}, 'w')\nclass C: pass\n")
    config = json.loads((folder / "config.json").read_text())
    own = {"AutoConfig": "own.C", "AutoModel": "own.C", "AutoTokenizer": ["own.C", None]}
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "own", "auto_map": own}))
    with pytest.raises(DataError, match=r"could not be loaded \(ValueError\)"):
        find("tiny", 1).encode(["a"])
    assert not trap.exists()


@pytest.mark.parametrize("keep", [0, 4, 40, 2_000])
def test_cut_weights_are_refused_in_words(folder, keep):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(DataError, match="could not be loaded"):
        find("tiny", 1).encode(["a"])


@pytest.mark.parametrize("file", ["config.json", "tokenizer.json"])
@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"added_tokens": [], "model": 3}', '{"model_type": "none-such"}', '{"model_type": "vit"}'],
)
def test_broken_descriptions_are_refused_in_words(folder, file, content):
    (folder / file).write_text(content)
    with pytest.raises(DataError, match="could not be loaded"):
        find("tiny", 1).encode(["a"])


@pytest.mark.parametrize(
    "change", [{"hidden_size": 10**6}, {"vocab_size": 10**10}, {"num_hidden_layers": 10**6, "hidden_size": 768}]
)
def test_a_model_too_large_for_this_machine_is_refused_before_it_is_made(folder, change):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(DataError, match="would take about"):
        find("tiny", 1).encode(["a"])


def test_a_copy_without_the_built_in_model_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(roberta, "BUILT_IN_FOLDER", tmp_path)
    with pytest.raises(DataError, match="no built-in RoBERTa"):
        find(roberta.BUILT_IN, 1)


def test_a_pooler_that_comes_with_no_weights_differs_from_load_to_load(folder):
    """Why no pooler is loaded: most checkpoints do not hold one, and the library then draws it anew each time."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    pieces = AutoTokenizer.from_pretrained(folder)(TEXTS[1], return_tensors="pt")
    poolers, states = [], []
    for seed in (1, 2):
        torch.manual_seed(seed)
        with torch.inference_mode():
            made = AutoModel.from_pretrained(folder).eval()(**pieces)
        poolers.append(made.pooler_output.numpy())
        states.append(made.last_hidden_state.numpy())
    assert (states[0] == states[1]).all()
    assert np.abs(poolers[0] - poolers[1]).max() > 1e-3


def test_one_pass_reads_every_layer_as_the_library_does(folder):
    import torch
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    read = find("tiny", 1).read(TEXTS)
    assert read.mean.shape == read.first.shape == (len(TEXTS), LAYERS + 1, WIDTH)
    for row in (0, 1, 3, 5):
        with torch.inference_mode():
            pieces = AutoTokenizer.from_pretrained(folder)(TEXTS[row], return_tensors="pt")
            states = torch.stack(model(**pieces, output_hidden_states=True).hidden_states)[:, 0].numpy()
        np.testing.assert_allclose(read.mean[row], states.mean(axis=1), atol=1e-5)
        np.testing.assert_allclose(read.first[row], states[:, 0], atol=1e-5)
    assert not read.mean[2].any()
    assert not read.first[2].any()


def test_the_end_of_a_long_text_counts_in_every_layer(folder):
    long = "a bird and a robot " * 60
    read = find("tiny", 1).read([long + "a river", long + "metal metal"])
    assert (np.abs(read.mean[0] - read.mean[1]).max(axis=1) > 1e-5).all()
