"""One act is one finding; and what comes of it can be corrected in place: values pasted, digits as text, line ends, locks."""

import io
import re

import openpyxl
import pytest
from making import altered, cell_of, checked, codes, distinct, filing, opened, resaved, run, save

from xltools.editions import load_form
from xltools.findings import finding
from xltools.form.lastyear import carried_over
from xltools.form.layout import CHECKS, COVER, layout_of
from xltools.received.mark import marked
from xltools.slips.marks import marks_of
from xltools.slips.words import bare
from xltools.workbook.write import write_filing

FORM = load_form("2021")
GOOD = write_filing(filing(distinct(FORM)))
REQUESTS, DISCLOSURE = "三、依申请公开", "二、主动公开"

# ── values pasted over formulas ──────────────────────────────────────────────


def values_only(content, *sheets, keep=()):
    """The file with formulas as values, as 选择性粘贴 leaves them: on all sheets, or those named."""
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)

    def paste(book):
        for sheet in book:
            for row in sheet.iter_rows() if not sheets or sheet.title in sheets else ():
                for cell in row:
                    if cell.data_type == "f" and (sheet.title, cell.coordinate) not in keep:
                        cell.value = values[sheet.title][cell.coordinate].value

    return resaved(content, paste)


PASTED = {
    "all sheets": (),
    "one table": (REQUESTS,),
    "two tables": (REQUESTS, DISCLOSURE),
    "校验": (CHECKS,),
    "校验 and a table": (CHECKS, REQUESTS),
    "the cover and 校验": (COVER, CHECKS),
}


@pytest.mark.parametrize("sheets", PASTED.values(), ids=PASTED)
def test_values_over_a_sheet_s_formulas_are_one_query(sheets):
    received = checked(values_only(GOOD, *sheets))
    asked = [f for f in received.findings if f.severity != "note" and f.code.startswith(("form-", "total-"))]
    assert [f.code for f in asked] == ["form-values-only"] and asked[0].severity == "query"
    assert received.verdict == "modified" and received.filing.values == checked(GOOD).filing.values
    assert all(f"“{name}”" in asked[0].message for name in sheets)


def test_all_totals_are_counted():
    totals = len([f for f in FORM.fields.values() if f.parts])
    [found] = [f for f in checked(values_only(GOOD)).findings if f.code == "form-values-only"]
    assert f"合计 {totals} 格" in found.message


@pytest.mark.parametrize("field", ["requests.new.total", "requests.results_total.total", "requests.granted.total"])
def test_a_wrong_total_among_them_is_an_error_of_its_own(field):
    field = field if field in FORM.fields else next(f.id for f in FORM.totals)
    sheet, cell = cell_of(FORM, field)
    received = checked(altered(values_only(GOOD), sheet, {cell: 987654}))
    wrong = [f for f in received.findings if f.code == "total-overwritten"]
    assert [(f.cell, f.severity) for f in wrong] == [(cell, "error")]


def test_one_total_typed_over_is_told_as_before():
    sheet, cell = cell_of(FORM, "requests.new.total")
    kept = checked(GOOD).filing.values["requests.new.total"]
    told = codes(checked(altered(GOOD, sheet, {cell: kept})), "query")
    assert "total-overwritten" in told and "form-values-only" not in told


def test_a_formula_that_is_left_makes_it_no_paste():
    sheet, cell = cell_of(FORM, "requests.new.total")
    received = checked(values_only(GOOD, REQUESTS, keep={(sheet, cell)}))
    assert "form-values-only" not in codes(received) and codes(received).count("total-overwritten") > 5


# ── digits as text ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(("many", "notes"), [(1, 1), (2, 2), (3, 3), (4, 1), (9, 1), (30, 1), (132, 1)])
def test_a_table_of_digits_as_text_is_one_note(many, notes):
    figures = distinct(FORM)
    inputs = FORM.inputs_of("requests")[:many]
    content = altered(GOOD, REQUESTS, {cell_of(FORM, f.id)[1]: str(figures[f.id]) for f in inputs})
    received = checked(content)
    told = [f for f in received.findings if f.code in ("cell-text-number", "cell-as-text")]
    assert len(told) == notes and {f.severity for f in told} == {"note"}
    assert received.filing.values == checked(GOOD).filing.values
    if notes == 1 and many > 1:
        assert f"{many} 格" in told[0].message and told[0].related == tuple(f.id for f in inputs)


@pytest.mark.parametrize("typed", ["1,234", " 12", "１２", "+12", "12.0", "0012"])
def test_an_odd_writing_among_them_is_told_by_itself(typed):
    inputs = FORM.inputs_of("requests")
    cells = {cell_of(FORM, f.id)[1]: str(n + 5) for n, f in enumerate(inputs[:20])}
    odd = cell_of(FORM, inputs[30].id)[1]
    received = checked(altered(GOOD, REQUESTS, cells | {odd: typed}))
    assert [f.cell for f in received.findings if f.code == "cell-text-number"] == [odd]
    assert codes(received).count("cell-as-text") == 1


# ── line ends within a cell ──────────────────────────────────────────────────

ENDS = {"LF": "\n", "CR and LF": "\r\n", "CR": "\r", "two": "\n\n", "with an indent": "\n\u3000\u3000",
        "Unicode's own": "\u2028", "vertical tab": "\v", "escaped CR": "_x000D_\n"}  # fmt: skip


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_line_ends_part_paragraphs(end):
    words = ("第一段。", "第二段。", "第三段。")
    text = end.join(words).replace("\r", "_x000D_").replace("\v", "_x000B_")
    received = checked(altered(GOOD, "五、存在问题", {"A5": text}))
    assert received.filing.texts["problems"][:3] == words


def test_export_and_fill_give_the_same_paragraphs_back(tmp_path):
    path = save(tmp_path / "表.xlsx", altered(GOOD, "五、存在问题", {"A5": "一。\n二。_x000D_\n　　三。"}))
    values, again = tmp_path / "值.json", tmp_path / "又.xlsx"
    assert run("export", path, "-o", values).returncode == 0
    blank = save(tmp_path / "空.xlsx", write_filing(filing({f.id: None for f in FORM.inputs})))
    assert run("fill", blank, values, "-o", again).returncode == 0
    assert checked(again.read_bytes()).filing.texts == checked(path.read_bytes()).filing.texts


def test_a_finding_about_a_line_names_its_row():
    received = checked(altered(GOOD, "五、存在问题", {"A5": f"一。\n{'长' * 801}"}))
    [found] = [f for f in received.findings if f.code == "text-too-long"]
    assert (found.sheet, found.cell) == ("五、存在问题", "A5")


# ── locks of the marked copy ─────────────────────────────────────────────────


def locked_by_pasting(sheet, cell, value):
    def change(book):
        book[sheet][cell].style, book[sheet][cell].value = "Normal", value

    return resaved(GOOD, change)


def copy_of(received, content):
    return opened(marked(content, marks_of(received), {}))


LOCKED = {
    "words": (REQUESTS, "D8", "约12"), "a fraction": (REQUESTS, "E9", 1.5), "a negative": (DISCLOSURE, "B14", -1),
    "money in yuan": (DISCLOSURE, cell_of(FORM, "disclosure.fees.amount")[1], "251000元"),
    "a unit": ("四、复议诉讼", cell_of(FORM, "disputes.review.other")[1], "3件"), "the switch": (REQUESTS, "D4", "是的"),
    "a date of the sign-off": (COVER, "C15", "2019-01-01"), "a blank": (REQUESTS, "D10", None),
}  # fmt: skip


@pytest.mark.parametrize(("sheet", "cell", "value"), LOCKED.values(), ids=LOCKED)
def test_a_marked_cell_to_be_filled_in_is_open(sheet, cell, value):
    content = locked_by_pasting(sheet, cell, value)
    received = checked(content)
    found = [f for f in received.findings if f.sheet == sheet and f.cell == cell and f.severity != "note"]
    if not found:
        pytest.skip("this edition has another cell there")
    there = copy_of(received, content)[sheet]
    assert there.protection.sheet and not there[cell].protection.locked
    assert not found[0].open or found[0].message


@pytest.mark.parametrize("field", ["requests.new.total", "requests.granted.total"])
def test_a_total_stays_locked(field):
    sheet, cell = cell_of(FORM, field)
    content = altered(GOOD, sheet, {cell: 99999})
    assert copy_of(checked(content), content)[sheet][cell].protection.locked


def test_what_is_carried_over_stays_locked():
    last = distinct(FORM)
    carried = frozenset(carried_over(FORM, last))
    given = distinct(FORM) | dict.fromkeys(carried, 7)
    content = write_filing(filing(given, last=last, carried=carried))
    received = checked(content)
    name = next(iter(carried))
    sheet, cell = cell_of(FORM, name)
    marks = [m for m in marks_of(received) if (m.sheet, m.cell) == (sheet, cell)]
    assert not any(m.opened for m in marks)


def test_a_cell_of_our_own_keeps_its_style_s_number_when_unmarked_again():
    content = altered(GOOD, REQUESTS, {"D8": "约12"})
    once = marked(content, marks_of(checked(content)), {})
    clean = opened(marked(once, [], {}))[REQUESTS]["D8"]
    assert not clean.protection.locked and clean.fill.fgColor.rgb == opened(content)[REQUESTS]["D8"].fill.fgColor.rgb


# ── words ────────────────────────────────────────────────────────────────────

SAID = {
    "several cells": ("form-formula-changed", {"cell": "A1", "cells": "A1、A3"}, "A1、A3 的公式"),
    "very many": ("form-formula-changed", {"cell": "A1", "cells": "A1、B2 等 14 处"}, "A1、B2 等"),
    "one cell": ("form-formula-changed", {"cell": "A1", "cells": "A1"}, "公式与下发"),
    "a cell that begins another": ("form-cell-added", {"cell": "A1", "cells": "A12", "words": "x"}, "A12 多了"),
    "cells put in": ("form-cell-added", {"cell": "B1", "cells": "B1、B2", "words": "x"}, "B1、B2 多了"),
    "a range": ("form-covered", {"cell": "E9", "cells": "E9", "range": "D9:E9", "how": "合并", "undo": "", "words": ""}, "D9:E9"),
    "values": ("form-values-only", {"cell": "B1", "count": 9, "right": 3, "sheets": "“表”"}, "B1 等 9 处"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "facts", "begins"), SAID.values(), ids=SAID)
def test_what_is_said_beside_a_cell_begins_with_a_word(code, facts, begins):
    words = bare(finding(code, sheet="表", **facts))
    assert words.startswith(begins) and not re.match("[、，：]", words)


def test_the_layout_has_the_cells_named_here():
    assert layout_of(FORM).cell("requests.new.natural") == "D8"
