"""Whether words say something, as Excel counts it: the judgement of ``terms.explains`` and ``terms.says_nothing``, in formulas."""

from __future__ import annotations

from xltools.terms import EMPTY_PHRASES, LEAST_SAID, PUNCTUATION, bare

KEPT = 12
"""Characters kept of an explanation without its stops: more than any empty phrase has, far from the 255 of ``COUNTIFS``."""


def bare_formula(cell: str) -> str:
    """The first characters of a cell's words, white space and stops left out."""
    text = cell
    for mark in PUNCTUATION:
        text = f"SUBSTITUTE({text},{_quoted(mark)},)"
    return f"LEFT({text},{KEPT})"


def bare_text(words: str) -> str:
    """What ``bare_formula`` shows for these words."""
    return bare(words)[:KEPT]


def _quoted(mark: str) -> str:
    """A character in a formula; those that a formula cannot hold, by their number."""
    return f"CHAR({ord(mark)})" if mark < " " else '"' + mark.replace('"', '""') + '"'


def explained_formula(results: str, failing: str, said: str) -> str:
    """How many results are ``failing`` while their explanation says something; ``said``: the range of ``bare_formula``."""
    counted = f'COUNTIFS({results},"{failing}",{said},"??*")'
    phrases = sorted(phrase for phrase in EMPTY_PHRASES if len(phrase) > 1)
    return counted + "".join(f'-COUNTIFS({results},"{failing}",{said},"{phrase}")' for phrase in phrases)


def paragraphs_formula(cells: str, *, none: bool) -> str:
    """How many cells of a text part say something; ``none``: 无 alone says something there.

    Short ones are counted by their length. The rest is for a 无 amid white space: the only part that needs its cells one by one.
    """
    least = 1 if none else LEAST_SAID
    short = "".join(f'-COUNTIF({cells},"{"?" * length}")' for length in range(1, least))
    solid = f"CLEAN({cells})"
    for space in (" ", "\u3000", "\u00a0"):
        solid = f'SUBSTITUTE({solid},"{space}","")'
    padded = f"SUMPRODUCT((LEN({cells})>={least})*(LEN({solid})<{least}))"
    return f"COUNTA({cells}){short}-IFERROR({padded},0)"
