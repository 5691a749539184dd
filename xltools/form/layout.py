"""Where everything of a form stands: from the frozen form to sheets, boxes and cells. The writer and the reader both ask here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Literal

from xltools.address import Box, a1, in_sheet
from xltools.classes import dataclass
from xltools.form.fields import Field, Line, Section, Table
from xltools.form.model import Form
from xltools.form.sums import LAST

GUIDE, COVER, CHECKS = "填报说明", "封面", "校验"
"""The sheets every workbook has, whatever its form."""

DEFINITION = "格式定义"
"""The hidden sheet on which every workbook carries the form that it was made from."""

LAYOUT = 4
"""The number of what the writer puts on sheets, and where. Raised when that changes, and only then: a received file is held against
the sheets of its own number. 1 is that of version 0.1, which wrote no number."""

LEDGER, STANDINGS, ISSUES, COMPARISON, DATA, SOURCES = "明细", "上报情况", "审核问题", "同比", "数据", "来源"
SUMMARY_SHEETS = (LEDGER, STANDINGS, ISSUES, COMPARISON, DATA, SOURCES)
"""The further sheets of a summary, in their order."""


def is_summary_sheet(name: str) -> bool:
    """Whether a sheet is one of the further sheets of a summary; 数据 goes on on 数据（2）, 数据（3）…"""
    return name in SUMMARY_SHEETS or (name.startswith(f"{DATA}（") and name.endswith("）"))


ADJUSTMENTS = 5
"""Lines of 明细 kept open for corrections by the office that sums up."""

TEXT_ROWS = 1000
"""Paragraphs a text sheet has room for: more than anyone writes."""

PARAGRAPH_LIMIT = 800
"""Characters that the tallest row (409 points) shows of a paragraph, with a margin."""

STATUS_ROW, TITLE_ROW, NAME_ROW, SWITCH_ROW, TABLE_TOP = range(5)
"""The rows above the table on a table sheet; the first is reserved for what is open or, in a summary, missing."""

_MANY = 5
"""Columns of figures from which on a sheet is one of many narrow ones."""

_PAGE = 93.0
"""The width of a page, as a sheet of one column of labels and three of figures has it."""

_LEAST = 3
"""Columns that the rows above a table need: a narrower table is as wide, its last column merged over what is left."""

TEXT_TOP = 4
PARAGRAPHS = Box(TEXT_TOP, 0, TEXT_TOP + TEXT_ROWS - 1, 0)
"""The cells of a text sheet: a paragraph a row."""


def paragraph_spot(number: int) -> tuple[int, int]:
    """Row and column of a paragraph on its text sheet, as issued; counted from 0."""
    return PARAGRAPHS.top + number, PARAGRAPHS.left


PROPERTY = "xltools_"
"""How the names of our document properties begin: one of the carriers of a filing's identity."""

COPY = f"{PROPERTY}copy"
"""The document property of a copy with plain values, which is no filing to be sent in."""

TAKEN = "取自"
"""How the prompt of a carried-over figure begins, before whose it is."""

SWITCH_LABEL = "本表空白格均为0（零填报）："
CODE_LABEL = "校验码"


Role = Literal["heading", "corner", "column", "row", "note"]


@dataclass(frozen=True, slots=True)
class Label:
    """Printed words and where they stand."""

    box: Box
    text: str
    role: Role


@dataclass(frozen=True, eq=False)
class TableSheet:
    """A sheet with the tables of one section, as officially printed."""

    section: Section
    widths: tuple[float, ...]
    labels: tuple[Label, ...]
    boxes: dict[str, Box]
    header_bottom: int
    label_columns: int
    last_row: int

    @property
    def name(self) -> str:
        return self.section.sheet

    @property
    def last_column(self) -> int:
        return len(self.widths) - 1

    # Where these stand is for ever, whatever the columns' widths become: filings of every layout are read by it.

    @property
    def _code(self) -> int:
        """The first column of the check code: among many columns of figures it has the last two."""
        return self.last_column - (self.last_column + 1 - self.label_columns >= _MANY)

    @property
    def name_box(self) -> Box:
        return Box(NAME_ROW, 0, NAME_ROW, self._code - 2)

    @property
    def code_boxes(self) -> tuple[Box, Box]:
        """The words 校验码, and the code."""
        label = self._code - 1
        return Box(NAME_ROW, label, NAME_ROW, label), Box(NAME_ROW, self._code, NAME_ROW, self.last_column)

    @property
    def switch_boxes(self) -> tuple[Box, Box, Box]:
        """The switch's words, the switch, the hint beside it."""
        at = min(self.label_columns if self.label_columns in (1, 2) else 3, self.last_column - 1)
        return (Box(SWITCH_ROW, 0, SWITCH_ROW, at - 1), Box(SWITCH_ROW, at, SWITCH_ROW, at),
                Box(SWITCH_ROW, at + 1, SWITCH_ROW, self.last_column))  # fmt: skip

    @cached_property
    def landmarks(self) -> tuple[Label, ...]:
        """All printed words that tell where a row or column stands, those above the table among them."""
        top = Box(TITLE_ROW, 0, TITLE_ROW, self.last_column)
        return (
            Label(top, self.section.title, "note"),
            Label(self.code_boxes[0], CODE_LABEL, "note"),
            Label(self.switch_boxes[0], SWITCH_LABEL, "note"),
            *(label for label in self.labels if label.text),
        )

    @property
    def table(self) -> Box:
        """The printed table, without the rows above it."""
        return Box(TABLE_TOP, 0, self.last_row, self.last_column)

    @property
    def tally_column(self) -> int:
        """The first of three hidden columns right of the table, one column away from it."""
        return self.last_column + 2

    def tally(self, row: int, number: int) -> str:
        """The address of a cell in one of the hidden columns, from 0."""
        return a1(row, self.tally_column + number, absolute=True)

    @cached_property
    def switch(self) -> str:
        """The switch's address from any sheet."""
        box = self.switch_boxes[1]
        return in_sheet(self.name, box.fixed)


@dataclass(frozen=True, slots=True)
class CoverCells:
    """The cover: labels in column B, contents in column C, by row; ``hidden`` is the first of two hidden columns."""

    label_column: int = 1
    column: int = 2
    status: int = 0
    title: int = 1
    kind: int = 2
    name: int = 4
    code: int = 5
    level: int = 6
    year: int = 7
    basis: int = 8
    checkcode: int = 9
    period: int = 10
    signoff: int = 11
    progress: int = 18
    hidden: int = 5


COVER_CELLS = CoverCells()
COVER_IDENTITY = {"name": "填报单位", "code": "单位代码", "level": "单位层级", "year": "报告年度", "basis": "格式依据"}
"""Rows of the cover that say whose filing it is, with their printed words."""
PERIOD_LABEL = "报告期"
"""The words on the cover before the part of the year, for a form that is filed for parts of one."""


@dataclass(frozen=True, slots=True)
class CheckColumns:
    """The columns of 校验."""

    where: int = 0
    text: int = 1
    left: int = 2
    right: int = 3
    difference: int = 4
    result: int = 5
    explanation: int = 6
    severity: int = 7
    id: int = 8
    bare: int = 9
    """Hidden: the explanation without white space and stops."""
    ids: tuple[int, ...] = (8, 0)
    """Where the id may stand in a received file: as now, and as layouts 1 to 3 had it."""


CHECK_COLUMNS = CheckColumns()
CHECK_HEADINGS = ("哪里", "内容", "左边", "右边", "差额", "结果", "情况说明", "级别", "编号")
CHECK_TOP = 4
"""The first row of rules on 校验; the headings stand just above."""

LAST_HEADING = "上年的数"
"""The words on 校验 above last year's figures."""

LAST_LABELS = len(CHECK_HEADINGS) + 1
"""The column of 校验, right of the rules, in which the rows of last year's figures are named; the figures stand beside it."""


@dataclass(frozen=True, eq=False)
class Layout:
    """A form's sheets. Cells of fields are the same in a blank, a filing and a summary."""

    form: Form

    @cached_property
    def tables(self) -> dict[str, TableSheet]:
        """Table sheets by section id."""
        return {s.id: _table_sheet(s, self.form) for s in self.form.table_sections}

    @cached_property
    def sheet_names(self) -> tuple[str, ...]:
        return (GUIDE, COVER, *(s.sheet for s in self.form.sections), CHECKS)

    @cached_property
    def _positions(self) -> dict[str, tuple[str, int, int]]:
        return {
            name: (sheet.name, box.top, box.left) for sheet in self.tables.values() for name, box in sheet.boxes.items()
        }

    @property
    def last_heading(self) -> tuple[int, int]:
        """The cell of 校验 that says whose figures of last year stand below it."""
        return CHECK_TOP - 2, LAST_LABELS

    @cached_property
    def last_rows(self) -> dict[str, int]:
        """How far below its place on its own sheet a section's row of last year's figures stands on 校验."""
        down, found = CHECK_TOP, {}
        for name, sheet in self.tables.items():
            found[name] = down - TABLE_TOP
            down += sheet.last_row - TABLE_TOP + 3
        return found

    def position(self, field: str) -> tuple[str, int, int]:
        """Sheet, row and column of a field; last year's figures stand on 校验 as the fields do among themselves."""
        if not field.startswith(LAST):
            return self._positions[field]
        section = self.form.fields[field.removeprefix(LAST)].section.id
        _, row, column = self._positions[field.removeprefix(LAST)]
        right = LAST_LABELS + 1 - self.tables[section].label_columns
        return CHECKS, row + self.last_rows[section], column + right

    def cell(self, field: str) -> str:
        """The A1 address of a field on its sheet."""
        _, row, column = self.position(field)
        return a1(row, column)

    def switch(self, field: str) -> str:
        """The address, from any sheet, of the switch that declares a field's blank to be 0; "" for last year's."""
        return "" if field.startswith(LAST) else self.tables[self.form.fields[field].section.id].switch


@lru_cache(maxsize=32)
def layout_of(form: Form) -> Layout:
    """The layout of a form; made once."""
    return Layout(form)


# ── from tables to boxes ─────────────────────────────────────────────────────


def _table_sheet(section: Section, form: Form) -> TableSheet:
    depth = max(len(row.label) for table in section.tables for row in table.rows)
    across = max(*(len(table.columns) for table in section.tables), _LEAST - depth)
    labels: list[Label] = []
    boxes: dict[str, Box] = {}
    row = TABLE_TOP
    header_bottom = row - 1
    by_place = {(f.section.id, id(f.row), id(f.column)): f for f in form.fields.values()}
    for number, table in enumerate(section.tables):
        if table.heading:
            labels.append(Label(Box(row, 0, row, depth + across - 1), table.heading, "heading"))
            row += 1
        height = max(len(column.label) for column in table.columns)
        if depth:
            labels.append(Label(Box(row, 0, row + height - 1, depth - 1), table.corner, "corner"))
        for first, last, top, bottom, text in _nest(table.columns, height):
            right = depth + (last if last < len(table.columns) - 1 else across - 1)
            labels.append(Label(Box(row + top, depth + first, row + bottom, right), text, "column"))
        row += height
        if len(section.tables) == 1 and not number:
            header_bottom = row - 1
        for first, last, left, right, text in _nest(table.rows, depth):
            labels.append(Label(Box(row + first, left, row + last, right), text, "row"))
        for field, box in _values(table, section, row, depth, across, by_place):
            boxes[field.id] = box
        row += len(table.rows)
        if table.note:
            labels.append(Label(Box(row, 0, row, depth + across - 1), table.note, "note"))
            row += 1
    labels_wide = _label_widths(depth)
    widths = (*labels_wide, *((_value_width(across, depth, sum(labels_wide)),) * across))
    return TableSheet(section, widths, tuple(labels), boxes, header_bottom, depth, row - 1)


def _nest(lines: Sequence[Line], depth: int) -> Iterator[tuple[int, int, int, int, str]]:
    """Nested headings: first and last line, first and last level, words. An innermost heading reaches the table's edge."""
    for level in range(depth):
        start = 0
        while start < len(lines):
            label = lines[start].label
            if level >= len(label):
                start += 1
                continue
            end = start
            inner = len(label) > level + 1
            while inner and end + 1 < len(lines) and lines[end + 1].label[: level + 1] == label[: level + 1]:
                end += 1
            yield start, end, level, (level if inner else depth - 1), label[level]
            start = end + 1


def _values(
    table: Table, section: Section, top: int, depth: int, across: int, by_place: dict[tuple[str, int, int], Field]
) -> Iterator[tuple[Field, Box]]:
    for down, row in enumerate(table.rows):
        for right, column in enumerate(table.columns):
            edge = depth + (right if right < len(table.columns) - 1 else across - 1)
            yield by_place[section.id, id(row), id(column)], Box(top + down, depth + right, top + down, edge)


def _label_widths(depth: int) -> tuple[float, ...]:
    """Three levels of labels and seven columns are the width of an A4 page: the outermost stands two characters wide, as printed."""
    return {0: (), 1: (30.0,), 2: (14.0, 34.0)}.get(depth, (4.0, *(7.0,) * (depth - 2), 24.5))


def _value_width(across: int, depth: int, labels: float) -> float:
    """Four characters of a heading on a line in a sheet of many columns; few fill the page, for the rows above them need room."""
    return max(21.0, (_PAGE - labels) / across) if across < _MANY else 7.7 if depth else 9.0
