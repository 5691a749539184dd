"""What the calls over a whole set give back: what was found of it, and the summary that was made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from xltools.classes import dataclass
from xltools.terms import AgencyJson

if TYPE_CHECKING:
    import pandas as pd

    from xltools.api.showing import Viewed
    from xltools.collection.collected import Collection
    from xltools.form.model import Filing
    from xltools.received.file import Received
    from xltools.season.record import Changes
    from xltools.slips import Slip
    from xltools.summary import Summary


class ReturnJson(TypedDict):
    """A file that goes back: where it lies, about which file received (null: none alone), what it is in a word."""

    file: str
    about: str | None
    what: str


class PartJson(AgencyJson):
    """What an agency's file says of one field: as a number, and in words; and where it stands there."""

    file: str
    sheet: str
    cell: str
    value: int | float | None
    text: str


@dataclass(frozen=True)
class Checked:
    """Filings judged. ``slips`` are the files that were written for those that go back; ``changes`` what has changed since the
    last run in a working folder."""

    collection: Collection
    slips: Sequence[Path] | None
    changes: Changes | None
    hints: Sequence[str]
    page: Path | None
    """Where the page of the check lies, where one was written."""
    sent: Sequence[Slip] = field(default=(), kw_only=True)
    """The same files as ``slips``, each with whose it is."""

    @property
    def next(self) -> str:
        """What the office has to do next, in one sentence."""
        from xltools.collection.states import standings
        from xltools.season.ahead import next_step

        return next_step(standings(self.collection), slips=bool(self.sent))

    @property
    def next_at_desk(self) -> str:
        """The same for who sees a button for each step."""
        from xltools.collection.states import standings
        from xltools.season.ahead import next_at_desk

        return next_at_desk(standings(self.collection))

    @property
    def sent_in_words(self) -> str:
        """How many files go back, of each kind: 退回单 2 份、标注的表 2 份."""
        from xltools.slips import counted

        return counted(self.sent)

    def name_of(self, code: str) -> str:
        """The name of an agency, or of an area, by the roster; its code where that does not have it."""
        entry = self.collection.roster.by_code.get(code) if self.collection.roster else None
        return entry.agency.name if entry else code

    def contact(self, agency: str) -> tuple[str, str]:
        """Who at an agency (code) is asked, and the telephone, by the roster; "" for what it does not say."""
        entry = self.collection.roster.by_code.get(agency) if self.collection.roster else None
        return (entry.contact, entry.phone) if entry else ("", "")

    @property
    def chat(self) -> Path | None:
        """Where the words for the chat group lie, where they were written."""
        return next((s.path for s in self.sent if not (s.agency or s.file)), None)

    def told_to(self, agency: str) -> str:
        """What an agency (code) alone is told of the words for the chat group; "" where there is nothing."""
        from xltools.slips.chat import told_to

        return told_to(self.collection, agency)

    def returns(self, agency: str) -> list[ReturnJson]:
        """The files that go back to an agency (code)."""
        from xltools.outputs import slashed

        return [{"file": slashed(s.path), "about": slashed(s.file) if s.file else None, "what": s.what}
                for s in self.sent if s.agency == agency]  # fmt: skip

    @property
    def open_errors(self) -> bool:
        """Whether an error is open anywhere."""
        return self.collection.open_errors

    def to_json(self) -> dict[str, Any]:
        """What ``check --json`` prints."""
        from xltools.season.told import check_json

        return {**check_json(self.collection, self.slips, self.changes, self.page)}

    def to_frame(self) -> pd.DataFrame:
        """The figures, a row a filing that could be read."""
        from xltools.frames import frame_of

        return frame_of(r.filing for r in self.collection.received if r.filing)

    def shown(self, file: str) -> Viewed | None:
        """One of its files to be looked at, named as in ``to_json``; None for any other."""
        from xltools.api.showing import Viewed
        from xltools.outputs import slashed

        return next((Viewed(r) for r in self.collection.received if slashed(r.path) == file and r.filing), None)

    def outdated(self, summary: Viewed) -> bool | None:
        """Whether other files count now, or agencies stand otherwise, than when a summary was made; None where it does not say.

        Where it counts filings that were still to be asked about, such as are so now are counted, too."""
        from xltools.season.replacing import outdated

        return outdated(self.collection, summary.received)

    def parts(self, field: str) -> list[PartJson]:
        """What each file that counts says of a field: what a summary's figure is added up of. Nothing for no field of the form."""
        from xltools.api.showing import address_in
        from xltools.collection.states import parts_of
        from xltools.figures import as_json, show
        from xltools.outputs import slashed

        roster = self.collection.roster
        said: list[PartJson] = []
        for part in parts_of(self.collection, roster, roster.top.code if roster.top else "") if roster else ():
            filing = part.received.filing if part.received and part.included else None
            if filing is not None and part.received is not None and field in filing.form.fields:
                kind, value = filing.form.fields[field].type, filing.values[field]
                said.append({**part.entry.agency.as_json(), "file": slashed(part.received.path),
                             "sheet": filing.form.fields[field].section.sheet, "cell": address_in(part.received, field),
                             "value": as_json(value, kind), "text": "" if value is None else show(value, kind)})  # fmt: skip
        return said

    def findings_frame(self) -> pd.DataFrame:
        """The findings, a row each, with the keys of ``to_json``."""
        from xltools.frames import findings

        return findings(self.collection)


@dataclass(frozen=True)
class Merged(Checked):
    """A summary that was written, and judged: ``made``; ``kept`` is the one before it whose words were taken over."""

    summary: Summary
    made: Received
    kept: Filing | None = field(repr=False)
    beside: Sequence[Path] = ()
    """The files beside its workbook, with figures that are too many for it."""

    @property
    def output(self) -> Path:
        """Where it was written."""
        return self.made.path

    @property
    def open_errors(self) -> bool:
        """Whether an error is open in what came in, or in the summary."""
        return self.collection.open_errors or self.made.open_errors

    @property
    def left_out(self) -> list[Received]:
        """Files received whose figures are not in it."""
        return self.summary.left_out

    @property
    def kept_words(self) -> str:
        """What was taken over from the summary that it replaces, in words; "" for nothing."""
        from xltools.summary.kept import kept_words

        return kept_words(self.kept, self.summary.filing.signoff) if self.kept else ""

    def to_json(self) -> dict[str, Any]:
        """What ``merge --json`` prints."""
        from xltools.season.told import merge_json

        return {**merge_json(self.summary, self.made, self.kept_words, self.changes)}

    def to_frame(self) -> pd.DataFrame:
        """The summary's figures, one row."""
        from xltools.frames import frame_of

        return frame_of([self.summary.filing])
