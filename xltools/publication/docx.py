"""A report as a Word document on official paper: A4 and margins of GB/T 9704, the usual fonts, styles that an office can keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xltools.ooxml.paper import (
    BODY_FONT,
    HEAD_FONT,
    SECOND_FONT,
    TITLE_FONT,
    name_fall_backs,
    new_document,
    packed,
    set_font,
    speak_chinese,
    write_run,
)
from xltools.ooxml.patch import as_text
from xltools.publication.content import Report, ReportParagraph
from xltools.publication.word_table import add_table

_LINE, _BODY, _TITLE = 28.0, 16.0, 22.0
"""Points: line height, 三号, 二号."""
_TITLE_LINE, _FROM_EDGE = 36.0, 4.0
"""Points between the lines of a title; characters between the date of the report and the edge."""
_LONG_TITLE = 20
"""Characters of a title that one line holds in 二号."""


def word_report(report: Report) -> bytes:
    """The whole document; the same report gives the same bytes."""
    document = _paper(report)
    if report.draft:
        _watermark(document)
        _banner(document, report.draft)
    title = document.add_paragraph(style="Title")
    for number, words in enumerate(report.title_lines if len(report.title) > _LONG_TITLE else (report.title,)):
        if number:
            title.runs[0].add_break()
        title.add_run(as_text(words))
    for words in filter(None, report.opening.split("\n")):
        document.add_paragraph(as_text(words), style="Body Text")
    for part in report.parts:
        document.add_paragraph(as_text(part.title), style="Heading 1")
        for paragraph in part.paragraphs:
            _paragraph(document, paragraph)
        if part.table:
            add_table(document, part.table)
            if part.table.note:
                write_run(document.add_paragraph(), part.table.note, BODY_FONT, 12, line=20, before=4)
    _signature(document, report.signature)
    return packed(document)


def _paragraph(document: Any, paragraph: ReportParagraph) -> None:
    """A paragraph as typed, the heading that it begins with in the font of such headings."""
    made = document.add_paragraph(style="Heading 2" if paragraph.heading else "Body Text")
    if paragraph.lead:
        set_font(made.add_run(as_text(paragraph.lead)), SECOND_FONT, _BODY)
    made.add_run(as_text(paragraph.text[len(paragraph.lead) :]))


def _signature(document: Any, lines: Sequence[str]) -> None:
    """Whose report it is, and below it the day, four characters from the right edge: on the page of the words before."""
    from docx.shared import Pt

    if document.paragraphs and lines:
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    middle = _FROM_EDGE + _ems(lines[-1]) / 2 if lines else 0
    for number, words in enumerate(lines):
        made = document.add_paragraph(as_text(words), style="Signature")
        look = made.paragraph_format
        look.right_indent = Pt(_BODY * max(middle - _ems(words) / 2, 0))
        if not number:
            look.space_before = Pt(_LINE)
        look.keep_with_next = number < len(lines) - 1


def _ems(words: str) -> float:
    """How many characters wide words are: a digit is half as wide."""
    return sum(0.5 if c.isascii() else 1.0 for c in words)


def _paper(report: Report) -> Any:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm

    document = new_document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.footer_distance = Cm(2.3)
    _style(document, "Normal", BODY_FONT, _BODY, _LINE)
    # Not justified: of a justified line that is just full LibreOffice loses the comma at its end.
    _style(document, "Body Text", BODY_FONT, _BODY, _LINE, indent=True)
    _style(document, "Title", TITLE_FONT, _TITLE, _TITLE_LINE, align="center", after=14)
    _style(document, "Heading 1", HEAD_FONT, _BODY, _LINE, before=6, after=4, indent=True)
    _style(document, "Heading 2", SECOND_FONT, _BODY, _LINE, indent=True)
    document.styles.add_style("Signature", WD_STYLE_TYPE.PARAGRAPH)
    _style(document, "Signature", BODY_FONT, _BODY, _LINE, align="right")
    _no_border(document.styles["Title"])
    facts, day = document.core_properties, datetime(report.year, 12, 31)
    facts.title, facts.author, facts.comments, facts.language = as_text(report.title), "", "", "zh-CN"
    facts.created = facts.modified = day  # a fixed date: the same report gives the same bytes
    speak_chinese(document)
    name_fall_backs(document)
    _page_number(section)
    return document


def _style(
    document: Any, name: str, font: str, size: float, line: float, *, align: str = "", before: float = 0,
    after: float = 0, indent: bool = False,
) -> None:  # fmt: skip
    """Makes a style say all of how its paragraphs look; sizes and heights in points."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style = document.styles[name]
    set_font(style, font, size)
    style.font.bold, style.font.color.rgb = False, RGBColor(0, 0, 0)
    look = style.paragraph_format
    look.line_spacing, look.space_before, look.space_after = Pt(line), Pt(before), Pt(after)
    look.widow_control = False
    if align:
        look.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    if indent:
        look.first_line_indent = Pt(2 * size)
        style.element.pPr.ind.set(qn("w:firstLineChars"), "200")  # two characters, whatever their size becomes


def _page_number(section: Any) -> None:
    """— 1 — at the foot of every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for words in ("— ", None, " —"):
        run = footer.add_run(words or "")
        set_font(run, "宋体", 14)
        if words is None:
            _field(run, "PAGE")


def _banner(document: Any, words: str) -> None:
    """What makes a draft of it, in a box above the title."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph = document.add_paragraph()
    write_run(paragraph, words, HEAD_FONT, 12, line=20, after=14)
    sides = "".join(f'<w:{side} w:val="single" w:sz="8" w:space="4" w:color="8C1D18"/>'
                    for side in ("top", "left", "bottom", "right"))  # fmt: skip
    paragraph._p.get_or_add_pPr().insert_element_before(
        parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>"), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc"
    )


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
