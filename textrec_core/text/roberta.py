"""RoBERTa through transformers: texts in, masked means of the top layers out."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.text.encoder import BUILT_IN, Progress
from textrec_core.text.pooling import Layers
from textrec_core.text.reading import Network, Pace, read

BUILT_IN_FOLDER = Path(__file__).parents[2] / "assets" / "encoder"
# The folder an operator allows models to be read from; nothing outside it is opened or probed.
MODELS_FOLDER = "TEXTREC_MODELS"
# Set to 1 by an operator whose machine may fetch models by hub name; otherwise nothing is fetched.
ONLINE = "TEXTREC_ONLINE"
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
# What weights, vocabularies and settings are stored as.
STORED = (".safetensors", ".json", ".txt", ".model")
TOKENS_PER_BATCH = 4_096
LONGEST = 512
LARGEST_WEIGHTS = 4 * 1024**3


@dataclass(frozen=True)
class RobertaEncoder:
    """A local folder or hub name, and how many of its top layers are averaged."""

    source: str
    label: str
    top_layers: int

    @property
    def name(self) -> str:
        """With what was read of it."""
        layers = "last layer" if self.top_layers == 1 else f"top {self.top_layers} layers"
        return f"{self.label}, {layers}"

    @cached_property
    def fingerprint(self) -> str:
        """Moves with the weights' bytes; a hub name stands for itself."""
        return fingerprint(
            "roberta/1", _content(Path(self.source)) if Path(self.source).is_dir() else self.source, self.top_layers
        )

    def read(self, texts: Sequence[str], on_progress: Progress | None = None) -> Layers:
        """What one pass leaves of every layer, for all poolings; zeros where a text says nothing."""
        network = Network(*_load(self.source))
        mean, first = (np.zeros((len(texts), *network.shape), np.float32) for _ in range(2))
        spoken = np.flatnonzero([bool(text.strip()) for text in texts])
        pace = Pace(spoken.size, self.label)
        tell = (lambda done, share: on_progress(share, pace.words(done, share))) if on_progress else None
        for rows, means, firsts in read(network, [texts[int(n)] for n in spoken], tell):
            mean[spoken[rows]], first[spoken[rows]] = means, firsts
        return Layers(mean, first, self.label, fingerprint("layers/1", self.fingerprint, list(texts)))

    def encode(self, texts: Sequence[str], on_progress: Progress | None = None) -> np.ndarray:
        """One row for each text: the mean over its tokens of the mean of the top layers."""
        import torch

        tokenizer, model = _load(self.source)
        layers = model.config.num_hidden_layers
        if self.top_layers > layers:
            raise DataError(
                f"{self.label} has {layers} layers, fewer than the {self.top_layers} asked for.",
                f"Choose between 1 and {layers} top layers.",
            )
        longest = min(LONGEST, model.config.max_position_embeddings - 2)
        # Short texts together: a batch is as long as its longest text, and padding is work thrown away.
        pieces = tokenizer(list(texts), truncation=True, max_length=longest, add_special_tokens=True)["input_ids"]
        order = sorted(range(len(texts)), key=lambda n: len(pieces[n]))
        vectors = np.zeros((len(texts), model.config.hidden_size), np.float32)
        done = 0
        with torch.inference_mode():
            for batch in _batches(order, pieces):
                padded = tokenizer.pad({"input_ids": [pieces[n] for n in batch]}, return_tensors="pt")
                states = model(**padded, output_hidden_states=True).hidden_states[-self.top_layers :]
                vectors[batch] = masked_mean(torch.stack(states).mean(0), padded["attention_mask"]).numpy()
                done += len(batch)
                if on_progress:
                    on_progress(done / len(texts), f"{done:,} of {len(texts):,} texts read by {self.label}")
        vectors[[not text.strip() for text in texts]] = 0.0
        return vectors


def masked_mean(states: Any, mask: Any) -> Any:
    """The mean over the tokens that stand in the text; padding says nothing and counts for nothing."""
    weight = mask.unsqueeze(-1).to(states.dtype)
    return (states * weight).sum(1) / weight.sum(1).clamp(min=1)


def offered() -> list[str]:
    """Names that can be chosen here and now: the built-in and the folders that hold safetensors."""
    root = os.environ.get(MODELS_FOLDER)
    folders = sorted(Path(root).iterdir()) if root and Path(root).is_dir() else []
    return [BUILT_IN, *(folder.name for folder in folders if folder.is_dir() and list(folder.glob("*.safetensors")))]


def find(name: str, top_layers: int) -> RobertaEncoder:
    """The encoder of this name: built in, a folder under the models folder, or on the hub where that is allowed."""
    if name == BUILT_IN:
        if not (BUILT_IN_FOLDER / "model.safetensors").is_file():
            raise DataError(
                "This copy of TextRec has no built-in RoBERTa.", "Choose lsa, or name a folder in the models folder."
            )
        return RobertaEncoder(str(BUILT_IN_FOLDER), "RoBERTa (built-in)", top_layers)
    folder = _allowed_folder(name)
    if folder is not None:
        if not (folder / "config.json").is_file():
            raise DataError(
                f"The folder {name[:80]!r} holds no model.",
                "It needs config.json, model.safetensors and the tokenizer's files.",
            )
        if not list(folder.glob("*.safetensors")):
            raise DataError(
                f"The folder {name[:80]!r} holds no safetensors weights.",
                "Other formats can run code when opened; save the model as safetensors.",
            )
        return RobertaEncoder(str(folder), folder.name, top_layers)
    # A name that is also a path would be read from there, whatever folder that is.
    if os.environ.get(ONLINE) == "1" and HUB_NAME.fullmatch(name) and not Path(name).exists():
        return RobertaEncoder(name, name, top_layers)
    raise DataError(
        f"There is no model {name[:80]!r} in the models folder, and fetching by name is switched off.",
        f"Put the model's folder under the folder that {MODELS_FOLDER} names, or start with {ONLINE}=1; until then lsa needs no model.",
    )


def _allowed_folder(name: str) -> Path | None:
    """The real path of a folder inside the models folder, or None; a link that leads outside is outside."""
    root = os.environ.get(MODELS_FOLDER)
    if not root or not name or "\0" in name or Path(name).is_absolute():
        return None
    base = Path(root).resolve()
    if ".." in Path(name).parts:
        return None
    folder = (base / name).resolve()
    return folder if folder.is_relative_to(base) and folder.is_dir() else None


def _load(source: str) -> tuple[Any, Any]:
    """Tokenizer and model, safetensors only, no code from the folder, no network unless allowed."""
    from transformers import AutoConfig, AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # It would list the masked-word head, which is stored beside the encoder and not wanted here.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    safe = {"trust_remote_code": False, "local_files_only": os.environ.get(ONLINE) != "1"}
    try:
        config = AutoConfig.from_pretrained(source, **safe)
        size = config.hidden_size * (config.vocab_size + 12 * config.hidden_size * config.num_hidden_layers) * 4
        if size > LARGEST_WEIGHTS:
            raise DataError(
                f"The model's weights would take about {size / 1e9:.0f} GB.", "Choose a model of base size or smaller."
            )
        tokenizer = AutoTokenizer.from_pretrained(source, **safe)
        # The pooler of most checkpoints was never trained; it is not loaded at all.
        model = AutoModel.from_pretrained(
            source, use_safetensors=True, dtype="float32", add_pooling_layer=False, **safe
        )
    except DataError:
        raise
    except Exception as problem:
        # Files of any content end here in errors of any kind; which kind is said, and the cause goes to the log.
        kind = type(problem).__name__
        raise DataError(
            f"The model {Path(source).name!r} could not be loaded ({kind}).",
            "It must be a RoBERTa-like encoder with safetensors weights and no code of its own.",
        ) from problem
    return tokenizer, model.eval()


def _batches(order: list[int], pieces: list[list[int]]) -> list[list[int]]:
    """Neighbours in length together, about as many tokens in each batch."""
    batches: list[list[int]] = []
    batch: list[int] = []
    for n in order:
        if batch and (len(batch) + 1) * len(pieces[n]) > TOKENS_PER_BATCH:
            batches.append(batch)
            batch = []
        batch.append(n)
    return [*batches, batch] if batch else batches


def _content(folder: Path) -> str:
    """The digest of all that is stored; a file is read again only when its time or size has changed."""
    files = sorted(path for path in folder.iterdir() if path.suffix in STORED)
    return fingerprint([(path.name, _digest(path, path.stat().st_mtime_ns, path.stat().st_size)) for path in files])


@lru_cache(maxsize=256)
def _digest(path: Path, _changed: int, _size: int) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
