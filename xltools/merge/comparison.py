"""同比: this year beside last year, figure by figure, with charts of what an office is asked about most."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from xltools.address import Box, a1, in_sheet
from xltools.algebra import sum_formula
from xltools.figures import Figure, Number
from xltools.layout import COMPARISON, STATUS_ROW, Layout
from xltools.model import Chart, Field, Filing
from xltools.relation import Sum
from xltools.workbook.book import Book, Sheet
from xltools.workbook.listing import TITLE
from xltools.workbook.shown import plain

_COLUMNS = {"表": 14.0, "指标": 62.0, "本年": 13.0, "上年": 13.0, "增减": 13.0, "增减（%）": 11.0}
_CHARTS, _HIGH, _ACROSS = 3, 15, 2
"""The first row of the charts, the rows that one takes, how many stand side by side."""


def write_comparison(book: Book, layout: Layout, filing: Filing, status: str) -> None:
    """The sheet: charts, the figures they show, then every figure of the form; this year's are live."""
    out = book.sheet(COMPARISON)
    out.widths(*_COLUMNS.values())
    out.put((STATUS_ROW, 0), status, "status")
    out.put((TITLE, 0), f"同比：{filing.agency.name} {filing.year} 年度与上年", "title_left")
    source = f"上年的数取自{filing.last_source}。" if filing.last else "没有给出上年的数（汇总时加上 --previous）。"
    out.put((TITLE + 1, 0), source, "small_line")
    row = _CHARTS + -(-len(layout.form.charts) // _ACROSS) * _HIGH
    for number, chart in enumerate(layout.form.charts):
        spot = (_CHARTS + number // _ACROSS * _HIGH, 0 if number % _ACROSS == 0 else 2)
        row = _chart(out, chart, spot, row, layout, filing)
    head = row
    for column, heading in enumerate(_COLUMNS):
        out.put((head, column), heading, "column")
    for row, field in enumerate(layout.form.fields.values(), head + 1):
        out.put((row, 0), field.section.sheet, "cell_left")
        out.put((row, 1), field.label, "cell_left")
        whole = Sum(tuple((1, part) for part in field.parts or (field.id,)))
        _line(out, row, whole, field, layout, filing)
    out.height(TITLE, 26)
    out.finish(repeat=head, repeat_from=head, footer=COMPARISON)


def _chart(out: Sheet, chart: Chart, spot: tuple[int, int], row: int, layout: Layout, filing: Filing) -> int:
    """A chart at ``spot`` over lines written from ``row`` on; the row after them."""
    out.put((row, 0), chart.title, "cell_left")
    for column, heading in enumerate(list(_COLUMNS)[1:], 1):
        out.put((row, column), heading, "column")
    top = row + 1
    for row, (words, whole) in enumerate(chart.items, top):
        out.put((row, 0), None, "cell_left")
        out.put((row, 1), words, "cell_left")
        _line(out, row, whole, layout.form.fields[whole.fields[0]], layout, filing)
    names, now, last = (Box(top, column, row, column) for column in (1, 2, 3))
    out.chart(spot, chart.title, names, {"本年": now, "上年": last} if filing.last else {"本年": now})
    return row + 2


def _line(out: Sheet, row: int, whole: Sum, field: Field, layout: Layout, filing: Filing) -> None:
    """This year's sum, live; last year's; the change, and its share of last year's."""
    now = _sum([filing.values[name] for name in whole.fields], some=True)
    last = _sum([filing.last.get(name) for name in whole.fields], some=False)
    cells = ",".join(in_sheet(layout.position(n)[0], layout.cell(n)) for n in whole.fields)
    live = f'IF(COUNT({cells})=0,"",ROUND({sum_formula(whole, layout, COMPARISON)},6))'
    out.formula((row, 2), live, None if now is None else plain(now, field.type), "cell_number")
    out.put((row, 3), None if last is None else plain(last, field.type), "cell_number")
    this, that = a1(row, 2), a1(row, 3)
    both = None if now is None or last is None else now - last
    out.formula((row, 4), f'IF(COUNT({this},{that})=2,ROUND({this}-{that},6),"")',
                None if both is None else plain(both, field.type), "cell_number")  # fmt: skip
    share = f'IF(COUNT({this},{that})<2,"",IF({that}=0,"",ROUND(({this}-{that})/ABS({that})*100,1)))'
    out.formula((row, 5), share, None if both is None or not last else _percent(both, last), "cell_share")


def _sum(figures: Sequence[Figure], *, some: bool) -> Figure:
    """The sum: over what is known, or only where all are."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known and (some or len(known) == len(figures)) else None


def _percent(change: Number, last: Number) -> float:
    share = Fraction(change) / abs(Fraction(last)) * 100
    exact = Decimal(share.numerator) / Decimal(share.denominator)
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))
