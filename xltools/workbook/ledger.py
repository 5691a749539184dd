"""明细: the sheet of a summary on which its figures rest, an agency a row, a field a column. Written here and read here.

Below the agencies stand a few open rows, 调整, in which the office may correct a total that it cannot get refiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xltools.address import Box, a1, in_sheet
from xltools.figures import FieldType, Figure
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
_REASON = 1
"""The column of an adjustment's reason: the one in which agencies have their names."""

ADJUSTMENT = "调整"
_HEADING = f"{ADJUSTMENT}："
_HINT = f"{_HEADING}下级无法改报、须由本级更正合计时，在下面填写：“单位名称”一列写明理由，各指标填增加（正数）或减少（负数）的数"
_CHANGED = "adjustments_changed"
"""The defined name of the cell that says so: conditional formats may not look at other sheets, but may use names."""

_LABEL = ADJUSTMENT + " {}"

Row = dict[int, Cell]
"""A row's cells by column."""


# ── writing ──────────────────────────────────────────────────────────────────


def write_ledger(book: Book, layout: Layout, filings: Sequence[Filing], summary: Filing, status: str) -> None:
    """The sheet: ids and labels of the input fields above, an agency's figures in each row, adjustments below."""
    out = book.sheet(LEDGER)
    inputs = layout.form.inputs
    out.widths(16, 28, 13, *(9.0 for _ in inputs))
    put_status(out, (STATUS_ROW, 0), status)
    out.put((1, 0), "明细：各单位的数，各表的数由这里相加得出；点一列上方的编号，回到表里的那一格", "title_left")
    out.height(1, 26)
    for column, words in enumerate(("单位代码", "单位名称", "层级")):
        out.put((_IDS, column), None, "cell_id")
        out.put((_LABELS, column), words, "column")
    for column, item in enumerate(inputs, _FIRST):
        out.link((_IDS, column), in_sheet(item.section.sheet, layout.cell(item.id)), item.id, "cell_id")
        out.put((_LABELS, column), f"{item.section.sheet}　{item.label}", "column_small")
    styles = ("cell_left",) * _FIRST + ("cell_number",) * len(inputs)
    out.rows(_TOP, len(filings), (_row(filing, inputs) for filing in filings), styles)
    out.formula((_IDS, _FIRST - 1), *_changed(layout, len(filings), summary), "cell_id")
    book.name(_CHANGED, in_sheet(LEDGER, a1(_IDS, _FIRST - 1, absolute=True)))
    _adjustments(out, layout, len(filings), summary)
    out.height(_LABELS, 110)
    out.finish(landscape=True, wide=0, freeze=(_TOP, 2), repeat=_LABELS, footer=LEDGER)


def _row(filing: Filing, inputs: Sequence[Field]) -> list[Value]:
    agency, values = filing.agency, filing.values
    figures = (number(values.get(item.id), item) for item in inputs)
    return [agency.code, agency.name, LEVELS[agency.level], *figures]


def _adjustments(out: Sheet, layout: Layout, agencies: int, summary: Filing) -> None:
    heading = _heading_row(agencies)
    out.put((heading, 0), _HINT, "adjust_hint")
    out.height(heading, 22)
    for n in range(ADJUSTMENTS):
        row = heading + 1 + n
        given = summary.adjustments[n] if n < len(summary.adjustments) else Adjustment("", {})
        out.put((row, 0), _LABEL.format(n + 1), "adjust_label")
        out.put((row, _REASON), given.reason, "adjust_reason")
        out.put((row, 2), "理由、数都要填" if not n else None, "adjust_label")
        for column, item in enumerate(layout.form.inputs, _FIRST):
            words = given.typed.get(item.id)
            value = number(given.figures.get(item.id), item) if words is None else words
            out.put((row, column), value, f"adjust_{item.type}")
        if given.reason:
            out.height_for(row, {28.0: given.reason})


def _heading_row(agencies: int) -> int:
    return _TOP + max(agencies, 1)


def put_status(out: Sheet, box: Box | tuple[int, int], status: str, style: str = "status") -> None:
    """Writes the line at the top of a sheet of a summary; it says so itself where adjustments were typed or deleted since."""
    out.put(box, status, style)
    out.mark([box if isinstance(box, Box) else Box(*box, *box)], f"{_CHANGED}=1", "adjusted")


def _changed(layout: Layout, agencies: int, summary: Filing) -> tuple[str, int]:
    """1 where other lines of adjustments are filled in than were when the summary was made."""
    top, last = _heading_row(agencies) + 1, _FIRST + len(layout.form.inputs) - 1
    rows = (Box(row, _FIRST, row, last).fixed for row in range(top, top + ADJUSTMENTS))
    count = "+".join(f"(COUNT({row})>0)" for row in rows)
    return f"IF({count}={_filled(summary)},0,1)", 0


def _filled(summary: Filing) -> int:
    return sum(any(f is not None for f in a.figures.values()) for a in summary.adjustments)


def status_words(status: str, summary: Filing) -> str:
    """The line at the top as shown."""
    rows = _filled(summary)
    return status + (f"；含调整 {rows} 行，见“{LEDGER}”末尾" if rows else "")


def sum_over(layout: Layout, agencies: int, item: Field) -> str:
    """The formula of a summary's input cell, over agencies and adjustments: blank over nothing, money to the 分."""
    return _sum(layout, item, _heading_row(agencies) + ADJUSTMENTS)


def _sum(layout: Layout, item: Field, bottom: int) -> str:
    column = _FIRST + layout.form.inputs.index(item)
    cells = in_sheet(LEDGER, Box(_TOP, column, bottom, column).fixed)
    total = f"ROUND(SUM({cells}),6)" if item.type == "money" else f"SUM({cells})"
    return f'IF(COUNT({cells})=0,"",{total})'


def target(layout: Layout, agencies: int, item: Field) -> str:
    """Where the agencies' figures of a field stand, which its official cell leads to; of a total, the first of its parts'."""
    name = item.parts[0] if item.parts else item.id
    column = _FIRST + [other.id for other in layout.form.inputs].index(name)
    return in_sheet(LEDGER, Box(_TOP, column, _heading_row(agencies) + ADJUSTMENTS, column).span)


# ── reading ──────────────────────────────────────────────────────────────────


@dataclass
class Ledger:
    """A received 明细: its agencies, its sums (adjustments among them), the adjustments, its last row."""

    parts: list[Agency] = field(default_factory=list)
    sums: dict[str, Figure] = field(default_factory=dict)
    adjustments: list[tuple[int, Adjustment]] = field(default_factory=list)
    bottom: int = _TOP
    status: str = ""

    def sum_formula(self, layout: Layout, item: Field) -> str:
        """The formula that a field's official cell must have over these rows."""
        return _sum(layout, item, self.bottom)


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
        elif number_ == _IDS:
            columns = _columns(row, layout)
        elif number_ >= _TOP and 0 in row and row[0].text.startswith(_HEADING):
            heading = number_
            found.bottom = heading + ADJUSTMENTS
        elif number_ >= _TOP and not heading:
            if any(column >= _FIRST for column in row):
                _add(row, number_, layout, columns, found, tell)
        elif heading and number_ <= found.bottom:
            given = _adjustment(row, number_, layout, columns, tell)
            if given is not None:
                found.adjustments.append((number_, given))
                for name, figure in given.figures.items():
                    if figure is not None:
                        found.sums[name] = (found.sums.get(name) or 0) + figure
        elif number_ > _TOP and heading and any(column >= _FIRST for column in row):
            tell("form-cell-added", sheet=LEDGER, cell=a1(number_, 0), cells=f"第 {number_ + 1} 行",
                 words="、".join(cell.text for cell in row.values())[:80])  # fmt: skip
    if not columns:
        raise Unreadable("file-damaged", f"工作表“{LEDGER}”缺少指标编号的一行")
    return found


def _columns(row: Row, layout: Layout) -> dict[str, int]:
    """The column of every input field."""
    there = {cell.text: column for column, cell in row.items()}
    for item in layout.form.inputs:
        if item.id not in there:
            raise Unreadable("file-damaged", f"工作表“{LEDGER}”缺少一列：{item.label}")
    return {item.id: there[item.id] for item in layout.form.inputs}


def _agency(row: Row) -> Agency | None:
    code, name, level = (row[column].text if column in row else "" for column in range(_FIRST))
    known = level_of(level) if level else None
    return Agency(code, name, known) if code and known else None


def _add(
    row: Row, number_: int, layout: Layout, columns: Mapping[str, int], found: Ledger, tell: Callable[..., None]
) -> None:
    """Adds an agency's row to the sums."""
    agency = _agency(row)
    if agency:
        found.parts.append(agency)
    found.bottom = number_
    for item in layout.form.inputs if columns else ():
        cell = row.get(columns[item.id])
        if cell is None:
            continue
        reading = read_cell(cell, item.type)
        if cell.formula is not None or (reading.code is None and reading.typed):
            reading = replace(reading, code="cell-formula" if cell.formula is not None else "cell-not-number")
        if reading.code:
            _tell(tell, reading, cell, number_, columns[item.id], item)
        if reading.figure is not None:
            found.sums[item.id] = (found.sums.get(item.id) or 0) + reading.figure


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
        kind: FieldType = item.type if item.type == "money" else "signed"
        reading = read_cell(cell, kind)
        if reading.code == "cell-negative":
            reading = replace(reading, code=None)
        if cell.kind != "number":
            suggestion = f"，例如 {number(reading.figure, item)}" if reading.figure is not None else ""
            reading = Reading(None, cell.value, "cell-not-number", suggestion)
            typed[item.id] = cell.value
        else:
            figures[item.id] = reading.figure
        if reading.code:
            _tell(tell, reading, cell, number_, columns[item.id], item)
    reason = row[_REASON].text.strip() if _REASON in row else ""
    return Adjustment(reason, figures, typed) if figures or typed or reason else None


def _tell(tell: Callable[..., None], reading: Reading, cell: Cell, row: int, column: int, item: Field) -> None:
    tell(reading.code, sheet=LEDGER, cell=a1(row, column), field=item.id, place=item.place,
         typed=f"={cell.formula}" if cell.formula is not None else reading.typed or cell.text,
         read=number(reading.figure, item), suggestion=reading.suggestion)  # fmt: skip


def members(workbook: ReceivedWorkbook, layout: Layout) -> Iterator[tuple[Agency, dict[str, Figure]]]:
    """The agencies of a received 明细, each with its figures; a row without a code or a level is passed over."""
    columns: dict[str, int] = {}
    for number_, row in workbook.rows(LEDGER):
        if number_ == _IDS:
            there = {cell.text: column for column, cell in row.items()}
            columns = {item.id: there[item.id] for item in layout.form.inputs if item.id in there}
        elif number_ >= _TOP and 0 in row and row[0].text.startswith(_HEADING):
            return
        elif number_ >= _TOP and (agency := _agency(row)):
            blank = Cell("text", "")
            yield (
                agency,
                {
                    item.id: read_cell(row.get(columns[item.id], blank), item.type).figure
                    for item in layout.form.inputs
                    if item.id in columns
                },
            )
