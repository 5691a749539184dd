"""Hostile and broken files, made here: what each is, and the codes it must be refused with.

Run with a folder, it writes the corpus there; with ``--measure``, it reads every file of a folder in a process of its own
and prints, a JSON line a file, its codes, the CPU time and the memory it took.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from making import filing, packed, parts

from xltools.workbook.write import write_filing

SHEET = "xl/worksheets/sheet5.xml"
"""三、依申请公开, a sheet of cells."""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")

READ: tuple[str, ...] = ()
"""No error: the file is read like any other."""


@dataclass(frozen=True)
class Hostile:
    """A file of the corpus: how it is made, and the one code that must refuse it, or READ."""

    make: Callable[[], bytes]
    codes: tuple[str, ...]


CORPUS: dict[str, Hostile] = {}

Maker = Callable[[], bytes]


def hostile(name: str, *codes: str) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        assert name not in CORPUS, name
        CORPUS[name] = Hostile(make, codes)
        return make

    return register


def each(codes: tuple[str, ...], files: dict[str, Maker]) -> None:
    for name, make in files.items():
        hostile(name, *codes)(make)


@lru_cache(maxsize=1)
def good() -> bytes:
    return write_filing(filing({"requests.new.natural": 7, "requests.granted.natural": 7}))


@lru_cache(maxsize=1)
def good_parts() -> dict[str, bytes]:
    return parts(good())


def with_parts(changed: dict[str, bytes], *gone: str) -> bytes:
    return packed({k: v for k, v in {**good_parts(), **changed}.items() if k not in gone})


def patched(part: str, pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> bytes:
    text, times = re.subn(pattern, replacement, good_parts()[part].decode(), count=1, flags=re.DOTALL)
    assert times, (part, pattern)
    return with_parts({part: text.encode()})


def deflated(found: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, content in found.items():
            package.writestr(name, content)
    return out.getvalue()


def cells(content: str | bytes, head: str = "") -> bytes:
    """The filing with other rows on the sheet of cells, well packed."""
    rows = content.encode() if isinstance(content, str) else content
    sheet = f'<worksheet xmlns="{MAIN}">{head}<sheetData>'.encode() + rows + b"</sheetData></worksheet>"
    return deflated({**good_parts(), SHEET: sheet})


def cell(address: str, value: str = "1", more: str = "") -> bytes:
    """The filing with one cell more, in a row of its own."""
    number = re.search(r"^[A-Z]+([1-9][0-9]{0,6})$", address)
    row = f'<row r="{number[1]}">' if number else "<row>"
    return patched(SHEET, "</sheetData>", f'{row}<c r="{address}"{more}><v>{value}</v></c></row></sheetData>')


# ── no workbook at all ───────────────────────────────────────────────────────

each(
    ("file-not-workbook",),
    {
        "CSV": lambda: "单位,申请数\n数据局,12\n".encode("gbk"),
        "HTML": lambda: b"<!DOCTYPE html><html><body><table><tr><td>1</td></tr></table></body></html>",
        "HTML as old systems export it": lambda: b"\xef\xbb\xbf<table border=1></table>",
        "PDF": lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 8,
        "RTF": lambda: b"{\\rtf1\\ansi 12}",
        "JSON": lambda: b'{"values": {}}',
        "XML of Excel 2003": lambda: b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(500),
        "lock file": lambda: b"\x05zhang" + bytes(159),
        "zeros": lambda: bytes(20_000),
        "RAR": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(300),
        "program with a workbook behind": lambda: b"MZ" + bytes(600) + good(),
        "zip of something else": lambda: packed({"readme.txt": b"x"}),
        "empty zip": lambda: packed({}),
        "Word document": lambda: packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}),
    },
)
hostile("empty", "file-empty")(lambda: b"")

# ── broken containers ────────────────────────────────────────────────────────

each(
    ("file-damaged",),
    {
        "PK and no more": lambda: b"PK",
        "cut after a tenth": lambda: good()[: len(good()) // 10],
        "cut in half": lambda: good()[: len(good()) // 2],
        "cut before the end record": lambda: good()[:-22],
        "end record only": lambda: good()[-22:],
        "OLE rubbish": lambda: OLE + bytes(600),
        "OLE with no end": lambda: OLE + b"\xff" * 5000,
        ".ods rubbish": lambda: ods("<x"),
    },
)
hostile(".ods without a body", "form-foreign", "file-damaged")(lambda: ods("<x/>"))


def ods(content: str) -> bytes:
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return deflated({"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": content.encode()})


def ods_table(rows: str) -> bytes:
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = f'<office:body><office:spreadsheet><table:table table:name="x">{rows}</table:table></office:spreadsheet>'
    return ods(f"<office:document-content{names}>{body}</office:body></office:document-content>")


@hostile(".ods with a cell repeated over the whole sheet", "file-unsafe")
def ods_repeated() -> bytes:
    filled = '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="5"/>'
    return ods_table(f'<table:table-row table:number-rows-repeated="1048576">{filled}</table:table-row>')


@hostile(".ods with a far corner", "file-unsafe")
def ods_corner() -> bytes:
    filled = '<table:table-cell office:value-type="float" office:value="5"/>'
    far = '<table:table-cell table:number-columns-repeated="16383"/>' + filled
    return ods_table(
        f"<table:table-row>{filled}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048574"/>'
        f"<table:table-row>{far}</table:table-row>"
    )


hostile(".ods with entities", "file-unsafe")(lambda: ods(f"{LAUGHS}<x>&f;</x>"))


@hostile("workbook with a password", "file-encrypted")
def encrypted() -> bytes:
    """An OLE container with the streams that Office writes for a password."""
    names = "".join(name.ljust(32, "\0") for name in ("Root Entry", "EncryptionInfo", "EncryptedPackage"))
    return OLE + bytes(504) + names.encode("utf-16-le") + bytes(4096)


def ole(stream: bytes, chain: list[int] | None = None) -> bytes:
    """An OLE container of one stream: sector 0 is the table of sectors, 1 the directory, the stream stands from 2 on."""
    stream = stream.ljust(-(-max(len(stream), 4096) // 512) * 512, b"\0")
    count = len(stream) // 512
    table = [-3, -2, *(chain or [*range(3, count + 2), -2])]
    directory = b""
    for name, kind, start, size in (("Root Entry", 5, -2, 0), ("Workbook", 2, 2, len(stream))):
        text = (name + "\0").encode("utf-16-le")
        child = 1 if kind == 5 else -1
        directory += text.ljust(64, b"\0") + struct.pack("<HBBiii", len(text), kind, 1, -1, -1, child)
        directory += bytes(36) + struct.pack("<iQ", start, size)
    header = (
        OLE + bytes(16) + struct.pack("<HHHHHHIIIIIIiIiI", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, -2, 0, -2, 0)
    )
    header += struct.pack("<I", 0) + b"\xff" * 432
    return header + struct.pack(f"<{len(table)}i", *table).ljust(512, b"\xff") + directory.ljust(512, b"\0") + stream


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


@hostile(".xls with cells in opposite corners", "file-unsafe")
def xls_corners() -> bytes:
    begin, end = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6)), record(0x0A, b"")
    corners = b"".join(
        record(0x203, struct.pack("<HHHd", row, column, 0, 1.0)) for row, column in ((0, 0), (65535, 255))
    )
    return ole((begin + corners + end) * 8)


hostile(".xls whose sectors go round in a ring", "file-damaged")(lambda: ole(bytes(5120), [*range(3, 11), 2, -2]))
hostile(".xls of zeros", "file-damaged", "form-foreign")(lambda: ole(bytes(5120)))


@hostile("zip with encrypted entries", "file-encrypted")
def encrypted_entries() -> bytes:
    return flagged(lambda flags: flags | 1)


def flagged(change: Callable[[int], int]) -> bytes:
    """The filing with other flags in every entry of the zip's directory."""
    content = bytearray(good())
    for match in re.finditer(rb"PK\x01\x02", good()):
        at = match.start() + 8
        content[at : at + 2] = struct.pack("<H", change(struct.unpack_from("<H", content, at)[0]))
    return bytes(content)


def method(number: int) -> bytes:
    content = bytearray(good())
    for match in re.finditer(rb"PK\x01\x02", good()):
        content[match.start() + 10 : match.start() + 12] = struct.pack("<H", number)
    for match in re.finditer(rb"PK\x03\x04", good()):
        content[match.start() + 8 : match.start() + 10] = struct.pack("<H", number)
    return bytes(content)


@hostile("zip packed with LZMA", "file-damaged")
def lzma() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as package:
        for name, content in good_parts().items():
            package.writestr(name, content)
    return out.getvalue()


each(("file-damaged",), {f"zip packed by method {n}": lambda n=n: method(n) for n in (9, 12, 14, 97, 99)})


@hostile("wrong checksum in a sheet", "file-damaged")
def checksum() -> bytes:
    content = packed(good_parts())
    start = zipfile.ZipFile(io.BytesIO(content)).getinfo(SHEET).header_offset
    at = content.index(b"<sheetData>", start)
    return content[:at] + b"<sheetDatA>" + content[at + 11 :]


@hostile("two parts of one name", "file-unsafe")
def duplicated() -> bytes:
    out = io.BytesIO(packed(good_parts()))
    with zipfile.ZipFile(out, "a") as package:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            package.writestr(SHEET, good_parts()[SHEET].replace(b"<v>7</v>", b"<v>8</v>"))
    return out.getvalue()


# ── bombs ────────────────────────────────────────────────────────────────────

HUGE = 300 * 2**20


@lru_cache(maxsize=2)
def bomb(part: str) -> bytes:
    """The filing with a part of 300 MB, which packs into 300 kB."""
    return deflated({**good_parts(), part: b"<worksheet>" + b" " * HUGE})


each(
    ("file-unsafe",),
    {
        "bomb in a sheet": lambda: bomb(SHEET),
        "bomb in a picture nobody reads": lambda: bomb("xl/media/a.png"),
        "many parts": lambda: packed({**good_parts(), **{f"xl/media/{n}.png": b"" for n in range(5000)}}),
        "part of 41 MB": lambda: deflated({**good_parts(), SHEET: b"<worksheet>" + b" " * (41 * 2**20)}),
        "many small sheets": lambda: many_sheets(3000),
    },
)


def many_sheets(count: int) -> bytes:
    """One sheet under thousands of names, and one of the form's missing: each would be looked into."""
    book = good_parts()["xl/workbook.xml"].decode()
    entries = "".join(f'<sheet name="s{n}" sheetId="{n + 50}" r:id="rId5"/>' for n in range(count))
    book = book.replace("</sheets>", entries + "</sheets>").replace('name="四、复议诉讼"', 'name="四"')
    return with_parts({"xl/workbook.xml": book.encode()})


@hostile("bomb that gives a false size", "file-damaged")
def lying() -> bytes:
    content = bytearray(bomb(SHEET))
    for mark, at in ((rb"PK\x01\x02", 24), (rb"PK\x03\x04", 22)):
        for match in re.finditer(mark, bytes(content)):
            where = match.start() + at
            if struct.unpack_from("<I", content, where)[0] > HUGE:
                content[where : where + 4] = struct.pack("<I", 30_000)
    return bytes(content)


@hostile("many entries for one content", "file-unsafe")
def overlapping() -> bytes:
    """A directory that names one packed megabyte nine hundred times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b" " * 2**20)
        first = package.infolist()[0]
        for n in range(900):
            twin = zipfile.ZipInfo(f"xl/{n}.xml")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, name, getattr(first, name))
            package.filelist.append(twin)
    return out.getvalue()


# ── definitions and entities ─────────────────────────────────────────────────

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {n} "{f"&{p};" * 30}">' for p, n in zip("abcde", "bcdef", strict=True))
    + "]>"
)
SECRET = '<!DOCTYPE x [<!ENTITY s SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'

PARSED = {
    "workbook": "xl/workbook.xml",
    "sheet": SHEET,
    "texts": "xl/sharedStrings.xml",
    "properties": "docProps/custom.xml",
    "record": "docProps/core.xml",
    "relations": "_rels/.rels",
    "the workbook's relations": "xl/_rels/workbook.xml.rels",
}
UNPARSED = {"content types": "[Content_Types].xml", "theme": "xl/theme/theme1.xml", "application": "docProps/app.xml"}
"""Parts that nobody looks into."""


def declared(part: str, doctype: str) -> str:
    return good_parts()[part].decode().replace("?>", f"?>{doctype}", 1)


def encoded(part: str, doctype: str, encoding: str, mark: bytes = b"", replaced: tuple[str, str] = ("", "")) -> bytes:
    text = declared(part, doctype).replace("UTF-8", encoding, 1).replace(*replaced, 1)
    return with_parts({part: mark + text.encode(encoding)})


for _name, _part in PARSED.items():
    each(
        ("file-unsafe",),
        {
            f"entities in the {_name}": lambda p=_part: with_parts({p: declared(p, LAUGHS).encode()}),
            f"file entity in the {_name}": lambda p=_part: with_parts({p: declared(p, SECRET).encode()}),
            f"remote definition in the {_name}, UTF-16": lambda p=_part: encoded(p, REMOTE, "UTF-16"),
        },
    )
for _name, _part in UNPARSED.items():
    each(READ, {f"entities in the {_name}": lambda p=_part: with_parts({p: declared(p, LAUGHS).encode()})})

each(
    ("file-unsafe",),
    {
        "parameter entity": lambda: with_parts({SHEET: declared(SHEET, PARAMETER).encode()}),
        "entity in a style of a date": lambda: dated_with_entities(),
        "definition in UTF-16 without a mark": lambda: encoded(SHEET, SECRET, "UTF-16LE"),
        "definition in UTF-16, the other way": lambda: encoded(SHEET, SECRET, "UTF-16BE", b"\xfe\xff"),
        "definition in a large sheet, UTF-16": lambda: large_utf16(),
    },
)
each(("file-unsafe", "file-damaged"), {"definition in UTF-7": lambda: utf7(), "definition in EBCDIC": lambda: ebcdic()})


@hostile("entities in an attribute, UTF-16", "file-unsafe", "file-damaged")
def entities_in_attribute() -> bytes:
    return encoded(SHEET, LAUGHS, "UTF-16", replaced=("<row ", '<row a="&f;" '))


def dated_with_entities() -> bytes:
    sheet = good_parts()[SHEET].decode().replace("<v>7</v>", "<v>45355</v>", 1)
    return with_parts({SHEET: sheet.encode(), "xl/styles.xml": declared("xl/styles.xml", LAUGHS).encode()})


def large_utf16() -> bytes:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(100, 160_000))
    text = declared(SHEET, SECRET).replace("UTF-8", "UTF-16", 1).replace("</sheetData>", rows + "</sheetData>")
    return deflated({**good_parts(), SHEET: text.encode("utf-16")})


def utf7() -> bytes:
    head = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x +AFsAPAAh-ENTITY a +ACI-1+ACIAPgBdAD4-'
    return with_parts({SHEET: head + b"<worksheet/>"})


def ebcdic() -> bytes:
    return with_parts({SHEET: declared(SHEET, SECRET).replace("UTF-8", "IBM037").encode("cp037", "replace")})


# ── relations and names ──────────────────────────────────────────────────────

BOOK_RELATIONS = "xl/_rels/workbook.xml.rels"


def targeted(target: str, mode: str = "", of: str = "worksheets/sheet5.xml") -> bytes:
    return patched(BOOK_RELATIONS, f'Target="{of}"', f'Target="{target}"{mode}')


EXTERNAL = ' TargetMode="External"'
each(
    ("file-damaged",),
    {
        "sheet elsewhere": lambda: targeted("http://127.0.0.1:9/a.xml", EXTERNAL),
        "sheet on a share": lambda: targeted("file://///127.0.0.1/a.xml", EXTERNAL),
        "sheet in the file system": lambda: targeted("/etc/passwd"),
        "sheet outside the package": lambda: targeted("../../../../../../etc/passwd"),
        "sheet by a file's address": lambda: targeted("file:///etc/passwd"),
        "sheet without a part": lambda: with_parts({}, SHEET),
        "sheet with an empty part": lambda: with_parts({SHEET: b""}),
        "texts without a part": lambda: with_parts({}, "xl/sharedStrings.xml"),
        "texts elsewhere": lambda: targeted("http://127.0.0.1:9/a.xml", EXTERNAL, "sharedStrings.xml"),
        "no relations of the workbook": lambda: with_parts({}, BOOK_RELATIONS),
        "sheet that is a text": lambda: with_parts({SHEET: "本年收到申请 12 件".encode()}),
        "sheet cut off": lambda: with_parts({SHEET: good_parts()[SHEET][:3000]}),
        "workbook cut off": lambda: with_parts({"xl/workbook.xml": good_parts()["xl/workbook.xml"][:500]}),
        "two sheets of one name": lambda: patched("xl/workbook.xml", 'name="四、复议诉讼"', 'name="三、依申请公开"'),
    },
)
each(
    ("file-not-workbook",),
    {
        "no workbook part": lambda: with_parts({}, "xl/workbook.xml"),
        "workbook elsewhere": lambda: (
            patched("_rels/.rels", 'Target="xl/workbook.xml"', f'Target="http://x/"{EXTERNAL}')
            and with_parts(
                {"_rels/.rels": good_parts()["_rels/.rels"].replace(b"xl/workbook.xml", b"http://127.0.0.1:9/w.xml")}
            )
        ),
        "workbook outside the package": lambda: patched("_rels/.rels", "xl/workbook.xml", "../../../etc/passwd"),
    },
)
each(
    ("form-foreign", "form-sheet-missing", "file-damaged"),
    {
        "workbook that is its own relations": lambda: patched("_rels/.rels", "xl/workbook.xml", "_rels/.rels"),
        "workbook that is a sheet": lambda: patched("_rels/.rels", "xl/workbook.xml", SHEET),
        "workbook without sheets": lambda: patched("xl/workbook.xml", "<sheets>.*</sheets>", "<sheets/>"),
    },
)


@hostile("every sheet is the workbook itself", "form-foreign", "file-damaged")
def cyclic() -> bytes:
    text = good_parts()[BOOK_RELATIONS].decode()
    return with_parts(
        {
            BOOK_RELATIONS: re.sub(r"worksheets/sheet\d+\.xml", "workbook.xml", text).encode(),
            "_rels/.rels": re.sub(rb"<Relationship [^>]*custom-properties[^>]*/>", b"", good_parts()["_rels/.rels"]),
        }
    )


@hostile("sheets without data", "cell-blank", "form-line-lost")
def no_data() -> bytes:
    empty = {p: f'<worksheet xmlns="{MAIN}"/>'.encode() for p in good_parts() if p.startswith("xl/worksheets/sheet")}
    return with_parts(empty)


each(
    READ,
    {
        "names that climb out of the folder": lambda: packed(
            {**good_parts(), "../../../../tmp/xltools-hostile": b"x", "/etc/xltools-hostile": b"x", "..\\..\\a": b"x"}
        ),
        "folders and odd names in the zip": lambda: packed({**good_parts(), "xl/": b"", "CON": b"", "a\x01b": b"x"}),
        "macros": lambda: packed({**good_parts(), "xl/vbaProject.bin": OLE + bytes(500)}),
        "chart sheet": lambda: chartsheet(),
        "links to other workbooks": lambda: links(),
        "property that names a file": lambda: patched(
            "docProps/custom.xml", "</property>", "</property><property name='x'><y>../../etc/passwd</y></property>"
        ),
    },
)


def chartsheet() -> bytes:
    book = good_parts()["xl/workbook.xml"].decode()
    book = book.replace("</sheets>", '<sheet name="图" sheetId="60" r:id="rId60"/></sheets>')
    relation = '<Relationship Id="rId60" Type="http://x/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>'
    relations = good_parts()[BOOK_RELATIONS].decode().replace("</Relationships>", relation)
    return with_parts(
        {
            "xl/workbook.xml": book.encode(),
            BOOK_RELATIONS: relations.encode(),
            "xl/chartsheets/sheet1.xml": f'<chartsheet xmlns="{MAIN}"/>'.encode(),
        }
    )


def links() -> bytes:
    link = f'<externalLink xmlns="{MAIN}"><externalBook/></externalLink>'.encode()
    relation = (
        '<Relationship Id="rId70" Type="http://x/externalLink" Target="externalLinks/externalLink1.xml"/>'
        '<Relationship Id="rId71" Type="http://x/worksheet" Target="http://127.0.0.1:9/" TargetMode="External"/>'
        "</Relationships>"
    )
    relations = good_parts()[BOOK_RELATIONS].decode().replace("</Relationships>", relation)
    return with_parts({BOOK_RELATIONS: relations.encode(), "xl/externalLinks/externalLink1.xml": link})


@hostile("property that asks for another edition", "edition-unknown")
def edition_path() -> bytes:
    return patched("docProps/custom.xml", r"(xltools_edition.*?<vt:lpwstr>)2021", r"\g<1>../../../../../../etc/passwd")


@hostile("property that asks for another supplement", "edition-unknown")
def supplement_path() -> bytes:
    more = (
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="40" name="xltools_supplements">'
        "<vt:lpwstr>../2021,/etc/passwd</vt:lpwstr></property></Properties>"
    )
    return patched("docProps/custom.xml", "</Properties>", more)


# ── cells ────────────────────────────────────────────────────────────────────

each(
    READ,
    {
        "cell in the far corner": lambda: cell("XFD1048576"),
        "a label in the far corner": lambda: cell("XFD1048576", "自然人", ' t="str"'),
        "dimension over the whole sheet": lambda: patched(SHEET, 'ref="A1:[A-Z0-9]+"', 'ref="A1:XFD1048576"'),
    },
)
hostile("merged cells over the whole sheet", "form-covered")(
    lambda: patched(SHEET, "<mergeCell ", '<mergeCell ref="A1:XFD1048576"/><mergeCell ')
)
each(
    ("file-damaged",),
    {
        **{
            f"cell at {address}": lambda address=address: cell(address)
            for address in ("XFE1", "A1048577", "A0", "A-1", "ZZZZ9", "A99999999999", "-1", "R1C1", "D8", "é8")
        },
        **{
            f"row number {number}": lambda number=number: patched(
                SHEET, "</sheetData>", f'<row r="{number}"><c t="str"><v>自然人</v></c></row></sheetData>'
            )
            for number in ("-5", "0", "99999999999", "1e9", "abc", "1048577", "9" * 50)
        },
        **{
            f"text number {number}": lambda number=number: cell("Z90", number, ' t="s"')
            for number in ("-1", "99999", "abc", "1.5", "9" * 50)
        },
        "text number of 5,000 digits": lambda: cell("Z90", "9" * 5000, ' t="s"'),
        "style that is no number": lambda: cell("Z90", "1", ' s="x"'),
        "tags within a value": lambda: cell("Z90", "1<b>2</b>3"),
        "formula of a million characters": lambda: patched(
            SHEET, "</sheetData>", f'<row><c r="Z90"><f>{"1+" * 500_000}1</f></c></row></sheetData>'
        ),
        "tags 100,000 deep": lambda: cells(b"<row>" + b"<c>" * 100_000 + b"</c>" * 100_000 + b"</row>"),
    },
)
each(
    ("file-unsafe",),
    {
        "a million cells": lambda: cells(
            b"".join(b'<row r="%d">' % (n + 50) + b"<c><v>1</v></c>" * 100 + b"</row>" for n in range(10_000))
        ),
        "350,000 cells": lambda: cells(
            b"".join(b'<row r="%d">' % (n + 50) + b"<c><v>1</v></c>" * 10 + b"</row>" for n in range(35_000))
        ),
        "two million empty cells": lambda: cells(b"<row>" + b"<c/>" * 2_000_000 + b"</row>"),
        "three million empty rows": lambda: cells(b"<row/>" * 3_000_000),
        "five million attributes": lambda: cells(b'<row a="" b="" c="" d="" e="" f="" g="" h="" i="" j=""/>' * 500_000),
        "an element of a million attributes": lambda: cells(
            b"<row " + b" ".join(b'a%d=""' % n for n in range(1_000_000)) + b"/>"
        ),
        "a text of 30 MB": lambda: cells(b'<row><c t="str"><v>' + b"x" * 30 * 2**20 + b"</v></c></row>"),
        "a million shared texts": lambda: deflated(
            {
                **good_parts(),
                "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'.encode() + b"<si><t/></si>" * 1_000_000 + b"</sst>",
            }
        ),
        "shared formula copied 100,000 times": lambda: shared_formula(),
    },
)


def shared_formula() -> bytes:
    """A few kilobytes that would grow to gigabytes if each copy were written out."""
    master = f'<row r="50"><c r="A50"><f t="shared" si="0" ref="A50:J20000">{"A1+" * 2500}1</f><v>1</v></c></row>'
    copies = "".join(f'<row r="{n}">' + '<c><f t="shared" si="0"/></c>' * 10 + "</row>" for n in range(51, 10_051))
    return cells(master + copies)


@hostile("45,000 cells with one label", "form-line-lost")
def labels_everywhere() -> bytes:
    """Every row claims to be a row of the form."""
    row = b'<c t="str"><v>\xe8\x87\xaa\xe7\x84\xb6\xe4\xba\xba</v></c>'
    return cells(b"".join(b'<row r="%d">' % (n + 1) + row * 10 + b"</row>" for n in range(4_500)))


@hostile("45,000 cells of figures", "form-line-lost")
def figures_everywhere() -> bytes:
    return cells(b"".join(b'<row r="%d">' % (n + 1) + b"<c><v>1234</v></c>" * 10 + b"</row>" for n in range(4_500)))


@hostile("a text of 32,000 line breaks", "cell-not-number")
def line_breaks() -> bytes:
    return patched(SHEET, '<c r="D9" s="(\\d+)"><v>0</v>', rf'<c r="D9" s="\1" t="str"><v>1{"&#10;" * 32_000}x</v>')


each(
    ("cell-too-large", "cell-not-number"),
    {
        f"number {name}": lambda value=value: patched(SHEET, "<v>7</v>", f"<v>{value}</v>")
        for name, value in {
            "1e999999999": "1e999999999", "of 5,000 digits": "9" * 5000, "NaN": "NaN", "-INF": "-INF", "1e308": "1e308",
            "with underscores": "1_0", "in other digits": "１２", "in hexadecimal": "0x10",
        }.items()
    },
)  # fmt: skip


# ── writing and measuring the corpus ─────────────────────────────────────────


def file_name(name: str) -> str:
    return f"{list(CORPUS).index(name):03d}_{re.sub(r'[^A-Za-z0-9-]+', '_', name)}.xlsx"


def write_corpus(folder: Path) -> dict[str, str]:
    """Writes every file; the names of the corpus by file name."""
    names = {}
    for name, item in CORPUS.items():
        file = file_name(name)
        assert file not in names, file
        (folder / file).write_bytes(item.make())
        names[file] = name
    return names


@dataclass(frozen=True)
class Measured:
    """What became of a file: its codes (errors of the file, or of what was read), seconds of CPU, megabytes above none."""

    file: str
    codes: tuple[str, ...]
    seconds: float
    megabytes: float
    problem: str = ""


def measure(folder: Path) -> Iterator[Measured]:
    """Reads every file of a folder, each in a process forked for it (POSIX)."""
    from xltools.collection.check import check_file

    warm = folder / "warm-up.tmp"
    warm.write_bytes(good())
    check_file(warm)
    least = _forked(warm)[1].ru_maxrss
    warm.unlink()
    for path in sorted(folder.glob("*.xlsx")):
        said, usage = _forked(path)
        seconds = usage.ru_utime + usage.ru_stime
        yield Measured(path.name, tuple(said["codes"]), seconds, (usage.ru_maxrss - least) / 1024, said["problem"])


def _forked(path: Path) -> tuple[dict[str, Any], Any]:
    """What ``check_file`` says of a file, and what it took; a process that dies or hangs is a problem told."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        _child(path, write)
    os.close(write)
    status, usage = _waited(child)
    with os.fdopen(read, "rb") as stream:
        said = stream.read()
    if status or not said:
        return {"codes": [], "problem": f"died: {status}"}, usage
    return json.loads(said), usage


def _child(path: Path, out: int) -> None:
    import resource

    from xltools.collection.check import check_file

    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
    said: dict[str, Any] = {"codes": [], "problem": ""}
    try:
        received = check_file(path)
        said["codes"] = sorted({f.code for f in received.findings if f.severity == "error"})
        assert all(f.message and f.remedy for f in received.findings)
        json.dumps([f.as_json() for f in received.findings])
    except BaseException as problem:
        said["problem"] = repr(problem)[:500]
    os.write(out, json.dumps(said).encode())
    os._exit(0)


def _waited(child: int) -> tuple[int, Any]:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return status, usage
        time.sleep(0.005)
    os.kill(child, 9)
    _, status, usage = os.wait4(child, 0)
    return status, usage


def main(arguments: list[str]) -> None:
    folder = Path(arguments[-1])
    folder.mkdir(parents=True, exist_ok=True)
    if "--measure" in arguments:
        for found in measure(folder):
            print(json.dumps(found.__dict__), flush=True)
    else:
        write_corpus(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
