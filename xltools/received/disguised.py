"""What people see on a sheet where that is not what is stored: drawings over cells, formats that show other words or totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from xltools.address import a1
from xltools.figures import PLACES, FieldType
from xltools.form.layout import COVER, COVER_CELLS, Layout
from xltools.ooxml.cells import EMPTY, Cell
from xltools.ooxml.number_formats import shown_text
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.received.appearance import appearance
from xltools.received.locate import Places
from xltools.received.overlaid import Tell
from xltools.terms import several

Spot = tuple[int, int]


def tell_disguised(received: ReceivedWorkbook, name: str, layout: Layout, where: Places, tell: Tell) -> None:
    """Tells of a sheet's cells that show something else than they store, the input cells left out."""
    _tell_hidden(received, name, layout, where, tell)
    found = list(_shown_otherwise(received, name, layout, where))
    if found:
        spot, stored, shown, why = found[0]
        tell("form-shown-otherwise", sheet=name, cell=a1(*spot), cells=several([a1(*each[0]) for each in found], unit="格"),
             actual_text=stored, shown=shown or "空白", why=why)  # fmt: skip


def _tell_hidden(received: ReceivedWorkbook, name: str, layout: Layout, where: Places, tell: Tell) -> None:
    """Tells of figures on rows and columns that cannot be seen: the paper lacks them, the totals have them."""
    sheet = received.sheet(name)
    if not (sheet.unseen_rows or sheet.unseen_columns):
        return
    hidden = [
        spot
        for spot in _found(reading_turns_on(layout, name)[0], where)
        if sheet.is_unseen(*spot) and _counts(sheet.at(*spot))
    ]
    if hidden:
        fields = {
            where.of(*layout.position(item.id)[1:]): item.id
            for item in layout.form.inputs
            if item.section.sheet == name
        }
        tell("form-figures-hidden", sheet=name, cell=a1(*hidden[0]), cells=several([a1(*spot) for spot in hidden], unit="格"),
             actual_text=sheet.text(*hidden[0]), related=tuple(fields[spot] for spot in hidden))  # fmt: skip


def holds_figures(received: ReceivedWorkbook, name: str, layout: Layout, where: Places) -> bool:
    """Whether a sheet of the form has figures other than noughts in its input cells."""
    sheet = received.sheet(name)
    return any(_counts(sheet.at(*spot)) for spot in _found(reading_turns_on(layout, name)[0], where))


def _counts(cell: Cell) -> bool:
    """Whether a cell has something that nobody would leave out: anything but a zero."""
    return cell.formula is not None or (cell.number != 0 if cell.kind == "number" else bool(cell.value.strip(" 0")))


def _shown_otherwise(
    received: ReceivedWorkbook, name: str, layout: Layout, where: Places
) -> Iterator[tuple[Spot, str, str, str]]:
    """Cells with what they store, what they show, and why: words, what is chosen on the sheet, totals."""
    sheet, wordy = received.sheet(name), received.wordy_styles
    plain, plain_whole = (received.plain_styles(name, whole=whole) for whole in (False, True))
    inputs, totals, chosen, labels = reading_turns_on(layout, name)
    if wordy:
        filled_in = set(_found(inputs, where))
        for spot, cell in sorted(sheet.cells.items()):
            if cell.style in wordy and cell.kind == "text" and spot not in filled_in and cell.value:
                code = received.number_format(cell)
                if (there := shown_text(cell.value, code)).strip() != cell.value.strip():
                    yield spot, cell.value, there, f"数字格式是 {code}"
    for spot in (*_found(chosen, where), *_found(labels, where)):
        cell = sheet.at(*spot)
        if cell.value and (cell.look or cell.style not in plain):
            looks = [look for look in (cell.look, *(style.look for style in received.styles(name, spot, cell))) if look]
            if looks:
                yield spot, cell.value, "", f"样式是{'、'.join(looks)}"
    for issued, kind in totals.items():
        total = where.of(*issued)
        cell = EMPTY if total is None else sheet.at(*total)
        if total is None or cell.blank or cell.style in (plain if PLACES[kind] else plain_whole):
            continue
        value = cell.value if cell.number is not None else _SOME_TOTAL
        for style in received.styles(name, total, cell):
            if cell.kind == "number" and (seen := appearance(value, style.number_format, kind)) is not None:
                yield total, value, seen, f"数字格式是 {style.number_format}"


_SOME_TOTAL = "1234567"
"""In the place of a total that no program has worked out yet."""


def _found(spots: Iterable[Spot], where: Places) -> Iterator[Spot]:
    """Where a received sheet has cells of the form."""
    return (spot for issued in spots if (spot := where.of(*issued)) is not None)


@lru_cache(maxsize=256)
def reading_turns_on(layout: Layout, name: str) -> tuple[list[Spot], dict[Spot, FieldType], list[Spot], list[Spot]]:
    """The input cells of a sheet, its totals with their types, the words on which its reading turns, its labels."""
    inputs: list[Spot] = []
    totals: dict[Spot, FieldType] = {}
    for item in layout.form.fields.values():
        sheet, *spot = layout.position(item.id)
        if sheet == name and item.computed:
            totals[spot[0], spot[1]] = item.type
        elif sheet == name:
            inputs.append((spot[0], spot[1]))
    chosen = [(s.switch_boxes[1].top, s.switch_boxes[1].left) for s in layout.tables.values() if s.name == name]
    if name == COVER:
        chosen = [(row, COVER_CELLS.column) for row in range(COVER_CELLS.name, COVER_CELLS.year + 1)]
    labels = [(m.box.top, m.box.left) for s in layout.tables.values() if s.name == name for m in s.labels]
    return inputs, totals, chosen, labels


def tell_drawings(received: ReceivedWorkbook, name: str, layout: Layout, where: Places, tell: Tell) -> None:
    """What is drawn on a sheet: words that are in no cell, and cells of the form that cannot be seen under it."""
    cells = received.sheet(name)
    for drawing in received.drawings(name):
        fields = {spot: item.id for item in layout.form.inputs if item.section.sheet == name
                  and (spot := where.of(*layout.position(item.id)[1:])) and drawing.box.holds(*spot)}  # fmt: skip
        hidden = [*fields]
        hidden += [spot for spot, cell in cells.cells.items() if cell.value and drawing.box.holds(*spot)]
        what = f"写着“{drawing.words[:80]}”" if drawing.words else "没有文字"
        over = f"，盖住了 {several([a1(*spot) for spot in sorted(set(hidden))], unit='格')}" if hidden else ""
        tell("form-drawing", severity="query" if drawing.words or hidden else "note", sheet=name,
             cell=drawing.box.address, words=what, over=over, related=tuple(fields.values()))  # fmt: skip
