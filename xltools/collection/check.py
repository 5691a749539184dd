"""Checking: files in, findings out. The library behind ``xltools check`` and the first half of ``merge``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from xltools.collection import levels
from xltools.collection.collected import Collection, agency_of, is_asked, of_year
from xltools.collection.decisions import Office, decide, unused
from xltools.collection.explanations import close_explained, remember, stale_explanations
from xltools.collection.previous import Previous, without_last_year
from xltools.collection.roster import Roster
from xltools.collection.states import absent
from xltools.collection.versions import corrected, one_of
from xltools.editions import edition_for, load_form
from xltools.editions.shelves import Desk, begin, desk
from xltools.errors import XltoolsError
from xltools.findings import CATALOGUE, Finding, finding
from xltools.findings.failures import Stage, apart, failure, going_on
from xltools.form.model import Agency
from xltools.inputs import real
from xltools.outputs import slashed
from xltools.periods import in_words
from xltools.received.folder import files_in
from xltools.received.read import Received, read_file
from xltools.rules import judge
from xltools.terms import bare_name

_WORTH_A_FORK, _WORTH_A_START = 20, 50
"""Files that take about as long as starting a process: forked, or as a new Python that must import all of us."""

_MOST_PROCESSES = 61
"""Windows cannot wait for more."""


class Readings(Protocol):
    """Keeps what was read of a file for another run, so that only new content is read again."""

    def recall(self, path: Path) -> Received | None:
        """What an earlier run read of the very same content; None where that is not known."""

    def read(self, path: Path) -> Received:
        """Reads a file, and keeps what was read."""


def check_file(path: Path, previous: Previous | None = None) -> Received:
    """Reads one file, runs every rule over it, those against last year too where its figures are known; closes what is explained."""
    return check_made(read_file(path), previous)


def check_made(received: Received, previous: Previous | None = None) -> Received:
    """Runs every rule over a filing that was read, or made here; closes what is explained."""
    received = _judged(received, previous)
    with apart("judge", received.path, received.unread, agency_of(received)):
        _settle(received, Office())
    return received


def _judged(received: Received, previous: Previous | None) -> Received:
    filing = received.filing
    if filing is not None:
        with apart("judge", received.path, received.unread, filing.agency):
            if previous is not None:
                filing, found = previous.give(filing, slashed(received.path))
                received.filing = filing
                received.add(*found)
            told = frozenset(f.field for f in received.findings if f.field and f.code != "cell-placeholder")
            received.add(*received.located(judge(filing, told)))
            received.filing = filing.compact()
    return received


def _settle(received: Received, office: Office) -> None:
    """Closes the queries that the agency explained or the office decided; says where either was over other figures."""
    filing = received.filing
    if filing is None:
        return
    filing = received.filing = remember(filing, office.explained.get(filing.agency.code, {}))
    received.revise(close_explained(f, filing) for f in received.findings)
    received.add(*stale_explanations(filing, slashed(received.path), received.findings))
    received.revise(decide(received.findings, filing, office))


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
    *,
    readings: Readings | None = None,
    office: Office | None = None,
    newest: bool = False,
) -> Collection:
    """Reads and checks files and folders, one by one and as a set.

    ``year`` is the report year; by default the one that most of the filings are for. ``progress`` may show how far it is.
    ``ignore`` are files that may lie among the others but are none: the roster, the output of an earlier run.
    ``jobs`` is the number of processes to read with; none is started unless it is given, and only where there are files
    enough to be worth it. The outcome is the same whatever it is.
    ``previous`` are last year's filings, to hold this year's against. ``readings`` spares reading again what an earlier run
    read. ``office`` is what the office in charge settled itself and knows from before. ``newest``: of several different files
    of an agency the one saved last counts, by the workbooks' own records.
    """
    files, skipped = files_in(paths)
    files = [file for file in files if ignore.isdisjoint((real(file), *real(file).parents))]
    judged = _Judging(previous, readings).all(files, jobs)
    received = [got for _, got in zip(progress(files, "审核"), judged, strict=True)]
    years = Counter(r.filing.year for r in received if r.filing)
    if year is None and years:
        year = max(years, key=lambda y: (years[y], y))
    skipped = [
        f for f in skipped if f.file is None or ignore.isdisjoint((real(Path(f.file)), *real(Path(f.file)).parents))
    ]
    family = desk().family
    if family is None:
        kinds = Counter(r.filing.form.family for r in received if r.filing and r.filing.year == year)
        family = max(kinds, key=lambda name: (kinds[name], name == ""), default="")
    as_a_set = partial(_as_a_set, skipped, (year, family), roster, previous, office, newest)
    return going_on(received, as_a_set, partial(left_out, "set"))


def left_out(stage: Stage, received: Received, problem: Exception) -> Received:
    """A file over which the program failed, as one that could not be read."""
    received.unread(failure(problem, stage, received.path, agency_of(received)))
    return received


def _as_a_set(
    skipped: Sequence[Finding],
    asked: tuple[int | None, str],
    roster: Roster | None,
    previous: Previous | None,
    office: Office | None,
    newest: bool,
    files: Sequence[Received],
) -> Collection:
    """The files held against each other, as copies: those given stay as they are."""
    received = [replace(got, findings=[*got.findings]) for got in files]
    year, family = asked
    collection = Collection(received, year, roster, findings=[*skipped], previous=previous, family=family)
    _years(collection)
    if roster is not None:
        _known(collection, roster)
        _whose(collection, roster, previous)
        levels.filed_above(roster, received)
    for got in received:
        _settle(got, office or Office())
    if office and year is not None:
        collection.findings += unused(office, collection.all_findings(), _items(year, family))
    _one_each(collection, newest)
    _one_path(collection)
    collection.findings += _missing(collection)
    if previous is not None:
        collection.findings += previous.findings
        collection.findings += _without_last_year(collection)
    return collection


def _items(year: int, family: str) -> frozenset[str]:
    """Whatever a decision can name: codes, and rules of the year's form."""
    form = load_form(edition_for(year, family))
    return frozenset((*CATALOGUE, *(rule.id for rule in form.rules), *form.fields))


@dataclass(frozen=True)
class _Judging:
    """The reading and judging of files one by one, with all that it needs; it goes to each process once."""

    previous: Previous | None
    readings: Readings | None
    desk: Desk = field(default_factory=desk)

    def one(self, path: Path) -> Received:
        received = Received(path, "", "unreadable")
        with apart("read", path, received.unread):
            received = self.readings.read(path) if self.readings else read_file(path)
        return _judged(received, self.previous)

    def _recalled(self, path: Path) -> Received | None:
        """What an earlier run read; where that cannot be had, the file is read again."""
        with apart("read", path, lambda _: None):
            return self.readings.recall(path) if self.readings else None
        return None

    def all(self, files: Sequence[Path], jobs: int | None) -> Iterator[Received]:
        """The files in their order, by several processes where there are enough to be read to be worth it."""
        known = {file: got for file in files if (got := self._recalled(file))}
        unread = [file for file in files if file not in known]
        jobs = _processes(jobs or 1, len(unread))
        if jobs < 2:
            yield from (_judged(known[file], self.previous) if file in known else self.one(file) for file in files)
            return
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(self,)) as pool:
            fresh = pool.map(_one, unread, chunksize=8)
            yield from (_judged(known[file], self.previous) if file in known else next(fresh) for file in files)


def _processes(wanted: int, files: int) -> int:
    """How many processes are worth it for so many files."""
    if wanted < 2 or files < _WORTH_A_FORK:
        return 1
    from multiprocessing import get_context

    worth = _WORTH_A_FORK if get_context().get_start_method() == "fork" else _WORTH_A_START
    return min(wanted, files // worth, _MOST_PROCESSES)


_judging: _Judging | None = None
"""In a process of the pool: what it judges with."""


def _begin(judging: _Judging) -> None:
    """How a process of the pool begins. A function of the module, for a fresh process knows it by its name alone."""
    global _judging
    _judging = judging
    begin(judging.desk)


def _one(path: Path) -> Received:
    assert _judging is not None
    return _judging.one(path)


def _years(collection: Collection) -> None:
    """Another return, another year's form, or one whose edition is not the year's, is an error of that file."""
    for received in collection.received:
        filing = received.filing
        if filing is None:
            continue
        file, agency = slashed(received.path), filing.agency
        if filing.form.family != collection.family:
            received.add(finding("family-other", file=file, agency=agency, actual_text=filing.form.title,
                                 expected_text=_title(collection)))  # fmt: skip
        if filing.year != collection.year:
            received.add(finding("year-other", file=file, agency=agency, actual_text=in_words(filing.year),
                                 expected_text=in_words(collection.year or 0)))  # fmt: skip
        try:
            right = edition_for(filing.year, filing.form.family)
        except XltoolsError:
            right = "（无）"
        if filing.form.edition != right:
            received.add(finding("edition-other", file=file, agency=agency, year=filing.year,
                                 actual_text=filing.form.edition, expected_text=right))  # fmt: skip


def _title(collection: Collection) -> str:
    """What the return is called that was asked for."""
    try:
        return load_form(edition_for(collection.year or 0, collection.family)).title
    except XltoolsError:
        return collection.family


def _known(collection: Collection, roster: Roster) -> None:
    """An agency not on the roster is an error of its file; one under another name a query."""
    for received in collection.received:
        if received.filing is None:
            continue
        agency, file = received.filing.agency, slashed(received.path)
        entry = roster.by_code.get(agency.code)
        if entry is None:
            received.add(finding("agency-unknown", file=file, agency=agency, hint=_hint(agency, roster)))
            continue
        if agency.code in roster.areas and received.filing.kind == "filing":
            received.add(finding("agency-area", file=file, agency=agency))
        if bare_name(entry.agency.name) != bare_name(agency.name):
            received.add(finding("agency-renamed", file=file, agency=agency, expected_text=entry.agency.name))


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
    whose = Whose(roster, previous, (r.filing.agency.code for r in files if r.filing))
    for received in files:
        received.add(*whose.of(received))


def _one_each(collection: Collection, newest: bool) -> None:
    """One file for each agency of those for the report year."""
    by_code: dict[str, list[Received]] = {}
    collection.findings += corrected(collection.received, lambda filing: is_asked(filing, collection))
    for received in of_year(collection):
        assert received.filing is not None
        if not received.superseded_by:
            by_code.setdefault(received.filing.agency.code, []).append(received)
    for code, files in by_code.items():
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
        received.add(*(levels.held_against_parts(received, counted) if received.filing else ()))
    used = {id(received) for received in counted}
    unused = (f for r in parts.received if id(r) not in used for f in r.findings)
    collection.findings += (f for f in (*parts.findings, *unused) if f.open and f.severity == "error")


def _missing(collection: Collection) -> Iterator[Finding]:
    """A note on each agency on the roster of which nothing came at all."""
    for entry in absent(collection):
        yield finding("agency-missing", agency=entry.agency)


def _without_last_year(collection: Collection) -> Iterator[Finding]:
    """One note that names the agencies that could not be held against last year; a form of another year is told as that."""
    lacking = (r.known.agency for r in of_year(collection) if not (r.superseded_by or r.known.last_verified))
    if names := {agency.code: agency.name for agency in lacking}:
        yield without_last_year(list(names.values()))
