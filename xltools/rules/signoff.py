"""谁提供、谁审核、谁负责: the cover names who answers for the filing, with a date after the report year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xltools.address import a1
from xltools.findings import Finding, finding
from xltools.layout import COVER, COVER_CELLS
from xltools.model import Filing
from xltools.terms import SIGNOFF, Severity


def signoff(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """Names not given are one finding, a date before the report year's end (or none) another; notes for a summary."""
    rule, said = filing.form.signoff, filing.signoff
    severity: Severity = "note" if filing.kind == "summary" else rule.severity
    rows = {key: row for row, key in enumerate(SIGNOFF, COVER_CELLS.signoff)}
    lacking = [key for key in (*rule.names, rule.date) if not said.get(key, "").strip()]
    if lacking:
        yield finding("signoff-missing", severity=severity, file=file, agency=filing.agency, sheet=COVER,
                      cell=a1(rows[lacking[0]], COVER_CELLS.column), rule=rule.id, basis=rule.basis,
                      place="、".join(SIGNOFF[key] for key in lacking))  # fmt: skip
    typed = said.get(rule.date, "").strip()
    if typed and not _in_time(typed, filing.year):
        yield finding("signoff-date", severity=severity, file=file, agency=filing.agency, sheet=COVER,
                      cell=a1(rows[rule.date], COVER_CELLS.column), rule=rule.id, basis=rule.basis,
                      typed=typed, year=filing.year, next=filing.year + 1)  # fmt: skip


def _in_time(typed: str, year: int) -> bool:
    try:
        return date.fromisoformat(typed) >= date(year, 12, 31)
    except ValueError:
        return False
