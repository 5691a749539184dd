"""A received file as a zip of XML parts. It is hostile until read: sizes are bounded, DOCTYPEs refused, nothing is fetched."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from typing import IO, Any

from lxml import etree

from xltools.workbook.repack import Packed, deflated, zipped

PART_LIMIT = 40 * 2**20
WHOLE_LIMIT, LISTS_LIMIT = 120 * 2**20, 2 * 2**30
"""Bytes of all parts together: of those that are none of our sheets, and of our sheets, of which the largest are long lists, read
in chunks or not at all."""
PARTS_LIMIT = 1000
TREE_LIMIT = 100 * 2**20
"""Memory that a part may take as a tree. A large sheet, which would take more, is read without making one."""
_MARKS_LIMIT = 4_000_000
"""Tags and attributes of a part: more than half a million cells have."""
_GAP_LIMIT = 2**20
"""The longest tag or text: what one element with a million attributes would exceed."""
_LOCAL_HEADER = 30
"""Bytes of a part's own header in a zip, before its name."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The only ways of packing that a workbook may use."""

_CHUNK, _WAIT_LIMIT = 2**16, 4 * 2**20
"""A large sheet is read in chunks; a row is never larger than this."""

_SAFELY: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "remove_comments": True,
    "remove_pis": True,
}  # fmt: skip
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


class Unreadable(Exception):
    """A file that cannot be read as a workbook: the code of the finding, and the reason in words."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason


class Package:
    """The parts of a workbook file."""

    def __init__(self, content: bytes) -> None:
        if not content:
            raise Unreadable("file-empty")
        if content[:2] != b"PK":
            raise Unreadable("file-not-workbook", _guess(content))
        self._content = content
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as problem:
            raise Unreadable("file-damaged", "压缩包不完整") from problem
        entries = self._zip.infolist()
        self.names = frozenset(e.filename for e in entries)
        self.kind = "ods" if "content.xml" in self.names and "mimetype" in self.names else "xlsx"
        lists = sum(e.file_size for e in entries if e.filename.startswith("xl/worksheets/sheet"))
        others = sum(e.file_size for e in entries) - lists
        if len(entries) > PARTS_LIMIT or others > WHOLE_LIMIT or lists > LISTS_LIMIT:
            raise Unreadable("file-unsafe", "解压后大得不合理")
        if len(self.names) < len(entries):
            raise Unreadable("file-unsafe", "压缩包里有重名的部分，读哪一份没有定准")
        self._relations: dict[str, list[tuple[str, str, str]]] = {}
        if self.kind == "ods":
            self.xml("content.xml")  # a DOCTYPE or a bomb is refused before another reader sees it
        elif "xl/workbook.xml" not in self.names and "[Content_Types].xml" not in self.names:
            raise Unreadable("file-not-workbook", "是一个压缩包，里面没有工作簿")

    @property
    def note(self) -> bytes:
        """What ``replaced`` noted in the zip's directory."""
        return next((entry.comment for entry in self._zip.infolist()), b"")

    def part(self, name: str) -> bytes:
        """A part's bytes; b"" where there is none."""
        if name not in self.names:
            return b""
        with self._opened(name) as stream:
            content = stream.read(PART_LIMIT + 1)
        if len(content) > PART_LIMIT:
            raise Unreadable("file-unsafe", "解压后大得不合理")
        return content

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        """A part to be read; Unreadable where it cannot be unpacked."""
        try:
            info = self._zip.getinfo(name)
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
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise Unreadable("file-unsafe", "含有外部定义（DOCTYPE）")
        if len(content) > _GAP_LIMIT and (_marks(content) > _MARKS_LIMIT or _has_gap(content)):
            raise Unreadable("file-unsafe", "内容大得不合理")
        return content

    def xml(self, name: str, mend: Callable[[bytes], bytes] | None = None) -> Any:
        """A part's root element, or None where there is no such part; ``mend`` is tried on a part that is no XML as it stands."""
        content = self.safe(name)
        if _is_large(content):
            raise Unreadable("file-unsafe", "内容大得不合理")
        try:
            return _tree(content) if content else None
        except Unreadable:
            if mend is None:
                raise
            return _tree(mend(content))

    def elements(self, name: str, *tags: str) -> Iterator[Any]:
        """The elements of a part that have these tags, in order. A large part is never in memory as a whole."""
        content = self.safe(name)
        wanted = [f"{{*}}{tag}" for tag in tags]
        if not _is_large(content):
            yield from _tree(content).iter(*wanted)
            return
        yield from _pulled((content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK)), wanted)

    def streamed(self, name: str, *tags: str) -> Iterator[Any]:
        """The elements of a part that have these tags, in order, while it is unpacked: it may be of any size.

        No more is in memory at a time than one element and what stands before it (``_WAIT_LIMIT`` bytes). How many elements are
        too many is for the caller to say.
        """
        with self._opened(name) as stream:
            yield from _pulled(iter(lambda: stream.read(_CHUNK), b""), [f"{{*}}{tag}" for tag in tags])

    def replaced(self, parts: Mapping[str, bytes], note: bytes = b"") -> bytes:
        """The file with some parts replaced and others added; all the rest to the byte. The same parts give the same file.

        ``note`` stands beside every part in the zip's directory, which any other program that saves the file leaves out.
        """
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
        for kind, target, _ in self.relations(""):
            if kind.endswith("/officeDocument"):
                return target
        return "xl/workbook.xml"

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """The relations of a part: type, target part, id. External targets are left out."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> list[tuple[str, str, str]]:
        folder, base = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        found = []
        for item in root if root is not None else ():
            target = item.get("Target", "")
            if item.get("TargetMode") == "External":
                continue
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found.append((item.get("Type", ""), path, item.get("Id", "")))
        return found


def _pulled(chunks: Iterator[bytes], wanted: Sequence[str]) -> Iterator[Any]:
    """The wanted elements of a part that comes in chunks; what has been read is forgotten."""
    parser = etree.XMLPullParser(("end",), tag=list(wanted), **_SAFELY)
    head = etree.XMLPullParser(("start",), **_SAFELY)
    try:
        first = next(chunks, b"")
        head.feed(first)
        _, root = next(iter(head.read_events()), (None, None))
        _refuse_doctype(root)
        waiting = 0
        for chunk in chain((first,), chunks):
            parser.feed(chunk)
            waiting += len(chunk)
            for _, element in parser.read_events():
                waiting = 0
                yield element
                _forget(element)
            if waiting > _WAIT_LIMIT:
                raise Unreadable("file-unsafe", "内容大得不合理")
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise Unreadable("file-damaged", "有一部分内容不完整") from problem


def _marks(content: bytes) -> int:
    return content.count(b"<") + content.count(b"=")


def _is_large(content: bytes) -> bool:
    """Whether a part would take too much memory as a tree: about so many bytes a tag and an attribute."""
    return len(content) > _GAP_LIMIT and 120 * content.count(b"<") + 240 * content.count(b"=") > TREE_LIMIT


def _tree(content: bytes) -> Any:
    try:
        root = etree.fromstring(content, etree.XMLParser(**_SAFELY))
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise Unreadable("file-damaged", "有一部分内容不完整") from problem
    _refuse_doctype(root)
    return root


def _refuse_doctype(root: Any) -> None:
    """A definition that stood there in another encoding, maybe so long that the root has not come in sight."""
    if root is None or root.getroottree().docinfo.doctype:
        raise Unreadable("file-unsafe", "含有外部定义（DOCTYPE）")


def _forget(element: Any) -> None:
    """Frees an element that has been read, and what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


def _has_gap(content: bytes) -> bool:
    """Whether two tags stand further apart than any text is long."""
    at = 0
    while at + _GAP_LIMIT < len(content):
        at = content.rfind(b"<", at + 1, at + _GAP_LIMIT)
        if at < 0:
            return True
    return False


def _guess(content: bytes) -> str:
    start = content[:512].lstrip().lower()
    if start.startswith((b"<html", b"<!doctype html")) or b"<table" in start:
        return "它是一个网页"
    if start.startswith(b"%pdf"):
        return "它是一个 PDF"
    if b"\0" not in content[:4096]:
        return "它是一个文本文件"
    return "内容不是工作簿"
