"""The summary workbook: the filing's own sheets over live sums, and the sheets that say where every figure comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

from xltools.characters import whole
from xltools.collection.collected import Collection, left_out
from xltools.collection.previous import Previous
from xltools.collection.roster import Roster
from xltools.collection.states import Standing
from xltools.findings.failures import going_on
from xltools.form.checkcode import check_code
from xltools.form.layout import layout_of
from xltools.form.model import Agency, Filing, Member
from xltools.ooxml.book import Book
from xltools.ooxml.cells import LIST_LIMIT
from xltools.ooxml.package import vast
from xltools.ooxml.pieces import pieces
from xltools.received.file import FILE_LIMIT, Received
from xltools.received.properties import STAMPS
from xltools.summary import Summary, merge
from xltools.summary.comparison import write_comparison
from xltools.summary.data import Progress, quietly, too_large, write_data, write_sources
from xltools.summary.issues import Issues, write_issues
from xltools.summary.judged import judged
from xltools.terms import SEVERITIES
from xltools.workbook.ledger import rows_of, sum_over, target, write_ledger
from xltools.workbook.standings import COLUMNS, StandingLine, Stretch, write_standings
from xltools.workbook.table_sheets import Computed
from xltools.workbook.write import write_filing

OWN = Path("（本汇总表）")
"""Where the summary's own findings are, on its 审核问题."""


def summarise(
    collection: Collection,
    roster: Roster,
    area: Agency,
    progress: Progress = quietly,
    *,
    include_queried: bool = False,
    previous: Previous | None = None,
    kept: Filing | None = None,
    name: str = "",
) -> tuple[Summary, bytes]:
    """The summary of an area as ``merge`` makes it, and its workbook, of that ``name``.

    A file over which the program fails, at whatever sheet, is left out and told, and counts as one that could not be read.
    """

    def made(files: Sequence[Received]) -> tuple[Summary, bytes]:
        those = collection.of(files)
        summary = merge(those, roster, area, include_queried=include_queried, previous=previous, kept=kept)
        return summary, write_summary(summary, progress, name)

    return going_on(collection.received, made, partial(left_out, "merge"))


def write_summary(summary: Summary, progress: Progress = quietly, name: str = "") -> bytes:
    """The whole workbook of a summary; ``progress`` may show how far it is. ``name``, without ending, is what those beside it share.

    XltoolsError where it would be larger than what is read: what is written can be read again.
    """
    filing, filings = summary.filing, summary.included
    if len(summary.standings) * COLUMNS > LIST_LIMIT:
        raise too_large(summary, "工作簿")
    layout = layout_of(filing.form)
    # Who is lacking stands above every sheet.
    issues = Issues(summary, [f for f in judged(summary, OWN).findings if f.code != "summary-provisional"])

    def more(book: Book) -> None:
        write_ledger(book, layout, filings, filing, summary.status, summary.sums, name)
        write_standings(book, list(_stretches(summary, issues)), summary.status)
        write_issues(book, issues, summary.status)
        write_comparison(book, layout, filing, summary.status)
        write_data(book, summary, name, progress)
        write_sources(book, summary)

    rows = rows_of(filing.form, len(filings))
    computed = Computed(lambda f: sum_over(layout, rows, f), lambda f: target(layout, rows, f))
    kept = pieces(STAMPS, filing.stamps)
    content = write_filing(filing, status=summary.status, entry=computed, more=more, kept=kept)
    if len(content) > FILE_LIMIT or vast(content):
        raise too_large(summary, "工作簿")
    return content


def _stretches(summary: Summary, issues: Issues) -> Iterator[Stretch]:
    """An agency a line; those of a summary that came in stand below the line of that summary."""
    for _, group in groupby(summary.standings, lambda s: id(s.received) if s.via else None):
        standings = list(group)
        part = standings[0].received if standings[0].via else None
        if part and part.card:
            counted = sum(s.included for s in standings)
            member = Member(part.card.agency, standings[0].state, counted > 0)
            yield Stretch(1, [_file(member, part, issues, f"{counted}/{len(standings)} 家")])
        yield Stretch(len(standings), map(partial(_line, issues), standings), part is not None)


def _line(issues: Issues, standing: Standing) -> StandingLine:
    if standing.via:  # its filing was checked where that summary was made
        return StandingLine(standing.member)
    if standing.received is None:
        return StandingLine(standing.member, issue=issues.first_row(standing.entry.agency.code))
    return _file(standing.member, standing.received, issues)


def _file(member: Member, received: Received, issues: Issues, part: str = "") -> StandingLine:
    open_ = [f.severity for f in received.findings if f.open]
    code = (check_code(received.filing) or "") if received.filing else ""
    counts = tuple(open_.count(severity) for severity in SEVERITIES)
    return StandingLine(member, counts, code, whole(received.path.name), issues.first_row(member.agency.code), part)
