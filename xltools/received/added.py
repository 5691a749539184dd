"""明细 as received: a summary's figures added up anew from its agencies' rows; what was typed among them, told."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import field, replace
from io import BytesIO, TextIOWrapper
from pathlib import Path

from xltools.address import a1
from xltools.classes import dataclass
from xltools.errors import Refused, XltoolsError
from xltools.expressions import expression
from xltools.figures import PLACES, UNITS, FieldType, Figure, show
from xltools.form.fields import Field
from xltools.form.layout import ADJUSTMENTS, LEDGER, STANDINGS, STATUS_ROW, Layout
from xltools.form.model import Adjustment, Agency
from xltools.inputs import content_of
from xltools.ooxml.cells import Cell
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable
from xltools.received.exchange import unharmed
from xltools.received.typed import CellReading, read_cell, read_input, unit_typed
from xltools.terms import level_of, several
from xltools.workbook.cached import number
from xltools.workbook.ledger import (
    FIGURES_LIMIT,
    FIRST,
    HEADING,
    HOMES,
    IDS,
    LABELS,
    REASON,
    TOGETHER,
    TOP,
    figures_beside,
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
    together: int = 0
    sums: dict[str, Figure] = field(default_factory=dict)
    adjustments: list[tuple[int, Adjustment]] = field(default_factory=list)
    bottom: int = TOP
    status: str = ""

    def sum_formula(self, layout: Layout, item: Field) -> str:
        """The formula that a field's official cell must have over these rows."""
        return sum_from(layout, item, self.bottom)


def read_ledger(workbook: ReceivedWorkbook, layout: Layout, tell: Callable[..., None]) -> Ledger:
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
                _add(row, number_, layout, columns, found, tell)
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


def _agency(row: Row) -> Agency | None:
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
    row: Row, number_: int, layout: Layout, columns: Mapping[str, int], found: Ledger, tell: Callable[..., None]
) -> None:
    """Adds an agency's row to the sums."""
    agency = _agency(row)
    if agency:
        found.parts.append(agency)
    found.together = found.together or together(row)
    found.bottom = number_
    for item in layout.form.inputs if columns else ():
        cell = row.get(columns[item.id])
        if cell is None:
            continue
        reading = read_input(cell, item, counted=True)
        if cell.formula is not None or (reading.code is None and reading.typed and item.type != "words"):
            reading = replace(reading, code="cell-formula" if cell.formula is not None else "cell-not-number")
        if reading.code:
            _tell(tell, reading, cell, number_, columns[item.id], item)
        if reading.figure is not None:
            found.sums[item.id] = item.gathered((found.sums.get(item.id), reading.figure))


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


def members(
    workbook: ReceivedWorkbook, layout: Layout, file: Path, counted: Collection[str]
) -> Iterator[tuple[Agency, dict[str, Figure]]]:
    """The agencies of a received 明细, each with its figures; a row without a code or a level is passed over.

    Where they lie beside the workbook, which is ``file`` and may be packed with them, they are read there; XltoolsError where they
    are not, or are not those that the workbook adds up: as many, ``counted`` by their codes on 上报情况, of the same sums.
    """
    columns: dict[str, int] = {}
    for number_, row in workbook.rows(LEDGER):
        if number_ < TOP:
            there = {cell.text: column for column, cell in row.items()}
            columns = {item.id: there[item.id] for item in layout.form.inputs if item.id in there} or columns
        elif number_ >= TOP and 0 in row and row[0].text.startswith(HEADING):
            return
        elif number_ >= TOP and (count := together(row)):
            near = figures_beside(file)
            found = list(_members_beside(near, layout))
            _same(near, found, count, counted)
            _same_sums(near, found, _figures(row, columns, layout), layout)
            yield from found
        elif number_ >= TOP and (agency := _agency(row)):
            yield agency, _figures(row, columns, layout)


def _figures(row: Row, columns: Mapping[str, int], layout: Layout) -> dict[str, Figure]:
    return {name: reading.figure for name, reading in _readings(row, columns, layout)}


def _readings(row: Row, columns: Mapping[str, int], layout: Layout) -> Iterator[tuple[str, CellReading]]:
    blank = Cell("text", "")
    for item in layout.form.inputs:
        if item.id in columns:
            yield item.id, read_input(row.get(columns[item.id], blank), item, counted=True)


def _members_beside(file: Path, layout: Layout) -> Iterator[tuple[Agency, dict[str, Figure]]]:
    """The same, of the file beside a summary's workbook, row by row."""
    columns: dict[str, int] = {}
    width = 0
    try:
        content = BytesIO(content_of(file, FIGURES_LIMIT))
        with TextIOWrapper(content, encoding="utf-8-sig", newline="") as lines:
            for number_, said in enumerate(csv.reader(lines), LABELS):
                if number_ == IDS:
                    columns, width = {item.id: said.index(item.id) for item in layout.form.inputs}, len(said)
                elif number_ > IDS and any(said):
                    row = {at: Cell("number" if at >= FIRST and _NUMBER.fullmatch(words) else "text", unharmed(words))
                           for at, words in enumerate(said) if words}  # fmt: skip
                    agency, read = _agency(row), dict(_readings(row, columns, layout))
                    unread = [one.typed for one in read.values() if one.figure is None and one.code not in _NO_FIGURE]
                    if agency is None or len(said) != width or unread:
                        raise _differs(file, f"它的第 {number_ - LABELS + 1} 行读不出来，或者不完整")
                    yield agency, {name: one.figure for name, one in read.items()}
        if not columns:
            raise ValueError("no headings")
    except (Refused, ValueError, csv.Error) as problem:
        raise XltoolsError(
            f"各单位的数写在旁边的“{file.name}”里，没有找到，或者不是写出来的样子；请和汇总表放在一起"
        ) from problem


def _same(file: Path, found: Sequence[tuple[Agency, object]], count: int, counted: Collection[str]) -> None:
    """XltoolsError where the agencies of the file are others than the workbook's, or one is there twice."""
    times = Counter(agency.code for agency, _ in found)
    if twice := [code for code, many in times.items() if many > 1]:
        raise _differs(file, f"单位代码 {several(twice)}在它里面不止一行")
    if len(found) != count:
        raise _differs(file, f"汇总表是 {count} 家的，它有 {len(found)} 家")
    if others := [code for code in times if code not in counted]:
        raise _differs(file, f"单位代码 {several(others)}不是汇总表“{STANDINGS}”计入的单位")


def _same_sums(
    file: Path, found: Sequence[tuple[Agency, Mapping[str, Figure]]], said: Mapping[str, Figure], layout: Layout
) -> None:
    """XltoolsError where the agencies add up to something else than the workbook says."""
    for item in layout.form.inputs:
        figure = item.gathered(figures[item.id] for _, figures in found)
        if _held(figure, item) != _held(said.get(item.id), item):
            one, other = (show(given, item.type) for given in (said.get(item.id), figure))
            raise _differs(file, f"{item.place}，汇总表是 {one}，它加起来是 {other}")


def _held(figure: Figure, item: Field) -> str:
    """A figure as a cell of a workbook holds it, which of very large ones is not every digit."""
    held = number(figure, item)
    return "" if held is None else f"{held:.16G}"


def _differs(file: Path, how: str) -> XltoolsError:
    return XltoolsError(
        f"旁边的“{file.name}”和汇总表对不上，没有用：{how}；请换上和这份汇总表一起写出来、没有改过也没有另存过的那一份"
    )


_NUMBER = expression(r"-?[0-9]+(\.[0-9]+)?")
_NO_FIGURE = (None, "cell-placeholder")
"""What a cell without a figure may be said to be where its agency was counted: nothing of it has to be corrected."""
