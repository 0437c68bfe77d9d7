"""Several encoders read the same texts; their vectors stand side by side, each with the same say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textrec_core.fingerprint import fingerprint
from textrec_core.text.encoder import Encoder, Progress
from textrec_core.text.postprocess import postprocess


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
        blocks = []
        for done, part in enumerate(self.parts):
            tell = None if on_progress is None else _share(on_progress, done, len(self.parts))
            vectors = postprocess(part.encode(texts, tell), "centre")
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            blocks.append(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0))
        return np.hstack(blocks) / np.float32(len(self.parts) ** 0.5)


def _share(on_progress: Progress, done: int, parts: int) -> Progress:
    return lambda share, words: on_progress((done + share) / parts, words)
