"""校验码: one code from the workbook's formula and from the library; any altered or swapped figure changes it."""

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import blank, save
from office import Office
from office_checks import code_shown
from office_samples import YEARS, agency, half_filled, random_filing, shown_cells

from xltools.collection.check import check_file
from xltools.editions import load_form
from xltools.figures import Figure, exact, printed
from xltools.form.checkcode import MODULI, NO_CODE, check_code
from xltools.form.layout import layout_of
from xltools.form.model import Filing

# ── the formula and the library ──────────────────────────────────────────────


def every_kind(edition: str) -> list[Filing]:
    """Filings full and half empty, blanks declared zero or not, texts and improper figures among them."""
    rng, form = random.Random(f"code {edition}"), load_form(edition)
    sections = [s.id for s in form.table_sections]
    full = [random_filing(rng, form, number) for number in range(4)]
    halves = [half_filled(rng, 10 + n, edition, *sections[:n]) for n in range(4)]
    empty = blank(YEARS[edition], agency(20, "county"))
    first = form.inputs[0].id
    money = next(f.id for f in form.inputs if f.type == "money")
    amounts = (1, 999_999, 59_237_244_900, 25_000_000_000_001)
    return [
        *full,
        *halves,
        empty,
        replace(empty, agency=replace(empty.agency, code="91-Az_0/x.9 与其他超过二十个字符的代码")),
        replace(empty, year=empty.year - 1),
        *(replace(empty, declared_zero=frozenset(sections[:n])) for n in (1, 3)),
        *(replace(full[0], inputs={**full[0].inputs, money: amount}) for amount in amounts),
        replace(full[1], inputs={**full[1].inputs, first: -4, form.inputs[-1].id: 999_999_999}),
        replace(full[2], typed={first: "12"}),
        replace(full[3], inputs={**full[3].inputs, first: exact(7, "count") / 2}),
    ]


@pytest.mark.office
def test_the_sheets_and_the_library_have_one_code(office: Office, tmp_path: Path) -> None:
    filings = [filing for edition in YEARS for filing in every_kind(edition)]
    assert len(filings) >= 30
    paths = [save(tmp_path / "written" / f"{n}.xlsx", filing) for n, filing in enumerate(filings)]
    recalculated = office.recalculated(paths, tmp_path / "recalculated")
    codes = [check_code(filing) or NO_CODE for filing in filings]
    for filing, path, code in zip(filings, paths, codes, strict=True):
        again = recalculated[path]
        assert code_shown(again) == code, path
        assert codes_on_tables(filing, again) == {code}, path
        received = check_file(again).filing
        assert received is not None and (check_code(received) or NO_CODE) == code, path
    told = [(filing.form.edition, code) for filing, code in zip(filings, codes, strict=True) if code != NO_CODE]
    assert len(told) == len(filings) - 4, "a text or half a request leaves no code"
    assert len(set(told)) == len(told), "no two of an edition have the same"


def codes_on_tables(filing: Filing, path: Path) -> set[object]:
    """The codes that the table sheets of a recalculated file show."""
    shown = shown_cells(path)
    return {shown[sheet.name, sheet.code_boxes[1].address] for sheet in layout_of(filing.form).tables.values()}


# ── what changes it ──────────────────────────────────────────────────────────


def with_figures(filing: Filing, figures: Mapping[str, Figure]) -> Filing:
    return replace(filing, inputs={**filing.inputs, **figures})


def bases() -> list[Filing]:
    """Filings to alter: full ones, half empty ones, of both editions."""
    rng = random.Random(12)
    found = []
    for edition in YEARS:
        found.append(random_filing(rng, load_form(edition), 1))
        found += [half_filled(rng, 2, edition), half_filled(rng, 3, edition, "requests")]
    return found


BASES = bases()
BASE_CODES = [check_code(filing) for filing in BASES]


def swapped(filing: Filing, one: str, other: str) -> Filing:
    """The filing with the printed numbers of two cells changed round."""
    fields, values = filing.form.fields, filing.values

    def moved(source: str, target: str) -> Figure:
        figure = values[source]
        return None if figure is None else exact(printed(figure, fields[source].type), fields[target].type)

    return with_figures(filing, {one: moved(other, one), other: moved(one, other)})


def test_one_altered_figure_changes_the_code() -> None:
    rng = random.Random(1)
    for _ in range(4000):
        n = rng.randrange(len(BASES))
        field = rng.choice(BASES[n].form.inputs).id
        old = BASES[n].values[field]
        new = rng.choice((0, 1, (old or 0) + 1, (old or 0) + 10, rng.randrange(10**9), None))
        other = with_figures(BASES[n], {field: new})
        if other.values[field] != old:
            assert check_code(other) != BASE_CODES[n], (n, field, old, new)


def test_two_swapped_figures_change_the_code() -> None:
    rng = random.Random(2)
    told = 0
    for _ in range(6000):
        n = rng.randrange(len(BASES))
        one, other = (field.id for field in rng.sample(BASES[n].form.inputs, 2))
        after = swapped(BASES[n], one, other)
        if after.values != BASES[n].values:
            told += 1
            assert check_code(after) != BASE_CODES[n], (n, one, other)
    assert told > 3000


def test_every_cell_counts_even_where_a_figure_moves_by_a_modulus() -> None:
    for filing, code in zip(BASES, BASE_CODES, strict=True):
        for field in filing.form.inputs:
            for step in (1, *(modulus.prime for modulus in MODULI), 10**11):
                moved = with_figures(filing, {field.id: (filing.values[field.id] or 0) + step})
                assert check_code(moved) != code, (field.id, step)


@settings(deadline=None)
@given(st.data())
def test_no_other_figure_has_the_same_code(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(BASES) - 1))
    field = data.draw(st.sampled_from(BASES[n].form.inputs))
    new = data.draw(st.none() | st.integers(0, 10**11))
    other = with_figures(BASES[n], {field.id: new})
    assert (check_code(other) == BASE_CODES[n]) == (other.values == BASES[n].values)


@settings(deadline=None)
@given(st.data())
def test_no_other_order_of_figures_has_the_same_code(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(BASES) - 1))
    one, other = (data.draw(st.sampled_from(BASES[n].form.inputs)).id for _ in range(2))
    after = swapped(BASES[n], one, other)
    assert (check_code(after) == BASE_CODES[n]) == (after.values == BASES[n].values)


def test_the_switch_changes_the_code_of_blanks_and_of_nothing_else() -> None:
    for edition in YEARS:
        rng, form = random.Random(3), load_form(edition)
        for section in form.table_sections:
            said = frozenset({section.id})
            empty, full = blank(YEARS[edition]), random_filing(rng, form, 1)
            assert check_code(replace(empty, declared_zero=said)) != check_code(empty)
            assert check_code(replace(full, declared_zero=said)) == check_code(full)


# ── no pattern ───────────────────────────────────────────────────────────────


def test_agency_and_year_belong_to_the_code() -> None:
    for filing, code in zip(BASES, BASE_CODES, strict=True):
        agency = filing.agency
        others = [replace(agency, code=c) for c in (agency.code + "0", "0" + agency.code, agency.code[::-1] + "1", "X")]
        codes = {check_code(replace(filing, agency=other)) for other in others}
        codes |= {check_code(replace(filing, year=filing.year + step)) for step in (-10, -1, 1, 10)}
        assert len(codes) == 8 and code not in codes
        assert check_code(replace(filing, agency=replace(agency, name="别的名称"))) == code


def lines(filing: Filing) -> list[list[str]]:
    """The input fields of each row and of each column of the sheets, as they stand."""
    layout, found = layout_of(filing.form), dict[tuple[str, int, int], list[str]]()
    for field in filing.form.inputs:
        sheet, row, column = layout.position(field.id)
        found.setdefault((sheet, 0, row), []).append(field.id)
        found.setdefault((sheet, 1, column), []).append(field.id)
    return [names for names in found.values() if len(names) > 1]


def test_no_shift_rotation_reversal_or_difference_along_a_line_keeps_the_code() -> None:
    binomial = {2: (1, -2, 1), 3: (1, -3, 3, -1), 4: (1, -4, 6, -4, 1), 5: (1, -5, 10, -10, 5, -1)}
    tried = 0
    for filing, code in zip(BASES, BASE_CODES, strict=True):
        for names in lines(filing):
            figures = [filing.values[name] for name in names]
            turned = [figures[n:] + figures[:n] for n in range(1, len(names))] + [figures[::-1]]
            turned += [[0, *figures[:-1]], [*figures[1:], 0]]
            for order, steps in binomial.items():
                for times in (1, -1, 2, 10):
                    for start in range(len(names) - order):
                        moved = list(figures)
                        for n, step in enumerate(steps):
                            moved[start + n] = (moved[start + n] or 0) + times * step * 10
                        turned.append(moved)
            for changed in turned:
                if changed != figures:
                    tried += 1
                    after = with_figures(filing, dict(zip(names, changed, strict=True)))
                    if after.values != filing.values:
                        assert check_code(after) != code, (names, changed)
    assert tried > 10_000


def test_equal_power_sums_change_the_code() -> None:
    """+n on the 1st, 5th, 8th, 12th of a column and −n on the 2nd, 3rd, 10th, 11th: weights that are powers of places keep it."""
    for filing, code in zip(BASES, BASE_CODES, strict=True):
        for names in (names for names in lines(filing) if len(names) >= 12):
            change = {names[n - 1]: sign for sign, ns in ((7, (1, 5, 8, 12)), (-7, (2, 3, 10, 11))) for n in ns}
            after = with_figures(filing, {name: (filing.values[name] or 0) + n for name, n in change.items()})
            assert check_code(after) != code


def test_no_change_of_up_to_three_numbers_by_up_to_ten_keeps_both_sums() -> None:
    """Searched for, all of them, in any row of 2,000 numbers; a shift of all three changes nothing, so the first stands at 0."""
    reach, numbers = 10, 2000
    assert max(len(BASES[n].form.inputs) for n in range(len(BASES))) + 60 < numbers
    weights = [[modulus.weight(n) for modulus in MODULI] for n in range(numbers)]
    steps = [n for n in range(-reach, reach + 1) if n]

    def together(*terms: tuple[int, list[int]]) -> tuple[int, ...]:
        return tuple(sum(n * w[k] for n, w in terms) % modulus.prime for k, modulus in enumerate(MODULI))

    alone = {together((-n, w)) for w in weights[1:] for n in steps}
    assert (0, 0) not in alone
    one = weights[0]
    for first in range(1, reach + 1):
        assert together((first, one)) not in alone
        for w in weights[1:]:
            for n in steps:
                both = together((first, one), (n, w))
                assert both != (0, 0) and both not in alone
