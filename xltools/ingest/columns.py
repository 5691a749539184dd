"""Which figure of a row belongs to which column: by the head printed above, by place in a grid, by count where nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xltools.form.fields import Table
from xltools.ingest.records import RecordToken, TextRecord, is_counter
from xltools.ingest.rows import FoundRow, is_like
from xltools.ingest.wording import LabelWording, alike, best, is_part, wording

Columns = list[int | None] | None
"""For each figure of a record the column's index (None: unknown which); None where the whole row is in doubt."""

_NAMED = 0.8
_COUNTED = 4
"""Rows that numbers must count to be no figures."""


def columns_of(found: Sequence[FoundRow], keeps_blanks: bool) -> list[Columns]:
    """The columns of each row's slots. ``keeps_blanks``: this running text shows its empty cells."""
    result: list[Columns] = []
    places: dict[tuple[int, str], list[int]] = {}
    for row, head in zip(found, heads_of(found), strict=True):
        key = _key(row)
        if row.record.grid:
            result.append(_by_place(row, head, places, key))
        else:
            result.append(_by_count(row, head, keeps_blanks))
    for at, row in enumerate(found):
        # A row with a cell too many or too few is read by the columns of its neighbours in the same grid.
        known = places.get((row.record.grid, _key(row))) if row.record.grid else None
        if result[at] is None and known:
            result[at] = _at_places(row.record, known)
    return result


def _key(row: FoundRow) -> str:
    return row.table.prefix + row.table.rows[0].id


def heads_of(found: Sequence[FoundRow]) -> list[list[RecordToken]]:
    """The words of the head over each row: those before it, else those over the rows of its table before it."""
    seen: dict[str, list[RecordToken]] = {}
    result = []
    for row in found:
        if _is_head(row.head, row.table):
            seen[_key(row)] = row.head
        result.append(seen.get(_key(row), []))
    return result


def _is_head(head: Sequence[RecordToken], table: Table) -> bool:
    """Whether words before a row are the table's head: its corner is among them, or enough of its columns."""
    if any(is_like(token, [wording(table.corner)]) for token in head):
        return True
    names = {wording(column.name) for column in table.columns}
    groups = [wording(part) for row in table.rows for part in row.label[:-1]]
    words = [token.words for token in head if not is_like(token, groups)]
    seen = {name for name in names if any(alike(word, name) >= 0.6 for word in words)}
    return len(seen) >= (1 if len(table.columns[0].label) == 1 else 3)


def trimmed(slots: Sequence[RecordToken]) -> list[RecordToken]:
    """Slots without the empty ones at the end."""
    last = max((at for at, slot in enumerate(slots) if not slot.blank), default=-1)
    return list(slots[: last + 1])


def loses_blanks(found: Sequence[FoundRow]) -> bool:
    """Whether running text may have lost its empty cells: it shows none before a figure."""
    return not any(slot.blank for row in found if not row.record.grid for slot in trimmed(row.record.slots))


def without_counters(found: Sequence[FoundRow]) -> bool:
    """Takes out numbers that count rows: under a heading that says so, or 1, 2, 3 … down the rows, behind or before their labels.

    False where running text says that there are some, and they cannot be told from the figures.
    """
    said = False
    for row, head in zip(found, heads_of(found), strict=True):
        slots = row.record.slots
        said = said or (
            not row.record.grid and any(is_counter(token.words) for token in (*row.head, *row.record.labels))
        )
        kept = [s for s in slots if not (s.grid and (top := above(s, head)) is not None and is_counter(top.words))]
        row.record.slots = kept if len(kept) + 1 == len(slots) else slots
    filled = [row for row in found if row.record.filled]
    for end, most in ((0, filled), (-1, filled[:-1])):
        over = most if said else [row for row in filled if len(row.record.filled) > len(row.table.columns)]
        numbers = [row.record.filled[end].text.strip() for row in over]
        start = int(numbers[0]) if numbers and numbers[0].isascii() and numbers[0].isdigit() else None
        if len(over) >= _COUNTED and start in (1, 2) and numbers == [str(start + n) for n in range(len(numbers))]:
            for row in over:
                row.record.slots.remove(row.record.filled[end])
            return True
    return not said or all(len(row.record.filled) <= len(row.table.columns) for row in filled)


def spread_noughts(found: Sequence[FoundRow]) -> None:
    """Puts a nought over several columns into each of them: what counts nothing together counts nothing each."""
    for row in found:
        slots, columns = row.record.slots, row.table.columns
        spread = [s for slot in slots for s in _spread(slot)]
        if len(slots) < len(spread) == len(columns) and all(column.type == "count" for column in columns):
            row.record.slots = spread


def _spread(slot: RecordToken) -> list[RecordToken]:
    if slot.grid and slot.width > 1 and slot.text.strip() == "0":
        return [replace(slot, column=slot.column + n, width=1) for n in range(slot.width)]
    return [slot]


# ── running text ─────────────────────────────────────────────────────────────


def _by_count(row: FoundRow, head: Sequence[RecordToken], keeps_blanks: bool) -> Columns:
    count = len(row.table.columns)
    slots = trimmed(row.record.slots)
    if len(slots) > count and all(slot.blank for slot in slots[: len(slots) - count]):
        slots = slots[len(slots) - count :]
        row.record.slots = slots
    known = _head_columns(head, row.table)
    if known is not None and known != list(range(count)):
        whole = len(slots) == len(known) or (keeps_blanks and len(slots) <= len(known) <= len(row.record.slots))
        return known[: len(slots)] if whole else None
    if not levels_in_order(head, row.table):
        return None
    whole = len(slots) == count or (keeps_blanks and len(slots) < count <= len(row.record.slots))
    return list(range(len(slots))) if whole else None


def _head_columns(head: Sequence[RecordToken], table: Table) -> list[int | None] | None:
    """The columns that a head of one level names, in its order; None where it has several levels, or there is none."""
    if any(len(column.label) > 1 for column in table.columns):
        return None
    above = [wording(words) for words in (table.heading, table.corner) if words]
    last = max((at for at, token in enumerate(head) if above and is_like(token, above)), default=-1)
    names = [token.words for token in head[last + 1 :] if token.words.core]
    if not names or (last < 0 and not any(best(n, [wording(c.name) for c in table.columns]) >= _NAMED for n in names)):
        return None
    labels = [wording(column.name) for column in table.columns]
    if _broken_in_order(names, labels):
        return list(range(len(labels)))
    found: list[int | None] = []
    for name in names:
        fits = [at for at, label in enumerate(labels) if alike(name, label) >= _NAMED and at not in found]
        found.append(max(fits, key=lambda at: alike(name, labels[at])) if fits else None)
    return found


def _broken_in_order(names: Sequence[LabelWording], labels: Sequence[LabelWording]) -> bool:
    """Whether the names, some of them perhaps broken over several cells or cut short, are the labels in order."""
    reach = {0}
    for label in labels:
        ahead = set()
        for start in reach:
            for end in range(start + 1, min(start + 4, len(names)) + 1):
                joined = LabelWording("", "".join(n.core for n in names[start:end]))
                if alike(joined, label) >= 0.75 or is_part(joined, label):
                    ahead.add(end)
        reach = ahead
    return len(names) in reach


def loses_none(row: FoundRow, head: Sequence[RecordToken]) -> bool:
    """Whether a row lost no blanks, however few its figures are: a grid keeps them, and a head may lack a total's column."""
    if row.record.grid:
        return True
    totals = [wording(column.name) for column in row.table.columns if column.parts]
    return bool(head) and not all(any(alike(t.words, total) >= _NAMED for t in head) for total in totals)


def levels_in_order(head: Sequence[RecordToken], table: Table) -> bool:
    """Whether the headings of each level, where they are to be seen, stand in the form's order.

    A heading that reaches down to the figures may be printed after one that has others below it; so each sort goes by itself.
    """
    for level in range(max(len(column.label) for column in table.columns)):
        for lowest in (True, False):
            labels = dict.fromkeys(
                wording(c.label[level])
                for c in table.columns
                if len(c.label) > level and (len(c.label) == level + 1) == lowest
            )
            seen = [
                next((at for at, t in enumerate(head) if alike(t.words, label) >= _NAMED), None) for label in labels
            ]
            order = [at for at in seen if at is not None]
            if order != sorted(order):
                return False
    return True


# ── grids ────────────────────────────────────────────────────────────────────


def _by_place(
    row: FoundRow, head: Sequence[RecordToken], places: dict[tuple[int, str], list[int]], key: str
) -> Columns:
    slots, count = row.record.slots, len(row.table.columns)
    names = [above(slot, head) for slot in slots]
    under = [at for at, name in enumerate(names) if name is not None]
    labels = [wording(column.name) for column in row.table.columns]
    if under and len({label.core for label in labels}) == count:
        fits = {at: [n for n, label in enumerate(labels) if alike(names[at].words, label) >= _NAMED] for at in under}  # type: ignore[union-attr]
        named = [columns[0] for columns in fits.values() if len(columns) == 1]
        lacking = {n for n, column in enumerate(row.table.columns) if n not in named and not column.parts}
        if len(named) == len(set(named)) and not lacking:
            known: dict[int, int] = {at: columns[0] for at, columns in fits.items() if columns}
            return [known.get(at) for at in range(len(slots))]
    if len(under) == count and not _groups_in_order(head, row.table):
        return None
    if len(under) == count and _all_fit([names[at] for at in under], labels):
        places.setdefault((row.record.grid, key), [slots[at].column for at in under])
        order = {at: n for n, at in enumerate(under)}
        return [order.get(at) for at in range(len(slots))]
    if len(slots) == count and not under:
        places.setdefault((row.record.grid, key), [slot.column for slot in slots])
        return list(range(count))
    return None


def _all_fit(names: Sequence[RecordToken | None], labels: Sequence[LabelWording]) -> bool:
    """Whether headings, one for each column, are the columns' in order; of three or more one may be lost."""
    misfits = [at for at, (name, label) in enumerate(zip(names, labels, strict=True)) if not _fits(name, label)]
    if not misfits:
        return True
    return len(misfits) == 1 and len(names) >= 3 and not is_like(names[misfits[0]], labels, _NAMED)


def _fits(token: RecordToken | None, label: LabelWording) -> bool:
    return token is not None and (alike(token.words, label) >= 0.6 or is_part(token.words, label))


def above(slot: RecordToken, head: Sequence[RecordToken]) -> RecordToken | None:
    """The lowest heading over a slot in its grid."""
    over = [
        t
        for t in head
        if t.grid == slot.grid and t.column < slot.column + slot.width and slot.column < t.column + t.width
    ]
    return over[-1] if over else None


def _groups_in_order(head: Sequence[RecordToken], table: Table) -> bool:
    for level in range(max(len(column.label) for column in table.columns) - 1):
        labels = dict.fromkeys(wording(c.label[level]) for c in table.columns if len(c.label) > level + 1)
        seen = [next((t.column for t in head if alike(t.words, label) >= _NAMED), None) for label in labels]
        order = [at for at in seen if at is not None]
        if order != sorted(order):
            return False
    return True


def _at_places(record: TextRecord, known: Sequence[int]) -> Columns:
    columns: list[int | None] = []
    for slot in record.slots:
        columns.append(known.index(slot.column) if slot.column in known else None)
    filled = [c for slot, c in zip(record.slots, columns, strict=True) if not slot.blank]
    return None if None in filled or len(set(filled)) < len(filled) else columns
