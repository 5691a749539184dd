"""Files that are no filings, paths that cannot be written: told in words, never a traceback, nothing half-written."""

import errno
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from making import altered, blank, checked, filing, packed, parts, patched, run, run_process, save, sheet_part

from xltools import outputs
from xltools.cli import main
from xltools.errors import XltoolsError
from xltools.workbook.write import write_filing

GOOD = write_filing(filing())


def workbook_of_another():
    """A workbook that somebody made for himself."""
    book = openpyxl.Workbook()
    book.active.append(["单位", "申请数"])
    book.active.append(["数据局", 12])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def encrypted():
    """An OLE container such as Excel writes for a workbook with a password: two streams, no workbook."""
    entries = [("Root Entry", 5, -1, 0), ("EncryptionInfo", 2, 2, 4096), ("EncryptedPackage", 2, 10, 4096)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHHHIIIIIIiIiI", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, -2, 0, -2, 0)
    header += struct.pack("<I", 0) + b"\xff" * 432
    chains = [-3, -2, *range(3, 10), -2, *range(11, 18), -2]
    fat = b"".join(struct.pack("<i", n) for n in chains).ljust(512, b"\xff")
    directory = b""
    for number, (name, kind, start, size) in enumerate(entries):
        text = (name + "\0").encode("utf-16-le")
        left, right, child = (-1, 2, -1) if number == 1 else (-1, -1, 1 if number == 0 else -1)
        directory += text.ljust(64, b"\0") + struct.pack("<HBBiii", len(text), kind, 1, left, right, child)
        directory += bytes(36) + struct.pack("<iQ", -2 if start < 0 else start, size)
    return header + fat + directory.ljust(512, b"\0") + bytes(16 * 512)


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"""


def other_container():
    """A good filing's figures and words as LibreOffice's own .ods would hold them."""
    book = openpyxl.load_workbook(io.BytesIO(GOOD), data_only=True)
    tables = ""
    for sheet in book:
        rows = ""
        for row in sheet.iter_rows():
            cells = "".join(_ods_cell(c.value) for c in row)
            rows += f"<table:table-row>{cells}</table:table-row>"
        tables += f'<table:table table:name="{sheet.title}">{rows}</table:table>'
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    content = ODS.format(tables=tables).encode()
    return packed({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest})


def _ods_cell(value):
    if value is None:
        return "<table:table-cell/>"
    if hasattr(value, "isoformat"):
        return f'<table:table-cell office:value-type="date" office:date-value="{value.date().isoformat()}"/>'
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def docx():
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})


def bomb():
    """A part that grows a thousandfold when it is unpacked."""
    found = parts(GOOD)
    found[sheet_part(found, "二、主动公开")] = b"<worksheet>" + b" " * (41 * 2**20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in found.items():
            package.writestr(name, content)
    return out.getvalue()


def with_doctype(part):
    return patched(GOOD, part, r"\?>", '?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>')


def in_utf16(part):
    """A DOCTYPE that no search for its ASCII bytes finds."""
    text = parts(with_doctype(part))[part].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    return packed({**parts(GOOD), part: text.encode("utf-16")})


BAD = {
    "empty": (b"", "file-empty", "unreadable"),
    "text": ("本年收到申请 12 件".encode(), "file-not-workbook", "unreadable"),
    "html": (b"<html><table><tr><td>1</td></tr></table></html>", "file-not-workbook", "unreadable"),
    "html, as old systems export it": (b"\xef\xbb\xbf<table border=1></table>", "file-not-workbook", "unreadable"),
    "csv": ("单位,申请数\n数据局,12\n".encode("gbk"), "file-not-workbook", "unreadable"),
    "pdf": (b"%PDF-1.7\n\0", "file-not-workbook", "unreadable"),
    "cut off": (GOOD[:-400], "file-damaged", "unreadable"),
    "cut off early": (GOOD[:100], "file-damaged", "unreadable"),
    "a zip of something": (packed({"readme.txt": b"x"}), "file-not-workbook", "unreadable"),
    "encrypted": (encrypted(), "file-encrypted", "unreadable"),
    "foreign": (workbook_of_another(), "form-foreign", "foreign"),
    "a part missing": (
        packed({k: v for k, v in parts(GOOD).items() if not k.endswith("sheet5.xml")}), "file-damaged", "unreadable"),
    "a part not XML": (packed({**parts(GOOD), "xl/sharedStrings.xml": b"<sst><si>"}), "file-damaged", "unreadable"),
    "a bomb": (bomb(), "file-unsafe", "unreadable"),
    "doctype in the workbook": (with_doctype("xl/workbook.xml"), "file-unsafe", "unreadable"),
    "doctype in a sheet": (with_doctype("xl/worksheets/sheet4.xml"), "file-unsafe", "unreadable"),
    "doctype in the texts": (with_doctype("xl/sharedStrings.xml"), "file-unsafe", "unreadable"),
    "doctype in the properties": (with_doctype("docProps/core.xml"), "file-unsafe", "unreadable"),
    "doctype in another encoding": (in_utf16("xl/worksheets/sheet4.xml"), "file-unsafe", "unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_filing_is_one_error_in_words(what):
    content, code, verdict = BAD[what]
    received = checked(content)
    assert ([f.code for f in received.findings], received.verdict) == ([code], verdict)
    assert received.findings[0].severity == "error" and "表.xlsx" in received.findings[0].message
    assert received.filing is None and not received.accepted


@pytest.mark.parametrize("content", [docx(), b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_other_rubbish_is_refused_too(content):
    received = checked(content)
    assert received.verdict in ("unreadable", "foreign") and received.filing is None
    assert [f.severity for f in received.findings] == ["error"]


def test_figures_of_another_container_are_read_and_the_rest_queried():
    received = checked(other_container(), "表.ods")
    assert received.filing.values == filing().values and not received.accepted
    assert "form-not-audited" in [f.code for f in received.findings]


# ── damage of every kind ─────────────────────────────────────────────────────

XML = st.sampled_from([
    "", "<", ">", "&", '"', "<c>", "</row>", "<v>1E999</v>", "<v>NaN</v>", "<v>-1</v>", "<v>x</v>", ' t="s"', ' t="e"', ' r="ZZZ1"',
    ' r="A0"', ' s="x"', "1" * 400, "²", "\x00", "\u200b", "<f>1</f>", '<f t="shared" si="9"/>', "<is/>", "<?x y?>", "<!-- -->",
    ' xmlns="x"', "<t/>", "９", "-", "None",
])  # fmt: skip
PARTS = [n for n in parts(GOOD) if n.endswith((".xml", ".rels"))]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PARTS), st.floats(0, 1), st.integers(0, 40), XML)
def test_a_part_damaged_anywhere_is_read_or_told_never_a_failure(part, where, length, put):
    """A piece of one part's XML replaced by something else."""
    found = parts(GOOD)
    text = found[part].decode()
    at = int(where * len(text))
    received = checked(packed({**found, part: (text[:at] + put + text[at + length :]).encode()}))
    assert all(f.message and f.remedy for f in received.findings)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["C5", "C6", "C7", "C8", "C9", "C15"]), st.text(max_size=30) | st.floats() | st.integers())
@example("C15", float("nan"))
def test_a_cover_with_anything_on_it_is_read_or_told(cell, value):
    found = parts(GOOD)
    found.pop("docProps/custom.xml")
    value = "".join(c for c in value if c.isprintable()) if isinstance(value, str) else value
    received = checked(altered(packed(found), "封面", {cell: value}))
    assert all(f.message and f.remedy for f in received.findings)


@pytest.mark.parametrize("year", ["²", "二〇二三", "0", "9" * 5000, "99999999999", "-5", "2023.5", ""])
def test_a_year_that_is_none_is_told(year):
    received = checked(patched(GOOD, "docProps/custom.xml", r"(xltools_year.*?<vt:lpwstr>)2023", rf"\g<1>{year}"))
    assert all(f.message for f in received.findings)
    assert received.filing is None or received.findings or received.filing.year == 2023


# ── the command line ─────────────────────────────────────────────────────────


def refused(done):
    """A command that could not be done: status 2, one line on stderr, nothing on stdout, no traceback."""
    assert done.returncode == 2, done.stdout
    assert done.stdout == "" and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("xltools：") and "内部出错" not in done.stderr
    return done.stderr


@pytest.fixture
def folder(tmp_path):
    """A blank, values for it, and things that are neither."""
    save(tmp_path / "空白.xlsx", blank())
    save(tmp_path / "数.json", json.dumps({"values": {"requests.new.natural": 3}}))
    save(tmp_path / "文本.xlsx", "不是工作簿")
    save(tmp_path / "别人的.xlsx", workbook_of_another())
    save(tmp_path / "坏.json", '{"values": {')
    save(tmp_path / "列表.json", "[1, 2]")
    save(tmp_path / "二进制.json", b"\xff\xfe\x00")
    save(tmp_path / "名录.csv", "单位代码,单位名称,层级,上级代码\n11,示例县,county,\n1101,甲局,部门,11\n")
    save(tmp_path / "坏名录.csv", "单位代码,单位名称,层级\n1,甲局,村\n,乙局,部门\n1,丙局,部门\n")
    save(tmp_path / "普通文件", "x")
    return tmp_path


ONE = ("--name", "甲局", "--code", "1", "--level", "department")
IMPOSSIBLE = {
    "unknown command": ("nonsense",),
    "unknown option": ("codes", "--nonsense"),
    "nothing to check": ("check",),
    "a path that is not there": ("check", "没有.xlsx"),
    "a file to export that is not there": ("export", "没有.xlsx"),
    "a blank that is not there": ("fill", "没有.xlsx", "数.json", "-o", "出.xlsx"),
    "a blank that is none": ("fill", "文本.xlsx", "数.json", "-o", "出.xlsx"),
    "a blank of somebody else's": ("fill", "别人的.xlsx", "数.json", "-o", "出.xlsx"),
    "values that are not there": ("fill", "空白.xlsx", "没有.json", "-o", "出.xlsx"),
    "values that are no JSON": ("fill", "空白.xlsx", "坏.json", "-o", "出.xlsx"),
    "values that are a list": ("fill", "空白.xlsx", "列表.json", "-o", "出.xlsx"),
    "values that are no text": ("fill", "空白.xlsx", "二进制.json", "-o", "出.xlsx"),
    "no year": ("blank", *ONE),
    "a year that is no number": ("blank", "--year", "今年", *ONE),
    "a year without an edition": ("blank", "--year", "2018", *ONE),
    "an unknown supplement": ("blank", "--year", "2020", "--supplement", "none", *ONE),
    "a supplement of another year": ("blank", "--year", "2019", "--supplement", "jilin-2020", *ONE),
    "a supplement of another edition": ("blank", "--year", "2023", "--supplement", "jilin-2020", *ONE),
    "an unknown level": ("blank", "--year", "2023", "--name", "甲", "--code", "1", "--level", "village"),
    "half an agency": ("blank", "--year", "2023", "--name", "甲"),
    "roster and agency": ("blank", "--year", "2023", "--roster", "名录.csv", *ONE),
    "a roster that is not there": ("blank", "--year", "2023", "--roster", "没有.csv"),
    "a roster full of faults": ("blank", "--year", "2023", "--roster", "坏名录.csv"),
    "a roster that is a text": ("blank", "--year", "2023", "--roster", "文本.xlsx"),
    "an unknown edition": ("forms", "show", "1999"),
    "nothing to merge": ("merge", "别人的.xlsx", "--roster", "名录.csv", "-o", "汇总.xlsx"),
    "merge without a roster": ("merge", "空白.xlsx", "-o", "汇总.xlsx"),
    "an unknown format": ("export", "空白.xlsx", "--format", "yaml"),
    "output below a file": ("blank", "--year", "2023", *ONE, "-o", "普通文件/下发"),
    "export below a file": ("export", "空白.xlsx", "-o", "普通文件/出.json"),
    "fill below a file": ("fill", "空白.xlsx", "数.json", "-o", "普通文件/出.xlsx"),
    "merge below a file": ("merge", "空白.xlsx", "--roster", "名录.csv", "-o", "普通文件/汇总.xlsx"),
    "output that is a folder": ("fill", "空白.xlsx", "数.json", "-o", ".", "--force"),
    "a file name too long for the disk": ("check", "长" * 300 + ".xlsx"),
    "an output name too long for the disk": ("export", "空白.xlsx", "-o", "长" * 300 + ".json"),
    "output over the input": ("fill", "空白.xlsx", "数.json", "-o", "空白.xlsx", "--force"),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_done_is_told_in_one_line(what, folder):
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    refused(run(*IMPOSSIBLE[what], cwd=folder))
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


UNFIT = {
    "a field there is not": ({"values": {"requests.new.nobody": 1}}, "requests.new.nobody"),
    "a truth value": ({"values": {"requests.new.natural": True}}, "requests.new.natural"),
    "a list for a figure": ({"values": {"requests.new.natural": [1]}}, "requests.new.natural"),
    "a list of values": ({"values": [1]}, "values"),
    "another year": ({"year": 2022}, "2022"),
    "another edition": ({"edition": "2019"}, "2019"),
    "a part there is not": ({"texts": {"nowhere": "x"}}, "nowhere"),
    "a number for a text": ({"texts": {"overview": 3}}, "texts"),
    "a signature there is not": ({"signoff": {"boss": "x"}}, "boss"),
    "a table there is not": ({"declared_zero": ["nowhere"]}, "declared_zero"),
    "a rule there is not": ({"explanations": {"no.such.rule": "写了"}}, "no.such.rule"),
    "too many paragraphs": ({"texts": {"overview": "段\n" * 2000}}, "2000"),
    "a paragraph too long for a cell": ({"texts": {"overview": "长" * 40000}}, "一、总体情况"),
    "a name too long for a cell": ({"signoff": {"compiler": "长" * 40000}}, ""),
    "a typed text too long for a cell": ({"values": {"requests.new.natural": "9" * 40000}}, ""),
}


@pytest.mark.parametrize("what", UNFIT)
def test_values_that_do_not_fit_are_refused_by_name(folder, what):
    values, words = UNFIT[what]
    save(folder / "数.json", json.dumps(values))
    assert words in refused(run("fill", "空白.xlsx", "数.json", "-o", "出.xlsx", cwd=folder))
    assert not (folder / "出.xlsx").exists()


@pytest.mark.parametrize("number", ["1e400", "1e30", "-1e30", "123456789012345678901234567890", "0.1e-30"])
def test_values_of_absurd_size_are_refused_or_told(folder, number):
    save(folder / "数.json", f'{{"values": {{"requests.new.natural": {number}}}}}')
    done = run("fill", "空白.xlsx", "数.json", "-o", "出.xlsx", cwd=folder)
    assert "内部出错" not in done.stderr and "Traceback" not in done.stderr
    if done.returncode != 2:
        assert run("check", "出.xlsx", cwd=folder).returncode == 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_values_that_are_no_numbers_are_refused(folder, number):
    save(folder / "数.json", f'{{"values": {{"requests.new.natural": {number}}}}}')
    refused(run("fill", "空白.xlsx", "数.json", "-o", "出.xlsx", cwd=folder))


def test_an_existing_output_is_kept_unless_forced(folder):
    save(folder / "出.xlsx", "旧的")
    for command in (("fill", "空白.xlsx", "数.json", "-o", "出.xlsx"), ("export", "空白.xlsx", "-o", "出.xlsx"),
                    ("merge", "空白.xlsx", "--roster", "名录.csv", "-o", "出.xlsx")):  # fmt: skip
        assert "--force" in refused(run(*command, cwd=folder))
        assert (folder / "出.xlsx").read_text("utf-8") == "旧的"
    assert run("fill", "空白.xlsx", "数.json", "-o", "出.xlsx", "--force", cwd=folder).returncode == 0
    assert (folder / "出.xlsx").read_bytes()[:2] == b"PK"


def test_a_name_and_code_of_any_length_make_a_file_name():
    """In a process of its own, for what cannot be shortened must not be tried for ever."""
    script = "from xltools.collection.issuing import file_name; from xltools.form.model import Agency\n"
    script += "print(len(file_name(Agency('9' * 300, '长' * 300, 'county'), 2023).encode()))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", timeout=10)
    assert int(done.stdout) <= 255 or "XltoolsError" in done.stderr


def test_one_existing_blank_keeps_all_from_being_written(folder):
    save(folder / "名录.csv", "单位代码,单位名称,层级\n1,甲局,部门\n2,乙局,部门\n3,丙局,部门\n")
    save(folder / "下发" / "2023_2_乙局.xlsx", "旧的")
    refused(run("blank", "--year", 2023, "--roster", "名录.csv", "-o", "下发", cwd=folder))
    assert [p.name for p in (folder / "下发").iterdir()] == ["2023_2_乙局.xlsx"]


# ── disks ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
@pytest.mark.parametrize("old", [None, b"old"])
def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch, call, old):
    path = tmp_path / "出.xlsx"
    if old:
        path.write_bytes(old)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    elif call == "replace":
        monkeypatch.setattr(type(path), "replace", full)
    else:
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: _Full(handle))
    with pytest.raises(XltoolsError, match="磁盘满了"):
        outputs.write_whole(path, b"new" * 100, force=True)
    assert [p.name for p in tmp_path.iterdir()] == (["出.xlsx"] if old else [])
    assert not old or path.read_bytes() == old


class _Full:
    """A file on a disk that takes three bytes and no more."""

    def __init__(self, handle):
        self.handle = handle

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.handle)

    def writelines(self, pieces):
        os.write(self.handle, next(iter(pieces))[:3])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_ends_a_command_in_one_line(folder, monkeypatch, capsys):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["xltools", "fill", "空白.xlsx", "数.json", "-o", "出.xlsx"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2 and said.out == "" and "磁盘满了" in said.err
    assert not [p for p in folder.iterdir() if p.name.startswith((".", "出"))]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")  # noqa: PTH110
@pytest.mark.parametrize(
    "command", [("codes",), ("forms", "show", "2021"), ("export", "空白.xlsx"), ("check", "空白.xlsx", "--json")]
)
def test_a_screen_that_takes_nothing_ends_a_command_in_one_line(folder, command):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = run_process(*command, cwd=folder, stdout=full)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
