"""校验 as LibreOffice shows it, held against ``check``; and the cells that the tests change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from making import altered, cell_of
from office_samples import cells_of, same

from xltools.address import a1
from xltools.form.layout import CHECK_COLUMNS, CHECK_TOP, CHECKS, COVER, COVER_CELLS, layout_of
from xltools.form.model import Filing
from xltools.received.file import Received
from xltools.terms import SIGNOFF

PASS, FAIL, PENDING = "通过", "不符", "待填"
Edits = dict[str, dict[str, Any]]
"""What to put into cells, by sheet and address."""


@dataclass(frozen=True)
class Row:
    """A row of 校验 as LibreOffice shows it."""

    rule: str
    left: float | str
    right: float | str
    result: str


def rows_of(path: Path) -> list[Row]:
    """校验 as a recalculated file shows it."""
    cells = {spot: cell for (sheet, spot), cell in cells_of(path).items() if sheet == CHECKS}

    def shown(row: int, column: int) -> Any:
        cell = cells.get(a1(row, column))
        return "" if cell is None else float(cell.value) if cell.kind == "n" else cell.value

    count = sum(1 for row in range(CHECK_TOP, 200) if shown(row, CHECK_COLUMNS.id))
    at = CHECK_COLUMNS
    return [Row(*(shown(row, column) for column in (at.id, at.left, at.right, at.result)))
            for row in range(CHECK_TOP, CHECK_TOP + count)]  # fmt: skip


def code_shown(path: Path) -> str:
    """The 校验码 on the cover of a recalculated file."""
    return cells_of(path)[COVER, a1(COVER_CELLS.checkcode, COVER_CELLS.column)].value


def disagreements(received: Received, rows: list[Row]) -> list[str]:
    """Where rows of 校验 and the findings of ``check`` contradict each other."""
    said = {f.rule: f for f in received.findings if f.rule}
    found = []
    for row in rows:
        told = said.get(row.rule)
        if row.result == PASS and told:
            found.append(f"{row.rule}: 校验 passes it, check: {told.message}")
        elif row.result == FAIL and not told:
            found.append(f"{row.rule}: 校验 fails it ({row.left} | {row.right}), check has nothing")
        elif row.result == FAIL and told and told.code == "rule-failed":
            sides = told.as_json()
            if not (same(row.left, sides["actual"]) and same(row.right, sides["expected"])):
                found.append(f"{row.rule}: 校验 shows {row.left} | {row.right}, check {told.message}")
        elif row.result not in (PASS, FAIL, PENDING):
            found.append(f"{row.rule}: 校验 shows {row.result}")
    return found


def put(filing: Filing, field: str, value: Any) -> Edits:
    sheet, cell = cell_of(filing.form, field)
    return {sheet: {cell: value}}


def cover(key: str, value: Any) -> Edits:
    return {COVER: {a1(COVER_CELLS.signoff + list(SIGNOFF).index(key), COVER_CELLS.column): value}}


def switch(filing: Filing, section: str, value: Any) -> Edits:
    sheet = layout_of(filing.form).tables[section]
    return {sheet.name: {sheet.switch_boxes[1].address: value}}


def joined(*edits: Edits) -> Edits:
    sheets = {sheet for edit in edits for sheet in edit}
    return {name: {cell: v for edit in edits for cell, v in edit.get(name, {}).items()} for name in sheets}


def edited(content: bytes, edits: Edits) -> bytes:
    """A workbook with cells changed, and nothing recalculated."""
    for sheet, cells in edits.items():
        content = altered(content, sheet, cells)
    return content
