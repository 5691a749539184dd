"""What all rules about the words of a filing share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from xltools.findings import ParagraphAt
from xltools.form.model import Filing, Rule, Scope, Section


@dataclass(frozen=True, kw_only=True)
class TextRule(Rule):
    """A rule about texts; for a summary, whose texts are written last, a note."""

    def at(self, scope: Scope) -> Self | None:
        """The rule, no more than a note for a summary."""
        return replace(self, severity="note") if scope.kind == "summary" else self


def paragraphs(filing: Filing) -> Iterator[tuple[Section, ParagraphAt, str]]:
    """Every paragraph with its part and its place."""
    for section in filing.form.text_sections:
        for number, paragraph in enumerate(filing.texts.get(section.id, ())):
            yield section, ParagraphAt(section.id, number), paragraph
