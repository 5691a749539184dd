"""What the screen shows is what is read: number formats, styles, covered cells; each difference has its finding."""

import re
from decimal import Decimal

import pytest
from lxml import etree
from making import altered, cell_of, checked, codes, filing, parts, patched, sheet_part
from surgery import NS, Surgery

from xltools.editions import load_form
from xltools.findings import CATALOGUE
from xltools.ooxml.number_formats import BUILT_IN, shown
from xltools.ooxml.styles import read_styles
from xltools.received.appearance import appearance
from xltools.workbook.write import write_filing

FORM = load_form("2021")
GOOD = write_filing(filing())
FIELD = "requests.new.natural"
SHEET, CELL = cell_of(FORM, FIELD)
MONEY = "disclosure.fees.amount"

# ── what a number looks like under a format ──────────────────────────────────


@pytest.mark.parametrize(
    ("number", "code", "seen"),
    [
        ("57", "General", "57"),
        ("57", "0", "57"),
        ("1234567", "#,##0", "1,234,567"),
        ("57", "#,##0", "57"),
        ("1234567.5", "#,##0.00", "1,234,567.50"),
        ("21000", '0!.0,"万元"', "2.1万元"),
        ("345000", "#,##0,", "345"),
        ("57", "0,", "0"),
        ("123456789", "0.0,,", "123.5"),
        ("57", '"5"', "5"),
        ("57", '0"0"', "570"),
        ("57", "0\\0", "570"),
        ("57", "00000", "00057"),
        ("57", "0 0", "5 7"),
        ("57", "0%", "5700%"),
        ("57", ";;;", ""),
        ("-57", "0;0", "57"),
        ("-57", "0", "-57"),
        ("-57", "#,##0_);(#,##0)", "(57)"),
        ("0", "0;-0;;@", ""),
        ("57", '[>100]0;"少"', "少"),
        ("57", "[<10]0", "####"),
        ("57", ".00", "57.00"),
        ("57", "#.##", "57."),
        ("57", "[$¥-804]#,##0.00", "¥57.00"),
        ("57", "[$-804]General", "57"),
        ("57", "@", "57"),
        ("45355", "yyyy-mm-dd", "2024-03-04"),
        ("2.5", "[h]:mm", "60:00"),
        ("0.5", "h:mm", "12:00:00"),
        ("57", "# ?/?", None),
        ("57", "0.00E+00", None),
        ("57", "[DBNum2]General", None),
    ],
)
def test_a_number_under_a_format(number, code, seen):
    there = shown(Decimal(number), code)
    assert there == seen if seen is None else there is not None and there.strip() == seen


HARMLESS = [
    "General", "GENERAL", "0", "#,##0", "0.00", "#,##0.00", "0_ ", "0_);[Red](0)", "#,##0_ ", "@", "_-* #,##0_-",
    '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "[$-804]General", "G/通用格式", "General;General", "###0;-###0", "000",
    "+0;-0;0", '0"件"', '0"项"', "0;[Red]-0", *(BUILT_IN[n] for n in (1, 2, 3, 4, 37, 38, 39, 40, 41, 43, 49)),
]  # fmt: skip


@pytest.mark.parametrize("code", HARMLESS)
@pytest.mark.parametrize("number", ["0", "7", "57", "12345", "1234567"])
def test_a_format_that_shows_the_number_is_nothing_to_tell(code, number):
    assert appearance(number, code, "count") is None


HARMFUL = [
    "0,", "#,##0,", "0!.0,", '0!.0,"万元"', '0.0,"千"', '0"万"', '0"千"', '0"元"', "0%", "0.0%", '"5"', '0"0"', "0\\0", ";;;", "",
    '[>50]"很多";0', "[<10]0", "yyyy/m/d", "m月d日", "h:mm", "[h]:mm:ss", "# ?/?", "0.00E+00", "[DBNum1]General", '"-"0', "¥0",
    "$#,##0", '"约"0', "0 0", "0!.0", '0"5"', "?/?",
]  # fmt: skip


@pytest.mark.parametrize("code", [code for code in HARMFUL if code])
def test_a_format_that_shows_another_number_is_told(code):
    assert appearance("57", code, "count") is not None


@pytest.mark.parametrize(
    ("stored", "code", "told"),
    [
        ("712.187895", "0.00", False),
        ("25.1", '0.0"万元"', False),
        ("712.187895", '0.00"万元"', False),
        ("25.6", "0", True),
        ("0.001", "0.00", True),
        ("21000", '0!.0,"万元"', True),
        ("25.1", "¥#,##0.00", True),
        ("0", "#,##0.00", False),
    ],
)
def test_money_may_be_rounded_to_two_decimals_and_no_further(stored, code, told):
    assert (appearance(stored, code, "money") is not None) == told


# ── in a file ────────────────────────────────────────────────────────────────


def with_style(content, field, xf="", *, formats="", fonts="", fills=""):
    """The file with a style of its own on the cell of a field: attributes of its xf, and what these name."""
    book = Surgery(parts(content))
    styles = book.root("xl/styles.xml")
    for tag, xml in (("numFmts", formats), ("fonts", fonts), ("fills", fills)):
        if xml:
            there = styles.find(f"{NS}{tag}")
            there.append(_element(xml))
    number = len(styles.find(f"{NS}cellXfs"))
    counts = {name: len(styles.find(f"{NS}{name}")) - 1 for name in ("fonts", "fills")}
    styles.find(f"{NS}cellXfs").append(_element(f"<xf {xf.format(**counts)}/>"))
    sheet, address = cell_of(FORM, field)
    part = book.root(book.part_of(sheet))
    next(c for c in part.iter(f"{NS}c") if c.get("r") == address).set("s", str(number))
    return book.bytes()


def _element(xml):
    return etree.fromstring(xml.replace(" ", f' xmlns="{NS[1:-1]}" ', 1) if " " in xml else xml)


def formatted(code, figure=57, field=FIELD):
    code = code.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    content = write_filing(filing({field: figure}))
    return checked(
        with_style(content, field, 'numFmtId="300"', formats=f'<numFmt numFmtId="300" formatCode="{code}"/>')
    )


def about(received, code):
    return [f for f in received.findings if f.code == code]


@pytest.mark.parametrize(
    "code", ["0,", '"5"', ";;;", '0!.0,"万"', '0"0"', "0%", '[>0]"0"', "yyyy/m/d", "[h]:mm", "# ?/?"]
)
def test_a_figure_shown_as_another_is_a_query_that_names_cell_and_both(code):
    received = formatted(code)
    [told] = about(received, "cell-format")
    assert (told.severity, told.sheet, told.cell, told.field) == ("query", SHEET, CELL, FIELD)
    assert " 57，" in told.message and not received.accepted and received.verdict != "original"
    assert received.filing.values[FIELD] == 57


def test_the_message_says_what_the_screen_shows():
    assert "显示的是“2.1万元”" in about(formatted('0!.0,"万元"', 21000 * 10**6, MONEY), "cell-format")[0].message
    assert "显示的是“空白”" in about(formatted(";;;"), "cell-format")[0].message


@pytest.mark.parametrize("code", ["General", "#,##0", "0.00", "0_ ", "_-* #,##0_-", "@"])
def test_a_harmless_format_is_none(code):
    assert about(formatted(code), "cell-format") == []


@pytest.mark.parametrize("number", [9, 10, 11, 12, 13, 14, 20, 31, 42, 46, 48, 57])
def test_built_in_formats_that_show_something_else(number):
    received = checked(with_style(write_filing(filing({FIELD: 57})), FIELD, f'numFmtId="{number}"'))
    assert codes(received) and {"cell-format", "cell-date"} & set(codes(received))


def test_a_format_of_a_text_hides_it_too():
    content = altered(GOOD, SHEET, {CELL: "57"})
    styled = with_style(content, FIELD, 'numFmtId="300"', formats='<numFmt numFmtId="300" formatCode=";;;"/>')
    assert about(checked(styled), "cell-format")


def test_two_codes_for_one_format_are_refused():
    styles = b'<styleSheet xmlns="%s"><numFmts>%s</numFmts></styleSheet>' % (
        NS[1:-1].encode(),
        b'<numFmt numFmtId="200" formatCode="0"/><numFmt numFmtId="200" formatCode="0,"/>',
    )
    with pytest.raises(ValueError):
        read_styles(etree.fromstring(styles))


@pytest.mark.parametrize(
    ("font", "fill", "told"),
    [
        ('<font x="1"><strike/></font>', "", True),
        ('<font x="1"><vertAlign val="superscript"/></font>', "", True),
        ('<font x="1"><color rgb="FFFFFFFF"/></font>', "", True),
        ('<font x="1"><color theme="0"/></font>', "", True),
        ('<font x="1"><sz val="1"/></font>', "", True),
        ('<font x="1"><strike val="0"/></font>', "", False),
        ('<font x="1"><color rgb="FFFF0000"/><sz val="9"/></font>', "", False),
        (
            '<font x="1"><color rgb="FFFFFFFF"/></font>',
            '<fill x="1"><patternFill patternType="solid"><fgColor rgb="FF000000"/></patternFill></fill>',
            False,
        ),
    ],
)
def test_a_figure_struck_out_or_unseen_is_a_query(font, fill, told):
    xf = 'numFmtId="1" fontId="{fonts}"' + (' fillId="{fills}"' if fill else ' fillId="0"')
    received = checked(with_style(write_filing(filing({FIELD: 57})), FIELD, xf, fonts=font, fills=fill))
    assert bool(about(received, "cell-format")) == told


RULE = '<cfRule type="expression" priority="99"{}><formula>TRUE</formula>{}</cfRule>'
ADDED = f'<conditionalFormatting sqref="A1 {CELL}:E9">{{}}</conditionalFormatting>'


@pytest.mark.parametrize(
    ("dxf", "told"),
    [
        ('<numFmt numFmtId="300" formatCode=";;;"/>', True),
        ('<numFmt numFmtId="300" formatCode="0,"/>', True),
        ('<font><color rgb="FFFFFFFF"/></font>', True),
        ('<font><strike val="1"/></font>', True),
        ('<numFmt numFmtId="300" formatCode="&quot;5&quot;"/><font><b/></font>', True),
        ('<numFmt numFmtId="300" formatCode="#,##0"/>', False),
        (
            '<font><color rgb="FFFF0000"/></font><fill><patternFill><bgColor rgb="FFFFFF00"/></patternFill></fill>',
            False,
        ),
    ],
)
@pytest.mark.parametrize("where", ["styles", "extension"])
def test_a_rule_that_shows_another_figure_is_told(dxf, told, where):
    content = write_filing(filing({FIELD: 57}))
    part = sheet_part(parts(content), SHEET)
    if where == "styles":
        content = patched(content, "xl/styles.xml", "</dxfs>", f"<dxf>{dxf}</dxf></dxfs>")
        number = parts(content)["xl/styles.xml"].count(b"<dxf>") - 1
        rule = ADDED.format(RULE.format(f' dxfId="{number}"', ""))
        content = patched(content, part, "<conditionalFormatting", f"{rule}<conditionalFormatting")
    else:
        x14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
        rule = f"<x14:conditionalFormatting {x14}>{RULE.format('', f'<x14:dxf>{dxf}</x14:dxf>')}<sqref>{CELL}</sqref>"
        rule = rule.replace("cfRule", "x14:cfRule") + "</x14:conditionalFormatting>"
        ext = (
            f'<extLst><ext uri="x"><x14:conditionalFormattings {x14}>{rule}</x14:conditionalFormattings></ext></extLst>'
        )
        content = patched(content, part, "</worksheet>", f"{ext}</worksheet>")
    received = checked(content)
    assert bool(about(received, "cell-format")) == told and received.verdict == "resaved"


# ── texts of several looks ───────────────────────────────────────────────────


def rich(*runs):
    """The good filing with a rich text in a cell."""
    text = "".join(f"<r><rPr>{look}</rPr><t>{words}</t></r>" for words, look in runs)
    return patched(
        altered(GOOD, SHEET, {CELL: "X"}), sheet_part(parts(GOOD), SHEET), "<is><t>X</t></is>", f"<is>{text}</is>"
    )


@pytest.mark.parametrize(
    "look",
    [
        '<vertAlign val="superscript"/>', '<vertAlign val="subscript"/>', "<strike/>", '<strike val="true"/>',
        '<color rgb="FFFFFFFF"/>', '<color theme="0"/>', '<color indexed="9"/>', '<sz val="1"/>',
    ],
)  # fmt: skip
def test_digits_that_are_raised_struck_out_or_unseen_are_no_digits(look):
    received = checked(rich(("1", '<sz val="11"/>'), ("7", look)))
    [told] = about(received, "cell-look")
    assert (told.severity, told.cell, received.filing.values[FIELD]) == ("error", CELL, None)


def test_bold_and_red_digits_are_digits():
    received = checked(rich(("1", "<b/>"), ("7", '<color rgb="FFFF0000"/><sz val="14"/>')))
    assert received.filing.values[FIELD] == 17 and not about(received, "cell-look")


def test_a_shared_rich_text_is_looked_at_too():
    book = Surgery(parts(altered(GOOD, SHEET, {CELL: "17"})))
    strings = book.root("xl/sharedStrings.xml")
    strings.append(_element('<si x="1"><r><t>1</t></r><r><rPr><strike/></rPr><t>7</t></r></si>'))
    cell = next(c for c in book.root(book.part_of(SHEET)).iter(f"{NS}c") if c.get("r") == CELL)
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "s")
    cell.append(_element(f'<v x="1">{len(strings) - 1}</v>'))
    assert about(checked(book.bytes()), "cell-look")


# ── covered cells ────────────────────────────────────────────────────────────


def merged(content, sheet, *spans):
    more = "".join(f'<mergeCell ref="{span}"/>' for span in spans)
    return patched(content, sheet_part(parts(content), sheet), "<mergeCell ", f"{more}<mergeCell ")


@pytest.mark.parametrize("span", ["D9:E9", "D8:D9", "C9:E9", "D8:I31", "A9:E9"])
def test_contents_under_a_merge_are_an_error(span):
    content = write_filing(filing({"requests.carried_in.business": 6}))
    received = checked(merged(content, SHEET, span))
    told = [f for f in about(received, "form-covered") if f.severity == "error"]
    assert len(told) == 1 and span in told[0].message and received.verdict == "modified"


def test_a_blank_under_a_merge_is_a_query():
    content = write_filing(filing({"requests.carried_in.business": None}))
    content = altered(content, SHEET, {"E9": None})
    [told] = about(checked(merged(content, SHEET, "D9:E9")), "form-covered")
    assert told.severity == "query" and told.field == "requests.carried_in.business"


@pytest.mark.parametrize("span", ["L40:N44", "A50:C50"])
def test_a_merge_of_nothing_is_none(span):
    assert about(checked(merged(GOOD, SHEET, span)), "form-covered") == []


@pytest.mark.parametrize("kind", ["array", "dataTable"])
@pytest.mark.parametrize("span", ["J8:J9", "I8:J8", "D8:J8", "H8:J9", "J8:K9"])
def test_a_formula_that_fills_other_cells_is_told(kind, span):
    """Its first cell is a total or an input; what it covers is not what is stored there."""
    first = span.partition(":")[0]
    part = sheet_part(parts(GOOD), SHEET)
    content = altered(GOOD, SHEET, {first: ("SUM(D8:I8)", 9)})
    content = patched(content, part, r"<f>SUM\(D8:I8\)</f>", f'<f t="{kind}" ref="{span}">SUM(D8:I8)</f>')
    told = about(checked(content), "form-covered")
    assert told and told[0].severity in ("query", "error") and span in told[0].message


@pytest.mark.parametrize("span", ["D9:", "9:E", "E9:D9", "d9:e", "é"])
def test_a_broken_range_is_damage(span):
    assert codes(checked(merged(GOOD, SHEET, span))) == ["file-damaged"]


# ── numbers of days ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(("number", "day"), [(45292, "2024-01-01"), (45293, "2024-01-02"), (44927, "2023-01-01"),
                                             (45657, "2024-12-31"), (45355, "2024-03-04"), (45200, "2023-10-01")])  # fmt: skip
def test_a_count_that_is_the_number_of_a_day_of_the_season_is_a_query(number, day):
    received = checked(write_filing(filing({FIELD: number})))
    [told] = about(received, "cell-serial")
    assert told.severity == "query" and day in told.message and str(number) in told.message
    assert received.filing.values[FIELD] == number


@pytest.mark.parametrize("number", [44926, 45658, 4529, 452930, 36526, 99999])
def test_other_counts_are_none(number):
    assert about(checked(write_filing(filing({FIELD: number}))), "cell-serial") == []


def test_every_new_code_says_what_to_do():
    for code in ("cell-grouped", "cell-look", "cell-format", "cell-serial", "form-covered"):
        assert re.search(r"请", CATALOGUE[code].remedy)
