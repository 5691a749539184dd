"""Times that a text names: which are the report year as a whole, which are another year, and which are only a part of one."""

from __future__ import annotations

import re
from functools import lru_cache

from xltools.expressions import expression
from xltools.numerals import CHINESE_DIGITS, read_number

_DIGIT = rf"(?:\d{{1,2}}|[{CHINESE_DIGITS}十]{{1,3}})"
_YEAR = rf"(?:\d{{4}}|[{CHINESE_DIGITS}]{{4}})"


def _pattern(n: int) -> str:
    """A time, any part of which may be missing; ``n`` makes its groups' names its own."""
    day = rf"(?P<d{n}>{_DIGIT})[日号]|(?P<e{n}>底|末|初|[上中下]旬)"
    return rf"(?:(?P<y{n}>{_YEAR})(?:年度?(?:年?(?P<q{n}>底|末|终|初))?|(?=全年|共|\Z)))?(?:(?P<m{n}>{_DIGIT})月份?(?:{day})?)?"


_JOIN = r"(?:起|开始|期间)?(?:至|到|-|—|–|~|─){1,2}"
_MONTHS = rf"(?:(?P<y0>{_YEAR})年度?)?(?P<m0>\d{{1,2}}){_JOIN}(?=\d{{1,2}}月){_pattern(2)}"  # 1-12月
_SPAN = rf"{_pattern(1)}(?:{_JOIN}(?=[\d{CHINESE_DIGITS}十]){_pattern(3)})?"
_TIME = expression(rf"(?:{_MONTHS}|{_SPAN})(?:以来)?")
_UNTIL = ("截至", "截止", "截至到", "截止到")

Point = tuple[int | None, int | None, int | None, str]
"""Year, month, day and 底, 末, 初 … of a time; what is not said is None."""


def read_time(text: str, at: int, year: int) -> tuple[str, int] | None:
    """The role of the time that a plain text names at a place, for a report year, and where it ends; None where there is none."""
    match = _TIME.match(text, at)
    if match is None or match.end() == at:
        return None
    role = _said(match[0], year, text[max(at - 3, 0) : at].endswith(_UNTIL))
    return (role, match.end()) if role else None


@lru_cache(maxsize=4096)
def _said(words: str, year: int, until: bool) -> str:
    """The role of a time, or nothing; ``until``: 截至 stands before it."""
    match = _TIME.match(words)
    if match is None:
        return ""
    months = match["m0"] is not None
    first, last = _point(match, "0" if months else "1"), _point(match, "2" if months else "3")
    if first[:2] == (None, None):
        return ""
    return _single(first, year, until) if last[:2] == (None, None) else _range(first, last, year)


def _point(match: re.Match[str], n: str) -> Point:
    year, month = _number(match[f"y{n}"]), _number(match[f"m{n}"])
    if n == "0":
        return year, month, None, ""
    return year, month, _number(match[f"d{n}"]), match[f"e{n}"] or match[f"q{n}"] or ""


def _number(digits: str | None) -> int | None:
    read = read_number(digits) if digits else None
    return int(read[0]) if read else None


def _role(said: int, year: int) -> str:
    return {-1: "@last", 0: "@this", 1: "@next"}.get(said - year, "@other")


def _begins(point: Point) -> bool:
    """Whether a time is the beginning of a year."""
    return point[1] in (None, 1) and point[2] in (None, 1) and point[3] in ("", "初")


def _ends(point: Point) -> bool:
    """Whether a time is the end of a year."""
    return point[1] in (None, 12) and point[2] in (None, 31) and point[3] in ("", "底", "末", "终")


def _single(point: Point, year: int, until: bool) -> str:
    """The role of one time: another year's, whatever its month, is another year."""
    said = point[0] or year
    if said > year and point[1] is not None:
        return "@other"  # 截至2024年1月15日; what is carried over goes to a year
    if said != year or (point[1] is None and point[3] != "初"):
        return _role(said, year)
    edge = point[2] is not None or point[3] != "" or until
    return "@this" if edge and (_ends(point) or (_begins(point) and point[2] == 1)) else "@other"


def _range(first: Point, last: Point, year: int) -> str:
    """The role of a span of time: a year as a whole, or neither this year nor another."""
    begin = first[0] or last[0] or year
    whole = begin == (last[0] or begin) and _begins(first) and _ends(last)
    return _role(begin, year) if whole else "@other"
