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
from textrec_core.text import folders
from textrec_core.text.folders import BUILT_IN
from textrec_core.text.networks import FASTEST, PRECISIONS
from textrec_core.text.pooling import LAYERS, TOKENS, Pooling, read_shares
from textrec_core.text.postprocess import METHODS, learned

Progress = Callable[[float, str], None]
LSA = "lsa"
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
    post: str = tunable(
        "centre",
        meaning="What is taken off every text's vector, so that unrelated texts are not all alike: nothing; the mean of all (centre); the mean and each direction's spread (z-score); all that directions share (whiten); or the directions that all texts share most.",
        choices=METHODS,
        label="Post-processing of the vectors",
    )
    dimensions: int = tunable(
        128, 2, 512, "How many dimensions LSA keeps; a RoBERTa has its own.", label="Dimensions of LSA"
    )
    tokens: str = tunable(
        "mean",
        meaning="Which tokens of a layer RoBERTa's vector is read from: the mean over a text's own, or the first.",
        choices=TOKENS,
        label="Tokens that are read",
    )
    layers: str = tunable(
        "last",
        meaning="Which of RoBERTa's layers are read: the last, one, the mean of the top ones, a mix by the shares below, or the top ones side by side.",
        choices=LAYERS,
        label="Layers that are read",
    )
    layer: int = tunable(
        1, 0, 48, "Which layer, where one is read; 0 is the word pieces before any layer.", label="The one layer"
    )
    top_layers: int = tunable(
        1,
        1,
        48,
        "How many top layers, where their mean is read or they stand side by side.",
        label="How many top layers",
    )
    shares: str = tunable(
        "",
        meaning="Each top layer's share of a mix, the lowest first, such as 0.2, 0.3, 0.5; the Layers page learns them.",
        label="Shares of the mixed layers",
    )
    removed: int = tunable(
        1,
        1,
        32,
        "How many of the directions that all texts share most are taken off, where the post-processing is to remove directions.",
        label="Directions to remove",
    )
    precision: str = tunable(
        FASTEST,
        meaning="What RoBERTa's products are computed in; the fastest is measured, and taken where its vectors keep a cosine of .999 with fp32.",
        choices=PRECISIONS,
        label="Arithmetic of RoBERTa",
    )

    def __post_init__(self) -> None:
        check_limits(self)

    def pooling(self) -> Pooling:
        """Which tokens and which layers make the vector."""
        return Pooling(self.tokens, self.layers, self.layer, self.top_layers, read_shares(self.shares))


def name_of(dataset: Dataset, params: TextParams, encoder: Encoder) -> str:
    """The fingerprint a text space of this data with these parameters will carry."""
    return fingerprint("text/1", dataset.titles, dataset.texts, params, encoder.fingerprint)


def choose(params: TextParams) -> Encoder:
    """The encoder that the parameters name; cheap, nothing is loaded yet."""
    chosen = tuple(_one(name, params) for name in parts(params.encoder))
    if len(chosen) == 1:
        return chosen[0]
    from textrec_core.text.joined import JoinedEncoder

    return JoinedEncoder(chosen)


def parts(name: str) -> list[str]:
    """The names of the encoders that read together."""
    return [part.strip() for part in name.split(AND.strip())]


def _one(name: str, params: TextParams) -> Encoder:
    if name == LSA:
        from textrec_core.text.lsa import LsaEncoder

        return LsaEncoder(params.dimensions)
    from textrec_core.text.roberta import find

    return find(name, params.pooling(), params.precision)


def fetchable(name: str) -> str | None:
    """The first of the encoders named that is not here and that this machine may fetch from the hub."""
    here = {LSA, *folders.offered()}
    return next((part for part in parts(name) if part not in here and folders.may_fetch(part)), None)


def offered() -> list[str]:
    """Encoders that can be chosen here and now, by name; and well-known ones that this machine may fetch."""
    names = folders.offered()
    return [f"{names[0]}{AND}{LSA}", *names, LSA, *folders.fetchable()]


def check(dataset: Dataset) -> None:
    """Raise ``DataError`` where there is nothing to read."""
    if not dataset.has_texts:
        raise DataError("No item has a text.", "Upload an item table with a text column to see the space of words.")


def space(
    dataset: Dataset, params: TextParams, encoder: Encoder | None = None, on_progress: Progress | None = None
) -> Space:
    """Encode every item's title and text; items that say nothing have no place."""
    encoder = encoder or choose(params)
    check(dataset)
    from textrec_core.text.joined import JoinedEncoder

    texts = sentences(dataset)
    centres: tuple[np.ndarray, ...] = ()
    if isinstance(encoder, JoinedEncoder):
        vectors, centres = encoder.learn(texts, on_progress)
    else:
        vectors = encoder.encode(texts, on_progress)
    vectors, centre, turn = learned(vectors, params.post, params.removed)
    return Space(encoder.name, vectors, name_of(dataset, params, encoder), dataset.catalogue, (*centres, centre, turn))


def sentences(dataset: Dataset) -> list[str]:
    """What is read for each item: title and text; nothing where there is no text."""
    return [sentence(title, text) for title, text in zip(dataset.titles, dataset.texts, strict=True)]


def sentence(title: str, text: str) -> str:
    """What is read for one item."""
    return f"{title}. {text}" if text.strip() else ""
