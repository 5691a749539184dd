"""Last year's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.findings import Finding, ParagraphAt
from xltools.form.model import Filing
from xltools.numerals import plain
from xltools.rules.prose.text import TextRule, paragraphs

GRAM = 12
"""Characters that, the same in a row in both years, are taken for repeated."""

_MARK = expression(r"[\W_]+")
_DIGITS = expression(r"\d+")


@dataclass(frozen=True, kw_only=True)
class Repetition(TextRule):
    """Of a text of ``least`` characters or more, less than ``share`` percent is last year's, figures apart."""

    kind: ClassVar[str] = "text.repeated"
    rank: ClassVar[int] = 120

    share: int
    least: int

    @property
    def sentence(self) -> str:
        """What must hold."""
        return self.text.format(share=self.share, least=self.least)

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """At most one finding, at the paragraph with most of it."""
        if not filing.last_texts:
            return
        old = {g for texts in filing.last_texts.values() for p in texts for g in grams(_wording(p))}
        length = same = most = 0
        place: ParagraphAt | None = None
        for _, at, paragraph in paragraphs(filing):
            wording = _wording(paragraph)
            covered = _covered(wording, old)
            length, same = length + len(wording), same + covered
            if covered > most:
                most, place = covered, at
        if place is not None and length >= self.least and same * 100 >= length * self.share:
            yield self.breach("text-repeated", place, share=round(same * 100 / length), limit=self.share)


def _wording(paragraph: str) -> str:
    return _DIGITS.sub("0", _MARK.sub("", plain(paragraph)))


def grams(text: str) -> Iterator[str]:
    """The runs of letters of a text, one from each place."""
    return (text[at : at + GRAM] for at in range(len(text) - GRAM + 1))


def _covered(text: str, old: set[str]) -> int:
    """Characters of a text inside pieces that the old one has too."""
    count = end = 0
    for at, gram in enumerate(grams(text)):
        if gram in old:
            count += at + GRAM - max(at, end)
            end = at + GRAM
    return count
