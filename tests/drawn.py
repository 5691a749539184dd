"""Forms drawn and read back, for the tests of the drawing room."""

import tomllib
from dataclasses import fields
from pathlib import Path

import openpyxl

from xltools.drawing.draw import drawing_of
from xltools.drawing.trace import read_drawing
from xltools.editions.additions import read_supplement
from xltools.editions.definition import read_definition
from xltools.editions.source import Definition
from xltools.editions.written import toml_of

PACKAGE = Path(__file__).parent.parent / "xltools" / "editions"
SHARED = Path(__file__).parent.parent / ".." / "shared" / "forms"


def definition(path):
    """The definition in a TOML file."""
    return tomllib.loads(Path(path).read_text("utf-8"))


def form_in(data):
    """The form that a definition gives."""
    return read_definition(Definition(f"{data['id']}.toml", data))


def said(form):
    """All that a form says, its words for texts apart: those come from elsewhere."""
    return {f.name: getattr(form, f.name) for f in fields(form) if f.name not in ("lexicon", "origin")}


def traced(path):
    """A drawing read that has nothing wrong in it: its definition, through the text of record."""
    found = read_drawing(path)
    assert [str(m) for m in found.slate.mistakes] == []
    return tomllib.loads(toml_of(found.data))


def drawn(data, folder, form=None):
    """The drawing of a definition, as a file."""
    path = folder / f"{data['id']}.xlsx"
    path.write_bytes(drawing_of(data, form or form_in(data)))
    return path


def laid_over(data, form):
    """A form with a supplement's definition laid over it."""
    return read_supplement(Definition(f"{data['id']}.toml", data), form)


def editable(path, look):
    """A drawing's workbook, to be edited, and what looks at it as it then is."""
    book = openpyxl.load_workbook(path)

    def looked_at():
        book.save(path)
        return look(path)

    return book, looked_at


def cell_saying(sheet, words):
    """The cell that says exactly these words."""
    return next(c for row in sheet.iter_rows() for c in row if c.value == words)
