"""Figures of rows that lost their blanks: what totals and relations prove, by examples small enough to be reckoned by hand."""

import random
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import SHEET, SIGNED, form_of, relation
from office_samples import YEARS, random_filing

from xltools.editions import load_form
from xltools.ingest.prove import equations, proven
from xltools.ingest.tables import Doubt, TablesRead

TABLE = (
    SHEET
    + """[[section.table]]
columns = [
    { id = "a", label = "甲" }, { id = "b", label = "乙" }, { id = "c", label = "丙" },
    { id = "sum", label = "合计", sum = ["a", "b", "c"] },
]
rows = [
    { id = "x", label = "天" }, { id = "y", label = "地" }, { id = "t", label = "总计", sum = ["x", "y"] },
    { id = "u", label = "人" },
]
"""
    + SIGNED
)
"""Rows x, y and their sum t; a row u of its own; columns a, b, c and their sum."""

FORM = form_of(TABLE)
COLUMNS = ("a", "b", "c", "sum")


def written(form):
    """The equations of a form in words, in the order of the alphabet."""
    return {
        " ".join(sorted(f"{factor:+d}{name.removeprefix('s.')}" for factor, name in rule)) for rule in equations(form)
    }


def whole(x, y, u=(0, 0, 0)):
    """Every figure of the form for three rows."""
    rows = {"x": x, "y": y, "t": tuple(map(sum, zip(x, y, strict=True))), "u": u}
    return {
        f"s.{row}.{c}": n
        for row, figures in rows.items()
        for c, n in zip(COLUMNS, (*figures, sum(figures)), strict=True)
    }


def reading(figures, *rows, without=()):
    """The tables read, but for rows that lost their blanks (figures that are 0), and for totals that are left out."""
    fields = FORM.fields
    read = TablesRead({n: str(v) for n, v in figures.items() if n.split(".")[1] not in rows and n not in without})
    read.missing_totals = [fields[n] for n in without]
    for row in rows:
        own = tuple(fields[f"s.{row}.{c}"] for c in COLUMNS)
        seen = tuple(str(figures[f.id]) for f in own if figures[f.id] and f.id not in without)
        read.doubts.append(Doubt(own, row, seen, "第 1 页", "丢了", lost_blanks=True))
    return read


def found(figures, *rows, **more):
    """What is proven, and what is left in doubt, by the last parts of the names."""
    read = reading(figures, *rows, **more)
    sure = {name.removeprefix("s."): text for name, text in proven(FORM, read).items()}
    return sure, [([f.id.removeprefix("s.") for f in d.fields], d.seen) for d in read.doubts]


# ── equations ────────────────────────────────────────────────────────────────


def test_the_equations_of_a_form_are_its_totals_also_with_totals_in_place_of_parts():
    assert written(FORM) == {
        "+1x.a +1x.b +1x.c -1x.sum", "+1y.a +1y.b +1y.c -1y.sum", "+1u.a +1u.b +1u.c -1u.sum",
        "+1x.a +1y.a -1t.a", "+1x.b +1y.b -1t.b", "+1x.c +1y.c -1t.c",
        "+1x.a +1x.b +1x.c +1y.a +1y.b +1y.c -1t.sum", "+1x.sum +1y.sum -1t.sum",
        "+1x.sum +1y.a +1y.b +1y.c -1t.sum", "+1x.a +1x.b +1x.c +1y.sum -1t.sum",
        "+1t.a +1x.b +1x.c +1y.b +1y.c -1t.sum", "+1t.b +1x.a +1x.c +1y.a +1y.c -1t.sum", "+1t.c +1x.a +1x.b +1y.a +1y.b -1t.sum",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "added"),
    [
        (relation("s.t.a", "s.u.a"), {"+1x.a +1y.a -1u.a", "+1t.a -1u.a"}),
        (relation("s.x.a", "2*s.u.b - s.u.c"), {"+1u.c +1x.a -2u.b"}),
        (relation("s.x.a", "s.u.a", "left <= right"), set()),
        (relation("s.x.a", "s.u.a", severity="query"), set()),
        (relation("s.x.a", "s.u.a + 1"), set()),
        (relation("s.x.a + 1", "s.u.a"), set()),
        (relation("s.x.a", "s.u.a", when="s.x.b > 0"), set()),
        (relation("s.x.a", "s.u.a", "left = right or left = 0"), set()),
        (relation("s.x.a", "s.u.a", "left = right and left > 0"), set()),
        (relation("s.x.sum", "0"), {"+1x.a +1x.b +1x.c"}),
    ],
)
def test_only_a_plain_equation_that_must_hold_proves_anything(rule, added):
    assert written(form_of(TABLE + rule)) - written(FORM) == added


def more(row, total, *columns):
    """A further table of one row: columns and their total."""
    written = ", ".join(f'{{ id = "{c}", label = "{c}" }}' for c in columns)
    parts = ", ".join(f'"{c}"' for c in columns)
    return (
        f'[[section.table]]\ncolumns = [{written}, {{ id = "{total}", label = "{total}", sum = [{parts}] }}]\n'
        f'rows = [{{ id = "{row}", label = "{row}" }}]\n'
    )


@pytest.mark.parametrize(
    "tables",
    [
        more("v", "all", "d", "e") + more("w", "all", "f", "g"),
        more("v", "one", "d", "e") + more("w", "other", "d", "e"),
        more("v", "all", "d", "e", "f") + more("w", "all", "d", "e", "f"),
    ],
    ids=["totals of one name", "totals of like columns", "both"],
)
def test_totals_of_a_kind_take_the_place_of_their_parts_all_at_once(tables):
    """Two sums that must be alike: then so must the printed totals, and neither alone says that."""
    one, other = ("one", "other") if "other" in tables else ("all", "all")
    form = form_of(TABLE + tables + relation(f"s.v.{one}", f"s.w.{other}"))
    assert f"+1v.{one} -1w.{other}" in written(form)


@pytest.mark.parametrize("edition", YEARS)
@pytest.mark.parametrize("seed", range(3))
def test_every_equation_of_an_edition_holds_for_a_filing_that_keeps_the_rules(edition, seed):
    form = load_form(edition)
    said = random_filing(random.Random(seed), form, seed).values
    rules = equations(form)
    assert len(rules) > len(form.totals) and len({frozenset(rule) for rule in rules}) == len(rules)
    assert all(sum(factor * said[name] for factor, name in rule) == 0 for rule in rules)
    assert all(len(rule) > 1 for rule in rules)


# ── examples ─────────────────────────────────────────────────────────────────


def test_a_row_is_placed_where_its_own_sum_and_the_columns_agree():
    sure, doubts = found(whole((5, 0, 3), (1, 2, 4)), "x")
    assert (sure, doubts) == ({"x.a": "5", "x.c": "3", "x.sum": "8"}, [])


def test_a_row_on_which_nothing_else_depends_is_not_placed_by_its_own_sum_alone():
    """The first 7 may stand in any column; and were the sum left out, so might the second."""
    sure, doubts = found(whole((1, 2, 3), (1, 2, 4), (0, 7, 0)), "u")
    assert (sure, doubts) == ({}, [(["u.a", "u.b", "u.c", "u.sum"], ("7", "7"))])


def test_what_is_certain_of_a_row_is_placed_and_the_rest_stays_in_doubt():
    """Two relations say where the 1 stands; of the 7 and the 8 nobody knows."""
    twice = form_of(TABLE + relation("s.u.a", "s.x.a") + relation("s.u.a", "s.y.a", id="s.other"))
    read = reading(whole((1, 2, 3), (1, 2, 4), (1, 7, 0)), "u")
    read.doubts = [
        Doubt(tuple(twice.fields[f.id] for f in d.fields), d.words, d.seen, d.place, d.reason, True)
        for d in read.doubts
    ]
    assert proven(twice, read) == {"s.u.a": "1"}
    [doubt] = read.doubts
    assert ([f.id for f in doubt.fields], doubt.seen) == (["s.u.b", "s.u.c", "s.u.sum"], ("7", "8"))
    assert (doubt.words, doubt.place) == ("u", "第 1 页")


def test_two_rows_prove_one_another():
    sure, doubts = found(whole((5, 0, 3), (0, 2, 4)), "x", "y")
    assert sure == {"x.a": "5", "x.c": "3", "x.sum": "8", "y.b": "2", "y.c": "4", "y.sum": "6"} and doubts == []


def test_what_one_row_proves_is_used_for_those_before_it():
    """x is certain only once y is, and y only once x has lost some of its places: they are looked at again and again."""
    sure, doubts = found(whole((5, 5, 0), (2, 0, 0)), "y", "x")
    assert sure == {"y.a": "2", "y.sum": "2", "x.a": "5", "x.b": "5", "x.sum": "10"} and doubts == []


def test_the_row_of_sums_is_placed_too():
    sure, doubts = found(whole((5, 0, 3), (1, 0, 4)), "t")
    assert (sure, doubts) == ({"t.a": "6", "t.c": "7", "t.sum": "13"}, [])


def test_one_slip_proves_nothing_against_a_row():
    """The row's own sum is a slip: one broken equation rules nothing out, and two do only with a column beside it."""
    figures = whole((5, 0, 3), (1, 2, 4))
    sure, doubts = found(figures | {"s.x.sum": 9}, "x")
    assert sure == {} and doubts == [(["x.a", "x.b", "x.c", "x.sum"], ("5", "3", "9"))]


def test_a_total_left_out_is_no_proof_against_a_place():
    sure, doubts = found(whole((5, 0, 3), (1, 2, 4)), "x", without=("s.x.sum",))
    assert sure == {"x.a": "5", "x.c": "3"} and doubts == []


@pytest.mark.parametrize("empty", [False, True])
def test_where_a_total_is_left_out_another_may_be_too(empty):
    """The second 5 is the sum; or it is b, and the sum is left out like that of t, and a slip made the column wrong."""
    read = reading(whole((5, 0, 0), (1, 2, 4)), "x", without=("s.t.sum",))
    if empty:  # the reader knows: nothing stood in the whole row
        read.empty.add("s.t.sum")
    assert proven(FORM, read) == ({"s.x.a": "5", "s.x.sum": "5"} if empty else {"s.x.a": "5"})
    assert [d.seen for d in read.doubts] == ([] if empty else [("5",)])


def test_a_row_of_one_figure_is_placed_too():
    sure, doubts = found(whole((0, 5, 0), (1, 2, 4)), "x", without=("s.x.sum",))
    assert (sure, doubts) == ({"x.b": "5"}, [])


def test_a_row_without_figures_is_not_taken_for_noughts():
    """Nobody knows what stood in y; so nothing is certain of x, but that its sum is its sum."""
    read = reading(whole((5, 0, 3), (0, 0, 0)), "x", "y")
    assert [d.seen for d in read.doubts] == [("5", "3", "8"), ()]
    assert proven(FORM, read) == {} and len(read.doubts) == 2


@pytest.mark.parametrize(
    ("name", "text", "sure"),
    [("y.b", "若干", {"sum": "8"}), ("y.b", "1.5", {"sum": "8"}), ("y.sum", "", {"a": "5", "c": "3", "sum": "8"})],
)
def test_what_is_no_number_says_nothing(name, text, sure):
    """Were it taken for 0, the column would be broken, and nothing proven."""
    read = reading(whole((5, 0, 3), (1, 2, 4)), "x")
    read.figures[f"s.{name}"] = text
    assert proven(FORM, read) == {f"s.x.{column}": figure for column, figure in sure.items()}


@pytest.mark.parametrize(
    "change",
    [
        {"lost_blanks": False},
        {"seen": ("5", "三", "8")},
        {"seen": ("5", "三", "3", "8")},
        {"seen": ("5", "0", "3", "8")},
        {"seen": ()},
        {"seen": ("5", "1", "3", "9")},
        {"fields": ("s.x.a", "s.x.b", "s.x.c")},
        {"fields": ("s.x.a", "s.x.b", "s.x.c", "s.u.sum")},
    ],
)
def test_only_a_whole_row_of_numbers_that_lost_blanks_alone_is_looked_at(change):
    read = reading(whole((5, 0, 3), (1, 2, 4)), "x")
    change = {**change, **({"fields": tuple(FORM.fields[n] for n in change["fields"])} if "fields" in change else {})}
    [doubt] = read.doubts
    read.doubts = [Doubt(**{**{n: getattr(doubt, n) for n in Doubt.__dataclass_fields__}, **change})]
    assert proven(FORM, read) == {} and len(read.doubts) == 1


@pytest.mark.parametrize("as_read", ["", "empty"])
def test_a_cell_printed_empty_counts_as_nothing(as_read):
    """In y, b is blank: printed so, or a row without any figure."""
    read = reading(whole((5, 0, 3), (0, 0, 0)), "x")
    for name in ("s.y.a", "s.y.b", "s.y.c", "s.y.sum"):
        if as_read == "empty":
            del read.figures[name]
            read.empty.add(name)
        else:
            read.figures[name] = ""
    assert proven(FORM, read) == {"s.x.a": "5", "s.x.c": "3", "s.x.sum": "8"}


# ── against all placements there are ─────────────────────────────────────────


def possible(read):
    """Every way to place all doubtful rows that keeps every equation; blanks are 0, a total not placed says nothing."""
    known = {name: int(text) for name, text in read.figures.items()}
    ways = [[dict(zip(places, d.seen, strict=True)) for places in combinations([f.id for f in d.fields], len(d.seen))]
            for d in read.doubts]  # fmt: skip
    for way in product(*ways):
        placed = {name: int(text) for one in way for name, text in one.items()}
        parts = {f.id: 0 for d in read.doubts for f in d.fields if not f.parts}
        said = {**known, **parts, **placed}
        rules = [rule for rule in equations(FORM) if all(name in said for _, name in rule)]
        if all(sum(factor * said[name] for factor, name in rule) == 0 for rule in rules):
            yield {name: str(figure) for name, figure in placed.items()}


small = st.sampled_from((0, 0, 1, 2, 3, 5))
row = st.tuples(small, small, small)


@settings(max_examples=60, deadline=None)
@given(row, row, row, st.sets(st.sampled_from("xytu"), min_size=1, max_size=2))
def test_what_is_proven_stands_so_in_every_placement_that_keeps_the_rules(x, y, u, rows):
    figures = whole(x, y, u)
    ways = list(possible(reading(figures, *sorted(rows))))
    read = reading(figures, *sorted(rows))
    sure = proven(FORM, read)
    assert all(figures[name] == int(text) for name, text in sure.items())
    assert all(way.get(name) == text for way in ways for name, text in sure.items())
    left = {text for d in read.doubts for text in d.seen}
    assert all(str(figures[f"s.{r}.{c}"]) in left | set(sure.values()) | {"0"} for r in rows for c in COLUMNS)
    assert not {f.id for d in read.doubts for f in d.fields} & sure.keys()
