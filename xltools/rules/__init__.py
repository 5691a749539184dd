"""The rules a filing is held against, a file for each kind. Every rule takes what it needs and yields findings."""

from __future__ import annotations

from collections.abc import Iterator

from xltools.findings import Finding
from xltools.model import Filing
from xltools.rules.blanks import blanks
from xltools.rules.culprit import culprit
from xltools.rules.lastyear import jumps, repeated
from xltools.rules.prose import PROSE_RULES
from xltools.rules.relations import relations
from xltools.rules.signoff import signoff
from xltools.rules.texts import texts

FILING_RULES = (blanks, relations, repeated, jumps, culprit, texts, *PROSE_RULES, signoff)
"""All rules over one filing. All of them always run."""


def judge(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """Every finding of every rule; ``told`` are the fields whose cells were reported while reading."""
    for rule in FILING_RULES:
        yield from rule(filing, file, told)
