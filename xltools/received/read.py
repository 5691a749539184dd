"""A received workbook as a filing: who, which year, which form; every figure read with care, every doubt a finding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from xltools.address import a1
from xltools.dates import LAST_DAY
from xltools.figures import Figure
from xltools.findings import finding
from xltools.findings.failures import apart
from xltools.form.fields import Field
from xltools.form.lastyear import carried_over
from xltools.form.layout import (
    CHECK_COLUMNS,
    CHECK_TOP,
    CHECKS,
    COVER,
    COVER_CELLS,
    LAST_HEADING,
    LEDGER,
    PROPERTY,
    STANDINGS,
    TEXT_TOP,
    Layout,
    layout_of,
)
from xltools.form.model import Agency, Filing, Form
from xltools.form.openings import opening_in
from xltools.form.sums import LAST
from xltools.inputs import Refused, content_of
from xltools.ooxml.cells import Cell, SheetCells
from xltools.ooxml.opening import open_workbook
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable
from xltools.outputs import slashed
from xltools.periods import spoken
from xltools.received.added import Ledger, read_ledger
from xltools.received.as_filed import Filed
from xltools.received.audit import Audit, audit
from xltools.received.file import FILE_LIMIT, Card, Received
from xltools.received.filled import InputCells
from xltools.received.identified import Foreign, identified
from xltools.received.issued import canonical
from xltools.received.members import codes_said, read_members
from xltools.received.properties import originals_in, stamps_in
from xltools.received.renamed import renamed
from xltools.received.summed import told_of
from xltools.received.typed import read_cell, read_date
from xltools.terms import SIGNOFF, several


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


class _Reader:
    """The reading of one workbook, sheet by sheet."""

    def __init__(self, received: Received, workbook: ReceivedWorkbook, like: Filing | None = None) -> None:
        self.received, self.workbook, self.like = received, workbook, like
        self.file = slashed(received.path)
        self.agency: Agency | None = None
        self.ledger = Ledger()
        self.drawn: Form | None = None
        """The form as the file has it, where that is an earlier wording of the office's own, or has other names."""
        self.names: dict[str, str] = {}
        """How what is called so there is called here."""

    def tell(self, code: str, **coordinates: Any) -> None:
        self.received.add(finding(code, file=self.file, agency=self.agency, **coordinates))

    def read(self) -> None:
        self.received.originals = originals_in(self.workbook.properties)
        filing = self.like or self._identified()
        if filing is None:
            return
        ours = filing.form
        filing = replace(filing, form=self.drawn) if self.drawn else filing
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
        filled = InputCells(self.workbook, layout, filing, checked, self.tell)
        filing = filled.figures(self.ledger.sums)
        if filled.seen_otherwise and checked.verdict == "original":
            self.received.verdict = "resaved"
        read = replace(
            filing,
            stored=self._computed(layout, filing, checked),
            formulas_seen=checked.audited,
            texts=self._texts(filing.form, checked),
            signoff=self._signoff(checked),
            explanations=self._explanations(filing, checked),
            stamps=stamps_in(self.workbook.properties),
            opening=opening_in(self.workbook.properties),
        )
        read = renamed(read, self.names)
        self._called(replace(read, form=ours) if self.drawn else read)

    def _called(self, filing: Filing) -> None:
        """Takes the filing as it is called now, and with it what is known of the file by name."""
        self.received.filing = filing
        if not self.names:
            return
        for name in ("paragraphs", "answers"):
            given = getattr(self.received, name)
            setattr(self.received, name, {self.names.get(key, key): value for key, value in given.items()})
        self.received.revise(replace(f, field=self.names.get(f.field or "", f.field), rule=self.names.get(f.rule or "", f.rule))
                             for f in self.received.findings)  # fmt: skip

    def _identified(self) -> Filing | None:
        """A filing with nothing in it yet; None, which is told, where the file is none of our forms."""
        try:
            known = identified(self.workbook)
        except Foreign as problem:
            self.received.verdict = "foreign"
            self.tell(problem.code, **problem.words)
            return None
        self.agency, self.drawn, self.names = known.filing.agency, known.drawn, known.names
        for code, words in known.told:
            self.tell(code, **words)
        return known.filing

    def _last_year(self, filing: Filing, layout: Layout) -> Filing:
        """The filing with last year's figures, where the file carries them. They are not verified by that."""
        if CHECKS not in self.workbook.sheet_names:
            return filing
        cells = self.workbook.sheet(CHECKS)
        heading, _, source = cells.text(*layout.last_heading).partition("：")
        if heading not in (LAST_HEADING, spoken(LAST_HEADING, layout.form.periods)):
            return filing
        last = {}
        for item in (*layout.form.inputs, *(layout.form.fields[name] for name in layout.form.last_read)):
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
        self.ledger = read_ledger(self.workbook, layout, Filed(filing, codes_said(self.workbook)), self.tell)
        if self.ledger.changed:
            names = several([agency.name for agency in self.ledger.changed])
            self.tell("summary-row-changed", sheet=LEDGER, names=names, other=STANDINGS)
        adjustments = tuple(given for _, given in self.ledger.adjustments)
        members = read_members(self.workbook, layout.form, self.ledger, self.tell)
        filing = replace(filing, adjustments=adjustments, members=members)
        self.received.add(*told_of(self.file, filing, self.ledger.adjustments))
        return filing

    # ── figures that ought to be computed ────────────────────────────────────

    def _computed(self, layout: Layout, filing: Filing, checked: Audit) -> dict[str, Figure]:
        """Cells that ought to be computed and no longer are: totals, and in a summary every figure. What those of totals hold."""
        stored: dict[str, Figure] = {}
        right = 0
        doubted = checked.replaced if checked.audited and filing.kind == "filing" else layout.form.fields.keys()
        for item in layout.form.fields.values() if doubted else ():
            if item.id not in doubted:
                continue
            sheet, row, column = layout.position(item.id)
            spot = checked.spot(sheet, row, column)
            if spot is None:
                continue
            cell = self.workbook.sheet(sheet).at(*spot)
            typed_in = filing.kind == "summary" and not item.computed and not self._is_sum(item, layout, cell)
            unseen = not checked.audited and item.computed
            if unseen and (cell.formula or read_cell(cell, item.type).figure in (None, filing.values[item.id])):
                continue  # what the formula says cannot be seen; what it gave may be of an earlier day
            if typed_in:
                self.received.verdict = "modified"
            if sheet in checked.pasted and self._is_right(item, filing, cell):
                right += item.id in checked.replaced
                continue
            if unseen or item.id in checked.replaced:
                stored[item.id] = read_cell(cell, item.type).figure
            elif typed_in:
                self._typed_over(item, filing, cell, a1(*spot))
        if checked.pasted:
            name, spots = next(iter(checked.pasted.items()))
            count = sum(map(len, checked.pasted.values()))
            self.tell("form-values-only", sheet=name, cell=a1(*spots[0]), count=count, right=right,
                      sheets=several([f"“{name}”" for name in checked.pasted], unit="张表", between=""))  # fmt: skip
        return stored

    @staticmethod
    def _is_right(item: Field, filing: Filing, cell: Cell) -> bool:
        """Whether a cell that is no formula any more stores what the formula would give."""
        stored, right = read_cell(cell, item.type).figure, filing.values[item.id]
        nought = right is None and not item.ratio and item.section.id in filing.declared_zero
        return stored == (0 if nought else right)

    def _is_sum(self, item: Field, layout: Layout, cell: Cell) -> bool:
        """Whether a summary's figure is still the sum over all of its 明细."""
        return cell.formula is not None and canonical(cell.formula) == canonical(self.ledger.sum_formula(layout, item))

    def _typed_over(self, item: Field, filing: Filing, cell: Cell, address: str) -> None:
        """A figure of a summary that is no sum any more: judged by what it stores."""
        stored, right = read_cell(cell, item.type).figure, filing.values[item.id]
        self.tell("total-overwritten", severity="query" if stored == right else "error", sheet=item.section.sheet,
                  cell=address, field=item.id, actual=stored, expected=right, types=(item.type, item.type), how="公式被换掉了",
                  place=item.place, rule=item.id, basis="汇总表的数由明细相加得出",
                  rule_remedy="请用本程序重新汇总；要更正的，在“明细”末尾的“调整”里更正并写明理由")  # fmt: skip

    # ── words ────────────────────────────────────────────────────────────────

    def _texts(self, form: Form, checked: Audit) -> dict[str, tuple[str, ...]]:
        texts = {}
        for section in form.text_sections:
            if section.sheet in checked.present:
                paragraphs = list(_paragraphs(self.workbook.sheet(section.sheet)))
                texts[section.id] = tuple(words for _, words in paragraphs)
                self.received.paragraphs[section.id] = tuple(row for row, _ in paragraphs)
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
                signoff[key] = self.workbook.day(value)
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
        for row in sorted({row for row, _ in cells.spots if row >= CHECK_TOP}):
            rule = next((words for column in CHECK_COLUMNS.ids if (words := cells.text(row, column)) in queries), "")
            if rule:
                self.received.answers[rule] = a1(row, CHECK_COLUMNS.explanation)
                said = cells.text(row, CHECK_COLUMNS.explanation).strip()
                if said:
                    explanations[rule] = said
        return explanations


def _paragraphs(cells: SheetCells) -> Iterator[tuple[int, str]]:
    """The paragraphs of a text sheet, each with its row: what stands in its columns below the heading, parted at line ends too."""
    rows: dict[int, list[str]] = {}
    for (row, _), said in sorted(cells.said()):
        if row >= TEXT_TOP and (words := said.strip()):
            rows.setdefault(row, []).append(words)
    for row, texts in sorted(rows.items()):
        yield from ((row, words) for line in " ".join(texts).splitlines() if (words := line.strip()))


__all__: Sequence[str] = ("Card", "Received", "read_bytes", "read_file")
