"""Marked-up copies: a received workbook with failing cells coloured and commented, everything else as it came.

The copy is made by patching the file's own parts. Nothing but marks changes, locks and formats of the cells included, so that
it can be corrected and sent back; the marks of an earlier slip give way to the new ones. Only what a clerk cannot put right,
a formula typed over, is given back. The copy says which file it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from typing import Any

from lxml import etree

from xltools.address import a1, parse_a1
from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.ooxml.colours import TINTS
from xltools.ooxml.comments import annotate, says_ours
from xltools.ooxml.package import Package
from xltools.ooxml.patch import Patch
from xltools.ooxml.pieces import joined, pieces
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable, namespace
from xltools.received.properties import MARKS, ORIGINALS, STAMPS, descent
from xltools.terms import SEVERITIES, Severity

COLOURS: dict[Severity, str] = {"error": "FFFFB3AD", "query": "FFFFD57A", "note": "FFB9DCFF"}
"""The fills of marked cells: red, amber, blue; no other program has just these among its standard colours."""

_ORDER = list(SEVERITIES)
NOTE = b"xltools"
"""What stands in the zip's directory of everything that goes back; a program that saves the file leaves it out."""
_COLOUR = expression(r"(rgb|theme|indexed|tint|auto)=([0-9A-Za-z.+-]{1,24})")

Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell to be coloured, and commented where there are words. ``sheet`` is the sheet's name in the file."""

    sheet: str
    cell: str
    severity: Severity
    words: str = ""
    opened: bool = False
    """Whether it is a cell to be filled in: the copy is corrected in place, so its lock is taken off."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula to be given back to a cell, with the value it shows: a number, or None for an empty text."""

    sheet: str
    cell: str
    formula: str
    value: float | int | None


def marked(
    content: bytes,
    marks: Iterable[Mark],
    stamps: Mapping[str, str],
    originals: Sequence[str] = (),
    formulas: Iterable[Formula] = (),
) -> bytes:
    """The marked-up copy of a workbook; Unreadable where the file has a part that cannot be altered.

    ``stamps``: what its explanations were given for, by rule; ``originals``: the SHA-256 of the files it was made from; the copy
    carries both. ``formulas`` are given back. The same marks give the same bytes.
    """
    patch = Patch(content)
    sheets = patch.sheets()
    wanted = _by_sheet(marks, sheets)
    known = ReceivedWorkbook(patch.package).properties
    for given in formulas:
        if given.sheet in sheets:
            _give_back(_Cells(patch.root(sheets[given.sheet])), given)
    paint = _Paint(patch)
    was, before = _record(known), {}
    for name, part in sheets.items():
        if part not in patch.package.names or not (name in wanted or name in was or says_ours(patch, part)):
            continue
        cells = wanted.get(name, {})
        annotate(patch, part, {spot: mark.words for spot, mark in cells.items() if mark.words})
        before[name] = paint.sheet(part, cells, was.get(name, {}))
    properties = pieces(STAMPS, stamps) | pieces(MARKS, {name: _said(cells) for name, cells in before.items() if cells})
    if originals:
        properties |= pieces(ORIGINALS, descent(originals))
    patch.set_properties(properties, instead_of=(STAMPS, MARKS, ORIGINALS))
    return patch.bytes(NOTE)


def untouched(content: bytes) -> bool:
    """Whether a file that goes back is just as we wrote it, so that nobody has saved it since."""
    return Package(content).note == NOTE


def _by_sheet(marks: Iterable[Mark], sheets: Mapping[str, str]) -> dict[str, dict[Spot, Mark]]:
    """The marks of each sheet by cell, those of one cell as one: the gravest severity, all the words."""
    found: dict[str, dict[Spot, Mark]] = {}
    for mark in marks:
        if mark.sheet in sheets:
            cells, spot = found.setdefault(mark.sheet, {}), parse_a1(mark.cell)
            before = cells.get(spot, mark)
            worse = min(before.severity, mark.severity, key=_ORDER.index)
            words = mark.words if before is mark else "\n".join(filter(None, (before.words, mark.words)))
            cells[spot] = Mark(mark.sheet, mark.cell, worse, words, before.opened or mark.opened)
    return found


# ── which cells we coloured, and over what ───────────────────────────────────


def _record(properties: Mapping[str, str]) -> dict[str, dict[Spot, str]]:
    """By sheet and cell, the colour that a mark of ours was put over, as an earlier slip noted it."""
    found: dict[str, dict[Spot, str]] = {}
    for sheet, colours in joined(MARKS, properties).items():
        for colour, cells in colours.items() if isinstance(colours, dict) else ():
            for cell in cells.split() if isinstance(cells, str) else ():
                try:
                    found.setdefault(sheet, {})[parse_a1(cell)] = colour
                except ValueError:
                    continue
    return found


def _said(cells: Mapping[Spot, str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for spot, colour in sorted(cells.items()):
        found.setdefault(colour, []).append(a1(*spot))
    return {colour: " ".join(spots) for colour, spots in found.items()}


# ── colours ──────────────────────────────────────────────────────────────────


class _Paint:
    """Fills of cells: a style of their own for marked cells, all else of the style kept."""

    def __init__(self, patch: Patch) -> None:
        self._patch = patch
        self._styles = patch.root(patch.related(patch.package.workbook_part, "styles"))
        ns = self._ns = "" if self._styles is None else namespace(self._styles)
        self._fills: Any = None if self._styles is None else self._styles.find(f"{ns}fills")
        self._formats: Any = None if self._styles is None else self._styles.find(f"{ns}cellXfs")
        self._made: dict[tuple[int, str, bool], int] = {}
        self._known: dict[int, str] = {}

    def sheet(self, part: str, wanted: Mapping[Spot, Mark], was: Mapping[Spot, str]) -> dict[Spot, str]:
        """Colours the cells of a sheet's part, gives back what earlier marks covered; what the new ones cover, by cell."""
        if self._fills is None or self._formats is None or not len(self._formats):
            return {}
        cells = _Cells(self._patch.root(part))
        for spot, cell in cells.all() if self._marked_before else ():
            if spot not in wanted and (style := self._style(cell)) in self._marked_before:
                cell.set("s", str(self._filled(style, was.get(spot, ""))))
        before = {}
        for spot, mark in wanted.items():
            cell = cells.at(spot)
            style = self._style(cell)
            there = self._colour(style)
            before[spot] = was.get(spot, "") if there in _OURS else there
            cell.set("s", str(self._filled(style, f"rgb={COLOURS[mark.severity]}", opened=mark.opened)))
        if wanted:
            self._bare(self._patch.root(part))
        return before

    def _bare(self, sheet: Any) -> None:
        """Takes away the grounds that a sheet has while something is to be done: they would lie above the marks."""
        for formats in list(sheet.iterchildren("{*}conditionalFormatting")):
            for rule in list(formats.iterchildren("{*}cfRule")):
                if rule.get("dxfId") in self._tints:
                    formats.remove(rule)
            if next(formats.iterchildren("{*}cfRule"), None) is None:
                sheet.remove(formats)

    @cached_property
    def _tints(self) -> frozenset[str]:
        """The numbers of those styles of rules that lay such a ground."""
        found = set()
        for number, dxf in enumerate(self._styles.iterfind(f"{self._ns}dxfs/{self._ns}dxf")):
            grounds = (item.get("rgb", "")[-6:] for item in dxf.iter("{*}bgColor", "{*}fgColor"))
            if any(f"#{ground}" in TINTS for ground in grounds):
                found.add(str(number))
        return frozenset(found)

    @cached_property
    def _marked_before(self) -> frozenset[int]:
        """The styles of cells that an earlier slip marked."""
        return frozenset(style for style in range(len(self._formats)) if self._colour(style) in _OURS)

    def _style(self, cell: Any) -> int:
        number = cell.get("s", "0")
        return int(number) if number.isdecimal() and int(number) < len(self._formats) else 0

    def _colour(self, style: int) -> str:
        """The colour of a style's fill as ``name=value`` pairs; "" where it has none."""
        if style not in self._known:
            self._known[style] = self._colour_of(style)
        return self._known[style]

    def _colour_of(self, style: int) -> str:
        number = self._formats[style].get("fillId", "0")
        return self._fill_colour(int(number)) if number.isdecimal() and int(number) < len(self._fills) else ""

    def _fill_colour(self, number: int) -> str:
        pattern = self._fills[number].find(f"{self._ns}patternFill")
        front = None if pattern is None else pattern.find(f"{self._ns}fgColor")
        if front is None or pattern.get("patternType") != "solid":
            return ""
        return ";".join(f"{name}={value}" for name, value in sorted(front.attrib.items()))

    def _filled(self, style: int, colour: str, *, opened: bool = False) -> int:
        """The number of a style that is like another, but for a fill of this colour, and its lock where that is taken off."""
        if (style, colour, opened) not in self._made:
            like = deepcopy(self._formats[style])
            like.set("fillId", str(self._fill(colour)))
            like.set("applyFill", "1")
            if opened:
                self._unlock(like)
            self._made[style, colour, opened] = _found_or_added(self._formats, like)
        return self._made[style, colour, opened]

    def _unlock(self, style: Any) -> None:
        lock = style.find(f"{self._ns}protection")
        if lock is None:  # behind the alignment, before extensions
            lock = etree.Element(f"{self._ns}protection")
            style.insert(1 if style.find(f"{self._ns}alignment") is not None else 0, lock)
        if lock.get("locked") not in ("0", "false"):
            lock.set("locked", "0")
        style.set("applyProtection", "1")

    def _fill(self, colour: str) -> int:
        """The number of a solid fill of a colour; 0, which is none, for no colour."""
        pairs = dict(_COLOUR.findall(colour))
        if not pairs:
            return 0
        known = (n for n in range(len(self._fills)) if self._fill_colour(n) == colour)
        fill = etree.Element(f"{self._ns}fill")
        pattern = etree.SubElement(fill, f"{self._ns}patternFill", patternType="solid")
        etree.SubElement(pattern, f"{self._ns}fgColor", pairs)
        number = next(known, -1)
        return number if number >= 0 else _found_or_added(self._fills, fill)


_OURS = frozenset(f"rgb={colour}" for colour in COLOURS.values())


def _found_or_added(listed: Any, item: Any) -> int:
    """The number of an item in a list of styles, which grows by it where it has none like it."""
    item.tail = None
    mine = _plain(item)
    number = next((n for n, known in enumerate(listed) if _plain(known) == mine), -1)
    if number < 0:
        listed.append(item)
        listed.set("count", str(len(listed)))
        number = len(listed) - 1
    return number


def _plain(item: Any) -> list[tuple[Any, list[tuple[str, str]]]]:
    return [(e.tag, sorted(e.attrib.items())) for e in item.iter()]


def _give_back(cells: _Cells, given: Formula) -> None:
    """Puts a formula into a cell; one that many cells share stays as it is, for the others are told by it."""
    cell = cells.at(parse_a1(given.cell))
    ns = namespace(cell)
    there = cell.find(f"{ns}f")
    if there is not None and there.get("t", "normal") != "normal":
        return
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if given.value is None:
        cell.set("t", "str")
    etree.SubElement(cell, f"{ns}f").text = given.formula
    etree.SubElement(cell, f"{ns}v").text = "" if given.value is None else repr(given.value)


# ── cells ────────────────────────────────────────────────────────────────────


class _Cells:
    """The cells of a sheet's part as elements. A row and a cell may leave out where they stand: next to the one before."""

    def __init__(self, sheet: Any) -> None:
        ns = self._ns = namespace(sheet)
        self._sheet = sheet
        self._data = sheet.find(f"{ns}sheetData")
        if self._data is None:
            raise Unreadable("file-damaged", "工作表没有内容")
        self._rows: dict[int, Any] = {}
        number = -1
        for row in self._data.iterfind(f"{ns}row"):
            given = row.get("r")
            number = int(given) - 1 if given else number + 1
            row.set("r", str(number + 1))
            self._rows[number] = row

    def all(self) -> Iterator[tuple[Spot, Any]]:
        """Every cell there is an element of."""
        for number, row in self._rows.items():
            yield from self._row(number, row)

    def at(self, spot: Spot) -> Any:
        """The element of a cell; a new one, with the style that its row or column gives it, where there is none."""
        row = self._rows.get(spot[0])
        if row is None:
            row = self._rows[spot[0]] = etree.Element(f"{self._ns}row", {"r": str(spot[0] + 1)})
            self._data.insert(sum(1 for number in self._rows if number < spot[0]), row)
        before = 0
        for there, cell in self._row(spot[0], row):
            if there == spot:
                return cell
            before += there[1] < spot[1]
        cell = etree.Element(f"{self._ns}c", {"r": a1(*spot), "s": self._usual(row, spot[1])})
        row.insert(before, cell)
        return cell

    def _row(self, number: int, row: Any) -> Iterator[tuple[Spot, Any]]:
        column = -1
        for cell in row.iterfind(f"{self._ns}c"):
            given = cell.get("r")
            spot = parse_a1(given) if given else (number, column + 1)
            column = spot[1]
            cell.set("r", a1(*spot))
            yield spot, cell

    def _usual(self, row: Any, column: int) -> str:
        if row.get("s") and row.get("customFormat") in ("1", "true"):
            return str(row.get("s"))
        for item in self._sheet.iterfind(f"{self._ns}cols/{self._ns}col"):
            first, last = item.get("min", ""), item.get("max", "")
            if first.isdecimal() and last.isdecimal() and int(first) <= column + 1 <= int(last):
                return str(item.get("style", "0"))
        return "0"
