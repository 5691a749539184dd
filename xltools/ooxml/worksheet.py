"""A worksheet part as cells: what is stored, and the formula beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any

from xltools.address import COLUMNS, ROWS, parse_a1, shifted
from xltools.characters import whole
from xltools.expressions import expression
from xltools.ooxml import scan
from xltools.ooxml.cells import Cell, Room, SheetCells, held
from xltools.ooxml.colours import USUAL, Palette
from xltools.ooxml.pattern import KINDS, PatternedCells, patterned
from xltools.ooxml.scan import FORMULA_LIMIT
from xltools.ooxml.shared import kept
from xltools.ooxml.styles import look_of, plain_number
from xltools.ooxml.trees import (
    MAIN,
    SHEETS,
    Unreadable,
    ambiguous,
    beside_rows,
    local_name,
    main_namespace,
    refuse_unsafe,
    tree_of,
)

_RICH_VALUE = "另外附着的内容（图片、数据类型）"
"""How a cell is called that shows something kept elsewhere in the file in the place of its value."""
SHARED_LIMIT = 2**19
"""Characters of all formulas that are given as copies of others."""

SHEET_TAGS = ("sheetViews", "sheetFormatPr", "cols", "sheetProtection", "dataValidations", "mergeCells")
"""What is read of a worksheet beside its rows."""
_OFF = ("0", "false")
_NARROW, _LOW = 1, 4
"""Characters and points: a column narrower than this, or a row lower, shows nothing that could be read."""


def read_sheet(elements: Iterable[Any], strings: Strings, room: Room) -> SheetCells:
    """The cells of a worksheet part, given its rows and the elements with ``SHEET_TAGS``; ValueError or IndexError where it is
    broken."""
    found = SheetCells(protected=False)
    formulas = _Formulas(found.spilled)
    row_tag, row_number = "", -1
    frame = _Frame(found, room)
    for element in elements:
        tag = element.tag
        if tag != row_tag:
            if frame.read(element):
                continue
            if local_name(tag) != "row" or row_tag:
                raise ambiguous("一张工作表的行里夹有别的内容")
            row_tag = tag
        before, above, given = len(found.cells), row_number, element.get("r")
        row_number = plain_number(given) - 1 if given else above + 1
        if not above < row_number < ROWS:  # it stands above, or twice
            raise ValueError(given)
        if _is_unseen(element, "ht", _LOW, usual=found.low):
            found.unseen_rows.add(row_number)
        for column, cell in _cells(element, row_number, tag.removesuffix("row"), strings, formulas):
            found.cells[row_number, column] = cell
        room.take(len(found.cells) - before, len(element) + 5)
    frame.close()
    return found


class _Frame:
    """What stands beside the rows of a worksheet, as it is noted among its cells."""

    def __init__(self, found: SheetCells, room: Room) -> None:
        self._found, self._room = found, room
        self._narrow = False
        """Whether columns of which nothing is said are too narrow to be seen."""
        self._told: list[range] = []

    def read(self, element: Any) -> bool:
        """Notes an element; False for one that is none of these."""
        found, name = self._found, local_name(element.tag)
        if name == "sheetViews":
            for view in element:
                self._view(view)
        elif name == "sheetFormatPr":
            found.low = float(element.get("defaultRowHeight", _LOW)) < _LOW
            given = element.get("defaultColWidth") or element.get("baseColWidth")
            found.usual_width = float(given) if given else found.usual_width
            self._narrow = found.usual_width < _NARROW
        elif name == "cols":
            self._told += [_columns(item) for item in element]
            found.widths += [(_columns(item), float(item.get("width", found.usual_width))) for item in element]
            found.unseen_columns += [_columns(item) for item in element if _is_unseen(item, "width", _NARROW)]
        elif name == "sheetProtection":
            found.protected = element.get("sheet") in ("1", "true")
        elif name == "dataValidations":
            found.validations += len(element)
        elif name == "mergeCells":
            self._room.take(0, len(element))
            found.merged += [m.get("ref", "") for m in element]
        else:
            return False
        return True

    def close(self) -> None:
        """Notes what follows from all of it: that of some columns nothing was said."""
        column = 0
        for told in sorted((*self._told, range(COLUMNS, COLUMNS)), key=lambda told: told.start) if self._narrow else ():
            if column < told.start:
                self._found.unseen_columns.append(range(column, told.start))
            column = max(column, told.stop)

    def _view(self, view: Any) -> None:
        """What a view of the sheet does not show: zeros, and lines above or left of panes that never move."""
        self._found.shows_zeros &= view.get("showZeros", "1") not in _OFF
        for pane in view:
            if (
                local_name(pane.tag) == "pane"
                and pane.get("state", "").startswith("frozen")
                and view.get("topLeftCell")
            ):
                row, column = parse_a1(view.get("topLeftCell"))
                if float(pane.get("ySplit", "0")) > 0:
                    self._found.first_row = max(self._found.first_row, row)
                if column and float(pane.get("xSplit", "0")) > 0:
                    self._found.unseen_columns.append(range(column))


def _is_unseen(line: Any, size: str, least: float, *, usual: bool = False) -> bool:
    """Whether a row or columns are hidden, or of next to no size; ``usual``: whether those of no size of their own are."""
    given = line.get(size)
    return line.get("hidden", "0") not in _OFF or (usual if given is None else float(given) < least)


def _columns(item: Any) -> range:
    return range(plain_number(item.get("min", "")) - 1, plain_number(item.get("max", "")))


def scanned_sheet(beside: bytes, rows: bytes, strings: Strings, room: Room) -> SheetCells:
    """The cells of a worksheet part whose rows stand apart; ValueError, LookupError or RuntimeError where they are not plain."""
    frame, extended = _framed(beside)
    if frame.low:
        raise ValueError("rows without a height of their own are unseen")
    pattern, texts = patterned(rows)
    if pattern.rows.extended and not extended:
        raise ValueError("x14ac")
    looks = strings.put(texts, pattern.shared)
    for n in pattern.escaped:
        if "_x" in texts[n]:
            texts[n] = unescaped(texts[n])
    found = PatternedCells(frame, pattern, texts, looks)
    room.take(0, len(found.merged) + pattern.rows.work)
    room.take(found.count, 0)
    return found


@kept(128)
def _framed(beside: bytes) -> tuple[SheetCells, bool]:
    """What stands beside the rows of a worksheet, a sheet without cells; and whether it knows the prefix x14ac."""
    refuse_unsafe(beside)
    root = tree_of(beside)
    if root.find(f"{main_namespace(root, *SHEETS)}sheetData") is None:
        raise ValueError("sheetData")
    return read_sheet(beside_rows(root, SHEET_TAGS), Strings(), Room(0)), "x14ac" in root.nsmap


def read_rows(elements: Iterable[Any], strings: Strings, room: Room) -> Iterator[tuple[int, dict[int, Cell]]]:
    """The rows of a worksheet part one by one, their cells by column; ValueError or IndexError where it is broken."""
    formulas = _Formulas([])
    row = -1
    for element in elements:
        above, given = row, element.get("r")
        row = plain_number(given) - 1 if given else above + 1
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
                value, look = plain(child, ns, strings.palette)
            elif tag != more_tag:
                raise ambiguous("一个单元格的内容前后矛盾")
        if kind == "s":
            value, look = strings.at(value) if value else ("", "")
        elif kind == "str" and value:
            value = unescaped(value)
        if c.get("vm", "0") != "0":
            look = _RICH_VALUE
        if value or formula is not None:
            yield column, Cell(KINDS[kind], held(value or ""), formula, plain_number(c.get("s", "0")), look)


def _text(element: Any) -> str:
    """The text of an element that may hold nothing else."""
    if len(element):
        raise ValueError(element.tag)
    return element.text or ""


_NUMBERS = tuple(map(str, range(1024)))


class Strings:
    """The shared texts of a workbook, and what makes some of them other than plain."""

    def __init__(self, texts: Iterable[tuple[str, str]] = (), palette: Palette = USUAL) -> None:
        self._texts = list(texts)
        self.palette = palette
        """The colours that texts in the cells themselves name, too."""

    def at(self, index: str) -> tuple[str, str]:
        """A text and its look; ValueError or IndexError where there is none."""
        return self._texts[plain_number(index)]

    def put(self, cells: list[str], places: Iterable[int]) -> dict[int, str]:
        """Puts texts in the place of their numbers among what cells store; the looks of those that are other than plain, by place.

        ValueError or IndexError where there is no such text.
        """
        looks: dict[int, str] = {}
        known = self._by_number
        for n in places:
            if index := cells[n]:
                cells[n], look = known.get(index) or self.at(index)
                if look:
                    looks[n] = look
        return looks

    @cached_property
    def _by_number(self) -> dict[str, tuple[str, str]]:
        """The first texts by their numbers as programs write them."""
        return dict(zip(_NUMBERS, self._texts, strict=False))


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


def plain(element: Any, ns: str, palette: Palette = USUAL) -> tuple[str, str]:
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
            text, look = _run(child, ns, palette)
            parts.append(text)
            if look and text.strip():
                looks[look] = None
        elif child.tag not in (f"{ns}rPh", f"{ns}phoneticPr"):
            raise ambiguous("一段文字有两份内容")
    return unescaped("".join(parts)), "、".join(looks)


def _run(element: Any, ns: str, palette: Palette) -> tuple[str, str]:
    """The text of a run, and its look."""
    texts = [t.text or "" for t in element.iterchildren(f"{ns}t")]
    if len(texts) > 1:
        raise ambiguous("一段文字有两份内容")
    return "".join(texts), look_of(element.find(f"{ns}rPr"), ns, palette)


def scanned_strings(content: bytes, palette: Palette) -> Strings:
    """The shared texts of a workbook that are written plainly; ValueError, LookupError or Unreadable where they are not."""
    return Strings(map(_items(palette).__getitem__, scan.texts(content)), palette)


class _Items(dict[bytes, tuple[str, str]]):
    """Shared texts read once, by their XML: most are the form's own. As many are kept as there is room for."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette, self._room = palette, _ITEMS_KEPT

    def __missing__(self, item: bytes) -> tuple[str, str]:
        found = _joined(scan.runs(item), self._palette)
        self._room -= len(item)
        if self._room < 0:
            self.clear()
            self._room = _ITEMS_KEPT
        self[item] = found
        return found


_ITEMS_KEPT = 2**21
"""Bytes of shared texts."""
_items = lru_cache(maxsize=8)(_Items)


def _joined(runs: list[tuple[str, str]], palette: Palette) -> tuple[str, str]:
    """A text, and what makes it other than plain."""
    looks = dict.fromkeys(look for xml, words in runs if xml and words.strip() and (look := _look(xml, palette)))
    return unescaped("".join([words for _, words in runs])), "、".join(looks)


@lru_cache(maxsize=256)
def _look(properties: str, palette: Palette) -> str:
    """What makes a run of text other than plain, by its properties as XML."""
    content = f'<rPr xmlns="{MAIN[0].strip("{}")}">{properties}</rPr>'.encode()
    refuse_unsafe(content)
    return look_of(tree_of(content), MAIN[0], palette)


def unescaped(text: str) -> str:
    """A stored text with its escapes (_x000D_ for a control character) undone; two of them may be one character."""
    return whole(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)) if "_x" in text else text


_ESCAPE = expression(r"_x([0-9A-Fa-f]{4})_")
