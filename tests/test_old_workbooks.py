"""Old workbooks (.xls, .et) and .ods: an error, a truth value and a formula among the figures is told, never read as 0 or 1."""

import re
import struct
from pathlib import Path

import pytest
from hostile import ole, record
from making import altered, cell_of, checked, codes, filing, packed, parts
from office import Office
from test_bad_input import other_container

from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.ooxml.ole import odd_cells
from xltools.workbook.write import write_filing

FORM = load_form("2021")
FIELDS = (
    "requests.new.natural",
    "requests.new.business",
    "requests.new.research",
    "requests.new.nonprofit",
    "requests.new.legal_service",
)
DECLARED = frozenset({"requests"})

# ── .xls ─────────────────────────────────────────────────────────────────────


def workbook(*sheets):
    """A BIFF8 stream: the workbook's own records, then those of its sheets."""
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6))
    names = [record(0x85, struct.pack("<IHBB", 0, 0, 1, 0) + b"a") for _ in sheets]
    end = record(0x0A, b"")
    at = len(begin) + sum(map(len, names)) + len(end)
    out, tails = begin, b""
    for name, cells in zip(names, sheets, strict=True):
        out += name[:4] + struct.pack("<I", at + len(tails)) + name[8:]
        tails += record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6)) + b"".join(cells) + end
    return ole(out + end + tails)


def truth_or_error(row, column, value, is_error):
    return record(0x205, struct.pack("<HHHBB", row, column, 0, value, is_error))


def formula(row, column, result):
    return record(0x006, struct.pack("<HHH", row, column, 0) + result + bytes(8))


@pytest.mark.parametrize(
    ("cell", "odd"),
    [
        (truth_or_error(2, 3, 1, 0), ("boolean", "1", False)),
        (truth_or_error(2, 3, 0, 0), ("boolean", "0", False)),
        (truth_or_error(2, 3, 0x07, 1), ("error", "#DIV/0!", False)),
        (truth_or_error(2, 3, 0x2A, 1), ("error", "#N/A", False)),
        (truth_or_error(2, 3, 0x17, 1), ("error", "#REF!", False)),
        (formula(2, 3, struct.pack("<d", 5.0)), ("formula", "", True)),
        (formula(2, 3, bytes([1, 0, 1, 0, 0, 0, 0xFF, 0xFF])), ("boolean", "1", True)),
        (formula(2, 3, bytes([2, 0, 0x0F, 0, 0, 0, 0xFF, 0xFF])), ("error", "#VALUE!", True)),
        (formula(2, 3, bytes([0, 0, 0, 0, 0, 0, 0xFF, 0xFF])), ("formula", "", True)),
    ],
)
def test_what_an_old_workbook_says_of_a_cell(cell, odd):
    number = record(0x203, struct.pack("<HHHd", 0, 0, 0, 1.0))
    assert odd_cells(workbook([number, cell], [number])) == [{(2, 3): odd}, {}]


# ── .ods ─────────────────────────────────────────────────────────────────────

ERROR = (
    'office:value-type="string" calcext:value-type="error" xmlns:calcext="urn:c"><text:p>{}</text:p></table:table-cell>'
)


def ods(**cells):
    """The good filing as .ods, with other cells in the first row of figures."""
    found = parts(other_container())
    text = found["content.xml"].decode()
    start = text.index('table:name="三、依申请公开"')
    head, row, tail = _eighth_row(text, start)
    for number, cell in cells.items():
        spots = list(re.finditer(r"<table:table-cell[^>]*?(?:/>|>.*?</table:table-cell>)", row))
        spot = spots[int(number.removeprefix("c"))]
        row = row[: spot.start()] + cell + row[spot.end() :]
    return packed({**found, "content.xml": (head + row + tail).encode()})


def _eighth_row(text, start):
    for _ in range(8):
        start = text.index("<table:table-row>", start) + 1
    end = text.index("</table:table-row>", start)
    return text[: start - 1], text[start - 1 : end], text[end:]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (f'<table:table-cell table:formula="of:=1/0" {ERROR.format("#DIV/0!")}', "cell-error-value"),
        (f'<table:table-cell table:formula="of:=NA()" {ERROR.format("#N/A")}', "cell-error-value"),
        (f"<table:table-cell {ERROR.format('Err:502')}", "cell-error-value"),
        ('<table:table-cell table:formula="of:=X" office:value-type="string"><text:p>#NAME?</text:p></table:table-cell>',
         "cell-error-value"),
        ('<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0"><text:p>#DIV/0!</text:p>'
         "</table:table-cell>", "cell-error-value"),
        ('<table:table-cell office:value-type="boolean" office:boolean-value="true"/>', "cell-not-number"),
        ('<table:table-cell office:value-type="boolean" office:boolean-value="false"/>', "cell-not-number"),
        ('<table:table-cell table:formula="of:=TRUE()" office:value-type="float" office:value="1"/>', "cell-formula"),
        ('<table:table-cell table:formula="of:=2+3" office:value-type="float" office:value="5"/>', "cell-formula"),
    ],
)  # fmt: skip
def test_what_an_ods_says_of_a_cell_is_told(cell, code):
    received = checked(ods(c3=cell), "表.ods")
    [told] = [f for f in received.findings if f.field == FIELDS[0] and f.code.startswith("cell-")]
    assert told.code == code and told.severity in ("error", "query") and told.cell == "D8"
    assert (received.filing.values[FIELDS[0]] is None) == (code != "cell-formula")


STALE = ["1", "7", "12", "1000", "0.5"]


@pytest.mark.parametrize("value", STALE)
def test_a_total_that_nobody_worked_out_anew_is_not_called_replaced(value):
    """J8 is the total of D8:I8: a value of an earlier day, in a file that does not show formulas."""
    cell = f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    [told] = [f for f in checked(ods(c9=cell), "表.ods").findings if f.code == "total-overwritten"]
    assert (
        (told.severity, told.cell) == ("query", "J8")
        and "公式被换掉" not in told.message
        and "没有重算" in told.message
    )


@pytest.mark.parametrize("value", STALE)
def test_nor_one_whose_formula_is_there(value):
    cell = f'<table:table-cell table:formula="of:=SUM([.D8:.I8])" office:value-type="float" office:value="{value}"/>'
    assert "total-overwritten" not in codes(checked(ods(c9=cell), "表.ods"))


def test_an_error_repeated_over_many_cells_is_told_in_each():
    cell = f'<table:table-cell table:number-columns-repeated="3" table:formula="of:=1/0" {ERROR.format("#DIV/0!")}'
    received = checked(ods(c3=cell), "表.ods")
    assert codes(received, "error").count("cell-error-value") == 3


def test_without_them_nothing_is_told():
    assert codes(checked(other_container(), "表.ods"), "error", "query") == ["form-not-audited"]


# ── as LibreOffice saves them ────────────────────────────────────────────────


@pytest.mark.office
@pytest.mark.parametrize("ending", [".xls", ".ods"])
def test_errors_truth_values_and_formulas_saved_by_libreoffice(office: Office, tmp_path: Path, ending: str):
    content = write_filing(filing(declared_zero=DECLARED))
    for field, text in zip(FIELDS, ("1/0", "TRUE()", "NA()", "1=1", "2+3"), strict=True):
        sheet, cell = cell_of(FORM, field)
        content = altered(content, sheet, {cell: (text, None)})
    path = tmp_path / "表.xlsx"
    path.write_bytes(content)
    received = check_file(office.saved_as([path], tmp_path / "存", ending)[path])
    told = {f.field: f.code for f in received.findings if f.field in FIELDS and f.code.startswith("cell-")}
    assert [told[f] for f in FIELDS[::2]] == ["cell-error-value", "cell-error-value", "cell-formula"]
    assert set(told) == set(FIELDS) and received.filing is not None
    assert [received.filing.values[f] for f in FIELDS[::2]] == [None, None, 5]
