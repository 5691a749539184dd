"""A document as lines of cells, whatever it came from, and the bounds that every reader keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from xltools.classes import dataclass

BYTES_LIMIT = 50 * 2**20
"""Bytes of a report: a scanned one has some; one with a text is far below."""
TEXT_LIMIT = 8 * 2**20
"""Characters of a report: a hundred times the longest seen."""
LINES_LIMIT = 60_000
CELLS_LIMIT = 120_000
WIDTH_LIMIT = 1000
"""Columns that a cell may span, or that a row may have."""


class ReportRefused(Exception):
    """A document that cannot be read: the code of the finding, and the reason in words."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A piece of text; in a grid, with the columns it stands over."""

    text: str
    column: int = 0
    width: int = 1


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A paragraph (one cell), or a row of a table.

    ``grid`` numbers the table it is a row of; there every cell has its place, empty ones too. 0 is running text, whose cells, if it
    has several, came apart at separators: blanks may have got lost between them.
    """

    cells: tuple[PrintedCell, ...]
    place: str
    grid: int = 0

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells if cell.text.strip())


@dataclass
class Document:
    """The lines of a document in reading order. ``open_end`` tells that its very last characters may be cut off."""

    lines: list[PrintedLine] = field(default_factory=list)
    open_end: bool = False
    cells: int = 0

    def add(self, line: PrintedLine) -> None:
        """Puts a line at the end; Refused where there are too many."""
        self.cells += len(line.cells)
        if len(self.lines) >= LINES_LIMIT or self.cells > CELLS_LIMIT:
            raise ReportRefused("import-unsafe", "行或单元格太多")
        self.lines.append(line)


def paragraphs(text: str, place: str) -> Iterator[PrintedLine]:
    """A text's lines as paragraphs, without empty ones."""
    for line in text.splitlines():
        if line.strip():
            yield PrintedLine((PrintedCell(line.strip()),), place)
