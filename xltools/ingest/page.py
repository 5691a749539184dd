"""HTML: its paragraphs and tables, what is hidden, scripted or around the page left out. Nothing is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import html

from xltools.ingest.document import WIDTH_LIMIT, Document, PrintedCell, PrintedLine, ReportRefused
from xltools.ingest.plain import decoded

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_SILENT = {"script", "style", "noscript", "template", "head", "nav", "iframe", "object", "embed", "svg", "math", "select",
           "button", "textarea", "audio", "video", "canvas", "map"}  # fmt: skip
_BLOCKS = {"p", "div", "section", "article", "main", "header", "footer", "aside", "li", "ul", "ol", "dl", "dt", "dd", "h1",
           "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "form", "fieldset", "figure", "figcaption", "address", "hr",
           "center", "body", "td", "th", "tr", "tbody", "thead", "tfoot", "table", "caption"}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_DEPTH_LIMIT = 400
_SPAN, _SPANNED = 100, 20_000
"""Rows or columns that a cell may span, and places of a table that spans may take."""


def read_page(content: bytes) -> Document:
    """An HTML page as a document."""
    match = _CHARSET.search(content[:4096])
    text = decoded(content, match[1].decode("ascii") if match else "")
    try:
        # As bytes: a declaration inside the text may contradict how it was read.
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=_parser())
    except (ValueError, AssertionError, html.etree.LxmlError):
        raise ReportRefused("import-damaged", "里面没有网页内容") from None
    return _PageReader().read(root)


def _parser() -> html.HTMLParser:
    return html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")


class _PageReader:
    """The walk through a page: paragraphs gathered piece by piece, tables row by row."""

    def __init__(self) -> None:
        self.found = Document()
        self.pieces: list[str] = []
        self.tables = 0

    def read(self, root: Any) -> Document:
        title = root.find(".//head/title")
        if title is not None and title.text:
            self.pieces.append(title.text)
            self._end_paragraph()
        body = root.find("body")
        self._walk(body if body is not None else root, 0)
        self._end_paragraph()
        return self.found

    def _walk(self, element: Any, depth: int) -> None:
        if depth > _DEPTH_LIMIT:
            raise ReportRefused("import-unsafe", "网页嵌套得太深")
        if not isinstance(element.tag, str) or element.tag in _SILENT or _hidden(element):
            return
        if element.tag == "table" and _is_grid(element):
            self._end_paragraph()
            self._table(element)
            return
        block = element.tag in _BLOCKS
        if block or element.tag == "br":
            self._end_paragraph()
        if element.text:
            self.pieces.append(element.text)
        for child in element:
            self._walk(child, depth + 1)
            if child.tail:
                self.pieces.append(child.tail)
        if block:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        text = _SPACES.sub(" ", "".join(self.pieces)).strip()
        self.pieces.clear()
        if text:
            self.found.add(PrintedLine((PrintedCell(text),), f"第 {len(self.found.lines) + 1} 段"))

    def _table(self, table: Any) -> None:
        self.tables += 1
        taken: dict[tuple[int, int], bool] = {}
        for number, row in enumerate(_rows(table)):
            cells, column = [], 0
            for cell in row:
                if cell.tag not in ("td", "th"):
                    continue
                while (number, column) in taken:
                    column += 1
                width, height = _span(cell, "colspan"), _span(cell, "rowspan")
                for down in range(1, height):
                    for right in range(width):
                        taken[number + down, column + right] = True
                if len(taken) > _SPANNED or column > WIDTH_LIMIT:
                    raise ReportRefused("import-unsafe", "表格大得不合理")
                cells.append(PrintedCell(cell_text(cell), column, width))
                column += width
            if cells:
                self.found.add(PrintedLine(tuple(cells), f"第 {self.tables} 张表第 {number + 1} 行", self.tables))


def _rows(table: Any) -> Iterator[Any]:
    """The rows of a table itself."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _is_grid(table: Any) -> bool:
    """Whether a table holds cells of text: one that holds tables, or has one cell a row, lays out a page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    return any(sum(cell.tag in ("td", "th") for cell in row) > 1 for row in _rows(table))


def cell_text(cell: Any) -> str:
    """The text of a cell, its paragraphs on lines."""
    pieces: list[str] = []
    for element in cell.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in ("br", "p", "div", "li"):
            pieces.append("\n")
        if element.tag not in _SILENT and element.text:
            pieces.append(element.text)
        if element is not cell and element.tail:
            pieces.append(element.tail)
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(p.replace("\r", "") for p in pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return max(1, min(int(value), _SPAN)) if value.isdecimal() and len(value) < 6 else 1


def _hidden(element: Any) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))
