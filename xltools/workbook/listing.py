"""A list as a sheet: what a summary is of, headings that stay in sight and print on every page, a filter on each column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xltools.address import Box
from xltools.form.layout import STATUS_ROW
from xltools.workbook.ledger import NOT_PRINTED, put_status

if TYPE_CHECKING:
    from xltools.ooxml.book import Book, Sheet

TITLE, HEAD, TOP = 1, 2, 3
"""The rows of a list's title, of its headings, and of its first line."""


def list_sheet(book: Book, name: str, title: str, status: str, columns: Mapping[str, float], head: int = HEAD) -> Sheet:
    """A sheet with its status and title above, and the headings with their columns' widths in row ``head``."""
    out = book.sheet(name)
    out.widths(*columns.values())
    put_status(out, Box(STATUS_ROW, 0, STATUS_ROW, len(columns) - 1), status, "status_wrapped")
    out.height_for(STATUS_ROW, (status, sum(columns.values())))
    out.put((TITLE, 0), title, "title_left")
    out.height(TITLE, 26)
    for column, heading in enumerate(columns):
        out.put((head, column), heading, "head")
    return out


def finish_list(
    out: Sheet, rows: int, columns: int, footer: str, head: int = HEAD, *, locked: bool = False, printed: bool = True
) -> None:
    """Ends a list of so many rows and columns: filter, frozen headings, print set-up.

    ``locked`` is a list that is read back; any other is left open, to be sorted. Of one not ``printed`` the title is.
    """
    out.filter(head, max(head + 1, head + rows), columns - 1)
    # Headings far down the sheet would freeze most of the window.
    out.finish(
        landscape=True,
        tall=0 if printed else 1,
        freeze=(head + 1, 0) if head == HEAD else (0, 0),
        repeat=head if printed else -1,
        repeat_from=0 if head == HEAD else head,
        area=None if printed else NOT_PRINTED,
        footer=footer,
        locked=locked,
    )
