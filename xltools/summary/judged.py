"""A summary judged when it is made: by the rules, and with the words, with which the level above will judge it."""

from __future__ import annotations

from pathlib import Path

from xltools.collection.check import check_made
from xltools.outputs import slashed
from xltools.received.file import Received
from xltools.received.summed import told_of
from xltools.summary import Summary
from xltools.workbook.ledger import adjustment_rows, rows_of


def judged(summary: Summary, path: Path) -> Received:
    """The summary as it would be read from the file at ``path``: what is wrong with it, what is explained, what it lacks."""
    filing = summary.filing
    made = Received(path, "", "original", filing)
    rows = zip(adjustment_rows(rows_of(filing.form, len(summary.included))), filing.adjustments, strict=False)
    made.add(*told_of(slashed(path), filing, rows), *made.located(summary.notes))
    return check_made(made)
