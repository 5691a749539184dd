"""A dozen agencies merged: every figure of the summary is the exact sum, in the library, in the file, in LibreOffice."""

import json
import random
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from making import cell_of, save
from office import Office
from office_samples import YEARS, random_filing, shown_cells, summary_of

from xltools.demo import play
from xltools.editions import load_form
from xltools.figures import printed
from xltools.form.model import Filing, Form
from xltools.summary.writing import write_summary

pytestmark = pytest.mark.office


def dozen(edition: str) -> list[Filing]:
    rng = random.Random(int(edition))
    return [random_filing(rng, load_form(edition), number) for number in range(12)]


def sums(form: Form, filings: list[Filing]) -> dict[str, Decimal]:
    """What every field of the summary must be: decimals added up by row and column of the form, nothing else."""
    added: dict[str, Decimal] = {}
    for field in form.inputs:
        added[field.id] = sum((printed(f.inputs[field.id] or 0, field.type) for f in filings), Decimal(0))
    return added | {total.id: sum((added[part] for part in total.parts), Decimal(0)) for total in form.totals}


def figures_shown(path: Path, form: Form) -> dict[str, Decimal]:
    """What the official sheets of a file show, to the last decimal."""
    shown = shown_cells(path)
    return {name: Decimal(repr(shown[cell_of(form, name)])) for name in form.fields}


@pytest.mark.parametrize("edition", sorted(YEARS))
def test_a_dozen_agencies_add_up_exactly(office: Office, tmp_path: Path, edition: str) -> None:
    filings = dozen(edition)
    form = filings[0].form
    right = sums(form, filings)
    assert sum(value % 1 != 0 for value in right.values()) == 1, "money with decimals is part of it"
    assert min(right[f.id] for f in form.totals) > 0

    summary = summary_of(filings, tmp_path)
    assert summary.status.startswith("12/12")
    figures = summary.filing.values
    assert {name: printed(figure or 0, form.fields[name].type) for name, figure in figures.items()} == right

    path = save(tmp_path / "summary.xlsx", write_summary(summary))
    again = office.recalculated([path], tmp_path / "recalculated")[path]
    assert figures_shown(path, form) == right
    assert figures_shown(again, form) == right


def test_the_published_city_total_comes_back_from_its_dozen_agencies(office: Office, tmp_path: Path) -> None:
    """The demo splits a published report over twelve agencies: added up again, it is that report, after LibreOffice too."""
    for _ in play(tmp_path / "season"):
        pass
    path = tmp_path / "season" / "汇总" / "汇总表（全部收齐）.xlsx"
    text = files("xltools.demo").joinpath("suqian-2023.json").read_text("utf-8")
    published = {name: Decimal(value) for name, value in json.loads(text, parse_float=Decimal)["values"].items()}
    assert len(published) == 200 and published["disclosure.fees.amount"] == Decimal("59237.2449")
    form = load_form("2021")
    again = office.recalculated([path], tmp_path / "recalculated")[path]
    assert figures_shown(path, form) == published
    assert figures_shown(again, form) == published
