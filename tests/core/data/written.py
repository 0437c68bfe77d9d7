"""Files of every kind, written from plain values as other programs would write them."""

import io
import struct
import zipfile
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import sparse


def archive(**members: bytes) -> bytes:
    """A zip of the given members; a double underscore in a name stands for a slash."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def named_archive(members: dict[str, bytes]) -> bytes:
    """A zip whose member names are taken as they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return stream.getvalue()


def workbook(sheets: dict[str, list[list[object]]], extra: str = "", shared: str = "") -> bytes:
    """A small XLSX: text inline, numbers as numbers, (formula, value) as a computed cell."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(sheets, 1))
    related = "".join(
        f'<Relationship Id="r{at}" Type="{office}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{related}</Relationships>',
    }
    for at, rows in enumerate(sheets.values(), 1):
        body = "".join(_row(number, row) for number, row in enumerate(rows, 1)) + (extra if at == 1 else "")
        members[f"xl/worksheets/sheet{at}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
    if shared:
        members["xl/sharedStrings.xml"] = f'<sst xmlns="{main}"><si><t>{shared}</t></si></sst>'
    return named_archive({name: content.encode() for name, content in members.items()})


def _row(number: int, cells: list[object]) -> str:
    written = []
    for at, cell in enumerate(cells):
        place = f"{chr(65 + at)}{number}"
        if isinstance(cell, tuple):
            written.append(f'<c r="{place}"><f>{escape(cell[0])}</f><v>{cell[1]}</v></c>')
        elif isinstance(cell, str):
            written.append(f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
        else:
            written.append(f'<c r="{place}"><v>{cell}</v></c>')
    return f'<row r="{number}">{"".join(written)}</row>'


def csr(shape: tuple[int, int] = (3, 3), **parts: np.ndarray) -> bytes:
    """A saved csr matrix in which any part may be replaced by another."""
    whole = {
        "format": np.array(b"csr"), "shape": np.array(shape), "data": np.array([1.0, 2.0, 3.0, 4.0]),
        "indices": np.array([0, 1, 0, 2], np.int32), "indptr": np.array([0, 2, 3, 4], np.int32),
    }  # fmt: skip
    stream = io.BytesIO()
    np.savez(stream, **{**whole, **parts})
    return stream.getvalue()


def lying_npy() -> bytes:
    """A header that declares far more than follows."""
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999, 99999), }\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"\0" * 64


def saved(matrix: object) -> bytes:
    stream = io.BytesIO()
    sparse.save_npz(stream, matrix)
    return stream.getvalue()


def pickled_npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}, None], object), allow_pickle=True)
    return stream.getvalue()


def swelling_parquet() -> bytes:
    """A small file whose few long texts are used a million times."""
    words = pa.DictionaryArray.from_arrays(
        pa.array(np.arange(400_000) % 4, pa.int32()), ["x" * 90_000 + str(n) for n in range(4)]
    )
    stream = io.BytesIO()
    pq.write_table(pa.table({"user": words, "item": words}), stream, dictionary_pagesize_limit=1 << 26)
    return stream.getvalue()


def parquet(**columns: object) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


def did(*rows: str, head: str = "user,item,rating") -> bytes:
    """Interactions from written rows."""
    return "\n".join([head, *rows, ""]).encode()


def many(count: int, *odd: str) -> bytes:
    """Enough sound rows that a few odd ones are the exception."""
    return did(*(f"u{n % 50},i{n % 37},{1 + n % 5}" for n in range(count)), *odd)


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()
