"""明细: the sheet of a summary on which its figures rest, an agency a row, a field a column. Written here and read here.

Below the agencies stand a few open lines for 调整: what the office that sums up must correct and cannot get refiled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from xltools.address import Box, a1, in_sheet
from xltools.figures import Figure
from xltools.layout import ADJUSTMENTS, LEDGER, STATUS_ROW, Layout
from xltools.model import Adjustment, Agency, Field, Filing
from xltools.terms import LEVELS, level_of
from xltools.workbook.book import Book, Sheet
from xltools.workbook.package import Unreadable
from xltools.workbook.press import Value
from xltools.workbook.sheets import EMPTY, Cell, ReceivedWorkbook
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


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a received 明细: an agency, or what is added in a 调整. ``figures`` stand in the order of the form's inputs."""

    row: int
    code: str
    name: str
    level: str
    figures: tuple[Figure, ...]

    @property
    def adjusts(self) -> bool:
        return self.code == ADJUSTMENT


@dataclass(frozen=True, slots=True)
class _Odd:
    """A cell that is no plain number a field can have: the text or formula in it, and how it was read."""

    row: int
    typed: str
    reading: Reading


class Ledger:
    """A received 明细, read row by row; nothing of it is kept but figures, and what is odd.

    Unreadable where the sheet is gone.
    """

    def __init__(self, workbook: ReceivedWorkbook, layout: Layout) -> None:
        if LEDGER not in workbook.sheet_names:
            raise Unreadable("file-damaged", f"汇总表缺少工作表“{LEDGER}”")
        self._inputs = layout.form.inputs
        self.columns: dict[str, int] = {}
        self.status = ""
        self.lines: list[Line] = []
        self._odd: dict[str, list[_Odd]] = {}
        for row, cells in workbook.rows(LEDGER):
            if row == STATUS_ROW:
                self.status = cells[0].text if 0 in cells else ""
            elif row == _IDS:
                self.columns = {cell.text: column for column, cell in cells.items() if column >= _FIRST}
            elif row >= _TOP and any(column >= _FIRST or column == 0 for column in cells):
                self.lines.append(self._line(row, cells))

    def _line(self, row: int, cells: dict[int, Cell]) -> Line:
        code, name, level = (cells.get(column, EMPTY).text for column in range(_FIRST))
        figures = []
        for field in self._inputs:
            column = self.columns.get(field.id)
            cell = cells.get(column) if column is not None else None
            reading = self._read(cell, field, code == ADJUSTMENT) if cell is not None else _NOTHING
            if cell is not None and reading.code:
                typed = f"={cell.formula}" if cell.formula is not None else reading.typed or cell.text
                self._odd.setdefault(field.id, []).append(_Odd(row, typed, reading))
            figures.append(reading.figure)
        return Line(row, code, name, level, tuple(figures))

    @staticmethod
    def _read(cell: Cell, field: Field, adjusts: bool) -> Reading:
        """A figure; an agency's must be a plain proper number, what is added in a 调整 may be less than 0."""
        reading = read_cell(cell, field.type)
        if reading.code == "cell-negative" and adjusts:
            reading = Reading(reading.figure)
        if cell.formula is not None:
            return replace(reading, code="cell-formula")
        return replace(reading, code="cell-not-number") if reading.code is None and reading.typed else reading

    @property
    def provisional(self) -> str:
        """What it says of missing agencies, in its reserved row; "" where it is complete."""
        return self.status if "缺" in self.status else ""

    def sums(self, section: str, tell: Tell) -> dict[str, Figure]:
        """The figures of a section, added up anew: stored sums are not trusted.

        A cell that is no plain number is told; Unreadable where a column is gone.
        """
        found: dict[str, Figure] = {}
        for number_, field in enumerate(self._inputs):
            if field.section.id != section:
                continue
            if field.id not in self.columns:
                raise Unreadable("file-damaged", f"工作表“{LEDGER}”缺少一列：{field.label}")
            for odd in self._odd.get(field.id, ()):
                tell(odd.reading.code, sheet=LEDGER, cell=a1(odd.row, self.columns[field.id]), field=field.id,
                     place=field.place, typed=odd.typed, read=number(odd.reading.figure, field),
                     suggestion=odd.reading.suggestion)  # fmt: skip
            known = [figure for line in self.lines if (figure := line.figures[number_]) is not None]
            found[field.id] = sum(known) if known else None
        return found

    def adjustments(self, tell: Tell) -> tuple[Adjustment, ...]:
        """The lines of 调整 that are filled in; each is told, one without a reason as an error."""
        found = []
        for line in self.lines:
            known = {f.id: figure for f, figure in zip(self._inputs, line.figures, strict=True) if figure is not None}
            if not line.adjusts or not known:
                continue
            reason = line.name.strip()
            found.append(Adjustment(reason, known))
            first = next(f for f in self._inputs if f.id in known)
            tell("adjustment" if len(reason) > 1 else "adjustment-unexplained", sheet=LEDGER,
                 cell=a1(line.row, self.columns[first.id]), field=first.id, related=tuple(known), count=len(known),
                 place=first.place, actual=known[first.id], types=(first.type, first.type), typed=reason)  # fmt: skip
        return tuple(found)

    def members(self) -> Iterator[tuple[Agency, dict[str, Figure]]]:
        """The agencies, each with its figures; a row without a code or a level is passed over."""
        for line in self.lines:
            level = level_of(line.level) if line.level else None
            if line.code and level and not line.adjusts:
                figures = zip(self._inputs, line.figures, strict=True)
                yield Agency(line.code, line.name, level), {f.id: v for f, v in figures if f.id in self.columns}


_NOTHING = Reading()
