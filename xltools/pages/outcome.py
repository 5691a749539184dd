"""审核情况: what a check found, to be looked at in a browser and printed: states, what comes next, findings agency by agency."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import field
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from xltools.classes import dataclass
from xltools.collection.collected import Collection, agency_of
from xltools.collection.states import Standing, senders, standings
from xltools.figures import show
from xltools.findings import Finding
from xltools.findings.failures import apart
from xltools.form.model import State
from xltools.form.standing import STATES
from xltools.outputs import slashed
from xltools.pages import AsItIs, rendered
from xltools.periods import in_words
from xltools.received.file import Received
from xltools.season.ahead import next_step
from xltools.season.record import Changes
from xltools.slips import CHAT, Slip
from xltools.slips.letterhead import BLANK, Letterhead
from xltools.slips.words import bare
from xltools.terms import KINDS, MANY, SEVERITIES, several

FOR_THE_OFFICE = ("decision-unusable", "decision-stale")
"""Notes that ask somebody here for something: they are shown among what is open, never folded away."""

_URGENT: tuple[State, ...] = ("returned", "duplicate", "queried", "missing", "accepted")
"""The states in the order in which somebody has to see to them."""


@dataclass(frozen=True)
class Picture:
    """What a check found as the page shows it, whenever that is looked at: the title, and two stretches of markup."""

    title: str
    tally: str
    agencies: str

    def page(self, at: str, changes: Changes | None = None) -> bytes:
        """The page of a check that was made ``at`` a time, in words, and of what has changed since the last run."""
        since = groups = None
        if changes is not None and changes.since:
            since = f"上次审核：{changes.since}。没有变化的 {changes.unchanged} 家。"
            groups = [{"words": words, "steps": [f"{step.name}：{step.what}" for step in steps]}
                      for words, steps in changes.groups()]  # fmt: skip
        return rendered("outcome.html", title=self.title, tally=AsItIs(self.tally), agencies=AsItIs(self.agencies),
                        when=f"审核时间：{at}", since=since, changes=groups, few=MANY).encode()  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What a page of a check is made of.

    ``slips`` are the files that go back (none where none were written), ``head`` whom agencies may ask.
    ``home``: made in a working folder, where the office's own record and commands are at hand.
    """

    collection: Collection
    slips: Sequence[Slip] = ()
    head: Letterhead = BLANK
    home: bool = False

    def picture(self, place: Path) -> Picture:
        """What there is to see on a page at a place, from where its links lead."""
        page = _Page(self, place.parent)
        return Picture(
            page.title, rendered("outcome_tally.html", page=page), rendered("outcome_agencies.html", page=page)
        )


# ── what the template asks for ───────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads ("" nowhere: only its words are shown), and its words."""

    to: str
    words: str


@dataclass(frozen=True, slots=True)
class _Pictured:
    """A finding as it is shown."""

    severity: str
    kind: str
    sheet: str
    cell: str
    words: str
    actual: str
    expected: str
    remedy: str
    id: str
    closed: str

    @property
    def figures(self) -> bool:
        return bool(self.actual or self.expected)

    @property
    def where(self) -> str:
        return f"“{self.sheet}”{self.cell}：" if self.sheet else ""

    @classmethod
    def of(cls, found: Finding) -> _Pictured:
        actual, expected = (
            "" if figure is None else show(figure, kind)
            for figure, kind in ((found.actual, found.types[0]), (found.expected, found.types[1]))
        )
        return cls(found.severity, SEVERITIES[found.severity], found.sheet or "", found.cell or "", bare(found), actual,
                   expected, found.remedy, found.number, str(found.closure or ""))  # fmt: skip


@dataclass(frozen=True)
class _OfFile:
    """Findings of one file, or of several together (then without a name): what is open, settled, good to know."""

    open: tuple[_Pictured, ...] = ()
    closed: tuple[_Pictured, ...] = ()
    notes: tuple[_Pictured, ...] = ()
    file: Link | None = None
    back: tuple[Link, ...] = ()

    @classmethod
    def of(cls, found: Iterable[Finding], **named: object) -> _OfFile:
        groups: dict[str, list[_Pictured]] = {"open": [], "closed": [], "notes": []}
        for one in sorted(found, key=lambda f: list(SEVERITIES).index(f.severity)):
            if one.severity == "note" and one.code not in FOR_THE_OFFICE:
                groups["notes"].append(_Pictured.of(one))
            elif one.open:
                groups["open"].append(_Pictured.of(one))
            elif one.closure and one.closure.how != "superseded":
                groups["closed"].append(_Pictured.of(one))
        return cls(**{name: tuple(lines) for name, lines in groups.items()}, **named)  # type: ignore[arg-type]

    def __bool__(self) -> bool:
        return bool(self.open or self.closed or self.notes)


@dataclass(frozen=True)
class _Agency:
    """Everybody of whom something came, with the findings on it."""

    anchor: str
    name: str
    code: str
    state: State
    words: str
    parts: tuple[_OfFile, ...]


@dataclass(frozen=True)
class _Listed:
    """A line of the table; ``via`` are the agencies of a summary that it is about."""

    name: str
    code: str
    anchor: str
    state: State
    words: str
    errors: int
    queries: int
    counted: Link | None
    told: str
    via: str
    back: tuple[Link, ...]


@dataclass(frozen=True)
class _Count:
    """How many agencies are in a state."""

    id: State
    words: str
    count: int


@dataclass
class _Page:
    """The whole page; ``folder`` is where it lies."""

    outcome: Outcome
    folder: Path
    agencies: list[_Agency] = field(init=False)
    rows: list[_Listed] = field(init=False)

    def __post_init__(self) -> None:
        collection = self.outcome.collection
        self.roster = collection.roster is not None
        self._standings = standings(collection)
        self._senders = [s for s in senders(collection) if s.files]
        self._anchors = {s.entry.agency.code: f"u{n}" for n, s in enumerate(self._senders, 1)}
        self._about: dict[Path, list[Slip]] = {}
        self._sent: dict[str, list[Slip]] = {}
        for slip in self.outcome.slips:
            if slip.file:
                self._about.setdefault(slip.file, []).append(slip)
            if slip.agency:
                self._sent.setdefault(slip.agency, []).append(slip)
        self._names = {s.entry.agency.code: s.entry.agency.name for s in self._senders}
        found = sorted(self._senders, key=lambda s: _URGENT.index(s.state))
        self.agencies = [agency for s in found if (agency := self._agency(s)) and agency.parts]
        shown = {agency.anchor for agency in self.agencies}
        order = {key: n for n, key in enumerate(dict.fromkeys(map(_sender, self._standings)))}
        rows = sorted(self._standings, key=lambda s: (_URGENT.index(s.state), order[_sender(s)]))
        groups = groupby(rows, key=lambda s: (s.state, _sender(s)))
        self.rows = [self._row(list(those), shown) for _, those in groups]

    # ── the head ──

    @property
    def title(self) -> str:
        """Whose check it is, of which year."""
        collection = self.outcome.collection
        form = next((r.filing.form.title for r in collection.received if r.filing), KINDS["filing"])
        area = collection.roster.top.name if collection.roster and collection.roster.top else ""
        return f"{area}{f' {in_words(collection.year)}' if collection.year else ''}{form}：审核情况".strip()

    @property
    def expected(self) -> int:
        return len(self._standings)

    @property
    def states(self) -> list[_Count]:
        """Each state that any agency is in; how many have passed in any case."""
        counts = {state: sum(s.state == state for s in self._standings) for state in STATES}
        return [_Count(state, STATES[state], n) for state, n in counts.items() if n or state == "accepted"]

    @property
    def next(self) -> str:
        return next_step(self._standings, slips=bool(self.outcome.slips), home=self.outcome.home)

    @property
    def asked(self) -> str:
        """Until when agencies are to answer, and whom they may ask, where anybody has to."""
        busy = any(s.state != "accepted" for s in self._standings)
        return f"告诉各单位：{self.outcome.head.asked}。" if busy and self.outcome.head.asked else ""

    @property
    def chat(self) -> Link | None:
        """The words for the chat group."""
        path = next((slip.path for slip in self.outcome.slips if not (slip.agency or slip.file)), None)
        return Link(self._address(path), CHAT) if path else None

    @property
    def counts(self) -> str:
        """The files and findings, counted as on the screen and in JSON."""
        titles = "、".join(f"“{title}”" for title in self.outcome.collection.packs.values())
        return f"{self.outcome.collection}{f'；按规则包{titles}审核' if titles else ''}"

    # ── agencies and files ──

    def _agency(self, standing: Standing) -> _Agency:
        agency = standing.entry.agency
        parts = [_OfFile.of(f for f in standing.told if f.code != "agency-missing")]
        parts += map(self._file, standing.files)
        return _Agency(self._anchors[agency.code], agency.name, agency.code, standing.state, STATES[standing.state],
                       tuple(part for part in parts if part))  # fmt: skip

    def _file(self, received: Received) -> _OfFile:
        def made() -> _OfFile:
            note = f"（由“{received.superseded_by}”替代，不计）" if received.superseded_by else ""
            back = tuple(map(self._back, self._about.get(received.path, ())))
            return _OfFile.of(received.findings, file=self._link(received.path, note), back=back)

        with apart("show", received.path, received.unread, agency_of(received)):
            return made()
        return made()  # as one that could not be read

    def _row(self, those: Sequence[Standing], shown: set[str]) -> _Listed:
        """A line of the table: an agency, or all those in one state that came in one summary."""
        standing, told = those[0], those[0].as_json()
        sender = (*standing.via, standing.entry.agency.code)[0]
        names = [s.entry.agency.name for s in those]
        name = f"{self._names.get(sender, sender)}的汇总里 {len(those)} 家" if standing.via else names[0]
        anchor = self._anchors.get(sender, "")
        received = standing.received
        return _Listed(
            name,
            sender,
            anchor if anchor in shown else "",
            standing.state,
            STATES[standing.state],
            told["errors"],
            told["queries"],
            Link(self._link(received.path).to, received.path.name) if received else None,
            _no_file(standing) if received is None else "",
            several(names) if standing.via else "",
            tuple(map(self._back, self._sent.get(sender, ()))),
        )

    @property
    def strangers(self) -> list[_OfFile]:
        """Files that could not be read, or are none of our forms."""
        return [part for r in self.outcome.collection.received if r.filing is None and (part := self._file(r))]

    @property
    def whole(self) -> _OfFile:
        """What is said of no agency of which anything came."""
        return _OfFile.of(f for f in self.outcome.collection.findings
                        if f.code != "agency-missing" and not (f.agency and f.agency.code in self._anchors))  # fmt: skip

    # ── links ──

    def _back(self, slip: Slip) -> Link:
        return Link(self._address(slip.path), slip.what)

    def _link(self, path: Path, note: str = "") -> Link:
        """A link to a file received; what lies in a zip can be led to by none."""
        return Link(self._address(path) if path.is_file() else "", f"{slashed(path)}{note}")

    def _address(self, path: Path) -> str:
        """A path from where the page lies, as a link; in full where it lies on another drive."""
        try:
            return quote(os.fsencode(slashed(Path(os.path.relpath(path, self.folder)))))
        except ValueError:
            return path.resolve().as_uri()


def _sender(standing: Standing) -> tuple[str, ...]:
    """Who sent what an agency is judged by: the area, and that in its summary; or the agency."""
    return ("", standing.via[0]) if standing.via else (standing.entry.agency.code,)


def _no_file(standing: Standing) -> str:
    """Why none of an agency's files counts, in words; "" where there is none."""
    if standing.state == "duplicate":
        return f"报来 {len(standing.files)} 份，都没有采用"
    return "报来的不是本年度的表" if standing.files else ""
