"""A filing filled by typing into LibreOffice, cell by cell, and saved by it, is read with the same figures."""

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from making import cell_of, listed_relations, save
from office import Office, Sheets, Typing
from office_samples import YEARS, random_filing, shown_cells

from xltools.address import a1
from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.figures import printed, show
from xltools.form.checkcode import check_code
from xltools.form.layout import CHECK_COLUMNS, CHECK_TOP, CHECKS, COVER, COVER_CELLS, TEXT_TOP, layout_of
from xltools.form.model import Filing
from xltools.terms import SIGNOFF

pytestmark = pytest.mark.office

PARAGRAPHS = (
    "（一）主动公开。全年公开政府信息 12 条，其中规范性文件 3 件。",
    "=1+2 不是公式，是一段话的开头",
    "-　以破折号开头的一段",
    "2023",
    "很长的一段：" + "依法公开，便民高效。" * 90,
)


def as_typed(filing: Filing) -> Sheets:
    """Everything of a filing as a clerk types it: figures, switches, sign-off, paragraphs, 情况说明."""
    sheets: dict[str, dict[str, str]] = {}
    for field in filing.form.inputs:
        if filing.inputs[field.id] is not None:
            sheet, cell = cell_of(filing.form, field.id)
            sheets.setdefault(sheet, {})[cell] = show(filing.inputs[field.id], field.type)
    for section in filing.declared_zero:
        table = layout_of(filing.form).tables[section]
        sheets.setdefault(table.name, {})[table.switch_boxes[1].address] = "是"
    for section in filing.form.text_sections:
        said = filing.texts.get(section.id, ())
        sheets[section.sheet] = {a1(row, 0): text for row, text in enumerate(said, TEXT_TOP)}
    rows = {key: a1(row, COVER_CELLS.column) for row, key in enumerate(SIGNOFF, COVER_CELLS.signoff)}
    sheets[COVER] = {rows[key]: text for key, text in filing.signoff.items()}
    rules = [r.id for r in listed_relations(filing.form, filing.agency.level)]
    sheets[CHECKS] = {
        a1(CHECK_TOP + rules.index(rule), CHECK_COLUMNS.explanation): said for rule, said in filing.explanations.items()
    }
    return sheets


def emptied(filing: Filing) -> Filing:
    return Filing(filing.form, filing.agency, filing.year)


def sample(edition: str, *, sparse: bool) -> Filing:
    """A random filing with texts; a sparse one has blanks, all declared zero, and explains a query."""
    filing = random_filing(random.Random(f"{edition} {sparse}"), load_form(edition), 1, "county")
    filing = replace(filing, texts={**filing.texts, "overview": PARAGRAPHS})
    if not sparse:
        return filing
    some = {name: figure or None for name, figure in filing.inputs.items()}
    return replace(
        filing,
        inputs=some | {f.id: 2 for f in filing.form.inputs if f.row.id == "rules"},
        declared_zero=frozenset(s.id for s in filing.form.table_sections),
        explanations={"disclosure.rules.authority": "原由市政府制定，2023 年起由本县代管。"},
    )


def test_a_filing_typed_in_libreoffice_is_read_with_the_same_figures(office: Office, tmp_path: Path) -> None:
    filings = [sample(edition, sparse=sparse) for edition in YEARS for sparse in (False, True)]
    jobs = []
    for number, filing in enumerate(filings):
        blank = save(tmp_path / f"{number}.xlsx", emptied(filing))
        jobs.append(Typing(blank, as_typed(filing), tmp_path / f"{number} saved.xlsx"))
    office.typed(jobs)
    for filing, job in zip(filings, jobs, strict=True):
        assert_read_as(filing, job.out)


def assert_read_as(filing: Filing, path: Path) -> None:
    """A file of a filing: accepted, every figure and word of it, totals and 校验码 shown right."""
    received = check_file(path)
    assert received.filing is not None
    assert received.verdict == "resaved"
    assert received.accepted, [f.message for f in received.findings]
    for part in ("agency", "year", "values", "texts", "signoff", "declared_zero", "explanations"):
        assert getattr(received.filing, part) == getattr(filing, part), part
    shown = shown_cells(path)
    for total in filing.form.totals:
        right = printed(filing.values[total.id] or 0, total.type)
        assert Decimal(repr(shown[cell_of(filing.form, total.id)])) == right, total.id
    assert shown[COVER, a1(COVER_CELLS.checkcode, COVER_CELLS.column)] == check_code(filing)
    assert shown[COVER, a1(COVER_CELLS.status, 1)] == "全部通过，可以报送"


def test_locked_cells_take_no_typing(office: Office, tmp_path: Path) -> None:
    filing = sample("2021", sparse=False)
    form = filing.form
    new, total = (cell_of(form, name) for name in ("requests.new.natural", "requests.new.total"))
    code = COVER, a1(COVER_CELLS.checkcode, COVER_CELLS.column)
    locked = [total, code, (COVER, a1(COVER_CELLS.code, COVER_CELLS.column)), (new[0], "A1"), (CHECKS, "F5")]
    entries: dict[str, dict[str, str]] = {}
    for sheet, cell in [new, *locked]:
        entries.setdefault(sheet, {})[cell] = "98"
    path = office.typed_into(save(tmp_path / "filled.xlsx", filing), entries, tmp_path / "saved.xlsx", window=True)
    shown = shown_cells(path)
    assert [spot for spot in (new, *locked) if shown[spot] in (98, "98")] == [new]
    assert check_file(path).verdict == "resaved"


@pytest.mark.parametrize("edition", YEARS)
def test_a_file_that_asks_for_nothing_still_follows_what_is_typed(office: Office, tmp_path: Path, edition: str) -> None:
    """With LibreOffice's own settings nothing is calculated at opening; what depends on a typed cell is."""
    filing = sample(edition, sparse=False)
    path = save(tmp_path / "blank.xlsx", emptied(filing))
    out = Office(tmp_path / "plain", calculating=False).typed_into(path, as_typed(filing), tmp_path / "saved.xlsx")
    assert_read_as(filing, out)
