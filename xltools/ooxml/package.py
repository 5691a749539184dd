"""A received file as a zip of XML parts. It is hostile until read: sizes are bounded, DOCTYPEs refused, nothing is fetched."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import IO, Any
from urllib.parse import unquote

from xltools.ooxml.containers import refuse_no_zip
from xltools.ooxml.repack import Packed, deflated, zipped
from xltools.ooxml.scan import cut, row_tags
from xltools.ooxml.shared import kept
from xltools.ooxml.trees import (
    CHUNK,
    GAP_LIMIT,
    Unreadable,
    ambiguous,
    beside_rows,
    is_large,
    parsed,
    placed,
    pulled,
    refuse_unsafe,
    tree_of,
    written,
)

PART_LIMIT = 40 * 2**20
WHOLE_LIMIT, LISTS_LIMIT = 120 * 2**20, 2 * 2**30
"""Bytes of all parts together: of those that are none of our sheets, and of our sheets, of which the largest are long lists, read
in chunks or not at all."""
PARTS_LIMIT = 1000
_DOUBLED_LIMIT = 16 * 2**20
"""Bytes of parts that stand there twice: so many are compared, no more."""
_LOCAL_HEADER = 30
"""Bytes of a part's own header in a zip, before its name."""
_PLAIN_FLAGS = 0x080E
"""What the header of a part may say without any care: how well it is packed, that its sizes follow, that its name is UTF-8."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The only ways of packing that a workbook may use."""

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
OFFICE = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
"""The namespaces of relations between parts, in the same order."""
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


_KEPT = 2**18


@lru_cache(maxsize=256)
def part_key(name: str) -> str:
    """A part's name as packages compare it: capitals, backslashes and percent signs make no other part."""
    return unquote(name).replace("\\", "/").lstrip("/").lower()


def vast(content: bytes) -> bool:
    """Whether a workbook that we have written has more in it than is read of any."""
    try:
        sizes = [(name, size) for name, (_, size) in Package(content).sums.items()]
    except Unreadable:
        return True
    return any(size > PART_LIMIT for name, size in sizes if not _is_sheet(name))


def _is_sheet(name: str) -> bool:
    """Whether a part is one of our sheets, which are read in chunks where they are long."""
    return part_key(name).startswith("xl/worksheets/sheet")


class Package:
    """The parts of a workbook file."""

    def __init__(self, content: bytes) -> None:
        if not content:
            raise Unreadable("file-empty")
        if content[:2] != b"PK":
            raise refuse_no_zip(content)
        self._content = content
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as problem:
            raise Unreadable("file-damaged", "压缩包不完整") from problem
        entries = self._zip.infolist()
        starts = [e.header_offset for e in entries]
        if starts and min(starts) > 0:  # programs that read from the front find another file there
            raise ambiguous("压缩包的前面还有别的内容")
        self.names = frozenset(e.filename for e in entries)
        self._named = {part_key(name): name for name in self.names}
        self.kind = "ods" if "content.xml" in self._named and "mimetype" in self._named else "xlsx"
        lists = sum(e.file_size for e in entries if _is_sheet(e.filename))
        others = sum(e.file_size for e in entries) - lists
        if len(entries) > PARTS_LIMIT or others > WHOLE_LIMIT or lists > LISTS_LIMIT:
            raise Unreadable("file-unsafe", "解压后大得不合理")
        self._doubled = len(self._named) < len(entries)
        if self._doubled:
            self._refuse_contradictions(entries)
        self._relations: dict[str, list[tuple[str, str, str]]] = {}
        self._uncut: dict[str, bytes] = {}
        self._frames: dict[str, bytes] = {}
        self._rows: dict[str, bytes] = {}
        """The worksheet parts that were read whole; without their rows; the rows of those that were cut."""

    def _refuse_contradictions(self, entries: Sequence[zipfile.ZipInfo]) -> None:
        """Refuses parts of one name that are not the same to the byte: programs differ in which of them they read."""
        by_name: dict[str, list[zipfile.ZipInfo]] = {}
        for entry in entries:
            by_name.setdefault(part_key(entry.filename), []).append(entry)
        doubled = [same for same in by_name.values() if len(same) > 1]
        sizes = sum(entry.file_size for same in doubled for entry in same)
        if sizes > _DOUBLED_LIMIT or any(len({self._whole(entry) for entry in same}) > 1 for same in doubled):
            raise ambiguous("压缩包里有重名的部分")

    @property
    def note(self) -> bytes:
        """What ``replaced`` noted in the zip's directory."""
        return next((entry.comment for entry in self._zip.infolist()), b"")

    @cached_property
    def sums(self) -> dict[str, tuple[int, int]]:
        """The checksum and the size of every part, as the zip's directory has them."""
        doubled = {"": (0, 0)} if self._doubled else {}  # no part of ours stands there twice
        return {entry.filename: (entry.CRC, entry.file_size) for entry in self._zip.infolist()} | doubled

    def named(self, name: str) -> str:
        """A part's name as it is written in this file."""
        return name if name in self.names else self._named.get(part_key(name), name)

    def part(self, name: str) -> bytes:
        """A part's bytes; b"" where there is none."""
        name = self.named(name)
        if name not in self.names:
            return b""
        return self._whole(self._zip.getinfo(name))

    def _whole(self, info: zipfile.ZipInfo) -> bytes:
        if (plain := self._unpacked(info)) is not None:
            return plain
        with self._opened(info) as stream:
            content = stream.read(PART_LIMIT + 1)
        if len(content) > PART_LIMIT:
            raise Unreadable("file-unsafe", "解压后大得不合理")
        return content

    def _unpacked(self, info: zipfile.ZipInfo) -> bytes | None:
        """A part that lies just as the directory says, at once; None for any other, which is left to zipfile to judge."""
        at, name = info.header_offset, info.orig_filename
        start = at + _LOCAL_HEADER + len(name) + int.from_bytes(self._content[at + 28 : at + 30], "little")
        head = self._content[at : at + _LOCAL_HEADER + len(name)]
        end = start + info.compress_size
        if not (name.isascii() and head[:4] == b"PK\3\4" and head[26:28] == len(name).to_bytes(2, "little")
                and head[_LOCAL_HEADER:] == name.encode() and not info.flag_bits & ~_PLAIN_FLAGS
                and end <= self._ends[at] and info.file_size <= PART_LIMIT):  # fmt: skip
            return None
        packed = self._content[start:end]
        if info.compress_type == zipfile.ZIP_DEFLATED:
            return (_of_many if info.file_size < _ALIKE else _inflated)(packed, info.file_size, info.CRC)
        elif info.compress_type != zipfile.ZIP_STORED:
            return None
        return packed if len(packed) == info.file_size and zlib.crc32(packed) == info.CRC else None

    @cached_property
    def _ends(self) -> dict[int, int]:
        """Where a part must end at the latest, by where it begins: the next one's beginning. Parts that overlap are not plain."""
        begins = sorted(entry.header_offset for entry in self._zip.infolist())
        return dict(zip(begins, (*begins[1:], self._zip.start_dir), strict=True))

    @contextmanager
    def _opened(self, info: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
        """A part to be read; Unreadable where it cannot be unpacked."""
        try:
            if info.flag_bits & 1:
                raise Unreadable("file-encrypted")
            if info.compress_type not in _METHODS:
                raise NotImplementedError(info.compress_type)
            with self._zip.open(info) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as problem:
            raise Unreadable("file-damaged", "有一部分解压不出来") from problem

    def safe(self, name: str) -> bytes:
        """The bytes of an XML part without definitions of its own, of a reasonable size; b"" where there is none."""
        content = self.part(name)
        refuse_unsafe(content)
        return content

    def xml(self, name: str, mend: Callable[[bytes], bytes] | None = None) -> Any:
        """A part's root element, or None where there is no such part; ``mend`` is tried on a part that is no XML as it stands."""
        content = self.safe(name)
        try:
            return parsed(content) if content else None
        except Unreadable:
            if mend is None:
                raise
            return parsed(mend(content))

    def look_over(self) -> None:
        """Refuses what is unsafe in any part before another reader opens the file; worksheets are looked over in being read."""
        for name in sorted(self.names):
            key = part_key(name)
            if key.startswith("xl/worksheets/sheet") or not key.endswith((".xml", ".rels")):
                self.safe(name)
            else:
                self.xml(name)

    def elements(self, name: str, *tags: str) -> Iterator[Any]:
        """What stands in a worksheet part: the rows of its one sheetData, and of what stands beside it these tags, in order.

        Nothing is looked for elsewhere. A large part is never in memory as a whole.
        """
        content = self.safe(name)
        self._uncut[name] = content if len(content) < _KEPT else _without_rows(content)
        for halves in (self._frames, self._rows):  # a cut whose rows were none may have left something out
            halves.pop(name, None)
        if is_large(content):
            chunks = (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))
            yield from placed(pulled(chunks, [f"{{*}}{tag}" for tag in ("row", *tags)]))
            return
        yield from beside_rows(tree_of(content), tags)

    def cut(self, name: str) -> tuple[bytes, bytes] | None:
        """A worksheet part without its rows, and the rows; None where they are not to be told apart at a glance, or it is vast.

        That the rows are safe is for who reads them to see.
        """
        content = self.part(name)
        halves = None if len(content) > GAP_LIMIT else cut(content)
        if halves is not None:
            self._frames[name], self._rows[name] = halves
        return halves

    def frame(self, name: str) -> bytes:
        """A worksheet part that has been read, without its rows: XML of its own, if it is of a reasonable size."""
        if name not in self._frames:
            self._frames[name] = _without_rows(self._uncut[name])
        return self._frames[name]

    def row_tags(self, name: str) -> list[bytes]:
        """The tags of the rows of a worksheet part that has been read, where it is written plainly."""
        if name not in self._rows:
            halves = _surely_cut(self._uncut[name])
            self._rows[name] = halves[1] if halves else b""
        return row_tags(self._rows[name])

    def streamed(self, name: str) -> Iterator[Any]:
        """The rows of a worksheet part, in order, while it is unpacked: it may be of any size.

        No more is in memory at a time than one row and what stands before it (``_WAIT_LIMIT`` bytes). How many rows are
        too many is for the caller to say.
        """
        with self._opened(self._zip.getinfo(self.named(name))) as stream:
            yield from placed(pulled(iter(lambda: stream.read(CHUNK), b""), ["{*}row"]))

    def replaced(self, parts: Mapping[str, bytes], note: bytes = b"") -> bytes:
        """The file with some parts replaced and others added; all the rest to the byte. The same parts give the same file.

        ``note`` stands beside every part in the zip's directory, which any other program that saves the file leaves out.
        """
        parts = {self.named(name): content for name, content in parts.items()}
        names = dict.fromkeys((*self._zip.namelist(), *parts))
        return zipped((deflated(n, parts[n]) if n in parts else self._as_packed(n) for n in names), note)

    def _as_packed(self, name: str) -> Packed:
        """A part as it lies in the file; Unreadable where it does not lie there as the directory says."""
        info = self._zip.getinfo(name)
        if info.flag_bits & 1 or info.compress_type not in _METHODS:
            raise Unreadable("file-damaged", "有一部分解压不出来")
        at = info.header_offset
        start = at + _LOCAL_HEADER + sum(int.from_bytes(self._content[n : n + 2], "little") for n in (at + 26, at + 28))
        content = self._content[start : start + info.compress_size]
        if len(content) < info.compress_size:
            raise Unreadable("file-damaged", "有一部分解压不出来")
        return Packed(name, info.compress_type, info.CRC, info.file_size, content)

    @cached_property
    def workbook_part(self) -> str:
        """The name of the workbook part, as the package's relations give it."""
        return self.related("", "officeDocument") or self.named("xl/workbook.xml")

    def related(self, part: str, *kinds: str) -> str:
        """The one part that another names as its texts, its styles …; "" where it names none, Unreadable where several."""
        wanted = {f"{office}/{kind}" for office in OFFICE for kind in kinds}
        found = {target for kind, target, _ in self.relations(part) if kind in wanted}
        if len(found) > 1:
            raise ambiguous(f"有几个部分都说是“{kinds[0]}”")
        return found.pop() if found else ""

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """The relations of a part: type, target part, id. External targets are left out."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> list[tuple[str, str, str]]:
        folder, listed = _listed_in(part)
        content = self.safe(listed)
        found: dict[str, tuple[str, str, str]] = {}
        for kind, target, id_, external in _relations_in(content) if content else ():
            if id_ in found:
                raise ambiguous("各部分的关系有重名")
            if external:
                continue
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[id_] = (kind, self.named(path), id_)
        return list(found.values())


def _inflated(packed: bytes, size: int, checksum: int) -> bytes | None:
    """What is packed in some bytes, if it has this size and checksum; None where it has not."""
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = unpacking.decompress(packed, size + 1)
    except zlib.error:
        return None
    whole = unpacking.eof and len(content) == size and zlib.crc32(content) == checksum
    return content if whole else None


@lru_cache(maxsize=256)
def _listed_in(part: str) -> tuple[str, str]:
    """The folder of a part, and the part that lists its relations."""
    folder, base = posixpath.split(part.replace("\\", "/"))
    return folder, posixpath.join(folder, "_rels", f"{base}.rels")


_ALIKE = 2**15
"""Bytes of a part that may well be the same in many files: styles, theme, the list of sheets."""
_of_many = kept(64)(_inflated)


@kept(64)
def _relations_in(content: bytes) -> tuple[tuple[str, str, str, bool], ...]:
    """The relations that a part lists: type, target as written, id, whether it lies outside."""
    items = parsed(content).iterchildren(_RELATIONSHIP)
    return tuple(
        (i.get("Type", ""), i.get("Target", "").replace("\\", "/"), i.get("Id", ""), i.get("TargetMode") == "External")
        for i in items
    )


def _surely_cut(content: bytes) -> tuple[bytes, bytes] | None:
    """A worksheet part without its rows, and the rows, whatever these are."""
    return cut(content) if content.count(b"sheetData") == 2 and b"<!" not in content else None


def _without_rows(content: bytes) -> bytes:
    """A worksheet part without its rows; one written in an unusual way comes in plain UTF-8, and without comments."""
    if halves := _surely_cut(content):
        return halves[0]
    root = parsed(content)
    for data in list(root.iter("{*}sheetData")):
        data.clear()
    return written(root)
