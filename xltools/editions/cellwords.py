"""What a definition says as an office writes it in a cell, and read back: severities, levels, years, thresholds, settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from xltools.terms import LEVELS, SEVERITIES, SIGNOFF, Level, level_of

SEPARATOR = "；"
"""Between several things in a cell: the words for levels hold 、 themselves."""

SETTINGS = {"least": "至少", "times": "倍数", "names": "签字项", "date": "日期项", "share": "百分之"}
"""Words for the settings of rules by their names."""


class Unclear(ValueError):
    """Words that say nothing a definition could: what is wrong with them, and what to write."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason, self.remedy = reason, remedy


def split(words: str) -> list[str]:
    """The several things in a cell."""
    return [part.strip() for part in re.split(r"[；;\n]", words) if part.strip()]


def severity_said(words: str) -> str:
    """The severity that a word is for."""
    known = {word: name for name, word in SEVERITIES.items()}
    if words not in known:
        raise Unclear(f"没有“{words}”这个级别", f"可用的有：{'、'.join(known)}")
    return known[words]


def levels_words(levels: Iterable[str]) -> str:
    """Levels in words."""
    return SEPARATOR.join(word_for(level, LEVELS) for level in levels)


def levels_said(words: str) -> list[Level]:
    """The levels that words are for."""
    return [_level(part) for part in split(words)]


def _level(words: str) -> Level:
    level = level_of(words)
    if level is None:
        raise Unclear(f"没有“{words}”这一级", f"可用的有：{'；'.join(LEVELS.values())}（用“；”隔开）")
    return level


def years_words(years: Mapping[str, int]) -> str:
    """Years as a cell has them: 2027, 2027—2029, 2027— or —2029; nothing for all."""
    first, last = years.get("from", ""), years.get("to", "")
    return (str(first) if first == last else f"{first}—{last}") if years else ""


def years_said(words: str) -> dict[str, int]:
    """The years that words are for."""
    match = re.fullmatch(r"(\d{4})?(?:\.0)?\s*([-—－~至到])?\s*(\d{4})?", words)
    if not match or not (match[1] or match[3]) or (match[1] and match[3] and not match[2]):
        raise Unclear(f"看不懂年度“{words}”", "写成 2027、2027—2029、2027— 或者 —2029")
    last = match[3] if match[2] else match[1]
    return {name: int(year) for name, year in (("from", match[1]), ("to", last)) if year}


def ceiling_words(ceiling: Mapping[str, int]) -> str:
    """The thresholds of levels in words."""
    return SEPARATOR.join(f"{word_for(level, LEVELS)}={limit}" for level, limit in ceiling.items())


def ceiling_said(words: str) -> dict[str, int]:
    """The thresholds that words are for, by level."""
    found: dict[str, int] = {}
    for part in split(words):
        level, _, limit = part.replace("＝", "=").rpartition("=")
        if not level.strip() or not limit.strip().isdecimal():
            raise Unclear(f"看不懂“{part}”", "各级写成 层级=整数，用“；”隔开")
        if (known := _level(level.strip())) in found:
            raise Unclear(f"“{level.strip()}”写了两次", "一级只写一个数")
        found[known] = int(limit)
    return found


def settings_words(settings: Mapping[str, Any]) -> str:
    """Settings in words: 名称=值."""
    return SEPARATOR.join(f"{SETTINGS.get(name, name)}={_value(value)}" for name, value in settings.items())


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "、".join(word_for(one, SIGNOFF) for one in value)
    return word_for(value, SIGNOFF) if isinstance(value, str) else str(value)


def settings_said(words: str) -> dict[str, Any]:
    """The settings that words are for."""
    names, signatures = ({word: name for name, word in known.items()} for known in (SETTINGS, SIGNOFF))
    found: dict[str, Any] = {}
    for part in split(words):
        name, sign, value = part.replace("＝", "=").partition("=")
        if not sign:
            raise Unclear(f"看不懂“{part}”", "写成 名称=值，用“；”隔开")
        name, value = names.get(name.strip(), name.strip()), value.strip()
        if name in found:
            raise Unclear(f"“{SETTINGS.get(name, name)}”写了两次", "一项只写一次")
        listed = [signatures.get(one, one) for one in value.split("、")]
        plain = listed if name == "names" or len(listed) > 1 else listed[0]
        found[name] = int(value) if value.isdecimal() else plain
    return found


def word_for(name: str, words: Mapping[Any, str]) -> str:
    """The word for a name; one that is none as it is, for whoever mends it."""
    return words.get(name, name)
