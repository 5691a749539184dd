"""The sheets of a received workbook as cells: what is stored, and the formula beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import groupby
from math import isfinite
from typing import Any, Literal, NamedTuple

from xltools.address import COLUMNS, ROWS, Box, parse_a1, parse_range, shifted
from xltools.characters import whole
from xltools.ooxml import scan
from xltools.ooxml.number_formats import is_date
from xltools.ooxml.ole import Odd, extent, odd_cells
from xltools.ooxml.package import OFFICE, OLE, Package, Unreadable, ambiguous, main_namespace, parsed
from xltools.ooxml.styles import PLAIN as PLAIN_STYLE
from xltools.ooxml.styles import Style, Styles, look_of, read_styles, rule_style

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


class Cell(NamedTuple):
    """A cell as stored: a number keeps the digits of the file; a formula's cell also has its stored value (or none)."""

    kind: CellKind
    value: str
    formula: str | None = None
    style: int = 0
    look: str = ""
    """What makes its text other than plain: struck out, raised, too pale to see."""

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
DAYS_1904 = 1462
"""What must be added to the day numbers of a workbook that counts from 1904."""
DATED = -1
"""The style of a cell that its own program calls a date."""


class SheetCells:
    """One sheet's cells by row and column, whether it is protected, how many cells have an input rule, which are covered."""

    def __init__(self, cells: dict[tuple[int, int], Cell] | None = None, *, protected: bool = True) -> None:
        self.cells = {} if cells is None else cells
        self.protected = protected
        self.validations = 0
        self.merged: list[str] = []
        """The ranges that are one cell, as the file has them."""
        self.spilled: list[str] = []
        """The ranges that one formula fills."""

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


SHEET_TAGS = ("sheetProtection", "dataValidations", "mergeCells")
"""What is read of a worksheet beside its rows."""


def read_sheet(elements: Iterable[Any], strings: Strings, room: Room) -> SheetCells:
    """The cells of a worksheet part, given its rows and the elements with ``SHEET_TAGS``; ValueError or IndexError where it is
    broken."""
    found = SheetCells(protected=False)
    formulas = _Formulas(found.spilled)
    row_tag, row_number = "", -1
    for element in elements:
        tag = element.tag
        if tag != row_tag:
            name = tag.rpartition("}")[2]
            if name == "sheetProtection":
                found.protected = element.get("sheet") in ("1", "true")
            elif name == "dataValidations":
                found.validations += len(element)
            elif name == "mergeCells":
                room.take(0, len(element))
                found.merged += [m.get("ref", "") for m in element]
            elif name != "row" or row_tag:
                raise ambiguous("一张工作表的行里夹有别的内容")
            else:
                row_tag = tag
            if name != "row":
                continue
        before, above, given = len(found.cells), row_number, element.get("r")
        row_number = int(given) - 1 if given else above + 1
        if not above < row_number < ROWS:  # it stands above, or twice
            raise ValueError(given)
        for column, cell in _cells(element, row_number, tag.removesuffix("row"), strings, formulas):
            found.cells[row_number, column] = cell
        room.take(len(found.cells) - before, len(element) + 5)
    return found


def _plainly(beside: Iterable[Any], rows: str, strings: Strings, room: Room) -> SheetCells:
    """The cells of a worksheet's rows as text, given what stands beside them; ValueError where they are not plain."""
    found = read_sheet(beside, strings, room)
    cells = found.cells
    for (row, column, kind, style, _), value, formula in scan.cells(rows, room.take):
        look = ""
        if kind == "s":
            value, look = strings.at(value) if value else ("", "")
        elif kind == "str":
            value = unescaped(value)
        if len(value) > TEXT_LIMIT // 2 or (formula and len(formula) > FORMULA_LIMIT):
            raise ValueError(value[:80])
        if value or formula:
            cells[row, column] = Cell(_KINDS[kind], value, formula, style, look)
    return found


def read_rows(elements: Iterable[Any], strings: Strings, room: Room) -> Iterator[tuple[int, dict[int, Cell]]]:
    """The rows of a worksheet part one by one, their cells by column; ValueError or IndexError where it is broken."""
    formulas = _Formulas([])
    row = -1
    for element in elements:
        above, given = row, element.get("r")
        row = int(given) - 1 if given else above + 1
        if not above < row < ROWS:
            raise ValueError(given)
        cells = dict(_cells(element, row, element.tag.removesuffix("row"), strings, formulas))
        room.take(len(cells), len(element) + 5)
        yield row, cells


@lru_cache(maxsize=8)
def _cell_tags(ns: str) -> tuple[str, ...]:
    return tuple(f"{ns}{tag}" for tag in ("c", "v", "f", "is", "extLst"))


def _cells(row: Any, row_number: int, ns: str, strings: Strings, formulas: _Formulas) -> Iterator[tuple[int, Cell]]:
    """The cells of a row that hold anything, each with its column; ValueError where one stands twice, or in another row."""
    c_tag, v_tag, f_tag, is_tag, more_tag = _cell_tags(ns)
    column = -1
    for c in row:
        if c.tag != c_tag:
            if c.tag == more_tag:
                continue
            raise ambiguous("一张工作表的格里夹有别的内容")
        where, before = c.get("r"), column
        if where:
            there, column = parse_a1(where)
            if there != row_number:
                raise ValueError(where)
        else:
            column += 1
        if not before < column < COLUMNS:
            raise ValueError(where)
        if not len(c):
            continue
        value = formula = None
        look = ""
        kind = c.get("t", "n")
        for child in c:
            tag = child.tag
            if tag == v_tag and value is None:
                value = _text(child)
            elif tag == f_tag and formula is None:
                formula = formulas.read(child, (row_number, column))
            elif tag == is_tag and value is None and kind == "inlineStr":
                value, look = _plain(child, ns)
            elif tag != more_tag:
                raise ambiguous("一个单元格的内容前后矛盾")
        if kind == "s":
            value, look = strings.at(value) if value else ("", "")
        elif kind == "str" and value:
            value = unescaped(value)
        if value or formula is not None:
            yield column, Cell(_KINDS[kind], _held(value or ""), formula, int(c.get("s", 0)), look)


def _text(element: Any) -> str:
    """The text of an element that may hold nothing else."""
    if len(element):
        raise ValueError(element.tag)
    return element.text or ""


class Strings:
    """The shared texts of a workbook, and what makes some of them other than plain."""

    def __init__(self, texts: Iterable[tuple[str, str]] = ()) -> None:
        self._texts = list(texts)

    def at(self, index: str) -> tuple[str, str]:
        """A text and its look; ValueError or IndexError where there is none."""
        number = int(index)
        if number < 0:
            raise IndexError(index)
        return self._texts[number]


class _Formulas:
    """The formulas of a sheet. A shared one is written once, in its first cell, and moved along for the others."""

    def __init__(self, spilled: list[str]) -> None:
        self._masters: dict[str, tuple[int, int, str]] = {}
        self._room = SHARED_LIMIT
        self._spilled = spilled

    def read(self, element: Any, spot: tuple[int, int]) -> str:
        """A formula's text; ValueError where it is longer than any program writes it."""
        text = _text(element)
        if len(text) > FORMULA_LIMIT:
            raise ValueError(text[:80])
        kind = element.get("t", "normal")
        if kind in ("array", "dataTable"):
            self._spilled.append(element.get("ref", ""))
        if kind != "shared":
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


def _plain(element: Any, ns: str) -> tuple[str, str]:
    """The text of a rich or plain string, and what makes it other than plain; phonetic hints are left out."""
    if len(element) == 1 and element[0].tag == f"{ns}t":
        return unescaped(element[0].text or ""), ""
    parts: list[str] = []
    looks: dict[str, None] = {}
    t_tag, r_tag = f"{ns}t", f"{ns}r"
    for child in element:
        if child.tag == t_tag and not parts:
            parts.append(child.text or "")
        elif child.tag == r_tag:
            text, look = _run(child, ns)
            parts.append(text)
            if look and text.strip():
                looks[look] = None
        elif child.tag not in (f"{ns}rPh", f"{ns}phoneticPr"):
            raise ambiguous("一段文字有两份内容")
    return unescaped("".join(parts)), "、".join(looks)


def _run(element: Any, ns: str) -> tuple[str, str]:
    """The text of a run, and its look."""
    texts = [t.text or "" for t in element.iterchildren(f"{ns}t")]
    if len(texts) > 1:
        raise ambiguous("一段文字有两份内容")
    return "".join(texts), look_of(element.find(f"{ns}rPr"), ns)


def _held(text: str) -> str:
    """A text that a cell holds; Unreadable for a longer one, which Excel would cut, and we could not write again."""
    if len(text) > TEXT_LIMIT // 2 and len(text.encode("utf-16-le")) > 2 * TEXT_LIMIT:
        raise Unreadable("file-unsafe", f"有一格里的文字超过 {TEXT_LIMIT} 个字，Excel 的一格放不下")
    return text


def unescaped(text: str) -> str:
    """A stored text with its escapes (_x000D_ for a control character) undone; two of them may be one character."""
    return whole(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)) if "_x" in text else text


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


_RULE_STYLE = re.compile(rb"dxfId=[\"']([0-9]{1,6})")
_STYLES_KEPT = 2**17


@lru_cache(maxsize=32)
def _styles_of(content: bytes) -> Styles:
    """The styles of a styles part: the filings of a season share a few."""
    return read_styles(parsed(content)) if content else Styles()


class ReceivedWorkbook:
    """A workbook read from its parts: sheets by name, document properties. Nothing of it is trusted."""

    audited = True
    """Whether formulas can be seen, and so held against the form as issued."""

    def __init__(self, package: Package) -> None:
        self.package = package
        root = self.package.xml(self.package.workbook_part)
        if root is None:
            raise Unreadable("file-not-workbook", "里面没有工作簿")
        ns = main_namespace(root, "workbook")
        if sum(1 for _ in root.iter("{*}sheets")) > 1:
            raise ambiguous("有两份工作表目录")
        targets = {id_: target for _, target, id_ in self.package.relations(self.package.workbook_part)}
        self._parts: dict[str, str] = {}
        self.hidden: set[str] = set()
        for sheet in root.iterfind(f"{ns}sheets/{ns}sheet"):
            name = sheet.get("name", "")
            ids = [key for key in sheet.attrib if key.endswith("}id")]
            if len(ids) > 1:
                raise ambiguous(f"工作表“{name}”指向几个部分")
            relation = next((sheet.get(key) for key in ids if key.removesuffix("id").strip("{}") in OFFICE), "")
            if name in self._parts:
                raise Unreadable("file-damaged", f"有两张工作表都叫“{name}”")
            if len(self._parts) == SHEETS_LIMIT:
                raise Unreadable("file-unsafe", "工作表多得不合理")
            self._parts[name] = targets.get(relation, "")
            if sheet.get("state", "visible") != "visible":
                self.hidden.add(name)
        settings = root.find(f"{ns}workbookPr")
        self.day_zero = DAYS_1904 if settings is not None and settings.get("date1904") in ("1", "true") else 0
        self._read: dict[str, SheetCells] = {}
        self._rules: dict[str, list[tuple[Box, Style]]] = {}
        self._room = Room(CELLS_LIMIT)

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(self._parts)

    @property
    def macros(self) -> bool:
        """Whether it carries macros. They are never run."""
        return any(name.lower().endswith("vbaproject.bin") for name in self.package.names)

    def rename(self, names: Mapping[str, str]) -> None:
        """Takes sheets under other names for the ones they are."""
        self._parts = {names.get(name, name): part for name, part in self._parts.items()}
        self._read = {names.get(name, name): cells for name, cells in self._read.items()}
        self.hidden = {names.get(name, name) for name in self.hidden}

    def part(self, name: str) -> bytes:
        """A part of the file, to the byte."""
        return self.package.part(name)

    def part_of(self, name: str) -> str:
        """The part of a sheet; KeyError where there is no such sheet."""
        return self._parts[name]

    def sheet(self, name: str) -> SheetCells:
        """The cells of a sheet; KeyError where there is none."""
        if name not in self._read:
            part = self._parts[name]
            if part not in self.package.names:
                raise Unreadable("file-damaged", f"工作表“{name}”没有内容")
            try:
                self._read[name] = self._scanned(part) or read_sheet(
                    self.package.elements(part, *SHEET_TAGS), self._strings, self._room
                )
            except (ValueError, LookupError) as problem:
                raise Unreadable("file-damaged", f"工作表“{name}”的内容不完整") from problem
        return self._read[name]

    def _scanned(self, part: str) -> SheetCells | None:
        """The cells of a part that is as plain as ours; None for any other, which must be read with more care."""
        room = (self._room.cells, self._room.work)
        try:
            halves = self.package.parted(part, *SHEET_TAGS)
            return _plainly(*halves, self._strings, self._room) if halves else None
        except (ValueError, LookupError, RuntimeError, Unreadable):
            self._room.cells, self._room.work = room
            return None

    def rows(self, name: str) -> Iterator[tuple[int, dict[int, Cell]]]:
        """The rows of a long list one by one, their cells by column, none of them kept; KeyError where there is no such sheet."""
        if name in self._read:
            yield from _by_row(self._read[name])
            return
        part = self._parts[name]
        if part not in self.package.names:
            raise Unreadable("file-damaged", f"工作表“{name}”没有内容")
        try:
            yield from read_rows(self.package.streamed(part), self._strings, Room(LIST_LIMIT, 2 * LIST_LIMIT))
        except (ValueError, LookupError) as problem:
            raise Unreadable("file-damaged", f"工作表“{name}”的内容不完整") from problem

    def styles(self, name: str, spot: tuple[int, int], cell: Cell) -> Sequence[Style]:
        """How a cell of a sheet may show what it stores, where not plainly: its own style, and those that rules may lay over it."""
        own = self._own_style(cell)
        rules = self._rules.get(name)
        if rules is None:
            rules = self._rules[name] = self._odd_rules(name)
        if not rules:
            return () if own == PLAIN_STYLE else (own,)
        row, column = spot
        return (own, *(s for b, s in rules if b.top <= row <= b.bottom and b.left <= column <= b.right))

    def _own_style(self, cell: Cell) -> Style:
        styles = self._styles.cells
        return styles[cell.style] if 0 <= cell.style < len(styles) else PLAIN_STYLE

    def number_format(self, cell: Cell) -> str:
        """The number format of a cell's own style."""
        return self._own_style(cell).number_format

    def _odd_rules(self, name: str) -> list[tuple[Box, Style]]:
        """The rules of a sheet that has been read which may lay a style other than plain over a range."""
        frame = self.package.frame(self.part_of(name))
        named = {int(n) for n in _RULE_STYLE.findall(frame)}
        odd = any(n in named for n, style in enumerate(self._styles.rules) if style != PLAIN_STYLE)
        if not odd and b"dxf>" not in frame and b"\0" not in frame:
            return []
        found = []
        for item in parsed(frame).iter("{*}conditionalFormatting"):
            spans = item.get("sqref") or "".join(e.text or "" for e in item.iter("{*}sqref"))
            for rule in item.iterchildren("{*}cfRule"):
                given = [rule_style(dxf) for dxf in rule.iterchildren("{*}dxf")]
                given += [s for n, s in enumerate(self._styles.rules) if str(n) == rule.get("dxfId")]
                found += [(parse_range(span), s) for s in given if s != PLAIN_STYLE for span in spans.split()]
        return found

    def is_date(self, cell: Cell) -> bool:
        """Whether a number is shown as a date: a program made it one from something like 3/4."""
        if cell.style == DATED:
            return True
        own = self._own_style(cell)
        if own is PLAIN_STYLE or own == PLAIN_STYLE:
            return False
        # Only a number that could be a day of the last or the next decades, or a time of day, was made one by a program.
        value = cell.number
        if value is None or not (20_000 < value < 80_000 or 0 < value < 1):
            return False
        return is_date(own.number_format)

    @cached_property
    def _styles(self) -> Styles:
        content = self.package.safe(self.package.related(self.package.workbook_part, "styles"))
        try:
            return _styles_of(content) if len(content) < _STYLES_KEPT else read_styles(parsed(content))
        except ValueError as problem:
            raise Unreadable("file-damaged", "单元格格式的内容不完整") from problem

    @cached_property
    def _strings(self) -> Strings:
        root = self.package.xml(self.package.related(self.package.workbook_part, "sharedStrings"))
        if root is None:
            return Strings()
        ns = main_namespace(root, "sst")
        if any(item.tag not in (f"{ns}si", f"{ns}extLst") for item in root):
            raise ambiguous("文字表里夹有别的内容")
        return Strings(_plain(item, ns) for item in root.iterchildren(f"{ns}si"))

    @cached_property
    def properties(self) -> dict[str, str]:
        """Custom document properties, without white space that programs put round them."""
        root = self.package.xml(self.package.related("", "custom-properties", "customProperties"))
        found = root if root is not None else ()
        return {p.get("name", ""): ungarbled(unescaped("".join(p.itertext())).strip()) for p in found}

    @property
    def saved(self) -> str:
        """When the workbook was last saved, by its own record; "" where it keeps none."""
        root = self.package.xml("docProps/core.xml")
        for item in root if root is not None else ():
            if isinstance(item.tag, str) and item.tag.endswith("}modified"):
                return (item.text or "").replace("T", " ").removesuffix("Z")
        return ""


def ungarbled(text: str) -> str:
    """A text whose UTF-8 a program took for Latin-1, as it was meant; any other as it is."""
    try:
        return text if text.isascii() else text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


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

    def styles(self, name: str, spot: tuple[int, int], cell: Cell) -> Sequence[Style]:
        return ()


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
    return Cell("text", _held(str(value)))


def _odd_cell(cell: Cell, kind: Literal["boolean", "error", "formula"], value: str, by_formula: bool) -> Cell:
    formula = "…" if by_formula else None
    return cell._replace(formula=formula) if kind == "formula" else Cell(kind, value, formula)


def open_workbook(content: bytes) -> ReceivedWorkbook:
    """A received file as a workbook, whatever kind it is; Unreadable says why not."""
    if content[:8] == OLE:
        return FiguresWorkbook(content, _looked_over(content))
    package = Package(content)
    if package.kind == "ods":
        return FiguresWorkbook(content, list(_tables(package)))
    return ReceivedWorkbook(package)


def _looked_over(content: bytes) -> list[dict[tuple[int, int], Odd]]:
    """Errors, truth values and formulas of the sheets of an old workbook; Unreadable where these are too large."""
    if _ENCRYPTED in content:
        raise Unreadable("file-encrypted")
    try:
        if extent(content) > VAST_LIMIT:
            raise Unreadable("file-unsafe", "单元格多得不合理")
        return odd_cells(content)
    except ValueError as problem:
        raise Unreadable("file-damaged", "内容不完整") from problem


def _tables(package: Package) -> Iterator[dict[tuple[int, int], Odd]]:
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
    said = [(key.rpartition("}")[2], value) for key, value in cell.attrib.items()]
    kinds, formula = [v for k, v in said if k == "value-type"], any(k == "formula" for k, _ in said)
    words = "".join(cell.itertext()).strip()
    if "error" in kinds or (formula and _ERROR_WORDS.match(words)):
        return "error", words, formula
    if "boolean" in kinds:
        return "boolean", "1" if ("boolean-value", "true") in said else "0", formula
    return ("formula", "", True) if formula else None


_ERROR_WORDS = re.compile(r"#[A-Z/0!?]+\Z|(?:Err|错误)[:：][0-9]+\Z")


def _repeated(element: Any, lines: str) -> int:
    try:
        return max(1, int(next((v for k, v in element.attrib.items() if k.endswith(f"}}number-{lines}-repeated")), 1)))
    except ValueError as problem:
        raise Unreadable("file-damaged", "内容不完整") from problem
