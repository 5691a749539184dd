"""Levels: summaries merged give what all filings merged give; counted twice is found; a whole against its parts; adjustments."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import (
    AGENCIES,
    COUNTY,
    ROSTER,
    altered,
    cell_of,
    checked,
    codes,
    filing,
    opened,
    run,
    run_json,
    save,
    signed,
)
from office_samples import shown_cells

from xltools.collection.check import check
from xltools.collection.collected import Collection
from xltools.collection.roster import Entry, Roster, read_roster
from xltools.editions import load_form
from xltools.form.model import Agency, Filing
from xltools.received.file import Received
from xltools.received.read import read_bytes
from xltools.summary import data as data_sheet
from xltools.summary import merge
from xltools.summary.writing import write_summary
from xltools.workbook.official import write_official

FORM = load_form("2021")
YEAR = 2023


def received(said: Filing) -> Received:
    """A filing as if it had been read, with nothing wrong."""
    return Received(Path(f"{said.agency.code}.xlsx"), "", "original", said)


def merged(area: Agency, parts: list[Received], roster: Roster):
    """The summary of an area over parts."""
    return merge(Collection(parts, YEAR, roster, [], {r.filing.agency.code: r for r in parts}), roster, area)


def roster_of(area: Agency, agencies) -> Roster:
    return Roster((Entry(area), *(Entry(a, area.code) for a in agencies)))


# ── a tree of 500 ────────────────────────────────────────────────────────────

TOP = Agency("9", "示例省", "province")
CITIES = [Agency(f"9{c}", f"第{c}市", "city") for c in range(5)]
COUNTIES = {city: [Agency(f"{city.code}{k}", f"{city.name}第{k}县", "county") for k in range(10)] for city in CITIES}


def filings_of(county: Agency, rng: random.Random) -> list[Filing]:
    """Ten agencies of a county, with figures that keep all rules."""
    found = []
    for n in range(10):
        level = "department" if n % 2 else "township"
        counts = [rng.randrange(40) for _ in range(6)]
        inputs = dict.fromkeys((f.id for f in FORM.inputs), 0) | {
            "disclosure.normative.issued": counts[0],
            "disclosure.normative.effective": counts[0] + counts[1],
            "disclosure.penalty.decisions": rng.randrange(10_000),
            "disclosure.fees.amount": rng.randrange(10**9),
            "requests.new.natural": counts[2] + counts[3],
            "requests.granted.natural": counts[2],
            "requests.denied.process.natural": counts[3],
            "requests.carried_in.business": counts[4],
            "requests.carried_out.business": counts[4],
            "disputes.review.upheld": counts[5],
        }
        agency = Agency(f"{county.code}{n}", f"{county.name}第{n}{'局' if n % 2 else '镇'}", level)
        found.append(Filing(FORM, agency, YEAR, inputs=inputs))
    return found


@pytest.fixture(scope="module")
def leaves():
    rng = random.Random(500)
    return {county: filings_of(county, rng) for counties in COUNTIES.values() for county in counties}


@pytest.fixture(scope="module")
def flat(leaves):
    """The plain sum over all 500 filings, by field."""
    every = [said for filings in leaves.values() for said in filings]
    assert len(every) == 500
    return {name: sum(said.values[name] for said in every) for name in FORM.fields}


def test_three_levels_of_500_agencies_equal_the_flat_sum(leaves, flat):
    cities = []
    for city, counties in COUNTIES.items():
        parts = []
        for county in counties:
            filings = leaves[county]
            summary = merged(county, [received(f) for f in filings], roster_of(county, [f.agency for f in filings]))
            assert summary.status == "10/10 家，全部收齐"
            through_a_file = county.code.endswith("0")
            parts.append(checked(write_summary(summary)) if through_a_file else received(summary.filing))
        summary = merged(city, parts, roster_of(city, counties))
        assert summary.status == "100/100 家，全部收齐"
        back = checked(write_summary(summary))
        assert back.filing.values == summary.filing.values and back.filing.members == summary.filing.members
        cities.append(back)
    top = merged(TOP, cities, roster_of(TOP, CITIES))
    assert top.status == "500/500 家，全部收齐"
    assert top.filing.values == flat
    back = checked(write_summary(top))
    assert back.filing.values == flat and back.accepted and back.verdict == "original"
    assert len(back.filing.members) == 500 and {len(m.via) for m in back.filing.members} == {2}


def test_a_flat_summary_of_500_reads_back(leaves, flat):
    """More cells on 明细 than any other sheet may have: it is read row by row."""
    filings = [said for some in leaves.values() for said in some]
    summary = merged(TOP, [received(f) for f in filings], roster_of(TOP, [f.agency for f in filings]))
    back = checked(write_summary(summary))
    assert back.filing.values == flat and back.accepted


@pytest.mark.office
def test_every_level_recalculated_by_libreoffice(office, tmp_path, leaves, flat):
    """56 summaries on three levels, each made of files: what LibreOffice works out anew is what was added up."""
    paths, right = [], {}

    def put(area, parts, agencies):
        summary = merged(area, parts, roster_of(area, agencies))
        path = save(tmp_path / "汇总" / f"{area.code}.xlsx", write_summary(summary))
        paths.append(path)
        right[path] = summary.filing.values
        back = read_bytes(path, path.read_bytes())
        assert back.filing.values == summary.filing.values
        return back

    cities = []
    for city, counties in COUNTIES.items():
        parts = [put(c, [received(f) for f in leaves[c]], [f.agency for f in leaves[c]]) for c in counties]
        cities.append(put(city, parts, counties))
    put(TOP, cities, CITIES)
    assert right[paths[-1]] == flat
    compared = 0
    for path, again in office.recalculated(paths, tmp_path / "重算").items():
        shown = shown_cells(again)
        for field in FORM.fields.values():
            scale = 1_000_000 if field.type == "money" else 1
            assert round(shown[cell_of(FORM, field.id)] * scale) == right[path][field.id], (path.name, field.id)
            compared += 1
        assert checked(again.read_bytes()).verdict == "resaved"
    print(f"{len(paths)} summaries, {compared} figures recalculated")
    assert (len(paths), compared) == (56, 56 * len(FORM.fields))


figures = st.one_of(st.none(), st.integers(0, 10**9))
one_filing = st.dictionaries(st.sampled_from([f.id for f in FORM.inputs]), figures, max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(one_filing, min_size=1, max_size=4), min_size=1, max_size=4), st.booleans())
def test_merging_summaries_is_merging_all_filings(areas, deeper):
    every, parts, heads = [], [], []
    for k, some in enumerate(areas):
        area = Agency(f"A{k}", f"县{k}", "county")
        filings = [Filing(FORM, Agency(f"A{k}-{n}", f"局{k}-{n}", "department"), YEAR, inputs=dict(inputs))
                   for n, inputs in enumerate(some)]  # fmt: skip
        every += filings
        heads.append(area)
        parts.append(
            received(merged(area, [received(f) for f in filings], roster_of(area, [f.agency for f in filings])).filing)
        )
    if deeper:
        city = Agency("B", "市", "city")
        parts, heads = [received(merged(city, parts, roster_of(city, heads)).filing)], [city]
    through = merged(TOP, parts, roster_of(TOP, heads))
    at_once = merged(TOP, [received(f) for f in every], roster_of(TOP, [f.agency for f in every]))
    assert through.filing.values == at_once.filing.values
    assert through.status == at_once.status
    assert [m.agency for m in through.filing.members] == [m.agency for m in at_once.filing.members]


# ── who is counted ───────────────────────────────────────────────────────────

ABOVE = """单位代码,单位名称,层级,上级代码
1,示例市,设区的市,
10,市数据局,部门,1
11,示例县,县,1
1101,示例县数据局,部门,11
1102,示例县教育局,部门,11
1103,东镇,乡镇,11
1104,西街道,乡镇,11
12,邻县,县,1
"""
CITY = Agency("1", "示例市", "city")
NEIGHBOUR = Agency("12", "邻县", "county")


def of(n, agency):
    figures = {"requests.new.natural": n, "requests.granted.natural": n, "disclosure.fees.amount": 10 * n + 1}
    return filing(figures, agency=agency)


OWN = [of(10 ** (n + 1), agency) for n, agency in enumerate(AGENCIES)]
BUREAU_OF_CITY = of(5, Agency("10", "市数据局", "department"))


def county_summary(said=None, area=COUNTY):
    said = OWN if said is None else said
    return write_summary(signed(merged(area, [received(f) for f in said], roster_of(area, AGENCIES))))


class Above:
    """What the city receives."""

    def __init__(self, folder, **files):
        self.folder = folder
        self.roster = save(folder / "名录.csv", ABOVE)
        for name, content in files.items():
            save(folder / "收" / f"{name}.xlsx", content)

    def merge(self):
        roster = read_roster(self.roster)
        return merge(check([self.folder / "收"], roster), roster, roster.top)


NEW = "requests.new.natural"


def test_a_summary_stands_in_for_its_agencies(tmp_path):
    found = Above(tmp_path, 市局=BUREAU_OF_CITY, 县=county_summary()).merge()
    assert found.filing.values[NEW] == 5 + 11_110
    assert found.status == "5/6 家，缺 1 家，暂定（没有报：邻县）"
    assert found.filing.values["disclosure.fees.amount"] == 51 + 4 + 10 * 11_110
    missing = [f.agency.name for f in found.collection.findings if f.code == "agency-missing"]
    assert missing == ["邻县"]


def test_without_the_summary_the_filings_count(tmp_path):
    files = {f"县{n}": said for n, said in enumerate(OWN)}
    found = Above(tmp_path, 市局=BUREAU_OF_CITY, **files).merge()
    assert found.filing.values[NEW] == 5 + 11_110 and found.status.startswith("5/6 家")


def test_a_provisional_part_is_told_and_the_late_filing_beside_it_counts(tmp_path):
    provisional = county_summary(OWN[:3])
    found = Above(tmp_path / "甲", 市局=BUREAU_OF_CITY, 县=provisional).merge()
    assert found.status == "4/6 家，缺 2 家，暂定（没有报：西街道、邻县）"
    assert "summary-provisional" in [f.code for r in found.collection.received for f in r.findings]
    found = Above(tmp_path / "乙", 市局=BUREAU_OF_CITY, 县=provisional, 迟报=OWN[3]).merge()
    assert found.status == "5/6 家，缺 1 家，暂定（没有报：邻县）" and found.filing.values[NEW] == 11_115
    back = checked(write_summary(found))
    assert back.accepted and back.filing.members == found.filing.members and "缺 1 家" in back.provisional


def twice(found):
    return {
        r.path.stem: f.message
        for r in found.collection.received
        for f in r.findings
        if f.code == "agency-counted-twice"
    }


def test_filed_itself_and_inside_a_summary_counts_once(tmp_path):
    found = Above(tmp_path, 市局=BUREAU_OF_CITY, 县=county_summary(), 单独=OWN[0]).merge()
    told = twice(found)
    assert list(told) == ["单独"] and "县.xlsx" in told["单独"] and "这份不计入" in told["单独"]
    assert found.filing.values[NEW] == 11_115 and found.status.startswith("5/6 家")
    assert [r.path.stem for r in found.left_out] == ["单独"]


def test_inside_two_summaries_neither_counts(tmp_path):
    other = county_summary([OWN[3]], NEIGHBOUR)
    found = Above(tmp_path, 市局=BUREAU_OF_CITY, 县=county_summary(), 邻=other).merge()
    told = twice(found)
    assert sorted(told) == ["县", "邻"] and all("西街道" in words and "都不计入" in words for words in told.values())
    assert found.filing.values[NEW] == 5 and found.status.startswith("1/")


def test_twice_at_any_depth_is_found(tmp_path):
    """A county's summary, and a city's in which that county is: three levels up the agency is still known."""
    city = Above(tmp_path / "市", 市局=BUREAU_OF_CITY, 县=county_summary()).merge()
    roster = (
        "单位代码,单位名称,层级,上级代码\n0,示例省,省级,\n1,示例市,设区的市,0\n11,示例县,县,0\n1104,西街道,乡镇,0\n"
    )
    folder = tmp_path / "省"
    save(folder / "名录.csv", roster)
    for name, content in {"市": write_summary(signed(city)), "县": county_summary(), "街道": OWN[3]}.items():
        save(folder / "收" / f"{name}.xlsx", content)
    told = run_json(
        "merge", folder / "收", "--roster", folder / "名录.csv", "-o", folder / "汇总.xlsx", "--json", status=1
    )
    twice_told = {Path(f["file"]).stem: [x["code"] for x in f["findings"] if x["code"] == "agency-counted-twice"]
                  for f in told["filings"]}  # fmt: skip
    assert twice_told["市"] == [] and twice_told["县"] and twice_told["街道"]
    assert told["summary"]["values"][NEW] == 11_115


def test_twice_inside_one_summary_is_found():
    summary = merged(COUNTY, [received(f) for f in OWN], roster_of(COUNTY, AGENCIES))
    summary.standings = (*summary.standings, replace(summary.standings[0], via=("77",)))
    assert "agency-counted-twice" in codes(checked(write_summary(summary)), "error")


def test_the_areas_own_summary_is_no_part_of_it(tmp_path):
    files = {f"县{n}": said for n, said in enumerate(OWN)}
    before = write_summary(Above(tmp_path / "先", 市局=BUREAU_OF_CITY, **files).merge())
    found = Above(tmp_path / "后", 市局=BUREAU_OF_CITY, 上次=before, **files).merge()
    assert found.filing.values[NEW] == 11_115 and not twice(found) and found.left_out == []


def test_members_are_believed_only_where_the_detail_agrees():
    content = county_summary()
    assert checked(content).accepted
    told = checked(altered(content, "上报情况", {"C4": "没有报"}))
    assert codes(told, "query") == [] and [m.counted for m in told.filing.members].count(True) == 3
    told = checked(altered(content, "上报情况", {"J4": "9999"}))
    assert "summary-members-differ" in codes(told, "query")
    assert {"1101", "9999"} <= {m.agency.code for m in told.filing.members if m.counted}


# ── a whole against its parts ────────────────────────────────────────────────


def parts_told(tmp_path, whole, parts, status):
    save(tmp_path / "汇总.xlsx", whole)
    for n, one in enumerate(parts):
        save(tmp_path / "部分" / f"{n}.xlsx", one)
    told = run_json("check", tmp_path / "汇总.xlsx", "--parts", tmp_path / "部分", "--json", status=status)
    [file] = told["filings"]
    return {f["field"]: (f["actual"], f["expected"]) for f in file["findings"] if f["code"] == "parts-differ"}, file


def test_a_summary_is_its_parts(tmp_path):
    differing, file = parts_told(tmp_path, county_summary(), OWN, 0)
    assert differing == {} and file["accepted"]


def test_exactly_the_altered_fields_are_named(tmp_path):
    changed = dict(OWN[1].inputs) | {
        "disputes.review.other": 7,
        "disclosure.fees.amount": 3,
        "disclosure.rules.issued": None,
    }
    differing, _ = parts_told(tmp_path, county_summary(), [OWN[0], replace(OWN[1], inputs=changed), *OWN[2:]], 1)
    assert differing == {"disputes.review.other": (0, 7), "disclosure.fees.amount": (0.111104, 0.110106)}


def test_an_ordinary_filing_that_claims_to_be_the_sum(tmp_path):
    own = of(11_110, COUNTY)
    own = replace(own, inputs={**own.inputs, "disclosure.fees.amount": 111_104})
    assert parts_told(tmp_path / "甲", own, OWN, 0)[0] == {}
    own = replace(own, inputs={**own.inputs, "disputes.direct.upheld": 2})
    assert parts_told(tmp_path / "乙", own, OWN, 1)[0] == {"disputes.direct.upheld": (2, 0)}


def test_agencies_in_one_and_not_the_other_are_named(tmp_path):
    _, file = parts_told(tmp_path, county_summary(OWN[:3]), OWN[1:], 1)
    [words] = [f["message"] for f in file["findings"] if f["code"] == "parts-unlike"]
    assert "示例县数据局" in words and "西街道" in words and "东镇" not in words


# ── adjustments, and what the office typed ───────────────────────────────────

REASON = "县教育局的一件复议被法院改判，来不及改报"


def ledger_cells(content, field):
    """The reason's cell of the first adjustment, and its cell for a field."""
    sheet = opened(content)["明细"]
    row = next(c.row for c in sheet["A"] if c.value == "调整 1")
    column = next(c.column_letter for c in sheet[4] if c.value == field)
    return f"B{row}", f"{column}{row}"


def adjusted(content, field, value, reason=REASON):
    why, figure = ledger_cells(content, field)
    return altered(content, "明细", {why: reason, figure: value})


def test_an_adjustment_counts_and_stays_visible():
    content = county_summary()
    told = checked(adjusted(content, NEW, -3))
    assert told.filing.values[NEW] == 11_107 and told.verdict == "original"
    [query] = [f for f in told.findings if f.code == "adjustment-made"]
    assert query.severity == "query" and not query.open and REASON in query.message and "-3" in query.message
    [line] = told.filing.adjustments
    assert (line.reason, line.figures) == (REASON, {NEW: -3})


def test_an_adjusted_summary_goes_upward_with_its_adjustment(tmp_path):
    part = adjusted(adjusted(county_summary(), "requests.granted.natural", -3), NEW, -3)
    found = Above(tmp_path, 市局=BUREAU_OF_CITY, 县=part).merge()
    assert found.filing.values[NEW] == 11_112 and found.status.startswith("5/6")
    listed = [c.value for row in opened(write_summary(found))["审核问题"].iter_rows() for c in row]
    assert any(REASON in str(value) for value in listed)


@pytest.mark.parametrize("reason", [None, "无", "已核实"])
def test_an_adjustment_without_a_reason_is_an_error(reason):
    told = checked(adjusted(county_summary(), NEW, 3, reason))
    assert "adjustment-unexplained" in codes(told, "error") and not told.accepted


@pytest.mark.parametrize("typed", ["3件", "三", "３"])
def test_text_in_an_adjustment_is_told_and_counts_nothing(typed):
    told = checked(adjusted(county_summary(), NEW, typed))
    assert "cell-not-number" in codes(told, "error") and told.filing.values[NEW] == 11_110


def test_money_is_adjusted_to_the_fen():
    told = checked(adjusted(county_summary(), "disclosure.fees.amount", -0.000001))
    assert told.filing.values["disclosure.fees.amount"] == 111_103


def test_merging_again_keeps_what_the_office_typed(tmp_path):
    for said in OWN:
        save(tmp_path / "收" / f"{said.agency.code}.xlsx", said)
    save(tmp_path / "名录.csv", ROSTER)
    out = tmp_path / "汇总.xlsx"
    orders = ("merge", tmp_path / "收", "--roster", tmp_path / "名录.csv", "-o", out)
    assert run(*orders).returncode == 0
    content = adjusted(out.read_bytes(), "disputes.review.upheld", 2)
    for sheet, cells in {
        "一、总体情况": {"A5": "全县工作平稳。", "A6": "公开及时。"},
        "封面": {"C12": "赵六", "C15": 45300},
    }.items():
        content = altered(content, sheet, cells)
    out.write_bytes(content)
    save(tmp_path / "收" / "1104.xlsx", of(20_000, AGENCIES[3]))
    again = run(*orders, "--force")
    assert again.returncode == 0 and "文字 2 段、签字（只留姓名：" in again.stdout, again.stdout
    said = checked(out.read_bytes()).filing
    assert said.texts["overview"] == ("全县工作平稳。", "公开及时。") and said.signoff["compiler"] == "赵六"
    assert said.signoff["date"] == "", "it was signed for other figures"
    assert said.values["disputes.review.upheld"] == 2 and said.adjustments[0].reason == REASON
    assert said.values[NEW] == 1_110 + 20_000
    exported = run_json("export", out)
    assert exported["adjustments"] == [{"reason": REASON, "values": {"disputes.review.upheld": 2}}]
    assert exported["agencies"]["accepted"] == 4


def test_an_unreadable_summary_is_not_written_over(tmp_path):
    for said in OWN:
        save(tmp_path / "收" / f"{said.agency.code}.xlsx", said)
    save(tmp_path / "名录.csv", ROSTER)
    out = save(tmp_path / "汇总.xlsx", county_summary()[:-100])
    done = run("merge", tmp_path / "收", "--roster", tmp_path / "名录.csv", "-o", out, "--force")
    assert done.returncode == 2 and "读不出来" in done.stderr and out.read_bytes() == county_summary()[:-100]


@pytest.mark.office
def test_an_adjustment_typed_in_libreoffice(office, tmp_path):
    """The sheets' sums and the line at the top follow while it is typed; the file comes back resaved, not modified."""
    path = save(tmp_path / "汇总.xlsx", county_summary())
    why, figure = ledger_cells(path.read_bytes(), NEW)
    _, other = ledger_cells(path.read_bytes(), "requests.granted.natural")
    out = office.typed_into(path, {"明细": {why: REASON, figure: -10, other: -10}}, tmp_path / "改.xlsx")
    shown = shown_cells(out)
    assert shown[cell_of(FORM, NEW)] == 11_100
    for sheet in ("三、依申请公开", "同比", "上报情况", "明细", "校验"):
        assert shown[sheet, "A1"].startswith("4/4 家"), sheet
    assert shown["明细", "C4"] == 1
    told = checked(out.read_bytes())
    assert told.verdict == "resaved" and told.filing.values[NEW] == 11_100
    assert told.accepted and [f.code for f in told.findings if not f.open] == ["adjustment-made"]


# ── the workbook ─────────────────────────────────────────────────────────────


def test_every_official_cell_leads_to_its_agencies():
    book = opened(county_summary())
    for field in FORM.fields.values():
        sheet, address = cell_of(FORM, field.id)
        link = book[sheet][address].hyperlink
        assert link and link.location.startswith("'明细'!"), field.id
    sheet, address = cell_of(FORM, NEW)
    first, last = (book["明细"][a] for a in book[sheet][address].hyperlink.location.rpartition("!")[2].split(":"))
    assert [c.value for c in book["明细"][first.column_letter][first.row - 1 : first.row + 3]] == [
        10,
        100,
        1000,
        10_000,
    ]
    assert book["明细"][f"{first.column_letter}4"].value == NEW and book["明细"][f"A{last.row}"].value == "调整 5"


def test_a_summary_whose_data_stand_beside_it_is_whole(monkeypatch):
    monkeypatch.setattr(data_sheet, "_ROWS", 300)
    content = county_summary()
    [row] = opened(content)["数据"].iter_rows(min_row=4, values_only=True)
    assert f"共 {len(OWN) * len(FORM.fields)} 行" in row[0] and not any(row[1:])
    assert checked(content).verdict == "original" and checked(content).accepted


def test_the_comparison_has_this_year_and_last(tmp_path):
    last = {f.id: 1_000_000 if f.type == "money" else 4 for f in FORM.inputs}
    summary = merged(COUNTY, [received(f) for f in OWN], roster_of(COUNTY, AGENCIES))
    summary.filing = summary.filing.follow(last, "上年的汇总表")
    rows = {
        row[0]: row[1:5] for row in opened(write_summary(summary), data_only=True)["同比"].iter_rows(values_only=True)
    }
    assert rows["本年新收"] == (11_110, 24, 11_086, pytest.approx(11_086 / 24))
    assert rows["一、本年新收政府信息公开申请数量 · 自然人"] == (11_110, 4, 11_106, pytest.approx(11_106 / 4))
    summary.filing = summary.filing.follow({}, "")
    sheet = opened(write_summary(summary), data_only=True)["同比"]
    assert "没有给出上年" in sheet["A4"].value and len(sheet._charts) == len(FORM.charts) > 2


def test_the_official_copy_has_values_at_the_same_addresses(tmp_path):
    path = save(tmp_path / "汇总.xlsx", adjusted(county_summary(OWN[:3]), NEW, 1))
    out = tmp_path / "正式.xlsx"
    run("export", path, "--format", "xlsx", "-o", out)
    book, said = opened(out.read_bytes()), checked(path.read_bytes()).filing
    for field in FORM.fields.values():
        sheet, address = cell_of(FORM, field.id)
        scale = 1_000_000 if field.type == "money" else 1
        assert book[sheet][address].value == said.values[field.id] / scale, field.id
    assert not any(c.data_type == "f" for sheet in book for row in sheet for c in row)
    assert not any(sheet.protection.sheet for sheet in book) and book.security is None
    assert book.sheetnames == ["封面", *(s.sheet for s in FORM.sections)]
    assert all("缺 1 家" in str(next(c.value for c in sheet[1] if c.value)) for sheet in book)
    unsettled = checked(path.read_bytes()).unsettled
    assert write_official(said, unsettled) == out.read_bytes()
    assert run("export", path, "--format", "xlsx").returncode == 2


def test_the_official_copy_of_a_filing(tmp_path):
    content = write_official(replace(OWN[0], texts={"overview": ("甲", "=乙")}, typed={NEW: "约3"}))
    book = opened(content)
    assert book["一、总体情况"]["A6"].value == "=乙" and book["一、总体情况"]["A6"].data_type == "s"
    sheet, address = cell_of(FORM, NEW)
    assert book[sheet][address].value == "约3" and book[sheet]["A1"].value is None
    back = checked(content)
    assert back.verdict == "foreign" and "请报送原来的" in back.findings[0].message
