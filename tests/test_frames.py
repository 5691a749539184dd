"""Frames for pandas users: exact, blanks missing, and the same figures as the commands give."""

import doctest
from decimal import Decimal

import pytest
from making import AGENCIES, COUNTY, ROSTER, filing, run_json, save

pd = pytest.importorskip("pandas", reason="pandas is not installed")

from xltools import frames  # noqa: E402
from xltools.collection.check import check  # noqa: E402
from xltools.collection.roster import read_roster  # noqa: E402
from xltools.summary import merge  # noqa: E402


def test_the_examples_in_the_documentation_are_true():
    done = doctest.testmod(frames, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert done.attempted > 6 and not done.failed


@pytest.fixture
def county(tmp_path):
    """Four filings, one of which breaks a rule and one of which has blanks."""
    for number, agency in enumerate(AGENCIES):
        figures = {"disclosure.fees.amount": 100_001 + number, "requests.new.natural": 3, "requests.granted.natural": 3}
        figures |= {0: {"requests.new.natural": 4}, 1: {"requests.new.natural": None}}.get(number, {})
        save(tmp_path / "回收" / f"{number}.xlsx", filing(figures, agency=agency))
    save(tmp_path / "名录.csv", ROSTER)
    return tmp_path


def test_a_row_a_filing_blanks_missing_money_exact(county):
    frame = frames.read([county / "回收"])
    assert list(frame.index) == [(2023, a.code) for a in AGENCIES]
    assert frame["requests.new.natural"].dtype == "Int64" and frame["requests.new.natural"].isna().sum() == 1
    assert frame.loc[(2023, "1101"), "disclosure.fees.amount"] == Decimal("0.100001")
    assert list(frames.read([county / "回收"], county / "名录.csv", accepted=True).index.get_level_values("code")) == [
        "1103",
        "1104",
    ]


def test_sums_are_those_of_the_summary(county):
    roster = read_roster(county / "名录.csv")
    merged = merge(check([county / "回收"], roster), roster, COUNTY).filing
    [row] = frames.summary(frames.read([county / "回收"], county / "名录.csv", accepted=True)).itertuples(index=False)
    said = dict(zip(merged.values, row, strict=True))
    assert said == {name: frames.frame_of([merged]).iloc[0][name] for name in merged.values}


def test_what_is_judged_is_what_check_says(county):
    judged = frames.judge(frames.read([county / "回收"]))
    failing = judged[judged["holds"].eq(False).fillna(False)]
    told = run_json("check", county / "回收", "--json", status=1)
    said = [
        (f["agency"]["code"], f["rule"])
        for one in told["filings"]
        for f in one["findings"]
        if f["code"] == "rule-failed"
    ]
    assert (
        [(code, rule) for (_, code), rule in failing["rule"].items()] == said == [("1101", "requests.balance.natural")]
    )
    assert (failing.iloc[0]["left"], failing.iloc[0]["right"]) == (4, 3)
    assert judged.loc[(2023, "1102")].set_index("rule").loc["requests.balance.natural", "holds"] is pd.NA


def test_findings_are_those_of_check(county):
    found = frames.findings(frames.collect([county / "回收"], county / "名录.csv"))
    told = run_json("check", county / "回收", "--roster", county / "名录.csv", "--json", status=1)
    said = [f["message"] for one in told["filings"] for f in one["findings"]] + [f["message"] for f in told["findings"]]
    assert found["message"].tolist() == said and {"agency_code", "sheet", "cell", "severity"} <= set(found)


def test_two_editions_in_one_frame():
    frame = frames.frame_of([filing(), filing(year=2020)])
    assert frame["disclosure.normative.effective"].isna().sum() == 1
    judged = frames.judge(frame)
    assert {"disclosure.fees.unit", "disclosure.procurement.pair"} <= set(judged["rule"]) and judged["holds"].all()


def test_nothing_is_an_empty_frame():
    assert frames.frame_of([]).empty
