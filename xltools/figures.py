"""Exact figures: counts are whole numbers, money is whole 分 (1 万元 = 1,000,000 分, 1 元 = 100).

A figure is an ``int`` in its type's smallest unit. Only a figure that breaks its type (half an application, a tenth of
a 分) is a ``Fraction`` of that unit: it is reported, yet still added up exactly. ``None`` is a blank, which is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

FieldType = Literal["count", "signed", "money", "yuan", "ratio", "choice", "words"]
"""What a figure is. A ratio is worked out of two others; a choice is one of a few words, kept as its place from the last, so that 是
is 1 and 否 is 0; words are no figure at all."""
Number = int | Fraction
Figure = Number | None

SCALE: dict[FieldType, int] = {
    "count": 1,
    "signed": 1,
    "money": 1_000_000,
    "yuan": 100,
    "ratio": 1_000_000,
    "choice": 1,
    "words": 1,
}
"""Smallest units in one printed unit: money is printed in 万元 or in 元, and kept in 分."""

NUMBERS: frozenset[FieldType] = frozenset(("count", "signed", "money", "yuan"))
"""The types whose figure is the number that is typed."""

PLACES: dict[FieldType, int] = {kind: len(str(scale)) - 1 for kind, scale in SCALE.items()}
"""Decimals that a printed figure may have; none for what is counted."""

UNITS: dict[FieldType, str] = {"money": "万元", "yuan": "元"}
"""The printed unit of a type that has one of its own."""

LIMITS: dict[FieldType, int] = {
    "count": 10**12,
    "signed": 10**12,
    "money": 10**8,
    "yuan": 10**12,
    "ratio": 10**12,
    "choice": 10**12,
    "words": 0,
}
"""A printed figure this large is a typing accident (an account number, say); below it a cell keeps every digit and 分."""


_PLACES = 800
"""Digits before and behind the point that a number of a cell, a double, never has as many of."""
_HUGE: int = 10**_PLACES


def bounded(value: Decimal | int) -> bool:
    """Whether it is a number of no more digits than can be reckoned with at once: ``1e-999999999`` is none."""
    if isinstance(value, int):
        return -_HUGE < value < _HUGE
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and bool(value.adjusted() < _PLACES and exponent > -_PLACES)


def exact(value: Decimal | int, kind: FieldType) -> Number:
    """The figure for a printed number: ``exact(Decimal("59237.2449"), "money")`` is 59237244900 分.

    ValueError where it is not ``bounded``.
    """
    if not bounded(value):
        raise ValueError(f"{str(value)[:40]} has too many digits")
    if value == (whole := int(value)):
        return whole * SCALE[kind]
    scaled = Fraction(value) * SCALE[kind]
    return scaled.numerator if scaled.denominator == 1 else scaled


def printed(figure: Number, kind: FieldType) -> Decimal:
    """The printed number of a figure, without trailing zeros; the inverse of ``exact``."""
    if isinstance(figure, int) and SCALE[kind] == 1:
        return Decimal(figure)
    value = Fraction(figure) / SCALE[kind]
    whole = Decimal(value.numerator)
    return whole if value.denominator == 1 else (whole / Decimal(value.denominator)).normalize()


def stored(figure: Number, kind: FieldType) -> float | int:
    """A figure as the number a cell stores."""
    if SCALE[kind] == 1 and isinstance(figure, int):
        return figure
    value = printed(figure, kind)
    return int(value) if value == value.to_integral_value() else float(value)


def show(figure: Figure, kind: FieldType) -> str:
    """A figure as a clerk reads it; a blank is 空白."""
    return "空白" if figure is None else f"{printed(figure, kind):f}"


def as_json(figure: Figure, kind: FieldType) -> int | float | None:
    """A figure as a JSON number.

    A float's shortest decimal is exact up to 15 digits: all that a spreadsheet cell can hold.
    """
    if figure is None:
        return None
    value = printed(figure, kind)
    return int(value) if value == value.to_integral_value() else float(value)


def total(figures: Iterable[Figure]) -> Figure:
    """The sum of figures as a total adds them: blanks are left out; over nothing but blanks it is blank."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def total_of_all(figures: Iterable[Figure]) -> Figure:
    """The sum of figures that must all be known; blank where one is."""
    known = list(figures)
    return None if None in known else sum(figure for figure in known if figure is not None)


def magnitude(number: Number) -> Number:
    """The figure without its sign."""
    return number if number >= 0 else -number


def rounded(number: Number, kind: FieldType) -> Number:
    """As Excel's ROUND(x, 6) of the printed number, halves away from zero: how both sides of a relation are compared."""
    if isinstance(number, int):
        return number
    step = Fraction(SCALE[kind], 10**6)
    steps = magnitude(number) / step
    whole = int(steps + Fraction(1, 2)) * step
    whole = whole if number >= 0 else -whole
    return whole.numerator if whole.denominator == 1 else whole


def quotient(numerator: Figure, denominator: Figure, factor: int, decimals: int) -> Figure:
    """A ratio, printed times ``factor`` with so many decimals, halves away from zero; none over nothing, or over 0.

    >>> printed(quotient(1, 8, 100, 1), "ratio")
    Decimal('12.5')
    """
    if numerator is None or not denominator:
        return None
    step = Fraction(1, 10**decimals)
    steps = Fraction(numerator) * factor / Fraction(denominator) / step
    whole = int(magnitude(steps) + Fraction(1, 2)) * (1 if steps >= 0 else -1)
    return int(whole * step * SCALE["ratio"])
