"""What cannot be seen on a page or in a Word document is not read with what can: letters like their ground, folded away, tiny."""

import pytest
from making import packed, parts
from test_ingest_hostile import WORD

from xltools.ingest.page import read_page
from xltools.ingest.word import read_word


def said(inside, style="", head="", table="<table>"):
    """What is read of a cell of a page."""
    page = (
        f"<html><head><style>{style}</style>{head}</head><body>{table}<tr><td>甲</td><td>乙</td></tr>"
        f"<tr><td>行政许可</td><td>{inside}</td></tr></table></body></html>"
    )
    return read_page(page.encode()).lines[-1].cells[-1].text


def tag(style, words="9", name="span", more=""):
    return f'12<{name} style="{style}"{more}>{words}</{name}>'


UNSEEN = {
    "white": tag("color:white"),
    "white in digits": tag("color: #FFFFFF"),
    "white in three digits": tag("color:#fff"),
    "white by parts": tag("color:rgb(255, 255, 255)"),
    "nearly white": tag("color:#f8f8f8"),
    "white of an old tag": '12<font color="#ffffff">9</font>',
    "white on white": tag("color:#fff;background:#fff"),
    "a ground of the letters' colour": tag("color:#336699;background-color:#336699"),
    "no colour at all": tag("color:transparent"),
    "a colour that is clear": tag("color:rgba(0,0,0,0)"),
    "a clear one in digits": tag("color:#00000000"),
    "letters of a hair": tag("font-size:1px"),
    "letters of three points": tag("font-size: 3.0pt"),
    "nearly clear": tag("opacity:0.01"),
    "unpainted": tag("-webkit-text-fill-color: transparent"),
    "of no size": tag("display:inline-block;transform:scale(0)"),
    "unrendered": tag("content-visibility:hidden"),
    "folded away": "12<details><summary></summary>9</details>",
    "folded away, in a paragraph": "12<details><p>9</p></details>",
    "a dialogue that is shut": "12<dialog>9</dialog>",
}


@pytest.mark.parametrize("inside", UNSEEN.values(), ids=UNSEEN)
def test_what_cannot_be_seen_is_no_part_of_a_figure(inside):
    assert said(inside) == "12"


BY_SHEET = {
    "a class": ".a{color:#fff}",
    "two classes at once": ".b,.a{color:white}",
    "for screens": "@media screen{.a{display:none}}",
    "for screens and paper": "@media screen, projection{.a{display:none}}",
    "for wide screens": "@media (min-width:600px){.a{visibility:hidden}}",
    "where it can be done": "@supports (display:grid){.a{display:none}}",
    "in a layer": "@layer base{.a{display:none}}",
    "in a layer for screens": "@layer base{@media screen{.a{display:none}}}",
    "behind one for paper": "@media print{.a{color:red}} .a{color:#fff}",
}


@pytest.mark.parametrize("style", BY_SHEET.values(), ids=BY_SHEET)
def test_nor_what_a_style_sheet_hides(style):
    assert said('12<span class="a">9</span>', style) == "12"


SEEN = {
    "white on blue": (tag("color:#fff;background:#336699"), "", "<table>"),
    "white on a row's blue": (tag("color:#fff"), "tr{background:#336699}", "<table>"),
    "white on a table's blue": (tag("color:#fff"), "", '<table bgcolor="#336699">'),
    "white on a picture": (tag("color:#fff"), "", '<table background="a.png">'),
    "grey": (tag("color:#999"), "", "<table>"),
    "black on white": (tag("color:#000;background:#fff"), "", "<table>"),
    "white, by another class": ('12<span class="c">9</span>', ".a{color:#fff}", "<table>"),
    "hidden on paper": ('12<span class="a">9</span>', "@media print{.a{display:none}}", "<table>"),
    "hidden on a telephone": ('12<span class="a">9</span>', "@media (max-width:600px){.a{display:none}}", "<table>"),
    "hidden in the dark": (
        '12<span class="a">9</span>',
        "@media (prefers-color-scheme:dark){.a{display:none}}",
        "<table>",
    ),
    "half clear": (tag("opacity:0.5"), "", "<table>"),
    "of any opacity": (tag("opacity:inherit"), "", "<table>"),
    "small": (tag("font-size:9px"), "", "<table>"),
    "unfolded": ("12<details open><summary></summary>9</details>", "", "<table>"),
}


@pytest.mark.parametrize(("inside", "style", "table"), SEEN.values(), ids=SEEN)
def test_what_can_be_seen_is(inside, style, table):
    assert said(inside, style, table=table).replace("\n", "") == "129"


DOUBTFUL = {
    "grounds by several classes": (".head td{background:#336699}", ""),
    "grounds from elsewhere": ("", '<link rel="stylesheet" href="a.css">'),
}


@pytest.mark.parametrize(("style", "head"), DOUBTFUL.values(), ids=DOUBTFUL)
@pytest.mark.parametrize("ink", ["color:#fff", "color:white", "color:#fefefe"])
def test_where_the_ground_is_not_known_white_digits_are_none_of_a_figure_s(style, head, ink):
    assert said(tag(ink), style, head) == "12⁹"


# ── Word ─────────────────────────────────────────────────────────────────────


def written(properties):
    """What is read of 12 and a 9 with properties of its own."""
    runs = f"<w:r><w:t>12</w:t></w:r><w:r><w:rPr>{properties}</w:rPr><w:t>9</w:t></w:r>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{space}"><w:body><w:p>{runs}</w:p></w:body></w:document>'
    return read_word(packed({**parts(WORD), "word/document.xml": body.encode()})).lines[-1].text


WORDED = {
    "hidden": ("<w:vanish/>", "12"),
    "hidden on pages": ("<w:webHidden/>", "12"),
    "a paragraph's hidden mark": ("<w:specVanish/>", "12"),
    "of a point": ('<w:sz w:val="2"/>', "12"),
    "of three points": ('<w:sz w:val="6"/>', "12"),
    "white": ('<w:color w:val="FFFFFF"/>', "12⁹"),
    "nearly white": ('<w:color w:val="F8F8F8"/>', "12⁹"),
    "white on blue": ('<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="336699"/>', "129"),
    "of any colour": ('<w:color w:val="auto"/>', "129"),
    "blue": ('<w:color w:val="0000FF"/>', "129"),
    "small": ('<w:sz w:val="18"/>', "129"),
    "not hidden": ('<w:vanish w:val="0"/>', "129"),
}


@pytest.mark.parametrize(("properties", "text"), WORDED.values(), ids=WORDED)
def test_what_cannot_be_seen_in_a_word_document_is_no_part_of_a_figure(properties, text):
    assert written(properties) == text
