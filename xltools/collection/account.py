"""What a run over many files tells as JSON: every file, every agency, findings, counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

from xltools.collection.collected import Collection, CountsJson, agency_of
from xltools.collection.states import Standing, StandingJson, standings
from xltools.findings import FindingJson
from xltools.findings.failures import apart
from xltools.form.checkcode import check_code
from xltools.outputs import slashed
from xltools.received.file import Received
from xltools.terms import AgencyJson, Verdict


class ReceivedJson(TypedDict):
    """One file; what could not be read of it is null."""

    file: str
    sha256: str
    agency: AgencyJson | None
    year: int | None
    edition: str | None
    kind: Literal["filing", "summary"] | None
    verdict: Verdict
    accepted: bool
    checkcode: str | None
    findings: list[FindingJson]


class NamedPackJson(TypedDict):
    """A rule pack by which was judged."""

    id: str
    title: str


class CollectionJson(TypedDict):
    """Every file with its findings, every agency with its state, findings about the set, how many of each, and the rule
    packs by which was judged."""

    filings: list[ReceivedJson]
    agencies: list[StandingJson]
    findings: list[FindingJson]
    counts: CountsJson
    packs: list[NamedPackJson]


def collection_json(collection: Collection, agencies: Sequence[Standing] | None = None) -> CollectionJson:
    """The whole, as ``check --json`` gives it; ``agencies`` with their states, where a summary knows them already."""
    return {
        "filings": [_shown(r) for r in collection.received],
        "agencies": [s.as_json() for s in (standings(collection) if agencies is None else agencies)],
        "findings": [f.as_json() for f in collection.findings],
        "counts": collection.counts(),
        "packs": [{"id": name, "title": title} for name, title in collection.packs.items()],
    }


def _shown(received: Received) -> ReceivedJson:
    with apart("show", received.path, received.unread, agency_of(received)):
        return received_json(received)
    return received_json(received)  # as one that could not be read


def received_json(received: Received) -> ReceivedJson:
    """One file of ``check --json``."""
    filing = received.filing
    agency = filing.agency if filing else None
    return {
        "file": slashed(received.path),
        "sha256": received.sha256,
        "agency": agency.as_json() if agency else None,
        "year": int(filing.year) if filing else None,
        "edition": filing.form.edition if filing else None,
        "kind": filing.kind if filing else None,
        "verdict": received.verdict,
        "accepted": received.accepted,
        "checkcode": check_code(filing) if filing else None,
        "findings": [f.as_json() for f in received.findings],
    }
