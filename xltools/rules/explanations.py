"""情况说明: an explanation closes a query; an empty phrase does not, and an error cannot be explained away."""

from __future__ import annotations

from dataclasses import replace

from xltools.findings import Finding
from xltools.model import Filing

EMPTY_PHRASES = frozenset({
    "无", "無", "没有", "无误", "核实无误", "已核实", "已核实无误", "经核实无误", "经核实", "情况属实", "属实", "数据无误",
    "数据属实", "正确", "正常", "是", "否", "对", "已核", "已确认", "确认无误", "确认", "核对无误", "已核对", "无说明", "无情况",
    "同意", "知道了", "已知", "见附件", "略", "不适用", "n/a", "na", "ok",
})  # fmt: skip
"""What people type to get rid of a question; it says nothing of why."""


def explains(text: str) -> bool:
    """Whether a text is an explanation at all."""
    bare = "".join(c for c in text.lower() if c.isalnum() or c == "/")
    return len(bare) > 1 and bare not in EMPTY_PHRASES


def close_explained(found: Finding, filing: Filing) -> Finding:
    """The finding, closed where it is a query whose rule carries an explanation."""
    said = filing.explanations.get(found.rule or "", "")
    return replace(found, open=False) if found.severity == "query" and explains(said) else found
