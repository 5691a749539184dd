"""What a return is of: a report year, or a named part of one (2026年上半年).

A report year is a number. A part of one is a number too, its year's, so that whatever only needs the year goes on as it is; but two
parts of one year are not equal, and neither is the year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from xltools.expressions import expression

_WRITTEN = expression(r"((?:19|20|21|22)\d{2})(?:年度?)?(.{0,20})")


_LAST, _THIS, _END = expression("上年(?!代码|对照)"), re.compile("本年度?"), "报告年度的最后一天"
"""Names of a roster's column and of a file stay."""


class PartOfYear(int):
    """A named part of a report year.

    >>> PartOfYear(2026, "上半年") == 2026, PartOfYear(2026, "上半年") + 1
    (False, 2027)
    """

    part: str

    def __new__(cls, year: int, part: str) -> PartOfYear:
        made = super().__new__(cls, year)
        made.part = part
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartOfYear) and int(self) == int(other) and self.part == other.part

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((int(self), self.part))

    def __str__(self) -> str:
        return f"{int(self)}年{self.part}"

    def __format__(self, how: str) -> str:
        return format(str(self), how)

    def __reduce__(self) -> tuple[Any, ...]:
        return PartOfYear, (int(self), self.part)


def period(words: str | int) -> int:
    """The period of its words, 2026 or 2026年上半年; ValueError where they are none.

    >>> period("2026年度"), period(" 2026年第一季度 ").part
    (2026, '第一季度')
    """
    if isinstance(words, int):
        return words
    match = _WRITTEN.fullmatch("".join(words.split()))
    if match is None:
        raise ValueError(words)
    return PartOfYear(int(match[1]), match[2]) if match[2] else int(match[1])


def part_of(year: int) -> str:
    """The name of a part of a year; "" for a year."""
    return year.part if isinstance(year, PartOfYear) else ""


def spoken(words: str, parts: Sequence[str]) -> str:
    """The house's own words on this year and the one before, as they are for a return that is filed for parts of a year; never to
    be asked of what a form prints or people wrote.

    >>> spoken("上年是 3，本年是 5；名录的“上年代码”", ["上半年", "下半年"])
    '上期是 3，本期是 5；名录的“上年代码”'
    """
    return _THIS.sub("本期", _LAST.sub("上期", words)).replace(_END, "报告期的最后一天") if parts else words


def tabled(year: int) -> int | str:
    """A period in a table of figures: a year is a number, a part of one its words, so that no column takes one for another.

    >>> tabled(2026), tabled(PartOfYear(2026, "上半年"))
    (2026, '2026年上半年')
    """
    return str(year) if part_of(year) else int(year)


def in_words(year: int) -> str:
    """A period in words: 2026 年度, 2026年上半年."""
    return str(year) if part_of(year) else f"{year} 年度"


def named(year: int) -> str:
    """A period before a title: 2026年, 2026年上半年."""
    return str(year) if part_of(year) else f"{year}年"


def before(year: int, parts: Sequence[str]) -> int:
    """The period before: the year before, or the part before it, of a year that has these parts.

    >>> str(before(PartOfYear(2026, "上半年"), ["上半年", "下半年"])), before(2026, [])
    ('2025年下半年', 2025)
    """
    if not part_of(year) or part_of(year) not in parts:
        return int(year) - 1
    at = parts.index(part_of(year))
    return PartOfYear(int(year) - (at == 0), parts[at - 1])


def months(parts: Sequence[str]) -> int:
    """How many months a part of a year has, whose parts share it."""
    return 12 // len(parts) if parts else 12


def last_day(year: int, parts: Sequence[str]) -> date:
    """The last day of a period.

    >>> last_day(PartOfYear(2026, "第一季度"), ["第一季度", "第二季度", "第三季度", "第四季度"])
    datetime.date(2026, 3, 31)
    """
    number = parts.index(part_of(year)) + 1 if part_of(year) in parts else len(parts) or 1
    month = months(parts) * number
    return date(int(year) + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def example_day(end: date) -> date:
    """A day on which a return may be signed, for the example beside the cell: half a month after its period."""
    return end + timedelta(15)


def plain_day(day: date) -> str:
    """A day as it is typed: 2027-1-15."""
    return f"{day.year}-{day.month}-{day.day}"
