"""What a drawing looks like: sheets and headings, marks of the margin, colours, and the words for what a definition says."""

from __future__ import annotations

import re
from typing import Any

from xltools.figures import UNITS
from xltools.form.fields import Measure

HELP, IDENTITY, RELATIONS, CARRIED, ALIKE, CHARTS, RULES = "说明", "格式", "勾稽", "结转", "对照", "图", "规则"
"""The sheets beside those of the parts."""

YELLOW, GREEN, GREY = "FFF2CC", "E2EFDA", "DDDDDD"
"""A figure to fill in, a total, the margin."""

HEADING, CORNER, NOTE, IDS, TYPES_MARK = "#标题", "#表头", "#说明", "#编号", "#类型"
"""Marks in the margin: the row above a table, its headings, the row below it; the columns' ids and types."""

LOCAL = "本地补充"
"""In the margin of a supplement: a row of its own; in A1: a part of its own. Its id stands behind, with a space between."""

NO_ID = "-"
"""The id of a line that has none, for its field is named by the other line alone."""

TYPES = {"count": "件数", "signed": "可为负", "money": "金额", "ratio": "比率", "choice": "选择", "words": "文字"}
"""Types of figures, as a definition names them; a unit stands behind, with a space between."""

SECTION_ID, TITLE, INSTRUCTION, NONE_ALLOWED = "A1", "B1", "B2", "B3"
"""Cells of a part's sheet: its id and title; of a text, what is to be written, and whether 无 alone will do."""
ONLY_NONE = "可以只写“无”"

IDENTITY_ROWS = {
    "id": "编号",
    "title": "名称",
    "from": "年度从",
    "to": "年度到",
    "basis": "依据",
    "editions": "用于版本",
    "agency": "报告开头（单位）",
    "area": "报告开头（汇总）",
    "contact": "报告联系电话",
    "reach": "报告联系办法",
    "family": "报表种类",
    "periods": "分期",
}
"""Rows of 格式, by what they give."""

RELATION_COLUMNS = {
    "id": "编号",
    "severity": "级别",
    "left": "左边",
    "holds": "关系",
    "right": "右边",
    "trial": "试算",
    "when": "如果",
    "each": "用于",
    "every": "逐格都要",
    "levels": "层级",
    "years": "年度",
    "ceiling": "本级上限",
    "last": "知道上年数时",
    "basis": "依据",
    "remedy": "怎么办",
    "text": "文字",
}
"""Columns of 勾稽."""

CARRIED_COLUMNS = {"field": "本年的格", "from": "上年的格", "each": "用于"}
CHART_COLUMNS = {"title": "图", "label": "项目", "sum": "合计"}
ALIKE_COLUMNS = {
    "edition": "上一版",
    "line": "这一版的行或列",
    "tie": "怎么来的",
    "source": "上一版的行或列",
    "known": "上一版的行和列（供选用）",
}
RULE_COLUMNS = {
    "id": "编号",
    "kind": "种类",
    "severity": "级别",
    "text": "文字",
    "basis": "依据",
    "remedy": "怎么办",
    "more": "其他设置",
}

CHANGED = "改级别"
"""The kind of a row of 规则 that changes a rule which is there already."""
RULE_KINDS = {"signoff": "签字", "repeated": "与上年雷同", "jump": "与上年相差"}

LAST_NAME, CEILING_NAME = "上年", "本级上限"
"""Defined names of a drawing: times the first, a figure is last year's; the second is the threshold of a level."""

OPERATORS = {"=": "＝", "!=": "≠", "<=": "≤", ">=": "≥", "<": "＜", ">": "＞"}
OPERATOR_OF = {shown: op for op, shown in OPERATORS.items()} | {op: op for op in OPERATORS} | {"<>": "!="}

DECIMALS, CHOICES = "位小数", "/"
"""Behind the decimals of a ratio; between the words of a choice."""
SUMMED = {"sum": "求和", "max": "取最大", "none": "不汇总"}
"""How an area's figure is made of its agencies'."""


def measured(measure: Measure) -> str:
    """The words for what figures are: their type, and the unit."""
    kind = "money" if measure.type in UNITS else measure.type
    places = f"{measure.decimals}{DECIMALS}" if measure.decimals else ""
    summed = SUMMED[measure.summed] if measure.summed != measure.usually else ""
    words = (TYPES[kind], measure.unit, places, CHOICES.join(measure.choices), summed)
    return " ".join(word for word in words if word)


def measure_said(words: str) -> dict[str, Any]:
    """What the words for figures say, as a definition does; ValueError for a type that there is not, for what is said
    twice, and for what such figures do not have."""
    kinds, ways = ({word: name for name, word in known.items()} for known in (TYPES, SUMMED))
    kind, *others = re.sub(rf"\s*[／{CHOICES}]\s*", CHOICES, words).split()
    if kind not in kinds:
        raise ValueError(f"没有“{kind}”这种类型")
    found: dict[str, Any] = {"type": kinds[kind]} if kinds[kind] != "count" else {}
    for other in others:
        digits, said = other.removesuffix(DECIMALS), dict[str, Any]()
        if other in ways:
            said["summed"] = ways[other]
        elif kinds[kind] == "choice":
            said["choices"] = [word for word in other.split(CHOICES) if word]
        elif digits != other and digits.isdecimal():
            said["decimals"] = int(digits)
        else:
            said["unit"] = other
        if found.keys() & said:
            raise ValueError(
                f"“{other}”与前面的是同一项，只能有一个" + ("；选项里不能有空格" if "choices" in said else "")
            )
        found |= said
    for name, reason in _unfit(kinds[kind], str(found.get("unit", ""))).items():
        if name in found:
            raise ValueError(reason)
    return found


def _unfit(kind: str, unit: str) -> dict[str, str]:
    """What figures of a type do not have, and would be read without."""
    found = {} if kind == "ratio" else {"decimals": f"{TYPES[kind]}不写小数位数，只有比率写"}
    if kind in ("choice", "words"):
        found["unit"] = f"{TYPES[kind]}没有单位，不能写“{unit}”"
    elif kind in ("count", "signed") and unit in UNITS.values():
        found["unit"] = f"单位是“{unit}”的，类型是金额，写成 金额 {unit}"
    elif kind in ("count", "signed") and CHOICES in unit:
        found["unit"] = f"“{unit}”像是选项，写成 选择 {unit}"
    elif kind == "ratio" and unit in ("％", "﹪", "‰", "‱"):
        found["unit"] = f"“{unit}”不会乘进去；百分数写半角的 %"
    return found


def joined(prefix: str, *ids: str) -> str:
    """A field's id of its parts, those that are empty left out."""
    return ".".join(part for part in (prefix, *ids) if part)
