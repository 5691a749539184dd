"""与上年对照: which sentences of a text last year's has too, side by side, as a Word document of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xltools.characters import visible
from xltools.findings import Finding
from xltools.form.model import Filing
from xltools.ooxml.paper import (
    BODY_FONT,
    HEAD_FONT,
    TITLE_FONT,
    keep_whole,
    name_fall_backs,
    new_document,
    packed,
    shade,
    write_run,
)
from xltools.periods import in_words
from xltools.received.mark import NOTE
from xltools.rules.prose.alike import Alike, Piece, alike

TITLE = "文字与上年对照"

_COLUMNS = (("位置", 2.6), ("上年", 11.3), ("本年", 11.3))
"""The table's columns and their widths in centimetres."""

_SIZE, _LINE = 10.5, 17
_SAME = "FFF2CC"
"""The ground of what is the same in both years."""


def beside_last_year(filing: Filing, found: Finding) -> bytes | None:
    """The sentences of a filing that last year's has too, as .docx; None where it is no sentence as a whole that does.

    ``found`` is the finding on it. The same texts give the same bytes.
    """
    sentences = alike(filing)
    if not sentences:
        return None
    document = _sheet()
    _say(document, TITLE, TITLE_FONT, 20, align="center", after=6)
    _say(document, f"{visible(filing.agency.name)}　{in_words(filing.year)}", BODY_FONT, 12, align="center", after=6)
    what = f"{found.message}下面是相同的句子（数字不算），涂色的是一字不差的地方；请按本年的实际情况重写。"
    _say(document, f"　　{what}", BODY_FONT, 12, line=20, after=6)
    _table(document, sentences)
    return packed(document, NOTE)


def _sheet() -> Any:
    """An empty document of A4 pages laid across."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    document = new_document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.top_margin = section.bottom_margin = Cm(2)
    section.left_margin = section.right_margin = Cm(2.2)
    document.core_properties.author = ""
    document.core_properties.title = TITLE
    name_fall_backs(document)
    return document


def _say(
    document: Any, words: str, font: str, size: float, *, line: float = 28, align: str = "", after: float = 0
) -> None:
    write_run(document.add_paragraph(), words, font, size, line=line, align=align, after=after)


def _table(document: Any, sentences: Sequence[Alike]) -> None:
    from docx.shared import Cm

    table = document.add_table(0, len(_COLUMNS), style="Table Grid")
    table.autofit = False
    for column, (_, width) in zip(table.columns, _COLUMNS, strict=True):
        column.width = Cm(width)
    head = table.add_row()
    keep_whole(head, head=True)
    for cell, (name, _) in zip(head.cells, _COLUMNS, strict=True):
        write_run(cell.paragraphs[0], name, HEAD_FONT, _SIZE, line=_LINE, align="center")
        shade(cell, "EDF2F7")
    for one in sentences:
        row = table.add_row()
        keep_whole(row)
        place, before, now = row.cells
        write_run(place.paragraphs[0], f"“{one.section.sheet}”第 {one.number + 1} 段", BODY_FONT, _SIZE, line=_LINE)
        _pieces(before.paragraphs[0], one.before)
        _pieces(now.paragraphs[0], one.now)


def _pieces(paragraph: Any, pieces: Sequence[Piece]) -> None:
    """A sentence, what is the same on a coloured ground."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for piece in pieces:
        write_run(paragraph, visible(piece.text), BODY_FONT, _SIZE, line=_LINE)
        if piece.same:
            ground = OxmlElement("w:shd")
            for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SAME)):
                ground.set(qn(f"w:{name}"), value)
            paragraph.runs[-1]._element.get_or_add_rPr().append(ground)
