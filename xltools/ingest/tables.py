"""A part's tables read: figures by field, and what could not be placed with certainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace

from xltools.classes import dataclass
from xltools.form.fields import Field, Line, Section, Table
from xltools.form.model import Form
from xltools.ingest.columns import (
    Columns,
    columns_of,
    heads_of,
    loses_blanks,
    loses_none,
    spread_noughts,
    trimmed,
    without_counters,
)
from xltools.ingest.document import Document
from xltools.ingest.document import PrintedLine as DocumentLine
from xltools.ingest.folded import folded
from xltools.ingest.held import held
from xltools.ingest.parts import PrintedPart
from xltools.ingest.records import RecordToken, TextRecord, records, tokens
from xltools.ingest.rows import FoundRow, find_rows
from xltools.ingest.wording import LabelWording, alike, squeezed, wording


@dataclass(frozen=True, slots=True)
class Doubt:
    """Figures of a row that have no certain place: which fields they may belong to, what was seen, where, why."""

    fields: tuple[Field, ...]
    words: str
    seen: tuple[str, ...]
    place: str
    reason: str
    lost_blanks: bool = False
    """Whether these are all figures of a row, in order, of which only the blanks between them got lost."""


@dataclass
class TablesRead:
    """What the tables of a report say. ``figures`` holds texts as printed, "" for a cell that is printed empty."""

    figures: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    strays: list[TextRecord] = field(default_factory=list)
    surplus: list[tuple[str, tuple[str, ...], str]] = field(default_factory=list)
    """Figures of a row that has no column left for them: the row, what was seen, where."""
    empty: set[str] = field(default_factory=set)
    """Fields of rows that are there without any figure."""
    missing_totals: list[Field] = field(default_factory=list)
    prose: dict[str, list[DocumentLine]] = field(default_factory=dict)
    """Paragraphs among the tables of a section, by its id."""
    units_printed: set[str] = field(default_factory=set)
    """Fields of money whose column's head prints the form's unit."""


_SENTENCE = 16
"""Characters from which on a line among tables is a sentence."""

_WHOLE = "空白格在转成文字时丢了，{count} 个数对不上 {columns} 栏，不知道哪个数在哪一栏"
_MANY = "{count} 个数比 {columns} 栏还多，不知道哪个数在哪一栏"
_HEAD = "表头不是本格式的，不知道这些数各是哪一栏"
_CUT = "文件到这里断了，最后一个数可能不完整"
_GROUP = "这一行在本格式里分成几行，不知道各是多少"
_COUNTED = "表里有序号，分不清哪些是序号、哪些是数"
_TWICE = "同一行出现了两次，数不一样"


def read_tables(document: Document, parts: Sequence[PrintedPart], form: Form) -> TablesRead:
    """Reads the tables of all parts."""
    read = TablesRead()
    by_row = {(f.section.id, id(f.row), id(f.column)): f for f in form.fields.values()}
    for part in parts:
        if part.section.tables:
            _read_part(document, part, form, by_row, read)
    return read


def _read_part(
    document: Document, part: PrintedPart, form: Form, by_row: dict[tuple[str, int, int], Field], read: TablesRead
) -> None:
    section = part.section
    stream = tokens(document.lines, part.start, part.end)
    found_records = records(stream, _labels(section))
    for table in section.tables:
        cells, used = folded(found_records, table)
        for at, slot in cells.items():
            column = by_row[section.id, id(table.rows[0]), id(table.columns[at])]
            read.figures[column.id], read.places[column.id] = slot.text.strip(), slot.place
        if used:
            section = replace(section, tables=tuple(t for t in section.tables if t is not table))
            found_records = [r for r in found_records if r not in used]
    found = find_rows(found_records, section, part.titled)
    plain = without_counters(found.rows)
    spread_noughts(found.rows)
    columns, reasons = held(found.rows, columns_of(found.rows, not loses_blanks(found.rows)))
    if not plain:
        columns = [None] * len(columns)
        reasons = dict.fromkeys(range(len(columns)), _COUNTED)
    heads = heads_of(found.rows)
    _cut_short(document, found.rows, columns)
    seen: set[tuple[int, int]] = set()
    for at, (row, places) in enumerate(zip(found.rows, columns, strict=True)):
        key = (id(row.table), id(row.row))
        if key in seen:
            _again(row, places, part.section, by_row, read)
            continue
        seen.add(key)
        _place(row, places, part.section, by_row, read, document, reasons.get(at, ""))
        if plain and places is None and not loses_none(row, heads[at]) and row.record.filled:
            read.doubts[-1] = replace(read.doubts[-1], lost_blanks=len(row.record.filled) < len(row.table.columns))
    for record, over in found.groups:
        _place_group(record, over, form, part.section, read)
    read.strays += found.strays
    prose = [line for line in document.lines[part.start : part.end] if _is_prose(line)]
    if prose:
        read.prose[part.section.id] = prose


def _place_group(record: TextRecord, over: str, form: Form, section: Section, read: TablesRead) -> None:
    """Figures for several rows together: none of them counts less than nothing, so that a nought for all is one for each."""
    fields = tuple(f for f in form.fields.values() if f.section is section and over in f.row.label[:-1])
    columns = len({id(f.column) for f in fields})
    noughts = len(record.filled) == columns and all(s.text.strip() == "0" for s in record.filled)
    if noughts and all(f.type == "count" and f.id not in read.figures for f in fields):
        for f in fields:
            read.figures[f.id], read.places[f.id] = "0", record.place
        return
    read.doubts.append(Doubt(fields, over, tuple(s.text for s in record.filled), record.place, _GROUP))


def _is_prose(line: DocumentLine) -> bool:
    """Whether a line is a sentence among the tables."""
    return not line.grid and len(line.cells) == 1 and "。" in line.text and len(line.text) >= _SENTENCE


def _labels(section: Section) -> list[LabelWording]:
    words: list[str] = [section.title]
    for table in section.tables:
        words += [table.heading, table.corner]
        words += [part for line in (*table.rows, *table.columns) for part in line.label]
    return [wording(text) for text in dict.fromkeys(words) if text]


def _fields(section: Section, table: Table, row: Line, by_row: dict[tuple[str, int, int], Field]) -> list[Field]:
    return [by_row[section.id, id(row), id(column)] for column in table.columns]


def _place(
    row: FoundRow, columns: Columns, section: Section, by_row: dict[tuple[str, int, int], Field], read: TablesRead,
    document: Document, reason: str,
) -> None:  # fmt: skip
    fields = _fields(section, row.table, row.row, by_row)
    record = row.record
    if not record.filled:
        read.empty |= {f.id for f in fields}
        read.missing_totals += (f for f in fields if f.parts)
        return
    if columns is None:
        lost_blanks = len(record.filled) < len(fields)
        count, columns_there = len(record.filled), len(fields)
        reason = reason or (_HEAD if count == columns_there else _WHOLE if lost_blanks else _MANY).format(
            count=count, columns=columns_there
        )
        read.doubts.append(_doubt(fields, row, record.filled, reason))
        return
    lost: list[RecordToken] = list(record.slots[len(columns) :])
    lost = [slot for slot in lost if not slot.blank]
    for slot, at in zip(record.slots, columns, strict=False):
        if at is None:
            lost += [] if slot.blank else [slot]
        else:
            read.figures[fields[at].id] = _unit_of_head(slot.text.strip(), fields[at], row, read)
            read.places[fields[at].id] = slot.place
    if lost:
        known = {at for at in columns if at is not None}
        rest = [f for n, f in enumerate(fields) if n not in known]
        cut = document.open_end and lost == [record.slots[-1]] and record.slots[-1].line == len(document.lines) - 1
        if rest:
            read.doubts.append(_doubt(rest, row, lost, _CUT if cut else _HEAD))
        else:
            words = row.row.name or row.table.heading or section.title
            read.surplus.append((words, tuple(s.text.strip() for s in lost), lost[0].place))
    read.missing_totals += (f for f in fields if f.parts and not read.figures.get(f.id))


def _doubt(fields: Sequence[Field], row: FoundRow, slots: Sequence[RecordToken], reason: str) -> Doubt:
    words = row.row.name or row.table.heading or fields[0].section.title
    return Doubt(tuple(fields), words, tuple(s.text.strip() for s in slots), slots[0].place, reason)


def _again(
    row: FoundRow, columns: Columns, section: Section, by_row: dict[tuple[str, int, int], Field], read: TablesRead
) -> None:
    """A row that was there before: the same figures are the same row; others put both in doubt."""
    fields = _fields(section, row.table, row.row, by_row)
    texts = [slot.text.strip() for slot in trimmed(row.record.slots)]
    before = [read.figures.get(f.id, "") for f in fields]
    if texts == before[: len(texts)] and not any(before[len(texts) :]):
        return
    for f in fields:
        read.figures.pop(f.id, None)
    read.doubts.append(_doubt(fields, row, row.record.filled, _TWICE))


def _unit_of_head(text: str, field_: Field, row: FoundRow, read: TablesRead) -> str:
    """A figure of money with the unit that its column's head prints, where it is another than the form's."""
    unit = field_.unit
    if not unit or not text[-1:].isdigit():
        return text
    label = wording(field_.column.name)
    heads = [squeezed(token.text) for token in row.head if alike(token.words, label) >= 0.6]
    if any(unit in head for head in heads):
        read.units_printed.add(field_.id)
    elif any(head.rstrip(")").endswith(unit[-1]) and "(" in head for head in heads):
        return f"{text}{unit[-1]}"
    return text


def _cut_short(document: Document, rows: Sequence[FoundRow], columns: list[Columns]) -> None:
    """The last row of a text that breaks off: its figures stand in order from the first column, if no row before lost any."""
    if not rows or not document.lines:
        return
    last = rows[-1]
    end = last.record.slots[-1] if last.record.slots else None
    if end is None or end.grid or end.line != len(document.lines) - 1 or end.blank:
        return
    count, filled = len(last.table.columns), len(last.record.slots)
    mine = [n for n, row in enumerate(rows[:-1]) if row.table is last.table]
    whole = mine and all(len(rows[n].record.filled) == count and columns[n] == list(range(count)) for n in mine)
    if columns[-1] is None and whole and filled < count and len(last.record.filled) == filled:
        columns[-1] = list(range(filled))
    known = columns[-1]
    if known is not None and document.open_end and len(known) == filled and end.text.strip() != "0":
        known[-1] = None
