"""Where a finding is: from a place in the form to sheet and cell of the file as received. Worked out once, for each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xltools.address import a1
from xltools.findings import CheckAt, CoverAt, FieldAt, FieldsAt, Finding, ParagraphAt, Place
from xltools.layout import CHECK_COLUMNS, CHECK_TOP, CHECKS, COVER, COVER_CELLS, TEXT_TOP, Layout, layout_of
from xltools.model import Filing
from xltools.terms import SIGNOFF
from xltools.workbook.locate import AS_ISSUED, Places

_Spot = tuple[int, int]


def spot_of(place: Place, layout: Layout, rules: tuple[str, ...] = ()) -> tuple[str, _Spot]:
    """Sheet, row and column of a place in the form as issued; ``rules`` are those that 校验 lists."""
    if isinstance(place, FieldAt):
        sheet, row, column = layout.position(place.field)
        return sheet, (row, column)
    if isinstance(place, FieldsAt):
        return spot_of(FieldAt(place.fields[0]), layout)
    if isinstance(place, ParagraphAt):
        section = next(s for s in layout.form.sections if s.id == place.section)
        return section.sheet, (TEXT_TOP + place.number, 0)
    if isinstance(place, CoverAt):
        return COVER, (COVER_CELLS.signoff + list(SIGNOFF).index(place.key), COVER_CELLS.column)
    return CHECKS, (CHECK_TOP + (rules.index(place.rule) if place.rule in rules else 0), CHECK_COLUMNS.explanation)


class Whereabouts:
    """A received file's own places: where its lines and paragraphs stand."""

    def __init__(
        self, filing: Filing, file: str, places: Mapping[str, Places], paragraphs: Mapping[str, tuple[int, ...]]
    ) -> None:
        self.filing, self.file, self.places, self.paragraphs = filing, file, places, paragraphs
        self.layout = layout_of(filing.form)

    def located(self, found: Finding) -> Finding:
        """A finding with its file, agency, sheet and cell, and with addresses in its words."""
        found = replace(found, file=found.file or self.file, agency=found.agency or self.filing.agency)
        if found.at is None:
            return found
        sheet, cell = self._spot(found.at)
        detail = {name: self._words(said) for name, said in found.detail.items()}
        return replace(found, sheet=sheet, cell=found.cell or (a1(*cell) if cell else None), detail=detail)

    def _spot(self, place: Place) -> tuple[str, _Spot | None]:
        if isinstance(place, ParagraphAt) and place.number < len(rows := self.paragraphs.get(place.section, ())):
            return spot_of(place, self.layout)[0], (rows[place.number], 0)
        listed = tuple(rule.id for rule in self.filing.rules if rule.shows) if isinstance(place, CheckAt) else ()
        sheet, cell = spot_of(place, self.layout, listed)
        return sheet, self.places.get(sheet, AS_ISSUED).of(*cell) or cell

    def _words(self, said: Any) -> Any:
        """A detail as the message says it."""
        if not isinstance(said, FieldsAt):
            return said
        spots = [self._spot(FieldAt(name)) for name in said.fields]
        cells = "、".join(a1(*cell) for _, cell in spots[: said.most] if cell)
        more = " 等" if len(spots) > said.most else ""
        return f"“{spots[0][0]}”{cells}{more}" if said.sheet else f"{cells}{more}"
