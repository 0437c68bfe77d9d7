"""A model's folder in, a loaded network out, in the fastest precision of this processor that agrees with fp32."""

import os
import platform
import statistics
import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.limits import LIMITS
from textrec_core.text.forward import FULL, HALF, WHOLE, Forward, Packed, Padded, can_pack
from textrec_core.text.windows import Window, windows

FASTEST = "fastest"
PRECISIONS = (FASTEST, FULL, HALF, WHOLE)
# What another precision must keep of every layer's vector, and how much faster it must be to be worth it.
LEAST_COSINE = 0.999
LEAST_GAIN = 1.1
LONGEST = 512
# Read by both precisions to compare them: texts as items have them, of different lengths.
TRIAL = (
    "The last train north. A signalman who has not spoken for years finds a child asleep in the cold waiting room.",
    "Garden tools for small hands, set of five, ash handles",
    "Two brothers open a bakery across the street from their father's. The town takes sides, the bread gets better, and "
    "nobody remembers how the quarrel began until a letter arrives from a sister they were told had died.",
    "Space Miner 4: Deluxe Edition",
    "An introduction to the history of glass, from beads and bottles to fibres that carry light under the sea, with "
    "photographs, maps and an index of makers.",
    "wireless mouse, black",
    "He wanted one quiet summer. Then the circus came, with an elephant that no other town would have, and the mayor "
    "asked him to find it a home before the first frost.",
    "Songs for a long drive home",
)


@dataclass(frozen=True, eq=False)
class Network:
    """A tokenizer and a model; ``precision`` is what its products are computed in, ``cosine`` how it keeps to fp32."""

    tokenizer: Any
    config: Any
    forward: Forward
    precision: str = FULL
    cosine: float = 1.0

    @property
    def shape(self) -> tuple[int, int]:
        """What one text leaves: layers and what goes into them, by width."""
        return self.config.num_hidden_layers + 1, self.config.hidden_size

    def cut(self, texts: list[str]) -> list[Window]:
        """Whole texts as windows that the network can read."""
        longest = min(LONGEST, self.config.max_position_embeddings - 2)
        marks = self.tokenizer("")["input_ids"]
        pieces = self.tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
        return windows(pieces, marks[:1], marks[1:], longest)


@lru_cache(maxsize=2)
def network(folder: str, content: str, precision: str) -> Network:
    """The network in this folder, whose content has this digest, ready to read in this precision."""
    full, model = _in_full(folder)
    if precision == FULL or model is None:
        return full
    if precision == WHOLE and WHOLE not in multiplied_here():
        raise DataError("This machine does not multiply in int8.", f"Choose {FASTEST}, {HALF} or {FULL}.")
    other = Network(full.tokenizer, full.config, Packed(deepcopy(model), precision), precision)
    return replace(other, cosine=agreement(full, other))


@lru_cache(maxsize=8)
def settle(folder: str, _content: str) -> str:
    """The precision that ``fastest`` comes to for this network on this machine."""
    full, model = _in_full(folder)
    if model is None:
        return FULL
    others = [Network(full.tokenizer, full.config, Packed(deepcopy(model), one), one) for one in multiplied_here()]
    return fastest(full, others).precision


@lru_cache(maxsize=1)
def processor() -> str:
    """What decides which precision is fastest: the processor, what it can do, and the torch that multiplies on it."""
    try:
        told = Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
    except OSError:
        told = []
    named = [line for line in told if line.startswith(("model name", "CPU part", "flags", "Features"))]
    return fingerprint(platform.machine(), platform.processor(), named, version("torch"))


def fastest(full: Network, others: Sequence[Network]) -> Network:
    """The fastest on this processor of those that agree with full precision, if it is worth leaving that."""
    judged = [replace(other, cosine=agreement(full, other)) for other in others]
    tried = [full, *(other for other in judged if other.cosine >= LEAST_COSINE)]
    seconds: dict[str, list[float]] = {one.precision: [] for one in tried}
    for _turn in range(3 if len(tried) > 1 else 0):
        for one in tried:
            start = time.perf_counter()
            _layers(one)
            seconds[one.precision].append(time.perf_counter() - start)
    if not seconds[full.precision]:
        return full
    best = min(tried, key=lambda one: statistics.median(seconds[one.precision]))
    gain = statistics.median(seconds[full.precision]) / statistics.median(seconds[best.precision])
    return best if gain >= LEAST_GAIN else full


def agreement(one: Network, other: Network) -> float:
    """The least cosine, over the trial texts and all layers, between the vectors of two precisions."""
    left, right = (_layers(each) for each in (one, other))
    lengths = np.linalg.norm(left, axis=-1) * np.linalg.norm(right, axis=-1)
    return float(np.min((left * right).sum(-1) / np.maximum(lengths, 1e-12)))


def multiplied_here() -> tuple[str, ...]:
    """What this processor multiplies faster than fp32, without converting back and forth."""
    import torch

    try:
        half = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
        whole = torch.cpu._is_vnni_supported() and hasattr(torch.ops.onednn, "qlinear_pointwise")
    except (AttributeError, RuntimeError):
        return ()
    return (HALF,) * half + (WHOLE,) * whole


def cores() -> int:
    """How many cores this process may use: what an operator has set, or those it is bound to within its quota."""
    if (said := os.environ.get("OMP_NUM_THREADS", "")).isdecimal():
        return max(1, int(said))
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(bound, int(quota) // int(period)))
    except (OSError, ValueError):
        return bound


@lru_cache(maxsize=1)
def _threads_set() -> None:
    """Once a process: every core reads texts of its own, so no product is shared by cores that wait for one another."""
    import torch

    torch.set_num_threads(1)


def _layers(network: Network) -> np.ndarray:
    from textrec_core.text.reading import read

    found = np.zeros((len(TRIAL), *network.shape), np.float32)
    for rows, means, _firsts in read(network, TRIAL):
        found[rows] = means
    return found


def _in_full(folder: str) -> tuple[Network, Any]:
    """In full precision; and the model, where ``Packed`` can make another precision of it."""
    _threads_set()
    tokenizer, model = _load(folder)
    packed = can_pack(model.config)
    return Network(tokenizer, model.config, (Packed if packed else Padded)(model)), model if packed else None


def _load(folder: str) -> tuple[Any, Any]:
    """Tokenizer and model, safetensors only, no code from the folder, no network."""
    from transformers import AutoConfig, AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # It would list the masked-word head, which is stored beside the encoder and not wanted here.
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    safe = {"trust_remote_code": False, "local_files_only": True}
    try:
        config = AutoConfig.from_pretrained(folder, **safe)
        size = config.hidden_size * (config.vocab_size + 12 * config.hidden_size * config.num_hidden_layers) * 4
        if size > LIMITS.download_bytes:
            raise DataError(
                f"The model's weights would take about {size / 1e9:.0f} GB.", "Choose a model of base size or smaller."
            )
        tokenizer = AutoTokenizer.from_pretrained(folder, **safe)
        # The pooler of most checkpoints was never trained; it is not loaded at all.
        model = AutoModel.from_pretrained(
            folder, use_safetensors=True, dtype="float32", add_pooling_layer=False, **safe
        )
    except DataError:
        raise
    except Exception as problem:
        # Files of any content end here in errors of any kind; which kind is said, and the cause goes to the log.
        kind = type(problem).__name__
        raise DataError(
            f"The model {Path(folder).name!r} could not be loaded ({kind}).",
            "It must be a RoBERTa-like encoder with safetensors weights and no code of its own.",
        ) from problem
    return tokenizer, model.eval()
