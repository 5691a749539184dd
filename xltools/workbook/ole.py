"""An old workbook (.xls, .et) looked over before another library reads it: how much memory its sheets would take.

That library lays a sheet out whole, from its first cell to its last: two cells in opposite corners are enough to fill the
memory. Only the addresses of the cells are read here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_END = 0xFFFFFFFA
"""Sector numbers from here on are none."""
_ENTRY, _SMALL = 128, 64
_NAMES = ("workbook", "book")
_BEGIN = {0x0009, 0x0209, 0x0409, 0x0809}
_CELLS = {0x0006, 0x0206, 0x0406, 0x0203, 0x0204, 0x0205, 0x00D6, 0x00FD, 0x027E}
_MANY = 0x00BD
"""A record of several numbers side by side."""


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
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind in _BEGIN:
            total, box = total + _area(box), [65536, 65536, -1, -1]
        elif (kind in _CELLS or kind == _MANY) and length >= 6:
            row, first = struct.unpack_from("<HH", stream, at + 4)
            last = struct.unpack_from("<H", stream, at + 2 + length)[0] if kind == _MANY else first
            box = [min(box[0], row), min(box[1], first), max(box[2], row), max(box[3], last)]
        at += 4 + length
    return total + _area(box)


def _area(box: list[int]) -> int:
    top, left, bottom, right = box
    return max(bottom - top + 1, 0) * max(right - left + 1, 0)
