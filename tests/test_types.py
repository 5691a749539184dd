"""Figures that are no counts: ratios, choices, short words; how an area's figure is made of its agencies'."""

import json
from dataclasses import replace

import openpyxl
import pytest
from drawn import definition, drawn, form_in, said, traced
from making import run, save

import xltools
from xltools.editions import load_form
from xltools.editions.shelves import FORMS, shelved
from xltools.figures import printed, quotient
from xltools.form.model import Agency, Filing

FORM = """
id = "law"
family = "执法"
title = "行政执法情况统计报表"
years = { from = 2020 }
basis = "某法〔2020〕1号"
[[section]]
id = "cases"
sheet = "一、办案"
title = "一、行政执法办案情况"
[[section.table]]
corner = "类别"
columns = [
    { id = "received", label = "受理" },
    { id = "done", label = "办结" },
    { id = "rate", label = "办结率（%）", type = "ratio", of = ["done", "received"], unit = "%", decimals = 1 },
    { id = "longest", label = "最长办理天数", summed = "max" },
]
rows = [
    { id = "penalty", label = "处罚" }, { id = "permit", label = "许可" },
    { id = "total", label = "合计", sum = "*" },
]
[[section]]
id = "rules"
sheet = "二、制度"
title = "二、制度建设情况"
[[section.table]]
corner = "项目"
columns = [{ id = "", label = "情况" }]
rows = [
    { id = "public", label = "是否公示", type = "choice", choices = ["是", "否"] },
    { id = "grade", label = "考核等次", type = "choice", choices = ["优秀", "良好", "一般"] },
    { id = "staff", label = "执法人员数" },
    { id = "certified", label = "持证人员数" },
    { id = "share", label = "持证率", type = "ratio", of = ["certified", "staff"], decimals = 2 },
    { id = "remark", label = "特色做法", type = "words" },
]
[[relation]]
id = "rules.staff"
severity = "error"
left = "rules.certified"
right = "rules.staff"
holds = "left <= right"
basis = "填表说明"
remedy = "核对人数"
"""
# the greatest of the days cannot be added up
FORM = FORM.replace(
    '{ id = "total", label = "合计", sum = "*" }', '{ id = "total", label = "合计", sum = ["penalty", "permit"] }'
)
VALUES = {
    "cases.penalty.received": 8, "cases.penalty.done": 5, "cases.penalty.longest": 30,
    "cases.permit.received": 0, "cases.permit.done": 0, "cases.permit.longest": 4,
    "rules.public": "是", "rules.grade": "良好", "rules.staff": 9, "rules.certified": 6, "rules.remark": "说理式文书",
}  # fmt: skip
OTHER = VALUES | {"cases.penalty.received": 4, "cases.penalty.done": 4, "cases.penalty.longest": 61, "rules.public": "否",
                  "rules.staff": 3, "rules.certified": 3, "rules.remark": "无"}  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A working folder of the family, its roster of two agencies filled in."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    folder = tmp_path / "季"
    (folder / FORMS).mkdir(parents=True)
    save(folder / FORMS / "law.toml", FORM)
    xltools.Season.init(folder, 2025, family="执法", force=True)
    save(
        folder / "名录.csv",
        "单位代码,单位名称,层级,上级代码\n1,示例县,county,\n11,甲局,department,1\n12,乙局,department,1\n",
    )
    save(folder / "xltools.toml", (folder / "xltools.toml").read_text("utf-8").replace("名录.xlsx", "名录.csv"))
    monkeypatch.chdir(folder)
    assert run("blank").returncode == 0
    return folder


def blanks(home):
    return sorted((home / "下发").glob("*.xlsx"))


def sent(home, *values):
    """What agencies fill in, put among what came in."""
    found = []
    for blank, said_ in zip(blanks(home), values, strict=False):
        found.append(home / "回收" / blank.name)
        xltools.fill(blank, {"values": said_}, found[-1], force=True)
    return found


@pytest.mark.parametrize("above, below, factor, decimals, right", [
    (5, 8, 100, 1, "62.5"), (1, 8, 100, 0, "13"), (1, 3, 100, 2, "33.33"), (2, 3, 1, 2, "0.67"), (0, 7, 100, 1, "0"),
    (1, 0, 100, 1, None), (None, 4, 100, 1, None), (1, None, 100, 1, None), (-1, 8, 100, 0, "-13"), (7, 7, 100, 1, "100"),
])  # fmt: skip
def test_a_ratio_is_exact_and_rounded_as_excel_does(above, below, factor, decimals, right):
    found = quotient(above, below, factor, decimals)
    assert (None if found is None else f"{printed(found, 'ratio'):f}") == right


def test_a_blank_asks_for_each_type(home):
    book = openpyxl.load_workbook(blanks(home)[0])
    sheet = book["二、制度"]
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}
    assert lists["B6"] == '"是,否"' and lists["B7"] == '"优秀,良好,一般"'
    assert book["一、办案"]["D6"].value.count("ROUND(") == 1 and book["一、办案"]["D6"].protection.locked
    assert not sheet["B11"].protection.locked and sheet["B10"].protection.locked


def test_filled_checked_exported(home):
    first, second = sent(home, VALUES, OTHER)
    done = run("check")
    assert done.returncode == 0, done.stdout
    told = json.loads(run("export", first).stdout)["values"]
    assert told | VALUES == told, "what was filled in is what comes out"
    assert told["cases.penalty.rate"] == 62.5 and told["cases.total.rate"] == 62.5 and told["cases.permit.rate"] is None
    assert told["rules.share"] == 0.67
    code = xltools.export(first).to_json()["checkcode"]
    assert code and code != xltools.export(second).to_json()["checkcode"]
    book = openpyxl.load_workbook(first, data_only=True)
    assert book["封面"]["C10"].value == code and book["二、制度"]["B6"].value == "是"


def test_merged_each_in_its_own_way(home):
    sent(home, VALUES, OTHER)
    assert run("merge").returncode == 0
    [summary] = (home / "汇总").glob("*.xlsx")
    told = json.loads(run("export", summary).stdout)["values"]
    assert told["cases.penalty.received"] == 12 and told["cases.penalty.longest"] == 61
    assert told["cases.penalty.rate"] == 75, "recomputed, and no mean of rates"
    assert told["rules.public"] == 1 and told["rules.grade"] is None and told["rules.remark"] is None
    assert told["rules.share"] == 0.75
    assert not xltools.check([summary], roster=home / "名录.csv").open_errors
    book = openpyxl.load_workbook(summary, data_only=True)
    ids = next(row for row in book["明细"].iter_rows(max_row=6) if any(c.value == "rules.public" for c in row))
    ledger = {cell.value: column for column, cell in enumerate(ids, 1) if cell.value}
    assert [book["明细"].cell(row, ledger["rules.remark"]).value for row in (5, 6)] == ["说理式文书", "无"]
    assert [book["明细"].cell(row, ledger["rules.public"]).value for row in (5, 6)] == ["是", "否"]
    data = [row for row in book["数据"].iter_rows(values_only=True) if row[5] == "rules.grade"]
    assert [row[-1] for row in data] == ["良好", "良好"]
    assert not xltools.check([summary], parts=[home / "回收"], roster=home / "名录.csv").open_errors


@pytest.mark.parametrize("cell, value, codes", [
    ("B6", "对", {"cell-not-choice"}), ("B6", 1, {"cell-not-choice"}), ("B6", " 是 ", set()), ("B7", "优", {"cell-not-choice"}),
    ("B7", "一般", set()), ("B11", "无", set()), ("B11", "12", set()), ("B8", "9人", {"cell-unit-suffix"}), ("B7", "良\n好", set()),
])  # fmt: skip
def test_what_people_type_into_them(home, cell, value, codes):
    [file, *_] = sent(home, VALUES)
    book = openpyxl.load_workbook(file)
    book["二、制度"][cell].value = value
    book.save(file)
    found = [f for f in xltools.check([file]).collection.received[0].findings if f.cell == cell]
    assert {f.code for f in found} == codes
    if "cell-not-choice" in codes:
        assert "是" in found[0].remedy or "优秀" in found[0].remedy


def test_a_blank_choice_and_blank_words_are_blanks(home):
    [file, *_] = sent(home, VALUES | {"rules.public": None, "rules.remark": None})
    [found] = [f for f in xltools.check([file]).collection.received[0].findings if f.code == "cell-blank"]
    assert set(found.related) == {"rules.public", "rules.remark"}


def test_a_ratio_typed_over_is_held_against_the_right_one(home):
    [file, *_] = sent(home, VALUES)
    book = openpyxl.load_workbook(file)
    book["一、办案"]["D6"].value = 99
    book.save(file)
    [found] = [f for f in xltools.check([file]).collection.received[0].findings if f.code == "total-overwritten"]
    assert found.severity == "error" and "62.5" in found.message and "99" in found.message


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_reported_and_read_back(home, ending):
    [file, *_] = sent(home, VALUES)
    run("report", file, "-o", f"报告.{ending}")
    done = xltools.import_report(f"报告.{ending}", f"回_{ending}.xlsx", code="11", level="department")
    assert done.items[0].output, done.items[0].findings
    there = xltools.export(f"回_{ending}.xlsx").to_json()["values"]
    assert there == xltools.export(file).to_json()["values"]


def test_drawn_and_read_back(tmp_path):
    save(tmp_path / "law.toml", FORM)
    data = definition(tmp_path / "law.toml")
    again = traced(drawn(data, tmp_path))
    assert said(form_in(again)) == said(form_in(data))


@pytest.mark.parametrize("sheet, cell, value, words", [
    ("一、办案", "E7", 5, "不是同样两行（列）相除"), ("一、办案", "E7", "=C7/D7", "不是同样两行（列）相除"),
    ("一、办案", "E4", "比例", "没有“比例”这种类型"), ("二、制度", "A6", "grade 选择", "没有写明选项"),
    ("二、制度", "A6", "grade 选择 甲", "选项要有两个以上"), ("一、办案", "E4", "比率 % 9位小数", "小数 0 到 6 位"),
])  # fmt: skip
def test_slips_in_a_drawing_are_told_at_their_cell(tmp_path, sheet, cell, value, words):
    save(tmp_path / "law.toml", FORM)
    path = drawn(definition(tmp_path / "law.toml"), tmp_path)
    book = openpyxl.load_workbook(path)
    book[sheet][cell].value = value
    book.save(path)
    told = [f"{m.key}：{m.reason}" for m in xltools.check_forms(path).forms[0].mistakes]
    assert any(words in one and f"“{sheet}”" in one for one in told), told


WRONG = [
    ('of = ["done", "received"]', 'of = ["done", "receive"]', "receive"),
    ('of = ["done", "received"], ', "", "没有写明比率"),
    ('choices = ["是", "否"]', 'choices = ["是", "是"]', "不重复"),
    ('type = "words"', 'type = "words", summed = "sum"', "不在可用的值之内"),
    ('left = "rules.certified"', 'left = "rules.share"', "不能写进算式"),
    ('summed = "max"', 'summed = "mean"', "不在可用的值之内"),
    ('sum = ["penalty", "permit"]', 'sum = ["penalty", "nobody"]', "不在本表"),
    ('label = "执法人员数"', 'label = "执法人员数", choices = ["甲", "乙"]', "不写这一项"),
]


@pytest.mark.parametrize("old, new, words", WRONG)
def test_bad_types_are_refused(tmp_path, old, new, words):
    assert old in FORM
    save(tmp_path / "law.toml", FORM.replace(old, new))
    told = [str(m) for m in xltools.check_forms(tmp_path / "law.toml").forms[0].mistakes]
    assert any(words in one for one in told), told


def test_a_ratio_over_nothing_is_blank_though_blanks_are_declared_zero(home):
    with shelved(home, "执法"):
        empty = Filing(load_form("law"), Agency("1", "甲", "county"), 2025)
    assert all(figure is None for figure in empty.values.values())
    assert replace(empty, declared_zero=frozenset({"cases"})).values["cases.total.rate"] is None


def test_a_ratio_over_nothing_shows_nothing(home):
    [file, *_] = sent(home, VALUES)
    xltools.fill(blanks(home)[0], {"values": VALUES, "declared_zero": ["cases", "rules"]}, file, force=True)
    assert openpyxl.load_workbook(file, data_only=True)["一、办案"]["D7"].value in (None, "")
    assert not xltools.check([file]).open_errors
