"""One filing as twenty programs save it with one figure changed: figures right, the same form, and a marked copy that opens.

The files are made by ``programs/make.py``, each by the program itself, of a filing of layout 2.
"""

import io
from pathlib import Path

import openpyxl
import pytest
from making import checked, codes

from xltools.collection.check import check_file
from xltools.received.mark import COLOURS, marked
from xltools.slips.marks import marks_of
from xltools.terms import VERDICTS

FOLDER = Path(__file__).parent / "data" / "programs"
BASE = FOLDER / "base.xlsx"
FILES = sorted(path for path in FOLDER.iterdir() if path != BASE)
SHEET, CELL, FIELD, FIGURE = "三、依申请公开", "D8", "requests.new.natural", 13

OTHERWISE = {
    "aspose.xlsx": "modified",  # without a licence they add a sheet that says so
    "spire.xlsx": "modified",
    "pyexcelerate.xlsx": "modified",  # it writes values and no formulas
}
"""Verdicts other than ``resaved``, and why."""


def figures(path):
    received = check_file(path)
    assert received.filing is not None, received.findings
    return received, received.filing.inputs


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_figure_is_right_and_the_form_the_same(path):
    _, before = figures(BASE)
    received, inputs = figures(path)
    assert before[FIELD] != FIGURE and inputs == {**before, FIELD: FIGURE}
    assert received.verdict == OTHERWISE.get(path.name, "resaved") and received.verdict in VERDICTS
    assert received.filing.texts == check_file(BASE).filing.texts
    assert received.filing.agency == check_file(BASE).filing.agency
    wrong = [f for f in received.findings if f.severity == "error" and f.code != "total-overwritten"]
    assert [(f.code, f.sheet, f.cell) for f in wrong] == [("rule-failed", SHEET, CELL)]


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix != ".xlsx"], ids=lambda path: path.name)
def test_a_total_that_was_not_worked_out_anew_is_not_blamed_on_a_formula_that_cannot_be_seen(path):
    totals = [f for f in check_file(path).findings if f.code == "total-overwritten"]
    assert bool(totals) == (path.name == "sheetjs.xls"), "it writes values, of the day before"
    for found in totals:
        assert found.severity == "query" and "公式被换掉" not in found.message and "没有重算" in found.message
        assert "另存为" in found.remedy


@pytest.mark.parametrize("path", [p for p in FILES if p.suffix == ".xlsx"], ids=lambda path: path.name)
def test_its_marked_copy_opens_with_the_same_values(path):
    content = path.read_bytes()
    received = check_file(path)
    copy = marked(content, marks_of(received), {})
    before, after = (openpyxl.load_workbook(io.BytesIO(c)) for c in (content, copy))
    for sheet in before:
        values = {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
        there = {cell.coordinate: cell.value for row in after[sheet.title].iter_rows() for cell in row}
        assert {cell: there.get(cell) for cell in values} == values
    cell = after[SHEET][CELL]
    assert "审核意见" in cell.comment.text
    if path.name != "pyexcelerate.xlsx":  # which gives its cells no styles that could have a colour
        assert cell.fill.fgColor.rgb == COLOURS["error"] and not cell.protection.locked
    again = checked(copy)
    assert again.filing.inputs == received.filing.inputs and codes(again, "error") == codes(received, "error")


def test_there_are_a_dozen_programs():
    programs = {path.name.partition(".")[0] for path in FILES}
    resaved = {path.name for path in FILES if path.name not in OTHERWISE}
    assert len(programs) >= 12 and len(resaved) >= 12
