"""A tiny RoBERTa of random weights, made here, and every folder that must not be opened."""

import dataclasses
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from textrec_core.errors import DataError
from textrec_core.text import folders, forward, networks, reading, roberta, store
from textrec_core.text.pooling import LAYERS as LAYER_CHOICES
from textrec_core.text.pooling import TOKENS, Pooling, pool
from textrec_core.text.roberta import RobertaEncoder, find

TEXTS = ["a river", "the bird sings over the long river in the rain", "", "metal", "a bird and a robot " * 30, "x"]
LAYERS, WIDTH = 3, 12
# What half precision, in which layers are kept, leaves of numbers of this size.
HALF = 2e-3


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
    monkeypatch.setenv(folders.MODELS_FOLDER, str(tmp_path / "models"))
    return tmp_path / "models" / "tiny"


def test_each_text_alone_gives_what_all_together_give(folder):
    network = find("tiny", precision="fp32").network()

    def layers(texts: list[str]) -> np.ndarray:
        made = np.zeros((len(texts), 2, LAYERS + 1, WIDTH), np.float32)
        for rows, means, firsts in reading.read(network, texts):
            made[rows] = np.stack([means, firsts], 1)
        return made

    together = layers(TEXTS)
    for row, text in enumerate(TEXTS):
        np.testing.assert_allclose(layers([text])[0], together[row], atol=1e-5)


@pytest.mark.parametrize("tokens", [1, 20, 100_000])
def test_how_texts_are_batched_does_not_matter(folder, tokens):
    lengths = [3, 30, 2, 7, 100, 7]
    made = list(reading.batches(sorted(range(6), key=lambda n: -lengths[n]), lengths, tokens))
    assert sorted(n for batch in made for n in batch) == list(range(6))
    for batch in made:
        assert len(batch) == 1 or len(batch) * max(lengths[n] for n in batch) <= tokens


@pytest.mark.parametrize(("texts", "cores"), [(96, 2), (96, 8), (2_000, 4)])
def test_all_cores_are_done_at_about_the_same_time(monkeypatch, texts, cores):
    monkeypatch.setattr(reading, "cores", lambda: cores)
    lengths = sorted(np.random.default_rng(0).integers(5, 90, texts).tolist(), reverse=True)
    busy = [0] * cores
    for batch in reading.batches(range(texts), lengths, reading.share_of(sum(lengths))):
        busy[busy.index(min(busy))] += sum(lengths[n] for n in batch)
    assert max(busy) < 1.2 * sum(lengths) / cores


@pytest.mark.parametrize("kind", ["roberta", "xlm-roberta", "bert", "distilbert"])
def test_a_batch_of_texts_of_any_lengths_leaves_what_the_library_leaves_of_each(kind):
    """Packed where the layers are RoBERTa's, padded elsewhere: the same states, token by token."""
    import torch
    from transformers import AutoConfig, AutoModel

    sizes = {
        "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": 2, "intermediate_size": 24,
        "max_position_embeddings": 40, "vocab_size": 50, "pad_token_id": 1, "dim": WIDTH, "n_layers": LAYERS, "n_heads": 2,
    }  # fmt: skip
    torch.manual_seed(0)
    model = AutoModel.from_config(AutoConfig.for_model(kind, **sizes)).eval()
    for weights in model.parameters():
        weights.data = torch.randn_like(weights) * 0.3
    texts = [torch.randint(5, 50, (length,)).tolist() for length in (30, 7, 7, 7, 3, 1)]
    packed = forward.can_pack(model.config)
    assert packed == (kind != "distilbert")
    with torch.inference_mode():
        states = list(forward.Packed(model)(texts) if packed else forward.Padded(model)(texts))
        alone = [model(torch.tensor([text]), output_hidden_states=True).hidden_states for text in texts]
    assert len(states) == LAYERS + 1
    for depth, state in enumerate(states):
        expected = torch.cat([each[depth][0] for each in alone])
        np.testing.assert_allclose(state.numpy(), expected.numpy(), atol=1e-5)


@pytest.mark.parametrize(("precision", "nearly"), [("bf16", 0.05), ("int8", 1e-3)])
def test_rounding_one_text_does_not_depend_on_the_others(folder, precision, nearly):
    network = find("tiny", precision=precision).network()
    parts = network.cut(["a river", "metal " * 12, "the bird sings over the long river"])
    together, _firsts = reading.summed(network, parts)
    for row, part in enumerate(parts):
        np.testing.assert_allclose(reading.summed(network, [part])[0][0], together[row], atol=nearly)


def test_only_what_counts_in_a_window_is_summed(folder):
    network = find("tiny", precision="fp32").network()
    whole = network.cut(["the bird sings over the long river"])[0]
    low, high = (dataclasses.replace(whole, start=start, stop=stop) for start, stop in ((0, 3), (3, whole.stop)))
    (one, two, both), firsts = reading.summed(network, [low, high, whole])
    np.testing.assert_allclose(one + two, both, atol=1e-5)
    assert (firsts[0] == firsts[1]).all()


def test_batches_come_back_in_their_order_and_a_fault_is_not_hidden():
    assert list(reading.at_once(lambda n: n * n, iter(range(50)))) == [(n, n * n) for n in range(50)]
    made = reading.at_once(lambda n: 1 / n, iter([1, 2, 0, 3]))
    with pytest.raises(ZeroDivisionError):
        list(made)


def test_a_row_is_the_mean_over_tokens_of_the_mean_of_the_top_layers(folder):
    import torch
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    pieces = AutoTokenizer.from_pretrained(folder)(TEXTS[1], return_tensors="pt")
    with torch.inference_mode():
        states = model(**pieces, output_hidden_states=True).hidden_states
    for top in (1, 2, LAYERS):
        expected = torch.stack(states[-top:]).mean(0)[0].mean(0).numpy()
        made = find("tiny", Pooling(layers="top", top=top), "fp32").encode([TEXTS[1]])[0]
        np.testing.assert_allclose(made, expected, atol=HALF)


def test_a_text_that_says_nothing_gets_a_row_of_zeros(folder):
    vectors = find("tiny").encode(["a bird", "", " \n"])
    assert vectors.any(axis=1).tolist() == [True, False, False]


def test_reading_tells_how_far_it_is(folder):
    told = []
    find("tiny").encode(TEXTS, lambda share, words: told.append((share, words)))
    assert told[-1] == (1.0, "5 of 5 texts read by tiny")


def test_more_layers_than_there_are_is_refused_in_words(folder):
    with pytest.raises(DataError, match="3 layers, fewer than the 4") as caught:
        find("tiny", Pooling(layers="top", top=4)).encode(["a"])
    assert "between 1 and 3" in caught.value.hint


def test_the_name_tells_what_was_read(folder):
    assert find("tiny").name == "tiny, last layer"
    assert find("tiny", Pooling(layers="top", top=3)).name == "tiny, mean of the top 3 layers"


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_the_fingerprint_moves_with_the_model_s_bytes(folder, file):
    before = find("tiny").fingerprint
    assert find("tiny").fingerprint == before != find("tiny", Pooling("first")).fingerprint
    with (folder / file).open("ab") as stored:
        stored.write(b" ")
    assert find("tiny").fingerprint != before


def test_the_fingerprint_moves_with_a_vocabulary_kept_as_text(folder):
    (folder / "merges.txt").write_text("a b")
    before = find("tiny").fingerprint
    (folder / "merges.txt").write_text("b a")
    assert find("tiny").fingerprint != before


@pytest.mark.parametrize("online", ["", "1"])
@pytest.mark.parametrize(
    "name", ["../tiny", "x/../tiny", "tiny/../../outside", "/etc", "//host/share", "tiny\0", "\0", "", ".."]
)
def test_nothing_outside_the_models_folder_is_opened(folder, monkeypatch, name, online):
    shutil.copytree(folder, folder.parents[1] / "outside")
    monkeypatch.setenv(folders.ONLINE, online)
    with pytest.raises(DataError, match="no name that a hub could have" if online else "switched off"):
        find(name, 1)


@pytest.mark.parametrize("online", ["", "1"])
def test_a_whole_path_is_no_name_even_of_a_model(folder, monkeypatch, online):
    monkeypatch.setenv(folders.ONLINE, online)
    with pytest.raises(DataError):
        find(str(folder), 1)


def test_a_folder_beside_the_server_is_not_taken_for_a_name_on_the_hub(folder, monkeypatch):
    monkeypatch.setenv(folders.ONLINE, "1")
    monkeypatch.chdir(folder.parents[1])
    with pytest.raises(DataError):
        find("models/tiny", 1)


def test_a_link_that_leads_outside_is_outside(folder):
    shutil.copytree(folder, folder.parents[1] / "outside")
    os.symlink(folder.parents[1] / "outside", folder.parent / "link")
    with pytest.raises(DataError, match="no model 'link'"):
        find("link", 1)
    os.symlink(folder, folder.parent / "inner")
    assert find("inner", 1).folder == str(folder)


def test_without_a_models_folder_there_is_no_folder_to_open(folder, monkeypatch):
    monkeypatch.delenv(folders.MODELS_FOLDER)
    monkeypatch.chdir(folder.parent)
    with pytest.raises(DataError, match="no model 'tiny'"):
        find("tiny")


def test_an_unknown_name_is_refused_at_once_while_fetching_is_off(folder):
    with pytest.raises(DataError, match="fetching by name is switched off") as caught:
        find("somebody/some-model", 1)
    assert "built-in and lsa need neither" in caught.value.hint


def test_a_name_on_the_hub_is_never_fetched_by_reading_even_where_an_operator_allows_fetching(folder, monkeypatch):
    monkeypatch.setenv(folders.ONLINE, "1")
    with pytest.raises(DataError, match="not on this machine yet") as caught:
        find("somebody/some-model")
    assert "fetch --encoder somebody/some-model" in caught.value.hint


def test_models_are_offered_one_or_two_folders_deep(folder, monkeypatch):
    shutil.copytree(folder, folder.parent / "somebody" / "deep")
    shutil.copytree(folder, folder.parent / "half.partial")
    (folder.parent / "empty").mkdir()
    assert folders.offered() == ["built-in", "somebody/deep", "tiny"]
    assert find("somebody/deep").name == "deep, last layer"
    assert folders.fetchable() == []
    monkeypatch.setenv(folders.ONLINE, "1")
    assert "roberta-base" in folders.fetchable()


def test_a_folder_without_a_model_is_refused_in_words(folder):
    (folder / "config.json").unlink()
    with pytest.raises(DataError, match="'tiny' holds no model"):
        find("tiny")


def test_a_checkpoint_that_runs_code_when_opened_is_never_opened(folder):
    trap = folder / "ran"
    # What a pickle looks like that calls os.system when it is read.
    order = f"touch {trap}".encode()
    (folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'" + order + b"'\ntR.")
    (folder / "model.safetensors").unlink()
    with pytest.raises(DataError, match="no safetensors"):
        find("tiny")
    with pytest.raises(DataError, match="could not be loaded"):
        RobertaEncoder(str(folder), "tiny").encode(["a"])
    assert not trap.exists()


def test_a_model_that_brings_its_own_code_is_refused_and_the_code_not_run(folder):
    trap = folder / "ran"
    (folder / "own.py").write_text(f"open({str(trap)!r}, 'w')\nclass C: pass\n")
    config = json.loads((folder / "config.json").read_text())
    own = {"AutoConfig": "own.C", "AutoModel": "own.C", "AutoTokenizer": ["own.C", None]}
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "own", "auto_map": own}))
    with pytest.raises(DataError, match="asks to run code of its own"):
        find("tiny")
    with pytest.raises(DataError, match=r"could not be loaded \(ValueError\)"):
        RobertaEncoder(str(folder), "tiny").encode(["a"])
    assert not trap.exists()


def test_weights_that_lie_outside_their_folder_are_refused(folder):
    (folder / "model.safetensors").rename(folder.parents[1] / "model.safetensors")
    (folder / "model.safetensors").symlink_to(folder.parents[1] / "model.safetensors")
    with pytest.raises(DataError, match="lie elsewhere"):
        find("tiny")


@pytest.mark.parametrize("keep", [0, 4, 40, 2_000])
def test_cut_weights_are_refused_in_words(folder, keep):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(DataError, match="could not be loaded"):
        find("tiny").encode(["a"])


@pytest.mark.parametrize("file", ["config.json", "tokenizer.json"])
@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"added_tokens": [], "model": 3}', '{"model_type": "none-such"}', '{"model_type": "vit"}'],
)
def test_broken_descriptions_are_refused_in_words(folder, file, content):
    (folder / file).write_text(content)
    with pytest.raises(DataError, match="could not be loaded"):
        find("tiny").encode(["a"])


@pytest.mark.parametrize(
    "change", [{"hidden_size": 10**6}, {"vocab_size": 10**10}, {"num_hidden_layers": 10**6, "hidden_size": 768}]
)
def test_a_model_too_large_for_this_machine_is_refused_before_it_is_made(folder, change):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(DataError, match="would take about"):
        find("tiny").encode(["a"])


def test_a_copy_without_the_built_in_model_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(folders, "BUILT_IN_FOLDER", tmp_path)
    with pytest.raises(DataError, match="no built-in RoBERTa"):
        find(folders.BUILT_IN)


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


def test_every_load_holds_the_same_weights_and_none_that_the_folder_lacks(folder):
    import torch
    from safetensors.torch import load_file

    stored = load_file(folder / "model.safetensors")
    for seed in (1, 2):
        torch.manual_seed(seed)
        loaded = networks._load(str(folder))[1].state_dict()
        assert set(loaded) == set(stored)
        assert all(torch.equal(loaded[name], stored[name]) for name in stored)


def test_one_pass_reads_every_layer_as_the_library_does(folder):
    import torch
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    read = find("tiny", precision="fp32").read(TEXTS)
    assert read.mean.shape == read.first.shape == (len(TEXTS), LAYERS + 1, WIDTH)
    for row in (0, 1, 3, 5):
        with torch.inference_mode():
            pieces = AutoTokenizer.from_pretrained(folder)(TEXTS[row], return_tensors="pt")
            states = torch.stack(model(**pieces, output_hidden_states=True).hidden_states)[:, 0].numpy()
        np.testing.assert_allclose(read.mean[row], states.mean(axis=1), atol=HALF)
        np.testing.assert_allclose(read.first[row], states[:, 0], atol=HALF)
    assert not read.mean[2].any()
    assert not read.first[2].any()


def test_of_a_long_text_the_end_counts_in_every_layer_and_the_first_token_is_that_of_its_beginning(folder):
    long = "a bird and a robot " * 60
    read = find("tiny").read([long + "a river", long + "metal metal"])
    np.testing.assert_allclose(read.first[0], read.first[1], atol=1e-6)
    assert (np.abs(read.mean[0] - read.mean[1]).max(axis=1) > 1e-5).all()


@pytest.fixture
def kept(folder, tmp_path, monkeypatch) -> Path:
    """A store of the test's own."""
    monkeypatch.setenv(store.FOLDER, str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def passes(monkeypatch) -> list[list[str]]:
    """Every list of texts that a network was given."""
    given: list[list[str]] = []
    plain = roberta.read

    def counted(network, texts, on_batch=None):
        given.append(list(texts))
        return plain(network, texts, on_batch)

    monkeypatch.setattr(roberta, "read", counted)
    return given


def test_a_text_is_read_once_and_only_new_texts_after_an_edit(kept, passes):
    first = find("tiny").encode(TEXTS)
    again = find("tiny").encode(TEXTS)
    assert (first == again).all()
    assert [set(one) for one in passes] == [{text for text in TEXTS if text}]
    edited = find("tiny").encode([*TEXTS[::-1], "a new robot", "a new robot"])
    assert passes[1:] == [["a new robot"]]
    assert (edited[: len(TEXTS)] == first[::-1]).all()
    assert (edited[-1] == edited[-2]).all()


def test_all_poolings_share_one_pass(kept, passes):
    for layers in LAYER_CHOICES:
        for tokens in TOKENS:
            how = Pooling(tokens, layers, 1, 2, (0.5, 0.5))
            assert (find("tiny", how).encode(TEXTS) == pool(find("tiny").read(TEXTS), how)).all()
    assert len(passes) == 1


def test_vectors_are_the_same_with_and_without_a_store(folder, kept, monkeypatch):
    with_store = find("tiny").encode(TEXTS)
    monkeypatch.setenv(store.FOLDER, "off")
    np.testing.assert_allclose(find("tiny").encode(TEXTS), with_store, atol=HALF)


def test_another_model_under_the_same_name_is_read_anew(folder, kept, passes):
    find("tiny").encode(TEXTS)
    with (folder / "model.safetensors").open("r+b") as weights:
        weights.seek(-4, 2)
        weights.write(b"\0\0\0\0")
    find("tiny").encode(TEXTS)
    assert len(passes) == 2


def test_a_store_that_two_machines_share_never_mixes_their_precisions(folder, kept, passes, monkeypatch):
    asked = []

    def encode_on(machine: str, fastest: str) -> np.ndarray:
        monkeypatch.setattr(roberta, "processor", lambda: machine)
        monkeypatch.setattr(roberta, "settle", lambda *_network: asked.append(machine) or fastest)
        return find("tiny").encode(TEXTS)

    one, two = encode_on("one", "fp32"), encode_on("two", "bf16")
    assert len(passes) == 2, "what the other machine read was taken for this one's own"
    assert (one == find("tiny", precision="fp32").encode(TEXTS)).all()
    assert (two == find("tiny", precision="bf16").encode(TEXTS)).all()
    assert (one != two).any()
    assert (encode_on("one", "bf16") == one).all()
    assert (len(passes), asked) == (2, ["one", "two"]), "what is fastest is measured once for a machine"


def test_a_full_disk_is_said_and_reading_goes_on(folder, kept, monkeypatch):
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 0}))
    told = []
    vectors = find("tiny").encode(TEXTS, lambda share, words: told.append(words))
    assert vectors.any(axis=1).sum() == 5
    assert "The disk is nearly full" in told[-1]


@pytest.mark.parametrize(
    ("texts", "spoken"),
    [([], 0), ([""], 0), (["one"], 1), (["same"] * 7, 7), (["☂☃", "🎈" * 40], 2), (["12345", "3.14"], 2), (["слово", "言葉"], 2)],
)  # fmt: skip
def test_any_texts_give_a_finite_row_each(folder, texts, spoken):
    vectors = find("tiny").encode(texts)
    assert vectors.shape == (len(texts), WIDTH)
    assert np.isfinite(vectors).all()
    assert vectors.any(axis=1).sum() == spoken


def test_equal_texts_get_equal_rows(folder):
    vectors = find("tiny").encode(["a bird"] * 5)
    assert (vectors == vectors[0]).all()


def test_a_faster_precision_is_taken_only_where_its_vectors_agree(folder):
    full = find("tiny", precision="fp32").network()
    same = dataclasses.replace(full, precision="bf16")
    assert networks.agreement(full, same) == pytest.approx(1)

    def spoilt(pieces):
        return (state.roll(1, -1) for state in full.forward(pieces))

    other = dataclasses.replace(full, forward=spoilt, precision="bf16")
    assert networks.agreement(full, other) < networks.LEAST_COSINE
    assert networks.fastest(full, [other]) is full
    assert networks.fastest(full, []) is full


@pytest.mark.parametrize(("seconds", "taken"), [(0.95, "fp32"), (0.8, "bf16")])
def test_full_precision_is_left_only_for_something_clearly_faster(folder, monkeypatch, seconds, taken):
    full = find("tiny", precision="fp32").network()
    clock = iter(np.cumsum([tick for _turn in range(3) for one in (1.0, seconds) for tick in (0.0, one)]).tolist())
    monkeypatch.setattr(networks, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    assert networks.fastest(full, [dataclasses.replace(full, precision="bf16")]).precision == taken


def test_a_model_is_loaded_without_the_network_and_without_code(folder, monkeypatch):
    import transformers

    told = []
    for name in ("AutoConfig", "AutoTokenizer", "AutoModel"):
        kind = getattr(transformers, name)

        def noted(*args, real=kind.from_pretrained, **options):
            told.append(options)
            return real(*args, **options)

        monkeypatch.setattr(kind, "from_pretrained", noted)
    networks._load(str(folder))
    assert len(told) >= 3
    assert {(one["local_files_only"], one["trust_remote_code"]) for one in told} == {(True, False)}
    assert any(one.get("use_safetensors") for one in told)


@pytest.mark.parametrize(
    ("words", "cores"), [("150000 100000", 1), ("10000 100000", 1), ("max 100000", None), ("", None)]
)
def test_threads_stay_within_the_quota_of_a_container(monkeypatch, words, cores):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(networks, "Path", lambda _name: SimpleNamespace(read_text=lambda: words))
    assert networks.cores() == cores or (cores is None and networks.cores() == len(os.sched_getaffinity(0)))


def test_what_an_operator_says_of_threads_stays(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert networks.cores() == 3


def test_half_precision_keeps_the_built_in_s_vectors():
    network = find("built-in", precision="bf16").network()
    assert network.precision == "bf16"
    assert 0.999 <= network.cosine < 1


def test_int8_spoils_the_built_in_and_is_therefore_not_what_fastest_means():
    assert find("built-in", precision="int8").network().cosine < networks.LEAST_COSINE
    assert find("built-in").network().precision != "int8"


def test_int8_on_a_machine_without_it_is_refused_in_words_and_never_tried_unasked(folder, monkeypatch):
    monkeypatch.setattr(networks, "multiplied_here", lambda: ())
    networks.network.cache_clear()
    with pytest.raises(DataError, match="does not multiply in int8"):
        find("tiny", precision="int8").network()
    assert find("tiny").network().precision == "fp32"
    networks.network.cache_clear()


def test_the_time_left_is_told_while_reading(monkeypatch):
    clock = iter([0.0, 10.0, 20.0])
    monkeypatch.setattr(reading.time, "monotonic", lambda: next(clock))
    pace = reading.Pace(1_000, "tiny")
    assert pace.words(100, 0.5) == "100 of 1,000 texts read by tiny, 10 texts/s, 10 s left"
    assert pace.words(200, 0.01) == "200 of 1,000 texts read by tiny, 10 texts/s, 33 min left"
    assert reading.in_words(7_200) == "2.0 h"
