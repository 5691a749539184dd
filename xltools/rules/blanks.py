"""Blanks are not zeros: a table's blanks count as 0 only where its switch says so; else they are reported, once a table."""

from __future__ import annotations

from collections.abc import Iterator

from xltools.findings import Finding, finding
from xltools.layout import layout_of
from xltools.model import Filing

_LISTED = 12


def blanks(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """One finding for each table sheet with blank cells; a summary is blank where nothing was summed."""
    layout = layout_of(filing.form)
    for section in filing.form.table_sections if filing.kind == "filing" else ():
        empty = [
            f.id for f in filing.form.inputs_of(section.id)
            if filing.values[f.id] is None and f.id not in told and f.id not in filing.unread
        ]  # fmt: skip
        if not empty:
            continue
        cells = [layout.cell(name) for name in empty]
        first = filing.form.fields[empty[0]]
        yield finding("cell-blank", file=file, agency=filing.agency, sheet=section.sheet, cell=cells[0], field=empty[0],
                      related=tuple(empty), count=len(empty), cells="、".join(cells[:_LISTED]),
                      more=" 等" if len(cells) > _LISTED else "", place=first.place)  # fmt: skip
