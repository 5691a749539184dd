"""What all rules about the words of a filing share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from xltools.findings import ParagraphAt
from xltools.form.fields import Section
from xltools.form.model import Filing, Rule, Scope


@dataclass(frozen=True, kw_only=True)
class TextRule(Rule):
    """A rule about texts, which an area writes itself."""

    def at(self, scope: Scope) -> Self | None:
        """The rule, in a summary one about the area's own part."""
        return self.own(scope)


def paragraphs(filing: Filing) -> Iterator[tuple[Section, ParagraphAt, str]]:
    """Every paragraph with its part and its place."""
    for section in filing.form.text_sections:
        for number, paragraph in enumerate(filing.texts.get(section.id, ())):
            yield section, ParagraphAt(section.id, number), paragraph
