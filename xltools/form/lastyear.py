"""Last year beside this one: which of its figures mean the same, which are carried over, how the two compare."""

from __future__ import annotations

from collections.abc import Mapping

from xltools.classes import dataclass
from xltools.figures import Figure, total_of_all
from xltools.form.fields import SUPPLEMENT, Field, Tie
from xltools.form.model import Filing, Form


def same_meaning(form: Form, last: Form, values: Mapping[str, Figure]) -> dict[str, Figure]:
    """Last year's figures by the ids of a form's input fields, and of the totals that its rules read, those that mean the same there.

    What is 新增, 拆自 or 不可比 has none.
    """
    asked = (form.fields[name] for name in (*(f.id for f in form.inputs), *form.last_read))
    return {f.id: _figure(f, sources, values) for f in asked if (sources := _sources(form, last, f))}


def shown_beside(form: Form, last: Form, values: Mapping[str, Figure]) -> dict[str, Figure]:
    """What is shown of last year beside ``same_meaning``, by this year's fields: totals, last year's own where they mean the same;
    0 for what is 新增; by ``chart_name``, what last year's form charts under the same words. Nothing for one that follows on itself,
    whose totals add up the same fields."""
    if last.edition == form.edition:
        return {}
    found: dict[str, Figure] = {f.id: 0 for f in form.inputs if _tie(form, last, f.id) == "new"}
    inputs = same_meaning(form, last, values) | found
    for item in form.totals:
        if sources := _sources(form, last, item):
            found[item.id] = _figure(item, sources, values)
        elif all(part in inputs for part in item.parts):
            found[item.id] = total_of_all(inputs[part] for part in item.parts)
        elif _tie(form, last, item.id) == "new":
            found[item.id] = 0
    mine = {chart_name(chart.title, words) for chart in form.charts for words, _ in chart.items}
    for chart in last.charts:
        for words, of in chart.items:
            if (name := chart_name(chart.title, words)) in mine:
                parts = {n: _figure(last.fields[n], (last.fields[n],), values) for n in of.fields}
                found[name] = of.total(parts)
    return found


def chart_name(title: str, words: str) -> str:
    """By what name an item of a chart is shown of last year."""
    return f"图 {title} {words}"


def _tie(form: Form, last: Form, name: str) -> Tie:
    if last.edition == form.edition:
        return "same"
    known = form.last.follows.get(last.edition, {})
    return known[name].tie if name in known else "other"


def _sources(form: Form, last: Form, item: Field) -> tuple[Field, ...]:
    """The fields of last year's form that one of this year's is; none where it cannot be compared."""
    if (last.edition == form.edition and not _strange(form, last, item)) or _local(last, item):
        names: tuple[str, ...] = (item.id,)
    else:
        known = form.last.follows.get(last.edition, {}).get(item.id)
        names = known.sources if known and known.tie in ("same", "renamed", "merged") else ()
    found = [last.fields.get(name) for name in names]
    return tuple(f for f in found if f is not None) if all(f and f.type == item.type for f in found) else ()


def _strange(form: Form, last: Form, item: Field) -> bool:
    """Whether a line is a supplement's, and last year's form had other supplements: what they call the same may be something else."""
    return item.id.startswith(f"{SUPPLEMENT}.") and last.supplements != form.supplements


def _local(last: Form, item: Field) -> bool:
    """Whether a line of a supplement was printed so last year too: editions know nothing of it."""
    there = last.fields.get(item.id)
    return item.id.startswith(f"{SUPPLEMENT}.") and there is not None and there.label == item.label


def _figure(item: Field, sources: tuple[Field, ...], values: Mapping[str, Figure]) -> Figure:
    """Last year's own figure; of a total recomputed over what it added up then."""
    return total_of_all(values.get(part) for there in sources for part in there.parts or (there.id,))


def last_of(item: Field, last: Mapping[str, Figure], beside: Mapping[str, Figure]) -> Figure:
    """What is shown as a field's figure of last year: of a total its own, else what its parts add up to."""
    if item.id in beside:
        return beside[item.id]
    return total_of_all(last.get(part) for part in item.parts or (item.id,))


def ways(form: Form, there: Form) -> dict[str, tuple[str, ...]]:
    """For the input fields of a form, the fields of another that they are, whichever of the two follows on the other."""
    if there.edition == form.edition or there.edition in form.last.follows:
        onward = {f.id: _sources(form, there, f) for f in form.inputs}
        return {name: tuple(f.id for f in sources) for name, sources in onward.items() if sources}
    back = there.last.follows.get(form.edition, {})
    named = {d.sources[0]: name for name, d in back.items() if d.tie in ("same", "renamed")}
    return {f.id: (named[f.id],) for f in form.inputs if named.get(f.id) in there.fields}


def carried_over(form: Form, last: Mapping[str, Figure]) -> dict[str, int]:
    """This year's figures that are last year's, by field: those whose figures of last year are all known. None is guessed."""
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
    pairs = [(filing.values[f.id], filing.last[f.id]) for f in filing.form.inputs if f.id in filing.known_last]
    if not pairs or any(now is None for now, _ in pairs):
        return None
    return Likeness(len(pairs), sum(now != 0 for now, _ in pairs), sum(now != last for now, last in pairs))
