"""The verbs of texts alone: no data set, texts or a model's name in, plain values out."""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core.data import mapping
from textrec_core.data.sources import Source
from textrec_core.errors import DataError
from textrec_core.headless import Params, writing
from textrec_core.text import encoder, hub
from textrec_core.text.cautions import cautions
from textrec_core.text.postprocess import postprocess


def encode(params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """Every text's vector, row by row as the file has them."""
    if asked.out is None or asked.out.suffix != ".npy":
        raise DataError("--out names no .npy file.", "Give --out FILE.npy; row n of it is text n.")
    if asked.texts is None:
        raise DataError("No texts were named.", "Give --texts FILE: a .txt with one text a line, or a table.")
    how = params[encoder.TextParams]
    texts = read_texts(asked.texts)
    chosen = encoder.choose(how)
    start = time.perf_counter()
    vectors = postprocess(chosen.encode(texts), how.post, how.removed)
    seconds = time.perf_counter() - start
    with writing(asked.out), asked.out.open("wb") as file:
        np.save(file, vectors, allow_pickle=False)
    return {
        "encoder": chosen.name, "fingerprint": chosen.fingerprint, "texts": len(texts), "dimensions": vectors.shape[1],
        "seconds": round(seconds, 3), "texts_per_second": round(len(texts) / max(seconds, 1e-9), 1),
        "notes": cautions(texts), "out": str(asked.out),
    }  # fmt: skip


def fetch(_params: Params, asked: argparse.Namespace) -> dict[str, Any]:
    """What a model would cost; with ``--yes`` it is fetched."""
    if not asked.encoder:
        raise DataError("No model was named.", "Give --encoder NAME, such as roberta-base.")
    found = hub.offer(asked.encoder)
    facts = {"encoder": found.name, "bytes": found.size, "files": len(found.files), "fetched": bool(asked.yes)}
    if asked.yes:
        hub.fetch(found)
    return {**facts, "note": found.words if not asked.yes else f"{found.name} can be chosen from now on."}


def read_texts(path: Path) -> list[str]:
    """A .txt is one text a line; of a table the title and the text columns are read, as of an item table."""
    source = Source(path, path.name)
    if path.suffix.lower() == ".txt":
        try:
            lines = source.content().decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as problem:
            raise DataError(
                f"{path.name} is not UTF-8 at byte {problem.start:,}.", "Save it as UTF-8, one text a line."
            ) from problem
        if not lines:
            raise DataError(f"{path.name} holds no text.", "Put one text on each line.")
        return lines
    table = source.table()
    guessed = mapping.guess_items(table)
    columns = [name for name in (guessed.title, *guessed.text) if name is not None]
    if not columns:
        raise DataError(
            f"{path.name} has no column that reads as text.", "Name one of its columns text, or give a .txt file."
        )
    return [". ".join(cell for cell in row if cell.strip()) for row in table.frame[columns].itertuples(index=False)]
