"""From a place in a form to sheet, row and column, as issued."""

from __future__ import annotations

from xltools.findings import CoverAt, FieldAt, FieldsAt, ParagraphAt, Place
from xltools.form.layout import CHECK_COLUMNS, CHECK_TOP, CHECKS, COVER, COVER_CELLS, Layout, paragraph_spot
from xltools.terms import SIGNOFF

Spot = tuple[int, int]
"""Row and column, from 0."""


def spot_of(place: Place, layout: Layout, rules: tuple[str, ...] = ()) -> tuple[str, Spot]:
    """Sheet, row and column of a place in the form as issued; ``rules`` are those that 校验 lists."""
    if isinstance(place, FieldAt):
        sheet, row, column = layout.position(place.field)
        return sheet, (row, column)
    if isinstance(place, FieldsAt):
        return spot_of(FieldAt(place.fields[0]), layout)
    if isinstance(place, ParagraphAt):
        section = next(s for s in layout.form.sections if s.id == place.section)
        return section.sheet, paragraph_spot(place.number)
    if isinstance(place, CoverAt):
        return COVER, (COVER_CELLS.signoff + list(SIGNOFF).index(place.key), COVER_CELLS.column)
    return CHECKS, (CHECK_TOP + (rules.index(place.rule) if place.rule in rules else 0), CHECK_COLUMNS.explanation)
