"""A network and texts in, the time until each of its layers is reached out."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from textrec_core.text.networks import Network
from textrec_core.text.reading import read

TURNS = 3


def seconds(network: Network, texts: Sequence[str]) -> np.ndarray:
    """Seconds to read these texts up to each layer, what goes into the first one being layer 0; the median of turns."""
    layers = network.model.encoder.layer
    spent = np.zeros((TURNS, len(layers) + 1))
    began, turn = 0.0, 0

    def begin(*_inputs: Any) -> None:
        nonlocal began
        began = time.perf_counter()

    def reached(depth: int) -> Any:
        def mark(*_inputs: Any) -> None:
            spent[turn, depth] += time.perf_counter() - began

        return mark

    hooks = [network.model.register_forward_pre_hook(begin), layers[0].register_forward_pre_hook(reached(0))]
    hooks += [layer.register_forward_hook(reached(depth + 1)) for depth, layer in enumerate(layers)]
    try:
        for turn in range(TURNS):  # noqa: B007
            for _batch in read(network, texts):
                continue
    finally:
        for hook in hooks:
            hook.remove()
    return np.asarray(np.median(spent, axis=0))
