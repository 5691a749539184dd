"""Slips: what a marked-up copy keeps, what the 退回单 and the chat text say, which files are written and never written over."""

import io
import json

import openpyxl
import pytest
from docx import Document
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
    parts,
    patched,
    resaved,
    run,
    save,
)

from xltools.check import check, check_file
from xltools.editions import load_form
from xltools.errors import XltoolsError
from xltools.layout import CHECK_COLUMNS, CHECK_TOP, CHECKS, listed_of
from xltools.roster import read_roster
from xltools.slips import marked_copy, slips, write_slips
from xltools.slips.chat import chat
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
    row = CHECK_TOP + [r.id for r in listed_of(filing(QUERIED))].index(rule) + 1
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
    assert "应报 4 家，通过 2 家，要更正 1 家，未报 1 家。" in words and "<" not in words


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
