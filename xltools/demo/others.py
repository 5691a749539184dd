"""Other returns than the disclosure one, each made with a drawing alone: from the drawing to the summary and its report."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from xltools.classes import dataclass
from xltools.collection.account import collection_json
from xltools.collection.check import check_file
from xltools.collection.roster import read_roster, write_roster
from xltools.demo.judging import judged
from xltools.demo.published import agency_of, json_text, load, workbook
from xltools.drawing.canvas import YELLOW
from xltools.drawing.examine import examine
from xltools.editions import load_form
from xltools.editions.shelves import FORMS, shelved
from xltools.form.model import Filing
from xltools.ooxml.repack import deflated, unpacked, zipped
from xltools.outputs import write_whole
from xltools.periods import last_day, period
from xltools.publication.content import report_of
from xltools.publication.html import page_report
from xltools.received.exchange import filing_json
from xltools.summary import Summary, merge
from xltools.summary.writing import write_summary
from xltools.terms import LEVELS

DRAWING, ROSTER, FILLED, SUMMARY, REPORT = "表样.xlsx", "名录.xlsx", "填报", "汇总表.xlsx", "报告.html"
"""The files of such an example, beside what the check says."""

_INPUT = "□"
"""In the data, a cell to be filled in: what is yellow in a drawing."""


def others() -> list[str]:
    """The names of the data files that hold a drawing."""
    names = sorted(i.name.removesuffix(".json") for i in files("xltools.demo").iterdir() if i.name.endswith(".json"))
    return [name for name in names if "drawing" in load(name)]


def drawing(told: Mapping[str, Any]) -> bytes:
    """A drawing typed cell by cell, as a person does in Excel: words, formulas, yellow cells, merged headings."""
    import openpyxl
    from openpyxl.styles import PatternFill

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in told["drawing"].items():
        sheet = book.create_sheet(name)
        for row, cells in enumerate(rows, 1):
            for column, value in enumerate(cells, 1):
                cell = sheet.cell(row, column, None if value == _INPUT else value)
                if value == _INPUT:
                    cell.fill = PatternFill("solid", fgColor=YELLOW)
        for merged in told["merged"].get(name, ()):
            sheet.merge_cells(merged)
    book.properties.created = datetime(2026, 1, 1)
    out = io.BytesIO()
    book.save(out)
    return _dated(out.getvalue())


def _dated(content: bytes) -> bytes:
    """A workbook as if saved on a day that is always the same: openpyxl writes the moment."""
    parts = ((packed.name, part) for packed, part in unpacked(content))
    return zipped(
        deflated(name, re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", part))
        for name, part in parts
    )


@dataclass(frozen=True)
class OtherReturn:
    """A return played in a folder: drawing, form, roster, filings, what the check says, summary, report."""

    folder: Path
    told: Mapping[str, Any]

    def put(self, name: str, content: bytes) -> Path:
        write_whole(self.folder / name, content, force=True)
        return self.folder / name

    def play(self) -> Summary:
        """Plays it; the summary."""
        found = examine(self.put(DRAWING, drawing(self.told)))
        form = found.sound()
        self.put(f"{FORMS}/{found.id}.toml", found.text.encode())
        with shelved(self.folder, form.family):
            filings = list(
                self._filled(Filing(load_form(form.edition), agency_of(self.told["area"]), period(self.told["year"])))
            )
            roster = self.put(ROSTER, self._roster())
            collection = judged(filings, roster)
            self.put("审核结果.json", json_text(collection_json(collection)).encode())
            summary = merge(collection, read_roster(roster), agency_of(self.told["area"]))
            path = self.put(SUMMARY, write_summary(summary))
            self.put("汇总.json", json_text(filing_json(summary.filing)).encode())
            self.put(REPORT, page_report(report_of(check_file(path))).encode())
        return summary

    def _filled(self, blank: Filing) -> Iterator[Path]:
        """The filings of the agencies; what they do not name is declared zero."""
        for member in self.told["members"]:
            agency = agency_of(member["agency"])
            day = last_day(blank.year, blank.form.periods)
            values = {
                **member,
                "agency": member["agency"],
                "declared_zero": [s.id for s in blank.form.table_sections],
                "signoff": {"compiler": "示例", "date": f"{day.isoformat()}"},
            }
            named = f"{FILLED}/{blank.year}_{agency.code}_{agency.name}"
            self.put(f"{named}.json", json_text(member).encode())
            yield self.put(f"{named}.xlsx", workbook(Filing(blank.form, agency, blank.year), values))

    def _roster(self) -> bytes:
        area = agency_of(self.told["area"])
        members = [agency_of(member["agency"]) for member in self.told["members"]]
        rows: Sequence[tuple[str, ...]] = [
            (a.code, a.name, LEVELS[a.level], "" if a is area else area.code, "示例联系人", "000-00000000")
            for a in (area, *members)
        ]
        return write_roster(rows, int(period(self.told["year"])))


def write_other(folder: Path, name: str) -> Summary:
    """Writes an example of another return, replacing what is there."""
    return OtherReturn(folder, load(name)).play()
