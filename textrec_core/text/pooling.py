"""What one pass over the texts leaves of every layer in, one vector a text out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint

TOKENS = ("mean", "first")
LAYERS = ("last", "one", "top", "mix", "concatenated")


@dataclass(frozen=True, eq=False)
class Layers:
    """Texts x layers x width: layer 0 is what the network reads, then one for each of its layers.

    ``mean`` is over a text's own tokens, ``first`` is the mark before its first word; zeros where a text says nothing.
    """

    mean: np.ndarray
    first: np.ndarray
    name: str
    fingerprint: str

    @property
    def count(self) -> int:
        """How many layers the network has; what it reads is not one of them."""
        return int(self.mean.shape[1]) - 1


@dataclass(frozen=True)
class Pooling:
    """Which tokens and which layers make the vector.

    ``layer`` belongs to ``one``, ``top`` to ``top`` and ``concatenated``. ``shares`` belong to ``mix``: those of as
    many top layers as there are shares, the lowest first.
    """

    tokens: str = "mean"
    layers: str = "last"
    layer: int = 1
    top: int = 1
    shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.tokens not in TOKENS or self.layers not in LAYERS:
            raise ValueError(f"no pooling of the tokens {self.tokens!r} and the layers {self.layers!r}")
        if self.layers == "mix" and not self.shares:
            raise DataError(
                "A mix of layers needs its shares.",
                "The Layers page learns them from your data; or choose other layers.",
            )

    @property
    def name(self) -> str:
        """What is read, in words."""
        what = {
            "last": "last layer",
            "one": f"layer {self.layer}" if self.layer else "word pieces alone",
            "top": f"mean of the top {self.top} layers" if self.top > 1 else "last layer",
            "mix": f"mix of the top {len(self.shares)} layers",
            "concatenated": f"top {self.top} layers side by side",
        }[self.layers]
        return what if self.tokens == "mean" else f"{what}, first token"

    def check(self, name: str, layers: int) -> None:
        """Raise ``DataError`` where a network of so many layers cannot be read like this."""
        asked, most = {
            "one": (self.layer, layers), "top": (self.top, layers), "concatenated": (self.top, layers),
            "mix": (len(self.shares), layers + 1),
        }.get(self.layers, (1, layers))  # fmt: skip
        if asked > most:
            if self.layers == "one":
                raise DataError(
                    f"{name} has {layers} layers, and none is layer {asked}.", f"Choose one from 0 to {most}."
                )
            raise DataError(
                f"{name} has {layers} layers, fewer than the {asked} asked for.",
                f"Choose between 1 and {most} top layers.",
            )


def pool(read: Layers, how: Pooling) -> np.ndarray:
    """One vector for each text."""
    how.check(read.name, read.count)
    states = read.mean if how.tokens == "mean" else read.first
    if how.layers == "one":
        chosen = states[:, how.layer]
    elif how.layers == "top":
        chosen = states[:, -how.top :].mean(axis=1, dtype=np.float32)
    elif how.layers == "mix":
        chosen = np.einsum("tlw,l->tw", states[:, -len(how.shares) :].astype(np.float32), _whole(how.shares))
    elif how.layers == "concatenated":
        chosen = states[:, -how.top :].reshape(len(states), -1)
    else:
        chosen = states[:, -1]
    return np.asarray(chosen, np.float32)


def softmax(logits: np.ndarray) -> tuple[float, ...]:
    """Shares of layers from what was learned for each: positive, and one together."""
    raised = np.exp(np.asarray(logits, float) - np.max(logits))
    return tuple(float(share) for share in raised / raised.sum())


def read_shares(words: str) -> tuple[float, ...]:
    """Shares as they are written in a parameter: numbers between commas, one together."""
    if not words.strip():
        return ()
    try:
        shares = tuple(float(word) for word in words.split(","))
    except ValueError:
        shares = (-1.0,)
    if min(shares) < 0 or not abs(sum(shares) - 1) < 0.01:
        raise DataError(
            f"The shares of the layers are {words[:80]!r}; they must be numbers from 0 on that sum to 1.",
            "Write one for each of the top layers, the lowest first, such as 0.2, 0.3, 0.5.",
        )
    return shares


def write_shares(shares: Sequence[float]) -> str:
    """The same shares as a parameter's value."""
    return ", ".join(f"{share:.4f}" for share in shares)


def untrained_pooler(read: Layers, seed: int) -> np.ndarray:
    """What a pooler gives whose weights no training has touched: drawn at random, another result for each seed.

    Most checkpoints hold no pooler, and loading one with it draws these weights anew each time.
    """
    width = read.first.shape[2]
    weights = np.random.default_rng(seed).normal(0, 0.02, (width, width)).astype(np.float32)
    return np.tanh(read.first[:, -1].astype(np.float32) @ weights.T)


def name_of(encoder: str, how: Pooling) -> str:
    """Moves with the encoder and with what is read of it, and with nothing that is not used."""
    used = {
        "last": (), "one": (how.layer,), "top": (how.top,), "mix": how.shares, "concatenated": (how.top,),
    }[how.layers]  # fmt: skip
    return fingerprint("pooled/1", encoder, how.tokens, how.layers, used)


def _whole(shares: tuple[float, ...]) -> np.ndarray:
    return np.array(shares, np.float32) / np.float32(sum(shares))
