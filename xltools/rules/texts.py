"""Texts: a paragraph that a row cannot hold would print cut short."""

from __future__ import annotations

from collections.abc import Iterator

from xltools.address import a1
from xltools.findings import Finding, finding
from xltools.layout import PARAGRAPH_LIMIT, TEXT_TOP
from xltools.model import Filing


def texts(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """A note for each paragraph longer than the tallest row shows."""
    for section in filing.form.text_sections:
        for number, paragraph in enumerate(filing.texts.get(section.id, ())):
            if len(paragraph) > PARAGRAPH_LIMIT:
                yield finding("text-too-long", file=file, agency=filing.agency, sheet=section.sheet,
                              cell=a1(TEXT_TOP + number, 0), count=len(paragraph), limit=PARAGRAPH_LIMIT)  # fmt: skip
