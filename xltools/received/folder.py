"""Which files of a folder, or of a zip archive in it, are filings; whatever else lies there is told, but for what systems leave."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence, Set
from pathlib import Path, PurePath

from xltools.archives import archive_over, is_archive, opened, packed_as
from xltools.commands import AS_REPORT
from xltools.errors import Refused, XltoolsError
from xltools.findings import Finding, finding
from xltools.inputs import files_beneath, real
from xltools.outputs import slashed
from xltools.received.companions import companions

WORKBOOK_ENDINGS = frozenset(
    [".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".et", ".ett", ".ods", ".ots", ".fods", ".numbers", ".ksheet"]
)  # fmt: skip
"""Endings of files that are taken from a folder as filings: those of a kind that cannot be read are refused in words of their own."""

REPORT_ENDINGS = (".txt", ".html", ".htm", ".docx", ".pdf")
"""Endings of files that may be a published report: no filing, but what one can be made of."""

_LITTER = {"thumbs.db", "desktop.ini"}
"""What Windows leaves in folders; what begins with a point is other systems' own."""
_OF_A_MAC = "__macosx"
"""The folder of a Mac's own: all in it begins with a point, too. What does not was put there by somebody."""

_TEMPORARY = "是表格软件打开文件时的临时文件"
_NO_WORKBOOK = "不是 Excel 工作簿"
_REASONS = {
    f"{_NO_WORKBOOK}；是写好的年度报告的，{AS_REPORT}": REPORT_ENDINGS,
    f"{_NO_WORKBOOK}；是写好的年度报告的，请先另存为 .docx，就{AS_REPORT}": (".doc", ".wps"),
    "是邮件，里面的附件没有读，请先另存附件": (".eml", ".msg"),
    f"是网页，{_NO_WORKBOOK}": (".mht", ".mhtml"),
    "是备份，没有读": (".bak", ".old", ".wbk", ".xlk"),
    "没有下载完": (".crdownload", ".part", ".partial", ".download", ".downloading", ".td"),
    _TEMPORARY: (".tmp",),
    "是快捷方式，不是文件本身": (".lnk", ".url", ".webloc"),
}
_REASON = {ending: reason for reason, endings in _REASONS.items() for ending in endings}


def must_exist(path: Path) -> None:
    """XltoolsError for a path that is neither there nor in an archive; it names those beside it that are most like it."""
    if path.exists() or archive_over(path):
        return
    from difflib import get_close_matches

    there = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    near = "”“".join(get_close_matches(path.name, there, 3, 0.5))
    raise XltoolsError(f"没有这个文件或文件夹：{path}{f'；是不是“{near}”？' if near else ''}")


def is_report(file: PurePath) -> bool:
    """Whether a file may be a published report, by its name."""
    return _ending(file) in REPORT_ENDINGS and not file.name.startswith(("~$", "."))


def _ending(file: PurePath) -> str:
    return PurePath(file.name.strip().lower()).suffix


def files_in(paths: Sequence[Path], ignore: Set[Path] = frozenset()) -> tuple[list[Path], list[Finding]]:
    """The files to read: those named, and the workbooks in folders and zip archives named; and what lies there and is none.

    What goes with a summary that lies beside it (``companions``) is told and not read. What is to be ``ignore``d, files and
    folders by where they lead to, is neither. XltoolsError for a path that is not there, OSError for a folder that cannot be
    looked into.
    A file in an archive goes by a path as if the archive were a folder. Those of a folder come in the same order on every system,
    though Windows compares names without regard to case.
    """
    found: list[Path] = []
    told: list[Finding] = []
    for path in paths:
        if path.is_dir():
            for file in files_beneath(path):
                names = [name.lower() for name in file.relative_to(path).parts]
                if not (_LITTER.intersection(names) or (_OF_A_MAC in names and names[-1].startswith("."))):
                    _sort(file, found, told)
        elif path.exists():
            if is_archive(path) and path.is_file():
                _unpack(path, found, told)
            else:
                found.append(path)
        else:
            must_exist(path)
            found.append(path)
    found, told = companions(found, told)
    each = {real(path): path for path in reversed(found)}
    files = [path for place, path in reversed(each.items()) if _apart_from(place, ignore)]
    return files, [f for f in told if not ignore or f.file is None or _apart_from(real(Path(f.file)), ignore)]


def _apart_from(place: Path, ignore: Set[Path]) -> bool:
    return not ignore or ignore.isdisjoint((place, *place.parents))


def _sort(file: Path, found: list[Path], told: list[Finding], *, within: bool = False) -> None:
    """Puts a file of a folder to those to be read, or tells why it is not; ``within`` an archive another one is not opened."""
    ending = _ending(file)
    if file.name.startswith(("~$", ".~", "._")):
        told.append(_skipped(file, _TEMPORARY))
    elif not within and not file.is_file():
        told.append(_skipped(file, _no_file(file)))
    elif ending in WORKBOOK_ENDINGS:
        found.append(file)
    elif is_archive(file) and not within:
        _unpack(file, found, told)
    elif kind := packed_as(file) or ("压缩包里的" if is_archive(file) else ""):
        told.append(finding("file-packed", file=slashed(file), kind=kind))
    elif not within and (ending in REPORT_ENDINGS or ending not in _REASON) and _is_workbook(file):
        # Mail and chat programs cut endings off: what has none is taken for what is inside.
        if not ending:
            found.append(file)
        else:
            told.append(_skipped(file, f"名字的结尾是“{ending}”，内容像是工作簿；要报送的，请把名字改成以 .xlsx 结尾"))
    elif ending in _REASON:
        told.append(_skipped(file, _REASON[ending]))
    elif not file.name.startswith(".") and file.name.lower() not in _LITTER:
        told.append(_skipped(file, _NO_WORKBOOK))


def _unpack(path: Path, found: list[Path], told: list[Finding]) -> None:
    """Does the same with what lies in a zip archive. One that is a workbook under another ending is read as one."""
    try:
        archive = opened(path)
        if archive.is_workbook:
            found.append(path)
            return
        inside, links = list(archive.files), archive.links
    except Refused as problem:
        told.append(
            finding("file-unsafe" if problem.vast else "file-damaged", file=slashed(path), reason=problem.reason)
        )
        return
    files, notes = len(found), len(told)
    told += [_skipped(path.joinpath(*link.parts), "是一个链接，不是文件本身") for link in links]
    for member in inside:
        _sort(path.joinpath(*member.parts), found, told, within=True)
    if len(found) == files and len(told) == notes:
        told.append(_skipped(path, "是压缩包，里面没有工作簿"))


def _is_workbook(path: Path) -> bool:
    """Whether a file is a workbook by what lies in it, whatever its name."""
    try:
        with zipfile.ZipFile(path) as package:
            return any(name.lower().replace("\\", "/") == "xl/workbook.xml" for name in package.namelist())
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return False


def _no_file(path: Path) -> str:
    """Why what lies in a folder and is no file is not read."""
    if not path.exists():
        return "是一个指不到地方的链接"
    return "是指到别的文件夹的链接，里面的没有看" if path.is_dir() else "不是文件（是管道或设备）"


def _skipped(file: PurePath, reason: str) -> Finding:
    return finding("file-skipped", file=slashed(file), reason=reason)
