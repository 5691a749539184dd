"""A report as a Word document on official paper: A4 and margins of GB/T 9704, the usual fonts, tables that do not split badly."""

from __future__ import annotations

from typing import Any

from xltools.paper import (
    BODY_FONT,
    HEAD_FONT,
    TITLE_FONT,
    keep_whole,
    name_fall_backs,
    packed,
    set_font,
    shade,
    write_run,
)
from xltools.report.content import OfficialTable, Report

_LINE, _BODY, _TITLE = 28.0, 16.0, 22.0
"""Points: line height, 三号, 二号."""
_WIDTH = 15.6
"""Centimetres between the margins."""
_LONG_TITLE = 20
"""Characters of a title that one line holds in 二号."""


def word_report(report: Report) -> bytes:
    """The whole document; the same report gives the same bytes."""
    document = _paper(report)
    if report.draft:
        _watermark(document)
        write_run(document.add_paragraph(), report.draft, HEAD_FONT, 12, line=20, after=6)
    title = document.add_paragraph(style="Title")
    size = _TITLE if len(report.title) <= _LONG_TITLE else _TITLE - 4
    write_run(title, report.title, TITLE_FONT, size, line=36, align="center", after=14)
    _paragraph(document, report.opening)
    for part in report.parts:
        heading = document.add_paragraph(style="Heading 1")
        write_run(heading, part.title, HEAD_FONT, _BODY, line=_LINE, before=6)
        _indent(heading)
        for words in part.paragraphs:
            _paragraph(document, words)
        if part.table:
            _table(document, part.table)
    return packed(document)


def _paper(report: Report) -> Any:
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, RGBColor

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    for name, font, size in (
        ("Normal", BODY_FONT, _BODY),
        ("Title", TITLE_FONT, _TITLE),
        ("Heading 1", HEAD_FONT, _BODY),
    ):
        style = document.styles[name]
        set_font(style, font, size)
        style.font.bold, style.font.color.rgb = False, RGBColor(0, 0, 0)
    _no_border(document.styles["Title"])
    document.core_properties.title, document.core_properties.author = report.title, ""
    name_fall_backs(document)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words in ("— ", None, " —"):
        run = footer.add_run(words or "")
        set_font(run, "宋体", 14)
        if words is None:
            _field(run, "PAGE")
    return document


def _no_border(style: Any) -> None:
    """Takes away the line that Word's own title style draws."""
    properties = style.element.get_or_add_pPr()
    for child in [child for child in properties if child.tag.endswith("}pBdr")]:
        properties.remove(child)


def _field(run: Any, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind, words in (("begin", None), (None, name), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = words
        run._r.append(element)


def _paragraph(document: Any, words: str) -> None:
    paragraph = document.add_paragraph()
    write_run(paragraph, words, BODY_FONT, _BODY, line=_LINE, align="justify")
    _indent(paragraph)


def _indent(paragraph: Any) -> None:
    from docx.shared import Pt

    paragraph.paragraph_format.first_line_indent = Pt(2 * _BODY)


def _table(document: Any, official: OfficialTable) -> None:
    """The table with its merged headings; heading rows stand again on every page, no row is split."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Cm

    table = document.add_table(official.rows, len(official.widths), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    small = len(official.widths) > 5
    size, line = (9.0, 12.0) if small else (12.0, 18.0)
    grid = [list(row.cells) for row in table.rows]
    for number, row in enumerate(table.rows):
        keep_whole(row, head=number < official.headings)
    for column, share in enumerate(official.widths):
        table.columns[column].width = Cm(_WIDTH * share)
        for cells in grid:
            cells[column].width = Cm(_WIDTH * share)
    for cell in official.cells:
        bottom, right = cell.row + cell.rows - 1, cell.column + cell.columns - 1
        there = grid[cell.row][cell.column]
        if (bottom, right) != (cell.row, cell.column):
            there = there.merge(grid[bottom][right])
        font, align = (BODY_FONT, "center") if cell.kind == "figure" else (HEAD_FONT, "center")
        if cell.kind in ("row", "band"):
            font, align = BODY_FONT, "left"
        write_run(there.paragraphs[0], cell.text, font, size, line=line, align=align)
        there.paragraphs[0].paragraph_format.keep_with_next = official.rows <= 12 and bottom < official.rows - 1
        there.vertical_alignment = 1  # the middle
        if cell.kind == "band":
            shade(there, "F2F2F2")


def _watermark(document: Any) -> None:
    """草稿, large and pale, behind the text of every page."""
    from docx.oxml import parse_xml

    shape = (
        '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w10="urn:schemas-microsoft-com:office:word"><w:pict>'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
        '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
        '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>'
        '<v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>'
        '<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom" '
        'o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
        '<v:textpath on="t" fitshape="t"/></v:shapetype>'
        '<v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" type="#_x0000_t136" alt="草稿" '
        'style="position:absolute;margin-left:0;margin-top:0;width:360pt;height:180pt;rotation:315;z-index:-251658752;'
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;"
        'mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#d9d9d9" stroked="f">'
        '<v:fill opacity=".5"/><v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="草稿"/>'
        '<w10:wrap anchorx="margin" anchory="margin"/></v:shape></w:pict></w:r>'
    )
    document.sections[0].header.paragraphs[0]._p.append(parse_xml(shape))
