"""The one hand that writes zip files: of parts that are packed already, or packed piece by piece.

What is only carried over is not unpacked and packed again; neither time nor system is told: the same parts give the same bytes.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from xltools.classes import dataclass

_LOCAL, _CENTRAL, _END = "<4s5H3L2H", "<4s6H3L5H2L", "<4s4H2LH"
_VERSION, _UTF8, _MOMENT = 20, 0x800, (0, 33)
"""What is needed to unpack; names in UTF-8; the time of every part, 1980-01-01: the same parts must give the same bytes."""

DEFAULT = zlib.Z_DEFAULT_COMPRESSION


@dataclass(frozen=True, slots=True)
class Packed:
    """A part as it lies in a zip: how it is packed (0 not at all, 8 deflated), its checksum, its size, its packed bytes."""

    name: str
    method: int
    crc: int
    size: int
    content: bytes


class Packing:
    """A part while it is packed, piece by piece."""

    def __init__(self, name: str, level: int = DEFAULT) -> None:
        self.name, self._crc, self._size = name, 0, 0
        self._packer, self._pieces = zlib.compressobj(level, wbits=-zlib.MAX_WBITS), list[bytes]()

    def write(self, content: bytes) -> None:
        """Packs a piece more."""
        self._crc, self._size = zlib.crc32(content, self._crc), self._size + len(content)
        self._pieces.append(self._packer.compress(content))

    def packed(self) -> Packed:
        """The whole part; nothing can be written any more."""
        content = b"".join((*self._pieces, self._packer.flush()))
        self._pieces.clear()
        return Packed(self.name, 8, self._crc, self._size, content)


def deflated(name: str, content: bytes) -> Packed:
    """A part packed."""
    packing = Packing(name)
    packing.write(content)
    return packing.packed()


def unpacked(content: bytes) -> Iterator[tuple[Packed, bytes]]:
    """The parts of a zip file of our own, packed anew, each with its bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        for name in made.namelist():
            inside = made.read(name)
            yield deflated(name, inside), inside


def steadied(content: bytes, note: bytes = b"") -> bytes:
    """A zip file without what it tells of the time and the system it was made on; ``note`` as ``zipped`` takes it."""
    return zipped((packed for packed, _ in unpacked(content)), note)


def zipped(parts: Iterable[Packed], note: bytes = b"") -> bytes:
    """A zip file of parts, which are asked for one by one; ``note`` stands beside each in the directory. OverflowError where it
    would be over 4 GB."""
    out, directory, count = io.BytesIO(), bytearray(), 0
    for part in parts:
        name, at = part.name.encode(), out.tell()
        facts = (_UTF8, part.method, *_MOMENT, part.crc, len(part.content), part.size, len(name), 0)
        try:
            out.write(struct.pack(_LOCAL, b"PK\3\4", _VERSION, *facts) + name)
            out.write(part.content)
            directory += (
                struct.pack(_CENTRAL, b"PK\1\2", _VERSION, _VERSION, *facts, len(note), 0, 0, 0, at) + name + note
            )
        except struct.error as problem:
            raise OverflowError(part.name) from problem
        count += 1
    end = struct.pack(_END, b"PK\5\6", 0, 0, count, count, len(directory), out.tell(), 0)
    out.write(directory + end)
    return out.getvalue()
