"""Every formula carries its right cached value: LibreOffice, made to recalculate, shows what the file says."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from making import altered, blank, cell_of, filing, listed_relations, save
from office import Office
from office_samples import (
    YEARS,
    agency,
    cells_of,
    formulas,
    half_filled,
    random_filing,
    same,
    shown_cells,
    summary_of,
)

from xltools.editions import load_form
from xltools.figures import exact
from xltools.form.model import Filing, Form
from xltools.summary.writing import write_summary
from xltools.workbook.write import write_filing

pytestmark = pytest.mark.office

WORDS = ("12", "１２", "1,234", " 7 ", "3件", "/", "无", "不详", "0")
SUPPLEMENT = {"year": 2020, "supplements": ("jilin-2020",)}


def worded(rng: random.Random, number: int, edition: str, *sections: str) -> Filing:
    """A filing with text in number cells."""
    full = half_filled(rng, number, edition, *sections)
    names = rng.sample(sorted(full.inputs), 12)
    return replace(full, typed={name: rng.choice(WORDS) for name in names}, signoff={**full.signoff, "head": ""})


def failing(rng: random.Random, number: int, edition: str) -> Filing:
    """A filing that breaks about half of its rules, with 情况说明 for some and a date too early."""
    full = random_filing(rng, load_form(edition), number, "township")
    listed = listed_relations(full.form, "township")
    inputs = {**full.inputs, **{r.operands[0]: 10**6 * rng.randint(0, 30000) for r in listed}}
    said = {r.id: "本年度机构改革，职能划转。" for r in listed[::2]}
    return replace(full, inputs=inputs, explanations=said, signoff={**full.signoff, "date": "2019-06-01"})


def odd_figures(rng: random.Random, number: int, edition: str) -> Filing:
    """A filing with figures that no form should hold: negative, broken, very large, money to the last 分."""
    full = random_filing(rng, load_form(edition), number)
    odd = {f.id: exact(rng.choice((-3, 999_999_999, 0)), f.type) for f in rng.sample(full.form.inputs, 20)}
    cents = {f.id: 59_237_244_900 + 1 for f in full.form.inputs if f.type == "money"}
    return replace(full, inputs={**full.inputs, **odd, **cents})


def wordless(form: Form) -> list[dict[str, tuple[str, ...]]]:
    """Texts that say nothing: 无 and the like alone, in every part, or beside a paragraph that says something."""
    said = [("无",), ("没有。", "/"), ("-", "—"), ("无", "写了一段。")]
    return [{s.id: words for s in form.text_sections} for words in said]


def filings() -> list[Filing]:
    """Filings of every kind that an agency hands in, and the blanks it gets."""
    rng = random.Random(2024)
    found = [blank(**SUPPLEMENT), filing({"disclosure.published_items": 5200}, **SUPPLEMENT)]
    for edition, year in YEARS.items():
        form = load_form(edition)
        zero = frozenset(s.id for s in form.table_sections)
        found += [
            blank(year, agency(1, "township")),
            blank(year, agency(2, "city")),
            replace(blank(year), declared_zero=zero),
            random_filing(rng, form, 3, "township"),
            random_filing(rng, form, 4, "city"),
            half_filled(rng, 5, edition, "requests"),
            half_filled(rng, 6, edition, "disclosure", "disputes"),
            worded(rng, 7, edition),
            worded(rng, 8, edition, *zero),
            failing(rng, 9, edition),
            odd_figures(rng, 10, edition),
            *(filing(year=year, texts=texts) for texts in wordless(form)),
        ]
    return found


def summaries(folder: Path) -> list[bytes]:
    """Summaries: complete, provisional, of nothing at all."""
    rng = random.Random(7)
    found = []
    for edition in YEARS:
        form = load_form(edition)
        good = [random_filing(rng, form, n) for n in range(3)]
        found.append(write_summary(summary_of(good, folder / f"{edition}-whole")))
        found.append(write_summary(summary_of([*good, failing(rng, 9, edition)], folder / f"{edition}-part", absent=2)))
        found.append(write_summary(summary_of([failing(rng, 9, edition)], folder / f"{edition}-none")))
    return found


def differing(path: Path, again: Path) -> list[str]:
    """Formula cells of a file whose stored value is not what LibreOffice works out."""
    before, after, ours = shown_cells(path), shown_cells(again), formulas(path)
    assert len(ours) > 80, path
    return [
        f"{sheet}!{cell}: stored {before.get((sheet, cell))!r}, worked out {after.get((sheet, cell))!r}"
        for sheet, cell in ours
        if not same(before.get((sheet, cell)), after.get((sheet, cell)))
    ]


def errors(path: Path) -> list[str]:
    """Cells that show an error value."""
    return [f"{sheet}!{spot}: {cell.value}" for (sheet, spot), cell in cells_of(path).items() if cell.kind == "e"]


def test_cached_values_are_what_libreoffice_works_out(office: Office, tmp_path: Path) -> None:
    contents = [write_filing(f) for f in filings()] + summaries(tmp_path)
    paths = [save(tmp_path / "written" / f"{number}.xlsx", content) for number, content in enumerate(contents)]
    recalculated = office.recalculated(paths, tmp_path / "recalculated")
    wrong = {path.name: differing(path, again) + errors(again) for path, again in recalculated.items()}
    assert {name: places for name, places in wrong.items() if places} == {}


def test_a_wrong_cached_value_would_be_found(office: Office, tmp_path: Path) -> None:
    good = filing({"requests.new.natural": 5, "requests.carried_out.natural": 5})
    sheet, total = cell_of(good.form, "requests.new.total")
    right = save(tmp_path / "right.xlsx", good)
    stale = altered(right.read_bytes(), sheet, {total: (formulas(right)[sheet, total], 6)})
    wrong = save(tmp_path / "wrong.xlsx", stale)
    again = office.recalculated([wrong], tmp_path / "recalculated")[wrong]
    assert differing(wrong, again) == [f"{sheet}!{total}: stored 6.0, worked out 5.0"]
