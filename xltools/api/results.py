"""What the calls of the door give back. ``to_json`` is what the command prints with ``--json``; ``to_frame`` is for pandas:
counts ``Int64`` (a blank is ``<NA>``), money ``Decimal`` in 万元, exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from xltools.classes import dataclass
from xltools.errors import XltoolsError
from xltools.terms import AgencyJson

if TYPE_CHECKING:
    import pandas as pd

    from xltools.api.showing import Viewed
    from xltools.collection.collected import Collection
    from xltools.findings import Finding
    from xltools.form.model import Agency, Filing
    from xltools.ingest.run import Done
    from xltools.publication.content import Report
    from xltools.received.read import Received
    from xltools.season.record import Changes
    from xltools.slips import Slip
    from xltools.summary import Summary

_TOLD = 8
"""Findings that a hint tells one by one: of a summary's own part there are hardly ever more."""


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
class Blanks:
    """Blank workbooks that were written, a file an agency."""

    files: tuple[Path, ...]
    agencies: tuple[Agency, ...]
    year: int
    findings: Sequence[Finding]
    hints: Sequence[str]
    """What is good to know beside the result: blanks that were there already, or are nobody's any more."""

    def to_json(self) -> dict[str, Any]:
        """Files with their agencies, and findings on last year's figures."""
        from xltools.outputs import slashed

        told = [{"file": slashed(f), "agency": a.as_json()} for f, a in zip(self.files, self.agencies, strict=True)]
        return {"year": self.year, "blanks": told, "findings": [f.as_json() for f in self.findings]}

    def to_frame(self) -> pd.DataFrame:
        """File, code, name and level of each blank."""
        import pandas as pd

        rows = [(str(f), a.code, a.name, a.level) for f, a in zip(self.files, self.agencies, strict=True)]
        return pd.DataFrame(rows, columns=["file", "code", "name", "level"])


@dataclass(frozen=True)
class Reading:
    """A file that was read. ``findings`` are what was told of it; where it could not be read there is no ``filing``."""

    received: Received
    findings: Sequence[Finding]

    @property
    def filing(self) -> Filing:
        """What it says; XltoolsError where that could not be read."""
        if self.received.filing is None:
            raise XltoolsError(self.findings[0].message)
        return self.received.filing

    @property
    def open_errors(self) -> bool:
        """Whether it could not be read, or not all of it."""
        return self.received.open_errors or any(f.open and f.severity == "error" for f in self.findings)

    def to_json(self) -> dict[str, Any]:
        """The figures and texts, as ``export`` gives them."""
        from xltools.received.exchange import filing_json

        return {**filing_json(self.filing)}

    def to_frame(self) -> pd.DataFrame:
        """One row, a column a field."""
        from xltools.frames import frame_of

        return frame_of([self.filing])


@dataclass(frozen=True)
class Exported(Reading):
    """A file's figures in a format; ``content`` is None where ``findings`` say why there is none."""

    output: Path | None = None
    content: bytes | None = None
    judged: bool = False

    @property
    def hints(self) -> list[str]:
        """What is open in it, where that stands in the output too; else that some cells could not be read well."""
        if self.judged and self.received.unsettled:
            return [f"{self.received.unsettled}，每张表顶上都写着；详见 xltools check"]
        return [f"{self.received.path} 有读不出或读得不妥的格，详见 xltools check"] if self.open_errors else []


@dataclass(frozen=True)
class ExportedSet:
    """The figures of many filings in a format, a row each."""

    collection: Collection
    output: Path | None
    content: bytes

    @property
    def open_errors(self) -> bool:
        """Whether an error is open anywhere."""
        return self.collection.open_errors

    @property
    def hints(self) -> list[str]:
        """Which files are not in it."""
        from xltools.collection.states import counting

        there = {id(received) for received in counting(self.collection)}
        out = [received.path.name for received in self.collection.received if id(received) not in there]
        return [f"有 {len(out)} 个文件不在导出的数里（读不出，或者一个单位报来几份）：{'、'.join(out)}"] if out else []

    def to_json(self) -> dict[str, Any]:
        """The filings judged, as ``check --json`` prints them."""
        from xltools.collection.account import collection_json

        return {**collection_json(self.collection)}

    def to_frame(self) -> pd.DataFrame:
        """The figures, a row each."""
        from xltools.frames import tidy

        return tidy(self.collection)


@dataclass(frozen=True)
class Reported(Reading):
    """A report that was written; ``output`` is None where ``findings`` say why there is none."""

    output: Path | None = None
    report: Report | None = None

    @property
    def hints(self) -> list[str]:
        """Why it is a draft, and which parts are still without words."""
        if self.report is None:
            return []
        lacking = f"“{'”“'.join(self.report.lacking)}”还没有文字，公布以前要写上" if self.report.lacking else ""
        draft = f"{self.report.draft}详见 xltools check" if self.report.draft else ""
        own = [found.message for found in self.received.own_part[:_TOLD]]
        kept = (
            "开头用的是填报表里记着的本单位公布过的一段；要改用格式规定的，加 --address 或 --email"
            if self.report.kept
            else ""
        )
        return [words for words in (draft, *own, lacking, kept) if words]

    def to_json(self) -> dict[str, Any]:
        """The file (null where there is none), why it is a draft, the parts without words, what kept it from being written."""
        from xltools.outputs import slashed

        return {
            "file": slashed(self.output) if self.output else None,
            "draft": self.report.draft if self.report else None,
            "lacking": list(self.report.lacking) if self.report else [],
            "opening": self.report.opening if self.report else None,
            "findings": [f.as_json() for f in self.findings],
        }


@dataclass(frozen=True)
class Filled:
    """A blank filled in. ``findings``: totals that were given and are not right; ``hints``: what was not used."""

    output: Path
    filing: Filing
    findings: Sequence[Finding]
    hints: Sequence[str]

    def to_json(self) -> dict[str, Any]:
        """The file, and the findings."""
        from xltools.outputs import slashed

        return {"file": slashed(self.output), "findings": [f.as_json() for f in self.findings]}

    def to_frame(self) -> pd.DataFrame:
        """One row, a column a field."""
        from xltools.frames import frame_of

        return frame_of([self.filing])


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


@dataclass(frozen=True)
class Imported:
    """Reports read back, each with the workbook written and what is open about it."""

    items: Sequence[Done]

    @property
    def open_errors(self) -> bool:
        """Whether an error is open about any of them."""
        return any(item.open_errors for item in self.items)

    def to_json(self) -> dict[str, Any]:
        """Reports with their workbooks (null where there is none), findings, and each figure as printed and where it was read."""
        from xltools.outputs import slashed

        told = [
            {
                "source": slashed(item.source),
                "file": slashed(item.output) if item.output else None,
                "findings": [f.as_json() for f in item.findings],
                "figures": [{"field": name, "seen": seen, "place": place} for name, (seen, place) in item.seen.items()],
            }
            for item in self.items
        ]
        return {"reports": told}

    def to_frame(self) -> pd.DataFrame:
        """The figures of the workbooks written, a row each."""
        from xltools.frames import frame_of
        from xltools.received.read import read_file

        read = (read_file(item.output).filing for item in self.items if item.output)
        return frame_of(filing for filing in read if filing)


@dataclass(frozen=True)
class Listing:
    """What is listed: forms, one form, finding codes. ``rows`` names the part that a frame shows; all of it where it is ""."""

    data: Any
    rows: str = ""

    def to_json(self) -> Any:
        """What the command prints with ``--json``."""
        return self.data

    def to_frame(self) -> pd.DataFrame:
        """The rows as they are listed."""
        import pandas as pd

        return pd.DataFrame(self.data[self.rows] if self.rows else self.data)
