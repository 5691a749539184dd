"""What a file is that cannot be read: said as it is, with what to do; and what lies in a folder beside the filings."""

import base64
import bz2
import io
import lzma
import os
import re
import zipfile
from types import SimpleNamespace

import pytest
from hostile import ole, record
from lxml import etree
from making import BUREAU, checked, codes, filing, packed, parts, run, run_json, save
from test_bad_input import other_container
from test_old_workbooks import workbook

from xltools.collection.check import check
from xltools.editions import load_form
from xltools.findings import CATALOGUE
from xltools.ooxml.containers import refuse_no_zip
from xltools.ooxml.figures_only import tables
from xltools.ooxml.trees import Unreadable
from xltools.workbook.write import write_filing

FORM = load_form("2021")
GOOD = write_filing(filing())
MANIFEST = (
    b'<manifest:manifest xmlns:manifest="urn:m"><manifest:file-entry>%s</manifest:file-entry></manifest:manifest>'
)
ODS = "application/vnd.oasis.opendocument.spreadsheet"

# ── each container its own words ─────────────────────────────────────────────

WORKBOOK = "urn:schemas-microsoft-com:office:spreadsheet"
KINDS = {
    "an Excel binary workbook": (packed({"xl/workbook.bin": b"", "[Content_Types].xml": b"<a/>"}), "二进制工作簿"),
    "Numbers": (packed({"Index/Document.iwa": b"", "Metadata/Properties.plist": b""}), "Numbers"),
    "Numbers of old": (packed({"Index.zip": b""}), "Numbers"),
    "a Word document": (packed({"word/document.xml": b"", "[Content_Types].xml": b""}), "Word"),
    "slides": (packed({"ppt/presentation.xml": b"", "[Content_Types].xml": b""}), "演示"),
    "OFD": (packed({"OFD.xml": b""}), "OFD"),
    "a zip of workbooks": (packed({"一.xlsx": GOOD, "二.xlsx": GOOD}), "解压"),
    "an XML spreadsheet": (f'<?xml version="1.0"?><Workbook xmlns="{WORKBOOK}"/>'.encode(), "XML 表格"),
    "an XML spreadsheet in UTF-16": (
        f'<?xml version="1.0"?><Workbook xmlns="{WORKBOOK}"/>'.encode("utf-16"),
        "XML 表格",
    ),
    "a flat OpenDocument": (f'<office:document office:mimetype="{ODS}"/>'.encode(), "fods"),
    "UOF": (b'<uof:UOF xmlns:uof="http://schemas.uof.org/cn/2009/uof"/>', "标文通"),
    "a page that calls itself a workbook": (b"\xef\xbb\xbf\r\n<html><table></table></html>", "网页"),
    "a page of old": (b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">\n<html></html>', "网页"),
    "mail": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "邮件"),
    "PDF": (b"%PDF-1.7\n\0", "PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0", "图片"),
    "RAR": (b"Rar!\x1a\x07\x00\0", "解压"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0", "解压"),
    "bytes of no known kind": (bytes(range(1, 256)) + b"\0", "加密软件"),
}


@pytest.mark.parametrize(("content", "words"), KINDS.values(), ids=KINDS)
def test_what_is_no_workbook_is_called_what_it_is(content, words):
    [found] = checked(content).findings
    assert found.code == "file-not-workbook" and words in found.message and "损坏" not in found.message


WRAPPED = {
    "at the beginning": (b"E-SafeNet\0\0\0LOCK" + bytes(600), "亿赛通"),
    "behind its own bytes": (b"\x62\x14\x23\x65\x10\x00" + b"E-SafeNet\0LOCK" + bytes(600), "亿赛通"),
    "and no zero at all": (b"b#e_E-SafeNet" + b"\x80" * 600, "亿赛通"),
    "another program's": (b"%TSD-Header-###%" + bytes(600), "绿盾"),
    "that one, short": (b"%TSD-Header-###%", "绿盾"),
}


@pytest.mark.parametrize(("content", "program"), WRAPPED.values(), ids=WRAPPED)
def test_a_file_that_an_office_s_machine_has_locked_is_told_so(content, program):
    [found] = checked(content).findings
    assert (found.code, found.severity) == ("file-wrapped", "error") and program in found.message
    assert "解密" in found.remedy and "重新填" not in found.remedy


SENT = {
    "a mail's header before it": (b"Content-Type: application/octet-stream\r\n\r\n" + GOOD, "前面多了"),
    "a line before it": (b"\r\n" + GOOD, "前面多了"),
    "a byte order mark before it": (b"\xef\xbb\xbf" + GOOD, "前面多了"),
    "zeros before it": (bytes(512) + GOOD, "前面多了"),
    "a mail's code": (base64.encodebytes(GOOD), "没有解码"),
    "a page's code": (b"data:application/vnd.ms-excel;base64," + base64.b64encode(GOOD), "没有解码"),
    "uuencoded": (b"begin 644 a.xlsx\nM4$L#!!0\n", "没有解码"),
    "Outlook's bag": (b"\x78\x9f\x3e\x22" + bytes(90), "winmail.dat"),
    "packed by bzip2": (bz2.compress(GOOD), "压缩包"),
    "packed by xz": (lzma.compress(GOOD), "压缩包"),
    "nothing but zeros": (bytes(40_000), "空字节"),
    "a link to an online table": (b"[InternetShortcut]\r\nURL=https://docs.qq.com/sheet/abc\r\n", "在线表格的链接"),
    "another link": ("请填写：https://abc.feishu.cn/sheets/shtcn".encode(), "在线表格的链接"),
    "a drive's stand-in": (b'{"id":1,"link_url":"https://www.kdocs.cn/l/abc"}', "在线表格的链接"),
    "a text in two bytes a letter": ("单位\t数\n甲\t3\n".encode("utf-16"), "文本文件"),
    "an RTF": (b"{\\rtf1\\ansi hello}", "RTF"),
    "packed again with a folder": (packed({f"表/{n}": part for n, part in parts(GOOD).items()}), "多了一层文件夹"),
}


@pytest.mark.parametrize(("content", "words"), SENT.values(), ids=SENT)
def test_what_became_of_a_file_on_its_way_is_told(content, words):
    [found] = checked(content).findings
    assert found.code == "file-not-workbook" and words in found.message and "加密软件" not in found.message


ANOTHER = packed(
    {**parts(GOOD), "xl/worksheets/sheet4.xml": parts(GOOD)["xl/worksheets/sheet4.xml"].replace(b"<v>", b"<v>9")}
)


@pytest.mark.parametrize("before", [ANOTHER, GOOD, ANOTHER[:500], b"PK\x03\x04", b"PK"])
def test_a_file_behind_another_one_is_not_read(before):
    [found] = checked(before + GOOD).findings
    assert found.code == "file-unsafe" and "前面还有" in found.message


def test_a_workbook_that_names_such_a_program_is_read():
    content = write_filing(filing(texts={"problems": ("E-SafeNet 和 %TSD-Header-###% 是加密软件的文件头。",)}))
    assert checked(content).filing is not None


# ── passwords ────────────────────────────────────────────────────────────────

LOCK = record(0x2F, bytes(6))
NUMBER = record(0x203, bytes(14))
TWO_SECTORS = bytes(4096)


def locked_xls(*before):
    begin = record(0x809, bytes(16))
    return ole(begin + b"".join(before) + LOCK + os.urandom(64) + TWO_SECTORS)


def locked_ods(method=b'<manifest:encryption-data manifest:checksum="x"/>'):
    found = parts(other_container())
    return packed({**found, "META-INF/manifest.xml": MANIFEST % method, "content.xml": bytes(range(256))})


PASSWORDS = {
    ".xls": locked_xls(),
    ".xls, other records first": locked_xls(record(0xE1, bytes(2)), record(0xC1, bytes(2))),
    ".xls, with cells that look like millions": locked_xls() + NUMBER,
    ".xls, within its sheets' stream": workbook([LOCK, NUMBER]),
    ".ods": locked_ods(),
    ".ods, as of 2024": packed({"mimetype": ODS.encode(), "encrypted-package": os.urandom(64),
                                "META-INF/manifest.xml": MANIFEST % b"<manifest:encryption-data/>"}),
    ".xlsx": ole("EncryptedPackage".encode("utf-16-le") + TWO_SECTORS),
}  # fmt: skip


@pytest.mark.parametrize("content", PASSWORDS.values(), ids=PASSWORDS)
def test_a_password_is_told_as_one(content):
    [found] = checked(content).findings
    assert found.code == "file-encrypted" and "密码" in found.remedy and "空白表" not in found.remedy


# ── .ods whose cells stand apart ─────────────────────────────────────────────

TAGS = rb"(</?table:(?:table|table-row|table-cell|covered-table-cell)\b[^>]*?/?>)"
WHITE = {
    "a line each": b"\n",
    "indented": b"\n    ",
    "tabs": b"\n\t\t",
    "CR and LF": b"\r\n  ",
    "one space": b" ",
    "blank lines": b"\n\n\n",
}


@pytest.mark.parametrize("white", WHITE.values(), ids=WHITE)
def test_an_indented_ods_says_the_same(white):
    found = parts(other_container())
    spaced = re.sub(TAGS, lambda tag: white + tag[1] + white, found["content.xml"])
    plain, indented = checked(packed(found)), checked(packed({**found, "content.xml": spaced}))
    assert spaced.count(white) > 20
    assert codes(indented) == codes(plain) and indented.filing.values == plain.filing.values
    assert indented.filing.texts == plain.filing.texts


# ── parts that stand there twice ─────────────────────────────────────────────


def doubled(name, content, again):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for part, bytes_ in parts(content).items():
            package.writestr(part, bytes_)
        with pytest.warns(UserWarning) if again in package.namelist() else _nothing():
            package.writestr(again, parts(content)[name])
    return out.getvalue()


class _nothing:
    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


@pytest.mark.parametrize(
    ("name", "again"),
    [(n, n) for n in ("xl/styles.xml", "xl/worksheets/sheet4.xml", "xl/workbook.xml", "[Content_Types].xml")]
    + [("xl/sharedStrings.xml", "xl/SharedStrings.xml"), ("xl/worksheets/sheet5.xml", "XL/worksheets/sheet5.xml")],
)
def test_a_part_that_stands_there_twice_alike_is_read(name, again):
    received = checked(doubled(name, GOOD, again))
    assert received.filing is not None and received.filing.values == checked(GOOD).filing.values
    assert received.verdict == "resaved"


# ── what lies in a folder ────────────────────────────────────────────────────

BESIDE = {
    "丁.xlsx.bak": "备份", "戊.eml": "邮件", "己.mht": "网页", "庚.htm": "xltools import",
    "辛.pdf": "不是 Excel", "壬.docx": "不是 Excel", "癸.csv": "不是 Excel", "子.txt": "不是 Excel", "丑": "不是 Excel",
    "寅.xlsx.crdownload": "没有下载完", "卯.lnk": "快捷方式", "~$辰.xlsx": "临时", ".~辰.xlsx": "临时", "._辰.xlsx": "临时",
    "巳.tmp": "临时", "午.jpg": "不是 Excel", "未.txt": "可以用 xltools import 读成填报表", "申.HTML ": "可以用 xltools import",
    "酉.doc": "另存为 .docx", "戌.wps": "另存为 .docx", "~$亥.docx": "临时",
}  # fmt: skip


@pytest.mark.parametrize(("name", "words"), BESIDE.items(), ids=BESIDE)
def test_whatever_else_lies_in_a_folder_is_told(tmp_path, name, words):
    save(tmp_path / "回收" / "甲" / name, b"x")
    collection = check([tmp_path])
    assert collection.received == []
    [found] = collection.findings
    assert found.code == "file-skipped" and words in found.message and name in found.message


@pytest.mark.parametrize("name", ["甲.xlsx ", "甲", "甲.XLSX", " 甲 .xlsx", "甲.xlsx\u3000", "甲.xltx"])
def test_a_workbook_whose_name_mail_has_spoilt_is_read(tmp_path, name):
    save(tmp_path / name, GOOD)
    [received] = check([tmp_path]).received
    assert received.filing is not None


@pytest.mark.parametrize(
    "name", ["甲.xlsx(1)", "甲.xlsx_1", "甲.2", "甲.xlsx.bak2", "甲.dat", "甲.xlsx.txt", "甲.docx", "甲.htm"]
)
def test_a_workbook_under_another_ending_is_told_to_be_one(tmp_path, name):
    save(tmp_path / name, GOOD)
    collection = check([tmp_path])
    [found] = collection.findings
    assert collection.received == [] and "工作簿" in found.message and "改成以 .xlsx 结尾" in found.message


@pytest.mark.parametrize("ending", ["xlsb", "numbers", "fods", "ksheet", "ett", "xlt", "ods", "et"])
def test_other_workbooks_are_refused_and_not_passed_over(tmp_path, ending):
    save(tmp_path / f"甲.{ending}", b"%TSD-Header-###%")
    [received] = check([tmp_path]).received
    assert codes(received) == ["file-wrapped"]


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", ".DS_Store", "__MACOSX/._甲.xlsx", ".gitkeep"])
def test_what_systems_leave_in_folders_is_not_told(tmp_path, name):
    save(tmp_path / "回收" / name, b"x")
    assert check([tmp_path]).findings == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes on this system")
def test_pipes_and_links_that_lead_nowhere_are_told(tmp_path):
    os.mkfifo(tmp_path / "管道.xlsx")
    (tmp_path / "断.xlsx").symlink_to(tmp_path / "没有.xlsx")
    (tmp_path / "圈.xlsx").symlink_to(tmp_path / "圈.xlsx")
    (tmp_path / "设备").symlink_to("/dev/zero")
    save(tmp_path / "好.xlsx", GOOD)
    said = run_json("check", tmp_path, "--json")
    assert len(said["filings"]) == 1 and {f["code"] for f in said["findings"]} == {"file-skipped"}
    assert len(said["findings"]) == 4


def linked(at, target):
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(target, target_is_directory=True)


LINKS = {
    "to a folder elsewhere": lambda home: linked(home / "表" / "镇", home / "别处"),
    "in a folder": lambda home: linked(home / "表" / "补" / "镇", home / "别处"),
    "called a workbook": lambda home: linked(home / "表" / "镇.xlsx", home / "别处"),
    "called an archive": lambda home: linked(home / "表" / "镇.zip", home / "别处"),
    "to a link to it": lambda home: (linked(home / "又", home / "别处"), linked(home / "表" / "镇", home / "又")),
    "to an empty one": lambda home: ((home / "空").mkdir(), linked(home / "表" / "镇", home / "空")),
    "back to where it lies": lambda home: linked(home / "表" / "镇", home / "表"),
    "by a way of its own": lambda home: linked(home / "表" / "镇", "../别处"),
}


@pytest.mark.parametrize("what", LINKS)
def test_a_link_to_a_folder_is_not_followed_but_told(tmp_path, what):
    """It was passed over in silence: who had sent what lies there was missing."""
    save(tmp_path / "别处" / "乙.xlsx", filing(agency=BUREAU))
    save(tmp_path / "表" / "甲.xlsx", GOOD)
    LINKS[what](tmp_path)
    found = check([tmp_path / "表"])
    assert [received.path.name for received in found.received] == ["甲.xlsx"]
    [told] = found.findings
    assert told.code == "file-skipped" and "镇" in told.message and "指到别的文件夹的链接" in told.message


def test_a_folder_that_is_given_may_itself_be_a_link(tmp_path):
    save(tmp_path / "别处" / "甲.xlsx", GOOD)
    linked(tmp_path / "表", tmp_path / "别处")
    found = check([tmp_path / "表"])
    assert len(found.received) == 1 and found.findings == []


def test_a_folder_of_nothing_else_says_what_lies_there(tmp_path):
    for name in ("一.bak", "二.pdf", "三.lnk", "四.eml"):
        save(tmp_path / name, b"x")
    done = run("check", tmp_path)
    assert done.returncode == 2 and "一.bak" in done.stderr and "备份" in done.stderr and "等 4 个" in done.stderr


def test_every_container_s_code_is_in_the_catalogue():
    assert {refuse_no_zip(content).code for content, _ in WRAPPED.values()} <= CATALOGUE.keys()


@pytest.mark.parametrize(
    ("rows", "columns", "refused"),
    [(1, 1, False), (100, 500, False), (500, 100, False), (501, 100, True), (100, 501, True), (1_000_000, 1_000, True)],
)
def test_errors_repeated_in_an_ods_are_counted_before_they_are_made(rows, columns, refused):
    ns = "urn:oasis:names:tc:opendocument:xmlns"
    content = etree.fromstring(
        f'<o:spreadsheet xmlns:o="{ns}:office:1.0" xmlns:t="{ns}:table:1.0" xmlns:c="urn:org:documentfoundation:names:calcext">'
        f'<t:table><t:table-row t:number-rows-repeated="{rows}">'
        f'<t:table-cell c:value-type="error" t:number-columns-repeated="{columns}"/></t:table-row></t:table></o:spreadsheet>'
    )
    package = SimpleNamespace(xml=lambda name: content)
    if refused:
        with pytest.raises(Unreadable):
            list(tables(package))
    else:
        [found] = tables(package)
        assert len(found) == rows * columns
