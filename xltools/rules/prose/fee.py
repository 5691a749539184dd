"""Fees reported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from xltools.classes import dataclass
from xltools.expressions import expression
from xltools.findings import Finding, ParagraphAt
from xltools.form.lexicon import Lexicon
from xltools.form.model import Filing
from xltools.numerals import named, plain
from xltools.rules.prose.text import TextRule
from xltools.rules.prose.tokens import sentences


@dataclass(frozen=True, kw_only=True)
class Fee(TextRule):
    """A fee that the tables or another part speak of is reported in the part for it."""

    kind: ClassVar[str] = "text.fee"
    rank: ClassVar[int] = 130

    def judge(self, filing: Filing, told: frozenset[str] = frozenset()) -> Iterator[Finding]:
        """At most one finding."""
        lexicon = filing.form.lexicon
        place = next((s for s in filing.form.text_sections if s.id == lexicon.fee_section), None)
        if place is None or any(named(p, lexicon.fee) for p in filing.texts.get(place.id, ())):
            return
        sign = lexicon.fee_sign
        figure = sign.total(filing.values) if sign else None
        why = f"有 {figure} 件申请因逾期没有交费不再处理，说明发过收费通知" if figure else _charged(filing, lexicon)
        if why:
            related = sign.fields if sign and figure else ()
            yield self.breach("text-fee", ParagraphAt(place.id), related=related, fee=lexicon.fee[0], why=why)


_AMOUNT = expression(r"[1-9][\d,.]{0,15}万?元")


def _charged(filing: Filing, lexicon: Lexicon) -> str:
    """Where another part tells of the fee with an amount."""
    for section in filing.form.text_sections:
        for paragraph in filing.texts.get(section.id, ()):
            for sentence in sentences(paragraph) if named(paragraph, lexicon.fee) else ():
                if named(sentence, lexicon.fee) and _AMOUNT.search(plain(sentence)):
                    return f"“{section.sheet}”写了收取{lexicon.fee[0]}的金额"
    return ""
