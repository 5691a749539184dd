"""What to colour and to say in a marked-up copy: the cells that findings point at, and where a query is explained."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace

from xltools.address import a1, parse_a1
from xltools.findings import Finding
from xltools.form.algebra import total_formula
from xltools.form.layout import CHECKS, COVER, COVER_CELLS, layout_of
from xltools.received.file import Received
from xltools.received.issued import is_own
from xltools.received.locate import AS_ISSUED
from xltools.received.mark import Formula, Mark
from xltools.slips.words import EXPLAIN, bare, cut, helpful, to_correct
from xltools.terms import SEVERITIES
from xltools.workbook.cached import Shown

_LONGEST = 400
TYPED_OVER = "total-overwritten"
GIVEN_BACK = "这一格的公式已经恢复，不用填；请核对上面所说的各项"
"""What is left to do about a total whose formula the copy has again."""


def marks_of(received: Received) -> list[Mark]:
    """The marks of a file's open errors and queries, and of the notes that help with them, where they have a cell."""
    names = _renamed(received)
    given = {(formula.sheet, formula.cell) for formula in _formulas(received)}
    marks = [mark for f in (*to_correct(received), *helpful(received)) for mark in _marks(f, received, given)]
    return [replace(mark, sheet=names.get(mark.sheet, mark.sheet)) for mark in marks]


def formulas_of(received: Received) -> list[Formula]:
    """The formulas of totals that were typed over, to be given back where a sheet stands as issued: nobody else can, it is locked."""
    names = _renamed(received)
    return [replace(given, sheet=names.get(given.sheet, given.sheet)) for given in _formulas(received)]


def _formulas(received: Received) -> Iterator[Formula]:
    filing = received.filing
    if filing is None:
        return
    layout, shown = layout_of(filing.form), Shown(filing)
    for told in to_correct(received):
        field = filing.form.fields.get(told.field or "")
        if told.code != TYPED_OVER or field is None or not field.parts or told.sheet is None or told.cell is None:
            continue
        if received.places[told.sheet].as_issued:
            formula = total_formula(field, layout, told.sheet)
            yield Formula(told.sheet, told.cell, formula, shown.total(field))


def _renamed(received: Received) -> dict[str, str]:
    """Sheets that go under another name, by the right one."""
    return {
        f.sheet: str(f.detail["actual_text"])
        for f in received.findings
        if f.code == "form-sheet-renamed" and f.sheet is not None
    }


def _marks(found: Finding, received: Received, given: Container[tuple[str, str]]) -> Iterator[Mark]:
    answer = received.answers.get(found.rule or "")
    cell = found.cell or (answer if found.sheet == CHECKS else None)
    if found.sheet is None or cell is None:
        return
    explainable = answer if found.severity == "query" else None
    remedy = GIVEN_BACK if found.code == TYPED_OVER and (found.sheet, cell) in given else found.remedy
    said = f"{SEVERITIES[found.severity]}：{cut(bare(found), _LONGEST)}\n→ {cut(remedy, _LONGEST)}。"
    words = f"{said}\n{EXPLAIN}（{answer}）。" if explainable else said
    yield Mark(found.sheet, cell, found.severity, words, opened=_is_to_fill(found.sheet, cell, received))
    if found.code == "cell-blank":
        yield from (Mark(found.sheet, each, found.severity, opened=True) for each in _cells(found, received))
    if explainable:
        place = f"“{found.sheet}”{cell}"
        yield Mark(
            CHECKS,
            explainable,
            "query",
            f"{place}：{cut(bare(found), _LONGEST)}\n→ 数没有错的，在这一格写清原因。",
            opened=True,
        )


def _is_to_fill(sheet: str, cell: str, received: Received) -> bool:
    """Whether a cell is one that the agency fills in, whatever has been pasted over its lock: no total, nothing carried over."""
    filing = received.known
    layout, spot = layout_of(filing.form), received.places.get(sheet, AS_ISSUED).issued(*parse_a1(cell))
    if filing.kind == "summary" or spot is None or (sheet == COVER and spot[0] < COVER_CELLS.signoff):
        return False
    carried = {layout.position(name) for name in filing.carried}
    return sheet in layout.sheet_names and is_own(sheet, *spot, layout) and (sheet, *spot) not in carried


def _cells(found: Finding, received: Received) -> Iterator[str]:
    """Every cell of a finding about many, in the file as received."""
    assert received.filing is not None and found.sheet is not None
    layout, where = layout_of(received.filing.form), received.places.get(found.sheet)
    for name in found.related:
        _, *issued = layout.position(name)
        spot = where.of(*issued) if where else tuple(issued)
        if spot:
            yield a1(*spot)
