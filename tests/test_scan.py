"""Reading a worksheet's bytes and reading its tree are one: same cells, same refusals; whatever is unusual is left to the tree."""

import re
from dataclasses import replace

import pytest
from alterations import KINDS, altered
from hypothesis import given, settings
from hypothesis import strategies as st
from making import checked, filing, packed, parts, resaved, sheet_part

from xltools.ooxml import pattern, scan, sheets
from xltools.ooxml.opening import open_workbook
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable
from xltools.workbook.write import write_filing

# ruff: noqa: E501 - rows of sheets as they stand in files
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
ISSUED = write_filing(filing({"requests.new.natural": 5}))
NAME = "三、依申请公开"


def workbook(sheet: str | bytes) -> bytes:
    """Our form with the bytes of one sheet replaced."""
    found = parts(ISSUED)
    return packed({**found, sheet_part(found, NAME): sheet.encode() if isinstance(sheet, str) else sheet})


def seen(book: ReceivedWorkbook, name: str):
    """All that is read of a sheet; how it is refused, where it is."""
    try:
        found = book.sheet(name)
    except Unreadable as problem:
        return problem.code
    return found.cells, found.protected, found.validations, found.merged, found.spilled


def both(content: bytes, monkeypatch, name: str = NAME):
    """What is read of a sheet with the scan and without; whether the scan took it."""
    book = open_workbook(content)
    quick = book._scanned(book.part_of(name)) is not None
    with_it = seen(open_workbook(content), name)
    with monkeypatch.context() as patch:
        patch.setattr(ReceivedWorkbook, "_scanned", lambda *_: None)
        without = seen(open_workbook(content), name)
    return quick, with_it, without


def test_forms_as_issued_are_scanned_to_the_last_sheet(monkeypatch):
    for content in (ISSUED, write_filing(filing({"requests.new.natural": "6件"}))):
        for name in open_workbook(content).sheet_names:
            quick, with_it, without = both(content, monkeypatch, name)
            assert quick and with_it == without


def test_files_that_openpyxl_saved_are_read_the_same(monkeypatch):
    content = resaved(ISSUED)
    for name in open_workbook(content).sheet_names:
        _, with_it, without = both(content, monkeypatch, name)
        assert with_it == without


CELLS = {
    "plain": '<row r="1"><c r="A1"><v>5</v></c></row>',
    "formula": '<row r="1"><c r="A1"><f>A2&amp;"&lt;"</f><v>5</v></c></row>',
    "nothing": '<row r="1"/><row r="2"></row><row r="3"><c r="A3"/><c r="B3" s="1"/><c r="C3"></c></row>',
    "x14ac": '<row r="1" x14ac:dyDescent="0.25"><c r="A1"><v>5</v></c></row>',
    "shared": '<row r="1"><c r="A1"><f t="shared" ref="A1:B1" si="0">C1</f><v>5</v></c><c r="B1"><f t="shared" si="0"/><v>5</v></c></row>',
    "array": '<row r="1"><c r="A1"><f t="array" ref="A1:B2">C1</f><v>5</v></c></row>',
    "inline": '<row r="1"><c r="A1" t="inlineStr"><is><t>5</t></is></c></row>',
    "inline with spaces": '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> 5 </t></is></c><c r="B1" t="inlineStr"><is><t/></is></c><c r="C1" t="inlineStr"></c></row>',
    "inline empty": '<row r="1"><c r="A1" t="inlineStr"><is><t></t></is></c><c r="B1" t="inlineStr"><v>5</v></c></row>',
    "inline rich": '<row r="1"><c r="A1" t="inlineStr"><is><r><t>5</t></r><r><t>6</t></r></is></c></row>',
    "inline phonetic": '<row r="1"><c r="A1" t="inlineStr"><is><t>5</t><rPh sb="0" eb="1"><t>6</t></rPh></is></c></row>',
    "inline with a formula": '<row r="1"><c r="A1" t="inlineStr"><f>B1</f><is><t>5</t></is></c></row>',
    "inline in a number": '<row r="1"><c r="A1"><is><t>5</t></is></c></row>',
    "by number": '<row r="1"><c r="A1" t="str"><f>"&#26684;"&amp;B1</f><v>&#26684;&#38;lt;&amp;#53;&#13;&#10;&#9;&#x20000;</v></c></row>',
    "by number, beyond": '<row r="1"><c r="A1" t="str"><v>&#131072;&#1114111;</v></c></row>',
    "by number, control": '<row r="1"><c r="A1" t="str"><v>&#1;</v></c></row>',
    "by number, half": '<row r="1"><c r="A1" t="str"><v>&#55296;</v></c></row>',
    "by number, none": '<row r="1"><c r="A1" t="str"><v>&#65535;&#1114112;</v></c></row>',
    "by number, cut": '<row r="1"><c r="A1" t="str"><v>&#53</v></c></row>',
    "by number, named": '<row r="1"><c r="A1" t="str"><v>&#53amp;</v></c></row>',
    "inline beside": '<row r="1"><c r="A1" t="inlineStr"><is><t>5</t></is><v>6</v></c></row>',
    "two values": '<row r="1"><c r="A1"><v>5</v><v>6</v></c></row>',
    "value before formula": '<row r="1"><c r="A1"><v>5</v><f>B1</f></c></row>',
    "twice": '<row r="1"><c r="A1"><v>5</v></c><c r="A1"><v>6</v></c></row>',
    "backwards": '<row r="1"><c r="B1"><v>5</v></c><c r="A1"><v>6</v></c></row>',
    "rows backwards": '<row r="2"><c r="A2"><v>5</v></c></row><row r="1"><c r="A1"><v>5</v></c></row>',
    "row twice": '<row r="2"><c r="A2"><v>5</v></c></row><row r="2"><c r="B2"><v>5</v></c></row>',
    "in another row": '<row r="1"><c r="A2"><v>5</v></c></row>',
    "row 0": '<row r="0"><c r="A0"><v>5</v></c></row>',
    "leading zero": '<row r="01"><c r="A01"><v>5</v></c></row>',
    "row beyond": '<row r="9999999"><c r="A9999999"><v>5</v></c></row>',
    "column beyond": '<row r="1"><c r="ZZZ1"><v>5</v></c></row>',
    "no address": '<row><c><v>5</v></c><c><v>6</v></c></row>',
    "attribute twice": '<row r="1"><c r="A1" r="A2"><v>5</v></c></row>',
    "row attribute twice": '<row r="1" ht="1" ht="2"><c r="A1"><v>5</v></c></row>',
    "odd attribute": '<row r="1"><c r="A1" cm="1"><v>5</v></c></row>',
    "foreign attribute": '<row r="1" zz:hidden="1"><c r="A1"><v>5</v></c></row>',
    "comment": '<row r="1"><c r="A1"><v>5<!-- 6 --></v></c></row>',
    "cdata": '<row r="1"><c r="A1"><v><![CDATA[5]]></v></c></row>',
    "instruction": '<row r="1"><?a b?><c r="A1"><v>5</v></c></row>',
    "text between": '<row r="1">7<c r="A1"><v>5</v></c></row>',
    "white space between": '<row r="1">\n <c r="A1"><v>5</v></c>\n</row>\n',
    "text in a cell": '<row r="1"><c r="A1">7<v>5</v></c></row>',
    "entity": '<row r="1"><c r="A1"><v>&#53;</v></c></row>',
    "odd entity": '<row r="1"><c r="A1"><v>&five;</v></c></row>',
    "bare ampersand": '<row r="1"><c r="A1"><v>5&</v></c></row>',
    "twice escaped": '<row r="1"><c r="A1" t="str"><v>&amp;lt;&amp;amp;</v></c></row>',
    "greater": '<row r="1"><c r="A1" t="str"><f>1>0</f><v>5>4</v></c></row>',
    "end of cdata": '<row r="1"><c r="A1" t="str"><v>]]></v></c></row>',
    "carriage return": '<row r="1"><c r="A1" t="str"><v>a\r\nb</v></c></row>',
    "line feed and tab": '<row r="1"><c r="A1" t="str"><v>a\nb\tc</v></c></row>',
    "control": '<row r="1"><c r="A1" t="str"><v>a\x01b</v></c></row>',
    "no character": '<row r="1"><c r="A1" t="str"><v>a\ufffeb</v></c></row>',
    "escape": '<row r="1"><c r="A1" t="str"><v>a_x000D_b</v></c></row>',
    "text index": '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v></v></c><c r="C1" t="s"/></row>',
    "text index beyond": '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>',
    "text index below": '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
    "text index no number": '<row r="1"><c r="A1" t="s"><v>a</v></c></row>',
    "boolean and error": '<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="e"><v>#REF!</v></c><c r="C1" t="d"><v>2024-01-01</v></c></row>',
    "unknown type": '<row r="1"><c r="A1" t="x"><v>5</v></c></row>',
    "empty formula": '<row r="1"><c r="A1"><f></f><v>5</v></c><c r="B1"><f/><v>5</v></c></row>',
    "empty value": '<row r="1"><c r="A1"><f>B1</f><v></v></c><c r="B1"><f>C1</f><v/></c><c r="C1"><v/></c></row>',
    "not closed": '<row r="1"><c r="A1"><v>5</v></row>',
    "never closed": '<row r="1"><c r="A1"><v>5</v></c>',
    "closed twice": '<row r="1"></row></row>',
    "prefixed": '<x:row r="1" xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:c r="A1"><x:v>5</x:v></x:c></x:row>',
    "more beside": '<row r="1"><c r="A1"><v>5</v><extLst/></c><extLst/></row>',
    "a sign of a value in a value": '<row r="1"><c r="A1" t="str"><v>v>5</v></c><c r="B1" t="str"><v>av>5v></v></c></row>',
    "a value's end alone": '<row r="1"><c r="A1"></v><v>5</v></c></row>',
    "a value's end twice": '<row r="1"><c r="A1"><v>5</v></v></c></row>',
    "a value in a value": '<row r="1"><c r="A1"><v><v>5</v></v></c></row>',
    "a value in a formula": '<row r="1"><c r="A1"><f>A<v>5</v></f></c></row>',
    "a formula that ends as a value": '<row r="1"><c r="A1"><f>Av>5</v></c></row>',
    "another tag that ends as a value": '<row r="1"><c r="A1"><xv>5</xv></c></row>',
    "ends that make up for each other": '<row r="1"><c r="A1"><v>5</v></c><c r="B1"><v>6</7</v>8v></v></c><c r="C1"><v>9</v></c></row>',
    "a value parted": '<row r="1"><c r="A1" t="str"><v>5</\0</v></c><c r="B1" t="str"><v>6</v></c></row>',
    "a zero byte": '<row r="1"><c r="A1" t="str"><v>5\0</v></c></row>',
    "long text": f'<row r="1"><c r="A1" t="str"><v>{"长" * 20_000}</v></c></row>',
    "too long": f'<row r="1"><c r="A1" t="str"><v>{"长" * 40_000}</v></c></row>',
    "long formula": f'<row r="1"><c r="A1"><f>{"1+" * 9_000}1</f><v>5</v></c></row>',
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_rows_of_every_make_are_read_or_refused_alike(name, monkeypatch):
    for head in (HEAD, HEAD.replace(" xmlns=", ' xmlns:x14ac="urn:x" xmlns:zz="urn:z" xmlns=')):
        content = workbook(f"{head}<sheetData>{CELLS[name]}</sheetData></worksheet>")
        _, with_it, without = both(content, monkeypatch)
        assert with_it == without


AROUND = {
    "plain": "{}",
    "protected": "{}<sheetProtection sheet=\"1\"/><mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>",
    "twice": "{}{}",
    "in an extension": "<extLst><ext>{}</ext></extLst>",
    "alternate": '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>',
    "in another namespace": '<sheetData xmlns="urn:other"><row r="1"/></sheetData>{}',
    "a comment about it": "<!-- <sheetData></sheetData> -->{}",
    "an attribute about it": '<sheetPr codeName="sheetData"/>{}',
}  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("encoding", ["UTF-8", "utf-8", "GB18030", "UTF-16", "latin-1"])
def test_what_stands_round_the_rows_counts(around, encoding, monkeypatch):
    data = f'<sheetData>{CELLS["plain"]}<row r="2"><c r="A2" t="str"><v>五 é</v></c></row></sheetData>'
    sheet = HEAD.replace("UTF-8", encoding) + AROUND[around].replace("{}", data) + "</worksheet>"
    _, with_it, without = both(workbook(sheet.encode(encoding, "replace")), monkeypatch)
    assert with_it == without


TEXT = st.text(st.sampled_from("<>&\"'5a长\n\t\r;]"), max_size=6)
TOKENS = st.sampled_from(["<row r=\"{n}\">", "<row r=\"{n}\"/>", "</row>", "<c r=\"A{n}\">", "<c r=\"B{n}\" t=\"str\">", "<c r=\"C{n}\"/>",
                          "</c>", "<f>", "</f>", "<v>", "</v>", "<v/>", "<f/>", "5", "&amp;", "&lt;x", " "])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(TOKENS, st.integers(1, 3)), max_size=14))
def test_any_mixture_of_tags_is_read_or_refused_alike(tokens):
    with pytest.MonkeyPatch.context() as monkeypatch:
        rows = "".join(token.format(n=n) for token, n in tokens)
        _, with_it, without = both(workbook(f"{HEAD}<sheetData>{rows}</sheetData></worksheet>"), monkeypatch)
    assert with_it == without


@pytest.mark.parametrize("name", KINDS)
def test_an_altered_file_gets_the_same_findings(name, monkeypatch):
    content = altered(KINDS[name], 1).book.bytes()
    with_it = checked(content)
    monkeypatch.setattr(ReceivedWorkbook, "_scanned", lambda *_: None)
    without = checked(content)
    same = {"path": with_it.path, "findings": []}
    assert [_told(f) for f in with_it.findings] == [_told(f) for f in without.findings]
    assert replace(with_it, **same) == replace(without, **same)


def _told(found):
    return {**found.as_json(), "file": None, "message": re.sub(r"/tmp/\S+", "", found.message)}


def test_the_room_is_the_same_after_a_scan_that_gave_up():
    book = open_workbook(workbook(f'{HEAD}<sheetData>{CELLS["plain"]}<row r="2">7</row></sheetData></worksheet>'))
    before = (book._room.cells, book._room.work)
    assert book._scanned(book.part_of(NAME)) is None and (book._room.cells, book._room.work) == before


@pytest.mark.parametrize("rows", [9, 99, 999, 9_999, 20_000])
def test_patterns_are_not_kept_without_end(rows, monkeypatch):
    monkeypatch.setattr(pattern, "_patterns", kept := type(pattern._patterns)())
    for n in range(1 + 3 * 2**22 // (40 * rows)):
        sheet = "".join(f'<row r="{r + 1 + n}"><c r="A{r + 1 + n}"><v>5</v></c></row>' for r in range(rows))
        pattern.patterned(sheet.encode())
        if n > 200:
            break
    assert sum(map(len, kept)) <= pattern._KEPT and all(len(without) < pattern._ENOUGH for without in kept)


def test_sheets_of_one_pattern_are_read_each_for_itself(monkeypatch):
    sheets = [
        f'{HEAD}<sheetData><row r="1"><c r="A1" t="str"><v>{words}</v></c></row></sheetData></worksheet>'
        for words in ("甲", "乙", "", "_x0041_", "5")
    ]
    for sheet in (*sheets, *reversed(sheets)):
        _, with_it, without = both(workbook(sheet), monkeypatch)
        assert with_it == without


def test_tags_are_not_kept_without_end(monkeypatch):
    monkeypatch.setattr(scan, "_tags", tags := type(scan._tags)())
    for n in range(2**16 + 10):
        tags[f'c r="A{n + 1}">']
    assert len(tags) <= 2**16 + 1
    assert sheets.CELLS_LIMIT < 2**16
