"""The working folder of one season: where it is, what lies in it, how a new one is laid out."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from xltools.collection.issuing import file_name, form_for, safe_name
from xltools.collection.roster import EXAMPLES, Roster, next_roster, read_roster, rows_from, write_roster
from xltools.editions.shelves import FORMS, shelved
from xltools.errors import XltoolsError, why
from xltools.form.model import Agency
from xltools.inputs import LIST_LIMIT, must_read
from xltools.ooxml.lists import Column, ListSheet, list_on
from xltools.ooxml.revision import revised, with_sheet
from xltools.outputs import slashed, write_whole
from xltools.periods import before as earlier
from xltools.periods import in_words, part_of
from xltools.received.companions import SUMMARY
from xltools.season.docket import DECISIONS, write_decisions
from xltools.season.settings import (
    FOLDERS,
    HELP,
    ITEM,
    ITEMS,
    ROSTERS,
    SHEET,
    WORDS,
    Settings,
    read_settings,
    rows_of,
)
from xltools.season.where import SETTINGS, family_of


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
    return settings.summary / f"{settings.year}_{safe_name(area.name)}{SUMMARY}"


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
# 一般不用改这个文件：报送期限、联系人、上年的表等，填在 名录.xlsx 的“设置”里；两处都填了的，按“设置”的用。
# 井号后面是说明。这里的路径都从本文件夹算起。

# 报告年度
year = {year}
{family}
# 名录：谁应当报、报给谁
roster = {roster}

# 地方补充项的编号，例：["甲", "乙"]；全部补充项见 xltools forms list
supplements = {supplements}

# 上年的表，用来带出上年结转、与上年比较：上年的工作文件夹、汇总表，或者放填报表的文件夹；没有就留空
previous = {previous}

# 一个单位报来几份不同的表时：留空，都不计入，请单位确认；填 "newest"，取最后保存的一份
prefer = ""

# 写在退回单、催报的话和审核情况里：报送期限（例："2026-01-20"）、联系人、联系电话、落款
[office]
{office}

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
    folder: Path,
    year: int,
    supplements: tuple[str, ...] = (),
    *,
    family: str | None = None,
    after: Path | None = None,
    roster: Path | None = None,
    said: Mapping[str, str] = MappingProxyType({}),
    force: bool = False,
) -> list[Path]:
    """Makes a working folder, and returns what was written. ``after`` is last year's, whose family, forms, roster and supplements
    go on.

    ``roster`` is one to begin with, its rows taken over; ``said`` what the sheet 设置 is to say, by its keys (``office.deadline``).
    XltoolsError for a folder that is not empty, unless ``force``; then too a roster and 办理记录 that are there stay as they are.
    """
    if family is None:
        family = family_of(after) if after else None
    with shelved(after or folder, family):
        before = _before(after, year) if after else None
        supplements = supplements or (before.supplements if before else ())
        form = form_for(year, supplements)
    filled = _filled(before) | dict(said)
    names, shown = _names(before, filled, year, read_roster(roster) if roster else None)
    try:
        if folder.exists() and not folder.is_dir():
            raise XltoolsError(f"“{folder}”是一个文件；请给出一个文件夹的名字")
        if not force and folder.exists() and any(folder.iterdir()):
            raise XltoolsError(
                f"文件夹“{folder}”里已经有文件；请换一个新文件夹，或者加 --force（名录和办理记录不会被覆盖）"
            )
        for name in FOLDERS.values():
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise XltoolsError(f"建不了文件夹“{folder}”：{why(problem)}") from None
    written = []
    there = next((name for name in ROSTERS if (folder / name).exists()), "")
    if not there:
        there = ROSTERS[0]
        write_whole(folder / there, names)
        written.append(folder / there)
    else:
        shown = False
    if not (folder / DECISIONS).exists():
        write_whole(folder / DECISIONS, write_decisions(year))
        written.append(folder / DECISIONS)
    written += _forms(after, folder)
    # Last: with it the folder is a working folder, and everything else is there.
    previous = told_in(folder, before.home) if before else ""
    settings = _settings(year, form.family, there, supplements, previous, {} if shown else filled)
    write_whole(folder / SETTINGS, settings.encode(), force=force)
    return [*written, folder / SETTINGS]


def _forms(after: Path | None, folder: Path) -> list[Path]:
    """Takes last year's own forms over; those that are there stay as they are."""
    written = []
    for path in sorted((after / FORMS).glob("*.toml")) if after else ():
        target = folder / FORMS / path.name
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            write_whole(target, must_read(path, "格式定义", 2**20))
            written.append(target)
    return written


def _filled(before: Settings | None) -> dict[str, str]:
    """What the office's letters say, by key: of last year's all but the deadline."""
    if before is None:
        return {}
    return {f"office.{key}": getattr(before.head, key) for key in ("contact", "phone", "signature")}


def _names(before: Settings | None, filled: Mapping[str, str], year: int, given: Roster | None) -> tuple[bytes, bool]:
    """The roster of a new season, and whether its sheet says what is ``filled``: that of an office may have none."""
    columns = (Column(ITEM, 16), Column(WORDS, 44, text=True), Column(HELP, 70))
    sheet = ListSheet(SHEET, columns, rows_of(filled, year), kept=1)
    if given is not None:
        return write_roster(rows_from(given), year, sheet), True
    if before is None:
        return write_roster(EXAMPLES, year, sheet), True
    path = before.roster
    content = next_roster(path, year, sheet)
    found = list_on(content, path, "名录", SHEET, (ITEM, WORDS), (ITEM, WORDS))
    if found is None:
        return content, False
    rows = {row[ITEM]: row.number for row in found.rows}
    said = {words: filled.get(key, "") for key, (words, _) in ITEMS.items()}
    changed = {rows[words]: {WORDS: new} for words, new in said.items() if words in rows}
    added = [{ITEM: words, WORDS: new} for words, new in said.items() if words not in rows and new]
    return revised(content, path, "名录", (ITEM, WORDS), (ITEM, WORDS), changed=changed, added=added), True


def _settings(
    year: int, family: str, roster: str, supplements: Sequence[str], previous: str, filled: Mapping[str, str]
) -> str:
    """The file of settings; ``filled`` is what the roster's sheet does not say."""
    keys = [key.removeprefix("office.") for key in ITEMS if key.startswith("office.")]
    return _TEMPLATE.format(
        year=_quoted(str(year)) if part_of(year) else year,
        family=f"\n# 报表种类\nfamily = {_quoted(family)}\n" if family else "",
        roster=_quoted(roster),
        supplements=json.dumps(supplements, ensure_ascii=False),
        previous=_quoted(previous),
        office="\n".join(f"{key} = {_quoted(filled.get(f'office.{key}', ''))}" for key in keys),
        folders="\n".join(_folder_lines()),
    )


def _before(home: Path, year: int) -> Settings:
    """The settings of last year's working folder; XltoolsError where it is none, or of another year."""
    if not (home / SETTINGS).is_file():
        raise XltoolsError(f"“{home}”不是工作文件夹：里面没有 {SETTINGS}")
    settings = read_settings(home)
    last = earlier(year, form_for(year).periods)
    if settings.year != last:
        raise XltoolsError(
            f"“{home}”是 {in_words(settings.year)}的工作文件夹，不是上{'期' if part_of(year) else '年'}（{in_words(last)}）的"
        )
    return settings


def put_setting(settings: Settings, item: str, words: str) -> None:
    """Writes into the sheet 设置 of the roster, added where there is none, what an item of it is to be; all else there stays.

    XltoolsError where there is no such item, where the roster is no .xlsx workbook, or where the settings would then be wrong:
    then it stays as it is.
    """
    if item not in {name for name, _ in ITEMS.values()}:
        raise XltoolsError(f"没有“{item}”这一项设置；可以是：{'、'.join(name for name, _ in ITEMS.values())}")
    path = settings.roster
    before = must_read(path, "名录", LIST_LIMIT)
    found = list_on(before, path, "名录", SHEET, (ITEM, WORDS), (ITEM, WORDS))
    if found is None:
        after = with_sheet(before, path, "名录", SHEET, [(ITEM, WORDS), (item, words)])
    else:
        row = next((row.number for row in found.rows if "".join(row[ITEM].split()).rstrip("：:") == item), None)
        more = {"changed": {row: {WORDS: words}}} if row is not None else {"added": [{ITEM: item, WORDS: words}]}
        after = revised(before, path, "名录", (ITEM, WORDS), (ITEM, WORDS), **more)
    write_whole(path, after, force=True)
    try:
        read_settings(settings.home)
    except XltoolsError:
        write_whole(path, before, force=True)
        raise


def told_in(folder: Path, other: Path) -> str:
    """A path as it is told in a folder; in full where it lies on another drive."""
    try:
        return slashed(Path(os.path.relpath(other, folder)))
    except ValueError:
        return slashed(other.resolve())


def _folder_lines() -> list[str]:
    return [f"{key} = {_quoted(name)}  # {_COMMENTS[key]}" for key, name in FOLDERS.items()]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
