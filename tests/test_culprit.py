"""The one likely culprit: mistakes people make, each undone by one change that clears every failure; and where none is named."""

import tomllib

import pytest
from drawn import form_in
from making import BUREAU, SMALL, filing, form_of, relation, told
from test_prove import TABLE

from xltools.editions import load_form
from xltools.form.model import Filing
from xltools.rules.culprit import Culprit


def likely(figures, **more):
    """Where the likely culprit is seen, the fields that change, what is said."""
    found = [f for f in told(filing(figures, **more)) if f.code == "likely-culprit"]
    return [(f.field, f.related, f.detail["change"]) for f in found]


def requests(**columns):
    """Figures of part three by column: rows and figures, a row's id with its last points as underscores."""
    return {f"requests.{row}.{column}": n for column, rows in columns.items() for row, n in rows.items()}


# ── each kind of mistake ─────────────────────────────────────────────────────


@pytest.mark.parametrize(("right", "typed"), [(23, 32), (123, 132), (123, 213), (4071, 4701), (1002, 1020)])
def test_two_digits_the_wrong_way_round(right, typed):
    [(field, related, words)] = likely(requests(natural={"new": right + 12, "granted": 12, "partial": typed}))
    assert (field, related) == ("requests.partial.natural", ("requests.partial.natural",))
    assert words.startswith("（二）部分公开") and words.endswith(f"：{typed} 改为 {right}（相邻两位数字填颠倒）")


def test_a_digit_left_out_is_no_turning_round():
    assert likely(requests(natural={"new": 102, "granted": 12, "partial": 9})) == []


def test_a_turned_figure_keeps_its_sign_and_its_decimals():
    form = form_of(SMALL + relation("s.w.d", "s.x.a - s.y.a - s.y.b") + relation("s.z.m", "2*s.z.n", id="s.money"))
    [(field, words)] = culprits(form, {"s.y.a": 9, "s.y.b": 12, "s.w.d": -12})
    assert field == "s.w.d" and words.endswith("：-12 改为 -21（相邻两位数字填颠倒）")
    [(field, words)] = culprits(form, {"s.z.m": 1_240_000, "s.z.n": 710_000})
    assert field == "s.z.m" and words.endswith("：1.24 改为 1.42（相邻两位数字填颠倒）")


def culprits(form, figures):
    """The same of a form of one's own."""
    [rule] = load_form("2021").rules_of(Culprit)
    said = Filing(form, BUREAU, 2023, inputs=dict.fromkeys((f.id for f in form.inputs), 0) | figures)
    return [(f.field, f.detail["change"]) for f in rule.judge(said)]


def test_a_total_in_a_part_s_place():
    figures = requests(natural={"new": 20, "granted": 12, "partial": 8, "refused.petition": 20})
    [(field, related, words)] = likely(figures)
    assert (field, related) == ("requests.refused.petition.natural", ("requests.refused.petition.natural",))
    assert "20 恰好是其余各项之和" in words and "改为 0" in words


def test_what_equals_a_single_other_part_is_no_total():
    assert likely(requests(natural={"new": 20, "granted": 20, "refused.petition": 20})) == []


@pytest.mark.parametrize(("typed", "meant"), [("8000000", "800"), ("900000.5", "90.00005"), ("600000000", "60000")])
def test_yuan_where_ten_thousands_are_asked(typed, meant):
    [(field, related, words)] = likely({"disclosure.fees.amount": int(float(typed) * 1_000_000)})
    assert field == "disclosure.fees.amount" and related == (field,)
    assert words.endswith(f"：{typed} 像是元，改为 {meant}（万元）")


@pytest.mark.parametrize("figure", [601_000_000_000_000, 8_000_000_000_001])
def test_what_is_too_much_as_yuan_too_or_not_to_the_fen_is_no_yuan(figure):
    assert likely({"disclosure.fees.amount": figure}) == []


def test_two_neighbours_in_each_other_s_place():
    figures = requests(
        natural={"new": 9, "granted": 3, "partial": 4}, business={"new": 10, "granted": 5, "partial": 7}
    )  # fmt: skip
    [(field, related, words)] = likely(figures)
    assert (field, related) == ("requests.granted.natural", ("requests.granted.natural", "requests.granted.business"))
    assert "“自然人”的 3 与" in words and "的 5 填错了列，对调" in words


def test_fields_that_are_not_side_by_side_are_not_exchanged():
    figures = requests(
        natural={"new": 9, "granted": 3, "partial": 4}, research={"new": 10, "granted": 5, "partial": 7}
    )  # fmt: skip
    assert likely(figures) == []


def test_two_rows_in_each_other_s_place():
    rest = {"carried_in": 3, "partial": 4}
    figures = requests(
        natural={"new": 6, "granted": 8, "refused.petition": 1, **rest},
        business={"new": 1, "granted": 4, "refused.petition": 2, **rest},
    )
    [(field, related, words)] = likely(figures)
    changed = {"requests.new.natural", "requests.new.business", "requests.granted.natural", "requests.granted.business"}
    assert field.startswith("requests.new.") and changed <= set(related)
    assert words == "“一、本年新收政府信息公开申请数量”与“（一）予以公开”两行填颠倒了，对调"


def test_two_rows_that_differ_in_one_column_are_no_two_rows():
    assert likely(requests(natural={"new": 10, "carried_in": 1, "granted": 9})) == []


CHOICES = """
family = "甲"
title = "甲表"
years = { from = 2022 }
basis = "测试"
[[section]]
id = "s"
sheet = "一、办案"
title = "一、办案"
[[section.table]]
corner = "类别"
columns = [COLUMNS]
rows = [{ id = "x", label = "处罚" }, { id = "y", label = "许可" }, { id = "z", label = "检查"MORE }]
"""
N, M = '{ id = "n", label = "件数" }', '{ id = "m", label = "人数" }'
OPEN, SHARED, OTHER = (
    f'{{ id = "{id}", label = "{label}", type = "choice", choices = {words} }}'
    for id, label, words in (("a", "公示", ["是", "否"]), ("b", "共享", ["是", "否"]), ("c", "办结", ["已", "未"]))
)
FIVE = relation("s.x.n", "5", id="s.pinned")


def of_choices(columns, *relations, more=""):
    table = CHOICES.replace("COLUMNS", ", ".join(columns)).replace("MORE", more)
    return form_in(tomllib.loads(f'id = "t"{table}{"".join(relations)}'))


@pytest.mark.parametrize(
    ("ask", "first", "second", "words"),
    [
        ("s.x.a = '是'", 0, 1, "“公示”的“否”与“共享”的“是”"),
        ("s.x.a = '否'", 1, 0, "“公示”的“是”与“共享”的“否”"),
        ("s.x.b = '是'", 1, 0, "“公示”的“是”与“共享”的“否”"),
        ("s.x.b != '是'", 0, 1, "“公示”的“否”与“共享”的“是”"),
        ("s.x.a != '否'", 0, 1, "“公示”的“否”与“共享”的“是”"),
    ],
)
def test_choices_in_each_other_s_place_are_named_by_their_words(ask, first, second, words):
    form = of_choices((N, OPEN, SHARED), relation("s.x.n", "0", ask, when="left > right"), FIVE)
    found = culprits(form, {"s.x.n": 5, "s.x.a": first, "s.x.b": second})
    assert found == [("s.x.a", f"处罚：{words}填错了列，对调")]


@pytest.mark.parametrize(
    "ask", ["s.x.a = '是'", "s.x.c = '未'", "s.x.a != '否'", "s.x.c != '已'", "s.x.a = '是' or s.x.c = '未'"]
)
def test_choices_of_other_words_are_not_in_each_other_s_place(ask):
    form = of_choices((N, OPEN, OTHER), relation("s.x.n", "0", ask, when="left > right"), FIVE)
    assert culprits(form, {"s.x.n": 5, "s.x.a": 0, "s.x.c": 1}) == []


@pytest.mark.parametrize(("chosen", "turned"), [(12, 21), (21, 12), (10, 1), (20, 2), (120, 102)])
def test_a_choice_s_place_has_no_digits_to_turn_round(chosen, turned):
    words = [f"第{n}项" for n in reversed(range(130))]
    many = f'{{ id = "g", label = "等次", type = "choice", choices = {words} }}'
    form = of_choices((N, many), relation("s.x.n", "0", f"s.x.g = '第{turned}项'", when="left > right"), FIVE)
    assert culprits(form, {"s.x.n": 5, "s.x.g": turned}) == culprits(form, {"s.x.n": 5, "s.x.g": chosen}) == []


@pytest.mark.parametrize("more", ['type = "choice", choices = ["甲", "乙"]', 'type = "money"', 'type = "signed"',
                                  'type = "money", unit = "元"', 'type = "choice", choices = ["是", "否", "无"]'])  # fmt: skip
def test_rows_of_unlike_figures_are_not_in_each_other_s_place(more):
    """One of them counts, the other does not; of two that count the same is said."""
    figures = {"s.x.n": 1, "s.x.m": 7, "s.y.n": 9, "s.y.m": 9, "s.z.n": 0, "s.z.m": 1}
    rule = relation("s.x.n", "0")
    assert [field for field, _ in culprits(of_choices((N, M), rule), figures)] == ["s.x.n"]
    assert culprits(of_choices((N, M), rule, more=f", {more}"), figures) == []


# ── where none is named ──────────────────────────────────────────────────────

TURNED = requests(natural={"new": 35, "granted": 12, "partial": 32})


def test_where_nothing_fails_none_is_named():
    assert likely({}) == [] and likely(requests(natural={"new": 35, "granted": 12, "partial": 23})) == []


def test_a_sum_has_no_single_culprit():
    assert likely(TURNED) and not likely(TURNED, kind="summary")


def test_one_change_must_clear_every_failure():
    assert likely(TURNED | requests(business={"new": 3})) == []


def test_a_change_that_breaks_another_rule_is_no_cure():
    """The digits of z.n could be turned round; but then the second relation, which holds, would fail."""
    form = form_of(SMALL + relation("s.x.a", "s.x.b") + relation("s.x.b", "s.y.b", id="s.other"))
    assert [field for field, _ in culprits(form, {"s.x.a": 21, "s.x.b": 12, "s.y.b": 12})] == ["s.x.a"]
    free = form_of(SMALL + relation("s.x.a", "s.x.b"))
    assert culprits(free, {"s.x.a": 21, "s.x.b": 12}) == []


def test_a_note_is_no_failure_to_be_cleared():
    form = form_of(SMALL + relation("s.x.a", "s.y.a + 1", severity="note") + relation("s.x.b", "25", id="s.other"))
    assert [field for field, _ in culprits(form, {"s.x.b": 52})] == ["s.x.b"]
    only = form_of(SMALL + relation("s.x.a", "25", severity="note"))
    assert culprits(only, {"s.x.a": 52}) == []


def test_a_relation_that_lacks_a_figure_is_neither_failure_nor_hindrance():
    form = form_of(SMALL + relation("s.x.b", "25", id="s.other") + relation("s.x.b", "s.y.b"))
    assert [field for field, _ in culprits(form, {"s.x.b": 52, "s.y.b": None})] == ["s.x.b"]


# ── at the edges ─────────────────────────────────────────────────────────────


def test_of_two_cures_none_is_named():
    """Either figure could be turned round, but for what else must hold."""
    rule = relation("s.x.a", "s.w.d")
    assert culprits(form_of(SMALL + rule), {"s.x.a": 21, "s.w.d": 12}) == []
    pinned = form_of(SMALL + rule + relation("s.w.d", "12", id="s.pinned"))
    assert [field for field, _ in culprits(pinned, {"s.x.a": 21, "s.w.d": 12})] == ["s.x.a"]


@pytest.mark.parametrize(
    ("typed", "meant"), [(1_200_000, 12), (12_300_000, 123), (10_400_000, 104), (5_000_000, 50), (70_000, 7)]
)
def test_a_point_elsewhere_is_no_turning_round(typed, meant):
    form = form_of(SMALL + relation("s.z.m", str(meant)))
    assert culprits(form, {"s.z.m": meant * 1_000_000}) == culprits(form, {"s.z.m": typed}) == []


@pytest.mark.parametrize("petition", [15, 20, 8])
def test_only_the_rest_of_its_own_column_can_be_the_sum(petition):
    """20 is the sum of the neighbouring column, 15 and 8 are none; without them the column would be right."""
    natural = {"new": 7, "granted": 3, "partial": 4, "refused.petition": petition}
    business = {"new": 20, "granted": 11, "partial": 9}
    assert likely(requests(natural=natural, business=business)) == []


def test_what_equals_the_only_other_part_is_no_total_even_where_that_one_is_certain():
    pinned = relation("s.t.a", "s.u.a") + relation("s.y.a", "20", id="s.pinned")
    figures = {"s.x.a": 20, "s.x.b": 20, "s.y.a": 20, "s.u.a": 20}
    assert culprits(form_of(TABLE + pinned), figures) == []


def test_one_typed_as_yuan_is_the_least():
    form = form_of(SMALL + relation("s.z.m", "s.z.n"))
    [(field, words)] = culprits(form, {"s.z.m": 1_000_000, "s.z.n": 100})
    assert field == "s.z.m" and words.endswith("：1 像是元，改为 0.0001（万元）")
    assert culprits(form, {"s.z.m": 990_000, "s.z.n": 99}) == []


def test_a_blank_neighbour_is_not_exchanged():
    """Then nothing could be judged any more, which is no cure."""
    form = form_of(SMALL + relation("s.x.a", "25"))
    assert culprits(form, {"s.x.a": 20, "s.x.b": None}) == []
    assert [field for field, _ in culprits(form, {"s.x.a": 20, "s.x.b": 25})] == ["s.x.a"]


def test_rows_that_differ_in_one_column_are_not_exchanged():
    form = form_of(SMALL + relation("s.x.a", "25"))
    assert culprits(form, {"s.x.a": 7, "s.y.a": 25}) == []
    assert len(culprits(form, {"s.x.a": 7, "s.y.a": 25, "s.x.b": 1})) == 1
