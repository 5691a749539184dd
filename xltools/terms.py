"""The field's standing words: levels of agencies, severities of findings, who signs."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal, TypedDict

from xltools.characters import visible
from xltools.classes import dataclass

Level = Literal["township", "department", "county", "city", "province", "state"]

LEVELS: dict[Level, str] = {
    "township": "乡镇（街道）",
    "department": "部门",
    "county": "县（市、区）",
    "city": "设区的市（州）",
    "province": "省级",
    "state": "国务院部门",
}
"""Levels of an agency, from the lowest, with the words printed for them."""


class NamedJson(TypedDict):
    """An agency by code and name."""

    code: str
    name: str


class AgencyJson(NamedJson):
    """Who files."""

    level: Level


@dataclass(frozen=True, slots=True)
class Agency:
    """Who files: code (text of any form), name, level. Their words are kept once, however many speak of them."""

    code: str
    name: str
    level: Level

    def __post_init__(self) -> None:
        for item in ("code", "name", "level"):
            object.__setattr__(self, item, sys.intern(str(getattr(self, item))))

    def as_json(self) -> AgencyJson:
        return {"code": self.code, "name": self.name, "level": self.level}


NAME_LIMIT = 100
"""Characters of a code or a name."""


def unfit(code: str, name: str) -> Iterator[str]:
    """What makes a code or a name unfit for a workbook and a file's name."""
    for what, words in (("单位代码", code), ("单位名称", name)):
        if len(words) > NAME_LIMIT:
            yield f"{what}太长（{len(words)} 个字，最多 {NAME_LIMIT} 个）"
        if visible(words) != words:
            yield f"{what}里有换行等看不见的控制字符，或者残缺的字符"


def bare_name(name: str) -> str:
    """A name as names are compared: 丙局（丁局） and 丙局 (丁局) are one, whatever the width of letters and the white space."""
    return "".join(unicodedata.normalize("NFKC", name).split())


SIGNOFF: dict[str, str] = {
    "compiler": "填报人",
    "reviewer": "审核人",
    "head": "负责人",
    "date": "填报日期",
    "phone": "联系电话",
}
"""Who answers for a filing: keys of ``Filing.signoff`` and the words on the cover."""

YES, NO = "是", "否"
"""What a switch says, and whether something is counted."""

Kind = Literal["filing", "summary"]
KINDS: dict[Kind, str] = {"filing": "填报表", "summary": "汇总表"}

Verdict = Literal["original", "resaved", "modified", "foreign", "unreadable"]
VERDICTS: dict[Verdict, tuple[str, str]] = {
    "original": ("原表", "是下发的表，表样没有改动"),
    "resaved": ("原表（另存过）", "是下发的表，表样没有改动"),
    "modified": ("表被改动", "是下发的表，但表样（文字、公式、行列或工作表）被改动过"),
    "foreign": ("不是填报表", "不是下发的填报表"),
    "unreadable": ("读不出", "文件读不出来"),
}
"""Whether a file is ours and as issued: the words for a list, and for a letter."""


MANY, SOME, FEW = 12, 6, 3
"""How many are named of more: mere names; names with something beside each; whole sentences."""


def several(names: Sequence[str], most: int = MANY, unit: str = "家", between: str = "、") -> str:
    """Names in a row, not more than so many of them: 甲、乙 等 14 家."""
    more = f" 等 {len(names)} {unit}" if len(names) > most else ""
    return between.join(names[:most]) + more


PASS, FAIL, PENDING = "通过", "不符", "待填"
"""What 校验 says of a rule."""

Severity = Literal["error", "query", "note"]
SEVERITIES: dict[Severity, str] = {"error": "错误", "query": "核实", "note": "提示"}


def level_of(words: str) -> Level | None:
    """The level for its id or its Chinese words, with brackets of either width or none; None for anything else."""
    plain = unicodedata.normalize("NFKC", words)
    for level, said in LEVELS.items():
        printed = unicodedata.normalize("NFKC", said)
        if plain in (level, printed, printed.partition("(")[0], printed.partition("(")[2].rstrip(")")):
            return level
    return None


EMPTY_PHRASES = frozenset({
    "无", "無", "没有", "无误", "核实无误", "已核实", "已核实无误", "经核实无误", "经核实", "情况属实", "属实", "数据无误",
    "数据属实", "正确", "正常", "是", "否", "对", "已核", "已确认", "确认无误", "确认", "核对无误", "已核对", "无说明", "无情况",
    "同意", "知道了", "已知", "见附件", "略", "不适用", "n/a", "na", "ok",
})  # fmt: skip
"""What people type to get rid of a question; it says nothing of why."""


PUNCTUATION = " \u3000\u00a0\t\n\r。，、；：！？…—．·.,;:!?-~*|（）()“”《》\"'"
"""What is left out of an explanation before it is looked at: white space and stops."""


def bare(text: str) -> str:
    """A text without white space and stops: what Excel's ``SUBSTITUTE`` of each of them leaves."""
    return text.translate(_GONE)


_GONE = dict.fromkeys(map(ord, PUNCTUATION))


def explains(text: str) -> bool:
    """Whether a text is an explanation at all; the cover counts by the same words (``workbook.said``)."""
    said = bare(text).lower()
    return len(said) > 1 and said not in EMPTY_PHRASES


LEAST_SAID = 5
"""A text part none of whose paragraphs has as many characters says nothing: 无, 暂无。, 无内容。 and the like."""


def says_nothing(paragraph: str) -> bool:
    """Whether a paragraph is 无 or the like and no more; white space does not count."""
    return len("".join(paragraph.split())) < LEAST_SAID
