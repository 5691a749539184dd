"""The rules at their edges: the last figure, letter or day that passes, and the first that does not."""

from dataclasses import replace

import pytest
from making import filing, told

from xltools.editions import load_form
from xltools.figures import SCALE
from xltools.form.layout import PARAGRAPH_LIMIT
from xltools.received.typed import read_text
from xltools.rules.jump import Jump
from xltools.rules.signoff import Signoff

FORM = load_form("2021")


def saying(text, figures=None, **more):
    return filing(figures, texts={**filing().texts, "overview": (text,)}, **more)


# ── texts ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("length", "long"), [(PARAGRAPH_LIMIT - 1, False), (PARAGRAPH_LIMIT, False), (PARAGRAPH_LIMIT + 1, True)]
)
def test_a_paragraph_is_as_long_as_the_tallest_row(length, long):
    found = [f for f in told(saying("好" * length)) if f.code == "text-too-long"]
    assert [(f.cell, f.detail["count"], f.detail["limit"]) for f in found] == (
        [("A5", length, PARAGRAPH_LIMIT)] if long else []
    )


@pytest.mark.parametrize(
    ("table", "fits"),
    [
        ("2.3", True),
        ("2.25", True),
        ("2.2499", False),
        ("2.3999", True),
        ("2.4", False),
        ("2.35", True),
        ("2.2", False),
    ],
)
def test_an_amount_in_the_text_may_be_rounded_or_cut_off(table, fits):
    figures = {"disclosure.fees.amount": int(float(table) * 10_000) * SCALE["money"] // 10_000}
    found = [f for f in told(saying("行政事业性收费2.3万元。", figures)) if f.code == "text-differs"]
    assert (not found) == fits


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("截至2022年底，公开3条。", "截至2022年底"), ("截至2024年底，公开3条。", ""), ("与截至2022年底相比，多3条。", ""),
        ("同截至2022年底的一样。", ""), ("截至2022年底公开3条，2023年公开4条。", ""), ("截至2023年底，公开3条。", ""),
        ("2023年1月1日至2023年12月31日。", ""), ("2023年1月1日至12月31日。", ""),
        ("2022年1月1日至12月31日。", "2022年1月1日至12月31日"),
        ("2022年1月1日至2023年12月31日。", "2022年1月1日至2023年12月31日"), ("2022年，我局公开3条。", "2022年"),
        ("（一）2022年度，我局公开3条。", "（一）2022年度"), ("2021年，我局公开3条。", ""), ("2022年我局公开3条。", "2022年"),
    ],
)  # fmt: skip
def test_which_years_cannot_be_meant(text, wrong):
    found = [f.detail["quote"] for f in told(saying(text)) if f.rule == "text.year"]
    assert found == ([wrong] if wrong else [])


# ── last year ────────────────────────────────────────────────────────────────

[JUMP] = FORM.rules_of(Jump)


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize(
    ("small", "large", "jumps"),
    [
        (0, JUMP.least - 1, False),
        (0, JUMP.least, True),
        (100, 100 * JUMP.times, False),
        (100, 100 * JUMP.times + 1, True),
    ],
)
def test_a_jump_begins_where_both_thresholds_are_passed(way, small, large, jumps):
    field = "disputes.review.upheld"
    last, now = (small, large) if way == "up" else (large, small)
    said = filing({field: now}, last={f.id: 0 for f in FORM.inputs} | {field: last})
    found = [f for f in told(said) if f.code == "last-jump"]
    assert [(f.rule, f.actual, f.expected) for f in found] == ([(f"jump.{field}", now, last)] if jumps else [])


def test_rules_defined_badly_say_what_is_wrong():
    assert list(JUMP.unfit()) == [] and [key for key, _ in replace(JUMP, id="jump").unfit()] == ["id"]
    [signoff] = FORM.rules_of(Signoff)
    assert list(signoff.unfit()) == []
    assert [key for key, _ in replace(signoff, names=("compiler", "boss")).unfit()] == ["names"]
    assert [key for key, _ in replace(signoff, date="day").unfit()] == ["names"]


# ── sign-off ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("typed", ["2023-12-30", "1月15日"])
def test_a_wrong_date_is_told_with_the_year_that_is_asked(typed):
    [found] = [f for f in told(filing(signoff={**filing().signoff, "date": typed})) if f.code == "signoff-date"]
    assert "不是 2023 年 12 月 31 日" in found.message and "2024-1-15" in found.remedy and typed in found.message


def test_an_explanation_of_the_sign_off_is_of_these_names_and_this_date():
    [signoff] = FORM.rules_of(Signoff)
    one, other = filing(), filing(signoff={**filing().signoff, "head": "赵六"})
    assert list(signoff.read(one)) == list(filing().signoff.items()) != list(signoff.read(other))


# ── cells ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("typed", ["/", "／", "＊", "*", "－", "—", "—— ", " 无", "、", "＼"])
def test_signs_for_nothing_in_either_width(typed):
    assert read_text(typed, "count").placeholder


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("money", "251千元", "，换算后是 25.1（万元）"), ("money", "约240万元", "，换算后是 240（万元）"),
        ("count", "约3", "，例如 3"),
        ("count", "1.2万", "，换算后是 12000"), ("count", "3千", "，换算后是 3000"), ("signed", "(11)", "，例如 -11"),
        ("money", "人民币2亿", "，换算后是 20000（万元）"), ("money", "约3", "，例如 3"),
    ],
)  # fmt: skip
def test_the_remedy_says_whether_it_converted(kind, typed, words):
    assert read_text(typed, kind).suggestion == words


@pytest.mark.parametrize(
    ("typed", "right"), [("约5十万", "50"), ("约5百亿", "5000000"), ("约5千万", "5000"), ("约5万", "5")]
)
def test_a_multiple_of_two_signs_is_yuan_by_its_last(typed, right):
    assert f" {right}（万元）" in read_text(typed, "money").suggestion
