"""Text to vector, comparisons of student and teacher, and Spearman on STS."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import torch
from scipy.stats import spearmanr
from tokenizers import Encoding
from torch import Tensor
from torch.nn.functional import normalize
from transformers import AutoModel, AutoTokenizer, BatchEncoding, PreTrainedModel, PreTrainedTokenizerBase

FIRST, LAST = 0, 1


def device() -> torch.device:
    """Return the GPU when there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def half_precision(enabled: bool) -> AbstractContextManager[None]:
    """Run matrix work in bfloat16 when enabled."""
    return torch.autocast(device().type, torch.bfloat16, enabled=enabled)


def masked_mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """Average the hidden states of the real tokens."""
    weight = mask.unsqueeze(-1).float()
    return (hidden.float() * weight).sum(1) / weight.sum(1).clamp(min=1.0)


def budget_batches(
    lengths: Sequence[int], budget: int, rows: int, counts: Sequence[int] | None = None
) -> Iterator[list[int]]:
    """Group items by length so that texts x longest stays within the token budget."""
    counts = counts or [1] * len(lengths)
    batch: list[int] = []
    held = 0
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and ((held + counts[index]) * lengths[index] > budget or held + counts[index] > rows):
            yield batch
            batch, held = [], 0
        batch.append(index)
        held += counts[index]
    if batch:
        yield batch


class Encoder:
    """A transformer with its tokenizer that turns texts into unit vectors."""

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, bf16: bool = False) -> None:
        """Wrap a model that is already on its device."""
        self.model, self.tokenizer, self.bf16 = model, tokenizer, bf16

    @classmethod
    def load(cls, folder: Path, bf16: bool = False) -> "Encoder":
        """Load a folder in full precision, without a pooling layer."""
        model: PreTrainedModel = AutoModel.from_pretrained(folder, add_pooling_layer=False, dtype=torch.float32)
        torch.nn.Module.to(model.eval(), device())
        return cls(model, AutoTokenizer.from_pretrained(folder), bf16)

    @torch.inference_mode()
    def encode(self, texts: Sequence[str], budget: int = 8192, max_tokens: int = 256) -> np.ndarray:
        """Return one unit vector a text, in the given order."""
        ids = self.tokenizer(list(texts), truncation=True, max_length=max_tokens)["input_ids"]
        width: int = self.model.config.hidden_size
        out = np.empty((len(ids), width), np.float32)
        for batch in budget_batches([len(row) for row in ids], budget, 512):
            padded = self.tokenizer.pad({"input_ids": [ids[i] for i in batch]}, return_tensors="pt").to(device())
            with half_precision(self.bf16):
                hidden = self.model(**padded).last_hidden_state
            out[batch] = normalize(masked_mean(hidden, padded["attention_mask"])).cpu().numpy()
        return out


def word_slots(ours: BatchEncoding, theirs: BatchEncoding) -> tuple[Tensor, Tensor, int]:
    """Number the words of a batch alike in two tokenizations of the same texts.

    Both tokenizers split words at spaces and punctuation. The first and the last token of a text get
    slots of their own, padding goes to the last slot, and so do the words of a text whose counts differ.
    """
    plans, used = [], 0
    for mine, other in zip(ours.encodings or [], theirs.encodings or [], strict=True):
        rows = [_places(mine), _places(other)]
        counts = {max(row) for row in rows}
        if len(counts) > 1:
            rows = [[place if place in (FIRST, LAST) else -1 for place in row] for row in rows]
        plans.append((rows, used))
        used += max(counts) + 1
    slots = [
        torch.tensor([[used if place < 0 else start + place for place in rows[side]] for rows, start in plans])
        for side in (0, 1)
    ]
    return slots[0], slots[1], used


def _places(encoding: Encoding) -> list[int]:
    """Give each token its word's number from 2 on, special tokens 0 or 1, padding -1."""
    places, opened = [], False
    for word, real in zip(encoding.word_ids, encoding.attention_mask, strict=True):
        if not real:
            places.append(-1)
        elif word is None:
            places.append(LAST if opened else FIRST)
            opened = True
        else:
            places.append(word + 2)
    return places


def word_means(hidden: Tensor, slots: Tensor, used: int) -> Tensor:
    """Average the hidden states that share a slot; empty slots are zero."""
    flat, index = hidden.float().reshape(-1, hidden.shape[-1]), slots.reshape(-1)
    total = flat.new_zeros(used + 1, flat.shape[1]).index_add(0, index, flat)
    count = flat.new_zeros(used + 1).index_add(0, index, flat.new_ones(len(index)))
    return (total / count.clamp(min=1.0).unsqueeze(1))[:used]


def relative_error(ours: Tensor, theirs: Tensor) -> Tensor:
    """Squared distance over squared length, averaged over the slots in use on both sides."""
    size = theirs.square().sum(1)
    kept = (size > 0) & (ours.detach().square().sum(1) > 0)
    return ((ours - theirs).square().sum(1)[kept] / size[kept].mean()).mean()


def text_errors(ours: Tensor, theirs: Tensor) -> tuple[Tensor, Tensor]:
    """Mean squared distance of unit vectors and of their similarity matrices."""
    distance = (ours - theirs).square().sum(1).mean()
    return distance, (ours @ ours.T - theirs @ theirs.T).square().mean()


def read_sts(path: Path) -> tuple[list[str], list[str], np.ndarray]:
    """Read a header-less file of sentence, sentence, score."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    return [row[0] for row in rows], [row[1] for row in rows], np.array([float(row[2]) for row in rows])


def sts_score(left: np.ndarray, right: np.ndarray, gold: np.ndarray) -> float:
    """Spearman x100 between the cosine of unit vectors and the human scores."""
    return 100.0 * float(spearmanr((left * right).sum(1), gold).statistic)
