"""Checking: files in, findings out. The library behind ``xltools check`` and the first half of ``merge``."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xltools.address import a1, parse_a1
from xltools.checkcode import check_code
from xltools.editions import edition_for
from xltools.errors import XltoolsError
from xltools.findings import Finding, finding
from xltools.model import Filing
from xltools.previous import Previous, without_last_year
from xltools.roster import Entry, Roster
from xltools.rules import judge
from xltools.rules.explanations import close_explained
from xltools.terms import SEVERITIES
from xltools.workbook.folder import files_in
from xltools.workbook.read import Received, read_file

_WORTH_A_PROCESS = 20
"""Files that take about as long as starting a process."""


@dataclass
class Collection:
    """What came in: every file with its findings, and findings about the set."""

    received: list[Received]
    year: int | None
    roster: Roster | None = None
    findings: list[Finding] = field(default_factory=list)
    counted: dict[str, Received] = field(default_factory=dict)
    """The one file that stands for each agency (by code), where there is one to be had."""

    def all_findings(self) -> Iterator[Finding]:
        for received in self.received:
            yield from received.findings
        yield from self.findings

    @property
    def open_errors(self) -> bool:
        return any(f.open and f.severity == "error" for f in self.all_findings())

    def counts(self) -> dict[str, int]:
        """Files, accepted ones, and open findings by severity."""
        said = Counter(f.severity for f in self.all_findings() if f.open)
        accepted = sum(r.accepted for r in self.received)
        return {"filings": len(self.received), "accepted": accepted, **{s: said[s] for s in SEVERITIES}}

    def as_json(self) -> dict[str, Any]:
        """The whole, as ``check --json`` gives it."""
        return {
            "filings": [received_json(r) for r in self.received],
            "findings": [f.as_json() for f in self.findings],
            "counts": self.counts(),
        }


def received_json(received: Received) -> dict[str, Any]:
    """One file of ``check --json``."""
    filing = received.filing
    agency = filing.agency if filing else None
    return {
        "file": str(received.path),
        "sha256": received.sha256,
        "agency": agency.as_json() if agency else None,
        "year": filing.year if filing else None,
        "edition": filing.form.edition if filing else None,
        "kind": filing.kind if filing else None,
        "verdict": received.verdict,
        "accepted": received.accepted,
        "checkcode": check_code(filing) if filing else None,
        "findings": [f.as_json() for f in received.findings],
    }


def check_file(path: Path, previous: Previous | None = None) -> Received:
    """Reads one file and runs every rule over it, those against last year too where its figures are known."""
    received = read_file(path)
    filing = received.filing
    if filing is not None:
        if previous is not None:
            received.findings += previous.give(filing, str(path))
        told = frozenset(f.field for f in received.findings if f.field and f.code != "cell-placeholder")
        received.findings += (_in_place(f, received) for f in judge(filing, str(path), told))
        received.findings = [close_explained(f, filing) for f in received.findings]
    return received


def _in_place(found: Finding, received: Received) -> Finding:
    """A rule's finding with its cell where it stands in the file as received."""
    where = received.places.get(found.sheet or "")
    if where is None or where.as_issued or found.cell is None:
        return found

    def moved(cell: str) -> str:
        spot = where.of(*parse_a1(cell))
        return a1(*spot) if spot else cell

    cells = found.detail.get("cells")
    detail = {**found.detail, "cells": "、".join(map(moved, cells.split("、")))} if cells else found.detail
    return replace(found, cell=moved(found.cell), detail=detail)


def _quietly(items: Sequence[Path], label: str) -> Iterable[Path]:
    return items


def check(
    paths: Sequence[Path],
    roster: Roster | None = None,
    year: int | None = None,
    progress: Callable[[Sequence[Path], str], Iterable[Path]] = _quietly,
    ignore: frozenset[Path] = frozenset(),
    jobs: int | None = None,
    previous: Previous | None = None,
) -> Collection:
    """Reads and checks files and folders, one by one and as a set.

    ``year`` is the report year; by default the one that most of the filings are for. ``progress`` may show how far it is.
    ``ignore`` are files that may lie among the others but are none: the roster, the output of an earlier run.
    ``jobs`` is the number of processes, by default one a core; the outcome is the same whatever it is.
    ``previous`` are last year's filings, to hold this year's against.
    """
    files, skipped = files_in(paths)
    files = [file for file in files if file.resolve() not in ignore]
    received = [got for _, got in zip(progress(files, "审核"), _checked(files, jobs, previous), strict=True)]
    years = Counter(r.filing.year for r in received if r.filing)
    if year is None and years:
        year = max(years, key=lambda y: (years[y], y))
    skipped = [f for f in skipped if f.file is None or Path(f.file).resolve() not in ignore]
    collection = Collection(received, year, roster, findings=skipped)
    _years(collection)
    if roster is not None:
        _known(collection, roster)
    _one_each(collection)
    if roster is not None:
        collection.findings += _missing(collection, roster)
    if previous is not None:
        collection.findings += previous.findings
        collection.findings += _without_last_year(collection)
    return collection


def _checked(files: Sequence[Path], jobs: int | None, previous: Previous | None) -> Iterator[Received]:
    """The files checked, in their order, by several processes where there are enough of them to be worth it."""
    jobs = min(jobs or os.cpu_count() or 1, len(files) // _WORTH_A_PROCESS)
    if jobs < 2:
        yield from (check_file(file, previous) for file in files)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs, initializer=_remember, initargs=(previous,)) as pool:
        yield from pool.map(_check_with, files, chunksize=8)


_PREVIOUS: list[Previous | None] = [None]


def _remember(previous: Previous | None) -> None:
    """Keeps last year's filings in a process: they go there once, not with every file."""
    _PREVIOUS[0] = previous


def _check_with(path: Path) -> Received:
    return check_file(path, _PREVIOUS[0])


def _years(collection: Collection) -> None:
    """Another year's form, or one whose edition is not the year's, is an error of that file."""
    for received in collection.received:
        filing = received.filing
        if filing is None:
            continue
        file, agency = str(received.path), filing.agency
        if filing.year != collection.year:
            received.findings.append(finding("year-other", file=file, agency=agency, actual_text=filing.year,
                                             expected_text=collection.year))  # fmt: skip
        try:
            right = edition_for(filing.year)
        except XltoolsError:
            right = "（无）"
        if filing.form.edition != right:
            received.findings.append(finding("edition-other", file=file, agency=agency, year=filing.year,
                                             actual_text=filing.form.edition, expected_text=right))  # fmt: skip


def _known(collection: Collection, roster: Roster) -> None:
    """An agency not on the roster is an error of its file; one under another name a query."""
    for received in collection.received:
        if received.filing is None:
            continue
        agency, file = received.filing.agency, str(received.path)
        entry = roster.by_code.get(agency.code)
        if entry is None:
            received.findings.append(finding("agency-unknown", file=file, agency=agency))
            continue
        if agency.code in roster.areas and received.filing.kind == "filing":
            received.findings.append(finding("agency-area", file=file, agency=agency))
        if _bare(entry.agency.name) != _bare(agency.name):
            received.findings.append(
                finding("agency-renamed", file=file, agency=agency, expected_text=entry.agency.name)
            )


def _bare(name: str) -> str:
    return "".join(name.split())


def _one_each(collection: Collection) -> None:
    """One file for each agency: equal ones count once, with a note; different ones not at all."""
    by_code: dict[str, list[Received]] = {}
    for received in collection.received:
        if received.filing is not None and received.filing.year == collection.year:
            by_code.setdefault(received.filing.agency.code, []).append(received)
    for code, files in by_code.items():
        same = all(_content(r.filing) == _content(files[0].filing) for r in files)
        for received in files if not same else ():
            received.set_aside = True
        if same:
            collection.counted[code] = next((r for r in files if r.accepted), files[0])
        if len(files) > 1:
            assert files[0].filing is not None
            names = "、".join(str(r.path) for r in files)
            words = "内容相同，只计一份。" if same else "内容不同，都没有计入。"
            collection.findings.append(finding("agency-duplicate", severity="note" if same else "error",
                                               agency=files[0].filing.agency, count=len(files), files=names, same=words))  # fmt: skip


def _content(filing: Filing | None) -> tuple[Any, ...]:
    assert filing is not None
    return (filing.form.edition, filing.values, filing.texts, filing.typed)


def _missing(collection: Collection, roster: Roster) -> Iterable[Finding]:
    came = {r.filing.agency.code for r in collection.received if r.filing and r.filing.year == collection.year}
    for entry in roster.expected:
        if entry.agency.code not in came:
            yield finding("agency-missing", agency=entry.agency)


def _without_last_year(collection: Collection) -> Iterator[Finding]:
    """One note that names the agencies that could not be held against last year."""
    names = [r.filing.agency.name for r in collection.received if r.filing and not r.filing.last_verified]
    if names:
        yield without_last_year(names)


def missing(collection: Collection) -> list[Entry]:
    """Agencies expected to file of which nothing is counted as received."""
    gone = {f.agency.code for f in collection.findings if f.code == "agency-missing" and f.agency}
    return [e for e in collection.roster.expected if e.agency.code in gone] if collection.roster else []
