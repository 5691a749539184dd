"""Last year beside this one: which of its figures mean the same, which are carried over, how the two compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xltools.figures import Figure, total_of_all
from xltools.form.model import Filing, Form


def same_meaning(form: Form, last: Form, values: Mapping[str, Figure]) -> dict[str, Figure]:
    """Last year's figures by the ids of a form's input fields, those that mean the same there."""
    return {
        f.id: values[f.id] for f in form.inputs if f.id in values and f.id in last.fields and _same(form, last, f.id)
    }


def same_totals(form: Form, last: Form, values: Mapping[str, Figure]) -> dict[str, Figure]:
    """Last year's own totals, by the ids of a form's totals that mean the same and add up other fields now.

    A row that is new this year, or gone, does not empty the total: what it was last year is what last year's form says.
    """
    found = {}
    for item in form.totals:
        there = last.fields.get(item.id)
        if (
            there
            and there.parts
            and there.type == item.type
            and {*there.parts} != {*item.parts}
            and _same(form, last, item.id)
        ):
            found[item.id] = total_of_all(values.get(part) for part in there.parts)
    return found


def _same(form: Form, last: Form, name: str) -> bool:
    """Whether a field of last year's form means what this year's of its id means."""
    alike = form.last.same.get(last.edition, ())
    return last.edition == form.edition or any(_is(name, beginning) for beginning in alike)


def _is(name: str, beginning: str) -> bool:
    return name.startswith(beginning) if beginning.endswith(".") else name == beginning


def carried_over(form: Form, last: Mapping[str, Figure]) -> dict[str, int]:
    """This year's figures that are last year's, by field: those whose figures of last year are all known."""
    known = {name: figure for name, figure in last.items() if isinstance(figure, int)}
    return {
        name: source.of(known) for name, source in form.last.carried.items() if all(f in known for f in source.fields)
    }


@dataclass(frozen=True, slots=True)
class Likeness:
    """This year's figures against last year's, field by field: how many there are of both, not 0 now, different."""

    both: int
    told: int
    other: int


def compare(filing: Filing) -> Likeness | None:
    """The comparison over every field known of last year; None where one of them has no figure this year."""
    pairs = [(filing.values[name], filing.last[name]) for name in filing.known_last]
    if not pairs or any(now is None for now, _ in pairs):
        return None
    return Likeness(len(pairs), sum(now != 0 for now, _ in pairs), sum(now != last for now, last in pairs))
