"""The working folder of one season: what its ``xltools.toml`` says, and how a new one is laid out."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xltools.collection.issuing import file_name, form_for, safe_name
from xltools.collection.roster import next_roster, write_roster
from xltools.errors import XltoolsError, why
from xltools.form.model import Agency
from xltools.inputs import Refused, content_of
from xltools.outputs import slashed, write_whole
from xltools.season.docket import DECISIONS, write_decisions
from xltools.terms import LEVELS

SETTINGS = "xltools.toml"
"""The file that makes a folder a working folder."""

OUTCOME = "审核情况.html"
"""What the page of a check is called."""

MEMORY = ".xltools"
"""The folder within it where the program keeps what it knows from earlier runs."""

READINGS = "readings"
"""The folder in that for what was read of each file."""

ROSTERS = ("名录.xlsx", "名录.csv")
_SIZE = 2**20
_YEARS = range(1990, 2201)
_FOLDERS = {"issued": "下发", "received": "回收", "returned": "退回", "summary": "汇总"}
"""The folders of a season by their keys in ``[folders]``, with the names that ``init`` gives them."""


@dataclass(frozen=True)
class Settings:
    """What ``xltools.toml`` says. Paths begin with ``home``, the folder it lies in."""

    home: Path
    year: int
    roster: Path
    supplements: tuple[str, ...]
    previous: tuple[Path, ...]
    newest: bool
    issued: Path
    received: Path
    returned: Path
    summary: Path

    @property
    def decisions(self) -> Path:
        """办理记录: what the office settled itself."""
        return self.home / DECISIONS

    @property
    def outcome(self) -> Path:
        """审核情况: what the last check found, beside what goes back."""
        return self.returned.parent / OUTCOME

    @property
    def memory(self) -> Path:
        """Where the program keeps what it knows from earlier runs."""
        return self.home / MEMORY


def find_home(start: Path) -> Path | None:
    """The working folder that ``start`` is or lies in, told as a path from ``start``; None where there is none."""
    here = start.resolve()
    for up, folder in enumerate((here, *here.parents)):
        if (folder / SETTINGS).is_file():
            return start.joinpath(*[".."] * up)
    return None


def read_settings(home: Path) -> Settings:
    """The settings of a working folder; XltoolsError names file, key and reason where they are wrong."""
    path = home / SETTINGS
    try:
        data = tomllib.loads(content_of(path, _SIZE).decode("utf-8-sig"))
    except Refused as problem:
        raise _wrong("（整个文件）", f"打不开：{problem.reason}") from None
    except (ValueError, RecursionError) as problem:
        raise _wrong("（整个文件）", f"不是有效的 TOML（UTF-8）：{problem}") from None
    _only(data, "", ("year", "roster", "supplements", "previous", "prefer", "folders"))
    year = data.get("year")
    if not isinstance(year, int) or isinstance(year, bool) or year not in _YEARS:
        raise _wrong("year", f"应当是报告年度，例：year = {_YEARS[0]}")
    folders = data.get("folders", {})
    if not isinstance(folders, dict):
        raise _wrong("folders", "应当写成 [folders]，下面一行一个文件夹")
    _only(folders, "folders.", tuple(_FOLDERS))
    supplements = _texts(data, "supplements")
    try:
        form_for(year, supplements)
    except XltoolsError as problem:
        raise _wrong("supplements" if supplements else "year", str(problem)) from None
    prefer = _text(data, "prefer", "")
    if prefer not in ("", "newest"):
        raise _wrong("prefer", f"“{prefer}”不认识，可以留空，或者填 newest")
    places = {
        key: _inside(home, f"folders.{key}", _text(folders, key, name, "folders.")) for key, name in _FOLDERS.items()
    }
    # What is only read may lie anywhere: last year's folder does.
    roster = home / _text(data, "roster", ROSTERS[0])
    previous = tuple(home / name for name in _texts(data, "previous"))
    for path in previous:
        if not path.exists():
            raise _wrong("previous", f"没有“{path}”这个文件或文件夹")
    for name in (MEMORY, f"{MEMORY}/{READINGS}"):
        _inside(home, name, name)
    return Settings(home, year, roster, supplements, previous, prefer == "newest", **places)


def _wrong(key: str, reason: str) -> XltoolsError:
    return XltoolsError(f"工作文件夹的设置有误：{SETTINGS}，{key}：{reason}")


def _only(data: Mapping[str, Any], at: str, known: tuple[str, ...]) -> None:
    for key in data:
        if key not in known:
            raise _wrong(f"{at}{key}", f"不认识的键；这里可用：{'、'.join(known)}")


def _text(data: Mapping[str, Any], key: str, default: str, at: str = "") -> str:
    value = data.get(key, default)
    if not isinstance(value, str) or any(c in value for c in "\0\n"):
        raise _wrong(f"{at}{key}", f'应当是引号里的一行文字，例：{key} = "{default}"')
    return value


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of texts; one text alone, or none at all, will do."""
    value = data.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) and "\0" not in item for item in values):
        raise _wrong(key, f'应当是引号里的文字，或者方括号里的几段文字，例：{key} = ["甲", "乙"]')
    return tuple(item for item in values if item)


def _inside(home: Path, key: str, name: str) -> Path:
    """A folder that is written to: it lies in the working folder, whatever links lead where."""
    try:
        inside = (
            name
            and (home / name).resolve().is_relative_to(home.resolve())
            and (home / name).resolve() != home.resolve()
        )
    except (OSError, RuntimeError):
        inside = False
    if not inside:
        raise _wrong(key, f"“{name}”不在工作文件夹里面；请填工作文件夹里的一个文件夹的名字")
    return home / name


def without_blank(settings: Settings, agencies: Sequence[Agency]) -> tuple[list[Agency], list[Path]]:
    """The agencies whose blank is not there yet, and blanks that are there and nobody's: of who left or was renamed."""
    there = {
        path.name: path for path in sorted(settings.issued.glob("*.xlsx")) if not path.name.startswith(("~$", ".~"))
    }
    names = {file_name(agency, settings.year): agency for agency in agencies}
    return ([agency for name, agency in names.items() if name not in there],
            [path for name, path in there.items() if name not in names])  # fmt: skip


def summary_path(settings: Settings, area: Agency) -> Path:
    """Where the season's summary is written: {year}_{area}_汇总表.xlsx."""
    return settings.summary / f"{settings.year}_{safe_name(area.name)}_汇总表.xlsx"


def last_year(settings: Settings) -> tuple[Path, ...]:
    """Where last year's filings are. Of a working folder it is the summary, or before there is one what came in."""
    found = []
    for path in settings.previous:
        if (path / SETTINGS).is_file():
            other = read_settings(path)
            path = other.summary if any(other.summary.glob("*.xlsx")) else other.received
        found.append(path)
    return tuple(found)


# ── a new one ────────────────────────────────────────────────────────────────

_TEMPLATE = """\
# 一个填报季的工作文件夹。在这个文件夹里运行 xltools blank、check、merge，不用再给选项；命令里给出的选项优先。
# 井号后面是说明。改完保存为 UTF-8。这里的路径都从本文件夹算起。

# 报告年度
year = {year}

# 名录：谁应当报、报给谁
roster = {roster}

# 地方补充项的编号，例：["甲", "乙"]；全部补充项见 xltools forms list
supplements = {supplements}

# 上年的表，用来带出上年结转、与上年比较：上年的工作文件夹、汇总表，或者放填报表的文件夹；没有就留空
previous = {previous}

# 一个单位报来几份不同的表时：留空，都不计入，请单位确认；填 "newest"，取最后保存的一份
prefer = ""

[folders]
{folders}
"""

_COMMENTS = {
    "issued": "空白表放在这里，发给各单位",
    "received": "各单位报来的表放进这里",
    "returned": "退给单位改正的表和退回单写在这里",
    "summary": "汇总表写在这里",
}


def lay_out(
    folder: Path, year: int, supplements: tuple[str, ...] = (), *, after: Path | None = None, force: bool = False
) -> list[Path]:
    """Makes a working folder, and returns what was written. ``after`` is last year's, whose roster and supplements go on.

    XltoolsError for a folder that is not empty, unless ``force``; then too a roster and 办理记录 that are there stay as they are.
    """
    before = _before(after, year) if after else None
    supplements = supplements or (before.supplements if before else ())
    form_for(year, supplements)
    names = next_roster(before.roster, year) if before else write_roster(_EXAMPLES, year)
    previous = _from(folder, before.home) if before else ""
    try:
        if folder.exists() and not folder.is_dir():
            raise XltoolsError(f"“{folder}”是一个文件；请给出一个文件夹的名字")
        if not force and folder.exists() and any(folder.iterdir()):
            raise XltoolsError(
                f"文件夹“{folder}”里已经有文件；请换一个新文件夹，或者加 --force（名录和办理记录不会被覆盖）"
            )
        for name in _FOLDERS.values():
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise XltoolsError(f"建不了文件夹“{folder}”：{why(problem)}") from None
    written = []
    roster = next((name for name in ROSTERS if (folder / name).exists()), "")
    if not roster:
        roster = ROSTERS[0]
        write_whole(folder / roster, names)
        written.append(folder / roster)
    if not (folder / DECISIONS).exists():
        write_whole(folder / DECISIONS, write_decisions(year))
        written.append(folder / DECISIONS)
    # Last: with it the folder is a working folder, and everything else is there.
    settings = _TEMPLATE.format(
        year=year,
        roster=_quoted(roster),
        supplements=json.dumps(supplements, ensure_ascii=False),
        previous=_quoted(previous),
        folders="\n".join(_folder_lines()),
    )
    write_whole(folder / SETTINGS, settings.encode(), force=force)
    return [*written, folder / SETTINGS]


def _before(home: Path, year: int) -> Settings:
    """The settings of last year's working folder; XltoolsError where it is none, or of another year."""
    if not (home / SETTINGS).is_file():
        raise XltoolsError(f"“{home}”不是工作文件夹：里面没有 {SETTINGS}")
    settings = read_settings(home)
    if settings.year != year - 1:
        raise XltoolsError(f"“{home}”是 {settings.year} 年度的工作文件夹，不是上年（{year - 1} 年度）的")
    return settings


def _from(folder: Path, other: Path) -> str:
    """A path as it is told in a folder; in full where it lies on another drive."""
    try:
        return slashed(Path(os.path.relpath(other, folder)))
    except ValueError:
        return slashed(other.resolve())


def _folder_lines() -> list[str]:
    return [f"{key} = {_quoted(name)}  # {_COMMENTS[key]}" for key, name in _FOLDERS.items()]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _row(code: str, name: str, level: str, parent: str = "") -> tuple[str, ...]:
    return (code, name, level, parent, "", "", "")


_EXAMPLES = (
    _row("001", "示例县（请换成本地区）", LEVELS["county"]),
    _row("001-01", "示例县人民政府办公室（请换成本级机关）", LEVELS["department"], "001"),
    _row("001-02", "示例县某局（一行一个单位）", LEVELS["department"], "001"),
    _row("001-03", "示例镇", LEVELS["township"], "001"),
)
"""Rows that show how a roster is filled in."""
