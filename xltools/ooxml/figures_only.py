"""Workbooks of other kinds (.xls, WPS .et, .ods): read for their figures, their formulas cannot be seen."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Literal

from lxml import etree

from xltools.address import Box
from xltools.expressions import expression
from xltools.ooxml.cells import CELLS_LIMIT, DATED, VAST_LIMIT, Cell, SheetCells, held
from xltools.ooxml.drawings import Drawing
from xltools.ooxml.ole import Odd, extent, locked, odd_cells
from xltools.ooxml.package import Package
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.styles import PLAIN as PLAIN_STYLE
from xltools.ooxml.styles import Style, Styles
from xltools.ooxml.trees import Unreadable, local_name

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of the stream in which Office keeps a workbook with a password."""


class FiguresWorkbook(ReceivedWorkbook):
    """A workbook of another kind (.xls, WPS .et, .ods), read for its figures: its formulas cannot be seen."""

    audited = False
    macros = False
    properties: dict[str, str] = {}  # noqa: RUF012 - never written to
    saved = ""
    day_zero = 0
    _styles = Styles()

    def drawings(self, name: str) -> list[Drawing]:
        return []

    def __init__(self, content: bytes, odd: Sequence[Mapping[tuple[int, int], Odd]]) -> None:
        import io

        import python_calamine as calamine

        try:
            with _hushed():
                workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
                self._read = {name: _figures(workbook.get_sheet_by_name(name)) for name in workbook.sheet_names}
            for cells, theirs in zip(self._read.values(), odd, strict=True):
                cells.cells |= {spot: _odd_cell(cells.at(*spot), *what) for spot, what in theirs.items()}
        except (Unreadable, KeyboardInterrupt, MemoryError):
            raise
        except calamine.PasswordError as problem:
            raise Unreadable("file-encrypted") from problem
        except BaseException as problem:  # calamine panics over what is broken: no Exception to Python
            raise Unreadable("file-damaged", "内容不完整") from problem
        self._parts = dict.fromkeys(self._read, "")
        self.hidden = {m.name for m in workbook.sheets_metadata if m.visible != calamine.SheetVisibleEnum.Visible}

    def part(self, name: str) -> bytes:
        return b""

    def plain_styles(self, name: str, *, whole: bool) -> frozenset[int]:
        return _ANY_STYLE

    def plain_words(self, name: str) -> frozenset[int]:
        return _ANY_STYLE

    def looks(self, name: str, spot: tuple[int, int], cell: Cell) -> str:
        return ""

    def styles(self, name: str, spot: tuple[int, int], cell: Cell) -> Sequence[Style]:
        return (PLAIN_STYLE,)


_ANY_STYLE = frozenset((0, DATED))
"""Those that cells of these kinds have: how they look cannot be seen."""


@contextmanager
def _hushed() -> Iterator[None]:
    """Keeps off stderr what a library written in Rust says there when it panics; the finding says it in words."""
    try:
        stderr = os.dup(2)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


def _figures(sheet: Any) -> SheetCells:
    found = SheetCells()
    if sheet.end is not None and (sheet.end[0] + 1) * (sheet.end[1] + 1) > VAST_LIMIT:
        raise Unreadable("file-unsafe", "单元格多得不合理")
    for row, values in enumerate(sheet.to_python(skip_empty_area=False)):
        for column, value in enumerate(values):
            if value != "" and value is not None:
                found.put((row, column), _figure_cell(value))
    found.merged = [Box(*first, *last).span for first, last in sheet.merged_cell_ranges or ()]
    return found


def _figure_cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return Cell("boolean", str(int(value)))
    if isinstance(value, (int, float)):
        return Cell("number", repr(value))
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return Cell("number", str((value - date(1899, 12, 30)).days), style=DATED)
    return Cell("text", held(str(value)))


def _odd_cell(cell: Cell, kind: Literal["boolean", "error", "formula"], value: str, by_formula: bool) -> Cell:
    formula = "…" if by_formula else None
    return cell._replace(formula=formula) if kind == "formula" else Cell(kind, value, formula)


def looked_over(content: bytes) -> list[dict[tuple[int, int], Odd]]:
    """Errors, truth values and formulas of the sheets of an old workbook; Unreadable where these are too large."""
    try:
        if _ENCRYPTED in content or locked(content):
            raise Unreadable("file-encrypted")
        if extent(content) > VAST_LIMIT:
            raise Unreadable("file-unsafe", "单元格多得不合理")
        return odd_cells(content)
    except ValueError as problem:
        raise Unreadable("file-damaged", "内容不完整") from problem


_STRUCTURE = tuple(f"{{urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0}}*" for kind in ("office", "table"))


def tidied(package: Package, content: bytes) -> bytes:
    """An .ods without the white space that some programs put between its elements: another reader takes it for contents."""
    root = package.xml("content.xml")
    white = False
    for element in root.iter(*_STRUCTURE):
        if element.text and not element.text.strip():
            element.text, white = None, True
        for child in element:
            if child.tail and not child.tail.strip():
                child.tail, white = None, True
    return package.replaced({"content.xml": etree.tostring(root)}) if white else content


def tables(package: Package) -> Iterator[dict[tuple[int, int], Odd]]:
    """Errors, truth values and formulas of the sheets of an .ods.

    Refuses one whose few lines, each repeated a million times, would fill the memory before they could be counted.
    """
    vast = odd_ones = 0
    for table in package.xml("content.xml").iter("{*}table"):
        odd: dict[tuple[int, int], Odd] = {}
        height = wide = tall = 0
        for row in table.iter("{*}table-row"):
            times = _repeated(row, "rows")
            columns = 0
            for cell in row:
                across = _repeated(cell, "columns")
                if what := _odd_in(cell):
                    odd_ones += times * across
                    if odd_ones > CELLS_LIMIT:
                        raise Unreadable("file-unsafe", "单元格多得不合理")
                    odd |= {(height + r, columns + c): what for r in range(times) for c in range(across)}
                columns += across
                if len(cell) or any(name.endswith("}value-type") for name in cell.attrib):
                    wide, tall = max(wide, columns), height + times
            height += times
        vast += wide * tall
        if table.getparent().tag.endswith("}spreadsheet"):
            yield odd
    if vast > VAST_LIMIT:
        raise Unreadable("file-unsafe", "单元格多得不合理")


def _odd_in(cell: Any) -> Odd | None:
    """What an .ods says of a cell beside its value."""
    said = [(local_name(key), value) for key, value in cell.attrib.items()]
    kinds, formula = [v for k, v in said if k == "value-type"], any(k == "formula" for k, _ in said)
    words = "".join(cell.itertext()).strip()
    if "error" in kinds or (formula and _ERROR_WORDS.match(words)):
        return "error", words, formula
    if "boolean" in kinds:
        return "boolean", "1" if ("boolean-value", "true") in said else "0", formula
    return ("formula", "", True) if formula else None


_ERROR_WORDS = expression(r"#[A-Z/0!?]+\Z|(?:Err|错误)[:：][0-9]+\Z")


def _repeated(element: Any, lines: str) -> int:
    try:
        return max(1, int(next((v for k, v in element.attrib.items() if k.endswith(f"}}number-{lines}-repeated")), 1)))
    except ValueError as problem:
        raise Unreadable("file-damaged", "内容不完整") from problem
