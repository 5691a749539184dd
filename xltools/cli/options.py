"""Options that several commands share, and how they print."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from xltools.cli.screen import hint, say
from xltools.periods import in_words, period
from xltools.terms import LEVELS, SOME, Level, level_of

if TYPE_CHECKING:
    from xltools.collection.collected import Collection
    from xltools.findings import Finding
    from xltools.received.file import Received
    from xltools.season.record import Changes

T = TypeVar("T")
PATH = click.Path(path_type=Path)

roster = click.option("--roster", "roster_path", type=PATH, metavar="FILE", help="名录（.xlsx 或 .csv）")
force = click.option("--force", is_flag=True, help="覆盖已有的文件")
as_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON")


class _Period(click.ParamType):  # type: ignore[type-arg]  # not generic in every version
    """A report year, or a part of one: 2026, 2026年上半年."""

    name = "year"

    def convert(self, value: object, param: click.Parameter | None, context: click.Context | None) -> int:
        try:
            found = period(value if isinstance(value, int) else str(value))
        except ValueError:
            self.fail(f"{value!r} 不是报告年度；例：2026，按期报的例：2026年上半年", param, context)
        if not 1990 <= found <= 2200:
            self.fail(f"{value} 不在 1990 到 2200 之间", param, context)
        return found


class _Level(click.Choice):  # type: ignore[type-arg]  # not generic in every version
    """A level by its id or its Chinese words, as on the roster."""

    words = tuple(f"{words}（{level}）" for level, words in LEVELS.items())

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Level:
        level: Level = super().convert(level_of(str(value)) or value, param, ctx)
        return level


LEVEL = _Level(list(LEVELS))


def ask_back(given: int | None) -> None:
    """A year far ahead is most likely mistyped: on a terminal it is asked back, elsewhere told."""
    import sys
    from datetime import date

    if given is None or given <= date.today().year + 1:
        return
    words = f"{in_words(given)}离现在还远，看看年度有没有写错"
    if sys.stdin.isatty():
        click.confirm(f"{words}。就是这个年度吗", abort=True, err=True)
    else:
        hint(words)


PERIOD = _Period()
year = click.option("--year", type=PERIOD, help="报告年度；按期报的写 2026年上半年")
verbose = click.option("-v", "--verbose", is_flag=True, help="逐个文件、逐项列出（文件不多时本来就列出）")
prefer = click.option("--prefer", type=click.Choice(["newest"]), help="一个单位有几份不同的表时，取最后保存的一份")
jobs = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    metavar="N",
    help="同时用几个进程（默认：每个核一个；文件不多时只用一个）",
)

family = click.option("--family", metavar="NAME", help="报表种类（几种报表放在一起时；默认：工作文件夹的）")

previous = click.option(
    "--previous",
    "previous_paths",
    type=PATH,
    multiple=True,
    metavar="PATH",
    help="上年的填报表、文件夹或汇总表（可多次）",
)


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


def print_hints(hints: Iterable[str]) -> None:
    """What is good to know beside the result."""
    for words in hints:
        hint(words)


def print_changes(changes: Changes | None) -> None:
    """What has changed since the last run, where there was one to be remembered."""
    for line in changes.lines() if changes else ():
        say(line)


def print_findings(found: Iterable[Finding], *, err: bool = False) -> None:
    """Findings as lines: severity, message, remedy; on stdout, or on stderr where that is for a result alone."""
    from xltools.terms import SEVERITIES

    order = list(SEVERITIES)
    for item in sorted(found, key=lambda f: order.index(f.severity)):
        colour = {"error": "red", "query": "yellow", "note": "cyan"}[item.severity]
        state = f"（{item.closure}）" if item.closure else f"［{item.number}］" if item.severity == "query" else ""
        say(item.message, state, mark=f"［{SEVERITIES[item.severity]}］", colour=colour, before="    ", err=err)
        if item.open and item.severity != "note":
            say(f"          → {item.remedy}。", err=err)


def print_collection(
    collection: Collection, *, verbose: bool, slips: bool = False, home: bool = False, folded: str = ""
) -> bool:
    """A check for people: of a few files, or where that is asked for (``verbose``), all of it; else in a few lines.

    Whether all of it was printed. ``slips`` and ``home``: what goes back is written; in a working folder. ``folded``: the notes on
    files are told elsewhere, which these words say; they are counted alone.
    """
    whole = verbose or len(collection.received) <= SOME
    if whole:
        _print_whole(collection, "" if verbose else folded)
    else:
        from xltools.pages.brief import brief

        for line in brief(collection, slips=slips, home=home):
            say(line)
    say(collection)
    return whole


def _print_whole(collection: Collection, folded: str) -> None:
    """File by file, then the set; notes on files alone, where they are told elsewhere, in one line."""
    from xltools.collection.collected import agency_of
    from xltools.findings.failures import apart

    for received in collection.received:
        with apart("show", received.path, received.unread, agency_of(received)):
            _print_file(received, notes=not folded)
            continue
        _print_file(received, notes=not folded)  # as one that could not be read
    notes = sum(f.severity == "note" for received in collection.received for f in received.findings)
    if folded and notes:
        say(f"各单位的提示 {notes} 项不在这里再列：{folded}。")
    if collection.findings:
        say("全部填报表：")
        print_findings(collection.findings)


def _print_file(received: Received, *, notes: bool) -> None:
    from xltools.outputs import slashed

    filing = received.filing
    who = f"　{filing.agency.name}，{in_words(filing.year)}" if filing else ""
    if received.superseded_by:  # nothing of it is to be done any more
        say(f" {slashed(received.path)}{who}（已由“{received.superseded_by}”代替，不计）", mark="－", colour="cyan")
        return
    mark, colour = ("√", "green") if received.accepted else ("×", "red")
    say(f" {slashed(received.path)}{who}", mark=mark, colour=colour)
    print_findings(f for f in received.findings if notes or f.severity != "note")
