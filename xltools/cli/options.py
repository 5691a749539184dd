"""Options that several commands share, and how they print."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from xltools.cli.screen import say

if TYPE_CHECKING:
    from xltools.collection.check import Collection
    from xltools.collection.previous import Previous
    from xltools.collection.roster import Roster
    from xltools.findings import Finding
    from xltools.form.model import Agency, Filing
    from xltools.received.read import Received

T = TypeVar("T")
PATH = click.Path(path_type=Path)

roster = click.option("--roster", "roster_path", type=PATH, metavar="FILE", help="名录（.xlsx 或 .csv）")
force = click.option("--force", is_flag=True, help="覆盖已有的文件")
as_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON")
year = click.option("--year", type=click.IntRange(1990, 2200), help="报告年度")
jobs = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    metavar="N",
    help="同时用几个进程（默认：每个核一个；文件不多时只用一个）",
)

previous = click.option(
    "--previous",
    "previous_paths",
    type=PATH,
    multiple=True,
    metavar="PATH",
    help="上年的填报表、文件夹或汇总表（可多次）",
)


def load_previous(paths: Sequence[Path], roster: Roster | None) -> Previous | None:
    """Last year's filings, where any are named."""
    from xltools.collection.previous import read_previous

    return read_previous(paths, roster) if paths else None


def load_roster(path: Path | None) -> Roster | None:
    """The roster, where one is named."""
    from xltools.collection.roster import read_roster

    return read_roster(path) if path else None


def not_filings(*paths: Path | None) -> frozenset[Path]:
    """Files that may lie among the filings without being any: the roster, the summary of an earlier run."""
    from xltools.inputs import real

    return frozenset(real(path) for path in paths if path)


def replaced(output: Path) -> Filing | None:
    """The summary that an output is written over. XltoolsError where it is a filing: what was received is not written over."""
    from xltools.errors import XltoolsError
    from xltools.received.read import read_file

    there = read_file(output).filing if output.is_file() else None
    if there is not None and there.kind == "filing":
        raise XltoolsError(f"不能写到“{output}”：它是一份填报表，收到的文件不改动；请换一个输出文件名")
    return there


def is_of(summary: Filing | None, area: Agency, year: int | None) -> bool:
    """Whether a summary is that of an area and year."""
    return summary is not None and (summary.agency.code, summary.year) == (area.code, year)


def progress(items: Sequence[T], label: str) -> Iterator[T]:
    """The items one by one, on a terminal with a bar on stderr: how many of how many, and the time left."""
    import sys

    if not sys.stderr.isatty() or len(items) < 5:
        yield from items
        return
    with click.progressbar(
        items,
        label=label,
        file=sys.stderr,
        show_pos=True,
        show_percent=False,
        info_sep="，还要 ",
        bar_template="%(label)s  %(bar)s  %(info)s",
        fill_char="█",
        empty_char="·",
        width=30,
    ) as bar:
        yield from bar


def print_findings(found: Iterable[Finding], *, err: bool = False) -> None:
    """Findings as lines: severity, message, remedy; on stdout, or on stderr where that is for a result alone."""
    from xltools.terms import SEVERITIES

    order = list(SEVERITIES)
    for item in sorted(found, key=lambda f: order.index(f.severity)):
        colour = {"error": "red", "query": "yellow", "note": "cyan"}[item.severity]
        # The number by which a query is named in 校验 and in 办理记录.
        state = (
            f"（{item.closure}）"
            if item.closure
            else f"［{item.rule or item.code}］"
            if item.severity == "query"
            else ""
        )
        say(item.message, state, mark=f"［{SEVERITIES[item.severity]}］", colour=colour, before="    ", err=err)
        if item.open and item.severity != "note":
            say(f"          → {item.remedy}。", err=err)


def print_collection(collection: Collection) -> None:
    """A check for people: file by file, then the set, then the count."""
    from xltools.collection.check import agency_of
    from xltools.findings.failures import apart

    for received in collection.received:
        with apart("show", received.path, received.unread, agency_of(received)):
            _print_file(received)
            continue
        _print_file(received)  # as one that could not be read
    if collection.findings:
        say("全部填报表：")
        print_findings(collection.findings)
    counts = collection.counts()
    say(
        f"共 {counts['filings']} 份，通过 {counts['accepted']} 份；错误 {counts['error']} 项，"
        f"核实 {counts['query']} 项，提示 {counts['note']} 项。"
    )


def _print_file(received: Received) -> None:
    from xltools.outputs import slashed

    filing = received.filing
    mark, colour = ("√", "green") if received.accepted else ("×", "red")
    who = f"　{filing.agency.name}，{filing.year} 年度" if filing else ""
    say(f" {slashed(received.path)}{who}", mark=mark, colour=colour)
    print_findings(received.findings)
