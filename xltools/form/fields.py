"""What a form is made of: sections of text or of tables, a table's lines, and its fields; where it came from and how it goes on.

A section is text or tables; a table is rows by columns, each with its printed label. A cell of a table is a field,
``section.row.column``. Fields that are sums of others are totals.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Literal

from xltools.classes import dataclass
from xltools.figures import FieldType, Figure, quotient, total
from xltools.form.sums import Sum

Summed = Literal["sum", "max", "none"]

APART: tuple[FieldType, ...] = ("ratio", "choice", "words")
"""Types whose figures no total, no relation and no chart adds up."""
SUPPLEMENT = "supplement"
"""How the ids of a supplement's figures begin."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What the figures of a line are: their type, and the printed unit.

    Of a ratio ``of`` are the two lines beside it that it is the quotient of, ``decimals`` those that it is printed with; of a choice
    ``choices`` are the words. ``summed`` is what an area's figure is, made of its agencies': their sum, the greatest, or none.
    """

    type: FieldType = "count"
    unit: str = ""
    decimals: int = 0
    of: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    summed: Summed = "sum"

    @property
    def usually(self) -> Summed:
        """How figures of its type are summed where nothing is said."""
        return "none" if self.type == "words" or len(self.choices) > YES_NO else "sum"

    @property
    def factor(self) -> int:
        """What a ratio is multiplied by, to be printed in its unit."""
        return PERCENT if self.unit == "%" else 1


PERCENT, YES_NO = 100, 2
"""What a ratio in % is multiplied by; the words of a choice that a summary counts: how many say the first."""

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
    def additive(self) -> bool:
        """Whether it is a line to fill in whose figures can be added up."""
        return not self.parts and self.type not in APART

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
    ratio: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    """The input fields that a ratio is the quotient of: what is above, and below."""

    @property
    def kind(self) -> Literal["input", "total"]:
        return "total" if self.computed else "input"

    @property
    def computed(self) -> bool:
        """Whether it is worked out of others, and not to be filled in."""
        return bool(self.parts or self.ratio)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The input fields that it is worked out of."""
        return self.parts or (tuple(dict.fromkeys((*self.ratio[0], *self.ratio[1]))) if self.ratio else ())

    @property
    def choices(self) -> tuple[str, ...]:
        return self.measure.choices

    def word(self, figure: Figure) -> str:
        """The word of a choice that a figure stands for; "" where it stands for none."""
        known = isinstance(figure, int) and 0 <= figure < len(self.choices)
        return self.choices[len(self.choices) - 1 - int(figure or 0)] if known else ""

    def chosen(self, word: str) -> int | None:
        """The figure of a choice's word."""
        return len(self.choices) - 1 - self.choices.index(word) if word in self.choices else None

    def gathered(self, figures: Iterable[Figure]) -> Figure:
        """An area's figure, of its agencies': their sum, the greatest, or none."""
        if self.measure.summed == "none":
            return None
        known = [figure for figure in figures if figure is not None]
        return (max if self.measure.summed == "max" else sum)(known) if known else None

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
        """A total or a ratio over its input fields; over nothing but blanks it is blank."""
        if self.ratio is None:
            return total(map(values.__getitem__, self.parts))
        above, below = (total(map(values.__getitem__, parts)) for parts in self.ratio)
        return quotient(above, below, self.measure.factor, self.measure.decimals)


Tie = Literal["same", "renamed", "merged", "split", "new", "other"]
"""How a figure follows on an earlier edition: 相同, 改名, 合并自, 拆自, 新增, 不可比. Of two answers for one figure the later
one here counts: the column of a new row is new."""


@dataclass(frozen=True, slots=True)
class Descent:
    """How one figure follows on an earlier edition: the answer, and the figures there that it comes from."""

    tie: Tie
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LastYear:
    """How a form follows on last year's.

    ``carried``: the figures that are last year's, a sum over last year's fields for each input field. ``follows``: the crosswalk to
    other editions, by edition: how each figure follows; one that is not in it is unsaid.
    """

    carried: Mapping[str, Sum]
    follows: Mapping[str, Mapping[str, Descent]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of a summary: a title, and what is compared: words, and a sum over fields, totals as they are."""

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
    spaces: frozenset[str] = frozenset()
    """The supplements whose lines have a namespace of their own, for another's are called the same."""
    packs: tuple[tuple[str, str], ...] = ()
    """The rule packs by which is judged, by file name."""

    @property
    def digest(self) -> str:
        """What tells two wordings of one form apart: of what the definitions say, comments and layout of the files left out."""
        return _digest((*self.texts, *self.packs))

    @property
    def wording(self) -> str:
        """The digest of what is printed and asked: the rule packs left out."""
        return _digest(self.texts)


def _digest(texts: tuple[tuple[str, str], ...]) -> str:
    import tomllib

    said = json.dumps([tomllib.loads(text) for _, text in texts], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode("utf-8")).hexdigest()
