"""Which record is which row of a part: by the words printed before it, each row once, in the form's order where that decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from xltools.classes import dataclass
from xltools.form.fields import Line, Section, Table
from xltools.ingest.document import ReportRefused
from xltools.ingest.records import RecordToken, TextRecord
from xltools.ingest.wording import LabelWording, alike, best, within, wording

RECORDS_LIMIT = 3000
"""Records of a part: the longest has some forty."""

_ALIKE, _SURE = 0.75, 0.93
_INSIDE = 0.02
"""How much less a part of a text says than all of it."""
_HEAD_LIMIT = 120
"""Words of a table's head: a long one has thirty."""
_JOINED = 8
"""Cells over which a label may be broken."""


@dataclass
class FoundRow:
    """A row of the form as found: its record, and the words of the table's head that stand before it."""

    table: Table
    row: Line
    record: TextRecord
    head: list[RecordToken] = field(default_factory=list)


@dataclass
class Found:
    """The rows of a part, and records with figures that are no row of the form."""

    rows: list[FoundRow]
    strays: list[TextRecord]
    groups: list[tuple[TextRecord, str]]
    """Records whose label is the heading over several rows of the form: figures for all of them together."""


def find_rows(records: Sequence[TextRecord], section: Section, titled: bool) -> Found:
    """The rows among a part's records."""
    if len(records) > RECORDS_LIMIT:
        raise ReportRefused("import-unsafe", f"“{section.title}”里的行太多")
    rows = [(table, row) for table in section.tables for row in table.rows]
    scores = [[_score(record, table, row) for table, row in rows] for record in records]
    for column, (table, row) in enumerate(rows):
        if not row.label:
            at = _unlabelled(records, table, titled)
            if at is not None:
                scores[at][column] = 1.0
    chosen = _aligned(scores)
    taken = set(chosen.values())
    for at, line in enumerate(scores):
        # A row moved elsewhere, or printed twice: its label is beyond doubt.
        if at not in chosen and line and max(line) >= _SURE and line.count(max(line)) == 1:
            index = line.index(max(line))
            if index not in taken or records[at].filled:
                chosen[at] = index
                taken.add(index)
    return _collected(records, section, rows, chosen)


def _score(record: TextRecord, table: Table, row: Line) -> float:
    """How well the last words before the figures are the row's label."""
    if not row.label or not record.labels:
        return 0.0
    label = wording(row.name)
    seen = list(_tails(record))
    if not record.filled and label.number:
        # Nothing but empty cells: a heading of a column can read like a row's label; its number tells them apart.
        seen = [words for words in seen if words.number == label.number]
    score = best_of(seen, label)
    if score < _SURE:
        score = max(score, _inside(record.labels[-1].text, label))
    return score if score >= _ALIKE else 0.0


def _inside(text: str, label: LabelWording) -> float:
    """How well a part of a text, behind headings or before an explanation, is the label: under its own number, and beyond doubt."""
    seen = [words for words in within(text) if words.number == label.number]
    score = best_of(seen, label)
    return score - _INSIDE if score >= _SURE else 0.0


def _tails(record: TextRecord) -> Iterator[LabelWording]:
    """The last words before the figures, of one cell or of several that one label may be broken over."""
    tail = record.labels[-_JOINED:]
    return (wording("".join(t.text for t in tail[-count:])) for count in range(1, len(tail) + 1))


def best_of(seen: Sequence[LabelWording], label: LabelWording) -> float:
    """How alike the likeliest of seen wordings is to a label."""
    return max((alike(words, label) for words in seen), default=0.0)


def _unlabelled(records: Sequence[TextRecord], table: Table, titled: bool) -> int | None:
    """The record of a row without a label: below the table's head, or the first with figures below the part's title."""
    names = [wording(column.name) for column in table.columns]
    candidates = []
    for at, record in enumerate(records):
        head = sum(best(label.words, names) >= _ALIKE for label in record.labels)
        if record.filled and (head >= 3 or (titled and len(record.slots) > 1)):
            candidates.append(at)
    whole = [at for at in candidates if len(records[at].slots) == len(table.columns)]
    return next(iter(whole or candidates), None)


def _aligned(scores: Sequence[Sequence[float]]) -> dict[int, int]:
    """Records to rows, both in order, of the highest sum of scores."""
    rows = len(scores[0]) if scores else 0
    best_to: list[list[float]] = [[0.0] * (rows + 1) for _ in range(len(scores) + 1)]
    for i, line in enumerate(scores, 1):
        before, here = best_to[i - 1], best_to[i]
        for j in range(1, rows + 1):
            here[j] = max(before[j], here[j - 1], before[j - 1] + line[j - 1] if line[j - 1] else 0.0)
    chosen: dict[int, int] = {}
    i, j = len(scores), rows
    while i and j:
        if best_to[i][j] == best_to[i - 1][j]:
            i -= 1
        elif best_to[i][j] == best_to[i][j - 1]:
            j -= 1
        else:
            chosen[i - 1] = j - 1
            i, j = i - 1, j - 1
    return chosen


def _collected(
    records: Sequence[TextRecord], section: Section, rows: Sequence[tuple[Table, Line]], chosen: dict[int, int]
) -> Found:
    found = Found([], [], [])
    groups = {wording(part): part for _, row in rows for part in row.label[:-1]}
    waiting: list[RecordToken] = []
    for at, record in enumerate(records):
        if at in chosen:
            table, row = rows[chosen[at]]
            head = [*waiting, *_before_label(record, row)]
            found.rows.append(FoundRow(table, row, record, head[-_HEAD_LIMIT:]))
            waiting = []
        elif record.filled:
            over = next((part for words, part in groups.items() if _names_group(record, words)), None)
            if over:
                found.groups.append((record, over))
                waiting = []
            else:
                found.strays.append(record)
                waiting += record.labels[:-1]  # a head may stand above a row that is none of the form's
        else:
            waiting += record.labels
    return found


def _names_group(record: TextRecord, group: LabelWording) -> bool:
    """Whether the last words before the figures are a heading over several rows."""
    if not record.labels:
        return False
    last = record.labels[-1]
    return alike(last.words, group) >= _SURE or _inside(last.text, group) > 0


def _before_label(record: TextRecord, row: Line) -> list[RecordToken]:
    """The labels of a record without the row's own."""
    if not row.label:
        return list(record.labels)
    label = wording(row.name)
    likeness = [alike(words, label) for words in _tails(record)]
    if max(likeness) < _SURE and _inside(record.labels[-1].text, label):
        return record.labels[:-1]
    return record.labels[: len(record.labels) - likeness.index(max(likeness)) - 1]


def is_like(token: RecordToken | None, labels: Sequence[LabelWording], least: float = 0.85) -> bool:
    """Whether a token is one of these labels."""
    return token is not None and best(token.words, labels) >= least
