"""A table too large to hold in; the same table with an even share of its people, each whole, out."""

from dataclasses import replace

from textrec_core.data import archives, mapping, sniff, tables
from textrec_core.data.delimited import People
from textrec_core.data.tables import Reading, Table
from textrec_core.errors import DataError
from textrec_core.limits import LIMITS, MEBI, Limits


def read_sample(data: bytes, label: str, share: float, limits: Limits = LIMITS, how: Reading | None = None) -> Table:
    """The rows of a share of the people, drawn evenly from busy to quiet; who is a person is guessed from the top."""
    how = how or Reading()
    inside, _ = archives.unpack(data, label, limits, how.member)
    top = inside[:MEBI]
    if len(inside) > MEBI:
        top = top[: max(top.rfind(b"\n"), top.rfind(b"\r")) + 1] or top
    text, _, _ = sniff.to_utf8(top, label, how.encoding)
    # The top is small, whatever is held to be too many rows.
    head = tables.read(text, label, replace(limits, rows=MEBI), replace(how, encoding=None, member=None))
    if head.kind not in {"csv", "tsv", "dat"}:
        raise DataError(
            f"{label} is too large, and only a table with one row per person and item can be sampled while it is read.",
            "Save it as CSV with a column for the person and one for the item.",
        )
    guessed = mapping.guess_interactions(mapping.columns_of(head), None).user
    if guessed is None:
        raise DataError(
            f"{label} is too large, and no column that names people is found to draw a sample by.",
            "Save it with a column called user.",
        )
    people = People(list(head.frame.columns).index(guessed), share)
    return tables.read(data, label, limits, replace(how, header=head.first_row > 1, people=people))
