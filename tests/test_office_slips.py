"""Marked-up copies opened and corrected in LibreOffice, on protected sheets, come back resaved and accepted."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from making import altered, cell_of, resaved, save
from office import Office, Typing
from office_samples import YEARS, random_filing

from xltools.address import a1
from xltools.check import check_file
from xltools.editions import load_form
from xltools.figures import show
from xltools.layout import COVER, COVER_CELLS
from xltools.model import Filing
from xltools.slips import marked_copy
from xltools.terms import SIGNOFF
from xltools.workbook.write import write_filing

pytestmark = pytest.mark.office

CELLS = {
    "a figure too large": ("requests.new.natural", 77_777),
    "two wrong": ("requests.new.natural", 66_666, "requests.new.business", 55_555),
    "not a number": ("requests.granted.research", "约3"),
    "a unit typed": ("disputes.review.upheld", "3件"),
    "a fraction": ("disputes.direct.other", 1.5),
    "negative": ("requests.carried_out.nonprofit", -2),
    "blank": ("disputes.review.pending", None),
    "many blanks": ("disputes.review.upheld", None, "disputes.direct.upheld", None, "disputes.direct.pending", None),
    "an error value": ("requests.refused.petition.natural", ("1/0", "#DIV/0!")),
    "a formula": ("requests.partial.business", ("2+3", 5)),
    "元 for 万元": ("MONEY", "251000元"),
    "a query, corrected": ("QUERY", 1),
    "absurd": ("OTHER", 10**13),
}
"""What is wrong, as fields and what stands in their cells."""
NAMED = {
    "2021": {"MONEY": "disclosure.fees.amount", "QUERY": "disclosure.rules.issued", "OTHER": "requests.other.rest.natural"},
    "2019": {"MONEY": "disclosure.procurement.amount", "QUERY": "disclosure.rules.made", "OTHER": "requests.other.natural"},
}  # fmt: skip
COVERS = {"no reviewer": {"reviewer": ""}, "signed too early": {"date": "2000-01-01"}}


@dataclass
class Case:
    """A returned file, and the filing it ought to have been."""

    good: Filing
    path: Path


def good_filing(edition: str, number: int) -> Filing:
    return random_filing(random.Random(f"{edition} {number}"), load_form(edition), number, "county")


def faulty(edition: str) -> Mapping[str, tuple[Filing, bytes]]:
    """By what is wrong: the filing as it ought to be, the workbook as it came."""
    found: dict[str, tuple[Filing, bytes]] = {}
    for number, (kind, wrong) in enumerate(CELLS.items()):
        good = good_filing(edition, number)
        content = write_filing(good)
        for field, value in zip(wrong[::2], wrong[1::2], strict=True):
            sheet, cell = cell_of(good.form, NAMED[edition].get(str(field), str(field)))
            content = altered(content, sheet, {cell: value})
        found[kind] = good, content
    for number, (kind, signed) in enumerate(COVERS.items(), len(CELLS)):
        good = good_filing(edition, number)
        found[kind] = good, write_filing(replace(good, signoff={**good.signoff, **signed}))
    return found


def corrections(received: Any, good: Filing) -> dict[str, dict[str, str]]:
    """What a clerk types into the cells that open findings name."""
    form, typed = good.form, {}
    rows = {a1(row, COVER_CELLS.column): good.signoff[key] for row, key in enumerate(SIGNOFF, COVER_CELLS.signoff)}
    for found in received.findings:
        if not found.open or found.severity == "note":
            continue
        if found.sheet == COVER:
            typed.setdefault(COVER, {})[found.cell] = rows[found.cell]
        for name in {found.field, *found.related} - {None}:
            if form.fields[name].kind == "input" and received.filing.values[name] != good.values[name]:
                sheet, cell = cell_of(form, name)
                typed.setdefault(sheet, {})[cell] = show(good.values[name], form.fields[name].type)
    return typed


@pytest.mark.parametrize("edition", YEARS)
@pytest.mark.parametrize("program", ["as issued", "LibreOffice", "openpyxl"])
def test_corrected_copies_are_resaved_and_accepted(office: Office, tmp_path: Path, edition: str, program: str) -> None:
    samples = faulty(edition)
    paths = {
        kind: save(tmp_path / "sent" / f"{n}.xlsx", content) for n, (kind, (_, content)) in enumerate(samples.items())
    }
    if program == "LibreOffice":
        made = office.recalculated(list(paths.values()), tmp_path / "resaved")
        paths = {kind: made[path] for kind, path in paths.items()}
    elif program == "openpyxl":
        paths = {kind: save(path, resaved(path.read_bytes())) for kind, path in paths.items()}
    jobs = {}
    for number, (kind, path) in enumerate(paths.items()):
        received = check_file(path)
        assert not received.accepted, kind
        copy = marked_copy(received)
        assert copy is not None, kind
        source = save(tmp_path / "slips" / f"{number}.xlsx", copy)
        typed = corrections(received, samples[kind][0])
        assert typed, kind
        jobs[kind] = Typing(source, typed, tmp_path / f"back {number}.xlsx")
    office.typed(list(jobs.values()))
    for kind, job in jobs.items():
        back = check_file(job.out)
        assert back.verdict == "resaved", (kind, [f.message for f in back.findings])
        assert back.accepted, (kind, [f.message for f in back.findings])
        assert back.filing.values == samples[kind][0].values, kind
