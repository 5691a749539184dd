"""The sheets of a received workbook by name, its document properties, the styles of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import groupby, product

from xltools.address import Box, parse_range
from xltools.dates import from_serial
from xltools.expressions import expression
from xltools.ooxml import custom_properties
from xltools.ooxml.cells import CELLS_LIMIT, DATED, LIST_LIMIT, Cell, Room, SheetCells
from xltools.ooxml.colours import Colours
from xltools.ooxml.drawings import Drawing, drawings
from xltools.ooxml.package import OFFICE, Package, part_key
from xltools.ooxml.pattern import PatternedCells
from xltools.ooxml.shared import kept
from xltools.ooxml.styles import PLAIN as PLAIN_STYLE
from xltools.ooxml.styles import Overlay, Style, Styles, pairs_that_hide, plain_number, read_styles, rule_style
from xltools.ooxml.trees import Unreadable, ambiguous, main_namespace, parsed, sheet_entries
from xltools.ooxml.worksheet import (
    SHEET_TAGS,
    Strings,
    plain,
    read_rows,
    read_sheet,
    scanned_sheet,
    scanned_strings,
    unescaped,
)

SHEETS_LIMIT = 256
DAYS_1904 = 1462
"""What must be added to the day numbers of a workbook that counts from 1904."""

_RULE_STYLE = expression(rb"dxfId=[\"']([0-9]{1,6})[\"']")
_ODD_RULE = expression(rb"dxf(?!Id)|showValue|dataBar|colorScale|\0")
"""What a rule has that makes it other than a style of the workbook's own: styles in its place, bars, values not shown."""
_BOXES_LIMIT = 1_000_000
"""Pairs of ranges under two rules that are looked at."""
_OFF = ("0", "false")
_UNSHOWN = Overlay(Style(look="数值不显示"))


@kept(32)
def _styles_of(content: bytes, theme: bytes) -> Styles:
    """The styles of a styles part under a theme: the filings of a season share a few."""
    return read_styles(parsed(content), theme) if content else Styles()


@kept(32)
def _contents(content: bytes) -> tuple[tuple[tuple[str, str, bool], ...], int]:
    """The sheets that a workbook's own part lists: name, the id of the relation to its part, whether it is seen; its day zero."""
    root = parsed(content)
    ns = main_namespace(root, "workbook")
    if sum(1 for _ in root.iter("{*}sheets")) > 1:
        raise ambiguous("有两份工作表目录")
    found: dict[str, tuple[str, str, bool]] = {}
    for sheet in sheet_entries(root):
        name = sheet.get("name", "")
        ids = [key for key in sheet.attrib if key.endswith("}id")]
        if len(ids) > 1:
            raise ambiguous(f"工作表“{name}”指向几个部分")
        relation = next((sheet.get(key) for key in ids if key.removesuffix("id").strip("{}") in OFFICE), "")
        if name in found:
            raise Unreadable("file-damaged", f"有两张工作表都叫“{name}”")
        if len(found) == SHEETS_LIMIT:
            raise Unreadable("file-unsafe", "工作表多得不合理")
        found[name] = name, relation, sheet.get("state", "visible") == "visible"
    settings = root.findall(f"{ns}workbookPr")
    if len(settings) > 1:
        raise ambiguous("有两份工作簿设置")
    dated = any(item.get("date1904") in ("1", "true") for item in settings)
    return tuple(found.values()), DAYS_1904 if dated else 0


@kept(128)
def _odd_rules(frame: bytes, styles: Styles) -> list[tuple[Box, Overlay]]:
    """The rules of a sheet, given without its rows, which may lay a style other than plain over a range."""
    named = [int(n) for n in _RULE_STYLE.findall(frame)]
    if styles.odd.isdisjoint(named) and len(named) == frame.count(b"dxfId") and not _ODD_RULE.search(frame):
        return []
    found: list[tuple[Box, Overlay]] = []
    for item in parsed(frame).iter("{*}conditionalFormatting"):
        spans = item.get("sqref") or "".join(e.text or "" for e in item.iter("{*}sqref"))
        for rule in item.iterchildren("{*}cfRule"):
            number = str(plain_number(rule.get("dxfId", ""))) if "dxfId" in rule.attrib else ""
            given = [rule_style(dxf, styles.palette) for dxf in rule.iterchildren("{*}dxf")]
            given += [s for n, s in enumerate(styles.rules) if str(n) == number]
            bars = list(rule.iterchildren("{*}dataBar", "{*}iconSet", "{*}colorScale"))
            given += [_UNSHOWN for bar in bars if bar.get("showValue", "1") in _OFF]
            shades = [styles.palette.shade(c) for bar in bars for c in bar.iterchildren("{*}color", "{*}fillColor")]
            given += [Overlay(colours=Colours(None, (shade,))) for shade in shades if shade]
            found += [(parse_range(span), s) for s in given for span in spans.split()]
    return [(box, overlay) for box, overlay in found if styles.matters(overlay)] + list(_both(found))


def _both(found: Sequence[tuple[Box, Overlay]]) -> Iterator[tuple[Box, Overlay]]:
    """Where one rule's letters may lie on another's paper and cannot be seen there."""
    boxes: dict[Overlay, list[Box]] = {}
    for box, overlay in found:
        boxes.setdefault(overlay, []).append(box)
    overlays = list(boxes)
    for one, other in pairs_that_hide(overlays):
        upper, lower = boxes[overlays[one]], boxes[overlays[other]]
        if len(upper) * len(lower) > _BOXES_LIMIT:
            raise Unreadable("file-unsafe", "条件格式多得不合理")
        for above, below in product(upper, lower):
            if common := above.common(below):
                yield common, overlays[one].over(overlays[other])


class ReceivedWorkbook:
    """A workbook read from its parts: sheets by name, document properties. Nothing of it is trusted."""

    audited = True
    """Whether formulas can be seen, and so held against the form as issued."""

    def __init__(self, package: Package) -> None:
        self.package = package
        content = self.package.safe(self.package.workbook_part)
        if not content:
            raise Unreadable("file-not-workbook", "里面没有工作簿")
        sheets, self.day_zero = _contents(content)
        targets = {id_: target for _, target, id_ in self.package.relations(self.package.workbook_part)}
        self._parts = {name: targets.get(id_, "") for name, id_, _ in sheets}
        self.hidden = {name for name, _, visible in sheets if not visible}
        self._read: dict[str, SheetCells] = {}
        self._rules: dict[str, list[tuple[Box, Overlay]]] = {}
        self._room = Room(CELLS_LIMIT)

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(self._parts)

    @property
    def macros(self) -> bool:
        """Whether it carries macros. They are never run."""
        names = map(part_key, self.package.names)
        return any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names)

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

    def row_tags(self, name: str) -> list[bytes]:
        """The tags of the rows of a sheet that has been read, where it is written plainly."""
        sheet = self._read[name]
        return sheet.pattern.tags if isinstance(sheet, PatternedCells) else self.package.row_tags(self._parts[name])

    def drawings(self, name: str) -> list[Drawing]:
        """What is drawn over a sheet, comments left out."""
        return list(drawings(self.package, self._parts[name]))

    def _scanned(self, part: str) -> SheetCells | None:
        """The cells of a part that is as plain as ours; None for any other, which must be read with more care."""
        room = (self._room.cells, self._room.work)
        try:
            halves = self.package.cut(part)
            return scanned_sheet(*halves, self._strings, self._room) if halves else None
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
        """How a cell of a sheet shows what it stores: its own style, and those other than plain that rules may lay over it."""
        row, column = spot
        rules = self._rules_of(name)
        return (
            self._own_style(cell),
            *(self._styles.under(r, cell.style) for b, r in rules if b.holds(row, column)),
        )

    def plain_styles(self, name: str, *, whole: bool) -> frozenset[int]:
        """The numbers of the styles of a sheet under which people see what is stored, at least of ``whole`` numbers."""
        if self._rules_of(name):
            return frozenset()
        return self._styles.whole if whole else self._styles.faithful

    def looks(self, name: str, spot: tuple[int, int], cell: Cell) -> str:
        """What makes a cell of a sheet other than plain letters, in words; "" for nothing."""
        if not (cell.look or cell.style in self._styles.looking or self._rules_of(name)):
            return ""
        found = (cell.look, *(style.look for style in self.styles(name, spot, cell)))
        return "、".join(dict.fromkeys(look for look in found if look))

    def plain_words(self, name: str) -> frozenset[int]:
        """The numbers of the styles of a sheet under which people see the words that are stored."""
        return frozenset() if self._rules_of(name) else self._styles.wording

    @property
    def looking_styles(self) -> frozenset[int]:
        """The styles that make a text other than plain letters, by their numbers."""
        return self._styles.looking

    def _rules_of(self, name: str) -> list[tuple[Box, Overlay]]:
        rules = self._rules.get(name)
        if rules is None:
            try:
                frame = self.package.frame(self.part_of(name))
                rules = self._rules[name] = _odd_rules(frame, self._styles)
            except ValueError as problem:
                raise Unreadable("file-damaged", f"工作表“{name}”的条件格式不完整") from problem
        return rules

    def _own_style(self, cell: Cell) -> Style:
        styles = self._styles.cells
        return styles[cell.style] if 0 <= cell.style < len(styles) else PLAIN_STYLE

    def number_format(self, cell: Cell) -> str:
        """The number format of a cell's own style."""
        return self._own_style(cell).number_format

    def is_date(self, cell: Cell) -> bool:
        """Whether a number is shown as a date: a program made it one from something like 3/4."""
        if cell.style == DATED:
            return True
        if cell.style not in self._styles.dated:
            return False
        # Only a number that could be a day of the last or the next decades, or a time of day, was made one by a program.
        value = cell.number
        return value is not None and (20_000 < value < 80_000 or 0 < value < 1)

    def day(self, number: Decimal) -> str:
        """A day's number in this workbook as an ISO date."""
        return from_serial(float(number) + self.day_zero)

    @cached_property
    def _styles(self) -> Styles:
        content = self.package.safe(self.package.related(self.package.workbook_part, "styles"))
        try:
            return _styles_of(content, self.package.part(self.package.related(self.package.workbook_part, "theme")))
        except ValueError as problem:
            raise Unreadable("file-damaged", "单元格格式的内容不完整") from problem

    @cached_property
    def _strings(self) -> Strings:
        part = self.package.related(self.package.workbook_part, "sharedStrings")
        try:
            return scanned_strings(self.package.safe(part), self._styles.palette)
        except (ValueError, LookupError, Unreadable):
            root = self.package.xml(part)
        if root is None:
            return Strings(palette=self._styles.palette)
        ns = main_namespace(root, "sst")
        if any(item.tag not in (f"{ns}si", f"{ns}extLst") for item in root):
            raise ambiguous("文字表里夹有别的内容")
        palette = self._styles.palette
        return Strings((plain(item, ns, palette) for item in root.iterchildren(f"{ns}si")), palette)

    @cached_property
    def properties(self) -> dict[str, str]:
        """Custom document properties, without white space that programs put round them."""
        root = self.package.xml(self.package.related("", *custom_properties.KINDS))
        found = root if root is not None else ()
        return {p.get("name", ""): ungarbled(unescaped("".join(p.itertext())).strip()) for p in found}

    @property
    def saved(self) -> str:
        """When the workbook was last saved, by its own record; "" where it keeps none."""
        content = self.package.safe("docProps/core.xml")
        return _modified(content) if content else ""


@kept(32)
def _modified(content: bytes) -> str:
    for item in parsed(content):
        if isinstance(item.tag, str) and item.tag.endswith("}modified"):
            return (item.text or "").replace("T", " ").removesuffix("Z")
    return ""


def ungarbled(text: str) -> str:
    """A text whose UTF-8 a program took for Latin-1, as it was meant; any other as it is."""
    try:
        return text if text.isascii() else text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _by_row(sheet: SheetCells) -> Iterator[tuple[int, dict[int, Cell]]]:
    """The rows of a sheet that has been read whole."""
    for row, group in groupby(sorted(sheet.cells.items()), lambda item: item[0][0]):
        yield row, {column: cell for (_, column), cell in group}
