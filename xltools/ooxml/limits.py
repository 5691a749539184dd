"""What Excel takes in a formula. LibreOffice takes more, so that only Excel itself would show the fault; here a formula is refused
when it is written.

Sources: Excel specifications and limits (formula 8,192 characters, 255 arguments, 64 levels); [MS-OI29500] 2.1.1085; a text within a
formula, and a formula of a data validation, 255 characters.
"""

from __future__ import annotations

from functools import lru_cache

from xltools.expressions import expression

LENGTH, ARGUMENTS, LEVELS, TEXT = 8192, 255, 64, 255
VALIDATION = 255
"""Characters of a formula that limits what may be typed."""

FUNCTIONS = frozenset({
    "ABS", "AND", "CHAR", "CLEAN", "COUNT", "COUNTA", "COUNTBLANK", "COUNTIF", "COUNTIFS", "DATE", "EXACT", "FIND", "IF", "IFERROR",
    "INDEX", "INT", "ISBLANK", "ISNUMBER", "LEFT", "LEN", "MAX", "MID", "MOD", "N", "NOT", "OR", "RIGHT", "ROUND",
    "SUBSTITUTE", "SUM", "SUMPRODUCT", "TEXT", "TRIM",
})  # fmt: skip
"""What our formulas may call: all of it in Excel 2007 and WPS, none that changes by itself, none that needs array entry."""

_TOKEN = expression(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|[A-Za-z_.][\w.]*(?=\()|[(){},;]""")


class BeyondExcel(ValueError):
    """A formula that Excel would not take: a fault of the program, not of whoever fills in the form."""


def guarded(formula: str, longest: int = LENGTH) -> str:
    """The formula (without its equals sign) itself; BeyondExcel where Excel would refuse it."""
    length, arguments, levels, text, called = measured(formula)
    for figure, limit, words in (
        (length, longest, "characters"), (arguments, ARGUMENTS, "arguments"), (levels, LEVELS, "levels"),
        (text, TEXT, "characters of text"),
    ):  # fmt: skip
        if figure > limit:
            raise BeyondExcel(f"{figure} {words}, Excel takes {limit}: {formula[:80]}…")
    if strange := called - FUNCTIONS:
        raise BeyondExcel(f"functions not known to be in every Excel: {sorted(strange)}: {formula[:80]}…")
    return formula


@lru_cache(maxsize=4096)
def measured(formula: str) -> tuple[int, int, int, int, frozenset[str]]:
    """Characters (the equals sign among them), most arguments of a call, levels, longest text, and functions called."""
    arguments = levels = text = 0
    called: set[str] = set()
    counts: list[int] = []
    for token in _TOKEN.findall(formula):
        if token[0] == '"':
            text = max(text, len(token[1:-1].replace('""', '"')))
        elif token[0] == "'":
            continue
        elif token in "({":
            counts.append(1)
            levels = max(levels, len(counts))
        elif token in ")}":
            arguments = max(arguments, counts.pop())
        elif token in ",;":
            counts[-1] += 1
        else:
            called.add(token)
    return len(formula) + 1, arguments, levels, text, frozenset(called)
