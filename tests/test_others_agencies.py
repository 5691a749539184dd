"""A summary that counts agencies which the roster of the level above puts elsewhere: asked about, and never told to be missing."""

import pytest
from making import save
from test_levels import FORM, merged, received, roster_of

from xltools.collection.check import check
from xltools.collection.roster import Entry, Roster, read_roster
from xltools.collection.states import standings
from xltools.form.model import Agency, Filing
from xltools.season.replacing import Poorer, Replacing
from xltools.summary import merge
from xltools.summary.writing import write_summary
from xltools.workbook.write import write_filing

CITY = Agency("1", "某市", "city")
EAST, WEST = Agency("11", "东县", "county"), Agency("12", "西县", "county")
A, B = (Agency(f"11{n}", f"{name}镇", "township") for n, name in enumerate("甲乙"))
NEW = "requests.new.natural"


def said(agency, new):
    inputs = dict.fromkeys((f.id for f in FORM.inputs), 0) | {NEW: new, "requests.granted.natural": new}
    return Filing(FORM, agency, 2023, inputs=inputs)


def summary(area, *agencies):
    """An area's summary of agencies."""
    return merged(
        area, [received(said(agency, 2 ** int(agency.code[2:]))) for agency in agencies], roster_of(area, agencies)
    )


def lying(folder, *files):
    """Summaries and filings as files in a folder."""
    for number, one in enumerate(files):
        save(folder / f"{number}.xlsx", write_filing(one) if isinstance(one, Filing) else write_summary(one))
    return [folder] if files else []


def found_with(tmp_path, rows, *files):
    lines = "".join(f"{code},{name},{level},{above}\n" for code, name, level, above in rows)
    roster = read_roster(save(tmp_path / "名录.csv", f"单位代码,单位名称,层级,上级代码\n1,某市,设区的市,\n{lines}"))
    return check(lying(tmp_path / "收", *files), roster)


WESTERN = ("12", "西县", "县", "1")
EASTERN = ("11", "东县", "县", "1")
ROWS = {
    "beneath another": ([EASTERN, WESTERN, ("110", "甲镇", "乡镇", "11"), ("111", "乙镇", "乡镇", "12")], "甲镇（名录上属东县）"),
    "beneath the top": ([WESTERN, ("110", "甲镇", "乡镇", "1"), ("111", "乙镇", "乡镇", "12")], "甲镇（名录上属某市）"),
    "both": ([WESTERN, ("110", "甲镇", "乡镇", "1"), ("111", "乙镇", "乡镇", "1")], "甲镇（名录上属某市）、乙镇（名录上属某市）"),
    "unknown": ([WESTERN, ("111", "乙镇", "乡镇", "12")], ""),
    "none known": ([WESTERN], ""),
    "its own": ([WESTERN, ("110", "甲镇", "乡镇", "12"), ("111", "乙镇", "乡镇", "12")], ""),
    "two levels beneath": ([WESTERN, ("121", "片区", "县", "12"), ("110", "甲镇", "乡镇", "121"), ("111", "乙镇", "乡镇", "12")], ""),
    "a lone area": ([WESTERN, ("110", "甲镇", "乡镇", "1")], "甲镇（名录上属某市）"),
}  # fmt: skip


@pytest.mark.parametrize("where", ROWS)
def test_agencies_of_others_are_asked_about(where, tmp_path):
    rows, names = ROWS[where]
    collection = found_with(tmp_path, rows, summary(WEST, A, B))
    told = [f for f in collection.all_findings() if f.code == "summary-of-others"]
    assert [f.severity for f in told] == ["query"] * bool(names)
    assert all(f"计入了{names}。" in f.message for f in told)
    states = {s.entry.agency.code: s for s in standings(collection)}
    assert {"110", "111"} <= set(states), "both are in a summary that came"
    assert all(states[code].state != "missing" and states[code].via == ("12",) for code in ("110", "111"))
    assert not [f for f in collection.all_findings() if f.code == "agency-missing" and f.agency.code in ("110", "111")]


def test_one_that_both_are_silent_about_is_missing_once(tmp_path):
    rows, _ = ROWS["beneath another"]
    collection = found_with(tmp_path, rows, summary(WEST, B))
    assert [(s.entry.agency.code, s.state == "missing") for s in standings(collection)] == [
        ("110", True),
        ("111", False),
    ]


def test_one_that_filed_itself_keeps_its_own_state(tmp_path):
    rows, _ = ROWS["beneath the top"]
    collection = found_with(tmp_path, rows, summary(WEST, A, B), said(A, 1))
    [own] = [s for s in standings(collection) if s.entry.agency.code == "110"]
    assert own.via == () and {f.code for f in own.open} >= {"agency-counted-twice"}


LOST = {
    "its part twice": ([EAST], lambda: [summary(EAST, A), summary(EAST, B)], "甲镇（东县重复）、乙镇（东县重复）"),
    "its part without it": ([EAST], lambda: [summary(EAST, B)], "甲镇（没有报）、乙镇（待核实）"),
    "nothing": ([EAST], lambda: [], "甲镇（没有报）、乙镇（没有报）"),
    "no such part": ([WEST], lambda: [], "甲镇（不在名录上）、乙镇（不在名录上）"),
    "itself, twice": ([EAST], lambda: [said(A, 1), said(A, 2), said(B, 1)], "甲镇（重复）、乙镇（退回）"),
}


@pytest.mark.parametrize("what", LOST)
def test_what_a_poorer_summary_lost_is_told_by_its_part(what, tmp_path):
    """An agency within a part that is now twice there is no stranger to the roster."""
    areas, files, words = LOST[what]
    known = Roster(
        (Entry(CITY), *(Entry(area, "1") for area in areas), *(Entry(a, "11") for a in (A, B) if EAST in areas))
    )
    there = merged(CITY, [received(summary(EAST, A, B).filing)], roster_of(CITY, [EAST])).filing
    assert {m.agency.code for m in there.members if m.counted} == {"110", "111"}
    now = merge(check(lying(tmp_path / "收", *files()), known, year=2023), known, CITY).filing
    with pytest.raises(Poorer) as told:
        Replacing(tmp_path / "汇总.xlsx", False, there).refuse_poorer(now)
    assert f"少了 {words}。" in told.value.said
