"""What a cell looks like, held against what it stores: a figure is read as stored, so it has to be what people see."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from xltools.figures import FieldType, exact
from xltools.ooxml.number_formats import GENERAL, shown, shown_text
from xltools.received.typed import read_text

_PLAIN = {GENERAL, "@"}
_DASHES = ("-", "–", "—")


@lru_cache(maxsize=8192)
def appearance(stored: str, code: str, kind: FieldType, text: bool = False) -> str | None:
    """What stands on the screen where a reader would not see what is stored; None where it is the same.

    Money may be rounded to two decimals or more; a negative number may stand in brackets, a zero be a dash, as in accounts.
    What cannot be worked out is named by its format.
    """
    if code in _PLAIN:
        return None
    if text:
        there = shown_text(stored, code)
        return None if there.strip() == stored.strip() else there
    value = Decimal(repr(float(stored)))
    seen_as = shown(value, code)
    if seen_as is None:
        return f"格式 {code}"
    seen = seen_as.strip()
    if value == 0 and seen in _DASHES:
        return None
    if value < 0 and seen[:1] == "(" and seen[-1:] == ")":
        seen = f"-{seen[1:-1]}"
    figure, read = exact(value, kind), read_text(seen, kind)
    if read.figure == figure:
        return None
    decimals = sum(c.isdigit() for c in seen.partition(".")[2])
    if read.code in ("cell-text-number", "cell-money-wan") and read.figure and decimals >= 2:
        rounded = exact(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP), kind)
        return None if read.figure == rounded else seen_as
    return seen_as
