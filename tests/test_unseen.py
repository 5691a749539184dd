"""Figures and words that the screen lacks, or shows otherwise, by way of views, sizes, rules, styles, fonts, tables: kind by kind.

Each kind has at least six files; beside each stand files that are read without a word, for they show what they store.
"""

import re

import pytest
from making import altered, cell_of, checked, filing, packed, parts, patched, resaved
from openpyxl.styles import Font
from test_attacks import CELL, FORM, GOOD, PART, REQUESTS, SHEET, in_cell, stopped, with_xml
from test_deceptions import STYLES, P, bar, defined, drawn, rule, ruled, styled, with_style
from test_seen import _anchor

from xltools.form.layout import COVER
from xltools.workbook.write import write_filing

# ruff: noqa: E501 - parts of workbooks as they stand in files
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
THEME, BOOK = "xl/theme/theme1.xml", "xl/workbook.xml"


def view(attributes, pane="", content=GOOD):
    inside = f'<sheetView workbookViewId="0" {attributes}>{pane}</sheetView>'
    return lambda: patched(content, PART, r"<sheetView .*?</sheetView>", inside)


def frozen(top, sides, state="frozen"):
    return view(f'topLeftCell="{top}"', f'<pane {sides} topLeftCell="F20" state="{state}"/>')


def row(attributes, sizes='<sheetFormatPr defaultRowHeight="15"/>', content=GOOD):
    sized = patched(content, PART, "<sheetFormatPr [^>]*>", sizes)
    return patched(sized, PART, r'<row r="11"[^>]*>', f'<row r="11"{attributes}>')


def columns(sizes, cols=""):
    return patched(
        patched(GOOD, PART, "<sheetFormatPr [^>]*>", f"<sheetFormatPr {sizes}/>"), PART, "<cols>.*?</cols>", cols
    )


def rules(*laid):
    """The filing with several rules, each a style and its range."""
    styles = P[STYLES].decode()
    count = int(re.search(r'<dxfs count="(\d+)"', styles)[1])
    more = "".join(f"<dxf>{inside}</dxf>" for inside, _ in laid)
    styles = styles.replace("</dxfs>", more + "</dxfs>").replace(
        f'<dxfs count="{count}"', f'<dxfs count="{count + len(laid)}"'
    )
    text = "".join(rule(f'dxfId="{count + n}"', where) for n, (_, where) in enumerate(laid))
    sheet = P[PART].decode().replace("<conditionalFormatting ", text + "<conditionalFormatting ", 1)
    return packed({**P, STYLES: styles.encode(), PART: sheet.encode()})


def ink(rgb):
    return f'<font><color rgb="FF{rgb}"/></font>'


def paper(rgb):
    return f'<fill><patternFill patternType="solid"><bgColor rgb="FF{rgb}"/></patternFill></fill>'


def number_format(code):
    return f'<numFmt numFmtId="190" formatCode="{code}"/>'


def own_format_under_rule(code, laid):
    found = parts(styled("190", defined("190", code)))
    return packed({**found, **with_style(found, laid)})


def fonted(inside, theme=None, run=False):
    """The filing with one cell in a font of its own, in a theme with other fonts."""
    found = parts(styled())
    text = found[STYLES].decode()
    last = text.rindex("<font>", 0, text.index("</fonts>"))
    styles = text[:last] + f"<font>{inside}</font></fonts>" + text[text.index("</fonts>") + 8 :]
    fonts = found[THEME].decode()
    for name, face in (theme or {}).items():
        fonts = re.sub(rf'(<a:{name}Font><a:latin typeface=")[^"]*', rf"\g<1>{face}", fonts)
    return packed({**found, STYLES: styles.encode(), THEME: fonts.encode()})


def in_styles(old, new):
    text = P[STYLES].decode()
    assert old in text
    return packed({**P, STYLES: text.replace(old, new, 1).encode()})


def choice(inside):
    return f'<mc:AlternateContent {MC}><mc:Choice Requires="x14">{inside}</mc:Choice></mc:AlternateContent>'


PERCENT = '<xf numFmtId="9" fontId="1" fillId="0" borderId="0" xfId="0"/>'
WHITE = "<font><color rgb='FFFFFFFF'/></font>"


def related(kind, target, body, tail=""):
    """The filing with a part that belongs to one of its sheets."""
    rels = f"xl/worksheets/_rels/{PART.rpartition('/')[2]}.rels"
    assert rels not in P
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    link = f'{head}<Relationship Id="zz" Type="{REL}/{kind}" Target="../{target}"/></Relationships>'
    sheet = P[PART].decode().replace("</worksheet>", tail + "</worksheet>")
    return packed({**P, PART: sheet.encode(), rels: link.encode(), f"xl/{target}": body.encode()})


def note(
    look='fillcolor="white" stroked="f"', style="visibility:visible", seen="<x:Visible/>", anchor="1,0,10,0,2,0,11,0"
):
    return related("vmlDrawing", "drawings/v.vml", (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<v:shape {look} style="{style}"><v:textbox><div>5</div></v:textbox><x:ClientData ObjectType="Note">{seen}'
        f"<x:Anchor>{anchor}</x:Anchor><x:Row>10</x:Row><x:Column>1</x:Column></x:ClientData></v:shape></xml>"
    ), '<legacyDrawing r:id="zz"/>')  # fmt: skip


def table(ref, kind="table", name="表", tag=None):
    inside = f'<location ref="{ref}"/>' if kind == "pivotTable" else f'<tableStyleInfo name="{name}"/>'
    body = f'<{tag or kind} xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" {"" if kind == "pivotTable" else f"ref={ref!r}"}>{inside}</{tag or kind}>'
    return related(kind, "tables/t.xml", body.replace("'", '"'))


def one_cell(row, column, width, height):
    sized = f'<xdr:ext cx="{width}" cy="{height}"/>'
    anchor = re.sub("<xdr:to>.*</xdr:to>", sized, _anchor((row, column), (row, column), "")).replace(
        "twoCell", "oneCell"
    )
    return drawn(anchor, SHEET, GOOD)


def beside(inside):
    return drawn(_anchor((60, 20), (61, 40), "").replace("<xdr:pic/>", inside), SHEET, GOOD)


def look(sheet, cell, **how):
    def change(book):
        for name, value in how.items():
            setattr(book[sheet][cell], name, value)

    return resaved(GOOD, change)


def words(old, new):
    return patched(GOOD, "xl/sharedStrings.xml", f"<si><t>{old}</t></si>", f"<si>{new}</si>")


def run(text, look=""):
    return f"<r><rPr>{look}</rPr><t>{text}</t></r>" if look else f"<r><t>{text}</t></r>"


def once_more(change, title="表"):
    """The filing with a table there once more, altered."""

    def make(book):
        copy = book.copy_worksheet(book[SHEET])
        copy.title = title
        change(copy)

    return resaved(GOOD, make)


def put(cell, value, *lines):
    def change(copy):
        copy[cell] = value
        for line, method in lines:
            getattr(copy, method)(line)

    return change


ZERO = write_filing(filing({"disclosure.licensing.decisions": 345}))
TOTAL = cell_of(FORM, "requests.new.total")[1]
PALE, STRUCK, TINY, SIGNS = Font(color="FFFEFEFE"), Font(strike=True), Font(size=2), Font(name="Wingdings")
TEXT = "五、存在问题"

KINDS = {
    "zeros are not shown": {
        "by 0": view('showZeros="0"'), "by false": view('showZeros="false"'), "in a second view": lambda: patched(
            GOOD, PART, "</sheetViews>", '<sheetView showZeros="0" workbookViewId="1"/></sheetViews>'),
        "with the panes": view('showZeros="0"', '<pane ySplit="4" topLeftCell="A5" state="frozen"/>'),
        "in a filing of noughts": view('showZeros="0"', content=ZERO),
        "before rows that are no plain ones": lambda: patched(view('showZeros="0"')(), PART, '<row r="12"', '<row thickBot="0" r="12"'),
    },
    "panes that never move leave lines out of reach": {
        "rows": frozen("A12", 'ySplit="3"'), "columns": frozen("E1", 'xSplit="1"'), "both": frozen("E15", 'xSplit="1" ySplit="2"'),
        "once split": frozen("A16", 'ySplit="2"', "frozenSplit"), "the last row": frozen("A19", 'ySplit="1"'),
        "by half a line": frozen("A12", 'ySplit="1.5"'),
    },
    "rows and columns of next to no size": {
        "all rows": lambda: row("", '<sheetFormatPr defaultRowHeight="0.5" customHeight="1"/>'),
        "all rows, of none": lambda: row("", '<sheetFormatPr customHeight="1" defaultRowHeight="0"/>'),
        "a height without its nought": lambda: row(' ht=".5" customHeight="1"'),
        "a height with noughts": lambda: row(' ht="00.5" customHeight="1"'),
        "a height with an exponent": lambda: row(' ht="5e-1" customHeight="1"'),
        "hidden in another word": lambda: row(' hidden="on"'),
        "all columns": lambda: columns('defaultRowHeight="15" defaultColWidth="0.1"'),
        "all columns but the first": lambda: columns('defaultRowHeight="15" defaultColWidth="0"', '<cols><col min="1" max="1" width="30"/></cols>'),
        "all columns, by their letters": lambda: columns('baseColWidth="0" defaultRowHeight="15"'),
    },
    "two rules together": {
        "green on green": lambda: rules((ink("00B050"), CELL), (paper("00B050"), CELL)),
        "white on white": lambda: rules((paper("FFFFFF"), CELL), (ink("FDFDFD"), CELL), (ink("FF0000"), CELL)),
        "where they meet": lambda: rules((ink("0070C0"), "A11:B14"), (paper("0070C0"), "B2:D11")),
        "a format's red on red": lambda: rules((number_format("[Red]0"), CELL), (paper("FF0000"), CELL)),
        "blue of a bar": lambda: packed({**parts(rules((ink("638EC6"), CELL))), PART: parts(ruled(bar(
            "dataBar", '<dataBar><cfvo type="min"/><cfvo type="max"/><color rgb="FF638EC6"/></dataBar>') + rule(), inside=ink("638EC6")))[PART]}),
        "on a total": lambda: patched(rules((ink("00B050"), "A1"), (paper("00B050"), "A1")), PART, "A1", "A1"),
        "on a label": lambda: rules((ink("7030A0"), "A11"), (paper("7030A0"), "A1:A20")),
    },
    "the colour of a rule's format, or of a format under a rule": {
        "white": lambda: ruled(rule(), code="[White]0"), "white in Chinese": lambda: ruled(rule(), code="[白色]0"),
        "white by number": lambda: ruled(rule(), code="[Color2]0"), "white for large ones": lambda: ruled(rule(), code="[White][&gt;9]0;0"),
        "its own red under red": lambda: own_format_under_rule("[Red]0", paper("FF0000")),
        "its own blue under blue": lambda: own_format_under_rule("[Blue]General", paper("0000FF")),
    },
    "a sign that fills the cell": {
        "digits before": lambda: styled("190", defined("190", "*50")), "digits behind": lambda: styled("190", defined("190", "0*5")),
        "a point": lambda: styled("190", defined("190", "0*.")), "in brackets too": lambda: styled("190", defined("190", "[&gt;1]*90;0")),
        "for positive ones": lambda: styled("190", defined("190", "0*0;-0;0")), "of a rule": lambda: ruled(rule(), code="*70"),
    },
    "fonts without digits": {
        "by the theme": lambda: fonted('<sz val="11"/><name val="宋体"/><scheme val="minor"/>', {"minor": "Wingdings"}),
        "by the theme's headings": lambda: fonted('<name val="宋体"/><scheme val="major"/>', {"major": "Webdings"}),
        "by the set": lambda: fonted('<name val="某体"/><charset val="2"/>'),
        **{name: lambda name=name: styled(name=name) for name in (
            "Bookshelf Symbol 7", "ITC Zapf Dingbats", "Segoe MDL2 Assets", "OpenSymbol", "Code 128", "Free 3 of 9", "Adobe Blank")},
    },
    "paper that is nearly all of a pattern": {
        name: lambda name=name, color=color, fill=fill: styled(color=f'<color rgb="{color}"/>', fill=(
            f'<fill><patternFill patternType="{name.split()[0]}"><fgColor rgb="{fill}"/></patternFill></fill>'))
        for name, color, fill in (
            ("darkGray black", "FF000000", "FF000000"), ("darkTrellis black", "FF000000", "FF000000"), ("darkGray white", "FFFFFFFF", "FFFFFFFF"),
            ("darkTrellis red", "FFFF0000", "FFFF0000"), ("darkGray grey", "FF808080", "FF7A7A7A"), ("solid blue", "FF0000FF", "FF0000FF"))
    },
    "styles that programs count each in its way": {
        "a style in a choice": lambda: in_styles("<cellXfs ", f"{choice('')}<cellXfs "),
        "a style in a choice among them": lambda: packed({**P, STYLES: re.sub(r"(<cellXfs [^>]*>)", lambda m: m[1] + choice(PERCENT), P[STYLES].decode()).encode()}),
        "a font in a choice": lambda: packed({**P, STYLES: re.sub(r"(<fonts [^>]*>)", lambda m: m[1] + choice(WHITE), P[STYLES].decode()).encode()}),
        "a rule's style in a choice": lambda: packed({**P, STYLES: re.sub(r"(<dxfs [^>]*>)", lambda m: m[1] + choice("<dxf/>"), P[STYLES].decode()).encode()}),
        "two lists": lambda: in_styles("</cellXfs>", f'</cellXfs><cellXfs count="1">{PERCENT}</cellXfs>'),
        "two lists of fonts": lambda: in_styles("<fonts ", f'<fonts count="1">{WHITE}</fonts><fonts '),
        "two lists of formats": lambda: in_styles("</numFmts>", f"</numFmts><numFmts>{number_format(';;;')}</numFmts>"),
        "two lists of rules": lambda: in_styles("<dxfs ", '<dxfs count="1"><dxf/></dxfs><dxfs '),
        "something else among fonts": lambda: in_styles("</fonts>", '<x xmlns="urn:x"/></fonts>'),
        "two workbook settings": lambda: patched(GOOD, BOOK, "<workbookPr [^>]*/>", r'\g<0><workbookPr date1904="1"/>'),
    },
    "a value that shows something kept elsewhere": {
        "a figure": with_xml(f'<c r="{CELL}" s', f'<c r="{CELL}" vm="1" s'), "the second one": with_xml(f'<c r="{CELL}" s', f'<c r="{CELL}" vm="2" s'),
        "behind all else": with_xml(rf'<c r="{CELL}" (s="\d+")', rf'<c r="{CELL}" \1 vm="1"'),
        "a label": with_xml('<c r="A11" s', '<c r="A11" vm="1" s'), "the switch": with_xml('<c r="B4" s', '<c r="B4" vm="7" s', content=altered(GOOD, SHEET, {"B4": "否"})),
        "a text that is a number": lambda: patched(in_cell("<is><t>57</t></is>", ' t="inlineStr"')(), PART, f'<c r="{CELL}" s', f'<c r="{CELL}" vm="1" s'),
    },
    "what lies under the cells, or over them in disguise": {
        "a background": lambda: related("image", "media/i.png", "x", '<picture r:id="zz"/>'),
        "a comment like a cell": note, "a comment without a ground": lambda: note('filled="f"'),
        "a comment of another colour": lambda: note('fillcolor="#ffffff"'), "a comment that is seen by its style": lambda: note(seen=""),
        "a picture in the page's head": lambda: related("vmlDrawing", "drawings/v.vml", '<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="CH"><v:imagedata/></v:shape></xml>'),
        "an object": lambda: related("oleObject", "embeddings/o.bin", "x"), "a workbook in it": lambda: related("package", "embeddings/o.xlsx", "x"),
        "a control": lambda: related("control", "activeX/a.xml", "<x/>"),
    },
    "a table's or a pivot's look": {
        "over the figure": lambda: table("A10:D11"), "over the sheet": lambda: table("A1:H18"), "a style of its own": lambda: table(f"{CELL}:{CELL}", name="隐"),
        "a pivot": lambda: table("A10:D11", "pivotTable", tag="pivotTableDefinition"), "a pivot on one cell": lambda: table(CELL, "pivotTable", tag="pivotTableDefinition"),
        "no range": lambda: related("table", "tables/t.xml", '<table ref="A:D"/>'), "broken": lambda: related("table", "tables/t.xml", "<table"),
    },
    "a drawing that reaches beyond its corners": {
        "by its size": lambda: one_cell(4, 1, 9_999_999, 9_999_999),
        "by its height": lambda: one_cell(2, 1, 20, 9_999_999), "by a size that is no number": lambda: one_cell(2, 1, "x", "x"),
        "turned": lambda: beside('<xdr:pic><xdr:spPr><a:xfrm rot="5400000"/></xdr:spPr></xdr:pic>'),
        "turned a little": lambda: beside('<xdr:pic><xdr:spPr><a:xfrm rot="-60000"/></xdr:spPr></xdr:pic>'),
        "a group": lambda: beside("<xdr:grpSp><xdr:pic/></xdr:grpSp>"), "a shadow": lambda: beside("<xdr:pic><xdr:spPr><a:effectLst><a:outerShdw/></a:effectLst></xdr:spPr></xdr:pic>"),
        "a thick line": lambda: beside('<xdr:pic><xdr:spPr><a:ln w="20116800"/></xdr:spPr></xdr:pic>'),
    },
    "totals in letters that cannot be seen": {
        "white": lambda: look(REQUESTS, TOTAL, font=PALE), "tiny": lambda: look(REQUESTS, TOTAL, font=TINY), "struck out": lambda: look(REQUESTS, TOTAL, font=STRUCK),
        "signs": lambda: look(REQUESTS, TOTAL, font=SIGNS), "on another sheet": lambda: look("四、复议诉讼", cell_of(FORM, next(f.id for f in FORM.totals if f.section.sheet == "四、复议诉讼"))[1], font=PALE),
        "with its stored value": lambda: styled_total(),
    },
    "words in letters that cannot be seen": {
        "a paragraph": lambda: look(TEXT, "A5", font=PALE), "struck out": lambda: look(TEXT, "A5", font=STRUCK), "tiny": lambda: look(TEXT, "A5", font=TINY),
        "part of it struck out": lambda: words("写了一段。", run("写了") + run("一段。", "<strike/>")),
        "part of it white": lambda: words("写了一段。", run("写了") + run("一段。", '<color rgb="FFFFFFFF"/>')),
        "who answers": lambda: look(COVER, "C13", font=PALE), "the day": lambda: look(COVER, "C15", font=PALE), "the code": lambda: look(COVER, "C6", font=STRUCK),
    },
    "numbers on the cover that show others": {
        "another day": lambda: look(COVER, "C15", number_format='"2024-02-01"'), "the day before the month": lambda: look(COVER, "C15", number_format="yyyy-dd-mm"),
        "no day": lambda: look(COVER, "C15", number_format=";;;"), "a day with a digit": lambda: look(COVER, "C15", number_format='yyyy-mm-"1"d'),
        "hours": lambda: look(COVER, "C15", number_format="[h]"), "another year": lambda: look(COVER, "C8", number_format='"2022"'), "no year": lambda: look(COVER, "C8", number_format=";;"),
    },
    "a table there once more, its lines elsewhere": {
        "a line on top": lambda: once_more(put(CELL, 999, (1, "insert_rows"))), "a column before": lambda: once_more(put(CELL, 999, (1, "insert_cols"))),
        "under the sheet's name": lambda: once_more(put(CELL, 9, (1, "insert_rows")), SHEET + "（定）"), "two lines less": lambda: once_more(put(CELL, 9, (2, "delete_rows"), (2, "delete_rows"))),
        "a line within": lambda: once_more(put(CELL, 9, (9, "insert_rows"))), "a text": lambda: once_more(put(CELL, "九", (1, "insert_rows"))),
    },
}  # fmt: skip


def styled_total():
    found = parts(GOOD)
    sheet = next(name for name, content in found.items() if name.endswith("sheet5.xml"))
    number = re.search(rf'<c r="{TOTAL}" s="(\d+)"', found[sheet].decode())[1]
    text = found[STYLES].decode()
    white = int(re.search(r'<fonts count="(\d+)"', text)[1])
    cells = int(re.search(r'<cellXfs count="(\d+)"', text)[1])
    assert number
    text = text.replace("</fonts>", '<font><color rgb="FFFFFFFF"/></font></fonts>')
    text = text.replace("</cellXfs>", f'<xf numFmtId="1" fontId="{white}" fillId="0" borderId="0" xfId="0"/></cellXfs>')
    cell = found[sheet].decode().replace(f'<c r="{TOTAL}" s="{number}"', f'<c r="{TOTAL}" s="{cells}"')
    return packed({**found, STYLES: text.encode(), sheet: cell.encode()})


EACH = [pytest.param(make, id=f"{kind}: {name}") for kind, found in KINDS.items() for name, make in found.items()]


@pytest.mark.parametrize("make", EACH)
def test_what_cannot_be_seen_as_it_is_read_is_told_or_refused(make):
    received = checked(make())
    told = [(f.code, f.severity) for f in received.findings]
    assert "file-failed" not in dict(told)
    elsewhere = {"form-sheet-added"}  # tells of a sheet, and has no cell
    assert stopped(received) or (elsewhere & dict(told).keys() and ("form-sheet-added", "query") in told), told


def test_every_kind_has_six():
    assert {kind: len(found) for kind, found in KINDS.items() if len(found) < 6} == {}


ALIKE = {
    "zeros declared and not shown": lambda: view('showZeros="0"', content=write_filing(filing({}, inputs=dict.fromkeys(
        f.id for f in FORM.inputs), declared_zero=frozenset(s.id for s in FORM.sections))))(),
    "panes that begin at the top": lambda: view('topLeftCell="A1"', '<pane ySplit="4" topLeftCell="A5" state="frozen"/>')(),
    "a view scrolled down": lambda: view('topLeftCell="A15"')(),
    "a view split and scrolled": lambda: view('topLeftCell="A15"', '<pane ySplit="900" topLeftCell="A5" state="split"/>')(),
    "seen from the right": lambda: view('rightToLeft="1"')(),
    "rows hidden that are not there": lambda: row("", '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>'),
    "narrow columns beside the table": lambda: columns('defaultRowHeight="15" defaultColWidth="0"', '<cols><col min="1" max="9" width="20"/></cols>'),
    "rules that do not meet": lambda: rules((ink("00B050"), "A30"), (paper("00B050"), CELL)),
    "red letters, a pale ground": lambda: rules((ink("C00000"), CELL), (paper("FFE0E0"), CELL)),
    "as in accounts": lambda: styled("190", defined("190", "_ * #,##0_ ;_ * -#,##0_ ;_ * &quot;-&quot;_ ;_ @_ ")),
    "numerals of the language": lambda: styled("190", defined("190", "[$-804]0")),
    "a format cut short": lambda: styled("190", defined("190", "0_")),
    "another cut short": lambda: styled("190", defined("190", "0*")),
    "the theme's plain font": lambda: fonted('<name val="宋体"/><charset val="134"/><scheme val="minor"/>', {"minor": "Calibri"}),
    "a font of interface": lambda: styled(name="Segoe UI Symbol"),
    "a dynamic formula's mark": with_xml(f'<c r="{CELL}" s', f'<c r="{CELL}" cm="1" s'),
    "a comment as usual": lambda: note('fillcolor="#ffffe1"'), "a comment unseen": lambda: note(style="visibility:hidden", seen=""),
    "a small picture beside": lambda: one_cell(60, 20, 99_999, 99_999),
    "a picture upside down beside": lambda: beside('<xdr:pic><xdr:spPr><a:xfrm rot="10800000"/></xdr:spPr></xdr:pic>'),
    "the day in Chinese": lambda: look(COVER, "C15", number_format='yyyy"年"m"月"d"日"'), "the day as elsewhere": lambda: look(COVER, "C15", number_format="dd/mm/yyyy"),
    "the day with its week": lambda: look(COVER, "C15", number_format="yyyy-mm-dd aaaa"),
    "a table once more, as it is": lambda: once_more(put("A1", "副本", (1, "insert_rows"))),
}  # fmt: skip


@pytest.mark.parametrize("make", ALIKE.values(), ids=ALIKE)
def test_what_shows_what_it_stores_is_read_without_a_query(make):
    assert checked(make()).accepted, [f.message for f in checked(make()).findings]
