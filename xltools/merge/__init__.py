"""Merging: from filings to a filing. Figures of all accepted filings are added up; who is missing or left out is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from xltools.check import Collection
from xltools.editions import edition_for, load_form
from xltools.errors import XltoolsError
from xltools.figures import as_json
from xltools.model import Agency, Filing, Form
from xltools.previous import Previous
from xltools.roster import Entry, Roster
from xltools.workbook.read import Received

State = Literal["accepted", "queried", "returned", "duplicate", "missing"]

STATES: dict[State, str] = {
    "accepted": "已采用",
    "queried": "待核实",
    "returned": "退回",
    "duplicate": "重复",
    "missing": "未报",
}
"""What became of an agency's filing, with the words printed for it."""


@dataclass(frozen=True)
class Standing:
    """An agency of the roster and what became of its filing."""

    entry: Entry
    state: State
    received: Received | None
    included: bool


@dataclass
class Summary:
    """An area's summary: its filing, and how it came about."""

    filing: Filing
    collection: Collection
    standings: tuple[Standing, ...]

    @property
    def included(self) -> list[Filing]:
        """The filings that were added up, in the order of the roster."""
        return [s.received.filing for s in self.standings if s.included and s.received and s.received.filing]

    @property
    def left_out(self) -> list[Received]:
        """Files received whose figures are not in the summary (a second equal copy is)."""
        used = {s.entry.agency.code for s in self.standings if s.included}
        return [r for r in self.collection.received if r.filing is None or r.filing.agency.code not in used
                or r.filing.year != self.filing.year]  # fmt: skip

    @property
    def status(self) -> str:
        """The line at the top of every sheet: 17/21 家，缺 4 家，暂定, and who they are."""
        expected = len(self.standings)
        lacking = [s for s in self.standings if not s.included]
        if not lacking:
            queried = sum(s.state == "queried" for s in self.standings)
            return f"{expected}/{expected} 家，全部收齐" + (f"，其中 {queried} 家待核实" if queried else "")
        named = []
        for state in ("missing", "returned", "queried", "duplicate"):
            names = [s.entry.agency.name for s in lacking if s.state == state]
            if names:
                named.append(f"{STATES[state]}：{'、'.join(names)}")
        return f"{expected - len(lacking)}/{expected} 家，缺 {len(lacking)} 家，暂定（{'；'.join(named)}）"

    def as_json(self, file: str) -> dict[str, Any]:
        """The whole, as ``merge --json`` gives it."""
        fields = self.filing.form.fields
        return {
            **self.collection.as_json(),
            "summary": {
                "file": file,
                "values": {name: as_json(v, fields[name].type) for name, v in self.filing.values.items()},
                "agencies": len(self.standings),
                "received": sum(s.state != "missing" for s in self.standings),
                "accepted": sum(s.included for s in self.standings),
                "missing": [
                    {"code": s.entry.agency.code, "name": s.entry.agency.name}
                    for s in self.standings
                    if s.state == "missing"
                ],
            },
        }


def merge(
    collection: Collection,
    roster: Roster,
    area: Agency,
    *,
    include_queried: bool = False,
    previous: Previous | None = None,
) -> Summary:
    """The summary of an area over the accepted filings; with ``include_queried`` also over those with open queries."""
    if collection.year is None:
        raise XltoolsError("没有读到任何填报表，无法汇总：请核对文件夹里是不是下发的填报表")
    form = _form(collection)
    standings = tuple(_standing(entry, collection, include_queried) for entry in roster.expected)
    filings = [s.received.filing for s in standings if s.included and s.received and s.received.filing]
    inputs = {}
    for field in form.inputs:
        known = [v for v in (f.values.get(field.id) for f in filings) if v is not None]
        inputs[field.id] = sum(known) if known else None
    filing = Filing(form, area, collection.year, "summary", inputs)
    if previous is not None:
        previous.area(filing, (entry.agency for entry in roster.expected))
    return Summary(filing, collection, standings)


def _form(collection: Collection) -> Form:
    """The form of the year, with the supplements that the filings carry."""
    assert collection.year is not None
    edition = edition_for(collection.year)
    supplements = {
        name
        for r in collection.received
        if r.filing and r.filing.form.edition == edition
        for name in r.filing.form.supplements
    }
    return load_form(edition, tuple(sorted(supplements)))


def _standing(entry: Entry, collection: Collection, include_queried: bool) -> Standing:
    code = entry.agency.code
    received = collection.counted.get(code)
    if received is None:
        duplicate = any(
            f.code == "agency-duplicate" and f.severity == "error" and f.agency and f.agency.code == code
            for f in collection.findings
        )
        return Standing(entry, "duplicate" if duplicate else "missing", None, False)
    if received.accepted:
        return Standing(entry, "accepted", received, True)
    if not received.open_errors:
        return Standing(entry, "queried", received, include_queried)
    return Standing(entry, "returned", received, False)
