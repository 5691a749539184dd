"""Merging: from filings to a filing. Figures of all accepted filings are added up; who is missing or left out is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import islice
from typing import TypedDict, overload

from xltools.classes import dataclass
from xltools.collection.account import CollectionJson, collection_json
from xltools.collection.collected import Collection, is_asked
from xltools.collection.previous import Previous
from xltools.collection.roster import Roster
from xltools.collection.states import Standing, beneath, parts_of
from xltools.editions import edition_for, load_form, supplement_titles
from xltools.errors import XltoolsError
from xltools.figures import Figure, as_json
from xltools.findings import Finding, FindingJson, finding
from xltools.form.fields import SUPPLEMENT
from xltools.form.model import NONE, Agency, Filing, Form
from xltools.form.standing import completeness
from xltools.outputs import slashed
from xltools.received.file import Card, Received
from xltools.summary.explained import explained
from xltools.summary.kept import taken_over
from xltools.terms import NamedJson, several
from xltools.workbook.ledger import status_words


class SummaryJson(TypedDict):
    """The summary written: its file and figures, how many agencies file, were received and are in it, and who is missing.

    ``status`` is the line at its top; ``kept`` what was taken over from the summary it replaces, in words. ``findings`` are what
    there is to say of it as a filing; ``unsettled`` says in words what would send it back and makes a draft of its report.
    """

    file: str
    values: dict[str, int | float | None]
    agencies: int
    received: int
    accepted: int
    status: str
    kept: str
    missing: list[NamedJson]
    findings: list[FindingJson]
    unsettled: str


class MergedJson(CollectionJson):
    """A check of all files, and the summary of the accepted ones."""

    summary: SummaryJson


@dataclass
class Summary:
    """An area's summary: its filing, and how it came about.

    ``parts`` are what is added up or lacking: agencies, and areas whose own summary stands for the agencies beneath them.
    ``standings`` are all agencies that file, those beneath a part among them.
    """

    filing: Filing
    collection: Collection
    parts: tuple[Standing, ...]
    standings: tuple[Standing, ...]
    notes: tuple[Finding, ...] = ()
    """On explanations of parts that do not account for all that fails; without file and agency."""
    sums: Mapping[str, Figure] = field(default_factory=lambda: NONE)
    """What the included filings add up to, without the summary's own adjustments."""

    @cached_property
    def included(self) -> Filings:
        """The filings that were added up, in the order of the roster."""
        return Filings(included(self.parts))

    @property
    def left_out(self) -> list[Received]:
        """Files received whose figures are not in the summary (a second equal copy is)."""
        used = {s.entry.agency.code for s in self.parts if s.included} | {self.filing.agency.code}
        return [r for r in self.collection.received if r.card is None or r.card.agency.code not in used
                or not is_asked(r.card, self.collection)]  # fmt: skip

    @property
    def completeness(self) -> str:
        """How many of the agencies are in it, and who is not: 17/21 家，缺 4 家，暂定."""
        return completeness(self.filing.members)

    @property
    def status(self) -> str:
        """The line at the top of every sheet: who is in it, lines of adjustments, supplements that not all of them filled."""
        words = (
            f"；补充项“{f.detail['supplement']}”只有 {f.detail['count']}/{f.detail['total']} 家填了"
            for f in self.partial
        )
        return status_words(self.completeness, self.filing) + "".join(words)

    @cached_property
    def partial(self) -> tuple[Finding, ...]:
        """A note on each supplement whose figures only some of the filings have."""
        return tuple(partly(self.filing.form, [r.card for r in self.included.received if r.card]))

    def as_json(self, made: Received, kept: str = "") -> MergedJson:
        """The whole, as ``merge --json`` gives it: ``made`` is the summary judged (``judged``), ``kept`` what was taken over from
        the one it replaces, in words."""
        fields = self.filing.form.fields
        return {
            **collection_json(self.collection, self.standings),
            "summary": {
                "file": slashed(made.path),
                "values": {name: as_json(v, fields[name].type) for name, v in self.filing.values.items()},
                "agencies": len(self.standings),
                "received": sum(s.state != "missing" for s in self.standings),
                "accepted": sum(s.included for s in self.standings),
                "status": self.status,
                "kept": kept,
                "missing": [
                    {"code": s.entry.agency.code, "name": s.entry.agency.name}
                    for s in self.standings
                    if s.state == "missing"
                ],
                "findings": [f.as_json() for f in made.findings],
                "unsettled": made.unsettled,
            },
        }


def merge(
    collection: Collection,
    roster: Roster,
    area: Agency,
    *,
    include_queried: bool = False,
    previous: Previous | None = None,
    kept: Filing | None = None,
) -> Summary:
    """The summary of an area over the accepted filings; with ``include_queried`` also over those with open queries, never over
    one that another agency seems to have filled in.

    An area's own summary stands for the agencies beneath it. ``previous`` are last year's filings; ``kept`` is an earlier summary
    of the same area and year, whose texts, sign-off, explanations and adjustments were typed by the office and are taken over;
    what the parts explained or had settled is the summary's explanation where it accounts for what fails.
    """
    if collection.year is None:
        raise XltoolsError("没有读到任何填报表，无法汇总：请核对文件夹里是不是下发的填报表")
    form = _form(collection)
    parts = parts_of(collection, roster, area.code, include_queried=include_queried)
    standings = beneath(parts, roster)
    files, adjustments = included(parts), kept.adjustments if kept else ()
    sums = added_up(form, (r.known.values for r in files))
    inputs = added_up(form, [sums, *(line.figures for line in adjustments)])
    filing = Filing(form, area, collection.year, "summary", inputs, adjustments=adjustments,
                    members=tuple(s.member for s in standings))  # fmt: skip
    if kept:
        filing = taken_over(filing, kept)
    if previous is not None:
        filing = previous.area(filing, (s.entry.agency for s in standings))
    filing, notes = explained(filing, files)
    found = Summary(filing, collection, parts, standings, notes, sums)
    collection.findings += found.partial
    return found


class Filings(Sequence[Filing]):
    """What files say, one after the other: each is asked for when its turn comes, and need not stay in memory."""

    def __init__(self, received: Sequence[Received]) -> None:
        self.received = received

    def __len__(self) -> int:
        return len(self.received)

    @overload
    def __getitem__(self, at: int) -> Filing: ...
    @overload
    def __getitem__(self, at: slice) -> Filings: ...
    def __getitem__(self, at: int | slice) -> Filing | Filings:
        return Filings(self.received[at]) if isinstance(at, slice) else self.received[at].known


def included(parts: Iterable[Standing]) -> list[Received]:
    """The files whose figures are added up."""
    return [s.received for s in parts if s.included and s.received and s.received.card]


def added_up(form: Form, rows: Iterable[Mapping[str, Figure]]) -> dict[str, Figure]:
    """The figures of a form's input fields over rows of them, which are asked for as they are added."""
    sums, left = dict[str, Figure](), iter(rows)
    while some := list(islice(left, _ROWS)):
        sums = {f.id: f.gathered([sums.get(f.id), *(row.get(f.id) for row in some)]) for f in form.inputs}
    return {f.id: sums.get(f.id) for f in form.inputs}


_ROWS = 500
"""Rows that are added up at a time."""


def partly(form: Form, filings: Sequence[Filing | Card]) -> Iterator[Finding]:
    """A note on each supplement of a form whose figures only some of its filings have."""
    titles = supplement_titles()
    for name in form.supplements:
        if not any(field.startswith(f"{SUPPLEMENT}.") for field in load_form(form.edition, (name,)).fields):
            continue  # it changes rules, and asks for nothing
        lacking = [filing.agency.name for filing in filings if name not in filing.form.supplements]
        if lacking and len(lacking) < len(filings):
            yield finding("supplement-partial", supplement=titles.get(name, name), count=len(filings) - len(lacking),
                          total=len(filings), names=several(lacking))  # fmt: skip


def _form(collection: Collection) -> Form:
    """The form of the year, with the supplements that the filings carry."""
    assert collection.year is not None
    edition = edition_for(collection.year, collection.family)
    supplements = {
        name
        for r in collection.received
        if r.card and r.card.form.edition == edition
        for name in r.card.form.supplements
    }
    return load_form(edition, tuple(sorted(supplements)))
