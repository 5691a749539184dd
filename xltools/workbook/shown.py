"""What a workbook's formulas show for a filing: the cached values, worked out without Excel.

Excel counts only true numbers: a cell with text, even one that ``check`` can read as a number, is 待填 to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from xltools.checkcode import NO_CODE, check_code
from xltools.figures import Figure, Number, printed
from xltools.lastyear import compare
from xltools.layout import listed_of, lists_repeated
from xltools.model import Field, Filing, Likeness, Section
from xltools.relation import Relation
from xltools.terms import explains, says_nothing

PASS, FAIL, PENDING = "通过", "不符", "待填"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A row of 校验 as shown: two sides, difference (each None while pending), result."""

    left: float | int | None
    right: float | int | None
    difference: float | int | None
    result: str


def number(figure: Figure, field: Field) -> float | int | None:
    """A figure as a cell's number."""
    return None if figure is None else plain(figure, field.type)


def plain(figure: Number, kind: str) -> float | int:
    """A figure as the number a cell stores."""
    if kind != "money" and isinstance(figure, int):
        return figure
    value = printed(figure, kind)  # type: ignore[arg-type]
    return int(value) if value == value.to_integral_value() else float(value)


LAST_DAY = 2_958_466
"""The first number that is no day any more: the day after 9999-12-31."""


def serial(iso: str) -> int | None:
    """An ISO date as Excel's day number; None for what is none."""
    try:
        return (date.fromisoformat(iso) - date(1899, 12, 30)).days
    except ValueError:
        return None


def from_serial(days: float) -> str:
    """Excel's day number as an ISO date."""
    return (date(1899, 12, 30) + timedelta(days=int(days))).isoformat()


class Shown:
    """A filing as its workbook shows it."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing
        self.form = filing.form
        self._seen = replace(filing, inputs={k: None if k in filing.typed else v for k, v in filing.inputs.items()})

    @cached_property
    def values(self) -> dict[str, Figure]:
        """Figures as the workbook's own formulas see them."""
        return self._seen.values

    def total(self, field: Field) -> float | int | None:
        """A total cell: blank while its parts are, 0 where they are declared zero."""
        figure = self.values[field.id]
        if figure is None and field.section.id in self.filing.declared_zero:
            figure = 0
        return number(figure, field)

    @cached_property
    def code(self) -> str:
        return check_code(self.filing) or NO_CODE

    @property
    def declared_zero(self) -> frozenset[str]:
        """The sections whose switch says 是; a summary has nothing to declare."""
        return self.filing.declared_zero if self.filing.kind == "filing" else frozenset()

    def improper(self, fields: Iterable[Field]) -> int:
        """How many of these cells hold text, or parts of a piece or of a 分."""
        return sum(
            1
            for f in fields
            if f.id in self.filing.typed or not (self.values[f.id] is None or isinstance(self.values[f.id], int))
        )

    def lacking(self, section: Section) -> int:
        """Input cells of a table sheet that hold no proper figure and are not declared zero, as its formula counts them."""
        fields = self.form.inputs_of(section.id)
        blank = sum(1 for f in fields if self.values[f.id] is None and f.id not in self.filing.typed)
        negative = sum(1 for f in fields if (self.values[f.id] or 0) < 0 and f.type != "signed")
        return self.improper(fields) + blank + negative

    def paragraphs(self, section: Section) -> int:
        return sum(1 for text in self.filing.texts.get(section.id, ()) if text)

    def written(self, section: Section) -> bool:
        """Whether a text part says something: 无 and the like alone only where that is a report."""
        paragraphs = [text for text in self.filing.texts.get(section.id, ()) if text]
        return bool(paragraphs) and (section.none or not all(map(says_nothing, paragraphs)))

    def row(self, relation: Relation) -> CheckRow:
        """One relation's row on 校验."""
        judged = relation.judge(self._seen.figures)
        if judged is None:
            return CheckRow(None, None, None, PENDING)
        left, right = plain(judged.left, relation.types[0]), plain(judged.right, relation.types[1])
        difference: float | int | None = None
        if relation.types[0] == relation.types[1]:
            difference = plain(judged.left - judged.right, relation.types[0])
        return CheckRow(left, right, difference, PASS if judged.holds else FAIL)

    @cached_property
    def rows(self) -> dict[str, CheckRow]:
        """校验 by rule id, in its order."""
        rows = {r.id: self.row(r) for r in listed_of(self.filing)}
        if repeated := lists_repeated(self.filing):
            rows[repeated.id] = self._repeated_row(repeated)
        if self.filing.kind == "filing":
            rows[self.form.signoff.id] = self._signoff_row()
        return rows

    def _repeated_row(self, rule: Likeness) -> CheckRow:
        found = compare(self._seen)
        if found is None:
            return CheckRow(None, None, None, PENDING)
        return CheckRow(found.told, found.other, None, FAIL if found.repeats(rule) else PASS)

    def _signoff_row(self) -> CheckRow:
        rule, said = self.form.signoff, self.filing.signoff
        day = serial(said.get(rule.date, ""))
        if day is None or not all(said.get(name, "").strip() for name in rule.names):
            return CheckRow(None, None, None, PENDING)
        end = serial(f"{self.filing.year}-12-31")
        assert end is not None
        return CheckRow(day, end, None, PASS if day >= end else FAIL)

    def severity(self, rule: str) -> str:
        repeated = lists_repeated(self.filing)
        if repeated and repeated.id == rule:
            return repeated.severity
        return next((r.severity for r in self.form.relations if r.id == rule), self.form.signoff.severity)

    @cached_property
    def explained(self) -> int:
        """Queries not met that carry a 情况说明 that is more than an empty phrase."""
        said = self.filing.explanations
        return sum(
            1
            for rule, row in self.rows.items()
            if row.result == FAIL and self.severity(rule) == "query" and explains(said.get(rule, ""))
        )

    def failing(self, section: Section) -> int:
        """Relations of a section that are 不符."""
        return sum(1 for rule, row in self.rows.items() if rule.startswith(section.id + ".") and row.result == FAIL)

    def count(self, result: str) -> int:
        return sum(1 for row in self.rows.values() if row.result == result)
