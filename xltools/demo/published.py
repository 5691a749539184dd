"""The demo's data: published returns of real agencies (figures only), and the made-up season's cast."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from xltools.editions import load_form
from xltools.figures import Figure, as_json
from xltools.form.model import Agency, Filing, Form
from xltools.received.exchange import fill, read_values
from xltools.workbook.write import write_filing


def text_of(name: str) -> str:
    """A data file of the demo, by its name without .json."""
    return files("xltools.demo").joinpath(f"{name}.json").read_text("utf-8")


def load(name: str) -> Any:
    """A data file of the demo, read."""
    return json.loads(text_of(name))


def published(name: str) -> Filing:
    """The filing of a real agency whose published figures are in the data file ``name``."""
    data = load(name)
    form = load_form(data["edition"], tuple(data.get("supplements", ())))
    return filled(Filing(form, agency_of(data["agency"]), data["year"]), data)


def agency_of(data: Mapping[str, Any]) -> Agency:
    """The agency that a row of data describes."""
    return Agency(data["code"], data["name"], data["level"])


def figures_json(form: Form, figures: Mapping[str, Figure]) -> dict[str, int | float | None]:
    """Figures as a VALUES file has them."""
    return {name: as_json(figure, form.fields[name].type) for name, figure in figures.items()}


def json_text(data: Any) -> str:
    """JSON as the commands print it."""
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def filled(blank: Filing, values: Mapping[str, Any]) -> Filing:
    """A blank filled as ``xltools fill`` fills it, through JSON, so that the demo shows what the command does."""
    filing, _ = fill(blank, read_values(json_text(values), blank.agency.name), blank.agency.name)
    return filing


def workbook(blank: Filing, values: Mapping[str, Any]) -> bytes:
    """The workbook of a blank filled with values."""
    return write_filing(filled(blank, values))
