"""What is left open of the tables of a report: figures without a place, rows that are not there, totals that do not add up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xltools.classes import dataclass
from xltools.form.fields import Field, Section
from xltools.form.layout import layout_of
from xltools.form.model import Filing
from xltools.ingest.records import TextRecord
from xltools.ingest.tables import TablesRead
from xltools.received.typed import read_text
from xltools.terms import MANY, several

_WORDS = 30
"""Figures that a finding shows, and characters of each."""


@dataclass
class LeftOpen:
    """Tells what is open of a filing that was made of a report's tables."""

    filing: Filing
    read: TablesRead
    tell: Callable[..., None]
    """A finding: its code, and its words by name."""

    def say(self, found: Sequence[Section]) -> None:
        """All of it; ``found`` are the parts that the report has."""
        self._doubts()
        self._totals()
        self._units()
        for record in self.read.strays:
            self.tell("import-row-unknown", where=record.place, words=_words(record), seen=record.seen)
        self._missing(found)
        for words, seen, place in self.read.surplus:
            self.tell("import-figure-extra", where=place, words=words[:40], seen=_shown(seen))
        for section in self.filing.form.table_sections:
            if prose := self.read.prose.get(section.id):
                self.tell("import-prose", sheet=section.sheet, count=len(prose), where=prose[0].place,
                          seen=prose[0].text[:20] + "…")  # fmt: skip

    def _doubts(self) -> None:
        layout = layout_of(self.filing.form)
        for doubt in self.read.doubts:
            inputs = [f for f in doubt.fields if not f.parts] or list(doubt.fields)
            if not inputs:
                continue
            self.tell("import-unplaced", sheet=inputs[0].section.sheet, cell=layout.cell(inputs[0].id),
                       field=inputs[0].id, related=tuple(f.id for f in inputs), place=doubt.words, where=doubt.place,
                       seen=_shown(doubt.seen), reason=doubt.reason)  # fmt: skip

    def _missing(self, found: Sequence[Section]) -> None:
        """Rows that are not there at all, in the parts that are."""
        form, read = self.filing.form, self.read
        known = read.figures.keys() | read.empty | {f.id for doubt in read.doubts for f in doubt.fields}
        for section in form.table_sections:
            rows: dict[int, list[Field]] = {}
            for item in (f for f in form.inputs if f.section is section):
                rows.setdefault(id(item.row), []).append(item)
            lacking = [fields for fields in rows.values() if not any(f.id in known for f in fields)]
            if (lacking and len(lacking) < len(rows)) or (lacking and section in found):
                related = tuple(f.id for fields in lacking for f in fields)
                self.tell("import-row-missing", sheet=section.sheet, cell=layout_of(form).cell(related[0]), field=related[0],
                           related=related, count=len(lacking),
                           words=several([f"“{fields[0].row.name or section.title}”" for fields in lacking], unit="行"))  # fmt: skip

    def _totals(self) -> None:
        """Totals as printed against totals as computed, where all their parts are known."""
        filing, read = self.filing, self.read
        form, layout = filing.form, layout_of(filing.form)
        open_fields = {f.id for d in read.doubts for f in d.fields}
        for total in form.totals:
            given = read_text(read.figures.get(total.id, ""), total.type).figure
            if given is None or any(part in open_fields or part not in read.figures for part in total.parts):
                continue
            computed = filing.values[total.id] or 0
            if given != computed:
                self.tell("total-differs", sheet=total.section.sheet, cell=layout.cell(total.id), field=total.id,
                           related=total.parts, actual=given, expected=computed, types=(total.type, total.type),
                           place=f"“{total.section.sheet}”{layout.cell(total.id)}（{total.place}）", rule=total.id)  # fmt: skip
        for section in form.table_sections:
            lacking = [f for f in read.missing_totals if f.section.id == section.id and f.id not in open_fields]
            if lacking:
                related = tuple(f.id for f in lacking)
                self.tell("import-total-missing", sheet=section.sheet, cell=layout.cell(related[0]), field=related[0],
                           related=related, count=len(lacking), place=lacking[0].place)  # fmt: skip

    def _units(self) -> None:
        """Money whose unit is printed neither at its column nor at the figure."""
        filing, read = self.filing, self.read
        layout = layout_of(filing.form)
        for item in filing.form.inputs:
            text = read.figures.get(item.id, "")
            silent = item.unit and not any(item.unit in words for words in item.column.label)
            if silent and filing.inputs.get(item.id) and text[-1:].isdigit() and item.id not in read.units_printed:
                self.tell("import-unit", sheet=item.section.sheet, cell=layout.cell(item.id), field=item.id,
                           place=item.place, typed=text, unit=item.unit)  # fmt: skip


def _words(record: TextRecord) -> str:
    return record.labels[-1].text[:40] if record.labels else "（没有名称的一行）"


def _shown(seen: Sequence[str]) -> str:
    """Figures as seen, not more of them than a line holds."""
    return several([text[:_WORDS] for text in seen], MANY, "个")
