"""Frames in, files for other programs out; no cell of theirs can act as a formula."""

import pandas as pd

# What a spreadsheet takes for the start of a formula, also after spaces.
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_literal(cell: object) -> object:
    """The cell as a spreadsheet will show it; text that would act gets an apostrophe in front."""
    if not isinstance(cell, str):
        return cell
    bare = cell.lstrip(" \u00a0\u3000\ufeff\u200b")
    return "'" + cell if bare.startswith(STARTS) and not _is_number(bare) else cell


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV for spreadsheets: UTF-8 with mark, RFC 4180, every text neutralised."""
    safe = frame.map(csv_literal)
    safe.columns = [csv_literal(str(name)) for name in frame.columns]
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig", "replace")


def _is_number(words: str) -> bool:
    body = words[1:] if words[:1] in "+-" else words
    return body.replace(".", "", 1).isdigit() and body.isascii()
