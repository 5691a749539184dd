"""明细: the sheet of a summary on which its figures rest, an agency a row, a field a column. Written here and read here.

Below the agencies stand a few open lines for 调整: what the office that sums up must correct and cannot get refiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from xltools.address import Box, a1, in_sheet
from xltools.figures import Figure
from xltools.layout import ADJUSTMENTS, LEDGER, STATUS_ROW, Layout
from xltools.model import Adjustment, Agency, Field, Filing
from xltools.terms import LEVELS, level_of
from xltools.workbook.book import Book, Sheet
from xltools.workbook.package import Unreadable
from xltools.workbook.press import Value
from xltools.workbook.sheets import Cell, ReceivedWorkbook
from xltools.workbook.shown import number
from xltools.workbook.typed import Reading, read_cell

_IDS, _LABELS, _TOP = 2, 3, 4
_FIRST = 3
ADJUSTMENT = "调整"
"""What stands where an agency's code would, in the lines for corrections."""

Tell = Callable[..., None]


def write_ledger(
    book: Book, layout: Layout, filings: Sequence[Filing], adjustments: Sequence[Adjustment], status: str
) -> None:
    """The sheet: ids and labels of the input fields above, an agency's figures in each row, open lines for 调整 below."""
    out = book.sheet(LEDGER)
    inputs = layout.form.inputs
    out.widths(16, 28, 13, *(9.0 for _ in inputs))
    out.put((STATUS_ROW, 0), status, "status")
    title = f"明细：各单位的数，各表的数由这里相加得出。最后 {ADJUSTMENTS} 行可填“调整”：要加减的数，并在“单位名称”一栏写明原因"
    out.put((1, 0), title, "title_left")
    for column, words in enumerate(("单位代码", "单位名称", "层级")):
        out.put((_IDS, column), None, "cell_id")
        out.put((_LABELS, column), words, "column")
    for column, field in enumerate(inputs, _FIRST):
        out.put((_IDS, column), field.id, "cell_id")
        out.put((_LABELS, column), f"{field.section.sheet}　{field.label}", "column_small")
    styles = ("cell_left",) * _FIRST + ("cell_number",) * len(inputs)
    out.rows(_TOP, len(filings), (_row(filing, inputs) for filing in filings), styles)
    _open_lines(out, _TOP + len(filings), inputs, adjustments)
    out.height(_LABELS, 110)
    out.finish(landscape=True, wide=0, freeze=(_TOP, 2), repeat=_LABELS, footer=LEDGER)


def _row(filing: Filing, inputs: Sequence[Field]) -> list[Value]:
    agency, values = filing.agency, filing.values
    figures = (number(values.get(field.id), field) for field in inputs)
    return [agency.code, agency.name, LEVELS[agency.level], *figures]


def _open_lines(out: Sheet, top: int, inputs: Sequence[Field], adjustments: Sequence[Adjustment]) -> None:
    blank = Adjustment("", {})
    for row, line in enumerate([*adjustments, *[blank] * (ADJUSTMENTS - len(adjustments))], top):
        out.put((row, 0), ADJUSTMENT, "cell_left")
        out.put((row, 1), line.reason, "explain")
        out.put((row, 2), None, "cell_left")
        for column, field in enumerate(inputs, _FIRST):
            out.put((row, column), number(line.figures.get(field.id), field), "adjustment")


def sum_over(layout: Layout, lines: int, field: Field) -> str:
    """The formula of a summary's input cell over so many lines, agencies and 调整: blank over nothing, money to the 分."""
    column = _FIRST + layout.form.inputs.index(field)
    cells = in_sheet(LEDGER, Box(_TOP, column, _TOP + lines - 1, column).fixed)
    total = f"ROUND(SUM({cells}),6)" if field.type == "money" else f"SUM({cells})"
    return f'IF(COUNT({cells})=0,"",{total})'


def target(layout: Layout, field: Field) -> str:
    """The heading of the column of 明细 that holds a field's figures by agency; of a total, the first of its parts'."""
    name = field.parts[0] if field.parts else field.id
    column = _FIRST + [item.id for item in layout.form.inputs].index(name)
    return f"'{LEDGER}'!{a1(_LABELS, column)}"


def sums(workbook: ReceivedWorkbook, layout: Layout, section: str, tell: Tell) -> dict[str, Figure]:
    """A received summary's figures, added up anew from its 明细: stored sums are not trusted.

    A cell that is no plain number is told; Unreadable where the sheet or a column is gone.
    """
    if LEDGER not in workbook.sheet_names:
        raise Unreadable("file-damaged", f"汇总表缺少工作表“{LEDGER}”")
    lines = rows(workbook)
    columns = _columns(workbook)
    found: dict[str, Figure] = {}
    for field in layout.form.inputs_of(section):
        if field.id not in columns:
            raise Unreadable("file-damaged", f"工作表“{LEDGER}”缺少一列：{field.label}")
        figures = [_read(workbook, row, columns[field.id], field, tell) for row in lines]
        known = [figure for figure in figures if figure is not None]
        found[field.id] = sum(known) if known else None
    return found


def _read(workbook: ReceivedWorkbook, row: int, column: int, field: Field, tell: Tell) -> Figure:
    """A figure of 明细; an agency's must be a plain proper number, what is added in a 调整 may be less than 0."""
    cell = workbook.sheet(LEDGER).at(row, column)
    reading = read_cell(cell, field.type)
    if reading.code == "cell-negative" and _adjusts(workbook, row):
        reading = Reading(reading.figure)
    if cell.formula is not None or (reading.code is None and reading.typed):
        reading = replace(reading, code="cell-formula" if cell.formula is not None else "cell-not-number")
    if reading.code:
        tell(reading.code, sheet=LEDGER, cell=a1(row, column), field=field.id, place=field.place,
             typed=_typed(cell, reading), read=number(reading.figure, field),
             suggestion=reading.suggestion)  # fmt: skip
    return reading.figure


def _typed(cell: Cell, reading: Reading) -> str:
    return f"={cell.formula}" if cell.formula is not None else reading.typed or cell.text


def adjustments(workbook: ReceivedWorkbook, layout: Layout, tell: Tell) -> tuple[Adjustment, ...]:
    """The lines of 调整 that are filled in; each is told, one without a reason as an error."""
    cells, columns = workbook.sheet(LEDGER), _columns(workbook)
    found = []
    for row in rows(workbook) if LEDGER in workbook.sheet_names else ():
        if not _adjusts(workbook, row):
            continue
        known = {
            f.id: figure
            for f in layout.form.inputs
            if f.id in columns and (figure := read_cell(cells.at(row, columns[f.id]), f.type).figure) is not None
        }
        reason = cells.text(row, 1).strip()
        if not known:
            continue
        found.append(Adjustment(reason, known))
        first = layout.form.fields[next(iter(known))]
        tell("adjustment" if len(reason) > 1 else "adjustment-unexplained", sheet=LEDGER,
             cell=a1(row, columns[first.id]), field=first.id, related=tuple(known), count=len(known), place=first.place,
             actual=known[first.id], types=(first.type, first.type), typed=reason)  # fmt: skip
    return tuple(found)


def members(workbook: ReceivedWorkbook, layout: Layout) -> Iterator[tuple[Agency, dict[str, Figure]]]:
    """The agencies of a received 明细, each with its figures; a row without a code or a level is passed over."""
    cells, columns = workbook.sheet(LEDGER), _columns(workbook)
    for row in rows(workbook):
        code, name, level = cells.text(row, 0), cells.text(row, 1), level_of(cells.text(row, 2))
        if code and level:
            figures = {
                f.id: read_cell(cells.at(row, columns[f.id]), f.type).figure
                for f in layout.form.inputs
                if f.id in columns
            }
            yield Agency(code, name, level), figures


def _columns(workbook: ReceivedWorkbook) -> dict[str, int]:
    cells = workbook.sheet(LEDGER)
    return {cells.text(row, column): column for row, column in cells.cells if row == _IDS and column >= _FIRST}


def _adjusts(workbook: ReceivedWorkbook, row: int) -> bool:
    return workbook.sheet(LEDGER).text(row, 0) == ADJUSTMENT


def rows(workbook: ReceivedWorkbook) -> list[int]:
    """The rows of a received 明细 that hold an agency, or are kept for 调整."""
    cells = workbook.sheet(LEDGER).cells
    return sorted({row for row, column in cells if row >= _TOP and (column >= _FIRST or column == 0)})


def provisional(workbook: ReceivedWorkbook) -> str:
    """What a received summary says of missing agencies: the reserved row of its 明细; "" where it is complete."""
    said = workbook.sheet(LEDGER).text(STATUS_ROW, 0) if LEDGER in workbook.sheet_names else ""
    return said if "缺" in said else ""
