"""A drawn workbook as it is looked at: sheets, cells, merged boxes and colours. Opened with bounds; nothing in it is run."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Any, Literal

from xltools.address import Box
from xltools.characters import whole
from xltools.classes import dataclass
from xltools.errors import FormError, XltoolsError
from xltools.inputs import must_read
from xltools.ooxml.opening import open_workbook
from xltools.ooxml.trees import Unreadable

SIZE_LIMIT = 8 * 2**20
ROWS, COLUMNS, SHEETS, WORDS = 2000, 200, 60, 4000
"""More of anything than a printed form has: what lies beyond is told, and not read."""

_GOLD = 7
"""The colour of Office's own palette that is yellow."""

Kind = Literal["figure", "total", ""]


@dataclass
class Sketch:
    """A sheet: what its cells hold, which are merged, which are yellow. Rows and columns are counted from 0."""

    name: str
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    yellow: set[tuple[int, int]] = field(default_factory=set)
    boxes: dict[tuple[int, int], Box] = field(default_factory=dict)
    beyond: str = ""
    """The first cell that lies further out than a form reaches."""
    hidden: bool = False
    unseen: tuple[tuple[int, int], ...] = ()
    """A cell of each row and column that is hidden though it holds something, or its colour."""

    def box(self, row: int, column: int) -> Box:
        """The merged box that a cell is of, or the cell alone."""
        return self.boxes.get((row, column)) or Box(row, column, row, column)

    def value(self, row: int, column: int) -> Any:
        box = self.box(row, column)
        return self.cells.get((box.top, box.left))

    def words(self, row: int, column: int) -> str:
        """What a cell, or the box it is of, says."""
        value = self.value(row, column)
        return "" if value is None else whole(str(value)).strip()

    def kind(self, row: int, column: int) -> Kind:
        """Whether a cell begins a figure to fill in, or a total."""
        if (row, column) in self.boxes and (self.boxes[row, column].top, self.boxes[row, column].left) != (row, column):
            return ""
        value = self.cells.get((row, column))
        if isinstance(value, str) and value.startswith("=") and len(value) > 1:
            return "total"
        return "figure" if (row, column) in self.yellow else ""

    def rows(self) -> range:
        return range(max((row for row, _ in (*self.cells, *self.yellow)), default=-1) + 1)

    def columns(self) -> range:
        return range(max((column for _, column in (*self.cells, *self.yellow)), default=-1) + 1)


def sketches(path: Path) -> list[Sketch]:
    """The sheets of a drawing; XltoolsError where it is no workbook that can be opened safely."""
    content = must_read(path, "表样", SIZE_LIMIT)
    book = _opened(content, path)
    if len(book.worksheets) > SHEETS:
        raise FormError(path.name, "工作表", f"有 {len(book.worksheets)} 张工作表，多得不合理")
    return [_sketch(sheet) for sheet in book.worksheets]


def _opened(content: bytes, path: Path) -> Any:
    import openpyxl

    try:
        workbook = open_workbook(content)
        package = getattr(workbook, "package", None)
        if package is None:
            raise XltoolsError(f"表样“{path.name}”不是 .xlsx 工作簿；请在 Excel 或 WPS 里另存为 .xlsx")
        package.look_over()
        for name in workbook.sheet_names:  # our own reader bounds what a sheet holds
            workbook.sheet(name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(content))
    except Unreadable:
        raise XltoolsError(f"表样“{path.name}”不是可以打开的 Excel 工作簿（.xlsx）") from None
    except XltoolsError:
        raise
    except Exception:  # openpyxl stumbles over parts that Excel takes
        raise XltoolsError(f"表样“{path.name}”里有程序读不了的内容；请在 Excel 或 WPS 里打开，另存一份再试") from None


def _sketch(sheet: Any) -> Sketch:
    found = Sketch(sheet.title, hidden=sheet.sheet_state != "visible")
    for (row, column), cell in sorted(sheet._cells.items()):
        row, column, value = row - 1, column - 1, _plain(cell.value)
        coloured = _is_yellow(cell.fill)
        if value is None and not coloured:
            continue
        if row >= ROWS or column >= COLUMNS:
            found.beyond = found.beyond or cell.coordinate
            continue
        if value is not None:
            found.cells[row, column] = value
        if coloured:
            found.yellow.add((row, column))
    found.unseen = tuple(_unseen(sheet, found))
    for area in sheet.merged_cells.ranges:
        box = Box(area.min_row - 1, area.min_col - 1, min(area.max_row, ROWS) - 1, min(area.max_col, COLUMNS) - 1)
        for spot in _spots(box):
            found.boxes[spot] = box
    return found


def _unseen(sheet: Any, found: Sketch) -> Iterator[tuple[int, int]]:
    """The first cell of each row and column that is hidden."""
    rows = {number - 1 for number, row in sheet.row_dimensions.items() if row.hidden}
    columns = {
        c - 1 for one in sheet.column_dimensions.values() if one.hidden for c in range(one.min or 0, (one.max or 0) + 1)
    }
    held = sorted({*found.cells, *found.yellow})
    for at, lines in ((0, rows), (1, columns)):
        first = {spot[at]: spot for spot in reversed(held)}
        yield from (first[line] for line in sorted(lines & first.keys()))


def _spots(box: Box) -> Iterator[tuple[int, int]]:
    return ((r, c) for r in range(box.top, box.bottom + 1) for c in range(box.left, box.right + 1))


def _plain(value: Any) -> Any:
    """What a cell holds: a formula as text, blank text as nothing."""
    value = getattr(value, "text", value) if not isinstance(value, (str, int, float, bool)) else value
    if isinstance(value, str):
        return value if value.strip() else None
    return value


def _is_yellow(fill: Any) -> bool:
    """Whether a cell is coloured like one to fill in: our yellow, a stronger one, Office's own light gold; alpha does not matter."""
    if fill is None or fill.fill_type != "solid":
        return False
    colour = fill.fgColor
    if colour.type == "theme":
        return bool(colour.theme == _GOLD)
    rgb = colour.rgb if isinstance(colour.rgb, str) else ""
    if colour.type == "indexed":
        return colour.indexed in (5, 13, 26, 43)
    try:
        red, green, blue = (int(rgb[-6:][at : at + 2], 16) for at in (0, 2, 4))
    except ValueError:
        return False
    return red >= 0xE0 and green >= 0xC8 and min(red, green) - blue >= 0x18
