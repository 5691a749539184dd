"""A rule pack as an office keeps it: a list in Excel, a change a row; read into what its definition file says, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.address import a1
from xltools.classes import dataclass
from xltools.editions.cellwords import (
    Unclear,
    ceiling_said,
    levels_said,
    settings_said,
    severity_said,
    split,
    years_said,
)
from xltools.errors import FormError, XltoolsError

if TYPE_CHECKING:
    from xltools.ooxml.lists import List, ListRow

SHEET, RULES = "规则包", "现有规则"
"""The sheet of the list; the one that names the rules there are."""
IDENTITY = {"id": "编号", "title": "名称"}
COLUMNS = {
    "rule": "规则",
    "severity": "级别",
    "more": "门槛",
    "ceiling": "本级上限",
    "remedy": "怎么办",
    "basis": "依据",
    "years": "年度",
    "levels": "层级",
    "regions": "地区",
}
"""The headings of the list, by what they say."""

_MANY = 3
"""Headings by which a list is known that lacks one it must have."""

_READ: Mapping[str, Callable[[str], Any]] = {
    "severity": severity_said,
    "more": settings_said,
    "ceiling": ceiling_said,
    "remedy": str,
    "basis": str,
    "years": years_said,
    "levels": levels_said,
    "regions": split,
}


@dataclass
class PackList:
    """A list as read: what it says as a definition does, the cells by keys of that, and what is wrong in itself."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    mistakes: list[FormError] = field(default_factory=list)

    def placed(self, problem: FormError) -> FormError:
        """A mistake in the definition, told at its cell."""
        return placed(problem, self.file, self.cells)

    def wrong(self, cell: str, reason: str, remedy: str) -> None:
        """Notes a mistake at a cell."""
        self.mistakes.append(FormError(self.file, cell, reason, remedy))


def placed(problem: FormError, file: str, cells: Mapping[str, str]) -> FormError:
    """A mistake told at the cell of its key, or of the innermost part of it that has one."""
    key = problem.key.rpartition("，")[2]
    while key:
        if key in cells:
            return FormError(file, cells[key], problem.reason, problem.remedy)
        key = key.rpartition(".")[0]
    return FormError(file, problem.key, problem.reason, problem.remedy)


def read_packlist(content: bytes, path: Path) -> PackList | None:
    """The rule pack in a workbook; None where it has no such list, XltoolsError where it cannot be read."""
    from xltools.ooxml.lists import list_on

    read = PackList(path.name)
    headings = tuple(COLUMNS.values())
    found = list_on(content, path, SHEET, SHEET, headings, (COLUMNS["rule"], COLUMNS["severity"]))
    if found is None:
        found = next(
            (one for name in headings if (one := list_on(content, path, SHEET, SHEET, headings, (name,)))), None
        )
        if found is None or len(found.columns) < _MANY:
            return None
    named = list_on(content, path, SHEET, SHEET, tuple(IDENTITY.values()), tuple(IDENTITY.values()))
    _identity(read, named, found)
    _headed(read, found)
    if {COLUMNS["rule"], COLUMNS["severity"]} - found.columns.keys():
        read.cells["change"] = _cell(found.heading + 1, 0)
        return read  # what its rows say is anybody's guess
    for row in found.rows:
        _row(read, row, found)
    read.cells["change"] = _cell(found.heading + 2, 0)
    if not found.rows:
        read.wrong(read.cells["change"], "一条也没有", "一行写一条：规则的编号，和要改的级别、门槛、怎么办")
    return read


def _headed(read: PackList, found: List) -> None:
    """Tells the columns that must be there and are not, and those whose heading may be another's written wrong."""
    lacking = [words for words in COLUMNS.values() if words not in found.columns]
    for name in ("rule", "severity"):
        if COLUMNS[name] in lacking:
            read.wrong(
                _cell(found.heading + 1, 0),
                f"这一行没有“{COLUMNS[name]}”这一栏",
                "照 xltools forms draft --pack 写出的样子补上",
            )
    for column, words in found.others.items() if lacking else ():
        said = f"不认识“{words}”这一栏" if words else "这一栏没有名称"
        remedy = f"是{'、'.join(f'“{name}”' for name in lacking)}的，写上它的名称；不用的，把这一栏清空"
        read.wrong(_cell(found.heading + 1, column), said, remedy)


def _identity(read: PackList, named: List | None, found: List) -> None:
    """The id and the title, in the row below their words."""
    row = named.rows[0] if named is not None and named.rows else None
    for name, words in IDENTITY.items():
        column = named.columns.get(words, 0) if named is not None else 0
        read.cells[name] = _cell(row.number if row else 2, column)
        said = row[words] if row is not None and row.number <= found.heading else ""
        if said:
            read.data[name] = said
        else:
            read.wrong(read.cells[name], f"“{words}”空着", f"在“{words}”下面一格填上")


def _row(read: PackList, row: ListRow, found: List) -> None:
    changes = read.data.setdefault("change", [])
    key, change = f"change[{len(changes) + 1}]", dict[str, Any]()
    for name, words in COLUMNS.items():
        read.cells[f"{key}.{name}"] = _cell(row.number, found.columns.get(words, 0))
    read.cells[key] = read.cells[f"{key}.rule"]
    rules = split(row[COLUMNS["rule"]])
    if not rules:
        read.wrong(read.cells[key], "没有写改哪一条规则", f"写规则的编号，见“{RULES}”；一组的用 *")
    change["rule"] = rules[0] if len(rules) == 1 else rules
    for name, say in _READ.items():
        if not (words := row[COLUMNS[name]]):
            continue
        try:
            said = say(words)
        except Unclear as problem:
            read.wrong(read.cells[f"{key}.{name}"], problem.reason, problem.remedy)
            continue
        if name == "more":
            change |= said
            read.cells |= {f"{key}.{one}": read.cells[f"{key}.more"] for one in said}
        else:
            change[name] = said
    if len(change) > 1 or rules:
        changes.append(change)


def _cell(row: int, column: int) -> str:
    """A cell of the list in words; the row as Excel counts it."""
    return f"“{SHEET}”{a1(row - 1, column)}"


def pack_of(content: bytes, path: Path) -> PackList | None:
    """As ``read_packlist``, a workbook that cannot be read being none."""
    try:
        return read_packlist(content, path)
    except XltoolsError:
        return None
