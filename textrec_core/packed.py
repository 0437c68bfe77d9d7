"""Arrays and facts in one file, without pickle: written whole or not at all, and read back by name."""

import json
import shutil
import time
import uuid
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

UNFINISHED = ".partial"
# Whoever still writes has written something since.
ABANDONED_SECONDS = 600
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, AttributeError)


def write(path: Path, arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> Path:
    """One npz file; what stood under this name is replaced at once."""
    about = np.frombuffer(json.dumps(facts, sort_keys=True).encode(), np.uint8)
    # A name of its own, for two processes may write the same result at the same moment.
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}{UNFINISHED}")
    try:
        with partial.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, about=about, **arrays)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
    """The arrays and the facts; None where there is no such file, ``ValueError`` where it is damaged."""
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            facts = json.loads(stored["about"].tobytes())
            return {key: stored[key] for key in stored.files if key != "about"}, facts
    except DAMAGE as problem:
        raise ValueError(f"{path.name} is damaged") from problem


def clear(folder: Path) -> None:
    """Remove the unfinished files and folders that a killed writer left here."""
    for left in folder.glob(f"*{UNFINISHED}"):
        try:
            written = max(part.stat().st_mtime for part in (left, *left.glob("*")))
            if time.time() - written < ABANDONED_SECONDS:
                continue
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
        except OSError:
            # Another process was quicker, or it belongs to somebody else.
            continue
