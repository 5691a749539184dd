"""What people and programs do to a filled workbook, a function a kind, and what must be read of it afterwards.

A misreading is a figure read that is not the one standing in the cell so labelled, or one lost without a finding that names
its place. What the rules of the form say of the figures never excuses one: only findings on the file, the form and the cell do.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree
from making import parts
from surgery import MAIN, NS, RELATIONS, Axis, Surgery, carry, dragged, put_in, shifted_formula, swap, take_out

from xltools.address import Box, a1
from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.figures import SCALE, Figure, exact
from xltools.findings import Finding
from xltools.form.fields import Field, Section
from xltools.form.layout import (
    CHECKS,
    CODE_LABEL,
    COVER,
    COVER_CELLS,
    COVER_IDENTITY,
    GUIDE,
    SWITCH_ROW,
    TABLE_TOP,
    TEXT_TOP,
    Label,
    Layout,
    TableSheet,
    layout_of,
)
from xltools.form.model import Agency, Filing, Form
from xltools.received.file import Received
from xltools.terms import LEVELS
from xltools.workbook.cached import number
from xltools.workbook.write import write_filing

# ── the filings that are altered ─────────────────────────────────────────────

FORMS = (("2019", (), 2019), ("2019", ("jilin-2020",), 2020), ("2021", (), 2023))
"""Both editions, and one with a supplement: edition, supplements, report year."""

SAMPLES = 24


@dataclass(frozen=True, eq=False)
class Sample:
    """A filing, and its file as parts."""

    filing: Filing
    parts: dict[str, bytes]


@lru_cache(maxsize=SAMPLES)
def sample(number: int) -> Sample:
    """One of the filings: forms, levels and ways of leaving blanks in turn, proper figures by chance."""
    rng = random.Random(number)
    edition, supplements, year = FORMS[number % len(FORMS)]
    form = load_form(edition, supplements)
    level = list(LEVELS)[number // len(FORMS) % len(LEVELS)]
    figures: dict[str, Figure] = dict(zip((f.id for f in form.inputs), _figures(rng, form), strict=True))
    declared = set()
    for section in form.table_sections:
        ways = ("full", "full", "declared", "declared", "blank")
        way = ways[(number // 2 + len(declared)) % 5] if number % 2 else "full"
        if way != "full":
            figures |= {f.id: None for f in form.inputs_of(section.id) if rng.random() < 0.3}
        if way == "declared":
            declared.add(section.id)
    texts = {s.id: tuple(f"{s.title}第 {n} 段。" for n in range(rng.randint(1, 4))) for s in form.text_sections}
    signoff = {"compiler": "张三", "reviewer": "李四", "head": "王五", "date": f"{year + 1}-01-15", "phone": "0431-555"}
    agency = Agency(f"22{number:04d}", f"第{number}单位", level)
    filing = Filing(form, agency, year, inputs=figures, declared_zero=frozenset(declared), texts=texts, signoff=signoff)
    book = Surgery(parts(write_filing(filing)))
    for item in form.inputs:
        if figures[item.id] is None:  # the writer stores a 0 where a blank is declared to be one
            sheet, row, column = layout_of(form).position(item.id)
            book.sheet(sheet).put((row, column))
    return Sample(filing, parts(book.bytes()))


def _figures(rng: random.Random, form: Form) -> Iterator[Figure]:
    """A different proper figure for every cell, so that no figure can be taken for another unseen."""
    different = rng.sample(range(101, 9999), len(form.inputs))
    for field_, figure in zip(form.inputs, different, strict=True):
        if field_.type == "money":
            yield figure * SCALE["money"] + rng.choice((0, 250_000, rng.randrange(10**6)))
        else:
            yield -figure if field_.type == "signed" and rng.random() < 0.5 else figure


# ── a case: one alteration of one filing ─────────────────────────────────────


@dataclass(frozen=True)
class Told:
    """A finding that must be there: of one of these codes, on this sheet, in this cell."""

    codes: tuple[str, ...]
    sheet: str | None = None
    cell: str | None = None


@dataclass
class Case:
    """A file under alteration, and what must be read of it afterwards."""

    sample: Sample
    rng: random.Random
    lost: set[str] = field(default_factory=set)
    """Fields that are no longer there: no figure may be read, and their sheet must be named."""
    doubt: set[str] = field(default_factory=set)
    """Fields that may be read either way (two cells answer to their label), as long as their sheet is named."""
    must: list[Told] = field(default_factory=list)
    refused: bool = False
    """Whether the file may be refused as a whole."""
    modified: bool = False
    """Whether the verdict must be so, even where nothing needs telling."""
    stale_texts: set[str] = field(default_factory=set)
    """Text sections whose sheet was so altered that the sheet need only be named."""

    def __post_init__(self) -> None:
        filing = self.sample.filing
        self.figures: dict[str, Figure] = dict(filing.inputs)
        self.declared = set(filing.declared_zero)
        self.unreadable: set[str] = set()
        self.texts = dict(filing.texts)
        self.agency: Agency | None = filing.agency
        self.book = Surgery(self.sample.parts)

    @property
    def form(self) -> Form:
        return self.sample.filing.form

    @cached_property
    def layout(self) -> Layout:
        return layout_of(self.form)

    # what to alter

    def table(self) -> TableSheet:
        """A table sheet by chance."""
        return self.rng.choice(list(self.layout.tables.values()))

    def input(self, kind: str = "", sheet: TableSheet | None = None) -> Field:
        """An input field by chance, of a type and on a sheet where these are given."""
        fields = [f for f in self.form.inputs if f.type == kind or not kind]
        return self.rng.choice([f for f in fields if sheet is None or f.section is sheet.section])

    def total(self) -> Field:
        return self.rng.choice([f for f in self.form.totals if not f.row.parts or not f.column.parts])

    def spot(self, item: Field) -> tuple[int, int]:
        _, row, column = self.layout.position(item.id)
        return row, column

    def put(self, item: Field, value: Any = None, **how: Any) -> None:
        """Fills the cell of a field."""
        self.book.sheet(item.section.sheet).put(self.spot(item), value, **how)

    def label(self, sheet: TableSheet | None = None) -> tuple[TableSheet, Label]:
        """A printed label of a table by chance."""
        sheet = sheet or self.table()
        return sheet, self.rng.choice([m for m in sheet.labels if m.text])

    def on_line(self, sheet: TableSheet, axis: str, line: int) -> set[str]:
        """The input fields of a row or column of a sheet."""
        inputs = {f.id for f in self.form.inputs}
        return {
            name for name, box in sheet.boxes.items() if (box.top if axis == "row" else box.left) == line
        } & inputs  # fmt: skip

    # what must come of it

    def tell(self, *codes: str, sheet: str | None = None, cell: str | None = None) -> None:
        self.must.append(Told(codes, sheet, cell))

    def wanted(self, item: Field) -> Figure:
        figure = self.figures[item.id]
        undeclared = item.id in self.unreadable or item.id in self.lost
        return 0 if figure is None and item.section.id in self.declared and not undeclared else figure


Alteration = Callable[[Case], None]


@dataclass(frozen=True)
class Kind:
    """A kind of alteration: its name, what it does, whether nothing at all may be told of it."""

    name: str
    alter: Alteration
    quiet: bool = False


KINDS: dict[str, Kind] = {}


def kind(name: str, *, quiet: bool = False) -> Callable[[Alteration], Alteration]:
    def register(alter: Alteration) -> Alteration:
        assert name not in KINDS, name
        KINDS[name] = Kind(name, alter, quiet)
        return alter

    return register


# ── judging what was read ────────────────────────────────────────────────────


def tells(found: Finding) -> bool:
    """Whether a finding is on the file, the form or a cell: not on what the figures say together."""
    return found.code.startswith(("file-", "form-", "cell-", "identity-", "edition-")) or found.code in (
        "total-overwritten",
        "switch-unclear",
    )


def names(found: Finding, item: Field) -> bool:
    """Whether an error names the place of a field: its cell, or the line or sheet that was lost."""
    whole = found.code in ("form-line-lost", "form-sheet-missing") and found.sheet == item.section.sheet
    return found.severity == "error" and (whole or found.field == item.id or item.id in found.related)


def misreadings(case: Case, received: Received) -> list[str]:
    """Every figure, text and name read wrong without a word; and every finding that ought to be there and is not."""
    told = [f for f in received.findings if tells(f)]
    filing = received.filing
    if filing is None:
        named = any(f.file for f in told)
        return [] if named and case.refused else [f"refused: {[f.message for f in received.findings]}"]
    complaints = list(_figures_wrong(case, filing, told)) + list(_words_wrong(case, filing, told))
    if case.modified and received.verdict != "modified":
        complaints.append(f"verdict {received.verdict}")
    for want in case.must:
        if not any(
            f.code in want.codes and want.sheet in (None, f.sheet) and want.cell in (None, f.cell) for f in told
        ):
            complaints.append(f"not told: {want}")
    return complaints


def _figures_wrong(case: Case, filing: Filing, told: list[Finding]) -> Iterator[str]:
    agree = True
    for item in case.form.inputs:
        wanted, got = case.wanted(item), filing.values.get(item.id)
        if item.id in filing.values and got == wanted and item.id not in case.lost:
            continue
        agree = False
        if item.id in case.doubt and any(f.sheet == item.section.sheet and f.severity != "note" for f in told):
            continue
        if got is None and any(names(f, item) for f in told):
            continue
        yield f"{item.id}: {got} read, {'lost' if item.id in case.lost else wanted} there"
    if agree:
        inputs = {f.id: case.wanted(f) for f in case.form.inputs}
        totals = {f.id: f.total(inputs) for f in case.form.totals}
        if filing.values != inputs | totals:
            yield "totals are not the sums"


def _words_wrong(case: Case, filing: Filing, told: list[Finding]) -> Iterator[str]:
    for section in case.form.text_sections:
        named = any(f.sheet == section.sheet for f in told)
        if filing.texts.get(section.id) != case.texts[section.id] and not (
            named and (section.id in case.stale_texts or section.id not in filing.texts)
        ):
            yield f"{section.id}: {filing.texts.get(section.id)} read, {case.texts[section.id]} there"
    original = case.sample.filing
    if case.agency is not None and (filing.agency, filing.year) != (original.agency, original.year):
        yield f"{filing.agency} {filing.year} read"


# ── rows ─────────────────────────────────────────────────────────────────────


def a_line(case: Case, axis: Axis) -> tuple[TableSheet, int]:
    """A table sheet and one of its rows or columns, before or in the table."""
    sheet = case.table()
    return sheet, case.rng.randint(0, sheet.last_row if axis == "row" else sheet.last_column)


def _line_inserted(case: Case, axis: Axis, *, formulas: bool) -> None:
    sheet, at = a_line(case, axis)
    case.book.sheet(sheet.name).apply(
        put_in(axis, at, case.rng.choice((1, 1, 2)) if formulas else 1), formulas=formulas
    )
    case.modified = True


def _ends(box: Box, axis: Axis) -> tuple[int, int]:
    return (box.top, box.bottom) if axis == "row" else (box.left, box.right)


def _line_deleted(case: Case, axis: Axis, *, formulas: bool) -> None:
    sheet, at = a_line(case, axis)
    case.lost |= case.on_line(sheet, axis, at)
    there = case.book.sheet(sheet.name)
    cut = [
        (m.box.top, m.box.left)
        for m in sheet.labels
        if at == _ends(m.box, axis)[0] < _ends(m.box, axis)[1] and case.rng.random() < 0.5
    ]
    keep = {cell: there.content(cell) for cell in cut}
    there.apply(take_out(axis, at), formulas=formulas)
    for cell, content in keep.items():  # a merged cell may keep its words when it loses its first line
        there.fill(cell, content)
    if at == (SWITCH_ROW if axis == "row" else sheet.switch_boxes[1].left):
        case.declared.discard(sheet.section.id)
    case.modified = True


@kind("row inserted, formulas rewritten as Excel does")
def row_inserted(case: Case) -> None:
    _line_inserted(case, "row", formulas=True)


@kind("row inserted, formulas left as they were")
def row_inserted_crudely(case: Case) -> None:
    _line_inserted(case, "row", formulas=False)


def _own_row(case: Case, sheet: TableSheet, row: int, words: str) -> None:
    there = case.book.sheet(sheet.name)
    if words:
        there.put((row, 0), words)
    for column in range(sheet.label_columns, sheet.last_column + 1):
        there.put((row, column), 50_000 + column)


@kind("row added by hand inside a table, with figures")
def own_row(case: Case) -> None:
    sheet = case.table()
    row = case.rng.randint(min(box.top for box in sheet.boxes.values()), sheet.last_row)
    case.book.sheet(sheet.name).apply(put_in("row", row))
    _own_row(case, sheet, row, case.rng.choice(("（八）其他情况", "其中：网上申请", "", "合计")))
    _two_unlabelled(case, sheet)
    case.tell("form-line-added", "form-cell-added", sheet=sheet.name)


def _two_unlabelled(case: Case, sheet: TableSheet) -> None:
    """A row beside the only one of a table without row labels: either may be the one that counts."""
    if not sheet.label_columns:
        case.doubt |= {f.id for f in case.form.inputs_of(sheet.section.id)}


@kind("row added by hand below a table, with figures")
def own_row_below(case: Case) -> None:
    sheet = case.table()
    row = sheet.last_row + case.rng.randint(1, 3)
    _own_row(case, sheet, row, case.rng.choice(("（八）其他情况", "其中：网上申请", "", "以上合计")))
    case.tell("form-cell-added", sheet=sheet.name)


@kind("row copied below itself, label and all")
def row_copied(case: Case) -> None:
    sheet = case.table()
    row = case.rng.choice(sorted({box.top for box in sheet.boxes.values()}))
    there = case.book.sheet(sheet.name)
    there.apply(put_in("row", row + 1))
    for column in range(sheet.last_column + 1):
        there.fill((row + 1, column), there.content((row, column)))
    for name in case.on_line(sheet, "row", row):
        _, _, column = case.layout.position(name)
        there.put((row + 1, column), 60_000 + column)
    labelled = any(m.box.top == row for m in sheet.labels)
    case.doubt |= case.on_line(sheet, "row", row) if labelled else set()
    _two_unlabelled(case, sheet)
    case.tell("form-line-added", "form-line-lost", "form-line-moved", "form-cell-added", sheet=sheet.name)


@kind("row deleted, formulas rewritten as Excel does")
def row_deleted(case: Case) -> None:
    _line_deleted(case, "row", formulas=True)


@kind("row deleted, formulas left as they were")
def row_deleted_crudely(case: Case) -> None:
    _line_deleted(case, "row", formulas=False)


@kind("several rows deleted")
def rows_deleted(case: Case) -> None:
    sheet = case.table()
    there = case.book.sheet(sheet.name)
    for row in sorted(case.rng.sample(range(TABLE_TOP, sheet.last_row + 1), 3), reverse=True):
        case.lost |= case.on_line(sheet, "row", row)
        there.apply(take_out("row", row))
    case.modified = True


def _alike(sheet: TableSheet) -> list[list[Label]]:
    """Groups of row labels of one shape that stand together: rows that can be put in each other's place."""
    groups: dict[tuple[int, int, int], list[Label]] = {}
    for label in sheet.labels:
        if label.role == "row" and label.box.top == label.box.bottom:
            above = max((m.box.top for m in sheet.labels if m.role != "row" and m.box.top <= label.box.top), default=0)
            groups.setdefault((label.box.left, label.box.right, above), []).append(label)
    return [group for group in groups.values() if len(group) > 1]


def _alike_tables(case: Case) -> tuple[TableSheet, list[Label]]:
    found = [(s, group) for s in case.layout.tables.values() for group in _alike(s)]
    return case.rng.choice(found)


def _exchange_rows(case: Case, sheet: TableSheet, one: Label, other: Label) -> None:
    """All that stands in two rows but the labels over several rows."""
    there = case.book.sheet(sheet.name)
    for column in range(one.box.left, sheet.last_column + 1):
        there.exchange((one.box.top, column), (other.box.top, column))


@kind("two rows swapped, formulas rewritten as Excel does")
def rows_swapped(case: Case) -> None:
    sheet, group = _alike_tables(case)
    one, other = case.rng.sample(group, 2)
    _exchange_rows(case, sheet, one, other)
    order = swap("row", one.box.top, other.box.top)
    case.book.rewrite(lambda home, formula: shifted_formula(formula, home, sheet.name, order))
    case.tell("form-line-moved", "form-line-lost", sheet=sheet.name)


@kind("two rows swapped by pasting")
def rows_swapped_crudely(case: Case) -> None:
    sheet, group = _alike_tables(case)
    one, other = case.rng.sample(group, 2)
    _exchange_rows(case, sheet, one, other)
    case.tell("form-line-moved", "form-line-lost", sheet=sheet.name)


@kind("row cut and put in elsewhere")
def row_moved(case: Case) -> None:
    sheet, group = _alike_tables(case)
    rows = [label.box.top for label in group]
    inner = [row for row in rows if not any(m.box.top == row < m.box.bottom for m in sheet.labels)]
    start, to = case.rng.choice([(a, b) for a in inner for b in inner if a != b and b != a + 1] or [(rows[1], rows[0])])
    case.book.sheet(sheet.name).apply(carry("row", start, to))
    case.modified = True


@kind("cells put in, the rest of the column shifted down")
def cells_shifted_down(case: Case) -> None:
    """Figures slip under their labels: what stands beside a label is its figure, and a total loses its formula."""
    sheet = case.layout.tables["requests"]
    top, column = case.spot(case.input(sheet=sheet))
    top = min(top, sheet.last_row - 1)
    there = case.book.sheet(sheet.name)
    for row in range(sheet.last_row, top, -1):
        there.fill((row, column), there.content((row - 1, column)))
    there.put((top, column))
    _restand(case, sheet, column)


def _restand(case: Case, sheet: TableSheet, column: int) -> None:
    """Takes what now stands in the cells of a column for its fields' figures."""
    there = case.book.sheet(sheet.name)
    for name in case.on_line(sheet, "column", column):
        spot = case.spot(case.form.fields[name])
        said = there.text(spot)
        case.figures[name] = int(said) if said else None
    case.tell("total-overwritten", "cell-formula", sheet=sheet.name)


@kind("cells taken out, the rest of the column shifted up")
def cells_shifted_up(case: Case) -> None:
    sheet = case.layout.tables["requests"]
    top, column = case.spot(case.input(sheet=sheet))
    top = min(top, sheet.last_row - 1)
    there = case.book.sheet(sheet.name)
    for row in range(top, sheet.last_row):
        there.fill((row, column), there.content((row + 1, column)))
    there.put((sheet.last_row, column))
    _restand(case, sheet, column)


# ── columns ──────────────────────────────────────────────────────────────────


@kind("column inserted, formulas rewritten as Excel does")
def column_inserted(case: Case) -> None:
    _line_inserted(case, "column", formulas=True)


@kind("column inserted, formulas left as they were")
def column_inserted_crudely(case: Case) -> None:
    _line_inserted(case, "column", formulas=False)


@kind("column added by hand inside a table, with figures")
def own_column(case: Case) -> None:
    sheet = case.table()
    column = case.rng.randint(sheet.label_columns, sheet.last_column)
    there = case.book.sheet(sheet.name)
    there.apply(put_in("column", column))
    there.put((sheet.header_bottom if sheet.header_bottom >= TABLE_TOP else TABLE_TOP, column), "其中：网上")
    for row in sorted({box.top for box in sheet.boxes.values()}):
        there.put((row, column), 70_000 + row)
    case.tell("form-line-added", sheet=sheet.name, cell=a1(0, column))


@kind("column added by hand beside a table, with figures")
def own_column_beside(case: Case) -> None:
    sheet = case.table()
    column = sheet.last_column + case.rng.randint(1, 2)
    for row in sorted({box.top for box in sheet.boxes.values()}):
        case.book.sheet(sheet.name).put((row, column), 70_000 + row)
    # Our own hidden sums stand beside some tables: there it is a formula that has been typed over.
    case.tell("form-cell-added", "form-formula-changed", sheet=sheet.name)


@kind("column deleted, formulas rewritten as Excel does")
def column_deleted(case: Case) -> None:
    _line_deleted(case, "column", formulas=True)


@kind("column deleted, formulas left as they were")
def column_deleted_crudely(case: Case) -> None:
    _line_deleted(case, "column", formulas=False)


@kind("two columns swapped, formulas rewritten as Excel does")
def columns_swapped(case: Case) -> None:
    sheet = case.layout.tables[case.rng.choice(("requests", "disputes"))]
    columns = range(sheet.label_columns, sheet.last_column + 1)
    # Two columns of one heading in part four, swapped, are two columns with other figures: nothing tells them apart.
    one, other = case.rng.choice([(a, b) for a in columns for b in columns if a % 5 != b % 5])
    case.book.sheet(sheet.name).apply(swap("column", one, other))
    case.doubt |= {f.id for f in case.form.inputs_of(sheet.section.id)} if sheet.section.id == "disputes" else set()
    case.modified = True


@kind("two columns swapped below the heading, labels and all")
def columns_swapped_crudely(case: Case) -> None:
    sheet = case.layout.tables["requests"]
    bottom = [m for m in sheet.labels if m.role == "column" and m.box.top == m.box.bottom == sheet.header_bottom]
    one, other = (m.box.left for m in case.rng.sample(bottom, 2))
    for row in range(sheet.header_bottom, sheet.last_row + 1):
        case.book.sheet(sheet.name).exchange((row, one), (row, other))
    case.modified = True


@kind("column cut and put in elsewhere")
def column_moved(case: Case) -> None:
    sheet = case.layout.tables["requests"]
    start, to = case.rng.sample(range(5, 9), 2)
    case.book.sheet(sheet.name).apply(carry("column", start, to if abs(to - start) > 1 else to + 2 * (to > start)))
    case.modified = True


@kind("row or column inserted on the cover, a text sheet or 校验")
def line_elsewhere(case: Case) -> None:
    name = case.rng.choice((COVER, CHECKS, GUIDE, *(s.sheet for s in case.form.text_sections)))
    axis = case.rng.choice(("row", "row", "column"))
    at = case.rng.randint(0, 9) if axis == "row" else 0
    case.book.sheet(name).apply(put_in(axis, at), formulas=case.rng.random() < 0.7)  # type: ignore[arg-type]
    case.stale_texts |= {s.id for s in case.form.text_sections if s.sheet == name and at < TEXT_TOP}


@kind("row deleted on the cover, a text sheet or 校验")
def line_elsewhere_deleted(case: Case) -> None:
    name = case.rng.choice((COVER, CHECKS, GUIDE, *(s.sheet for s in case.form.text_sections)))
    at = case.rng.randint(0, TEXT_TOP - 1 if name != COVER else 12)
    case.book.sheet(name).apply(take_out("row", at))
    case.stale_texts |= {s.id for s in case.form.text_sections if s.sheet == name}
    if name != GUIDE:
        case.tell("form-label-changed", "form-formula-changed", "identity-contradicts", sheet=name)


# ── labels ───────────────────────────────────────────────────────────────────


def _relabel(case: Case, sheet: TableSheet, label: Label, words: str) -> None:
    case.book.sheet(sheet.name).put((label.box.top, label.box.left), words or None)


def _on_label(case: Case, sheet: TableSheet, label: Label) -> set[str]:
    """The fields beside or below a label."""
    box = label.box
    across = {name for row in range(box.top, box.bottom + 1) for name in case.on_line(sheet, "row", row)}
    down = {name for column in range(box.left, box.right + 1) for name in case.on_line(sheet, "column", column)}
    return across if label.role == "row" else down


@kind("label altered")
def label_altered(case: Case) -> None:
    sheet, label = case.label()
    words = case.rng.choice((f"{label.text}数", f"本级{label.text}", "情况", label.text[::-1] + "。", "1"))
    _relabel(case, sheet, label, words)
    case.tell("form-label-changed", sheet=sheet.name, cell=label.box.address)


@kind("label cut short")
def label_cut(case: Case) -> None:
    sheet, label = case.label()
    _relabel(case, sheet, label, label.text[: len(label.text) // 2])
    case.tell("form-label-changed", sheet=sheet.name, cell=label.box.address)


@kind("label broken over lines or spaced out", quiet=True)
def label_spaced(case: Case) -> None:
    for _ in range(4):
        sheet, label = case.label()
        at = case.rng.randint(0, len(label.text))
        gap = case.rng.choice(("\n", " ", "\u00a0", "\u3000", "\r\n", "  \n"))
        _relabel(case, sheet, label, label.text[:at] + gap + label.text[at:])


@kind("label emptied")
def label_emptied(case: Case) -> None:
    sheet, label = case.label()
    _relabel(case, sheet, label, "")
    case.tell("form-label-changed", "form-line-lost", "form-line-added", sheet=sheet.name)


@kind("label typed over with another label of the table")
def label_repeated(case: Case) -> None:
    sheet, label = case.label()
    _, other = case.label(sheet)
    if other.text == label.text:
        return
    _relabel(case, sheet, label, other.text)
    case.doubt |= {f.id for f in case.form.inputs_of(sheet.section.id)} if sheet.section.id == "disputes" else set()
    case.doubt |= _on_label(case, sheet, label) | _on_label(case, sheet, other)
    case.tell("form-label-changed", "form-line-moved", "form-line-lost", sheet=sheet.name)


@kind("two labels swapped, the figures not")
def labels_swapped(case: Case) -> None:
    sheet, label = case.label()
    others = [m for m in sheet.labels if m.role == label.role and m.text != label.text]
    if not others:
        return
    other = case.rng.choice(others)
    _relabel(case, sheet, label, other.text)
    _relabel(case, sheet, other, label.text)
    case.doubt |= {f.id for f in case.form.inputs_of(sheet.section.id)} if label.role == "column" else set()
    case.doubt |= _on_label(case, sheet, label) | _on_label(case, sheet, other)
    case.tell("form-label-changed", "form-line-moved", "form-line-lost", sheet=sheet.name)


@kind("all row labels of a table cut short")
def labels_cut(case: Case) -> None:
    sheet = case.layout.tables[case.rng.choice(("disclosure", "requests"))]
    rows = [m for m in sheet.labels if m.role == "row" and len(m.text) > 4]
    for label in rows:
        _relabel(case, sheet, label, label.text[:4])
    case.tell("form-label-changed", "form-line-lost", sheet=sheet.name)


@kind("word replaced throughout the workbook")
def word_replaced(case: Case) -> None:
    old, new = case.rng.choice((("政府信息公开", "信息公开"), ("申请", "申  请 "), ("结果", "办理结果"), ("（", "(")))
    root = case.book.root("xl/sharedStrings.xml")
    for text in root.iter(f"{NS}t"):
        text.text = (text.text or "").replace(old, new)
    assert old == "申请" or any(new in (t.text or "") for t in root.iter(f"{NS}t"))
    case.stale_texts |= {s.id for s in case.form.text_sections}
    case.texts = {name: tuple(t.replace(old, new) for t in texts) for name, texts in case.texts.items()}


@kind("a label's words typed into another cell")
def label_astray(case: Case) -> None:
    sheet, label = case.label()
    spot = (sheet.last_row + case.rng.randint(1, 5), case.rng.randint(0, sheet.last_column + 3))
    case.book.sheet(sheet.name).put(spot, case.rng.choice((label.text, "总计", CODE_LABEL)))


# ── sheets ───────────────────────────────────────────────────────────────────


def _any_sheet(case: Case) -> str:
    return case.rng.choice(case.layout.sheet_names)


@kind("sheet renamed")
def sheet_renamed(case: Case) -> None:
    name = _any_sheet(case)
    case.book.rename(
        name, case.rng.choice((f"{name} ", f"{name}(1)", "Sheet1", "复核")), follow=case.rng.random() < 0.7
    )
    case.tell("form-sheet-renamed", "form-sheet-missing", sheet=name)
    case.stale_texts |= {s.id for s in case.form.text_sections if s.sheet == name}


@kind("all sheets renamed")
def sheets_renamed(case: Case) -> None:
    for n, name in enumerate(case.layout.sheet_names, 1):
        case.book.rename(name, f"Sheet{n}")
        case.tell("form-sheet-renamed", "form-sheet-missing", sheet=name)
    case.stale_texts |= {s.id for s in case.form.text_sections}


@kind("two sheets' names swapped")
def names_swapped(case: Case) -> None:
    """Each is known by what is printed on it; the guide, which has nothing to be known by, only by its place."""
    one, other = case.rng.sample(case.layout.sheet_names, 2)
    for old, new in ((one, "暂"), (other, one), ("暂", other)):
        case.book.rename(old, new, follow=False)
    for section in case.form.sections:
        if section.sheet in (one, other) and GUIDE in (one, other):
            case.stale_texts.add(section.id)
            case.doubt |= {f.id for f in case.form.inputs_of(section.id)}
            case.tell("form-label-changed", "form-sheet-missing", "form-line-lost", sheet=section.sheet)
        elif section.sheet in (one, other):
            case.tell("form-sheet-renamed", sheet=section.sheet)


@kind("sheet deleted")
def sheet_deleted(case: Case) -> None:
    name = _any_sheet(case)
    case.book.remove(name)
    case.lost |= {f.id for f in case.form.inputs if f.section.sheet == name}
    case.stale_texts |= {s.id for s in case.form.text_sections if s.sheet == name}
    case.tell("form-sheet-missing", sheet=name)


@kind("sheet added")
def sheet_added(case: Case) -> None:
    empty = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>5</v></c></row></sheetData></worksheet>'
    name = case.rng.choice(("我的草稿", "Sheet1", "三、依申请公开（副本）"))
    case.book.add(name, empty.encode(), case.rng.randint(0, 9))
    case.tell("form-sheet-added", sheet=name)


def _copied(case: Case, name: str, new: str) -> None:
    """A copy of a sheet with other figures in it, at its end of the workbook or before the sheet itself."""
    content = case.book.parts[case.book.part_of(name)].decode()
    other = re.sub(r'(<c r="\w+" s="\d+"><v>)(\d)(\d+)</v>', r"\g<1>\g<3>\g<2></v>", content)
    case.book.add(new, other.encode(), case.rng.choice((0, 9)))


@kind("table sheet copied, the copy filled in otherwise")
def sheet_copied(case: Case) -> None:
    sheet = case.table()
    _copied(case, sheet.name, f"{sheet.name} (2)")
    case.tell("form-sheet-added", sheet=f"{sheet.name} (2)")


@kind("table sheet copied, the copy renamed, the first one kept under another name")
def sheet_displaced(case: Case) -> None:
    """Two sheets that look alike, neither under its right name: whichever is read, both are named."""
    sheet = case.table()
    _copied(case, sheet.name, "副本")
    case.book.rename(sheet.name, "原表")
    case.doubt |= {f.id for f in case.form.inputs_of(sheet.section.id)}
    case.tell("form-sheet-renamed", "form-sheet-missing", sheet=sheet.name)
    case.tell("form-sheet-added")


@kind("sheets put in another order", quiet=True)
def sheets_reordered(case: Case) -> None:
    entries = case.book.workbook.find(f"{NS}sheets")
    order = list(entries)
    case.rng.shuffle(order)
    for entry in order:
        entries.append(entry)
    for name in case.book.workbook.iter(f"{NS}definedName"):
        name.attrib.pop("localSheetId", None)


@kind("sheet hidden")
def sheet_hidden(case: Case) -> None:
    name = _any_sheet(case)
    case.book.sheets[name].set("state", case.rng.choice(("hidden", "veryHidden")))
    case.tell("form-sheet-hidden", sheet=name)


@kind("rows or columns hidden, filtered, grouped, widened")
def lines_hidden(case: Case) -> None:
    sheet = case.table()
    there = case.book.sheet(sheet.name)
    if any(case.sample.filing.inputs.get(item.id) for item in case.form.inputs_of(sheet.section.id)):
        case.tell("form-figures-hidden", sheet=sheet.name)
    for row in case.rng.sample(list(there.data), 3):
        row.set("hidden", "1")
        row.set("outlineLevel", "1")
    for column in there.root.iter(f"{NS}col"):
        column.set("width", "30")
        column.set("hidden", "1")


# ── totals ───────────────────────────────────────────────────────────────────


def _right(case: Case, item: Field) -> Figure:
    filing = case.sample.filing
    figure = filing.values[item.id]
    return 0 if figure is None and item.section.id in filing.declared_zero else figure


@kind("total typed over with the right figure")
def total_typed_right(case: Case) -> None:
    item = case.total()
    case.put(item, number(_right(case, item), item))
    case.tell("total-overwritten", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("total typed over with a wrong figure")
def total_typed_wrong(case: Case) -> None:
    item = case.total()
    case.put(item, case.rng.choice((0, 1, 777_777, "777777", "见附件", -1)))
    case.tell("total-overwritten", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("total's formula deleted")
def total_deleted(case: Case) -> None:
    item = case.total()
    case.put(item)
    case.tell("total-overwritten", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("total's formula replaced by another one")
def total_rewritten(case: Case) -> None:
    item = case.total()
    cells = [case.layout.cell(part) for part in item.parts]
    right = number(_right(case, item), item)
    formula, shown = case.rng.choice(
        (
            ("+".join(cells), right),
            (f"SUM({cells[0]}:{cells[-2]})", 3),
            ("+".join(cells[:-1] + cells[:1]), 12),
            ("1+1", 2),
        )
    )
    case.put(item, shown, formula=formula)
    case.tell("total-overwritten", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("totals' formulas shared, as after filling them down")
def totals_shared(case: Case) -> None:
    sheet = case.layout.tables["requests"]
    there = case.book.sheet(sheet.name)
    totals = [f for f in case.form.totals if f.section is sheet.section and not f.row.parts]
    for n, item in enumerate(totals):
        cell = there.cell(case.spot(item))
        formula = cell.find(f"{NS}f")
        if n == 0:
            row = case.spot(item)[0] + 1
            formula.text = f'IF(AND(COUNT($D{row}:$I{row})=0,$D$4<>"是"),"",SUM($D{row}:$I{row}))'
            formula.set("ref", Box(*case.spot(totals[0]), *case.spot(totals[-1])).span)
        else:
            formula.text = None
        formula.set("t", "shared")
        formula.set("si", "0")
    case.tell("total-overwritten", sheet=sheet.name)


@kind("a figure dragged onto another cell, formulas rewritten")
def cell_dragged(case: Case) -> None:
    sheet = case.table()
    one, other = case.input(sheet=sheet), case.input(sheet=sheet)
    if one is other or one.type != other.type:
        return
    there = case.book.sheet(sheet.name)
    start, end = case.spot(one), case.spot(other)
    there.fill(end, there.content(start))
    there.put(start)
    case.book.rewrite(lambda home, formula: dragged(formula, home, sheet.name, start, end))
    case.figures |= {one.id: None, other.id: case.figures[one.id]}


@kind("formulas of 校验 or the cover typed over")
def checks_typed_over(case: Case) -> None:
    name = case.rng.choice((COVER, CHECKS))
    there = case.book.sheet(name)
    spots = sorted(s for s in there.cells if there.formula(s) is not None)
    for spot in case.rng.sample(spots, min(5, len(spots))):
        there.put(spot, case.rng.choice(("通过", 0, None)))
    case.tell("form-formula-changed", sheet=name)


@kind("formulas without stored values, as openpyxl saves them", quiet=True)
def values_lost(case: Case) -> None:
    for name in case.book.sheets:
        for cell in case.book.sheet(name).data.iter(f"{NS}c"):
            if cell.find(f"{NS}f") is not None and cell.find(f"{NS}v") is not None:
                cell.remove(cell.find(f"{NS}v"))
                cell.attrib.pop("t", None)


@kind("stored values of formulas wrong", quiet=True)
def values_stale(case: Case) -> None:
    for name in case.book.sheets:
        for cell in case.book.sheet(name).data.iter(f"{NS}c"):
            if cell.find(f"{NS}f") is not None and cell.find(f"{NS}v") is not None and cell.get("t", "n") == "n":
                cell.find(f"{NS}v").text = "424242"


@kind("formulas as array formulas", quiet=True)
def formulas_array(case: Case) -> None:
    for name in case.book.sheets:
        for cell in case.book.sheet(name).data.iter(f"{NS}c"):
            formula = cell.find(f"{NS}f")
            if formula is not None:
                formula.set("t", "array")
                formula.set("ref", cell.get("r"))


# ── what is typed into cells ─────────────────────────────────────────────────


def _typed(case: Case, kinds: tuple[str, ...], forms: list[tuple[str, Callable[[int], Figure], str]]) -> None:
    """Types texts into a few cells: the writing of a number n, the figure it must be read as, the code that tells it."""
    fields = [f for f in case.form.inputs if f.type in kinds]
    for item in case.rng.sample(fields, min(5, len(fields))):
        n = case.rng.randint(1, 99_999)
        writing, reading, code = case.rng.choice(forms)
        case.put(item, writing.format(n=n, wide=str(n).translate(_WIDE)))
        case.figures[item.id] = reading(n)
        case.unreadable.discard(item.id)
        if reading(n) is None and code not in ("", "cell-placeholder"):
            case.unreadable.add(item.id)
        if code:
            case.tell(code, sheet=item.section.sheet, cell=a1(*case.spot(item)))


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_SCALED = SCALE["money"]


def _same(n: int) -> Figure:
    return n


def _none(n: int) -> Figure:
    return None


@kind("number typed as text, with spaces, commas, wide digits, zeros or a plus")
def typed_numbers(case: Case) -> None:
    forms = [" {n} ", "\u3000{n}", "{n}\u00a0", "{wide}", "{n:,}", "００{wide}", "00{n}", "+{n}", "{n}.0", "{n}", "\t{n}\n",
             "\u200b{n}", "{n}．０", "'{n}"[1:]]  # fmt: skip
    _typed(case, ("count", "signed"), [(form, _same, "cell-text-number") for form in forms])


@kind("number typed in groups of three, with spaces or Chinese commas between")
def typed_groups(case: Case) -> None:
    for item in case.rng.sample([f for f in case.form.inputs if f.type == "count"], 4):
        n = case.rng.randint(1_000, 99_999_999)
        case.put(item, f"{n:,}".replace(",", case.rng.choice((" ", "\u00a0", "\u2009", "\u202f", "，"))))
        case.figures[item.id] = n
        case.tell("cell-grouped", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("two numbers in a cell, with a gap between; digits turned round")
def typed_apart(case: Case) -> None:
    gaps = (" ", "\u00a0", "\u3000", "\u2002", "\t", "\n", "  ")
    for item in case.rng.sample([f for f in case.form.inputs if f.type == "count"], 4):
        one, other = case.rng.randint(1, 9_999), case.rng.randint(1, 99)
        gap = case.rng.choice(gaps)
        case.put(item, case.rng.choice((f"{one}{gap}{other}", f"\u202e{one}", f"{other}{gap}{one}{gap}{other}")))
        case.figures[item.id] = None
        case.unreadable.add(item.id)
        case.tell("cell-not-number", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("text with digits raised, struck out or in white")
def rich_digits(case: Case) -> None:
    item = case.input("count")
    case.put(item, "17")
    cell = case.book.sheet(item.section.sheet).cell(case.spot(item))
    look = case.rng.choice(('<vertAlign val="superscript"/>', "<strike/>", '<color rgb="FFFFFFFF"/>', '<sz val="1"/>'))
    plain, odd = f"<r><t>{case.rng.randint(1, 99)}</t></r>", f"<r><rPr>{look}</rPr><t>7</t></r>"
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    cell.append(etree.fromstring(f'<is xmlns="{MAIN}">{plain}{odd}</is>'))
    case.figures[item.id] = None
    case.unreadable.add(item.id)
    case.tell("cell-look", sheet=item.section.sheet, cell=a1(*case.spot(item)))


_SHOWN_OTHERWISE = (
    "0,",
    '0!.0,"万"',
    '"5"',
    ";;;",
    '0"0"',
    "0%",
    '[>0]"0"',
    "# ?/?",
    "0.0E+00",
    '"约"0',
    "0 0",
    '[<3]0;"多"',
)


@kind("number format that shows another number, or none")
def format_other(case: Case) -> None:
    for item in (case.input("count"), case.input("count")):
        n = case.rng.randint(1_000, 9_999)
        case.put(item, n)
        style = case.book.own_style(case.rng.choice(_SHOWN_OTHERWISE))
        case.book.sheet(item.section.sheet).cell(case.spot(item)).set("s", str(style))
        case.figures[item.id] = n
        case.tell("cell-format", sheet=item.section.sheet, cell=a1(*case.spot(item)))


_SHOWN_ALIKE = ("General", "0_ ", "#,##0", "_-* #,##0_-", "0;[Red]-0", "@", "#,##0_);(#,##0)", '0"件"')


@kind("number format that shows the same number", quiet=True)
def format_alike(case: Case) -> None:
    for item in case.rng.sample([f for f in case.form.inputs if f.type == "count"], 5):
        style = case.book.own_style(case.rng.choice(_SHOWN_ALIKE))
        case.book.sheet(item.section.sheet).cell(case.spot(item)).set("s", str(style))


@kind("count with a unit behind it")
def typed_units(case: Case) -> None:
    forms = ["{n}件", "{n} 项", "{n}項", "{wide}件", "{n:,}条", "{n}人"]
    _typed(case, ("count", "signed"), [(form, _same, "cell-unit-suffix") for form in forms])


@kind("增, 减 and the like before a number")
def typed_directions(case: Case) -> None:
    signed = [("减{n}", lambda n: -n, "cell-direction"), ("增{n}", _same, "cell-direction"),
              ("减少 {wide}件", lambda n: -n, "cell-direction")]  # fmt: skip
    counts = [("减{n}", _none, "cell-not-number"), ("增加{n}件", _none, "cell-not-number")]
    _typed(case, ("signed",), signed)
    _typed(case, ("count",), counts)


@kind("sign for nothing, or white space")
def typed_nothing(case: Case) -> None:
    forms = [(sign, _none, "cell-placeholder") for sign in ("/", "-", "—", "——", "无", "無", "／", " / ")]
    _typed(case, ("count", "signed", "money"), [*forms, *((gap, _none, "") for gap in (" ", "\u00a0", "\u3000", ""))])


@kind("what is no number")
def typed_words(case: Case) -> None:
    forms = ["约{n}", "--{n}", "{n}/{n}", "0/0", "增", "{n}|{n}", "{n}~{n}", "{n}\n{n}", "{n}（其中网上1）", "十二", "不详",
             "{n}件2次", "=1+{n}", "1e{n}", "{n}①", "{n}²", "见附件", "本年度共收到申请 {n} 件，均已办结。", "TRUE",
             "{n}、{n}", "{n}.{n}.{n}", "#REF!", "O", "½"]  # fmt: skip
    _typed(case, ("count", "signed"), [(form, _none, "cell-not-number") for form in forms])


@kind("money with 万元, 元 or 亿元")
def typed_money(case: Case) -> None:
    forms = [
        *((form, lambda n: n * _SCALED, "cell-money-wan") for form in ("{n}万元", "{n:,} 万", "{wide}萬元")),
        *((form, _none, "cell-money-yuan") for form in ("{n}元", "{n:,}.50元", "{wide} 元")),
        *((form, _none, "cell-not-number") for form in ("{n}亿元", "{n}美元", "约{n}万元", "{n}万元整", "￥{n}")),
        ("{n}.5", lambda n: n * _SCALED + _SCALED // 2, "cell-text-number"),
        ("{n}.1234567", lambda n: None, "cell-too-precise"),
    ]
    _typed_money(case, forms)


def _typed_money(case: Case, forms: list[tuple[str, Callable[[int], Figure], str]]) -> None:
    """As ``_typed``; an amount finer than a 分 is kept exactly, and is an error."""
    item = case.input("money")
    n = case.rng.randint(1, 9_999)
    writing, reading, code = case.rng.choice(forms)
    case.put(item, writing.format(n=n, wide=str(n).translate(_WIDE)))
    case.figures[item.id] = reading(n)
    case.unreadable |= {item.id} if reading(n) is None else set()
    if code == "cell-too-precise":
        case.figures[item.id] = n * _SCALED + Fraction(1234567, 10)
        case.unreadable.discard(item.id)
    case.tell(code, sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("stored number not proper: a fraction, negative, too large, not finite")
def numbers_improper(case: Case) -> None:
    forms: list[tuple[str, Figure, tuple[str, ...]]] = [
        ("-3", -3, ("cell-negative",)),
        ("1E+30", 10**30, ("cell-too-large",)),
        ("22010419900101", 22010419900101, ("cell-too-large",)),
        ("NaN", None, ("cell-not-number",)),
        ("INF", None, ("cell-not-number",)),
        ("1_0", None, ("cell-not-number",)),
        ("12abc", None, ("cell-not-number",)),
    ]
    for item, (stored, figure, codes) in zip(
        case.rng.sample([f for f in case.form.inputs if f.type == "count"], 4), case.rng.sample(forms, 4), strict=True
    ):
        case.put(item, stored, kind="n")
        case.figures[item.id] = figure
        case.doubt |= {item.id} if figure is not None and figure > 10**12 else set()
        case.unreadable |= {item.id} if figure is None else set()
        case.tell(*codes, sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("error value in an input cell")
def error_value(case: Case) -> None:
    for _ in range(3):
        item = case.input()
        formula = case.rng.choice((None, "1/0", "[1]Sheet1!$A$1"))
        case.put(item, case.rng.choice(("#DIV/0!", "#REF!", "#N/A", "#VALUE!")), kind="e", formula=formula)
        case.figures[item.id] = None
        case.unreadable.add(item.id)
        case.tell("cell-error-value", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("truth value in an input cell")
def truth_value(case: Case) -> None:
    item = case.input()
    case.put(item, case.rng.choice((0, 1)), kind="b", formula=case.rng.choice((None, "1=1")))
    case.figures[item.id] = None
    case.unreadable.add(item.id)
    case.tell("cell-not-number", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("number that became a date")
def became_date(case: Case) -> None:
    for item in (case.input("count"), case.input("money")):
        if case.rng.random() < 0.7:
            _dated(case, item, case.rng.choice((14, 15, 16, 17, 22, 31, 57)), case.rng.choice((45355, 45292.5)))
        else:
            case.put(item, "2024-03-04T00:00:00", kind="d")
            case.figures[item.id] = None
            case.unreadable.add(item.id)
            case.tell("cell-not-number", "cell-date", sheet=item.section.sheet, cell=a1(*case.spot(item)))


def _dated(case: Case, item: Field, number_format: int, days: float) -> None:
    """Its day number stays in the sums, as in the workbook's own formulas; but it is an error."""
    case.put(item, days)
    case.book.sheet(item.section.sheet).cell(case.spot(item)).set("s", str(case.book.style(number_format)))
    case.figures[item.id] = exact(Decimal(repr(days)), item.type)
    case.tell("cell-date", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("number that became a time of day")
def became_time(case: Case) -> None:
    _dated(case, case.input("money"), case.rng.choice((18, 20, 21, 46)), case.rng.choice((0.25, 0.5, 0.75)))


@kind("formula in an input cell")
def formula_in_input(case: Case) -> None:
    for _ in range(3):
        item = case.input("count")
        n = case.rng.randint(1, 5000)
        case.put(item, n, formula=case.rng.choice((f"{n}-1+1", "SUM(A1:A3)", "[1]Sheet1!$B$2", "D9")))
        case.figures[item.id] = n
        case.tell("cell-formula", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("formula without a stored value in an input cell")
def formula_unstored(case: Case) -> None:
    item = case.input()
    case.put(item, formula="3+4")
    case.figures[item.id] = None
    case.unreadable.add(item.id)
    case.tell("cell-formula", "cell-not-number", sheet=item.section.sheet, cell=a1(*case.spot(item)))


@kind("formula in an input cell that shows a text")
def formula_text(case: Case) -> None:
    item = case.input("count")
    n = case.rng.randint(1, 5000)
    shown, figure = case.rng.choice(((f"{n}件", n), (f"约{n}", None), (str(n), n)))
    case.put(item, shown, formula=f'"{shown}"')
    case.figures[item.id] = figure
    case.unreadable |= {item.id} if figure is None else set()
    case.tell("cell-unit-suffix", "cell-text-number", "cell-not-number", "cell-formula", sheet=item.section.sheet,
              cell=a1(*case.spot(item)))  # fmt: skip


@kind("figures retyped, emptied, exchanged")
def retyped(case: Case) -> None:
    for _ in range(4):
        one, other = case.input("count"), case.input("count")
        case.put(one, case.rng.randint(0, 9999))
        case.figures[one.id] = int(case.book.sheet(one.section.sheet).text(case.spot(one)))
        case.put(other)
        case.figures[other.id] = None


@kind("switch altered")
def switch_altered(case: Case) -> None:
    sheet = case.table()
    box = sheet.switch_boxes[1]
    typed = case.rng.choice(("是", "否", " 是\u00a0", None, "Y", "是的", 1, "√", "全为0"))
    case.book.sheet(sheet.name).put((box.top, box.left), typed)
    case.declared.discard(sheet.section.id)
    if typed == "是":
        case.declared.add(sheet.section.id)
    elif typed not in (None, "否"):
        case.tell("switch-unclear", sheet=sheet.name, cell=box.address)


@kind("merged cells split", quiet=True)
def merged_split(case: Case) -> None:
    case.book.sheet(case.table().name).drop("mergeCells")


@kind("merged cells split, a figure typed into the other half")
def merged_half(case: Case) -> None:
    wide = [(s, name, box) for s in case.layout.tables.values() for name, box in s.boxes.items()
            if box.right > box.left and not case.form.fields[name].parts]  # fmt: skip
    if not wide:
        return
    sheet, name, box = case.rng.choice(wide)
    there = case.book.sheet(sheet.name)
    there.drop("mergeCells")
    there.put((box.top, box.right), 4321)
    there.put((box.top, box.left))
    case.figures[name] = None
    case.tell("form-cell-added", sheet=sheet.name, cell=a1(box.top, box.right))


@kind("cells merged")
def merged_more(case: Case) -> None:
    """Two neighbouring input cells made one: what stood in the right one is gone."""
    sheet = case.layout.tables["requests"]
    item = case.input(sheet=sheet)
    row, column = case.spot(item)
    if column >= sheet.last_column - 1:
        return
    there = case.book.sheet(sheet.name)
    merged = there.root.find(f"{NS}mergeCells")
    etree.SubElement(merged, f"{NS}mergeCell").set("ref", Box(row, column, row, column + 1).span)
    there.put((row, column + 1))
    other = next(n for n, b in sheet.boxes.items() if (b.top, b.left) == (row, column + 1))
    case.figures[other] = None
    case.tell("form-covered", sheet=sheet.name, cell=a1(row, column + 1))


@kind("cells merged, the contents of all kept")
def merged_kept(case: Case) -> None:
    """As LibreOffice does on request: what stands in the right one is still stored, and nobody sees it."""
    sheet = case.layout.tables["requests"]
    item = case.input(sheet=sheet)
    row, column = case.spot(item)
    if column >= sheet.last_column - 1:
        return
    there = case.book.sheet(sheet.name)
    there.put((row, column + 1), 6)
    etree.SubElement(there.root.find(f"{NS}mergeCells"), f"{NS}mergeCell").set(
        "ref", Box(row, column, row, column + 1).span
    )
    other = next(n for n, b in sheet.boxes.items() if (b.top, b.left) == (row, column + 1))
    case.figures[other] = 6
    case.tell("form-covered", sheet=sheet.name, cell=a1(row, column + 1))


@kind("array formula over an input cell")
def array_over(case: Case) -> None:
    sheet = case.layout.tables["requests"]
    item = case.input(sheet=sheet)
    row, column = case.spot(item)
    there = case.book.sheet(sheet.name)
    below = case.rng.choice((1, 2))
    there.put((row, column), 9, formula="SUM(A1:A2)")
    formula = there.cell((row, column)).find(f"{NS}f")
    formula.set("t", case.rng.choice(("array", "dataTable")))
    formula.set("ref", Box(row, column, row + below, column).span)
    case.figures[item.id] = 9
    if row < sheet.last_row:  # below the table there is nothing to be covered
        case.tell("form-covered", sheet=sheet.name)
    case.tell("cell-formula", sheet=sheet.name, cell=a1(row, column))


# ── words ────────────────────────────────────────────────────────────────────


@kind("text sheet pasted anew")
def text_pasted(case: Case) -> None:
    section: Section = case.rng.choice(case.form.text_sections)
    there = case.book.sheet(section.sheet)
    for row in range(TEXT_TOP, TEXT_TOP + 8):
        there.put((row, 0))
    said = []
    for n in range(case.rng.randint(1, 5)):
        words = case.rng.choice((f"（{n}）新的一段", f"全年收到申请 {n} 件。", " 前后有空格 ".strip(), "一\n二"))
        there.put((TEXT_TOP + 2 * n + case.rng.randint(0, 1), case.rng.choice((0, 0, 0, 1))), words)
        said += words.split("\n")
    case.texts[section.id] = tuple(said)


@kind("rows put in among the paragraphs of a text")
def text_rows(case: Case) -> None:
    section: Section = case.rng.choice(case.form.text_sections)
    case.book.sheet(section.sheet).apply(put_in("row", TEXT_TOP + 1, 2))


# ── who it is ────────────────────────────────────────────────────────────────


@kind("agency, code, level or year on the cover altered")
def cover_altered(case: Case) -> None:
    row, value = case.rng.choice(
        (
            (COVER_CELLS.name, "另一个局"),
            (COVER_CELLS.code, "9999"),
            (COVER_CELLS.year, 2017),
            (COVER_CELLS.year, "2024年"),
            (COVER_CELLS.level, LEVELS["state" if case.sample.filing.agency.level != "state" else "county"]),
        )
    )
    case.book.sheet(COVER).put((row, COVER_CELLS.column), value)
    case.tell("identity-contradicts", sheet=COVER, cell=a1(row, COVER_CELLS.column))


def _properties_lost(case: Case) -> None:
    if "docProps/custom.xml" in case.book.parts:
        case.book.replace("_rels/.rels", lambda text: re.sub(r"<Relationship [^>]*custom-properties[^>]*/>", "", text))
        case.book.parts.pop("docProps/custom.xml")


@kind("another agency on the cover, under labels spaced out")
def cover_spaced(case: Case) -> None:
    there = case.book.sheet(COVER)
    key, value = case.rng.choice((("name", "别的镇"), ("code", "T99999")))
    row = getattr(COVER_CELLS, key)
    label = COVER_IDENTITY[key]
    spaced = case.rng.choice((" ".join(label), f"{label}\u3000", f"\n{label}", "\u00a0".join(label)))
    there.put((row, COVER_CELLS.label_column), spaced)
    there.put((row, COVER_CELLS.column), value)
    case.tell("identity-contradicts", sheet=COVER)


@kind("white space, or a formula that shows nothing, outside the tables", quiet=True)
def nothing_outside(case: Case) -> None:
    for sheet in case.layout.tables.values():
        spot = (sheet.last_row + case.rng.randint(3, 30), case.rng.randint(0, 4))
        formula = case.rng.choice((None, '""'))
        case.book.sheet(sheet.name).put(spot, "" if formula else " \u3000", formula=formula, kind="str")


@kind("document properties lost")
def properties_lost(case: Case) -> None:
    _properties_lost(case)


@kind("document properties and cover lost")
def identity_lost(case: Case) -> None:
    _properties_lost(case)
    case.book.remove(COVER)
    case.refused = True
    case.tell("form-foreign")


@kind("document properties lost, the cover altered")
def properties_lost_cover_altered(case: Case) -> None:
    _properties_lost(case)
    there = case.book.sheet(COVER)
    way = case.rng.randrange(4)
    if way == 0:
        there.put((COVER_CELLS.basis, COVER_CELLS.column), "国办发〔2017〕1号")
    elif way == 1:
        there.put((COVER_CELLS.year, COVER_CELLS.column), "二〇二三")
    elif way == 2:
        there.put((COVER_CELLS.level, COVER_CELLS.column))
    else:
        there.apply(put_in("row", case.rng.randint(0, 9)))
    case.refused = True


@kind("document properties altered")
def properties_altered(case: Case) -> None:
    key, value = case.rng.choice((("code", "777"), ("name", "别人"), ("year", "2001"), ("edition", "2031")))
    if key == "edition":
        case.refused = True
        case.tell("edition-unknown")
    else:
        case.agency = None
        case.tell("identity-contradicts", sheet=COVER)
    case.book.replace(
        "docProps/custom.xml",
        lambda text: re.sub(rf'(name="xltools_{key}">\s*<vt:lpwstr>)[^<]*', rf"\g<1>{value}", text),
    )


# ── other ways of writing the same file ──────────────────────────────────────


@kind("protection removed")
def protection_removed(case: Case) -> None:
    name = case.rng.choice([n for n in case.layout.sheet_names if n != GUIDE])
    case.book.sheet(name).drop("sheetProtection")
    case.tell("form-protection-lost", sheet=name)


@kind("input rules removed")
def validations_removed(case: Case) -> None:
    name = case.table().name
    case.book.sheet(name).drop("dataValidations")
    case.tell("form-validation-lost", sheet=name)


@kind("conditional formats, panes and print settings removed", quiet=True)
def looks_removed(case: Case) -> None:
    for name in case.book.sheets:
        case.book.sheet(name).drop(
            "conditionalFormatting", "sheetViews", "cols", "pageSetup", "printOptions", "headerFooter", "sheetPr"
        )


@kind("dimension wrong or missing", quiet=True)
def dimension_wrong(case: Case) -> None:
    for name in case.book.sheets:
        there = case.book.sheet(name)
        there.root.find(f"{NS}dimension").set("ref", "A1:A1")
        if case.rng.random() < 0.3:
            there.drop("dimension")


@kind("defined names removed", quiet=True)
def names_removed(case: Case) -> None:
    names_ = case.book.workbook.find(f"{NS}definedNames")
    case.book.workbook.remove(names_)


@kind("cell styles renumbered", quiet=True)
def styles_renumbered(case: Case) -> None:
    formats = case.book.root("xl/styles.xml").find(f"{NS}cellXfs")
    order = list(range(len(formats)))
    case.rng.shuffle(order)
    styles = list(formats)
    for n in order:
        formats.append(styles[n])
    place = {str(old): str(new) for new, old in enumerate(order)}
    for name in case.book.sheets:
        for cell in case.book.sheet(name).data.iter(f"{NS}c"):
            cell.set("s", place[cell.get("s", "0")])


@kind("styles lost", quiet=True)
def styles_lost(case: Case) -> None:
    del case.book.parts["xl/styles.xml"]
    case.book.replace("xl/_rels/workbook.xml.rels", lambda text: re.sub(r"<Relationship [^>]*/styles[^>]*/>", "", text))
    for name in case.book.sheets:
        for cell in case.book.sheet(name).data.iter(f"{NS}c"):
            cell.attrib.pop("s", None)


@kind("texts stored in the cells", quiet=True)
def strings_inline(case: Case) -> None:
    for name in case.book.sheets:
        there = case.book.sheet(name)
        for spot, cell in there.cells.items():
            if cell.get("t") == "s":
                there.put(spot, there.text(spot))
    if case.rng.random() < 0.5:
        del case.book.parts["xl/sharedStrings.xml"]
        case.book.replace(
            "xl/_rels/workbook.xml.rels", lambda text: re.sub(r"<Relationship [^>]*sharedStrings[^>]*/>", "", text)
        )


@kind("shared texts put in another order, made rich, with reading aids", quiet=True)
def strings_shuffled(case: Case) -> None:
    root = case.book.root("xl/sharedStrings.xml")
    items = list(root)
    order = list(range(len(items)))
    case.rng.shuffle(order)
    place = {str(old): str(new) for new, old in enumerate(order)}
    for name in case.book.sheets:
        for cell in case.book.sheet(name).data.iter(f"{NS}c"):
            if cell.get("t") == "s":
                cell.find(f"{NS}v").text = place[cell.findtext(f"{NS}v")]
    for n in order:
        root.append(items[n])
    for item in case.rng.sample(items, 20):
        words = item.findtext(f"{NS}t") or ""
        item.clear()
        half = len(words) // 2
        for piece in (words[:half], words[half:]):
            run = etree.SubElement(item, f"{NS}r")
            etree.SubElement(etree.SubElement(run, f"{NS}rPr"), f"{NS}b")
            etree.SubElement(run, f"{NS}t").text = piece
        etree.SubElement(etree.SubElement(item, f"{NS}rPh", sb="0", eb="1"), f"{NS}t").text = "zi"


_PARTS = re.compile(r"xl/(worksheets/sheet\d+|workbook|sharedStrings|styles)\.xml")


@kind("every element with a prefix", quiet=True)
def prefixed(case: Case) -> None:
    prefix = case.rng.choice(("x", "ss", "main"))
    for part in [p for p in case.book.parts if _PARTS.fullmatch(p)]:
        text = case.book.parts[part].decode()
        text = re.sub(r"<(/?)(?=[A-Za-z])", rf"<\g<1>{prefix}:", text).replace(" xmlns=", f" xmlns:{prefix}=", 1)
        case.book.parts[part] = text.encode()


@kind("strict OOXML", quiet=True)
def strict(case: Case) -> None:
    swaps = {
        MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
        RELATIONS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
        f"{RELATIONS}/custom-properties": "http://purl.oclc.org/ooxml/officeDocument/relationships/customProperties",
        "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties":
            "http://purl.oclc.org/ooxml/officeDocument/customProperties",
        "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes":
            "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
    }  # fmt: skip
    for part, content in case.book.parts.items():
        text = content.decode()
        for old in sorted(swaps, key=len, reverse=True):
            text = text.replace(old, swaps[old])
        case.book.parts[part] = text.encode()


@kind("numbers with 17 digits, in exponents, with zeros behind", quiet=True)
def long_numbers(case: Case) -> None:
    def rewritten(text: str) -> str:
        value = float(text)
        forms = [f"{value:.17g}", repr(value), f"{value:.16E}"]
        if value == int(value):
            forms += [f"{value:.6f}", f"{int(value)}."]
        return case.rng.choice(forms)

    for sheet in case.layout.tables.values():
        there = case.book.sheet(sheet.name)
        for name, box in sheet.boxes.items():
            cell = there.cells.get((box.top, box.left))
            value = None if cell is None or case.form.fields[name].parts else cell.find(f"{NS}v")
            if value is not None:
                value.text = rewritten(value.text)


@kind("blank cells stored as empty texts, empty values, or not at all", quiet=True)
def blanks_stored(case: Case) -> None:
    for sheet in case.layout.tables.values():
        there = case.book.sheet(sheet.name)
        for name, box in sheet.boxes.items():
            spot = (box.top, box.left)
            if not case.form.fields[name].parts and case.figures[name] is None:
                way = case.rng.randrange(5)
                if way == 0:
                    there.put(spot, "", kind="str")
                elif way == 1:
                    there.put(spot, "", kind="n")
                elif way == 2:
                    there.put(spot, "")
                elif way == 3 and spot in there.cells:
                    cell = there.cells.pop(spot)
                    cell.getparent().remove(cell)


@kind("rows and cells without their addresses", quiet=True)
def addresses_lost(case: Case) -> None:
    way = case.rng.randrange(3)
    for name in case.book.sheets:
        there = case.book.sheet(name)
        for row in range(max(r for r, _ in there.cells) + 1):
            there.row(row)
            width = max((c for r, c in there.cells if r == row), default=-1)
            for column in range(width + 1):
                there.cell((row, column))
        for element in there.data.iter(f"{NS}row", f"{NS}c"):
            if way == 0 or (way == 1) == (element.tag == f"{NS}c"):
                element.attrib.pop("r")


@kind("parts under other names, by absolute targets", quiet=True)
def parts_renamed(case: Case) -> None:
    def moved(name: str) -> str:
        name = re.sub(r"xl/worksheets/sheet(\d+)\.xml", r"xl/data/blatt\1.xml", name)
        return name.replace("xl/sharedStrings.xml", "xl/words.xml").replace("xl/styles.xml", "xl/looks.xml")

    def targets(text: str) -> str:
        return re.sub(r'Target="([^"/][^"]*)"', lambda m: f'Target="/{moved("xl/" + m[1])}"', text)

    case.book.replace("xl/_rels/workbook.xml.rels", targets)
    case.book.replace("[Content_Types].xml", moved)
    case.book.parts = {moved(name): content for name, content in case.book.parts.items()}


@kind("parts under other names, and a date among the figures")
def parts_renamed_date(case: Case) -> None:
    _dated(case, case.input("count"), 14, 45355)
    case.book.replace(
        "xl/_rels/workbook.xml.rels", lambda text: text.replace('Target="styles.xml"', 'Target="looks.xml"')
    )
    case.book.replace("[Content_Types].xml", lambda text: text.replace("/xl/styles.xml", "/xl/looks.xml"))
    case.book.parts["xl/looks.xml"] = case.book.parts.pop("xl/styles.xml")


@kind("parts in UTF-16, with a byte order mark, indented, with comments", quiet=True)
def encodings(case: Case) -> None:
    ways = (
        lambda text: text.replace("UTF-8", "UTF-16", 1).encode("utf-16"),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: (
            text.replace("<row ", "\n  <row ").replace("<c ", "\n    <c ").replace("</row>", "\n</row>").encode()
        ),
        lambda text: text.replace("<c ", "<!-- x --><?x y?><c ").replace("<row ", "<?x y?><row ").encode(),
    )
    for part in [p for p in case.book.parts if _PARTS.fullmatch(p)]:
        case.book.parts[part] = case.rng.choice(ways)(case.book.parts[part].decode())


@kind("rows, cells, values or parts that stand there twice")
def doubled(case: Case) -> None:
    """Programs do not agree on which of two is meant: refused."""
    item = case.input("count")
    row, column = case.spot(item)
    there = case.book.sheet(item.section.sheet)
    case.put(item, 5)
    cell = there.cell((row, column))
    way = case.rng.randrange(6)
    if way == 0:
        etree.SubElement(cell, f"{NS}v").text = "7"
    elif way == 1:
        etree.SubElement(etree.SubElement(cell, f"{NS}is"), f"{NS}t").text = "7"
    elif way == 2:
        cell.addnext(etree.fromstring(f'<c xmlns="{MAIN}" r="{a1(row, column)}"><v>7</v></c>'))
    elif way == 3:
        there.row(row).addnext(etree.fromstring(f'<row xmlns="{MAIN}" r="{row + 1}"/>'))
    elif way == 4:
        there.data.addnext(etree.fromstring(f'<sheetData xmlns="{MAIN}"/>'))
    else:
        part = case.book.part_of(item.section.sheet)
        case.book.parts[part.replace("sheet", "Sheet")] = b"<x/>"
    case.refused = True


@kind("rows that are none: in extensions, in other namespaces")
def rows_elsewhere(case: Case) -> None:
    item = case.input("count")
    row, column = case.spot(item)
    other = f'<row r="{row + 1}"><c r="{a1(row, column)}"><v>424242</v></c></row>'
    root = case.book.sheet(item.section.sheet).root
    root.append(etree.fromstring(f'<extLst xmlns="{MAIN}"><ext uri="x">{other}</ext></extLst>'))
    root.append(etree.fromstring(f'<zz xmlns="urn:zz"><sheetData>{other}</sheetData></zz>'))


@kind("macros, comments, drawings, calculation chain and links added")
def parts_added(case: Case) -> None:
    case.book.parts |= {"xl/vbaProject.bin": b"\0\1", "xl/comments1.xml": b"<comments/>", "xl/calcChain.xml": b"<x/>"}
    case.tell("file-macros")


@kind("three things at once: cells typed, lines altered, written by another program")
def together(case: Case) -> None:
    case.rng.choice((typed_numbers, typed_units, typed_nothing, typed_words, error_value, formula_in_input))(case)
    case.rng.choice((row_inserted, own_row, row_deleted, column_inserted, rows_swapped, label_altered, sheet_renamed))(
        case
    )
    case.rng.choice((_properties_kept, looks_removed, dimension_wrong, prefixed, strict, encodings))(case)
    case.must = []


def _properties_kept(case: Case) -> None:
    """Nothing more."""


# ── running them ─────────────────────────────────────────────────────────────


def altered(kind_: Kind, number_: int) -> Case:
    """A kind of alteration applied to one of the samples."""
    case = Case(sample(number_), random.Random(f"{kind_.name} {number_}"))
    kind_.alter(case)
    return case


@dataclass
class Tally:
    """What became of the files of one kind: all figures as in the original, or what differs named, or the file refused."""

    files: int = 0
    whole: int = 0
    named: int = 0
    refused: int = 0
    misread: dict[int, list[str]] = field(default_factory=dict)


def run(kind_: Kind, folder: Path, samples: int = SAMPLES) -> Tally:
    """Applies a kind of alteration to the samples, and reads and checks every file."""
    tally = Tally()
    for n in range(samples):
        case = altered(kind_, n)
        path = folder / "表.xlsx"
        path.write_bytes(case.book.bytes())
        received = check_file(path)
        complaints = misreadings(case, received) + (noises(received) if kind_.quiet else [])
        if complaints:
            tally.misread[n] = complaints
        tally.files += 1
        tally.refused += received.filing is None
        whole = received.filing is not None and received.filing.values == case.sample.filing.values
        tally.whole += whole
        tally.named += received.filing is not None and not whole
    return tally


def noises(received: Received) -> list[str]:
    """What is told of a file in which nothing but the writing changed; blank cells were there before."""
    told = [f.message for f in received.findings if tells(f) and f.code != "cell-blank"]
    return [*told, "verdict modified"] if received.verdict == "modified" else told


def table(tallies: dict[str, Tally]) -> Iterator[str]:
    """The outcome as a table in Markdown."""
    yield "| alteration | files | all figures as in the original | what differs named | refused | misread |"
    yield "|---|---|---|---|---|---|"
    for name, t in tallies.items():
        yield f"| {name} | {t.files} | {t.whole} | {t.named} | {t.refused} | {len(t.misread)} |"
    sums = [sum(getattr(t, key) for t in tallies.values()) for key in ("files", "whole", "named", "refused")]
    misread = sum(len(t.misread) for t in tallies.values())
    yield f"| {len(tallies)} kinds | {' | '.join(map(str, sums))} | {misread} |"


def main() -> None:
    with TemporaryDirectory() as folder:
        tallies = {}
        for name, kind_ in KINDS.items():
            tallies[name] = run(kind_, Path(folder))
            for n, complaints in tallies[name].misread.items():
                print(f"{name}, sample {n}: {complaints}", file=sys.stderr)
        print(*table(tallies), sep="\n")


if __name__ == "__main__":
    import alterations_seen  # under its own name, so that there is one list of kinds

    alterations_seen.alterations.main()
