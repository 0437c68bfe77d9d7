"""What was really so: the tastes a simulation gave to people and items, and the noise-free ranking they make."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core.fingerprint import fingerprint


@dataclass(frozen=True, eq=False)
class Truth:
    """``users @ items.T`` is what each person wants of each item when nothing is left to chance.

    Column t of both is the taste ``tastes[t]``; ``readable[t]`` says whether an item's words give it away.
    The last taste is the crowd's: everybody has it alike. ``word_share[i]`` is the share of item i's own
    appeal that is readable; ``withheld[i]`` tells why an item is cold: 0 it is not, 1 it was never chosen, 2 hardly ever.
    """

    users: np.ndarray
    items: np.ndarray
    tastes: np.ndarray
    readable: np.ndarray
    word_share: np.ndarray
    withheld: np.ndarray
    name: str = "Truth"

    def __post_init__(self) -> None:
        assert self.users.shape[1] == self.items.shape[1] == self.tastes.size == self.readable.size
        assert self.word_share.size == self.withheld.size == len(self.items)
        for array in (self.users, self.items, self.tastes, self.readable, self.word_share, self.withheld):
            array.setflags(write=False)

    @property
    def fingerprint(self) -> str:
        """Moves with every taste."""
        return fingerprint("truth/1", self.users, self.items, self.tastes)

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """The noise-free wants of these people, a column for every item."""
        return self.users[rows].astype(np.float32) @ self.items.astype(np.float32).T

    def why(self, user: int, item: int) -> None:
        """A taste is no past choice."""
        return

    def audience(self, item: int, k: int) -> np.ndarray:
        """The k people who want the item most, compared with what else they want."""
        scores = self.scores(np.arange(len(self.users)))
        above = (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)
        return np.argsort(-above[:, item], kind="stable")[:k]

    def choosers(self, items: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Who would have chosen these items, a column each: who wants one at least as much as the last of as many others
        as they chose."""
        scores = self.scores(np.arange(len(self.users)))
        others = -np.sort(-np.delete(scores, items, axis=1), axis=1)
        last = np.take_along_axis(others, np.clip(chosen, 1, others.shape[1])[:, None] - 1, axis=1)
        return np.asarray(scores[:, items] >= last)


def save(truth: Truth, file: Path) -> None:
    """Write a truth as plain arrays in half precision."""
    arrays: dict[str, Any] = {
        "users": truth.users.astype(np.float16), "items": truth.items.astype(np.float16),
        "tastes": truth.tastes.astype(str), "readable": truth.readable,
        "word_share": truth.word_share.astype(np.float32), "withheld": truth.withheld.astype(np.int8),
    }  # fmt: skip
    held = io.BytesIO()
    np.savez_compressed(held, **arrays)
    file.write_bytes(held.getvalue())


def read(file: Path) -> Truth:
    """The truth that ``save`` wrote."""
    with np.load(file, allow_pickle=False) as arrays:
        return Truth(
            arrays["users"], arrays["items"], arrays["tastes"].astype(object), arrays["readable"],
            arrays["word_share"], arrays["withheld"],
        )  # fmt: skip
