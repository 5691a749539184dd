"""What people type into a cell, and how it is read: never a silent guess, every reading beyond a plain number has its code."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.figures import LIMITS, PLACES, SCALE, UNITS, FieldType, Figure, Number, exact, magnitude, show
from xltools.form.fields import Field
from xltools.ooxml.cells import Cell


@dataclass(frozen=True, slots=True)
class CellReading:
    """A cell read: the figure (None where there is none), the text where it holds text, a code where that needs saying."""

    figure: Figure = None
    typed: str | None = None
    code: str | None = None
    suggestion: str = ""
    """What to fill in instead, as the remedy says it: the right number, or nothing."""

    @property
    def placeholder(self) -> bool:
        """Whether it is a sign for nothing, or white space: to be taken as a blank."""
        return self.code == "cell-placeholder" or (self.typed is not None and not self.typed.strip())


_PLACEHOLDERS = {"/", "\\", "-", "--", "—", "——", "–", "－", "无", "無", "／", "、", "*"}
_PLAIN = expression(r"[+-]?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?\Z")
_UNITS = expression(r"(.+?)(?:件|項|项|条|條|份|个|個|次|宗|起|户|人)\Z")
_DIRECTION = expression(r"(增加|减少|減少|新增|增|减|減)([0-9]+)(?:件|項|项|个|個)?\Z")
_MONEY = expression(r"(.+?)(万元|萬元|万|萬|亿元|億元|元|圆)\Z")
_WAN = {"万元", "萬元", "万", "萬"}
_YI = {"亿元", "億元"}
_YEAR = r"((?:19|20|21)[0-9]{2})"
_DATE = expression(rf"{_YEAR}(?:[年./-]([0-9]{{1,2}})[月./-]([0-9]{{1,2}})日?|([0-9]{{2}})([0-9]{{2}}))\Z")
_TIME = expression(r"(?<=[0-9日])(?:T|\s+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?\s*\Z")
"""A time of day behind a date, as programs write it."""


_SURELY_PROPER = 8
"""A whole number of fewer digits can stand in a field of any type."""


def is_surely_proper(cell: Cell) -> bool:
    """Whether a cell holds nothing but some digits: a figure of any type."""
    return cell.kind == "number" and cell.formula is None and not cell.look and is_surely_digits(cell.value)


def is_surely_digits(stored: str) -> bool:
    """Whether a stored value is nothing but some digits."""
    return len(stored) < _SURELY_PROPER and stored.isascii() and stored.isdigit()


def read_cell(cell: Cell, kind: FieldType) -> CellReading:
    """Reads an input cell of a field's type."""
    if cell.blank:
        return CellReading()
    if cell.kind == "error":
        return CellReading(None, cell.value, "cell-error-value")
    if cell.look:
        return CellReading(None, cell.value, "cell-look")
    if cell.kind == "boolean":
        return CellReading(
            None, "FALSE" if cell.value.strip().lower() in ("0", "false", "") else "TRUE", "cell-not-number"
        )
    if cell.kind == "number":
        if is_surely_proper(cell):
            return CellReading(int(cell.value) * SCALE[kind])
        value = cell.number
        if value is None:
            # A formula that no program has worked out yet stands for no figure, least of all for 0.
            return CellReading(None, cell.value or f"={cell.formula}", "cell-not-number")
        figure = exact(value, kind)
        code = improper(figure, kind)
        if cell.formula is not None and code is None:
            return CellReading(figure, None, "cell-formula")
        return CellReading(figure, None, code)
    if not cell.value:
        return CellReading(None, "", "cell-formula")  # a formula that shows nothing: a blank, and told
    reading = read_text(cell.value, kind)
    if cell.formula is not None and reading.code == "cell-text-number":
        return replace(reading, code="cell-formula")
    return reading


def read_input(cell: Cell, item: Field, *, counted: bool = False) -> CellReading:
    """Reads an input cell of a field: short text as it stands, the word of a choice; ``counted``: how many chose so, in a 明细."""
    if item.type == "words":
        return CellReading(None, cell.text.strip() or None)
    if not item.choices or cell.blank or (counted and cell.kind == "number"):
        return read_cell(cell, item.type)
    chosen = item.chosen("".join(cell.text.split()))
    if chosen is None:
        return CellReading(None, cell.text, "cell-not-choice", "、".join(f"“{word}”" for word in item.choices))
    return CellReading(chosen)


def read_text(typed: str, kind: FieldType) -> CellReading:
    """Reads text that stands where a number belongs."""
    text, grouped = _squeezed(typed)
    if not any(_seen(c) for c in text):
        return CellReading(None, typed)
    if text in _PLACEHOLDERS or typed.strip() in _PLACEHOLDERS:
        return CellReading(None, typed, "cell-placeholder")
    reading = _number(text, typed, kind) or CellReading(None, typed, "cell-not-number", proposal(text, kind))
    if grouped and reading.code in ("cell-text-number", "cell-money-wan"):
        return replace(reading, code="cell-grouped")
    return reading


def _number(text: str, typed: str, kind: FieldType) -> CellReading | None:
    """A number, with a unit or a direction behind or before it; None for what is none."""
    figure = _plain_number(text, kind)
    if figure is not None:
        return CellReading(figure, typed, improper(figure, kind) or "cell-text-number")
    if kind == "money" and (match := _MONEY.match(text)):
        figure = _plain_number(match[1], kind)
        if figure is not None and match[2] in _WAN:
            return CellReading(figure, typed, improper(figure, kind) or "cell-money-wan")
        if figure is not None and match[2] not in _YI and improper(right := _ten_thousandth(figure), kind) is None:
            return CellReading(None, typed, "cell-money-yuan", show(right, kind))
    if kind == "yuan" and (match := _MONEY.match(text)):
        return _in_yuan(match, typed)
    if not PLACES[kind] and (match := _UNITS.match(text)):
        figure = _plain_number(match[1], kind)
        if figure is not None:
            return CellReading(figure, typed, improper(figure, kind) or "cell-unit-suffix")
    if kind == "signed" and (match := _DIRECTION.match(text)):
        figure = int(match[2]) * (-1 if match[1][0] in "减減" else 1)
        return CellReading(figure, typed, improper(figure, kind) or "cell-direction")
    return None


def _in_yuan(match: re.Match[str], typed: str) -> CellReading | None:
    """Money where 元 is asked: with another unit it is told what it is in 元."""
    figure = _plain_number(match[1], "yuan")
    if figure is None:
        return None
    if match[2] in ("元", "圆"):
        return CellReading(figure, typed, improper(figure, "yuan") or "cell-money-wan")
    right = figure * (10**8 if match[2] in _YI else 10**4)
    proper = isinstance(right, int) and improper(right, "yuan") is None
    return CellReading(None, typed, "cell-money-yuan", show(right, "yuan")) if proper else None


def unit_typed(typed: str) -> str:
    """The unit of money behind a number; "" for none."""
    match = _MONEY.match(_squeezed(typed)[0])
    return match[2] if match else ""


# ── what to fill in instead ──────────────────────────────────────────────────

_LESS = "负|負|减少|減少|减|減|下降|降低|▼|▽|↓|-"
_MORE = "增加|增长|增長|新增|增|上升|\\+"
_WRITTEN = expression(
    r"(?:大约|约|共计|总计|合计|共|计)?"
    rf"(?P<change>(?:[比较較](?:上年|去年|上年度)|同比)?净?(?:(?P<less>{_LESS})|(?P<more>{_MORE}))了?)?"
    r"(?P<currency>人民币|RMB|CNY|[¥￥])?"
    r"(?P<number>[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+|(?=\.))(?P<part>\.[0-9]+)?"
    r"(?P<times>[十百千]?[万萬亿億]?)"
    r"(?P<unit>元|圆|圓|件|項|项|条|條|份|个|個|次|宗|起|户|人)?整?(?P<trailing>-)?\Z"
)
_TIMES = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_YUAN = ("元", "圆", "圓")
_DASHES = str.maketrans(dict.fromkeys("–—‐‑‒―﹣", "-"))


def proposal(text: str, kind: FieldType) -> str:
    """The number that a writing means, for the remedy: of the right size, unit and sign, or none at all."""
    inside = text[1:-1] if text[:1] == "(" and text[-1:] == ")" else ""
    match = _WRITTEN.match((inside or text).translate(_DASHES))
    if match is None or len(text) > 40:
        return ""
    below = (bool(match["less"]), bool(match["trailing"]), bool(inside))
    if sum(below) + bool(match["more"]) > 1 or (kind != "signed" and (any(below) or match["change"])):
        return ""  # a change, or a sign, in a cell that takes neither: it says nothing about the right figure
    size = match["times"]
    times = _TIMES[size[:1]] * _TIMES[size[1:]]
    value = Fraction((match["number"] or "0").replace(",", "") + (match["part"] or "")) * times
    unit, converted = match["unit"] or "", times > 1
    if kind == "yuan":
        converted = converted or bool(size)
    elif kind == "money":
        in_yuan = unit in _YUAN or (not unit and (match["currency"] or size[-1:] in ("万", "萬", "亿", "億")))
        if (unit and unit not in _YUAN) or (size and not in_yuan):
            return ""
        value, converted = (value / 10_000 if in_yuan else value), bool(in_yuan)
    elif match["currency"] or unit in _YUAN:
        return ""
    value = -value if any(below) else value
    figure = value * SCALE[kind]
    if figure.denominator != 1 or improper(figure.numerator, kind):
        return ""
    words = show(figure.numerator, kind)
    unit = f"（{UNITS[kind]}）" if kind in UNITS else ""
    return f"，换算后是 {words}{unit}" if converted else f"，例如 {words}"


def read_date(typed: str) -> str:
    """A date written in words as an ISO date, 2024年1月15日 and 2024.1.15 alike; what is no date stays as typed."""
    match = _DATE.match(_squeezed(_TIME.sub("", typed.translate(_WIDE)))[0])
    try:
        return date(*(int(part) for part in match.groups() if part)).isoformat() if match else typed
    except ValueError:
        return typed


def improper(figure: Number, kind: FieldType) -> str | None:
    """The code for a number that a field of this type cannot have."""
    if magnitude(figure) >= exact(LIMITS[kind], kind):
        return "cell-too-large"
    if not isinstance(figure, int):
        return "cell-too-precise" if PLACES[kind] else "cell-fraction"
    return "cell-negative" if figure < 0 and kind != "signed" else None


def _ten_thousandth(figure: Number) -> Number:
    result = Fraction(figure) / 10000
    return result.numerator if result.denominator == 1 else result


_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {ord("−"): "-"}
"""Full-width forms as plain ones; no more than these: a footnote's ² or ① is no digit of the figure."""
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u200e\u202a\u202c\u202d\u2066\u2069"))
"""Signs that take no room and leave the digits in their order; those that turn the order round stay, and are no number."""
_RUN = expression(r"[0-9.,]+(?:\s+[0-9.,]+)+")
_GROUPS = expression(r"[1-9][0-9]{0,2}(?:([ \u00a0\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?\Z")


_LISTED = expression(r"[0-9]，[0-9]")
"""A Chinese comma between plain digits: it parts thousands, or one figure from the next. Between wide digits it is as wide as they
are, and typed as they were."""


def _squeezed(typed: str) -> tuple[str, bool]:
    """Without white space, full-width forms as plain ones; and whether digits stood apart in groups of three, or Chinese
    commas between them.

    Digits with any other gap between them are not one figure: the gap stays, as a bar.
    """
    text = typed.translate(_WIDE).translate(_UNSEEN).strip()
    grouped = _LISTED.search(typed) is not None

    def joined(run: re.Match[str]) -> str:
        nonlocal grouped
        groups = _GROUPS.match(run[0])
        grouped = grouped or groups is not None
        return "".join(run[0].split()) if groups else "|".join(run[0].split())

    return "".join(_RUN.sub(joined, text).split()), grouped


def _seen(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) != "Cf"


def _plain_number(text: str, kind: FieldType) -> Number | None:
    if not _PLAIN.match(text) or len(text) > 40:
        return None
    try:
        return exact(Decimal(text.replace(",", "")), kind)
    except InvalidOperation:
        return None
