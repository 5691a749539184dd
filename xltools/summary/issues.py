"""审核问题: every finding, the summary's own first, then by agency; above them, what kinds there are how many agencies have each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

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
_FILES, _OF_ONE = 2**24, 2**20
"""More files than a run has, and more findings than a file or a set has."""
_OF_AGENCY = 2 * len(_ORDER) * _FILES * _OF_ONE


@dataclass
class IssueKind:
    """Findings of one kind: its rule or code, the first of them as they are listed, how many are open, how many there are, whose."""

    name: str
    first: Finding
    place: int
    open: int = 0
    count: int = 0
    agencies: int = 0

    @property
    def order(self) -> tuple[int, int, str]:
        return _ORDER[self.first.severity], -self.count, self.name


class Issues:
    """The findings of a summary in the order they are listed, and the kinds of them: its own first, agency by agency in the order
    of the roster, then those of nobody on it.

    Of each no more is kept than its place in that order, as one number: whose, how grave, of which file, the how manieth there.
    There may be a million of them, and most lie on a shelf.
    """

    def __init__(self, summary: Summary, own: Sequence[Finding] = ()) -> None:
        collection = summary.collection
        self._files, self._about = collection.received, {0: own, len(collection.received) + 1: collection.findings}
        entries = collection.roster.entries if collection.roster else ()
        self._agencies = {entry.agency.code: number for number, entry in enumerate(entries, 1)}
        kinds: dict[str, IssueKind] = {}
        whose: dict[str, set[str | int]] = {}
        self._order = sorted(self._placed(kinds, whose))
        for name, kind in kinds.items():
            kind.agencies = len(whose[name])
        self.kinds = sorted(kinds.values(), key=lambda kind: kind.order)[:_SHOWN]

    def _placed(self, kinds: dict[str, IssueKind], agencies: dict[str, set[str | int]]) -> Iterator[int]:
        """The place of each finding, as it comes, while the kinds are counted, and the agencies that have them."""
        for file in range(len(self._files) + 2):
            for number, one in enumerate(self._of(file)):
                code = one.agency.code if one.agency else ""
                whose = self._agencies.get(code, len(self._agencies) + 1) if file else 0
                place = ((whose * 2 + (not one.open)) * len(_ORDER) + _ORDER[one.severity]) * _FILES + file
                place = place * _OF_ONE + number
                kind = kinds.setdefault(_kind(one), IssueKind(_kind(one), one, place))
                if place < kind.place:
                    kind.first, kind.place = one, place
                kind.open += one.open
                kind.count += 1
                those = agencies.setdefault(kind.name, set())
                if one.agency:
                    those.add(self._agencies.get(code, code))
                yield place

    def _of(self, file: int) -> Sequence[Finding]:
        return self._about[file] if file in self._about else self._files[file - 1].findings

    @property
    def head(self) -> int:
        """The row of the list's headings, below the kinds."""
        return TOP + len(self.kinds) + 1 if self.kinds else TOP - 1

    @property
    def count(self) -> int:
        """How many of them the sheet lists."""
        return min(len(self._order), _MOST)

    @property
    def left(self) -> int:
        """How many there are beyond these."""
        return len(self._order) - self.count

    def listed(self) -> Iterator[Finding]:
        """As many of them as the sheet lists."""
        for place in self._order[:_MOST]:
            file, number = divmod(place % (_FILES * _OF_ONE), _OF_ONE)
            yield self._of(file)[number]

    def row_of(self, kind: IssueKind) -> int:
        """The row of the first of a kind; that of the headings where it is not listed."""
        at = bisect_left(self._order, kind.place)
        return self.head + 1 + at if at < self.count else self.head

    def first_row(self, code: str) -> int | None:
        """The row where the findings of an agency on the roster begin; None where it has none."""
        whose = self._agencies.get(code)
        at = bisect_left(self._order, (whose or 0) * _OF_AGENCY)
        there = whose is not None and at < self.count and self._order[at] // _OF_AGENCY == whose
        return self.head + 1 + at if there else None


def write_issues(book: Book, issues: Issues, status: str) -> None:
    """The sheet: kinds above, each leading to its first finding, then the list, to be filtered by any column."""
    out = list_sheet(book, ISSUES, _TITLE, status, _COLUMNS, issues.head)
    if issues.kinds:
        _kinds(out, issues)
    styles = (*("cell_left",) * 6, "cell_number", "cell_number", *("cell_left",) * 2, *("cell_note",) * 2)
    count, left = issues.count, issues.left
    out.rows(issues.head + 1, count, map(_row, issues.listed()), styles, _height)
    if left:
        words = f"还有 {left} 项没有列出，全部见 xltools check --json 的结果"
        out.put((issues.head + 1 + count, 0), words, "name_left")
    finish_list(out, count, len(_COLUMNS), ISSUES, issues.head)


def _kinds(out: Sheet, issues: Issues) -> None:
    counts = tuple(enumerate(("未解决", "共几项", "几家单位"), _COUNTS))
    out.put(Box(TOP - 1, _KIND[0], TOP - 1, _KIND[1]), "编号", "head")
    out.put(Box(TOP - 1, _WORDS[0], TOP - 1, _WORDS[1]), "是什么问题", "head")
    for column, heading in counts:
        out.put((TOP - 1, column), heading, "head")
    for row, kind in enumerate(issues.kinds, TOP):
        one = kind.first
        words = f"［{SEVERITIES[one.severity]}］{one.detail.get('text') or CATALOGUE[one.code].title}"
        out.link(Box(row, _WORDS[0], row, _WORDS[1]), f"'{ISSUES}'!A{issues.row_of(kind) + 1}", words, "cell_link")
        out.put(Box(row, _KIND[0], row, _KIND[1]), kind.name, "cell_note")
        for column, count in enumerate((kind.open, kind.count, kind.agencies), _COUNTS):
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
