"""Choices in relations: asked in conditions, in a definition, in a drawing, on 校验; not of an area; what cannot be asked is told."""

import itertools
import tomllib
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from drawn import drawn, form_in, said, traced
from making import cell_of, relation, run_json, save
from office_checks import FAIL, PASS, PENDING, disagreements, rows_of

import xltools
from xltools.collection.check import check_file
from xltools.drawing.examine import examine
from xltools.drawing.trial import samples, tried
from xltools.editions import load_form
from xltools.editions.shelves import shelved
from xltools.errors import FormError
from xltools.form.model import Agency, Filing, Scope
from xltools.frames.forms import judge as judged_as_frame
from xltools.frames.framing import frame_of
from xltools.rules import judge
from xltools.rules.relation import Relation

FORM = """
id = "law"
family = "执法"
title = "行政执法情况统计表"
years = { from = 2026 }
basis = "某司〔2026〕1号"
[[section]]
id = "cases"
sheet = "一、办案"
title = "一、办案"
[[section.table]]
corner = "类别"
columns = [{ id = "n", label = "件数" }, { id = "open", label = "是否公示", type = "choice", choices = ["是", "否"] }]
rows = [{ id = "fine", label = "处罚" }, { id = "permit", label = "许可" }]
[[section.table]]
corner = "项目"
columns = [{ id = "", label = "情况" }]
rows = [
    { id = "site", label = "有没有网站", type = "choice", choices = ["有", "没有"] },
    { id = "grade", label = "等次", type = "choice", choices = ["优秀", "良好", "一般", "A", "a"] },
    { id = "visits", label = "访问量" }, { id = "posts", label = "发布数" },
    { id = "remark", label = "做法", type = "words" },
]
"""
BLANK = {"cases.fine.n": 0, "cases.permit.n": 0, "cases.fine.open": "否", "cases.permit.open": "否", "cases.site": "没有",
         "cases.grade": "一般", "cases.visits": 0, "cases.posts": 0}  # fmt: skip


def rule(left, right, holds, when="", id="cases.rule", **more):
    return relation(left, right, holds, id, **({"when": when} if when else {}), **more)


RULES = {
    "where it is so, more than none": (
        rule("cases.visits", "0", "left > right", 'cases.site = "有"'), "访问量：如果有没有网站选“有”，那么情况＞0",
        [({}, True), ({"cases.site": "有"}, False), ({"cases.site": "有", "cases.visits": 3}, True), ({"cases.visits": 3}, True)],
    ),
    "filled in only where it is so": (
        rule("cases.visits", "0", "left = right", "cases.site = “没有”"), "访问量：如果有没有网站选“没有”，那么情况＝0",
        [({}, True), ({"cases.visits": 1}, False), ({"cases.site": "有", "cases.visits": 1}, True)],
    ),
    "where it is not so": (
        rule("cases.posts", "10", "left >= right", "cases.grade != ‘一般’"), "发布数：如果等次不选“一般”，那么情况≥10",
        [({}, True), ({"cases.grade": "优秀"}, False), ({"cases.grade": "优秀", "cases.posts": 10}, True),
         ({"cases.grade": "a"}, False)],
    ),
    "what must be chosen": (
        rule("cases.visits", "0", "cases.site = '有'", "left > right"), "访问量：如果情况＞0，那么有没有网站选“有”",
        [({}, True), ({"cases.visits": 1}, False), ({"cases.site": "有", "cases.visits": 1}, True)],
    ),
    "one of two": (
        rule("cases.posts", "5", "cases.grade = '优秀' or cases.grade = '良好'", "left >= right"),
        "发布数：如果情况≥5，那么等次选“优秀”，或者等次选“良好”",
        [({}, True), ({"cases.posts": 5}, False), ({"cases.posts": 5, "cases.grade": "良好"}, True),
         ({"cases.posts": 5, "cases.grade": "A"}, False)],
    ),
    "two together": (
        rule("cases.visits", "cases.posts", "left >= right", "cases.site = '有' and cases.fine.open = '是'"),
        "如果有没有网站选“有”且处罚，是否公示选“是”，那么访问量≥发布数",
        [({"cases.posts": 1}, True), ({"cases.posts": 1, "cases.site": "有"}, True),
         ({"cases.posts": 1, "cases.site": "有", "cases.fine.open": "是"}, False)],
    ),
    "for each row its own": (
        rule("cases.{row}.n", "0", "left > right", "cases.{row}.open = '是'", "cases.{row}.shown", each={"row": ["fine", "permit"]}),
        "处罚：如果是否公示选“是”，那么件数＞0",
        [({}, True), ({"cases.fine.open": "是"}, False), ({"cases.permit.open": "是", "cases.permit.n": 2}, True)],
    ),
    "the word first": (
        rule("cases.visits", "0", "left > right", "'有' = cases.site"), "访问量：如果有没有网站选“有”，那么情况＞0",
        [({}, True), ({"cases.site": "有"}, False)],
    ),
    "a capital letter": (
        rule("cases.posts", "0", "left > right", "cases.grade = 'A'"), "发布数：如果等次选“A”，那么情况＞0",
        [({"cases.grade": "A"}, False), ({"cases.grade": "a"}, True), ({"cases.grade": "A", "cases.posts": 1}, True)],
    ),
}  # fmt: skip


def form_with(text):
    return form_in(tomllib.loads(FORM + text))


def filing(form, changed, **more):
    values = BLANK | changed
    figures = {n: form.fields[n].chosen(v) if isinstance(v, str) else v for n, v in values.items()}
    return Filing(form, Agency("1", "甲局", "county"), 2026, inputs=figures, **more)


def mine(form):
    return [r for r in form.rules if isinstance(r, Relation)]


@pytest.mark.parametrize("what", RULES)
def test_a_choice_is_asked_of_a_filing_in_words_that_say_so(what):
    text, words, cases = RULES[what]
    form = form_with(text)
    assert words in next(r.text for r in mine(form))
    for changed, right in cases:
        failed = [f for f in judge(filing(form, changed)) if f.code == "rule-failed"]
        assert bool(failed) is not right, (changed, [f.message for f in failed])


@pytest.mark.parametrize("what", RULES)
def test_it_is_drawn_and_read_back(what, tmp_path):
    data = tomllib.loads(FORM + RULES[what][0])
    path = drawn(data, tmp_path)
    found = examine(path)
    assert [str(m) for m in found.mistakes] == [] and said(form_in(traced(path))) == said(form_in(data))


@pytest.mark.parametrize("what", RULES)
def test_it_is_tried_on_figures_that_keep_it_and_break_it(what):
    form = form_with(RULES[what][0])
    assert all(one.holding and one.failing for one in tried(form))
    assert not [f for f in judge(filing(form, {}).__class__(form, Agency("1", "甲", "county"), 2026, inputs=samples(form)))
                if f.code == "rule-failed"]  # fmt: skip


@pytest.mark.parametrize("left_open", ["cases.site", "cases.grade", "cases.fine.open"])
@pytest.mark.parametrize("zero", [frozenset(), frozenset({"cases"})])
def test_a_choice_left_open_is_not_judged_whatever_blanks_are(left_open, zero):
    texts = [text for text, _, _ in RULES.values()]
    form = form_with("".join(text.replace('id = "cases', f'id = "cases.r{n}') for n, text in enumerate(texts)))
    said = filing(form, {left_open: None}, declared_zero=zero)
    asked = [r for r in mine(form) if left_open in r.operands]
    assert asked and all(r.weigh(said.figures) is None for r in asked)


def test_an_area_chooses_nothing():
    """Its figure is how many agencies said the first."""
    form = form_with(
        RULES["filled in only where it is so"][0]
        + rule("cases.posts", "cases.visits", "left <= right", id="cases.other")
    )
    for kind, rules in (("filing", ["cases.rule", "cases.other"]), ("summary", ["cases.other"])):
        assert [r.id for r in form.at(Scope("county", kind)) if isinstance(r, Relation)] == rules


WRONG = {
    "no such word": ("cases.site = '无'", "没有“无”这一项", "有、没有"),
    "larger": ("cases.site > '有'", "选择不分大小", "!="),
    "a number": ("cases.site = 1", "是比率、选择或者文字", "cases.site = '选项'"),
    "a sum": ("cases.site + cases.posts > 0", "是比率、选择或者文字", "'选项'"),
    "no choice": ("cases.posts = '有'", "不是选择", "不加引号"),
    "short words": ("cases.remark = '无'", "不是选择", "不加引号"),
    "nothing like it": ("cases.sit = '有'", "没有指标“cases.sit”", "cases.site"),
    "last year": ("last.cases.site = '有'", "上年选的不能作条件", "这一年"),
    "two choices": ("cases.site = cases.grade", "是比率、选择或者文字", "'选项'"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_asked_is_told_with_what_to_write(what):
    when, reason, remedy = WRONG[what]
    with pytest.raises(FormError) as refused:
        form_with(rule("cases.visits", "0", "left > right", when))
    assert reason in refused.value.reason and remedy in refused.value.remedy


DRAWN_WRONG = {
    "no such word": ("G", '={c}="无"', "没有“无”这一项"),
    "larger": ("G", '={c}>"有"', "选择不分大小"),
    "a number": ("G", "={c}=1", "选择"),
    "a side": ("C", "={c}", "选择"),
    "a word as a side": ("E", '="有"', "这里不能用"),
    "a product": ("C", "={n}*{n}", "两个格不能相乘"),
}
DRAWN_WRONG |= {
    f"an empty text, {column}{formula}": (column, formula, "不能与空的文字比")
    for column, *formulas in (
        ("G", '={n}<>""', '={n}=""', '={n}>" "', '={c}<>""', '="\u3000"={c}', '=AND({c}="有",{n}<>"")'),
        ("D", '={n}<>""'),
    )
    for formula in formulas
}


@pytest.mark.parametrize("what", DRAWN_WRONG)
def test_what_cannot_be_drawn_is_told_at_its_cell(what, tmp_path):
    column, formula, reason = DRAWN_WRONG[what]
    path = drawn(tomllib.loads(FORM + RULES["where it is so, more than none"][0]), tmp_path)
    book = openpyxl.load_workbook(path)
    at = {c.value: c.row for row in book["一、办案"].iter_rows() for c in row if c.value}
    cell = formula.format(c=f"'一、办案'!C{at['有没有网站']}", n=f"'一、办案'!C{at['访问量']}")
    book["勾稽"][f"{column}2"].value = cell
    book.save(path)
    told = [(m.key, m.reason) for m in examine(path).mistakes]
    assert any(key == f"“勾稽”{column}2" and reason in said for key, said in told), told


def test_full_width_signs_in_a_word_are_its_own(tmp_path):
    text = FORM.replace('"有", "没有"', '"有（自建）", "没有"') + rule(
        "cases.visits", "0", "left > right", "cases.site = '有（自建）'"
    )
    path = drawn(tomllib.loads(text), tmp_path)
    assert examine(path).mistakes == ()


def test_it_is_shown_as_a_definition_writes_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    (tmp_path / "格式").mkdir()
    (tmp_path / "xltools.toml").write_text("year = 2026\nfamily = '执法'\n", "utf-8")
    save(tmp_path / "格式" / "law.toml", FORM + RULES["one of two"][0])
    told = next(r for r in run_json("forms", "show", "law", "--json")["relations"] if r["id"] == "cases.rule")
    assert told["holds"] == "cases.grade = '优秀' or cases.grade = '良好'" and told["when"] == "cases.posts >= 5"


# ── 校验 and check say the same ──────────────────────────────────────────────


def typed(chance_values):
    """Combinations of what may stand in the cells of the choices, and figures beside them."""
    sites = ["有", "没有", None, "有 ", "无"]
    grades = ["优秀", "一般", "A", "a", None]
    return [dict(zip(("cases.site", "cases.grade", "cases.visits", "cases.posts", "cases.fine.open"), one, strict=True))
            for one in itertools.product(sites, grades, (0, 4), chance_values, ("是", None))]  # fmt: skip


@pytest.mark.office
def test_the_sheet_and_check_say_the_same_of_choices(tmp_path, office, monkeypatch):
    """All rules in one form, every combination typed into it, recalculated by LibreOffice: what is shown is what check says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    (tmp_path / "格式").mkdir()
    (tmp_path / "xltools.toml").write_text("year = 2026\nfamily = '执法'\n", "utf-8")
    texts = "".join(text.replace('id = "cases', f'id = "cases.r{n}') for n, (text, _, _) in enumerate(RULES.values()))
    save(tmp_path / "格式" / "law.toml", FORM + texts)
    cases = typed((0, 10))[::3]
    [blank] = xltools.blank(year=2026, name="甲局", code="1", level="county", output=tmp_path / "发").files
    form = xltools.read(blank).filing.form
    cells = {name: cell_of(form, name)[1] for name in BLANK}
    paths = []
    for number, case in enumerate(cases):
        book = openpyxl.load_workbook(blank)
        for name, value in {"cases.fine.n": number % 3, "cases.permit.n": 1, "cases.permit.open": "否", **case}.items():
            book["一、办案"][cells[name]].value = value
        paths.append(tmp_path / "填" / f"{number}.xlsx")
        paths[-1].parent.mkdir(exist_ok=True)
        book.save(paths[-1])
    again = office.recalculated(paths, tmp_path / "算")
    seen, told = set(), []
    with shelved(tmp_path, "执法"):
        for path in paths:
            shown = [row for row in rows_of(again[path]) if row.rule.startswith("cases.r")]
            told += disagreements(check_file(again[path]), shown)
            seen |= {(row.rule.removeprefix("cases.r")[:1], row.result) for row in shown}
    assert told == []
    assert {(str(n), result) for n in range(len(RULES)) for result in (PASS, FAIL, PENDING)} - {("6", PENDING)} <= seen


def test_a_frame_of_filings_is_judged_as_each_of_them(tmp_path, monkeypatch):
    """One that left it open though blanks are 0 there, and an area's sum, are not."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    (tmp_path / "格式").mkdir()
    save(tmp_path / "格式" / "law.toml", FORM + RULES["filled in only where it is so"][0])
    with shelved(tmp_path, "执法"):
        form = load_form("law")
        said = [filing(form, {"cases.visits": 3, "cases.site": site}, declared_zero=frozenset({"cases"}))
                for site in ("有", "没有", None)]  # fmt: skip
        said = [replace(one, agency=Agency(str(n), f"{n}局", "county")) for n, one in enumerate(said)]
        area = replace(said[1], agency=Agency("9", "县", "county"), kind="summary")
        told = judged_as_frame(frame_of([*said, area]))
        mine = told[told["rule"] == "cases.rule"]
        assert [None if h is pd.NA else bool(h) for h in mine["holds"]] == [True, False, None]
