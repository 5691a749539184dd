"""Wordings made comparable: traditional characters, brackets, numbering and spaces set aside; and how alike two are."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.resources import files

from xltools.classes import dataclass

_LONGEST = 200
"""Characters of a wording that are looked at: no label comes near."""

_HARDLY = 0.3
"""How alike two wordings must be at all: below, nobody asks how much."""
_CUT = 0.8
"""How alike the beginning of a label is to it."""

_NUMERALS = "一二三四五六七八九十"
_NUMBER = re.compile(rf"(?:第?([{_NUMERALS}]+)(?:部分)?[、.,:]|\(([{_NUMERALS}]+)\)、?|\(?(\d{{1,2}})[.、)](?!\d))")
_ASIDE = re.compile(rf"\((?![{_NUMERALS}\d]{{1,3}}\))[^()]*(?:\)|\Z)")
_NO_WORD = re.compile(r"[\W_]+")
_RAISED = dict.fromkeys(map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"))
"""Raised and lowered signs: a footnote's, no word's."""
_COUNTED = re.compile(r"(?<=\w)(?:\(\d{1,2}\)|[①-⑳⑴-⒇❶-❿])\s*\Z")
"""The number of a column behind its name."""
_DEFINED = re.compile(r"[:：,，。;；]|——")
_WITHIN = re.compile(
    rf"(?<=\S)(?:\s+|[·•/>＞|—–-]+|(?=[(（][{_NUMERALS}]+[)）])|(?=[{_NUMERALS}]+、)|(?<!\d)(?=\d{{1,2}}[.、．]\D))(?=\S)"
)
"""Where a label may begin that stands behind the headings it belongs to."""


@dataclass(frozen=True, slots=True)
class LabelWording:
    """A wording: its number (``一``, ``(一)``, ``1``; "" where it has none), and the rest as bare words."""

    number: str
    core: str


@lru_cache(maxsize=1)
def _variants() -> tuple[dict[int, str], dict[str, str]]:
    table = tomllib.loads(files("xltools.ingest").joinpath("traditional.toml").read_text("utf-8"))
    characters = {ord(other): plain for plain, others in table["characters"].items() for other in others}
    return characters, {other: plain for plain, other in table["words"].items()}


def simplified(text: str) -> str:
    """The text in simplified characters, as far as the form's own labels need it."""
    characters, words = _variants()
    for other, plain in words.items():
        text = text.replace(other, plain)
    return text.translate(characters)


@lru_cache(maxsize=1)
def _every_variant() -> dict[int, int]:
    table = tomllib.loads(files("xltools.ingest").joinpath("opencc.toml").read_text("utf-8"))
    return str.maketrans(table["traditional"], table["simplified"])


def core_name(name: str) -> str:
    """An agency's name to be compared: its bare words, in simplified characters."""
    return wording(name.translate(_every_variant())).core


def unspaced(text: str) -> str:
    """Without any space, full-width forms as plain ones; its characters as they are."""
    return "".join(c for c in unicodedata.normalize("NFKC", text.translate(_RAISED)) if not c.isspace())


def squeezed(text: str) -> str:
    """Without any space, full-width forms as plain ones, simplified."""
    return "".join(c for c in unicodedata.normalize("NFKC", simplified(text).translate(_RAISED)) if not c.isspace())


@lru_cache(maxsize=50_000)
def wording(text: str) -> LabelWording:
    """The wording of a text; what stands in brackets is set aside, numerals excepted."""
    words = squeezed(_COUNTED.sub("", text[:_LONGEST].strip()))
    for _ in range(3):
        words = _ASIDE.sub("", words)
    match = _NUMBER.match(words)
    number = ""
    if match:
        number = match[1] or (f"({match[2]})" if match[2] else match[3])
        words = words[match.end() :]
    return LabelWording(number, _NO_WORD.sub("", words))


@lru_cache(maxsize=20_000)
def within(text: str) -> tuple[LabelWording, ...]:
    """The wordings of a label that may stand in a text: behind the headings it belongs to, before what explains it."""
    text = text[:_LONGEST].strip()
    starts = [0, *(match.end() for match in _WITHIN.finditer(text))]
    found = []
    for start in starts:
        rest = text[start:]
        end = next((m.start() for m in _DEFINED.finditer(rest) if m.start() > 1), None)
        found += [rest, rest[:end]] if end else [rest]
    return tuple(dict.fromkeys(wording(words) for words in found if words != text))


def alike(seen: LabelWording, label: LabelWording, least: float = _HARDLY) -> float:
    """How alike a seen wording is to a label, 0 to 1; numbers that differ speak against it. Of less than ``least`` it is not said how
    much less."""
    a, b = len(seen.core), len(label.core)
    return _alike(seen, label, least) if 2 * min(a, b) >= least * (a + b) else 0.0


@lru_cache(maxsize=200_000)
def _alike(seen: LabelWording, label: LabelWording, least: float) -> float:
    a, b = seen.core, label.core
    if not a or not b or len(a) > 3 * len(b) + 10 or len(b) > 12 * len(a):
        return 0.0
    if 2 * min(len(b), sum(map(b.__contains__, a))) < least * (len(a) + len(b)):
        return 0.0  # a bound above the ratio, and much quicker
    score = 1.0 if a == b else SequenceMatcher(None, a, b, autojunk=False).ratio()
    if seen.number and label.number:
        if seen.number.strip("()") != label.number.strip("()"):
            score -= 0.15
        elif len(a) >= 4 and b.startswith(a):
            score = max(score, _CUT)  # the label's beginning, under its own number
    return score


def is_part(seen: LabelWording, label: LabelWording) -> bool:
    """Whether a seen wording is a label cut short or with characters lost: all of it, in order, is in the label."""
    rest = iter(label.core)
    return len(seen.core) >= 2 and all(c in rest for c in seen.core)


def best(seen: LabelWording, labels: Iterable[LabelWording]) -> float:
    """How alike a seen wording is to the likeliest of labels."""
    return max((alike(seen, label) for label in labels), default=0.0)
