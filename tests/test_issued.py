"""Workbooks that earlier versions of the program issued: read for ever as their own version read them, whatever is new since."""

import json
import shutil
from pathlib import Path

import pytest
from making import checked, codes, filing, patched, run_json

from xltools.collection.check import check_file
from xltools.form import layout
from xltools.received import audit, issued
from xltools.received.exchange import filing_json
from xltools.workbook import write
from xltools.workbook.write import write_filing

ISSUED = Path(__file__).parent / "data" / "issued"
KEPT = sorted(ISSUED.glob("*/*.xlsx"))
EXPECTED = {path: json.loads((path.parent / "expected.json").read_text("utf-8"))[path.name] for path in KEPT}
UNSIGNED = {"cell-blank", "signoff-missing", "text-empty"}


@pytest.fixture(params=["now", "raised"])
def program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The program as it is, and one of a later version with a layout number of its own."""
    if request.param == "raised":
        monkeypatch.setattr("xltools.__version__", "9.9.9")
        monkeypatch.setattr(write, "__version__", "9.9.9")
        for module in (layout, write, audit):
            monkeypatch.setattr(module, "LAYOUT", layout.LAYOUT + 1)
    issued.issued_form.cache_clear()
    return str(request.param)


def test_there_are_some_of_every_kind() -> None:
    kinds = {(e["export"]["edition"], e["export"]["kind"], bool(e["accepted"])) for e in EXPECTED.values()}
    assert {
        ("2021", "filing", True),
        ("2019", "filing", True),
        ("2021", "summary", True),
        ("2021", "filing", False),
    } <= kinds


@pytest.mark.parametrize("path", KEPT, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_they_are_read_as_they_were(path: Path, program: str) -> None:
    expected, received = EXPECTED[path], check_file(path)
    assert received.filing is not None
    told = {f.code for f in received.findings if f.open and f.severity != "note"}
    notes = {f.code for f in received.findings if f.severity == "note"}
    assert received.accepted == expected["accepted"], sorted(told)
    assert told <= set(expected["open"]), "nothing is asked that was not asked then"
    assert "form-other-version" in notes
    now = json.loads(json.dumps(filing_json(received.filing)))
    assert {
        k: v for k, v in now.items() if k in ("agency", "year", "edition", "kind", "values", "texts", "signoff")
    } == {
        k: v
        for k, v in expected["export"].items()
        if k in ("agency", "year", "edition", "kind", "values", "texts", "signoff")
    }


@pytest.mark.parametrize("version", ["0.0.9", "0.2.0", "1.0", "0.1.0.dev3", "二", " ", "9" * 300])
@pytest.mark.parametrize("year", [2020, 2023])
def test_another_version_of_the_same_layout_is_accepted(year: int, version: str) -> None:
    """After an upgrade in the middle of a season: what was issued before it is still what it was."""
    properties = r'(name="xltools_version"><vt:\w+>)[^<]*'
    received = checked(patched(write_filing(filing(year=year)), "docProps/custom.xml", properties, rf"\g<1>{version}"))
    assert received.accepted and "form-cell-added" not in codes(received)


def test_their_tables_stay_audited(tmp_path: Path, program: str) -> None:
    """A label and a total changed in an old form are told as in a new one."""
    import openpyxl

    source = next(path for path in KEPT if path.name == "填好_suqian-2023.xlsx")
    book = openpyxl.load_workbook(source)
    sheet = book["三、依申请公开"]
    sheet["J8"] = 5
    sheet["A9"] = "改了的栏目"
    sheet["B33"] = "夹带"
    sheet["E14"] = "夹带"
    book.save(tmp_path / "改了.xlsx")
    received = check_file(tmp_path / "改了.xlsx")
    told = {(f.code, f.cell) for f in received.findings if f.severity != "note"}
    assert ("total-overwritten", "J8") in told and ("form-label-changed", "A9") in told
    assert received.verdict == "modified"


def test_a_season_begun_with_an_older_version_goes_on(tmp_path: Path, program: str) -> None:
    """Old filings are merged with the new program; the old summary is an area's part."""
    for path in KEPT:
        if path.parent.name == "layout-1" and path.name in ("带上年数填好_河口镇.xlsx", "填好_示例局.xlsx"):
            shutil.copy(path, tmp_path / path.name)
    roster = tmp_path / "名录.csv"
    roster.write_text(
        "单位代码,单位名称,层级,上级代码\nC1,河湾县,县（市、区）,\nT-01,河口镇,乡镇（街道）,C1\nD-02,示例局,部门,C1\n",
        "utf-8",
    )
    made = run_json("merge", tmp_path, "--roster", roster, "-o", tmp_path / "汇总.xlsx", "--json")
    assert made["summary"]["accepted"] == 2 and not made["summary"]["missing"]
