"""What people type into a cell, and how it is read: never a silent guess, every reading beyond a plain number has its code."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from xltools.figures import LIMITS, SCALE, FieldType, Figure, Number, exact, magnitude, show
from xltools.workbook.sheets import Cell


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell read: the figure (None where there is none), the text where it holds text, a code where that needs saying."""

    figure: Figure = None
    typed: str | None = None
    code: str | None = None
    suggestion: str = ""

    @property
    def placeholder(self) -> bool:
        """Whether it is a sign for nothing, or white space: to be taken as a blank."""
        return self.code == "cell-placeholder" or (self.typed is not None and not self.typed.strip())


_PLACEHOLDERS = {"/", "\\", "-", "--", "—", "——", "–", "－", "无", "無", "／", "、", "*"}
_PLAIN = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?\Z")
_UNITS = re.compile(r"(.+?)(?:件|項|项|条|條|份|个|個|次|宗|起|户|人)\Z")
_DIRECTION = re.compile(r"(增加|减少|減少|新增|增|减|減)(\d+)(?:件|項|项|个|個)?\Z")
_MONEY = re.compile(r"(.+?)(万元|萬元|万|萬|亿元|億元|元|圆)\Z")
_WAN = {"万元", "萬元", "万", "萬"}
_YI = {"亿元", "億元"}
_DATE = re.compile(r"((?:19|20|21)\d{2})[年./-](\d{1,2})[月./-](\d{1,2})日?\Z")
_SOLE_NUMBER = re.compile(r"\d+(?:\.\d+)?")


_SURELY_PROPER = 8
"""A whole number of fewer digits can stand in a field of any type."""


def read_cell(cell: Cell, kind: FieldType) -> Reading:
    """Reads an input cell of a field's type."""
    if cell.blank:
        return Reading()
    if cell.kind == "error":
        return Reading(None, cell.value, "cell-error-value")
    if cell.kind == "boolean":
        return Reading(None, "TRUE" if cell.value == "1" else "FALSE", "cell-not-number")
    if cell.kind == "number":
        digits = cell.value
        if cell.formula is None and len(digits) < _SURELY_PROPER and digits.isascii() and digits.isdigit():
            return Reading(int(digits) * SCALE[kind])
        value = cell.number
        if value is None:
            # A formula that no program has worked out yet stands for no figure, least of all for 0.
            return Reading(None, cell.value or f"={cell.formula}", "cell-not-number")
        figure = exact(value, kind)
        code = improper(figure, kind)
        if cell.formula is not None and code is None:
            return Reading(figure, None, "cell-formula")
        return Reading(figure, None, code)
    if not cell.value:
        return Reading(None, "", "cell-formula")  # a formula that shows nothing: a blank, and told
    return read_text(cell.value, kind)


def read_text(typed: str, kind: FieldType) -> Reading:
    """Reads text that stands where a number belongs."""
    text = _squeezed(typed)
    if not text:
        return Reading(None, typed)
    if text in _PLACEHOLDERS or typed.strip() in _PLACEHOLDERS:
        return Reading(None, typed, "cell-placeholder")
    figure = _plain_number(text, kind)
    if figure is not None:
        return Reading(figure, typed, improper(figure, kind) or "cell-text-number")
    if kind == "money" and (match := _MONEY.match(text)):
        figure = _plain_number(match[1], kind)
        if figure is not None and match[2] in _WAN:
            return Reading(figure, typed, improper(figure, kind) or "cell-money-wan")
        if figure is not None and match[2] in _YI:
            return Reading(None, typed, "cell-not-number", f"，例如 {show(figure * 10000, kind)}（万元）")
        if figure is not None:
            return Reading(None, typed, "cell-money-yuan", show(_ten_thousandth(figure), kind))
    if kind != "money" and (match := _UNITS.match(text)):
        figure = _plain_number(match[1], kind)
        if figure is not None:
            return Reading(figure, typed, improper(figure, kind) or "cell-unit-suffix")
    if kind == "signed" and (match := _DIRECTION.match(text)):
        figure = int(match[2]) * (-1 if match[1][0] in "减減" else 1)
        return Reading(figure, typed, improper(figure, kind) or "cell-direction")
    numbers = _SOLE_NUMBER.findall(text)
    return Reading(None, typed, "cell-not-number", f"，例如 {numbers[0]}" if len(numbers) == 1 else "")


def read_date(typed: str) -> str:
    """A date written in words as an ISO date, 2024年1月15日 and 2024.1.15 alike; what is no date stays as typed."""
    match = _DATE.match(_squeezed(typed))
    try:
        return date(*(int(part) for part in match.groups())).isoformat() if match else typed
    except ValueError:
        return typed


def improper(figure: Number, kind: FieldType) -> str | None:
    """The code for a number that a field of this type cannot have."""
    if magnitude(figure) >= exact(LIMITS[kind], kind):
        return "cell-too-large"
    if not isinstance(figure, int):
        return "cell-too-precise" if kind == "money" else "cell-fraction"
    return "cell-negative" if figure < 0 and kind != "signed" else None


def _ten_thousandth(figure: Number) -> Number:
    result = Fraction(figure) / 10000
    return result.numerator if result.denominator == 1 else result


_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {ord("−"): "-"}
"""Full-width forms as plain ones; no more than these: a footnote's ² or ① is no digit of the figure."""
_BETWEEN = re.compile(r"(?<=\d)\s+(?=\d)")


def _squeezed(typed: str) -> str:
    """Without white space of any kind, full-width forms as plain ones; figures on two lines stay two."""
    text = _BETWEEN.sub(_gap, typed.translate(_WIDE))
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Zs"))


def _gap(match: re.Match[str]) -> str:
    """Two figures on two lines, or in two columns pasted into one cell, are not one."""
    return "|" if "\t" in match[0] or match[0].splitlines() != [match[0]] else ""


def _plain_number(text: str, kind: FieldType) -> Number | None:
    if not _PLAIN.match(text) or len(text) > 40:
        return None
    try:
        return exact(Decimal(text.replace(",", "")), kind)
    except InvalidOperation:
        return None
