"""审核问题: every finding, the summary's own first, then by agency; above them, what kinds there are how many agencies have each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from xltools.address import Box
from xltools.characters import whole
from xltools.classes import dataclass
from xltools.figures import stored
from xltools.findings import CATALOGUE, Finding
from xltools.form.layout import ISSUES
from xltools.ooxml.book import Book, Sheet, height_of
from xltools.ooxml.streamed import Value
from xltools.summary import Summary
from xltools.terms import SEVERITIES
from xltools.workbook.listing import TOP, finish_list, list_sheet

_COLUMNS = {"单位名称": 18.0, "级别": 6.0, "状态": 9.0, "表": 12.0, "单元格": 7.0, "问题": 56.0, "现在": 9.0, "应为": 9.0,
            "怎么办／怎样了结": 32.0, "文件": 18.0, "单位代码": 11.0, "编号": 22.0}  # fmt: skip
_WORDS, _COUNTS, _KIND, _SHOWN = (0, 5), 6, (9, 11), 60
"""The columns of the kinds above the list: what it is, from where on how many, the number; and how many kinds are listed."""
_MOST = 50_000
"""Findings that are listed; whoever has more of them filters the JSON of the run."""
_LONGEST = 4000
"""Characters of a message: more than anybody reads in a cell."""
_TITLE = "审核问题：按单位列出；点一类问题到它的第一条；可以筛选，也可以排序（排序后链接不再对准）"
_ORDER = {severity: number for number, severity in enumerate(SEVERITIES)}


@dataclass(frozen=True)
class Issues:
    """The findings in the order they are listed, and the kinds of them: rule or code, with how many of which agencies."""

    found: tuple[Finding, ...]
    kinds: tuple[tuple[str, tuple[Finding, ...]], ...]

    @classmethod
    def of(cls, summary: Summary, own: Sequence[Finding] = ()) -> Issues:
        """The findings of a summary: its ``own``, agency by agency in the order of the roster, then those of nobody on it."""
        order = summary.collection.roster.entries if summary.collection.roster else ()
        place = {entry.agency.code: n for n, entry in enumerate(order)}
        found = sorted(own, key=lambda f: (not f.open, _ORDER[f.severity])) + sorted(
            summary.collection.all_findings(),
            key=lambda f: (place.get(f.agency.code if f.agency else "", len(place)), not f.open, _ORDER[f.severity]),
        )
        kinds: dict[str, list[Finding]] = {}
        for one in found:
            kinds.setdefault(_kind(one), []).append(one)
        ordered = sorted(kinds.items(), key=lambda kind: (_ORDER[kind[1][0].severity], -len(kind[1]), kind[0]))[:_SHOWN]
        return cls(tuple(found), tuple((name, tuple(those)) for name, those in ordered))

    @property
    def head(self) -> int:
        """The row of the list's headings, below the kinds."""
        return TOP + len(self.kinds) + 1 if self.kinds else TOP - 1

    @property
    def listed(self) -> tuple[Finding, ...]:
        """As many of them as the sheet lists."""
        return self.found[:_MOST]

    def first_row(self, code: str) -> int | None:
        """The row where an agency's findings begin; None where it has none."""
        return self._first.get(code)

    @cached_property
    def _first(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for row, one in enumerate(self.listed, self.head + 1):
            if one.agency:
                found.setdefault(one.agency.code, row)
        return found


def write_issues(book: Book, issues: Issues, status: str) -> None:
    """The sheet: kinds above, each leading to its first finding, then the list, to be filtered by any column."""
    out = list_sheet(book, ISSUES, _TITLE, status, _COLUMNS, issues.head)
    if issues.kinds:
        _kinds(out, issues)
    styles = (*("cell_left",) * 6, "cell_number", "cell_number", *("cell_left",) * 2, *("cell_note",) * 2)
    count, left = len(issues.listed), len(issues.found) - len(issues.listed)
    out.rows(issues.head + 1, count, map(_row, issues.listed), styles, _height)
    if left:
        words = f"还有 {left} 项没有列出，全部见 xltools check --json 的结果"
        out.put((issues.head + 1 + count, 0), words, "name_left")
    finish_list(out, count, len(_COLUMNS), ISSUES, issues.head)


def _kinds(out: Sheet, issues: Issues) -> None:
    first = {id(f): n for n, f in reversed(list(enumerate(issues.listed, issues.head + 1)))}
    counts = tuple(enumerate(("未解决", "共几项", "几家单位"), _COUNTS))
    out.put(Box(TOP - 1, _KIND[0], TOP - 1, _KIND[1]), "编号", "head")
    out.put(Box(TOP - 1, _WORDS[0], TOP - 1, _WORDS[1]), "是什么问题", "head")
    for column, heading in counts:
        out.put((TOP - 1, column), heading, "head")
    for row, (name, those) in enumerate(issues.kinds, TOP):
        one = those[0]
        words = f"［{SEVERITIES[one.severity]}］{one.detail.get('text') or CATALOGUE[one.code].title}"
        agencies = {f.agency.code for f in those if f.agency}
        at = first.get(id(one), issues.head)
        out.link(Box(row, _WORDS[0], row, _WORDS[1]), f"'{ISSUES}'!A{at + 1}", words, "cell_link")
        out.put(Box(row, _KIND[0], row, _KIND[1]), name, "cell_note")
        for column, count in enumerate((sum(f.open for f in those), len(those), len(agencies)), _COUNTS):
            out.put((row, column), count, "cell_number")
        out.height_for(row, (words, sum(list(_COLUMNS.values())[_WORDS[0] : _WORDS[1] + 1])))


def _kind(found: Finding) -> str:
    """What findings are of one kind by: the rule of the form that fails, else the code."""
    return found.rule if found.rule and found.code == "rule-failed" else found.code


def _row(found: Finding) -> tuple[Value, ...]:
    agency = found.agency
    file = whole(found.file).rpartition("/")[2] if found.file else ""
    actual, expected = (
        None if figure is None else stored(figure, kind)
        for figure, kind in ((found.actual, found.types[0]), (found.expected, found.types[1]))
    )
    return (agency.name if agency else "", SEVERITIES[found.severity], found.state, found.sheet or "", found.cell or "",
            found.message[:_LONGEST], actual, expected, (found.closure.words if found.closure else found.remedy)[:_LONGEST],
            file, agency.code if agency else "", _kind(found))  # fmt: skip


def _height(row: Sequence[Value]) -> float:
    return height_of(
        (str(words), width) for words, width in zip(row, _COLUMNS.values(), strict=True) if isinstance(words, str)
    )
