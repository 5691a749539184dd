"""What totals and relations prove: figures of a row that lost its blanks are placed where one placement alone can be right.

Every way to put a row's figures, in order, among its columns is a candidate. Reports have slips, so that one broken equation
proves nothing: a candidate is ruled out where two equations, that share no figure outside the row, cannot hold with it whatever
the other rows do. What is left is looked at again until nothing more goes. A figure is proven that stands in the same column in
all that are left, if one of these breaks nothing at all. A blank adds nothing, and a total that is left out says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import comb

from xltools.classes import dataclass
from xltools.form.model import Form
from xltools.ingest.tables import Doubt, TablesRead
from xltools.received.typed import read_text
from xltools.rules.relation import Relation

_CANDIDATES = 500
"""Placements of one row that are looked at: all of a row of seven columns, those of fifteen with up to three lost."""

Equation = tuple[tuple[int, str], ...]
"""Signed fields whose sum is nothing."""

Placing = tuple[int, ...]
"""The column of each figure."""


def equations(form: Form) -> list[Equation]:
    """The totals of the form, and its relations that are plain equations of sums; also with totals in place of their parts."""
    totals: list[Equation] = [((-1, total.id), *((1, part) for part in total.parts)) for total in form.totals]
    found = list(totals)
    for relation in form.rules_of(Relation):
        only = relation.holds[0][0] if len(relation.holds) == 1 and len(relation.holds[0]) == 1 else None
        if only is None or only.op != "=" or relation.severity != "error" or relation.when or relation.choices:
            continue
        if not (only.left.constant or only.right.constant):
            found.append((*only.left.terms, *((-factor, name) for factor, name in only.right.terms)))
    return list(dict.fromkeys([*found, *(e for rule in found for e in _shortened(rule, totals))]))


def _shortened(rule: Equation, totals: Sequence[Equation]) -> Iterator[Equation]:
    """The equation with totals in place of their parts: all of one kind at once, and one by one."""
    for among in ([t] for t in totals):
        yield from _replaced(rule, among)
    by_line: dict[tuple[str, ...], list[Equation]] = {}
    for total in totals:
        by_line.setdefault(tuple(sorted({name.rpartition(".")[2] for _, name in total[1:]})), []).append(total)
        by_line.setdefault((total[0][1].rpartition(".")[2], str(len(total))), []).append(total)
    for among in by_line.values():
        if len(among) > 1:
            yield from _replaced(rule, among)


def _replaced(rule: Equation, totals: Sequence[Equation]) -> Iterator[Equation]:
    terms = {name: factor for factor, name in rule}
    changed = False
    for (_, total), *parts in totals:
        factors = {terms.get(name, 0) for _, name in parts}
        if len(factors) == 1 and (factor := factors.pop()) and total not in terms:
            for _, name in parts:
                del terms[name]
            terms[total] = factor
            changed = True
    if changed and len(terms) > 1:
        yield tuple((factor, name) for name, factor in terms.items())


Against = tuple[Equation, ...]
"""The equations that a placement breaks."""


@dataclass
class _Row:
    """A doubtful row: its figures as numbers, the placements still possible, and what each of them breaks."""

    doubt: Doubt
    figures: tuple[int, ...]
    left: dict[Placing, Against]

    def value(self, placing: Placing, column: int) -> int | None:
        """The value of a column under a placement; None for a total left out."""
        for at, place in enumerate(placing):
            if place == column:
                return self.figures[at]
        return None if self.doubt.fields[column].parts else 0

    def values(self, column: int) -> set[int | None]:
        """All that a column may still be."""
        return {self.value(placing, column) for placing in self.left}


def proven(form: Form, read: TablesRead) -> dict[str, str]:
    """The figures of doubtful rows that have one certain place, by field, as printed. The doubts in ``read`` shrink accordingly."""
    rows = [row for doubt in read.doubts if (row := _row(doubt)) is not None]
    if not rows:
        return {}
    known = {name: 0 for name in read.empty if not form.fields[name].parts}
    for name, text in read.figures.items():
        figure = read_text(text, form.fields[name].type).figure if text else None
        if isinstance(figure, int):
            known[name] = figure
        elif not text and not form.fields[name].parts:
            known[name] = 0
    lacking = {f.section.id for f in read.missing_totals if f.id not in read.empty}
    _narrow(rows, known, equations(form), lacking)
    found: dict[str, str] = {}
    for row in rows:
        if any(not against for against in row.left.values()):
            found.update(_settle(row, read))
    return found


def _row(doubt: Doubt) -> _Row | None:
    """A doubt as a row to be proven: one whole row with a total, fewer figures than columns, all of them numbers."""
    fields, seen = doubt.fields, doubt.seen
    if len({id(f.row) for f in fields}) != 1 or not any(f.parts for f in fields) or not doubt.lost_blanks:
        return None
    figures = [f for text in seen if isinstance(f := read_text(text, fields[0].type).figure, int)]
    if len(figures) < len(seen) or not 0 < len(figures) < len(fields) or comb(len(fields), len(seen)) > _CANDIDATES:
        return None
    return _Row(doubt, tuple(figures), dict.fromkeys(combinations(range(len(fields)), len(figures)), ()))


def _narrow(rows: Sequence[_Row], known: Mapping[str, int], rules: Sequence[Equation], lacking: set[str]) -> None:
    """Rules out, again and again, placements that two equations forbid. ``lacking``: sections where totals are left out."""
    where = {f.id: (row, column) for row in rows for column, f in enumerate(row.doubt.fields)}
    judged = [rule for rule in rules if all(name in known or name in where for _, name in rule)]
    own = {id(row): [r for r in judged if any(n in where and where[n][0] is row for _, n in r)] for row in rows}
    moving = True
    while moving:
        moving = False
        for row in rows:
            before = row.left
            broken = _broken(row, own[id(row)], known, where)
            row.left = {
                placing: against for placing, against in broken.items()
                if not _ruled_out(row, against, row.doubt.fields[0].section.id not in lacking and _no_total(row, placing))
            }  # fmt: skip
            if not row.left:
                row.left = dict.fromkeys(before, tuple(own[id(row)][:1]))  # nothing fits: this row proves nothing
            moving = moving or len(row.left) < len(before)


def _broken(
    row: _Row, rules: Sequence[Equation], known: Mapping[str, int], where: Mapping[str, tuple[_Row, int]]
) -> dict[Placing, Against]:
    """What each placement of a row breaks: equations that cannot hold whatever the other rows do."""
    against: dict[Placing, list[Equation]] = {placing: [] for placing in row.left}
    for rule in rules:
        mine = [(factor, where[n][1]) for factor, n in rule if n in where and where[n][0] is row]
        span = _span([(f, n) for f, n in rule if n not in where or where[n][0] is not row], known, where)
        if span is None:
            continue
        for placing, broken in against.items():
            values = [(factor, row.value(placing, column)) for factor, column in mine]
            total = sum(factor * value for factor, value in values if value is not None)
            if all(value is not None for _, value in values) and not span[0] <= -total <= span[1]:
                broken.append(rule)
    return {placing: tuple(broken) for placing, broken in against.items()}


def _span(
    terms: Sequence[tuple[int, str]], known: Mapping[str, int], where: Mapping[str, tuple[_Row, int]]
) -> tuple[int, int] | None:
    """The least and the most that signed fields can come to; None where one of them may be a total left out."""
    low = high = 0
    for factor, name in terms:
        values = {known[name]} if name in known else where[name][0].values(where[name][1])
        ends = [factor * value for value in values if value is not None]
        if len(ends) < len(values):
            return None
        low, high = low + min(ends), high + max(ends)
    return low, high


def _ruled_out(row: _Row, against: Against, no_total: bool) -> bool:
    """Whether two equations that share nothing but this row speak against a placement; so does a total that no row lacks."""
    if no_total and against:
        return True
    mine = {f.id for f in row.doubt.fields}
    others = [{name for _, name in rule} - mine for rule in against]
    return any(a.isdisjoint(b) for a, b in combinations(others, 2))


def _no_total(row: _Row, placing: Placing) -> bool:
    return any(f.parts and column not in placing for column, f in enumerate(row.doubt.fields))


def _settle(row: _Row, read: TablesRead) -> dict[str, str]:
    """What is certain of a row; the rest stays in doubt."""
    doubt = row.doubt
    sure = {
        at: columns.pop()
        for at in range(len(row.figures))
        if len(columns := {placing[at] for placing in row.left}) == 1
    }
    if not sure:
        return {}
    taken = {doubt.fields[column].id for column in sure.values()}
    read.doubts.remove(doubt)
    rest = tuple(text for at, text in enumerate(doubt.seen) if at not in sure)
    if rest:
        fields = tuple(f for f in doubt.fields if f.id not in taken)
        read.doubts.append(replace(doubt, fields=fields, seen=rest))
    found = {doubt.fields[column].id: doubt.seen[at] for at, column in sure.items()}
    read.places.update(dict.fromkeys(found, doubt.place))
    return found
