"""Fetching a model by its hub name, in two steps: what it would cost, and then, where that was accepted, the files.

Two plain requests do it: a list of files with their sizes, and each file. They land in the models folder and are a
folder like any other from there on; reading never asks the network.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from textrec_core import packed
from textrec_core.errors import DataError
from textrec_core.fingerprint import fingerprint
from textrec_core.limits import LIMITS, MEBI
from textrec_core.text import folders
from textrec_core.text.folders import BUILT_IN, HUB_NAME, MODELS_FOLDER, ONLINE

Progress = Callable[[float, str], None]
# Where another hub that speaks the same way is to be asked.
ENDPOINT = "HF_ENDPOINT"
SECONDS = 30
LARGEST_LIST = 8 * MEBI
WEIGHTS = "model.safetensors"
BESIDE = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt", "vocab.txt")  # fmt: skip


@dataclass(frozen=True)
class File:
    """One file of an offer; ``digest`` is its SHA-256 where the hub states one."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True)
class Offer:
    """What fetching a model would bring: the files of one revision."""

    name: str
    revision: str
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def fingerprint(self) -> str:
        """Moves with the name, the revision and the files."""
        return fingerprint(
            "offer/1", self.name, self.revision, [(one.name, one.size, one.digest) for one in self.files]
        )

    @property
    def words(self) -> str:
        """What a person should know before accepting."""
        return f"{self.name} would be fetched from {_host()}: {self.size / 1e6:,.0f} MB in {len(self.files)} files."


def offer(name: str, on_progress: Progress | None = None) -> Offer:
    """What this model would cost; nothing of it is fetched yet."""
    if not folders.online():
        raise DataError(
            f"Fetching {name[:80]!r} by name is switched off on this machine.",
            f"Start with {ONLINE}=1 where there is a network, or put the model's folder under {MODELS_FOLDER}; until then {BUILT_IN} reads without it.",
        )
    if not HUB_NAME.fullmatch(name) or folders.inside(name) is None:
        raise DataError(f"{name[:80]!r} is no hub name.", "Hub names look like roberta-base or owner/model.")
    if on_progress:
        on_progress(0.0, f"asking {_host()} for {name}")
    with _asked(f"/api/models/{quote(name)}?blobs=true", name) as answer:
        facts = _facts(_block(answer, name, LARGEST_LIST), name)
    files = tuple(_listed(facts, name))
    if WEIGHTS not in {file.name for file in files}:
        raise DataError(
            f"{name} has no single file of safetensors weights.",
            "Other formats can run code when opened; choose a model that offers model.safetensors.",
        )
    found = Offer(name, str(facts.get("sha") or "main"), files)
    if found.size > LIMITS.download_bytes:
        raise DataError(
            f"{name} has {found.size / 1e9:.1f} GB; at most {LIMITS.download_bytes / 1e9:.0f} GB are fetched.",
            "Choose a model of base size or smaller.",
        )
    return found


def clear() -> None:
    """Remove from the models folder what fetching left there when it was killed."""
    base = folders.root()
    for folder in (base, *base.glob("*/")):
        packed.clear(folder)


def fetch(accepted: Offer, on_progress: Progress | None = None) -> Offer:
    """Fetch what was offered, all or nothing, into the models folder."""
    clear()
    target = folders.inside(accepted.name)
    if target is None or not folders.online():
        raise DataError(f"{accepted.name[:80]!r} cannot be fetched here.", "Start with a name that the hub offers.")
    partial = target.with_name(target.name + packed.UNFINISHED)
    shutil.rmtree(partial, ignore_errors=True)
    done = 0
    try:
        partial.mkdir(parents=True)
        # The small ones first: a model that asks to run code is refused before its weights are fetched.
        for file in sorted(accepted.files, key=lambda one: one.size):
            for fetched in _fetch(accepted, file, partial / file.name):
                done += fetched
                if on_progress:
                    share = min(1.0, done / max(1, accepted.size))
                    on_progress(share, f"{done / 1e6:,.0f} of {accepted.size / 1e6:,.0f} MB of {accepted.name}")
            if file.name == "config.json" and folders.brings_code(partial / file.name):
                raise DataError(
                    f"The model {accepted.name!r} asks to run code of its own.",
                    "TextRec runs none; choose a plain RoBERTa.",
                )
        folders.check(partial, accepted.name)
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    except OSError as problem:
        raise DataError(
            f"{accepted.name} could not be written ({problem.strerror or type(problem).__name__}).",
            f"Free some space, or name another folder in {MODELS_FOLDER}.",
        ) from problem
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return accepted


def _fetch(accepted: Offer, file: File, path: Path) -> Iterator[int]:
    """Write one file and tell how much came; too much, too little or another content is refused."""
    digest, left = sha256(), file.size
    where = f"/{quote(accepted.name)}/resolve/{quote(accepted.revision)}/{quote(file.name)}"
    with _asked(where, accepted.name) as answer, path.open("wb") as out:
        while block := _block(answer, accepted.name):
            left -= len(block)
            digest.update(block)
            if left < 0:
                break
            out.write(block)
            yield len(block)
    if left or (file.digest and file.digest != digest.hexdigest()):
        raise DataError(f"{file.name} of {accepted.name} did not arrive as it was offered.", "Try again in a while.")


def _block(answer: IO[bytes], name: str, most: int = MEBI) -> bytes:
    try:
        return answer.read(most)
    except (OSError, HTTPException) as problem:
        raise _unreachable(name) from problem


@contextmanager
def _asked(where: str, name: str) -> Iterator[IO[bytes]]:
    request = Request(_endpoint() + where, headers={"User-Agent": "textrec"})
    try:
        answer = urlopen(request, timeout=SECONDS)
    except HTTPError as problem:
        refused = problem.code in (401, 403, 404)
        raise DataError(
            f"{_host()} has no model {name!r} that anybody may fetch."
            if refused
            else f"{_host()} answered {problem.code}.",
            "Check the name's spelling." if refused else "Try again in a while.",
        ) from problem
    except (OSError, HTTPException) as problem:
        raise _unreachable(name) from problem
    with answer:
        yield answer


def _unreachable(name: str) -> DataError:
    return DataError(
        f"{_host()} cannot be reached, so {name} was not fetched.",
        f"Fetch it where there is a network and put its folder under {MODELS_FOLDER}; until then {BUILT_IN} reads without it.",
    )


def _facts(content: bytes, name: str) -> dict[str, Any]:
    try:
        facts = json.loads(content)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict) or not isinstance(facts.get("siblings"), list):
        raise DataError(f"{_host()} gave no list of the files of {name}.", "Try again in a while.")
    return facts


def _listed(facts: dict[str, Any], name: str) -> Iterator[File]:
    """The files that are wanted, of those that the hub lists; names with folders in them are never among these."""
    for entry in facts["siblings"]:
        found = entry.get("rfilename") if isinstance(entry, dict) else None
        if found == WEIGHTS or found in BESIDE:
            size, lfs = entry.get("size"), entry.get("lfs")
            if not isinstance(size, int) or size < 0:
                raise DataError(f"{_host()} does not say how large {name} is.", "Try again in a while.")
            yield File(found, size, str(lfs.get("sha256") or "") if isinstance(lfs, dict) else "")


def _endpoint() -> str:
    return os.environ.get(ENDPOINT, "https://huggingface.co").rstrip("/")


def _host() -> str:
    return _endpoint().split("://")[-1]
