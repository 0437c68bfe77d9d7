"""Compressed bytes in, the one table inside out; sizes are judged before anything is expanded."""

import io
import struct
import zipfile
import zlib

from textrec_core.errors import DataError
from textrec_core.limits import MEBI, Limits

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# Below this size any ratio is harmless, and short repetitive tables do reach high ones.
HARMLESS = 16 * MEBI
BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError, struct.error,
    OverflowError, LookupError,
)  # fmt: skip
SIDECARS = (".ds_store", "thumbs.db", "desktop.ini")


def unpack(data: bytes, label: str, limits: Limits, member: str | None = None) -> tuple[bytes, list[str]]:
    """The bytes of the table itself, and what was opened on the way."""
    if data.startswith(GZIP):
        inside = gunzip(data, label, limits)
        if inside.startswith(GZIP) or (is_zip(inside) and kind(inside, label, limits) == "zip"):
            raise DataError(f"{label} is an archive inside an archive.", "Pack the table once.")
        return inside, ["It was unpacked from gzip."]
    if is_zip(data) and kind(data, label, limits) == "zip":
        name, inside = _only_member(data, label, limits, member)
        if inside.startswith(GZIP) or (is_zip(inside) and kind(inside, label, limits) == "zip"):
            raise DataError(f"{label} holds {name[:80]!r}, an archive inside an archive.", "Pack the table once.")
        return inside, [f"It was unpacked from the zip member {name[:80]!r}."]
    return data, []


def kind(data: bytes, label: str, limits: Limits) -> str:
    """``xlsx``, ``npz`` or ``zip``; other things that travel as zip files are refused by name."""
    names = [entry.filename for entry in members(data, label, limits)]
    if "xl/workbook.bin" in names:
        raise DataError(f"{label} is a binary Excel file.", "Save it as .xlsx or CSV.")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if any(name.endswith("data.pkl") for name in names):
        raise DataError(
            f"{label} is a PyTorch file holding a pickle; it could run code, so it is never opened.",
            "Save the table as CSV or Parquet.",
        )
    if "word/document.xml" in names:
        raise DataError(f"{label} is a Word document, not a table.", "Save the table inside as CSV.")
    if "content.xml" in names and "mimetype" in names:
        raise DataError(f"{label} is an OpenDocument file.", "Save it as .xlsx or CSV.")
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    return "zip"


def members(data: bytes, label: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """What the directory of a zip declares; refused when it would expand beyond the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except BROKEN:
        raise DataError(
            f"{label} is a damaged zip file.", "Pack it again; it may have been cut while copying."
        ) from None
    if len(entries) > limits.archive_members:
        raise DataError(
            f"{label} holds {len(entries):,} files; at most {limits.archive_members:,} are looked at.",
            "Pack only the table.",
        )
    total = sum(entry.file_size for entry in entries)
    if total > limits.expanded_bytes or total > max(HARMLESS, limits.expansion_ratio * len(data)):
        raise expands(label, total, len(data))
    return entries


def contents(data: bytes, entry: zipfile.ZipInfo, label: str) -> bytes:
    """One member, never more of it than its directory declares."""
    if entry.flag_bits & 1:
        raise DataError(f"{label} is protected by a password.", "Pack the table without a password.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(entry) as stream:
            inside = stream.read(entry.file_size + 1)
    except BROKEN:
        inside = None
    if inside is None or len(inside) != entry.file_size:
        raise DataError(
            f"{label} is a damaged zip file: {entry.filename[:80]!r} cannot be unpacked.",
            "Pack it again; it may have been cut while copying.",
        )
    return inside


def expands(label: str, size: float, packed: int) -> DataError:
    """What is said of a file that grows too much."""
    return DataError(
        f"{label} expands from {packed / 1e6:,.1f} MB to {size / 1e9:,.2f} GB or more, which is more than is read.",
        "Upload fewer columns or a sample of people.",
    )


def gunzip(data: bytes, label: str, limits: Limits) -> bytes:
    """Unpack piece by piece and stop at the limit."""
    most = min(limits.expanded_bytes, max(HARMLESS, limits.expansion_ratio * len(data)))
    parts: list[bytes] = []
    size = 0
    rest = data
    while rest.startswith(GZIP):
        stream = zlib.decompressobj(wbits=31)
        try:
            while rest and not stream.eof:
                part = stream.decompress(rest, 4 * MEBI)
                rest = stream.unconsumed_tail
                size += len(part)
                parts.append(part)
                if size > most:
                    raise expands(label, size, len(data))
        except zlib.error:
            raise DataError(f"{label} is a damaged gzip file.", "Pack it again, or upload it unpacked.") from None
        if not stream.eof:
            raise DataError(f"{label} ends in the middle: the gzip file was cut.", "Copy or pack it again.")
        rest = stream.unused_data
    inside = b"".join(parts)
    if not inside:
        raise DataError(f"{label} is empty inside.", "Pack a file with at least one row.")
    return inside


def tables(data: bytes, label: str, limits: Limits) -> list[str]:
    """The names of the files a zip holds, without what systems put beside them."""
    return [entry.filename for entry in members(data, label, limits) if not _is_side(entry)]


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip file does."""
    return data.startswith(ZIP)


def _only_member(data: bytes, label: str, limits: Limits, member: str | None) -> tuple[str, bytes]:
    entries = [entry for entry in members(data, label, limits) if not _is_side(entry)]
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise DataError(
                f"{label} holds a file with an unsafe name, {entry.filename[:80]!r}.",
                "Pack the table under a plain name.",
            )
    if member is not None:
        entries = [entry for entry in entries if entry.filename == member]
    if not entries:
        wanted = "no file" if member is None else f"no file called {member[:80]!r}"
        raise DataError(f"{label} holds {wanted}.", "Pack one table.")
    if len(entries) > 1:
        listed = ", ".join(repr(entry.filename[:60]) for entry in entries[:5])
        raise DataError(f"{label} holds {len(entries):,} files: {listed}.", "Pack one table, or name the one to read.")
    inside = contents(data, entries[0], label)
    if not inside:
        raise DataError(f"{label} holds an empty file.", "Pack a file with at least one row.")
    return entries[0].filename, inside


def _is_side(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.lower()
    return entry.is_dir() or name.startswith("__macosx/") or name.rsplit("/", 1)[-1] in SIDECARS
