"""Files as Excel and WPS leave them, some of which stop openpyxl: read like any other, with the same figures."""

import io
import re

import openpyxl
import pytest
from making import cell_of, checked, codes, distinct, filing, packed, parts, patched
from openpyxl.utils.exceptions import InvalidFileException

from xltools.editions import load_form
from xltools.workbook.write import write_filing

FORM = load_form("2021")
GOOD = write_filing(filing(distinct(FORM)))
VALUES = checked(GOOD).filing.values
PICTURE = '_xlfn.DISPIMG("ID_0123456789ABCDEF",1)'


def print_area_gone(content):
    return patched(content, "xl/workbook.xml", r"(_xlnm\.Print_Area[^>]*>)[^<]*", r"\g<1>#REF!")


def odd_core_date(content):
    return patched(content, "docProps/core.xml", r"(<dcterms:created[^>]*>)[^<]*", r"\g<1>2024年1月3日")


def empty_fill(content):
    return patched(content, "xl/styles.xml", r"<fill>.*?</fill>", "<fill/>")


def name_without_cells(content):
    return patched(content, "xl/workbook.xml", r"(<definedName name=\"rule[^>]*>)[^<]*", r"\g<1>")


def dimension_of_one_cell(content):
    found = parts(content)
    return packed({
        name: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', part) for name, part in found.items()
    })  # fmt: skip


def cell_picture(content, address="A45"):
    """WPS keeps a picture in a cell as a formula, and the pictures in a part of their own."""
    row = re.sub(r"\D", "", address)
    cell = f'<row r="{row}"><c r="{address}" t="str"><f>{PICTURE}</f><v>={PICTURE}</v></c></row></sheetData>'
    found = parts(patched(content, "xl/worksheets/sheet5.xml", "</sheetData>", cell.replace("\\", r"\\")))
    return packed({**found, "xl/cellimages.xml": b'<etc:cellImages xmlns:etc="http://www.wps.cn/etc"/>'})


LEFT_SO = {
    "print area #REF!": print_area_gone,
    "core date in words": odd_core_date,
    "empty fill": empty_fill,
    "defined name without cells": name_without_cells,
    "dimension A1:A1": dimension_of_one_cell,
}


@pytest.mark.parametrize("change", LEFT_SO.values(), ids=LEFT_SO)
def test_read_with_every_figure(change):
    received = checked(change(GOOD))
    assert received.filing.values == VALUES and received.verdict in ("original", "resaved")
    assert codes(received, "error") == codes(checked(GOOD), "error")


def test_some_of_them_stop_openpyxl():
    """If none did any more, this file would no longer show what it says."""
    stopped = 0
    for change in LEFT_SO.values():
        try:
            openpyxl.load_workbook(io.BytesIO(change(GOOD)))
        except (ValueError, TypeError, KeyError, InvalidFileException):
            stopped += 1
    assert stopped >= 2


def test_a_wps_picture_beside_the_table_is_told_and_no_figure_differs():
    received = checked(cell_picture(GOOD))
    assert received.filing.values == VALUES
    [found] = [f for f in received.findings if f.code == "form-cell-added"]
    assert found.cell == "A45"


def test_a_wps_picture_in_an_input_cell_is_no_figure():
    _, address = cell_of(FORM, "requests.new.natural")
    content = patched(GOOD, "xl/worksheets/sheet5.xml", rf'<c r="{address}"( s="\d+")><v>\d+</v>',
                      rf'<c r="{address}"\1 t="str"><f>{PICTURE}</f><v>={PICTURE}</v>')  # fmt: skip
    received = checked(content)
    assert received.filing.values["requests.new.natural"] is None
    assert [f.cell for f in received.findings if f.code == "cell-not-number"] == [address]
