"""Texts in, a Space of words out, whichever encoder made it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from textrec_core.data.dataset import Dataset
from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.params import check_limits, tunable
from textrec_core.spaces.space import Space
from textrec_core.text.postprocess import METHODS, postprocess

Progress = Callable[[float, str], None]
LSA = "lsa"
BUILT_IN = "built-in"
# Between the names of encoders that read the texts together.
AND = " + "


class Encoder(Protocol):
    """Anything that gives each text a vector."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def fingerprint(self) -> str:
        """Moves with the weights and every setting."""

    def encode(self, texts: Sequence[str], on_progress: Progress | None = None) -> np.ndarray:
        """One row for each text; a text without words gets a row of zeros."""


@dataclass(frozen=True)
class TextParams:
    """What a person may tune."""

    encoder: str = tunable(
        f"{BUILT_IN}{AND}{LSA}",
        meaning=f"{BUILT_IN} is the RoBERTa that ships with TextRec; {LSA} counts words and needs no model; any other name is a folder under the models folder, or a hub name. Several, joined by{AND}, read together.",
    )
    dimensions: int = tunable(128, 2, 512, "How many dimensions LSA keeps; a RoBERTa has its own.")
    top_layers: int = tunable(1, 1, 24, "How many of RoBERTa's top layers are averaged; LSA has none.")
    post: str = tunable(
        "centre", meaning="What is taken off every vector, so that unrelated texts are not all alike.", choices=METHODS
    )

    def __post_init__(self) -> None:
        check_limits(self)


def name_of(dataset: Dataset, params: TextParams, encoder: Encoder) -> str:
    """The fingerprint a text space of this data with these parameters will carry."""
    return fingerprint("text/1", dataset.titles, dataset.texts, params, encoder.fingerprint)


def choose(params: TextParams) -> Encoder:
    """The encoder that the parameters name; cheap, nothing is loaded yet."""
    parts = tuple(_one(name.strip(), params) for name in params.encoder.split(AND.strip()))
    if len(parts) == 1:
        return parts[0]
    from textrec_core.text.joined import JoinedEncoder

    return JoinedEncoder(parts)


def _one(name: str, params: TextParams) -> Encoder:
    if name == LSA:
        from textrec_core.text.lsa import LsaEncoder

        return LsaEncoder(params.dimensions)
    from textrec_core.text.roberta import find

    return find(name, params.top_layers)


def offered() -> list[str]:
    """Encoders that can be chosen here and now, by name."""
    from textrec_core.text.roberta import offered as models

    names = models()
    return [f"{names[0]}{AND}{LSA}", *names, LSA]


def space(
    dataset: Dataset, params: TextParams, encoder: Encoder | None = None, on_progress: Progress | None = None
) -> Space:
    """Encode every item's title and text; items that say nothing have no place."""
    encoder = encoder or choose(params)
    if not dataset.has_texts:
        raise DataError("No item has a text.", "Upload an item table with a text column to see the space of words.")
    vectors = encoder.encode(sentences(dataset), on_progress)
    return Space(encoder.name, postprocess(vectors, params.post), name_of(dataset, params, encoder), dataset.catalogue)


def sentences(dataset: Dataset) -> list[str]:
    """What is read for each item: title and text; nothing where there is no text."""
    both = zip(dataset.titles, dataset.texts, strict=True)
    return [f"{title}. {text}" if text.strip() else "" for title, text in both]
