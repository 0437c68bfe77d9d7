"""Several encoders read the same texts; their vectors stand side by side, each with the same say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textrec_core.fingerprint import fingerprint
from textrec_core.text.encoder import Encoder, Progress
from textrec_core.text.postprocess import learned


@dataclass(frozen=True)
class JoinedEncoder:
    """A cosine in this space is the mean of the cosines in the parts' own spaces, each of them centred."""

    parts: tuple[Encoder, ...]

    @property
    def name(self) -> str:
        """The parts' names."""
        return " + ".join(part.name for part in self.parts)

    @property
    def fingerprint(self) -> str:
        """Moves with every part."""
        return fingerprint("joined/1", [part.fingerprint for part in self.parts])

    def encode(self, texts: Sequence[str], on_progress: Progress | None = None) -> np.ndarray:
        """One row for each text; zeros only where no part found anything to say."""
        return self.learn(texts, on_progress)[0]

    def learn(
        self, texts: Sequence[str], on_progress: Progress | None = None
    ) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        """The same, and the centre of each part's vectors."""
        blocks, centres = [], []
        for done, part in enumerate(self.parts):
            tell = None if on_progress is None else _share(on_progress, done, len(self.parts))
            vectors, centre, _turn = learned(part.encode(texts, tell), "centre")
            blocks.append(vectors)
            centres.append(centre)
        return joined(blocks), tuple(centres)


def joined(blocks: Sequence[np.ndarray]) -> np.ndarray:
    """The parts' centred vectors side by side, each of the same length."""
    lengths = [np.linalg.norm(vectors, axis=1, keepdims=True) for vectors in blocks]
    alike = [
        np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
        for vectors, length in zip(blocks, lengths, strict=True)
    ]
    return np.hstack(alike) / np.float32(len(blocks) ** 0.5)


def _share(on_progress: Progress, done: int, parts: int) -> Progress:
    return lambda share, words: on_progress((done + share) / parts, words)
