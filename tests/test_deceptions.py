"""More files made to deceive: what lies over a figure, in what letters it stands, how a file spells its numbers, which form it carries."""

import re
from pathlib import Path

import pytest
from alterations_seen import _anchor
from making import checked, filing, packed, parts
from test_attacks import CELL, GOOD, PART, SHEET, in_cell, stopped, with_xml
from test_prefilled import CELL as REQUESTED
from test_prefilled import SHEET as REQUESTS
from test_prefilled import WRONG_YEAR, figures, resaved, returned
from test_seen import drawn

import xltools.editions
from xltools.address import parse_a1
from xltools.editions import form_of, load_form
from xltools.form.fields import Origin
from xltools.workbook.write import write_filing

# ruff: noqa: E501 - parts of workbooks as they stand in files
P = parts(GOOD)
STYLES = "xl/styles.xml"
FIVE = "&quot;5&quot;"
A14 = "http://schemas.microsoft.com/office/drawing/2010/main"
X14 = (
    '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" uri="{78C0D931}"><x14:conditionalFormattings>'
    '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="KIND" priority="9" id="{1}">'
    f"INSIDE</x14:cfRule><xm:sqref>{CELL}</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst></worksheet>"
)


# ── rules that lay something over a figure ───────────────────────────────────


WHITE_LETTERS = '<font><color theme="0"/></font>'
GREEN_ON_GREEN = '<font><color rgb="FF00B050"/></font><fill><patternFill patternType="solid"><bgColor rgb="FF00B050"/></patternFill></fill>'
BAR = '<dataBar><cfvo type="min"/><cfvo type="max"/><color rgb="{}"/></dataBar>'
SCALE = '<colorScale><cfvo type="min"/><cfvo type="max"/><color rgb="{}"/><color rgb="{}"/></colorScale>'


def ruled(rule, around=("", ""), code=FIVE, inside=None):
    """The filing with one more style for rules (NN is its number), a rule, and something before and behind all of it."""
    styles = P[STYLES].decode()
    count = int(re.search(r'<dxfs count="(\d+)"', styles)[1])
    inside = inside or f'<numFmt numFmtId="190" formatCode="{code}"/>'
    more = f"<dxf>{inside}</dxf></dxfs>"
    styles = styles.replace("</dxfs>", more).replace(f'<dxfs count="{count}"', f'<dxfs count="{count + 1}"')
    sheet = (
        P[PART]
        .decode()
        .replace("<conditionalFormatting ", rule.replace("NN", str(count)) + "<conditionalFormatting ", 1)
    )
    sheet = sheet.replace("<sheetViews>", around[0] + "<sheetViews>").replace(
        "<pageMargins", around[1] + "<pageMargins", 1
    )
    return packed({**P, STYLES: styles.encode(), PART: sheet.encode()})


def with_style(found, inside):
    """The parts of a workbook that change where a rule lays one more style over the cell."""
    styles = found[STYLES].decode()
    count = int(re.search(r'<dxfs count="(\d+)"', styles)[1])
    laid = rule(f'dxfId="{count}"')
    sheet = found[PART].decode().replace("<conditionalFormatting ", laid + "<conditionalFormatting ", 1)
    return {STYLES: styles.replace("</dxfs>", f"<dxf>{inside}</dxf></dxfs>").encode(), PART: sheet.encode()}


def rule(style='dxfId="NN"', where=CELL):
    return (
        f'<conditionalFormatting sqref="{where}"><cfRule type="expression" {style} priority="99"><formula>TRUE</formula>'
        "</cfRule></conditionalFormatting>"
    )


def bar(kind, inside):
    return f'<conditionalFormatting sqref="{CELL}"><cfRule type="{kind}" priority="99">{inside}</cfRule></conditionalFormatting>'


RULED = {
    "a rule": lambda: ruled(rule()),
    "a style of 0NN": lambda: ruled(rule('dxfId="0NN"')),
    "a style of +NN": lambda: ruled(rule('dxfId="+NN"')),
    "a style with blanks": lambda: ruled(rule('dxfId=" NN "')),
    "a style as entities": lambda: ruled(rule('dxfId="&#49;&#49;"')),
    "blanks round the sign": lambda: ruled(rule('dxfId = "NN"')),
    "between comments about rows": lambda: ruled(rule(), ("<!--<sheetData>-->", "<!--</sheetData>-->")),
    "before a comment about rows": lambda: ruled(rule(), ("", "<!--</sheetData>-->")),
    "a range in small letters": lambda: ruled(rule(where=CELL.lower())),
    "a fixed range": lambda: ruled(rule(where="$B$11")),
    "a column": lambda: ruled(rule(where="B:B")),
    "a range turned round": lambda: ruled(rule(where="D14:A2")),
    "a rule of its own": with_xml("</worksheet>", X14.replace("INSIDE", f'<x14:dxf><numFmt numFmtId="190" formatCode="{FIVE}"/></x14:dxf>')),
    "the same, spaced": with_xml("</worksheet>", X14.replace("INSIDE", f'<x14:dxf ><numFmt numFmtId="190" formatCode="{FIVE}"/></x14:dxf >')),
    "a bar without the value": lambda: ruled(bar("dataBar", '<dataBar showValue="0"><cfvo type="min"/><cfvo type="max"/></dataBar>')),
    "signs without the value": lambda: ruled(bar("iconSet", '<iconSet showValue="false"><cfvo type="percent" val="0"/></iconSet>')),
    "a rule of white letters": lambda: ruled(rule(), inside=WHITE_LETTERS),
    "a rule of a ground like the letters": lambda: ruled(rule(), inside='<fill><patternFill><bgColor rgb="FF000000"/></patternFill></fill>'),
    "a rule of letters like its ground": lambda: ruled(rule(), inside=GREEN_ON_GREEN),
    "a rule that strikes out": lambda: ruled(rule(), inside="<font><strike/></font>"),
    "a black bar": lambda: ruled(bar("dataBar", BAR.format("FF000000"))),
    "a scale of black": lambda: ruled(bar("colorScale", SCALE.format("FF000000", "FF63BE7B"))),
    "a newer bar without it": with_xml("</worksheet>", X14.replace("KIND", "dataBar").replace("INSIDE", '<x14:dataBar showValue="0"/>')),
}  # fmt: skip


@pytest.mark.parametrize("make", RULED.values(), ids=RULED)
def test_a_rule_that_shows_another_figure_is_found_however_it_is_written(make):
    assert stopped(checked(make()))


PLAIN_RULES = {
    "a style that shows the same": lambda: ruled(rule(), code="0"),
    "a bar beside the value": lambda: ruled(bar("dataBar", '<dataBar><cfvo type="min"/><cfvo type="max"/></dataBar>')),
    "a blue bar": lambda: ruled(bar("dataBar", BAR.format("FF638EC6"))),
    "a scale of colours": lambda: ruled(bar("colorScale", SCALE.format("FFF8696B", "FF63BE7B"))),
    "red letters on a pale ground": lambda: ruled(
        rule(),
        inside='<font><color rgb="FF9C0006"/></font><fill><patternFill><bgColor rgb="FFFFC7CE"/></patternFill></fill>',
    ),
    "comments alone": lambda: ruled("", ("<!--<sheetData>-->", "<!--</sheetData>-->")),
}


@pytest.mark.parametrize("make", PLAIN_RULES.values(), ids=PLAIN_RULES)
def test_a_rule_that_shows_the_same_is_none(make):
    assert checked(make()).accepted


# ── letters and formats ──────────────────────────────────────────────────────


def styled(number="1", formats="", align="", color='<color rgb="FF000000"/>', name="宋体", fill="", style=None):
    """The filing with one cell in a style of its own."""
    text = P[STYLES].decode()
    cells, fonts, fills = (int(re.search(rf'<{tag} count="(\d+)"', text)[1]) for tag in ("cellXfs", "fonts", "fills"))
    text = text.replace("</fonts>", f'<font><sz val="11"/>{color}<name val="{name}"/></font></fonts>')
    text = text.replace("</fills>", f"{fill}</fills>").replace("</numFmts>", f"{formats}</numFmts>")
    own = f'<xf numFmtId="{number}" fontId="{fonts}" fillId="{fills if fill else 0}" borderId="2" xfId="0">{align}</xf></cellXfs>'
    sheet = re.sub(rf'<c r="{CELL}" s="\d+"', f'<c r="{CELL}" s="{(style or "{}").format(cells)}"', P[PART].decode())
    return packed({**P, STYLES: text.replace("</cellXfs>", own).encode(), PART: sheet.encode()})


def solid(rgb):
    return f'<fill><patternFill patternType="solid"><fgColor rgb="{rgb}"/></patternFill></fill>'


def solid_of(color):
    return f'<fill><patternFill patternType="solid"><fgColor {color}/></patternFill></fill>'


def gradient(*shades):
    stops = "".join(f'<stop position="{at}"><color rgb="{rgb}"/></stop>' for at, rgb in enumerate(shades))
    return f"<fill><gradientFill>{stops}</gradientFill></fill>"


def themed(name, inside, color):
    """The filing with one cell in a colour of its theme, which is made another one."""
    made = parts(styled(color=f"<color {color}/>"))
    theme = re.sub(
        rf"<a:{name}>.*?</a:{name}>", f"<a:{name}>{inside}</a:{name}>", made["xl/theme/theme1.xml"].decode(), flags=re.S
    )
    return packed({**made, "xl/theme/theme1.xml": theme.encode()})


def palette_of_white():
    made = parts(styled(color='<color indexed="12"/>'))
    palette = "<colors><indexedColors>" + '<rgbColor rgb="00FFFFFF"/>' * 64 + "</indexedColors></colors></styleSheet>"
    return packed({**made, STYLES: made[STYLES].replace(b"</styleSheet>", palette.encode())})


def defined(number, code=FIVE):
    return f'<numFmt numFmtId="{number}" formatCode="{code}"/>'


STYLED = {
    "a format": lambda: styled("190", defined("190")),
    "a format used as 0190": lambda: styled("0190", defined("190")),
    "a format used as +190": lambda: styled("+190", defined("190")),
    "a format used with blanks": lambda: styled(" 190 ", defined("190")),
    "a format defined as 0190": lambda: styled("190", defined("0190")),
    "a format defined with blanks": lambda: styled("190", defined(" 190 ")),
    "a format of white": lambda: styled("190", defined("190", "[White]0")),
    "a format of white, for positive ones": lambda: styled("190", defined("190", "[White]0;[Red]-0")),
    "a format of a white by number": lambda: styled("190", defined("190", "[Color2]0")),
    "a format of a Chinese white": lambda: styled("190", defined("190", "[白色]G/通用格式")),
    "a format of the fill's red": lambda: styled("190", defined("190", "[Red]0"), fill=solid("FFFF0000")),
    "a format of the fill's black": lambda: styled(
        "190", defined("190", "[黑色]0"), color='<color theme="0"/>', fill=solid("FF000000")
    ),
    "a style of 049": lambda: styled("190", defined("190"), style="0{}"),
    "a style of +49": lambda: styled("190", defined("190"), style="+{}"),
    "a style of -1": lambda: styled(style="-1"),
    "repeated over the cell": lambda: styled(align='<alignment horizontal="fill"/>'),
    "white letters": lambda: styled(color='<color rgb="FFFFFFFF"/>'),
    "nearly white letters": lambda: styled(color='<color rgb="FFFEFEFE"/>'),
    "letters of the paper's colour": lambda: styled(color='<color rgb="FF00FF00"/>', fill=solid("FF00FF00")),
    "white on white": lambda: styled(color='<color theme="0"/>', fill=solid("FFFFFFFF")),
    "black on black": lambda: styled(fill=solid("FF000000")),
    "black on black, of itself": lambda: styled(color="", fill=solid("FF0A0A0A")),
    "black made white": lambda: styled(color='<color theme="1" tint="0.99"/>'),
    "blue made white": lambda: styled(color='<color rgb="FF1F4E8C" tint="0.97"/>'),
    "a theme's colour on itself": lambda: styled(color='<color theme="5"/>', fill=solid_of('theme="5"')),
    "a theme's colour, as digits, on itself": lambda: styled(
        color='<color rgb="FF4F81BD"/>', fill=solid_of('theme="4"')
    ),
    "a theme's pale colour": lambda: styled(color='<color theme="2"/>'),
    "a theme's blue made white": lambda: styled(color='<color theme="4" tint="0.95"/>'),
    "a colour that this theme makes white": lambda: themed("accent1", '<a:srgbClr val="FFFFFF"/>', 'theme="4"'),
    "letters that this theme makes white": lambda: themed(
        "dk1", '<a:sysClr val="window" lastClr="FFFFFF"/>', 'theme="1"'
    ),
    "letters of the window's colour": lambda: themed("dk1", '<a:sysClr val="window"/>', 'theme="1"'),
    "the old palette's grey on itself": lambda: styled(color='<color indexed="22"/>', fill=solid_of('indexed="22"')),
    "a palette of white": lambda: palette_of_white(),
    "letters of pale grey": lambda: styled(color='<color rgb="FFEEEEEE"/>'),
    "white under a pattern": lambda: styled(
        color='<color theme="0"/>', fill='<fill><patternFill patternType="gray125"/></fill>'
    ),
    "white from white to white": lambda: styled(color='<color theme="0"/>', fill=gradient("FFFFFFFF", "FFFAFAFA")),
    "a solid fill of no colour": lambda: styled(fill='<fill><patternFill patternType="solid"/></fill>'),
    "a solid fill of the letters' own": lambda: styled(fill=solid_of('auto="1"')),
    "Wingdings": lambda: styled(name="Wingdings 2"),
    "Webdings": lambda: styled(name="WEBDINGS"),
    "Symbol": lambda: styled(name="Symbol"),
}


@pytest.mark.parametrize("make", STYLED.values(), ids=STYLED)
def test_letters_that_show_another_figure_or_none_are_found(make):
    assert stopped(checked(make()))


LEGIBLE = {
    "as it is": {},
    "white on blue": {"color": '<color rgb="FFFFFFFF"/>', "fill": solid("FF1F4E8C")},
    "grey on white": {"color": '<color rgb="FF9AA7B4"/>'},
    "black on yellow": {"fill": solid("FFFFFF00")},
    "a white made grey": {"color": '<color theme="0" tint="-0.5"/>'},
    "another font": {"name": "Arial"},
    "in the middle": {"align": '<alignment horizontal="center"/>'},
    "blue of the theme": {"color": '<color theme="4"/>'},
    "white on blue of the theme": {"color": '<color theme="0"/>', "fill": solid_of('theme="4"')},
    "red of the old palette": {"color": '<color indexed="10"/>'},
    "black from white to blue": {"fill": gradient("FFFFFFFF", "FF4F81BD")},
    "a red format": {"number": "190", "formats": defined("190", "[Red]0")},
    "letters without a colour of their own": {"color": '<color auto="1"/>'},
}


@pytest.mark.parametrize("look", LEGIBLE.values(), ids=LEGIBLE)
def test_letters_that_can_be_read_are_no_finding(look):
    assert checked(styled(**look)).accepted


# ── numbers among the attributes ─────────────────────────────────────────────

SPELLED = {
    "a row of 1_1": with_xml('<row r="11"', '<row r="1_1"'),
    "a row of wide digits": with_xml('<row r="11"', '<row r="１１"'),
    "a row of +11": with_xml('<row r="11"', '<row r="+11"'),
    "a row with a blank": with_xml('<row r="11"', '<row r=" 11"'),
    "a label of an index with a bar": with_xml(r'(<c r="A11" s="\d+" t="s"><v>)(\d)(\d)', r"\g<1>\2_\3"),
    "a label of an index with a sign": with_xml(r'(<c r="A11" s="\d+" t="s"><v>)(\d)', r"\g<1>+\2"),
    "a label of an index with blanks": with_xml(r'(<c r="A11" s="\d+" t="s"><v>)(\d+)', r"\g<1> \2 "),
    "an address on two lines": with_xml('<c r="B11"', '<c r="B11&#10;"'),
    "a figure with a bar": in_cell("<v>5_7</v>"),
    "a figure of base sixteen": in_cell("<v>0x39</v>"),
    "a figure of wide digits": in_cell("<v>５７</v>"),
    "a figure with a comma": in_cell("<v>5,7</v>"),
    "a figure with a narrow gap": in_cell("<v>57\u00a0</v>"),
    "two figures": in_cell("<v>57 5</v>"),
    "a figure with an element": in_cell("<v>5<x/>7</v>"),
    "a value in another namespace": in_cell('<v xmlns="urn:z">5</v><v>57</v>'),
    "a formula in another namespace": in_cell('<f xmlns="urn:z">5</f><v>57</v>'),
    "a copy of no formula": in_cell('<f t="shared" si="77"/><v>57</v>'),
    "an empty formula": in_cell("<f></f><v>57</v>"),
}  # fmt: skip


@pytest.mark.parametrize("make", SPELLED.values(), ids=SPELLED)
def test_numbers_that_programs_read_each_in_its_way_are_not_read(make):
    assert stopped(checked(make()))


# ── drawings ─────────────────────────────────────────────────────────────────

SPOT = parse_a1(CELL)
BOX = _anchor(SPOT, SPOT, "5")
ASIDE = _anchor((60, 20), (60, 20), "")
CHOICE = '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice xmlns:a14="{}" Requires="a14">{}</mc:Choice></mc:AlternateContent>'
OVER = {
    "a box": BOX,
    "a box in a choice": CHOICE.format(A14, BOX),
    "a box after 250 others": ASIDE * 250 + BOX,
    "a box at an odd number": BOX.replace("row>10<", "row>10.0<"),
    "a box at a number with blanks": BOX.replace("row>10<", "row> 10 <"),
    "a box after one that is nowhere": ASIDE.replace("row>60<", "row>x<") + BOX,
    "a box after one below nothing": ASIDE.replace("row>60<", "row>-5<") + BOX,
}


@pytest.mark.parametrize("what", OVER.values(), ids=OVER)
def test_what_is_drawn_over_a_figure_is_found_wherever_it_stands(what):
    assert stopped(checked(drawn(what, SHEET, GOOD)))


SHAPE = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="a"><v:textbox><div>5</div>'
    '</v:textbox><x:ClientData ObjectType="Shape"><x:Anchor>1,0,10,0,2,0,11,0</x:Anchor></x:ClientData></v:shape></xml>'
)
OLD_SHAPES = {
    "plain": SHAPE,
    "an anchor of odd numbers": SHAPE.replace("1,0,10,", "1.0, 0,10.0,"),
    "a line end left open": SHAPE.replace("<div>", "<div><br>"),
    "a line end left open, spaced": SHAPE.replace("<div>", "<div><br >"),
    "broken": SHAPE.replace("</div>", ""),
    "with a definition": "<!DOCTYPE x>" + SHAPE,
    "cut off": SHAPE[:-12],
}


@pytest.mark.parametrize("vml", OLD_SHAPES.values(), ids=OLD_SHAPES)
def test_an_old_shape_over_a_figure_is_found_or_what_cannot_be_read_is_told(vml):
    rels = f"xl/worksheets/_rels/{PART.rpartition('/')[2]}.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/vmlDrawing"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="zz" Type="{kind}" Target="../drawings/v.vml"/></Relationships>'
    )
    assert rels not in P
    sheet = P[PART].decode().replace("</worksheet>", '<legacyDrawing r:id="zz"/></worksheet>')
    content = packed({**P, PART: sheet.encode(), rels: relations.encode(), "xl/drawings/v.vml": vml.encode()})
    received = checked(content)
    assert stopped(received) and "form-drawing" in {f.code for f in received.findings}


LABEL = "行政许可"
LABELS = {
    "struck out": f"<r><rPr><strike/></rPr><t>{LABEL}</t></r>",
    "half of it white": f'<r><rPr><color rgb="FFFFFFFF"/></rPr><t>{LABEL[:2]}</t></r><r><t>{LABEL[2:]}</t></r>',
    "half of it raised": f'<r><t>{LABEL[:2]}</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>{LABEL[2:]}</t></r>',
    "too small": f'<r><rPr><sz val="1"/></rPr><t>{LABEL}</t></r>',
    "in signs": f'<r><rPr><rFont val="Wingdings"/></rPr><t>{LABEL}</t></r>',
    "from right to left": f"<t>\u202e{LABEL}</t>",
    "with a sign that takes no room": f"<t>{LABEL[:1]}\u200b{LABEL[1:]}</t>",
}


@pytest.mark.parametrize("text", LABELS.values(), ids=LABELS)
def test_a_label_that_people_see_otherwise_is_told(text):
    content = with_xml(f"<si><t>{LABEL}</t></si>", f"<si>{text}</si>", part="xl/sharedStrings.xml")()
    assert stopped(checked(content))


# ── the form that a workbook carries ─────────────────────────────────────────

TEXT = (Path(xltools.editions.__file__).parent / "2021.toml").read_text("utf-8")
NEW, CARRIED = "一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量"


def carrying(*changes):
    """A filing on a form of the same id with other words, issued as that form would be."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    form = form_of(Origin((("2021.toml", text),)))
    return checked(write_filing(filing({"requests.new.natural": 4, "requests.granted.natural": 4}, form=form)))


def swapped(one, other):
    return (f'"{one}"', '"@"'), (f'"{other}"', f'"{one}"'), ('"@"', f'"{other}"')


FORGED = {
    "rows swapped": swapped(NEW, CARRIED),
    "columns swapped": swapped("自然人", "商业企业"),
    "columns of another table swapped": swapped("本年制发件数", "本年废止件数"),
    "another row": [('label = "行政强制"', 'label = "涉企检查"')],
    "the contrary": [("（一）予以公开", "（一）未予公开")],
    "another unit": [("本年收费金额（单位：万元）", "本年收费金额（单位：元）")],
    "another unit above": [('heading = "第二十条第（八）项"', 'heading = "第二十条第（八）项（单位：元）"')],
    "another year": [("一、本年新收政府", "一、去年新收政府")],
}


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
def test_a_carried_form_whose_labels_mean_something_else_is_no_mere_wording(changes):
    received = carrying(*changes)
    assert stopped(received)
    assert any(f.code == "form-label-changed" and f.cell and f.severity == "query" for f in received.findings)


def test_parts_of_a_carried_form_under_each_others_titles_are_not_read():
    names = ("三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况")
    received = carrying(*swapped(*names))
    assert received.filing is None and [f.code for f in received.findings] == ["form-of-other-kind"]


WEAKER = {
    "a severity less": [('severity = "error"', 'severity = "note"')],
    "a rule less": [("[[relation]]" + TEXT.split("[[relation]]")[1], "")],
}


@pytest.mark.parametrize("changes", WEAKER.values(), ids=WEAKER)
def test_a_carried_form_is_judged_by_the_office_s_own_rules(changes):
    text = TEXT
    for old, new in changes:
        text = text.replace(old, new)
    form = form_of(Origin((("2021.toml", text),)))
    wrong = {"requests.new.natural": 4}
    received, plain = (checked(write_filing(filing(wrong, form=f))) for f in (form, load_form("2021")))
    assert [(f.rule, f.severity) for f in received.findings if f.rule] == [
        (f.rule, f.severity) for f in plain.findings if f.rule
    ]
    assert not received.accepted


# ── what goes back filled in ─────────────────────────────────────────────────

SENT = write_filing(WRONG_YEAR)
ROW, COLUMN = parse_a1(REQUESTED)
DOUBTED = {
    "under a box": lambda: drawn(_anchor((ROW, COLUMN), (ROW, COLUMN), "5"), REQUESTS, SENT),
    "under a picture": lambda: drawn(_anchor((ROW, COLUMN), (ROW, COLUMN), ""), REQUESTS, SENT),
    "beside another label": lambda: resaved(SENT, lambda b: b[REQUESTS].__setitem__("A8", "二、去年新收")),
    "beside no label": lambda: resaved(SENT, lambda b: b[REQUESTS].__setitem__("A8", None)),
    "in another format": lambda: resaved(SENT, lambda b: setattr(b[REQUESTS][REQUESTED], "number_format", '"5"')),
    "in letters like the paper": lambda: resaved(SENT, white),
    "as a truth": lambda: resaved(SENT, lambda b: b[REQUESTS].__setitem__(REQUESTED, True)),
}


def white(book):
    from openpyxl.styles import Font

    book[REQUESTS][REQUESTED].font = Font(color="FFFEFEFE")


@pytest.mark.parametrize("make", DOUBTED.values(), ids=DOUBTED)
def test_a_doubtful_figure_is_not_carried_on(tmp_path, make):
    back, _, _ = returned(tmp_path, make())
    assert figures(back)["requests.new.natural"] is None
    assert "requests.new.natural" in {f.field for f in back.told if f.code == "return-left-empty"}
