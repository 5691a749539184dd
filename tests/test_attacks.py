"""Files made to deceive: each is refused, or told by a finding above a note that names the cell.

Those of ``../shared/cases/attacks`` lie beside the checkout; the others, of the same kinds, are made here.
"""

import json
import re
from pathlib import Path

import pytest
from hostile import ole
from making import altered, cell_of, checked, filing, packed, parts, patched, resaved, run, save, sheet_part
from surgery import Surgery
from test_seen import _anchor, drawn

from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.form.layout import COVER, COVER_CELLS
from xltools.workbook.write import write_filing

SHARED = Path(__file__).parents[2] / "shared" / "cases" / "attacks"
ATTACKS = (
    sorted(path for path in SHARED.glob("*") if path.suffix in (".xlsx", ".xls", ".ods")) if SHARED.is_dir() else []
)
VALUES = sorted(SHARED.glob("*.json")) if SHARED.is_dir() else []

FORM = load_form("2021")
FIGURES = {
    "requests.new.natural": 12, "requests.new.business": 3, "requests.carried_in.natural": 2, "requests.granted.natural": 9,
    "requests.granted.business": 3, "requests.partial.natural": 1, "requests.denied.third_party.natural": 1,
    "requests.carried_out.natural": 3, "disclosure.licensing.decisions": 345, "disclosure.penalty.decisions": 57,
}  # fmt: skip
GOOD = write_filing(filing({name: figure for name, figure in FIGURES.items() if name in FORM.fields}))
DISCLOSURE, REQUESTS = "二、主动公开", "三、依申请公开"
SHEET, CELL = cell_of(FORM, "disclosure.licensing.decisions")
PART = sheet_part(parts(GOOD), SHEET)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def stopped(received):
    """Whether a file was refused, or a finding above a note names a cell."""
    told = [f for f in received.findings if f.severity != "note"]
    return bool(told) and (received.filing is None or any(f.cell for f in told)) and not received.accepted


@pytest.mark.skipif(not ATTACKS, reason="../shared/cases/attacks is not beside the checkout")
@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.name)
def test_a_kept_attack_is_stopped(path):
    assert stopped(check_file(path)), [f.message for f in check_file(path).findings]


@pytest.mark.skipif(not VALUES, reason="../shared/cases/attacks is not beside the checkout")
@pytest.mark.parametrize("path", VALUES, ids=lambda path: path.name)
def test_kept_values_are_refused(path, tmp_path):
    blank = save(tmp_path / "空.xlsx", GOOD)
    done = run("fill", blank, path, "-o", tmp_path / "填.xlsx")
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1 and not (tmp_path / "填.xlsx").exists()


def test_the_filing_that_they_are_made_of_is_accepted():
    assert checked(GOOD).accepted and checked(GOOD).verdict == "original"


# ── of the same kinds, made here ─────────────────────────────────────────────


def with_format(code):
    def change(book):
        book[SHEET][CELL].number_format = code

    return lambda: resaved(GOOD, change)


def with_xml(pattern, replacement, part=PART, content=GOOD):
    return lambda: patched(content, part, pattern, replacement)


def in_cell(inside, kind=""):
    return with_xml(rf'<c r="{CELL}"( s="\d+")>.*?</c>', rf'<c r="{CELL}"\1{kind}>{inside}</c>')


def another_part(name):
    """The workbook with a second sheet part, and the sheet's entry pointing there as well."""

    def make():
        found = parts(GOOD)
        other = found[PART].replace(b"<v>", b"<v>9")
        rels = found["xl/_rels/workbook.xml.rels"].decode()
        rels = rels.replace("</Relationships>", '<Relationship Id="zz9" Type="http://schemas.openxmlformats.org/officeDocument/'
                            '2006/relationships/worksheet" Target="worksheets/other.xml"/></Relationships>')  # fmt: skip
        book = re.sub(rf'(<sheet name="{SHEET}"[^>]*?) r:id', rf'\1 xmlns:zz="{name}" zz:id="zz9" r:id',
                      found["xl/workbook.xml"].decode())  # fmt: skip
        return packed({**found, "xl/worksheets/other.xml": other, "xl/_rels/workbook.xml.rels": rels.encode(),
                       "xl/workbook.xml": book.encode()})  # fmt: skip

    return make


def two_workbooks():
    found = parts(GOOD)
    more = (
        '<Relationship Id="zz9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/other.xml"/></Relationships>'
    )
    rels = found["_rels/.rels"].decode().replace("</Relationships>", more)
    return packed({**found, "_rels/.rels": rels.encode(), "xl/other.xml": found["xl/workbook.xml"]})


def names_swapped(one, other):
    def make():
        book = Surgery(parts(GOOD))
        for sheet in book.workbook.iter(f"{{{MAIN}}}sheet"):
            name = sheet.get("name")
            sheet.set("name", {one: other, other: one}.get(name, name))
        return book.bytes()

    return make


def on_cover(key, value, label=None):
    row = getattr(COVER_CELLS, key)
    words = {f"C{row + 1}": value} | ({f"B{row + 1}": label} if label else {})
    return lambda: altered(GOOD, COVER, words)


def run_of(look, text):
    return f"<r><rPr>{look}</rPr><t>{text}</t></r>"


RAISED = '<vertAlign val="superscript"/>'
MADE = {
    **{f"format {code}": with_format(code) for code in ('"7"', ";;;", "0,", '0"0"', "0%", "[h]:mm", '[>9]"0"', "0!.0,", "yyyy-m-d")},
    "superscript": in_cell(f"<is>{run_of('', '1')}{run_of(RAISED, '2')}</is>", ' t="inlineStr"'),
    "struck out": in_cell(f"<is>{run_of('', '1')}{run_of('<strike/>', '7')}</is>", ' t="inlineStr"'),
    "from right to left": in_cell("<is><t>\u202e12</t></is>", ' t="inlineStr"'),
    "two numbers": in_cell("<is><t>12 5</t></is>", ' t="inlineStr"'),
    "two numbers, a wide gap": in_cell("<is><t>184\u3000184</t></is>", ' t="inlineStr"'),
    "two values": in_cell("<v>57</v><v>7</v>"),
    "a text beside a value": in_cell("<v>57</v><is><t>7</t></is>"),
    "a choice of values": in_cell('<mc:AlternateContent xmlns:mc="urn:mc"><v>57</v></mc:AlternateContent>'),
    "a truth": in_cell("<v>1</v>", ' t="b"'),
    "a truth in words": in_cell("<v>true</v>", ' t="b"'),
    "half an emoji": in_cell("<is><t>_xD83D_5</t></is>", ' t="inlineStr"'),
    "signs for the terminal": in_cell("<is><t>_x001B_[2J通过 12 份</t></is>", ' t="inlineStr"'),
    "two rows of a number": with_xml(r'(<row r="14".*?</row>)', r"\1\1"),
    "a cell in another's row": with_xml(rf'<c r="{CELL}"', '<c r="B990"'),
    "rows in an extension only": with_xml(r'<c r="B14".*?</c>(.*)</worksheet>', r'\1<extLst><ext><row r="14"><c r="B14"><v>57</v>'
                                          "</c></row></ext></extLst></worksheet>"),
    "two sheetData": with_xml("</sheetData>", "</sheetData><sheetData/>"),
    "rows in a choice": with_xml("<sheetData>(.*)</sheetData>", r'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
                                 r'markup-compatibility/2006"><mc:Choice><sheetData>\1</sheetData></mc:Choice></mc:AlternateContent>'),
    "another id first": another_part("urn:zz"),
    "the strict id too": another_part("http://purl.oclc.org/ooxml/officeDocument/relationships"),
    "two workbooks": two_workbooks,
    "a part of other capitals": lambda: packed({**parts(GOOD), PART.replace("sheet", "Sheet"): b"<worksheet/>"}),
    "merged over a figure": with_xml("<mergeCell ", '<mergeCell ref="B14:C14"/><mergeCell ', part=PART,
                                     content=altered(GOOD, SHEET, {"C14": 6})),
    "an array over a figure": with_xml(r'<c r="B14"( s="\d+")>.*?</c>',
                                       r'<c r="B14"\1><f t="array" ref="B14:B18">SUM(A1)</f><v>9</v></c>'),
    "a data table over figures": with_xml(r'<c r="B14"( s="\d+")>.*?</c>',
                                          r'<c r="B14"\1><f t="dataTable" ref="B14:B18" r1="A1"/><v>9</v></c>'),
    "names of sheets swapped": names_swapped(REQUESTS, "四、复议诉讼"),
    "names of texts swapped": names_swapped("五、存在问题", "六、其他事项"),
    "another agency": on_cover("name", "别的镇"),
    "another agency, spaced out": on_cover("name", "别的镇", "填 报 单 位"),
    "another code, spaced out": on_cover("code", "T99999", "单 位 代 码"),
    "another year": on_cover("year", 2022),
    "a switch of another word": lambda: altered(GOOD, REQUESTS, {"D4": "是的"}),
    "a switch with a space": lambda: altered(GOOD, REQUESTS, {"D4": " 是"}),
    "a box over a figure": lambda: drawn(_anchor((13, 1), (13, 1), "5"), SHEET, GOOD),
    "an .xls of nothing": lambda: ole(bytes(5120)),
    "a name of 32,767 characters": with_xml(r"(_name.*?lpwstr>)[^<]+", r"\g<1>" + "长" * 32767, part="docProps/custom.xml"),
}  # fmt: skip


@pytest.mark.parametrize("make", MADE.values(), ids=MADE)
def test_an_attack_of_the_same_kinds_is_stopped(make):
    received = checked(make())
    assert stopped(received), [f.message for f in received.findings]


NUMBERS = ("1e-999999999", "1e999999999", "1E-400000", "-1e-99999", "9" * 500, "NaN", "Infinity", "-Infinity")


@pytest.mark.parametrize("number", NUMBERS)
def test_values_that_no_cell_has_are_refused_at_once(number, tmp_path):
    values = save(tmp_path / "值.json", f'{{"values": {{"requests.new.natural": {number}}}}}')
    done = run("fill", save(tmp_path / "空.xlsx", GOOD), values, "-o", tmp_path / "填.xlsx")
    assert (done.returncode == 2 and "requests.new.natural" in done.stderr) or "数" in done.stderr
    assert not (tmp_path / "填.xlsx").exists()


TWICE = (
    {"a": 1},
    {"values": {"requests.new.natural": 1}},
    {"texts": {"problems": "一"}},
    {"signoff": {"date": "2024-01-15"}},
    {"agency": {"code": "1"}},
)


@pytest.mark.parametrize("said", TWICE, ids=lambda said: json.dumps(said))
def test_a_key_that_stands_there_twice_is_refused(said, tmp_path):
    text = json.dumps(said, ensure_ascii=False)
    key = re.findall(r'"(\w[\w.]*)": [^{]', text)[0]
    inner = re.search(rf'("{key}": [^{{}}]*?)(?=[}}])', text)[1]
    values = save(tmp_path / "值.json", text.replace(inner, f"{inner}, {inner}"))
    done = run("fill", save(tmp_path / "空.xlsx", GOOD), values, "-o", tmp_path / "填.xlsx")
    assert done.returncode == 2 and f"“{key}”写了两次" in done.stderr and not (tmp_path / "填.xlsx").exists()


CONTROL = ("\x1b[2J", "\x1b]0;title\x07", "\x9b2J", "\x08\x08\x08", "\r通过", "\u202e过通", "\x00")


@pytest.mark.parametrize("signs", CONTROL, ids=repr)
def test_signs_for_the_terminal_never_reach_it(signs, tmp_path):
    escaped = "".join(f"_x{ord(c):04X}_" if ord(c) < 32 else c for c in signs)
    path = save(tmp_path / "表.xlsx", in_cell(f"<is><t>{escaped}通过 12 份</t></is>", ' t="inlineStr"')())
    done = run("check", path)
    printed = done.stdout + done.stderr
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", printed) and CELL in printed


@pytest.mark.parametrize("what", ["roster", "values", "report", "filing"])
def test_a_pipe_is_never_waited_for(what, tmp_path):
    os = pytest.importorskip("os")
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes on this system")
    pipe = tmp_path / {"report": "报告.txt", "roster": "名录.csv", "values": "值.json", "filing": "表.xlsx"}[what]
    os.mkfifo(pipe)
    good = save(tmp_path / "好.xlsx", GOOD)
    done = {
        "roster": lambda: run("check", good, "--roster", pipe),
        "values": lambda: run("fill", good, pipe, "-o", tmp_path / "填.xlsx"),
        "report": lambda: run("import", pipe, "-o", tmp_path / "填.xlsx", "--year", 2023, "--name", "x", "--code", "1"),
        "filing": lambda: run("check", pipe),
    }[what]()
    assert done.returncode in (1, 2) and "管道" in done.stdout + done.stderr


@pytest.mark.parametrize("field", ["x" * 131_073, '"' + "y" * 200_000 + '"', "z" * 500_000])
def test_a_roster_with_a_huge_field_is_refused_in_words(field, tmp_path):
    roster = save(tmp_path / "名录.csv", f"单位代码,单位名称,层级,上级代码\n1,{field},县,\n")
    done = run("check", save(tmp_path / "好.xlsx", GOOD), "--roster", roster)
    assert done.returncode == 2 and "第 2 行" in done.stderr and "内部" not in done.stderr
