"""The form that a workbook was made from, carried in it: the definitions themselves, on a sheet that nobody sees."""

from __future__ import annotations

from xltools.form.layout import DEFINITION
from xltools.form.model import Form
from xltools.ooxml.book import Book

PIECE = 30000
"""Characters of a definition in a cell: somewhat fewer than a cell can hold."""


def write_definition(book: Book, form: Form) -> None:
    """The sheet, a definition a row: its file's name, then its text in as many cells as it takes. None for a form made of none."""
    if form.origin is None:
        return
    out = book.sheet(DEFINITION)
    for row, (file, text) in enumerate((*form.origin.texts, *form.origin.packs)):
        for column, words in enumerate((file, *(text[at : at + PIECE] for at in range(0, len(text), PIECE)))):
            out.put((row, column), words, "fact")
    out.finish()
    out.conceal()
