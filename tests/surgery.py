"""A workbook file laid open: its parts as XML, altered in place as programs and people alter them, and put together again.

Rows and columns are counted from 0. A structural change is a ``Shift``: where each line goes. Cells, merged cells and lists
of ranges always go along; formulas only where they are told to, for not every program rewrites them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from lxml import etree
from making import packed

from xltools.address import a1, parse_a1

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NS = f"{{{MAIN}}}"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
BROKEN = "#REF!"
TEXT_KINDS = ("s", "str", "inlineStr")

Spot = tuple[int, int]
Axis = Literal["row", "column"]
Span = tuple[int, int]


@dataclass(frozen=True)
class Shift:
    """Where the lines of one axis go: a line alone (None: gone), and the span of a range."""

    axis: Axis
    line: Callable[[int], int | None]
    span: Callable[[int, int], Span | None]


def put_in(axis: Axis, at: int, count: int = 1) -> Shift:
    """Lines put in before a line."""

    def line(n: int) -> int:
        return n if n < at else n + count

    return Shift(axis, line, lambda first, last: (line(first), line(last)))


def take_out(axis: Axis, at: int) -> Shift:
    """A line taken out: ranges shrink, one that held nothing else breaks."""

    def line(n: int) -> int | None:
        return None if n == at else n if n < at else n - 1

    def span(first: int, last: int) -> Span | None:
        start, end = (first if first <= at else first - 1), (last - 1 if last >= at else last)
        return (start, end) if start <= end else None

    return Shift(axis, line, span)


def reorder(axis: Axis, order: Mapping[int, int]) -> Shift:
    """Lines moved about: one that stands alone in a range takes it along, wider ranges stay."""

    def line(n: int) -> int:
        return order.get(n, n)

    def span(first: int, last: int) -> Span:
        return (line(first), line(first)) if first == last else (first, last)

    return Shift(axis, line, span)


def swap(axis: Axis, one: int, other: int) -> Shift:
    return reorder(axis, {one: other, other: one})


def carry(axis: Axis, start: int, to: int) -> Shift:
    """A line cut and put in before another; those between close up."""
    end = to - 1 if to > start else to
    step = 1 if end >= start else -1
    between = {n: n - step for n in range(start + step, end + step, step)}
    return reorder(axis, {**between, start: end})


class Surgery:
    """A workbook file under the knife."""

    def __init__(self, found: Mapping[str, bytes]) -> None:
        self.parts = dict(found)
        self._roots: dict[str, Any] = {}

    def root(self, part: str) -> Any:
        """A part's root element, to be altered in place."""
        if part not in self._roots:
            self._roots[part] = etree.fromstring(self.parts[part])
        return self._roots[part]

    def replace(self, part: str, change: Callable[[str], str]) -> None:
        """Alters a part as text."""
        self._flush()
        before = self.parts[part].decode()
        after = change(before)
        assert after != before, f"{part}: nothing changed"
        self.parts[part] = after.encode()

    def bytes(self) -> bytes:
        self._flush()
        return packed(self.parts)

    def _flush(self) -> None:
        for part, root in self._roots.items():
            self.parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        self._roots = {}
        self.__dict__.pop("workbook", None)
        self.__dict__.pop("strings", None)

    # ── the workbook ─────────────────────────────────────────────────────────

    @cached_property
    def workbook(self) -> Any:
        return self.root("xl/workbook.xml")

    @cached_property
    def strings(self) -> list[str]:
        """The shared strings, as issued: plain."""
        return ["".join(item.itertext(f"{NS}t")) for item in self.root("xl/sharedStrings.xml")]

    @property
    def sheets(self) -> dict[str, Any]:
        """The entries of the workbook by the names of their sheets."""
        return {s.get("name"): s for s in self.workbook.find(f"{NS}sheets")}

    def part_of(self, name: str) -> str:
        """The part of a sheet, by the workbook's relations."""
        wanted = self.sheets[name].get(f"{{{RELATIONS}}}id")
        relations = self.root("xl/_rels/workbook.xml.rels")
        return "xl/" + next(r.get("Target") for r in relations if r.get("Id") == wanted)

    def sheet(self, name: str) -> Sheet:
        return Sheet(self, name)

    def formulas(self) -> Iterable[tuple[str, Any]]:
        """Every formula element of the workbook, with the sheet it is at home on."""
        for name in self.sheets:
            root = self.root(self.part_of(name))
            for tag in ("f", "formula", "formula1", "formula2"):
                for element in root.iter(f"{NS}{tag}"):
                    yield name, element
        for element in self.workbook.iter(f"{NS}definedName"):
            yield "", element

    def rewrite(self, change: Callable[[str, str], str]) -> None:
        """Rewrites every formula: ``change`` has the sheet it is at home on, and the formula."""
        for home, element in self.formulas():
            if element.text:
                element.text = change(home, element.text)

    def rename(self, name: str, new: str, *, follow: bool = True) -> None:
        """Another name for a sheet; Excel rewrites the formulas that look at it."""
        if follow:
            self.rewrite(lambda _, formula: renamed(formula, name, new))
        self.sheets[name].set("name", new)

    def remove(self, name: str) -> None:
        """Takes a sheet out as Excel does: what looked at it is broken."""
        part = self.part_of(name)
        entry = self.sheets[name]
        relations = self.root("xl/_rels/workbook.xml.rels")
        relation = next(r for r in relations if r.get("Id") == entry.get(f"{{{RELATIONS}}}id"))
        relations.remove(relation)
        entry.getparent().remove(entry)
        types = self.root("[Content_Types].xml")
        types.remove(next(t for t in types if t.get("PartName") == f"/{part}"))
        self._roots.pop(part, None)
        del self.parts[part]
        self.rewrite(lambda _, formula: renamed(formula, name, None))

    def add(self, name: str, content: bytes, at: int) -> None:
        """A sheet of one's own among the others."""
        part = f"xl/worksheets/sheet{len(self.sheets) + 41}.xml"
        self.parts[part] = content
        override = etree.SubElement(self.root("[Content_Types].xml"), f"{{{TYPES}}}Override")
        override.set("PartName", f"/{part}")
        override.set("ContentType", "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml")
        relation = etree.SubElement(self.root("xl/_rels/workbook.xml.rels"), f"{{{PACKAGE}}}Relationship")
        relation.set("Id", "rIdOwn")
        relation.set("Type", f"{RELATIONS}/worksheet")
        relation.set("Target", part.removeprefix("xl/"))
        entry = etree.Element(f"{NS}sheet")
        entry.set("name", name)
        entry.set("sheetId", "77")
        entry.set(f"{{{RELATIONS}}}id", "rIdOwn")
        self.workbook.find(f"{NS}sheets").insert(at, entry)

    def style(self, number_format: int) -> int:
        """A new cell style with a built-in number format; its number."""
        formats = self.root("xl/styles.xml").find(f"{NS}cellXfs")
        style = etree.SubElement(formats, f"{NS}xf")
        style.set("numFmtId", str(number_format))
        formats.set("count", str(len(formats)))
        return len(formats) - 1

    def own_style(self, code: str) -> int:
        """A new cell style with a number format of one's own; its number."""
        formats = self.root("xl/styles.xml").find(f"{NS}numFmts")
        number = 300 + len(formats)
        made = etree.SubElement(formats, f"{NS}numFmt")
        made.set("numFmtId", str(number))
        made.set("formatCode", code)
        return self.style(number)


class Sheet:
    """A worksheet part under the knife."""

    def __init__(self, book: Surgery, name: str) -> None:
        self.book, self.name = book, name
        self.root = book.root(book.part_of(name))
        self.data = self.root.find(f"{NS}sheetData")

    # ── cells ────────────────────────────────────────────────────────────────

    @cached_property
    def cells(self) -> dict[Spot, Any]:
        return {parse_a1(c.get("r")): c for c in self.data.iter(f"{NS}c")}

    def row(self, number: int) -> Any:
        """The element of a row; a new one in its place where there is none."""
        above = [row for row in self.data if int(row.get("r")) <= number + 1]
        if above and int(above[-1].get("r")) == number + 1:
            return above[-1]
        row = etree.Element(f"{NS}row", {"r": str(number + 1)})
        self.data.insert(len(above), row)
        return row

    def cell(self, spot: Spot) -> Any:
        """The element of a cell; a new one in its place where there is none."""
        if spot not in self.cells:
            row = self.row(spot[0])
            before = [c for c in row if parse_a1(c.get("r"))[1] < spot[1]]
            made = etree.Element(f"{NS}c", {"r": a1(*spot)})
            row.insert(len(before), made)
            self.cells[spot] = made
        return self.cells[spot]

    def text(self, spot: Spot) -> str:
        """What is stored in a cell, in words."""
        cell = self.cells.get(spot)
        if cell is None:
            return ""
        value = cell.findtext(f"{NS}v", "")
        if cell.get("t") == "s":
            return self.book.strings[int(value)]
        return "".join(cell.itertext(f"{NS}t")) if cell.get("t") == "inlineStr" else value

    def formula(self, spot: Spot) -> str | None:
        cell = self.cells.get(spot)
        return None if cell is None else cell.findtext(f"{NS}f")

    def put(self, spot: Spot, value: Any = None, *, formula: str | None = None, kind: str = "") -> None:
        """Fills a cell: a number, a text (stored in the cell), a formula with what it shows; None empties it.

        ``kind`` is the cell's t attribute where it does not follow from the value.
        """
        cell = self.cell(spot)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        if formula is not None:
            etree.SubElement(cell, f"{NS}f").text = formula
        if value is None:
            return
        if isinstance(value, str) and not kind:
            kind = "inlineStr" if formula is None else "str"
        if kind:
            cell.set("t", kind)
        if kind == "inlineStr":
            text = etree.SubElement(etree.SubElement(cell, f"{NS}is"), f"{NS}t")
            text.text = value
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        else:
            etree.SubElement(cell, f"{NS}v").text = str(value)

    def content(self, spot: Spot) -> list[Any]:
        """What a cell holds, to be put into another one."""
        cell = self.cell(spot)
        return [cell.get("t"), [etree.fromstring(etree.tostring(child)) for child in cell]]

    def fill(self, spot: Spot, content: list[Any]) -> None:
        """Puts what another cell held into this one."""
        self.put(spot)
        cell = self.cells[spot]
        if content[0]:
            cell.set("t", content[0])
        cell.extend([etree.fromstring(etree.tostring(child)) for child in content[1]])

    def exchange(self, one: Spot, other: Spot) -> None:
        """Two cells' contents, each in the other's place."""
        first, second = self.content(one), self.content(other)
        self.fill(one, second)
        self.fill(other, first)

    # ── lines ────────────────────────────────────────────────────────────────

    def apply(self, shift: Shift, *, formulas: bool = True) -> None:
        """Moves lines about; ``formulas`` as Excel does it, in all sheets."""
        if shift.axis == "row":
            self._rows(shift)
        else:
            self._columns(shift)
        self.__dict__.pop("cells", None)
        for element in self.root.iter(f"{NS}mergeCell"):
            element.set("ref", shifted_range(element.get("ref"), shift) or BROKEN)
        for element in [e for e in self.root.iter(f"{NS}mergeCell") if ":" not in e.get("ref")]:
            element.getparent().remove(element)
        for element in self.root.iter():
            if isinstance(element.tag, str) and element.get("sqref"):
                areas = [shifted_range(area, shift) for area in element.get("sqref").split()]
                element.set("sqref", " ".join(area for area in areas if area) or "A1")
        if formulas:
            self.book.rewrite(lambda home, formula: shifted_formula(formula, home, self.name, shift))

    def _rows(self, shift: Shift) -> None:
        rows = {}
        for row in list(self.data):
            self.data.remove(row)
            there = shift.line(int(row.get("r")) - 1)
            if there is not None:
                row.set("r", str(there + 1))
                for cell in row:
                    cell.set("r", a1(there, parse_a1(cell.get("r"))[1]))
                rows[there] = row
        self.data.extend(rows[there] for there in sorted(rows))

    def _columns(self, shift: Shift) -> None:
        for row in self.data:
            cells = {}
            for cell in list(row):
                row.remove(cell)
                there = shift.line(parse_a1(cell.get("r"))[1])
                if there is not None:
                    cell.set("r", a1(int(row.get("r")) - 1, there))
                    cells[there] = cell
            row.extend(cells[there] for there in sorted(cells))
            row.attrib.pop("spans", None)

    def drop(self, *tags: str) -> None:
        """Takes elements of the sheet out."""
        for tag in tags:
            for element in self.root.findall(f"{NS}{tag}"):
                self.root.remove(element)


# ── references ───────────────────────────────────────────────────────────────

_REFERENCE = re.compile(
    r"(?<![A-Za-z0-9_.$'!])((?:'(?:[^']|'')+'|[^\s!'\"()+\-*/,;:=<>&^{}]+)!)?"
    r"(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]*)(?::(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]*))?(?![A-Za-z0-9_.(!])"
)


def _sheet_of(prefix: str | None, home: str) -> str:
    return prefix[:-1].strip("'").replace("''", "'") if prefix else home


def mapped(formula: str, change: Callable[[re.Match[str]], str]) -> str:
    """A formula with each reference changed; texts stay."""
    parts = formula.split('"')
    for n in range(0, len(parts), 2):
        parts[n] = _REFERENCE.sub(change, parts[n])
    return '"'.join(parts)


def shifted_formula(formula: str, home: str, sheet: str, shift: Shift) -> str:
    """A formula after lines of a sheet have moved, as Excel rewrites it."""

    def change(match: re.Match[str]) -> str:
        if _sheet_of(match[1], home) != sheet:
            return match[0]
        area = shifted_range(match[0].removeprefix(match[1] or ""), shift)
        return (match[1] or "") + (area or BROKEN)

    return mapped(formula, change)


def shifted_range(area: str, shift: Shift) -> str | None:
    """A cell or range after lines have moved, with its dollar signs; None where it is gone."""
    corners = area.split(":")
    spots = [parse_a1(corner) for corner in corners]
    on = 0 if shift.axis == "row" else 1
    span = shift.span(spots[0][on], spots[-1][on])
    if span is None:
        return None
    return ":".join(
        _dollars(corner, (line, spot[1]) if on == 0 else (spot[0], line))
        for corner, spot, line in zip(corners, spots, span, strict=False)
    )


def _dollars(like: str, spot: Spot) -> str:
    name = a1(*spot)
    letters = name.rstrip("0123456789")
    return ("$" if like.startswith("$") else "") + letters + ("$" if "$" in like[1:] else "") + name[len(letters) :]


def renamed(formula: str, name: str, new: str | None) -> str:
    """A formula after a sheet was renamed, or (None) taken out."""

    def change(match: re.Match[str]) -> str:
        if match[1] is None or _sheet_of(match[1], "") != name:
            return match[0]
        return BROKEN if new is None else f"'{new}'!" + match[0].removeprefix(match[1])

    return mapped(formula, change)


def dragged(formula: str, home: str, sheet: str, start: Spot, end: Spot) -> str:
    """A formula after one cell was cut and pasted over another: a lone reference follows, one to the other is broken."""

    def change(match: re.Match[str]) -> str:
        area = match[0].removeprefix(match[1] or "")
        if _sheet_of(match[1], home) != sheet or ":" in area:
            return match[0]
        spot = parse_a1(area)
        if spot == end:
            return (match[1] or "") + BROKEN
        return (match[1] or "") + _dollars(area, end) if spot == start else match[0]

    return mapped(formula, change)
