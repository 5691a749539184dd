"""Formulas as programs write them, and where they look after lines were put in: held against the form as issued, to the letter."""

import pytest

from xltools.received.issued import canonical
from xltools.received.locate import AS_ISSUED, Lines, Places, moved_formula, squeezed


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("=SUM( A1:B2 )", "SUM(A1:B2)"),
        ("sum(a1)", "SUM(A1)"),
        ("'表一'!A1", "表一!A1"),
        ("$'表一'!A1", "表一!A1"),
        ("'表 一'!A1", "表 一!A1"),
        ("_xlfn.IFERROR(1,2)", "IFERROR(1,2)"),
        ("IF(TRUE(),1,FALSE())", "IF(TRUE,1,FALSE)"),
        ('IF(A1="a b","\'x\'!"," ")', 'IF(A1="a b","\'x\'!"," ")'),
        ('"a"&\n b1 &"c"', '"a"&B1&"c"'),
        ('""""&A1', '""""&A1'),
    ],
)
def test_what_programs_write_differently_is_one_formula(written, same):
    assert canonical(written) == same


@pytest.mark.parametrize(
    ("one", "other"), [("A1+B1", "A1-B1"), ('"a"', '"A"'), ('"a b"', '"ab"'), ("SUM(A1:B2)", "SUM(A1:B3)")]
)
def test_what_is_another_formula_stays_one(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(("label", "bare"), [(" 一、 本年　新收\n", "一、本年新收"), ("", ""), ("总计", "总计")])
def test_labels_are_compared_without_white_space(label, bare):
    assert squeezed(label) == bare


# ── moved ────────────────────────────────────────────────────────────────────

ROWS = Lines("row", {0: 0, 1: 1, 2: 3, 3: 4, 5: 2}, new=(5,), lost=(4,), moved=(5,))
COLUMNS = Lines("column", {0: 0, 1: 2, 2: 3}, new=(1,))
MOVED = Places(ROWS, COLUMNS)
"""A row put in above the third, the fifth lost, the sixth moved up; a column put in after the first."""


@pytest.mark.parametrize(
    ("formula", "there"),
    [
        ("SUM(A1:B3)", "SUM(A1:C4)"),
        ("$B$3", "$C$4"),
        ("B$3+$B3", "C$4+$C4"),
        ("A6", "A3"),
        ("A5", "A5"),  # lost: as it was
        ("表二!B3+表一!B3", "表二!B3+表一!C4"),
        ('IF(B3="B3",1,0)', 'IF(C4="B3",1,0)'),
        ("LOG10(B3)", "LOG10(C4)"),
        ("SUM(B3,C3)-B3", "SUM(C4,D4)-C4"),
    ],
)
def test_a_formula_looks_where_its_lines_went(formula, there):
    assert moved_formula(formula, "表一", {"表一": MOVED, "表二": AS_ISSUED}) == there


def test_a_formula_on_another_sheet_follows_the_sheet_that_it_names():
    assert moved_formula("B3+表一!B3", "校验", {"表一": MOVED}) == "B3+表一!C4"
    assert moved_formula("B3", "表一", {"表一": AS_ISSUED}) == "B3"


def test_lines_by_their_names():
    assert (ROWS.words(12), COLUMNS.words(4)) == ("第 13 行", "E 列")
    assert (ROWS.first_cell(12), COLUMNS.first_cell(4)) == ("A13", "E1")


def test_places_both_ways():
    assert MOVED.of(2, 1) == (3, 2) and MOVED.issued(3, 2) == (2, 1)
    assert MOVED.of(4, 1) is None and MOVED.of(2, 7) is None
    assert MOVED.issued(5, 2) is None and MOVED.issued(3, 1) is None
    assert AS_ISSUED.of(4, 7) == (4, 7) and AS_ISSUED.issued(4, 7) == (4, 7)
    assert MOVED.axes == (ROWS, COLUMNS)


def test_lines_given_up_for_lost():
    fewer = ROWS.without({2, 5})
    assert (dict(fewer.found), fewer.lost, fewer.moved, fewer.new) == ({0: 0, 1: 1, 3: 4}, (2, 4, 5), (), (5,))
    assert ROWS.without(set()) == ROWS
