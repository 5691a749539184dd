"""What a report says: title, opening, the parts in their order, tables as officially printed. Made from a filing and its form."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from xltools.classes import dataclass
from xltools.figures import printed
from xltools.form.fields import Field, Section
from xltools.form.layout import layout_of
from xltools.form.model import Filing
from xltools.periods import named
from xltools.received.file import Received

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
    """A table as officially printed: its cells in reading order, which rows are headings, how many columns hold labels of rows.

    ``needs`` are the characters that each column holds on a line. ``note`` names the units that the official headings leave
    out; "" where they leave out none.
    """

    caption: str
    cells: tuple[TableCell, ...]
    rows: int
    headings: int
    labels: int
    needs: tuple[float, ...]
    note: str = ""

    @property
    def columns(self) -> int:
        return len(self.needs)

    def widths(self, room: float) -> list[float]:
        """Column widths where ``room`` characters stand side by side: no less than the needs, the figures share what is left."""
        spare = max(room - sum(self.needs), 0) / (self.columns - self.labels)
        return [need + (spare if column >= self.labels else 0) for column, need in enumerate(self.needs)]


@dataclass(frozen=True, slots=True)
class ReportParagraph:
    """A paragraph as typed; ``heading`` where it is one of the second level; ``lead`` is the heading that it begins with."""

    text: str
    heading: bool = False
    lead: str = ""


@dataclass(frozen=True)
class ReportPart:
    """One of the six parts: paragraphs, or a table."""

    title: str
    paragraphs: tuple[ReportParagraph, ...] = ()
    table: OfficialTable | None = None


@dataclass(frozen=True)
class Report:
    """The whole report. ``draft`` says why it is none to be published yet; "" where it is. ``signature`` is whose it is and its date,
    where that is known. ``opening`` is a paragraph a line; ``kept`` says that it is the agency's own, of a published report."""

    title_lines: tuple[str, str]
    year: int
    opening: str
    parts: tuple[ReportPart, ...]
    draft: str
    signature: tuple[str, ...] = ()
    kept: bool = False

    @property
    def title(self) -> str:
        """Whose report of which year it is; where one line does not hold it, it breaks after the agency's name."""
        return "".join(self.title_lines)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The parts in which nothing is written."""
        return tuple(part.title for part in self.parts if not (part.table or part.paragraphs))


def report_of(received: Received, address: str = "", email: str = "") -> Report:
    """The report of a file that was read and judged; figures recomputed, blanks left blank.

    It opens as the agency's own report did where the filing keeps that, else in the form's words. A form has no place for an address
    or e-mail to be asked at: they may be given, and then the opening is the form's too.
    """
    filing = received.filing
    assert filing is not None
    kept = "" if address or email else filing.opening
    return Report(
        (filing.agency.name, f"{named(filing.year)}{filing.form.title}"),
        filing.year,
        kept or opening_of(filing, address, email),
        tuple(_part(section, filing) for section in filing.form.sections),
        f"草稿，不要公布：{received.unready}。" if received.unready else "",
        (filing.agency.name, *_day(filing.signoff.get("date", ""))),
        bool(kept),
    )


def opening_of(filing: Filing, address: str = "", email: str = "") -> str:
    """What a report opens with in the words of its form."""
    form, agency = filing.form, filing.agency
    wording = form.report.area if filing.kind == "summary" else form.report.agency
    phone = filing.signoff.get("phone", "")
    known = {"地址": address, "电话": phone, "电子邮箱": email}
    ways = "，".join(f"{name}：{way}" for name, way in known.items() if way)
    said = {
        "agency": agency.name,
        "year": int(filing.year),
        "period": named(filing.year),
        "basis": form.basis,
        "phone": phone,
        "ways": ways,
    }
    asked = form.report.reach if address or email else form.report.contact
    return wording.format_map(said) + (asked.format_map(said) if ways else "")


def _day(iso: str) -> tuple[str, ...]:
    """A date in words; nothing for what is none."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return ()
    return (f"{day.year}年{day.month}月{day.day}日",)


def _part(section: Section, filing: Filing) -> ReportPart:
    if section.tables:
        return ReportPart(section.title, table=official_table(section, filing))
    typed = (text.strip() for text in filing.texts.get(section.id, ()))
    return ReportPart(
        section.title, tuple(ReportParagraph(text, is_heading(text), lead_of(text)) for text in typed if text)
    )


_HEADING = re.compile(r"[（(][一二三四五六七八九十]+[）)][^。；：，！？;,!?]{1,30}")


def is_heading(text: str) -> bool:
    """Whether a paragraph is a heading of the second level: （一） and a few words that are no sentence."""
    return _HEADING.fullmatch(text) is not None


_LEAD = re.compile(r"([（(][一二三四五六七八九十]+[）)][^。；：！？;:!?0-9]{1,30}[。：])\s*\S")


def lead_of(text: str) -> str:
    """The heading that a paragraph begins with: （一） and a few words without a figure, up to the stop; "" where there is none."""
    found = _LEAD.match(text)
    return found[1] if found else ""


# ── tables ───────────────────────────────────────────────────────────────────

_LABEL, _OUTER, _NARROW = 13.0, (3.1, 4.2), 2.0
"""Characters on a line of a row label, of the groups before it (an inner one begins with a numeral in brackets), of a figure."""
_DIGIT = 0.64
"""How wide a digit is to a character. Half as wide in the fonts of official papers; a computer without them takes wider ones, and
would break a figure over two lines."""


def official_table(section: Section, filing: Filing) -> OfficialTable:
    """A section's tables as one, row and column as on their sheet; hints for the filler are left out."""
    sheet = layout_of(filing.form).tables[section.id]
    kinds: dict[str, CellKind] = {"heading": "band", "corner": "corner", "column": "column", "row": "row"}
    placed = [(m.box, m.text, kinds[m.role], "") for m in sheet.labels if m.role in kinds]
    for name, box in sheet.boxes.items():
        placed.append((box, in_print(filing, filing.form.fields[name]), "figure", name))
    lines = sorted({row for box, *_ in placed for row in range(box.top, box.bottom + 1)})
    at = {line: number for number, line in enumerate(lines)}
    cells = [TableCell(at[box.top], box.left, box.bottom - box.top + 1, box.right - box.left + 1, text, kind, name)
             for box, text, kind, name in placed]  # fmt: skip
    return OfficialTable(
        sheet.section.title,
        tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
        len(lines),
        at.get(sheet.header_bottom, -1) + 1,
        sheet.label_columns,
        tuple(_needs(cells, sheet.label_columns, sheet.last_column + 1)),
        _units(sheet.section),
    )


def in_print(filing: Filing, field: Field) -> str:
    """A figure as a report prints it: the word of a choice, short text as typed; nothing for a blank."""
    figure = filing.values[field.id]
    if field.type == "words":
        return filing.typed.get(field.id, "")
    if field.choices and filing.kind == "filing":
        return field.word(figure)
    return "" if figure is None else f"{printed(figure, field.type):f}"


def _needs(cells: list[TableCell], labels: int, columns: int) -> list[float]:
    """The characters that each column holds on a line: words are broken, a figure is not."""
    needs = [_OUTER[min(level, 1)] for level in range(labels - 1)] + [_LABEL] * (labels > 0)
    needs += [_NARROW] * (columns - labels)
    for cell in cells:
        if cell.kind == "figure" and cell.columns == 1:
            needs[cell.column] = max(needs[cell.column], len(cell.text) * _DIGIT)
    return needs


def _units(section: Section) -> str:
    """The units of columns whose headings do not print them."""
    columns = [column for table in section.tables for column in table.columns]
    unsaid = {c.name: c.unit for c in columns if c.unit and c.unit not in c.name}
    return f"注：{'，'.join(f'{name}的单位为{unit}' for name, unit in unsaid.items())}。" if unsaid else ""
