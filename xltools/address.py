"""A1 addresses. Rows and columns are counted from 0, as XlsxWriter counts them."""

from __future__ import annotations

import re
from functools import lru_cache

_A1 = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})\Z")


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
    """Row and column of an address; ValueError for what is none."""
    match = _A1.match(address)
    if not match:
        raise ValueError(address)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def in_sheet(sheet: str, address: str) -> str:
    """A reference from another sheet, the name always quoted: '封面'!$B$3."""
    return "'" + sheet.replace("'", "''") + "'!" + address
