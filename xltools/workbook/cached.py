"""What a workbook's formulas show for a filing: the cached values, worked out without Excel.

Excel counts only true numbers: a cell with text, even one that ``check`` can read as a number, is 待填 to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from xltools.figures import Figure, stored
from xltools.form.checkcode import NO_CODE, added, code_of, share_of, sums_of_identity
from xltools.form.checkrows import CheckRow
from xltools.form.fields import Field, Section
from xltools.form.model import Filing, Rule
from xltools.terms import FAIL, Kind, explains, says_nothing


def number(figure: Figure, field: Field) -> float | int | None:
    """A figure as a cell's number."""
    return None if figure is None else stored(figure, field.type)


def shown_as(figure: Figure, field: Field, kind: Kind = "filing") -> float | int | str | None:
    """What a cell shows for a figure: the word of a choice, for in a summary it is how many say so; else its number."""
    if field.choices and kind == "filing":
        return field.word(figure) or None
    return number(figure, field)


def content(filing: Filing, field: Field) -> float | int | str | None:
    """What a cell of a filing holds: text as typed, else what its figure is shown as."""
    typed = filing.typed.get(field.id)
    return shown_as(filing.values[field.id], field, filing.kind) if typed is None else typed


def to_fill(fields: Iterable[Field], kind: Kind) -> list[Field]:
    """The input fields that something is wanted of: in a summary no others than those that it sums."""
    return [f for f in fields if kind == "filing" or f.measure.summed != "none"]


class Shown:
    """A filing as its workbook shows it."""

    def __init__(self, filing: Filing) -> None:
        self.filing = filing
        self.form = filing.form
        self._lacking: dict[str, int] = {}
        self._seen = filing
        if filing.typed:
            self._seen = replace(filing, inputs={k: None if k in filing.typed else v for k, v in filing.inputs.items()})

    @cached_property
    def values(self) -> Mapping[str, Figure]:
        """Figures as the workbook's own formulas see them."""
        return self._seen.values

    def entry(self, field: Field) -> float | int | str | None:
        """An input cell: text as typed, else its figure."""
        typed = self.filing.typed.get(field.id)
        return shown_as(self.values[field.id], field) if typed is None else typed

    def total(self, field: Field) -> float | int | None:
        """A total cell: blank while its parts are, 0 where they are declared zero."""
        figure = self.values[field.id]
        if figure is None and field.parts and field.section.id in self.filing.declared_zero:
            figure = 0
        return number(figure, field)

    @cached_property
    def code(self) -> str:
        return code_of(self.identity, self.figures) or NO_CODE

    @cached_property
    def identity(self) -> tuple[int, int]:
        """The part of both sums of the check code that is the period's and the agency's."""
        return sums_of_identity(self.filing.agency, self.filing.year, self.form.periods)

    @cached_property
    def figures(self) -> tuple[int, int] | None:
        """The part that is the figures'; None where a cell holds no proper number."""
        return self.sums(self.form.inputs)

    def sums(self, fields: Iterable[Field]) -> tuple[int, int] | None:
        """The part of both sums that is these fields'; None where a cell holds no proper number."""
        return added(self._shares[f.id] for f in fields)

    @cached_property
    def _shares(self) -> dict[str, tuple[int, int] | None]:
        return {f.id: share_of(self.filing, f) for f in self.form.inputs}

    @property
    def declared_zero(self) -> frozenset[str]:
        """The sections whose switch says 是; a summary has nothing to declare."""
        return self.filing.declared_zero if self.filing.kind == "filing" else frozenset()

    def improper(self, fields: Iterable[Field]) -> int:
        """How many of these cells hold text, or parts of a piece or of a 分."""
        return sum(
            1
            for f in fields
            if f.type != "words"
            and (f.id in self.filing.typed or not (self.values[f.id] is None or isinstance(self.values[f.id], int)))
        )

    def lacking(self, section: Section) -> int:
        """Input cells of a table sheet that hold no proper figure and are not declared zero, as its formula counts them."""
        if section.id not in self._lacking:
            fields = to_fill(self.form.inputs_of(section.id), self.filing.kind)
            blank = sum(1 for f in fields if self.values[f.id] is None and f.id not in self.filing.typed)
            negative = sum(1 for f in fields if (self.values[f.id] or 0) < 0 and f.type != "signed")
            self._lacking[section.id] = self.improper(fields) + blank + negative
        return self._lacking[section.id]

    def paragraphs(self, section: Section) -> int:
        return sum(1 for text in self.filing.texts.get(section.id, ()) if text)

    def written(self, section: Section) -> bool:
        """Whether a text part says something: 无 and the like alone only where that is a report."""
        paragraphs = [text for text in self.filing.texts.get(section.id, ()) if text]
        return bool(paragraphs) and (section.none or not all(map(says_nothing, paragraphs)))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that 校验 lists, in its order."""
        return tuple(rule for rule in self.filing.rules if rule.shows)

    @cached_property
    def rows(self) -> dict[str, CheckRow]:
        """校验 by rule id."""
        return {rule.id: rule.row(self._seen) for rule in self.rules}

    @cached_property
    def explained(self) -> int:
        """Queries not met that carry a 情况说明 that is more than an empty phrase."""
        said = self.filing.explanations
        return sum(
            1
            for rule in self.rules
            if rule.severity == "query" and self.rows[rule.id].result == FAIL and explains(said.get(rule.id, ""))
        )

    def failing(self, section: Section) -> int:
        """Relations of a section that are 不符."""
        return sum(1 for rule, row in self.rows.items() if rule.startswith(section.id + ".") and row.result == FAIL)

    def count(self, result: str) -> int:
        return sum(1 for row in self.rows.values() if row.result == result)
