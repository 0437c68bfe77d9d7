"""What uploaded bytes are, judged by content; text comes out as UTF-8."""

import codecs
import re

from textrec_core.errors import DataError

SAMPLE = 1 << 20

# First bytes of files that people rename to .csv, with the mend for each.
FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"RIFF", "a media file", ""),
    (b"%PDF", "a PDF document", "Export the table inside as CSV."),
    (b"{\\rtf", "an RTF document", "Save the table as CSV."),
    (b"version https://git-lfs", "a Git LFS pointer", "Run `git lfs pull` and upload the file itself."),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Excel file", "Save it as an unprotected .xlsx or as CSV."),
    (b"\x7fELF", "a program", ""),
    (b"MZ", "a program", ""),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV."),
    (b"\x89HDF", "an HDF5 file", "Export the table as Parquet or CSV."),
    (b"ARROW1", "an Arrow file", "Save the table as Parquet."),
    (b"FEA1", "a Feather file", "Save the table as Parquet."),
    (b"ORC", "an ORC file", "Save the table as Parquet."),
    (b"Obj\x01", "an Avro file", "Save the table as Parquet."),
    (b"7z\xbc\xaf", "a 7z archive", "Use .zip or .gz."),
    (b"Rar!", "a RAR archive", "Use .zip or .gz."),
    (b"\xfd7zXZ", "an xz archive", "Use .zip or .gz."),
    (b"BZh", "a bzip2 archive", "Use .zip or .gz."),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "Use .zip or .gz."),
)
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NEIGHBOURS = [
    "cp932",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
]
NOT_TEXT_HINT = "Upload a table: CSV, TSV, XLSX, Parquet, JSON or a sparse NPZ matrix."
# Set in place of bytes that could not be decoded.
DAMAGED = "\ufffd"


def refuse_foreign(data: bytes, label: str) -> None:
    """Raise ``DataError`` for bytes that are known not to be a table."""
    head = data[:512]
    for start, name, hint in FOREIGN:
        # Two letters are also how an ordinary header may begin; a program has NULs soon after.
        if head.startswith(start) and (len(start) > 3 or min(head) < 9 or max(head) > 127):
            raise DataError(f"{label} is {name}, not a table.", hint or NOT_TEXT_HINT)
    if re.match(rb"\x80[\x02-\x05]", head) and data.rstrip().endswith(b"."):
        raise DataError(
            f"{label} is a Python pickle; it could run code, so it is never opened.",
            "Save the table as CSV or Parquet, a sparse matrix as NPZ.",
        )
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise DataError(f"{label} is an HTML page, not a table.", "Download the file itself, not the page about it.")
    if start.startswith((b"<?xml", b"<svg")):
        raise DataError(f"{label} is an XML document, not a table.", NOT_TEXT_HINT)


def to_utf8(data: bytes, label: str, encoding: str | None = None) -> tuple[bytes, str, list[str]]:
    """The text as UTF-8 without byte-order mark, the name of its encoding, and what there is to say."""
    notes: list[str] = []
    if encoding:
        text, name = _decoded(data, encoding, label).encode("utf-8", "replace"), encoding
    elif data.startswith(codecs.BOM_UTF8):
        text, name = _without_mark(data.removeprefix(codecs.BOM_UTF8), label, notes)
        notes.append("A byte-order mark was skipped.")
    elif (wide := _by_mark(data) or _by_zeros(data[:4096])) is not None:
        text, name = _decoded(data, wide, label).encode("utf-8", "replace"), wide
    else:
        text, name = _without_mark(data, label, notes)
    text = text.removeprefix(codecs.BOM_UTF8)
    if name != "utf-8":
        notes.append(f"The text was read as {name}.")
    zeros = text.count(b"\0")
    if zeros:
        if zeros > 0.01 * len(text):
            raise DataError(f"{label} is a binary file: {zeros:,} of its bytes are NUL.", NOT_TEXT_HINT)
        text = text.replace(b"\0", b"")
        notes.append(f"{zeros:,} NUL {'byte was' if zeros == 1 else 'bytes were'} removed.")
    _refuse_binary(text[:SAMPLE], label)
    return text, name, notes


def _by_mark(data: bytes) -> str | None:
    return next((name for mark, name in BOMS if data.startswith(mark)), None)


def _by_zeros(sample: bytes) -> str | None:
    """UTF-16 without a mark: mostly Latin text has a zero in every second byte."""
    half = len(sample) // 2
    if half < 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _decoded(data: bytes, encoding: str, label: str) -> str:
    try:
        if codecs.lookup(encoding).name in {"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"}:
            # A cut last character is no reason to refuse all others.
            return data.decode(encoding, "replace").lstrip("\ufeff")
        return data.decode(encoding)
    except LookupError:
        raise DataError(f"There is no encoding called {encoding!r}.", "Try utf-8, cp1252 or shift_jis.") from None
    except (UnicodeError, AssertionError) as fault:
        place = getattr(fault, "start", 0)
        raise DataError(
            f"{label} is not {encoding}: byte {place:,} does not fit.", "Choose another encoding."
        ) from None


def _without_mark(data: bytes, label: str, notes: list[str]) -> tuple[bytes, str]:
    if data.isascii():
        return data, "utf-8"
    if _is_utf8(data):
        return data, "utf-8"
    _refuse_binary(data[:SAMPLE].replace(b"\0", b""), label)
    mended = data.decode("utf-8", "replace")
    damaged = mended.count(DAMAGED)
    foreign = len(mended) - len(re.sub(r"[^\x00-\x7f]", "", mended))
    if foreign - damaged > 2 * damaged:
        place = len(mended[: mended.index(DAMAGED)].encode())
        notes.append(
            f"{damaged:,} {'byte is' if damaged == 1 else 'bytes are'} not UTF-8, the first at byte {place + 1:,}; their rows are listed as faulty."
        )
        return mended.encode(), "utf-8"
    name = _older(data[:SAMPLE], label)
    return _decoded(data, name, label).encode("utf-8", "replace"), name


def _older(sample: bytes, label: str) -> str:
    """The likeliest of the encodings before Unicode."""
    high = re.findall(rb"[\x80-\xff]+", sample)
    alone = sum(len(run) == 1 for run in high)
    # Western text has single accented letters among plain ones; other scripts have runs of high bytes.
    if alone > 0.7 * len(high):
        return "latin-1" if re.search(rb"[\x81\x8d\x8f\x90\x9d]", sample) else "cp1252"
    # Imported here because most files are UTF-8 and never need it.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=[*NEIGHBOURS, "cp1252", "cp1250"]).best()
    if best is None:
        raise DataError(f"{label} is not text in any encoding known here.", NOT_TEXT_HINT)
    return best.encoding


def _is_utf8(data: bytes) -> bool:
    """Decoded piecewise, so that a large file is not held three times."""
    check = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), SAMPLE):
            check.decode(data[start : start + SAMPLE])
        check.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_binary(sample: bytes, label: str) -> None:
    controls = len(sample) - len(sample.translate(None, bytes(range(1, 9)) + bytes(range(14, 27))))
    if controls > max(8, 0.02 * len(sample)):
        raise DataError(f"{label} is a binary file, not a table.", NOT_TEXT_HINT)
