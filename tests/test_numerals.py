"""Numbers in Chinese texts: whatever way a number is written, it is read back; what is none is none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xltools.numerals import plain, read_number

DIGITS = "零一二三四五六七八九"


def chinese(number):
    """A number in Chinese numerals, as it is spoken in full."""
    for size, sign in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            rest = number % size
            gap = "零" if rest and rest < size // 10 else ""
            return chinese(number // size) + sign + gap + (chinese(rest) if rest else "")
    return below_ten_thousand(number) or "零"


def below_ten_thousand(number):
    words, gap = "", False
    for step, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, step)
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + sign
            gap = False
        else:
            gap = True
    return words


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if c in "0123456789,." else c for c in text)


@given(st.integers(0, 10**12 - 1))
def test_chinese_numerals_are_read_back(number):
    assert read_number(chinese(number)) == (number, 0)


@given(st.integers(0, 10**12))
def test_digits_with_and_without_separators_are_read_back(number):
    assert read_number(f"{number}") == read_number(f"{number:,}") == (number, 0)


@given(st.integers(0, 10**12))
def test_full_width_digits_are_read_back(number):
    assert read_number(plain(full_width(str(number)))) == (number, 0)


@given(st.integers(0, 9999))
def test_digit_by_digit_with_a_nought(number):
    written = "".join("〇一二三四五六七八九"[int(d)] for d in str(number))
    expected = number if len(written) == 1 or "〇" in written[1:] else None
    assert read_number(written) == (None if expected is None else (expected, 0))


@given(st.decimals(0, 99999, places=4))
def test_ten_thousands_with_decimals(number):
    text = f"{number:f}".rstrip("0").rstrip(".") or "0"
    value, slack = read_number(f"{text}万")
    assert value == number * 10**4
    assert slack == Decimal(10**4).scaleb(-len(text.partition(".")[2]))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("两千零五十", 2050),
        ("一百二十三", 123),
        ("二十万", 200_000),
        ("3.5千", 3500),
    ],
)
def test_numbers_as_people_write_them(text, number):
    assert read_number(text)[0] == number


@pytest.mark.parametrize(
    "text", ["三五", "三五十", "十十", "一百五", "一万二", "百", "万", "1,11", "1,1111", "二三百", "", "一千百", "零零"]
)
def test_what_is_no_sure_number(text):
    assert read_number(text) is None


@given(st.text(alphabet="〇零一二两三四五六七八九十百千万亿0123456789,.", max_size=60))
def test_nothing_breaks_it(text):
    found = read_number(text)
    assert found is None or (found[0] >= 0 and found[1] >= 0)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("共 收到“１，２０５”件（含 ２件）", "共收到1，205件(含2件)"),
        ("收到5件,其中网上3件", "收到5件，其中网上3件"),
        ("收到1,205件,办结1,193件", "收到1,205件，办结1,193件"),
        ("12 34", "12 34"),
        ("二○二三 年", "二〇二三年"),
        (" \u3000\u00a0", ""),
    ],
)
def test_plain_text(text, made):
    assert plain(text) == made
