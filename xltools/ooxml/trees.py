"""XML of a received file as trees. It is hostile until read: bounded in size, DOCTYPEs refused, no entity resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from lxml import etree

TREE_LIMIT = 100 * 2**20
"""Memory that a part may take as a tree. A large sheet, which would take more, is read without making one."""
GAP_LIMIT = 2**20
"""The longest tag or text: what one element with a million attributes would exceed."""
_MARKS_LIMIT = 4_000_000
"""Tags and attributes of a part: more than half a million cells have."""
CHUNK, _WAIT_LIMIT = 2**16, 4 * 2**20
"""A large sheet is read in chunks; a row is never larger than this."""

_SAFELY: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "remove_comments": True,
    "remove_pis": True,
}  # fmt: skip
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
MAIN = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
"""The namespaces of a workbook's parts, transitional and strict. What stands in another one is no cell."""


class Unreadable(Exception):
    """A file that cannot be read as a workbook: the code of the finding, and the reason in words."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason


def ambiguous(what: str) -> Unreadable:
    """A file that other programs may read otherwise: it is not read at all."""
    return Unreadable("file-unsafe", f"{what}，读哪一份没有定准")


def _defined() -> Unreadable:
    return Unreadable("file-unsafe", "含有外部定义（DOCTYPE）")


SHEETS = ("worksheet", "chartsheet", "dialogsheet")
"""What the root of a sheet's part may be."""


def main_namespace(root: Any, *tags: str) -> str:
    """The namespace of a workbook's part in braces, as tags begin with it; Unreadable where the root is another element."""
    for ns in MAIN:
        if root.tag.startswith(ns) and root.tag.removeprefix(ns) in tags:
            return ns
    raise Unreadable("file-damaged", "有一部分不是工作簿的内容")


def placed(elements: Iterator[Any]) -> Iterator[Any]:
    """The elements of a worksheet that is read in pieces, each in its place: rows in one sheetData, all else below the root."""
    data = ns = None
    for element in elements:
        parent = element.getparent()
        ns = ns or main_namespace(element.getroottree().getroot(), *SHEETS)
        if element.tag == f"{ns}row":
            before = element.getprevious()
            data = parent if data is None else data
            inside = data.tag == f"{ns}sheetData" and data.getparent().getparent() is None
            if parent is not data or not inside or not (before is None or before.tag == element.tag):
                raise ambiguous("一张工作表有两份数据")
            yield element
        elif element.tag.startswith(ns) and parent.getparent() is None:
            yield element


def beside_rows(root: Any, tags: Sequence[str]) -> Iterator[Any]:
    """The rows of a worksheet's one sheetData, and of what stands beside it these tags, in order."""
    ns = main_namespace(root, *SHEETS)
    wanted = {f"{ns}{tag}" for tag in tags}
    read = False
    for child in root:
        if child.tag == f"{ns}sheetData":
            if read:
                raise ambiguous("一张工作表有两份数据")
            read = True
            yield from child
        elif child.tag in wanted:
            yield child
        elif child.tag == _ALTERNATE and next(child.iter("{*}sheetData"), None) is not None:
            raise ambiguous("一张工作表有两份数据")


def pulled(chunks: Iterator[bytes], wanted: Sequence[str]) -> Iterator[Any]:
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


def refuse_unsafe(content: bytes) -> None:
    """Refuses XML with definitions of its own, or of a size that no part of ours has."""
    # one character is looked for many times as quickly as several
    if b"!" in content and (b"<!DOCTYPE" in content or b"<!ENTITY" in content):
        raise _defined()
    if len(content) > GAP_LIMIT and (_marks(content) > _MARKS_LIMIT or _has_gap(content)):
        raise Unreadable("file-unsafe", "内容大得不合理")


def _marks(content: bytes) -> int:
    return content.count(b"<") + content.count(b"=")


def is_large(content: bytes) -> bool:
    """Whether a part would take too much memory as a tree: about so many bytes a tag and an attribute."""
    return len(content) > GAP_LIMIT and 120 * content.count(b"<") + 240 * content.count(b"=") > TREE_LIMIT


def namespace(root: Any) -> str:
    """The namespace of an element in braces, as tags begin with it: programs use the transitional or the strict one."""
    return str(root.tag).removesuffix(local_name(root.tag))


def local_name(tag: Any) -> str:
    """A tag or an attribute's name without its namespace; "" for what is no element (a comment)."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def sheet_entries(root: Any) -> Iterator[Any]:
    """The entries of a workbook's list of sheets, in order."""
    ns = namespace(root)
    yield from root.iterfind(f"{ns}sheets/{ns}sheet")


def parsed(content: bytes) -> Any:
    """The root element of XML that has been found safe; Unreadable where it is broken, or too large."""
    if is_large(content):
        raise Unreadable("file-unsafe", "内容大得不合理")
    return tree_of(content)


def tree_of(content: bytes) -> Any:
    """The root element of XML of any size; Unreadable where it is broken."""
    try:
        root = etree.fromstring(content, etree.XMLParser(**_SAFELY))
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise Unreadable("file-damaged", "有一部分内容不完整") from problem
    _refuse_doctype(root)
    return root


def written(root: Any) -> bytes:
    """An element as XML in plain UTF-8."""
    return bytes(etree.tostring(root, encoding="UTF-8"))


def _refuse_doctype(root: Any) -> None:
    """A definition that stood there in another encoding, maybe so long that the root has not come in sight."""
    if root is None or root.getroottree().docinfo.doctype:
        raise _defined()


def _forget(element: Any) -> None:
    """Frees an element that has been read, and what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


def _has_gap(content: bytes) -> bool:
    """Whether two tags stand further apart than any text is long."""
    at = 0
    while at + GAP_LIMIT < len(content):
        at = content.rfind(b"<", at + 1, at + GAP_LIMIT)
        if at < 0:
            return True
    return False
