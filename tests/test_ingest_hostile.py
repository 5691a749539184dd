"""Documents that are broken, huge, or made to harm: each ends in one clear finding, quickly, with nothing fetched."""

import io
import socket
import subprocess
import sys
import time
import zipfile
import zlib

import pytest
from making import run
from reports_made import as_docx, as_html, as_text, one_a_line, printed
from test_ingest_formats import made

from xltools.ingest.report import Asked, import_file, import_report

REPORT = printed(made("2021", 1))
TEXT = as_text(REPORT, one_a_line)
WORD = as_docx(REPORT)
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
ASKED = Asked(2023, "某镇", "1", "township")


def repacked(change):
    """The Word file with its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORD)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return out.getvalue()


def in_document(old, new):
    return repacked(lambda name, part: part.replace(old, new, 1) if name == "word/document.xml" else part)


def encrypted_word():
    content = bytearray(WORD)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def pdf(*objects, trailer=b""):
    """A PDF of given objects, the first its catalogue."""
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        body
        + head
        + table
        + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, len(body))
    )


def stream(content, more=b""):
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%s>>stream\n" % (len(packed), more) + packed + b"\nendstream"


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
SCANNED = pdf(CATALOG, PAGES, PAGE, stream(b"q 500 0 0 700 0 0 cm Q 0 0 300 300 re f"), FONT)
SECRET = pdf(CATALOG, PAGES, PAGE, stream(b""), FONT,
             b"<</Filter/Standard/V 1/R 2/P -4/O(" + b"x" * 32 + b")/U(" + b"y" * 32 + b")>>",
             trailer=b"/Encrypt 6 0 R/ID[(1)(2)]")  # fmt: skip
BOMB = pdf(CATALOG, PAGES, PAGE, stream(b"BT /F 1 Tf " + b"(aaaaaaaaaaaaaaaa) Tj " * 3_000_000 + b"ET"), FONT)
CIRCLE = pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>")

HOSTILE = {
    "empty": (b"", "a.txt", "import-not-document"),
    "white space": (b" \n\t ", "a.txt", "import-not-document"),
    "binary named .txt": (bytes(range(256)) * 40, "a.txt", "import-not-document"),
    "picture named .txt": (b"\x89PNG\r\n\x1a\n" + bytes(500), "a.txt", "import-not-document"),
    "picture named .docx": (b"\x89PNG\r\n\x1a\n" + bytes(500), "a.docx", "import-not-document"),
    "picture named .pdf": (b"\x89PNG\r\n\x1a\n" + bytes(500), "a.pdf", "import-damaged"),
    "picture named .html": (b"\x89PNG\r\n\x1a\n" + bytes(500), "a.html", "import-not-document"),
    "old .doc": (OLE, "a.doc", "import-not-document"),
    "old .doc named .docx": (OLE, "a.docx", "import-not-document"),
    "mark of UTF-16, odd bytes": (b"\xff\xfe" + "政府".encode("utf-16-le")[:3], "a.txt", "import-not-document"),
    "a long text": (b"1|" * 5_000_000, "a.txt", "import-unsafe"),
    "many lines": (b"x\n" * 100_000, "a.txt", "import-unsafe"),
    "many cells": (("一" + "|" * 500 + "\n").encode() * 1000, "a.txt", "import-unsafe"),
    "many rows in a part": ((REPORT.sections[1][0] + "\n" + "规章\n0\n" * 6000).encode(), "a.txt", "import-unsafe"),
    "no tables": ("今天天气很好。\n" * 40).encode(),
    "page nested deep": (b"<div>" * 50_000 + TEXT.encode(), "a.html", None),
    "table of one enormous span": (b"<table><tr><td colspan=99999 rowspan=99999>1<td>2</tr></table>" * 50, "a.html", None),
    "page of entities": (b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><p>&b;&b;</p>', "a.html", None),
    "Word without its document": (repacked(lambda n, p: p if n != "word/document.xml" else b""), "a.docx", "import-not-document"),
    "Word cut short": (WORD[: len(WORD) // 2], "a.docx", "import-damaged"),
    "Word with a password": (encrypted_word(), "a.docx", "import-encrypted"),
    "Word broken inside": (in_document(b"</w:p>", b""), "a.docx", "import-damaged"),
    "Word with a DOCTYPE": (
        in_document(b"<w:document", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document'), "a.docx", "import-unsafe"),
    "Word bomb": (in_document(b"<w:body>", b"<w:body>" + b"<w:p/>" * 12_000_000), "a.docx", "import-unsafe"),
    "Word of many tables": (
        in_document(b"<w:body>", b"<w:body>" + b"<w:tbl>" * 200 + b"</w:tbl>" * 200), "a.docx", None),
    "Word bomb of spaces": (repacked(lambda n, p: p if n != "word/document.xml" else b" " * 100_000_000), "a.docx", "import-unsafe"),
    "Word nested deep": (in_document(b"<w:body>", b"<w:body>" + b"<w:p>" * 5000), "a.docx", "import-"),
    "page of many cells": (b"<table>" + b"<tr>" + b"<td>1" * 500_000, "a.html", "import-unsafe"),
    "page of scripts and links": (b"<script>while(1);</script><img src=http://127.0.0.1:9/x><iframe src=//x>", "a.html", "import-"),
    "zip named .html": (b"PK\x03\x04" + bytes(500), "a.html", "import-damaged"),
    "words named .docx": (b"hello", "a.docx", "import-not-document"),
    "words named .pdf": (b"hello", "a.pdf", "import-damaged"),
    "an ending nobody knows": (b"hello", "a.rtf", "import-no-tables"),
    "a workbook": (b"PK" + bytes(100), "a.docx", "import-damaged"),
    "PDF cut short": (SCANNED[:60], "a.pdf", "import-damaged"),
    "PDF scanned": (SCANNED, "a.pdf", "import-no-text"),
    "PDF with a password": (SECRET, "a.pdf", "import-encrypted"),
    "PDF bomb": (BOMB, "a.pdf", "import-unsafe"),
    "PDF in a circle": (CIRCLE, "a.pdf", "import-"),
    "PDF of nothing": (b"%PDF-1.7\n" + b"\0" * 5000, "a.pdf", "import-"),
}  # fmt: skip
HOSTILE["no tables"] = (HOSTILE["no tables"], "a.txt", "import-no-tables")


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_end_in_a_finding(name):
    content, file, code = HOSTILE[name]
    if file.endswith(".pdf"):
        pytest.importorskip("pdfplumber")
    start = time.process_time()
    got = import_report(content, file, ASKED)
    assert time.process_time() - start < 60
    codes = [f.code for f in got.findings]
    if code is not None:
        assert got.filing is None and len(codes) == 1 and codes[0].startswith(code), [f.message for f in got.findings]
    for found in got.findings:
        assert found.message.endswith("。") and "None" not in found.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_texts_are_read_in_every_encoding(encoding):
    got = import_report(TEXT.encode(encoding), "a.txt", ASKED)
    assert got.filing is not None and got.filing.values == made("2021", 1).values


@pytest.mark.parametrize(
    ("real", "declared"), [("utf-8", "gb2312"), ("gb18030", "utf-8"), ("gb18030", "gb2312"), ("utf-8", "no-such")]
)
def test_pages_whose_declared_encoding_is_not_theirs(real, declared):
    page = as_html(REPORT).replace("charset='utf-8'", f"charset='{declared}'")
    got = import_report(page.encode(real), "a.html", ASKED)
    assert got.filing is not None and got.filing.values == made("2021", 1).values


def test_a_few_broken_bytes_do_not_stop_a_text():
    content = TEXT.encode()
    at = content.index("全年公开".encode())
    got = import_report(content[:at] + b"\xff\xfe" + content[at:], "a.txt", ASKED)
    assert got.filing is not None and got.filing.values == made("2021", 1).values


def test_what_a_page_refers_to_is_never_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("口令在此")
    page = as_html(REPORT).replace("<h1>", (
        f"<link rel=stylesheet href='http://127.0.0.1:9/x.css'><img src='http://127.0.0.1:9/x.png'>"
        f"<iframe src='file://{secret}'></iframe><script src='http://127.0.0.1:9/x.js'></script>"
        f"<script>document.write('规章')</script><p style='display:none'>隐藏的字</p><h1>"), 1)  # fmt: skip
    got = import_report(page.encode(), "a.html", ASKED)
    assert got.filing is not None and got.filing.values == made("2021", 1).values
    assert "口令" not in repr(got) and "隐藏" not in repr(got) and "document.write" not in repr(got)


def test_entities_of_a_page_are_characters():
    page = as_html(REPORT).replace("政府信息", "&#25919;&#24220;信息").replace("（", "&#xFF08;")
    got = import_report(page.encode(), "a.html", ASKED)
    assert got.filing is not None and got.filing.values == made("2021", 1).values


def test_files_that_cannot_be_opened(tmp_path):
    assert [f.code for f in import_file(tmp_path / "没有.txt").findings] == ["file-unreadable"]
    huge = tmp_path / "大.txt"
    with huge.open("wb") as out:
        out.truncate(60 * 2**20)
    assert [f.code for f in import_file(huge).findings] == ["import-unsafe"]


def test_without_pdfplumber_one_line_says_what_to_install(tmp_path):
    (tmp_path / "a.pdf").write_bytes(SCANNED)
    script = (
        "import sys, importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'pdfplumber' else find(name, *a)\n"
        "from xltools.cli import main\n"
        f"sys.argv = ['xltools', 'import', r'{tmp_path / 'a.pdf'}', '-o', r'{tmp_path / 'o.xlsx'}']; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1
    assert "pip install 'xltools[pdf]'" in done.stderr


def test_a_slow_pdf_is_given_up(monkeypatch, tmp_path):
    pytest.importorskip("pdfplumber")
    monkeypatch.setattr("xltools.ingest.pdf._SECONDS", 0.05)
    got = import_report(BOMB, "a.pdf", ASKED)
    assert [f.code for f in got.findings] == ["import-unsafe"]


def test_the_command_says_it_in_a_line_and_leaves_nothing(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(WORD[:900])
    done = run("import", str(path), "-o", str(tmp_path / "o.xlsx"))
    assert done.returncode == 1 and "Traceback" not in done.stdout + done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.docx"]
