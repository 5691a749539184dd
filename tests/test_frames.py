"""Frames for pandas users: exact, blanks missing, and the same figures as the commands give."""

import doctest
import re
import sys
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import openpyxl
import pytest
from making import AGENCIES, COUNTY, ROSTER, filing, run, run_json, save

pd = pytest.importorskip("pandas", reason="pandas is not installed")

from xltools import frames  # noqa: E402
from xltools.collection.check import check  # noqa: E402
from xltools.collection.roster import read_roster  # noqa: E402
from xltools.errors import XltoolsError  # noqa: E402
from xltools.form.model import Adjustment, Agency, Member  # noqa: E402
from xltools.received.read import read_file  # noqa: E402
from xltools.summary import merge  # noqa: E402


def test_the_examples_in_the_documentation_are_true():
    modules = [import_module(f"xltools.frames.{name}") for name in ("framing", "comparing", "collecting", "forms")]
    done = [doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE) for module in modules]
    assert sum(one.attempted for one in done) > 20 and not any(one.failed for one in done)


def test_the_page_for_python_is_true():
    page = Path(__file__).parent.parent / "docs" / "python.md"
    done = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE, encoding="utf-8"
    )
    assert done.attempted > 30 and not done.failed


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
    right = frames.frame_of([merged]).iloc[0]
    assert dict(zip(merged.values, row, strict=True)) == {name: right[name] for name in merged.values}


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


# ── a season ─────────────────────────────────────────────────────────────────

EFFECTIVE = "disclosure.rules.effective"
CARRIED_IN, CARRIED_OUT = "requests.carried_in.natural", "requests.carried_out.natural"


@pytest.fixture
def season(tmp_path):
    """A working folder in which three of four are accepted: one query the office settled; one does not carry over last year's figure.

    Who knows neither 办理记录 nor last year accepts other ones.
    """
    home, last = tmp_path / "本年", tmp_path / "上年"
    assert run("init", home, "--year", 2023).returncode == 0
    (home / "名录.xlsx").unlink()
    save(home / "名录.csv", ROSTER)
    settings = (home / "xltools.toml").read_text("utf-8")
    settings = re.sub(r"(?m)^previous = .*$", f"previous = '{last.as_posix()}'", settings)
    save(home / "xltools.toml", settings.replace("名录.xlsx", "名录.csv"))
    for n, agency in enumerate(AGENCIES):
        rules = {EFFECTIVE: 1} if n == 2 else {}
        save(last / f"{n}.xlsx", filing({CARRIED_OUT: 2, "requests.new.natural": 2, **rules}, year=2022, agency=agency))
        came = {"requests.new.natural": 10**n, CARRIED_IN: 2 if n != 1 else 0, "disclosure.fees.amount": 1 + n}
        came |= {"requests.granted.natural": came["requests.new.natural"] + came[CARRIED_IN]}
        save(home / "回收" / f"{n}.xlsx", filing(came | rules, agency=agency))
    book = openpyxl.load_workbook(home / "办理记录.xlsx")
    heads = [cell.value for cell in book.worksheets[0][1]]
    row = {
        "单位代码": "1103",
        "编号": "disclosure.rules.authority",
        "经办人": "张三",
        "日期": "2024-1-20",
        "处理情况": "打电话问过，确有一件。",
    }
    for head, words in row.items():
        book.worksheets[0].cell(2, heads.index(head) + 1).value = words
    book.save(home / "办理记录.xlsx")
    return home


def test_what_the_season_accepts_is_accepted(season):
    """The given case: 304 where the summary said 334."""
    told = run_json("merge", "--json", cwd=season, status=1)
    said = told["summary"]["values"]
    for frame in (
        frames.read(season / "回收", accepted=True),
        frames.read([str(season / "回收")], accepted=True),
        frames.read(sorted((season / "回收").iterdir()), accepted=True),
        frames.read(season, accepted=True),
        frames.read_season(season, accepted=True),
        frames.read_season(season / "回收", accepted=True),
    ):
        assert frame["requests.new.natural"].tolist() == [1, 100, 1000]
        assert frame["requests.new.natural"].sum() == said["requests.new.natural"] == 1101
    without = frames.read(season / "回收", season / "名录.csv")
    assert len(without) == 4


def test_merge_gives_the_figures_of_the_summary(season):
    told = run_json("merge", "--json", cwd=season, status=1)
    [row] = frames.merge(frames.collect(season)).to_dict("records")
    for name, value in told["summary"]["values"].items():
        assert (row[name] is None or row[name] is pd.NA) if value is None else float(row[name]) == value, name
    floats = frames.merge(frames.collect(season / "回收"), money="float")
    assert floats["disclosure.fees.amount"].tolist() == [told["summary"]["values"]["disclosure.fees.amount"]]


def test_merge_takes_the_adjustments_of_an_earlier_summary(season):
    kept = filing({}, agency=COUNTY, kind="summary", adjustments=(Adjustment("更正", {"requests.new.natural": 5}),),
                  members=tuple(Member(a, "accepted", True) for a in AGENCIES))  # fmt: skip
    collection = frames.collect(season)
    without, with_it = (frames.merge(collection, kept=k)["requests.new.natural"].iloc[0] for k in (None, kept))
    assert (without, with_it) == (1101, 1106)
    with pytest.raises(XltoolsError, match="不是这次要汇总的"):
        frames.merge(collection, kept=filing({}, agency=AGENCIES[0], kind="summary"))


def test_merging_needs_a_roster_and_an_area(county):
    with pytest.raises(XltoolsError, match="名录"):
        frames.merge(frames.collect(county / "回收"))
    with pytest.raises(XltoolsError, match="不是工作文件夹"):
        frames.read_season(county)


def test_nothing_is_written_into_a_working_folder_but_readings(season):
    before = {p: p.read_bytes() for p in season.rglob("*") if p.is_file() and ".xltools" not in p.parts}
    frames.read_season(season)
    assert before == {p: p.read_bytes() for p in season.rglob("*") if p.is_file() and ".xltools" not in p.parts}
    assert not [p for p in season.rglob("*") if p.name == "record.json"]


def test_duplicates_are_not_counted_twice(season):
    save(season / "回收" / "又一份.xlsx", (season / "回收" / "0.xlsx").read_bytes())
    save(season / "回收" / "再一份.xlsx", filing({"requests.new.natural": 7}, agency=AGENCIES[3]))
    accepted = frames.read_season(season, accepted=True)
    assert accepted["requests.new.natural"].tolist() == [1, 100]
    assert frames.tidy(frames.collect(season)).groupby("agency").size().index.tolist() == ["1101", "1102", "1103"]


# ── a figure a row ───────────────────────────────────────────────────────────


def test_tidy_is_every_figure_of_every_agency_with_its_state(season):
    collection = frames.collect(season)
    told = frames.tidy(collection)
    assert list(told)[:6] == ["agency", "year", "field", "label", "value", "state"]
    states = told.groupby("agency")["state"].unique().map(list).to_dict()
    assert states == {"1101": ["accepted"], "1102": ["queried"], "1103": ["accepted"], "1104": ["accepted"]}
    wide = frames.read_season(season)
    for (_, code), row in wide.iterrows():
        mine = told[told.agency == code].set_index("field")["value"]
        assert all(mine[name] == row[name] for name in mine.index)
    fees = told[(told.field == "disclosure.fees.amount") & (told.agency == "1104")]
    assert fees["value"].tolist() == [Decimal("0.000004")] and "收费" in fees["label"].iloc[0]
    sums = told[told.state == "accepted"].groupby("field")["value"].sum()
    assert sums["requests.new.natural"] == 1101


def test_tidy_without_figures_and_without_a_state():
    assert frames.tidy([]).empty and list(frames.tidy([]))[:2] == ["agency", "year"]
    told = frames.tidy([filing({"requests.new.natural": None})]).set_index("field")
    assert told.loc["requests.new.natural", "value"] is None and told["state"].isna().all()


# ── floats, years, places ────────────────────────────────────────────────────


def test_money_as_floats_can_be_described():
    frame = frames.frame_of([filing({"disclosure.fees.amount": n}) for n in (1_500_000, 500_000, None)], money="float")
    fees = frame["disclosure.fees.amount"]
    assert fees.dtype == "Float64" and fees.isna().sum() == 1 and fees.describe()["mean"] == 1.0
    assert frames.summary(frame)["disclosure.fees.amount"].tolist() == [2.0]
    assert frames.tidy([filing({"disclosure.fees.amount": 1})], money="float")["value"].dtype == "Float64"
    judged = frames.judge(frame)
    assert judged.equals(
        frames.judge(frames.frame_of([filing({"disclosure.fees.amount": n}) for n in (1_500_000, 500_000, None)]))
    )


def test_this_year_against_last(season):
    this, last = frames.read_season(season), frames.read(season.parent / "上年")
    told = frames.compare(this, last).set_index(["agency", "field"])
    line = told.loc[("1103", "requests.new.natural")]
    assert (line["this"], line["last"], line["change"], line["ratio"]) == (100, 2, 98, 49.0)
    total = told.loc[("1103", "requests.new.total")]
    assert (total["this"], total["last"]) == (100, 2)
    assert (told.loc[("1104", "disclosure.fees.amount"), "change"], told["year"].unique().tolist()) == (
        Decimal("0.000004"),
        [2023],
    )
    assert told.loc[("1103", "disclosure.rules.issued"), "ratio"] is pd.NA  # nothing can be divided by 0


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [(3, 2, 1), (0, 2, -2), (None, 2, None), (3, None, None), (None, None, None), (5, 5, 0), (1, 0, 1)],
)
def test_a_change_is_one_where_both_are_known(now, before, change):
    this = frames.frame_of([filing({"requests.new.natural": now})])
    last = frames.frame_of([filing({"requests.new.natural": before}, year=2022)])
    line = frames.compare(this, last).set_index("field").loc["requests.new.natural"]
    assert line["change"] == change or (change is None and line["change"] is None)


def test_years_are_compared_across_editions_codes_and_gaps():
    this = frames.frame_of([filing({"requests.new.natural": 9}, year=2021), filing(year=2021, agency=AGENCIES[2])])
    last = frames.frame_of([filing({"requests.new.natural": 6}, year=2020, agency=Agency("旧", "旧局", "department"))])
    told = frames.compare(this, last, codes={"1101": "旧"}).set_index(["agency", "field"])
    assert told.loc[("1101", "requests.new.natural"), "change"] == 3
    assert (
        told.loc[("1101", "disclosure.normative.effective"), "last"] is None
    )  # the older form asks for something else
    assert told.loc["1103", "last"].isna().all()
    assert (
        frames.compare(this, this).set_index("agency").loc["1101", "last"].isna().all()
    )  # of the same year: nothing before it
    assert frames.compare(this, last, codes={"1101": "旧"}, money="float")["change"].dtype == "Float64"


@pytest.mark.parametrize(
    ("came", "ranks"),
    [
        ([3, 1, 2], [1, 3, 2]), ([2, 2, 1], [1, 1, 3]), ([None, 1, 2], [None, 2, 1]), ([0, 0, 0], [1, 1, 1]),
        ([5, None, None], [1, None, None]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["requests.new.natural", "disclosure.fees.amount"])
def test_places_by_a_figure(came, ranks, field):
    frame = frames.frame_of([filing({field: n}, agency=a) for n, a in zip(came, AGENCIES, strict=False)])
    told = frames.rank(frame, field).droplevel("year")
    codes = [a.code for a in AGENCIES[:3]]
    assert [None if pd.isna(told.loc[c, "rank"]) else told.loc[c, "rank"] for c in codes] == ranks
    whole = sum(n or 0 for n in came)
    assert whole == 0 or abs(told["share"].sum() - 1) < 1e-9
    listed = [told.loc[c, "rank"] for c in told.index if not pd.isna(told.loc[c, "rank"])]
    assert listed == sorted(listed)
    least = frames.rank(frame, field, largest=False).droplevel("year")
    assert whole == 0 or least.index[0] == min((n, c) for n, c in zip(came, codes, strict=True) if n is not None)[1]


def test_figures_of_findings_are_no_floats(county):
    found = frames.findings(frames.collect(county / "回收"))
    [line] = found[found["code"] == "rule-failed"].to_dict("records")
    assert (type(line["actual"]), line["actual"], line["expected"]) == (int, 4, 3)


# ── export of a folder ───────────────────────────────────────────────────────


def test_a_folder_is_exported_as_the_tidy_table(season, tmp_path):
    out = tmp_path / "数.csv"
    done = run("export", season / "回收", "--format", "csv", "-o", out)
    assert done.returncode == 0 and out.read_bytes().startswith("\ufeffagency,year,field,label,value,state".encode())
    read = pd.read_csv(out, dtype={"agency": str, "value": object}, keep_default_na=False)
    told = frames.tidy(frames.collect(season))
    assert read["value"].tolist() == ["" if v is None else f"{v:f}" for v in told["value"]]
    assert read.drop(columns="value").astype(str).equals(told.drop(columns="value").astype(str))
    assert run("export", ".", "--format", "csv", cwd=season).stdout == out.read_text("utf-8-sig")


def test_a_folder_as_parquet_is_the_same_table(season, tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    out = tmp_path / "数.parquet"
    assert run("export", season / "回收", "-o", out).returncode == 0
    read, told = pd.read_parquet(out), frames.tidy(frames.collect(season))
    assert list(read) == list(told) and read["value"].tolist() == told["value"].tolist()
    assert read["agency"].tolist() == told["agency"].tolist() and isinstance(read["value"][0], Decimal)
    one = tmp_path / "一份.parquet"
    assert run("export", season / "回收" / "0.xlsx", "-o", one).returncode == 0
    assert (
        pd.read_parquet(one)["value"].sum()
        == frames.tidy([read_file(season / "回收" / "0.xlsx").filing])["value"].sum()
    )


def test_parquet_without_pyarrow_says_what_to_install(season, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run("export", season / "回收", "-o", tmp_path / "数.parquet")
    assert done.returncode == 2 and "pip install pyarrow" in done.stderr and not (tmp_path / "数.parquet").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "csv、parquet"), (("--format", "json"), "csv、parquet"), (("--format", "xlsx", "-o", "x.xlsx"), "csv、parquet"),
        (("-o", "x.json"), "csv、parquet"), (("--format", "parquet"), "-o"),
    ],
)  # fmt: skip
def test_a_folder_in_another_format_is_refused(season, options, words):
    done = run("export", "回收", *options, cwd=season)
    assert done.returncode == 2 and words in done.stderr and done.stdout == ""


@pytest.mark.parametrize("ending", ["json", "csv", "xlsx", "CSV", "dat"])
def test_the_ending_is_the_format(season, tmp_path, ending):
    out = tmp_path / f"数.{ending}"
    assert run("export", season / "回收" / "0.xlsx", "-o", out).returncode == 0
    starts = {"json": b"{", "csv": b"\xef\xbb\xbf", "xlsx": b"PK", "dat": b"{"}
    assert out.read_bytes().startswith(starts[ending.lower()])


def test_what_is_not_in_the_export_is_told(season, tmp_path):
    save(season / "回收" / "坏.xlsx", b"PK")
    done = run("export", season / "回收", "-o", tmp_path / "数.csv")
    assert "坏.xlsx" in done.stderr and done.returncode == 1
    assert run("export", tmp_path / "没有", "-o", tmp_path / "a.csv").returncode == 2
    (tmp_path / "空").mkdir()
    assert run("export", tmp_path / "空", "-o", tmp_path / "a.csv").returncode == 2
