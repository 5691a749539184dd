"""What became of each agency: one state an agency, worked out here and told by JSON, page, chat text, summary and record alike."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from xltools.classes import dataclass
from xltools.collection.collected import Collection, by_agency, is_asked
from xltools.collection.levels import counted_in
from xltools.collection.roster import Entry, Roster
from xltools.findings import Finding
from xltools.form.model import Filing, Member, State
from xltools.outputs import slashed
from xltools.received.file import Received
from xltools.terms import AgencyJson


class StandingJson(AgencyJson):
    """An agency that files and what became of it: all of its files, the one that counts (null: none), what is open.

    ``via`` are the codes of the areas through whose summaries it came, from the top; file and what is open are then the summary's.
    """

    state: State
    files: list[str]
    counted: str | None
    errors: int
    queries: int
    via: list[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """An agency that files, what became of it, and through which summaries (codes, from the top) it came in.

    ``received`` is the one file that counts, ``included`` whether its figures do; ``told`` are findings on several files at once.
    """

    entry: Entry
    state: State
    received: Received | None = None
    included: bool = False
    via: tuple[str, ...] = ()
    files: tuple[Received, ...] = ()
    told: tuple[Finding, ...] = ()

    @property
    def member(self) -> Member:
        return Member(self.entry.agency, self.state, self.included, self.via)

    @property
    def open(self) -> list[Finding]:
        """The open errors and queries of its files, and of them together."""
        found = [*(f for received in self.files for f in received.findings), *self.told]
        return [f for f in found if f.open and f.severity != "note"]

    def as_json(self) -> StandingJson:
        severities = [f.severity for f in self.open]
        return {
            **self.entry.agency.as_json(),
            "state": self.state,
            "files": [slashed(received.path) for received in self.files],
            "counted": slashed(self.received.path) if self.received else None,
            "errors": severities.count("error"),
            "queries": severities.count("query"),
            "via": list(self.via),
        }


def standings(collection: Collection) -> tuple[Standing, ...]:
    """Every agency that files, with its state: those on the roster, in its order, and those that a summary says it is of.

    Without a roster: every agency of which a file came.
    """
    roster = collection.roster or _who_came(collection)
    return beneath(parts_of(collection, roster, _top(roster)), roster)


def parts_of(
    collection: Collection, roster: Roster, area: str, *, include_queried: bool = False
) -> tuple[Standing, ...]:
    """What is added up or lacking: agencies, and areas whose own summary stands for the agencies beneath them.

    ``area`` is the code of the area itself, whose own summary is no part of it. Filings with open queries are included where it is
    asked for, but never one that another agency seems to have filled in.
    """
    return tuple(map(_States.over(collection, include_queried).of, _parts(collection, roster, area)))


def absent(collection: Collection) -> list[Entry]:
    """The agencies on the roster of which nothing came at all."""
    if (roster := collection.roster) is None:
        return []
    states, entries = _States.over(collection), [*_parts(collection, roster, _top(roster))]
    told = (states.of(entry) for entry in entries if states.may_lack(entry.agency.code))
    came = {entry.agency.code for entry in entries if entry.agency.code in states.files}
    gone = (s.entry.agency.code for s in beneath([*told], roster, came) if s.state == "missing")
    return [roster.by_code[code] for code in gone if code in roster.by_code]


def senders(collection: Collection) -> Iterator[Standing]:
    """Everybody of whom a file came, on the roster or not, an area that sent its summary among them; then those who sent nothing."""
    states = _States.over(collection)
    yield from map(states.of, (*_who_came(collection).entries, *absent(collection)))


def beneath(parts: Sequence[Standing], roster: Roster, alone: Container[str] | None = None) -> tuple[Standing, ...]:
    """All agencies that the parts stand for, each once: where two summaries speak of it, the one that includes it; what nothing
    came of by itself, but in another's summary, is there.

    ``alone`` are the codes of all parts of which something came, where these are only some of them.
    """
    found: dict[str, Standing] = {}
    if alone is None:
        alone = {part.entry.agency.code for part in parts if part.state != "missing"}
    for standing in (s for part in parts for s in _beneath(part, alone, roster)):
        code = standing.entry.agency.code
        if code not in found or _weight(standing) > _weight(found[code]):
            found[code] = standing
    return tuple(found.values())


def _weight(standing: Standing) -> tuple[bool, bool]:
    return standing.included, standing.state != "missing"


def counted(collection: Collection) -> Iterator[tuple[Filing, State]]:
    """The one filing of each agency that counts, and filings of other years, in the order they came, each with its state.

    An agency whose files contradict each other has none, as in the summary.
    """
    yield from ((received.known, state_of(received)) for received in counting(collection))


def counting(collection: Collection) -> Iterator[Received]:
    """The files of these."""
    for received in collection.received:
        card = received.card
        if card is None or received.set_aside:
            continue
        if not is_asked(card, collection) or collection.counted.get(card.agency.code) is received:
            yield received


def state_of(received: Received) -> State:
    """What becomes of an agency by the filing that counts."""
    return "accepted" if received.accepted else "returned" if received.open_errors else "queried"


@dataclass(frozen=True)
class _States:
    """The states of a collection's agencies; its files and findings by the agency's code."""

    collection: Collection
    files: dict[str, tuple[Received, ...]]
    told: dict[str, list[Finding]]
    include_queried: bool

    @classmethod
    def over(cls, collection: Collection, include_queried: bool = False) -> _States:
        told: dict[str, list[Finding]] = {}
        for found in collection.findings:
            if found.agency is not None:
                told.setdefault(found.agency.code, []).append(found)
        return cls(collection, dict(by_agency(collection.received)), told, include_queried)

    def may_lack(self, code: str) -> bool:
        """Whether of an agency, or of one beneath it, nothing may have come: it sent nothing, or a summary."""
        got = self.collection.counted.get(code)
        return code not in self.files or (got is not None and got.card is not None and got.card.kind == "summary")

    def of(self, entry: Entry) -> Standing:
        """One agency: a file that counts, several that contradict each other, only such as are for another year, or none."""
        code = entry.agency.code
        files, received = self.files.get(code, ()), self.collection.counted.get(code)
        if received is not None:
            state = state_of(received)
        elif any(got.card and is_asked(got.card, self.collection) for got in files):
            state = "duplicate"
        else:
            state = "returned" if files else "missing"
        queried = state == "queried" and self.include_queried and received is not None and received.doubt is None
        return Standing(entry, state, received, state == "accepted" or queried, (), files,
                        tuple(self.told.get(code, ())))  # fmt: skip


def _top(roster: Roster) -> str:
    """The code of the area whose own summary is no part of its sum; "" where there is none."""
    return roster.top.code if roster.top else ""


def _who_came(collection: Collection) -> Roster:
    agencies = {r.card.agency.code: r.card.agency for r in collection.received if r.card}
    return Roster(tuple(map(Entry, agencies.values())))


def _parts(collection: Collection, roster: Roster, area: str) -> Iterator[Entry]:
    """Each agency on the roster, or the topmost area over it of which a summary came in.

    Beside an area's summary stands an agency that files itself and whose figures that summary does not have.
    """
    came = {r.card.agency.code: r for r in collection.received if r.card and is_asked(r.card, collection)}
    given: dict[str, set[str]] = {}
    """The areas whose summary is a part, with the codes of all that it holds."""
    for entry in roster.expected:
        above = (came[code] for code in roster.above(entry.agency.code) if code != area and code in came)
        part = next((got for got in above if got.card and got.card.kind == "summary"), None)
        if part is None:
            yield entry
            continue
        code = part.known.agency.code
        if code not in given:
            given[code] = counted_in(part.known)
            yield roster.by_code[code]
        if entry.agency.code in came and entry.agency.code not in given[code]:
            yield entry


def _beneath(part: Standing, alone: Container[str], roster: Roster) -> Iterator[Standing]:
    """The agencies that a part stands for: itself, or those that its summary says it is of and the roster puts beneath it, but for
    those (codes) that are parts ``alone``."""
    card, code = part.received.card if part.received else None, part.entry.agency.code
    filing = part.received.filing if part.received and card and card.kind == "summary" else None
    if filing is None or not filing.members:
        yield part
        return
    told = {m.agency.code: m for m in filing.members}
    for entry in roster.beneath(code):
        told.setdefault(entry.agency.code, Member(entry.agency, "missing", False))
    for member in told.values():
        if member.agency.code not in alone:
            yield _within(part, member, code)


def _within(part: Standing, member: Member, code: str) -> Standing:
    """An agency of which a summary says what became of it; where that is not accepted itself, nor are those that it counts."""
    state = part.state if member.counted and part.state != "accepted" else member.state
    included = part.included and member.counted
    return Standing(Entry(member.agency, code), state, part.received, included, (code, *member.via), part.files,
                    part.told)  # fmt: skip
