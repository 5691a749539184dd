"""明细 as received: a summary's figures added up anew from its agencies' rows; what was typed among them, told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace

from xltools.address import a1
from xltools.classes import dataclass
from xltools.figures import PLACES, UNITS, FieldType, Figure
from xltools.form.fields import Field
from xltools.form.layout import ADJUSTMENTS, LEDGER, STATUS_ROW, Layout
from xltools.form.model import Adjustment, Agency
from xltools.ooxml.cells import Cell
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable
from xltools.received.as_filed import Filed
from xltools.received.typed import CellReading, read_cell, read_input, unit_typed
from xltools.terms import level_of
from xltools.workbook.cached import number
from xltools.workbook.ledger import (
    FIRST,
    HEADING,
    HOMES,
    REASON,
    TOGETHER,
    TOP,
    sum_from,
)

Row = dict[int, Cell]
"""A row's cells by column."""


@dataclass
class Ledger:
    """A received 明细: its agencies, its sums (adjustments among them), the adjustments, its last row.

    ``together`` is how many agencies one row stands for, where their own lie beside the workbook.
    """

    parts: list[Agency] = field(default_factory=list)
    changed: list[Agency] = field(default_factory=list)
    """Those of which it has other figures than they filed."""
    together: int = 0
    sums: dict[str, Figure] = field(default_factory=dict)
    adjustments: list[tuple[int, Adjustment]] = field(default_factory=list)
    bottom: int = TOP
    status: str = ""

    def sum_formula(self, layout: Layout, item: Field) -> str:
        """The formula that a field's official cell must have over these rows."""
        return sum_from(layout, item, self.bottom)


def read_ledger(workbook: ReceivedWorkbook, layout: Layout, filed: Filed, tell: Callable[..., None]) -> Ledger:
    """A received summary's figures, added up anew from its 明细, row by row: stored sums are not trusted.

    A cell that is no plain number is told; Unreadable where the sheet or a column is gone.
    """
    if LEDGER not in workbook.sheet_names:
        raise Unreadable("file-damaged", f"汇总表缺少工作表“{LEDGER}”")
    found, columns, heading = Ledger(), dict[str, int](), 0
    for number_, row in workbook.rows(LEDGER):
        if number_ == STATUS_ROW and 0 in row:
            found.status = row[0].text
        elif number_ < TOP:
            columns = _columns(row, layout) or columns
        elif number_ >= TOP and 0 in row and row[0].text.startswith(HEADING):
            heading = number_
            found.bottom = heading + ADJUSTMENTS
        elif number_ >= TOP and not heading:
            if any(column >= FIRST for column in row):
                _add(row, number_, layout, columns, found, filed, tell)
        elif heading and number_ <= found.bottom:
            given = _adjustment(row, number_, layout, columns, tell)
            if given is not None:
                found.adjustments.append((number_, given))
                for name, figure in given.figures.items():
                    if figure is not None:
                        found.sums[name] = layout.form.fields[name].gathered((found.sums.get(name), figure))
        elif number_ > TOP and heading and any(column >= FIRST for column in row):
            tell("form-cell-added", sheet=LEDGER, cell=a1(number_, 0), cells=f"第 {number_ + 1} 行",
                 words="、".join(cell.text for cell in row.values())[:80])  # fmt: skip
    if not columns:
        raise Unreadable("file-damaged", f"工作表“{LEDGER}”缺少指标编号的一行")
    return found


def _columns(row: Row, layout: Layout) -> dict[str, int]:
    """The column of every input field; none where the row has no ids: that of layouts 1 to 3 stood above the labels."""
    there = {cell.text: column for column, cell in row.items()}
    if not any(item.id in there for item in layout.form.inputs):
        return {}
    for item in layout.form.inputs:
        if item.id not in there:
            raise Unreadable("file-damaged", f"工作表“{LEDGER}”缺少一列：{item.label}")
    return {item.id: there[item.id] for item in layout.form.inputs}


def agency_in(row: Row) -> Agency | None:
    """Whose a row of 明细 is; None for a row without a code or a level."""
    code, name, level = (row[column].text if column in row else "" for column in range(FIRST))
    known = level_of(level) if level else None
    return Agency(code, name, known) if code and known else None


def together(row: Row) -> int:
    """How many agencies a row of 明细 stands for that lie beside the workbook; 0 for any other row."""
    said = [row[column].text if column in row else "" for column in range(FIRST)]
    head, _, tail = HOMES.partition("{}")
    count = said[-1].removeprefix(head).removesuffix(tail)
    return int(count) if said[0] == TOGETHER and said[-1] == HOMES.format(count) and count.isdecimal() else 0


def _add(
    row: Row,
    number_: int,
    layout: Layout,
    columns: Mapping[str, int],
    found: Ledger,
    filed: Filed,
    tell: Callable[..., None],
) -> None:
    """Adds an agency's row to the sums."""
    agency = agency_in(row)
    found.together = found.together or together(row)
    found.bottom = number_
    figures = dict.fromkeys(columns, None)
    for item in layout.form.inputs if columns else ():
        cell = row.get(columns[item.id])
        if cell is None:
            continue
        reading = read_input(cell, item, counted=True)
        if cell.formula is not None or (reading.code is None and reading.typed and item.type != "words"):
            reading = replace(reading, code="cell-formula" if cell.formula is not None else "cell-not-number")
        if reading.code:
            _tell(tell, reading, cell, number_, columns[item.id], item)
        figures[item.id] = reading.figure
        if reading.figure is not None:
            found.sums[item.id] = item.gathered((found.sums.get(item.id), reading.figure))
    if agency:
        found.parts.append(agency)
        if not filed.knows(filed.by(agency, figures)):
            found.changed.append(agency)


def _adjustment(
    row: Row, number_: int, layout: Layout, columns: Mapping[str, int], tell: Callable[..., None]
) -> Adjustment | None:
    """A row of adjustments; None where nothing is typed. Text is no figure, for the sheets' own sums leave it out."""
    figures: dict[str, Figure] = {}
    typed: dict[str, str] = {}
    for item in layout.form.inputs if columns else ():
        cell = row.get(columns[item.id])
        if cell is None or cell.blank:
            continue
        kind: FieldType = item.type if PLACES[item.type] else "signed"
        reading = read_cell(cell, kind)
        if reading.code == "cell-negative":
            reading = replace(reading, code=None)
        if cell.kind != "number":
            suggestion = f"，例如 {number(reading.figure, item)}" if reading.figure is not None else ""
            reading = CellReading(None, cell.value, "cell-not-number", suggestion)
            typed[item.id] = cell.value
        else:
            figures[item.id] = reading.figure
        if reading.code:
            _tell(tell, reading, cell, number_, columns[item.id], item)
    reason = row[REASON].text.strip() if REASON in row else ""
    return Adjustment(reason, figures, typed) if figures or typed or reason else None


def _tell(tell: Callable[..., None], reading: CellReading, cell: Cell, row: int, column: int, item: Field) -> None:
    tell(reading.code, sheet=LEDGER, cell=a1(row, column), field=item.id, place=item.place,
         typed=f"={cell.formula}" if cell.formula is not None else reading.typed or cell.text,
         read=number(reading.figure, item), unit=UNITS.get(item.type, ""), places=PLACES[item.type],
         other=unit_typed(reading.typed or ""),
         suggestion=reading.suggestion)  # fmt: skip
