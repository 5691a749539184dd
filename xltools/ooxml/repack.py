"""Zip files put together of parts that are packed already: what is only carried over is not unpacked and packed again."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_LOCAL, _CENTRAL, _END = "<4s5H3L2H", "<4s6H3L5H2L", "<4s4H2LH"
_VERSION, _UTF8, _MOMENT = 20, 0x800, (0, 33)
"""What is needed to unpack; names in UTF-8; the time of every part, 1980-01-01: the same parts must give the same bytes."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A part as it lies in a zip: how it is packed (0 not at all, 8 deflated), its checksum, its size, its packed bytes."""

    name: str
    method: int
    crc: int
    size: int
    content: bytes


def deflated(name: str, content: bytes) -> Packed:
    """A part packed."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return Packed(name, 8, zlib.crc32(content), len(content), packer.compress(content) + packer.flush())


def steadied(content: bytes) -> bytes:
    """A zip file without what it tells of the time and the system it was made on."""
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        return zipped(deflated(name, made.read(name)) for name in made.namelist())


def zipped(parts: Iterable[Packed], note: bytes = b"") -> bytes:
    """A zip file of parts; ``note`` stands beside each in the directory. OverflowError where it would be over 4 GB."""
    out, directory, count = bytearray(), bytearray(), 0
    for part in parts:
        name, at = part.name.encode(), len(out)
        facts = (_UTF8, part.method, *_MOMENT, part.crc, len(part.content), part.size, len(name), 0)
        try:
            out += struct.pack(_LOCAL, b"PK\3\4", _VERSION, *facts) + name + part.content
            directory += (
                struct.pack(_CENTRAL, b"PK\1\2", _VERSION, _VERSION, *facts, len(note), 0, 0, 0, at) + name + note
            )
        except struct.error as problem:
            raise OverflowError(part.name) from problem
        count += 1
    end = struct.pack(_END, b"PK\5\6", 0, 0, count, count, len(directory), len(out), 0)
    return bytes(out + directory + end)
