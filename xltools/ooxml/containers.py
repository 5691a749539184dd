"""What a file is that is no workbook we read: so that it is refused for what it is, and not called damaged."""

from __future__ import annotations

from collections.abc import Collection

from xltools.expressions import expression
from xltools.ooxml.trees import Unreadable

FIGURES_ONLY = (".xls", ".et", ".ods")
"""Endings of workbooks of another kind, which are read for their figures and never written."""

_WRAPPED = {b"E-SafeNet": "亿赛通", b"%TSD-Header-###%": "绿盾"}
"""What the programs that lock an office's files on its own machines write at their beginning, and the programs' names."""

_MARKUP = {
    b"urn:schemas-microsoft-com:office:spreadsheet": "它是 Excel 2003 的 XML 表格",
    b"application/vnd.oasis.opendocument": "它是单个 XML 文件的 OpenDocument（.fods）",
    b"opendocument:xmlns:office": "它是单个 XML 文件的 OpenDocument（.fods）",
    b"<html": "它是一个网页",
    b"<!doctype html": "它是一个网页",
    b"<table": "它是一个网页",
    b"uof:": "它是标文通（.uof、.uos）",
}
"""What stands near the beginning of texts that spreadsheets write, the surest first."""

_CODED = "它是没有解码的邮件附件，请在邮箱里重新下载附件，或者让对方重新发送"
_ANCIENT = "它是 Excel 5.0 或者更早的工作簿，请用 Excel、WPS 打开后另存为 .xlsx"
_MAIL = "它是一个网页归档或一封邮件"
_BEGINNINGS = {
    b"%pdf": "它是一个 PDF", b"mime-version:": _MAIL, b"rar!": "它是一个压缩包，请先解压",
    b"7z\xbc\xaf": "它是一个压缩包，请先解压", b"\x1f\x8b": "它是一个压缩包，请先解压", b"\x89png": "它是一张图片",
    b"\xff\xd8\xff": "它是一张图片", b"bzh": "它是一个压缩包，请先解压", b"\xfd7zxz": "它是一个压缩包，请先解压",
    b"(\xb5/\xfd": "它是一个压缩包，请先解压", b"x\x9f>\"": "它是 Outlook 邮件的附件包（winmail.dat），请先取出里面的工作簿",
    b"id;p": "它是 SYLK 文本表格（.slk）",
    b"{\\rtf": "它是一个 RTF 文档", b"uesdb": _CODED, b"data:": _CODED, b"begin 6": _CODED,
}  # fmt: skip
_ONLINE = expression(rb"https?://[\w.-]*(?:docs\.qq\.com|kdocs\.cn|wps\.cn|feishu\.cn|larksuite\.com|shimo\.im|yuque\.com|alidocs\.dingtalk\.com"
                     rb"|docs\.google\.com|1drv\.ms|sharepoint\.com)/")  # fmt: skip
_HEAD_OF_MAIL = expression(rb"[a-z][a-z-]{1,40}: ")
_PARTS = {
    "xl/workbook.bin": "它是 Excel 二进制工作簿（.xlsb）",
    "index/document.iwa": "它是苹果 Numbers 的表格",
    "index.zip": "它是苹果 Numbers 的表格",
    "word/document.xml": "它是一个 Word 文档",
    "ppt/presentation.xml": "它是一个演示文稿",
    "ofd.xml": "它是一个 OFD 版式文件",
}
"""Parts that only one kind of package has."""

_BEGINS_LATER = b"PK\x03\x04"
"""How a workbook begins."""
_UNKNOWN = "内容不是工作簿；在本机打得开的，多半是文档加密软件加了密，要先解密"


def refuse_no_zip(content: bytes) -> Unreadable:
    """Why content that begins like no package is not read."""
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, program in _WRAPPED.items():
        if mark in start[:512]:
            return Unreadable("file-wrapped", program)
    if content[:2] in (b"\t\0", b"\t\2", b"\t\4", b"\t\b"):
        return Unreadable("file-not-workbook", _ANCIENT)
    marked = start[:2] in (b"\xff\xfe", b"\xfe\xff")
    if marked:
        start = start[2:].replace(b"\0", b"")
    start = start.lower()
    for mark, reason in _BEGINNINGS.items():
        if start.startswith(mark):
            return Unreadable("file-not-workbook", reason)
    if _HEAD_OF_MAIL.match(start) and b"\nmime-version:" in start:
        return Unreadable("file-not-workbook", _MAIL)
    if _BEGINS_LATER in content[:4096]:
        return Unreadable(
            "file-not-workbook", "工作簿的前面多了别的内容（多半是邮件、网关加上去的），请重新下载，或者让对方重新发送"
        )
    if not content.strip(b"\0"):
        return Unreadable("file-not-workbook", "里面全是空字节：没有下载完，或者只是网盘的占位文件，请重新下载")
    if len(content) < 4096 and _ONLINE.search(content):
        return Unreadable("file-not-workbook", "里面只有一个在线表格的链接，请在网页里把表导出为 .xlsx")
    if start.startswith(b"<"):
        reason = next((reason for mark, reason in _MARKUP.items() if mark in start), "它是一个 XML 文件")
        return Unreadable("file-not-workbook", reason)
    is_text = marked or b"\0" not in content[:4096]
    return Unreadable("file-not-workbook", "它是一个文本文件" if is_text else _UNKNOWN)


def refuse_no_workbook(names: Collection[str]) -> Unreadable | None:
    """Why a package with parts of these names (in small letters) is not read; None where it may be a workbook."""
    if "encrypted-package" in names:
        return Unreadable("file-encrypted")
    reason = next((reason for part, reason in _PARTS.items() if part in names), "")
    if not reason and not {"xl/workbook.xml", "[content_types].xml"} & set(names):
        inside = any(name.endswith((".xlsx", ".xlsm", *FIGURES_ONLY)) for name in names)
        if any(name.endswith("/xl/workbook.xml") for name in names):
            return Unreadable("file-not-workbook", "工作簿被解开又压缩过，外面多了一层文件夹，请报送原来的文件")
        reason = f"是一个压缩包，{'里面的工作簿要先解压，或者把后缀改成 .zip' if inside else '里面没有工作簿'}"
    return Unreadable("file-not-workbook", reason) if reason else None
