"""Numbers as Chinese texts write them, and a text made plain: one form of every digit, bracket and space."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from xltools.expressions import expression

CHINESE_DIGITS = "〇零一二两三四五六七八九"
_VALUES = dict(zip(CHINESE_DIGITS, (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_STEPS = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"亿": 10**8, "万": 10**4}
MULTIPLES = "百千万亿"

_PLAIN: dict[int, str | None] = {
    **{ord("！") + n: chr(ord("!") + n) for n in range(94)},
    ord("，"): "，",
    ord("○"): "〇",
    **dict.fromkeys(map(ord, "“”‘’「」『』《》〈〉\"'"), None),
}

_COMMA = expression(r"(?<!\d),|,(?!\d{3}(?!\d))")
"""A comma that separates no thousands."""

_ARABIC = expression(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?([百千万亿]{0,2})\Z")
_LONGEST = 40
_EXACT = Decimal(0)


def plain(text: str) -> str:
    """The text with half-width digits, letters and brackets, without quotation marks and spaces.

    A space between two digits stays: it may part two numbers. The full-width comma stays, and is never a thousands separator.
    """
    text = text.translate(_PLAIN)
    if "," in text:
        text = _COMMA.sub("，", text)
    words = text.split()
    if len(words) < 2:
        return words[0] if words else ""
    gaps = ("" if not (a[-1].isdigit() and b[0].isdigit()) else " " for a, b in pairwise(words))
    return words[0] + "".join(gap + word for gap, word in zip(gaps, words[1:], strict=True))


def named(text: str, words: Iterable[str]) -> list[str]:
    """Those of some words that stand in a text made plain. Of most texts not even all letters of one do: these are not made plain."""
    likely = [word for word in words if all(letter in text or letter in _MADE for letter in word)]
    plainly = plain(text) if likely else ""
    return [word for word in likely if word in plainly]


_MADE = frozenset(filter(None, _PLAIN.values()))
"""Letters that ``plain`` makes of others."""


def read_number(text: str) -> tuple[Decimal, Decimal] | None:
    """A number in plain text and how far it may be rounded: 1.2万 is 12000, give or take 1000; 1,113 is exact (0).

    Arabic digits with or without separators, 百 千 万 亿 after them, or Chinese numerals (一百二十三, 两, 一〇三). None for anything
    else: 三五 (three to five) is no number.
    """
    if len(text) > _LONGEST:
        return None
    if text.isdecimal():
        return Decimal(text), _EXACT
    if match := _ARABIC.match(text):
        whole, decimals, multiple = match[1].replace(",", ""), match[2] or "", match[3]
        factor = Decimal(1)
        for sign in multiple:
            factor *= _STEPS.get(sign) or _GROUPS[sign]
        value = Decimal(f"{whole}.{decimals or 0}") * factor
        exact = not multiple and not decimals
        return value, _EXACT if exact else factor.scaleb(-len(decimals))
    value_of = _chinese(text)
    return None if value_of is None else (Decimal(value_of), _EXACT)


def _chinese(text: str) -> int | None:
    if not text or not all(c in _VALUES or c in _STEPS or c in _GROUPS for c in text):
        return None
    if len(text) > 1 and all(c in _VALUES for c in text):  # 一〇三, digit by digit; 三五 is a range
        proper = text[0] not in "〇零" and any(c in "〇零" for c in text) and "两" not in text
        return int("".join(str(_VALUES[c]) for c in text)) if proper else None
    return 0 if text in ("〇", "零") else _spoken(text)


def _spoken(text: str) -> int | None:
    """一亿零一万二千; None where the rest is not where it must be: 一万二 is 12000 in speech, and not sure."""
    for sign, size in (("亿", 10**8), ("万", 10**4)):
        head, found, rest = text.partition(sign)
        if not found:
            continue
        many = _spoken(head) if head else None
        less = _spoken(rest.removeprefix("零")) if rest else 0
        if not many or less is None or (rest and (less < size // 10) != rest.startswith("零")):
            return None
        return many * size + less
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> int | None:
    """一千零五, 二百三十, 十二; None where the steps do not go down or a digit stands without one."""
    total, last, digit, gap = 0, 10**4, None, False
    for c in text:
        if c in "〇零":
            if digit is not None or gap or not total:
                return None
            gap = True
        elif c in _VALUES:
            if digit is not None:
                return None
            digit = _VALUES[c]
        else:
            step = _STEPS[c]
            if step >= last or (digit is None and (step != 10 or total)):
                return None
            total, last, digit, gap = total + (digit or 1) * step, step, None, False
    if digit is not None:
        if total and last > 10 and not gap:  # 一百五 is 150 in speech: not sure
            return None
        return total + digit
    return None if gap or not text else total
