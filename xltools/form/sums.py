"""Sums and comparisons of figures, and their arithmetic: exact integers, one filing's or whole columns of them.

A sum adds up fields with signs. A field of the year before is named ``last.`` and its id. ``algebra`` reads them from text, and shows
the same ones as Excel formulas and Chinese sentences.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

from xltools.classes import dataclass
from xltools.figures import SCALE, FieldType, Figure, Number, rounded

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


Given = Callable[[Mapping[str, Any]], tuple[Any, ...]]


def given(names: Sequence[str]) -> Given:
    """What takes the figures of some fields at one go; KeyError where one is not there."""
    if len(names) > 1:
        return operator.itemgetter(*names)
    return partial(_each, tuple(names))


def _each(names: tuple[str, ...], values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] for name in names)


@dataclass(frozen=True)
class Sum:
    """A signed sum: Σ coefficient × field + constant (in printed units)."""

    terms: tuple[tuple[int, str], ...]
    constant: int = 0

    def of(self, values: Mapping[str, Any], scale: int = 1) -> Any:
        """The sum over figures: integers, Fractions, or whole arrays of them."""
        total: Any = self.constant * scale
        for coefficient, given in self._alike:
            total = total + coefficient * sum(given(values))
        return total

    @cached_property
    def _alike(self) -> tuple[tuple[int, Given], ...]:
        """What takes the figures that have the same coefficient, by the coefficient."""
        found: dict[int, list[str]] = {}
        for coefficient, name in self.terms:
            found.setdefault(coefficient, []).append(name)
        return tuple((coefficient, given(names)) for coefficient, names in found.items())

    def less(self, other: Sum) -> Sum:
        """The sum less another. What is in both is not added up, but for one field where there are no others: of whole columns
        the difference is a column too."""
        terms: dict[str, int] = {}
        for sign, one in ((1, self), (-1, other)):
            for factor, name in one.terms:
                terms[name] = terms.get(name, 0) + sign * factor
        left = tuple((factor, name) for name, factor in terms.items() if factor)
        return Sum(left or tuple((0, name) for name in terms)[:1], self.constant - other.constant)

    def total(self, values: Mapping[str, Figure]) -> Figure:
        """The sum over figures that must all be known; None where one is blank."""
        return None if any(values[name] is None for _, name in self.terms) else self.of(values)

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


@dataclass(frozen=True)
class Comparison:
    """``left op right``, op one of = != <= >= < >, both sides of one type.

    What is asked of a choice is a comparison too: its figure is, or is not, that of one of its words (``choices``).
    """

    left: Sum
    op: str
    right: Sum
    type: FieldType = "count"
    choices: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """Of a choice the word that is asked for."""
        return self.choices[len(self.choices) - 1 - self.right.constant]

    def mapped(self, change: Callable[[Sum], Sum]) -> Comparison:
        return Comparison(change(self.left), self.op, change(self.right), self.type, self.choices)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """True where it holds, for figures or element by element for arrays of them."""
        difference = self._difference.of(values, SCALE[self.type])
        return OPERATORS[self.op](_rounded(difference, self.type), 0)

    @cached_property
    def _difference(self) -> Sum:
        return self.left.less(self.right)


Condition = tuple[Comparison, ...]
"""Comparisons that must all hold."""


def holds(when: Condition, alternatives: tuple[Condition, ...], values: Mapping[str, Any]) -> Any:
    """Whether one of the alternatives holds, or ``when`` does not: for figures, or element by element for arrays of them."""
    found: Any = False
    for alternative in alternatives:
        found = found | _all(alternative, values)
        if found is True:  # of one filing: nothing more is asked
            return True
    return found if not when else found | (_all(when, values) == False)  # noqa: E712 - arrays too


def _all(condition: Condition, values: Mapping[str, Any]) -> Any:
    every: Any = True
    for comparison in condition:
        every = every & comparison.evaluate(values)
        if every is False:
            return False
    return every


def _rounded(value: Any, kind: FieldType) -> Any:
    return rounded(value, kind) if isinstance(value, (int, Fraction)) else value


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a relation says of one filing: whether it holds, and both its figures."""

    holds: bool
    left: Number
    right: Number
