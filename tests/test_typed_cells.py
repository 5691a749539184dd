"""What people really type into one cell, and how it is read: the number and a word on it, or no number; never a guess."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import altered, cell_of, checked, codes, filing

from xltools.figures import exact
from xltools.findings import CATALOGUE
from xltools.ooxml.cells import Cell
from xltools.received.typed import read_cell, read_text
from xltools.workbook.write import write_filing

NBSP, IDEOGRAPHIC = "\u00a0", "\u3000"


def wan(amount):
    """Money as the package keeps it."""
    return exact(Decimal(amount), "money")


# ── blanks ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "typed", ["", " ", NBSP, IDEOGRAPHIC, f" {NBSP}\t{IDEOGRAPHIC}\n", "\u200b", "\ufeff", "\u00ad"]
)
def test_white_space_is_a_blank_without_a_word(typed):
    reading = read_text(typed, "count") if typed else read_cell(Cell("text", ""), "count")
    assert (reading.figure, reading.code) == (None, None)


@pytest.mark.parametrize("typed", ["/", "-", "—", "——", "－", "无", "無", f" / {NBSP}"])
def test_a_sign_for_nothing_is_a_blank_and_a_note(typed):
    reading = read_text(typed, "count")
    assert (reading.figure, reading.code) == (None, "cell-placeholder")


@pytest.mark.parametrize("typed", ["/", "—", "无", NBSP, f" {IDEOGRAPHIC}"])
@pytest.mark.parametrize("declared", [True, False])
def test_such_a_blank_counts_as_zero_only_where_the_switch_says_so(typed, declared):
    sections = frozenset({"requests"} if declared else ())
    received = checked(write_filing(filing({"requests.new.natural": typed}, declared_zero=sections)))
    assert received.filing.values["requests.new.natural"] == (0 if declared else None)
    assert codes(received, "error") == ([] if declared else ["cell-blank"])


# ── readable numbers ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "figure"),
    [
        ("12", 12),
        (" 12 ", 12),
        (f"{IDEOGRAPHIC}12{NBSP}", 12),
        ("00", 0),
        ("007", 7),
        ("+19", 19),
        ("1,113", 1113),
        ("1,234,567", 1234567),
        ("１２", 12),
        ("１，１１３", 1113),
        ("12.", 12),
        ("12.0", 12),
    ],
)
def test_an_odd_writing_is_the_number_and_a_note(typed, figure):
    reading = read_text(typed, "count")
    assert (reading.figure, reading.typed, reading.code) == (figure, typed, "cell-text-number")


@pytest.mark.parametrize(
    ("typed", "figure"), [("201件", 201), ("6項", 6), ("6 项", 6), ("１２件", 12), ("1,113件", 1113)]
)
def test_a_unit_after_a_count_is_the_number_and_a_query(typed, figure):
    reading = read_text(typed, "count")
    assert (reading.figure, reading.code) == (figure, "cell-unit-suffix")


@pytest.mark.parametrize(
    ("typed", "figure"), [("减11", -11), ("增1423", 1423), ("减少 3", -3), ("增加5项", 5), ("減２", -2), ("新增7", 7)]
)
def test_a_direction_in_words_is_the_number_and_a_query(typed, figure):
    reading = read_text(typed, "signed")
    assert (reading.figure, reading.code) == (figure, "cell-direction")


@pytest.mark.parametrize(("typed", "figure"), [("-11", -11), ("－11", -11), ("−11", -11), ("+19", 19)])
def test_a_sign_in_a_signed_cell_is_read(typed, figure):
    assert read_text(typed, "signed").figure == figure


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("240万元", "240"), ("712.187895万元", "712.187895"), ("1,240.5 万", "1240.5"), ("３万元", "3")],
)
def test_money_with_its_own_unit_is_the_number_and_a_note(typed, amount):
    reading = read_text(typed, "money")
    assert (reading.figure, reading.code) == (wan(amount), "cell-money-wan")


@pytest.mark.parametrize("amount", ["0.5", "7730.28", "1276.553", "59237.2449", "0.00001", "712.187895"])
def test_money_has_one_to_six_decimals_exactly(amount):
    assert read_text(amount, "money").figure == wan(amount) and isinstance(wan(amount), int)
    reading = read_cell(Cell("number", f"{float(amount):.17g}"), "money")
    assert (reading.figure, reading.code) == (wan(amount), None)


# ── what is no number ────────────────────────────────────────────────────────

PARAGRAPH = "本年度共收到申请 12 件，其中自然人 10 件、法人 2 件，均已按期办结。"


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("--253", ""),
        ("约3", "3"),
        ("0/0", ""),
        ("+(0) -(0)", ""),
        ("增", ""),
        ("184|184", ""),
        ("3~5", ""),
        ("12,34", ""),
        ("1.2.3", ""),
        ("二十", ""),
        (PARAGRAPH, ""),
        ("=1+1", ""),
        ("1e3", ""),
        ("TRUE", ""),
        ("件", ""),
        ("万元", ""),
        ("NaN", ""),
        ("inf", ""),
    ],
)
def test_what_is_no_number_is_an_error_with_a_suggestion_where_one_is_obvious(typed, suggestion):
    for kind in ("count", "signed"):
        reading = read_text(typed, kind)
        assert (reading.figure, reading.typed, reading.code) == (None, typed, "cell-not-number")
        assert suggestion in reading.suggestion if suggestion else not reading.suggestion


@pytest.mark.parametrize("typed", ["减11", "增1423"])
def test_a_direction_has_no_place_in_a_count(typed):
    reading = read_text(typed, "count")
    assert (reading.figure, reading.code) == (None, "cell-not-number")


@pytest.mark.parametrize(("typed", "right"), [("251000元", "25.1"), ("8000 元", "0.8"), ("1,234.56元", "0.123456")])
def test_money_in_yuan_is_an_error_that_suggests_the_converted_figure(typed, right):
    reading = read_text(typed, "money")
    assert (reading.figure, reading.code, reading.suggestion) == (None, "cell-money-yuan", right)


@pytest.mark.parametrize("typed", ["3亿元", "5美元", "约240万元", "240万元整", "240万元，另有押金10万元"])
def test_other_money_is_an_error(typed):
    reading = read_text(typed, "money")
    assert reading.figure is None and CATALOGUE[reading.code].severity == "error"


# ── digits that stand apart ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "figure"),
    [
        ("184 184", 184184),
        ("1 234", 1234),
        ("1 234 567", 1234567),
        (f"12{NBSP}345", 12345),
        ("1\u2009234", 1234),
        ("1\u202f234\u202f567", 1234567),
        (" 1 234 ", 1234),
        ("１２ ３４５", 12345),
        ("1，113", 1113),
        ("356，356", 356356),
        ("12，345，678", 12345678),
        (" 1，234 ", 1234),
    ],
)
def test_groups_of_three_are_one_number_and_a_query(typed, figure):
    reading = read_text(typed, "count")
    assert (reading.figure, reading.code) == (figure, "cell-grouped")
    assert CATALOGUE["cell-grouped"].severity == "query"


@pytest.mark.parametrize(
    "typed",
    [
        "12 5", "1 2", "3 4 5 6", "12 3", "2023 15", "1234 567", "12 34", "0 123", "1 234 56", "1 2345", "12  345", f"1 234{NBSP}567",
        f"12{IDEOGRAPHIC}5", f"1{IDEOGRAPHIC}234", f"12{NBSP}5", "12\u20025", "1\u2002234", "12\u20035", "1\n234", "1\r\n234",
        "12，5", "1，2", "0,123", "00,123", "3，4，5", "1234，567", "12，3456", "0，123", "1，234 567",
        "1\u2028234", "1\t234", "12\x0b5", "3, 456", "3 ,456", "12. 5", "12 .5", "1,234 567", "1 234,567", "12 5件", "1 2万元",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["count", "signed", "money"])
def test_any_other_gap_between_digits_is_no_number(typed, kind):
    reading = read_text(typed, kind)
    assert (reading.figure, reading.code, reading.suggestion) == (None, "cell-not-number", "")


def test_groups_of_three_with_a_unit_are_a_query_too():
    assert read_text("1 240.5 万元", "money").code == "cell-grouped"
    assert read_text("1 234 件", "count").code == "cell-unit-suffix"


@pytest.mark.parametrize(
    "typed",
    ["\u202e12", "1\u202e2", "\u202b12", "\u200f12", "12\u2067", "\u061c12", "1\u00ad2", "1\u20622", "١٢", "१२", "12\u0336",
     "1\u20e3", "²", "①②", "１\u200f２"],
)  # fmt: skip
def test_what_turns_or_dresses_digits_is_no_number(typed):
    reading = read_text(typed, "count")
    assert (reading.figure, reading.code, reading.suggestion) == (None, "cell-not-number", "")


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202a", "\u202d", "\u2060", "\ufeff", "\u2066"])
def test_what_leaves_the_digits_as_they_stand_is_no_part_of_them(mark):
    for typed in (f"{mark}12", f"1{mark}2", f"12{mark}"):
        assert read_text(typed, "count").figure == 12


# ── the remedy ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "typed", "right"),
    [
        ("count", "1.2万", "12000"), ("count", "3千", "3000"), ("count", "1.2万件", "12000"), ("count", "２百", "200"),
        ("count", "约3", "3"), ("count", "共12件", "12"), ("count", "十万", ""), ("count", "3千余", ""), ("count", "1.23456万", ""),
        ("count", "251元", ""), ("count", "¥251", ""), ("count", "(11)", ""), ("count", "–11", ""), ("count", "增加5件", ""),
        ("count", "△11", ""), ("count", "减11", ""), ("count", "11-", ""), ("count", "12/5", ""), ("count", "5%", ""),
        ("signed", "–11", "-11"), ("signed", "—11", "-11"), ("signed", "(11)", "-11"), ("signed", "（11）", "-11"),
        ("signed", "▼11", "-11"), ("signed", "△11", ""), ("signed", "▲11", ""), ("signed", "负11", "-11"),
        ("signed", "净减11", "-11"), ("signed", "比上年减少11", "-11"), ("signed", "较去年下降11件", "-11"),
        ("signed", "同比增加11", "11"), ("signed", "11-", "-11"),
        ("signed", "净增1.2万", "12000"), ("signed", "--11", ""), ("signed", "-(11)", ""), ("signed", "减-11", ""),
        ("money", "1.2亿", "12000"), ("money", "3千万元", "3000"), ("money", "251千元", "25.1"), ("money", "¥251000", "25.1"),
        ("money", "￥251,000.00", "25.1"), ("money", "人民币251000元", "25.1"), ("money", "251000.00元整", "25.1"),
        ("money", "人民币25.1万元整", "25.1"), ("money", "3亿元", "30000"), ("money", "约240万元", "240"), ("money", "251千", ""),
        ("money", "5美元", ""), ("money", "$5", ""), ("money", "12件", ""), ("money", "0.001元整", ""),
    ],
)  # fmt: skip
def test_the_remedy_proposes_the_right_number_or_none(kind, typed, right):
    reading = read_text(typed, kind)
    assert reading.figure is None or reading.code == "cell-direction"
    numbers = [n for n in reading.suggestion.replace("（", " ").split() if n.lstrip("-").replace(".", "").isdigit()]
    assert numbers == ([right] if right else [])


@pytest.mark.parametrize("typed", ["(12", "12)", "(-12)", "-(12)", "(减少12)", "-12-", "减少12-", "（12", "12）"])
@pytest.mark.parametrize("kind", ["count", "signed", "money"])
def test_half_a_bracket_or_two_signs_propose_nothing(typed, kind):
    assert read_text(typed, kind).suggestion == "" and read_text(typed, kind).figure is None


@pytest.mark.parametrize(("length", "read"), [(39, True), (40, True), (41, False), (60, False)])
def test_forty_characters_are_read_and_no_more(length, read):
    number = "0" * (length - 1) + "5"
    assert read_text(number, "count").figure == (5 if read else None)
    assert read_text("约" + number[1:], "count").suggestion == ("，例如 5" if read else "")


# ── numbers a cell of this type cannot have ──────────────────────────────────


@pytest.mark.parametrize(
    ("stored", "kind", "figure", "code"),
    [
        ("12", "count", 12, None),
        ("1E+2", "count", 100, None),
        ("-0", "count", 0, None),
        ("-3", "count", -3, "cell-negative"),
        ("-3", "signed", -3, None),
        ("3.5", "count", Fraction(7, 2), "cell-fraction"),
        ("3.5", "signed", Fraction(7, 2), "cell-fraction"),
        ("0.1234567", "money", Fraction(1234567, 10), "cell-too-precise"),
        ("-1", "money", -1_000_000, "cell-negative"),
        ("913208001234567890", "count", None, "cell-too-large"),
        ("1000000000000", "count", 10**12, "cell-too-large"),
        ("999999999999", "count", 10**12 - 1, None),
        ("13000000000", "money", None, "cell-too-large"),
    ],
)
def test_numbers_out_of_their_type(stored, kind, figure, code):
    reading = read_cell(Cell("number", stored), kind)
    assert reading.code == code
    assert figure is None or reading.figure == figure


@pytest.mark.parametrize(
    ("typed", "code"), [("-3", "cell-negative"), ("3.5", "cell-fraction"), ("-3件", "cell-negative")]
)
def test_an_improper_number_is_told_before_its_writing(typed, code):
    assert read_text(typed, "count").code == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (Cell("error", "#DIV/0!"), "cell-error-value"),
        (Cell("error", "#REF!", "A1/0"), "cell-error-value"),
        (Cell("boolean", "1"), "cell-not-number"),
        (Cell("number", "5", "2+3"), "cell-formula"),
        (Cell("number", "-5", "2-7"), "cell-negative"),
        (Cell("number", "NaN"), "cell-not-number"),
    ],
)
def test_cells_that_hold_something_else(cell, code):
    reading = read_cell(cell, "count")
    assert reading.code == code
    assert reading.figure == (float(cell.value) if code in ("cell-formula", "cell-negative") else None)


FIELD = "requests.new.natural"


def with_cell(value, field=FIELD, **more):
    """A filing whose file has one cell changed."""
    content = write_filing(filing(year=2020 if field.endswith("change") else 2023, **more))
    form = filing(year=2020 if field.endswith("change") else 2023).form
    sheet, address = cell_of(form, field)
    return checked(altered(content, sheet, {address: value}))


class Raw:
    """A stored value that goes into the file as it is."""

    def __init__(self, stored):
        self.stored = stored

    def __str__(self):
        return self.stored


@pytest.mark.parametrize("stored", ["1E+300", "-1E+300", "1E+999", "1E+30", "1" + "0" * 35, "NaN", "1E-300", "", "abc"])
def test_an_absurd_stored_number_is_a_finding(stored):
    received = with_cell(Raw(stored))
    assert received.filing is not None and codes(received, "error")
    assert all("None" not in f.message for f in received.findings)


@pytest.mark.parametrize("typed", ["1" + "0" * 30, "9" * 39, "9" * 200, "-" + "9" * 30])
def test_an_absurd_typed_number_is_a_finding(typed):
    received = with_cell(typed)
    assert codes(received, "error") and all(f.message for f in received.findings)


def test_a_formula_without_a_stored_value_is_not_zero():
    """A program that stores no values leaves nothing to read: that is no blank that the switch declares to be 0."""
    for sections in (frozenset(), frozenset({"requests"})):
        received = with_cell(("2+3", None), declared_zero=sections)
        assert received.filing.values[FIELD] is None and codes(received, "error")


def test_a_finding_says_what_was_typed_and_how_it_was_read():
    for field, typed, words in [
        (FIELD, f"1,113{NBSP}", ["1,113", "1113", "D8", "三、依申请公开"]),
        (FIELD, "201件", ["201件", "201", "D8"]),
        ("disclosure.licensing.change", "减11", ["减11", "-11", "二、主动公开"]),
        ("disclosure.fees.amount", "251000元", ["251000元", "B18"]),
    ]:
        received = with_cell(typed, field)
        [found] = [f for f in received.findings if f.code.startswith("cell-")]
        assert all(word in found.message for word in words), found.message
        assert found.field == field


def test_typed_text_does_not_change_the_neighbours():
    received = with_cell("184|184")
    assert received.filing.inputs == {**filing().inputs, FIELD: None}


@given(st.text(max_size=20), st.sampled_from(["count", "signed", "money"]))
def test_any_text_is_read_without_failing_and_none_silently(typed, kind):
    reading = read_text(typed, kind)
    assert reading.figure is None or reading.code
    assert reading.code or not "".join(c for c in typed if c.isprintable()).strip()


@given(st.integers(0, 10**11), st.sampled_from(["{}", " {} ", "{}件", "+{}", "{}.0", "{:,}", "00{}"]))
def test_every_such_writing_of_a_number_is_that_number(number, writing):
    assert read_text(writing.format(number), "count").figure == number


@pytest.mark.parametrize("kind", ["count", "signed"])
@pytest.mark.parametrize("shown", ["57", " 57", "５７", "57.0", "1,113", "007"])
def test_a_formula_that_shows_digits_as_text_is_told_as_a_formula(kind, shown):
    reading = read_cell(Cell("text", shown, '"5"&"7"'), kind)
    assert reading.code == "cell-formula" and reading.figure == read_text(shown, kind).figure
