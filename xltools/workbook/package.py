"""A received file as a zip of XML parts. It is hostile until read: sizes are bounded, DOCTYPEs refused, nothing is fetched."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from lxml import etree

PART_LIMIT = 40 * 2**20
WHOLE_LIMIT = 120 * 2**20
"""Bytes of one part, and of all that are read."""
_DENSE = 50
"""How many times smaller than its parts a file may be: the 数据 of a large summary, which is never read, is packed to a tenth."""
PARTS_LIMIT = 1000
LONG_LIMIT = 200 * 2**20
"""Bytes of a list that is read row by row: three times what the 明细 of ten thousand agencies has."""
TREE_LIMIT = 100 * 2**20
"""Memory that a part may take as a tree. A large sheet, which would take more, is read without making one."""
_MARKS_LIMIT = 4_000_000
"""Tags and attributes of a part: more than half a million cells have."""
_GAP_LIMIT = 2**20
"""The longest tag or text: what one element with a million attributes would exceed."""
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
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as problem:
            raise Unreadable("file-damaged", "压缩包不完整") from problem
        entries = self._zip.infolist()
        unpacked = sum(e.file_size for e in entries)
        if len(entries) > PARTS_LIMIT or unpacked > max(WHOLE_LIMIT, _DENSE * len(content)):
            raise Unreadable("file-unsafe", "解压后大得不合理")
        self.names = frozenset(e.filename for e in entries)
        if len(self.names) < len(entries):
            raise Unreadable("file-unsafe", "压缩包里有重名的部分，读哪一份没有定准")
        self._room = WHOLE_LIMIT
        self._relations: dict[str, list[tuple[str, str, str]]] = {}
        self.kind = "ods" if "content.xml" in self.names and "mimetype" in self.names else "xlsx"
        if self.kind == "ods":
            self.xml("content.xml")  # a DOCTYPE or a bomb is refused before another reader sees it
        elif "xl/workbook.xml" not in self.names and "[Content_Types].xml" not in self.names:
            raise Unreadable("file-not-workbook", "是一个压缩包，里面没有工作簿")

    def part(self, name: str) -> bytes:
        """A part's bytes; b"" where there is none."""
        if name not in self.names:
            return b""
        content = b"".join(self._unpacked(name, PART_LIMIT))
        self._room -= len(content)
        if self._room < 0:
            raise Unreadable("file-unsafe", "解压后大得不合理")
        return content

    def _unpacked(self, name: str, limit: int) -> Iterator[bytes]:
        """A part's bytes as they are unpacked, no more of them than the limit."""
        try:
            info = self._zip.getinfo(name)
            if info.flag_bits & 1:
                raise Unreadable("file-encrypted")
            if info.compress_type not in _METHODS:
                raise NotImplementedError(info.compress_type)
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    limit -= len(chunk)
                    if limit < 0:
                        raise Unreadable("file-unsafe", "解压后大得不合理")
                    yield chunk
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

    def xml(self, name: str) -> Any:
        """A part's root element, or None where there is no such part."""
        content = self.safe(name)
        if _is_large(content):
            raise Unreadable("file-unsafe", "内容大得不合理")
        return _tree(content) if content else None

    def elements(self, name: str, *tags: str) -> Iterator[Any]:
        """The elements of a part that have these tags, in order. A large part is never in memory as a whole."""
        content = self.safe(name)
        wanted = [f"{{*}}{tag}" for tag in tags]
        if not _is_large(content):
            yield from _tree(content).iter(*wanted)
            return
        yield from _pulled((content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK)), wanted)

    def long(self, name: str, *tags: str) -> Iterator[Any]:
        """The elements of a part that may be far larger than any form: neither they nor its bytes are ever in memory as a whole."""
        yield from _pulled(_plain_xml(self._unpacked(name, LONG_LIMIT)), [f"{{*}}{tag}" for tag in tags])

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


def _plain_xml(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of an XML part, without definitions of its own."""
    end = b""
    for chunk in chunks:
        seen = end + chunk
        if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
            raise Unreadable("file-unsafe", "含有外部定义（DOCTYPE）")
        end = chunk[-16:]
        yield chunk


def _pulled(chunks: Iterable[bytes], wanted: Sequence[str]) -> Iterator[Any]:
    """The elements with these tags, each freed when the next is asked for."""
    parser = etree.XMLPullParser(("end",), tag=wanted, **_SAFELY)
    head = etree.XMLPullParser(("start",), **_SAFELY)
    rooted = False
    try:
        waiting = 0
        for chunk in chunks:
            if not rooted:
                head.feed(chunk)
                _, root = next(iter(head.read_events()), (None, None))
                _refuse_doctype(root)
                rooted = True
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
