"""An old workbook (.xls, .et) looked over before another library reads it: what that library would do wrong, or not say.

It lays a sheet out whole, from its first cell to its last: two cells in opposite corners are enough to fill the memory. And it
gives an error value as nothing, and a formula as the number it showed last. Addresses, errors, truth values and formulas are
read here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Literal

_END = 0xFFFFFFFA
"""Sector numbers from here on are none."""
_ENTRY, _SMALL = 128, 64
_NAMES = ("workbook", "book")
_BEGIN = {0x0009, 0x0209, 0x0409, 0x0809}
_CELLS = {0x0006, 0x0206, 0x0406, 0x0203, 0x0204, 0x0205, 0x00D6, 0x00FD, 0x027E}
_MANY = 0x00BD
"""A record of several numbers side by side."""
_LOCK = 0x002F
"""The record with which the contents of a workbook that has a password begin."""
_FORMULAS = {0x0006, 0x0206, 0x0406}
_TRUTH_OR_ERROR, _SHEET = 0x0205, 0x0085
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}

Odd = tuple[Literal["boolean", "error", "formula"], str, bool]
"""A cell that is more than its value: what it is, the value where that is a truth value or an error, whether by formula."""


def odd_cells(content: bytes) -> list[dict[tuple[int, int], Odd]]:
    """Errors, truth values and formulas of each sheet of an OLE workbook, by row and column; ValueError where it is broken."""
    try:
        return _odd(next(_workbooks(content), b""))
    except (struct.error, IndexError) as problem:
        raise ValueError("OLE") from problem


def locked(content: bytes) -> bool:
    """Whether an OLE workbook has a password: what its records hold is then no cells; ValueError where it is broken."""
    try:
        return any(kind == _LOCK for _, kind, _ in _records(next(_workbooks(content), b"")))
    except (struct.error, IndexError) as problem:
        raise ValueError("OLE") from problem


def _odd(stream: bytes) -> list[dict[tuple[int, int], Odd]]:
    found: dict[int, dict[tuple[int, int], Odd]] = {}
    here: dict[tuple[int, int], Odd] = {}
    for at, kind, length in _records(stream):
        if kind == _SHEET and length >= 4:
            found[struct.unpack_from("<I", stream, at)[0]] = {}
        elif kind in _BEGIN:
            here = found.get(at - 4, here)
        elif kind == _TRUTH_OR_ERROR and length >= 8:
            row, column, _, value, is_error = struct.unpack_from("<HHHBB", stream, at)
            here[row, column] = _odd_value(value, bool(is_error), formula=False)
        elif kind in _FORMULAS and length >= 14:
            row, column, _, what, _, value, _, _, _, mark = struct.unpack_from("<HHHBBBBBBH", stream, at)
            special = mark == 0xFFFF and what in (1, 2)
            here[row, column] = _odd_value(value, what == 2, formula=True) if special else ("formula", "", True)
    return list(found.values())


def _odd_value(value: int, is_error: bool, *, formula: bool) -> Odd:
    return ("error", _ERRORS.get(value, "#N/A"), formula) if is_error else ("boolean", str(value & 1), formula)


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """The records of a workbook stream: where each one's contents begin, its kind, how long they are."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at + 4, kind, length
        at += 4 + length


def extent(content: bytes) -> int:
    """How many cells the sheets of an OLE workbook span, all in all; ValueError where it is broken."""
    try:
        return sum(_span(stream) for stream in _workbooks(content))
    except (struct.error, IndexError) as problem:
        raise ValueError("OLE") from problem


def _workbooks(content: bytes) -> Iterator[bytes]:
    """The streams that hold a workbook."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    if size not in (512, 4096):
        raise ValueError(size)
    sectors = [content[at : at + size] for at in range(size if size > 512 else 512, len(content), size)]
    table = _numbers(b"".join(sectors[n] for n in _table_sectors(content, sectors)))
    directory = _chain(sectors, table, struct.unpack_from("<I", content, 48)[0])
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
    small_table = _numbers(_chain(sectors, table, struct.unpack_from("<I", content, 60)[0]))
    for entry in entries:
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")
        if name.lower() not in _NAMES:
            continue
        start, length = struct.unpack_from("<II", entry, 116)
        if length >= 4096:
            yield _chain(sectors, table, start)[:length]
        else:
            small = _chain(sectors, table, struct.unpack_from("<I", entries[0], 116)[0])
            pieces = [small[at : at + _SMALL] for at in range(0, len(small), _SMALL)]
            yield _chain(pieces, small_table, start)[:length]


def _table_sectors(content: bytes, sectors: list[bytes]) -> list[int]:
    """The sectors that hold the table of sectors: the first hundred in the header, the others in a chain of their own."""
    found = list(_numbers(content[76:512]))
    at = struct.unpack_from("<I", content, 68)[0]
    while at < _END and len(found) <= len(sectors) + 109:
        *more, at = _numbers(sectors[at])
        found += more
    return [n for n in found if n < _END]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _chain(sectors: list[bytes], table: tuple[int, ...], start: int) -> bytes:
    """The sectors of a stream, one after the other."""
    found: list[bytes] = []
    while start < _END:
        found.append(sectors[start])
        if len(found) > len(sectors):
            raise ValueError("a chain of sectors without an end")
        start = table[start]
    return b"".join(found)


def _span(stream: bytes) -> int:
    """The cells that the sheets of a workbook stream span from their first to their last."""
    total, box = 0, [65536, 65536, -1, -1]
    for at, kind, length in _records(stream):
        if kind in _BEGIN:
            total, box = total + _area(box), [65536, 65536, -1, -1]
        elif (kind in _CELLS or kind == _MANY) and length >= 6:
            row, first = struct.unpack_from("<HH", stream, at)
            last = struct.unpack_from("<H", stream, at - 2 + length)[0] if kind == _MANY else first
            box = [min(box[0], row), min(box[1], first), max(box[2], row), max(box[3], last)]
    return total + _area(box)


def _area(box: list[int]) -> int:
    top, left, bottom, right = box
    return max(bottom - top + 1, 0) * max(right - left + 1, 0)
