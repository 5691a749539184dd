"""PDF files with a text layer. They are read by a process of its own, which has a limit of time and memory.

``python -m xltools.ingest.pdf`` is that process: a PDF on stdin, lines as JSON on stdout.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from xltools.errors import XltoolsError
from xltools.ingest.document import Document, PrintedCell, PrintedLine, ReportRefused
from xltools.inputs import read_json

_SECONDS = int(os.environ.get("XLTOOLS_PDF_SECONDS", "120"))
_MEMORY = 2 * 2**30
_PAGES = 300
_MARKS_A_PAGE = 50_000
"""Characters and lines drawn on a page: a full one has two thousand."""
_CONTENT = 8 * 2**20
"""Bytes of a page's drawing orders."""

_REASONS = {
    "encrypted": ("import-encrypted", ""),
    "damaged": ("import-damaged", "不是完整的 PDF"),
    "large": ("import-unsafe", "页数太多，或者一页上的东西多得不合理"),
    "no-text": ("import-no-text", ""),
}


def read_pdf(content: bytes) -> Document:
    """A PDF as a document; Refused where it has no text or cannot be read, XltoolsError where pdfplumber is not installed."""
    if importlib.util.find_spec("pdfplumber") is None:
        raise XltoolsError("读 PDF 要用 pdfplumber，现在没有安装；请运行 pip install 'xltools[pdf]'")
    package = Path(__file__).parents[2]
    paths = os.pathsep.join([str(package), *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "xltools.ingest.pdf"], input=content, capture_output=True, timeout=_SECONDS,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1"}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ReportRefused("import-unsafe", f"{_SECONDS} 秒还没有读完") from None
    try:
        data = read_json(done.stdout)
    except ValueError:
        raise ReportRefused("import-damaged", "内容读不出来，或者大得放不进内存") from None
    if "problem" in data:
        raise ReportRefused(*_REASONS[data["problem"]])
    found = Document()
    for place, grid, cells in data["lines"]:
        found.add(PrintedLine(tuple(PrintedCell(text, column, width) for text, column, width in cells), place, grid))
    return found


# ── the process ──────────────────────────────────────────────────────────────


class _Problem(Exception):
    pass


Box = tuple[float, float, float, float]
"""left, top, right, bottom"""


def _extract(content: bytes) -> list[tuple[str, int, list[tuple[str, int, int]]]]:
    import io

    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    order: list[Any] = []
    grids = 0
    try:
        opened = pdfplumber.open(io.BytesIO(content))
    except Exception as problem:
        secret = isinstance(problem, PDFPasswordIncorrect) or "PasswordIncorrect" in repr(problem)
        raise _Problem("encrypted" if secret else "damaged") from problem
    with opened as pdf:
        if len(pdf.pages) > _PAGES:
            raise _Problem("large")
        for number, page in enumerate(pdf.pages, 1):
            if sum(len(_data(part)) for part in page.page_obj.contents) > _CONTENT:
                raise _Problem("large")
            if sum(len(page.objects.get(kind, ())) for kind in ("char", "line", "rect", "curve")) > _MARKS_A_PAGE:
                raise _Problem("large")
            found, grids = _page(page, number, grids)
            order += found
            page.close()
    texts = [item for item in order if isinstance(item, _TextLine)]
    if (
        sum(len(item.text.strip()) for item in texts)
        + sum(len(c[0]) for o in order if isinstance(o, tuple) for c in o[2])
        < 20
    ):
        raise _Problem("no-text")
    return list(_joined(order, texts))


def _data(part: Any) -> bytes:
    """The drawing orders in a part of a page."""
    from pdfminer.pdftypes import resolve1

    stream = resolve1(part)
    return stream.get_data() if hasattr(stream, "get_data") else b""


class _TextLine:
    """A line of running text as printed."""

    def __init__(self, chars: Sequence[dict[str, Any]], page: int, height: float) -> None:
        self.text = _spaced(chars)
        self.left = min(c["x0"] for c in chars if c["text"].strip())
        self.right = max(c["x1"] for c in chars if c["text"].strip())
        self.size = sorted(c["size"] for c in chars)[len(chars) // 2]
        self.top, self.page, self.height = chars[0]["top"], page, height


def _spaced(chars: Sequence[dict[str, Any]]) -> str:
    """The text of characters in a line; a wide gap becomes a space."""
    pieces: list[str] = []
    before = None
    for c in chars:
        if before is not None and c["x0"] - before["x1"] > 0.8 * max(c["size"], before["size"]):
            pieces.append("  ")
        pieces.append(c["text"])
        before = c
    return "".join(pieces).strip()


def _page(page: Any, number: int, grids: int) -> tuple[list[Any], int]:
    """The lines of a page from top to bottom: rows of tables, and running text outside them."""
    page = page.dedupe_chars()
    items: list[tuple[float, Any]] = []
    boxes: list[Box] = []
    chars = page.chars
    for table in page.find_tables():
        rows = [[cell for cell in row.cells if cell] for row in table.rows]
        if all(len(cells) < 2 for cells in rows):
            continue
        grids += 1
        edges = _edges(x for cells in rows for cell in cells for x in (cell[0], cell[2]))
        for cells in rows:
            alone = len(cells) == 1 and cells[0][2] - cells[0][0] > 0.9 * (table.bbox[2] - table.bbox[0])
            if alone or not cells:
                continue
            line = []
            for cell in sorted(cells):
                start, end = _at(edges, cell[0]), _at(edges, cell[2])
                line.append((_inside(chars, cell), start, max(1, end - start)))
            boxes += cells
            items.append((min(cell[1] for cell in cells), (f"第 {number} 页", grids, line)))
    outside = [c for c in chars if not any(_within(c, box) for box in boxes)]
    items += ((line.top, line) for line in _text_lines(outside, number, page.height))
    return [item for _, item in sorted(items, key=lambda pair: pair[0])], grids


def _edges(xs: Iterable[float]) -> list[float]:
    """The distinct edges of a table's columns."""
    found: list[float] = []
    for x in sorted(xs):
        if not found or x - found[-1] > 3:
            found.append(x)
    return found


def _at(edges: Sequence[float], x: float) -> int:
    return min(range(len(edges)), key=lambda n: abs(edges[n] - x))


def _within(c: dict[str, Any], box: Box) -> bool:
    x, y = (c["x0"] + c["x1"]) / 2, (c["top"] + c["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _inside(chars: Sequence[dict[str, Any]], box: Box) -> str:
    return "\n".join(line.text for line in _text_lines([c for c in chars if _within(c, box)], 0, 1.0))


def _text_lines(chars: Sequence[dict[str, Any]], page: int, height: float) -> Iterator[_TextLine]:
    """Characters gathered into lines, by their middle height."""
    row: list[dict[str, Any]] = []
    for c in sorted(chars, key=lambda c: (c["top"] + c["bottom"]) / 2):
        middle = (c["top"] + c["bottom"]) / 2
        if row and middle - (row[0]["top"] + row[0]["bottom"]) / 2 > 0.5 * row[0]["size"]:
            yield from _line_of(row, page, height)
            row = []
        row.append(c)
    yield from _line_of(row, page, height)


def _line_of(row: Sequence[dict[str, Any]], page: int, height: float) -> Iterator[_TextLine]:
    if any(c["text"].strip() for c in row):
        yield _TextLine(sorted(row, key=lambda c: c["x0"]), page, height)


def _joined(order: Sequence[Any], texts: Sequence[_TextLine]) -> Iterator[tuple[str, int, list[tuple[str, int, int]]]]:
    """Lines with those of one paragraph joined: a full line goes on in the next that is not indented."""
    wide = [t for t in texts if len(t.text) > 15]
    left = Counter(round(t.left) for t in wide).most_common(1)[0][0] if wide else 0.0
    right = sorted(t.right for t in wide)[int(len(wide) * 0.8)] if wide else 0.0
    started: _TextLine | None = None
    text = ""
    last: _TextLine | None = None
    for item in order:
        if isinstance(item, _TextLine):
            if _is_page_number(item):
                continue
            goes_on = (
                last is not None
                and last.right > right - 1.6 * last.size
                and item.left < left + 0.9 * item.size
                and abs(item.size - last.size) < 1.5
            )
            if started is not None and goes_on:
                text, last = _glued(text, item.text), item
                continue
        if started is not None:
            yield (f"第 {started.page} 页", 0, [(text, 0, 1)])
            started = last = None
        if isinstance(item, _TextLine):
            started, text, last = item, item.text, item
        else:
            yield item
    if started is not None:
        yield (f"第 {started.page} 页", 0, [(text, 0, 1)])


def _glued(text: str, more: str) -> str:
    """Two lines of a paragraph: Latin words keep their space."""
    latin = text[-1:].isascii() and more[:1].isascii() and text[-1:].isalpha() and more[:1].isalpha()
    return f"{text}{' ' if latin else ''}{more}"


def _is_page_number(line: _TextLine) -> bool:
    """Whether a line at a page's top or foot is its number; a bare figure must stand where no table reaches."""
    bare = line.text.strip(" -—–·~第页")
    if len(line.text) > 12 or not bare.isdecimal() or len(bare) > 3:
        return False
    share = line.top / line.height
    return bool(share < 0.06 or share > (0.85 if line.text.strip() == bare else 0.6))


def _limit() -> None:
    """Bounds this process's memory, where the system can."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):
        pass


def _serve() -> None:
    import logging

    logging.disable(logging.CRITICAL)
    _limit()
    try:
        answer: dict[str, Any] = {"lines": _extract(sys.stdin.buffer.read())}
    except _Problem as problem:
        answer = {"problem": str(problem)}
    except MemoryError:
        answer = {"problem": "large"}
    except Exception:
        answer = {"problem": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))


if __name__ == "__main__":
    _serve()
