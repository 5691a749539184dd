"""A published report imported: read, understood, and told what is open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from xltools import inputs
from xltools.classes import dataclass
from xltools.collection.issuing import form_for
from xltools.collection.roster import Roster
from xltools.editions import edition_for, families, load_form, supplements
from xltools.editions.shelves import desk
from xltools.errors import XltoolsError
from xltools.figures import Figure, exact
from xltools.findings import Finding, finding
from xltools.form.fields import Field
from xltools.form.model import Agency, Filing, Form
from xltools.form.openings import shown
from xltools.ingest.compilation import chosen, reports_of
from xltools.ingest.document import BYTES_LIMIT, Document, ReportRefused
from xltools.ingest.identity import Identity, identify, level_in, title_shown, year_in
from xltools.ingest.left_open import LeftOpen
from xltools.ingest.parts import PrintedPart, find_parts
from xltools.ingest.prove import proven
from xltools.ingest.spoken import put_back, stood_in
from xltools.ingest.tables import TablesRead, read_tables
from xltools.ingest.texts import read_opening, read_texts
from xltools.ingest.wording import core_name, wording
from xltools.outputs import slashed
from xltools.periods import PartOfYear, part_of
from xltools.publication.content import opening_of
from xltools.received.typed import read_text
from xltools.terms import LEVELS, Level, several

_HEAD = 60
"""Lines in which a report names what it is of."""

_PLAIN = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?\Z")


@dataclass(frozen=True)
class Asked:
    """What whoever imports knows of the report: it wins over what the report says."""

    year: int | None = None
    name: str = ""
    code: str = ""
    level: Level | None = None
    supplements: tuple[str, ...] = ()
    roster: Roster | None = None


@dataclass
class ReadBack:
    """A report imported: the filing (None where there is none to be had), and everything that is open about it."""

    file: str
    filing: Filing | None = None
    findings: list[Finding] = field(default_factory=list)
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Each figure as printed, and where, by field."""

    @property
    def open_errors(self) -> bool:
        return any(f.open and f.severity == "error" for f in self.findings)


_NOTHING = Asked()


def import_file(path: Path, asked: Asked = _NOTHING) -> ReadBack:
    """Imports a file; whatever is wrong with it becomes a finding."""
    try:
        content = inputs.content_of(path, BYTES_LIMIT)
    except inputs.Refused as problem:
        return _refused(
            slashed(path), ReportRefused("import-unsafe" if problem.vast else "file-unreadable", problem.reason)
        )
    return import_report(content, slashed(path), asked)


def import_report(content: bytes, file: str, asked: Asked = _NOTHING) -> ReadBack:
    """Imports a report's content; ``file`` names it, and its ending says what it is where the content does not."""
    try:
        document = read_document(content, Path(file).suffix.lower())
        return _Import(document, file, asked).run()
    except ReportRefused as problem:
        return _refused(file, problem)


def _refused(file: str, problem: ReportRefused) -> ReadBack:
    return ReadBack(file, None, [finding(problem.code, file=file, reason=problem.reason)])


def read_document(content: bytes, ending: str) -> Document:
    """The document in a file's bytes: by what they are, then by the file's ending; Refused where it cannot be read."""
    if not content.strip():
        raise ReportRefused("import-not-document", "文件是空的")
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF") or ending == ".pdf":
        from xltools.ingest.pdf import read_pdf

        return read_pdf(content)
    if content.startswith((b"PK", bytes.fromhex("d0cf11e0"))) or ending == ".docx":
        from xltools.ingest.word import read_word

        return read_word(content)
    if ending in (".html", ".htm") or start[:200].lower().startswith((b"<!doctype html", b"<html")):
        from xltools.ingest.page import read_page

        return read_page(content)
    from xltools.ingest.plain import read_text_document

    return read_text_document(content)


class _Import:
    """The import of one document, step by step."""

    def __init__(self, document: Document, file: str, asked: Asked) -> None:
        self.document, self.file, self.asked = document, file, asked
        self.findings: list[Finding] = []
        self.family = _family(document) if desk().family is None else desk().family or ""
        self.editions = families().get(self.family, ())
        """The editions that the report may be of, oldest first."""
        self._found: tuple[Form, list[PrintedPart]] | None = None

    def run(self) -> ReadBack:
        if not self._one_report():
            return ReadBack(self.file, None, self.findings)
        identity = self._identity()
        year = self.asked.year or identity.year or identity.period or year_in(Path(self.file).stem)
        if year is None:
            self._unknown("报告年度", "--year")
        agency = self._agency(identity)
        if year is None or agency is None:
            return ReadBack(self.file, None, self.findings)
        self._years(identity, year)
        year = self._part(year)
        if year is None:
            return ReadBack(self.file, None, self.findings)
        form, parts, read = self._best_form(year)
        if not read.figures and not read.doubts:
            self._tell("import-no-tables", edition=form.edition)
            return ReadBack(self.file, None, self.findings)
        filing = self._filing(form, agency, year, parts, read)
        seen = {name: (text, read.places.get(name, "")) for name, text in read.figures.items() if text}
        return ReadBack(self.file, filing, [replace(f, agency=agency) for f in self.findings], seen)

    def _tell(self, code: str, **words: Any) -> None:
        self.findings.append(finding(code, file=self.file, **words))

    def _unknown(self, what: str, option: str) -> None:
        self._tell("import-identity", what=what, option=option)

    # ── which of several ─────────────────────────────────────────────────────

    def _one_report(self) -> bool:
        """Takes the one report that is asked for, where the document holds several; False where it cannot be told which."""
        reports = reports_of(self.document, load_form(self._newest()))
        if not reports:
            return True
        name = self.asked.name
        if not name and self.asked.roster is not None and (entry := self.asked.roster.by_code.get(self.asked.code)):
            name = entry.agency.name
        fits = chosen(reports, name, self.asked.year)
        names = several([report.words for report in reports], unit="份")
        if len(fits) != 1:
            self._tell("import-several", count=len(reports), names=names, fitting=len(fits))
            return False
        self._tell("import-one-of-several", count=len(reports), names=names, value=fits[0].words)
        self.document = fits[0].cut(self.document)
        return True

    def _newest(self) -> str:
        """The newest edition of the report's family; XltoolsError where the family has none."""
        return self.editions[-1] if self.editions else edition_for(0, self.family)

    # ── who and when ─────────────────────────────────────────────────────────

    def _identity(self) -> Identity:
        form = load_form(self._newest())
        parts = self._parts(form)
        end = parts[0].start if parts else len(self.document.lines)
        return identify(self.document.lines, end, form.title, form.periods)

    def _parts(self, form: Form) -> list[PrintedPart]:
        if self._found is None or self._found[0] is not form:
            self._found = form, find_parts(self.document.lines, form)
        return self._found[1]

    def _years(self, identity: Identity, year: int) -> None:
        if self.asked.year is None:
            source = "标题" if identity.year else "报告期" if identity.period else "文件名"
            self._tell("import-inferred", what="报告年度", value=year, source=f"从{source}认定的", option="--year")
        said = {"标题": identity.year, "报告期": identity.period}
        source = "指定的" if self.asked.year else "标题里的"
        for other, found in ((f"{name}里的", found) for name, found in said.items()):
            if found is not None and found != year:
                self._tell("import-contradicts", what="报告年度", source=source, other=other, expected_text=year,
                           actual_text=found)  # fmt: skip

    def _part(self, year: int) -> int | None:
        """The period, of a form that is filed for parts of a year: as asked, else the one that the head of the report names."""
        periods = load_form(edition_for(year, self.family)).periods
        if not periods or part_of(year):
            return year
        head = "".join(line.text for line in self.document.lines[:_HEAD])
        shown = [name for name in periods if f"{year}年{name}" in "".join(head.split())]
        if len(shown) != 1:
            self._unknown("报告期", "--year")
            return None
        return PartOfYear(year, shown[0])

    def _agency(self, identity: Identity) -> Agency | None:
        asked = self.asked
        name = asked.name or identity.name
        if not asked.name and identity.others:
            self._tell("import-contradicts", what="标题", source="离正文最近的一个标题", other="它上面的标题",
                       expected_text=f"{identity.name}{identity.year or ''}",
                       actual_text=several(identity.others, unit="个"))  # fmt: skip
        entry = None
        if asked.roster is not None:
            entry = asked.roster.by_code.get(asked.code) if asked.code else _on_roster(name, asked.roster)
            if entry is not None:
                name = asked.name or entry.agency.name
        if not name:
            self._unknown("单位名称", "--name")
            return None
        guessed, plain = level_in(name)
        level = asked.level or (entry.agency.level if entry else guessed)
        code = asked.code or (entry.agency.code if entry else name)
        if not asked.name and entry is None:
            self._tell("import-inferred", what="单位名称", value=name, source="从标题认定的", option="--name")
        elif identity.name and core_name(identity.name) not in core_name(name):
            self._tell("import-contradicts", what="单位名称", source="指定的或者名录里的", other="标题里的", expected_text=name,
                       actual_text=identity.name)  # fmt: skip
        if not asked.level and entry is None:
            self._tell("import-inferred", severity=None if plain else "query", what="层级", value=LEVELS[level],
                       source="从名称认定的" if plain else "从名称估计的，名称没有说清", option="--level")  # fmt: skip
        if not asked.code and entry is None:
            self._tell("import-inferred", what="单位代码", value=code, source="用名称代替的", option="--code")
        return Agency(code, name, level)

    # ── which form ───────────────────────────────────────────────────────────

    def _best_form(self, year: int) -> tuple[Form, list[PrintedPart], TablesRead]:
        """The year's form, unless the tables are plainly another edition's; with the supplements of which something is there."""
        right = edition_for(year, self.family)
        marks = {name: self._marks(name) for name in self.editions}
        edition = max(marks, key=lambda name: (marks[name], name == right))
        if marks[edition] < 2 * max(marks[right], 1):
            edition = right
        if edition != right:
            self._tell("edition-other", year=year, actual_text=edition, expected_text=right)
        added = self.asked.supplements or tuple(self._supplements(edition, year))
        form = load_form(edition, added) if edition != right else form_for(year, added, self.family)
        parts = self._parts(form)
        document, said = stood_in(self.document, form)
        read = read_tables(document, parts, form)
        read.figures.update(proven(form, read))
        read.figures.update(put_back(read.figures, said))
        return form, parts, read

    def _marks(self, edition: str) -> int:
        """How many different labels of columns that only this edition has the document shows."""
        own = _column_words(edition)
        others = set().union(*(_column_words(name) for name in self.editions if name != edition))
        shown = {wording(cell.text).core for line in self.document.lines for cell in line.cells if len(cell.text) < 60}
        joined = {a + b for a, b in _neighbours(self.document)}
        return len((own - others) & (shown | joined))

    def _supplements(self, edition: str, year: int) -> Iterator[str]:
        for name in supplements():
            try:
                form = load_form(edition, (name,))
            except XltoolsError:
                continue
            rows = [f.row for f in form.fields.values() if f.id not in load_form(edition).fields]
            if form.covers(year) and any(
                wording(row.name).core in wording(line.text).core for row in rows for line in self.document.lines
            ):
                yield name

    # ── the filing ───────────────────────────────────────────────────────────

    def _filing(self, form: Form, agency: Agency, year: int, parts: Sequence[PrintedPart], read: TablesRead) -> Filing:
        said = {item.id: _figure(read.figures.get(item.id, ""), item) for item in form.inputs}
        inputs = {name: figure for name, (figure, _) in said.items()}
        words = {name: typed for name, (_, typed) in said.items() if typed is not None}
        texts = read_texts(self.document, parts, agency.name)
        filing = Filing(form, agency, year, inputs=inputs, typed=words, texts=texts)
        opening = shown("\n".join(read_opening(self.document.lines, parts[0].start - parts[0].titled if parts else 0)))
        if opening != opening_of(filing):
            filing = replace(filing, opening=opening)
        LeftOpen(filing, read, self._tell).say([part.section for part in parts])
        if filing.opening:
            self._tell("import-opening", seen=filing.opening.replace("\n", ""))
        lacking = [section for section in form.text_sections if not filing.texts.get(section.id)]
        if lacking:
            self._tell("import-text-missing", words="、".join(f"“{section.title}”" for section in lacking))
        return filing


def _family(document: Document) -> str:
    """The family whose title a document shows best; the one that needs no name where none is shown better."""
    shown = {name: title_shown(document.lines, load_form(ids[-1]).title) for name, ids in families().items() if ids}
    return max(shown, key=lambda name: (shown[name], name == ""), default="")


def _on_roster(name: str, roster: Roster) -> Any:
    """The one agency of a roster that a name can only be; None where there is none or several."""
    bare = core_name(name)
    exact_ones = [e for e in roster.entries if core_name(e.agency.name) == bare]
    near = exact_ones or [e for e in roster.expected if bare and bare in core_name(e.agency.name)]
    return near[0] if len(near) == 1 else None


def _column_words(edition: str) -> set[str]:
    form = load_form(edition)
    return {wording(c.name).core for s in form.table_sections for t in s.tables for c in t.columns}


def _neighbours(document: Document) -> Iterator[tuple[str, str]]:
    """Short cells and the ones after them: labels broken over two."""
    before = ""
    for line in document.lines:
        for cell in line.cells:
            core = wording(cell.text).core if len(cell.text) < 30 else ""
            if before and core:
                yield before, core
            before = core


def _figure(text: str, item: Field) -> tuple[Figure, str | None]:
    """A figure as printed: as a number where it is one plainly, else as typed text, read as any typed text is."""
    bare = text.strip()
    if not bare:
        return None, None
    kind = item.type
    if kind == "words" or (item.choices and item.chosen(bare) is None):
        return None, bare
    if item.choices:
        return item.chosen(bare), None
    if _PLAIN.match(bare) and len(bare) < 16:
        return exact(Decimal(bare), kind), None
    return read_text(bare, kind).figure, bare
