"""Several families of returns side by side: each has its own editions, and none is in another's way."""

from dataclasses import replace

import openpyxl
import pytest
from making import filing, run, save

import xltools
from xltools.editions import edition_for, editions, families, load_form
from xltools.editions.shelves import FORMS, own_folder, shelved
from xltools.findings import CATALOGUE
from xltools.form.model import Agency

NEWEST = max(editions(), key=lambda name: load_form(name).years)

TEMPLATE = """
id = "{id}"
family = "{family}"
title = "{title}"
years = {{ from = {year} }}
basis = "某办〔{year}〕1号"
[[section]]
id = "events"
sheet = "一、情况"
title = "一、{title}情况"
[[section.table]]
corner = "项目"
columns = [{{ id = "", label = "数量" }}]
rows = [
    {{ id = "cases", label = "{title}起数" }},
    {{ id = "fines", label = "罚款金额（元）", type = "money", unit = "元" }},
    {{ id = "invested", label = "投入（万元）", type = "money", unit = "万元" }},
]
[[relation]]
id = "events.fines"
severity = "error"
left = "events.fines"
right = "100*events.cases"
holds = "left >= 0"
basis = "填表说明"
remedy = "核对罚款"
"""
SAFETY = TEMPLATE.replace('right = "100*events.cases"', 'right = "0"')


def form(home, id="safe", family="安全", title="安全生产统计报表", year=2000):
    (home / FORMS).mkdir(exist_ok=True)
    (home / FORMS / f"{id}.toml").write_text(SAFETY.format(id=id, family=family, title=title, year=year), "utf-8")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A working folder of the family without a name, in which lies a form of another."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    xltools.Season.init(tmp_path / "季", 2025)
    monkeypatch.chdir(tmp_path / "季")
    form(tmp_path / "季")
    return tmp_path / "季"


def issued(home, family, name="河口镇"):
    [file] = xltools.blank(
        name=name, code="1", level="township", family=family, year=2025, output=home / f"试{family}", force=True
    ).files
    return file


def test_the_year_picks_the_edition_within_its_family(home):
    form(home, "safe-2026", year=2026)
    form(home, "letters", "信访", "信访工作报表", 2010)
    with shelved(home):
        assert [edition_for(year, "安全") for year in (2000, 2025, 2026, 2040)] == ["safe", "safe", *["safe-2026"] * 2]
        assert edition_for(2025, "信访") == "letters" and edition_for(2025) == edition_for(2025, "") == NEWEST
        assert families()["安全"] == ("safe", "safe-2026") and "" in families()
    with shelved(home, "信访"):
        assert edition_for(2025) == "letters"


def test_two_editions_of_one_family_over_one_year_are_refused(home):
    form(home, "safe-too")
    with shelved(home, "安全"), pytest.raises(xltools.XltoolsError, match=r"safe、safe-too.*family"):
        edition_for(2025)
    told = xltools.check_forms(home / FORMS / "safe-too.toml").forms[0].mistakes
    assert ["与“safe”都从 2000 年度起用" in m.reason for m in told] == [True]


def test_a_family_that_is_not_there_is_told_with_those_that_are(home):
    with pytest.raises(xltools.XltoolsError, match="没有名为“消防”的报表种类；现有：安全"):
        issued(home, "消防")


def test_where_several_families_have_a_form_for_a_year_one_must_be_named(home):
    form(home, "letters", "信访", "信访工作报表")
    with shelved(home), pytest.raises(xltools.XltoolsError, match="信访、安全；请用 --family"):
        edition_for(2005)
    (home / FORMS / "letters.toml").unlink()
    with shelved(home):
        assert edition_for(2005) == "safe", "the only one"


def test_commands_name_the_family(home):
    done = run("blank", "--year", 2025, "--family", "安全", "--name", "甲镇", "--code", "1", "--level",
                           "township", "-o", "命令")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert xltools.read(home / "命令" / "2025_1_甲镇.xlsx").filing.form.edition == "safe"
    assert "安全　safe" in run("forms", "list").stdout


def test_a_filing_of_another_family_is_told_and_not_counted(home):
    own, other = issued(home, None), issued(home, "安全")
    done = xltools.check([own, other], roster=None)
    [mine, theirs] = done.collection.received
    assert "family-other" not in {f.code for f in mine.findings}
    [told] = [f for f in theirs.findings if f.code == "family-other"]
    assert "安全生产统计报表" in told.message and load_form(NEWEST).title in told.message
    assert "edition-other" not in {f.code for f in theirs.findings}, "it is the right edition of its own family"
    assert "duplicate" not in {a["state"] for a in done.to_json()["agencies"]}
    assert "family-other" in CATALOGUE


def test_a_folder_of_one_family_needs_no_name(home, tmp_path):
    folder = tmp_path / "安全季"
    folder.mkdir()
    form(folder)
    run("init", folder, "--year", 2025, "--family", "安全", "--force")
    assert 'family = "安全"' in (folder / "xltools.toml").read_text("utf-8")
    [file] = xltools.Season(folder).blank(name="甲镇", code="1", level="township", output=folder / "一份").files
    assert xltools.read(file).filing.form.edition == "safe"


def test_the_next_year_takes_family_and_forms_over(home, tmp_path):
    last = tmp_path / "上年"
    last.mkdir()
    form(last)
    xltools.Season.init(last, 2024, family="安全", force=True)
    xltools.Season.init(tmp_path / "今年", 2025, after=last)
    assert 'family = "安全"' in (tmp_path / "今年" / "xltools.toml").read_text("utf-8")
    assert (tmp_path / "今年" / FORMS / "safe.toml").read_bytes() == (last / FORMS / "safe.toml").read_bytes()


@pytest.mark.parametrize("cell, value, code, figure", [
    ("B7", 1234.56, None, 123456), ("B7", 0.01, None, 1), ("B7", 1.005, "cell-too-precise", None),
    ("B7", "1,234.5元", "cell-money-wan", 123450), ("B7", "3.2万元", "cell-money-yuan", None),
    ("B7", 999999999999, None, 99999999999900), ("B8", 1234.56, None, 1234560000), ("B6", 1.5, "cell-fraction", None),
])  # fmt: skip
def test_yuan_and_wan_are_read_as_printed(home, cell, value, code, figure):
    file = issued(home, "安全")
    book = openpyxl.load_workbook(file)
    book["一、情况"][cell].value = value
    book.save(file)
    received = xltools.read(file).received
    there = received.filing.values[{"B6": "events.cases", "B7": "events.fines", "B8": "events.invested"}[cell]]
    found = {f.code for f in received.findings if f.cell == cell}
    assert (code is None and not found - {"form-resaved"}) or code in found
    if figure is not None:
        assert there == figure
    if code == "cell-money-yuan":
        assert "32000（元）" in next(f.remedy for f in received.findings if f.code == code)


def test_yuan_is_exact_from_blank_to_summary_report_and_back(home, tmp_path):
    """A form without a text part: filled, merged, reported, and the report read back among the other family's forms."""
    with shelved(home, "安全"):
        safe = load_form("safe")
        parts = [
            filing({"events.cases": n, "events.fines": 10 * n + 1, "events.invested": 7}, year=2025, form=safe)
            for n in (3, 4)
        ]
    files = [
        save(home / f"{n}.xlsx", replace(part, agency=Agency(f"1{n}", f"镇{n}", "township")))
        for n, part in enumerate(parts)
    ]
    names = "单位代码,单位名称,层级,上级代码\n1,示例县,county,\n10,镇0,township,1\n11,镇1,township,1\n"
    (home / "名.csv").write_text(names, "utf-8")
    (home / "xltools.toml").write_text('year = 2025\nfamily = "安全"\n', "utf-8")
    made = xltools.merge(files, roster=home / "名.csv", output=home / "汇.xlsx")
    assert made.to_json()["summary"]["agencies"] == 2 and not made.open_errors
    assert made.to_json()["summary"]["values"] == {"events.cases": 7, "events.fines": 0.72, "events.invested": 0.000014}
    assert not xltools.check([home / "汇.xlsx"], roster=home / "名.csv").open_errors
    xltools.report(home / "汇.xlsx", home / "报告.docx")
    (home / "xltools.toml").unlink()
    own_folder().parent.mkdir(parents=True, exist_ok=True)
    (home / FORMS).rename(own_folder())
    back = xltools.import_report(home / "报告.docx", home / "回.xlsx", code="1", level="county")
    assert not back.open_errors and back.items[0].output
    assert dict(xltools.read(home / "回.xlsx").filing.values) == {
        "events.cases": 7,
        "events.fines": 72,
        "events.invested": 14,
    }
