"""The verbs of texts alone: vectors of a file, and what a model would cost."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.core.test_cli import documented
from textrec_core.__main__ import main


def said(capsys, words: list[str]) -> dict:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "vectors.npy"


def test_row_n_is_the_text_of_line_n_whatever_stands_there(tmp_path, out, capsys):
    lines = ["a river and a bird", "", "☂☃", "12345", "слово за слово", "a river and a bird", "metal robot " * 9_000]
    (tmp_path / "texts.txt").write_text("\n".join(lines) + "\n")
    words = ["encode", "--texts", str(tmp_path / "texts.txt"), "--out", str(out), "--encoder", "built-in"]
    facts = said(capsys, words)
    (keys,) = [keys for verb, keys in documented() if verb == "encode"]
    assert set(facts) - {"verb", "params"} == keys
    vectors = np.load(out, allow_pickle=False)
    assert vectors.shape == (7, facts["dimensions"]) == (7, 384)
    assert vectors.any(axis=1).tolist() == [True, False, *[True] * 5]
    assert (vectors[0] == vectors[5]).all()
    assert [note.split(" have ")[0].split(" has ")[0] for note in facts["notes"]] == ["1 of 7", "2 of 7", "1 of 7"]


def test_every_tunable_of_texts_reaches_the_vectors(tmp_path, out, capsys):
    (tmp_path / "texts.csv").write_text(
        "item,title,text\n1,One,a red lamp for reading\n2,Two,a blue tool for wood\n3,Three,\n"
    )
    words = ["encode", "--texts", str(tmp_path / "texts.csv"), "--out", str(out), "--encoder", "built-in"]
    wide = said(capsys, [*words, "--layers", "concatenated", "--top-layers", "2", "--post", "none"])
    assert wide["dimensions"] == 768
    mixed = said(capsys, [*words, "--layers", "mix", "--shares", "0.5, 0.5"])
    assert mixed["encoder"].endswith("mix of the top 2 layers")
    assert said(capsys, [*words, "--encoder", "lsa"])["encoder"] == "LSA 128"


@pytest.mark.parametrize(
    ("content", "flags"),
    [
        (b"", []), (b"one\ntwo\n", ["--layers", "mix"]), (b"one\ntwo\n", ["--layers", "top", "--top-layers", "9"]),
        (b"\xff\xfe\xfa", []), (b"one\n", ["--encoder", "/etc"]), (b"one\n", ["--encoder", "none-such"]),
        (b"one\n", ["--out", "vectors.csv"]), (b"one\n", ["--shares", "half"]), (b"one\n", ["--tokens", "last"]),
    ],
)  # fmt: skip
def test_what_can_be_mended_is_said_in_two_sentences(tmp_path, out, capsys, content, flags):
    (tmp_path / "texts.txt").write_bytes(content)
    words = ["encode", "--texts", str(tmp_path / "texts.txt"), "--out", str(out), "--encoder", "built-in"]
    assert main([*words, *flags, "--json"]) == 2
    heard = capsys.readouterr()
    assert heard.out == ""
    assert len(heard.err.strip().splitlines()) == 2


def test_texts_that_are_all_alike_are_said_to_tell_nothing(tmp_path, out, capsys):
    (tmp_path / "texts.txt").write_text("the same\n" * 4)
    facts = said(capsys, ["encode", "--texts", str(tmp_path / "texts.txt"), "--out", str(out), "--encoder", "lsa"])
    assert any("All texts are alike" in note for note in facts["notes"])


def test_fetching_is_refused_in_words_while_it_is_switched_off(capsys):
    assert main(["fetch", "--encoder", "roberta-base", "--yes"]) == 2
    assert "TEXTREC_ONLINE=1" in capsys.readouterr().err
    assert main(["fetch"]) == 2
