"""A season's cast and their papers: who is on the roster, what each sends in, and what it sends when corrected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from xltools.classes import dataclass
from xltools.collection.issuing import file_name
from xltools.collection.roster import write_roster
from xltools.demo.faults import FAULTS, Fault, Values
from xltools.demo.published import agency_of, figures_json, load, published, workbook
from xltools.demo.split import split
from xltools.figures import Figure
from xltools.form.model import Agency, Filing
from xltools.terms import LEVELS


@dataclass(frozen=True, slots=True)
class DemoMember:
    """An agency of the season: its clean return as VALUES, and what is wrong with what it first sends in."""

    blank: Filing
    values: Values
    fault: Fault

    @property
    def file(self) -> str:
        """The name of its workbook."""
        return file_name(self.blank.agency, self.blank.year)

    def corrected(self) -> bytes:
        """The workbook as it should be."""
        return workbook(self.blank, self.values)

    @property
    def sent_names(self) -> list[str]:
        """The names of the files it sends in first: one, none, or the same one twice."""
        stem = self.file.removesuffix(".xlsx")
        return [f"{stem}{f'（{copy}）' if copy else ''}.xlsx" for copy in range(self.fault.copies)]

    def sent(self) -> dict[str, bytes]:
        """The files it sends in first, by name."""
        content = workbook(self.blank, self.fault.spoil(self.values, self.blank.form))
        return dict.fromkeys(self.sent_names, content)


@dataclass(frozen=True, slots=True)
class DemoSeason:
    """A real total, a made-up dozen that adds up to it; ``own`` is what the area itself writes and signs, as VALUES."""

    published: Filing
    area: Agency
    members: tuple[DemoMember, ...]
    own: Values

    @property
    def year(self) -> int:
        """The report year."""
        return self.published.year

    def roster(self) -> bytes:
        """The roster as a workbook."""
        code = self.area.code
        rows = [(self.area, ""), *((m.blank.agency, code) for m in self.members)]
        return write_roster(
            ((a.code, a.name, LEVELS[a.level], up, "示例联系人", "000-00000000") for a, up in rows), self.year
        )


def load_season() -> DemoSeason:
    """The season of the demo's data."""
    told = load("season")
    real = published(told["published"])
    weights = {agency_of(row): row["weight"] for row in told["agencies"]}
    faults = {row["code"]: FAULTS[row.get("fault", "")] for row in told["agencies"]}
    shares = split(real.form, real.inputs, weights, told["seed"])
    members = []
    for agency, figures in shares.items():
        filing = Filing(real.form, agency, real.year, inputs=dict[str, Figure](figures))
        members.append(DemoMember(Filing(real.form, agency, real.year), _values(filing, told), faults[agency.code]))
    area = agency_of(told["area"])
    return DemoSeason(real, area, tuple(members), _values(replace(real, agency=area), told))


def _values(filing: Filing, told: dict[str, Any]) -> Values:
    """A clean return as VALUES. Departments leave noughts blank and say so with the switch, as many do."""
    form, agency = filing.form, filing.agency
    values: dict[str, Any] = figures_json(form, filing.values)
    declared = [s.id for s in form.table_sections] if agency.level == "department" else []
    for field in form.inputs:
        if field.section.id in declared and not values[field.id]:
            values[field.id] = None
    facts = {key: values[f"requests.{key}.total"] for key in ("new", "carried_in", "carried_out")}
    facts |= {"name": agency.name, "year": filing.year}
    return {
        "agency": {"code": agency.code, "name": agency.name, "level": agency.level},
        "year": filing.year,
        "edition": form.edition,
        "values": values,
        "declared_zero": declared,
        "texts": {part: "\n".join(lines).format_map(facts) for part, lines in told["texts"].items()},
        "signoff": {**told["signoff"], "date": f"{filing.year + 1}-01-12"},
    }
