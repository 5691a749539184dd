"""The figures that an agency filled in: every input cell read with care, every doubt told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from xltools.address import a1
from xltools.classes import dataclass
from xltools.figures import NUMBERS, PLACES, SCALE, UNITS, Figure, show
from xltools.findings import CATALOGUE
from xltools.form.fields import Field
from xltools.form.layout import Layout, TableSheet
from xltools.form.model import Filing
from xltools.ooxml.cells import Cell, SheetCells
from xltools.ooxml.pattern import Pattern, PatternedCells
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.received.appearance import appearance
from xltools.received.audit import Audit
from xltools.received.overlaid import Tell
from xltools.received.typed import CellReading, is_surely_digits, read_input, unit_typed
from xltools.terms import NO, YES, several

_DAY_DIGITS = 5
"""The numbers of all days of this century, and of the last since 1927."""
_AN_ACT = 4
"""So many cells of a sheet hold their digits as text, and it was done at one go: pasted, or the format set for all of them."""


@dataclass
class _Said:
    """The figures of a filing as they come, cell by cell: what a frozen one is made of."""

    inputs: dict[str, Figure] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    zero: set[str] = field(default_factory=set)


class _Read(NamedTuple):
    """An input cell that was read."""

    item: Field
    spot: tuple[int, int]
    cell: Cell
    reading: CellReading

    @property
    def facts(self) -> dict[str, Any]:
        """What every finding about it says."""
        kind = self.item.type
        return {"sheet": self.item.section.sheet, "cell": a1(*self.spot), "field": self.item.id, "place": self.item.place,
                "actual": self.reading.figure, "types": (kind, kind), "read": show(self.reading.figure, kind),
                "unit": UNITS.get(kind, ""), "places": PLACES[kind], "other": unit_typed(self.reading.typed or "")}  # fmt: skip

    @property
    def is_plain_text(self) -> bool:
        """Whether it holds nothing but the digits of its figure, as text."""
        return self.reading.code == "cell-text-number" and self.cell.value == show(self.reading.figure, self.item.type)


@lru_cache(maxsize=64)
def _numbers(
    pattern: Pattern, layout: Layout, section: str, plain: frozenset[int], whole: frozenset[int]
) -> list[tuple[Field, int, int]]:
    """The inputs of a section, in order; of each that is a number, and on a sheet as issued with this pattern seen as one that is
    stored, its place among the texts of the sheet, and its scale: 0 for the others."""
    found = []
    for item in layout.form.inputs_of(section):
        n = pattern.places.get(layout.position(item.id)[1:], -1)
        seen = n >= 0 and pattern.styles[n] in (plain if PLACES[item.type] else whole)
        sure = seen and item.type in NUMBERS and pattern.kinds[n] == "number" and pattern.formulas[n] is None
        found.append((item, n, SCALE[item.type] if sure else 0))
    return found


class _Sure(dict[str, int | None]):
    """What stored values say that are nothing but some digits, and not as many as a day's number has; None for others. Most cells
    hold one of a few."""

    def __missing__(self, stored: str) -> int | None:
        if len(self) > 2**12:
            self.clear()
        sure = is_surely_digits(stored) and len(stored) != _DAY_DIGITS
        found = int(stored) if sure else None
        if sure:
            self[stored] = found
        return found


_sure = _Sure()


class InputCells:
    """The input cells and switches of a received workbook."""

    def __init__(self, workbook: ReceivedWorkbook, layout: Layout, filing: Filing, checked: Audit, tell: Tell) -> None:
        self.workbook, self.layout, self.filing, self.checked, self.tell = workbook, layout, filing, checked, tell
        self.seen_otherwise = False
        """Whether some cell shows something else than it stores."""
        self._said = _Said()

    def figures(self, sums: Mapping[str, Figure]) -> Filing:
        """The filing with its figures: as they were typed, in a summary as its 明细 adds them up."""
        said = self._said
        for sheet in self.layout.tables.values():
            self._table(sheet, sums)
        return replace(self.filing, inputs=said.inputs, typed=said.typed, unread=frozenset(said.unread),
                       declared_zero=frozenset(said.zero))  # fmt: skip

    def _table(self, sheet: TableSheet, sums: Mapping[str, Figure]) -> None:
        section, checked = sheet.section.id, self.checked
        inputs = self.layout.form.inputs_of(section)
        if sheet.name not in checked.present:
            self._said.unread.update(f.id for f in inputs)
            return
        if self.filing.kind == "summary":
            self._said.inputs.update({f.id: sums.get(f.id) for f in inputs})
            return
        # Where lines were put in or taken out, a blank may be what the surgery left behind: it is not taken for a zero.
        if self._switch(sheet) and checked.places[sheet.name].as_issued:
            self._said.zero.add(section)
        cells = self.workbook.sheet(sheet.name)
        plain = [self.workbook.plain_styles(sheet.name, whole=whole) for whole in (False, True)]
        rest: Sequence[Field] = inputs
        if isinstance(cells, PatternedCells) and checked.places[sheet.name].as_issued:
            rest = self._plainly(cells, _numbers(cells.pattern, self.layout, section, *plain))
        found = [read for item in rest if (read := self._input(item, cells)) is not None]
        as_text = [read for read in found if read.is_plain_text]
        at_one_go = len(as_text) >= _AN_ACT
        if at_one_go:
            spots = [a1(*read.spot) for read in as_text]
            self.tell("cell-as-text", sheet=sheet.name, cell=spots[0], cells=several(spots, unit="格"), count=len(spots),
                      related=tuple(read.item.id for read in as_text))  # fmt: skip
        for read in found:
            if read.reading.code and not (at_one_go and read.is_plain_text):
                self.tell(read.reading.code, suggestion=read.reading.suggestion, typed=self._as_typed(read),
                          look=read.cell.look, **read.facts)  # fmt: skip
            if read.reading.figure is not None and not self._is_error(read.reading):
                if read.cell.style not in plain[not PLACES[read.item.type]]:
                    self._appearance(read)
                if len(read.cell.value) == _DAY_DIGITS:
                    self._serial(read)

    def _switch(self, sheet: TableSheet) -> bool:
        box = sheet.switch_boxes[1]
        spot = self.checked.spot(sheet.name, box.top, box.left)
        typed = self.workbook.sheet(sheet.name).text(*spot) if spot else ""
        if spot and typed not in (YES, NO, ""):  # to the letter, as the workbook's own formulas compare it
            self.tell("switch-unclear", sheet=sheet.name, cell=a1(*spot), typed=typed)
        return typed == YES

    def _plainly(self, cells: PatternedCells, numbers: list[tuple[Field, int, int]]) -> list[Field]:
        """Notes the figures that are nothing but some digits, seen as they are stored: there is nothing to tell of them. The input
        cells that are left have to be looked at."""
        rest, said, texts, sure = [], self._said.inputs, cells.texts, _sure
        for item, n, scale in numbers:
            if scale and (figure := sure[texts[n]]) is not None:
                said[item.id] = figure * scale
            else:
                said[item.id] = None  # in the form's order
                rest.append(item)
        return rest

    def _input(self, item: Field, cells: SheetCells) -> _Read | None:
        """An input cell, its figure noted; None where its row or column was reported as lost."""
        said = self._said
        sheet, *issued = self.layout.position(item.id)
        spot = self.checked.spot(sheet, *issued)
        if spot is None:
            said.unread.add(item.id)
            return None
        cell = cells.at(*spot)
        reading = read_input(cell, item)
        if reading.code in (None, "cell-fraction", "cell-formula") and self.workbook.is_date(cell):
            reading = CellReading(reading.figure, None, "cell-date")
        said.inputs[item.id] = 0 if reading.placeholder and item.section.id in said.zero else reading.figure
        if (
            not cell.blank
            and (cell.kind != "number" or reading.figure is None)
            and not (item.choices and reading.figure is not None)
        ):
            said.typed[item.id] = reading.typed if reading.typed is not None else cell.value
        return _Read(item, spot, cell, reading)

    @staticmethod
    def _is_error(reading: CellReading) -> bool:
        return reading.code is not None and CATALOGUE[reading.code].severity == "error"

    def _appearance(self, read: _Read) -> None:
        """Tells where the screen shows something else than what is read."""
        cell, kind = read.cell, read.item.type
        shown: dict[str, str] = {}
        for style in self.workbook.styles(read.item.section.sheet, read.spot, cell):
            there = appearance(cell.value, style.number_format, kind, cell.kind == "text")
            if there is not None or style.look:
                why = f"样式是{style.look}" if there is None else f"数字格式是 {style.number_format}"
                shown = {"shown": cell.text if there is None else there or "空白", "why": why}
        if shown:
            self.seen_otherwise = True
            self.tell("cell-format", **read.facts, **shown)

    def _serial(self, read: _Read) -> None:
        """Tells where what is read is the number of a day in the report year or the next."""
        value = read.cell.value
        if read.cell.kind == "number" and read.reading.code is None and value.isdigit():
            day = self.workbook.day(Decimal(value))
            if day[:4] in (str(int(self.filing.year)), str(self.filing.year + 1)):
                self.tell("cell-serial", day=day, **read.facts)

    def _as_typed(self, read: _Read) -> str:
        """What stands in a cell, as a finding quotes it."""
        cell, reading = read.cell, read.reading
        if reading.code == "cell-formula":
            return f"={cell.formula}"
        value = cell.number
        if reading.code == "cell-date" and value is not None:
            return self.workbook.day(value) if value >= 1 else f"{timedelta(days=float(value))}"
        return reading.typed or cell.text
