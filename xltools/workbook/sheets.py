"""The sheets of a received workbook as cells: what is stored, and the formula beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from math import isfinite
from typing import Any, Literal

from xltools.address import parse_a1, shifted
from xltools.characters import whole
from xltools.workbook.ole import extent
from xltools.workbook.package import OLE, Package, Unreadable

CellKind = Literal["number", "text", "boolean", "error"]

FORMULA_LIMIT, SHARED_LIMIT = 2**14, 2**19
"""Characters of one formula, twice as many as Excel takes; and of all that are given as copies of others."""
TEXT_LIMIT = 32_767
"""Characters of a cell, as Excel has them: one outside the first plane counts twice."""
SHEETS_LIMIT = 256
VAST_LIMIT = 2_000_000
WORK_LIMIT = 1_000_000
"""Cells of a workbook, empty ones too; a row costs as much as five."""
CELLS_LIMIT, LIST_LIMIT = 50_000, 5_000_000
"""Cells that hold anything: on all sheets together, and on a long list of a summary, which is read row by row and never
kept: twenty thousand agencies have no more on their 明细."""
ROWS, COLUMNS = 2**20, 2**14
"""As many as a sheet can have."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as stored: a number keeps the digits of the file; a formula's cell also has its stored value (or none)."""

    kind: CellKind
    value: str
    formula: str | None = None
    style: int = 0

    @property
    def blank(self) -> bool:
        return self.value == "" and self.formula is None

    @property
    def number(self) -> Decimal | None:
        """The stored number as typed: Excel writes 59237.2449 with 17 digits, the shortest decimal of its double is it."""
        if self.kind != "number" or not self.value or "_" in self.value or not self.value.isascii():
            return None
        try:
            value = float(self.value)
        except ValueError:
            return None
        return Decimal(repr(value)) if isfinite(value) else None

    @property
    def text(self) -> str:
        """The value in words."""
        if self.kind == "number":
            value = self.number
            if value is None:
                return self.value
            return f"{value.normalize():f}"
        return self.value


EMPTY = Cell("text", "")
DATED = -1
"""The style of a cell that its own program calls a date."""


class SheetCells:
    """One sheet's cells by row and column, whether it is protected, how many cells have an input rule."""

    def __init__(self, cells: dict[tuple[int, int], Cell] | None = None, *, protected: bool = True) -> None:
        self.cells = {} if cells is None else cells
        self.protected = protected
        self.validations = 0

    def at(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), EMPTY)

    def text(self, row: int, column: int) -> str:
        return self.at(row, column).text

    def put(self, spot: tuple[int, int], cell: Cell) -> None:
        """Adds a cell; ValueError for a second one in its place."""
        if spot in self.cells:
            raise ValueError(spot)
        self.cells[spot] = cell


class Room:
    """How much of a workbook may still be read: cells that hold anything, and the work of going over rows and cells."""

    def __init__(self, cells: int, work: int = WORK_LIMIT) -> None:
        self.cells, self.work = cells, work

    def take(self, cells: int, work: int) -> None:
        """Unreadable where there is more than any of our workbooks has."""
        self.cells -= cells
        self.work -= work
        if self.cells < 0 or self.work < 0:
            raise Unreadable("file-unsafe", "单元格多得不合理")


def _by_row(sheet: SheetCells) -> Iterator[tuple[int, dict[int, Cell]]]:
    """The rows of a sheet that has been read whole."""
    for row, group in groupby(sorted(sheet.cells.items()), lambda item: item[0][0]):
        yield row, {column: cell for (_, column), cell in group}


SHEET_TAGS = ("row", "sheetProtection", "dataValidations")


def read_sheet(elements: Iterable[Any], strings: Sequence[str], room: Room) -> SheetCells:
    """The cells of a worksheet part, given the elements with ``SHEET_TAGS``; ValueError or IndexError where it is broken."""
    found = SheetCells(protected=False)
    formulas = _Formulas()
    row_tag, row_number = "", -1
    for element in elements:
        tag = element.tag
        if tag != row_tag:
            name = tag.rpartition("}")[2]
            if name == "sheetProtection":
                found.protected = element.get("sheet") in ("1", "true")
            elif name == "dataValidations":
                found.validations += len(element)
            if name != "row":
                continue
            row_tag = tag
        given, before = element.get("r"), len(found.cells)
        row_number = int(given) - 1 if given else row_number + 1
        for spot, cell in _cells(element, row_number, tag.removesuffix("row"), strings, formulas):
            found.put(spot, cell)
        room.take(len(found.cells) - before, len(element) + 5)
    return found


def read_rows(elements: Iterable[Any], strings: Sequence[str], room: Room) -> Iterator[tuple[int, dict[int, Cell]]]:
    """The rows of a worksheet part one by one, their cells by column; ValueError or IndexError where it is broken."""
    formulas = _Formulas()
    number = -1
    for element in elements:
        given = element.get("r")
        row = int(given) - 1 if given else number + 1
        if row <= number:
            raise ValueError(row)
        number = row
        cells: dict[int, Cell] = {}
        for (there, column), cell in _cells(element, row, element.tag.removesuffix("row"), strings, formulas):
            if there != row or column in cells:
                raise ValueError((there, column))
            cells[column] = cell
        room.take(len(cells), len(element) + 5)
        yield row, cells


def _cells(
    row: Any, row_number: int, ns: str, strings: Sequence[str], formulas: _Formulas
) -> Iterator[tuple[tuple[int, int], Cell]]:
    """The cells of a row that hold anything, each with its place."""
    v_tag, f_tag = f"{ns}v", f"{ns}f"
    column = -1
    for c in row.iterchildren(f"{ns}c"):
        where = c.get("r")
        spot = parse_a1(where) if where else (row_number, column + 1)
        column = spot[1]
        if not len(c):
            continue
        if not 0 <= spot[0] < ROWS or column >= COLUMNS:
            raise ValueError(spot)
        value, formula = "", None
        kind = c.get("t", "n")
        for child in c:
            tag = child.tag
            if tag == v_tag:
                value = _text(child)
            elif tag == f_tag:
                formula = formulas.read(child, spot)
            elif tag == f"{ns}is":
                value = _plain(child, ns)
        if kind == "s":
            value = _shared(strings, value) if value else ""
        elif kind == "str":
            value = unescaped(value)
        if value or formula is not None:
            yield spot, Cell(_KINDS.get(kind, "text"), _held(value), formula, int(c.get("s", 0)))


def _text(element: Any) -> str:
    """The text of an element that may hold nothing else."""
    if len(element):
        raise ValueError(element.tag)
    return element.text or ""


def _shared(strings: Sequence[str], value: str) -> str:
    number = int(value)
    if number < 0:
        raise IndexError(value)
    return strings[number]


class _Formulas:
    """The formulas of a sheet. A shared one is written once, in its first cell, and moved along for the others."""

    def __init__(self) -> None:
        self._masters: dict[str, tuple[int, int, str]] = {}
        self._room = SHARED_LIMIT

    def read(self, element: Any, spot: tuple[int, int]) -> str:
        """A formula's text; ValueError where it is longer than any program writes it."""
        text = _text(element)
        if len(text) > FORMULA_LIMIT:
            raise ValueError(text[:80])
        if element.get("t") != "shared":
            return text
        group = element.get("si", "")
        if text:
            self._masters[group] = (*spot, text)
        elif group in self._masters:
            row, column, master = self._masters[group]
            self._room -= len(master)
            if self._room < 0:
                raise Unreadable("file-unsafe", "公式多得不合理")
            return shifted(master, spot[0] - row, spot[1] - column)
        return text


_KINDS: dict[str, CellKind] = {
    "n": "number",
    "s": "text",
    "str": "text",
    "inlineStr": "text",
    "b": "boolean",
    "e": "error",
    "d": "text",
}


def _plain(element: Any, ns: str) -> str:
    """The text of a rich or plain string; phonetic hints are left out."""
    parts = []
    for child in element:
        if child.tag == f"{ns}t":
            parts.append(child.text or "")
        elif child.tag == f"{ns}r":
            parts.extend(t.text or "" for t in child.iterfind(f"{ns}t"))
    return unescaped("".join(parts))


def _held(text: str) -> str:
    """A text that a cell holds; Unreadable for a longer one, which Excel would cut, and we could not write again."""
    if len(text) > TEXT_LIMIT // 2 and len(text.encode("utf-16-le")) > 2 * TEXT_LIMIT:
        raise Unreadable("file-unsafe", f"有一格里的文字超过 {TEXT_LIMIT} 个字，Excel 的一格放不下")
    return text


def unescaped(text: str) -> str:
    """A stored text with its escapes (_x000D_ for a control character) undone; two of them may be one character."""
    return whole(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)) if "_x" in text else text


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class ReceivedWorkbook:
    """A workbook read from its parts: sheets by name, document properties. Nothing of it is trusted."""

    audited = True
    """Whether formulas can be seen, and so held against the form as issued."""

    def __init__(self, package: Package) -> None:
        self.package = package
        root = self.package.xml(self.package.workbook_part)
        if root is None:
            raise Unreadable("file-not-workbook", "里面没有工作簿")
        ns = root.tag[: root.tag.rindex("}") + 1] if "}" in root.tag else ""
        targets = {id_: target for _, target, id_ in self.package.relations(self.package.workbook_part)}
        self._parts: dict[str, str] = {}
        self.hidden: set[str] = set()
        for sheet in root.iterfind(f"{ns}sheets/{ns}sheet"):
            relation = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
            if sheet.get("name", "") in self._parts:
                raise Unreadable("file-damaged", f"有两张工作表都叫“{sheet.get('name', '')}”")
            if len(self._parts) == SHEETS_LIMIT:
                raise Unreadable("file-unsafe", "工作表多得不合理")
            self._parts[sheet.get("name", "")] = targets.get(relation, "")
            if sheet.get("state", "visible") != "visible":
                self.hidden.add(sheet.get("name", ""))
        self._read: dict[str, SheetCells] = {}
        self._room = Room(CELLS_LIMIT)

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(self._parts)

    @property
    def macros(self) -> bool:
        """Whether it carries macros. They are never run."""
        return any(name.endswith("vbaProject.bin") for name in self.package.names)

    def rename(self, there: str, name: str) -> None:
        """Takes a sheet under another name for the one it is."""
        self._parts[name] = self._parts.pop(there)
        if there in self._read:
            self._read[name] = self._read.pop(there)
        if there in self.hidden:
            self.hidden = self.hidden - {there} | {name}

    def part(self, name: str) -> bytes:
        """A part of the file, to the byte."""
        return self.package.part(name)

    def sheet(self, name: str) -> SheetCells:
        """The cells of a sheet; KeyError where there is none."""
        if name not in self._read:
            part = self._parts[name]
            if part not in self.package.names:
                raise Unreadable("file-damaged", f"工作表“{name}”没有内容")
            try:
                self._read[name] = read_sheet(self.package.elements(part, *SHEET_TAGS), self._strings, self._room)
            except (ValueError, IndexError) as problem:
                raise Unreadable("file-damaged", f"工作表“{name}”的内容不完整") from problem
        return self._read[name]

    def rows(self, name: str) -> Iterator[tuple[int, dict[int, Cell]]]:
        """The rows of a long list one by one, their cells by column, none of them kept; KeyError where there is no such sheet."""
        if name in self._read:
            yield from _by_row(self._read[name])
            return
        part = self._parts[name]
        if part not in self.package.names:
            raise Unreadable("file-damaged", f"工作表“{name}”没有内容")
        try:
            yield from read_rows(self.package.streamed(part, "row"), self._strings, Room(LIST_LIMIT, 2 * LIST_LIMIT))
        except (ValueError, IndexError) as problem:
            raise Unreadable("file-damaged", f"工作表“{name}”的内容不完整") from problem

    def is_date(self, cell: Cell) -> bool:
        """Whether a number is shown as a date: a program made it one from something like 3/4."""
        if cell.style == DATED:
            return True
        # Styles are only looked up for numbers that could be a day of the last or the next decades, or a time of day.
        value = cell.number
        if value is None or not (20_000 < value < 80_000 or 0 < value < 1):
            return False
        return cell.style in self._date_styles

    @cached_property
    def _date_styles(self) -> frozenset[int]:
        root = self._related("/styles")
        if root is None:
            return frozenset()
        ns = root.tag[: root.tag.index("}") + 1] if "}" in root.tag else ""
        dates = {str(n) for n in (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))}
        for item in root.iterfind(f"{ns}numFmts/{ns}numFmt"):
            if _DATE_FORMAT.search(_QUOTED.sub("", item.get("formatCode", ""))):
                dates.add(item.get("numFmtId", ""))
        return frozenset(n for n, xf in enumerate(root.iterfind(f"{ns}cellXfs/{ns}xf")) if xf.get("numFmtId") in dates)

    @cached_property
    def _strings(self) -> list[str]:
        root = self._related("/sharedStrings")
        if root is None:
            return []
        ns = root.tag[: root.tag.index("}") + 1] if "}" in root.tag else ""
        return [_plain(item, ns) for item in root.iterfind(f"{ns}si")]

    def _related(self, kind: str) -> Any:
        """The root of the part that the workbook names as its texts, its styles …; None where it names none."""
        for found, target, _ in self.package.relations(self.package.workbook_part):
            if found.endswith(kind):
                return self.package.xml(target)
        return None

    @cached_property
    def properties(self) -> dict[str, str]:
        """Custom document properties."""
        for kind, target, _ in self.package.relations(""):
            if kind.endswith(("/custom-properties", "/customProperties")):
                root = self.package.xml(target)
                return {p.get("name", ""): unescaped("".join(p.itertext())) for p in (root if root is not None else ())}
        return {}

    @property
    def saved(self) -> str:
        """When the workbook was last saved, by its own record; "" where it keeps none."""
        root = self.package.xml("docProps/core.xml")
        for item in root if root is not None else ():
            if isinstance(item.tag, str) and item.tag.endswith("}modified"):
                return (item.text or "").replace("T", " ").removesuffix("Z")
        return ""


_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_FORMAT = re.compile(r"[yYdD]|[hH]:?m|年|月|日")


_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of the stream in which Office keeps a workbook with a password."""


class FiguresWorkbook(ReceivedWorkbook):
    """A workbook of another kind (.xls, WPS .et, .ods), read for its figures: its formulas cannot be seen."""

    audited = False
    macros = False
    properties: dict[str, str] = {}  # noqa: RUF012 - never written to
    saved = ""

    def __init__(self, content: bytes) -> None:
        import io

        import python_calamine as calamine

        try:
            with _hushed():
                workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
                self._read = {name: _figures(workbook.get_sheet_by_name(name)) for name in workbook.sheet_names}
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

    @property
    def _date_styles(self) -> frozenset[int]:
        return frozenset()


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
    return Cell("text", _held(str(value)))


def open_workbook(content: bytes) -> ReceivedWorkbook:
    """A received file as a workbook, whatever kind it is; Unreadable says why not."""
    if content[:8] == OLE:
        _refuse_vast_ole(content)
        return FiguresWorkbook(content)
    package = Package(content)
    if package.kind == "ods":
        _refuse_vast(package)
        return FiguresWorkbook(content)
    return ReceivedWorkbook(package)


def _refuse_vast_ole(content: bytes) -> None:
    if _ENCRYPTED in content:
        raise Unreadable("file-encrypted")
    try:
        cells = extent(content)
    except ValueError as problem:
        raise Unreadable("file-damaged", "内容不完整") from problem
    if cells > VAST_LIMIT:
        raise Unreadable("file-unsafe", "单元格多得不合理")


def _refuse_vast(package: Package) -> None:
    """Refuses an .ods whose few lines, each repeated a million times, would fill the memory before they could be counted."""
    vast = 0
    for table in package.xml("content.xml").iter("{*}table"):
        height = wide = tall = 0
        for row in table.iter("{*}table-row"):
            height += _repeated(row, "rows")
            columns = 0
            for cell in row:
                columns += _repeated(cell, "columns")
                if len(cell) or any(name.endswith("}value-type") for name in cell.attrib):
                    wide, tall = max(wide, columns), height
        vast += wide * tall
    if vast > VAST_LIMIT:
        raise Unreadable("file-unsafe", "单元格多得不合理")


def _repeated(element: Any, lines: str) -> int:
    try:
        return max(1, int(next((v for k, v in element.attrib.items() if k.endswith(f"}}number-{lines}-repeated")), 1)))
    except ValueError as problem:
        raise Unreadable("file-damaged", "内容不完整") from problem
