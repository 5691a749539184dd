"""Rules of two forms are compared by what they say: another id makes no other rule, the same id not the same rule."""

import re
import tomllib

import pytest
from drawn import PACKAGE, definition, form_in
from followed import OLD

from xltools.editions import editions
from xltools.editions.differences import differences

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
