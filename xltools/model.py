"""The frozen form of an edition, and a filing of it. Everything else in the house reads these.

A form is sections; a section is text or tables; a table is rows by columns, each with its printed label. A cell of a table
is a field, ``section.row.column``. Fields that are sums of others are totals. Relations tie fields together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from xltools.characters import visible
from xltools.figures import FieldType, Figure
from xltools.lexicon import NOTHING, Lexicon
from xltools.relation import LAST, Relation, Sum
from xltools.terms import Level, Severity


@dataclass(frozen=True, slots=True)
class Line:
    """A row or a column of a table: its id, its label as printed (outermost heading first), the lines it sums."""

    id: str
    label: tuple[str, ...]
    parts: tuple[str, ...] = ()
    type: FieldType = "count"
    unit: str = ""

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
    type: FieldType
    parts: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["input", "total"]:
        return "total" if self.parts else "input"

    @property
    def unit(self) -> str:
        return self.column.unit

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
        known = [v for v in (values[part] for part in self.parts) if v is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class SignoffRule:
    """The rule that a cover is signed: names given, and a date not before the report year's end."""

    id: str
    severity: Severity
    names: tuple[str, ...]
    date: str
    basis: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """A rule that compares figures with last year's, one by one: when it speaks (``least``, ``times``), and how it is told."""

    id: str
    severity: Severity
    least: int
    times: int
    basis: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LastYear:
    """How a form follows on last year's.

    ``carried``: the figures that are last year's, a sum over last year's fields for each input field. ``same``: what means the
    same in another edition, by edition: fields, or the beginnings of their ids. ``repeated`` and ``jump`` compare figures.
    """

    carried: Mapping[str, Sum]
    same: Mapping[str, tuple[str, ...]]
    repeated: Likeness | None = None
    jump: Likeness | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a summary: a title, and what is compared: words, and a sum over input fields."""

    title: str
    items: tuple[tuple[str, Sum], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """How a published report opens: an agency's, an area's, and who can be asked. Places: {agency} {year} {basis} {phone}."""

    agency: str = ""
    area: str = ""
    contact: str = ""


@dataclass(frozen=True, eq=False)
class Form:
    """An edition, with the supplements laid over it."""

    edition: str
    title: str
    years: tuple[int, int | None]
    basis: str
    sections: tuple[Section, ...]
    fields: Mapping[str, Field]
    relations: tuple[Relation, ...]
    signoff: SignoffRule
    supplements: tuple[str, ...] = ()
    last: LastYear = LastYear({}, {})
    charts: tuple[Chart, ...] = ()
    report: Wording = Wording()
    lexicon: Lexicon = NOTHING

    @cached_property
    def inputs(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if not f.parts)

    @cached_property
    def totals(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.parts)

    @cached_property
    def table_sections(self) -> tuple[Section, ...]:
        return tuple(s for s in self.sections if s.tables)

    @cached_property
    def text_sections(self) -> tuple[Section, ...]:
        return tuple(s for s in self.sections if not s.tables)

    @cached_property
    def queries(self) -> frozenset[str]:
        """The rules of the form that a 情况说明 can be given for."""
        found = {r.id for r in self.relations if r.severity == "query"} | {self.signoff.id}
        return frozenset(found | ({self.last.repeated.id} if self.last.repeated else set()))

    def inputs_of(self, section: str) -> tuple[Field, ...]:
        """The input fields on a section's sheet."""
        return tuple(f for f in self.inputs if f.section.id == section)

    def covers(self, year: int) -> bool:
        """Whether the edition is the one for a report year."""
        first, last = self.years
        return first <= year and (last is None or year <= last)


@dataclass(frozen=True, slots=True)
class Agency:
    """Who files: code (text of any form), name, level."""

    code: str
    name: str
    level: Level

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "name": self.name, "level": self.level}


NAME_LIMIT = 100
"""Characters of a code or a name."""


def unfit(code: str, name: str) -> Iterator[str]:
    """What makes a code or a name unfit for a workbook and a file's name."""
    for what, words in (("单位代码", code), ("单位名称", name)):
        if len(words) > NAME_LIMIT:
            yield f"{what}太长（{len(words)} 个字，最多 {NAME_LIMIT} 个）"
        if visible(words) != words:
            yield f"{what}里有换行等看不见的控制字符，或者残缺的字符"


State = Literal["accepted", "queried", "returned", "duplicate", "missing"]


@dataclass(frozen=True, slots=True)
class Member:
    """An agency that a summary is of: what became of its filing, and whether its figures are in the summary.

    ``via`` are the parts through which they are: codes of summaries, from the top.
    """

    agency: Agency
    state: State
    counted: bool
    via: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adjustment:
    """A line by which an office corrects a summary that it cannot get refiled: what is added to which figures, and why.

    ``typed`` holds, for cells that hold text, the text to the letter; it is no figure.
    """

    reason: str
    figures: Mapping[str, Figure]
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Filing:
    """What one agency returns for one year: figures, texts, sign-off.

    ``inputs`` holds a figure for each input field, ``None`` for a blank. Blanks of the sections in ``declared_zero`` count
    as 0, but for ``unread`` fields, whose cells could not be found. ``typed`` holds, for input cells that hold text, the
    text to the letter. ``explanations`` holds 情况说明 by rule, ``stamps`` what an explanation was first given for.
    ``last`` holds last year's figures of the input fields, those that mean the same, ``last_source`` whose they are in words;
    ``last_verified`` says that they were read from last year's own filing. ``carried`` are the input fields that last year's
    figures were put into, and locked. A summary has ``members``, every agency beneath it, and may have ``adjustments``, which
    its inputs already hold. ``last_texts`` holds last year's texts by section.
    """

    form: Form
    agency: Agency
    year: int
    kind: Literal["filing", "summary"] = "filing"
    inputs: dict[str, Figure] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    declared_zero: frozenset[str] = frozenset()
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    signoff: dict[str, str] = field(default_factory=dict)
    explanations: dict[str, str] = field(default_factory=dict)
    stamps: dict[str, str] = field(default_factory=dict)
    last: dict[str, Figure] = field(default_factory=dict)
    last_source: str = ""
    last_verified: bool = False
    last_texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    carried: frozenset[str] = frozenset()
    members: tuple[Member, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()

    def follow(self, last: dict[str, Figure], source: str) -> None:
        """Puts last year's figures, read from its own filings, beside this year's."""
        self.last, self.last_source, self.last_verified = last, source, True
        for worked_out in ("known_last", "figures"):
            vars(self).pop(worked_out, None)

    @cached_property
    def known_last(self) -> frozenset[str]:
        """The input fields whose figures of last year are known."""
        return frozenset(name for name, figure in self.last.items() if figure is not None)

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """What relations read: every figure, and last year's under their names."""
        last = {LAST + name: figure for name, figure in self.last.items()}
        return {**self.values, **last} if last else self.values

    @cached_property
    def values(self) -> dict[str, Figure]:
        """Every figure, totals recomputed, blanks declared zero as 0: what the filing says."""
        said: dict[str, Figure] = {}
        no_blank = self.unread.union(self.typed)
        for item in self.form.inputs:
            figure = self.inputs.get(item.id)
            if figure is None and item.section.id in self.declared_zero and item.id not in no_blank:
                figure = 0
            said[item.id] = figure
        return {f.id: f.total(said) if f.parts else said[f.id] for f in self.form.fields.values()}
