"""Answers in words, where a table otherwise has figures: stood in for by numbers while the table is read, and put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from xltools.form.fields import APART, Field
from xltools.form.model import Form
from xltools.ingest.document import Document, PrintedLine
from xltools.ingest.wording import wording

_FIRST = 910_000_001
"""A number that nobody reports, the first of those that stand in."""


def stood_in(document: Document, form: Form) -> tuple[Document, dict[str, str]]:
    """A document in which numbers stand for words in the columns and rows that ask for words; which number is which."""
    asked = [field for field in form.inputs if field.type in APART]
    if not asked:
        return document, {}
    rows = {wording(field.row.name).core: field for field in asked if field.row.type in APART}
    choices = {word for field in asked for word in field.choices}
    said: dict[str, str] = {}
    lines = [_line(line, rows, choices, said) for line in document.lines]
    return replace(document, lines=type(document.lines)(lines)), {number: word for word, number in said.items()}


def _line(line: PrintedLine, rows: Mapping[str, Field], choices: set[str], said: dict[str, str]) -> PrintedLine:
    filled = [n for n, cell in enumerate(line.cells) if cell.text.strip()]
    asked = next((rows[core] for n in filled[:-1] if (core := wording(line.cells[n].text).core) in rows), None)
    changed = {
        n
        for n in filled
        if line.cells[n].text.strip() in choices or (asked and asked.type == "words" and n == filled[-1])
    }
    cells = (replace(c, text=_number(c.text.strip(), said)) if n in changed else c for n, c in enumerate(line.cells))
    return replace(line, cells=tuple(cells)) if changed and len(filled) > 1 else line


def _number(word: str, said: dict[str, str]) -> str:
    return said.setdefault(word, str(_FIRST + len(said)))


def put_back(figures: Mapping[str, str], said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The figures that were read, words in their places."""
    yield from ((name, said.get(text.strip(), text)) for name, text in figures.items())
