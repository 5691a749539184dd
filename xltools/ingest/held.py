"""Grids held against their own totals before a figure is written: a head that stands a cell apart from its body is found out.

The heading over a cell says which column it is. Where a row's printed total then contradicts its figures, or a figure stands under no
heading, and the same figures read in order agree with the totals, head and figures have come apart. In order is then certain only
where the head's words are the form's, in its order, and nothing speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xltools.classes import dataclass
from xltools.form.fields import Table
from xltools.ingest.columns import Columns, above, heads_of, levels_in_order
from xltools.ingest.records import RecordToken
from xltools.ingest.rows import FoundRow, is_like
from xltools.ingest.wording import wording
from xltools.received.typed import read_text

SKEWED = "表头与数错开了，按表头放，合计对不上"
SHORT = "这一行比表头少一格，不知道少的是哪一栏"


@dataclass
class _Case:
    """A row of a grid: its columns as the head has them, and its figures in order, where they are as many as the columns."""

    at: int
    row: FoundRow
    headed: Columns
    ordered: Columns
    surplus: bool
    """Whether a figure stands under no heading at all."""
    hanging: bool
    """Whether a cell does, be it empty."""


def held(found: Sequence[FoundRow], columns: Sequence[Columns]) -> tuple[list[Columns], dict[int, str]]:
    """The columns of each row as far as totals bear them out, and why those in doubt are so, by row."""
    result, reasons = list(columns), dict[int, str]()
    heads = heads_of(found)
    groups: dict[tuple[int, int], list[_Case]] = {}
    for at, row in enumerate(found):
        if row.record.grid and row.record.filled:
            bare = [
                (slot, column)
                for slot, column in zip(row.record.slots, columns[at] or (), strict=False)
                if column is None and _is_bare(slot, row, heads[at])
            ]
            surplus = any(not slot.blank for slot, _ in bare)
            case = _Case(at, row, columns[at], _in_order(row), surplus, bool(bare))
            groups.setdefault((row.record.grid, id(row.table)), []).append(case)
    crooked = {grid for (grid, _), cases in groups.items() if any(c.surplus and _doubtful(c) for c in cases)}
    for (grid, _), cases in groups.items():
        apart = _apart(cases) and levels_in_order(heads[cases[0].at], cases[0].row.table)
        places = _places(cases) if apart else []
        for case in cases:
            if apart and case.ordered is None:
                result[case.at] = _by_places(case, places)
            elif apart or _all_nought(case):
                result[case.at] = case.ordered
            elif case.headed is not None and (_doubtful(case) or (grid in crooked and _hangs(case))):
                result[case.at] = None
            if result[case.at] is None and case.headed is not None:
                reasons[case.at] = SKEWED
            if result[case.at] is not None and _lacks_a_cell(case.row, heads[case.at]):
                result[case.at], reasons[case.at] = None, SHORT
    return result, reasons


def _in_order(row: FoundRow) -> Columns:
    if len(row.record.filled) != len(row.table.columns):
        return None
    order = iter(range(len(row.table.columns)))
    return [None if slot.blank else next(order) for slot in row.record.slots]


def _is_bare(slot: RecordToken, row: FoundRow, head: Sequence[RecordToken]) -> bool:
    """Whether no heading of its own stands over a cell: none at all, one of the form's that is another's, that of the labels."""
    top = above(slot, head)
    words = dict.fromkeys(part for column in row.table.columns for part in (row.table.corner, *column.label) if part)
    if top is None or is_like(top, list(map(wording, words))):
        return True
    beside = (t.column for t in row.record.labels if t.grid == slot.grid and t.line == slot.line)
    return any(top.column <= column < top.column + top.width for column in beside)


def _lacks_a_cell(row: FoundRow, head: Sequence[RecordToken]) -> bool:
    """Whether a row ends before its head does, so that its figures may stand a column too far to the left.

    Not so where they are all noughts, and where the last is too small to be the total of those before it.
    """
    figures = [slot.text.strip() for slot in row.record.filled]
    if len(figures) >= len(row.table.columns) or all(text == "0" for text in figures):
        return False
    reach = max((token.column + token.width for token in head if token.grid == row.record.grid), default=0)
    if max(slot.column + slot.width for slot in row.record.slots) >= reach:
        return False
    *rest, last = (int(text) if text.isascii() and text.isdigit() else 0 for text in figures)
    return not any(column.parts for column in row.table.columns) or last >= sum(rest)


def _all_nought(case: _Case) -> bool:
    """Whether a row is nothing but noughts, one a column: then no order makes a difference."""
    return case.ordered is not None and all(slot.text.strip() == "0" for slot in case.row.record.filled)


def _apart(cases: Sequence[_Case]) -> bool:
    """Whether the figures in order agree with every total, and by the head somewhere not."""
    told = [(_sums(c.row, c.headed), _sums(c.row, c.ordered)) for c in cases if c.ordered is not None]
    agree = sum(good for _, (good, _) in told)
    if not agree or any(bad for _, (_, bad) in told):
        return False
    return all(c.headed is None for c in cases) or any(
        c.ordered is not None and c.ordered != c.headed and (c.surplus or _sums(c.row, c.headed)[1]) for c in cases
    )


def _places(cases: Sequence[_Case]) -> list[int]:
    """Where the columns stand in the grid, by the rows that have all their figures; nothing where these do not agree."""
    seen = {tuple(s.column for s in c.row.record.filled) for c in cases if c.ordered is not None}
    return list(seen.pop()) if len(seen) == 1 else []


def _by_places(case: _Case, places: Sequence[int]) -> Columns:
    slots = case.row.record.slots
    columns = [places.index(s.column) if s.column in places else None for s in slots]
    lost = any(at is None and not slot.blank for at, slot in zip(columns, slots, strict=True))
    return None if lost or _sums(case.row, columns)[1] else columns


def _doubtful(case: _Case) -> bool:
    """Whether a row cannot stand as the head has it: a figure under no heading that no total speaks for; a shift mends the totals."""
    good, bad = _sums(case.row, case.headed)
    if case.surplus:
        return bad > 0 or not good
    return bad > 0 and any(good and not bad for good, bad in (_sums(case.row, moved) for moved in _shifted(case)))


def _hangs(case: _Case) -> bool:
    """Whether a row reaches beyond the head, with no total that speaks for it."""
    return case.hanging and not _sums(case.row, case.headed)[0]


def _shifted(case: _Case) -> Iterator[Columns]:
    """The columns of a row moved by a place or two."""
    assert case.headed is not None
    last = len(case.row.table.columns) - 1
    for by in (-2, -1, 1, 2):
        moved = [None if at is None else at + by for at in case.headed]
        filled = [at for at, slot in zip(moved, case.row.record.slots, strict=False) if not slot.blank]
        if all(at is not None and 0 <= at <= last for at in filled):
            yield [at if at is not None and 0 <= at <= last else None for at in moved]


def _sums(row: FoundRow, columns: Columns) -> tuple[int, int]:
    """How many totals of a row agree with its figures, noughts apart, and how many contradict them."""
    if columns is None:
        return 0, 0
    values: dict[str, int] = {}
    table: Table = row.table
    for slot, at in zip(row.record.slots, columns, strict=False):
        if at is not None and not slot.blank:
            figure = read_text(slot.text, table.columns[at].type).figure
            if isinstance(figure, int):
                values[table.columns[at].id] = figure
    good = bad = 0
    for column in table.columns:
        if column.parts and column.id in values:
            parts = sum(values.get(part, 0) for part in column.parts)
            good += parts == values[column.id] != 0
            bad += parts != values[column.id]
    return good, bad
