"""Uploads as people really make them: each a pair of files, and what must come of it."""

import gzip
import json
import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tests.core.data.written import (
    archive,
    csr,
    did,
    lying_npy,
    many,
    named_archive,
    npy,
    parquet,
    pickled_npy,
    saved,
    swelling_parquet,
    workbook,
)
from textrec_core.data import intake, mapping, tables
from textrec_core.data.dataset import Dataset
from textrec_core.data.intake import Intake

Check = Callable[[Dataset, Intake], bool]
GOOD = b"user,item,rating\na,x,5\na,y,4\nb,x,3\nb,z,2\nc,y,1\n"
ITEMS = b"item,title,text\nx,Ex,A film about letters\ny,Why,A film about questions\nz,Zed,A film about sleep\n"


@dataclass(frozen=True)
class Case:
    """What is uploaded; ``refused`` are words the refusal must hold, ``check`` a truth about what was built."""

    name: str
    make: Callable[[], tuple[bytes | None, bytes | None]]
    refused: tuple[str, ...] = ()
    check: Check | None = None
    deadly: bool = False


def load(interactions: bytes | None, items: bytes | None) -> tuple[Dataset, Intake]:
    """The road every upload takes when nobody corrects anything."""
    did = None if interactions is None else tables.read(interactions, "interactions")
    about = None if items is None else tables.read(items, "items")
    return intake.build("test", did, about, mapping.guess(did, about))


def faults(account: Intake, words: str, rows: list[int] | None = None) -> bool:
    """Whether rows were set aside for that reason, and at which places."""
    found = account.faulty[account.faulty["reason"].str.contains(words, regex=False)]
    return len(found) > 0 and (rows is None or found["row"].tolist() == rows)


def alone(data: bytes) -> Callable[[], tuple[bytes | None, bytes | None]]:
    return lambda: (data, None)


def about(data: bytes) -> Callable[[], tuple[bytes | None, bytes | None]]:
    return lambda: (GOOD, data)


def same(data: Dataset, _: Intake) -> bool:
    """Nothing was lost of the five sound interactions."""
    return data.interactions == 5 and sorted(data.users) == ["a", "b", "c"] and sorted(data.items) == ["x", "y", "z"]


def noted(words: str) -> Check:
    return lambda data, account: same(data, account) and any(words in note for note in account.notes)


def titled(title: str) -> Check:
    """The title is kept to the letter."""
    return lambda data, _: title in set(data.titles)


FORMS = [
    Case("plain", alone(GOOD), check=same),
    Case("no header", alone(GOOD.split(b"\n", 1)[1]), check=noted("first row is data")),
    Case("utf-8 mark", alone(b"\xef\xbb\xbf" + GOOD), check=same),
    Case("utf-16 with mark", alone(GOOD.decode().encode("utf-16")), check=noted("utf-16")),
    Case("utf-16 without mark", alone(GOOD.decode().encode("utf-16-le")), check=noted("utf-16-le")),
    Case("utf-16 big-endian without mark", alone(GOOD.decode().encode("utf-16-be")), check=noted("utf-16-be")),
    Case("utf-32", alone(GOOD.decode().encode("utf-32")), check=noted("utf-32")),
    Case("semicolon", alone(GOOD.replace(b",", b";")), check=noted("semicolon")),
    Case("decimal comma", alone(b"user;item;count\na;x;4,5\na;y;10,25\nb;x;0,5\n"),
         check=lambda data, _: sorted(data.matrix.data.tolist()) == [0.5, 4.5, 10.25]),
    Case("sep line", alone(b"sep=;\r\n" + GOOD.replace(b",", b";")), check=same),
    Case("tab", alone(GOOD.replace(b",", b"\t")), check=noted("tab")),
    Case("bar", alone(GOOD.replace(b",", b"|")), check=noted("bar")),
    Case("double colon", alone(b"1::11::5::978300760\n1::12::3::978302109\n2::11::4::978301968\n"),
         check=lambda data, _: data.interactions == 3 and data.times is not None),
    Case("carriage returns only", alone(GOOD.replace(b"\n", b"\r")), check=same),
    Case("windows line ends", alone(GOOD.replace(b"\n", b"\r\n")), check=same),
    Case("no last line end", alone(GOOD.rstrip()), check=same),
    Case("blank lines", alone(GOOD.replace(b"\n", b"\n\n")), check=noted("blank")),
    Case("gzip", alone(gzip.compress(GOOD)), check=noted("gzip")),
    Case("zip of one", alone(archive(ratings_dot_csv=GOOD)), check=noted("zip")),
    Case("zip with side files", alone(named_archive({"__MACOSX/._r.csv": b"junk", "r.csv": GOOD, ".DS_Store": b"x"})), check=same),
    Case("json records", alone(json.dumps([{"user": u, "item": i} for u, i in ("ax", "ay", "bx", "bz", "cy")]).encode()), check=same),
    Case("json lines", alone(b'{"user":"a","item":"x"}\n{"user":"a","item":"y"}\n{"user":"b","item":"x"}\n'
                             b'{"user":"b","item":"z"}\n{"user":"c","item":"y"}\n'), check=same),
    Case("json wrapped", alone(b'{"data":[{"user":"a","item":"x"},{"user":"b","item":"y"}]}'),
         check=lambda data, _: data.interactions == 2),
    Case("json by column", alone(b'{"user":{"0":"a","1":"b"},"item":{"0":"x","1":"y"}}'), check=lambda data, _: data.interactions == 2),
    Case("parquet", alone(parquet(user=list("aabbc"), item=list("xyxzy"), rating=[5, 4, 3, 2, 1])), check=same),
    Case("workbook", alone(workbook({"r": [["user", "item", "rating"], ["a", "x", 5], ["a", "y", 4], ["b", "x", 3],
                                           ["b", "z", 2], ["c", "y", 1]]})), check=same),
    Case("sparse matrix", alone(csr()), check=lambda data, _: data.matrix.shape == (3, 3) and data.matrix.data.sum() == 10),
    Case("sparse csc", alone(saved(sparse.csc_array(np.eye(4)))), check=lambda data, _: data.interactions == 4),
    Case("sparse coo", alone(saved(sparse.coo_array(np.eye(4)))), check=lambda data, _: data.interactions == 4),
    Case("wide matrix", alone(b"user,x,y,z\na,5,4,\nb,3,,2\nc,,1,\n"), check=same),
]  # fmt: skip

EMPTY = [
    Case("no byte", alone(b""), ("empty",)),
    Case("blank", alone(b" \n\n \n"), ("no rows",)),
    Case("header only", alone(b"user,item,rating\n"), ("user, item, rating", "no rows")),
    Case("one line without an end", alone(b"user,item,rating"), ("user, item, rating", "no rows")),
    Case("mark only", alone(b"\xef\xbb\xbf"), ("no rows",)),
    Case("empty gzip", alone(gzip.compress(b"")), ("empty",)),
    Case("empty zip", alone(named_archive({})), ("no file",)),
    Case("zip of an empty file", alone(archive(a_dot_csv=b"")), ("empty",)),
    Case("empty json list", alone(b"[]"), ("without records",)),
    Case("empty records", alone(b"[{},{}]"), ("empty",)),
    Case("empty workbook", alone(workbook({"a": []})), ("no cell",)),
    Case("empty matrix", alone(saved(sparse.csr_array((3, 3)))), ("without a single entry",)),
    Case("one column", alone(b"user\na\nb\n"), ("only one column",)),
    Case("one table missing", lambda: (None, None), ("no table",)),
    Case("all ids empty", alone(b"user,item\n,\n,\n,\n"), ("no row", "can be used")),
]

FOREIGN = [
    Case("png", alone(b"\x89PNG\r\n\x1a\n" + bytes(range(256))), ("PNG",)),
    Case("pdf", alone(b"%PDF-1.7\n1 0 obj\n"), ("PDF",)),
    Case("html page", alone(b"<!DOCTYPE html><html><body>404</body></html>"), ("HTML",)),
    Case("xml", alone(b'<?xml version="1.0"?><a/>'), ("XML",)),
    Case("lfs pointer", alone(b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3\n"), ("LFS",)),
    Case("pickle", alone(pickle.dumps({"user": ["a"]})), ("pickle",)),
    Case("torch file", alone(named_archive({"archive/data.pkl": b"\x80\x02."})), ("pickle",)),
    Case("old excel", alone(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), ("Excel",)),
    Case("word document", alone(named_archive({"word/document.xml": b"<w/>"})), ("Word",)),
    Case("random bytes", alone(np.random.default_rng(0).bytes(5_000)), ("interactions",)),
    Case("mostly zeros", alone(GOOD + b"\0" * 5_000), ("binary",)),
    Case("broken json", alone(b'[{"user": "a", "item": "x"'), ("JSON",)),
    Case("json number list", alone(b"[1, 2, 3]"), ("JSON",)),
    Case("json nested deep", alone(b"[" * 100_000), ("JSON",), deadly=True),
    Case("prose", alone(b"Dear all,\nplease find the data attached\n\nBest wishes\n"), ("interactions",)),
]

PACKED = [
    Case("cut gzip", alone(gzip.compress(many(2_000))[:-400]), ("cut",)),
    Case("gzip with a flipped byte", alone(gzip.compress(GOOD)[:-6] + b"\1\2\3\4\5\6"), ("damaged",)),
    Case("gzip bomb", lambda: (gzip.compress(b"0" * (64 << 20)), None), ("expands",), deadly=True),
    Case("zip bomb", lambda: (archive(a_dot_csv=b"0" * (64 << 20)), None), ("expands",), deadly=True),
    Case("npz bomb", lambda: (csr(data=np.zeros(8 << 20)), None), ("damaged",), deadly=True),
    Case("zip of two tables", alone(archive(a_dot_csv=GOOD, b_dot_csv=ITEMS)), ("2 files", "a.csv")),
    Case("zip in a zip", alone(archive(a_dot_zip=archive(b_dot_csv=GOOD))), ("archive inside an archive",)),
    Case("gzip in gzip", alone(gzip.compress(gzip.compress(GOOD))), ("archive inside an archive",)),
    Case("zip in gzip", alone(gzip.compress(archive(a_dot_csv=GOOD))), ("archive inside an archive",)),
    Case("zip that climbs out", alone(named_archive({"../../etc/passwd": GOOD})), ("unsafe name",)),
    Case("zip with an absolute name", alone(named_archive({"/etc/passwd": GOOD})), ("unsafe name",)),
    Case("zip of too many", lambda: (named_archive({f"{n}.csv": b"a" for n in range(1_200)}), None), ("1,200 files",)),
    Case("cut zip", alone(archive(a_dot_csv=many(2_000))[:-60]), ("damaged",)),
    Case("zip with a false size", lambda: (archive(a_dot_csv=GOOD).replace(struct.pack("<I", len(GOOD)), struct.pack("<I", 9)), None), ("damaged",)),
    Case("workbook of formulas", alone(workbook({"r": [["user", "item", "rating"], ["a", "x", ("2+3", 5)], ["a", "y", ("1+1", 4)],
                                                       ["b", "x", 3], ["b", "z", 2], ["c", "y", 1]]})), check=same),
    Case("workbook of two sheets", alone(workbook({"one": [["user", "item"], ["a", "x"], ["b", "y"]], "two": [["p", "q"], [1, 2]]})),
         check=lambda data, account: data.interactions == 2 and any("two" in note for note in account.notes)),
    Case("workbook with many empty rows", lambda: (workbook({"r": [["user", "item"], ["a", "x"], ["b", "y"]]},
         "".join(f'<row r="{n}"/>' for n in range(4, 200_000)) + '<row r="1000000"><c r="A1000000"/></row>'), None),
         check=lambda data, _: data.interactions == 2, deadly=True),
    Case("workbook with one cell far off", alone(workbook({"r": [["user", "item"], ["a", "x"]]},
         '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), ("1,048,576 rows by 16,384",), deadly=True),
    Case("workbook of one long text used often", lambda: (workbook({"r": [["user", "item"]]},
         "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 30_000)), "x" * 60_000), None), ("expands",), deadly=True),
    Case("workbook cut", alone(workbook({"r": [["user", "item"], ["a", "x"]]})[:-30]), ("damaged",)),
    Case("workbook without sheets", alone(named_archive({"xl/workbook.xml": b"<workbook/>"})), ("interactions",), deadly=True),
    Case("parquet that swells", lambda: (swelling_parquet(), None), ("expands",), deadly=True),
    Case("cut parquet", alone(parquet(user=list("ab"), item=list("xy"))[:-20]), ("Parquet",), deadly=True),
    Case("damaged parquet", alone(b"PAR1" + b"\xff" * 200 + b"PAR1"), ("Parquet",), deadly=True),
]  # fmt: skip

MATRICES = [
    Case(
        "column beyond the shape",
        alone(csr(indices=np.array([0, 1, 0, 99_999_999], np.int32))),
        ("damaged", "99,999,999"),
        deadly=True,
    ),
    Case("negative column", alone(csr(indices=np.array([0, 1, 0, -7], np.int32))), ("damaged", "-7"), deadly=True),
    Case(
        "row starts that fall",
        alone(csr(indptr=np.array([0, 3, 1, 4], np.int32))),
        ("damaged", "row starts"),
        deadly=True,
    ),
    Case(
        "row starts beyond the data", alone(csr(indptr=np.array([0, 2, 3, 999], np.int32))), ("damaged",), deadly=True
    ),
    Case("row starts too few", alone(csr(indptr=np.array([0, 4], np.int32))), ("damaged",), deadly=True),
    Case("absurd shape", alone(csr(shape=(2**40, 2**40))), ("shape",), deadly=True),
    Case("negative shape", alone(csr(shape=(-3, 3))), ("shape",), deadly=True),
    Case(
        "not a number in it",
        alone(csr(data=np.array([1.0, np.nan, 3.0, 4.0]))),
        ("damaged", "not numbers"),
        deadly=True,
    ),
    Case("fewer values than places", alone(csr(data=np.ones(2))), ("damaged",), deadly=True),
    Case("values of text", alone(csr(data=np.array(["a", "b", "c", "d"]))), ("plain numbers",), deadly=True),
    Case("complex values", alone(csr(data=np.ones(4, complex))), ("plain numbers",), deadly=True),
    Case("unknown form", alone(csr(format=np.array(b"xyz"))), ("format",), deadly=True),
    Case("pickle in npy", alone(pickled_npy()), ("pickle",), deadly=True),
    Case("pickle in npz", alone(csr(data=np.array([1, "a", None, {}], object))), ("pickle",), deadly=True),
    Case("npy that lies", alone(lying_npy()), ("declares",), deadly=True),
    Case("npy of three dimensions", lambda: (npy(np.ones((2, 2, 2))), None), ("dimensions",), deadly=True),
    Case("npy cut", lambda: (npy(np.ones((9, 9)))[:-8], None), ("damaged", "81 cells are declared"), deadly=True),
    Case(
        "npy with more than it says",
        lambda: (npy(np.ones((9, 9))) + b"more", None),
        ("damaged", "81 cells are declared"),
        deadly=True,
    ),
    Case("npy dense", lambda: (npy(np.eye(3)), None), check=lambda data, _: data.interactions == 3),
]


SHAPES = [
    Case("ragged here and there", alone(many(400, "u1,i1", "u2,i2,3,4")), check=lambda _, account: faults(account, "cells where", [402, 403])),
    Case("ragged everywhere", alone(did(*(["a,x,1", "b,y", "c,z,1,2"] * 50))), ("rows do not fit", "row 3")),
    Case("mixed delimiters", alone(GOOD + b"d;x;5\ne;y;4\nf;z;3\ng;z;3\n"), ("rows do not fit",)),
    Case("open quote", alone(many(100, '"u1,i1,5', *(["u2,i2,4"] * 50))), ("quote", "line 102", "never closed")),
    Case("open quote in the last cell", alone(many(100, 'u1,i1,"5', *(["u2,i2,4"] * 50))), ("line 102", "never closed")),
    Case("two open quotes", alone(many(100, '"u1,i1,5', *(["u2,i2,4"] * 50), '"u3,i3,5', "u4,i4,5")), ("never closed",)),
    Case("quoted line end", about(b'item,title,text\nx,"Ex, the ""first""","One\nand two"\ny,Why,B\nz,Zed,C\n'), check=titled('Ex, the "first"')),
    Case("twice the same name", alone(b"user,item,item\na,x,y\n"), ("more than one column named 'item'",)),
    Case("hundred thousand columns", alone(b",".join(b"c%d" % n for n in range(100_000)) + b"\n"), ("100,000 columns", "1,000"), deadly=True),
    Case("ten million columns", lambda: (b"," * 10_000_000, None), ("columns",), deadly=True),
    Case("line of 50 MB", lambda: (GOOD + b"d,x," + b"1" * (50 << 20), None), check=lambda _, account: faults(account, "weight"), deadly=True),
    Case("line of 50 MB without end", lambda: (b"x" * (50 << 20), None), ("interactions",), deadly=True),
    Case("cell of 1 MB", about(ITEMS + b"w,Wide," + b"long " * 200_000 + b"\n"),
         check=lambda data, account: max(map(len, data.texts)) <= 100_000 and any("cut at" in note for note in account.notes)),
    Case("NUL bytes", alone(many(100) + b"a\0b,x,5\n"), check=lambda data, account: "ab" in data.users and any("NUL" in n for n in account.notes)),
    Case("bytes that are not utf-8", alone(many(300).replace(b"u7,", "ü7,".encode()) + b"\xff\xfe,i1,5\n"),
         check=lambda _, account: faults(account, "not UTF-8", [302]) and any("the first at byte" in n for n in account.notes)),
    Case("rows that do not fit before bytes that are not utf-8",
         alone(many(300, "a,b", "ü,i1,5", "ü,i2,5", "ü,i3,5").replace(b"u7,", "ü7,".encode()) + b"\xff,i1,5\n"),
         check=lambda _, account: faults(account, "not UTF-8", [306]) and faults(account, "cells where", [302])),
    Case("latin-1", about("item,title\nx,Café René\ny,Amélie\nz,Zoë\n".encode("latin-1")), check=titled("Café René")),
    Case("windows-1252", about("item,title\nx,“Quoted” – dash\ny,Amélie\nz,Zoë\n".encode("cp1252")), check=titled("“Quoted” – dash")),
    Case("shift-jis", about("item,title\nx,七人の侍 東宝映画作品\ny,千と千尋の神隠し\nz,となりのトトロ\n".encode("cp932")), check=titled("千と千尋の神隠し")),
]  # fmt: skip

IDS = [
    Case("leading zeros", alone(did("007,x,5", "7,x,4", "7,y,3")), check=lambda data, _: sorted(data.users) == ["007", "7"]),
    Case("told apart by zeros only", alone(did("007,x,5", "7,x,4", "7.0,y,3")),
         check=lambda data, account: data.users.size == 3 and any("zeros only" in note and "2 person ids" in note for note in account.notes)),
    Case("twenty digits", alone(did("12345678901234567890,x,5", "12345678901234567891,y,4")), check=lambda data, _: data.users.size == 2),
    Case("past two to the 53", alone(did("9007199254740993,x,5", "9007199254740992,y,4")), check=lambda data, _: data.users.size == 2),
    Case("past two to the 53 in json", alone(b'[{"user":9007199254740993,"item":1},{"user":9007199254740992,"item":2}]'),
         check=lambda data, _: sorted(data.users) == ["9007199254740992", "9007199254740993"]),
    Case("past two to the 53 in parquet", alone(parquet(user=[2**53, 2**53 + 1], item=["x", "y"])), check=lambda data, _: data.users.size == 2),
    Case("numbers by exponent", alone(did("1e5,x,5", "100000,y,4")), check=lambda data, _: sorted(data.users) == ["100000", "1e5"]),
    Case("mangled by a spreadsheet", alone(did("1.23E+05,x,5", "SEPT2,y,4")),
         check=lambda data, account: "SEPT2" in data.users and any("spreadsheet" in note for note in account.notes)),
    Case("NA null None nan true", alone(did("NA,x,5", "null,x,4", "None,y,3", "nan,y,3", "true,x,1", "NaN,z,2")),
         check=lambda data, account: data.users.size == 6 and account.faulty.empty),
    Case("id missing", alone(did("a,x,5", ",y,4", "b,,3", "b,x,3")), check=lambda data, account: faults(account, "no person id", [3])
         and faults(account, "no item id", [4]) and data.interactions == 2),
    Case("spaces around", alone(did("a,x,5", " a ,y,4", "b,x ,3")),
         check=lambda data, account: sorted(data.users) == ["a", "b"] and any("spaces" in effect.sentence for effect in account.effects)),
    Case("id of 10 kB", alone(did("a,x,5", "b" * 10_000 + ",y,4", "c,y,3")), check=lambda data, account: faults(account, "longer than 256", [3])),
    Case("combining marks", alone(did("caf\u00e9,x,5", "cafe\u0301,y,4", "b,x,1")), check=lambda data, _: data.users.size == 2),
    Case("right to left", alone(did("\u05d3\u05e0\u05d9,x,5", "\u0639\u0645\u0631,y,4")), check=lambda data, _: data.users.size == 2),
    Case("turning marks", alone(did("a\u202e,x,5", "a,y,4", "b,y,3")), check=lambda data, _: sorted(data.users) == ["a", "b"]),
    Case("formulas as ids", alone(did("=cmd|' /C calc'!A0,x,5", "+1,y,4", "@b,x,3")), check=lambda data, _: "=cmd|' /C calc'!A0" in data.users),
]  # fmt: skip

WEIGHTS = [
    Case("weight missing or text", alone(did("a,x,5", "a,y,", "b,x,five", "b,y,4")),
         check=lambda data, account: data.interactions == 2 and faults(account, "no weight", [3]) and faults(account, "not a number", [4])),
    Case("weight nan", alone(did("a,x,5", "a,y,nan", "b,y,4")), check=lambda _, account: faults(account, "not a number", [3])),
    Case("weight infinite", alone(did("a,x,5", "a,y,inf", "b,y,1e400", "b,x,3")), check=lambda _, account: faults(account, "infinite", [3, 4])),
    Case("weight huge", alone(did("a,x,5", "a,y,1e38", "b,x,3")), check=lambda _, account: faults(account, "beyond", [3])),
    Case("weight huge among ratings", alone(did("a,x,5", "a,y,4", "b,x,1e38", "b,y,1")),
         check=lambda data, account: set(data.matrix.data) == {1.0} and faults(account, "beyond", [4])),
    Case("ratings all alike", alone(did("a,x,3", "b,y,3")), check=lambda _, account: any("All weights" in n for n in account.notes)),
    Case("durations", alone(did("a,x,0:03:25", "a,y,1:00:00", "b,x,0:10", "b,y,soon", head="user,item,duration")),
         check=lambda data, account: sorted(data.matrix.data.tolist()) == [10.0, 205.0, 3600.0] and faults(account, "not a number", [5])
         and any("read as seconds" in n for n in account.notes)),
    Case("weight tiny", alone(did("a,x,5", "a,y,1e-50", "b,x,3", head="user,item,count")), check=lambda data, _: data.interactions == 2),
    Case("likes and dislikes", alone(did("a,x,-10", "a,y,10", "b,x,3")), ("below zero", "-10 to 10")),
    Case("all zero", alone(did("a,x,0", "b,y,0")), ("no positive interaction",)),
    Case("all negative", alone(did("a,x,-1", "b,y,-1")), ("below zero",)),
    Case("all alike", alone(did("a,x,3", "b,y,3", head="user,item,count")), check=lambda _, account: any("All weights" in n for n in account.notes)),
    Case("thousands and decimals", alone(b'user;item;count\na;x;1,234.5\nb;y;1.234,5\n'), ("two ways", "count")),
    Case("thousands only", alone(b'user;item;count\na;x;1,234\nb;y;5,678\n'), ("two ways",)),
    Case("repeats", alone(did("a,x,2", "a,x,3", "b,y,1", head="user,item,count")),
         check=lambda data, account: sorted(data.matrix.data) == [1, 5] and any(e.repair == "duplicates" for e in account.effects)),
    Case("all people alike", alone(did(*(f"u{n},x,5" for n in range(9)))), check=lambda data, _: data.matrix.shape == (9, 1)),
    Case("one person", alone(did("a,x,5", "a,y,4")), check=lambda data, account: data.users.size == 1 and any("two people" in n for n in account.notes)),
    Case("one of each", alone(did("a,x,5")), check=lambda data, _: data.matrix.shape == (1, 1)),
    Case("a person who has everything", alone(GOOD + b"d,x,1\nd,y,1\nd,z,1\n"), check=lambda data, _: data.history(data.user_row("d")).size == 3),
]  # fmt: skip

TIMES = [
    Case(f"dates written {style}", alone(f"user,item,date\na,x,{one}\nb,y,{two}\n".encode()),
         check=lambda data, _: sorted(int(t) // 86_400 for t in data.times) == [18_321, 18_993])
    for style, one, two in [
        ("in seconds", "1582934400", "1640995200"),
        ("in milliseconds", "1582934400000", "1640995200000"),
        ("as ISO days", "2020-02-29", "2022-01-01"),
        ("as ISO moments", "2020-02-29T00:00:00Z", "2022-01-01T01:00:00+01:00"),
        ("with points", "29.02.2020", "01.01.2022"),
        ("with slashes", "2020/02/29", "2022/01/01"),
        ("with month names", "29-Feb-2020", "01-Jan-2022"),
        ("in words", '"February 29, 2020"', '"January 1, 2022"'),
        ("day first", "29/02/2020", "01/01/2022"),
        ("compact", "20200229", "20220101"),
    ]
]  # fmt: skip
TIMES += [
    Case("impossible dates", alone(did(*(f"u{n},i{n % 3},2020-01-{1 + n:02d}" for n in range(30)), "v,i1,2020-02-31", "w,i1,9999-01-01",
                                       head="user,item,date")), check=lambda data, account: data.interactions == 30
         and faults(account, "time", [32, 33])),
    Case("day or month", alone(did("a,x,03/04/2020", "b,y,05/06/2020", head="user,item,date")), ("day first or month first",)),
    Case("times far off", alone(did(*(f"u{n},i{n % 3},{1_500_000_000 + n}" for n in range(30)), "v,i1,-5", "w,i1,99999999999999999999",
                                    head="user,item,timestamp")), check=lambda _, account: faults(account, "time", [32, 33])),
]  # fmt: skip

WORDS = [
    Case(
        f"title with {name}",
        (lambda text: about(f'item,title\nx,"{text}"\ny,Why\nz,Zed\n'.encode()))(title.replace('"', '""')),
        check=titled(title),
    )
    for name, title in [
        ("html", "<b>Bold</b> & <i>slanted</i>"),
        ("script", "<script>alert(1)</script>"),
        ("an image that loads", '<img src=x onerror="alert(1)">'),
        ("markdown", "![x](http://evil.invalid/t.png) [a](javascript:alert(1))"),
        ("latex", "$$\\frac{a}{b}$$ and $x$"),
        ("comparison signs", "a<b & c>d"),
        ("a formula", "=HYPERLINK(1,2)"),
        ("3,000 characters", "long" * 750),
        ("emoji", "👩‍🚀 Gravity"),
    ]
]
WORDS += [
    Case("title with controls", about(b"item,title\nx,a\x07b\x1b[31m\ny,Why\nz,Zed\n"), check=titled("ab[31m")),
    Case("title that turns", about("item,title\nx,abc\u202edef\ny,Why\nz,Zed\n".encode()), check=titled("abcdef")),
    Case("no text in any", about(b"item,title,text\nx,Ex,\ny,Why, \nz,Zed,\n"), check=lambda data, _: set(data.texts) == {"Ex", "Why", "Zed"}),
    Case("item described twice", about(b"item,title\nx,Ex\nx,Other\ny,Why\nz,Zed\n"), ("more than once and differently", "'x'")),
    Case("item repeated alike", about(ITEMS + b"x,Ex,A film about letters\n"), check=lambda data, _: data.items.size == 3),
    Case("item without id", about(ITEMS + b",Nameless,nobody\n"), check=lambda _, account: faults(account, "no item id", [5])),
    Case("no id in common", about(b"item,title\nq,Cue\nr,Are\n"), ("no item id", "'x'", "'q'")),
    Case("ids as number and text", lambda: (did("a,1,5", "b,2,4", "b,3,4"), b"item,title\n01,One\n02,Two\n03,Three\n"), ("no item id",)),
    Case("ids nearly alike", lambda: (did("a,1,5", "b,2,4", "b,3,4"), b"item,title\n1,One\n02,Two\n03,Three\n"),
         check=lambda _, account: account.suggestion is not None and account.suggestion.matched == 3),
    Case("items nobody chose", about(ITEMS + b"w,Cold,A film about snow\n"), check=lambda data, _: data.items.size == 4 and data.popularity[3] == 0),
    Case("items not described", about(ITEMS.rsplit(b"z", 1)[0]), check=lambda data, account: account.overlap.only_interactions == 1),
    Case("item table alone", lambda: (None, ITEMS), check=lambda data, _: data.matrix.shape == (0, 3) and data.has_texts),
]  # fmt: skip

CASES = [*FORMS, *EMPTY, *FOREIGN, *PACKED, *MATRICES, *SHAPES, *IDS, *WEIGHTS, *TIMES, *WORDS]
