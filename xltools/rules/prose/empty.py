"""Parts left empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.findings import Finding, ParagraphAt
from xltools.form.model import Filing
from xltools.rules.prose.text import TextRule
from xltools.terms import SEVERITIES, says_nothing


@dataclass(frozen=True, kw_only=True)
class Empty(TextRule):
    """Each text part says something; 无 alone only where that is a report.

    ``also`` are longer phrases that say nothing either. Excel, and so the cover, cannot tell them: they are a query.
    """

    kind: ClassVar[str] = "text.empty"
    rank: ClassVar[int] = 80

    also: tuple[str, ...] = ()

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """A finding for each part with nothing in it, or with 无 alone where that says nothing."""
        for section in filing.form.text_sections:
            paragraphs = [p for p in filing.texts.get(section.id, ()) if p.strip()]
            empty = not paragraphs or (not section.none and all(map(says_nothing, paragraphs)))
            hollow = not section.none and all(map(self._is_hollow, paragraphs))
            if not empty and not hollow:
                continue
            said = f"只写了“{paragraphs[0].strip()}”" if paragraphs else "没有填写"
            hint = "没有需要报告的，写“无”" if section.none else "写明本年的实际情况，不能只写“无”"
            yield self.breach("text-empty", ParagraphAt(section.id), said=said, hint=hint,
                              severity=self.severity if empty else min(self.severity, "query", key=_GRAVEST_LAST.index))  # fmt: skip

    def _is_hollow(self, paragraph: str) -> bool:
        bare = _MARK.sub("", paragraph)
        return not bare or bare in self.also or says_nothing(paragraph)


_MARK = expression(r"[\W_]+")
"""All but letters: a paragraph of nothing but stops and lines says nothing either."""
_GRAVEST_LAST = tuple(reversed(SEVERITIES))
