"""Which files of a folder are filings. Whatever else lies there is told, but for what systems leave everywhere."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from xltools.errors import XltoolsError
from xltools.findings import Finding, finding
from xltools.inputs import real
from xltools.outputs import slashed

WORKBOOK_ENDINGS = frozenset(
    [".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".et", ".ett", ".ods", ".ots", ".fods", ".numbers", ".ksheet"]
)  # fmt: skip
"""Endings of files that are taken from a folder as filings: those of a kind that cannot be read are refused in words of their own."""

_LEFTOVERS = {"thumbs.db", "desktop.ini", ".ds_store", ".gitkeep", ".gitignore", "__macosx"}
"""What systems leave in folders, and whole folders of it; nobody sent it."""

_TEMPORARY = "是表格软件打开文件时的临时文件"
_REASONS = {
    "是压缩包，里面的文件没有读，请先解压": ".zip .rar .7z .gz .tar",
    "是邮件，里面的附件没有读，请先另存附件": ".eml .msg",
    "是网页，不是 Excel 工作簿": ".htm .html .mht .mhtml",
    "是备份，没有读": ".bak .old .wbk .xlk",
    "没有下载完": ".crdownload .part .partial .download .downloading .td",
    _TEMPORARY: ".tmp",
    "是快捷方式，不是文件本身": ".lnk .url .webloc",
}
_REASON = {ending: reason for reason, endings in _REASONS.items() for ending in endings.split()}
_NO_WORKBOOK = "不是 Excel 工作簿"


def files_in(paths: Sequence[Path]) -> tuple[list[Path], list[Finding]]:
    """The files to read: those named, and the workbooks in folders named; XltoolsError for a path that is not there.

    Those of a folder come in the same order on every system, though Windows compares names without regard to case.
    """
    found: list[Path] = []
    skipped: list[Finding] = []
    for path in paths:
        if path.is_dir():
            for file in sorted(_inside(path), key=lambda p: p.parts):
                if reason := _why_not(file):
                    skipped.append(finding("file-skipped", file=slashed(file), reason=reason))
                else:
                    found.append(file)
        elif path.exists():
            found.append(path)
        else:
            raise XltoolsError(f"没有这个文件或文件夹：{path}")
    return list({real(path): path for path in reversed(found)}.values())[::-1], skipped


def _inside(folder: Path) -> Iterator[Path]:
    """What lies in a folder and the folders in it, but for folders and leftovers."""
    for path in folder.rglob("*"):
        names = path.relative_to(folder).parts
        if _LEFTOVERS.isdisjoint(name.lower() for name in names) and not path.is_dir():
            yield path


def _why_not(path: Path) -> str:
    """Why a file of a folder is not read as a filing; "" for one that is.

    Mail and chat programs cut endings off, or put white space behind them: then what is inside decides.
    """
    if path.name.startswith(("~$", ".~", "._")):
        return _TEMPORARY
    if not path.exists():
        return "是一个指不到地方的链接"
    if not path.is_file():
        return "不是文件（是管道或设备）"
    ending = Path(path.name.strip().lower()).suffix
    if ending in WORKBOOK_ENDINGS:
        return ""
    if ending in _REASON:
        return _REASON[ending]
    if not _is_workbook(path):
        return _NO_WORKBOOK
    return "" if not ending else f"名字的结尾是“{ending}”，内容像是工作簿；要报送的，请把名字改成以 .xlsx 结尾"


def _is_workbook(path: Path) -> bool:
    """Whether a file is a workbook by what lies in it, whatever its name."""
    try:
        with zipfile.ZipFile(path) as package:
            return any(name.lower().replace("\\", "/") == "xl/workbook.xml" for name in package.namelist())
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return False
