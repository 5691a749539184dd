"""Marked-up copies close the loop: they say which file they were made from, and give back the formulas of totals typed over."""

import hashlib
import json

import pytest
from making import altered, blank, cell_of, codes, filing, opened, packed, parts, patched, resaved, save

from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.received.mark import Formula, marked
from xltools.slips.single import marked_copy
from xltools.workbook.write import write_filing

FORM = load_form("2021")
WRONG = {"requests.new.natural": 9, "requests.granted.natural": 5}
SHEET, CELL = cell_of(FORM, "requests.new.natural")


def received(folder, content, name="表.xlsx"):
    return check_file(save(folder / name, content))


def slip(folder, content, name="表.xlsx"):
    return marked_copy(received(folder, content, name))


def digest(content):
    return hashlib.sha256(content).hexdigest()


# ── what it was made from ────────────────────────────────────────────────────


@pytest.mark.parametrize("program", [lambda content: content, resaved], ids=["as issued", "openpyxl"])
def test_a_copy_says_which_file_it_was_made_from_and_keeps_it_when_saved(tmp_path, program):
    sent = program(write_filing(filing(WRONG)))
    copy = slip(tmp_path, sent)
    assert received(tmp_path, sent).originals == ()
    assert received(tmp_path, copy, "退.xlsx").originals == (digest(sent),)
    assert received(tmp_path, resaved(copy), "退.xlsx").originals == (digest(sent),)


def test_a_copy_of_a_corrected_copy_names_both_the_latest_first(tmp_path):
    sent = write_filing(filing({**WRONG, "requests.new.business": 3}))
    corrected = altered(slip(tmp_path, sent), SHEET, {CELL: 5})
    again = slip(tmp_path, corrected, "又.xlsx")
    assert received(tmp_path, again, "退.xlsx").originals == (digest(corrected), digest(sent))


def test_a_copy_that_nobody_saved_is_no_generation(tmp_path):
    sent = write_filing(filing(WRONG))
    copy = slip(tmp_path, sent)
    assert slip(tmp_path, copy, "又.xlsx") == copy


HEX = "ab" * 32


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("{", ()),
        ("[1]", ()),
        ('{"sha256": 5}', ()),
        ('{"sha256": ["no digest", 7, null]}', ()),
        (json.dumps({"sha256": [HEX, HEX.upper(), "x"]}), (HEX,)),
        (json.dumps({"other": [HEX]}), ()),
        ("x" * 100_000, ()),
        (json.dumps({"sha256": [f"{n:064x}" for n in range(200)]}), tuple(f"{n:064x}" for n in range(50))),
    ],
)
def test_what_a_file_says_of_its_originals_counts_only_where_it_looks_like_some(tmp_path, said, understood):
    copy = slip(tmp_path, write_filing(filing(WRONG)))
    words = said.replace('"', "&quot;")
    spoilt = patched(
        copy, "docProps/custom.xml", r'(name="xltools_originals"[^>]*>\s*<vt:lpwstr>)[^<]*', rf"\g<1>{words}"
    )
    read = received(tmp_path, spoilt, "退.xlsx")
    assert read.originals == understood and read.verdict != "modified"


# ── formulas given back ──────────────────────────────────────────────────────

TOTALS = ["requests.new.total", "requests.total.natural", "requests.total.business", "requests.total.total",
          "disputes.review.total", "disputes.direct.total", "requests.carried_out.total"]  # fmt: skip


@pytest.mark.parametrize("program", ["as issued", "openpyxl"])
@pytest.mark.parametrize("off", [0, 7], ids=["the right figure", "a wrong one"])
@pytest.mark.parametrize("total", TOTALS)
def test_a_total_typed_over_has_its_formula_again(tmp_path, total, off, program):
    whole = write_filing(filing(WRONG))
    sheet, cell = cell_of(FORM, total)
    right = filing(WRONG).values[total]
    sent = altered(whole, sheet, {cell: right + off})
    sent = resaved(sent) if program == "openpyxl" else sent
    before = received(tmp_path, sent)
    told = [f for f in before.findings if f.code == "total-overwritten"]
    assert [(f.cell, f.severity) for f in told] == [(cell, "error" if off else "query")]
    copy = slip(tmp_path, sent)
    after = received(tmp_path, copy, "退.xlsx")
    assert "total-overwritten" not in codes(after) and after.filing.values == before.filing.values
    assert opened(copy)[sheet][cell].value == opened(whole)[sheet][cell].value
    assert opened(copy, data_only=True)[sheet][cell].value == right
    assert (
        "公式已经恢复" in opened(copy)[sheet][cell].comment.text
        and str(right + off) in opened(copy)[sheet][cell].comment.text
    )


def test_several_totals_and_a_text_in_one(tmp_path):
    names = TOTALS[:5]
    whole = write_filing(filing(WRONG))
    sent = whole
    for name in names:
        sheet, cell = cell_of(FORM, name)
        sent = altered(sent, sheet, {cell: "合计" if name == names[0] else 123})
    copy = slip(tmp_path, sent)
    assert not {"total-overwritten"} & set(codes(received(tmp_path, copy, "退.xlsx")))
    for name in names:
        sheet, cell = cell_of(FORM, name)
        assert opened(copy)[sheet][cell].value == opened(whole)[sheet][cell].value


def test_a_total_of_blanks_shows_nothing_again(tmp_path):
    sheet, cell = cell_of(FORM, "requests.new.total")
    content = altered(write_filing(blank()), sheet, {cell: 5})
    copy = slip(tmp_path, content)
    assert opened(copy, data_only=True)[sheet][cell].value in (None, "")
    assert "total-overwritten" not in codes(received(tmp_path, copy, "退.xlsx"))


def test_a_formula_that_many_cells_share_is_left_alone():
    content = write_filing(filing(WRONG))
    part = "xl/worksheets/sheet5.xml"
    sheet, cell = cell_of(FORM, "requests.new.total")
    shared = patched(
        content, part, rf'(<c r="{cell}"[^>]*>)<f>[^<]*</f>', r'\1<f t="shared" ref="A1:B2" si="0">1+1</f>'
    )
    given = marked(shared, [], {}, formulas=[Formula(sheet, cell, "SUM(A1)", 3), Formula("没有的表", "A1", "1", 1)])
    assert b't="shared"' in parts(given)[part] and b"SUM(A1)</f>" not in parts(given)[part]
    assert b"SUM(A1)</f>" in parts(marked(content, [], {}, formulas=[Formula(sheet, cell, "SUM(A1)", 3)]))[part]
    assert packed(parts(given))
