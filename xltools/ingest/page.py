"""HTML: its paragraphs and tables, what is hidden, scripted or around the page left out. Nothing is ever fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import html

from xltools.ingest.document import WIDTH_LIMIT, Document, PrintedCell, PrintedLine, ReportRefused
from xltools.ingest.looks import PLAIN, Looks, raised
from xltools.ingest.plain import decoded, split_text
from xltools.ingest.records import is_figure

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_SILENT = {"script", "style", "noscript", "template", "head", "nav", "iframe", "object", "embed", "svg", "math", "select",
           "button", "textarea", "audio", "video", "canvas", "map"}  # fmt: skip
_BLOCKS = {"p", "div", "section", "article", "main", "header", "footer", "aside", "li", "ul", "ol", "dl", "dt", "dd", "h1",
           "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "form", "fieldset", "figure", "figcaption", "address", "hr",
           "center", "body", "td", "th", "tr", "tbody", "thead", "tfoot", "table", "caption"}  # fmt: skip
_NO_ROW = {"table", "tr", "tbody", "thead", "tfoot", "pre", "p"}
"""Elements whose children are no cells: programs split the words of a paragraph at will."""
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SPAN_SAID = re.compile(r"[ \t\r\n\f]*\+?([0-9]+)")
_DEPTH_LIMIT = 400
_COLSPAN, _ROWSPAN, _SPANNED = 1000, 65534, 20_000
"""Columns and rows that a cell may span, as browsers have it, and places of a table that spans may take."""
_NEAR = 5
"""Lines above a table in which its caption may stand already, as a heading."""
_LONG = 5
"""Cells of a row that no sentence is made of."""
_CELL_LIMIT = 120
"""Characters of a cell in a row that is not a table's."""


def read_page(content: bytes) -> Document:
    """An HTML page as a document."""
    match = _CHARSET.search(content[:4096])
    text = decoded(content, match[1].decode("ascii") if match else "")
    try:
        # As bytes: a declaration inside the text may contradict how it was read.
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=_parser())
    except (ValueError, AssertionError, html.etree.LxmlError):
        raise ReportRefused("import-damaged", "里面没有网页内容") from None
    return _PageReader(root).read(root)


def _parser() -> html.HTMLParser:
    return html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")


class _PageReader:
    """The walk through a page: paragraphs gathered piece by piece, tables row by row."""

    def __init__(self, root: Any) -> None:
        self.found = Document()
        self.looks = Looks(root)
        self.grids = _grids(root)
        self.pieces: list[str] = []
        self.tables = 0

    def read(self, root: Any) -> Document:
        title = root.find(".//head/title")
        if title is not None and title.text:
            self.pieces.append(title.text)
            self._end_paragraph()
        body = root.find("body")
        self._walk(body if body is not None else root, 0, False)
        self._end_paragraph()
        return self.found

    def _walk(self, element: Any, depth: int, high: bool) -> None:
        """Reads an element and all in it; ``high``: it stands above or below the line."""
        if depth > _DEPTH_LIMIT:
            raise ReportRefused("import-unsafe", "网页嵌套得太深")
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            return
        look = self.looks.of(element)
        if look.gone or look.unseen:
            return
        if self._is_whole(element):
            return
        block, high = element.tag in _BLOCKS, high or look.raised
        if block or element.tag == "br":
            self._end_paragraph()
        self._say(element.text, high)
        rows = self._rows_of_cells(element) if block else {}
        for child in element:
            if child in rows:
                self._end_paragraph()
                self._add(rows[child])
            else:
                self._walk(child, depth + 1, high)
            self._say(child.tail, high)
        if block:
            self._end_paragraph()

    def _is_whole(self, element: Any) -> bool:
        """Whether an element was read as a whole: a table of cells, or a text whose lines stand as typed."""
        if element.tag == "table" and element in self.grids:
            self._end_paragraph()
            self._table(element)
            return True
        if element.tag == "pre":
            self._end_paragraph()
            for line in split_text(self._typed(element)).lines:
                self._add([cell.text for cell in line.cells])
            return True
        return False

    def _say(self, text: str | None, high: bool) -> None:
        if text:
            self.pieces.append(raised(text) if high else text)

    def _end_paragraph(self) -> None:
        text = _SPACES.sub(" ", "".join(self.pieces)).strip()
        self.pieces.clear()
        if text:
            self._add([text])

    def _add(self, texts: list[str]) -> None:
        self.found.add(PrintedLine(tuple(map(PrintedCell, texts)), f"第 {len(self.found.lines) + 1} 段"))

    # ── tables ───────────────────────────────────────────────────────────────

    def _table(self, table: Any) -> None:
        self.tables += 1
        number = 0
        above = {line.text for line in self.found.lines[-_NEAR:]}
        for caption in table.iterchildren("caption"):
            if self.cell_text(caption) not in above:  # a heading said once more, for those who hear the page
                self._walk(caption, 0, False)
        for group in _groups(table):
            # What spans rows ends with its group, and rows that are not shown are none.
            rows = [row for row in group if not self.looks.of(row).gone]
            taken: set[tuple[int, int]] = set()
            for at, row in enumerate(rows):
                number += 1
                cells = self._cells(row, at, len(rows), taken)
                if cells:
                    self.found.add(PrintedLine(cells, f"第 {self.tables} 张表第 {number} 行", self.tables))

    def _cells(self, row: Any, at: int, rows: int, taken: set[tuple[int, int]]) -> tuple[PrintedCell, ...]:
        """The cells of a row, each with the columns it stands over; ``taken`` are the places that cells above reach down to."""
        cells, column = [], 0
        unseen = self.looks.of(row).unseen
        for cell in row:
            if cell.tag not in ("td", "th") or (look := self.looks.of(cell)).gone:
                continue
            while (at, column) in taken:
                column += 1
            width = min(max(1, _span(cell, "colspan")), _COLSPAN)
            height = min(_span(cell, "rowspan") or rows, _ROWSPAN, rows - at)
            if len(taken) + width * height > _SPANNED + width or column > WIDTH_LIMIT:
                raise ReportRefused("import-unsafe", "表格大得不合理")
            taken |= {(at + down, column + right) for down in range(1, height) for right in range(width)}
            cells.append(PrintedCell("" if unseen or look.unseen else self.cell_text(cell), column, width))
            column += width
        return tuple(cells)

    def cell_text(self, cell: Any) -> str:
        """The text of a cell as it is seen, its paragraphs on lines."""
        lines = (_SPACES.sub(" ", line).strip() for line in self._typed(cell, joined=True).split("\n"))
        return "\n".join(line for line in lines if line)

    def _typed(self, element: Any, joined: bool = False) -> str:
        """The text in an element as it is seen, lines ending where blocks do; ``joined``: line ends of the source are spaces."""
        pieces: list[str] = []

        def say(text: str | None, high: bool) -> None:
            if text:
                text = text.replace("\r", "")
                text = text.replace("\n", " ") if joined else text
                pieces.append(raised(text) if high else text)

        def walk(inner: Any, depth: int, high: bool) -> None:
            if depth > _DEPTH_LIMIT:
                raise ReportRefused("import-unsafe", "网页嵌套得太深")
            closed = inner.tag == "details" and inner.get("open") is None  # a click away: in a cell nobody clicks
            say("" if closed else inner.text, high)
            for child in inner.iterchildren("summary") if closed else inner:
                tag = child.tag
                look = self.looks.of(child, in_cell=True) if isinstance(tag, str) else PLAIN
                if tag == "br" or tag in _BLOCKS:
                    pieces.append("\n")
                if isinstance(tag, str) and tag not in _SILENT and not look.gone and not look.unseen:
                    walk(child, depth + 1, high or look.raised)
                    if tag in _BLOCKS:
                        pieces.append("\n")
                say("" if closed else child.tail, high)

        walk(element, 0, self.looks.of(element).raised)
        return "".join(pieces)

    # ── rows that are no table's ─────────────────────────────────────────────

    def _rows_of_cells(self, element: Any) -> dict[Any, list[str]]:
        """The children of a block that are rows of cells, as their neighbours are: one alone, unless it is long, is a sentence."""
        found = {child: cells for child in element if (cells := self._row_of_cells(child))}
        bodies = [child for child, cells in found.items() if any(map(is_figure, cells))]
        if len(bodies) > 1 or any(len(found[child]) >= _LONG for child in bodies):
            return found
        return {}

    def _row_of_cells(self, element: Any) -> list[str]:
        """The texts of an element's children, where these are a row's: words alone, or words and figures after them."""
        children = [c for c in element if isinstance(c.tag, str)] if isinstance(element.tag, str) else []
        if len(children) < 2 or element.tag in _NO_ROW or _bare(element) or self.looks.of(element).gone:
            return []
        if any(len(child) > 2 or child.tag in ("br", "table", *_SILENT) for child in children):
            return []
        seen = [c for c in children if not self.looks.of(c).gone]
        texts = ["" if self.looks.of(c).unseen else self.cell_text(c) for c in seen]
        if any(len(text) > _CELL_LIMIT or "\n" in text for text in texts):
            return []
        first = next((at for at, text in enumerate(texts) if is_figure(text)), len(texts))
        if first == 0 and len(texts) > 2 and not is_figure(texts[1]):  # a number that counts the row
            first = next((at for at, text in enumerate(texts) if at and is_figure(text)), len(texts))
        plain = all(is_figure(text) or not text for text in texts[first:])
        labels = [text for text in texts[:first] if text]
        return texts if plain and (labels or len(texts) >= _LONG) else []


def _bare(element: Any) -> bool:
    """Whether text stands in an element beside its children."""
    return any(text and text.strip() for text in (element.text, *(child.tail for child in element)))


def _groups(table: Any) -> Iterator[list[Any]]:
    """The rows of a table itself by the groups that they belong to; its foot comes last, wherever it is written."""
    found: list[tuple[int, list[Any]]] = []
    loose: list[Any] | None = None
    for child in table:
        if child.tag == "tr":
            if loose is None:
                loose = []
                found.append((0, loose))
            loose.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            loose = None
            found.append((int(child.tag == "tfoot"), [row for row in child if row.tag == "tr"]))
    yield from (rows for _, rows in sorted(found, key=lambda pair: pair[0]))


def _grids(root: Any) -> set[Any]:
    """The tables that hold cells of text: one that holds such tables, or has one cell a row, lays out a page."""
    grids, holding = set(), set()
    for table in reversed(list(root.iter("table"))):  # inner ones first
        wide = any(sum(cell.tag in ("td", "th") for cell in row) > 1 for rows in _groups(table) for row in rows)
        if table not in holding and wide:
            grids.add(table)
        if table in holding or wide:
            holding |= {outer for outer in [next(table.iterancestors("table"), None)] if outer is not None}
    return grids


def _span(cell: Any, name: str) -> int:
    """A span as browsers read it: the digits that it begins with; 1 where it has none."""
    match = _SPAN_SAID.match(cell.get(name) or "")
    return int(match[1][:6]) if match else 1
