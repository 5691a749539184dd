"""A filing in the official layout and nothing else: values at the same addresses, no formulas, no protection, no hints."""

from __future__ import annotations

from xltools.address import Box
from xltools.dates import serial
from xltools.form.checkcode import check_code
from xltools.form.fields import Section
from xltools.form.layout import (
    CODE_LABEL,
    COPY,
    COVER,
    COVER_CELLS,
    COVER_IDENTITY,
    NAME_ROW,
    PERIOD_LABEL,
    STATUS_ROW,
    TABLE_TOP,
    TITLE_ROW,
    Layout,
    TableSheet,
    layout_of,
    paragraph_spot,
)
from xltools.form.model import Filing
from xltools.form.standing import completeness, lacking
from xltools.ooxml.book import Book, Sheet
from xltools.periods import in_words, part_of
from xltools.terms import LEVELS, SIGNOFF
from xltools.workbook.cached import content
from xltools.workbook.table_sheets import TEXT_WIDTH, lies_across, row_heights

AT = COVER_CELLS


def write_official(filing: Filing, unsettled: str = "") -> bytes:
    """The workbook for platforms that take the official tables: cover, tables with plain values, texts.

    A text typed where a number belongs stands as typed. A summary that lacks agencies, or was adjusted, says so on top, as do files
    with something ``unsettled``, in words.
    """
    layout = layout_of(filing.form)
    book = Book(
        {COPY: "official"}, f"{filing.form.title} {filing.year} {filing.agency.name}", int(filing.year), protected=False
    )
    status = _status(filing, unsettled)
    _cover(book, layout, filing, status)
    for section in filing.form.sections:
        if section.tables:
            _tables(book, layout.tables[section.id], filing, status)
        else:
            _text(book, section, filing, status)
    return book.bytes()


def _status(filing: Filing, unsettled: str) -> str:
    """What the figures lack, or include beyond those of the agencies, what is open; "" where there is nothing to say."""
    lines = sum(bool(a.figures) for a in filing.adjustments)
    parts = [completeness(filing.members)] if lacking(filing) else []
    draft = [f"草稿：{unsettled}"] if unsettled else []
    return "；".join((*draft, *parts, *([f"含调整 {lines} 行"] if lines else [])))


def _cover(book: Book, layout: Layout, filing: Filing, status: str) -> None:
    out = book.sheet(COVER)
    out.widths(3, 20, 40, 16, 3)
    if status:
        out.put(Box(AT.status, 1, AT.status, 3), status, "status_wrapped")
        out.height_for(AT.status, (status, 76))
    out.put(Box(AT.title, 1, AT.title, 3), filing.form.title, "title")
    facts = (filing.agency.name, filing.agency.code, LEVELS[filing.agency.level], int(filing.year), layout.form.basis)
    rows = dict(zip(range(AT.name, AT.basis + 1), zip(COVER_IDENTITY.values(), facts, strict=True), strict=True))
    if layout.form.periods:
        rows[AT.period] = (PERIOD_LABEL, part_of(filing.year))
    rows[AT.checkcode] = (CODE_LABEL, check_code(filing) or "")
    for row, (label, fact) in rows.items():
        out.put((row, AT.label_column), label, "key")
        out.put(Box(row, AT.column, row, 3), fact, "fact")
    for row, (key, label) in enumerate(SIGNOFF.items(), AT.signoff):
        said = filing.signoff.get(key, "")
        day = serial(said) if key == "date" else None
        out.put((row, AT.label_column), label, "key")
        out.put(Box(row, AT.column, row, 3), said if day is None else day, "fact" if day is None else "fact_date")
    last = AT.signoff + len(SIGNOFF)
    for row in range(AT.name, last):
        out.height(row, 24)
    out.height(AT.title, 44)
    out.put(Box(last + 1, 1, last + 1, 3), "（单位盖章）", "right")
    out.finish(tall=1, area=Box(0, 0, last + 4, 4), footer=filing.agency.name)


def _tables(book: Book, sheet: TableSheet, filing: Filing, status: str) -> None:
    out = book.sheet(sheet.name)
    out.widths(*sheet.widths)
    _top(out, sheet.section, filing, status, sheet.last_column, sum(sheet.widths))
    for label in sheet.labels:
        out.put(label.box, label.text, label.role)
    for name, box in sheet.boxes.items():
        field = filing.form.fields[name]
        out.put(box, content(filing, field), f"figure_{field.type}")
    for row, points in row_heights(sheet).items():
        out.height(row, points)
    out.finish(landscape=lies_across(sheet), tall=1,
               freeze=(sheet.header_bottom + 1, sheet.label_columns),
               area=Box(0, 0, sheet.last_row, sheet.last_column), footer=sheet.section.title)  # fmt: skip


def _top(out: Sheet, section: Section, filing: Filing, status: str, last: int, width: float) -> None:
    """The rows above a table or text: their place is kept, so that every cell keeps its address."""
    if status:
        out.put(Box(STATUS_ROW, 0, STATUS_ROW, last), status, "status_wrapped")
        out.height_for(STATUS_ROW, (status, width))
    out.put(Box(TITLE_ROW, 0, TITLE_ROW, last), section.title, "title")
    out.put(Box(NAME_ROW, 0, NAME_ROW, last), f"填报单位：{filing.agency.name}　　{in_words(filing.year)}", "name")
    out.height(TITLE_ROW, 30)
    out.height(NAME_ROW, 21)
    out.height(TABLE_TOP - 1, 6)


def _text(book: Book, section: Section, filing: Filing, status: str) -> None:
    out = book.sheet(section.sheet)
    out.widths(TEXT_WIDTH)
    _top(out, section, filing, status, 0, TEXT_WIDTH)
    for place, paragraph in enumerate(filing.texts.get(section.id, ())):
        spot = paragraph_spot(place)
        out.put(spot, paragraph, "paragraph_plain")
        out.paragraph_height(spot[0], paragraph, TEXT_WIDTH)
    out.finish(footer=section.title)
