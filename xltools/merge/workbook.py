"""The summary workbook: the filing's own sheets over live sums, and the sheets that say where every figure comes from."""

from __future__ import annotations

from xltools.checkcode import check_code
from xltools.layout import ADJUSTMENTS, layout_of
from xltools.merge import STATES, Standing, Summary
from xltools.merge.comparison import write_comparison
from xltools.merge.data import Progress, quietly, write_data, write_sources
from xltools.merge.issues import Issues, write_issues
from xltools.model import Member
from xltools.terms import SEVERITIES
from xltools.workbook.book import Book
from xltools.workbook.ledger import sum_over, target, write_ledger
from xltools.workbook.standings import Line, write_standings
from xltools.workbook.tables import Computed
from xltools.workbook.write import write_filing


def write_summary(summary: Summary, progress: Progress = quietly) -> bytes:
    """The whole workbook of a summary; ``progress`` may show how far it is."""
    filing, filings = summary.filing, summary.included
    layout, issues = layout_of(filing.form), Issues.of(summary)
    lines = len(filings) + max(ADJUSTMENTS, len(filing.adjustments))

    def more(book: Book) -> None:
        write_ledger(book, layout, filings, filing.adjustments, summary.status)
        write_standings(book, [_line(s, issues) for s in summary.standings], summary.status)
        write_issues(book, issues, summary.status)
        write_comparison(book, layout, filing, summary.status)
        write_data(book, summary, progress)
        write_sources(book, summary)

    computed = Computed(lambda field: sum_over(layout, lines, field), lambda field: target(layout, field))
    return write_filing(filing, status=summary.status, entry=computed, more=more)


def _line(standing: Standing, issues: Issues) -> Line:
    agency, received = standing.entry.agency, standing.received
    state = STATES[standing.state] + ("（已计入）" if standing.included and standing.state == "queried" else "")
    member = Member(agency, standing.included, standing.via)
    if received is None:
        return Line(member, state)
    if standing.via:  # its filing was checked where that summary was made
        return Line(member, state, file=received.path.name)
    open_ = [f.severity for f in received.findings if f.open]
    code = (check_code(received.filing) or "") if received.filing else ""
    counts = tuple(open_.count(severity) for severity in SEVERITIES)
    return Line(member, state, counts, code, received.path.name, issues.first_row(agency.code))
