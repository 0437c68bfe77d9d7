"""A network and texts in, the mean and the first token of every layer out: one pass, which every pooling shares."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from textrec_core.text.networks import Network, cores
from textrec_core.text.windows import Window

# More at once gains nothing; fewer make every product small.
TOKENS_PER_BATCH = 2_048
FEWEST_TOKENS = 256
# So many batches at least for each core, that none is idle while another reads the last one.
SHARES = 4

Read = tuple[np.ndarray, np.ndarray, np.ndarray]
Batch = TypeVar("Batch")
Made = TypeVar("Made")


def read(
    network: Network, texts: Sequence[str], on_batch: Callable[[int, float], None] | None = None
) -> Iterator[Read]:
    """Rows, their means and their first tokens (rows x layers x width), as soon as all of a text's windows are read.

    ``on_batch`` is told how many texts are done, and which share of all tokens.
    """
    parts = network.cut(list(texts))
    # Longest first: what would not fit into memory fails at once, and time left is judged from the slow ones.
    order = sorted(range(len(parts)), key=lambda n: -len(parts[n].pieces))
    left = np.bincount([part.text for part in parts], minlength=len(texts))
    held: dict[int, np.ndarray] = {}
    tokens, total, done = 0, sum(len(part.pieces) for part in parts), 0
    planned = batches(order, [len(part.pieces) for part in parts], share_of(total))
    for chosen, (sums, firsts) in at_once(lambda some: summed(network, some), ([parts[n] for n in b] for b in planned)):
        finished = []
        for place, part in enumerate(chosen):
            entry = held.get(part.text)
            if entry is None:
                entry = held[part.text] = np.zeros((3, *network.shape), np.float32)
            entry[0] += sums[place]
            entry[2] += part.stop - part.start
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


def summed(network: Network, parts: Sequence[Window]) -> tuple[np.ndarray, np.ndarray]:
    """For each window and layer: the sum over its own tokens, and its first token."""
    import torch

    begins = np.cumsum([0, *(len(part.pieces) for part in parts)])
    own = torch.zeros(len(parts), begins[-1])
    for row, part in enumerate(parts):
        own[row, begins[row] + part.start : begins[row] + part.stop] = 1
    with torch.inference_mode():
        sums, firsts = [], []
        for state in network.forward([part.pieces for part in parts]):
            sums.append(own @ state.float())
            firsts.append(state[begins[:-1]].float())
        return torch.stack(sums, 1).numpy(), torch.stack(firsts, 1).numpy()


def at_once(make: Callable[[Batch], Made], given: Iterator[Batch]) -> Iterator[tuple[Batch, Made]]:
    """Each with what was made of it, in their order; as many are made at a time as there are cores."""
    waiting: deque[tuple[Batch, Future[Made]]] = deque()
    with ThreadPoolExecutor(cores()) as pool:
        try:
            for one in given:
                waiting.append((one, pool.submit(make, one)))
                if len(waiting) > 2 * cores():
                    first, made = waiting.popleft()
                    yield first, made.result()
            while waiting:
                first, made = waiting.popleft()
                yield first, made.result()
        finally:
            pool.shutdown(cancel_futures=True)


def share_of(tokens: int) -> int:
    """How many tokens a batch may hold, so that all cores are done at about the same time."""
    return min(TOKENS_PER_BATCH, max(FEWEST_TOKENS, tokens // (SHARES * cores())))


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
