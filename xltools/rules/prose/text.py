"""What all rules about the words of a filing share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from xltools.classes import dataclass
from xltools.findings import ParagraphAt
from xltools.form.fields import Section
from xltools.form.model import Filing, Rule, Scope


@dataclass(frozen=True, kw_only=True)
class TextRule(Rule):
    """A rule about texts, which an area writes itself."""

    def at(self, scope: Scope) -> Self | None:
        """The rule, in a summary one about the area's own part."""
        return self.own(scope)


READ_LIMIT = 150_000
"""Characters of a filing's words that are held against anything: ten times as many as a long report has."""


def paragraphs(filing: Filing) -> Iterator[tuple[Section, ParagraphAt, str]]:
    """Every paragraph with its part and its place, as far as they are read; ``unread`` says what follows."""
    room = READ_LIMIT
    for section, at, paragraph in filing.paragraphs:
        room -= len(paragraph)
        if room < 0:
            return
        yield section, at, paragraph


def unread(filing: Filing) -> ParagraphAt | None:
    """The first paragraph that is not read any more, since there are too many words; None where all are."""
    room = READ_LIMIT
    for _, at, paragraph in filing.paragraphs:
        room -= len(paragraph)
        if room < 0:
            return at
    return None
