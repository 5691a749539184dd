"""Where a finding is: from a place in the form to sheet and cell of the file as received. Worked out once, for each file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xltools.address import a1
from xltools.findings import CheckAt, FieldAt, FieldsAt, Finding, ParagraphAt, Place
from xltools.form.layout import layout_of
from xltools.form.model import Filing
from xltools.form.places import Spot, spot_of
from xltools.received.locate import AS_ISSUED, Places
from xltools.terms import several


class Whereabouts:
    """A received file's own places: where its lines and paragraphs stand."""

    def __init__(
        self, filing: Filing, file: str, places: Mapping[str, Places], paragraphs: Mapping[str, tuple[int, ...]]
    ) -> None:
        self.filing, self.file, self.places, self.paragraphs = filing, file, places, paragraphs
        self.layout = layout_of(filing.form)

    def located(self, found: Finding) -> Finding:
        """A finding with its file, agency, sheet and cell, and with addresses in its words."""
        agency, periods = found.agency or self.filing.agency, self.filing.form.periods
        found = replace(found, file=found.file or self.file, agency=agency, periods=periods)
        if found.at is None:
            return found
        sheet, cell = self._spot(found.at)
        detail = {name: self._words(said) for name, said in found.detail.items()}
        return replace(found, sheet=sheet, cell=found.cell or (a1(*cell) if cell else None), detail=detail)

    def _spot(self, place: Place) -> tuple[str, Spot | None]:
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
        cells = several([a1(*cell) for _, cell in spots if cell], said.most, "格")
        return f"“{spots[0][0]}”{cells}" if said.sheet else cells
