"""A network and texts in, the mean and the first token of every layer out: one pass, which every pooling shares."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from textrec_core.text.networks import Network
from textrec_core.text.windows import Window

TOKENS_PER_BATCH = 2_048


Read = tuple[np.ndarray, np.ndarray, np.ndarray]


def read(
    network: Network, texts: Sequence[str], on_batch: Callable[[int, float], None] | None = None
) -> Iterator[Read]:
    """Rows, their means and their first tokens (rows x layers x width), as soon as all of a text's windows are read.

    ``on_batch`` is told how many texts are done, and which share of all tokens.
    """
    import torch

    parts = network.cut(list(texts))
    # Longest first: what would not fit into memory fails at once, and time left is judged from the slow ones.
    order = sorted(range(len(parts)), key=lambda n: -len(parts[n].pieces))
    left = np.bincount([part.text for part in parts], minlength=len(texts))
    held: dict[int, np.ndarray] = {}
    tokens, total, done = 0, sum(len(part.pieces) for part in parts), 0
    with torch.inference_mode():
        for batch in batches(order, [len(part.pieces) for part in parts]):
            chosen = [parts[n] for n in batch]
            sums, firsts, weights = _forward(network, chosen)
            finished = []
            for place, part in enumerate(chosen):
                entry = held.get(part.text)
                if entry is None:
                    entry = held[part.text] = np.zeros((3, *network.shape), np.float32)
                entry[0] += sums[place]
                entry[2] += weights[place]
                if part.start == 0:
                    entry[1] = firsts[place]
                left[part.text] -= 1
                if not left[part.text]:
                    finished.append(part.text)
            tokens += sum(len(part.pieces) for part in chosen)
            done += len(finished)
            if finished:
                whole = np.stack([held.pop(text) for text in finished])
                yield np.array(finished), whole[:, 0] / np.maximum(whole[:, 2], 1), whole[:, 1]
            if on_batch:
                on_batch(done, tokens / total)


def _forward(network: Network, parts: Sequence[Window]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each window and layer: the sum over its own tokens, its first token, and how many tokens those are."""
    import torch

    longest = max(len(part.pieces) for part in parts)
    ids = np.full((len(parts), longest), network.tokenizer.pad_token_id or 0)
    place = np.arange(longest)
    starts, stops, lengths = np.array([(part.start, part.stop, len(part.pieces)) for part in parts]).T[:, :, None]
    for row, part in enumerate(parts):
        ids[row, : len(part.pieces)] = part.pieces
    mask = torch.from_numpy((place < lengths).astype(np.int64))
    own = torch.from_numpy(((place >= starts) & (place < stops)).astype(np.float32))
    states = network.model(
        input_ids=torch.from_numpy(ids), attention_mask=mask, output_hidden_states=True
    ).hidden_states
    sums = torch.stack([masked_sum(state, own) for state in states], 1)
    firsts = torch.stack([state[:, 0].float() for state in states], 1)
    return sums.numpy(), firsts.numpy(), own.sum(1).numpy()


def masked_sum(states: Any, mask: Any) -> Any:
    """The sum over the tokens that count; padding says nothing and counts for nothing."""
    return (mask.unsqueeze(1) @ states.float()).squeeze(1)


def batches(order: Sequence[int], lengths: Sequence[int], most: int = TOKENS_PER_BATCH) -> Iterator[list[int]]:
    """Neighbours in length together, no batch above ``most`` tokens with its padding, unless one alone is."""
    batch: list[int] = []
    longest = 0
    for n in order:
        if batch and (len(batch) + 1) * max(longest, lengths[n]) > most:
            yield batch
            batch, longest = [], 0
        batch.append(n)
        longest = max(longest, lengths[n])
    if batch:
        yield batch


class Pace:
    """Texts a second and the time left, in words."""

    def __init__(self, texts: int, label: str) -> None:
        self.texts, self.label, self.started = texts, label, time.monotonic()

    def words(self, done: int, share: float) -> str:
        """How far the reading is; the rate is of the work so far, the time left goes by tokens."""
        told = f"{done:,} of {self.texts:,} texts read by {self.label}"
        seconds = time.monotonic() - self.started
        if done == self.texts or seconds < 0.5 or not share:
            return told
        return f"{told}, {done / seconds:,.0f} texts/s, {in_words(seconds / share - seconds)} left"


def in_words(seconds: float) -> str:
    """A time to wait, as a person would say it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"
