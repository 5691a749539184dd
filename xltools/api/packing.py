"""A season's summary is packed for the level above."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

from xltools.api.door import Name, alone, door, settings_of
from xltools.classes import dataclass
from xltools.commands import BY_MERGE
from xltools.errors import XltoolsError


class PackedJson(TypedDict):
    """``pack --json``: the archive and the names in it; ``draft`` why the report in it is none to be published ("" where it is);
    ``left`` what lies beside the summary and is too large to go with it; ``outdated`` whether other files count now than it was
    made of (null where it does not say of which)."""

    file: str
    names: list[str]
    draft: str
    left: list[str]
    outdated: bool | None


@dataclass(frozen=True)
class Packaged:
    """What goes to the level above, in one archive."""

    output: Path
    names: tuple[str, ...]
    draft: str
    left: tuple[str, ...] = ()
    outdated: bool | None = None

    def to_json(self) -> PackedJson:
        """What ``pack --json`` prints."""
        from xltools.outputs import slashed

        return {"file": slashed(self.output), "names": list(self.names), "draft": self.draft,
                "left": list(self.left), "outdated": self.outdated}  # fmt: skip


@door
@alone
def pack(output: Name | None = None, *, force: bool = False, home: Name | None = None) -> Packaged:
    """Packs the season's summary for the level above: the workbook, its figures alone, the annual report as Word and as a page,
    and what stands beside the workbook because it is too much for it; but for 数据 where that is too much for an archive.

    Into 汇总, or to ``output`` (.zip). The folder's own is replaced. XltoolsError where there is no summary yet.
    """
    from xltools.collection.roster import read_roster
    from xltools.outputs import write_whole
    from xltools.publication.content import report_of
    from xltools.publication.endings import writer_of
    from xltools.received.companions import FIGURES, REPORTS, SUMMARY
    from xltools.received.exports import format_of
    from xltools.season.home import summary_path
    from xltools.season.named import area_of
    from xltools.season.parcel import parcel
    from xltools.season.replacing import outdated
    from xltools.season.work import as_it_stands, settle

    settings = settings_of(home)
    summary = summary_path(settings, area_of(read_roster(settings.roster), None, None, None))
    if not summary.is_file():
        raise XltoolsError(f"还没有汇总表“{summary.name}”；请先汇总{BY_MERGE}")
    [received] = settle((summary,), home=settings.home).alone().received
    if received.filing is None:
        raise XltoolsError(received.findings[0].message)
    stem = summary.name.removesuffix(SUMMARY)
    report = report_of(received)
    target = Path(output) if output is not None else summary.with_name(f"{stem}_上报.zip")
    members = {}
    for name in (f"{stem}{ending}" for ending in REPORTS):
        members[name] = writer_of(Path(name))(report)
    figures = f"{stem}{FIGURES}"
    members[figures] = format_of(None, Path(figures)).one(received)
    content, names, left = parcel(summary, received.filing, members)
    write_whole(target, content, force=force or output is None)
    return Packaged(target, tuple(names), report.draft, tuple(left), outdated(as_it_stands(settings.home), received))
