"""Names for values: equal content gives an equal name, any changed cell another one."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

LENGTH = 20


def fingerprint(*parts: object) -> str:
    """A short stable name for any nesting of plain values, arrays, mappings and dataclasses."""
    digest = hashlib.sha256()
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()[:LENGTH]


def _feed(digest: Any, value: object) -> None:
    """Every value is preceded by its kind and size, so that no two nestings read alike."""
    if value is None or isinstance(value, bool | int | float | str | np.generic):
        plain = value.item() if isinstance(value, np.generic) else value
        _mark(digest, type(plain).__name__, repr(plain).encode())
    elif isinstance(value, bytes):
        _mark(digest, "bytes", value)
    elif isinstance(value, np.ndarray):
        _feed_array(digest, value)
    elif is_dataclass(value) and not isinstance(value, type):
        _feed_named(digest, type(value).__name__, {f.name: getattr(value, f.name) for f in fields(value)})
    elif isinstance(value, Mapping):
        _feed_named(digest, "mapping", value)
    elif isinstance(value, list | tuple):
        _mark(digest, "sequence", str(len(value)).encode())
        for entry in value:
            _feed(digest, entry)
    else:
        raise TypeError(f"no fingerprint for {type(value).__name__}")


def _feed_named(digest: Any, kind: str, entries: Mapping[Any, object]) -> None:
    _mark(digest, kind, str(len(entries)).encode())
    for key in sorted(entries):
        _feed(digest, key)
        _feed(digest, entries[key])


def _feed_array(digest: Any, array: np.ndarray) -> None:
    if array.dtype.kind in "OU":
        encoded = [str(entry).encode("utf-8", "surrogatepass") for entry in array.ravel()]
        sizes = np.fromiter((len(entry) for entry in encoded), np.int64, len(encoded))
        _mark(digest, f"text{array.shape}", sizes.tobytes())
        digest.update(b"".join(encoded))
    else:
        _mark(digest, f"{array.dtype.str}{array.shape}", np.ascontiguousarray(array).tobytes())


def _mark(digest: Any, kind: str, content: bytes) -> None:
    digest.update(f"{kind}:{len(content)}:".encode())
    digest.update(content)
