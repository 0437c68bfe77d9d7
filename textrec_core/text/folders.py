"""Where models lie: names in, real folders out; nothing outside the models folder is opened or probed."""

import json
import os
import re
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

from textrec_core import packed
from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint

BUILT_IN = "built-in"
BUILT_IN_FOLDER = Path(__file__).parents[2] / "assets" / "encoder"
# The folder an operator allows models to be read from and fetched into.
MODELS_FOLDER = "TEXTREC_MODELS"
# Set to 1 by an operator whose machine may fetch models by hub name; otherwise nothing is fetched.
ONLINE = "TEXTREC_ONLINE"
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
# What weights, vocabularies and settings are stored as.
STORED = (".safetensors", ".json", ".txt", ".model")
KNOWN = ("roberta-base", "distilroberta-base", "sentence-transformers/all-distilroberta-v1")


def root() -> Path:
    """The models folder: the operator's, or one beside what else is kept for this person."""
    chosen = os.environ.get(MODELS_FOLDER)
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(chosen) if chosen else kept / "textrec" / "models"


def online() -> bool:
    """Whether the operator lets this machine fetch models."""
    return os.environ.get(ONLINE) == "1"


def offered() -> list[str]:
    """Names that can be chosen here and now: the built-in, and the folders that hold safetensors, one or two deep."""
    base = root()
    names = sorted(
        path.parent.relative_to(base).as_posix()
        for depth in ("*", "*/*")
        for path in base.glob(f"{depth}/config.json")
        if not path.parent.name.endswith(packed.UNFINISHED) and list(path.parent.glob("*.safetensors"))
    )
    return [BUILT_IN, *names]


def fetchable() -> list[str]:
    """Well-known names that are not here yet and that this machine may fetch."""
    return [name for name in KNOWN if online() and name not in offered()]


def may_fetch(name: str) -> bool:
    """Whether this could be a model of the hub, is not here, and the operator allows fetching."""
    folder = inside(name)
    return online() and bool(HUB_NAME.fullmatch(name)) and folder is not None and not folder.is_dir()


def find(name: str) -> tuple[Path, str]:
    """The folder of this model and what to call it; ``DataError`` says what to do where there is none."""
    if name == BUILT_IN:
        if not (BUILT_IN_FOLDER / "model.safetensors").is_file():
            raise DataError(
                "This copy of TextRec has no built-in RoBERTa.", "Choose lsa, or name a folder in the models folder."
            )
        return BUILT_IN_FOLDER, "RoBERTa (built-in)"
    folder = inside(name)
    if folder is None or not folder.is_dir():
        if may_fetch(name):
            raise DataError(
                f"The model {name[:80]!r} is not on this machine yet.",
                f"Fetch it first: the Train page offers it with its size, or run python -m textrec_core fetch --encoder {name[:80]}; until then {BUILT_IN} reads without it.",
            )
        if online():
            raise DataError(
                f"There is no model {name[:80]!r} in the models folder, and it is no name that a hub could have.",
                f"Put the model's folder under {MODELS_FOLDER}, or give a hub name such as {KNOWN[0]} or owner/model; {BUILT_IN} and lsa need neither.",
            )
        raise DataError(
            f"There is no model {name[:80]!r} in the models folder, and fetching by name is switched off.",
            f"Put the model's folder under {MODELS_FOLDER} or start with {ONLINE}=1 where there is a network; until then {BUILT_IN} and lsa need neither.",
        )
    check(folder, name)
    return folder, folder.name


def check(folder: Path, name: str) -> None:
    """Refuse, before anything is opened, what is no model, could run code, or asks to."""
    if not (folder / "config.json").is_file():
        raise DataError(
            f"The folder {name[:80]!r} holds no model.",
            "It needs config.json, model.safetensors and the tokenizer's files.",
        )
    if not list(folder.glob("*.safetensors")):
        raise DataError(
            f"The folder {name[:80]!r} holds no safetensors weights.",
            "Other formats can run code when opened; save the model as safetensors.",
        )
    outside = [path for path in folder.iterdir() if not path.resolve().is_relative_to(folder.resolve())]
    if outside:
        raise DataError(
            f"The folder {name[:80]!r} has files that lie elsewhere.", "Copy the model's files into its folder."
        )
    if brings_code(folder / "config.json"):
        raise DataError(
            f"The model {name[:80]!r} asks to run code of its own.", "TextRec runs none; choose a plain RoBERTa."
        )


def brings_code(config: Path) -> bool:
    """Whether a description of a model names code to be run for it."""
    try:
        content = json.loads(config.read_bytes())
    except (ValueError, RecursionError, OSError):
        return False
    return isinstance(content, dict) and bool(content.get("auto_map"))


def inside(name: str) -> Path | None:
    """The real path a name has inside the models folder, there or not; None where it leads outside."""
    if not name or "\0" in name or "\\" in name or Path(name).is_absolute() or ".." in Path(name).parts:
        return None
    base = root().resolve()
    try:
        folder = (base / name).resolve()
    except OSError:
        return None
    return folder if folder.is_relative_to(base) and folder != base else None


def content(folder: Path) -> str:
    """The digest of all that is stored; a file is read again only when its time or size has changed."""
    files = sorted(path for path in folder.iterdir() if path.suffix in STORED)
    return fingerprint([(path.name, _digest(path, path.stat().st_mtime_ns, path.stat().st_size)) for path in files])


@lru_cache(maxsize=256)
def _digest(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
