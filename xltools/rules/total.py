"""Totals: the figure that a total's cell stores is the sum of its parts. Never read as a figure, only held against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from xltools.classes import dataclass
from xltools.findings import FieldAt, Finding
from xltools.form.model import Filing, Rule


@dataclass(frozen=True, kw_only=True)
class Total(Rule):
    """A total is computed by its cell's own formula; where that was replaced, its figure must still be right."""

    kind: ClassVar[str] = "total"
    rank: ClassVar[int] = 10

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """A finding where the formula is not ours: as grave as the rule where the stored figure is wrong, else a query."""
        if self.id not in filing.stored:
            return
        field, stored = filing.form.fields[self.id], filing.stored[self.id]
        right = filing.values[self.id]
        if right is None and field.parts and field.section.id in filing.declared_zero:
            right = 0
        severity = "query" if stored == right or not filing.formulas_seen else self.severity
        blame = {"how": _REPLACED} if filing.formulas_seen else {"how": _NOT_SEEN, "rule_remedy": _ANEW}
        yield self.breach("total-overwritten", FieldAt(self.id), severity=severity, field=self.id, actual=stored, expected=right,
                          types=(field.type, field.type), place=field.place, related=field.parts, **blame)  # fmt: skip


_REPLACED = "公式被换掉了"
_NOT_SEEN = "存的不是各项之和（这种文件看不到公式：可能是另存的程序没有重算，也可能合计被改写）"
_ANEW = "请用 Excel、WPS 打开，看合计是不是各项之和，另存为“Excel 工作簿（.xlsx）”后再报送；或者用退回的表改"
