"""A formula typed into a drawing is read to its end or not at all: sums, comparisons, the lines a rule is for; and what two forms
say differently, one kind at a time."""

import pytest
from making import SMALL, form_of, relation

from xltools.drawing.references import Puzzling, read_condition, read_lines, read_sum
from xltools.editions.differences import differences


@pytest.mark.parametrize(
    ("formula", "terms"),
    [
        ("=A1", [(1, 0, 0)]),
        ("=A1+B2", [(1, 0, 0), (1, 1, 1)]),
        ("=-A1", [(-1, 0, 0)]),
        ("=2*A1-B1", [(2, 0, 0), (-1, 0, 1)]),
        ("=A1-(B1-C1)", [(1, 0, 0), (-1, 0, 1), (1, 0, 2)]),
        ("=SUM(A1:B2,C1)", [(1, 0, 0), (1, 0, 2)]),
        ("=SUM(A1;B1)", [(1, 0, 0), (1, 0, 1)]),
        ("=$A$1", [(1, 0, 0)]),
    ],
)
def test_sums(formula, terms):
    assert [(term.factor, term.ref.top, term.ref.left) for term in read_sum(formula)] == terms


@pytest.mark.parametrize(
    "formula",
    [
        "=A1+", "=A1 B1", "=A1)", "=(A1", "=SUM(A1", "=SUM(A1,", "=1.5*A1", "=A1=B1", "=MAX(A1)", "=", "=A1+*B1", "=)A1", "=SUM A1",
        "=A1:B2)", "=A1,B1",
    ],
)  # fmt: skip
def test_sums_that_are_none(formula):
    with pytest.raises(Puzzling):
        read_sum(formula)


@pytest.mark.parametrize(
    ("formula", "ops"),
    [
        ("=A1=B1", [["="]]),
        ("=A1<>B1", [["!="]]),
        ("=A1+B1<=2*C1", [["<="]]),
        ("=AND(A1=B1,A1>0)", [["=", ">"]]),
        ("=OR(A1=B1;A1<1)", [["="], ["<"]]),
        ("=OR(AND(A1=1,B1=1),C1>=1)", [["=", "="], [">="]]),
    ],
)
def test_conditions(formula, ops):
    assert [[op for _, op, _ in every] for every in read_condition(formula)] == ops


@pytest.mark.parametrize(
    "formula",
    ["=A1", "=A1=B1=C1", "=A1=B1)", "=AND(A1=B1", "=OR(A1=B1,)", "=A1==B1", "=A1=", "=A1=B1 C1", "=AND(A1)", "=OR(AND(OR(A1=1)))"],
)  # fmt: skip
def test_conditions_that_are_none(formula):
    with pytest.raises(Puzzling):
        read_condition(formula)


@pytest.mark.parametrize(
    ("formula", "way", "lefts"), [("=COLUMNS(A1:C1)", "column", [0]), ("=ROWS(A1)+ROWS(A3:A4)", "row", [0, 0])]
)
def test_lines(formula, way, lefts):
    found, refs = read_lines(formula)
    assert found == way and [ref.left for ref in refs] == lefts


@pytest.mark.parametrize(
    "formula",
    ["=COLUMNS(A1)+ROWS(A1)", "=COLUMNS(A1) B1", "=COLUMNS(A1", "=COLUMNS()", "=A1", "=COLUMNS(A1)+", "=ROWS(A1)-ROWS(B1)"],
)  # fmt: skip
def test_lines_that_are_none(formula):
    with pytest.raises(Puzzling):
        read_lines(formula)


# ── what two forms say differently ───────────────────────────────────────────

RULE = relation("s.x.a", "s.y.a")


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (SMALL, SMALL, []),
        (SMALL, SMALL + RULE, [("新增", "勾稽关系")]),
        (SMALL + RULE, SMALL, [("取消", "勾稽关系")]),
        (SMALL + RULE, SMALL + RULE.replace('"error"', '"query"'), [("改级别", "")]),
        (SMALL, SMALL.replace('label = "天字"', 'label = "天号"'), [("改名", "行")]),
        (SMALL.replace(', { id = "y", label = "地字" }', ""), SMALL, [("新增", "行")]),
        (SMALL, SMALL.replace('sum = ["a", "b"]', 'sum = ["a"]'), [("改合计", "列")]),
        (SMALL.replace('sum = ["a", "b"]', 'sum = ["a"]'), SMALL, [("改合计", "列")]),
        (SMALL, SMALL.replace('label = "收入", type = "money"', 'label = "收入"'), [("改类型", "列")]),
        (SMALL, SMALL.replace('label = "甲数"', 'label = "甲数", type = "count"'), []),
        # only the id of a part is another: the total is what it was
        (SMALL, SMALL.replace('id = "b"', 'id = "c"').replace('["a", "b"]', '["a", "c"]'), [("改编号", "列")]),
    ],
)  # fmt: skip
def test_one_change_is_told_once(old, new, wanted):
    assert [(d.kind, d.what) for d in differences(form_of(old), form_of(new))] == wanted


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('["a", "b"]', '["a"]', "不再加“乙数”"),
        ('["a"]', '["a", "b"]', "加上“乙数”"),
        ('["b"]', '["a"]', "加上“甲数”，不再加“乙数”"),
    ],
)
def test_what_a_total_takes_in_is_told_by_name(before, after, words):
    old, new = (form_of(SMALL.replace('["a", "b"]', parts)) for parts in (before, after))
    [told] = differences(old, new)
    assert told.words.endswith(words)
