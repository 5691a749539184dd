"""What differs between two filings of one agency: the corrected one beside the old, this run's beside the last one's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xltools.figures import Figure, show
from xltools.form.model import Field, Filing
from xltools.terms import FEW, SIGNOFF, several


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that changed."""

    field: Field
    old: Figure
    new: Figure

    def __str__(self) -> str:
        old, new = (show(figure, self.field.type) for figure in (self.old, self.new))
        return f"“{self.field.section.sheet}”{self.field.place} {old} → {new}"


def changed(old: Mapping[str, Figure], new: Filing) -> list[Change]:
    """The input figures that are not what they were; of fields that the older form did not have, those that are not blank."""
    values = new.values
    found = ((field, old.get(field.id), values[field.id]) for field in new.form.inputs)
    return [Change(field, before, now) for field, before, now in found if before != now]


def told(changes: list[Change]) -> str:
    """Changed figures in words: how many, and the first few."""
    return f"改了 {len(changes)} 个数：{several(list(map(str, changes)), FEW, '处', '；')}"


def difference(old: Filing, new: Filing) -> str:
    """What the newer of two filings says differently, in words; "" where both say the same."""
    return "；".join(_differences(old, new))


def _differences(old: Filing, new: Filing) -> Iterator[str]:
    if old.form is not new.form:
        yield "格式版本或补充项不同"
    changes = changed(old.values, new)
    if changes:
        yield told(changes)
    typed = {name for name in {*old.typed, *new.typed} if old.typed.get(name) != new.typed.get(name)}
    typed -= {change.field.id for change in changes}
    if typed:
        yield f"{len(typed)} 格填的文字不同"
    for section in new.form.text_sections:
        if old.texts.get(section.id, ()) != new.texts.get(section.id, ()):
            yield f"“{section.sheet}”的文字改了"
    signed = [words for key, words in SIGNOFF.items() if old.signoff.get(key, "") != new.signoff.get(key, "")]
    if signed:
        yield f"{'、'.join(signed)}改了"
    if old.explanations != new.explanations:
        yield "情况说明改了"
