"""Texts: a paragraph that a row cannot hold would print cut short; of more words than a report has, the rest is not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from xltools.classes import dataclass
from xltools.findings import Finding
from xltools.form.layout import PARAGRAPH_LIMIT
from xltools.form.model import Filing, Rule
from xltools.rules.prose.text import READ_LIMIT, unread


@dataclass(frozen=True, kw_only=True)
class Paragraph(Rule):
    """No paragraph is longer than the tallest row shows."""

    kind: ClassVar[str] = "paragraph"
    rank: ClassVar[int] = 70

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """A finding for each that is."""
        for _, at, paragraph in filing.paragraphs:
            if len(paragraph) > PARAGRAPH_LIMIT:
                yield self.breach(
                    "text-too-long", at, rule=None, basis=None, count=len(paragraph), limit=PARAGRAPH_LIMIT
                )
        if beyond := unread(filing):
            count = sum(len(paragraph) for said in filing.texts.values() for paragraph in said)
            yield self.breach(
                "text-vast", beyond, severity="query", rule=None, basis=None, count=count, limit=READ_LIMIT
            )
