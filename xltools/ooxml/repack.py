"""The one hand that writes zip files: of parts that are packed already, or packed piece by piece.

What is only carried over is not unpacked and packed again; neither time nor system is told: the same parts give the same bytes.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

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


class Zip:
    """A zip file while it is written, part after part, straight into a file or memory; ``note`` stands beside each part in the
    directory. OverflowError where it would be over 4 GB."""

    def __init__(self, out: IO[bytes], note: bytes = b"") -> None:
        self.out, self._note = out, note
        self._directory, self._count = bytearray(), 0

    def put(self, part: Packed) -> None:
        """Writes a part that is packed."""
        at = self.begin(part.name)
        self.out.write(part.content)
        self.end(part.name, at, part.method, part.crc, part.size)

    def begin(self, name: str) -> int:
        """Where a part begins whose packed bytes are written next; it has its head when these are known."""
        at = self.out.tell()
        self.out.write(bytes(struct.calcsize(_LOCAL)) + name.encode())
        return at

    def end(self, name: str, at: int, method: int, crc: int, size: int) -> None:
        """Ends the part that began there: how it is packed, its checksum, its size."""
        told, end, note = name.encode(), self.out.tell(), self._note
        packed = end - at - struct.calcsize(_LOCAL) - len(told)
        facts = (_UTF8, method, *_MOMENT, crc, packed, size, len(told), 0)
        try:
            head = struct.pack(_LOCAL, b"PK\3\4", _VERSION, *facts)
            entry = struct.pack(_CENTRAL, b"PK\1\2", _VERSION, _VERSION, *facts, len(note), 0, 0, 0, at)
        except struct.error as problem:
            raise OverflowError(name) from problem
        self.out.seek(at)
        self.out.write(head)
        self.out.seek(end)
        self._directory += entry + told + note
        self._count += 1

    def close(self) -> None:
        """Writes the directory: there are no more parts."""
        end = struct.pack(_END, b"PK\5\6", 0, 0, *(self._count,) * 2, len(self._directory), self.out.tell(), 0)
        self.out.write(self._directory + end)


class Packing:
    """A part of a zip while it is packed, piece by piece: nothing of it is kept."""

    def __init__(self, package: Zip, name: str, level: int = DEFAULT) -> None:
        self._package, self._name, self._crc, self._size = package, name, 0, 0
        self._packer, self._at = zlib.compressobj(level, wbits=-zlib.MAX_WBITS), package.begin(name)

    def write(self, content: bytes) -> None:
        """Packs a piece more."""
        self._crc, self._size = zlib.crc32(content, self._crc), self._size + len(content)
        self._package.out.write(self._packer.compress(content))

    def close(self) -> None:
        """Ends the part."""
        self._package.out.write(self._packer.flush())
        self._package.end(self._name, self._at, 8, self._crc, self._size)


def deflated(name: str, content: bytes) -> Packed:
    """A part packed."""
    packer = zlib.compressobj(DEFAULT, wbits=-zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    return Packed(name, 8, zlib.crc32(content), len(content), packed)


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
    """A zip file of parts, which are asked for one by one; ``note`` as ``Zip`` takes it."""
    out = io.BytesIO()
    package = Zip(out, note)
    for part in parts:
        package.put(part)
    package.close()
    return out.getvalue()
