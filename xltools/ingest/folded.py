"""A table of one row set otherwise: its groups of columns as rows, or each column a row of its own.

Part four has fifteen columns, in groups with the same headings; narrow pages print three rows of five, five of three, or fifteen
of one.
"""

from __future__ import annotations

from collections.abc import Sequence

from xltools.form.fields import Table
from xltools.ingest.records import RecordToken, TextRecord
from xltools.ingest.wording import LabelWording, alike, within, wording

_SURE = 0.9

Folded = dict[int, RecordToken]
"""The figure of each column, by its index."""


class _Labels:
    """The groups of a table's columns and the names in them, each once, in the form's order."""

    def __init__(self, table: Table) -> None:
        groups = dict.fromkeys(c.label[-2] for c in table.columns)
        names = dict.fromkeys(c.label[-1] for c in table.columns)
        self.groups, self.names = [wording(g) for g in groups], [wording(n) for n in names]
        self.columns = {
            (list(groups).index(c.label[-2]), list(names).index(c.label[-1])): at for at, c in enumerate(table.columns)
        }

    @property
    def regular(self) -> bool:
        return len(self.groups) > 1 and len(self.columns) == len(self.groups) * len(self.names)


def folded(records: Sequence[TextRecord], table: Table) -> tuple[Folded, list[TextRecord]]:
    """The figures of a table that is set otherwise, with the records they stand in; nothing where it is not, or is not whole.

    Every figure has its group and its name printed beside and above it, in the form's order where one of them is only a head.
    """
    if len(table.rows) != 1 or table.rows[0].label or any(len(c.label) < 2 for c in table.columns):
        return {}, []
    labels = _Labels(table)
    if not labels.regular:
        return {}, []
    found: Folded = {}
    used: list[TextRecord] = []
    group: int | None = None
    head: list[int] = []
    over: list[int] = []
    for record in records:
        beside: list[int] = []
        for token in record.labels:
            at_group, at_name = _spot(token, labels)
            if at_group is not None:
                group = at_group
                over.append(at_group)
            if at_name is not None:
                head.append(at_name)
                beside.append(at_name)
        cells = _cells(record, labels, group, head, over)
        if cells is None:
            continue
        for at, slot in cells.items():
            if at in found and found[at].text.strip() != slot.text.strip():
                return {}, []
            found[at] = slot
        used.append(record)
        if beside and len(cells) == 1:
            head.clear()
    whole = len(found) == len(table.columns) and len(used) > 1
    return (found, used) if whole else ({}, [])


def _cells(
    record: TextRecord, labels: _Labels, group: int | None, head: Sequence[int], over: Sequence[int]
) -> Folded | None:
    """The figures of a record by column, where it is a row of a table set otherwise."""
    slots = record.slots if record.grid else record.filled
    if not record.labels or not slots or not head or group is None:
        return None
    row_group, row_name = _spot(record.labels[-1], labels)
    groups, names = len(labels.groups), len(labels.names)
    if row_name is not None and len(slots) == 1:
        return {labels.columns[row_group if row_group is not None else group, row_name]: slots[0]}
    if row_group is not None and len(slots) == names and list(head[-names:]) == list(range(names)):
        return {labels.columns[row_group, at]: slot for at, slot in enumerate(slots)}
    if row_name is not None and len(slots) == groups and list(over[-groups:]) == list(range(groups)):
        return {labels.columns[at, row_name]: slot for at, slot in enumerate(slots)}
    return None


def _spot(token: RecordToken, labels: _Labels) -> tuple[int | None, int | None]:
    """Which group and which name a label is, one behind the other or alone."""
    readings = (token.words, *within(token.text))
    group = next((at for at, g in enumerate(labels.groups) if _any(readings, g)), None)
    name = next((at for at, n in enumerate(labels.names) if _any(readings, n)), None)
    if group is None and name is None:
        core = token.words.core
        for at, g in enumerate(labels.groups):
            for index, n in enumerate(labels.names):
                if core.endswith(g.core + n.core):
                    return at, index
    if group is None and name is not None:
        group = next((at for at, g in enumerate(labels.groups) if token.words.core.startswith(g.core)), None)
    return group, name


def _any(readings: Sequence[LabelWording], label: LabelWording) -> bool:
    return any(alike(words, label) >= _SURE for words in readings)
