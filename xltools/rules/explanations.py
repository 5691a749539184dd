"""情况说明: an explanation closes a query; an empty phrase does not, and an error cannot be explained away."""

from __future__ import annotations

from dataclasses import replace

from xltools.findings import Finding
from xltools.model import Filing
from xltools.terms import explains


def close_explained(found: Finding, filing: Filing) -> Finding:
    """The finding, closed where it is a query whose rule carries an explanation."""
    said = filing.explanations.get(found.rule or "", "")
    return replace(found, open=False) if found.severity == "query" and explains(said) else found
