"""An official table in a Word document: merged headings, a whole table on one page where a page holds it."""

from __future__ import annotations

from math import ceil
from typing import Any

from xltools.paper import BODY_FONT, HEAD_FONT, keep_whole, shade, write_run
from xltools.report.content import OfficialTable, TableCell

WIDTH = 15.6
"""Centimetres between the margins."""

_ROOM = 590.0
"""Points that a page leaves for a table below its heading."""
_SIZES = ((12.0, 18.0), (10.5, 14.0), (10.0, 13.0), (9.0, 12.0))
"""Sizes of a table's words with their line heights, in points: the first at which a page holds the table is taken."""
_ROOMY, _FIGURE = 5, 1.12
"""A table of more columns than this starts with the second size, and its figures have so many centimetres beside headings."""
_POINTS = 72 / 2.54
_PADDING = 0.1
"""Centimetres left and right in a cell."""
_SMALLEST = 5.0
"""Points: figures are not made smaller than this to stand in one line."""


def add_table(document: Any, official: OfficialTable) -> None:
    """Adds the table; heading rows stand again on every page, no row is split, what belongs together stays together."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Cm

    table = document.add_table(official.rows, len(official.widths), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    _narrow_margins(table)
    size, line, widths = _fitting(official)
    kept = _kept(official, _height(official, widths, size, line) <= _ROOM)
    grid = [list(row.cells) for row in table.rows]
    for number, row in enumerate(table.rows):
        keep_whole(row, head=number < official.headings)
    for column, width in enumerate(widths):
        table.columns[column].width = Cm(width)
        for cells in grid:
            cells[column].width = Cm(width)
    figures = _figure_size(official, widths, size)
    for cell in official.cells:
        there = grid[cell.row][cell.column]
        if (cell.rows, cell.columns) != (1, 1):
            there = there.merge(grid[cell.row + cell.rows - 1][cell.column + cell.columns - 1])
        font = HEAD_FONT if cell.kind in ("corner", "column", "band") else BODY_FONT
        align = "left" if cell.kind in ("row", "band") else "center"
        points = figures if cell.kind == "figure" else size
        write_run(there.paragraphs[0], cell.text, font, points, line=line, align=align)
        there.vertical_alignment = 1  # the middle
        if cell.kind == "band":
            shade(there, "F2F2F2")
    for number in kept:
        _keep_with_next(table.rows[number])


def _keep_with_next(row: Any) -> None:
    """Keeps a row with the next: every paragraph must say so, those hidden under a merged cell too."""
    for cell in row._tr.tc_lst:
        for paragraph in cell.p_lst:
            paragraph.get_or_add_pPr().get_or_add_keepNext()


def _narrow_margins(table: Any) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    twips = round(_PADDING * _POINTS * 20)
    sides = "".join(f'<w:{side} w:w="{twips}" w:type="dxa"/>' for side in ("left", "right"))
    table._tbl.tblPr.insert_element_before(
        parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>"), "w:tblLook", "w:tblCaption"
    )


def _fitting(official: OfficialTable) -> tuple[float, float, list[float]]:
    """Size and line height in points, and column widths in centimetres, at which a page holds the table, or the smallest."""
    wide = len(official.widths) > _ROOMY
    for size, line in _SIZES[wide:]:
        widths = _widths(official, size)
        if _height(official, widths, size, line) <= _ROOM:
            break
    return size, line, widths


def _widths(official: OfficialTable, size: float) -> list[float]:
    """Column widths in centimetres. Headings over groups of rows get four characters, the innermost what is left."""
    stub, columns = official.stub, len(official.widths)
    if stub < 2 or columns <= _ROOMY:
        return [WIDTH * share for share in official.widths]
    outer = [4.2 * size / _POINTS + 2 * _PADDING] * (stub - 1)
    figures = [_FIGURE] * (columns - stub)
    return [*outer, WIDTH - sum(outer) - sum(figures), *figures]


def _room(cell: TableCell, widths: list[float]) -> float:
    """Points that a cell has for a line of words."""
    return (sum(widths[cell.column : cell.column + cell.columns]) - 2 * _PADDING) * _POINTS


def _ems(words: str) -> float:
    """How wide words are, in Chinese characters."""
    return sum(0.5 if character.isascii() else 1.0 for character in words)


def _figure_size(official: OfficialTable, widths: list[float], size: float) -> float:
    """The size in points at which the longest figure stands in one line; a digit is half as wide as high."""
    fitting = [_room(c, widths) / _ems(c.text) for c in official.cells if c.kind == "figure" and c.text]
    return max(_SMALLEST, min([size, *(int(points * 2) / 2 for points in fitting)]))


def _height(official: OfficialTable, widths: list[float], size: float, line: float) -> float:
    """About how high the table is, in points."""
    lines = [1] * official.rows
    for cell in official.cells:
        if cell.rows == 1 and cell.kind != "figure":  # a figure stands in one line
            lines[cell.row] = max(lines[cell.row], ceil(_ems(cell.text) * size / _room(cell, widths)))
    return sum(lines) * line + official.rows


def _kept(official: OfficialTable, whole: bool) -> set[int]:
    """The rows that stay on the page of the row below: all, or where no page holds them those down to the next band."""
    bands = {cell.row for cell in official.cells if cell.kind == "band"}
    last = official.rows - 1
    if whole:
        return set(range(last))
    if not bands:
        return set(range(official.headings))
    return {row for row in range(last) if row + 1 not in bands}
