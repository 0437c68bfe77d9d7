"""Texts that a space was not made of in, their directions in that space out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.fingerprint import fingerprint
from textrec_core.spaces.space import Space
from textrec_core.text import encoder as encoders
from textrec_core.text.encoder import Encoder, Progress, TextParams
from textrec_core.text.joined import JoinedEncoder, joined
from textrec_core.text.lsa import LsaEncoder, Read
from textrec_core.text.postprocess import applied
from textrec_core.text.roberta import RobertaEncoder

# Readers kept by one process: the data in use, and one more.
KEPT = 2


@dataclass(frozen=True, eq=False)
class Placed:
    """``directions[i]`` is the direction of text i in the space named by ``space``; zeros where it says nothing there."""

    directions: np.ndarray
    space: str
    fingerprint: str


@dataclass(frozen=True)
class Source:
    """A space of texts and what it was made of; two of one name are the same."""

    name: str
    texts: tuple[str, ...] = field(compare=False, repr=False)
    encoder: Encoder = field(compare=False, repr=False)
    origin: tuple[np.ndarray, ...] = field(compare=False, repr=False)


def source(dataset: Dataset, params: TextParams, space: Space) -> Source:
    """What reading further texts into this space takes."""
    encoder = encoders.choose(params)
    if not space.origin or space.fingerprint != encoders.name_of(dataset, params, encoder):
        raise ValueError("this space was made of other texts, or by another encoder")
    return Source(space.fingerprint, tuple(encoders.sentences(dataset)), encoder, space.origin)


def name_of(space: str, texts: Sequence[str]) -> str:
    """The fingerprint that these texts' directions in a space will carry."""
    return fingerprint("placed/1", space, list(texts))


def place(source: Source, texts: Sequence[str], on_progress: Progress | None = None) -> Placed:
    """Read further texts as if they had stood among those that the space was made of."""
    if on_progress:
        on_progress(0.1, "reading")
    vectors = _reader(source)(list(texts)) if texts else np.zeros((0, 1), np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return Placed(directions, source.name, name_of(source.name, texts))


def ready_name(space: str) -> str:
    """The fingerprint of being ready to read into this space."""
    return fingerprint("ready/1", space)


def ready(source: Source, on_progress: Progress | None = None) -> str:
    """Load all that reading takes, whatever is kept of earlier texts, so that the next text is read at once."""
    _reader(source)
    for part in _parts(source.encoder):
        if isinstance(part, RobertaEncoder):
            part.network()
    return ready_name(source.name)


def _parts(encoder: Encoder) -> tuple[Encoder, ...]:
    return encoder.parts if isinstance(encoder, JoinedEncoder) else (encoder,)


@lru_cache(maxsize=KEPT)
def _reader(source: Source) -> Read:
    """How a text is read; what only the texts of the space can tell is learned once."""
    origin = source.origin
    readers = [
        part.learn(source.texts)[1] if isinstance(part, LsaEncoder) else part.encode for part in _parts(source.encoder)
    ]
    centres, (centre, turn) = origin[:-2], origin[-2:]

    def read(texts: Sequence[str]) -> np.ndarray:
        blocks = [read_one(texts) for read_one in readers]
        if centres:
            nothing = np.empty(0, np.float32)
            vectors = joined([applied(block, one, nothing) for block, one in zip(blocks, centres, strict=True)])
        else:
            vectors = blocks[0]
        return applied(vectors, centre, turn)

    return read
