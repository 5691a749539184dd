"""A document that holds several reports: where each begins and ends, and whose it is.

A report begins at its title, or where the parts begin anew. What has figures of the same fields that differ, or another name or year
in its title, is another report; the same figures once more (a page's copy for telephones) are the same one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from xltools.classes import dataclass
from xltools.form.model import Form
from xltools.ingest.document import Document, PrintedLine, ReportRefused
from xltools.ingest.identity import Identity, titles_in
from xltools.ingest.parts import find_parts, section_marks, sure_title
from xltools.ingest.tables import read_tables
from xltools.ingest.wording import core_name, wording

_STRETCHES_LIMIT, _READ_LIMIT = 1000, 12
_UNREAD = "?"


@dataclass
class PrintedReport:
    """One of a document's reports: its lines, what its title says, its figures by field as printed ("" where a cell is empty)."""

    start: int
    end: int
    identity: Identity
    figures: dict[str, str] = field(default_factory=dict)

    def cut(self, document: Document) -> Document:
        """The document with this report's lines alone."""
        last = self.end == len(document.lines)
        return Document(document.lines[self.start : self.end], document.open_end and last)

    @property
    def words(self) -> str:
        """Whose it is, of which year, as far as its title says."""
        year = f"{self.identity.year}年" if self.identity.year else ""
        return f"{self.identity.name or '没有标题的一份'}{year}"


@dataclass
class _Stretch:
    """Lines in which the parts follow in order, with the title that stands before them."""

    start: int
    identity: Identity = field(default_factory=Identity)
    last: int = -1
    """The section that was last."""
    begun: bool = False
    tables: bool = False
    """Whether a part with tables is among them."""


def reports_of(document: Document, form: Form) -> list[PrintedReport]:
    """The reports of a document that holds several; nothing where it holds one."""
    stretches = _stretches(document.lines, form)
    if len(stretches) < 2:
        return []
    if len(stretches) > _STRETCHES_LIMIT:
        raise ReportRefused("import-unsafe", "里面的报告太多，请分开")
    ends = [*(s.start for s in stretches), len(document.lines)][1:]
    found: list[PrintedReport] = []
    seen: dict[tuple[str, ...], dict[str, str]] = {}
    for stretch, end in zip(stretches, ends, strict=True):
        report = PrintedReport(stretch.start, end, stretch.identity)
        if stretch.tables:
            text = tuple(line.text for line in document.lines[report.start : end])
            if text not in seen and len(seen) < _READ_LIMIT:
                cut = report.cut(document)
                read = read_tables(cut, find_parts(cut.lines, form), form)
                seen[text] = {**dict.fromkeys(read.empty, ""), **read.figures}
            # Of many reports those that come last are told apart by their titles alone.
            report.figures = seen.get(text, {_UNREAD: str(len(found))})
        _put(found, report)
    whole = [report for report in found if report.figures]
    return whole if len(whole) > 1 else []


def _put(found: list[PrintedReport], report: PrintedReport) -> None:
    """Puts a stretch to the reports: another report, a copy of one, or one that goes on."""
    last = found[-1] if found else None
    if not report.figures:
        if last and last.end == report.start and _like(last.identity, report.identity):
            last.end = report.end
        elif not last:
            found.append(report)  # a list of contents, with the title above it
        return
    if any(_same(other, report) for other in found):
        return
    if last and _like(last.identity, report.identity) and last.figures.keys().isdisjoint(report.figures):
        last.end, last.figures = report.end, {**last.figures, **report.figures}
        last.identity = last.identity if last.identity.name or last.identity.year else report.identity
        return
    found.append(report)


def _same(a: PrintedReport, b: PrintedReport) -> bool:
    """Whether two stretches show the same report, one of them perhaps less of it."""
    shared = a.figures.keys() & b.figures.keys()
    return bool(shared) and _like(a.identity, b.identity) and all(a.figures[k] == b.figures[k] for k in shared)


def _like(a: Identity, b: Identity) -> bool:
    """Whether two titles can be the same report's."""
    one, other = core_name(a.name), core_name(b.name)
    named = one in other or other in one
    return named and (a.year is None or b.year is None or a.year == b.year)


def _stretches(lines: Sequence[PrintedLine], form: Form) -> list[_Stretch]:
    """The document cut where a title stands after parts, or the parts begin anew."""
    titles = dict(titles_in(lines, form.title))
    found = [_Stretch(0)]
    for at, section in _events(lines, form, titles):
        now = found[-1]
        if section is None:
            if now.begun:
                found.append(now := _Stretch(at))
            now.identity = titles[at]
        else:
            if section < now.last:
                found.append(now := _Stretch(at))
            now.last, now.begun = section, True
            now.tables = now.tables or bool(form.sections[section].tables)
    return found


def _events(lines: Sequence[PrintedLine], form: Form, titles: dict[int, Identity]) -> Iterator[tuple[int, int | None]]:
    """Where something begins: a report's title (None), or a part, by its title or what only its tables print."""
    marks = section_marks(form)
    for at, line in enumerate(lines):
        if at in titles:
            yield at, None
            continue
        section = sure_title(line.text, form)
        if section is None:
            seen = (marks.get(wording(c.text).core) for c in line.cells if 3 < len(c.text) < 60)
            section = next((index for index in seen if index is not None), None)
        if section is not None:
            yield at, section


def chosen(reports: Sequence[PrintedReport], name: str, year: int | None) -> list[PrintedReport]:
    """The reports that a name and a year can mean: the name in full before one that only contains it."""
    fits = [r for r in reports if year is None or r.identity.year in (None, year)]
    if not name:
        return fits if year is not None else list(reports)
    bare = core_name(name)
    exact = [r for r in fits if core_name(r.identity.name) == bare]
    return exact or [r for r in fits if r.identity.name and _like(Identity(name), Identity(r.identity.name))]
