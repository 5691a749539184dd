"""What the tables of a drawn sheet have taken for their own, and the words that are left beside them."""

from __future__ import annotations

from dataclasses import field

from xltools.classes import dataclass
from xltools.drawing import canvas
from xltools.drawing.sketch import Sketch
from xltools.drawing.slate import Slate


@dataclass
class Taken:
    """What the tables of a sheet have taken for their own: cells, and ids."""

    ids: set[str]
    cells: set[tuple[int, int]] = field(default_factory=set)
    heads: set[int] = field(default_factory=set)
    """The rows of their headings."""


def ids_on(sketch: Sketch) -> set[str]:
    """Every id that is written on a sheet: of rows in the gutter, of columns in the rows for them."""
    rows = {sketch.words(row, 0).partition(" ")[0] for row in sketch.rows()}
    marked = [row for row in sketch.rows() if sketch.words(row, 0) == canvas.IDS]
    return rows | {sketch.words(row, column) for row in marked for column in sketch.columns()}


def covered(sketch: Sketch, row: int, column: int) -> bool:
    """Whether a cell lies in a merged box that begins elsewhere."""
    box = sketch.box(row, column)
    return (box.top, box.left) != (row, column)


def tell_strays(sketch: Sketch, used: Taken, slate: Slate) -> None:
    """Tells the words on a sheet that are no table's."""
    for row, column in sorted(sketch.cells):
        if column and row and (row, column) not in used.cells and not covered(sketch, row, column):
            _stray(sketch, (row, column), used, slate)


def _stray(sketch: Sketch, spot: tuple[int, int], used: Taken, slate: Slate) -> None:
    """Words that are no table's: a mistake where they stand against one, for a line that was meant would be lost."""
    (row, column), words = spot, sketch.words(*spot)[:20]
    above, left = ((box.top, box.left) for box in (sketch.box(row - 1, column), sketch.box(row, column - 1)))
    if above in used.cells or (row in used.heads and left in used.cells):
        slate.wrong(
            (sketch.name, *spot),
            f"“{words}”紧挨着表，却没有要填的格，不会印出来",
            "要它成为一行（列）的，把要填的格涂成黄色（整行整列复制旁边的，再把编号清空）；"
            "是表下方的说明的，A 列写“#说明”；不用的删去",
        )
    else:
        slate.remark((sketch.name, *spot), f"“{words}”不属于任何一张表，不会印出来", "不用的话删去")
