"""The relations of the edition (勾稽关系), judged over input figures alone."""

from __future__ import annotations

from collections.abc import Iterator

from xltools.findings import Finding, finding
from xltools.layout import layout_of, relations_of
from xltools.model import Filing


def relations(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """A finding for each relation that fails; one with a figure missing is not judged, for its cell is reported."""
    layout = layout_of(filing.form)
    for relation in relations_of(filing):
        judged = relation.judge(filing.figures)
        if judged is None or judged.holds:
            continue
        sheet, *_ = layout.position(relation.anchors[0])
        yield finding("rule-failed", severity=relation.severity, file=file, agency=filing.agency, sheet=sheet,
                      cell=layout.cell(relation.anchors[0]), field=relation.anchors[0], related=relation.operands,
                      actual=judged.left, expected=judged.right, types=relation.types, rule=relation.id,
                      basis=relation.basis, text=relation.text, rule_remedy=relation.remedy,
                      last=unverified(filing) if relation.last_operands else "")  # fmt: skip


def unverified(filing: Filing) -> str:
    """What a finding that rests on last year's figures adds where those are only what the file itself says."""
    return "" if filing.last_verified else "（上年的数是表里带来的，没有与上年的表核对）"
