"""Returns of a part of a year: 2026年上半年, 2026年第一季度. File names, titles, sign-off and the period before all follow."""

import io
import pickle
import re
import tomllib
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from desk_client import Client
from drawn import definition, drawn, form_in, said, traced
from formulas import Book
from making import run, save

import xltools
from xltools import frames
from xltools.collection.check import _of_period
from xltools.collection.collected import Collection
from xltools.editions.shelves import FORMS
from xltools.findings import CATALOGUE, finding
from xltools.form.checkcode import check_code, period_number
from xltools.form.layout import COVER_CELLS, LAST_HEADING
from xltools.form.model import Agency, Filing
from xltools.periods import PartOfYear, before, in_words, last_day, named, period, spoken
from xltools.received.file import Received
from xltools.received.tidy import as_csv, as_parquet
from xltools.received.whereabouts import Whereabouts
from xltools.rules import judge
from xltools.rules.signoff import Signoff
from xltools.season.settings import rows_of
from xltools.workbook.write import write_filing

QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")
FORM = """
id = "letters"
family = "信访"
title = "信访工作统计报表"
years = { from = 2020 }
periods = ["第一季度", "第二季度", "第三季度", "第四季度"]
basis = "某信〔2020〕1号"
[[section]]
id = "cases"
sheet = "一、办理"
title = "一、信访事项办理情况"
[[section.table]]
corner = "项目"
columns = [{ id = "", label = "件数" }]
rows = [{ id = "carried", label = "上期结转" }, { id = "new", label = "本期收到" }, { id = "done", label = "本期办结" },
        { id = "left", label = "结转下期" }]
[[relation]]
id = "cases.balance"
severity = "error"
left = "cases.carried + cases.new"
right = "cases.done + cases.left"
holds = "left = right"
basis = "填表说明"
remedy = "核对四个数"
[[last.carried]]
field = "cases.carried"
from = "cases.left"
[report]
agency = "{agency}{period}信访工作情况如下。"
area = "{agency}{period}各单位信访工作情况如下。"
[signoff]
id = "cover.signoff"
severity = "query"
names = ["compiler"]
date = "date"
basis = "谁填报、谁负责"
remedy = "填写签字项"
"""


@pytest.mark.parametrize("words, year, part", [
    ("2026", 2026, ""), ("2026年", 2026, ""), ("2026年度", 2026, ""), (" 2026 年 上半年", 2026, "上半年"),
    ("2026上半年", 2026, "上半年"), ("2026年第一季度", 2026, "第一季度"), (2026, 2026, ""), ("2026年1月", 2026, "1月"),
])  # fmt: skip
def test_a_period_is_read_from_its_words(words, year, part):
    found = period(words)
    assert (int(found), getattr(found, "part", "")) == (year, part)


@pytest.mark.parametrize("words", ["", "上半年", "26年", "年2026", "1026", "2026年" + "很" * 21])
def test_what_is_no_period_is_none(words):
    with pytest.raises(ValueError):
        period(words)


def test_parts_of_one_year_are_not_equal_and_go_anywhere():
    one, two = PartOfYear(2026, "上半年"), PartOfYear(2026, "下半年")
    assert one != two and one != 2026 and one != 2026 and one == PartOfYear(2026, "上半年")
    assert len({one, two, 2026, period("2026年上半年")}) == 3
    assert pickle.loads(pickle.dumps(one)) == one and f"{one}_x" == "2026年上半年_x"
    assert [in_words(one), in_words(2026), named(one), named(2026)] == [
        "2026年上半年",
        "2026 年度",
        "2026年上半年",
        "2026年",
    ]


@pytest.mark.parametrize("year, parts, last, ends", [
    (2026, (), 2025, date(2026, 12, 31)),
    (PartOfYear(2026, "上半年"), ("上半年", "下半年"), PartOfYear(2025, "下半年"), date(2026, 6, 30)),
    (PartOfYear(2026, "下半年"), ("上半年", "下半年"), PartOfYear(2026, "上半年"), date(2026, 12, 31)),
    (PartOfYear(2026, "第一季度"), QUARTERS, PartOfYear(2025, "第四季度"), date(2026, 3, 31)),
    (PartOfYear(2026, "第三季度"), QUARTERS, PartOfYear(2026, "第二季度"), date(2026, 9, 30)),
    (PartOfYear(2024, "2月"), tuple(f"{n}月" for n in range(1, 13)), PartOfYear(2024, "1月"), date(2024, 2, 29)),
    (PartOfYear(2026, "前三季度"), ("一季度", "上半年", "前三季度", "全年"), PartOfYear(2026, "上半年"), date(2026, 9, 30)),
])  # fmt: skip
def test_the_period_before_and_the_last_day(year, parts, last, ends):
    assert before(year, parts) == last and last_day(year, parts) == ends


# ── 校验码 ───────────────────────────────────────────────────────────────────

MONTHS = tuple(f"{n}月" for n in range(1, 13))
SPLITS = {
    "quarters": QUARTERS, "halves": ("上半年", "下半年"), "months": MONTHS,
    "so far": ("一季度", "上半年", "前三季度", "全年"), "thirds": ("春", "夏", "秋"),
}  # fmt: skip


def of_part(part, parts=QUARTERS, year=2026, **figures):
    form = form_in({**tomllib.loads(FORM), "periods": [*parts]})
    given = {"cases.carried": 1, "cases.new": 5, "cases.done": 4, "cases.left": 2, **figures}
    return Filing(form, Agency("11", "河口镇", "township"), PartOfYear(year, part), inputs=given)


@pytest.mark.parametrize("parts", SPLITS.values(), ids=SPLITS)
def test_the_check_code_of_each_part_of_a_year_is_another_and_the_sheets_own(parts):
    codes = [check_code(of_part(part, parts)) for part in parts] + [check_code(of_part(parts[0], parts, 2027))]
    assert len({*codes}) == len(codes)
    for part, code in zip(parts, codes, strict=False):
        sheets = Book.read(write_filing(of_part(part, parts)))
        at = "封面", COVER_CELLS.checkcode + 1, COVER_CELLS.column + 1
        assert sheets.worked_out(sheets.cells[at], "封面") == code


def test_the_check_code_of_a_year_is_what_it_was():
    assert [period_number(year, ()) for year in (2019, 2026, PartOfYear(2026, "上半年"))] == [2019, 2026, 2026]
    assert period_number(PartOfYear(2026, "第三季度"), QUARTERS) == 202603


# ── for analysts ─────────────────────────────────────────────────────────────


def test_frames_tell_the_parts_of_a_year_apart(monkeypatch):
    filings = [of_part(part, **{"cases.new": n}) for n, part in enumerate(QUARTERS, 5)]
    monkeypatch.setattr("xltools.frames.comparing.load_form", lambda *_: filings[0].form)
    monkeypatch.setattr("xltools.frames.forms.load_form", lambda *_: filings[0].form)
    frame = frames.frame_of(filings)
    words = [f"2026年{part}" for part in QUARTERS]
    assert [year for year, _ in frame.index] == words
    assert frames.summary(frame)["cases.new"].to_dict() == dict(zip(words, (5, 6, 7, 8), strict=True))
    assert frames.rank(frame, "cases.new")["rank"].tolist() == [1, 1, 1, 1]
    told = frames.compare(frame, frame).set_index(["year", "field"])
    assert [told.loc[(word, "cases.new"), "change"] for word in words[1:]] == [1, 1, 1]
    assert told.loc[(words[0], "cases.new"), "last"] is None, "2025年第四季度 is not in it"
    judged = frames.judge(frame)
    assert judged[judged.rule == "cases.balance"]["holds"].tolist() == [True, False, False, False]
    tidy = frames.tidy(filings)
    assert tidy["year"].unique().tolist() == words


def test_tidy_tables_tell_the_parts_of_a_year_apart():
    filings = [(of_part(part), None) for part in QUARTERS]
    rows = as_csv(filings).decode("utf-8-sig").splitlines()[1:]
    assert {row.split(",")[1] for row in rows} == {f"2026年{part}" for part in QUARTERS}
    arrow = pytest.importorskip("pyarrow.parquet")
    table = arrow.read_table(io.BytesIO(as_parquet(filings)))
    assert {*table["year"].to_pylist()} == {f"2026年{part}" for part in QUARTERS}
    years = [(replace(filing, year=2026), None) for filing, _ in filings]
    assert {*arrow.read_table(io.BytesIO(as_parquet(years)))["year"].to_pylist()} == {2026}


# ── 上期, not 上年 ───────────────────────────────────────────────────────────

YEARLY = ("上年", "本年")


def said_in(content):
    """Every word in the cells of a workbook, cached values and formulas, hints beside cells, charts."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [n for n in packed.namelist() if n.startswith(("xl/sharedStrings", "xl/worksheets/", "xl/charts/"))]
        return "".join(packed.read(name).decode("utf-8") for name in parts)


@pytest.mark.parametrize("parts", SPLITS.values(), ids=SPLITS)
def test_no_word_of_a_workbook_for_a_part_of_a_year_speaks_of_last_year(parts):
    first = of_part(parts[0], parts)
    last = dict(first.inputs)
    blank = replace(of_part(parts[1], parts), last=last, last_source="河口镇的表", carried=frozenset({"cases.carried"}))
    words = said_in(write_filing(blank))
    assert [word for word in YEARLY if word in words.replace("定义", "")] == [] and "浅蓝＝上期带来" in words
    assert f"{spoken(LAST_HEADING, parts)}：河口镇的表" in words


@pytest.mark.parametrize("parts", SPLITS.values(), ids=SPLITS)
def test_no_rule_and_no_finding_for_a_part_of_a_year_speaks_of_last_year(parts):
    more = """
[[relation]]
id = "cases.more"
severity = "note"
left = "cases.new"
right = "2*last.cases.new"
holds = "left <= right"
basis = "合理性"
remedy = "核对"
[last.repeated]
id = "same"
severity = "query"
least = 2
basis = "合理性"
remedy = "核对"
[last.jump]
id = "jump.{field}"
severity = "note"
least = 5
times = 2
basis = "合理性"
remedy = "核对"
"""
    form = form_in({**tomllib.loads(FORM + more), "periods": [*parts]})
    words = " ".join(rule.sentence for rule in form.rules)
    assert (
        [word for word in YEARLY if word in words] == [] and "2×上期的“件数”" in words and "报告期的最后一天" in words
    )
    figures = dict(of_part(parts[1], parts).inputs)
    filing = Filing(
        form, Agency("11", "河口镇", "township"), PartOfYear(2026, parts[1]), inputs=figures, last_verified=False
    )
    told = []
    for last in (figures, {**figures, "cases.new": 100}, {**figures, "cases.new": 1}):
        there = Whereabouts(replace(filing, last=last, last_source="上一份"), "表.xlsx", {}, {})
        told += [there.located(found) for found in judge(there.filing)]
    assert {"last-repeated", "last-jump", "rule-failed"} <= {found.code for found in told}
    assert [found.message for found in told if any(word in found.message for word in YEARLY)] == []
    assert any("上期是 100" in found.message for found in told)


def test_a_return_for_a_year_speaks_of_years_as_before():
    form = form_in({name: value for name, value in tomllib.loads(FORM).items() if name != "periods"})
    blank = Filing(form, Agency("11", "河口镇", "township"), 2026, last={"cases.left": 2}, last_source="上年的表")
    assert "浅蓝＝上年带来" in said_in(write_filing(blank)) and "上年的数：" in said_in(write_filing(blank))


def season(folder, year, **given):
    (folder / FORMS).mkdir(parents=True, exist_ok=True)
    (folder / FORMS / "letters.toml").write_text(FORM, "utf-8")
    made = xltools.Season.init(folder, year, family="信访", force=True, **given)
    save(
        folder / "名录.csv",
        "单位代码,单位名称,层级,上级代码\n1,示例县,county,\n11,河口镇,township,1\n12,河湾镇,township,1\n",
    )
    settings = (folder / "xltools.toml").read_text("utf-8").replace('"名录.xlsx"', '"名录.csv"')
    save(folder / "xltools.toml", settings)
    return made


def filled(folder, figures, day):
    """Every blank of a season filled in alike and put among what came in; their paths."""
    found = []
    for blank in sorted((folder / "下发").glob("*.xlsx")):
        carried = xltools.read(blank).filing.inputs.get("cases.carried") or 0
        values = {"cases.carried": carried, **figures}
        values["cases.left"] = carried + values["cases.new"] - values["cases.done"]
        target = folder / "回收" / blank.name
        xltools.fill(blank, {"values": {k: v for k, v in values.items() if k != "cases.carried" or not carried},
                             "signoff": {"compiler": "示例", "date": day}}, target, force=True)  # fmt: skip
        found.append(target)
    return found


@pytest.fixture
def first(tmp_path, monkeypatch):
    """The season of a first quarter, everything in and summed up."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    folder = tmp_path / "一季度"
    season(folder, period("2026年第一季度"))
    monkeypatch.chdir(folder)
    assert run("blank").returncode == 0
    filled(folder, {"cases.new": 5, "cases.done": 3}, "2026-04-02")
    return folder


@pytest.mark.parametrize(
    "told", ["2026年第一季度", "2026年第二季度", "2026年第三季度", "2026年第四季度", "2027年第一季度"]
)
def test_what_is_told_with_blanks_speaks_of_the_period(told, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    season(tmp_path / "季", period(told))
    monkeypatch.chdir(tmp_path / "季")
    (tmp_path / "上").mkdir()
    done = run("blank", "--previous", tmp_path / "上")
    assert done.returncode == 0 and "没有可用的上期数，没有与上期核对" in done.stdout + done.stderr
    assert "上年" not in done.stdout + done.stderr


def test_file_names_cover_and_titles_say_the_period(first):
    names = sorted(path.name for path in (first / "下发").iterdir())
    assert names == ["2026年第一季度_11_河口镇.xlsx", "2026年第一季度_12_河湾镇.xlsx"]
    book = openpyxl.load_workbook(first / "下发" / names[0], data_only=True)
    cover = {row[1].value: row[2].value for row in book["封面"].iter_rows() if row[1].value}
    assert cover["报告年度"] == 2026 and cover["报告期"] == "第一季度"
    assert book["一、办理"]["A3"].value == "填报单位：河口镇　　2026年第一季度"
    prompts = [v.prompt for v in book["封面"].data_validations.dataValidation]
    assert any("例：2026-4-15" in (prompt or "") for prompt in prompts)


def test_check_merge_report_and_the_way_back(first):
    done = run("check")
    assert done.returncode == 0, done.stdout
    assert "河口镇，2026年第一季度" in done.stdout
    assert run("merge").returncode == 0
    [summary] = (first / "汇总").glob("*.xlsx")
    assert summary.name.startswith("2026年第一季度_示例县")
    run("report", summary, "-o", "报告.docx")
    back = xltools.import_report("报告.docx", "回.xlsx", code="1", level="county")
    assert back.items[0].output and not [f for f in back.items[0].findings if f.severity == "error"], back.items[
        0
    ].findings
    there = xltools.read("回.xlsx").filing
    assert there.year == period("2026年第一季度") and there.agency.name == "示例县"
    assert dict(there.values) == dict(xltools.read(summary).filing.values)
    told = xltools.export(summary).to_json()
    assert (told["year"], told["period"]) == (2026, "第一季度")


def test_the_next_period_carries_over_and_knows_the_one_before(first, tmp_path, monkeypatch):
    assert run("merge").returncode == 0
    second = tmp_path / "二季度"
    assert run("init", second, "--year", "2026年第二季度", "--after", first).returncode == 0
    monkeypatch.chdir(second)
    done = run("blank")
    assert done.returncode == 0, done.stderr
    files = filled(second, {"cases.new": 1, "cases.done": 0}, "2026-07-02")
    assert [xltools.read(file).filing.inputs["cases.carried"] for file in files] == [2, 2]
    assert run("check").returncode == 0
    assert run("merge").returncode == 0
    [summary] = (second / "汇总").glob("*.xlsx")
    rows = {
        row[0]: row[1:3] for row in openpyxl.load_workbook(summary, data_only=True)["同比"].iter_rows(values_only=True)
    }
    assert rows["结转下期 · 件数"] == (6, 4)


def test_another_period_is_told(first, tmp_path):
    season(tmp_path / "二", period("2026年第二季度"))
    [file, _] = xltools.Season(tmp_path / "二").blank().files
    found = {f.code: f.message for f in xltools.check([file]).collection.received[0].findings}
    assert "是 2026年第二季度的表，本次汇总的是 2026年第一季度" in found["year-other"]


@pytest.mark.parametrize(
    "day, told",
    [("2026-03-31", False), ("2026-03-30", True), ("2026-12-31", False), ("2025-12-31", True), ("2026-04-15", False)],
)
def test_the_date_is_held_against_the_end_of_the_period(first, day, told):
    file = first / "回收" / "2026年第一季度_11_河口镇.xlsx"
    filing = xltools.read(file).filing
    dated = replace(filing, signoff={**filing.signoff, "date": day})
    [rule] = dated.form.rules_of(Signoff)
    assert [f.code for f in rule.judge(dated)] == ["signoff-date"] * told
    assert rule.row(dated).result == ("不符" if told else "通过")
    assert rule.row(dated).right == 46112


def test_a_period_is_demanded_where_there_are_some_and_refused_where_there_are_none(first):
    done = run("blank", "--year", 2026, "--name", "甲", "--code", "9", "--level", "township", "-o", "试")
    assert done.returncode == 2 and "请写明是哪一期，例如 2026年第一季度" in done.stderr
    done = run(
        "blank",
        "--year",
        "2025年上半年",
        "--family",
        "",
        "--name",
        "甲",
        "--code",
        "9",
        "--level",
        "township",
        "-o",
        "试",
    )
    assert done.returncode == 2 and "一年报一次" in done.stderr
    done = run("blank", "--year", "2026年第五季度", "--name", "甲", "--code", "9", "--level", "township", "-o", "试")
    assert done.returncode == 2 and "第一季度、第二季度" in done.stderr


def test_a_filing_without_its_properties_still_says_its_period(first, tmp_path):
    book = openpyxl.load_workbook(first / "回收" / "2026年第一季度_11_河口镇.xlsx")
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]
    book.save(tmp_path / "没有属性.xlsx")
    assert xltools.read(tmp_path / "没有属性.xlsx").filing.year == period("2026年第一季度")


@pytest.mark.parametrize("parts, words", [
    ('["一期", "二期", "三期", "四期", "五期"]', "一年分不成 5 期"), ('["上半年", "上半年"]', "重复"),
    ('["", "下半年"]', "不能作一期的名称"),
    ('["这一年的很长很长很长很长很长很长很长的一期", "下半年"]', "不能作一期的名称"), ('[1, 2]', "应当全部是文字"),
])  # fmt: skip
def test_bad_periods_are_refused(tmp_path, parts, words):
    text = FORM.replace('["第一季度", "第二季度", "第三季度", "第四季度"]', parts)
    save(tmp_path / "letters.toml", text)
    told = xltools.check_forms(tmp_path / "letters.toml").forms[0].mistakes
    assert any(words in m.reason for m in told), told


def test_families_periods_and_units_go_through_the_drawing(tmp_path):
    save(
        tmp_path / "letters.toml",
        FORM.replace(
            'id = "left", label = "结转下期" }',
            'id = "left", label = "结转下期" }, { id = "fines", label = "罚款", type = "money", unit = "元" }',
        ),
    )
    data = definition(tmp_path / "letters.toml")
    again = traced(drawn(data, tmp_path))
    assert (
        said(form_in(again)) == said(form_in(data)) and again["periods"] == list(QUARTERS) and again["family"] == "信访"
    )


@pytest.mark.parametrize("ahead, told", [(0, False), (1, False), (2, True), (10, True), (-5, False)])
def test_a_year_far_ahead_is_asked_back(tmp_path, monkeypatch, ahead, told):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    year = date.today().year + ahead
    done = run("init", tmp_path / "季", "--year", year)
    assert done.returncode == 0 and ("看看年度有没有写错" in done.stderr) == told


ON_DISK = ("上年报告/", "“上年报告”", "上年/", "“上年”", "上年的表 上年", "上年代码", "与上年对照.docx", "上年的表：按")
"""Names of folders, files, columns and settings: they are the same for every period."""


def yearly(words):
    """What still speaks of a year in words of the house, the names of what lies on the disk apart."""
    for name in ON_DISK:
        words = words.replace(name, "")
    return [words[max(0, at.start() - 20) : at.end() + 20] for at in re.finditer("上年|本年", words)]


@pytest.fixture
def second(first, tmp_path, monkeypatch):
    """The quarter after it: an agency more, one file of the quarter before that cannot be read, figures that ask to be explained."""
    assert run("merge").returncode == 0
    (first / "回收" / "乱.xlsx").write_bytes(b"PK")
    folder = tmp_path / "二季度"
    assert (
        run("init", folder, "--year", "2026年第二季度", "--after", first, "--previous", first / "回收").returncode == 0
    )
    roster = folder / "名录.csv"
    save(roster, roster.read_text("utf-8-sig") if roster.exists() else "")
    monkeypatch.chdir(folder)
    assert run("blank").returncode == 0
    filled(folder, {"cases.new": 1, "cases.done": 0}, "2026-07-02")
    return folder


def test_what_is_told_of_the_whole_set_speaks_of_the_period_before(second):
    told = xltools.Season(second).check(previous=[second / ".." / "一季度" / "回收"]).to_json()
    there = [f["message"] + (f["remedy"] or "") for one in (told, *told["filings"]) for f in one["findings"]]
    assert any("上期" in words for words in there), there
    assert [found for words in there for found in yearly(words)] == []


@pytest.mark.parametrize(
    "code",
    [code for code, entry in CATALOGUE.items() if "上年" in f"{entry.message}{entry.remedy}"],
)
def test_no_finding_about_a_set_speaks_of_the_year_before(code):
    """Whatever is told of the files as a set, or put to one of them there, is in the words of its period."""
    words = {name: 1 if name in ("count", "actual", "row") else "（）" for name in CATALOGUE[code].places}
    there = {"file", "sheet", "cell", "rule", "gap", "agency_name", "agency_code", "expected", "actual"}
    about = finding(code, **{name: said for name, said in words.items() if name not in there})
    one = Received(Path("表.xlsx"), "", "original", of_part(QUARTERS[1]), [about])
    collection = Collection([one], PartOfYear(2026, QUARTERS[1]), findings=[about])
    _of_period(collection)
    for found in collection.all_findings():
        assert yearly(found.message + found.remedy) == [] and "上期" in found.message + found.remedy
    of_a_year = Collection([], 2026, findings=[about])
    _of_period(of_a_year)
    assert yearly(of_a_year.findings[0].message + of_a_year.findings[0].remedy)


def test_a_file_that_is_shown_speaks_of_the_period_before(second):
    [file, *_] = sorted((second / "回收").glob("*.xlsx"))
    done = run("show", file, "--previous", second.parent / "一季度" / "汇总")
    assert "河口镇，2026年第二季度" in done.stdout and "上期 " in done.stdout, done.stdout
    assert yearly(done.stdout) == []


def test_the_pages_of_the_desk_speak_of_the_period_before(second):
    xltools.Season(second).check()
    assert run("merge").returncode == 0
    client = Client(second)
    at = client.at
    agencies = sorted(set(re.findall(r'href="(/s/[^/"]+/a/[^/"]+/)"', client.get(at).text)))
    assert len(agencies) == 2
    seen = ""
    for address in (at, *agencies, f"{at}last/", f"{at}summary/"):
        seen += client.get(address).text
    assert "上期报告" in seen and "上期 " in seen
    assert yearly(seen) == []


def test_the_settings_on_the_roster_speak_of_the_period_before():
    for year, words in ((2026, "上年的工作文件夹"), (PartOfYear(2026, "上半年"), "上期的工作文件夹")):
        [row] = [row for row in rows_of({}, year) if row[0] == "上年的表"]
        assert words in row[2]
