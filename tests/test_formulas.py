"""Formulas held against arithmetic: what our writer writes is worked out by a small spreadsheet of the tests' own (``formulas``).

LibreOffice does the same for whole seasons (``test_office_*``), more slowly; this looks at more shapes of sums, and at every cell.
"""

import random
import re
from dataclasses import replace
from fractions import Fraction

import pytest
from formulas import Book, Wrong, typed
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from making import BUREAU, SMALL, distinct, filing, form_of, opened, relation
from office_samples import YEARS, random_filing
from test_office_checkcode import every_kind
from test_office_said import EMPTY, FAILING, RULE, SAID

from xltools.address import parse_range
from xltools.editions import load_form
from xltools.figures import printed
from xltools.form.algebra import difference_formula, parse_condition, parse_sum, sum_formula, total_formula
from xltools.form.checkcode import check_code
from xltools.form.fields import Measure
from xltools.form.layout import CHECKS, COVER, COVER_CELLS, layout_of
from xltools.form.model import Filing
from xltools.form.sums import Comparison, Sum
from xltools.rules.relation import Relation
from xltools.terms import FAIL, PASS, PENDING, explains
from xltools.workbook.said import bare_formula, bare_text, explained_formula, paragraphs_formula
from xltools.workbook.write import write_filing

FORM = form_of(SMALL + relation("s.x.a", "s.y.a"))
LAYOUT = layout_of(FORM)
SHEET = "一、小表"
COUNTS = ("s.x.a", "s.x.b", "s.y.a", "s.y.b", "s.w.d")
MONEY = ("s.z.m", "s.z.n")


# ── the small spreadsheet itself ─────────────────────────────────────────────


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("1+2*3-4/2", 5), ("-(2-5)", 3), ("2-3-4", -5), ("1-(2-3)", 2), ("ROUND(2.5,0)", 3), ("ROUND(-2.5,0)", -3),
        ("ROUND(0.1+0.2,6)=0.3", True), ("MOD(-3,7)", 4), ("INT(-3.5)", -4), ("SUM(A1:B2)", 12), ("COUNT(A1:B3)", 3),
        ("COUNTA(A1:B3)", 4), ("COUNTBLANK(A1:B3)", 2), ("A3=0", True), ('A3=""', True), ('B3="X"', True), ("B3>99", True),
        ('COUNTIF(A1:B3,">=4")', 2), ('COUNTIF(A1:B3,"?")', 1), ('COUNTIF(A1:B3,"x*")', 1), ("COUNTIF(A1:B3,5)", 1),
        ('COUNTIFS(A1:A2,">3",B1:B2,"<5")', 0), ("IFERROR(B3+1,7)", 7), ('IF(A1>2,"a","b")', "a"), ("INDEX(A1:B2,2,1)", 5),
        ("AND(A1=3,NOT(A2=3))", True), ("OR(A1=4,A2=4)", False), ('MID("abcd",2,2)&LEFT("xyz",1)', "bcx"),
        ('TEXT(12,"0000")', "0012"), ('FIND("c","abc")', 3), ("SUMPRODUCT((LEN(A1:B3)>=1)*(A1:B3=5))", 1), ("ISBLANK(A3)", True),
        ("SUMPRODUCT(--(A1:A2<>B1:B2))", 2), ("ISNUMBER(B3)", False), ('"say ""so"""', 'say "so"'), ("DATE(2023,12,31)", 45291),
    ],
)  # fmt: skip
def test_the_small_spreadsheet_works_as_excel_does(formula, found):
    cells = {("S", 1, 1): 3, ("S", 2, 1): 5, ("S", 1, 2): 4, ("S", 3, 2): "x"}
    assert Book(cells).worked_out(formula, "S") == found


def test_what_it_does_not_know_it_does_not_take():
    with pytest.raises(KeyError):
        Book({}).worked_out("VLOOKUP(1,2,3)", "S")
    assert isinstance(Book({("S", 1, 1): "x"}).worked_out("A1*2", "S"), Wrong)


# ── relations: formula and arithmetic ────────────────────────────────────────

factors = st.integers(-3, 3).filter(bool)
constants = st.sampled_from((0, 0, 0, 1, -1, 5, -7))


def sums(names):
    terms = st.lists(st.tuples(factors, st.sampled_from(names)), max_size=4, unique_by=lambda term: term[1])
    return st.builds(lambda terms, constant: Sum(tuple(terms), constant), terms, constants)


def comparisons(names, kind):
    return st.builds(
        Comparison, sums(names), st.sampled_from(("=", "!=", "<=", ">=", "<", ">")), sums(names), st.just(kind)
    )


any_comparison = comparisons(COUNTS, "count") | comparisons(MONEY, "money")
conditions = st.lists(any_comparison, min_size=1, max_size=2).map(tuple)

count = st.integers(0, 4)
amount = st.integers(0, 6).map(lambda n: n * 500_000 + (n % 2))
FIGURES = {
    **dict.fromkeys(COUNTS[:4], count | st.just(Fraction(7, 2))), "s.w.d": st.integers(-4, 4), **dict.fromkeys(MONEY, amount),
}  # fmt: skip
"""Small, so that both sides are often alike; some break their type."""
figures = st.fixed_dictionaries(FIGURES)
holed = st.fixed_dictionaries({name: kind | st.none() | st.just("三") for name, kind in FIGURES.items()})


@st.composite
def relations(draw):
    """A relation of any shape, its two sides of one type or of two."""
    one, two = draw(st.sampled_from([("count",) * 2, ("money",) * 2, ("count", "money")]))
    left, right = (draw(sums(COUNTS if kind == "count" else MONEY)) for kind in (one, two))
    when = draw(st.just(()) | conditions)
    holds = tuple(draw(st.lists(conditions, min_size=1, max_size=2)))
    found = replace(FORM.rules_of(Relation)[0], left=left, right=right, types=(one, two), when=when, holds=holds)
    assume(found.operands)
    return found


def book(inputs, declared=False):
    """The small form's sheet with these figures; a text stands as it is."""
    cells = {(SHEET, 4, 2): "是" if declared else "否"}
    for name, value in inputs.items():
        sheet, row, column = LAYOUT.position(name)
        if value is not None:
            shown = value if isinstance(value, str) else Fraction(printed(value, FORM.fields[name].type))
            cells[sheet, row + 1, column + 1] = shown
    return Book(cells)


def said(inputs, declared=False):
    """The same as a filing."""
    numbers = {name: None if isinstance(value, str) else value for name, value in inputs.items()}
    texts = {name: value for name, value in inputs.items() if isinstance(value, str)}
    return Filing(FORM, BUREAU, 2023, inputs=numbers, typed=texts, declared_zero=frozenset({"s"} if declared else ()))


def number(value):
    """A number that a cell stores, exactly; "" for nothing."""
    return "" if value is None else Fraction(repr(value)) if isinstance(value, float) else value


@settings(max_examples=100, deadline=None)
@given(sums(COUNTS), sums(COUNTS), figures)
def test_sums_and_differences_of_any_shape_are_written_as_they_are_reckoned(left, right, inputs):
    sheet = book(inputs)
    one, two = left.of(inputs), right.of(inputs)
    assert sheet.worked_out(sum_formula(left, LAYOUT, CHECKS), CHECKS) == one
    assert sheet.worked_out(difference_formula(left, right, LAYOUT, SHEET), SHEET) == one - two


@pytest.mark.parametrize(
    ("right", "left_over"),
    [
        ("s.x.b + 5", 88), ("s.x.b - 5", 98), ("s.x.b + 2*s.y.a", 53), ("2*s.x.b + 3*s.y.a", 26), ("s.x.b - s.y.a", 113),
        ("-s.x.b", 107), ("-s.x.b - 4", 111), ("-9", 109), ("0", 100), ("2*s.x.b", 86), ("s.x.b + s.y.a + 1", 72),
    ],
)  # fmt: skip
def test_the_whole_right_side_is_taken_away(right, left_over):
    written = difference_formula(parse_sum("s.x.a"), parse_sum(right), LAYOUT, SHEET)
    assert book({"s.x.a": 100, "s.x.b": 7, "s.y.a": 20}).worked_out(written, SHEET) == left_over


@settings(max_examples=120, deadline=None)
@given(relations(), figures)
def test_a_relation_of_any_shape_is_one_thing_in_the_sheet_and_in_check(found, inputs):
    one = said(inputs)
    shown, weighed = rows(found, one, book(inputs)), found.weigh(one.figures)
    assert weighed is not None
    assert shown[3] == (PASS if weighed.holds else FAIL)
    assert found.over(inputs)[2] == weighed.holds


@settings(max_examples=120, deadline=None)
@given(relations(), holed, st.booleans())
def test_what_lacks_a_figure_is_pending_in_the_sheet_and_in_check(found, inputs, declared):
    one = said(inputs, declared)
    shown = rows(found, one, book(inputs, declared))
    lacking = [n for n in found.operands if isinstance(inputs[n], str) or (inputs[n] is None and not declared)]
    assert (shown[3] == PENDING) == bool(lacking)
    assert bool(lacking) == (found.weigh(one.figures) is None)


def rows(found, one, sheet):
    """The row of 校验 that the formulas give; it is the one that Python gives."""
    formulas, row = found.formulas(LAYOUT, one), found.row(one)
    written = [formulas.left, formulas.right, formulas.difference, formulas.result]
    shown = ["" if formula is None else sheet.worked_out(formula, CHECKS) for formula in written]
    assert shown == [number(row.left), number(row.right), number(row.difference), row.result]
    return shown


@given(holed, st.booleans())
def test_a_total_is_the_sum_of_its_parts_and_blank_where_they_are(inputs, declared):
    for name in ("s.x.sum", "s.y.sum"):
        total = FORM.fields[name]
        shown = book(inputs, declared).worked_out(total_formula(total, LAYOUT, SHEET), SHEET)
        figure = said(inputs, declared).values[name]
        blank_shown = 0 if declared else ""
        assert shown == (blank_shown if figure is None else figure)


def test_an_amount_s_total_is_rounded_to_the_fen():
    x = FORM.fields["s.x.sum"]
    field = replace(x, row=replace(x.row, measure=Measure("money", "万元")))
    assert total_formula(field, LAYOUT, SHEET).endswith('"",ROUND(SUM($B$6:$C$6),6))')


@given(sums(("a.b", "c_d.e", "f")))
def test_a_sum_is_read_as_it_is_written(found):
    terms = [f"{'+-'[factor < 0]} {abs(factor)}*{name}" for factor, name in found.terms]
    text = " ".join([*terms, f"{'+-'[found.constant < 0]} {abs(found.constant)}"])
    assert parse_sum(text) == found


@pytest.mark.parametrize("op", ["=", "!=", "<=", ">=", "<", ">"])
def test_every_sign_of_a_condition_is_read_whole(op):
    assert parse_condition(f"a + 1 {op} 2*b") == ((("a + 1", op, "2*b"),),)
    assert parse_condition(f"a{op}b and c{op}d") == ((("a", op, "b"), ("c", op, "d")),)


# ── whole workbooks ──────────────────────────────────────────────────────────


def unlike(content):
    """The formulas of a workbook that come to something else than the value stored beside them."""
    sheets, stored = Book.read(content), opened(content, data_only=True)
    found = []
    for sheet, row, column in sheets.formulas():
        shown = sheets.worked_out(sheets.cells[sheet, row, column], sheet)
        there = stored[sheet].cell(row, column)
        kept = "" if there.value is None else typed(there.value)
        if shown != kept:
            found.append((sheet, there.coordinate, shown, kept))
    return found


def kinds(edition):
    """Filings of every kind: full, half empty, declared zero, negative, typed over, improper, explained, with last year's figures."""
    rng, form = random.Random(f"formulas {edition}"), load_form(edition)
    full = random_filing(rng, form, 1)
    first, *_, last = form.inputs
    before = {f.id: rng.choice((0, 3, full.inputs[f.id], None)) for f in form.inputs}
    every = {f.id: 5 for f in form.inputs}
    listed = [rule.id for rule in full.rules if rule.shows and rule.severity == "query"]
    return [
        *every_kind(edition),
        replace(full, inputs=distinct(form)),
        replace(full, inputs={**full.inputs, first.id: -1, last.id: Fraction(5, 2)}, signoff={**full.signoff, "date": ""}),
        replace(full, signoff={**full.signoff, "reviewer": "", "date": "2020-01-01"}, texts={"overview": ("无",), "other": ("无",)}),
        replace(full, inputs=distinct(form), explanations=dict.fromkeys(listed, "核实无误。")),
        replace(full, inputs=distinct(form), explanations=dict.fromkeys(listed, "上年漏报两件")),
        replace(full, last=before, last_source="上年的表"),
        replace(full, inputs=every, last=every, last_source="上年的表"),
        replace(full, inputs=every, last={**every, first.id: 6}, last_source="上年的表"),
        replace(full, inputs={**every, first.id: 10**12, last.id: -(10**12)}),
    ]  # fmt: skip


@pytest.mark.parametrize("n", range(len(kinds("2021"))))
@pytest.mark.parametrize("edition", YEARS)
def test_every_formula_comes_to_the_value_beside_it(edition, n):
    assert unlike(write_filing(kinds(edition)[n])) == []


@pytest.mark.parametrize("figures", [
    {"s.z.m": 1}, {"s.z.m": 999_999}, {"s.z.m": 1_000_000}, {"s.z.m": 59_237_244_900, "s.z.n": 25_000_000_000_001},
    {"s.x.a": 999_999_999_999, "s.z.n": 7}, {"s.w.d": -999_999_999}, {"s.x.a": None, "s.z.m": 12_340_000},
])  # fmt: skip
@pytest.mark.parametrize("declared", [False, True])
def test_the_code_in_the_sheet_counts_every_figure_to_the_last_place(figures, declared):
    said = filing(figures, form=FORM, declared_zero=frozenset({"s"} if declared else ()))
    sheets = Book.read(write_filing(said))
    code = COVER, COVER_CELLS.checkcode + 1, COVER_CELLS.column + 1
    assert sheets.worked_out(sheets.cells[code], COVER) == check_code(said) != check_code(filing(form=FORM))


INDEXED = re.compile(r"INDEX\((\$[A-Z]+\d+:\$[A-Z]+\d+),(\d+),(\d+)\)")


@pytest.mark.parametrize("edition", YEARS)
def test_what_is_counted_is_found_between_printed_words(edition):
    """So that who drags input cells elsewhere does not rewrite the formulas: their range begins at the words
    left of them, or where there are none, takes in those above."""
    form = load_form(edition)
    layout, workbook = layout_of(form), opened(write_filing(filing(form=form, year=form.years[0])))
    for table in layout.tables.values():
        boxes = {(box.top, box.left) for box in table.boxes.values()}
        found = set()
        for cell in (c for row in workbook[table.name].iter_rows(min_col=table.tally_column + 1) for c in row):
            for block, down, right in INDEXED.findall(str(cell.value)):
                box = parse_range(block.replace("$", ""))
                spot = box.top + int(down) - 1, box.left + int(right) - 1
                assert spot in boxes and spot[0] == box.bottom
                assert (box.top < box.bottom) == (not table.label_columns)
                found.add(spot)
        assert found == {(layout.position(f.id)[1:]) for f in form.inputs_of(table.section.id)}


@pytest.mark.parametrize("n", range(4))
def test_a_summary_s_formulas_too(n):
    edition = sorted(YEARS)[n % 2]
    one = replace(kinds(edition)[n], kind="summary")
    assert unlike(write_filing(one, status="汇总")) == []


@pytest.mark.parametrize("said_of_one", ["", "核实无误。", "OK", "市里下放的权限"])
@pytest.mark.parametrize("said_of_other", ["", "见附件：", "无", "日期写错了一年"])
@pytest.mark.parametrize("balanced", [True, False])
def test_the_cover_counts_what_is_open_however_many_empty_phrases_stand_there(said_of_one, said_of_other, balanced):
    """An error and two queries: an empty phrase closes neither its own query nor, by a slip of signs, another rule."""
    broken = {} if balanced else {"requests.new.natural": 1}
    late = {**filing().signoff, "date": "2020-01-01"}
    explanations = {RULE: said_of_one, "cover.signoff": said_of_other}
    one = filing({**FAILING, **broken}, explanations=explanations, signoff=late)
    sheets, cover = Book.read(write_filing(one)), "封面"
    status = sheets.value(cover, 1, 2)
    left = (not balanced) + (not explains(said_of_one)) + (not explains(said_of_other))
    assert status == ("全部通过，可以报送" if not left else f"还有 {left} 项未通过")


# ── words that say something ─────────────────────────────────────────────────


def worked(formula, texts):
    """A formula over the cells A1 and below."""
    return Book({("S", n, 1): text for n, text in enumerate(texts, 1) if text}).worked_out(formula, "S")


@pytest.mark.parametrize("words", [*EMPTY, *SAID, "", "无" * 40, "。" * 300])
def test_the_sheet_and_the_library_are_of_one_opinion_on_an_explanation(words):
    bare = worked(bare_formula("A1"), [words])
    assert bare == bare_text(words)
    cells = {("S", 1, 1): FAIL, ("S", 2, 1): PASS, ("S", 1, 2): bare, ("S", 2, 2): bare}
    assert Book(cells).worked_out(explained_formula("A1:A2", FAIL, "B1:B2"), "S") == explains(words)


@pytest.mark.parametrize("none", [False, True])
@pytest.mark.parametrize(
    ("texts", "few", "many"),
    [
        ([], 0, 0), (["无"], 0, 1), (["　无 "], 0, 1), (["无此情况"], 0, 1), (["无此情况。"], 1, 1), (["不  足 五 字"], 0, 1),
        (["我们报告了。", "无"], 1, 2), (["一二三四五", "", "一二三四五六"], 2, 2), ([" ", "　"], 0, 0), (["一二三四"], 0, 1),
    ],
)  # fmt: skip
def test_paragraphs_that_say_something_are_counted(texts, few, many, none):
    assert worked(paragraphs_formula("$A$1:$A$9", none=none), texts) == (many if none else few)
