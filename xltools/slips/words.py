"""Findings in words for a clerk: what is wrong in a cell, what to do, how to explain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.findings import CATALOGUE, Finding
from xltools.form.layout import CHECK_COLUMNS, CHECK_HEADINGS, CHECKS
from xltools.received.file import Received
from xltools.terms import SEVERITIES, Severity

EXPLANATION = CHECK_HEADINGS[CHECK_COLUMNS.explanation]
EXPLAIN = f"数没有错的，在“{CHECKS}”的{EXPLANATION}里写清原因"
"""How a query is closed without a change."""

_HELPFUL = ("likely-culprit", "explanation-stale")
"""Notes that tell a clerk something about a query or an error."""

_ORDER = list(SEVERITIES)


def to_correct(received: Received) -> list[Finding]:
    """The findings that a file is returned for: open errors, then open queries."""
    found = [f for f in received.findings if f.open and f.severity != "note"]
    return sorted(found, key=lambda f: _ORDER.index(f.severity))


def anew(received: Received) -> list[Finding]:
    """The open findings for which a file itself cannot be put right."""
    return [found for found in to_correct(received) if CATALOGUE[found.code].anew]


def helpful(received: Received) -> list[Finding]:
    """The notes that help with them."""
    return [f for f in received.findings if f.open and f.severity == "note" and f.code in _HELPFUL]


def other_notes(received: Received) -> list[Finding]:
    """All other notes."""
    return [f for f in received.findings if f.open and f.severity == "note" and f.code not in _HELPFUL]


def bare(found: Finding) -> str:
    """A finding's message without the sheet and cell it begins with, for where these are told already."""
    words = found.message.removeprefix(f"“{found.sheet}”")
    without = words.removeprefix(found.cell or "")
    return words if without.startswith(_AND_MORE) else _unwrapped(without.lstrip("：， ").removeprefix("的"))


_NUMBERED = expression("（[一二三四五六七八九十百0-9]+）")
"""How a name begins that is numbered."""


def _unwrapped(words: str) -> str:
    """Words that begin with what stood in parentheses behind a cell, without these: nothing is before them any more.

    >>> _unwrapped("（（一）予以公开，自然人）是 3。")
    '（一）予以公开，自然人是 3。'
    """
    depth = 0
    for at, sign in enumerate(words if words.startswith("（") and not _NUMBERED.match(words) else ""):
        depth += (sign == "（") - (sign == "）")
        if depth == 0:
            return words[1:at] + words[at + 1 :]
    return words


_AND_MORE = ("、", ":", " 等", *"0123456789")
"""What stands behind the first of several cells: a sentence that begins with them keeps them all."""


def cut(words: str, most: int) -> str:
    """Words, not more than so many characters of them."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def shortened(found: Finding, most: int) -> Finding:
    """A finding with every part of its message cut to so many characters, so that none crowds out the figures.

    Its file goes by its name alone: where it lies here is nothing to whoever sent it.
    """
    detail = {name: cut(said, most) if isinstance(said, str) else said for name, said in found.detail.items()}
    return replace(found, detail=detail, file=PurePath(found.file).name if found.file else None)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to put right, as a letter lists it: how grave it is, where, what is wrong, what to do."""

    severity: Severity
    sheet: str
    cell: str
    problem: str
    remedy: str


def item(found: Finding, longest: int, longest_part: int) -> Item:
    """A finding as a letter lists it, its words cut to so many characters, and every part of its message."""
    problem = cut(bare(shortened(found, longest_part)), longest)
    return Item(found.severity, found.sheet or "整份文件", found.cell or "", problem, cut(found.remedy, longest))


def counted(found: Iterable[Finding | Item]) -> str:
    """How many of each: 错误 2 项，核实 1 项."""
    said = [f.severity for f in found]
    return "，".join(f"{words} {said.count(s)} 项" for s, words in SEVERITIES.items() if s in said)
