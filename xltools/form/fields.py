"""What a form is made of: sections of text or of tables, a table's lines, and its fields; where it came from and how it goes on.

A section is text or tables; a table is rows by columns, each with its printed label. A cell of a table is a field,
``section.row.column``. Fields that are sums of others are totals.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from xltools.figures import FieldType, Figure, total
from xltools.form.sums import Sum


@dataclass(frozen=True, slots=True)
class Measure:
    """What the figures of a line are: their type, and the printed unit."""

    type: FieldType = "count"
    unit: str = ""


COUNT = Measure()
"""What figures are of which nothing is said."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row or a column of a table: its id, its label as printed (outermost heading first), the lines it sums, what its figures are.

    Where a row says what its figures are, its columns need not.
    """

    id: str
    label: tuple[str, ...]
    parts: tuple[str, ...] = ()
    measure: Measure | None = None

    @property
    def type(self) -> FieldType:
        return (self.measure or COUNT).type

    @property
    def unit(self) -> str:
        return (self.measure or COUNT).unit

    @property
    def name(self) -> str:
        """The innermost heading."""
        return self.label[-1] if self.label else ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by columns under one heading. ``prefix`` begins the ids of its fields."""

    prefix: str
    heading: str
    corner: str
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six parts: tables, or a text with its instruction (``text``); ``none``: a text that may say 无 alone."""

    id: str
    sheet: str
    title: str
    text: str = ""
    tables: tuple[Table, ...] = ()
    none: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One figure of the form. ``parts`` are the input fields a total adds up; an input has none."""

    id: str
    section: Section
    row: Line
    column: Line
    parts: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["input", "total"]:
        return "total" if self.parts else "input"

    @property
    def measure(self) -> Measure:
        return self.row.measure or self.column.measure or COUNT

    @property
    def type(self) -> FieldType:
        return self.measure.type

    @property
    def unit(self) -> str:
        return self.measure.unit

    @property
    def label(self) -> str:
        """Row and column in full, as printed: 三、本年度办理结果/（一）予以公开 · 申请人情况/自然人."""
        return " · ".join("/".join(line.label) for line in (self.row, self.column) if line.label)

    @property
    def column_name(self) -> str:
        """The column in short, with the heading over it where the innermost alone would not tell it apart."""
        label = self.column.label
        names = [c.name for table in self.section.tables if self.column in table.columns for c in table.columns]
        return "·".join(label[-2:] if len(label) > 2 or names.count(self.column.name) > 1 else label[-1:])

    @property
    def place(self) -> str:
        """Row and column in short: （一）予以公开，自然人."""
        return "，".join(words for words in (self.row.name, self.column_name) if words)

    def total(self, values: Mapping[str, Figure]) -> Figure:
        """A total over its input fields; over nothing but blanks it is blank."""
        return total(values[part] for part in self.parts)


@dataclass(frozen=True, slots=True)
class LastYear:
    """How a form follows on last year's.

    ``carried``: the figures that are last year's, a sum over last year's fields for each input field. ``same``: what means the
    same in another edition, by edition: fields, or the beginnings of their ids.
    """

    carried: Mapping[str, Sum]
    same: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a summary: a title, and what is compared: words, and a sum over input fields."""

    title: str
    items: tuple[tuple[str, Sum], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """How a published report opens: an agency's, an area's, and who can be asked. Places: {agency} {year} {basis} {phone}.

    ``reach`` stands instead of ``contact`` where more than a telephone is known: {ways} names all.
    """

    agency: str = ""
    area: str = ""
    contact: str = ""
    reach: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The definitions that a form was made of, by file name, the edition's first; and the last year that others leave it."""

    texts: tuple[tuple[str, str], ...]
    last: int | None = None

    @property
    def digest(self) -> str:
        """What tells two wordings of one form apart: of what the definitions say, comments and layout of the files left out."""
        said = json.dumps([tomllib.loads(text) for _, text in self.texts], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode("utf-8")).hexdigest()
