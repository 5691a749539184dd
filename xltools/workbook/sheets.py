"""The sheets of a received workbook as cells: what is stored, and the formula beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from xltools.address import parse_a1
from xltools.workbook.package import Package, Unreadable

CellKind = Literal["number", "text", "boolean", "error"]

CELLS_LIMIT = 400_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as stored: a number keeps the digits of the file; a formula's cell also has its stored value (or none)."""

    kind: CellKind
    value: str
    formula: str | None = None

    @property
    def blank(self) -> bool:
        return self.value == "" and self.formula is None

    @property
    def number(self) -> Decimal | None:
        """The stored number as typed: Excel writes 59237.2449 with 17 digits, the shortest decimal of its double is it."""
        if self.kind != "number" or not self.value:
            return None
        try:
            return Decimal(repr(float(self.value)))
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The value in words."""
        if self.kind == "number":
            value = self.number
            return "" if value is None else f"{value.normalize() if value % 1 else value.quantize(Decimal(1)):f}"
        return self.value


EMPTY = Cell("text", "")


class SheetCells:
    """One sheet's cells by row and column, and whether it is protected."""

    def __init__(self, root: Any, strings: list[str]) -> None:
        self.cells: dict[tuple[int, int], Cell] = {}
        self.protected = False
        self.merged = 0
        ns = root.tag[: root.tag.index("}") + 1]
        for element in root:
            if element.tag == f"{ns}sheetData":
                self._read(element, ns, strings)
            elif element.tag == f"{ns}sheetProtection":
                self.protected = element.get("sheet") in ("1", "true")

    def _read(self, data: Any, ns: str, strings: list[str]) -> None:
        row_number = -1
        v_tag, f_tag, is_tag = f"{ns}v", f"{ns}f", f"{ns}is"
        for row in data:
            row_number = int(row.get("r", row_number + 2)) - 1
            column = -1
            for c in row:
                where = c.get("r")
                spot = parse_a1(where) if where else (row_number, column + 1)
                column = spot[1]
                if not len(c):
                    continue
                value, formula = "", None
                kind = c.get("t", "n")
                for child in c:
                    if child.tag == v_tag:
                        value = child.text or ""
                    elif child.tag == f_tag:
                        formula = child.text or ""
                    elif child.tag == is_tag:
                        value = _plain(child, ns)
                if kind == "s":
                    value = strings[int(value)] if value else ""
                elif kind == "str":
                    value = unescaped(value)
                if value or formula is not None:
                    self.cells[spot] = Cell(_KINDS.get(kind, "text"), value, formula)
                    if len(self.cells) > CELLS_LIMIT:
                        raise Unreadable("file-unsafe", "单元格多得不合理")

    def at(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column), EMPTY)

    def text(self, row: int, column: int) -> str:
        return self.at(row, column).text


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


def unescaped(text: str) -> str:
    """A stored text with its escapes (_x000D_ for a control character) undone."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class ReceivedWorkbook:
    """A workbook read from its parts: sheets by name, document properties. Nothing of it is trusted."""

    def __init__(self, content: bytes) -> None:
        self.package = Package(content)
        root = self.package.xml(self.package.workbook_part)
        if root is None:
            raise Unreadable("file-not-workbook", "里面没有工作簿")
        ns = root.tag[: root.tag.rindex("}") + 1] if "}" in root.tag else ""
        targets = {id_: target for _, target, id_ in self.package.relations(self.package.workbook_part)}
        self._parts: dict[str, str] = {}
        self.hidden: set[str] = set()
        for sheet in root.iterfind(f"{ns}sheets/{ns}sheet"):
            relation = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
            self._parts[sheet.get("name", "")] = targets.get(relation, "")
            if sheet.get("state", "visible") != "visible":
                self.hidden.add(sheet.get("name", ""))
        self._read: dict[str, SheetCells] = {}

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return tuple(self._parts)

    def sheet(self, name: str) -> SheetCells:
        """The cells of a sheet; KeyError where there is none."""
        if name not in self._read:
            root = self.package.xml(self._parts[name])
            if root is None or "}" not in root.tag:
                raise Unreadable("file-damaged", f"工作表“{name}”没有内容")
            try:
                self._read[name] = SheetCells(root, self._strings)
            except (ValueError, IndexError) as problem:
                raise Unreadable("file-damaged", f"工作表“{name}”的内容不完整") from problem
        return self._read[name]

    @cached_property
    def _strings(self) -> list[str]:
        for kind, target, _ in self.package.relations(self.package.workbook_part):
            if kind.endswith("/sharedStrings"):
                root = self.package.xml(target)
                if root is None:
                    return []
                ns = root.tag[: root.tag.index("}") + 1] if "}" in root.tag else ""
                return [_plain(item, ns) for item in root]
        return []

    @cached_property
    def properties(self) -> dict[str, str]:
        """Custom document properties."""
        for kind, target, _ in self.package.relations(""):
            if kind.endswith("/custom-properties") or kind.endswith("/customProperties"):
                root = self.package.xml(target)
                return {p.get("name", ""): "".join(p.itertext()) for p in (root if root is not None else ())}
        return {}

    @property
    def saved(self) -> str:
        """When the workbook was last saved, by its own record; "" where it keeps none."""
        root = self.package.xml("docProps/core.xml")
        for item in root if root is not None else ():
            if isinstance(item.tag, str) and item.tag.endswith("}modified"):
                return (item.text or "").replace("T", " ").removesuffix("Z")
        return ""
