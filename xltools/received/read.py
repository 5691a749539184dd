"""A received workbook as a filing: who, which year, which form; every figure read with care, every doubt a finding."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from xltools.address import a1
from xltools.dates import LAST_DAY, from_serial
from xltools.editions import editions, load_form, supplements
from xltools.errors import XltoolsError
from xltools.figures import Figure, show
from xltools.findings import CATALOGUE, Finding, finding
from xltools.findings.failures import apart
from xltools.form.lastyear import carried_over
from xltools.form.layout import (
    CHECK_COLUMNS,
    CHECK_TOP,
    CHECKS,
    COVER,
    COVER_CELLS,
    COVER_IDENTITY,
    LAST_HEADING,
    LEDGER,
    TEXT_TOP,
    Layout,
    TableSheet,
    is_summary_sheet,
    layout_of,
)
from xltools.form.model import Agency, Field, Filing, Form
from xltools.form.standing import completeness, lacking
from xltools.form.sums import LAST
from xltools.inputs import Refused, content_of
from xltools.ooxml.package import Unreadable
from xltools.ooxml.sheets import Cell, ReceivedWorkbook, SheetCells, open_workbook
from xltools.outputs import slashed
from xltools.received.added import Ledger, read_ledger
from xltools.received.appearance import appearance
from xltools.received.audit import Audit, audit, canonical
from xltools.received.carried import carried_form, stands_alike, told_apart
from xltools.received.locate import Places, squeezed
from xltools.received.members import read_members
from xltools.received.properties import originals_in, stamps_in
from xltools.received.summed import told_of
from xltools.received.typed import CellReading, read_cell, read_date
from xltools.received.whereabouts import Whereabouts
from xltools.terms import LEVELS, NAME_LIMIT, NO, SEVERITIES, SIGNOFF, YES, Verdict, level_of, several
from xltools.workbook.write import COPY, PROPERTY

FILE_LIMIT = 100 * 2**20
"""Bytes of a file: far more than the summary of a whole province has."""

_DAY_DIGITS = 5
"""The numbers of all days of this century, and of the last since 1927."""
_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}")


@dataclass
class Received:
    """One file as received: what was read of it, and what is wrong with it so far."""

    path: Path
    sha256: str
    verdict: Verdict
    filing: Filing | None = None
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, Places] = field(default_factory=dict)
    paragraphs: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """The rows in which the paragraphs of each text part stand."""
    saved: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    """Where on 校验 the 情况说明 of each rule that may be explained is written."""
    set_aside: bool = False
    """Whether another file of the same agency contradicts or replaces it, so that it does not count."""
    superseded_by: str = ""
    """The newer file of the same agency that was taken in its place."""
    originals: tuple[str, ...] = ()
    """Which files it was made from, the latest first: what went back to be corrected carries their SHA-256."""

    def located(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """Findings of rules with their file, agency, sheet and cell, as the file was received."""
        assert self.filing is not None
        return map(Whereabouts(self.filing, slashed(self.path), self.places, self.paragraphs).located, found)

    @property
    def open_errors(self) -> bool:
        return any(f.open and f.severity == "error" for f in self.findings)

    @property
    def open_queries(self) -> bool:
        return any(f.open and f.severity == "query" for f in self.findings)

    @property
    def known(self) -> Filing:
        """What it says, of a file that could be read."""
        assert self.filing is not None
        return self.filing

    @property
    def unsettled(self) -> str:
        """What of it is open, in words: 还有 2 项错误、1 项核实没有了结, and of a summary its own part; "" where nothing is."""
        open_ = [f.severity for f in self.findings if f.open]
        counts = [f"{open_.count(severity)} 项{words}" for severity, words in SEVERITIES.items()
                  if severity in open_ and severity != "note"]  # fmt: skip
        said = [f"还有 {'、'.join(counts)}没有了结"] if counts else []
        if own := self.own_part:
            titles = several(list(dict.fromkeys(CATALOGUE[f.code].title for f in own)), 4, "种")
            said.append(f"本级的文字、签字还有 {len(own)} 项没有办好（{titles}）")
        return "；".join(said)

    @property
    def own_part(self) -> list[Finding]:
        """Of a summary, what is open in the area's own texts and sign-off: notes here, queries to the level above."""
        return [f for f in self.findings if f.open and f.severity == "note" and f.above]

    @property
    def unready(self) -> str:
        """Why it is not to be published yet, in words: what is open, and who is not in a summary; "" where it may be."""
        waiting = f"汇总 {self.provisional}" if self.provisional else ""
        return "；".join(filter(None, (self.unsettled, waiting)))

    @property
    def provisional(self) -> str:
        """Of a summary, how many of the agencies are in it and who is not; "" where all are."""
        return completeness(self.filing.members) if self.filing and lacking(self.filing) else ""

    @property
    def doubt(self) -> Finding | None:
        """The open finding that another agency than the form's seems to have filled it in."""
        return next((f for f in self.findings if f.open and f.code == "agency-doubtful"), None)

    @property
    def accepted(self) -> bool:
        """Readable, no open error, no open query."""
        return self.filing is not None and not (self.open_errors or self.open_queries or self.set_aside)

    def add(self, *found: Finding) -> None:
        """Tells findings of it: the only way for one to come to it."""
        self.findings += found

    def revise(self, findings: Iterable[Finding]) -> None:
        """Puts its findings as they now stand in the place of what they were: closed, or told otherwise."""
        self.findings = [*findings]

    def unread(self, found: Finding) -> None:
        """Makes it a file that could not be read, for which this finding stands alone: nothing of it is used any more."""
        self.filing, self.verdict, self.findings, self.places, self.answers = None, "unreadable", [found], {}, {}


def read_file(path: Path) -> Received:
    """Reads a file; whatever is wrong with it becomes a finding, never an exception."""
    try:
        content = content_of(path, FILE_LIMIT)
    except Refused as problem:
        code = "file-unsafe" if problem.vast else "file-unreadable"
        return Received(path, "", "unreadable", None, [finding(code, file=slashed(path), reason=problem.reason)])
    return read_bytes(path, content)


def read_bytes(path: Path, content: bytes, like: Filing | None = None) -> Received:
    """Reads a file's content; whatever is wrong with it becomes a finding, never an exception.

    ``like`` is whose form it is to be read as, whatever it says itself: what of its labels is the form's is found by them.
    """
    received = Received(path, hashlib.sha256(content).hexdigest(), "unreadable")
    with apart("read", path, received.unread):
        try:
            _Reader(received, open_workbook(content), like).read()
        except Unreadable as problem:
            received.unread(finding(problem.code, file=slashed(path), reason=problem.reason))
    return received


@dataclass
class _Said:
    """The figures of a filing as they come, cell by cell: what a frozen one is made of."""

    inputs: dict[str, Figure] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    zero: set[str] = field(default_factory=set)


class _Reader:
    """The reading of one workbook, sheet by sheet."""

    def __init__(self, received: Received, workbook: ReceivedWorkbook, like: Filing | None = None) -> None:
        self.received, self.workbook, self.like = received, workbook, like
        self.file = slashed(received.path)
        self.agency: Agency | None = None
        self.ledger = Ledger()
        self.drawn: Form | None = None
        """The form as the file has it, where that is an earlier wording of the office's own."""

    def tell(self, code: str, **coordinates: Any) -> None:
        self.received.add(finding(code, file=self.file, agency=self.agency, **coordinates))

    def read(self) -> None:
        self.received.originals = originals_in(self.workbook.properties)
        filing = self.like or self._identify()
        if filing is None:
            return
        ours, filing = filing.form, replace(filing, form=self.drawn or filing.form)
        layout = layout_of(filing.form)
        filing = self._last_year(filing, layout)
        checked = audit(self.workbook, layout, filing, self.tell)
        self.received.verdict = checked.verdict
        saved = self.workbook.saved
        if checked.verdict != "original":  # what we write ourselves carries a fixed date
            self.received.saved = saved
        self.received.places = checked.places
        if filing.kind == "summary":
            filing = self._summary(filing, layout)
        filing = self._figures(filing, layout, checked)
        self.received.filing = replace(
            filing,
            form=ours,
            stored=self._computed(layout, filing, checked),
            texts=self._texts(filing.form, checked),
            signoff=self._signoff(checked),
            explanations=self._explanations(filing, checked),
            stamps=stamps_in(self.workbook.properties),
        )

    # ── who and what ─────────────────────────────────────────────────────────

    def _identify(self) -> Filing | None:
        """A filing with nothing in it yet, of the form, agency and year that the file says it is of.

        Document properties come first, the cover stands beside them; contradictions are findings.
        """
        said = {
            k.removeprefix(PROPERTY): v.strip() for k, v in self.workbook.properties.items() if k.startswith(PROPERTY)
        }
        if self.workbook.properties.get(COPY):
            self._foreign("它是导出的正式表样，只有数值，请报送原来的填报表或汇总表")
            return None
        cover = self._cover()
        if not said and not cover:
            self._foreign("没有封面，也没有填报表的标记")
            return None
        edition = said.get("edition") or _edition_of(cover.get("basis", ""))
        if not edition:
            self._foreign("认不出是哪一个格式版本")
            return None
        names = tuple(n for n in said.get("supplements", "").split(",") if n) if said else self._supplements(edition)
        form = self._form(edition, names)
        if form is None:
            return None
        facts = {key: said.get(key) or cover.get(key, "") for key in ("name", "code", "level", "year")}
        level = level_of(facts["level"]) if facts["level"] else None
        if level is None or not _YEAR.fullmatch(facts["year"]):
            self._foreign("封面上的层级或年度读不出来")
            return None
        if max(len(facts["code"]), len(facts["name"])) > NAME_LIMIT:
            self._foreign("单位代码或者名称长得不合理")
            return None
        self.agency = Agency(facts["code"], facts["name"], level)
        is_summary = said["kind"] == "summary" if "kind" in said else LEDGER in self.workbook.sheet_names
        kind: Literal["filing", "summary"] = "summary" if is_summary else "filing"
        for key in ("name", "code", "level", "year"):
            recorded = said.get(key) if key != "level" else LEVELS[level] if "level" in said else None
            if recorded and cover.get(key) and recorded != cover[key]:
                row = getattr(COVER_CELLS, key)
                self.tell("identity-contradicts", sheet=COVER, cell=a1(row, COVER_CELLS.column),
                          place=COVER_IDENTITY[key], actual_text=cover[key], expected_text=recorded)  # fmt: skip
        return Filing(form, self.agency, int(facts["year"]), kind)

    def _form(self, edition: str, names: tuple[str, ...]) -> Form | None:
        """The office's own form of an edition with supplements; None, which is told, where there is none, or the file is of another
        form with these ids. An earlier wording of it is kept, to read the file by."""
        carried = carried_form(self.workbook)
        try:
            ours = load_form(edition, names)
        except XltoolsError:
            self.received.verdict = "foreign"
            value = f"{edition}（{'、'.join(names)}）" if edition in editions() else edition
            takeable = "；表里带着这个格式，核对后可以用 xltools forms accept 收下" if carried else ""
            self.tell("edition-unknown", value=value, takeable=takeable)
            return None
        if (
            carried is None
            or (carried.edition, carried.supplements) != (edition, names)
            or carried.digest == ours.digest
        ):
            return ours
        if not stands_alike(carried, ours):
            self.received.verdict = "foreign"
            self.tell("form-of-other-kind", value=edition, changes=told_apart(carried, ours))
            return None
        self.drawn = carried
        self.tell("form-earlier-wording", value=edition, changes=told_apart(carried, ours))
        return ours

    def _supplements(self, edition: str) -> tuple[str, ...]:
        """The supplements whose tables are printed on the sheets: for a file that has lost its document properties."""
        return tuple(name for name in supplements() if self._shows(edition, name))

    def _shows(self, edition: str, supplement: str) -> bool:
        try:
            form = load_form(edition, (supplement,))
        except XltoolsError:
            return False
        known = set(load_form(edition).sections)
        headings = {
            squeezed(t.heading) for s in form.sections if s not in known for t in s.tables if t.prefix == "supplement"
        }
        names = (name for name in self.workbook.sheet_names if not is_summary_sheet(name))
        sheets = (self.workbook.sheet(name).cells.values() for name in names)
        return any(squeezed(cell.text) in headings for cells in sheets for cell in cells)

    def _foreign(self, reason: str) -> None:
        self.received.verdict = "foreign"
        self.tell("form-foreign", reason=reason)

    def _cover(self) -> dict[str, str]:
        """The identity rows of the cover, wherever their printed words stand."""
        if COVER not in self.workbook.sheet_names:
            return {}
        sheet = self.workbook.sheet(COVER)
        keys = {squeezed(words): key for key, words in COVER_IDENTITY.items()}
        labelled = [(spot, keys[words]) for spot, cell in sorted(sheet.cells.items())
                    if (words := squeezed(cell.text)) in keys]  # fmt: skip
        labelled.sort(key=lambda item: item[0] != (getattr(COVER_CELLS, item[1]), COVER_CELLS.label_column))
        aside = COVER_CELLS.column - COVER_CELLS.label_column
        found: dict[str, str] = {}
        for (row, column), key in labelled:  # one that stands in its own place before all others
            found.setdefault(key, sheet.text(row, column + aside).strip())
        return found

    def _last_year(self, filing: Filing, layout: Layout) -> Filing:
        """The filing with last year's figures, where the file carries them. They are not verified by that."""
        if CHECKS not in self.workbook.sheet_names:
            return filing
        cells = self.workbook.sheet(CHECKS)
        heading, _, source = cells.text(*layout.last_heading).partition("：")
        if heading != LAST_HEADING:
            return filing
        last = {}
        for item in layout.form.inputs:
            _, *spot = layout.position(LAST + item.id)
            cell = cells.at(*spot)
            reading = read_cell(cell, item.type)
            if cell.kind == "number" and reading.code is None and reading.figure is not None:
                last[item.id] = reading.figure
        locked = self.workbook.properties.get(f"{PROPERTY}carried")
        carried = frozenset(carried_over(layout.form, last) if locked else ())
        return replace(filing, last=last, last_source=source, carried=carried)

    def _summary(self, filing: Filing, layout: Layout) -> Filing:
        """A summary with what it rests on: the figures of its 明细, the adjustments, who is in it."""
        self.ledger = read_ledger(self.workbook, layout, self.tell)
        adjustments = tuple(given for _, given in self.ledger.adjustments)
        members = read_members(self.workbook, self.ledger.parts, self.tell)
        filing = replace(filing, adjustments=adjustments, members=members)
        self.received.add(*told_of(self.file, filing, self.ledger.adjustments))
        return filing

    # ── figures ──────────────────────────────────────────────────────────────

    def _figures(self, filing: Filing, layout: Layout, checked: Audit) -> Filing:
        """The filing with its figures: as they were typed, in a summary as its 明细 adds them up."""
        said = _Said()
        for sheet in layout.tables.values():
            self._table(sheet, layout, filing, checked, said)
        return replace(filing, inputs=said.inputs, typed=said.typed, unread=frozenset(said.unread),
                       declared_zero=frozenset(said.zero))  # fmt: skip

    def _table(self, sheet: TableSheet, layout: Layout, filing: Filing, checked: Audit, said: _Said) -> None:
        if sheet.name not in checked.present:
            said.unread.update(f.id for f in layout.form.inputs_of(sheet.section.id))
            return
        cells = self.workbook.sheet(sheet.name)
        section = sheet.section.id
        if filing.kind == "summary":
            said.inputs.update({f.id: self.ledger.sums.get(f.id) for f in layout.form.inputs_of(section)})
        else:
            # Where lines were put in or taken out, a blank may be what the surgery left behind: it is not taken for a zero.
            if self._switch(sheet, cells, checked) and checked.places[sheet.name].as_issued:
                said.zero.add(section)
            for item in layout.form.inputs_of(section):
                self._input(item, layout, filing.year, checked, said)

    def _computed(self, layout: Layout, filing: Filing, checked: Audit) -> dict[str, Figure]:
        """Cells that ought to be computed and no longer are: totals, and in a summary every figure. What those of totals hold."""
        stored: dict[str, Figure] = {}
        for item in layout.form.fields.values():
            sheet, row, column = layout.position(item.id)
            spot = checked.spot(sheet, row, column)
            if spot is None:
                continue
            cell = self.workbook.sheet(sheet).at(*spot)
            typed_in = filing.kind == "summary" and not item.parts and not self._is_sum(item, layout, cell)
            unseen = not checked.audited and bool(item.parts)
            if unseen and (cell.formula or read_cell(cell, item.type).figure in (None, filing.values[item.id])):
                continue  # what the formula says cannot be seen; what it gave may be of an earlier day
            if typed_in:
                self.received.verdict = "modified"
            if unseen or item.id in checked.replaced:
                stored[item.id] = read_cell(cell, item.type).figure
            elif typed_in:
                self._typed_over(item, filing, cell, a1(*spot))
        return stored

    def _is_sum(self, item: Field, layout: Layout, cell: Cell) -> bool:
        """Whether a summary's figure is still the sum over all of its 明细."""
        return cell.formula is not None and canonical(cell.formula) == canonical(self.ledger.sum_formula(layout, item))

    def _switch(self, sheet: TableSheet, cells: SheetCells, checked: Audit) -> bool:
        box = sheet.switch_boxes[1]
        spot = checked.spot(sheet.name, box.top, box.left)
        typed = cells.text(*spot) if spot else ""
        if typed not in (YES, NO, ""):  # to the letter, as the workbook's own formulas compare it
            self.tell("switch-unclear", sheet=sheet.name, cell=box.address, typed=typed)
        return typed == YES

    def _input(self, item: Field, layout: Layout, year: int, checked: Audit, said: _Said) -> None:
        sheet, *issued = layout.position(item.id)
        spot = checked.spot(sheet, *issued)
        if spot is None:
            said.unread.add(item.id)  # its row or column was reported as lost
            return
        cell = self.workbook.sheet(sheet).at(*spot)
        reading = read_cell(cell, item.type)
        if reading.code in (None, "cell-fraction", "cell-formula") and self.workbook.is_date(cell):
            reading = CellReading(reading.figure, None, "cell-date")
        figure = reading.figure
        if reading.placeholder and item.section.id in said.zero:
            figure = 0
        said.inputs[item.id] = figure
        if not cell.blank and (cell.kind != "number" or reading.figure is None):
            said.typed[item.id] = reading.typed if reading.typed is not None else cell.value
        if reading.code:
            self.tell(reading.code, sheet=sheet, cell=a1(*spot), field=item.id, actual=reading.figure,
                      types=(item.type, item.type), place=item.place, suggestion=reading.suggestion,
                      typed=self._as_typed(cell, reading), look=cell.look,
                      read=show(reading.figure, item.type))  # fmt: skip
        if reading.figure is not None and (not reading.code or CATALOGUE[reading.code].severity != "error"):
            self._appearance(item, cell, reading, spot, year)

    def _appearance(self, item: Field, cell: Cell, reading: CellReading, spot: tuple[int, int], year: int) -> None:
        """Tells where the screen shows something else than what is read, or what is read is a day's number."""
        sheet = item.section.sheet
        told: dict[str, dict[str, str]] = {}
        for style in self.workbook.styles(sheet, spot, cell):
            there = appearance(cell.value, style.number_format, item.type, cell.kind == "text")
            if there is not None or style.look:
                why = f"样式是{style.look}" if there is None else f"数字格式是 {style.number_format}"
                told["cell-format"] = {"shown": cell.text if there is None else there or "空白", "why": why}
        if told and self.received.verdict == "original":
            self.received.verdict = "resaved"
        if len(cell.value) == _DAY_DIGITS and cell.kind == "number" and reading.code is None and cell.value.isdigit():
            day = self._day(Decimal(cell.value))
            if day[:4] in (str(year), str(year + 1)):
                told["cell-serial"] = {"day": day}
        for code, words in told.items():
            self.tell(code, sheet=sheet, cell=a1(*spot), field=item.id, actual=reading.figure,
                      types=(item.type, item.type), place=item.place, read=show(reading.figure, item.type), **words)  # fmt: skip

    def _as_typed(self, cell: Cell, reading: CellReading) -> str:
        """What stands in a cell, as a finding quotes it."""
        if reading.code == "cell-formula":
            return f"={cell.formula}"
        value = cell.number
        if reading.code == "cell-date" and value is not None:
            return self._day(value) if value >= 1 else f"{timedelta(days=float(value))}"
        return reading.typed or cell.text

    def _day(self, number: Decimal) -> str:
        """A day's number in this workbook as an ISO date."""
        return from_serial(float(number) + self.workbook.day_zero)

    def _typed_over(self, item: Field, filing: Filing, cell: Cell, address: str) -> None:
        """A figure of a summary that is no sum any more: judged by what it stores."""
        stored, right = read_cell(cell, item.type).figure, filing.values[item.id]
        self.tell("total-overwritten", severity="query" if stored == right else "error", sheet=item.section.sheet,
                  cell=address, field=item.id, actual=stored, expected=right, types=(item.type, item.type),
                  place=item.place, rule=item.id, basis="汇总表的数由明细相加得出",
                  rule_remedy="请用本程序重新汇总；要更正的，在“明细”末尾的“调整”里更正并写明理由")  # fmt: skip

    # ── words ────────────────────────────────────────────────────────────────

    def _texts(self, form: Form, checked: Audit) -> dict[str, tuple[str, ...]]:
        texts = {}
        for section in form.text_sections:
            if section.sheet in checked.present:
                rows = _paragraphs(self.workbook.sheet(section.sheet))
                texts[section.id] = tuple(rows.values())
                self.received.paragraphs[section.id] = tuple(rows)
        return texts

    def _signoff(self, checked: Audit) -> dict[str, str]:
        signoff: dict[str, str] = {}
        if COVER not in checked.present:
            return signoff
        cells = self.workbook.sheet(COVER)
        for row, key in enumerate(SIGNOFF, COVER_CELLS.signoff):
            cell = cells.at(row, COVER_CELLS.column)
            value = cell.number
            if key == "date" and value is not None and 0 < value < LAST_DAY:
                signoff[key] = self._day(value)
            else:
                said = cell.text.strip()
                signoff[key] = read_date(said) if key == "date" else said
        return signoff

    def _explanations(self, filing: Filing, checked: Audit) -> dict[str, str]:
        explanations: dict[str, str] = {}
        if CHECKS not in checked.present:
            return explanations
        cells = self.workbook.sheet(CHECKS)
        queries = filing.form.queries
        for row, column in sorted(cells.cells):
            if column == CHECK_COLUMNS.id and row >= CHECK_TOP and (rule := cells.text(row, column)) in queries:
                self.received.answers[rule] = a1(row, CHECK_COLUMNS.explanation)
                said = cells.text(row, CHECK_COLUMNS.explanation).strip()
                if said:
                    explanations[rule] = said
        return explanations


def _paragraphs(cells: SheetCells) -> dict[int, str]:
    """The paragraphs of a text sheet by row: whatever stands in its columns below the heading."""
    rows: dict[int, list[str]] = {}
    for (row, _), cell in sorted(cells.cells.items()):
        if row >= TEXT_TOP and cell.text.strip():
            rows.setdefault(row, []).append(cell.text.strip())
    return {row: " ".join(texts) for row, texts in sorted(rows.items())}


def _edition_of(basis: str) -> str:
    return next((name for name in editions() if load_form(name).basis == basis), "")


__all__: Sequence[str] = ("Received", "read_bytes", "read_file")
