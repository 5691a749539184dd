"""The demo's checks and summaries, and how it tells them: every file by its bare name, the same wherever the demo is played."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from xltools.collection.check import check
from xltools.collection.collected import Collection
from xltools.collection.roster import read_roster
from xltools.demo.published import filled
from xltools.demo.story import DemoSeason
from xltools.errors import XltoolsError
from xltools.findings import Finding
from xltools.form.model import Filing
from xltools.form.standing import STATES
from xltools.outputs import slashed
from xltools.summary import Summary, merge
from xltools.terms import SEVERITIES


def judged(files: Sequence[Path], roster: Path | None = None) -> Collection:
    """What ``check`` says of files, each told by its bare name, so that no folder of this machine is written anywhere."""
    collection = check(files, read_roster(roster) if roster else None)
    folders = {f"{slashed(received.path.parent)}/" for received in collection.received}
    for received in collection.received:
        received.path = Path(received.path.name)
        received.revise(_bare(found, folders) for found in received.findings)
    collection.findings = [_bare(found, folders) for found in collection.findings]
    return collection


def _bare(found: Finding, folders: Iterable[str]) -> Finding:
    def without(text: str) -> str:
        for folder in folders:
            text = text.replace(folder, "")
        return text

    detail = {key: without(value) if isinstance(value, str) else value for key, value in found.detail.items()}
    return replace(found, file=found.file and without(found.file), detail=detail)


def summed(season: DemoSeason, files: Sequence[Path], roster: Path) -> Summary:
    """The season's summary over files."""
    return merge(judged(files, roster), read_roster(roster), season.area)


def finished(season: DemoSeason, summary: Summary) -> Summary:
    """The summary with the area's own texts and signature written into it."""
    said = summary.filing
    own = filled(Filing(said.form, said.agency, said.year), season.own)
    return replace(summary, filing=replace(said, texts=own.texts, signoff=own.signoff))


def agreement(season: DemoSeason, summary: Summary) -> str:
    """The line that says that the summary is what was published, figure by figure; XltoolsError where it is not."""
    right, found = season.published.values, summary.filing.values
    different = [name for name in {**right, **found} if name not in right or found.get(name) != right[name]]
    if different:
        raise XltoolsError(f"演示的汇总与公布的数不一致（{'、'.join(different)}）；请把这一行发给维护人员")
    return f"{len(summary.included)} 家合计与公布的 {len(right)} 个数完全一致"


def told(summary: Summary) -> Iterator[str]:
    """What the check found, agency by agency, in plain lines to be read or printed."""
    filing = summary.filing
    yield f"{filing.agency.name} {filing.year} 年度填报表审核结果（演示：各单位及其数字是虚构的）"
    yield summary.status
    for standing in summary.standings:
        agency, received = standing.entry.agency, standing.received
        yield ""
        yield f"{agency.code}　{agency.name}：{STATES[standing.state]}{f'　{received.path.name}' if received else ''}"
        yield from _findings(received.findings if received else ())
    yield ""
    yield "全部填报表："
    yield from _findings(summary.collection.findings)


def _findings(found: Iterable[Finding]) -> Iterator[str]:
    for item in found:
        yield f"    ［{SEVERITIES[item.severity]}］{item.message}{'' if item.open else '（已有情况说明）'}"
        if item.open and item.severity != "note":
            yield f"          → {item.remedy}。"
