"""Rules of two forms are compared by what they say: another id makes no other rule, the same id not the same rule."""

import re
import tomllib

import pytest
from drawn import PACKAGE, definition, form_in
from followed import OLD
from making import relation

from xltools.editions import editions
from xltools.editions.differences import differences
from xltools.terms import LEVELS

MORE = """
[[relation]]
id = "s.first"
severity = "error"
left = "s.x.a"
right = "s.y.a"
holds = "left <= right"
basis = "理"
remedy = "核对"
[[relation]]
id = "s.second"
severity = "query"
left = "s.x.b"
right = "s.z.b + 2*s.y.c"
holds = "left >= right"
when = "s.z.b > 0"
basis = "理"
remedy = "核对"
[[relation]]
id = "s.each.{column}"
each.column = "*"
severity = "note"
left = "s.y.{column}"
right = "s.z.{column}"
holds = "left <= right"
text = "地不多于人"
basis = "理"
remedy = "核对"
"""
FORM = OLD + MORE


def told(old, new):
    return [(d.kind, d.what, d.words) for d in differences(form_in(tomllib.loads(old)), form_in(tomllib.loads(new)))]


def rules(old, new):
    return [(kind, words) for kind, what, words in told(old, new) if what == "勾稽关系" or kind in ("改级别", "改处理")]


def ids_changed(text, **ids):
    """A definition whose rows have other ids."""
    for old, new in ids.items():
        text = re.sub(rf'(?<=id = "){old}(?=")|(?<=s\.){old}(?=[.{{])|(?<="){old}(?=")', new, text)
    return text


OTHER_IDS = {
    "a row": ids_changed(FORM, x="r1"),
    "rows": ids_changed(FORM, x="r1", y="r2", z="r3"),
    "rows and rules": ids_changed(FORM, x="r1", y="r2").replace('"s.first"', '"s.rule9"').replace('"s.second"', '"s.rule10"'),
    "rules alone": FORM.replace('"s.first"', '"s.rule9"').replace("s.each.{column}", "s.{column}.every"),
    "rules that have each other's": FORM.replace('"s.first"', '"s.kept"').replace('"s.second"', '"s.first"')
    .replace('"s.kept"', '"s.second"'),
    "rows that have each other's": ids_changed(ids_changed(ids_changed(FORM, x="kept"), y="x"), kept="y"),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHER_IDS)
def test_forms_that_differ_in_ids_alone_have_the_same_rules(what):
    for one, other in ((FORM, OTHER_IDS[what]), (OTHER_IDS[what], FORM)):
        assert [found for found in rules(one, other) if found[0] != "改编号"] == []


def test_another_id_is_told_once_with_both():
    assert rules(FORM, FORM.replace('"s.first"', '"s.rule9"')) == [("改编号", "甲：天≤地（s.first → s.rule9）")]


CHANGED = {
    "graver by another id": (
        FORM.replace('id = "s.first"\nseverity = "error"', 'id = "s.new"\nseverity = "note"'), ["改编号", "改级别"]),
    "other figures": (FORM.replace('right = "s.y.a"', 'right = "s.z.a"'), ["改内容"]),
    "another operator": (FORM.replace('"left >= right"', '"left > right"'), ["改内容"]),
    "another condition": (FORM.replace('"s.z.b > 0"', '"s.z.b > 1"'), ["改内容"]),
    "another remedy": (
        FORM.replace('remedy = "核对"\n[[relation]]\nid = "s.second"', 'remedy = "改"\n[[relation]]\nid = "s.second"'), ["改处理"]),
    "one gone": (FORM[: FORM.index('[[relation]]\nid = "s.first"')] + FORM[FORM.index('[[relation]]\nid = "s.second"') :], ["取消"]),
    "another figure and id": (
        FORM.replace('id = "s.first"', 'id = "s.new"').replace('right = "s.y.a"', 'right = "s.z.a"'), ["新增", "取消"]),
    "nothing": (FORM, []),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGED)
def test_what_says_something_else_is_still_told(what):
    text, kinds = CHANGED[what]
    assert [kind for kind, _ in rules(FORM, text)] == kinds


@pytest.mark.parametrize("edition", editions())
def test_an_edition_with_other_ids_for_its_rules_is_the_same(edition):
    data = definition(PACKAGE / f"{edition}.toml")
    other = {**data, "relation": [{**d, "id": f"{d['id']}.new"} for d in data["relation"]]}
    assert {d.kind for d in differences(form_in(data), form_in(other))} == {"改编号"}


# ── what changed is said with what it was and what it is ─────────────────────

CARRIED = '[[last.carried]]\nfield = "s.in.{column}"\neach.column = "*"\nfrom = "s.out.{column}"\n'
TELLING = (
    OLD.replace('{ id = "out", label = "转出" },', """{ id = "out", label = "转出" },
    { id = "ask", label = "办没办", type = "choice", choices = ["是", "否"] },
    { id = "rate", label = "比", type = "ratio", unit = "%", decimals = 1, of = ["x", "y"] },
    { id = "top", label = "最多", type = "money", summed = "max" },""")
    + relation("s.x.a", "s.y.a", "left >= right", "s.own", when="s.z.a > 0", text="天不少于地", levels=["county"],
               years={"from": 2030, "to": 2032}, with_last={"right": "last.s.x.a"})
    + relation("s.x.b", "ceiling", "left <= right", "s.limit", ceiling=dict.fromkeys(LEVELS, 5))
)  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('["是", "否"]', '["否", "是"]', "办没办：选择（是、否） → 选择（否、是）"),
        ('["是", "否"]', '["是", "否", "无"]', "办没办：选择（是、否） → 选择（是、否、无）"),
        ("decimals = 1", "decimals = 2", "比：比率（天/地，%，1 位小数） → 比率（天/地，%，2 位小数）"),
        ('unit = "%", ', "", "比：比率（天/地，%，1 位小数） → 比率（天/地，1 位小数）"),
        ('of = ["x", "y"]', 'of = ["y", "x"]', "比：比率（天/地，%，1 位小数） → 比率（地/天，%，1 位小数）"),
        (', summed = "max"', "", "最多：金额（万元）（汇总取最大） → 金额（万元）"),
        ('type = "money", summed', 'type = "signed", summed', "最多：金额（万元）（汇总取最大） → 可为负的件数（汇总取最大）"),
        ('when = "s.z.a > 0"', 'when = "s.z.a > 1"', "天不少于地（甲：如果人＞0，那么天≥地 → 甲：如果人＞1，那么天≥地，知道"),
        ('when = "s.z.a > 0"\n', "", "天不少于地（甲：如果人＞0，那么天≥地 → 甲：天≥地，知道上年数时："),
        ('holds = "left >= right"', 'holds = "left > right"', "天不少于地（甲：如果人＞0，那么天≥地 → 甲：如果人＞0，那么天＞地"),
        ('levels = ["county"]', 'levels = ["city"]', f"天不少于地（层级：{LEVELS['county']} → {LEVELS['city']}）"),
        ('levels = ["county"]\n', "", f"天不少于地（层级：{LEVELS['county']} → 各级）"),
        ("to = 2032", "to = 2033", "天不少于地（年度：2030—2032 → 2030—2033）"),
        ('right = "last.s.x.a" }', 'right = "last.s.y.a" }', "那么甲≥上年的“甲” → 甲：如果人＞0，那么天≥上年的“地”"),
        ('text = "天不少于地"', 'text = "地不多于天"', "天不少于地 → 地不多于天"),
        ("county = 5", "county = 6", f"{LEVELS['county']}=5"),
        ('from = "s.out.{column}"', 'from = "s.z.{column}"', "转入，甲：“转出，甲” → “人，甲”"),
        (CARRIED, "", "转入，甲：“转出，甲” → 不结转"),
        ('sum = "s.x.sum + s.y.sum"', 'sum = "s.x.sum"', "“天地”由“天，合计＋地，合计”改为“天，合计”"),
        (', { label = "总", sum = "s.all.sum" }', "", "图：不再有“总”"),
        ('title = "图"', 'title = "另一张图"', "取消图：图"),
        ('basis = "文1"\n', 'basis = "文1"\nreport.agency = "{agency}公布。"\n', "报告开头（单位）：（空） → {agency}公布。"),
    ],
)  # fmt: skip
def test_a_change_is_told_with_both_its_ends(old, new, line):
    assert TELLING.count(old) >= 1
    changes = differences(form_in(tomllib.loads(TELLING)), form_in(tomllib.loads(TELLING.replace(old, new))))
    assert any(line in change.line for change in changes)
