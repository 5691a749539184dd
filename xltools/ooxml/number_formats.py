"""Number formats: what the screen shows of a stored number.

A format is written in sections (positive;negative;zero;text) of placeholders (0 # ?), literals, grouping and scaling commas.
What cannot be worked out here (fractions, exponents, Chinese numerals) is said to be so: never taken for harmless.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from xltools.classes import dataclass
from xltools.dates import LAST_DAY, from_serial
from xltools.expressions import expression

GENERAL = "General"
_DAY, _TIME = "yyyy/m/d", "h:mm:ss"
_MONEY, _MONEY_2 = "¥#,##0;¥-#,##0", "¥#,##0.00;¥-#,##0.00"
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: _MONEY, 6: _MONEY, 7: _MONEY_2, 8: _MONEY_2,
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    **dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), _DAY),
    **dict.fromkeys((*range(18, 22), *range(32, 36), *range(45, 48), 55, 56), _TIME),
    37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', 42: '_ ¥* #,##0_ ;_ ¥* -#,##0_ ;_ ¥* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 44: '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
    48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""The formats that have a number and no code in a file, as the Chinese editions show them."""
UNKNOWN = "?/?"
"""A format that a file names and does not give: nothing can be said of it."""

_TOKEN = expression(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.?)|_.?|\*(?P<filler>.?)|\[(?P<bracket>[^\]]*)\]?|(?P<general>General|G/通用格式|Standard)'
    r"|(?P<exponent>[Ee][+-])|(?P<period>[AaPp上下]/?[AaPpMm午]*)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_COMPARE = {
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
}
_CONDITION = expression(r"(<=|>=|<>|<|>|=)\s*(-?[0-9.]+)\Z")
_LETTERS = frozenset("ymdhsegbYMDHSEGB")


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a format: its literals and placeholders in order, and what else it says."""

    pieces: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None = None
    dated: bool = False
    elapsed: bool = False
    strange: bool = False

    def has(self, kind: str) -> bool:
        return any(piece == kind for piece, _ in self.pieces)


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    """A format taken apart."""
    found: list[_Section] = []
    pieces: list[tuple[str, str]] = []
    condition, dated, elapsed, strange = None, False, False, False
    for token in (*_TOKEN.finditer(code), None):
        other = (token["other"] or "") if token else ";"
        if token is None or other == ";":
            found.append(_Section(tuple(pieces), condition, dated, elapsed, strange))
            pieces, condition, dated, elapsed, strange = [], None, False, False, False
        elif token["quoted"] is not None or token["escaped"] is not None:
            pieces.append(("text", token["quoted"] or token["escaped"] or ""))
        elif token["filler"] is not None:
            if token["filler"].strip():
                pieces.append(("filler", token["filler"]))
        elif (bracket := token["bracket"]) is not None:
            match = _CONDITION.match(bracket.strip())
            if match:
                condition = (match[1], Decimal(match[2]))
            elif bracket.startswith("$"):
                pieces.append(("text", bracket[1:].partition("-")[0]))
            else:
                elapsed = elapsed or bracket.lower().strip("hms") == ""
                dated = dated or elapsed
                strange = strange or bracket.lower().startswith(("dbnum", "natnum"))
        elif token["general"]:
            pieces.append(("general", ""))
        elif token["exponent"]:
            strange = True
        elif token["period"] is not None and len(token["period"]) > 1:
            dated = True
        elif token["period"] is not None:
            pieces.append(("text", token["period"]))
        elif other in ("0", "#", "?"):
            pieces.append(("digit", other))
        elif other in (".", ",", "%", "@"):
            pieces.append((other, other))
        elif other:
            dated = dated or other in _LETTERS
            pieces.append(("text", other))
    return tuple(found)


_COLOURS = ("black", "white", "red", "green", "blue", "yellow", "magenta", "cyan"), (
    "黑色", "白色", "红色", "绿色", "蓝色", "黄色", "洋红色", "蓝绿色"
)  # fmt: skip
_NUMBERED = expression(r"(?:color|颜色) ?([0-9]{1,2})\Z", re.IGNORECASE)


@lru_cache(maxsize=1024)
def colours_in(code: str) -> tuple[str, ...]:
    """The colours in which a format writes some numbers, as numbers of the old palette: [White]0 is white on any paper."""
    found = []
    for token in _TOKEN.finditer(code) if "[" in code else ():
        bracket = (token["bracket"] or "").strip().lower()
        named = next((names.index(bracket) + 8 for names in _COLOURS if bracket in names), None)
        if match := _NUMBERED.match(bracket):
            named = int(match[1]) + 7
        if named is not None:
            found.append(str(named))
    return tuple(found)


@lru_cache(maxsize=1024)
def is_date(code: str) -> bool:
    """Whether a format shows a number as a day or a time."""
    return any(section.dated for section in _sections(code))


@lru_cache(maxsize=1024)
def names_day(code: str) -> bool:
    """Whether a format shows a number as the day that it is, with nothing that could be taken for another day's.

    No digits of its own, no hours that have gone by, and no year followed by the day before the month.
    """
    [section, *_] = _sections(code)
    words = "".join(text for kind, text in section.pieces if kind == "text")
    first = {letter: at for at, letter in reversed(list(enumerate(words.lower())))}
    turned = "y" in first and first["y"] < first.get("d", -1) < first.get("m", -1)
    placeholders = any(kind in ("digit", "general") for kind, _ in section.pieces)
    return section.dated and not (section.elapsed or turned or placeholders or any(c.isdigit() for c in words))


def shown(value: Decimal, code: str) -> str | None:
    """What the screen shows of a number under a format, in a column wide enough; None where it cannot be worked out here."""
    sections = _sections(code) if code else _sections(GENERAL)
    section, signed = _section_of(value, sections)
    if section is None:
        return "####"
    if section.strange or (value < 0 and section.condition) or section.has("filler"):
        return None
    if section.dated:
        return _as_date(value, section.elapsed)
    if not section.pieces:
        return "" if len(sections) > 1 else f"{value.normalize():f}"
    minus = "-" if value < 0 and not signed else ""
    if section.has("general") or section.has("@"):
        number = f"{abs(value).normalize():f}"
        return minus + "".join(number if kind in ("general", "@") else text for kind, text in section.pieces)
    if section.has("digit") and ("text", "/") in section.pieces:
        return None  # a fraction
    return minus + _filled(section.pieces, abs(value))


def as_code(value: Decimal, code: str) -> str | None:
    """What the screen shows of a whole number under a format that only puts zeros and letters round its digits: 001103, QH-06.

    None under any other, which would group, scale or cut them: whoever wants a code then wants the number as it is.
    """
    section, _ = _section_of(value, _sections(code))
    if section is None or section.strange or section.dated or value < 0 or value != int(value):
        return None
    kinds = {kind for kind, _ in section.pieces}
    if not kinds & {"digit", "general", "@"} or kinds - {"digit", "general", "@", "text"}:
        return None
    words = shown(value, code)
    return words.strip() if words else None


def _section_of(value: Decimal, sections: Sequence[_Section]) -> tuple[_Section | None, bool]:
    """The section for a number, None where no condition holds; and whether it says itself that the number is negative."""
    numeric = sections[:3]
    if any(s.condition for s in numeric):
        for section in numeric:
            if section.condition is None or _COMPARE[section.condition[0]](value, section.condition[1]):
                return section, True
        return None, True
    if value < 0 and len(numeric) > 1:
        return numeric[1], True
    if value == 0 and len(numeric) > 2:
        return numeric[2], True
    return numeric[0], False


def _as_date(value: Decimal, elapsed: bool) -> str:
    if elapsed:
        hours, minutes = divmod(round(value * 24 * 60), 60)
        return f"{hours}:{minutes:02}"
    if value < 0 or value >= LAST_DAY:
        return "####"
    return from_serial(float(value)) if value >= 1 else f"{timedelta(days=float(value))}"


def _filled(pieces: Sequence[tuple[str, str]], value: Decimal) -> str:
    """The placeholders filled with the digits of a number that has no sign."""
    kinds = [kind for kind, _ in pieces]
    point = kinds.index(".") if "." in kinds else len(kinds)
    places = [n for n, kind in enumerate(kinds) if kind == "digit"]
    whole, part = [n for n in places if n < point], [n for n in places if n > point]
    first, last = (whole[0], whole[-1]) if whole else (point, -1)
    commas = [n for n, kind in enumerate(kinds) if kind == ","]
    scale = sum(1 for n in commas if (n > last and n < point) or n > (part[-1] if part else point)) if places else 0
    grouping = any(first < n < last for n in commas)
    value = value.scaleb(2 * kinds.count("%")).scaleb(-3 * scale)
    digits, _, decimals = f"{value.quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP):f}".partition(".")
    digits = digits.lstrip("0")
    out: list[str] = []
    left = len(whole)
    for n, (kind, text) in enumerate(pieces):
        if kind == "digit" and n < point:
            have = len(digits) - left  # the digits to the left of this place
            piece = digits[0 if left == len(whole) else have : have + 1] if have >= 0 else ""
            piece = piece or {"0": "0", "?": " "}.get(text, "")
            out.append(_grouped(piece, left) if grouping else piece)
            left -= 1
        elif kind == "digit":
            digit = decimals[part.index(n)]
            rest = decimals[part.index(n) :].strip("0")
            out.append(digit if rest or text == "0" else " " if text == "?" else "")
        elif kind == ".":
            out.append(text if whole else f"{digits}.")
        elif kind != ",":
            out.append(text)
    return "".join(out)


def _grouped(piece: str, left: int) -> str:
    """The digits that one placeholder shows, ``left`` digits from the end on, with commas between thousands."""
    return "".join(d + ("," if (left + len(piece) - 2 - n) % 3 == 0 and left + len(piece) - 2 - n and d.isdigit() else "")
                   for n, d in enumerate(piece))  # fmt: skip


def shown_text(text: str, code: str) -> str:
    """What the screen shows of a text under a format: the section for texts, or the text as it is."""
    sections = _sections(code)
    section = sections[3] if len(sections) > 3 else next((s for s in sections if s.has("@")), None)
    if section is None:
        return text
    return "".join(
        text if kind == "@" else piece * (_FILLED if kind == "filler" else 1) for kind, piece in section.pieces
    )


_FILLED = 3
"""So often a sign that fills the rest of a cell is shown at least, as far as words are compared."""
