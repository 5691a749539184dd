"""Slips: what a marked-up copy keeps, what the 退回单 and the chat text say, which files are written and never written over."""

import io
import json

import openpyxl
import pytest
from docx import Document
from lxml import etree
from making import (
    AGENCIES,
    BUREAU,
    ROSTER,
    altered,
    cell_of,
    checked,
    codes,
    distinct,
    filing,
    opened,
    packed,
    parts,
    patched,
    resaved,
    run,
    save,
)
from openpyxl.comments import Comment

from xltools.address import parse_a1
from xltools.collection.check import check, check_file
from xltools.collection.roster import read_roster
from xltools.editions import load_form
from xltools.errors import XltoolsError
from xltools.form.layout import CHECK_COLUMNS, CHECK_TOP, CHECKS
from xltools.outputs import write_all
from xltools.slips import renew_slips, slips, write_slips
from xltools.slips.chat import chat
from xltools.slips.single import marked_copy
from xltools.workbook.write import write_filing

FORM = load_form("2021")
WRONG = {"requests.new.natural": 9, "requests.granted.natural": 5}
QUERIED = {"disclosure.rules.effective": 1}
SHEET, CELL = cell_of(FORM, "requests.new.natural")


def slip(tmp_path, content, name="表.xlsx"):
    """The marked-up copy of a file."""
    return marked_copy(check_file(save(tmp_path / name, content)))


def told(received):
    return [(f.code, f.severity, f.sheet, f.cell, f.open) for f in received.findings]


def programs(content):
    return {"as issued": content, "openpyxl": resaved(content)}


@pytest.mark.parametrize("program", ["as issued", "openpyxl"])
def test_a_copy_is_the_same_filing_and_no_alteration(tmp_path, program):
    content = programs(write_filing(filing({**distinct(FORM), **QUERIED})))[program]
    before, after = checked(content), checked(slip(tmp_path, content))
    assert after.filing.values == before.filing.values and after.verdict != "modified"
    assert told(after) == told(before)


def test_failing_cells_are_coloured_and_commented_all_others_left(tmp_path):
    content = write_filing(filing(WRONG))
    book, was = opened(slip(tmp_path, content)), opened(content)
    assert book[SHEET][CELL].comment and "9" in book[SHEET][CELL].comment.text
    assert book[SHEET][CELL].fill.fgColor.rgb != was[SHEET][CELL].fill.fgColor.rgb
    assert not book[SHEET][CELL].protection.locked and book[SHEET].protection.sheet
    for sheet in was:
        for row in sheet:
            for cell in row:
                assert book[sheet.title][cell.coordinate].value == cell.value
                if not book[sheet.title][cell.coordinate].comment:
                    assert book[sheet.title][cell.coordinate].fill.fgColor.rgb == cell.fill.fgColor.rgb


def test_parts_without_marks_are_the_same_to_the_byte(tmp_path):
    content = write_filing(filing(WRONG))
    before, after = parts(content), parts(slip(tmp_path, content))
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"[Content_Types].xml", "docProps/custom.xml", "xl/styles.xml", "xl/worksheets/sheet5.xml",
                       "xl/worksheets/sheet9.xml", "xl/worksheets/_rels/sheet5.xml.rels",
                       "xl/worksheets/_rels/sheet9.xml.rels", "_rels/.rels"}  # fmt: skip


def test_a_slip_of_a_slip_has_the_new_marks_alone(tmp_path):
    first = slip(tmp_path, write_filing(filing({**WRONG, "requests.new.business": 3})))
    mended = altered(first, *[cell_of(FORM, "requests.new.natural")[0], {CELL: 5}])
    second = opened(slip(tmp_path, mended, "又.xlsx"))
    other = cell_of(FORM, "requests.new.business")[1]
    assert second[SHEET][other].comment and not second[SHEET][CELL].comment
    assert second[SHEET][CELL].fill.fgColor.rgb == opened(write_filing(filing()))[SHEET][CELL].fill.fgColor.rgb
    assert len(second[SHEET][other].comment.text.split("错误")) == 2


def test_an_explanation_typed_into_the_copy_closes_the_query_and_is_stale_over_other_figures(tmp_path):
    copy = slip(tmp_path, write_filing(filing(QUERIED)))
    rule = "disclosure.rules.authority"
    row = CHECK_TOP + [r.id for r in filing(QUERIED).rules if r.shows].index(rule) + 1
    where = f"{chr(65 + CHECK_COLUMNS.explanation)}{row}"
    assert "在这一格写清原因" in opened(copy)[CHECKS][where].comment.text
    explained = altered(copy, CHECKS, {where: "市里授权制定，文件已附。"})
    assert checked(explained).accepted
    again = slip(
        tmp_path, altered(explained, SHEET, {CELL: 3}), "又.xlsx"
    )  # returned for something else: it is stamped
    sheet, cell = cell_of(FORM, "disclosure.rules.effective")
    stale = checked(altered(again, sheet, {cell: 2}))
    assert "explanation-stale" in codes(stale) and "rule-failed" in codes(stale, "query")


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_prefixes(content):
    """Every name of the workbook's own parts with a prefix, as some programs write them."""
    found = parts(content)
    for name in [n for n in found if n.startswith("xl/worksheets/sheet") or n in ("xl/styles.xml", "xl/workbook.xml")]:
        root = etree.fromstring(found[name])
        made = etree.Element(root.tag, root.attrib, {**root.nsmap, "x": MAIN, None: "urn:other"})
        made.extend(list(root))
        etree.cleanup_namespaces(made, keep_ns_prefixes=["r"])
        found[name] = etree.tostring(made)
        assert b"<x:" in found[name]
    return packed(found)


def without_addresses(content):
    """Cells and rows that do not say where they stand, where every one follows the one before."""
    found = parts(content)
    for name in [n for n in found if n.startswith("xl/worksheets/sheet")]:
        root = etree.fromstring(found[name])
        for number, row in enumerate(root.iter(f"{{{MAIN}}}row")):
            if row.get("r") == str(number + 1) and [parse_a1(c.get("r"))[1] for c in row] == list(range(len(row))):
                for element in (row, *row):
                    del element.attrib["r"]
        found[name] = etree.tostring(root)
    assert sum(content.count(b'<c s="') for content in found.values()) > 200
    return packed(found)


def without_styles_of_input_cells(content):
    """Empty cells left out, as programs do that take a cell's look from its column."""
    found = parts(content)
    root = etree.fromstring(found["xl/worksheets/sheet5.xml"])
    for cell in [c for c in root.iter(f"{{{MAIN}}}c") if not len(c)]:
        cell.getparent().remove(cell)
    return packed({**found, "xl/worksheets/sheet5.xml": etree.tostring(root)})


@pytest.mark.parametrize("written", [with_prefixes, without_addresses, without_styles_of_input_cells])
def test_however_a_program_writes_it_the_copy_reads_the_same(tmp_path, written):
    content = written(write_filing(filing({**WRONG, **QUERIED, "requests.partial.business": None})))
    before, copy = checked(content), slip(tmp_path, content)
    after = checked(copy)
    assert not before.accepted and after.filing.values == before.filing.values
    assert told(after) == told(before) and after.verdict == "resaved"
    empty = cell_of(FORM, "requests.partial.business")[1]
    for address in (CELL, empty):
        assert opened(copy)[SHEET][address].comment and opened(copy)[SHEET][address].fill.fgColor.rgb == "FFFFB3AD"


def test_comments_of_the_clerk_stay(tmp_path):
    def comment(book):
        book[SHEET][CELL].comment = Comment("自己记的", "张三")
        book[SHEET]["E12"].comment = Comment("另一处", "张三")

    copy = slip(tmp_path, resaved(write_filing(filing(WRONG)), comment))
    said = opened(copy)[SHEET]
    assert said[CELL].comment.text.startswith("自己记的") and "错误" in said[CELL].comment.text
    again = opened(slip(tmp_path, altered(copy, SHEET, {CELL: 5, "E9": 7}), "又.xlsx"))[SHEET]
    assert (again[CELL].comment.text, again["E12"].comment.text) == ("自己记的", "另一处")


def test_the_same_marks_twice_are_the_same_file(tmp_path):
    copy = slip(tmp_path, write_filing(filing({**WRONG, **QUERIED})))
    assert slip(tmp_path, copy, "又.xlsx") == copy


def test_macros_are_left_as_they_are(tmp_path):
    content = packed({**parts(write_filing(filing(WRONG))), "xl/vbaProject.bin": b"macro"})
    save(tmp_path / "表.xlsm", content)
    made = dict(slips(check([tmp_path])))
    [name] = [n for n in made if n.endswith(".xlsm")]
    assert parts(made[name])["xl/vbaProject.bin"] == b"macro"


def test_what_a_filer_typed_spoils_neither_part(tmp_path):
    typed = "_x0001_<b>&]]>\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") + "长" * 3000
    copy = slip(tmp_path, write_filing(filing({"requests.new.natural": typed})))
    assert checked(copy).verdict == "resaved" and "<b>" in opened(copy)[SHEET][CELL].comment.text
    assert len(dict(slips(check([tmp_path])))) == 3


@pytest.mark.parametrize("bad", ["{", "[1]", "null", '{"a": 1}', "x" * 100_000])
def test_bad_stamps_are_none(tmp_path, bad):
    said = filing({**QUERIED, **WRONG}, explanations={"disclosure.rules.authority": "市里授权制定，文件已附。"})
    copy = slip(tmp_path, write_filing(said))
    assert checked(copy).filing.stamps
    spoilt = patched(copy, "docProps/custom.xml", r'(name="xltools_stamps"[^>]*>\s*<vt:lpwstr>)[^<]*', rf"\g<1>{bad}")
    assert not checked(spoilt).filing.stamps and checked(spoilt).verdict != "modified"


def test_the_letter_names_every_place_and_what_to_do(tmp_path):
    received = check_file(save(tmp_path / "表.xlsx", filing({**WRONG, **QUERIED, "disclosure.fees.amount": "3元"})))
    collection = check([tmp_path])
    made = dict(slips(collection))
    [name] = [n for n in made if n.endswith("退回单.docx")]
    document = Document(io.BytesIO(made[name]))
    words = "\n".join([p.text for p in document.paragraphs]
                      + [c.text for t in document.tables for row in t.rows for c in row.cells])  # fmt: skip
    assert BUREAU.name in words and "2023" in words and "情况说明" in words
    for found in received.findings:
        if found.open and found.severity != "note":
            assert found.cell in words and found.sheet in words
    assert dict(slips(check([tmp_path])))[name] == made[name], "the same bytes every time"


def test_what_cannot_be_marked_gets_the_letter_alone(tmp_path):
    save(tmp_path / "坏.xlsx", b"no workbook at all")
    made = dict(slips(check([tmp_path])))
    assert sorted(made) == ["催报与退改.txt", "坏_退回单.docx"]


def test_the_chat_text_says_who_is_missing_and_who_must_correct(tmp_path):
    for number, agency in enumerate(AGENCIES[:3]):
        save(tmp_path / "回收" / f"{number}.xlsx", filing(WRONG if number == 1 else {}, agency=agency))
    roster = read_roster(save(tmp_path / "名录.csv", ROSTER))
    words = chat(check([tmp_path / "回收"], roster))
    lines = words.splitlines()
    assert any("西街道" in line for line in lines) and any(line.startswith("1. 示例县教育局") for line in lines)
    assert "应报 4 家：通过 2 家，退回 1 家，没有报 1 家。" in words and "<" not in words


def test_the_command_writes_them_and_never_over_work(tmp_path):
    save(tmp_path / "回收" / "表.xlsx", filing(WRONG))
    done = run("check", tmp_path / "回收", "--slips", tmp_path / "退回", "--json")
    written = json.loads(done.stdout)["slips"]
    assert done.returncode == 1 and len(written) == 3
    again = run("check", tmp_path / "回收", "--slips", tmp_path / "退回")
    assert again.returncode == 2 and "--force" in again.stderr
    assert run("check", tmp_path / "回收", "--slips", tmp_path / "退回", "--force").returncode == 1
    [copy] = (tmp_path / "退回").glob("*.xlsx")
    book = openpyxl.load_workbook(copy)
    book[SHEET][CELL] = 5
    book.save(copy)
    refused = run("check", tmp_path / "回收", "--slips", tmp_path / "退回", "--force")
    assert refused.returncode == 2 and openpyxl.load_workbook(copy)[SHEET][CELL].value == 5
    with pytest.raises(XltoolsError):
        write_slips(check([tmp_path / "回收"]), tmp_path / "退回", force=True)


def test_slips_among_the_inputs_are_no_filings(tmp_path):
    save(tmp_path / "表.xlsx", filing(WRONG))
    for _ in range(2):
        told_ = json.loads(run("check", tmp_path, "--slips", tmp_path / "退回", "--force", "--json").stdout)
        assert len(told_["filings"]) == 1


def test_a_slip_that_is_there_already_is_not_written_again(tmp_path, monkeypatch):
    wrong = {"requests.new.natural": 9}
    for number, agency in enumerate(AGENCIES):
        save(tmp_path / "回收" / f"{number}.xlsx", write_filing(filing(wrong, agency=agency)))
    written = []

    def noting(files, paths, *, force):
        written.append(set(paths))
        write_all(files, paths, force=force)

    monkeypatch.setattr("xltools.slips.write_all", noting)
    first, _ = renew_slips(check([tmp_path / "回收"]), tmp_path / "退回")
    again, _ = renew_slips(check([tmp_path / "回收"]), tmp_path / "退回")
    save(tmp_path / "回收" / "1.xlsx", write_filing(filing({"requests.new.natural": 8}, agency=AGENCIES[1])))
    changed, _ = renew_slips(check([tmp_path / "回收"]), tmp_path / "退回")
    (tmp_path / "退回" / first[0].path.name).unlink()
    mended, _ = renew_slips(check([tmp_path / "回收"]), tmp_path / "退回")
    names = [{path.name for path in paths} for paths in written]
    assert names[0] == {slip.path.name for slip in first}
    assert [s.path for s in first] == [s.path for s in again] == [s.path for s in mended]
    assert names[1] == set() and len(changed) == len(first)
    assert names[2] and all(AGENCIES[1].name in name for name in names[2] - {"催报与退改.txt"})
    assert names[3] == {first[0].path.name} and (tmp_path / "退回" / first[0].path.name).exists()
