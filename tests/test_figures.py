"""Figures are exact: read from a cell, kept, added, shown and given out without losing a 分."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import filing

from xltools.figures import as_json, exact, printed, rounded, show
from xltools.figures import stored as plain
from xltools.form.checkcode import check_code
from xltools.ooxml.cells import Cell
from xltools.received.typed import read_cell, read_text

counts = st.integers(0, 10**12 - 1)
money = st.integers(0, 10**15 - 1).map(lambda fen: Decimal(fen).scaleb(-6))
"""Money up to a thousand million 万元: as much as a cell holds with its six decimals."""


@given(money)
def test_money_goes_in_and_out_unchanged(amount):
    figure = exact(amount, "money")
    assert isinstance(figure, int) and figure == amount * 10**6
    assert printed(figure, "money") == amount
    assert Decimal(show(figure, "money")) == amount
    assert Decimal(json.dumps(as_json(figure, "money"))) == amount
    assert read_text(show(figure, "money"), "money").figure == figure


@given(money)
def test_money_survives_a_cell_that_stores_17_digits(amount):
    stored = f"{plain(exact(amount, 'money'), 'money'):.17g}"
    assert read_cell(Cell("number", stored), "money").figure == exact(amount, "money")


@given(counts | st.integers(-(10**12) + 1, 0))
def test_counts_go_in_and_out_unchanged(number):
    assert exact(number, "signed") == exact(Decimal(number), "signed") == number
    assert as_json(number, "signed") == number and show(number, "signed") == str(number)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("59237.244899999998", "59237.2449"),
        ("59237.2449", "59237.2449"),
        ("712.18789500000003", "712.187895"),
        ("0.10000000000000001", "0.1"),
        ("9.9999999999999995E-7", "0.000001"),
        ("1E+2", "100"),
        ("100.0", "100"),
        ("-0", "0"),
    ],
)
def test_the_17_digits_of_a_file_are_the_decimal_that_was_typed(stored, shown):
    cell = Cell("number", stored)
    assert cell.number == Decimal(shown)
    assert show(read_cell(cell, "money").figure, "money") == shown


@pytest.mark.parametrize(("value", "text"), [("59237.2449", "59237.2449"), ("7730.28", "7730.28"), ("25.10", "25.1")])
def test_json_has_exactly_the_decimals(value, text):
    assert json.dumps(as_json(exact(Decimal(value), "money"), "money")) == text


def test_whole_money_is_a_whole_number_in_json():
    assert json.dumps(as_json(exact(Decimal("300.000000"), "money"), "money")) == "300"
    assert as_json(None, "money") is None


def test_a_blank_is_not_zero():
    assert show(None, "count") == "空白" and show(0, "count") == "0"
    assert as_json(None, "count") is None and as_json(0, "count") == 0


def test_what_breaks_its_type_is_kept_exactly_too():
    assert exact(Decimal("3.5"), "count") == Fraction(7, 2)
    assert exact(Decimal("0.1234567"), "money") == Fraction(1234567, 10)
    assert show(Fraction(7, 2), "count") == "3.5"
    assert show(Fraction(1234567, 10), "money") == "0.1234567"


@given(st.lists(money, max_size=30))
def test_sums_of_money_are_exact(amounts):
    assert printed(sum(exact(a, "money") for a in amounts), "money") == sum(amounts, Decimal())


@given(st.decimals(-(10**6), 10**6, places=9))
def test_rounding_is_excels(value):
    away = (abs(value) + Decimal("0.0000005")).quantize(Decimal("0.000001"), "ROUND_FLOOR").copy_sign(value)
    assert Fraction(rounded(Fraction(value), "count")) == Fraction(away)


@given(st.integers(10**12, 10**40) | st.integers(-(10**40), -(10**12)))
def test_a_figure_far_too_large_can_still_be_shown(number):
    assert int(show(number, "count")) == number


# ── 校验码 ───────────────────────────────────────────────────────────────────

LETTERS = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_./"


def reckoned(said):
    """The check code as docs/formats.md describes it, worked out a second time."""
    row = [said.year, *(LETTERS.find(letter) + 1 for letter in f"{said.agency.code:20.20}")]
    for field in said.form.inputs:
        figure = said.values[field.id]
        if field.type == "money":
            row += [None, None] if figure is None else divmod(figure, 10**6)
        else:
            row.append(figure)
    one, other = (
        sum(root**n % prime * (nothing if v is None else v) for n, v in enumerate(row)) % prime
        for prime, root, nothing in ((999983, 123459, 271828), (999979, 654325, 314159))
    )
    code = f"{one:06d}{other:06d}"
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


figures_2021 = st.dictionaries(
    st.sampled_from([f.id for f in filing().form.inputs]), st.none() | st.integers(0, 10**9), max_size=12
)


@given(figures_2021)
def test_the_check_code_is_as_documented(figures):
    assert check_code(filing(figures)) == reckoned(filing(figures))


@given(figures_2021, st.data())
def test_one_altered_figure_or_two_swapped_change_the_check_code(figures, data):
    inputs = filing(figures).inputs
    one, other = data.draw(st.lists(st.sampled_from(sorted(inputs)), min_size=2, max_size=2, unique=True))
    new = data.draw(st.none() | st.integers(0, 10**9).filter(lambda n: n != inputs[one]))
    code = check_code(filing(figures))
    if new != inputs[one]:
        assert check_code(filing({**figures, one: new})) != code
    if inputs[one] != inputs[other]:
        assert check_code(filing({**figures, one: inputs[other], other: inputs[one]})) != code


def test_blanks_declared_zero_have_the_code_of_zeros():
    nothing = dict.fromkeys(filing().inputs, None)
    everywhere = frozenset({"disclosure", "requests", "disputes"})
    assert check_code(filing(nothing, declared_zero=everywhere)) == check_code(filing())
    assert check_code(filing(nothing)) != check_code(filing())


@pytest.mark.parametrize("typed", ["3件", "约3", "12"])
def test_there_is_no_code_while_a_cell_holds_text(typed):
    assert check_code(filing({"requests.new.natural": typed})) is None
