"""A rule pack written as a list in Excel: a change a row, the severities to choose from, the rules there are beside it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from xltools.drawing.pen import Pen
from xltools.editions.cellwords import SEPARATOR, ceiling_words, levels_words, settings_words, years_words
from xltools.editions.packlist import COLUMNS, IDENTITY, RULES, SHEET
from xltools.form.model import Rule
from xltools.terms import SEVERITIES

_TOP = 3
"""The row of the headings, from 0: the pack's id and title stand above."""
_WIDTHS = {"rule": 32, "more": 18, "ceiling": 30, "remedy": 40, "basis": 30, "years": 14, "levels": 24, "regions": 18}
_KNOWN = {"编号": 34, "级别": 8, "内容": 90, "怎么办": 50}


def packlist_of(data: Mapping[str, Any], rules: Sequence[Rule]) -> bytes:
    """The workbook of a rule pack; ``rules`` are those there are, to be chosen from."""
    pen = Pen()
    sheet = pen.sheet(SHEET, [_WIDTHS.get(name, 10) for name in COLUMNS])
    for column, (name, words) in enumerate(IDENTITY.items()):
        pen.margin(sheet, 0, column, words)
        pen.value(sheet, 1, column, data.get(name) or None)
    pen.headings(sheet, _TOP, COLUMNS.values())
    for number, change in enumerate(data.get("change", ()), _TOP + 1):
        said = _said(change)
        for column, name in enumerate(COLUMNS):
            pen.value(sheet, number, column, said.get(name) or None)
    at = list(COLUMNS)
    pen.choices(sheet, at.index("severity"), SEVERITIES.values(), top=_TOP + 1, forced=True)
    known = pen.list(RULES, dict(zip(_KNOWN, _KNOWN, strict=True)), _KNOWN)
    for row, rule in enumerate(rules, 1):
        for column, words in enumerate((rule.id, SEVERITIES[rule.severity], rule.sentence, rule.remedy)):
            pen.value(known, row, column, words or None)
    if rules:
        pen.listed(sheet, at.index("rule"), 0, len(rules), other=RULES, top=_TOP + 1)
    out = io.BytesIO()
    pen.book.save(out)
    return out.getvalue()


def _said(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change by column, in words."""
    rules = change.get("rule", "")
    more = {name: value for name, value in change.items() if name not in COLUMNS}
    return {
        "rule": rules if isinstance(rules, str) else SEPARATOR.join(rules),
        "severity": SEVERITIES.get(change.get("severity", ""), ""),
        "more": settings_words(more),
        "ceiling": ceiling_words(change.get("ceiling", {})),
        "remedy": change.get("remedy"),
        "basis": change.get("basis"),
        "years": years_words(change.get("years", {})),
        "levels": levels_words(change.get("levels", ())),
        "regions": SEPARATOR.join(change.get("regions", ())),
    }
