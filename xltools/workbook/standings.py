"""上报情况: every agency a summary is of, what became of its filing, through which part it came. Read by ``received.standings``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from xltools.classes import dataclass
from xltools.form.layout import CODE_LABEL, ISSUES, STANDINGS
from xltools.form.model import Member
from xltools.form.standing import standing_words
from xltools.terms import LEVELS, NO, SEVERITIES, YES
from xltools.workbook.listing import TOP, finish_list, list_sheet

if TYPE_CHECKING:
    from xltools.ooxml.book import Book
    from xltools.ooxml.streamed import Value

CODE, NAME, LEVEL, STATE, COUNTED, VIA = "单位代码", "单位名称", "层级", "状态", "是否计入", "经由"
_COLUMNS = {NAME: 32.0, LEVEL: 14.0, STATE: 16.0, COUNTED: 10.0, **dict.fromkeys(SEVERITIES.values(), 7.0),
            CODE_LABEL: 20.0, "文件": 28.0, CODE: 18.0, VIA: 20.0}  # fmt: skip
COLUMNS = len(_COLUMNS)
_STYLES, _PART_STYLES = (
    tuple("cell_number" if name in SEVERITIES.values() else words for name in _COLUMNS)
    for words in ("cell_left", "band")
)
_NOTHING_OPEN = (None,) * len(SEVERITIES)
PATH = " / "
_LINKED = 10_000
"""Lines of agencies from which something leads: Excel takes some 65,000 links on a sheet."""
PART = "汇总"
"""How the state of a line begins that is no agency's: a summary that came in, with its agencies below it."""


@dataclass(frozen=True, slots=True)
class StandingLine:
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
        return f"{PART} {self.part}" if self.part else standing_words(self.member.state, self.member.counted)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that follow one another: how many, asked for as they are written; whether they lie beneath a part."""

    count: int
    lines: Iterable[StandingLine]
    beneath: bool = False

    @property
    def listed(self) -> bool:
        """Whether they are written row by row: nothing leads from what lies beneath a part, nor from very many."""
        return self.beneath or self.count > _LINKED


def write_standings(book: Book, stretches: Sequence[Stretch], status: str) -> None:
    """The sheet, an agency a row; a name leads to its findings."""
    from xltools.ooxml.book import height_of

    def height(facts: Sequence[Value]) -> float:
        widths = _COLUMNS.values()
        return height_of((fact, width) for fact, width in zip(facts, widths, strict=True) if isinstance(fact, str))

    out = list_sheet(book, STANDINGS, "上报情况：点单位名称，看它的审核问题", status, _COLUMNS)
    top = TOP
    for one in stretches:
        if one.listed:
            out.rows(top, one.count, map(_facts, one.lines), _STYLES, height)
        for row, line in enumerate(() if one.listed else one.lines, top):
            facts, styles = _facts(line), _PART_STYLES if line.part else _STYLES
            for column, (fact, style) in enumerate(zip(facts, styles, strict=True)):
                out.put((row, column), fact, style)
            if line.issue is not None:
                out.link((row, 0), f"'{ISSUES}'!A{line.issue + 1}", line.member.agency.name, "cell_link")
            out.height(row, height(facts))
        top += one.count
    finish_list(out, top - TOP, len(_COLUMNS), STANDINGS, locked=True)


def _facts(line: StandingLine) -> tuple[Value, ...]:
    member, agency = line.member, line.member.agency
    return (agency.name, LEVELS[agency.level], line.state, YES if member.counted else NO, *(line.open or _NOTHING_OPEN),
            line.code, line.file, agency.code, PATH.join(member.via))  # fmt: skip
