"""Summaries of thousands of agencies: written list by list, read back row by row, refused where they are broken."""

import re
from pathlib import Path

import pytest
from making import AGENCIES, COUNTY, checked, codes, filing, opened, packed, parts, patched, sheet_part

from xltools.collection.collected import Collection
from xltools.collection.previous import read_previous
from xltools.collection.roster import Entry, Roster
from xltools.editions import load_form
from xltools.form.model import Agency, Filing
from xltools.received.read import Received
from xltools.summary import data as data_sheets
from xltools.summary import merge
from xltools.summary.writing import write_summary

FORM = load_form("2021")


def summary_of(filings, year=2023):
    """The summary workbook of filings as if their files had been received."""
    received = [Received(Path(f"{f.agency.code}.xlsx"), f"{n:064x}", "original", f) for n, f in enumerate(filings)]
    roster = Roster((Entry(COUNTY), *(Entry(f.agency, COUNTY.code) for f in filings)))
    counted = {r.filing.agency.code: r for r in received}
    return merge(Collection(received, year, roster, counted=counted), roster, COUNTY)


@pytest.fixture(scope="module")
def small():
    """The file of a small summary, and the part of its 明细."""
    content = write_summary(summary_of([filing({}, agency=agency) for agency in AGENCIES]))
    return content, sheet_part(parts(content), "明细")


def test_thousands_of_agencies_come_back_figure_for_figure(tmp_path):
    count = 3400  # more than half a million figures, and 数据 of over 200 MB as it is unpacked
    inputs = dict.fromkeys((f.id for f in FORM.inputs), 3)
    one = Agency("1", "第一局", "department")
    filings = [
        Filing(FORM, Agency(f"{n:05d}", f"第{n}局", "township"), 2023, inputs={**inputs, "requests.new.natural": n})
        for n in range(count - 1)
    ] + [Filing(FORM, one, 2023, inputs=inputs)]
    whole = summary_of(filings)
    path = tmp_path / "汇总表.xlsx"
    path.write_bytes(write_summary(whole))
    received = checked(path.read_bytes())
    assert received.verdict == "original" and received.filing.values == whole.filing.values
    assert [m.agency for m in received.filing.members] == [f.agency for f in filings]
    found = read_previous([path]).filings
    assert len(found) == count + 1 and found[2023, "00777"].inputs == filings[777].inputs


def test_data_go_on_upon_further_sheets(monkeypatch):
    monkeypatch.setattr(data_sheets, "_ROWS", 300)
    whole = summary_of([filing({}, agency=agency) for agency in AGENCIES])
    content = write_summary(whole)
    book = opened(content)
    names = [name for name in book.sheetnames if name.startswith("数据")]
    rows = [row[5].value for name in names for row in book[name].iter_rows(min_row=4)]
    assert names == ["数据", "数据（2）", "数据（3）"] and rows == list(FORM.fields) * len(AGENCIES)
    assert checked(content).verdict == "original" and not codes(checked(content), "error", "query")


BROKEN = {
    "a row twice": (r'(<row r="6".*?</row>)', r"\1\1", "file-damaged"),
    "a row before another": (r'(<row r="6".*?</row>)(<row r="7".*?</row>)', r"\2\1", "file-damaged"),
    "a cell of another row": (r'r="D6"', r'r="D7"', "file-damaged"),
    "a cell twice": (r'r="E6"', r'r="D6"', "file-damaged"),
    "a text that is not there": (r'(r="A6" s="\d+" t="s"><v>)\d+', r"\g<1>99999", "file-damaged"),
    "a definition of its own": (r"<worksheet", "<!DOCTYPE worksheet><worksheet", "file-unsafe"),
    "cut off": (r"</sheetData>.*", "", "file-damaged"),
    "an endless text": (r"</sheetData>", lambda _: f"<row r='900'><c><is><t>{'长' * 9_000_000}</t></is></c></row></sheetData>",
                        "file-unsafe"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_detail_is_told(small, kind):
    pattern, replacement, code = BROKEN[kind]
    assert codes(checked(patched(*small, pattern, replacement))) == [code]


def test_rows_and_cells_without_addresses_are_counted(small):
    content, part = small
    found = parts(content)
    text, times = re.subn(r'(<row|<c) r="[A-Z]*[0-9]+"', r"\1", found[part].decode())
    received = checked(packed({**found, part: text.encode()}))
    assert received.filing.values == checked(content).filing.values and times > 600


def test_more_unpacked_than_a_workbook_ever_is(small):
    content, part = small
    found = parts(content)
    found[part] = found[part].replace(b"</sheetData>", b" " * (210 * 2**20) + b"</sheetData>")
    received = checked(packed(found))
    assert codes(received) == ["file-unsafe"]
