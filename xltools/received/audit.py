"""A received workbook held against the form as issued: sheets, lines, labels, formulas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from functools import lru_cache
from itertools import islice
from typing import Any

from xltools.address import a1
from xltools.classes import dataclass
from xltools.form.layout import CHECKS, DEFINITION, GUIDE, LAYOUT, PROPERTY, Layout, TableSheet, is_summary_sheet
from xltools.form.model import Filing
from xltools.ooxml.cells import SheetCells
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable
from xltools.received.disguised import holds_figures, tell_disguised, tell_drawings
from xltools.received.issued import Issued, Spot, canonical, is_original, issued_form, layout_number
from xltools.received.locate import AS_ISSUED, Places, locate, moved_formula, squeezed
from xltools.received.overlaid import Tell, tell_covered, tell_strays
from xltools.received.untouched import untouched
from xltools.rules.relation import Relation
from xltools.terms import Verdict, several

_FIRST = 8
"""So many labels at the top of a sheet show whether it may be another one."""


@dataclass
class Audit:
    """What the comparison found: the verdict, the sheets there, where their lines stand, totals that are not ours."""

    verdict: Verdict = "resaved"
    present: set[str] = field(default_factory=set)
    places: dict[str, Places] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    pasted: dict[str, list[Spot]] = field(default_factory=dict)
    """By sheet where the formulas stood that are all values now, as after pasting a sheet as values."""
    changed: dict[str, list[Spot]] = field(default_factory=dict)
    """By sheet where other formulas than totals are not ours any more."""
    audited: bool = True

    def spot(self, sheet: str, row: int, column: int) -> tuple[int, int] | None:
        """Where a cell of the form stands in the received file; None where it cannot be found."""
        return self.places.get(sheet, AS_ISSUED).of(row, column) if sheet in self.present else None


def audit(received: ReceivedWorkbook, layout: Layout, filing: Filing, tell: Tell) -> Audit:
    """Compares a workbook with the form as issued and tells every difference."""
    issued = issued_form(layout.form, filing.agency.level, filing.kind, filing.known_last, filing.carried,
                         layout.form.standing_for(filing.year), filing.region)  # fmt: skip
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
    known = untouched(received, issued, layout) if as_now and received.audited else frozenset()
    renamed = _recognise(received, layout, issued, known, say)
    for name in layout.sheet_names:
        if name in received.sheet_names:
            result.present.add(name)
            if name in tables:
                result.places[name] = AS_ISSUED if name in known else locate(tables[name], received.sheet(name))
                _tell_moved(name, tables[name], result.places[name], received.sheet(name), say)
        else:
            lost = name in tables
            say("form-sheet-missing", severity="error" if lost else "query", sheet=name,
                consequence="，这张表的数没有读" if lost else "")  # fmt: skip
    in_order = not renamed and all(where.as_issued for where in result.places.values())
    for name in layout.sheet_names:
        if name in result.present and name != GUIDE:
            where, theirs = result.places.get(name, AS_ISSUED), received.sheet(name)
            alike = name in known and in_order
            if not alike:
                _compare(name, issued, theirs, layout, result, renamed, say)
                if as_now:
                    tell_strays(name, issued, theirs, layout, where, say)
                elif name in tables:
                    tell_strays(name, issued, theirs, layout, where, say, tables[name].table)
                if as_now or name in tables:
                    tell_covered(name, issued, theirs, layout, where, say)
            tell_drawings(received, name, layout, where, tell)
            tell_disguised(received, name, layout, where, tell, untouched=alike)
    _tell_formulas(result, say)
    _tell_losses(received, result, issued, say, tell)
    _tell_sheets(received, layout, filing, issued, result, say)
    if not received.audited:
        tell("form-not-audited")
    if received.macros:
        tell("file-macros")
    if told or result.replaced or result.pasted or not all(where.as_issued for where in result.places.values()):
        result.verdict = "modified"
    elif received.audited and is_original(received, issued, layout):
        result.verdict = "original"
    return result


def _tell_sheets(
    received: ReceivedWorkbook, layout: Layout, filing: Filing, issued: Issued, result: Audit, say: Tell
) -> None:
    """Tells of sheets that are not the form's, and of those that are hidden."""
    tables = {sheet.name for sheet in layout.tables.values()}
    for name in received.sheet_names:
        if name == DEFINITION:
            continue
        if name not in layout.sheet_names and not (filing.kind == "summary" and is_summary_sheet(name)):
            copied = _other_figures(received, name, layout, issued, result)
            say("form-sheet-added", sheet=name, severity="query" if copied else "note",
                of=f"，像是“{copied}”的另一份，数不一样" if copied else "")  # fmt: skip
        elif name in received.hidden:
            unseen = name in tables and holds_figures(received, name, layout, result.places.get(name, AS_ISSUED))
            say("form-sheet-hidden", sheet=name, severity="query" if unseen else "note")


def _recognise(
    received: ReceivedWorkbook, layout: Layout, issued: Issued, known: frozenset[str], say: Tell
) -> dict[str, str]:
    """Sheets of the form that go under another name, by what is printed on them: their names now, and the right ones; ``known`` are
    those that are what their name says."""
    own = [n for n in received.sheet_names if n in issued.labels]
    doubted = {
        n for n in own if n not in known and issued.labels[n] and not _in_place(received.sheet(n), issued.labels[n])
    }
    missing = [n for n in layout.sheet_names if n not in own or n in doubted]
    if not missing:
        return {}
    others = [n for n in received.sheet_names if n not in own and not is_summary_sheet(n)]
    printed = {there: _printed(received, there) for there in (*others, *doubted)}
    words = {n: _squeezed(issued.labels[n]) for n in layout.sheet_names}

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


def _other_figures(received: ReceivedWorkbook, name: str, layout: Layout, issued: Issued, result: Audit) -> str:
    """The table of the form that an added sheet shows once more with other figures, as printed there; "" where it is none."""
    try:
        theirs = received.sheet(name)
    except Unreadable:
        return ""
    printed = _printed(received, name)
    for table in (t for t in layout.tables.values() if t.name in result.present):
        words = _squeezed(issued.labels[table.name])
        if not words or 2 * len(words & printed) <= len(words):
            continue
        copied = locate(table, theirs)
        for item in layout.form.inputs_of(table.section.id):
            _, *spot = layout.position(item.id)
            there, again = result.spot(table.name, *spot), copied.of(*spot)
            if there and again and theirs.text(*again) not in ("", received.sheet(table.name).text(*there)):
                return table.name
    return ""


def _squeezed(labels: dict[Spot, str]) -> set[str]:
    return {squeezed(text) for text in labels.values() if text}


def _in_place(cells: SheetCells, labels: dict[Spot, str]) -> bool:
    """Whether most of the labels at the top of a sheet stand where they were issued."""
    first = list(islice(labels.items(), _FIRST))
    return 2 * sum(cells.text(*spot) == text for spot, text in first) >= len(first)


def _printed(received: ReceivedWorkbook, name: str) -> set[str]:
    """The words on a sheet; none on one that is broken or too large to be ours."""
    try:
        return {squeezed(cell.text) for cell in received.sheet(name).cells.values()}
    except Unreadable:
        return set()


def _tell_moved(name: str, sheet: TableSheet, where: Places, theirs: SheetCells, say: Tell) -> None:
    """Rows and columns put in, moved, or gone."""
    if where.as_issued:
        return
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
            for label in sheet.labels if line not in wanted else ():
                if (label.box.top, label.box.left)[axis] == line and label.text:  # a line of words alone
                    say(
                        "form-label-changed",
                        sheet=name,
                        cell=label.box.address,
                        expected_text=label.text,
                        actual_text="",
                    )


def _line_words(sheet: TableSheet, axis: int, line: int) -> str:
    """The innermost printed words of a row (axis 0) or column (axis 1) of the form."""
    spots = [((m.box.top, m.box.left), m.text) for m in sheet.labels]
    innermost = max(((spot[1 - axis], text) for spot, text in spots if spot[axis] == line), default=None)
    return innermost[1] if innermost else sheet.section.title


def _pasted(formulas: Iterable[Spot], theirs: SheetCells, where: Places) -> list[Spot]:
    """Where the formulas of a sheet stood, if all that can be found are values now; else nowhere."""
    spots: list[Spot] = []
    for issued in formulas:
        if (spot := where.of(*issued)) is not None:
            cell = theirs.at(*spot)
            if cell.formula is not None:
                return []
            if not cell.blank:
                spots.append(spot)
    return spots


_AN_ACT = 3
"""So many formulas of a sheet are values, and none is a formula: it was done at one go, maybe for other sheets too."""


def _tell_formulas(result: Audit, say: Tell) -> None:
    """Tells of formulas that are others now; those that are values all over a sheet are left to who knows the right values."""
    at_one_go = any(len(spots) >= _AN_ACT for spots in result.pasted.values())
    result.pasted = {name: spots for name, spots in result.pasted.items() if spots and at_one_go}
    for name, spots in result.changed.items():
        if spots and name not in result.pasted:
            cells = [a1(*spot) for spot in spots]
            say("form-formula-changed", sheet=name, cell=cells[0], cells=several(cells, unit="处"))


def _tell_losses(received: ReceivedWorkbook, result: Audit, issued: Issued, say: Tell, tell: Tell) -> None:
    """Tells which sheets lost their protection or their input rules; where all did, a program did it that writes none."""
    sheets = {name: received.sheet(name) for name in issued.labels if name in result.present and name != GUIDE}
    guarded = {name: cells for name, cells in sheets.items() if result.audited and issued.validated[name]}
    lost = [name for name, cells in sheets.items() if not cells.protected]
    free = [name for name, cells in guarded.items() if cells.validations == 0]
    for code, names, all_ in (("form-protection-lost", lost, sheets), ("form-validation-lost", free, guarded)):
        if names:
            told = tell if len(names) == len(all_) > 1 else say
            told(code, sheet=names[0], sheets=several([f"“{name}”" for name in names], unit="张表", between=""))


@lru_cache(maxsize=32)
def _totals(layout: Layout) -> dict[tuple[str, int, int], str]:
    """The form's totals by sheet, row and column."""
    return {layout.position(f.id): f.id for f in (*layout.form.totals, *layout.form.ratios)}


@lru_cache(maxsize=32)
def _once(layout: Layout) -> dict[str, str]:
    """The sentences of the form's relations by how they are printed now: as they once were."""
    relations = [rule for rule in layout.form.rules if isinstance(rule, Relation)]
    relations += [rule.with_last for rule in relations if rule.with_last]
    relations += [rule.limited(limit) for rule in relations for limit in {*(rule.ceiling or {}).values()}]
    return {rule.text: rule.once for rule in relations}


def _compare(
    name: str, issued: Issued, theirs: SheetCells, layout: Layout, result: Audit, renamed: dict[str, str], say: Tell
) -> None:
    """Labels and formulas of a sheet against the form as issued, wherever its lines now stand."""
    where = result.places.get(name, AS_ISSUED)
    unmoved = all(where.as_issued for where in result.places.values())
    cells, once = theirs.cells, _once(layout) if name == CHECKS else {}
    for issued_spot, text in issued.labels[name].items():
        if where.as_issued and issued_spot in cells and cells[issued_spot].value == text:
            continue
        spot = where.of(*issued_spot)
        if (
            spot is not None
            and (there := theirs.text(*spot)) not in (text, once.get(text))
            and squeezed(text) != squeezed(there)
        ):
            say("form-label-changed", sheet=name, cell=a1(*spot), expected_text=text, actual_text=there)
    if not result.audited:
        return
    changed: list[Spot] = []
    for issued_spot, formula in issued.formulas[name].items():
        spot = where.of(*issued_spot)
        if spot is None:
            continue
        found = theirs.at(*spot).formula
        if found == formula and unmoved and not renamed:
            continue
        if found is not None:
            for there, official in renamed.items():
                found = found.replace(f"{there}!", f"{official}!").replace(f"{there}'!", f"{official}'!")
            wanted = canonical(formula)
            if canonical(found) == (wanted if unmoved else moved_formula(wanted, name, result.places)):
                continue
        if total := _totals(layout).get((name, *issued_spot)):
            result.replaced.add(total)
        else:
            changed.append(spot)
    result.pasted[name] = _pasted(issued.formulas[name], theirs, where)
    result.changed[name] = changed
