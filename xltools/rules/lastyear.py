"""Against the previous year, where its figures are known: not everything repeats, and no figure jumps without a word."""

from __future__ import annotations

from collections.abc import Iterator

from xltools.figures import SCALE, magnitude
from xltools.findings import Finding, finding
from xltools.lastyear import compare
from xltools.layout import layout_of
from xltools.model import Filing
from xltools.rules.relations import unverified


def repeated(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """At most one finding: every figure is last year's, and enough of them are not 0."""
    rule, found = filing.form.last.repeated, compare(filing)
    if rule is None or found is None or not found.repeats(rule):
        return
    names = [f.id for f in filing.form.inputs if f.id in filing.known_last]
    first = next(name for name in names if filing.values[name])
    sheet, *_ = layout_of(filing.form).position(first)
    yield finding("last-repeated", severity=rule.severity, file=file, agency=filing.agency, sheet=sheet,
                  cell=layout_of(filing.form).cell(first), field=first, related=tuple(names), rule=rule.id,
                  basis=rule.basis, actual=found.told, count=found.both, rule_remedy=rule.remedy,
                  last=unverified(filing))  # fmt: skip


def jumps(filing: Filing, file: str, told: frozenset[str]) -> Iterator[Finding]:
    """A finding for each figure many times last year's, or a small part of it, where the two are far enough apart."""
    rule = filing.form.last.jump
    for item in filing.form.inputs if rule else ():
        now, last = filing.values[item.id], filing.last.get(item.id)
        if rule is None or now is None or last is None or item.id in filing.carried:
            continue
        small, large = sorted((magnitude(now), magnitude(last)))
        if magnitude(now - last) >= rule.least * SCALE[item.type] and large > rule.times * small:
            yield finding("last-jump", severity=rule.severity, file=file, agency=filing.agency,
                          sheet=item.section.sheet, cell=layout_of(filing.form).cell(item.id), field=item.id,
                          actual=now, expected=last, types=(item.type, item.type),
                          rule=rule.id.replace("{field}", item.id), basis=rule.basis, place=item.place,
                          rule_remedy=rule.remedy, last=unverified(filing))  # fmt: skip
