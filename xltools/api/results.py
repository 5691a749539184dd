"""What the calls of the door give back. ``to_json`` is what the command prints with ``--json``; ``to_frame`` is for pandas:
counts ``Int64`` (a blank is ``<NA>``), money ``Decimal`` in 万元, exact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.classes import dataclass
from xltools.commands import DETAILS, OTHER_OPENING
from xltools.errors import XltoolsError

if TYPE_CHECKING:
    import pandas as pd

    from xltools.collection.collected import Collection
    from xltools.findings import Finding
    from xltools.form.model import Agency, Filing
    from xltools.ingest.run import Done
    from xltools.publication.content import Report
    from xltools.received.file import Received

_TOLD = 8
"""Findings that a hint tells one by one: of a summary's own part there are hardly ever more."""


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
            return [f"{self.received.unsettled}，每张表顶上都写着；{DETAILS}"]
        return [f"{self.received.path} 有读不出或读得不妥的格，{DETAILS}"] if self.open_errors else []


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
        draft = f"{self.report.draft}{DETAILS}" if self.report.draft else ""
        own = [found.message for found in self.received.own_part[:_TOLD]]
        kept = "开头用的是填报表里记着的本单位公布过的一段" + OTHER_OPENING if self.report.kept else ""
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
