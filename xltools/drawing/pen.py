"""Styles and cells of a drawing: openpyxl, with the colours and borders of this house."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from xltools.address import a1, blocks, in_sheet
from xltools.drawing.canvas import CEILING_NAME, GREEN, GREY, LAST_NAME, YELLOW

_BOX = Border(*(Side("thin"),) * 4)
_FILLS = {colour: PatternFill("solid", fgColor=colour) for colour in (YELLOW, GREEN, GREY)}
_CENTRED = Alignment(wrap_text=True, vertical="center", horizontal="center")
_LEFT = Alignment(wrap_text=True, vertical="center")
_PLAIN = Alignment(vertical="center")
_LINE = 15.0
"""Points of a line of text."""
_BLUE, _STRIPED = "1F4E9E", 500
"""The colour of words that stand out, and the rows of a sheet that may."""
_OFFERED = 400
"""The last row that a list to choose from is offered in."""
_SPARE = 30
"""Rows below the rules that are made ready for more."""

Span = tuple[int, int, int, int]


class Pen:
    """Draws; rows and columns are counted from 0."""

    def __init__(self) -> None:
        self.book = openpyxl.Workbook()
        self.book.remove(self.book.active)
        for name, value in ((LAST_NAME, "1"), (CEILING_NAME, "1000000000")):
            self.book.defined_names[name] = DefinedName(name, attr_text=value)

    def sheet(self, name: str, widths: Sequence[float]) -> Any:
        sheet = self.book.create_sheet(name)
        for number, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
        sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
        return sheet

    def list(self, name: str, columns: Mapping[str, str], widths: Mapping[str, float]) -> Any:
        """A sheet of rows below headings."""
        sheet = self.sheet(name, [widths.get(key, 12) for key in columns])
        self.headings(sheet, 0, columns.values())
        return sheet

    def headings(self, sheet: Any, row: int, words: Iterable[str]) -> None:
        """The headings of a list, which stay in sight."""
        for column, said in enumerate(words):
            cell = self.margin(sheet, row, column, said)
            cell.font, cell.alignment = Font(bold=True), _CENTRED
        sheet.freeze_panes = f"B{row + 2}"

    def value(self, sheet: Any, row: int, column: int, value: Any) -> Any:
        cell = sheet.cell(row + 1, column + 1)
        cell.value, cell.alignment = value, _LEFT
        if isinstance(value, str) and not value.startswith("="):
            self._heighten(sheet, row + 1, value, self._width(sheet, column))
        return cell

    def words(self, sheet: Any, row: int, column: int, words: str, *, bold: bool = False) -> None:
        if not bold:
            self.value(sheet, row, column, words or None)
            return
        cell = sheet.cell(row + 1, column + 1)
        cell.value, cell.font, cell.alignment = words, Font(bold=True), _PLAIN

    def margin(self, sheet: Any, row: int, column: int, words: str) -> Any:
        cell = sheet.cell(row + 1, column + 1)
        cell.value = words
        cell.fill, cell.font, cell.alignment = _FILLS[GREY], Font(size=8), _PLAIN
        return cell

    def label(self, sheet: Any, span: Span, words: str) -> None:
        self._span(sheet, span)
        cell = sheet.cell(span[0] + 1, span[1] + 1)
        cell.value, cell.alignment = words or None, _CENTRED
        if span[0] == span[2]:
            self._heighten(sheet, span[0] + 1, words, sum(self._width(sheet, c) for c in range(span[1], span[3] + 1)))

    def striped(self, sheet: Any, mark: str, columns: int) -> None:
        """Makes rows whose margin begins with a mark stand out, those too that are put in later."""
        letter = get_column_letter(columns)
        rule = FormulaRule(formula=[f'LEFT($A1,{len(mark)})="{mark}"'], font=Font(bold=True, color=_BLUE))
        sheet.conditional_formatting.add(f"A1:{letter}{_STRIPED}", rule)

    def _width(self, sheet: Any, column: int) -> float:
        return float(sheet.column_dimensions[get_column_letter(column + 1)].width)

    def _heighten(self, sheet: Any, row: int, words: str, width: float) -> None:
        """Makes a row as high as its words are long."""
        lines = max(1, math.ceil(2.2 * len(words) / max(width, 1)))
        sheet.row_dimensions[row].height = max(sheet.row_dimensions[row].height or _LINE, lines * _LINE)

    def figure(self, sheet: Any, span: Span, formula: str) -> None:
        """A figure to fill in, or a total."""
        self._span(sheet, span)
        cell = sheet.cell(span[0] + 1, span[1] + 1)
        cell.value, cell.fill = formula or None, _FILLS[GREEN if formula else YELLOW]

    def _span(self, sheet: Any, span: Span) -> None:
        top, left, bottom, right = (n + 1 for n in span)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                cell = sheet.cell(row, column)
                if not isinstance(cell, MergedCell):
                    cell.border = _BOX
        if (top, left) != (bottom, right):
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    def total(self, cells: Iterable[tuple[int, int]]) -> str:
        return f"=SUM({','.join(box.span for box in blocks(cells))})"

    def trials(self, sheet: Any, rules: int, columns: Sequence[str]) -> None:
        """The column that shows whether each rule holds for what stands in the drawing, and more of it for rules to come."""
        left, holds, right, trial = (columns.index(name) for name in ("left", "holds", "right", "trial"))
        for row in range(1, rules + _SPARE + 1):
            a, op, b = (a1(row, column) for column in (left, holds, right))
            cases = ",".join(f"{a}{sign}{b}" for sign in ("=", "<=", ">=", "<>", "<", ">"))
            choose = f'CHOOSE(MATCH({op},{{"＝","≤","≥","≠","＜","＞"}},0),{cases})'
            formula = f'=IF({op}="","",IF(IF(ISLOGICAL({op}),{op},{choose}),"成立","不成立"))'
            self.value(sheet, row, trial, formula)

    def choices(self, sheet: Any, column: int, words: Iterable[str], *, top: int = 1, forced: bool = False) -> None:
        """A list to choose from in the rows from ``top`` on, offered, and ``forced`` where nothing else will do."""
        self._offer(sheet, column, top, '"' + ",".join(words) + '"', forced)

    def listed(self, sheet: Any, column: int, among: int, rows: int, *, other: str = "", top: int = 1) -> None:
        """The cells of a column of the sheet, or of another, to choose from, so many rows below its heading."""
        letter = get_column_letter(among + 1)
        area = f"${letter}$2:${letter}${rows + 1}"
        self._offer(sheet, column, top, in_sheet(other, area) if other else area, forced=False)

    def _offer(self, sheet: Any, column: int, top: int, formula: str, forced: bool) -> None:
        offered = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=forced)
        if forced:
            offered.errorTitle, offered.error = "不能填这个", "从下拉的单子里选一项"
        letter = get_column_letter(column + 1)
        offered.add(f"{letter}{top + 1}:{letter}{_OFFERED}")
        sheet.add_data_validation(offered)
