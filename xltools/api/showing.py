"""A file as it is looked at: the official tables cell by cell, each with last year's figure and what is told of it; two beside
each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from xltools.api.door import Name, Names, door, existing, paths_of
from xltools.classes import dataclass
from xltools.errors import XltoolsError
from xltools.findings import FindingJson
from xltools.terms import AgencyJson

if TYPE_CHECKING:
    import pandas as pd

    from xltools.form.fields import Section
    from xltools.received.file import Received


class ShownCellJson(TypedDict):
    """A cell of a table: its place and reach, what stands in it; of a figure its field, its address in the file, whether it is typed
    and not summed, last year's (words, "" for none), and the open findings about it by their number in ``findings``."""

    row: int
    column: int
    rows: int
    columns: int
    kind: Literal["band", "corner", "column", "row", "figure"]
    text: str
    field: str | None
    cell: str | None
    input: bool
    label: str
    last: str
    findings: list[int]


class ShownSectionJson(TypedDict):
    """One of the parts: paragraphs, or the cells of its table, of so many rows, of which some are headings, others of labels."""

    id: str
    title: str
    sheet: str
    paragraphs: list[str]
    cells: list[ShownCellJson]
    rows: int
    headings: int
    labels: int
    widths: list[float]
    note: str


class ChartItemJson(TypedDict):
    """What a chart compares: words, this year's figure and last year's, as numbers and in words."""

    words: str
    now: int | float | None
    last: int | float | None
    now_text: str
    last_text: str


class ChartJson(TypedDict):
    """A chart of the form: its title, and what it compares."""

    title: str
    items: list[ChartItemJson]


class ShownJson(TypedDict):
    """``show --json``: whose file it is, its parts, charts, findings, sign-off; ``opening``: what its published report opens with,
    kept in no sheet ("" where that is the form's); ``unready``: why it is not to be published."""

    file: str
    agency: AgencyJson
    year: int
    kind: Literal["filing", "summary"]
    edition: str
    checkcode: str
    status: str
    last_source: str
    opening: str
    sections: list[ShownSectionJson]
    charts: list[ChartJson]
    findings: list[FindingJson]
    signoff: dict[str, str]
    unready: str


class DifferenceJson(TypedDict):
    """A figure that two files have differently: its field, where it stands in words, and both, in words."""

    field: str
    sheet: str
    place: str
    one: str
    other: str


class ComparedJson(TypedDict):
    """``compare --json``: two files, the figures that differ, and all that differs in words ("" where nothing does)."""

    one: str
    other: str
    figures: list[DifferenceJson]
    words: str


@dataclass(frozen=True)
class Viewed:
    """A file to be looked at, judged."""

    received: Received

    def to_json(self) -> ShownJson:
        """What ``show --json`` prints; XltoolsError where the file could not be read."""
        from xltools.figures import as_json, show
        from xltools.form.checkcode import check_code
        from xltools.form.standing import completeness
        from xltools.outputs import slashed
        from xltools.summary.comparison import charted

        received = self.received
        filing = received.filing
        if filing is None:
            raise XltoolsError(received.findings[0].message)
        about = self._about()
        charts: list[ChartJson] = [
            {"title": chart.title, "items": [
                {"words": words, "now": as_json(now, kind), "last": as_json(last, kind),
                 "now_text": "" if now is None else show(now, kind), "last_text": "" if last is None else show(last, kind)}
                for words, now, last, kind in charted(chart, filing)]}
            for chart in filing.form.charts
        ]  # fmt: skip
        return {
            "file": slashed(received.path),
            "agency": filing.agency.as_json(),
            "year": filing.year,
            "kind": filing.kind,
            "edition": filing.form.edition,
            "checkcode": check_code(filing) or "",
            "status": completeness(filing.members) if filing.kind == "summary" else "",
            "last_source": filing.last_source if filing.known_last else "",
            "opening": filing.opening,
            "sections": [_section(section, received, about) for section in filing.form.sections],
            "charts": charts,
            "findings": [f.as_json() for f in received.findings],
            "signoff": dict(filing.signoff),
            "unready": received.unready,
        }

    def _about(self) -> dict[str, list[int]]:
        """The open findings about each field by number: first those at it, then those that it is an operand of."""
        at: dict[str, list[int]] = {}
        beside: dict[str, list[int]] = {}
        for number, found in enumerate(self.received.findings):
            if found.open and found.severity != "note":
                if found.field:
                    at.setdefault(found.field, []).append(number)
                for field in found.related:
                    beside.setdefault(field, []).append(number)
        return {name: list(dict.fromkeys((*at.get(name, ()), *beside.get(name, ())))) for name in {*at, *beside}}

    def to_frame(self) -> pd.DataFrame:
        """One row, a column a field."""
        from xltools.frames import frame_of

        return frame_of([self.received.filing] if self.received.filing else [])


def address_in(received: Received, field: str) -> str:
    """A figure's address (A1) in a file as it was received."""
    from xltools.address import a1
    from xltools.findings import FieldAt
    from xltools.form.layout import layout_of
    from xltools.form.places import spot_of
    from xltools.received.locate import AS_ISSUED

    sheet, cell = spot_of(FieldAt(field), layout_of(received.known.form))
    assert cell is not None
    return a1(*(received.places.get(sheet, AS_ISSUED).of(*cell) or cell))


def _section(section: Section, received: Received, about: dict[str, list[int]]) -> ShownSectionJson:
    """A part as ``show --json`` tells it."""
    from xltools.figures import show
    from xltools.publication.content import official_table
    from xltools.summary.comparison import last_year_of

    filing = received.known
    table = official_table(section, filing) if section.tables else None
    cells: list[ShownCellJson] = []
    for cell in table.cells if table else ():
        field = filing.form.fields[cell.field] if cell.field else None
        last = last_year_of(field, filing) if field else None
        cells.append({
            "row": cell.row, "column": cell.column, "rows": cell.rows, "columns": cell.columns, "kind": cell.kind,
            "text": filing.typed.get(cell.field, cell.text) if cell.field else cell.text,
            "field": cell.field or None, "cell": address_in(received, cell.field) if cell.field else None,
            "input": field is not None and not field.parts, "label": field.place if field else "",
            "last": show(last, field.type) if field and last is not None else "", "findings": about.get(cell.field, []),
        })  # fmt: skip
    return {
        "id": section.id,
        "title": section.title,
        "sheet": section.sheet,
        "paragraphs": list(filing.texts.get(section.id, ())),
        "cells": cells,
        "rows": table.rows if table else 0,
        "headings": table.headings if table else 0,
        "labels": table.labels if table else 0,
        "widths": list(table.needs) if table else [],
        "note": table.note if table else "",
    }


@dataclass(frozen=True)
class Compared:
    """Two files beside each other."""

    one: Received
    other: Received

    def to_json(self) -> ComparedJson:
        """What ``compare --json`` prints."""
        from xltools.collection.changes import changed, difference
        from xltools.figures import show
        from xltools.outputs import slashed

        one, other = self.one.known, self.other.known
        figures: list[DifferenceJson] = [
            {"field": c.field.id, "sheet": c.field.section.sheet, "place": c.field.place,
             "one": show(c.old, c.field.type), "other": show(c.new, c.field.type)}
            for c in changed(one.values, other)
        ]  # fmt: skip
        words = difference(one, other, ordered=False)
        return {"one": slashed(self.one.path), "other": slashed(self.other.path), "figures": figures, "words": words}


@door
def show(file: Name, *, previous: Names = (), home: Name | None = None) -> Viewed:
    """A filing or summary to be looked at: official tables with last year's figures, what is told of each cell; judged as ``check``
    judges one file alone, in a working folder with what the office settled."""
    from pathlib import Path

    from xltools.season.work import settle

    source = existing(file)
    [received] = (
        settle((source,), None, None, paths_of(previous), None, (), Path(home) if home else None).alone().received
    )
    return Viewed(received)


@door
def compare(one: Name, other: Name) -> Compared:
    """Two filings beside each other: what differs. XltoolsError where one of them cannot be read."""
    from xltools.received.read import read_file

    read = [read_file(existing(file)) for file in (one, other)]
    for received in read:
        if received.filing is None:
            raise XltoolsError(received.findings[0].message)
    return Compared(*read)
