"""A received workbook held against the form as issued: what our own writer would have written is the measure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from xltools.address import Box, a1, parse_range
from xltools.form.layout import (
    CHECK_COLUMNS,
    CHECK_TOP,
    CHECKS,
    COVER,
    COVER_CELLS,
    DEFINITION,
    GUIDE,
    LAYOUT,
    STATUS_ROW,
    TEXT_TOP,
    Layout,
    TableSheet,
    is_summary_sheet,
    layout_of,
)
from xltools.form.model import Agency, Filing, Form
from xltools.form.sums import LAST
from xltools.ooxml.package import Unreadable
from xltools.ooxml.sheets import Cell, ReceivedWorkbook, SheetCells, open_workbook
from xltools.received.locate import AS_ISSUED, Places, locate, moved_formula, squeezed
from xltools.terms import MANY, SIGNOFF, Level, Verdict, several
from xltools.workbook.table_sheets import TAKEN
from xltools.workbook.write import PROPERTY, write_filing

Tell = Callable[..., None]

_VARYING = ("docProps/", "xl/worksheets/sheet", "xl/sharedStrings.xml")
"""How the parts begin that are another in every filing. All others our writer writes just so, and no other program does."""
_FIRST = 8
"""So many labels at the top of a sheet show whether it may be another one."""
_COVERS_LIMIT = 20_000
"""Merged ranges of a sheet that are not ours: no program has had so many made by hand."""


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
    merged: dict[str, frozenset[str]]
    sums: dict[str, tuple[int, int]]
    frames: dict[str, bytes]
    rows: dict[str, list[bytes]]
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
def _issued(
    form: Form, level: Level, kind: Literal["filing", "summary"], last: frozenset[str], carried: frozenset[str]
) -> _Issued:
    """The form as issued to agencies of a level, with the figures of last year that it came with, and those carried over."""
    status = "汇总" if kind == "summary" else ""
    filing = Filing(form, Agency("", "", level), form.years[0], kind, last=dict.fromkeys(last, 0), carried=carried)
    workbook = open_workbook(write_filing(filing, status=status))
    issued = _Issued({}, {}, {}, {}, workbook.package.sums, {}, {}, kind == "summary")
    layout = layout_of(form)
    for name in layout.sheet_names:
        issued.labels[name], issued.formulas[name] = [], []
        issued.validated[name] = kind == "filing" and workbook.sheet(name).validations > 0
        issued.merged[name] = frozenset(workbook.sheet(name).merged)
        issued.frames[name] = workbook.package.frame(workbook.part_of(name))
        issued.rows[name] = workbook.package.row_tags(workbook.part_of(name))
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
    issued = _issued(layout.form, filing.agency.level, filing.kind, filing.known_last, filing.carried)
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
            where = result.places.get(name, AS_ISSUED)
            if as_now:
                _tell_strays(name, issued, received.sheet(name), layout, where, say)
            elif name in tables:
                _tell_strays(name, issued, received.sheet(name), layout, where, say, tables[name].table)
            if as_now or name in tables:
                _tell_covered(name, issued, received.sheet(name), layout, where, say)
    for name in received.sheet_names:
        if name == DEFINITION:
            continue
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
    elif received.audited and _is_original(received, issued, layout):
        result.verdict = "original"
    return result


def _is_original(received: ReceivedWorkbook, issued: _Issued, layout: Layout) -> bool:
    """Whether nothing but contents differs from what our writer wrote: no part, and nothing round the cells of a sheet."""
    package = received.package
    if issued.summary:  # its lists are as long as the list of agencies
        return all(package.sums.get(part) == issued.sums[part] for part in ("xl/styles.xml", "xl/theme/theme1.xml"))
    if package.sums.keys() != issued.sums.keys():
        return False
    if any(package.sums[n] != known for n, known in issued.sums.items() if not n.startswith(_VARYING)):
        return False
    tables = {sheet.name for sheet in layout.tables.values()}
    for name in layout.sheet_names:
        part = received.part_of(name)
        if name != GUIDE and _without_sources(package.frame(part)) != _without_sources(issued.frames[name]):
            return False
        if name in tables and package.row_tags(part) != issued.rows[name]:  # elsewhere a paragraph makes its row taller
            return False
    return True


_SOURCE = re.compile(f' prompt="{TAKEN}[^"]*"'.encode())


def _without_sources(frame: bytes) -> bytes:
    """What stands round the cells of a sheet, but for whose figures were carried over: that differs from agency to agency."""
    return _SOURCE.sub(b"", frame)


def layout_number(received: ReceivedWorkbook) -> int:
    """The layout number that a file was issued with, by its document properties or its cover; 1 where neither tells."""
    said = [received.properties.get(f"{PROPERTY}layout", "")]
    if COVER in received.sheet_names:
        said.append(received.sheet(COVER).text(COVER_CELLS.kind, COVER_CELLS.hidden))
    return next((int(number) for number in map(str.strip, said) if number.isdecimal() and len(number) < 6), 1)


def _recognise(received: ReceivedWorkbook, layout: Layout, issued: _Issued, say: Tell) -> dict[str, str]:
    """Sheets of the form that go under another name, by what is printed on them: their names now, and the right ones."""
    own = [n for n in received.sheet_names if n in issued.labels]
    doubted = {n for n in own if issued.labels[n] and not _in_place(received.sheet(n), issued.labels[n][:_FIRST])}
    missing = [n for n in layout.sheet_names if n not in own or n in doubted]
    if not missing:
        return {}
    others = [n for n in received.sheet_names if n not in own and not is_summary_sheet(n)]
    printed = {there: _printed(received, there) for there in (*others, *doubted)}
    words = {n: {squeezed(text) for *_, text in issued.labels[n] if text} for n in layout.sheet_names}

    def bears(there: str, name: str) -> bool:
        return bool(words[name]) and 2 * len(words[name] & printed[there]) > len(words[name])

    strangers = {n for n in doubted if not bears(n, n) and any(bears(n, other) for other in words)}
    renamed: dict[str, str] = {}
    for name in missing:
        if name in doubted and name not in strangers:
            continue
        there = next((n for n in (*others, *strangers) if n not in renamed and bears(n, name)), None)
        if there is not None:
            say("form-sheet-renamed", sheet=name, actual_text=there)
            renamed[there] = name
    aside = {n: f"{n}（另一张表）" for n in strangers if n not in renamed}
    if renamed or aside:
        received.rename(renamed | aside)
    return renamed


def _in_place(cells: SheetCells, labels: list[tuple[int, int, str]]) -> bool:
    """Whether most of a sheet's labels stand where they were issued."""
    return 2 * sum(cells.text(row, column) == text for row, column, text in labels) >= len(labels)


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
    for (row, column), cell in theirs.cells.items():
        spot = where.issued(row, column)
        if spot in ours or (spot is not None and _is_own(name, *spot, layout)):
            continue
        if within and (spot is None or not within.holds(*spot)):
            continue
        added = row in where.rows.new or column in where.columns.new
        if not added and not _shows_nothing(cell) and not (issued.summary and row == STATUS_ROW):
            strays.append(((row, column), cell.text))
    if strays:
        strays.sort()
        cells = [a1(*spot) for spot, _ in strays[:MANY]]
        say("form-cell-added", sheet=name, cell=cells[0], cells="、".join(cells),
            words="、".join(text for _, text in strays)[:80])  # fmt: skip


def _shows_nothing(cell: Cell) -> bool:
    """Whether nothing is to be seen of a cell: white space, or a formula that gives an empty text."""
    return not cell.value.strip() and (cell.formula is None or cell.kind == "text")


def _tell_covered(name: str, issued: _Issued, theirs: SheetCells, layout: Layout, where: Places, say: Tell) -> None:
    """Cells that cannot be seen, since another one's contents lie over them: merged, or filled by one formula."""
    ours = issued.merged[name]
    if not where.as_issued:
        ours = frozenset(_moved(parse_range(span), where) for span in ours)
    covers = [(span, "merge") for span in theirs.merged if span not in ours]
    covers += [(span, "formula") for span in theirs.spilled]
    if len(covers) > _COVERS_LIMIT:
        raise Unreadable("file-unsafe", "合并单元格多得不合理")
    if not covers:
        return
    inputs = {}
    for item in layout.form.inputs:
        sheet, *issued_spot = layout.position(item.id)
        if sheet == name and (spot := where.of(*issued_spot)) is not None:
            inputs[spot] = item.id
    candidates = sorted({spot for spot, cell in theirs.cells.items() if not _shows_nothing(cell)} | inputs.keys())
    for span, kind in covers:
        try:
            box = parse_range(span)
        except ValueError as problem:
            raise Unreadable("file-damaged", f"工作表“{name}”的内容不完整") from problem
        first = bisect_left(candidates, (box.top, box.left))
        hidden = [
            spot for spot in candidates[first : bisect_right(candidates, (box.bottom, box.right))]
            if box.left <= spot[1] <= box.right and spot != (box.top, box.left)
        ]  # fmt: skip
        if not hidden:
            continue
        fields = tuple(inputs[spot] for spot in hidden if spot in inputs)
        words = "、".join(theirs.text(*spot) for spot in hidden if not theirs.at(*spot).blank)
        filled = any(not theirs.at(*spot).blank for spot in hidden if spot in inputs)
        say("form-covered", severity="error" if filled else "query", sheet=name, cell=a1(*hidden[0]),
            field=fields[0] if len(fields) == 1 else None, related=fields if len(fields) > 1 else (),
            cells="、".join(a1(*spot) for spot in hidden[:MANY]), range=span, **_COVERED[kind],
            words=f"（里面存的是 {words[:80]}）" if words else "")  # fmt: skip


_COVERED = {
    "merge": {"how": "合并成了一格", "undo": "取消合并"},
    "formula": {"how": "由一个公式填满", "undo": "删去这个公式"},
}


def _moved(box: Box, where: Places) -> str:
    """A merged range of the form where its lines now stand; "" where one of them is lost."""
    first, last = where.of(box.top, box.left), where.of(box.bottom, box.right)
    return Box(*first, *last).span if first and last else ""


def _compare(
    name: str, issued: _Issued, theirs: SheetCells, layout: Layout, result: Audit, renamed: dict[str, str], say: Tell
) -> None:
    """Labels and formulas of a sheet against the form as issued, wherever its lines now stand."""
    where = result.places.get(name, AS_ISSUED)
    totals = {layout.position(f.id): f.id for f in layout.form.totals}
    changed: list[str] = []
    for row, column, text in issued.labels[name]:
        spot = where.of(row, column)
        if spot is not None and (there := theirs.text(*spot)) != text and squeezed(text) != squeezed(there):
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
        say("form-formula-changed", sheet=name, cell=changed[0], cells=several(changed, unit="处"))
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
