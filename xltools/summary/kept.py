"""What an office typed into a summary that a new one takes the place of: texts, explanations, adjustments go on, a sign-off falls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xltools.collection.explanations import stamps_of
from xltools.form.model import Filing


def taken_over(filing: Filing, kept: Filing) -> Filing:
    """The new summary with what was typed into the one before it.

    Who signs stays as a proposal where other figures, or those of other agencies, are in it now; the date on which they signed goes.
    """
    signoff = kept.signoff if _same(filing, kept) else {**kept.signoff, "date": ""}
    return replace(filing, texts=kept.texts, signoff=signoff, explanations=kept.explanations, stamps=stamps_of(kept))


def _same(filing: Filing, kept: Filing) -> bool:
    return filing.values == kept.values and _counted(filing) == _counted(kept)


def _counted(filing: Filing) -> set[str]:
    return {member.agency.code for member in filing.members if member.counted}


def kept_words(kept: Filing, signoff: Mapping[str, str]) -> str:
    """What of an earlier summary is taken over, in words, ``signoff`` being what became of its own; "" for nothing."""
    paragraphs = sum(len(lines) for lines in kept.texts.values())
    fallen = bool(kept.signoff.get("date")) and not signoff.get("date")
    signed = "签字（只留姓名：数变了，填报日期去掉了，请核对后重新签）" if fallen else "签字"
    taken = {f"文字 {paragraphs} 段": paragraphs > 0, signed: any(kept.signoff.values()),
             f"情况说明 {len(kept.explanations)} 条": bool(kept.explanations),
             f"调整 {len(kept.adjustments)} 行": bool(kept.adjustments)}  # fmt: skip
    return "、".join(words for words, there in taken.items() if there)
