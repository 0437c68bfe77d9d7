"""Texts a second: the built-in, a net of roberta-base's size against sentence-transformers, and a second reading.

The peer lives in an environment of its own, whose Python ``TEXTREC_PEER`` names (``python -m venv P``, then
``P/bin/pip install sentence-transformers==6.2.0``); without it that row is skipped, and a line says so.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.rows import Row, Timed, against, alone, side_by_side
from textrec_core.data import samples
from textrec_core.text import folders, roberta, store
from textrec_core.text.encoder import sentences
from textrec_core.text.networks import Network

PEER = "TEXTREC_PEER"
REPEATS = 3
TOKENS = 50
MIXED, SHORT, AGAIN = 96, 600, 2_000
# Reads a line for each turn, so that both sides load once and take turns.
PEER_PROGRAM = """
import sys, json, time, numpy as np
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Pooling, Transformer
folder, texts, out = sys.argv[1:]
texts = json.load(open(texts))
part = Transformer(folder, max_seq_length=512)
model = SentenceTransformer(modules=[part, Pooling(part.get_word_embedding_dimension(), "mean")], device="cpu")
print("ready", flush=True)
for _line in sys.stdin:
    start = time.perf_counter()
    vectors = model.encode(texts, show_progress_bar=False)
    print(time.perf_counter() - start, flush=True)
    np.save(out, vectors)
"""


def rows() -> list[Row]:
    """Every row as seconds a text."""
    # Warnings of the libraries about a folder without a pooler would stand between the rows.
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    texts = mixture()
    found = [built_in(texts), second_time(texts)]
    peer = os.environ.get(PEER)
    if not peer:
        print(f"{PEER} names no Python with sentence-transformers; its row is skipped.")
        return found
    return [*found, *base_size(texts, peer)]


def mixture() -> list[str]:
    """What items have: every third a title alone, the others title and text, of two samples."""
    films, shop = (samples.load(name) for name in ("films", "shop"))
    told = [text for dataset in (films, shop) for text in sentences(dataset) if text]
    order = np.random.default_rng(0).permutation(len(told))
    return [told[n].split(". ")[0] if place % 3 == 0 else told[n] for place, n in enumerate(order)]


def built_in(texts: list[str]) -> Row:
    """The encoder that ships, on texts of fifty tokens each."""
    encoder = roberta.find(folders.BUILT_IN)
    tokenizer = encoder.network().tokenizer
    pieces = [piece for text in texts for piece in tokenizer(text, add_special_tokens=False)["input_ids"]]
    cut = [tokenizer.decode(pieces[n * TOKENS : (n + 1) * TOKENS]) for n in range(min(SHORT, len(pieces) // TOKENS))]
    with kept_in(store.OFF):
        encoder.encode(cut[:64])
        seconds = []
        for _turn in range(REPEATS):
            start = time.perf_counter()
            encoder.encode(cut)
            seconds.append((time.perf_counter() - start) / len(cut))
    note = f"{1 / np.median(seconds):,.0f} texts/s in {encoder.network().precision}, {lengths(encoder.network(), cut)}"
    return alone("encode, built-in, a text", seconds, 1 / 300, f"{len(cut)} texts", note=note)


def second_time(texts: list[str]) -> Row:
    """An unchanged table read again from the store, against reading it."""
    encoder = roberta.find(folders.BUILT_IN)
    many = [f"{text} {n // len(texts)}" if n >= len(texts) else text for n, text in enumerate(texts * 4)][:AGAIN]
    encoder.network()
    first: list[Timed] = []
    again: list[Timed] = []
    for _turn in range(REPEATS):
        with TemporaryDirectory() as folder, kept_in(folder):
            for into in (first, again):
                start = time.perf_counter()
                # A new encoder each time: what a process remembers must not count.
                result = replace(encoder).encode(many)
                into.append(Timed(time.perf_counter() - start, 0.0, result))
            assert (first[-1].result == again[-1].result).all()
    gain = np.median([one.wall / two.wall for one, two in zip(first, again, strict=True)])
    note = f"{gain:,.0f} times as fast"
    return against("encode again, unchanged table", again, first, 1 / 200, f"{len(many)} texts", "wall", note)


def base_size(texts: list[str], peer: str) -> list[Row]:
    """A net of roberta-base's size with random weights, the same folder and texts for both."""
    import json

    some = texts[:MIXED]
    with TemporaryDirectory() as name, kept_in(store.OFF):
        folder, listed, out = Path(name) / "base", Path(name) / "texts.json", Path(name) / "peer.npy"
        make_base(folder)
        listed.write_text(json.dumps(some))
        process = subprocess.Popen(
            [peer, "-c", PEER_PROGRAM, str(folder), str(listed), str(out)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            print(f"{peer} cannot run sentence-transformers; its row is skipped.")
            return []
        asked, answers = process.stdin, process.stdout

        def theirs() -> float:
            asked.write("\n")
            asked.flush()
            return float(answers.readline())

        encoder = roberta.RobertaEncoder(str(folder), "base size")
        found = side_by_side({"ours": lambda: encoder.encode(some), "peer": theirs}, REPEATS)
        asked.close()
        process.wait()
        mine, other = found["ours"][-1].result, np.load(out, allow_pickle=False)
    cosine = (mine * other).sum(1) / np.linalg.norm(mine, axis=1) / np.linalg.norm(other, axis=1)
    found["peer"] = [replace(one, wall=one.result) for one in found["peer"]]
    gain = np.median([two.wall / one.wall for one, two in zip(found["ours"], found["peer"], strict=True)])
    network = encoder.network()
    note = f"{gain:.2f} times as fast in {network.precision}, least cosine {cosine.min():.5f}, {lengths(network, some)}"
    return [
        against(
            "encode, sentence-transformers", found["ours"], found["peer"], 1 / 4, f"{len(some)} texts", "wall", note
        )
    ]


def make_base(folder: Path) -> None:
    """12 layers, 768 wide, random weights, our tokenizer."""
    import torch
    from transformers import AutoTokenizer, RobertaConfig, RobertaModel

    tokenizer = AutoTokenizer.from_pretrained(folders.BUILT_IN_FOLDER)
    tokenizer.model_max_length = 512
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=514, type_vocab_size=1,
        pad_token_id=tokenizer.pad_token_id, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    RobertaModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def lengths(network: Network, texts: list[str]) -> str:
    """How long the texts are, in tokens."""
    counts = [len(part.pieces) for part in network.cut(texts)]
    low, middle, high = np.percentile(counts, [10, 50, 90])
    return f"tokens {low:.0f}/{middle:.0f}/{high:.0f} (10/50/90 %), {len(counts) - len(texts)} more windows"


@contextmanager
def kept_in(place: str) -> Iterator[None]:
    """A store of the benchmark's own."""
    before = os.environ.get(store.FOLDER)
    os.environ[store.FOLDER] = place
    try:
        yield
    finally:
        if before is None:
            del os.environ[store.FOLDER]
        else:
            os.environ[store.FOLDER] = before


if __name__ == "__main__":
    from benchmarks.rows import table

    print(table(rows()))
    sys.exit()
