"""What totals and relations prove: figures of a row that lost its blanks are placed where one placement alone can be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from xltools.figures import Figure
from xltools.ingest.tables import Doubt, TablesRead
from xltools.model import Field, Form
from xltools.workbook.typed import read_text

_TRIES = 50_000
"""Placements looked at for one report; what is not proven by then is not proven."""

Equation = tuple[tuple[int, str], ...]
"""Signed fields whose sum is nothing."""


def equations(form: Form) -> list[Equation]:
    """The totals of the form, and its relations that are plain equations between sums."""
    found: list[Equation] = []
    for total in form.totals:
        found.append(((-1, total.id), *((1, part) for part in total.parts)))
        found += _nested(form, total)
    for relation in form.relations:
        holds = relation.holds
        if relation.severity == "error" and not relation.when and len(holds) == 1 and len(holds[0]) == 1:
            only = holds[0][0]
            if only.op == "=" and not (only.left.constant or only.right.constant):
                found.append((*only.left.terms, *((-factor, name) for factor, name in only.right.terms)))
    return found


def _nested(form: Form, total: Field) -> Iterator[Equation]:
    """A total of totals, along its row and along its column."""
    row = [
        f
        for f in form.totals
        if f.section is total.section and f.row is total.row and f.column.id in total.column.parts
    ]
    column = [
        f
        for f in form.totals
        if f.section is total.section and f.column is total.column and f.row.id in total.row.parts
    ]
    for parts in (row, column):
        if parts:
            yield ((-1, total.id), *((1, f.id) for f in parts))


def proven(form: Form, read: TablesRead) -> dict[str, str]:
    """The figures of doubtful rows that have one certain place: by field, as printed. The doubts in ``read`` shrink accordingly."""
    rows = [d for d in read.doubts if len(d.fields) > 1 and len(d.seen) < len(d.fields) and _whole_row(d)]
    known = {name: _number(text, form.fields[name]) for name, text in read.figures.items() if text}
    rules = equations(form)
    solutions = _solutions(rows, known, rules, form) if rows and any(_has_total(d) for d in rows) else None
    if not solutions:
        return {}
    found: dict[str, str] = {}
    for at, doubt in enumerate(rows):
        options = [solution[at] for solution in solutions]
        sure = {
            doubt.fields[place].id: text
            for n, text in enumerate(doubt.seen)
            if len({option[n] for option in options}) == 1 and (place := options[0][n]) is not None
        }
        found.update(sure)
        left = tuple(t for n, t in enumerate(doubt.seen) if len({o[n] for o in options}) > 1)
        read.doubts.remove(doubt)
        if left:
            fields = tuple(f for f in doubt.fields if f.id not in sure)
            read.doubts.append(Doubt(fields, doubt.words, left, doubt.place, doubt.reason))
    return found


def _whole_row(doubt: Doubt) -> bool:
    return len({id(f.row) for f in doubt.fields}) == 1 and all(
        read_text(text, f.type).figure is not None for text, f in zip(doubt.seen, doubt.fields, strict=False)
    )


def _has_total(doubt: Doubt) -> bool:
    return any(f.parts for f in doubt.fields)


def _number(text: str, field: Field) -> Figure:
    return read_text(text, field.type).figure


def _solutions(
    rows: Sequence[Doubt], known: Mapping[str, Figure], rules: Sequence[Equation], form: Form
) -> list[list[tuple[int, ...]]] | None:
    """Every way to place all doubtful rows at once that no equation forbids; None where there are too many to look at."""
    values = {name: value for name, value in known.items() if value is not None}
    touched = {f.id for d in rows for f in d.fields}
    checks = [rule for rule in rules if any(name in touched for _, name in rule)]
    found: list[list[tuple[int, ...]]] = []
    tries = 0

    def go(at: int, given: dict[str, int], chosen: list[tuple[int, ...]]) -> bool:
        nonlocal tries
        if at == len(rows):
            found.append(list(chosen))
            return True
        doubt = rows[at]
        open_later = {f.id for d in rows[at + 1 :] for f in d.fields}
        for places in combinations(range(len(doubt.fields)), len(doubt.seen)):
            tries += 1
            if tries > _TRIES:
                return False
            ahead = dict(given)
            for f in doubt.fields:
                ahead[f.id] = 0 if not f.parts else -1
            for place, text in zip(places, doubt.seen, strict=True):
                figure = _number(text, doubt.fields[place])
                ahead[doubt.fields[place].id] = figure if isinstance(figure, int) else 0
            blank_totals = {f.id for f in doubt.fields if f.parts and ahead[f.id] == -1}
            for name in blank_totals:
                del ahead[name]
            if _possible(checks, ahead, open_later) and not go(at + 1, ahead, [*chosen, places]):
                return False
        return True

    return found if go(0, {n: v for n, v in values.items() if isinstance(v, int)}, []) else None


def _possible(rules: Sequence[Equation], given: Mapping[str, int], later: set[str]) -> bool:
    """Whether no equation, all of whose fields are known by now, is broken."""
    for rule in rules:
        known = all(name in given and name not in later for _, name in rule)
        if known and sum(factor * given[name] for factor, name in rule) != 0:
            return False
    return True
