"""Cells as they are stored in a workbook, whatever kind it is, and how many of them are read at most."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import Literal, NamedTuple

from xltools.ooxml.trees import Unreadable

CellKind = Literal["number", "text", "boolean", "error"]

TEXT_LIMIT = 32_767
"""Characters of a cell, as Excel has them: one outside the first plane counts twice."""
VAST_LIMIT = 2_000_000
WORK_LIMIT = 1_000_000
"""Cells of a workbook, empty ones too; a row costs as much as five."""
CELLS_LIMIT, LIST_LIMIT = 50_000, 5_000_000
"""Cells that hold anything: on all sheets together, and on a long list of a summary, which is read row by row and never
kept: twenty thousand agencies have no more on their 明细."""


class Cell(NamedTuple):
    """A cell as stored: a number keeps the digits of the file; a formula's cell also has its stored value (or none)."""

    kind: CellKind
    value: str
    formula: str | None = None
    style: int = 0
    look: str = ""
    """What makes its text other than plain: struck out, raised, too pale to see."""

    @property
    def blank(self) -> bool:
        return self.value == "" and self.formula is None

    @property
    def number(self) -> Decimal | None:
        """The stored number as typed: Excel writes 59237.2449 with 17 digits, the shortest decimal of its double is it."""
        if self.kind != "number" or not self.value or "_" in self.value or not self.value.isascii():
            return None
        try:
            value = float(self.value)
        except ValueError:
            return None
        return Decimal(repr(value)) if isfinite(value) else None

    @property
    def text(self) -> str:
        """The value in words."""
        if self.kind == "number":
            value = self.number
            if value is None:
                return self.value
            return f"{value.normalize():f}"
        return self.value


EMPTY = Cell("text", "")
DATED = -1
"""The style of a cell that its own program calls a date."""


class SheetCells:
    """One sheet's cells by row and column, whether it is protected, how many cells have an input rule, which are covered."""

    def __init__(self, cells: dict[tuple[int, int], Cell] | None = None, *, protected: bool = True) -> None:
        if cells is not None:
            self.cells = cells
        self.protected = protected
        self.validations = 0
        self.merged: list[str] = []
        """The ranges that are one cell, as the file has them."""
        self.spilled: list[str] = []
        """The ranges that one formula fills."""
        self.unseen_rows: set[int] = set()
        self.unseen_columns: list[range] = []
        """The lines that are hidden, out of reach, or so low or narrow that nothing is seen of them."""
        self.widths: list[tuple[range, float]] = []
        self.usual_width = 8.43
        """How many digits fit into columns, and into those of which nothing is said."""
        self.low = False
        """Whether rows that have no height of their own are such."""
        self.first_row = 0
        """The first row that can be reached."""
        self.shows_zeros = True

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        """The cells that hold anything."""
        return {}

    @property
    def spots(self) -> Iterable[tuple[int, int]]:
        """Where they stand."""
        return self.cells

    def said(self) -> Iterable[tuple[tuple[int, int], str]]:
        """What stands in each of them, in words."""
        return ((spot, cell.text) for spot, cell in self.cells.items())

    def is_unseen(self, row: int, column: int) -> bool:
        """Whether a cell stands on a line that cannot be seen."""
        return (
            row < self.first_row or row in self.unseen_rows or any(column in columns for columns in self.unseen_columns)
        )

    def width(self, columns: range) -> float:
        """How many digits fit into some columns side by side."""
        told = [
            (within, width)
            for within, width in self.widths
            if within.start < columns.stop and columns.start < within.stop
        ]
        return sum(next((width for within, width in told if column in within), self.usual_width) for column in columns)

    def at(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), EMPTY)

    def text(self, row: int, column: int) -> str:
        return self.at(row, column).text

    def put(self, spot: tuple[int, int], cell: Cell) -> None:
        """Adds a cell; ValueError for a second one in its place."""
        if spot in self.cells:
            raise ValueError(spot)
        self.cells[spot] = cell


class Room:
    """How much of a workbook may still be read: cells that hold anything, and the work of going over rows and cells."""

    def __init__(self, cells: int, work: int = WORK_LIMIT) -> None:
        self.cells, self.work = cells, work

    def take(self, cells: int, work: int) -> None:
        """Unreadable where there is more than any of our workbooks has."""
        self.cells -= cells
        self.work -= work
        if self.cells < 0 or self.work < 0:
            raise Unreadable("file-unsafe", "单元格多得不合理")


def held(text: str) -> str:
    """A text that a cell holds; Unreadable for a longer one, which Excel would cut, and we could not write again."""
    if len(text) > TEXT_LIMIT // 2 and len(text.encode("utf-16-le")) > 2 * TEXT_LIMIT:
        raise Unreadable("file-unsafe", f"有一格里的文字超过 {TEXT_LIMIT} 个字，Excel 的一格放不下")
    return text
