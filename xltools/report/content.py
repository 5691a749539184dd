"""What a report says: title, opening, the parts in their order, tables as officially printed. Made from a filing and its form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xltools.figures import printed
from xltools.layout import TableSheet, layout_of
from xltools.model import Filing, Section
from xltools.workbook.read import Received

CellKind = Literal["band", "corner", "column", "row", "figure"]


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table: its place, how many rows and columns it spans, its words, and the field whose figure it holds."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    kind: CellKind
    field: str = ""


@dataclass(frozen=True)
class OfficialTable:
    """A table as officially printed: its cells in reading order, column widths as shares of the whole, rows that are headings."""

    caption: str
    cells: tuple[TableCell, ...]
    rows: int
    widths: tuple[float, ...]
    headings: int


@dataclass(frozen=True)
class Part:
    """One of the six parts: paragraphs as typed, or a table."""

    title: str
    paragraphs: tuple[str, ...] = ()
    table: OfficialTable | None = None


@dataclass(frozen=True)
class Report:
    """The whole report. ``draft`` says why it is none to be published yet; "" where it is."""

    title: str
    opening: str
    parts: tuple[Part, ...]
    draft: str


def report_of(received: Received) -> Report:
    """The report of a file that was read and judged; figures recomputed, blanks left blank."""
    filing = received.filing
    assert filing is not None
    form, agency = filing.form, filing.agency
    wording = form.report.area if filing.kind == "summary" else form.report.agency
    said = {"agency": agency.name, "year": filing.year, "basis": form.basis, "phone": filing.signoff.get("phone", "")}
    contact = form.report.contact.format_map(said) if said["phone"] else ""
    return Report(
        f"{agency.name}{filing.year}年{form.title}",
        wording.format_map(said) + contact,
        tuple(_part(section, filing) for section in form.sections),
        _draft(received),
    )


def _draft(received: Received) -> str:
    open_ = [f.severity for f in received.findings if f.open]
    words = [f"{open_.count(severity)} 项{what}" for severity, what in (("error", "错误"), ("query", "核实"))
             if severity in open_]  # fmt: skip
    said = f"草稿：还有 {'、'.join(words)}没有了结，不要公布。" if words else ""
    if received.provisional:
        said = f"{said or '草稿：'}数字是暂定的：{received.provisional}。"
    return said


def _part(section: Section, filing: Filing) -> Part:
    if not section.tables:
        return Part(section.title, tuple(p for p in filing.texts.get(section.id, ()) if p.strip()))
    return Part(section.title, table=_table(layout_of(filing.form).tables[section.id], filing))


def _table(sheet: TableSheet, filing: Filing) -> OfficialTable:
    """A section's tables as one, row and column as on their sheet; hints for the filler are left out."""
    kinds: dict[str, CellKind] = {"heading": "band", "corner": "corner", "column": "column", "row": "row"}
    placed = [(m.box, m.text, kinds[m.role], "") for m in sheet.labels if m.role in kinds]
    for name, box in sheet.boxes.items():
        figure, field = filing.values[name], filing.form.fields[name]
        placed.append((box, "" if figure is None else f"{printed(figure, field.type):f}", "figure", name))
    lines = sorted({row for box, *_ in placed for row in range(box.top, box.bottom + 1)})
    at = {line: number for number, line in enumerate(lines)}
    cells = [TableCell(at[box.top], box.left, box.bottom - box.top + 1, box.right - box.left + 1, text, kind, name)
             for box, text, kind, name in placed]  # fmt: skip
    headings = at.get(sheet.header_bottom, -1) + 1
    widths = tuple(width / sum(sheet.widths) for width in sheet.widths)
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))
    return OfficialTable(sheet.section.title, ordered, len(lines), widths, headings)
