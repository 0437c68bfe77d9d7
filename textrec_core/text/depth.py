"""A network and texts in, the time until each of its layers is reached out."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from textrec_core.text.forward import Pieces
from textrec_core.text.networks import Network
from textrec_core.text.reading import batches, summed

TURNS = 3


def seconds(network: Network, texts: Sequence[str]) -> np.ndarray:
    """Seconds of one core to read these texts up to each layer, what goes into the first being layer 0; a median."""
    spent = np.zeros((TURNS, network.shape[0]))
    parts = network.cut(list(texts))
    lengths = [len(part.pieces) for part in parts]
    for turn in range(TURNS):
        timed = replace(network, forward=_timed(network, spent[turn]))
        for batch in batches(sorted(range(len(parts)), key=lambda n: -lengths[n]), lengths):
            summed(timed, [parts[n] for n in batch])
    return np.asarray(np.median(spent, axis=0))


def _timed(network: Network, spent: np.ndarray) -> Any:
    """The same forward pass, which adds to ``spent`` how long each layer's state was waited for."""

    def forward(pieces: Pieces) -> Iterator[Any]:
        waited, start = 0.0, time.perf_counter()
        for depth, state in enumerate(network.forward(pieces)):
            waited += time.perf_counter() - start
            spent[depth] += waited
            yield state
            start = time.perf_counter()

    return forward
