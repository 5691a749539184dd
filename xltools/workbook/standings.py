"""上报情况: every agency a summary is of, what became of its filing, and through which part it came. Written here, read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xltools.layout import CODE_LABEL, ISSUES, STANDINGS
from xltools.model import Agency, Member
from xltools.terms import LEVELS, SEVERITIES, level_of
from xltools.workbook.book import Book
from xltools.workbook.listing import HEAD, TOP, finish_list, list_sheet
from xltools.workbook.sheets import ReceivedWorkbook

_CODE, _NAME, _LEVEL, _COUNTED, _VIA = "单位代码", "单位名称", "层级", "是否计入", "经由"
_COLUMNS = {_CODE: 18.0, _NAME: 34.0, _LEVEL: 14.0, "状态": 10.0, _COUNTED: 10.0,
            **dict.fromkeys(SEVERITIES.values(), 7.0), CODE_LABEL: 20.0, "文件": 36.0, _VIA: 26.0}  # fmt: skip
_YES, _NO, _PATH = "是", "否", " / "


@dataclass(frozen=True)
class Line:
    """An agency's line: its member's entry, state in words, open findings by severity (None where no file), code, file."""

    member: Member
    state: str
    open: tuple[int, ...] | None = None
    code: str = ""
    file: str = ""
    issue: int | None = None
    """The row of 审核问题 where its findings begin."""


def write_standings(book: Book, lines: Sequence[Line], status: str) -> None:
    """The sheet, an agency a row; a name leads to its findings."""
    out = list_sheet(book, STANDINGS, "上报情况", status, _COLUMNS)
    for row, line in enumerate(lines, TOP):
        agency = line.member.agency
        facts = (agency.code, agency.name, LEVELS[agency.level], line.state, _YES if line.member.counted else _NO)
        for column, fact in enumerate(facts):
            out.put((row, column), fact, "cell_left")
        if line.issue is not None:
            out.link((row, 1), f"'{ISSUES}'!A{line.issue + 1}", agency.name, "cell_link")
        for column in range(len(SEVERITIES)):
            out.put((row, 5 + column), line.open[column] if line.open else None, "cell_number")
        for column, fact in enumerate((line.code, line.file, _PATH.join(line.member.via)), 5 + len(SEVERITIES)):
            out.put((row, column), fact, "cell_left")
    finish_list(out, len(lines), len(_COLUMNS), STANDINGS)


def read_members(workbook: ReceivedWorkbook) -> tuple[Member, ...]:
    """The agencies that a received summary says it is of; a line without code or level is passed over."""
    if STANDINGS not in workbook.sheet_names:
        return ()
    cells = workbook.sheet(STANDINGS)
    head = {cells.text(HEAD, column): column for row, column in cells.cells if row == HEAD}
    if not {_CODE, _NAME, _LEVEL, _COUNTED, _VIA} <= head.keys():
        return ()
    found = []
    for row in sorted({row for row, _ in cells.cells if row >= TOP}):
        code, name, level, counted, via = (
            cells.text(row, head[heading]).strip() for heading in (_CODE, _NAME, _LEVEL, _COUNTED, _VIA)
        )
        if code and (known := level_of(level)):
            path = tuple(part for part in via.split(_PATH) if part)
            found.append(Member(Agency(code, name, known), counted == _YES, path))
    return tuple(found)
