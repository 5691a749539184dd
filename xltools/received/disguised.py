"""What people see on a sheet where that is not what is stored: drawings over cells, formats that show other words or totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from xltools.address import Box, a1, parse_range
from xltools.expressions import expression
from xltools.figures import PLACES, FieldType
from xltools.form.layout import COVER, COVER_CELLS, Layout
from xltools.ooxml.cells import EMPTY, Cell, SheetCells
from xltools.ooxml.number_formats import names_day, shown, shown_text
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.received.appearance import appearance
from xltools.received.locate import Places
from xltools.received.overlaid import Tell
from xltools.terms import YES, several

Spot = tuple[int, int]


def tell_disguised(
    received: ReceivedWorkbook, name: str, layout: Layout, where: Places, tell: Tell, *, untouched: bool = False
) -> None:
    """Tells of a sheet's cells that show something else than they store, the input cells left out; of one whose print is
    ``untouched`` only the agency's own words may, where they are numbers."""
    if not untouched:
        _tell_hidden(received, name, layout, where, tell)
    found = list((_own_numbers if untouched else _shown_otherwise)(received, name, layout, where))
    if found:
        spot, stored, shown, why = found[0]
        tell("form-shown-otherwise", sheet=name, cell=a1(*spot), cells=several([a1(*each[0]) for each in found], unit="格"),
             actual_text=stored, shown=shown or "空白", why=why)  # fmt: skip


def _tell_hidden(received: ReceivedWorkbook, name: str, layout: Layout, where: Places, tell: Tell) -> None:
    """Tells of figures on rows and columns that cannot be seen: the paper lacks them, the totals have them."""
    sheet = received.sheet(name)
    columns = {column: sheet.width(range(column, column + 1)) for column in _columns(layout, name, where)}
    narrow = {column for column, width in columns.items() if width < WIDE}
    unseen = any(column in within for within in sheet.unseen_columns for column in columns)
    if not (narrow or unseen or sheet.first_row or sheet.unseen_rows):
        return
    hidden = [
        spot for spot in _found(inputs_and_totals(layout, name)[0], where)
        if (sheet.is_unseen(*spot) or (spot[1] in narrow and _is_cut_off(sheet, spot))) and _counts(sheet.at(*spot))
    ]  # fmt: skip
    if hidden:
        fields = {
            where.of(*layout.position(item.id)[1:]): item.id
            for item in layout.form.inputs
            if item.section.sheet == name
        }
        tell("form-figures-hidden", sheet=name, cell=a1(*hidden[0]), cells=several([a1(*spot) for spot in hidden], unit="格"),
             actual_text=sheet.text(*hidden[0]), related=tuple(fields[spot] for spot in hidden))  # fmt: skip


def _columns(layout: Layout, name: str, where: Places) -> set[int]:
    """The columns in which a sheet has input cells."""
    rows = {column: row for row, column in inputs_and_totals(layout, name)[0]}
    if where.as_issued:
        return set(rows)
    return {spot[1] for spot in _found(inputs_and_totals(layout, name)[0], where)}


WIDE = 8
"""Digits: a figure is hardly ever longer."""
_DIGITS = expression(r"[0-9０-９.,，．\s]+\Z")


def _is_cut_off(sheet: SheetCells, spot: Spot) -> bool:
    """Whether a column shows but part of a figure, as it does of texts and of decimals: whole numbers would be ###."""
    cell = sheet.at(*spot)
    digits = cell.text.strip()
    if len(digits) < _LEAST_CUT or not _DIGITS.match(digits) or (cell.kind == "number" and "." not in digits):
        return False
    merged = (parse_range(span) for span in sheet.merged if span.startswith(f"{a1(*spot)}:"))
    last = next((box.right for box in merged), spot[1])
    return sheet.width(range(spot[1], last + 1)) + 0.5 < len(digits)


_LEAST_CUT = 2


def holds_figures(received: ReceivedWorkbook, name: str, layout: Layout, where: Places) -> bool:
    """Whether a sheet of the form has figures other than noughts in its input cells."""
    sheet = received.sheet(name)
    return any(_counts(sheet.at(*spot)) for spot in _found(inputs_and_totals(layout, name)[0], where))


def _counts(cell: Cell) -> bool:
    """Whether a cell has something that nobody would leave out: anything but a zero."""
    return cell.formula is not None or (cell.number != 0 if cell.kind == "number" else bool(cell.value.strip(" 0")))


def _shown_otherwise(
    received: ReceivedWorkbook, name: str, layout: Layout, where: Places
) -> Iterator[tuple[Spot, str, str, str]]:
    """Cells with what they store, what they show, and why: words, what is chosen on the sheet, totals."""
    sheet = received.sheet(name)
    plain, plain_whole = (received.plain_styles(name, whole=whole) for whole in (False, True))
    inputs, totals = inputs_and_totals(layout, name)
    alike = received.plain_words(name)
    odd = [(spot, cell) for spot, cell in sheet.cells.items() if cell.look or cell.style not in alike]
    filled_in = set(_found(inputs, where)) if odd or not sheet.shows_zeros else set()
    for spot, cell in sorted(odd):
        if cell.blank or spot in filled_in:
            continue
        if cell.kind == "text":
            code = received.number_format(cell)
            if (there := shown_text(cell.value, code)).strip() != cell.value.strip():
                yield spot, cell.value, there, f"数字格式是 {code}"
        if looks := received.looks(name, spot, cell):
            yield spot, cell.value, "", f"样式是{looks}"
    yield from _own_numbers(received, name, layout, where)
    for spot in () if sheet.shows_zeros or _blanks_are_zeros(sheet, name, layout, where) else sorted(filled_in):
        if sheet.at(*spot).number == 0:
            yield spot, "0", "", "工作表设成了不显示 0"
    for issued, kind in totals.items():
        total = where.of(*issued)
        cell = EMPTY if total is None else sheet.at(*total)
        if total is None or cell.blank or cell.style in (plain if PLACES[kind] else plain_whole):
            continue
        value = cell.value if cell.number is not None else _SOME_TOTAL
        for style in received.styles(name, total, cell):
            if cell.kind == "number" and (seen := appearance(value, style.number_format, kind)) is not None:
                yield total, value, seen, f"数字格式是 {style.number_format}"


def _blanks_are_zeros(sheet: SheetCells, name: str, layout: Layout, where: Places) -> bool:
    """Whether the agency chose so for a table: a zero that is not shown then says the same."""
    switches = [s.switch_boxes[1] for s in layout.tables.values() if s.name == name]
    return any(sheet.text(*spot) == YES for box in switches if (spot := where.of(box.top, box.left)))


def _own_numbers(
    received: ReceivedWorkbook, name: str, layout: Layout, where: Places
) -> Iterator[tuple[Spot, str, str, str]]:
    """Numbers among the agency's own words on the cover, its code, its days, that show otherwise than they are read."""
    sheet = received.sheet(name)
    spots = sheet.spots if name == COVER and received.audited else ()
    for spot in sorted(spot for spot in spots if spot[1] == COVER_CELLS.column):
        cell = sheet.at(*spot)
        if (value := cell.number) is not None and cell.formula is None:
            code = received.number_format(cell)
            seen = shown(value, code)
            right = names_day(code) if received.is_date(cell) else seen is not None and seen.strip() == cell.text
            if not right:
                stored = received.day(value) if received.is_date(cell) else cell.text
                yield spot, stored, "" if seen is None else seen, f"数字格式是 {code}"


_SOME_TOTAL = "1234567"
"""In the place of a total that no program has worked out yet."""


def _found(spots: Iterable[Spot], where: Places) -> Iterator[Spot]:
    """Where a received sheet has cells of the form."""
    return (spot for issued in spots if (spot := where.of(*issued)) is not None)


@lru_cache(maxsize=256)
def inputs_and_totals(layout: Layout, name: str) -> tuple[list[Spot], dict[Spot, FieldType]]:
    """The input cells of a sheet, and its totals with their types."""
    inputs: list[Spot] = []
    totals: dict[Spot, FieldType] = {}
    for item in layout.form.fields.values():
        sheet, *spot = layout.position(item.id)
        if sheet == name and item.computed:
            totals[spot[0], spot[1]] = item.type
        elif sheet == name:
            inputs.append((spot[0], spot[1]))
    return inputs, totals


def _on_signatures(box: Box) -> bool:
    """Whether something lies on the lower half of the cover, where it is signed and sealed: a stamp belongs there."""
    return box.top >= COVER_CELLS.signoff


def tell_drawings(received: ReceivedWorkbook, name: str, layout: Layout, where: Places, tell: Tell) -> None:
    """What is drawn on a sheet: words that are in no cell, and cells of the form that cannot be seen under it."""
    cells = received.sheet(name)
    for drawing in received.drawings(name):
        fields = {spot: item.id for item in layout.form.inputs if item.section.sheet == name
                  and (spot := where.of(*layout.position(item.id)[1:])) and drawing.box.holds(*spot)}  # fmt: skip
        hidden = [*fields]
        if not (drawing.head or (name == COVER and not drawing.words and _on_signatures(drawing.box))):
            hidden += [spot for spot, cell in cells.cells.items()
                       if cell.value and drawing.box.holds(*spot) and not cells.is_unseen(*spot)]  # fmt: skip
        what = drawing.kind or (f"写着“{drawing.words[:80]}”" if drawing.words else "没有文字")
        over = f"，盖住了 {several([a1(*spot) for spot in sorted(set(hidden))], unit='格')}" if hidden else ""
        tell("form-drawing", severity="query" if drawing.words or hidden else "note", sheet=name,
             cell=drawing.box.address, words=what, over=over, related=tuple(fields.values()))  # fmt: skip
