"""Checking: files in, findings out. The library behind ``xltools check`` and the first half of ``merge``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from xltools.collection import levels
from xltools.collection.collected import Collection, agency_of, by_agency, is_asked, left_out, of_year
from xltools.collection.decisions import Office, decide, unused
from xltools.collection.explanations import close_explained, remember, stale_explanations
from xltools.collection.gathered import Gathered, Progress, Readings, gather, judged, quietly
from xltools.collection.previous import Previous, without_last_year
from xltools.collection.roster import Roster
from xltools.collection.states import absent
from xltools.collection.versions import corrected, one_of
from xltools.editions import edition_for, load_form, pack_titles, supplement_titles
from xltools.editions.shelves import desk
from xltools.errors import XltoolsError
from xltools.findings import CATALOGUE, Finding, finding
from xltools.findings.failures import apart, going_on
from xltools.form.model import NONE, Agency
from xltools.outputs import slashed
from xltools.periods import in_words, part_of
from xltools.received.file import Received
from xltools.received.read import read_file
from xltools.received.renamed import following
from xltools.terms import bare_name


def check_file(path: Path, previous: Previous | None = None) -> Received:
    """Reads one file, runs every rule over it, those against last year too where its figures are known; closes what is explained."""
    return check_made(read_file(path), previous)


def check_made(received: Received, previous: Previous | None = None) -> Received:
    """Runs every rule over a filing that was read, or made here; closes what is explained."""
    received = judged(received, previous)
    with apart("judge", received.path, received.unread, agency_of(received)):
        _settle(received, Office())
    return received


def _settle(received: Received, office: Office) -> None:
    """Closes the queries that the agency explained or the office decided; says where either was over other figures."""
    filing = received.filing
    if filing is None:
        return
    filing = received.filing = remember(filing, following(filing.form, office.explained.get(filing.agency.code, {})))
    received.revise(close_explained(f, filing) for f in received.findings)
    received.add(*stale_explanations(filing, slashed(received.path), received.findings))
    received.revise(decide(received.findings, filing, office))


def check(
    paths: Sequence[Path] | Gathered,
    roster: Roster | None = None,
    year: int | None = None,
    progress: Progress = quietly,
    ignore: frozenset[Path] = frozenset(),
    jobs: int | None = None,
    previous: Previous | None = None,
    *,
    readings: Readings | None = None,
    office: Office | None = None,
    newest: bool = False,
    supplements: tuple[str, ...] = (),
) -> Collection:
    """Reads and checks files and folders, one by one and as a set; or as a set what has been gathered of them already.

    ``year`` is the report year; by default the one that most of the filings are for. ``progress`` may show how far it is.
    ``ignore`` are files that may lie among the others but are none: the roster, the output of an earlier run.
    ``jobs`` is the number of processes to read with; none is started unless it is given, and only where there are files
    enough to be worth it. The outcome is the same whatever it is.
    ``previous`` are last year's filings, to hold this year's against. ``readings`` spares reading again what an earlier run
    read. ``office`` is what the office in charge settled itself and knows from before. ``newest``: of several different files
    of an agency the one saved last counts, by the workbooks' own records. ``supplements`` are those that every filing must have.
    """
    regions = roster.regions if roster else NONE
    gathered = (
        paths if isinstance(paths, Gathered) else gather(paths, progress, ignore, jobs, previous, readings, regions)
    )
    received = gathered.received
    years = Counter(r.card.year for r in received if r.card)
    if year is None and years:
        year = max(years, key=lambda y: (years[y], y))
    family = desk().family
    if family is None:
        kinds = Counter(r.card.form.family for r in received if r.card and r.card.year == year)
        family = max(kinds, key=lambda name: (kinds[name], name == ""), default="")
    as_a_set = partial(_as_a_set, gathered.skipped, (year, family, supplements), roster, previous, office, newest)
    return going_on(received, as_a_set, partial(left_out, "set"))


def _as_a_set(
    skipped: Sequence[Finding],
    asked: tuple[int | None, str, tuple[str, ...]],
    roster: Roster | None,
    previous: Previous | None,
    office: Office | None,
    newest: bool,
    files: Sequence[Received],
) -> Collection:
    """The files held against each other, as copies: those given stay as they are."""
    received = [got.twin() for got in files]
    year, family, supplements = asked
    collection = Collection(received, year, roster, findings=[*skipped], previous=previous, family=family,
                            supplements=supplements, packs=pack_titles())  # fmt: skip
    _years(collection)
    _demanded(collection)
    if roster is not None:
        _known(collection, roster)
        _whose(collection, roster, previous)
        levels.filed_above(roster, received)
        levels.of_others(roster, received)
    for got in received:
        _settle(got, office or Office())
    if office and year is not None:
        forms = {got.card.agency.code: got.card.form for got in received if got.card}
        collection.findings += unused(office, collection.all_findings(), _items(year, family), forms)
    _one_each(collection, newest)
    _one_path(collection)
    collection.findings += _missing(collection)
    if previous is not None:
        collection.findings += previous.findings
        collection.findings += _without_last_year(collection)
        editions = {r.card.form.edition: r.card.form for r in of_year(collection) if r.card}
        collection.findings += (f for form in editions.values() for f in previous.unfollowed(form))
    _of_period(collection)
    return collection


def _of_period(collection: Collection) -> None:
    """What was told of the files as a set speaks of the period that they are for, as what was told of each alone does."""
    if part_of(collection.year or 0):
        collection.findings = of_period(collection.findings, collection.year)
        for got in collection.received:
            got.revise(of_period(got.findings, collection.year))


def of_period(found: Iterable[Finding], year: int | None) -> list[Finding]:
    """Findings that speak of a part of a year where it is for one, but for those that speak of one already."""
    part = part_of(year or 0)
    return [f if f.periods or not part else replace(f, periods=(part,)) for f in found]


def _items(year: int, family: str) -> frozenset[str]:
    """Whatever a decision can name: codes, and rules of the year's form."""
    form = load_form(edition_for(year, family))
    return frozenset((*CATALOGUE, *(rule.id for rule in form.rules), *form.fields))


def _years(collection: Collection) -> None:
    """Another return, another year's form, or one whose edition is not the year's, is an error of that file."""
    for received in collection.received:
        filing = received.card
        if filing is None:
            continue
        agency = filing.agency
        if filing.form.family != collection.family:
            received.add(finding("family-other", file=slashed(received.path), agency=agency, actual_text=filing.form.title,
                                 expected_text=_title(collection)))  # fmt: skip
        if filing.year != collection.year:
            received.add(finding("year-other", file=slashed(received.path), agency=agency, actual_text=in_words(filing.year),
                                 expected_text=in_words(collection.year or 0)))  # fmt: skip
        try:
            right = edition_for(filing.year, filing.form.family)
        except XltoolsError:
            right = "（无）"
        if filing.form.edition != right:
            received.add(finding("edition-other", file=slashed(received.path), agency=agency, year=filing.year,
                                 actual_text=filing.form.edition, expected_text=right))  # fmt: skip


def _title(collection: Collection) -> str:
    """What the return is called that was asked for."""
    try:
        return load_form(edition_for(collection.year or 0, collection.family)).title
    except XltoolsError:
        return collection.family


def _demanded(collection: Collection) -> None:
    """A form without a supplement that every filing must have is an error of that file."""
    titles = supplement_titles()
    for received in of_year(collection):
        assert received.card is not None
        form, agency = received.card.form, received.card.agency
        lacking = [titles.get(name, name) for name in collection.supplements if name not in form.supplements]
        if lacking:
            received.add(finding("supplement-missing", file=slashed(received.path), agency=agency,
                                 names="、".join(f"“{name}”" for name in lacking)))  # fmt: skip


def _known(collection: Collection, roster: Roster) -> None:
    """An agency not on the roster is an error of its file; one under another name a query."""
    for received in collection.received:
        if received.card is None:
            continue
        agency = received.card.agency
        entry = roster.by_code.get(agency.code)
        if entry is None:
            received.add(
                finding("agency-unknown", file=slashed(received.path), agency=agency, hint=_hint(agency, roster))
            )
            continue
        if agency.code in roster.areas and received.card.kind == "filing":
            received.add(finding("agency-area", file=slashed(received.path), agency=agency))
        if bare_name(entry.agency.name) != bare_name(agency.name):
            received.add(
                finding("agency-renamed", file=slashed(received.path), agency=agency, expected_text=entry.agency.name)
            )


def _hint(agency: Agency, roster: Roster) -> str:
    """What the roster has under the name of an agency whose code it has not, in words."""
    codes = roster.named(agency.name)
    if len(codes) != 1:
        return ""
    lost = codes[0].lstrip("0") == agency.code.lstrip("0")
    return f"；名录上同名的单位代码是 {codes[0]}" + ("，多半是前面的 0 被表格软件去掉了" if lost else "")


def _whose(collection: Collection, roster: Roster, previous: Previous | None) -> None:
    """What speaks for another agency than the one whose form was filled in."""
    from xltools.collection.whose import Whose

    files = of_year(collection)
    whose = Whose(roster, previous, (r.card.agency.code for r in files if r.card))
    for received in files:
        received.add(*whose.of(received))


def _one_each(collection: Collection, newest: bool) -> None:
    """One file for each agency of those for the report year."""
    collection.findings += corrected(collection.received, lambda filing: is_asked(filing, collection))
    for code, files in by_agency(got for got in of_year(collection) if not got.superseded_by):
        counted, told = one_of(files, newest=newest)
        if counted is not None:
            collection.counted[code] = counted
        if told is not None:
            collection.findings.append(told)


def _one_path(collection: Collection) -> None:
    """Each agency's figures once, whether it files itself or is in a summary; the area's own summary is no part of it."""
    files = [r for r in of_year(collection) if not r.superseded_by]
    area = collection.roster.top if collection.roster else None
    own = list(levels.of_itself(area, files))
    others = [got for got in files if all(got is not itself for itself, _ in own)]
    for got, found in (*own, *levels.counted_twice(others)):
        got.add(found)


def hold_against_parts(collection: Collection, parts: Collection) -> None:
    """Holds each filing of a collection against the sum of other filings, its parts; tells which of those could not be used."""
    counted = list(parts.counted.values())
    for received in collection.received:
        received.add(*(levels.held_against_parts(received, counted) if received.card else ()))
    used = {id(received) for received in counted}
    unused = (f for r in parts.received if id(r) not in used for f in r.findings)
    collection.findings += (f for f in (*parts.findings, *unused) if f.open and f.severity == "error")


def _missing(collection: Collection) -> Iterator[Finding]:
    """A note on each agency on the roster of which nothing came at all."""
    for entry in absent(collection):
        yield finding("agency-missing", agency=entry.agency)


def _without_last_year(collection: Collection) -> Iterator[Finding]:
    """One note that names the agencies that could not be held against last year; a form of another year is told as that."""
    known = (r.card for r in of_year(collection) if r.card and not r.superseded_by)
    if names := {card.agency.code: card.agency.name for card in known if not card.last_verified}:
        yield without_last_year(list(names.values()))
