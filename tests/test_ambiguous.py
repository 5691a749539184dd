"""A file that another program would read otherwise is read as Excel reads it, or not at all; never otherwise without a word."""

import re

import pytest
from making import BUREAU, altered, cell_of, checked, codes, filing, packed, parts, patched, resaved, sheet_part
from surgery import MAIN

from xltools.editions import load_form
from xltools.findings import CATALOGUE
from xltools.form.layout import COVER
from xltools.workbook.write import write_filing

FORM = load_form("2021")
FIELD = "requests.new.natural"
SHEET, CELL = cell_of(FORM, FIELD)
BALANCED = {FIELD: 5, "requests.granted.natural": 5}
GOOD = write_filing(filing(BALANCED))
PART = sheet_part(parts(GOOD), SHEET)
BOOK, RELATIONS, ROOT = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"
OTHER = f'<row r="8"><c r="{CELL}"><v>57</v></c></row>'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
STRING_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"


def in_sheet(pattern, replacement):
    return patched(GOOD, PART, pattern, replacement)


def the_cell(content, attributes=""):
    """The filing with other contents in the cell's own element."""
    return in_sheet(rf'(<c r="{CELL}" s="\d+")><v>5</v></c>', rf"\1{attributes}>{content}</c>")


def in_book(pattern, replacement):
    return patched(GOOD, BOOK, pattern, replacement)


def other_sheet(content):
    """The filing with a sheet part that no relation names yet, saying 57 where the right one says 5."""
    found = parts(content)
    other = found[PART].replace(b"<v>5</v>", b"<v>57</v>")
    return packed({**found, "xl/worksheets/sheet99.xml": other})


def related_twice():
    """A foreign attribute named id before the right one, which names another sheet."""
    content = other_sheet(GOOD)
    content = patched(
        content, RELATIONS, "</Relationships>",
        f'<Relationship Id="rId99" Type="{STRING_TYPE.replace("sharedStrings", "worksheet")}" '
        'Target="worksheets/sheet99.xml"/></Relationships>',
    )  # fmt: skip
    return patched(content, BOOK, rf'(name="{SHEET}" sheetId="\d+") ', r'\1 xmlns:zz="urn:zz" zz:id="rId99" ')


def relation(part, before, after):
    return patched(GOOD, part, before, after)


REFUSED = {
    "two sheetData": lambda: in_sheet("</sheetData>", f"</sheetData><sheetData>{OTHER}</sheetData>"),
    "an empty second sheetData": lambda: in_sheet("</sheetData>", "</sheetData><sheetData/>"),
    "alternatives among the rows": lambda: in_sheet(
        "</sheetData>", f'<mc:AlternateContent {MC}><mc:Choice Requires="x">{OTHER}</mc:Choice></mc:AlternateContent></sheetData>'
    ),
    "alternatives round the data": lambda: in_sheet(
        "<sheetData>", f"<mc:AlternateContent {MC}><mc:Fallback><sheetData>{OTHER}</sheetData></mc:Fallback>"
        "</mc:AlternateContent><sheetData>",
    ),
    "alternatives in a row": lambda: in_sheet(
        rf'<c r="{CELL}"', f'<mc:AlternateContent {MC}><mc:Fallback/></mc:AlternateContent><c r="{CELL}"'
    ),
    "alternatives in a cell": lambda: the_cell(f"<mc:AlternateContent {MC}/><v>57</v>"),
    "a row of another namespace": lambda: in_sheet("</sheetData>", '<x:row xmlns:x="urn:x" r="90"/></sheetData>'),
    "a cell of another namespace": lambda: in_sheet(rf'<c r="{CELL}"', f'<x:c xmlns:x="urn:x" r="{CELL}"/><c r="{CELL}"'),
    "the same row twice": lambda: in_sheet("</sheetData>", f"{OTHER}</sheetData>"),
    "the same row twice, other cells": lambda: in_sheet(
        "</sheetData>", '<row r="8"><c r="Z8"><v>1</v></c></row></sheetData>'
    ),
    "rows out of order": lambda: in_sheet("</sheetData>", '<row r="3"/></sheetData>'),
    "the same cell twice": lambda: in_sheet(
        rf'(<c r="{CELL}" s="\d+"><v>5</v></c>)', rf'\1<c r="{CELL}"><v>57</v></c>'
    ),
    "the same cell twice, once empty": lambda: in_sheet(rf'(<c r="{CELL}" s="\d+"><v>5</v></c>)', rf'\1<c r="{CELL}"/>'),
    "cells out of order": lambda: in_sheet(rf'(<c r="{CELL}" s="\d+"><v>5</v></c>)', r'\1<c r="A8"/>'),
    "a cell in another row": lambda: in_sheet("</sheetData>", '<row r="90"><c r="D91"><v>57</v></c></row></sheetData>'),
    "a cell in another row, without its number": lambda: in_sheet("</sheetData>", '<row><c r="D91"/></row></sheetData>'),
    "two values": lambda: the_cell("<v>5</v><v>7</v>"),
    "two formulas": lambda: the_cell("<f>1</f><f>2</f><v>5</v>"),
    "a value and a text": lambda: the_cell("<v>57</v><is><t>7</t></is>"),
    "a text and a value": lambda: the_cell("<is><t>7</t></is><v>57</v>", ' t="inlineStr"'),
    "a text in a number": lambda: the_cell("<is><t>57</t></is>"),
    "two texts in one": lambda: the_cell("<is><t>5</t><t>7</t></is>", ' t="inlineStr"'),
    "a text and a run": lambda: the_cell(f"<is><mc:Choice {MC}/><t>7</t></is>", ' t="inlineStr"'),
    "two texts in a run": lambda: the_cell("<is><r><t>5</t><t>7</t></r></is>", ' t="inlineStr"'),
    "an unknown kind of cell": lambda: the_cell("<v>57</v>", ' t="x"'),
    "a sheet of another namespace": lambda: in_sheet(re.escape(MAIN), "urn:x"),
    "a sheet without a namespace": lambda: in_sheet(f' xmlns="{re.escape(MAIN)}"', ""),
    "two lists of sheets": lambda: in_book("</sheets>", "</sheets><sheets/>"),
    "alternative lists of sheets": lambda: in_book(
        "<sheets>", f"<mc:AlternateContent {MC}><mc:Fallback><sheets/></mc:Fallback></mc:AlternateContent><sheets>"
    ),
    "a sheet that names two parts": related_twice,
    "two workbooks": lambda: relation(
        ROOT, "</Relationships>", '<Relationship Id="rId99" Target="xl/other.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument"/></Relationships>',
    ),
    "two lists of texts": lambda: relation(
        RELATIONS, "</Relationships>", f'<Relationship Id="rId99" Target="x.xml" Type="{STRING_TYPE}"/></Relationships>'
    ),
    "two relations of one name": lambda: relation(
        RELATIONS, "</Relationships>", '<Relationship Id="rId4" Target="x.xml" Type="urn:x"/></Relationships>'
    ),
    "parts whose names differ in capitals": lambda: packed({**parts(GOOD), PART.replace("sheet5", "Sheet5"): b"<x/>"}),
    "parts whose names differ in strokes": lambda: packed({**parts(GOOD), PART.replace("/", "\\"): b"<x/>"}),
    "parts whose names differ in percent signs": lambda: packed({**parts(GOOD), PART.replace("5", "%35"): b"<x/>"}),
    "something else among the texts": lambda: patched(GOOD, "xl/sharedStrings.xml", "<si>", "<x/><si>"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_programs_read_in_two_ways_is_refused(name):
    received = checked(REFUSED[name]())
    assert received.filing is None and received.verdict == "unreadable"
    [told] = received.findings
    assert told.code in ("file-unsafe", "file-damaged") and told.severity == "error" and told.message


@pytest.mark.parametrize(
    "content",
    [
        lambda: in_sheet("</worksheet>", f'<extLst><ext uri="x">{OTHER}</ext></extLst></worksheet>'),
        lambda: in_sheet("</worksheet>", f"<zz>{OTHER}</zz></worksheet>"),
        lambda: in_sheet("</worksheet>", f'<x:sheetData xmlns:x="urn:x">{OTHER}</x:sheetData></worksheet>'),
        lambda: relation(RELATIONS, "</Relationships>", f'<x:Relationship xmlns:x="urn:x" Id="r" Target="x" Type="{STRING_TYPE}"/>'
                         "</Relationships>"),
        lambda: relation(RELATIONS, "</Relationships>", '<Relationship Id="rId99" Target="x.xml" Type="urn:x/sharedStrings"/>'
                         "</Relationships>"),
    ],
)  # fmt: skip
def test_what_is_no_cell_is_not_read(content):
    received = checked(content())
    assert received.filing.values[FIELD] == 5 and received.verdict != "original"


def test_what_a_cell_carries_beside_its_value_is_not_read():
    assert checked(the_cell("<v>5</v><extLst><ext><v>57</v></ext></extLst>")).filing.values[FIELD] == 5


@pytest.mark.parametrize("text", ["007", " 57 "])
def test_a_text_is_a_text(text):
    assert "cell-text-number" in codes(checked(altered(GOOD, SHEET, {CELL: text})))


# ── names of parts ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    [
        lambda n: n.replace("sharedStrings", "SharedStrings"),
        lambda n: n.replace("worksheets/sheet", "Worksheets/SHEET"),
        lambda n: n.replace("/", "\\"),
        lambda n: n.replace("styles", "%73tyles"),
        lambda n: n.upper() if n.endswith(".rels") else n,
        lambda n: n.replace("[Content_Types]", "[content_types]").replace("workbook.xml", "Workbook.XML"),
        lambda n: n.replace("docProps", "DocProps"),
        lambda n: n.replace("theme/theme1", "Theme\\THEME1"),
        lambda n: n.replace("workbook.xml", "work%62ook.xml"),
        lambda n: n.replace("xl/", "xl\\").upper(),
    ],
)
def test_part_names_are_compared_as_packages_do(name):
    received = checked(packed({name(n): content for n, content in parts(GOOD).items()}))
    assert received.filing.values == checked(GOOD).filing.values and codes(received, "error", "query") == []


# ── as issued ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content",
    [
        lambda: packed({**parts(GOOD), "xl/media/x.png": b"x"}),
        lambda: in_book("<calcPr ", '<calcPr fullPrecision="0" '),
        lambda: in_sheet("<pageMargins ", '<pageMargins x="1" '),
        lambda: in_sheet('<row r="8" ', '<row r="8" hidden="1" '),
        lambda: in_sheet("</sheetData>", '<row r="99"/></sheetData>'),
        lambda: patched(GOOD, "xl/theme/theme1.xml", "Office", "Other"),
        lambda: resaved(GOOD),
    ],
)
def test_original_means_as_issued(content):
    assert checked(GOOD).verdict == "original"
    received = checked(content())
    assert received.filing is not None and received.verdict in ("resaved", "modified")


# ── white space that nobody sees ─────────────────────────────────────────────


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A45" t="inlineStr"><is><t xml:space="preserve"> </t></is></c>',
        '<c r="A45" t="inlineStr"><is><t xml:space="preserve">　</t></is></c>',
        '<c r="A45" t="str"><f>""</f><v></v></c>',
        '<c r="A45" t="str"><f>T(1)</f><v> </v></c>',
        '<c r="A45" t="inlineStr"><is><t>&#160;\n</t></is></c>',
        '<c r="A45" t="str"><v></v></c>',
        '<c r="D45" t="str"><f>IF(1=2,"有","")</f><v></v></c>',
        '<c r="XFD45" t="inlineStr"><is><t xml:space="preserve">\t\u2003</t></is></c>',
        '<c r="B45" t="inlineStr"><is><r><t> </t></r><r><t>\u00a0</t></r></is></c>',
    ],
)
def test_a_cell_that_shows_nothing_is_no_alteration(cell):
    received = checked(in_sheet("</sheetData>", f'<row r="45">{cell}</row></sheetData>'))
    assert "form-cell-added" not in codes(received) and received.accepted


@pytest.mark.parametrize("cell", ["<v>0</v>", "<f>1+1</f>", "<f>1+1</f><v>2</v>"])
def test_a_cell_that_shows_something_still_is(cell):
    received = checked(in_sheet("</sheetData>", f'<row r="45"><c r="A45">{cell}</c></row></sheetData>'))
    assert "form-cell-added" in codes(received, "query")


# ── who ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "label", ["单 位 代 码", "单位代码 ", "　单位代码", "单位\n代码", "单位\u00a0代码", "单位代码"]
)
def test_another_code_on_the_cover_is_found_under_any_writing_of_its_label(label):
    received = checked(altered(GOOD, COVER, {"B6": label, "C6": "T99999"}))
    assert "identity-contradicts" in codes(received, "error")


@pytest.mark.parametrize("label", ["填报 单位", "填报单位　", " 填报单位", "填\n报单位", "填报单位"])
def test_another_name_too(label):
    received = checked(altered(GOOD, COVER, {"B5": label, "C5": "别的镇"}))
    assert "identity-contradicts" in codes(received, "error")


WRITTEN = [
    ("C6", "１１０１"),
    ("C6", "1 1 0 1"),
    ("C6", 1101),
    ("C8", "2023年"),
    ("C8", "２０２３"),
    ("C8", "2023 年度"),
    ("C8", "2023"),
]


@pytest.mark.parametrize(("cell", "value"), WRITTEN)
@pytest.mark.parametrize("recorded", [True, False])
def test_the_same_code_or_year_in_another_writing_is_no_contradiction(cell, value, recorded):
    content = altered(GOOD, COVER, {cell: value})
    received = checked(content if recorded else without_properties(content))
    assert received.filing is not None and (received.filing.agency, received.filing.year) == (BUREAU, 2023)
    assert "identity-contradicts" not in codes(received)


@pytest.mark.parametrize(
    ("cell", "value"), [("C6", "11011"), ("C6", "１１０２"), ("C8", "2022年"), ("C8", "２０２４"), ("C8", "23年")]
)
def test_another_code_or_year_in_any_writing_is_one(cell, value):
    assert "identity-contradicts" in codes(checked(altered(GOOD, COVER, {cell: value})), "error")


def without_properties(content):
    return patched(content, ROOT, "<Relationship [^>]*custom-properties[^>]*/>", "")


def test_a_cover_a_row_lower_is_still_the_cover():
    def lower(book):
        book[COVER].insert_rows(1)

    received = checked(without_properties(resaved(GOOD, lower)))
    assert received.filing is not None and received.filing.agency == BUREAU


@pytest.mark.parametrize(
    "name", ["示例县数据局", "乙（丙）局", "教育局・甲", "龑镇", "Ω 局", "北京经济技术开发区管理委员会", "𠮷野乡"]
)
def test_a_name_that_a_program_garbled_is_read_as_meant(name):
    agency = type(BUREAU)(BUREAU.code, name, BUREAU.level)
    content = write_filing(filing(BALANCED, agency=agency))
    found = parts(content)
    custom = found["docProps/custom.xml"].replace(name.encode(), name.encode().decode("latin-1").encode())
    received = checked(packed({**found, "docProps/custom.xml": custom}))
    assert received.filing.agency == agency and codes(received) == []


@pytest.mark.parametrize("gap", ["\n ", " ", "\t", "\r\n", "\u3000"])
def test_white_space_round_a_property_is_none_of_it(gap):
    found = parts(GOOD)
    custom = re.sub(rb"<vt:lpwstr>([^<]*)</vt:lpwstr>", rb"<vt:lpwstr>@\1@</vt:lpwstr>", found["docProps/custom.xml"])
    received = checked(packed({**found, "docProps/custom.xml": custom.replace(b"@", gap.encode())}))
    assert received.filing.agency == BUREAU and codes(received) == []


# ── dates ────────────────────────────────────────────────────────────────────


def dated(attributes, value, book=GOOD):
    return patched(
        book,
        sheet_part(parts(GOOD), COVER),
        r'<c r="C15"( s="\d+")><v>\d+</v></c>',
        rf'<c r="C15"\1{attributes}>{value}</c>',
    )


@pytest.mark.parametrize("words", ["2024-01-15 10:22:05", "2024-01-15T00:00:00", "2024/1/15 8:05", "2024年1月15日 10:00", "20240115",
                                   "2024.1.15", "2024-01-15T10:22:05.123Z"])  # fmt: skip
def test_a_date_with_a_time_is_that_day(words):
    for content in (dated(' t="inlineStr"', f"<is><t>{words}</t></is>"), dated(' t="d"', f"<v>{words}</v>")):
        received = checked(content)
        assert received.filing.signoff["date"] == "2024-01-15" and codes(received) == []


@pytest.mark.parametrize("said", ["1", "true"])
@pytest.mark.parametrize(
    ("stored", "day"),
    [("43844", "2024-01-15"), ("43830", "2024-01-01"), ("43861", "2024-02-01"), ("43844.75", "2024-01-15")],
)
def test_a_workbook_that_counts_from_1904(said, stored, day):
    book = in_book("<workbookPr ", f'<workbookPr date1904="{said}" ')
    received = checked(dated("", f"<v>{stored}</v>", book))
    assert received.filing.signoff["date"] == day and codes(received) == []


def test_the_new_refusal_tells_the_reason():
    assert "{reason}" in CATALOGUE["file-unsafe"].message
