"""Word files (.docx): paragraphs and tables of the document part, with the bounds of every received package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xltools.ingest.document import WIDTH_LIMIT, Document, PrintedCell, PrintedLine, ReportRefused
from xltools.ooxml.package import OLE, Package
from xltools.ooxml.trees import Unreadable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_GONE = {"del", "moveFrom", "instrText", "delText"}
_DEPTH_LIMIT = 40


def read_word(content: bytes) -> Document:
    """A .docx file as a document; Refused where it is none."""
    if content.startswith(OLE):
        raise ReportRefused("import-not-document", "它是旧的 .doc 或 .wps 文件，或者加了密码")
    try:
        package = Package(content)
        root = package.xml(package.workbook_part if package.kind != "ods" else "")
        if root is None or _name(root) != "document":
            raise ReportRefused("import-not-document", "它不是 Word 文档（.docx）")
    except Unreadable as problem:
        raise ReportRefused(_CODES.get(problem.code, "import-damaged"), problem.reason or "内容读不出来") from None
    found = Document()
    body = next((child for child in root if _name(child) == "body"), None)
    if body is not None:
        _blocks(body, found, [0], 0)
    return found


_CODES = {"file-unsafe": "import-unsafe", "file-encrypted": "import-encrypted", "file-not-workbook": "import-not-document",
          "file-empty": "import-not-document"}  # fmt: skip


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attribute(element: Any, name: str) -> str:
    return element.get(_W + name) or element.get(_STRICT + name) or ""


def _blocks(parent: Any, found: Document, tables: list[int], depth: int) -> None:
    """The paragraphs and tables of a body, of a cell's content control, of an inserted run."""
    if depth > _DEPTH_LIMIT:
        raise ReportRefused("import-unsafe", "文档嵌套得太深")
    for child in parent:
        name = _name(child)
        if name == "p":
            for text in _paragraph(child).split("\n"):
                if text.strip():
                    found.add(PrintedLine((PrintedCell(text.strip()),), f"第 {len(found.lines) + 1} 段"))
        elif name == "tbl":
            _table(child, found, tables, depth)
        elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
            _blocks(child, found, tables, depth + 1)


def _paragraph(paragraph: Any) -> str:
    """The text of a paragraph, breaks as line ends, deletions left out."""
    pieces: list[str] = []
    stack: list[Any] = [iter(paragraph)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
            continue
        name = _name(element)
        if name == "t":
            pieces.append(element.text or "")
        elif name == "tab":
            pieces.append("\t")
        elif name in ("br", "cr"):
            pieces.append("\n" if _attribute(element, "type") != "page" else "")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name not in _GONE and name not in (
            "pPr",
            "rPr",
            "drawing",
            "pict",
            "object",
            "AlternateContent",
            "txbxContent",
        ):
            stack.append(iter(element))
    return "".join(pieces)


def _table(table: Any, found: Document, tables: list[int], depth: int) -> None:
    """A table row by row. A table within a cell is read in its place, after the row; a single cell only frames its content."""
    rows = [list(_children(row, "tc")) for row in _children(table, "tr")]
    if all(len(cells) <= 1 for cells in rows):
        for cells in rows:
            for cell in cells:
                _blocks(cell, found, tables, depth + 1)
        return
    tables[0] += 1
    number = tables[0]
    for at, (row, cells) in enumerate(zip(_children(table, "tr"), rows, strict=True), 1):
        column, line, inner = _before(row), [], []
        for cell in cells:
            properties = next((c for c in cell if _name(c) == "tcPr"), None)
            width = _width(properties)
            if not _continued(properties):
                texts = [_paragraph(p) for p in _children(cell, "p")]
                line.append(PrintedCell("\n".join(t.strip() for t in texts if t.strip()), column, width))
                inner += [c for c in cell if _name(c) == "tbl"]
            column += width
            if column > WIDTH_LIMIT:
                raise ReportRefused("import-unsafe", "表格大得不合理")
        if line:
            found.add(PrintedLine(tuple(line), f"第 {number} 张表第 {at} 行", number))
        for nested in inner:
            if depth > _DEPTH_LIMIT:
                raise ReportRefused("import-unsafe", "文档嵌套得太深")
            _table(nested, found, tables, depth + 1)


def _children(parent: Any, wanted: str) -> Iterator[Any]:
    """The children of a name, content controls around them opened."""
    for child in parent:
        name = _name(child)
        if name == wanted:
            yield child
        elif name in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _children(child, wanted)


def _before(row: Any) -> int:
    properties = next((c for c in row if _name(c) == "trPr"), None)
    skipped = next((c for c in properties if _name(c) == "gridBefore"), None) if properties is not None else None
    return _number(_attribute(skipped, "val")) if skipped is not None else 0


def _width(properties: Any) -> int:
    span = next((c for c in properties if _name(c) == "gridSpan"), None) if properties is not None else None
    return max(1, _number(_attribute(span, "val"))) if span is not None else 1


def _number(text: str) -> int:
    return min(int(text), WIDTH_LIMIT + 1) if text.isdecimal() and len(text) < 6 else 0


def _continued(properties: Any) -> bool:
    """Whether a cell is the lower part of one merged over rows."""
    merge = next((c for c in properties if _name(c) == "vMerge"), None) if properties is not None else None
    return merge is not None and _attribute(merge, "val") != "restart"
