"""上报情况: every agency a summary is of, what became of its filing, and through which part it came. Written here, read here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from xltools.layout import CODE_LABEL, ISSUES, LEDGER, STANDINGS
from xltools.model import Agency, Member
from xltools.standing import standing_of, standing_words
from xltools.terms import LEVELS, SEVERITIES, level_of
from xltools.workbook.book import Book
from xltools.workbook.listing import TOP, finish_list, list_sheet
from xltools.workbook.sheets import Cell, ReceivedWorkbook

_CODE, _NAME, _LEVEL, _STATE, _COUNTED, _VIA = "单位代码", "单位名称", "层级", "状态", "是否计入", "经由"
_COLUMNS = {_CODE: 18.0, _NAME: 32.0, _LEVEL: 14.0, _STATE: 16.0, _COUNTED: 10.0,
            **dict.fromkeys(SEVERITIES.values(), 7.0), CODE_LABEL: 20.0, "文件": 28.0, _VIA: 20.0}  # fmt: skip
_YES, _NO, _PATH = "是", "否", " / "
_PART = "汇总"
"""How the state of a line begins that is no agency's: a summary that came in, with its agencies below it."""

_NAMED = 12


@dataclass(frozen=True)
class Line:
    """An agency's line: its member's entry, open findings by severity (None where no file), code, file.

    ``part`` says, for the line of a summary that came in, how many of its agencies are counted: 17/21 家.
    """

    member: Member
    open: tuple[int, ...] | None = None
    code: str = ""
    file: str = ""
    issue: int | None = None
    """The row of 审核问题 where its findings begin."""
    part: str = ""

    @property
    def state(self) -> str:
        return f"{_PART} {self.part}" if self.part else standing_words(self.member.state, self.member.counted)


def write_standings(book: Book, lines: Sequence[Line], status: str) -> None:
    """The sheet, an agency a row; a name leads to its findings."""
    out = list_sheet(book, STANDINGS, "上报情况：点单位名称，看它的审核问题", status, _COLUMNS)
    for row, line in enumerate(lines, TOP):
        agency, style = line.member.agency, "band" if line.part else "cell_left"
        facts = (agency.code, agency.name, LEVELS[agency.level], line.state, _YES if line.member.counted else _NO)
        for column, fact in enumerate(facts):
            out.put((row, column), fact, style)
        if line.issue is not None:
            out.link((row, 1), f"'{ISSUES}'!A{line.issue + 1}", agency.name, "cell_link")
        for column in range(len(SEVERITIES)):
            out.put((row, 5 + column), line.open[column] if line.open else None, "cell_number")
        for column, fact in enumerate((line.code, line.file, _PATH.join(line.member.via)), 5 + len(SEVERITIES)):
            out.put((row, column), fact, style)
        out.height(row, 18)
    finish_list(out, len(lines), len(_COLUMNS), STANDINGS, locked=True)


def read_members(workbook: ReceivedWorkbook, parts: Iterable[Agency], tell: Callable[..., None]) -> tuple[Member, ...]:
    """The agencies that a received summary says it is of, ``parts`` being those that its 明细 has figures of.

    It is believed only where both agree. An agency or part of 明细 that 上报情况 does not know is counted, and told; so is one
    that it counts and of which 明细 has no figures.
    """
    said, summaries = _listed(workbook)
    known = {m.agency.code for m in said} | summaries
    added = {agency.code: agency for agency in parts}
    unlisted = [agency for code, agency in added.items() if code not in known]
    unfounded = [m.agency for m in said if m.counted and (m.via or (m.agency.code,))[0] not in added]
    if unlisted or unfounded:
        names = "、".join(agency.name for agency in (*unlisted, *unfounded)[:_NAMED])
        tell("summary-members-differ", sheet=STANDINGS, names=names, other=LEDGER)
    return (*said, *(Member(agency, "accepted", True) for agency in unlisted))


def _listed(workbook: ReceivedWorkbook) -> tuple[list[Member], set[str]]:
    """The agencies of 上报情况, and the codes of the summaries on it; nothing where the sheet is not what it was."""
    found: list[Member] = []
    summaries: set[str] = set()
    columns: dict[str, int] = {}
    for _, row in workbook.rows(STANDINGS) if STANDINGS in workbook.sheet_names else ():
        if not columns:
            there = {cell.text: column for column, cell in row.items()}
            columns = there if {_CODE, _NAME, _LEVEL, _STATE, _VIA} <= there.keys() else {}
            continue
        code, name, level, state, via = (_text(row, columns[words]) for words in (_CODE, _NAME, _LEVEL, _STATE, _VIA))
        known, standing = level_of(level) if level else None, standing_of(state)
        if code and state.startswith(_PART):
            summaries.add(code)
        elif code and known and standing:
            found.append(Member(Agency(code, name, known), *standing, tuple(p for p in via.split(_PATH) if p)))
    return found, summaries


def _text(row: dict[int, Cell], column: int) -> str:
    return row[column].text.strip() if column in row else ""
