"""Results on disk by fingerprint: arrays in npz without pickle, everything else in JSON beside them."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from textrec_core import packed
from textrec_core.evaluate.board import Board
from textrec_core.evaluate.judged import DEPTH
from textrec_core.models import stored
from textrec_core.models.wals import Factors
from textrec_core.spaces.layout import Layout, LayoutParams
from textrec_core.spaces.space import Space

Result = Factors | Space | Layout | Board


def save(folder: Path, value: Result) -> Path:
    """Write one result under its fingerprint, small: of a space only the directions, which are all that is read of it,
    and factors in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    return write(folder / f"{value.fingerprint}.npz", value, small=True)


def write(path: Path, value: Result, small: bool = False) -> Path:
    """Write one result to a file of the caller's name."""
    arrays, facts = _apart(value)
    if small and isinstance(value, Factors):
        arrays = {name: values.astype(np.float16) for name, values in arrays.items()}
    return packed.write(path, arrays, {"kind": type(value).__name__, **facts})


def load(folder: Path, name: str) -> Result | None:
    """The result of this fingerprint, or None where the folder has none."""
    found = packed.read(folder / f"{name}.npz")
    if found is None:
        return None
    arrays, facts = {key: values.astype(np.float32) for key, values in found[0].items()}, found[1]
    return _together(facts.pop("kind"), facts, arrays, name)


def _apart(value: Result) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    if isinstance(value, Factors):
        return stored.apart(value)
    if isinstance(value, Space):
        # Half precision has few exponents: very long vectors would overflow in it and very short ones vanish.
        origin = {f"origin {place}": values for place, values in enumerate(value.origin)}
        return {"vectors": value.directions.astype(np.float16), **origin}, {"name": value.name}
    if isinstance(value, Layout):
        return {"places": value.places}, {"kept": value.kept, "method": value.method, "params": asdict(value.params)}
    arrays = {
        "found": np.packbits(value.found, axis=-1),
        "which": value.which,
        "hidden": value.hidden,
        "beyond": value.beyond,
    }
    labels = {}
    for name, values in value.about.items():
        if values.dtype.kind == "U":
            labels[name], values = (
                part.tolist() if n == 0 else part for n, part in enumerate(np.unique(values, return_inverse=True))
            )
        arrays[f"about {name}"] = values
    return arrays, {"models": value.models, "protocol": value.protocol, "notes": value.notes, "labels": labels}


def _together(kind: str, facts: dict[str, Any], arrays: dict[str, np.ndarray], name: str) -> Result:
    if kind == "Factors":
        return stored.together(arrays, facts, name)
    if kind == "Space":
        origin = tuple(arrays[f"origin {place}"] for place in range(len(arrays) - 1))
        return Space(facts["name"], arrays["vectors"], name, origin=origin)
    if kind == "Layout":
        return Layout(arrays["places"], facts["kept"], facts["method"], LayoutParams(**facts["params"]), name)
    found = np.unpackbits(arrays["found"].astype(np.uint8), axis=-1, count=DEPTH).astype(bool)
    about = {name.removeprefix("about "): values for name, values in arrays.items() if name.startswith("about ")}
    for label, words in facts["labels"].items():
        about[label] = np.array(words, str)[about[label].astype(int)]
    return Board(
        tuple(facts["models"]), found, arrays["which"].astype(int), arrays["hidden"].astype(int), arrays["beyond"],
        about, facts["protocol"], tuple(facts["notes"]), name,
    )  # fmt: skip
