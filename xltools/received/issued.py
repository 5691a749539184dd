"""The form as issued: what our own writer would have written is the measure for a received workbook."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from typing import Literal

from xltools.classes import dataclass
from xltools.derived import derived
from xltools.expressions import expression
from xltools.form.layout import (
    CHECK_COLUMNS,
    CHECK_TOP,
    CHECKS,
    COVER,
    COVER_CELLS,
    GUIDE,
    PROPERTY,
    STATUS_ROW,
    TAKEN,
    TEXT_TOP,
    Layout,
    layout_of,
)
from xltools.form.model import Agency, Filing, Form
from xltools.form.sums import LAST
from xltools.ooxml.opening import open_workbook
from xltools.ooxml.shared import kept
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.terms import SIGNOFF, Level

Spot = tuple[int, int]

_VARYING = ("docProps/", "xl/worksheets/sheet", "xl/sharedStrings.xml")
"""How the parts begin that are another in every filing. All others our writer writes just so, and no other program does."""


@dataclass(frozen=True, eq=False)
class Issued:
    """The form as issued: by sheet, what every cell that is not the agency's own must hold."""

    labels: dict[str, dict[Spot, str]]
    formulas: dict[str, dict[Spot, str]]
    validated: dict[str, bool]
    merged: dict[str, frozenset[str]]
    sums: dict[str, tuple[int, int]]
    frames: dict[str, bytes]
    rows: dict[str, list[bytes]]
    summary: bool

    def tables_only(self, layout: Layout) -> Issued:
        """The part of it that is alike under every layout number: the official tables' labels and totals."""
        tables = {s.name: {(m.box.top, m.box.left) for m in s.labels} for s in layout.tables.values()}
        totals = {layout.position(f.id) for f in (*layout.form.totals, *layout.form.ratios)}
        return replace(
            self,
            labels={n: {s: m for s, m in marks.items() if s in tables.get(n, ())} for n, marks in self.labels.items()},
            formulas={n: {s: m for s, m in marks.items() if (n, *s) in totals} for n, marks in self.formulas.items()},
        )

    @cached_property
    def filled(self) -> dict[str, set[Spot]]:
        """By sheet where something stands in the form itself."""
        return {name: self.labels[name].keys() | self.formulas[name].keys() for name in self.labels}


@lru_cache(maxsize=64)
def issued_form(
    form: Form,
    level: Level,
    kind: Literal["filing", "summary"],
    last: frozenset[str],
    carried: frozenset[str],
    year: int,
    region: str = "",
) -> Issued:
    """The form as issued to agencies of a level, with the figures of last year that it came with, and those carried over.

    ``year`` is any that the same rules are for.
    """
    make = partial(_issued, form, level, kind, last, carried, year, region)
    every = {f.id for f in form.inputs}
    if not form.origin or last not in (frozenset(), every):
        return make()
    known = repr((form.origin, level, kind, bool(last), sorted(carried), year, region))
    return derived("issued", known, make)


def _issued(
    form: Form,
    level: Level,
    kind: Literal["filing", "summary"],
    last: frozenset[str],
    carried: frozenset[str],
    year: int,
    region: str,
) -> Issued:
    from xltools.workbook.write import write_filing

    status = "汇总" if kind == "summary" else ""
    filing = Filing(
        form, Agency("", "", level), year, kind, last=dict.fromkeys(last, 0), carried=carried, region=region
    )
    workbook = open_workbook(write_filing(filing, status=status))
    issued = Issued({}, {}, {}, {}, workbook.package.sums, {}, {}, kind == "summary")
    layout = layout_of(form)
    for name in layout.sheet_names:
        issued.labels[name], issued.formulas[name] = {}, {}
        issued.validated[name] = kind == "filing" and workbook.sheet(name).validations > 0
        issued.merged[name] = frozenset(workbook.sheet(name).merged)
        issued.frames[name] = workbook.package.frame(workbook.part_of(name))
        issued.rows[name] = workbook.row_tags(name)
        if name == GUIDE:
            continue
        for (row, column), cell in workbook.sheet(name).cells.items():
            if is_own(name, row, column, layout) or (kind == "summary" and row == STATUS_ROW):
                continue
            if cell.formula is None:
                issued.labels[name][row, column] = cell.text
            else:
                issued.formulas[name][row, column] = cell.formula
    return issued


def is_original(received: ReceivedWorkbook, issued: Issued, layout: Layout) -> bool:
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
        ours, theirs = issued.frames[name], package.frame(part) if name != GUIDE else b""
        if name != GUIDE and ours != theirs and _without_sources(ours) != _without_sources(theirs):
            return False
        if (
            name in tables and received.row_tags(name) != issued.rows[name]
        ):  # elsewhere a paragraph makes its row taller
            return False
    return True


_SOURCE = expression(f' prompt="{TAKEN}[^"]*"|例：[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}'.encode())


@kept(64)
def _without_sources(frame: bytes) -> bytes:
    """What stands round the cells of a sheet, but for whose figures were carried over, which differs from agency to agency,
    and the day that is an example, which differs from year to year."""
    return _SOURCE.sub(b"", frame)


def layout_number(received: ReceivedWorkbook) -> int:
    """The layout number that a file was issued with, by its document properties or its cover; 1 where neither tells."""
    said = [received.properties.get(f"{PROPERTY}layout", "")]
    if COVER in received.sheet_names:
        said.append(received.sheet(COVER).text(COVER_CELLS.kind, COVER_CELLS.hidden))
    return next((int(number) for number in map(str.strip, said) if number.isdecimal() and len(number) < 6), 1)


def is_own(name: str, row: int, column: int, layout: Layout) -> bool:
    """Whether a cell is the agency's own: its name, its figures, its words."""
    if (row, column) in own_cells(layout, name):
        return True
    if name == CHECKS:
        return row >= CHECK_TOP and column == CHECK_COLUMNS.explanation
    return name != COVER and name not in _inputs(layout) and row >= TEXT_TOP


@lru_cache(maxsize=256)
def own_cells(layout: Layout, name: str) -> frozenset[Spot]:
    """The agency's own cells of a sheet, where there are so many and no more: of 校验 but last year's figures, of a text sheet
    none."""
    if name == COVER:
        signoff = range(COVER_CELLS.signoff, COVER_CELLS.signoff + len(SIGNOFF))
        rows = (*range(COVER_CELLS.name, COVER_CELLS.year + 1), COVER_CELLS.period, *signoff)
        return frozenset((row, COVER_CELLS.column) for row in rows)
    if name == CHECKS:
        last = (*(item.id for item in layout.form.inputs), *layout.form.last_read)
        return frozenset({layout.position(LAST + name)[1:] for name in last} | {layout.last_heading})
    return frozenset(_inputs(layout).get(name, ()))


@lru_cache(maxsize=32)
def _inputs(layout: Layout) -> dict[str, set[Spot]]:
    """The input cells and the switch of each table sheet."""
    own = {s.name: {(s.switch_boxes[1].top, s.switch_boxes[1].left)} for s in layout.tables.values()}
    for item in layout.form.inputs:
        sheet, row, column = layout.position(item.id)
        own[sheet].add((row, column))
    return own


_WORDS = expression(r"_xlfn\.|\$?'([^']+)'!|\s+|TRUE\(\)|FALSE\(\)")


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
