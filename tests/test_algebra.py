"""One relation, three readings: arithmetic (one filing or many at once), Excel formula, Chinese sentence."""

import operator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import SMALL, distinct, filing, form_of, relation, relations_at

from xltools.editions import load_form
from xltools.form.algebra import (
    difference_formula,
    holds_formula,
    parse_condition,
    parse_sum,
    pending_formula,
    ranges,
    sum_formula,
    total_formula,
)
from xltools.form.layout import layout_of
from xltools.form.model import Scope
from xltools.form.sums import Comparison, Sum
from xltools.rules.relation import Relation

OPERATORS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
SHEET = "一、小表"


def rule(left, right, holds="left = right", **more):
    """A relation of the small form."""
    return form_of(SMALL + relation(left, right, holds, **more)).rules_of(Relation)[0]


def values(**figures):
    """Figures of the small form, by the last two parts of their ids; 0 where nothing is said."""
    known = dict.fromkeys(("s.x.a", "s.x.b", "s.y.a", "s.y.b", "s.z.m", "s.z.n", "s.w.d"), 0)
    return known | {"s." + name.replace("_", "."): value for name, value in figures.items()}


# ── expressions ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "terms", "constant"),
    [
        ("a.b", ((1, "a.b"),), 0),
        ("a + b - c", ((1, "a"), (1, "b"), (-1, "c")), 0),
        ("-a+2*b", ((-1, "a"), (2, "b")), 0),
        ("20", (), 20),
        ("a - 3 + 5", ((1, "a"),), 2),
    ],
)
def test_sums_are_read_as_written(text, terms, constant):
    found = parse_sum(text)
    assert (found.terms, found.constant) == (terms, constant)


@pytest.mark.parametrize("text", ["", " ", "a b", "a +", "a * 2", "a ++ b", "(a)", "a + 1.5", "a, b"])
def test_what_is_no_sum_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_sum(text)


def test_and_binds_before_or():
    assert parse_condition("a = 0 and b != 0 or c >= 1") == (
        (("a", "=", "0"), ("b", "!=", "0")),
        (("c", ">=", "1"),),
    )


# ── arithmetic ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize(("a", "b"), [(1, 2), (2, 2), (3, 2)])
def test_every_comparison_judges(op, a, b):
    judged = rule("s.x.a", "s.y.a", f"left {op} right").weigh(values(x_a=a, y_a=b))
    assert (judged.holds, judged.left, judged.right) == (OPERATORS[op](a, b), a, b)


def test_totals_in_a_relation_are_their_input_fields():
    found = rule("s.x.sum - s.x.b", "s.y.sum")
    assert found.operands == ("s.x.a", "s.y.a", "s.y.b")
    assert found.anchors == ("s.x.sum", "s.x.b", "s.y.sum")
    assert found.weigh(values(x_a=7, x_b=99, y_a=3, y_b=4)).holds


def test_a_relation_with_a_figure_missing_is_not_judged():
    assert rule("s.x.sum", "s.y.a").weigh(values(x_b=None)) is None


def test_when_comes_before_holds():
    found = rule("s.x.a", "s.y.a", "left > right", when="s.w.d != 0")
    assert found.operands == ("s.x.a", "s.y.a", "s.w.d")
    assert found.weigh(values(w_d=0)).holds
    assert not found.weigh(values(w_d=-1)).holds
    assert found.weigh(values(w_d=-1, x_a=1)).holds


def test_one_alternative_is_enough():
    found = rule("s.x.a", "s.z.m", "left = 0 and right = 0 or left > 0 and right > 0")
    said = [found.weigh(values(x_a=a, z_m=m)).holds for a, m in [(0, 0), (1, 0), (0, 1), (2, 5)]]
    assert said == [True, False, False, True]


def test_every_spreads_a_condition():
    found = rule("s.x.a", "5", "s.{r}.b < left", every={"r": ["x", "y"]})
    assert found.weigh(values(x_a=3, x_b=2, y_b=2)).holds
    assert not found.weigh(values(x_a=3, x_b=2, y_b=3)).holds


def test_thresholds_and_levels():
    ceiling = {"township": 1, "department": 2, "county": 3, "city": 4, "province": 5, "state": 6}
    found = rule("s.z.m", "ceiling", "left <= right", ceiling=ceiling, levels=["county", "city"])
    assert found.at(Scope("township")) is None
    county = found.at(Scope("county"))
    assert county.weigh(values(z_m=3_000_000)).holds and not county.weigh(values(z_m=3_000_001)).holds
    assert county.weigh(values(z_m=0)).right == 3_000_000
    assert "本级上限 3" in county.text


exact_number = st.integers(-5, 5) | st.fractions(-5, 5, max_denominator=8)


def as_excel(number):
    """ROUND(x, 6) as Excel rounds."""
    away = (Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return Fraction(away)


@given(exact_number, exact_number, exact_number, st.sampled_from(sorted(OPERATORS)))
def test_halves_are_judged_exactly_and_as_the_formula_judges_them(a, b, c, op):
    judged = rule("s.x.a + s.x.b", "s.y.a", f"left {op} right").weigh(values(x_a=a, x_b=b, y_a=c))
    assert judged.holds == OPERATORS[op](as_excel(Fraction(a + b - c)), 0)


def test_a_difference_below_the_sixth_decimal_is_judged_as_the_formula_does():
    """校验 compares ROUND(left - right, 6) with 0, so the judgement may not round each side for itself."""
    figures = values(x_a=Fraction("1.0000004"), y_a=Fraction("1.0000006"))
    assert rule("s.x.a", "s.y.a").weigh(figures).holds


names = st.sampled_from("abcd")
terms = st.lists(st.tuples(st.integers(-3, 3), names), max_size=5, unique_by=lambda term: term[1]).map(tuple)
signed = st.builds(Sum, terms, st.integers(-5, 5))
amount = st.one_of(st.integers(-(10**9), 10**9), exact_number)


@given(signed, signed, st.fixed_dictionaries(dict.fromkeys("abcd", amount)), st.sampled_from([1, 1_000_000]))
def test_the_difference_of_two_sums_is_what_is_left_of_both(one, other, figures, scale):
    assert one.less(other).of(figures, scale) == one.of(figures, scale) - other.of(figures, scale)


@pytest.mark.parametrize(
    ("left", "right"), [("a", "a"), ("a + b", "b + a"), ("a - b", "a - b"), ("2*a", "a + a"), ("a", "a + 1")]
)
def test_of_whole_columns_a_difference_of_nothing_is_a_column_too(left, right):
    columns = {name: np.array([1, 2, 3], dtype=np.int64) for name in "ab"}
    one, other = parse_sum(left), parse_sum(right)
    found = Comparison(one, "=", other).evaluate(columns)
    assert found.tolist() == [(one.of(columns) == other.of(columns)).all()] * 3


@pytest.mark.parametrize("edition", ["2019", "2021"])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_relation_fails_where_it_is_weighed_and_does_not_hold(edition, data):
    """With figures missing, and with fractions; a figure that is not there at all is missing."""
    form = load_form(edition)
    some = st.one_of(st.none(), st.integers(-3, 30), st.fractions(-3, 3, max_denominator=4))
    for found in relations_at(form, data.draw(st.sampled_from(["township", "city"]))):
        figures = dict.fromkeys(found.operands, data.draw(st.integers(0, 2)))
        figures |= {name: data.draw(some) for name in found.operands[:5]}
        if data.draw(st.booleans()):
            figures.pop(found.operands[-1])
        weighed = found.weigh(figures)
        assert found.fails(figures) == (weighed is not None and not weighed.holds), found.id


def test_what_is_no_figure_is_no_breach_that_is_passed_over():
    with pytest.raises(TypeError):
        rule("s.x.a", "s.y.a").fails(values(x_a="1"))


def test_money_is_compared_in_its_own_unit():
    judged = rule("s.z.m", "3", "left <= right").weigh(values(z_m=3_000_000))
    assert judged.holds and judged.right == 3_000_000
    assert not rule("s.z.m", "3", "left <= right").weigh(values(z_m=3_000_001)).holds


def test_a_total_over_nothing_is_blank_and_blanks_add_nothing():
    total = form_of(SMALL).fields["s.x.sum"]
    assert total.total(values(x_a=None, x_b=None)) is None
    assert total.total(values(x_a=None, x_b=4)) == 4
    assert total.total(values()) == 0


figures = st.integers(-9, 9)


@pytest.mark.parametrize("edition", ["2019", "2021"])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_many_filings_at_once_are_judged_as_one_by_one(edition, data):
    form = load_form(edition)
    for found in relations_at(form, data.draw(st.sampled_from(["township", "city"]))):
        columns = {n: data.draw(st.lists(figures, min_size=4, max_size=4)) for n in found.operands[:6]}
        rest = {n: [0, 0, 25, 0] for n in found.operands[6:]}
        table = {**columns, **rest}
        at_once = found.over({n: np.array(column, dtype=np.int64) for n, column in table.items()})[2]
        one_by_one = [found.weigh({n: column[k] for n, column in table.items()}).holds for k in range(4)]
        assert np.broadcast_to(at_once, 4).tolist() == one_by_one, found.id


balanced = st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 100)).filter(lambda t: sum(t[:2]) >= t[2])


@given(st.lists(balanced, min_size=1, max_size=5))
def test_a_sum_of_filings_that_keep_their_balances_keeps_them(rows):
    found = [
        filing({
            "requests.new.natural": new,
            "requests.carried_in.natural": came,
            "requests.granted.natural": done,
            "requests.carried_out.natural": new + came - done,
        }).values
        for new, came, done in rows
    ]  # fmt: skip
    added = {name: sum(values[name] for values in found) for name in found[0]}
    balance = next(r for r in load_form("2021").rules_of(Relation) if r.id == "requests.balance.natural")
    assert all(balance.weigh(values).holds for values in [*found, added])


# ── formulas ─────────────────────────────────────────────────────────────────

LAYOUT = layout_of(form_of(SMALL))
"""The small form stands at B6:C7 with sums in D, money at B9:C9, the signed figure at B11, its switch at B4."""


def test_cells_stand_where_these_tests_think():
    assert [LAYOUT.cell(f"s.{n}") for n in ("x.a", "y.b", "x.sum", "z.m", "w.d")] == ["B6", "C7", "D6", "B9", "B11"]
    assert LAYOUT.switch("s.x.a") == f"'{SHEET}'!$B$4"


def test_a_sum_is_written_over_ranges():
    whole = rule("s.x.sum + s.y.sum", "0").left
    assert sum_formula(whole, LAYOUT, SHEET) == "SUM($B$6:$C$7)"
    assert sum_formula(whole, LAYOUT, "校验") == f"SUM('{SHEET}'!$B$6:$C$7)"
    mixed = rule("s.x.a - s.y.b + 2*s.w.d - 3", "0").left
    assert sum_formula(mixed, LAYOUT, SHEET) == "SUM($B$6)-SUM($C$7)+2*SUM($B$11)-3"
    assert sum_formula(rule("s.x.a", "7").right, LAYOUT, SHEET) == "7"


def test_ranges_hold_just_the_cells_named():
    assert ranges(["s.x.a", "s.y.a", "s.x.b"], LAYOUT, SHEET) == ["$C$6", "$B$6:$B$7"]
    assert ranges(["s.y.b", "s.x.b", "s.y.a", "s.x.a"], LAYOUT, SHEET) == ["$B$6:$C$7"]


def test_a_difference_keeps_its_signs():
    found = rule("s.x.a", "s.y.a - s.y.b")
    assert difference_formula(found.left, found.right, LAYOUT, SHEET) == "ROUND(SUM($B$6)-(SUM($B$7)-SUM($C$7)),6)"


def test_the_formulas_of_conditions():
    found = rule("s.x.a", "s.z.m", "left = 0 and right = 0 or left > 0 and right > 0")
    assert holds_formula(found.when, found.holds, LAYOUT, SHEET) == (
        "OR(AND(ROUND(SUM($B$6)-0,6)=0,ROUND(SUM($B$9)-0,6)=0),AND(ROUND(SUM($B$6)-0,6)>0,ROUND(SUM($B$9)-0,6)>0))"
    )
    found = rule("s.x.a", "s.y.a", "left != right", when="s.w.d != 0")
    assert holds_formula(found.when, found.holds, LAYOUT, SHEET) == (
        "OR(ROUND(SUM($B$6)-SUM($B$7),6)<>0,NOT(ROUND(SUM($B$11)-0,6)<>0))"
    )


def test_pending_counts_numbers_and_declared_blanks():
    assert pending_formula(("s.x.a", "s.y.a"), LAYOUT, SHEET) == (
        f"COUNT($B$6:$B$7)+IF('{SHEET}'!$B$4=\"是\",COUNTBLANK($B$6:$B$7),0)<2"
    )


def test_the_formula_of_a_total():
    fields = form_of(SMALL).fields
    assert total_formula(fields["s.x.sum"], LAYOUT, SHEET) == (
        f'IF(AND(COUNT($B$6:$C$6)=0,\'{SHEET}\'!$B$4<>"是"),"",SUM($B$6:$C$6))'
    )


# ── sentences ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (("s.x.a", "s.y.a"), "甲数：天字＝地字"),
        (("s.x.a", "s.x.b", "left <= right"), "天字：甲数≤乙数"),
        (("s.x.a + s.x.b", "2*s.x.a", "left > right"), "天字：甲数＋乙数＞2×甲数"),
        (("s.x.sum", "s.y.sum"), "合计：天字＝地字"),
        (("s.x.a", "0", "left = 0 or left > 3"), "天字：甲数＝0，或者甲数＞3"),
    ],
)
def test_a_relation_is_said_in_chinese(found, words):
    assert rule(*found).text == words


def test_fields_that_share_no_row_or_column_are_said_in_full():
    text = rule("s.x.a", "s.y.b").text
    assert all(words in text for words in ("天字", "甲数", "地字", "乙数", "＝"))


def test_a_condition_is_said_before_what_follows():
    assert rule("s.x.a", "s.x.b", "left != right", when="s.x.b > 0").text == "天字：如果乙数＞0，那么甲数≠乙数"
    assert rule("s.x.a", "s.x.b", text="照原话").text == "照原话"


@pytest.mark.parametrize(
    ("left", "right", "more", "text"),
    [
        ("s.x.a", "0", {"when": "s.y.a > 0"}, "天字：如果地字，甲数＞0，那么甲数＝0"),
        ("s.x.a", "s.x.b", {"when": "s.y.b > 0"}, "天字：如果地字，乙数＞0，那么甲数＝乙数"),
        ("s.x.a", "s.x.b", {"holds": "s.y.a > 0"}, "天字：地字，甲数＞0"),
        ("s.x.a", "s.y.a", {"when": "s.x.b > 0"}, "甲数：如果天字，乙数＞0，那么天字＝地字"),
        ("s.x.a", "s.y.a", {"when": "s.x.b > s.y.a"}, "甲数：如果天字，乙数＞地字，那么天字＝地字"),
        ("s.x.a", "last.s.x.a", {"when": "last.s.y.a > 0"}, "天字：如果上年的“地字，甲数”＞0，那么甲数＝上年的“甲数”"),
        ("s.x.sum", "0", {"when": "s.y.sum + s.x.a > 0"}, "天字：如果地字，合计＋甲数＞0，那么合计＝0"),
    ],
)
def test_a_figure_of_another_row_or_column_than_the_head_s_says_which(left, right, more, text):
    assert rule(left, right, **{"holds": "left = right", **more}).text == text


SHEETS = SMALL.replace(
    "[signoff]",
    """[[section]]
id = "u"
sheet = "二、另表"
title = "二、另表"
[[section.table]]
columns = [{ id = "a", label = "甲数" }, { id = "b", label = "丁数" }]
rows = [{ id = "x", label = "天字" }, { id = "y", label = "地字" }]
[[section.table]]
heading = "其中"
columns = [{ id = "e", label = "甲数" }, { id = "g", label = "办没办", type = "choice", choices = ["是", "否"] }]
rows = [{ id = "x2", label = "天字" }]
[signoff]""",
)


@pytest.mark.parametrize(
    ("left", "right", "more", "text"),
    [
        ("s.x.a", "u.x.a", {}, "天字：“一、小表”的甲数＝“二、另表”的甲数"),
        ("s.x.a", "0", {"when": "u.x.a > 0"}, "天字：如果“二、另表”的甲数＞0，那么“一、小表”的甲数＝0"),
        ("s.x.a", "s.y.a", {"when": "u.x.a > 0"}, "甲数：如果“二、另表”的天字＞0，那么“一、小表”的天字＝地字"),
        ("u.x.a", "u.x2.e", {}, "天字：“二、另表”的天字，甲数＝“其中”的天字，甲数"),
        ("s.x.a", "u.x.a + u.x2.e", {}, "天字：“一、小表”的甲数＝“二、另表”的天字，甲数＋“其中”的天字，甲数"),
        ("s.x.a", "last.u.x.a", {}, "天字：“一、小表”的甲数＝上年“二、另表”的甲数"),
        ("s.x.a", "u.x.b", {"when": "u.x2.g = '是'"}, "天字：如果办没办选“是”，那么甲数＝丁数"),
        ("s.x.a", "last.s.x.a", {}, "天字：甲数＝上年的“甲数”"),
    ],
)
def test_no_two_figures_are_called_alike_in_a_sentence(left, right, more, text):
    [found] = form_of(SHEETS + relation(left, right, **more)).rules_of(Relation)
    assert found.text == text


def test_the_sentences_of_the_notices():
    said = {r.id: r.text for edition in ("2019", "2021") for r in load_form(edition).rules_of(Relation)}
    assert said["requests.balance.business"] == (
        "法人或其他组织·商业企业：一、本年新收政府信息公开申请数量＋二、上年结转政府信息公开申请数量"
        "＝（七）总计＋四、结转下年度继续办理"
    )
    assert said["disclosure.penalty.misread"] == (
        "行政处罚：如果本年增/减≠0，那么处理决定数量≠上一年项目数量＋本年增/减"
    )
    assert not [text for text in said.values() if "{" in text or "disclosure" in text]


def test_distinct_figures_are_told_apart():
    """What a relation shows are its own figures: with all different, the two sides of a balance are what they are."""
    form = load_form("2021")
    said = filing(distinct(form)).values
    judged = next(r for r in form.rules_of(Relation) if r.id == "requests.balance.research").weigh(said)
    assert judged.left == said["requests.new.research"] + said["requests.carried_in.research"]
    assert judged.right == said["requests.total.research"] + said["requests.carried_out.research"]
