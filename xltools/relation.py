"""Relations (勾稽关系) as data, and their arithmetic: exact integers, one filing's or whole columns of them.

A relation compares signed sums of fields, always over input cells: a stored total is never an operand. A field of the year
before is named ``last.`` and its id. ``algebra`` reads relations from text, and shows the same ones as Excel formulas and
Chinese sentences.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from xltools.figures import SCALE, FieldType, Figure, Number, rounded
from xltools.terms import Level, Severity

CEILING, CEILING_WORDS = "ceiling", "本级上限"
"""The name in a sum that stands for a threshold by level, and how a sentence says it."""

LAST = "last."
"""How the names of last year's figures begin, before the field's id."""

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Sum:
    """A signed sum: Σ coefficient × field + constant (in printed units)."""

    terms: tuple[tuple[int, str], ...]
    constant: int = 0

    def of(self, values: Mapping[str, Any], scale: int = 1) -> Any:
        """The sum over figures: integers, Fractions, or whole arrays of them."""
        total: Any = self.constant * scale
        for coefficient, name in self.terms:
            total = total + coefficient * values[name]
        return total

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name for _, name in self.terms if name != CEILING)

    def over_inputs(self, parts: Mapping[str, tuple[str, ...]]) -> Sum:
        """The same sum with every total replaced by its parts, the input fields it adds up."""
        terms: dict[str, int] = {}
        for factor, name in self.terms:
            for part in parts.get(name) or (name,):
                terms[part] = terms.get(part, 0) + factor
        return Sum(tuple((factor, name) for name, factor in terms.items() if factor), self.constant)

    def with_ceiling(self, limit: int) -> Sum:
        """The same sum with the threshold filled in."""
        found = sum(factor for factor, name in self.terms if name == CEILING)
        return Sum(tuple(t for t in self.terms if t[1] != CEILING), self.constant + found * limit)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left op right``, op one of = != <= >= < >, both sides of one type."""

    left: Sum
    op: str
    right: Sum
    type: FieldType = "count"

    def mapped(self, change: Callable[[Sum], Sum]) -> Comparison:
        return Comparison(change(self.left), self.op, change(self.right), self.type)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """True where it holds, for figures or element by element for arrays of them."""
        scale = SCALE[self.type]
        difference = self.left.of(values, scale) - self.right.of(values, scale)
        return OPERATORS[self.op](_rounded(difference, self.type), 0)


Condition = tuple[Comparison, ...]
"""Comparisons that must all hold."""


@dataclass(frozen=True)
class Relation:
    """What must hold between figures.

    Where every comparison of ``when`` holds, one of the alternatives in ``holds`` must. ``left`` and ``right`` are the two
    figures shown, of types ``types``. All sums are over input fields; ``anchors`` are the fields as the definition names
    them, totals and all: where a clerk looks.
    """

    id: str
    severity: Severity
    left: Sum
    right: Sum
    types: tuple[FieldType, FieldType]
    when: Condition
    holds: tuple[Condition, ...]
    anchors: tuple[str, ...]
    text: str
    basis: str
    remedy: str
    levels: tuple[Level, ...] = ()
    ceiling: Mapping[str, int] | None = None
    with_last: Relation | None = None
    """What takes its place where last year's figures are known."""

    def at(self, level: Level, last: Container[str] = ()) -> Relation | None:
        """The relation for an agency's level, its threshold filled in; None where it does not apply.

        ``last`` are the fields whose figures of last year are known.
        """
        if self.with_last and (found := self.with_last.at(level, last)):
            return found
        if (self.levels and level not in self.levels) or any(name not in last for name in self.last_operands):
            return None
        if self.ceiling is None:
            return self
        limit = self.ceiling[level]
        filled = self.mapped(lambda s: s.with_ceiling(limit))
        return replace(filled, ceiling=None, text=self.text.replace(CEILING_WORDS, f"{CEILING_WORDS} {limit}", 1))

    def mapped(self, change: Callable[[Sum], Sum]) -> Relation:
        """The same relation with every sum changed."""
        return replace(
            self,
            left=change(self.left),
            right=change(self.right),
            when=tuple(c.mapped(change) for c in self.when),
            holds=tuple(tuple(c.mapped(change) for c in alternative) for alternative in self.holds),
        )

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """Every input field the relation reads, in order."""
        comparisons = [*self.when, *(c for alternative in self.holds for c in alternative)]
        sums = [self.left, self.right, *(s for c in comparisons for s in (c.left, c.right))]
        return tuple(dict.fromkeys(name for s in sums for name in s.fields))

    @cached_property
    def last_operands(self) -> tuple[str, ...]:
        """The fields whose figures of last year it reads."""
        return tuple(name.removeprefix(LAST) for name in self.operands if name.startswith(LAST))

    @property
    def section(self) -> str:
        """The id of the section whose figures it ties together."""
        return self.anchors[0].split(".")[0]

    def judge(self, values: Mapping[str, Figure]) -> Judgement | None:
        """Whether it holds for a filing's figures; None where an operand is missing, for then it is not judged."""
        if any(values.get(name) is None for name in self.operands):
            return None
        left, right = (
            rounded(side.of(values, SCALE[kind]), kind)
            for side, kind in zip((self.left, self.right), self.types, strict=True)
        )
        return Judgement(bool(self.evaluate(values)), left, right)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """True where it holds: for figures, or element by element for arrays with a filing an element."""
        holds: Any = False
        for alternative in self.holds:
            holds = holds | _all(alternative, values)
        return holds if not self.when else holds | (_all(self.when, values) == False)  # noqa: E712 - arrays too


def _all(condition: Condition, values: Mapping[str, Any]) -> Any:
    every: Any = True
    for comparison in condition:
        every = every & comparison.evaluate(values)
    return every


def _rounded(value: Any, kind: FieldType) -> Any:
    return rounded(value, kind) if isinstance(value, (int, Fraction)) else value


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a relation says of one filing: whether it holds, and both its figures."""

    holds: bool
    left: Number
    right: Number
