"""Word files (.docx): paragraphs and tables of the document part, with the bounds of every received package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from xltools.classes import dataclass
from xltools.ingest.document import WIDTH_LIMIT, Document, PrintedCell, PrintedLine, ReportRefused
from xltools.ingest.looks import PLAIN, Look, raised
from xltools.ooxml.colours import WHITE, near, shade_of
from xltools.ooxml.package import OLE, Package
from xltools.ooxml.trees import Unreadable, local_name

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_GONE = {
    "del",
    "moveFrom",
    "instrText",
    "delText",
    "pPr",
    "rPr",
    "drawing",
    "pict",
    "object",
    "AlternateContent",
    "txbxContent",
}
"""Elements of a paragraph whose text is deleted, or none of its own."""
_OFF = {"0", "false", "off", "none"}
_HIGH = 6
"""Half points by which a text that is set higher stands above the line."""
_TINY = 8
"""Half points: smaller letters cannot be read."""
_DEPTH_LIMIT = 40
_STYLES_DEEP = 20


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
    reader = _WordReader(_styles(package))
    body = next((child for child in root if _name(child) == "body"), None)
    if body is not None:
        reader.blocks(body, 0)
    return reader.found


_CODES = {"file-unsafe": "import-unsafe", "file-encrypted": "import-encrypted", "file-not-workbook": "import-not-document",
          "file-empty": "import-not-document"}  # fmt: skip


def _name(element: Any) -> str:
    return local_name(element.tag)


def _attribute(element: Any, name: str) -> str:
    return element.get(_W + name) or element.get(_STRICT + name) or ""


def _styles(package: Package) -> dict[str, Look]:
    """The looks that a document's styles give, by their ids, with those of the styles that they are based on."""
    try:
        part = package.related(package.workbook_part, "styles")
        root = package.xml(part) if part else None
    except Unreadable:
        return {}
    own: dict[str, tuple[str, Look]] = {}
    for style in root if root is not None else ():
        if _name(style) == "style":
            below = next((c for c in style if _name(c) == "basedOn"), None)
            own[_attribute(style, "styleId")] = (
                _attribute(below, "val") if below is not None else "",
                _look(next((c for c in style if _name(c) == "rPr"), None), {}),
            )
    found = {}
    for name in own:
        chain, at = PLAIN, name
        for _ in range(_STYLES_DEEP):
            if at not in own:
                break
            at, look = own[at]
            chain = Look(chain.gone or look.gone, False, chain.raised or look.raised)
        found[name] = chain
    return found


def _look(properties: Any, styles: Mapping[str, Look], around: Look = PLAIN) -> Look:
    """How a run looks: hidden or struck out, raised; by its style, unless its own properties say otherwise."""
    gone, high = around.gone, around.raised
    struck = {}
    white = shaded = tiny = False
    for item in properties if properties is not None else ():
        name, value = _name(item), _attribute(item, "val")
        if name == "rStyle" and value in styles:
            gone, high = gone or styles[value].gone, high or styles[value].raised
        elif name in ("vanish", "webHidden", "specVanish", "strike", "dstrike"):
            struck[name] = value not in _OFF
        elif name == "color":
            white = _is_white(value)
        elif name in ("shd", "highlight"):
            shaded = True
        elif name == "sz":
            tiny = value.isdecimal() and int(value) < _TINY
        elif name == "vertAlign":
            high = value in ("superscript", "subscript")
        elif name == "position":
            high = high or abs(_signed(value)) >= _HIGH
    # On a ground of the run's own white can be seen; on one of the cell's or the page's maybe: its digits are doubtful.
    return Look(tiny or (any(struck.values()) if struck else gone), False, high or (white and not shaded))


def _is_white(value: str) -> bool:
    shade = shade_of(value)
    return shade is not None and near(shade, WHITE)


def _signed(text: str) -> int:
    bare = text.removeprefix("-")
    return int(text) if bare.isdecimal() and len(bare) < 6 else 0


@dataclass
class _WordReader:
    """The walk through a document part."""

    styles: Mapping[str, Look]
    found: Document = field(default_factory=Document)
    tables: int = 0

    def blocks(self, parent: Any, depth: int) -> None:
        """The paragraphs and tables of a body, of a cell's content control, of an inserted run."""
        _refuse_deep(depth)
        for child in parent:
            name = _name(child)
            if name == "p":
                for text in self._paragraph(child).split("\n"):
                    if text.strip():
                        place = f"第 {len(self.found.lines) + 1} 段"
                        self.found.add(PrintedLine((PrintedCell(text.strip()),), place))
            elif name == "tbl":
                self._table(child, depth)
            elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
                self.blocks(child, depth + 1)

    def _paragraph(self, paragraph: Any) -> str:
        """The text of a paragraph as it is seen: breaks as line ends, without what is deleted, hidden, struck out."""
        properties = next((c for c in paragraph if _name(c) == "pPr"), None)
        style = next((c for c in properties if _name(c) == "pStyle"), None) if properties is not None else None
        around = self.styles.get(_attribute(style, "val"), PLAIN) if style is not None else PLAIN
        pieces: list[str] = []
        stack: list[tuple[Iterator[Any], Look]] = [(iter(paragraph), around)]
        while stack:
            element = next(stack[-1][0], None)
            if element is None:
                stack.pop()
                continue
            name, look = _name(element), stack[-1][1]
            if name == "r":
                look = _look(next((c for c in element if _name(c) == "rPr"), None), self.styles, look)
                if not look.gone:
                    stack.append((iter(element), look))
            elif name == "t":
                pieces.append(raised(element.text or "") if look.raised else element.text or "")
            elif name in _SIGNS:
                pieces.append(_SIGNS[name])
            elif name in ("br", "cr"):
                pieces.append("\n" if _attribute(element, "type") != "page" else "")
            elif name not in _GONE:
                stack.append((iter(element), look))
        return "".join(pieces)

    def _table(self, table: Any, depth: int) -> None:
        """A table row by row. A table within a cell is read in its place, after the row; a single cell only frames its content."""
        _refuse_deep(depth)
        lines = [row for row in _children(table, "tr") if not _has(row, "trPr", "del", "hidden")]
        rows = [list(_children(row, "tc")) for row in lines]
        if all(len(cells) <= 1 for cells in rows):
            for cells in rows:
                for cell in cells:
                    self.blocks(cell, depth + 1)
            return
        self.tables += 1
        number = self.tables
        for at, (row, cells) in enumerate(zip(lines, rows, strict=True), 1):
            line, inner = self._cells(cells, _before(row), depth)
            if line:
                self.found.add(PrintedLine(tuple(line), f"第 {number} 张表第 {at} 行", number))
            for nested in inner:
                self._table(nested, depth + 1)

    def _cells(self, cells: list[Any], column: int, depth: int) -> tuple[list[PrintedCell], list[Any]]:
        """The cells of a row from a column on, and the tables in them that are more than a frame."""
        line: list[PrintedCell] = []
        inner: list[Any] = []
        for cell in cells:
            properties = next((c for c in cell if _name(c) == "tcPr"), None)
            width = _width(properties)
            if line and _continued(properties, "hMerge"):
                line[-1] = PrintedCell(line[-1].text, line[-1].column, line[-1].width + width)
            elif not _continued(properties, "vMerge"):
                texts, more = self._content(cell, depth)
                inner += more
                said = "" if _has(cell, "tcPr", "cellDel") else "\n".join(t.strip() for t in texts if t.strip())
                line.append(PrintedCell(said, column, width))
            column += width
            if column > WIDTH_LIMIT:
                raise ReportRefused("import-unsafe", "表格大得不合理")
        return line, inner

    def _content(self, cell: Any, depth: int) -> tuple[list[str], list[Any]]:
        """The paragraphs of a cell, those that a table of one cell frames among them; and its other tables."""
        _refuse_deep(depth)
        texts: list[str] = []
        inner: list[Any] = []
        for child in _children(cell, "p", "tbl"):
            if _name(child) == "p":
                texts.append(self._paragraph(child))
                continue
            only = [list(_children(row, "tc")) for row in _children(child, "tr")]
            if len(only) == 1 and len(only[0]) == 1:
                framed, more = self._content(only[0][0], depth + 1)
                texts += framed
                inner += more
            else:
                inner.append(child)
        return texts, inner


_SIGNS = {"tab": "\t", "noBreakHyphen": "-"}


def _refuse_deep(depth: int) -> None:
    if depth > _DEPTH_LIMIT:
        raise ReportRefused("import-unsafe", "文档嵌套得太深")


def _has(element: Any, properties: str, *names: str) -> bool:
    """Whether one of these is among an element's properties, and not put out."""
    found = next((c for c in element if _name(c) == properties), None)
    return found is not None and any(_name(c) in names and _attribute(c, "val") not in _OFF for c in found)


def _children(parent: Any, *wanted: str) -> Iterator[Any]:
    """The children of these names, content controls around them opened."""
    for child in parent:
        name = _name(child)
        if name in wanted:
            yield child
        elif name in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _children(child, *wanted)


def _before(row: Any) -> int:
    properties = next((c for c in row if _name(c) == "trPr"), None)
    skipped = next((c for c in properties if _name(c) == "gridBefore"), None) if properties is not None else None
    return _number(_attribute(skipped, "val")) if skipped is not None else 0


def _width(properties: Any) -> int:
    span = next((c for c in properties if _name(c) == "gridSpan"), None) if properties is not None else None
    return max(1, _number(_attribute(span, "val"))) if span is not None else 1


def _number(text: str) -> int:
    return min(int(text), WIDTH_LIMIT + 1) if text.isdecimal() and len(text) < 6 else 0


def _continued(properties: Any, kind: str) -> bool:
    """Whether a cell goes on one merged with it: above it (vMerge), left of it (hMerge)."""
    merge = next((c for c in properties if _name(c) == kind), None) if properties is not None else None
    return merge is not None and _attribute(merge, "val") != "restart"
