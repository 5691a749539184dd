"""A received workbook held against the form as issued: what our own writer would have written is the measure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from xltools.address import Box, a1
from xltools.layout import (
    CHECK_COLUMNS,
    CHECK_TOP,
    CHECKS,
    COVER,
    COVER_CELLS,
    GUIDE,
    LAYOUT,
    STATUS_ROW,
    TEXT_TOP,
    Layout,
    TableSheet,
    is_summary_sheet,
    layout_of,
)
from xltools.model import Agency, Filing, Form
from xltools.relation import LAST
from xltools.terms import SIGNOFF, Level
from xltools.workbook.locate import AS_ISSUED, Places, locate, moved_formula, squeezed
from xltools.workbook.package import Unreadable
from xltools.workbook.sheets import ReceivedWorkbook, SheetCells, open_workbook
from xltools.workbook.write import PROPERTY, write_filing

Verdict = Literal["original", "resaved", "modified", "foreign", "unreadable"]
Tell = Callable[..., None]

_LISTED = 12
_OWN_PARTS = ("xl/styles.xml", "xl/theme/theme1.xml")
"""Parts that only our writer writes just so: any program that saves the file changes them."""


@dataclass
class Audit:
    """What the comparison found: the verdict, the sheets there, where their lines stand, totals that are not ours."""

    verdict: Verdict = "resaved"
    present: set[str] = field(default_factory=set)
    places: dict[str, Places] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    audited: bool = True

    def spot(self, sheet: str, row: int, column: int) -> tuple[int, int] | None:
        """Where a cell of the form stands in the received file; None where it cannot be found."""
        return self.places.get(sheet, AS_ISSUED).of(row, column) if sheet in self.present else None


@dataclass(frozen=True)
class _Issued:
    """The form as issued: by sheet, what every cell that is not the agency's own must hold."""

    labels: dict[str, list[tuple[int, int, str]]]
    formulas: dict[str, list[tuple[int, int, str]]]
    validated: dict[str, bool]
    parts: dict[str, bytes]
    summary: bool

    def tables_only(self, layout: Layout) -> _Issued:
        """The part of it that is alike under every layout number: the official tables' labels and totals."""
        tables = {s.name: {(m.box.top, m.box.left) for m in s.labels} for s in layout.tables.values()}
        totals = {layout.position(f.id) for f in layout.form.totals}
        return replace(
            self,
            labels={n: [m for m in marks if m[:2] in tables.get(n, ())] for n, marks in self.labels.items()},
            formulas={n: [m for m in marks if (n, *m[:2]) in totals] for n, marks in self.formulas.items()},
        )


@lru_cache(maxsize=64)
def _issued(form: Form, level: Level, kind: Literal["filing", "summary"], last: frozenset[str]) -> _Issued:
    """The form as issued to agencies of a level, with the figures of last year that it came with."""
    status = "汇总" if kind == "summary" else ""
    filing = Filing(form, Agency("", "", level), form.years[0], kind, last=dict.fromkeys(last, 0))
    workbook = open_workbook(write_filing(filing, status=status))
    issued = _Issued({}, {}, {}, {part: workbook.part(part) for part in _OWN_PARTS}, kind == "summary")
    layout = layout_of(form)
    for name in layout.sheet_names:
        issued.labels[name], issued.formulas[name] = [], []
        issued.validated[name] = kind == "filing" and workbook.sheet(name).validations > 0
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
    issued = _issued(layout.form, filing.agency.level, filing.kind, filing.known_last)
    result = Audit(audited=received.audited)
    told: list[str] = []

    def say(code: str, **coordinates: Any) -> None:
        told.append(code)
        tell(code, **coordinates)

    tables = {sheet.name: sheet for sheet in layout.tables.values()}
    as_now = layout_number(received) == LAYOUT
    if not as_now:
        tell("form-other-version", version=received.properties.get(f"{PROPERTY}version", "").strip() or "另一")
        issued = issued.tables_only(layout)
    renamed = _recognise(received, layout, issued, say)
    for name in layout.sheet_names:
        if name in received.sheet_names:
            result.present.add(name)
            if name in tables:
                result.places[name] = locate(tables[name], received.sheet(name))
                _tell_moved(name, tables[name], result.places[name], received.sheet(name), say)
        else:
            lost = name in tables
            say("form-sheet-missing", severity="error" if lost else "query", sheet=name,
                consequence="，这张表的数没有读" if lost else "")  # fmt: skip
    for name in layout.sheet_names:
        if name in result.present and name != GUIDE:
            _compare(name, issued, received.sheet(name), layout, result, renamed, say)
            if as_now:
                _tell_strays(name, issued, received.sheet(name), layout, result.places.get(name, AS_ISSUED), say)
            elif name in tables:
                _tell_strays(name, issued, received.sheet(name), layout, result.places[name], say, tables[name].table)
    for name in received.sheet_names:
        if name not in layout.sheet_names and not (filing.kind == "summary" and is_summary_sheet(name)):
            say("form-sheet-added", sheet=name)
        elif name in received.hidden:
            say("form-sheet-hidden", sheet=name)
    if not received.audited:
        tell("form-not-audited")
    if received.macros:
        tell("file-macros")
    if told or result.replaced or not all(where.as_issued for where in result.places.values()):
        result.verdict = "modified"
    elif all(received.part(part) == content for part, content in issued.parts.items()):
        result.verdict = "original"
    return result


def layout_number(received: ReceivedWorkbook) -> int:
    """The layout number that a file was issued with, by its document properties or its cover; 1 where neither tells."""
    said = [received.properties.get(f"{PROPERTY}layout", "")]
    if COVER in received.sheet_names:
        said.append(received.sheet(COVER).text(COVER_CELLS.kind, COVER_CELLS.hidden))
    return next((int(number) for number in map(str.strip, said) if number.isdecimal() and len(number) < 6), 1)


def _recognise(received: ReceivedWorkbook, layout: Layout, issued: _Issued, say: Tell) -> dict[str, str]:
    """Sheets of the form that go under another name, by what is printed on them: their names now, and the right ones."""
    renamed: dict[str, str] = {}
    missing = [name for name in layout.sheet_names if name not in received.sheet_names]
    others = [n for n in received.sheet_names if n not in layout.sheet_names and not is_summary_sheet(n)]
    printed = {there: _printed(received, there) for there in others} if missing else {}
    for name in missing:
        words = {squeezed(text) for *_, text in issued.labels[name] if text}
        for there in others:
            if words and there not in renamed and 2 * len(words & printed[there]) > len(words):
                say("form-sheet-renamed", sheet=name, actual_text=there)
                received.rename(there, name)
                renamed[there] = name
                break
    return renamed


def _printed(received: ReceivedWorkbook, name: str) -> set[str]:
    """The words on a sheet; none on one that is broken or too large to be ours."""
    try:
        return {squeezed(cell.text) for cell in received.sheet(name).cells.values()}
    except Unreadable:
        return set()


def _tell_moved(name: str, sheet: TableSheet, where: Places, theirs: SheetCells, say: Tell) -> None:
    """Rows and columns put in, moved, or gone."""
    figures = ({box.top for box in sheet.boxes.values()}, {box.left for box in sheet.boxes.values()})
    for axis, (lines, wanted) in enumerate(zip(where.axes, figures, strict=True)):
        for line in lines.new:
            words = [cell.text for spot, cell in sorted(theirs.cells.items()) if spot[axis] == line and cell.text]
            say("form-line-added", severity="query" if words else "note", sheet=name, cell=lines.first_cell(line),
                line=lines.words(line), words="、".join(words)[:80] or "空的")  # fmt: skip
        for line in lines.moved:
            there = lines.found[line]
            say("form-line-moved", sheet=name, cell=lines.first_cell(there), place=_line_words(sheet, axis, line),
                line=lines.words(there))  # fmt: skip
        for line in lines.lost:
            if line in wanted:
                say("form-line-lost", sheet=name, cell=lines.first_cell(line), place=_line_words(sheet, axis, line))


def _line_words(sheet: TableSheet, axis: int, line: int) -> str:
    """The innermost printed words of a row (axis 0) or column (axis 1) of the form."""
    spots = [((m.box.top, m.box.left), m.text) for m in sheet.labels]
    innermost = max(((spot[1 - axis], text) for spot, text in spots if spot[axis] == line), default=None)
    return innermost[1] if innermost else sheet.section.title


def _tell_strays(
    name: str, issued: _Issued, theirs: SheetCells, layout: Layout, where: Places, say: Tell, within: Box | None = None
) -> None:
    """Contents where the form has none: beside, below or between; ``within``: only those in a part of the sheet."""
    ours = {(row, column) for row, column, _ in (*issued.labels[name], *issued.formulas[name])}
    strays = []
    for (row, column), cell in sorted(theirs.cells.items()):
        if cell.blank or row in where.rows.new or column in where.columns.new or (issued.summary and row == STATUS_ROW):
            continue
        spot = where.issued(row, column)
        if within and (spot is None or not within.holds(*spot)):
            continue
        if spot is None or (spot not in ours and not _is_own(name, *spot, layout)):
            strays.append((a1(row, column), cell.text))
    if strays:
        say("form-cell-added", sheet=name, cell=strays[0][0], cells="、".join(cell for cell, _ in strays[:_LISTED]),
            words="、".join(text for _, text in strays)[:80])  # fmt: skip


def _compare(
    name: str, issued: _Issued, theirs: SheetCells, layout: Layout, result: Audit, renamed: dict[str, str], say: Tell
) -> None:
    """Labels and formulas of a sheet against the form as issued, wherever its lines now stand."""
    where = result.places.get(name, AS_ISSUED)
    totals = {layout.position(f.id): f.id for f in layout.form.totals}
    changed: list[str] = []
    for row, column, text in issued.labels[name]:
        spot = where.of(row, column)
        if spot is not None and squeezed(text) != squeezed(there := theirs.text(*spot)):
            say("form-label-changed", sheet=name, cell=a1(*spot), expected_text=text, actual_text=there)
    for row, column, formula in issued.formulas[name] if result.audited else ():
        spot = where.of(row, column)
        if spot is None:
            continue
        found = theirs.at(*spot).formula
        for there, official in renamed.items():
            found = (
                found.replace(f"{there}!", f"{official}!").replace(f"{there}'!", f"{official}'!") if found else found
            )
        if found is not None and canonical(found) == moved_formula(formula, name, result.places):
            continue
        if (name, row, column) in totals:
            result.replaced.add(totals[name, row, column])
        else:
            changed.append(a1(*spot))
    if changed:
        more = f" 等 {len(changed)} 处" if len(changed) > _LISTED else ""
        say("form-formula-changed", sheet=name, cell=changed[0], cells="、".join(changed[:_LISTED]) + more)
    if not theirs.protected:
        say("form-protection-lost", sheet=name)
    if result.audited and theirs.validations == 0 and issued.validated[name]:
        say("form-validation-lost", sheet=name)


def _is_own(name: str, row: int, column: int, layout: Layout) -> bool:
    """Whether a cell is the agency's own: its name, its figures, its words."""
    if name == COVER:
        last = COVER_CELLS.signoff + len(SIGNOFF)
        own = COVER_CELLS.name <= row <= COVER_CELLS.year or COVER_CELLS.signoff <= row < last
        return column == COVER_CELLS.column and own
    if name == CHECKS:
        own = row >= CHECK_TOP and column == CHECK_COLUMNS.explanation
        return own or (row, column) in _own_cells(layout)[CHECKS]
    cells = _own_cells(layout)
    return (row, column) in cells[name] if name in cells else row >= TEXT_TOP


@lru_cache(maxsize=32)
def _own_cells(layout: Layout) -> dict[str, set[tuple[int, int]]]:
    """The input cells and the switch of each table sheet, and last year's figures."""
    own = {s.name: {(s.switch_boxes[1].top, s.switch_boxes[1].left)} for s in layout.tables.values()}
    for item in layout.form.inputs:
        sheet, row, column = layout.position(item.id)
        own[sheet].add((row, column))
    own[CHECKS] = {layout.position(LAST + item.id)[1:] for item in layout.form.inputs} | {layout.last_heading}
    return own


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
