"""One likely culprit: where a single change clears every failure of a filing, and only one does, it is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import combinations, pairwise
from operator import ne
from typing import ClassVar

from xltools.classes import dataclass
from xltools.figures import NUMBERS, SCALE, Figure, exact, printed, show
from xltools.findings import FieldAt, Finding
from xltools.form.fields import Field
from xltools.form.model import Filing, Form, Rule
from xltools.form.sums import Given, given
from xltools.rules.relation import Relation

_TEN_THOUSAND = 10_000
_Test = Callable[[Iterable[str]], bool]


@dataclass(frozen=True)
class _Change:
    """A mistake that people make, undone: the figures as they would be, the field where it shows, in words."""

    figures: Mapping[str, Figure]
    field: Field
    words: str


@dataclass(frozen=True, kw_only=True)
class Culprit(Rule):
    """Where relations fail: the only single change after which nothing fails any more. A sum has no single culprit."""

    kind: ClassVar[str] = "culprit"
    rank: ClassVar[int] = 60

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """At most one finding."""
        relations = [r for r in filing.rules if r.kind == Relation.kind and r.severity != "note"]
        failing = [r for r in relations if filing.breaks(r)]
        if not failing or filing.kind == "summary":
            return
        read = [frozenset(r.operands) for r in failing]

        def may_clear(fields: Iterable[str]) -> bool:
            """Whether every failing relation reads one of these fields: else changing them cannot be the cure."""
            return not any(operands.isdisjoint(fields) for operands in read)

        cures = []
        after = dict(filing.figures)
        for change in _changes(filing, may_clear):
            after.update(change.figures)
            if not any(r.fails(after) for r in failing) and not any(
                r.fails(after) for r in relations if not change.figures.keys().isdisjoint(r.operands)
            ):
                cures.append(change)
                if len(cures) > 1:
                    return
            after.update((name, filing.figures[name]) for name in change.figures)
        for change in cures:
            yield self.breach("likely-culprit", FieldAt(change.field.id), rule=None, basis=None, field=change.field.id,
                              related=tuple(change.figures), change=change.words, count=len(failing))  # fmt: skip


def _changes(filing: Filing, may_clear: _Test) -> Iterator[_Change]:
    for field in filing.form.inputs:
        figure = filing.values[field.id]
        if isinstance(figure, int) and figure and field.type in NUMBERS and may_clear((field.id,)):
            yield from _digits(field, figure)
            yield from _total_as_part(filing, field, figure)
            if field.type == "money":
                yield from _yuan(field, figure)
    yield from _neighbours(filing, may_clear)
    yield from _rows(filing, may_clear)


def _digits(field: Field, figure: int) -> Iterator[_Change]:
    """Two neighbouring digits the wrong way round."""
    digits = f"{printed(abs(figure), field.type):f}"
    for at in range(len(digits) - 1):
        first, second = digits[at], digits[at + 1]
        if first != second and (first + second).isdigit():
            turned = digits[:at] + second + first + digits[at + 2 :]
            other = exact(Decimal(turned), field.type) * (-1 if figure < 0 else 1)
            words = f"{field.place}：{show(figure, field.type)} 改为 {show(other, field.type)}（相邻两位数字填颠倒）"
            yield _Change({field.id: other}, field, words)


def _total_as_part(filing: Filing, field: Field, figure: int) -> Iterator[_Change]:
    """A figure that is just what the others of its column add up to: a total in a part's place."""
    for total in filing.form.totals:
        if field.id in total.parts and total.column is field.column and not total.column.parts:
            others = [filing.values[part] or 0 for part in total.parts if part != field.id]
            if sum(1 for other in others if other) > 1 and sum(others) == figure:
                words = f"{field.place}：{figure} 恰好是其余各项之和，像是把合计填进来了，改为 0"
                yield _Change({field.id: 0}, field, words)


def _yuan(field: Field, figure: int) -> Iterator[_Change]:
    """元 typed where 万元 is asked."""
    if figure % _TEN_THOUSAND == 0 and figure >= SCALE[field.type]:
        other = figure // _TEN_THOUSAND
        words = f"{field.place}：{show(figure, field.type)} 像是元，改为 {show(other, field.type)}（万元）"
        yield _Change({field.id: other}, field, words)


def _neighbours(filing: Filing, may_clear: _Test) -> Iterator[_Change]:
    """A figure in the next column of its row."""
    for one, two in _pairs(filing):
        first, second = filing.values[one.id], filing.values[two.id]
        if first == second or first is None or second is None or not may_clear((one.id, two.id)):
            continue
        figures: dict[str, Figure] = {one.id: second, two.id: first}
        words = f"{one.row.name}：“{one.column_name}”的{_said(one, first)}与“{two.column_name}”的{_said(two, second)}"
        yield _Change(figures, one, f"{words}填错了列，对调")


def _pairs(filing: Filing) -> Iterator[tuple[Field, Field]]:
    """Input cells side by side."""
    inputs = filing.form.inputs
    for one, two in pairwise(inputs):
        if one.row is two.row and one.section is two.section and _alike(one, two):
            yield one, two


def _alike(one: Field, two: Field) -> bool:
    """Whether what was meant for a cell may as well be typed into another: a figure of its type, a choice of its words."""
    return one.type == two.type and one.choices == two.choices


def _said(field: Field, figure: Figure) -> str:
    """A figure, or what is chosen, in a sentence."""
    return f"“{field.word(figure)}”" if field.choices else f" {show(figure, field.type)} "


def _rows(filing: Filing, may_clear: _Test) -> Iterator[_Change]:
    """Two rows of a table, each in the other's place."""
    rows, pairs = _row_pairs(filing.form)
    said = [figures(filing.values) for *_, figures in rows]
    for at, below in pairs:
        first, second = said[at], said[below]
        if first == second or sum(map(ne, first, second)) < 2 or None in first or None in second:
            continue
        (one, ones, _), (two, twos, _) = rows[at], rows[below]
        both = zip(zip(ones, twos, strict=True), first, second, strict=True)
        changed = [name for names, a, b in both if a != b for name in names]
        if may_clear(changed):
            figures = dict(zip((*ones, *twos), (*second, *first), strict=True))
            yield _Change(figures, one, f"“{one.row.name}”与“{two.row.name}”两行填颠倒了，对调")


@lru_cache(maxsize=32)
def _row_pairs(form: Form) -> tuple[list[tuple[Field, tuple[str, ...], Given]], list[tuple[int, int]]]:
    """Rows of tables, each with its first field, its fields in columns that another has too, and what takes their figures; and
    which two of these stand in one table and have the same columns."""
    rows: dict[tuple[str, ...], tuple[Field, tuple[str, ...], Given]] = {}
    pairs = []
    for section in form.table_sections:
        for table in section.tables:
            inputs: dict[str, dict[str, Field]] = {}
            for field in form.inputs_of(section.id):
                if any(field.row is row for row in table.rows):
                    inputs.setdefault(field.row.id, {})[field.column.id] = field
            for one, two in combinations(inputs.values(), 2):
                both = [column for column in one if column in two]
                if not all(_alike(one[column], two[column]) for column in both):
                    continue
                both_rows = [(next(iter(row.values())), tuple(row[column].id for column in both)) for row in (one, two)]
                for first, names in both_rows if both else ():
                    rows.setdefault(names, (first, names, given(names)))
                pairs += [tuple(names for _, names in both_rows)] if both else []
    at = {names: number for number, names in enumerate(rows)}
    return [*rows.values()], [(at[one], at[two]) for one, two in pairs]
