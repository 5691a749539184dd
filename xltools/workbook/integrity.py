"""A received workbook held against the form as issued: what our own writer would have written is the measure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from xltools.address import a1
from xltools.layout import (
    CHECK_COLUMNS,
    CHECK_TOP,
    CHECKS,
    COVER,
    COVER_CELLS,
    GUIDE,
    STATUS_ROW,
    TEXT_TOP,
    Layout,
    TableSheet,
    layout_of,
)
from xltools.model import Agency, Filing, Form
from xltools.terms import SIGNOFF, Level
from xltools.workbook.sheets import ReceivedWorkbook, SheetCells
from xltools.workbook.write import write_filing

Verdict = Literal["original", "resaved", "modified", "foreign", "unreadable"]
Tell = Callable[..., None]

_OWN_PARTS = ("xl/styles.xml", "xl/theme/theme1.xml")
"""Parts that only our writer writes just so: any program that saves the file changes them."""


@dataclass
class Audit:
    """What the comparison found: the verdict, the sheets there, those whose figures can be read, totals not ours."""

    verdict: Verdict = "resaved"
    present: set[str] = field(default_factory=set)
    readable: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Issued:
    """The form as issued: by sheet, what every cell that is not the agency's own must hold."""

    labels: dict[str, list[tuple[int, int, str]]]
    formulas: dict[str, list[tuple[int, int, str]]]
    parts: dict[str, bytes]


@lru_cache(maxsize=16)
def _issued(form: Form, level: Level, kind: Literal["filing", "summary"]) -> _Issued:
    """The form as issued to agencies of a level."""
    status = "汇总" if kind == "summary" else ""
    filing = Filing(form, Agency("", "", level), form.years[0], kind)
    workbook = ReceivedWorkbook(write_filing(filing, status=status))
    issued = _Issued({}, {}, {part: workbook.package.part(part) for part in _OWN_PARTS})
    layout = layout_of(form)
    for name in layout.sheet_names:
        issued.labels[name], issued.formulas[name] = [], []
        if name == GUIDE:
            continue
        for (row, column), cell in workbook.sheet(name).cells.items():
            if _is_own(name, row, column, layout) or (kind == "summary" and row == STATUS_ROW):
                continue
            if cell.formula is None:
                issued.labels[name].append((row, column, cell.text))
            else:
                issued.formulas[name].append((row, column, canonical(cell.formula)))
    return issued


def audit(received: ReceivedWorkbook, layout: Layout, filing: Filing, tell: Tell) -> Audit:
    """Compares a workbook with the form as issued and tells every difference."""
    issued = _issued(layout.form, filing.agency.level, filing.kind)
    result = Audit()
    told: list[str] = []

    def say(code: str, **coordinates: Any) -> None:
        told.append(code)
        tell(code, **coordinates)

    tables = {sheet.name: sheet for sheet in layout.tables.values()}
    totals = {layout.position(f.id): f.id for f in layout.form.totals}
    for name in layout.sheet_names:
        if name not in received.sheet_names:
            consequence = "，这张表的数没有读" if name in tables else ""
            say(
                "form-sheet-missing",
                severity="error" if name in tables else "query",
                sheet=name,
                consequence=consequence,
            )
            continue
        result.present.add(name)
        theirs = received.sheet(name)
        if name not in tables or not _shifted(tables[name], theirs, say):
            for row, column, text in issued.labels[name]:
                if not _same(text, there := theirs.text(row, column)):
                    say("form-label-changed", sheet=name, cell=a1(row, column), expected_text=text, actual_text=there)
            for row, column, formula in issued.formulas[name]:
                found = theirs.at(row, column).formula
                if found is not None and canonical(found) == formula:
                    continue
                if (name, row, column) in totals:
                    result.replaced.add(totals[name, row, column])
                else:
                    place = theirs.text(row, 0) or name
                    say("form-formula-changed", sheet=name, cell=a1(row, column), place=place)
            if name in tables:
                result.readable.add(name)
        if not theirs.protected:
            say("form-protection-lost", sheet=name)
    if told or result.replaced:
        result.verdict = "modified"
    elif all(received.package.part(part) == content for part, content in issued.parts.items()):
        result.verdict = "original"
    return result


def _same(ours: str, theirs: str) -> bool:
    return "".join(ours.split()) == "".join(theirs.split())


def _shifted(sheet: TableSheet, theirs: SheetCells, say: Tell) -> bool:
    """Whether rows or columns stand elsewhere: a printed label is not where it should be but somewhere else."""
    printed = {"".join(label.text.split()) for label in sheet.labels}
    found = {"".join(cell.text.split()) for cell in theirs.cells.values()}
    for label in sheet.labels:
        box = label.box
        here = "".join(theirs.text(box.top, box.left).split())
        wanted = "".join(label.text.split())
        # A label that only lost its place: another printed label stands here, or nothing does and it is found elsewhere.
        if here != wanted and (here in printed or (not here and wanted in found)):
            say("form-shifted", sheet=sheet.name, cell=box.address, place=label.text)
            return True
    return False


def _is_own(name: str, row: int, column: int, layout: Layout) -> bool:
    """Whether a cell is the agency's own: its name, its figures, its words."""
    if name == COVER:
        last = COVER_CELLS.signoff + len(SIGNOFF)
        own = COVER_CELLS.name <= row <= COVER_CELLS.year or COVER_CELLS.signoff <= row < last
        return column == COVER_CELLS.column and own
    if name == CHECKS:
        return row >= CHECK_TOP and column == CHECK_COLUMNS.explanation
    sheet = next((s for s in layout.tables.values() if s.name == name), None)
    if sheet is None:
        return row >= TEXT_TOP
    switch = sheet.switch_boxes[1]
    if (row, column) == (switch.top, switch.left):
        return True
    inputs = (box for field, box in sheet.boxes.items() if not layout.form.fields[field].parts)
    return any((row, column) == (box.top, box.left) for box in inputs)


_WORDS = re.compile(r"_xlfn\.|\$?'([^']+)'!|\s+|TRUE\(\)|FALSE\(\)")


@lru_cache(maxsize=4096)
def canonical(formula: str) -> str:
    """A formula without what programs write differently: quotes round sheet names, spaces, prefixes. Texts are kept."""
    parts = formula.lstrip("=").split('"')
    for n in range(0, len(parts), 2):
        parts[n] = _WORDS.sub(_plain_word, parts[n]).upper()
    return '"'.join(parts)


def _plain_word(match: re.Match[str]) -> str:
    if match[1]:
        return f"{match[1]}!"
    return match[0][:-2] if match[0].endswith("()") else ""
