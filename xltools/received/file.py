"""One file as received: what was read of it, and what is wrong with it so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from functools import cache
from pathlib import Path

from xltools.classes import dataclass
from xltools.findings import CATALOGUE, Finding
from xltools.form.model import Agency, Filing, Form
from xltools.form.standing import completeness, lacking
from xltools.outputs import slashed
from xltools.received.locate import Places
from xltools.received.shelf import Shelved
from xltools.received.whereabouts import Whereabouts
from xltools.terms import SEVERITIES, Kind, Verdict, several

FILE_LIMIT = 100 * 2**20
"""Bytes of a file: far more than the summary of a whole province has."""

_DOUBT = "agency-doubtful"
_TELLING = frozenset(("error", "query", _DOUBT))
_alike: Callable[[frozenset[str]], frozenset[str]] = cache(frozenset)
"""One set for all that say the same."""


@dataclass(frozen=True, slots=True)
class Card:
    """Whose a filing is, of which form and period: what is told of it without taking it from the shelf."""

    form: Form
    agency: Agency
    year: int
    kind: Kind
    last_verified: bool
    open: frozenset[str]
    """The severities of what is open of it, and the code of a doubt whose it is."""


@dataclass(slots=True)
class Received(Shelved):
    """One file as received: what was read of it, and what is wrong with it so far."""

    BULK = ("filing", "path", "sha256", "verdict", "findings", "places", "paragraphs", "saved", "answers")

    path: Path
    sha256: str
    verdict: Verdict
    filing: Filing | None = None
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, Places] = field(default_factory=dict)
    paragraphs: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """The rows in which the paragraphs of each text part stand."""
    saved: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    """Where on 校验 the 情况说明 of each rule that may be explained is written."""
    set_aside: bool = False
    """Whether another file of the same agency contradicts or replaces it, so that it does not count."""
    superseded_by: str = ""
    """The newer file of the same agency that was taken in its place."""
    originals: tuple[str, ...] = ()
    """Which files it was made from, the latest first: what went back to be corrected carries their SHA-256."""

    def located(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """Findings of rules with their file, agency, sheet and cell, as the file was received."""
        assert self.filing is not None
        return map(Whereabouts(self.filing, slashed(self.path), self.places, self.paragraphs).located, found)

    def in_sight(self) -> Card | frozenset[str]:
        """Its card; of one that could not be read what would be told there of what is open."""
        told = _alike(
            frozenset(said for f in self.findings if f.open for said in (f.severity, f.code) if said in _TELLING)
        )
        if (one := self.filing) is None:
            return told
        return Card(one.form, replace(one.agency), one.year, one.kind, one.last_verified, told)

    @property
    def card(self) -> Card | Filing | None:
        """Whose it is, of which form and period, wherever it lies; None for one that could not be read."""
        if not self.away:
            return self.filing
        return self._sight if isinstance(self._sight, Card) else None

    @property
    def open_errors(self) -> bool:
        return "error" in self._open

    @property
    def open_queries(self) -> bool:
        return "query" in self._open

    @property
    def _open(self) -> Iterable[str]:
        if not self.away:
            return [f.severity for f in self.findings if f.open]
        return self._sight.open if isinstance(self._sight, Card) else self._sight

    @property
    def known(self) -> Filing:
        """What it says, of a file that could be read."""
        assert self.filing is not None
        return self.filing

    @property
    def unsettled(self) -> str:
        """What of it is open, in words: 还有 2 项错误、1 项核实没有了结, and of a summary its own part; "" where nothing is."""
        open_ = [f.severity for f in self.findings if f.open]
        counts = [f"{open_.count(severity)} 项{words}" for severity, words in SEVERITIES.items()
                  if severity in open_ and severity != "note"]  # fmt: skip
        said = [f"还有 {'、'.join(counts)}没有了结"] if counts else []
        if own := self.own_part:
            titles = several(list(dict.fromkeys(CATALOGUE[f.code].title for f in own)), 4, "种")
            said.append(f"本级的文字、签字还有 {len(own)} 项没有办好（{titles}）")
        return "；".join(said)

    @property
    def own_part(self) -> list[Finding]:
        """Of a summary, what is open in the area's own texts and sign-off: notes here, queries to the level above."""
        return [f for f in self.findings if f.open and f.severity == "note" and f.above]

    @property
    def unready(self) -> str:
        """Why it is not to be published yet, in words: what is open, and who is not in a summary; "" where it may be."""
        waiting = f"汇总 {self.provisional}" if self.provisional else ""
        return "；".join(filter(None, (self.unsettled, waiting)))

    @property
    def provisional(self) -> str:
        """Of a summary, how many of the agencies are in it and who is not; "" where all are."""
        return completeness(self.filing.members) if self.filing and lacking(self.filing) else ""

    @property
    def doubt(self) -> Finding | None:
        """The open finding that another agency than the form's seems to have filled it in."""
        if self.away and _DOUBT not in self._open:
            return None
        return next((f for f in self.findings if f.open and f.code == _DOUBT), None)

    @property
    def accepted(self) -> bool:
        """Readable, no open error, no open query."""
        return self.card is not None and not (self.open_errors or self.open_queries or self.set_aside)

    def add(self, *found: Finding) -> None:
        """Tells findings of it: the only way for one to come to it."""
        if found:
            self.findings = [*self.findings, *found]

    def revise(self, findings: Iterable[Finding]) -> None:
        """Puts its findings as they now stand in the place of what they were: closed, or told otherwise."""
        now = [*findings]
        if now != self.findings:
            self.findings = now

    def unread(self, found: Finding) -> None:
        """Makes it a file that could not be read, for which this finding stands alone: nothing of it is used any more."""
        self.filing, self.verdict, self.findings, self.places, self.answers = None, "unreadable", [found], {}, {}
