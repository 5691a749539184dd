"""审核问题: every finding, by agency; above them, what kinds there are and how many agencies have each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from xltools.findings import CATALOGUE, Finding
from xltools.layout import ISSUES
from xltools.merge import Summary
from xltools.terms import SEVERITIES
from xltools.workbook.book import Book, Sheet, height_of
from xltools.workbook.listing import TOP, finish_list, list_sheet
from xltools.workbook.press import Value
from xltools.workbook.shown import plain

_COLUMNS = {"单位代码": 12.0, "单位名称": 20.0, "级别": 6.0, "状态": 9.0, "表": 13.0, "单元格": 7.0, "编号": 24.0,
            "问题": 60.0, "现在": 10.0, "应为": 10.0, "怎么办": 34.0, "文件": 24.0}  # fmt: skip
_TITLE = "审核问题：按单位列出；点编号到这一类的第一条，用筛选看一个单位或一类问题"
_ORDER = {severity: number for number, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True)
class Issues:
    """The findings in the order they are listed, and the kinds of them: rule or code, with how many of which agencies."""

    found: tuple[Finding, ...]
    kinds: tuple[tuple[str, tuple[Finding, ...]], ...]

    @classmethod
    def of(cls, summary: Summary) -> Issues:
        """The findings of a summary: agency by agency in the order of the roster, then those of nobody on it."""
        place = {s.entry.agency.code: n for n, s in enumerate(summary.standings)}
        found = sorted(
            summary.collection.all_findings(),
            key=lambda f: (place.get(f.agency.code if f.agency else "", len(place)), not f.open, _ORDER[f.severity]),
        )
        kinds: dict[str, list[Finding]] = {}
        for one in found:
            kinds.setdefault(one.rule or one.code, []).append(one)
        ordered = sorted(kinds.items(), key=lambda kind: (_ORDER[kind[1][0].severity], -len(kind[1]), kind[0]))
        return cls(tuple(found), tuple((name, tuple(those)) for name, those in ordered))

    @property
    def head(self) -> int:
        """The row of the list's headings, below the kinds."""
        return TOP + len(self.kinds) + 1 if self.kinds else TOP - 1

    def first_row(self, code: str) -> int | None:
        """The row where an agency's findings begin; None where it has none."""
        at = self._firsts.get(code)
        return None if at is None else self.head + 1 + at

    @cached_property
    def _firsts(self) -> dict[str, int]:
        """Where each agency's findings begin, by its code."""
        return {f.agency.code: n for n, f in reversed(list(enumerate(self.found))) if f.agency}


def write_issues(book: Book, issues: Issues, status: str) -> None:
    """The sheet: kinds above, each leading to its first finding, then the list, to be filtered by any column."""
    out = list_sheet(
        book,
        ISSUES,
        _TITLE,
        status,
        _COLUMNS,
        issues.head,
    )
    if issues.kinds:
        _kinds(out, issues)
    styles = (*("cell_left",) * 8, "cell_number", "cell_number", "cell_left", "cell_left")
    out.rows(issues.head + 1, len(issues.found), map(_row, issues.found), styles, _height)
    finish_list(out, len(issues.found), len(_COLUMNS), ISSUES, issues.head)


def _kinds(out: Sheet, issues: Issues) -> None:
    for column, heading in ((6, "编号"), (7, "是什么问题"), (8, "未解决"), (9, "共几项"), (10, "几家单位")):
        out.put((TOP - 1, column), heading, "column")
    for row, (name, those) in enumerate(issues.kinds, TOP):
        first = issues.head + 1 + issues.found.index(those[0])
        out.link((row, 6), f"'{ISSUES}'!A{first + 1}", name, "cell_link")
        out.put((row, 7), f"［{SEVERITIES[those[0].severity]}］{CATALOGUE[those[0].code].title}", "cell_left")
        agencies = {f.agency.code for f in those if f.agency}
        for column, count in enumerate((sum(f.open for f in those), len(those), len(agencies)), 8):
            out.put((row, column), count, "cell_number")


def _row(found: Finding) -> tuple[Value, ...]:
    agency = found.agency
    file = found.file.replace("\\", "/").rpartition("/")[2] if found.file else ""
    actual, expected = (
        None if figure is None else plain(figure, kind)
        for figure, kind in ((found.actual, found.types[0]), (found.expected, found.types[1]))
    )
    return (agency.code if agency else "", agency.name if agency else "", SEVERITIES[found.severity], found.state,
            found.sheet or "", found.cell or "", found.rule or found.code, found.message,
            actual, expected, found.remedy, file)  # fmt: skip


def _height(row: Sequence[Value]) -> float:
    return height_of({_COLUMNS["问题"]: str(row[7]), _COLUMNS["怎么办"]: str(row[10])})
