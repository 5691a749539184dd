"""What a received sheet has beside the form, and what of the form cannot be seen under it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from xltools.address import COLUMNS, Box, a1, parse_range
from xltools.form.layout import STATUS_ROW, Layout
from xltools.ooxml.cells import Cell, SheetCells
from xltools.ooxml.trees import Unreadable
from xltools.received.issued import Issued, is_own, own_cells
from xltools.received.locate import Places
from xltools.terms import MANY

Tell = Callable[..., None]

_COVERS_LIMIT = 20_000
"""Merged ranges of a sheet that are not ours: no program has had so many made by hand."""


def tell_strays(
    name: str, issued: Issued, theirs: SheetCells, layout: Layout, where: Places, say: Tell, within: Box | None = None
) -> None:
    """Contents where the form has none: beside, below or between; ``within``: only those in a part of the sheet."""
    ours = issued.filled[name]
    strays = []
    right = COLUMNS if where.as_issued else max(where.columns.found.values(), default=COLUMNS)
    known = ours | own_cells(layout, name) if where.as_issued else set()
    for row, column in theirs.cells.keys() - known:
        cell = theirs.cells[row, column]
        spot = where.issued(row, column)
        if spot in ours or (spot is not None and is_own(name, *spot, layout)):
            continue
        if within and (spot is None or not within.holds(*spot)):
            continue
        if cell.formula is not None and column > right:  # our own hidden sums, beside a table whose lines were moved
            continue
        added = row in where.rows.new or column in where.columns.new
        if not added and not _shows_nothing(cell) and not (issued.summary and row == STATUS_ROW):
            strays.append(((row, column), cell.text))
    if strays:
        strays.sort()
        cells = [a1(*spot) for spot, _ in strays[:MANY]]
        say("form-cell-added", sheet=name, cell=cells[0], cells="、".join(cells),
            words="、".join(text for _, text in strays)[:80])  # fmt: skip


def _shows_nothing(cell: Cell) -> bool:
    """Whether nothing is to be seen of a cell: white space, or a formula that gives an empty text."""
    return not cell.value.strip() and (cell.formula is None or cell.kind == "text")


def tell_covered(name: str, issued: Issued, theirs: SheetCells, layout: Layout, where: Places, say: Tell) -> None:
    """Cells that cannot be seen, since another one's contents lie over them: merged, or filled by one formula."""
    ours = issued.merged[name]
    if not where.as_issued:
        ours = frozenset(_moved(parse_range(span), where) for span in ours)
    covers = [(span, "merge") for span in theirs.merged if span not in ours]
    covers += [(span, "formula") for span in theirs.spilled]
    if len(covers) > _COVERS_LIMIT:
        raise Unreadable("file-unsafe", "合并单元格多得不合理")
    if not covers:
        return
    inputs = {}
    for item in layout.form.inputs:
        sheet, *issued_spot = layout.position(item.id)
        if sheet == name and (spot := where.of(*issued_spot)) is not None:
            inputs[spot] = item.id
    candidates = sorted({spot for spot, cell in theirs.cells.items() if not _shows_nothing(cell)} | inputs.keys())
    for span, kind in covers:
        try:
            box = parse_range(span)
        except ValueError as problem:
            raise Unreadable("file-damaged", f"工作表“{name}”的内容不完整") from problem
        first = bisect_left(candidates, (box.top, box.left))
        hidden = [
            spot for spot in candidates[first : bisect_right(candidates, (box.bottom, box.right))]
            if box.left <= spot[1] <= box.right and spot != (box.top, box.left)
        ]  # fmt: skip
        if not hidden:
            continue
        fields = tuple(inputs[spot] for spot in hidden if spot in inputs)
        words = "、".join(theirs.text(*spot) for spot in hidden if not theirs.at(*spot).blank)
        filled = any(not theirs.at(*spot).blank for spot in hidden if spot in inputs)
        say("form-covered", severity="error" if filled else "query", sheet=name, cell=a1(*hidden[0]),
            field=fields[0] if len(fields) == 1 else None, related=fields if len(fields) > 1 else (),
            cells="、".join(a1(*spot) for spot in hidden[:MANY]), range=span, **_COVERED[kind],
            words=f"（里面存的是 {words[:80]}）" if words else "")  # fmt: skip


_COVERED = {
    "merge": {"how": "合并成了一格", "undo": "取消合并"},
    "formula": {"how": "由一个公式填满", "undo": "删去这个公式"},
}


def _moved(box: Box, where: Places) -> str:
    """A merged range of the form where its lines now stand; "" where one of them is lost."""
    first, last = where.of(box.top, box.left), where.of(box.bottom, box.right)
    return Box(*first, *last).span if first and last else ""
