"""An official table in a Word document: merged headings, whole on one page where a page holds it."""

from __future__ import annotations

from typing import Any

from xltools.ooxml.paper import BODY_FONT, HEAD_FONT, keep_whole, shade, write_run
from xltools.ooxml.patch import as_text
from xltools.publication.content import OfficialTable, TableCell

_WIDTH = 442.0
"""Points between the margins: 15.6 cm."""
_SIZES, _FEW = (12.0, 10.5), 5
"""Points of a table's words: 小四 where it has few columns, else 五号; smaller only where its figures need it."""
_LINE, _ROW = 1.25, 1.6
"""Heights of a line and at least of a row, to the size of the words."""
_SIDE, _TOP = 60, 15
"""White beside and above the words of a cell, in twentieths of a point."""
_PAGE = 40
"""Rows that a page may hold: a table of more of them is broken."""


def add_table(document: Any, official: OfficialTable) -> None:
    """Adds the table; heading rows stand again on every page, no row is split."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Pt

    room = _WIDTH - official.columns * 2 * _SIDE / 20
    size = min(_SIZES[official.columns > _FEW], room / sum(official.needs) // 0.5 * 0.5)
    table = document.add_table(official.rows, official.columns, style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    _properties(table, official.caption)
    grid = [list(row.cells) for row in table.rows]
    for number, row in enumerate(table.rows):
        keep_whole(row, head=number < official.headings)
        row.height = Pt(_ROW * size)
    for column, width in enumerate(official.widths(room / size)):
        for holder in (table.columns[column], *(cells[column] for cells in grid)):
            holder.width = Pt(width * size + 2 * _SIDE / 20)
    for cell in official.cells:
        there = grid[cell.row][cell.column]
        if (cell.rows, cell.columns) != (1, 1):
            there = there.merge(grid[cell.row + cell.rows - 1][cell.column + cell.columns - 1])
        _write(there, cell, size, nested=official.labels > 1)
    for number in _kept(official):
        _keep_with_next(table.rows[number])


def _write(there: Any, cell: TableCell, size: float, *, nested: bool) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    font = HEAD_FONT if cell.kind in ("corner", "column", "band") else BODY_FONT
    align = "left" if cell.kind == "band" or (cell.kind == "row" and nested) else "center"
    write_run(there.paragraphs[0], cell.text, font, size, line=_LINE * size, align=align)
    if cell.kind == "band":
        shade(there, "EEF1F5")
    there.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _kept(official: OfficialTable) -> range:
    """The rows that stay on the page of what is below, a note too: all, but of a table that no page holds its headings alone."""
    return range(official.rows - (not official.note) if official.rows <= _PAGE else official.headings)


def _keep_with_next(row: Any) -> None:
    """Keeps a row with the next: every paragraph must say so, those hidden under a merged cell too."""
    for cell in row._tr.tc_lst:
        for paragraph in cell.p_lst:
            paragraph.get_or_add_pPr().get_or_add_keepNext()


def _properties(table: Any, caption: str) -> None:
    """Narrow white around the words, and a title for those who have the table read out."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    margins = "".join(f'<w:{side} w:w="{white}" w:type="dxa"/>'
                      for side, white in (("top", _TOP), ("left", _SIDE), ("bottom", _TOP), ("right", _SIDE)))  # fmt: skip
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))
    title = parse_xml(f"<w:tblCaption {nsdecls('w')}/>")
    title.set(qn("w:val"), as_text(caption))
    look.addnext(title)
