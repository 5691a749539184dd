"""The field's standing words: levels of agencies, severities of findings, who signs."""

from __future__ import annotations

from typing import Literal

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

SIGNOFF: dict[str, str] = {
    "compiler": "填报人",
    "reviewer": "审核人",
    "head": "负责人",
    "date": "填报日期",
    "phone": "联系电话",
}
"""Who answers for a filing: keys of ``Filing.signoff`` and the words on the cover."""

Severity = Literal["error", "query", "note"]
SEVERITIES: dict[Severity, str] = {"error": "错误", "query": "核实", "note": "提示"}
