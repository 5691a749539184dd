"""The algebra of totals and relations: one definition, read three ways.

A relation compares signed sums of fields. From the same frozen ``Relation`` come its judgement over figures
(``Relation.judge``: exact integers, one filing's or whole columns of them), its Excel formula (``formula`` and friends) and
its Chinese sentence (``sentence``). Sums are always taken over input cells: a stored total is never an operand.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol

from xltools.address import a1
from xltools.figures import SCALE, FieldType, Figure, Number, rounded
from xltools.model import Field, Level, Severity


class Cells(Protocol):
    """What a formula needs to know of a layout: where a field stands and which switch declares its blanks zero."""

    def position(self, field: str) -> tuple[str, int, int]: ...
    def switch(self, field: str) -> str: ...


# ── definitions ──────────────────────────────────────────────────────────────


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

    def over_inputs(self, fields: Mapping[str, Field]) -> Sum:
        """The same sum with every total replaced by the input fields it adds up."""
        terms: dict[str, int] = {}
        for factor, name in self.terms:
            for part in (fields[name].parts or (name,)) if name in fields else (name,):
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
        return _OPERATORS[self.op](
            _rounded(self.left.of(values, scale), self.type), _rounded(self.right.of(values, scale), self.type)
        )


Condition = tuple[Comparison, ...]
"""Comparisons that must all hold."""


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
_EXCEL = {"!=": "<>"}
_SPOKEN = {"=": "＝", "!=": "≠", "<=": "≤", ">=": "≥", "<": "＜", ">": "＞"}

CEILING, CEILING_WORDS = "ceiling", "本级上限"
"""The name in an expression that stands for a threshold by level, and how a sentence says it."""


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

    def at(self, level: Level) -> Relation | None:
        """The relation for an agency's level, its threshold filled in; None where it does not apply."""
        if self.levels and level not in self.levels:
            return None
        if self.ceiling is None:
            return self
        limit = self.ceiling[level]
        filled = self.mapped(lambda s: s.with_ceiling(limit))
        return replace(filled, ceiling=None, text=self.text.replace(CEILING_WORDS, f"{CEILING_WORDS} {limit}"))

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

    @property
    def section(self) -> str:
        """The id of the section whose figures it ties together."""
        return self.anchors[0].split(".")[0]

    def judge(self, values: Mapping[str, Figure]) -> Judgement | None:
        """Whether it holds for a filing's figures; None where an operand is missing, for then it is not judged."""
        if any(values[name] is None for name in self.operands):
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


def total_of(field: Field, values: Mapping[str, Figure]) -> Figure:
    """A total over its input fields; over nothing but blanks it is blank."""
    known = [v for v in (values[part] for part in field.parts) if v is not None]
    return sum(known) if known else None


# ── reading expressions ──────────────────────────────────────────────────────

_TERM = re.compile(r"\s*([+-]?)\s*(?:(\d+)\s*\*\s*)?([A-Za-z_][\w.]*|\d+)\s*")
_COMPARISON = re.compile(r"(.+?)(!=|<=|>=|=|<|>)(.+)\Z")


def parse_sum(text: str) -> Sum:
    """A sum as written: ``requests.new.natural + requests.carried_in.natural``; ValueError says what is wrong."""
    terms: list[tuple[int, str]] = []
    constant, at = 0, 0
    while at < len(text):
        match = _TERM.match(text, at)
        if not match or (at and not match[1]):
            raise ValueError(f"看不懂的算式“{text}”")
        factor = (-1 if match[1] == "-" else 1) * int(match[2] or 1)
        if match[3].isdigit():
            constant += factor * int(match[3])
        else:
            terms.append((factor, match[3]))
        at = match.end()
    if not text.strip():
        raise ValueError("算式是空的")
    return Sum(tuple(terms), constant)


def parse_condition(text: str) -> tuple[tuple[tuple[str, str, str], ...], ...]:
    """Alternatives of comparisons, ``a = 0 and b = 0 or a > 0 and b > 0``, each comparison still in words."""
    alternatives = []
    for alternative in text.split(" or "):
        comparisons = []
        for part in alternative.split(" and "):
            match = _COMPARISON.match(part.strip())
            if not match:
                raise ValueError(f"看不懂的条件“{part.strip()}”")
            comparisons.append((match[1].strip(), match[2], match[3].strip()))
        alternatives.append(tuple(comparisons))
    return tuple(alternatives)


# ── the Excel formula ────────────────────────────────────────────────────────


def ranges(fields: Sequence[str], cells: Cells, home: str) -> list[str]:
    """The fewest ranges that hold these cells: columns of neighbours first, then neighbouring columns."""
    runs: dict[tuple[str, int, int], set[int]] = {}
    columns: dict[tuple[str, int], list[int]] = {}
    for name in fields:
        sheet, row, column = cells.position(name)
        columns.setdefault((sheet, column), []).append(row)
    for (sheet, column), rows in columns.items():
        rows.sort()
        start = previous = rows[0]
        for row in [*rows[1:], -1]:
            if row != previous + 1:
                runs.setdefault((sheet, start, previous), set()).add(column)
                start = row
            previous = row
    found = []
    for (sheet, top, bottom), wide in sorted(runs.items()):
        ordered = sorted(wide)
        start = previous = ordered[0]
        for column in [*ordered[1:], -1]:
            if column != previous + 1:
                first, last = a1(top, start, absolute=True), a1(bottom, previous, absolute=True)
                text = first if first == last else f"{first}:{last}"
                found.append(text if sheet == home else f"'{sheet}'!{text}")
                start = column
            previous = column
    return found


def sum_formula(s: Sum, cells: Cells, home: str) -> str:
    """A signed sum as Excel writes it, over ranges: a cut or drag of a cell cannot rewrite a SUM as it would A1+B1."""
    by_factor: dict[int, list[str]] = {}
    for factor, name in s.terms:
        by_factor.setdefault(factor, []).append(name)
    text = ""
    for factor, names in by_factor.items():
        term = f"SUM({','.join(ranges(names, cells, home))})"
        times = "" if abs(factor) == 1 else f"{abs(factor)}*"
        text += ("-" if factor < 0 else "+" if text else "") + times + term
    if s.constant or not text:
        text += f"{s.constant:+d}" if text else str(s.constant)
    return text


def _needs_sign(s: Sum) -> bool:
    return len({factor for factor, _ in s.terms}) + bool(s.constant) > 1 or any(f < 0 for f, _ in s.terms)


def difference_formula(left: Sum, right: Sum, cells: Cells, home: str) -> str:
    """left − right, to 6 decimals."""
    minus = sum_formula(right, cells, home)
    if _needs_sign(right):
        minus = f"({minus})"
    return f"ROUND({sum_formula(left, cells, home)}-{minus},6)"


def pending_formula(fields: Sequence[str], cells: Cells, home: str) -> str:
    """True while an operand is not a number, or is a blank not declared zero."""
    by_switch: dict[str, list[str]] = {}
    for name in fields:
        by_switch.setdefault(cells.switch(name), []).append(name)
    counts = []
    for switch, names in by_switch.items():
        blocks = ranges(names, cells, home)
        blanks = "+".join(f"COUNTBLANK({block})" for block in blocks)
        counts.append(f'COUNT({",".join(blocks)})+IF({switch}="是",{blanks},0)')
    return f"{'+'.join(counts)}<{len(fields)}"


def holds_formula(relation: Relation, cells: Cells, home: str) -> str:
    """True where the relation holds."""

    def true(c: Comparison) -> str:
        return f"{difference_formula(c.left, c.right, cells, home)}{_EXCEL.get(c.op, c.op)}0"

    def every(comparisons: Sequence[Comparison]) -> str:
        parts = [true(c) for c in comparisons]
        return parts[0] if len(parts) == 1 else f"AND({','.join(parts)})"

    alternatives = [every(a) for a in relation.holds]
    if relation.when:
        alternatives.append(f"NOT({every(relation.when)})")
    return alternatives[0] if len(alternatives) == 1 else f"OR({','.join(alternatives)})"


def total_formula(field: Field, cells: Cells, home: str) -> str:
    """A total's own formula: blank while all its parts are blank and not declared zero."""
    parts = ",".join(ranges(field.parts, cells, home))
    total = f"SUM({parts})" if field.type != "money" else f"ROUND(SUM({parts}),6)"
    return f'IF(AND(COUNT({parts})=0,{cells.switch(field.id)}<>"是"),"",{total})'


# ── the Chinese sentence ─────────────────────────────────────────────────────


def sentence(shown: Sequence[str], when: Condition, holds: Sequence[Condition], fields: Mapping[str, Field]) -> str:
    """A relation in words; what the fields ``shown`` share, a column or a row, is said once, before."""
    named = [fields[name] for name in shown]
    rows, columns = {f.row.label for f in named}, {f.column.label for f in named}
    head, say = "", _row_and_column
    if len(rows) == 1 and named[0].row.label:
        head, say = named[0].row.name, column_words
    elif len(columns) == 1:
        head, say = column_words(named[0]), _row_name

    def words(s: Sum) -> str:
        text = ""
        for factor, name in s.terms:
            sign = "－" if factor < 0 else "＋" if text else ""
            times = "" if abs(factor) == 1 else f"{abs(factor)}×"
            text += sign + times + (CEILING_WORDS if name == CEILING else say(fields[name]))
        if s.constant or not text:
            text += ("＋" if text and s.constant > 0 else "") + str(s.constant)
        return text

    def together(condition: Condition) -> str:
        return "且".join(f"{words(c.left)}{_SPOKEN[c.op]}{words(c.right)}" for c in condition)

    body = "，或者".join(together(alternative) for alternative in holds)
    if when:
        body = f"如果{together(when)}，那么{body}"
    return f"{head}：{body}" if head else body


def _row_name(field: Field) -> str:
    return field.row.name


def _row_and_column(field: Field) -> str:
    return "的".join(words for words in (field.row.name, column_words(field)) if words)


def column_words(field: Field) -> str:
    """A field's column in words, with the heading over it where the innermost alone would not tell it apart."""
    label = field.column.label
    names = [c.name for table in field.section.tables if field.column in table.columns for c in table.columns]
    return "·".join(label[-2:] if len(label) > 2 or names.count(field.column.name) > 1 else label[-1:])
