"""Relations (勾稽关系): signed sums of figures compared, always over input cells, so that a stored total is never an operand.

One definition, three readings: arithmetic over a filing or whole columns of them, an Excel formula, a Chinese sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar, Self

from xltools.classes import dataclass
from xltools.figures import SCALE, FieldType, Figure, Number, rounded, stored
from xltools.findings import FieldAt, Finding
from xltools.form.algebra import SIDES, difference_formula, holds_formula, pending_formula, sum_formula
from xltools.form.checkrows import Cells, CheckRow, Formulas
from xltools.form.layout import CHECKS
from xltools.form.model import Filing, Rule, Scope
from xltools.form.sums import CEILING_WORDS, LAST, Comparison, Condition, Given, Judgement, Sum, given, holds
from xltools.periods import spoken
from xltools.terms import FAIL, PASS, PENDING


@dataclass(frozen=True, kw_only=True)
class Relation(Rule):
    """What must hold between figures.

    Where every comparison of ``when`` holds, one of the alternatives in ``holds`` must. ``left`` and ``right`` are the two
    figures shown, of types ``types``. All sums are over input fields; ``anchors`` are the fields as the definition names
    them, totals and all: where a clerk looks.
    """

    kind: ClassVar[str] = "relation"
    rank: ClassVar[int] = 30

    left: Sum
    right: Sum
    types: tuple[FieldType, FieldType]
    sides: tuple[str, str] = SIDES
    """What the two figures are, in words."""
    when: Condition
    holds: tuple[Condition, ...]
    listed: bool = True
    ceiling: Mapping[str, int] | None = None
    once: str = ""
    """How its sentence was printed on workbooks that are out, where that was another."""
    with_last: Relation | None = None
    """What takes its place where last year's figures are known."""

    def meant_for(self, scope: Scope) -> bool:
        """Whether it is for a level and a year, or what takes its place where last year is known is."""
        return super().meant_for(scope) or (self.with_last is not None and self.with_last.meant_for(scope))

    def at(self, scope: Scope) -> Self | None:
        """The relation for an agency's level, its threshold filled in; None where it does not apply."""
        if self.with_last and (found := self.with_last.at(scope)):
            return found  # type: ignore[return-value]
        if (self.levels and scope.level not in self.levels) or any(
            name not in scope.last for name in self.last_operands
        ):
            return None
        if self.choices and scope.kind == "summary":
            return None  # an area chooses nothing: it counts its agencies' choices
        if self.ceiling is None:
            return self
        return self.limited(self.ceiling[scope.level])

    def limited(self, limit: int) -> Self:
        """The relation with a threshold filled in."""
        filled, words = self.mapped(lambda s: s.with_ceiling(limit)), f"{CEILING_WORDS} {limit}"
        text, once = (said.replace(CEILING_WORDS, words, 1) for said in (self.text, self.once))
        return replace(filled, ceiling=None, text=text, once=once)

    def mapped(self, change: Callable[[Sum], Sum]) -> Self:
        """The same relation with every sum changed."""
        return replace(
            self,
            left=change(self.left),
            right=change(self.right),
            when=tuple(c.mapped(change) for c in self.when),
            holds=tuple(tuple(c.mapped(change) for c in alternative) for alternative in self.holds),
        )

    @property
    def spelled(self) -> str:
        return (
            self.sentence if self.sides == SIDES else f"{self.sentence}（左边是{self.sides[0]}，右边是{self.sides[1]}）"
        )

    @property
    def _comparisons(self) -> tuple[Comparison, ...]:
        return (*self.when, *(c for alternative in self.holds for c in alternative))

    @cached_property
    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """The choices that it asks about, and their words."""
        return {c.left.fields[0]: c.choices for c in self._comparisons if c.choices}

    @cached_property
    def _operands(self) -> tuple[str, ...]:
        sums = [self.left, self.right, *(s for c in self._comparisons for s in (c.left, c.right))]
        return tuple(dict.fromkeys(name for s in sums for name in s.fields))

    @property
    def operands(self) -> tuple[str, ...]:
        """Every input field the relation reads, in order."""
        return self._operands

    def changed(self, said: Mapping[str, Any]) -> Self:
        """The relation with some of it said otherwise, and so what takes its place where last year is known."""
        own = {**said, "with_last": self.with_last.changed(said)} if self.with_last else said
        return replace(self, **own)

    @property
    def last_read(self) -> tuple[str, ...]:
        """The fields whose figures of last year it reads, or what takes its place does."""
        return (*self.last_operands, *(self.with_last.last_operands if self.with_last else ()))

    @cached_property
    def last_operands(self) -> tuple[str, ...]:
        """The fields whose figures of last year it reads."""
        return tuple(name.removeprefix(LAST) for name in self.operands if name.startswith(LAST))

    def fails(self, values: Mapping[str, Figure]) -> bool:
        """Whether it does not hold for a filing's figures; with an operand missing it is not judged."""
        try:
            if holds(self.when, self.holds, values):
                return False
        except (TypeError, KeyError):
            if self._known(values):
                raise
            return False
        return self._known(values)  # last, for it is seldom asked

    def _known(self, values: Mapping[str, Figure]) -> bool:
        """Whether no operand is missing."""
        try:
            return None not in self._given(values)
        except KeyError:
            return False

    @cached_property
    def _given(self) -> Given:
        return given(self.operands)

    def weigh(self, values: Mapping[str, Figure]) -> Judgement | None:
        """Whether it holds for a filing's figures; None where an operand is missing, for then it is not judged."""
        if not self._known(values):
            return None
        return Judgement(bool(holds(self.when, self.holds, values)), *self._sides(values))

    def _sides(self, values: Mapping[str, Figure]) -> tuple[Number, Number]:
        """The two figures shown, all operands being known."""
        left, right = (rounded(side.of(values, SCALE[kind]), kind)
                       for side, kind in zip((self.left, self.right), self.types, strict=True))  # fmt: skip
        return left, right

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """A finding where it fails; with a figure missing it is not judged, for the cell is reported."""
        if filing.breaks(self):
            left, right = self._sides(filing.figures)
            yield self.breach("rule-failed", FieldAt(self.anchors[0]), field=self.anchors[0], related=self.operands,
                              actual=left, expected=right, types=self.types, text=self.text,
                              left=self.sides[0], right=self.sides[1],
                              last=unverified(filing) if self.last_operands else "")  # fmt: skip

    def over(self, columns: Mapping[str, Any]) -> tuple[Any, Any, Any] | None:
        """Both sides and whether it holds for columns of integers, a filing an element; None where a column is not there."""
        if any(name not in columns for name in self.operands):
            return None
        left, right = (
            side.of(columns, SCALE[kind]) for side, kind in zip((self.left, self.right), self.types, strict=True)
        )
        return left, right, holds(self.when, self.holds, columns)

    def row(self, filing: Filing) -> CheckRow:
        """Its row on 校验."""
        weighed = self.weigh(filing.figures)
        if weighed is None:
            return CheckRow(None, None, None, PENDING)
        left, right = stored(weighed.left, self.types[0]), stored(weighed.right, self.types[1])
        alike = self.types[0] == self.types[1]
        difference = stored(weighed.left - weighed.right, self.types[0]) if alike else None
        return CheckRow(left, right, difference, PASS if weighed.holds else FAIL)

    def formulas(self, cells: Cells, filing: Filing) -> Formulas:
        """Its row on 校验 as formulas."""
        pending = pending_formula(self.operands, cells, CHECKS, self.choices)
        left, right = (
            f'IF({pending},"",ROUND({sum_formula(side, cells, CHECKS)},6))' for side in (self.left, self.right)
        )
        gap = difference_formula(self.left, self.right, cells, CHECKS) if self.types[0] == self.types[1] else ""
        return Formulas(
            left,
            right,
            f'IF({pending},"",{gap})' if gap else None,
            f'IF({pending},"{PENDING}",IF({holds_formula(self.when, self.holds, cells, CHECKS)},"{PASS}","{FAIL}"))',
            FieldAt(self.anchors[0]),
        )


def unverified(filing: Filing) -> str:
    """What a finding that rests on last year's figures adds where those are only what the file itself says."""
    words = spoken("（上年的数是表里带来的，没有与上年的表核对）", filing.form.periods)
    return "" if filing.last_verified else words
