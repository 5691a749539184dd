"""Word documents as government offices keep them: fonts with fall-backs, runs, and bytes that do not depend on the clock."""

from __future__ import annotations

import io
from typing import Any

from xltools.ooxml.patch import as_text
from xltools.ooxml.repack import steadied

TITLE_FONT, HEAD_FONT, SECOND_FONT, BODY_FONT = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
LATIN_FONT = "Times New Roman"
FALL_BACKS = {TITLE_FONT: "华文中宋", HEAD_FONT: "SimHei", SECOND_FONT: "楷体", BODY_FONT: "仿宋"}
"""The fonts of official papers, and what a computer without them takes instead."""


_LUGGAGE = ("/stylesWithEffects", "/customXml", "/thumbnail")
"""How the relations end that name what lies in python-docx's template and is no part of our documents."""


def new_document() -> Any:
    """An empty document: python-docx's template without its second set of styles, its foreign picture and its custom data."""
    from docx import Document

    document = Document()
    for owner in (document.part.package, document.part):
        for id_ in [id_ for id_, relation in owner.rels.items() if relation.reltype.endswith(_LUGGAGE)]:
            del owner.rels[id_]
    return document


def name_fall_backs(document: Any) -> None:
    """Tells Word what to take for a font that the computer does not have."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from lxml import etree

    fonts = next(p for p in document.part.package.iter_parts() if str(p.partname).endswith("fontTable.xml"))
    declared = "".join(f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
                       for name, other in FALL_BACKS.items())  # fmt: skip
    root = parse_xml(fonts.blob)
    root.extend(parse_xml(f"<w:fonts {nsdecls('w')}>{declared}</w:fonts>"))
    fonts._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def speak_chinese(document: Any) -> None:
    """Makes Chinese the language of a document: where lines may break, what is spell-checked, how it is read out."""
    from docx.oxml.ns import qn

    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for language in document.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def packed(document: Any, note: bytes = b"") -> bytes:
    """The document's bytes without the time at which they were written; ``note`` stands in the zip's directory."""
    made = io.BytesIO()
    document.save(made)
    return steadied(made.getvalue(), note)


def write_run(
    paragraph: Any, words: str, font: str, size: float, *, line: float, align: str = "", before: float = 0,
    after: float = 0,
) -> None:  # fmt: skip
    """Adds words to a paragraph: East Asian font, size and fixed line height in points."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    look = paragraph.paragraph_format
    look.line_spacing, look.space_before, look.space_after = Pt(line), Pt(before), Pt(after)
    if align:
        paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    set_font(paragraph.add_run(as_text(words)), font, size)


def set_font(run: Any, font: str, size: float) -> None:
    """The font of a run or of a style: Latin letters keep their own."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run.font.name, run.font.size = LATIN_FONT, Pt(size)
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):  # a theme's font would go before the one named
        fonts.attrib.pop(qn(f"w:{script}Theme"), None)


def keep_whole(row: Any, *, head: bool = False) -> None:
    """Keeps a table's row on one page; a heading row stands again on every page."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def shade(cell: Any, colour: str) -> None:
    """A cell's ground."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    ground = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        ground.set(qn(f"w:{name}"), value)
    # Word insists on the order of a cell's properties.
    cell._tc.get_or_add_tcPr().insert_element_before(
        ground, "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign", "w:hideMark"
    )
