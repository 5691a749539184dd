"""Cells, boxes of cells and their A1 addresses. Rows and columns are counted from 0, as XlsxWriter counts them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from xltools.classes import dataclass
from xltools.expressions import expression

ROWS, COLUMNS = 2**20, 2**14
"""As many as a sheet can have."""

_A1 = expression(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})\Z")


@lru_cache(maxsize=1024)
def column_name(column: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def a1(row: int, column: int, *, absolute: bool = False) -> str:
    """The address of a cell: (0, 0) is A1, absolutely $A$1."""
    if absolute:
        return f"${column_name(column)}${row + 1}"
    return f"{column_name(column)}{row + 1}"


@lru_cache(maxsize=16384)
def parse_a1(address: str) -> tuple[int, int]:
    """Row and column of an address, of small letters too; ValueError for what is none."""
    match = _A1.match(address.upper() if address.isascii() else address)
    if not match:
        raise ValueError(address)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


_REFERENCE = expression(r"(?<![A-Za-z0-9_.$])(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})(?![A-Za-z0-9_.(])")


def shifted(formula: str, down: int, right: int) -> str:
    """A formula moved to another cell: relative references move along, fixed ones and texts stay."""

    def move(match: re.Match[str]) -> str:
        row, column = parse_a1(match[2] + match[4])
        row, column = row + (0 if match[3] else down), column + (0 if match[1] else right)
        if row < 0 or column < 0:
            return "#REF!"
        return f"{match[1]}{column_name(column)}{match[3]}{row + 1}"

    parts = formula.split('"')
    return '"'.join(part if n % 2 else _REFERENCE.sub(move, part) for n, part in enumerate(parts))


def in_sheet(sheet: str, address: str) -> str:
    """A reference from another sheet, the name always quoted: '封面'!$B$3."""
    return "'" + sheet.replace("'", "''") + "'!" + address


@dataclass(frozen=True, slots=True)
class Box:
    """A cell, or a block of cells merged into one; both corners belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        return a1(self.top, self.left)

    @property
    def span(self) -> str:
        """The range: A1:C2, or A1 for a single cell."""
        return self._span(absolute=False)

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell is one of the box."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def common(self, other: Box) -> Box | None:
        """The cells of both boxes; None where there are none."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        return Box(top, left, bottom, right) if top <= bottom and left <= right else None

    @property
    def fixed(self) -> str:
        """The range as a formula that is not to move writes it: $A$1:$C$2."""
        return self._span(absolute=True)

    def _span(self, *, absolute: bool) -> str:
        first, last = (a1(*corner, absolute=absolute) for corner in ((self.top, self.left), (self.bottom, self.right)))
        return first if first == last else f"{first}:{last}"


def parse_range(address: str) -> Box:
    """The box of a range, or of a single cell; ValueError for what is neither."""
    first, colon, last = address.partition(":")
    top, left = parse_a1(first)
    bottom, right = parse_a1(last) if colon else (top, left)
    if bottom < top or right < left:
        raise ValueError(address)
    return Box(top, left, bottom, right)


def blocks(spots: Iterable[tuple[int, int]]) -> list[Box]:
    """The boxes that hold these cells and no others: neighbours down a column first, then columns side by side."""
    columns: dict[int, list[int]] = {}
    for row, column in spots:
        columns.setdefault(column, []).append(row)
    heights: dict[tuple[int, int], list[int]] = {}
    for column, rows in columns.items():
        for run in _runs(rows):
            heights.setdefault(run, []).append(column)
    return [
        Box(top, left, bottom, right) for (top, bottom), wide in sorted(heights.items()) for left, right in _runs(wide)
    ]


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of consecutive numbers."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
