"""What came in: files with their findings, and findings about all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import groupby
from typing import TypedDict

from xltools.classes import dataclass
from xltools.collection.previous import Previous
from xltools.collection.roster import Roster
from xltools.findings import Finding
from xltools.findings.failures import Stage, failure
from xltools.form.model import Agency, Filing
from xltools.received.file import Card, Received


class CountsJson(TypedDict):
    """Files, accepted ones, and open findings by severity."""

    filings: int
    accepted: int
    error: int
    query: int
    note: int


@dataclass
class Collection:
    """What came in: every file with its findings, and findings about the set."""

    received: list[Received]
    year: int | None
    roster: Roster | None = None
    findings: list[Finding] = field(default_factory=list)
    counted: dict[str, Received] = field(default_factory=dict)
    """The one file that stands for each agency (by code), where there is one to be had."""
    previous: Previous | None = None
    """Last year's filings that this year's were held against."""
    family: str = ""
    """The family of forms that was asked for."""
    supplements: tuple[str, ...] = ()
    """The supplements that every filing must have."""
    packs: Mapping[str, str] = field(default_factory=dict)
    """The rule packs by which was judged: titles by id."""

    def all_findings(self) -> Iterator[Finding]:
        for received in self.received:
            yield from received.findings
        yield from self.findings

    @property
    def open_errors(self) -> bool:
        return any(f.open and f.severity == "error" for f in self.all_findings())

    def of(self, files: Sequence[Received]) -> Collection:
        """As if no more than some of its files had come in."""
        there = {id(got) for got in files}
        counted = {code: got for code, got in self.counted.items() if id(got) in there}
        return replace(self, received=list(files), counted=counted)

    def counts(self) -> CountsJson:
        """Files, accepted ones, and open findings by severity."""
        said = Counter(f.severity for f in self.all_findings() if f.open)
        accepted = sum(r.accepted for r in self.received)
        return {"filings": len(self.received), "accepted": accepted, "error": said["error"], "query": said["query"],
                "note": said["note"]}  # fmt: skip

    def __str__(self) -> str:
        """The counts in words."""
        counts = self.counts()
        return (
            f"共 {counts['filings']} 份，通过 {counts['accepted']} 份；错误 {counts['error']} 项，"
            f"核实 {counts['query']} 项，提示 {counts['note']} 项。"
        )


def agency_of(received: Received) -> Agency | None:
    """Whose file it is, where that could be read."""
    return received.card.agency if received.card else None


def by_agency(files: Iterable[Received]) -> Iterator[tuple[str, tuple[Received, ...]]]:
    """The files of each agency, with its code, in the order in which the first of them came; without those that could not be read.

    Most have one, and all of a country's are many: so each is told in turn, and none is kept in a list of its own.
    """
    first: dict[str, int] = {}

    def code(got: Received) -> str:
        assert got.card is not None
        return got.card.agency.code

    known = [got for got in files if got.card]
    known.sort(key=lambda got: first.setdefault(code(got), len(first)))
    for one, those in groupby(known, code):
        yield one, tuple(those)


def of_year(collection: Collection) -> list[Received]:
    """The files of the report year, and of the family of forms, that could be read."""
    return [r for r in collection.received if r.card is not None and is_asked(r.card, collection)]


def is_asked(filing: Filing | Card, collection: Collection) -> bool:
    """Whether a filing is of the report year and of the family of forms that were asked for."""
    return (filing.year, filing.form.family) == (collection.year, collection.family)


def left_out(stage: Stage, received: Received, problem: Exception) -> Received:
    """A file over which the program failed, as one that could not be read."""
    received.unread(failure(problem, stage, received.path, agency_of(received)))
    return received
