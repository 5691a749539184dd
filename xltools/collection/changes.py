"""What differs between two filings of one agency: the corrected one beside the old, this run's beside the last one's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xltools.classes import dataclass
from xltools.figures import Figure, show
from xltools.form.fields import Field
from xltools.form.model import Filing, Form
from xltools.terms import FEW, SIGNOFF, several


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that changed."""

    field: Field
    old: Figure
    new: Figure

    def __str__(self) -> str:
        return self.words()

    def words(self, between: str = " → ") -> str:
        """Where it is, and both figures."""
        old, new = (show(figure, self.field.type) for figure in (self.old, self.new))
        return f"“{self.field.section.sheet}”{self.field.place} {old}{between}{new}"


def changed(old: Mapping[str, Figure], new: Filing) -> list[Change]:
    """The input figures that are not what they were; of fields that the older form did not have, those that are not blank."""
    values = new.values
    found = ((field, old.get(field.id), values[field.id]) for field in new.form.inputs)
    return [Change(field, before, now) for field, before, now in found if before != now]


def is_blank(figures: Mapping[str, Figure], form: Form) -> bool:
    """Whether no figure was filled in yet: none but those that a blank brings along, which are last year's."""
    return all(figures.get(field.id) is None for field in form.inputs if field.id not in form.last.carried)


def told(changes: list[Change], ordered: bool = True) -> str:
    """Changed figures in words: how many, and the first few."""
    words = [change.words(" → " if ordered else " 与 ") for change in changes]
    count = f"改了 {len(changes)} 个数" if ordered else f"有 {len(changes)} 个数不同"
    return f"{count}：{several(words, FEW, '处', '；')}"


def difference(old: Filing, new: Filing, *, ordered: bool = True) -> str:
    """What the newer of two filings says differently, in words; "" where both say the same. ``ordered``: which is newer is known."""
    return "；".join(_differences(old, new, ordered))


def _differences(old: Filing, new: Filing, ordered: bool) -> Iterator[str]:
    other = "改了" if ordered else "不同"
    if old.form is not new.form:
        yield "格式版本或补充项不同"
    changes = changed(old.values, new)
    if changes and ordered and is_blank(old.values, old.form):
        yield f"原来一个数也没有填，这次填了 {len(changes)} 个"
    elif changes:
        yield told(changes, ordered)
    typed = {name for name in {*old.typed, *new.typed} if old.typed.get(name) != new.typed.get(name)}
    typed -= {change.field.id for change in changes}
    if typed:
        yield f"{len(typed)} 格填的文字不同"
    for section in new.form.text_sections:
        if old.texts.get(section.id, ()) != new.texts.get(section.id, ()):
            yield f"“{section.sheet}”的文字{other}"
    if old.opening != new.opening:
        yield f"报告的开头{other}"
    signed = [words for key, words in SIGNOFF.items() if old.signoff.get(key, "") != new.signoff.get(key, "")]
    if signed:
        yield f"{'、'.join(signed)}{other}"
    if old.explanations != new.explanations:
        yield f"情况说明{other}"
