"""A filing as a workbook: blank, filled, or a summary. One writer; the same filing always gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from xltools import __version__
from xltools.form.layout import LAYOUT, PROPERTY, layout_of
from xltools.form.model import Filing
from xltools.form.openings import opening_properties
from xltools.ooxml.book import Book
from xltools.workbook.checks import write_checks
from xltools.workbook.cover import write_cover
from xltools.workbook.definitions import write_definition
from xltools.workbook.guide import write_guide
from xltools.workbook.outline import Draft, drafted
from xltools.workbook.table_sheets import Computed, write_tables, write_text


def identity(filing: Filing) -> dict[str, str]:
    """What the document properties say of a filing."""
    agency = filing.agency
    return {
        "version": __version__,
        "layout": str(LAYOUT),
        "edition": filing.form.edition,
        "form": filing.form.digest,
        "supplements": ",".join(filing.form.supplements),
        "spaces": ",".join(sorted(filing.form.origin.spaces)) if filing.form.origin else "",
        "year": str(filing.year),
        "kind": filing.kind,
        "code": agency.code,
        "name": agency.name,
        "level": agency.level,
        "region": filing.region,
        "carried": "locked" if filing.carried else "",
    }


def front(filing: Filing) -> tuple[dict[str, str], str, int]:
    """What a workbook says of itself: document properties, title, year."""
    properties = {PROPERTY + key: value for key, value in identity(filing).items() if value}
    properties |= opening_properties(filing.opening)
    return properties, f"{filing.form.title} {filing.year} {filing.agency.name}", int(filing.year)


def write_filing(
    filing: Filing,
    *,
    status: str = "",
    entry: Computed | None = None,
    more: Callable[[Book], None] | None = None,
    kept: Mapping[str, str] = MappingProxyType({}),
    sending: str = "",
) -> bytes:
    """The whole workbook of a filing; ``sending`` says by when and to whom it goes.

    A summary gives ``status``, the words in the reserved row of every sheet, ``entry``, how its input cells are computed,
    ``more``, which adds its further sheets, and ``kept``, further document properties.
    """
    properties, title, year = front(filing)
    book = Book({**properties, **kept}, title, year)
    compose(book, drafted(filing), status=status, entry=entry, sending=sending)
    if more:
        more(book)
        write_definition(book, filing.form)
    return book.bytes()


def compose(book: Book, draft: Draft, *, status: str = "", entry: Computed | None = None, sending: str = "") -> None:
    """Puts the sheets of a filing into a book."""
    filing = draft.filing
    layout = layout_of(filing.form)
    write_guide(book, layout, filing, sending)
    write_cover(book, layout, draft, status)
    for section in filing.form.sections:
        if section.tables:
            write_tables(book, layout.tables[section.id], layout, draft, status, entry)
        else:
            write_text(book, section, draft, status)
    write_checks(book, layout, draft, status)
    if filing.kind == "filing":  # a summary has it after its further sheets
        write_definition(book, filing.form)
