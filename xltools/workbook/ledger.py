"""明细: the sheet of a summary on which its figures rest, an agency a row, a field a column. Written here and read here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from xltools.address import Box, a1, in_sheet
from xltools.figures import Figure
from xltools.layout import LEDGER, STATUS_ROW, Layout
from xltools.model import Agency, Field, Filing
from xltools.terms import LEVELS, level_of
from xltools.workbook.book import Book
from xltools.workbook.package import Unreadable
from xltools.workbook.press import Value
from xltools.workbook.sheets import ReceivedWorkbook
from xltools.workbook.shown import number
from xltools.workbook.typed import read_cell

_IDS, _LABELS, _TOP = 2, 3, 4
_FIRST = 3


def write_ledger(book: Book, layout: Layout, filings: Sequence[Filing], status: str) -> None:
    """The sheet: ids and labels of the input fields above, an agency's figures in each row."""
    out = book.sheet(LEDGER)
    inputs = layout.form.inputs
    out.widths(16, 28, 13, *(9.0 for _ in inputs))
    out.put((STATUS_ROW, 0), status, "status")
    out.put((1, 0), "明细：各单位的数，各表的数由这里相加得出", "title_left")
    for column, words in enumerate(("单位代码", "单位名称", "层级")):
        out.put((_IDS, column), None, "cell_id")
        out.put((_LABELS, column), words, "column")
    for column, field in enumerate(inputs, _FIRST):
        out.put((_IDS, column), field.id, "cell_id")
        out.put((_LABELS, column), f"{field.section.sheet}　{field.label}", "column_small")
    styles = ("cell_left",) * _FIRST + ("cell_number",) * len(inputs)
    out.rows(_TOP, len(filings), (_row(filing, inputs) for filing in filings), styles)
    out.height(_LABELS, 110)
    out.finish(landscape=True, wide=0, freeze=(_TOP, 2), repeat=_LABELS, footer=LEDGER)


def _row(filing: Filing, inputs: Sequence[Field]) -> list[Value]:
    agency, values = filing.agency, filing.values
    figures = (number(values.get(field.id), field) for field in inputs)
    return [agency.code, agency.name, LEVELS[agency.level], *figures]


def sum_over(layout: Layout, agencies: int, field: Field) -> str:
    """The formula of a summary's input cell: blank over nothing, money to the 分."""
    column = _FIRST + layout.form.inputs.index(field)
    block = Box(_TOP, column, _TOP + max(agencies, 1) - 1, column).fixed
    cells = in_sheet(LEDGER, block)
    total = f"ROUND(SUM({cells}),6)" if field.type == "money" else f"SUM({cells})"
    return f'IF(COUNT({cells})=0,"",{total})'


def sums(workbook: ReceivedWorkbook, layout: Layout, section: str, tell: Callable[..., None]) -> dict[str, Figure]:
    """A received summary's figures, added up anew from its 明细: stored sums are not trusted.

    A cell that is no plain number is told; Unreadable where the sheet or a column is gone.
    """
    if LEDGER not in workbook.sheet_names:
        raise Unreadable("file-damaged", f"汇总表缺少工作表“{LEDGER}”")
    cells, lines = workbook.sheet(LEDGER), rows(workbook)
    columns = {cells.text(row, column): column for row, column in cells.cells if row == _IDS}
    found: dict[str, Figure] = {}
    for field in layout.form.inputs_of(section):
        if field.id not in columns:
            raise Unreadable("file-damaged", f"工作表“{LEDGER}”缺少一列：{field.label}")
        known = []
        for row in lines:
            cell = cells.at(row, columns[field.id])
            reading = read_cell(cell, field.type)
            if cell.formula is not None or (reading.code is None and reading.typed):
                reading = replace(reading, code="cell-formula" if cell.formula is not None else "cell-not-number")
            if reading.code:
                tell(reading.code, sheet=LEDGER, cell=a1(row, columns[field.id]), field=field.id, place=field.place,
                     typed=f"={cell.formula}" if cell.formula is not None else reading.typed or cell.text,
                     read=number(reading.figure, field), suggestion=reading.suggestion)  # fmt: skip
            if reading.figure is not None:
                known.append(reading.figure)
        found[field.id] = sum(known) if known else None
    return found


def members(workbook: ReceivedWorkbook, layout: Layout) -> Iterator[tuple[Agency, dict[str, Figure]]]:
    """The agencies of a received 明细, each with its figures; a row without a code or a level is passed over."""
    cells = workbook.sheet(LEDGER)
    columns = {cells.text(row, column): column for row, column in cells.cells if row == _IDS}
    for row in rows(workbook):
        code, name, level = cells.text(row, 0), cells.text(row, 1), level_of(cells.text(row, 2))
        if code and level:
            figures = {
                f.id: read_cell(cells.at(row, columns[f.id]), f.type).figure
                for f in layout.form.inputs
                if f.id in columns
            }
            yield Agency(code, name, level), figures


def rows(workbook: ReceivedWorkbook) -> list[int]:
    """The rows of a received 明细 that hold figures."""
    cells = workbook.sheet(LEDGER).cells
    return sorted({row for row, column in cells if row >= _TOP and column >= _FIRST})


def provisional(workbook: ReceivedWorkbook) -> str:
    """What a received summary says of missing agencies: the reserved row of its 明细; "" where it is complete."""
    said = workbook.sheet(LEDGER).text(STATUS_ROW, 0) if LEDGER in workbook.sheet_names else ""
    return said if "缺" in said else ""
