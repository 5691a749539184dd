"""Excel's limits on formulas: kept by every workbook that can be made, whatever the edition, supplement, level and size."""

import html
import random
import re
from collections.abc import Iterator

import pytest
from making import COUNTY, SMALL, form_of, parts, relation
from office_samples import random_filing
from test_large_summaries import summary_of
from xlsxwriter.worksheet import Worksheet

from xltools.editions import editions, load_form, supplements
from xltools.errors import XltoolsError
from xltools.form.model import Agency, Filing, Form
from xltools.ooxml.limits import ARGUMENTS, FUNCTIONS, LENGTH, TEXT, VALIDATION, BeyondExcel, guarded, measured
from xltools.ooxml.limits import LEVELS as DEPTH
from xltools.ooxml.streamed import PressedSheet
from xltools.summary.writing import write_summary
from xltools.terms import LEVELS
from xltools.workbook.write import write_filing

FORMULA = re.compile(r"<f(?: [^>]*)?>(.*?)</f>|<formula>(.*?)</formula>|<formula[12]>(.*?)</formula[12]>", re.DOTALL)


def forms() -> Iterator[Form]:
    for edition in editions():
        yield load_form(edition)
        for supplement in supplements():
            try:
                yield load_form(edition, (supplement,))
            except XltoolsError:
                continue


def written() -> Iterator[tuple[str, bytes]]:
    """Every kind of workbook, by name: blank, filled, with last year's figures, summaries of 1, 12, 500 and 2,000 agencies."""
    for form in forms():
        name, year = "+".join((form.edition, *form.supplements)), form.years[0]
        rng = random.Random(name)
        for level in LEVELS:
            agency = Agency("91220104MA0Y1234XX-1", "示例", level)
            yield f"{name} {level} blank", write_filing(Filing(form, agency, year))
            filing = random_filing(rng, form, 1)
            filing = Filing(form, agency, year, inputs=filing.inputs, texts=filing.texts, signoff=filing.signoff)
            yield f"{name} {level} filled", write_filing(filing)
            filing = filing.follow(dict.fromkeys((f.id for f in form.inputs), 3), "上年")
            yield (
                f"{name} {level} carried",
                write_filing(Filing(form, agency, year, last=filing.last, last_source="上年")),
            )
        for count in (1, 12) if form.supplements else (12, 500) if form.years[1] else (12, 2000):
            agencies = (Agency(f"{n:05d}", f"第{n}局", "township") for n in range(count))
            yield (
                f"{name} summary of {count}",
                write_summary(
                    summary_of([Filing(form, agency, year, inputs=filing.inputs) for agency in agencies], year)
                ),
            )


def test_all_formulas_are_within_the_limits() -> None:
    worst: dict[str, tuple[int, str]] = {}
    count = 0
    for name, content in written():
        count += 1
        for part, text in parts(content).items():
            if not part.startswith("xl/worksheets/sheet"):
                continue
            for cell, mark, typed in set(FORMULA.findall(text.decode("utf-8"))):
                formula = html.unescape(cell or mark or typed)
                length, arguments, levels, words, _ = measured(formula)
                assert guarded(formula, VALIDATION if typed else LENGTH) == formula
                for what, figure in (
                    ("length", length), ("arguments", arguments), ("levels", levels), ("text", words),
                    ("validation", length if typed else 0),
                ):  # fmt: skip
                    worst[what] = max(worst.get(what, (0, "")), (figure, name))
    limits = {"length": LENGTH, "arguments": ARGUMENTS, "levels": DEPTH, "text": TEXT, "validation": VALIDATION}
    print(f"{count} workbooks")
    for what, (figure, name) in worst.items():
        print(f"{what}: {figure} of {limits[what]} ({name})")
        assert 0 < figure <= limits[what]
    assert any(name.startswith("2019") for name in (f.edition for f in forms()))


def test_the_check_code_does_not_grow_with_the_form() -> None:
    """A form of twelve times the rows has formulas no longer, but more of them."""
    rows = ", ".join(f'{{ id = "r{n}", label = "第{n}行" }}' for n in range(240))
    large = SMALL.replace('rows = [{ id = "x", label = "天字" }, { id = "y", label = "地字" }]', f"rows = [{rows}]")
    lengths = []
    for text in (SMALL, large):
        content = parts(write_filing(Filing(form_of(text), COUNTY, 2023)))
        sheets = [part.decode() for name, part in content.items() if name.startswith("xl/worksheets/sheet")]
        formulas = [html.unescape(found) for sheet in sheets for found in re.findall(r"<f>(.*?)</f>", sheet)]
        lengths.append(max(len(f) for f in formulas if "999983" in f or "0000" in f))
    assert lengths[1] <= lengths[0] + 20


REFUSED = {
    "too long": "SUM(" + "A1+" * 2800 + "A1)",
    "too many arguments": f"SUM({','.join(['A1'] * 256)})",
    "too deep": "ABS(" * 65 + "A1" + ")" * 65,
    "a text too long": f'LEN("{"长" * 256}")',
    "unknown to Excel 2010": "TEXTJOIN(A1,A2)",
    "changes by itself": "TODAY()",
    "needs array entry": "TRANSPOSE(A1:B2)",
    "an Excel 365 name": "_xlfn.XLOOKUP(A1,B1:B2,C1:C2)",
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_excel_would_refuse_is_refused_when_it_is_written(why: str) -> None:
    with pytest.raises(BeyondExcel):
        guarded(REFUSED[why])


def test_no_function_of_ours_goes_by_another_name_in_the_file() -> None:
    """XlsxWriter puts a prefix to later functions; in our formulas it need not look for them."""
    formula = "+".join(f"{name}(A1)" for name in sorted(FUNCTIONS))
    for later in (False, True):
        told = [sheet._prepare_formula(f"={formula}", later) for sheet in (Worksheet(), PressedSheet())]
        assert told == [formula, formula]
    assert Worksheet()._prepare_formula("=SORT(A1)") != "SORT(A1)"


def test_what_is_just_within_is_taken() -> None:
    for formula in (
        "A1" + "+1" * ((LENGTH - 4) // 2),
        f"SUM({','.join(['A1'] * 255)})",
        "ABS(" * 64 + "A1" + ")" * 64,
        f'LEN("{"长" * 255}")',
        'IF(A1="(,""TODAY()",1,2)',
        "'表(1)'!A1+SUM('a''b(c,d'!A1:B2)",
    ):
        assert guarded(formula) == formula


def test_a_relation_too_long_for_excel_is_an_error_of_the_form() -> None:
    """A definition that cannot be written as formulas is told when its workbook is made, not by Excel at the clerk's."""
    columns = ", ".join(f'{{ id = "c{n}", label = "列{n}" }}' for n in range(0, 300))
    text = SMALL.replace(
        'rows = [{ id = "x", label = "天字" }, { id = "y", label = "地字" }]', 'rows = [{ id = "x", label = "天" }]'
    )
    text = re.sub(r"columns = \[\n.*?\n\]", f"columns = [{columns}]", text, count=1, flags=re.DOTALL)
    left = " + ".join(f"{n % 2 + 1} * s.x.c{n}" for n in range(0, 300))
    with pytest.raises(BeyondExcel):
        write_filing(Filing(form_of(text + relation(left, "s.x.c1")), COUNTY, 2023))
