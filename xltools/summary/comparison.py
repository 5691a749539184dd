"""同比: this year, last year and the change, field by field, live; above them the edition's charts of what matters most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xltools.address import Box, a1, in_sheet
from xltools.figures import FieldType, Figure, stored
from xltools.form.algebra import ranges, sum_formula
from xltools.form.fields import Chart, Field
from xltools.form.lastyear import chart_name, last_of
from xltools.form.layout import COMPARISON, Layout
from xltools.form.model import Filing
from xltools.form.sums import Sum
from xltools.ooxml.book import Book, Sheet
from xltools.periods import before as earlier
from xltools.periods import in_words, spoken
from xltools.workbook.listing import HEAD, TOP, list_sheet

_COLUMNS = {"指标": 60.0, "本年": 13.0, "上年": 13.0, "增减": 13.0, "增减幅度": 11.0}
_NO_LAST = "没有给出上年的表，只列本年的数；汇总时给出上年的汇总表或填报表（--previous），就有上年和增减。"
_NOW, _LAST, _CHANGE, _SHARE = 1, 2, 3, 4
_CHART_ROWS, _ROW, _CHART_WIDTH = 8, 19.0, 795
"""Charts stand below their figures: rows for one and their height in points, its width in pixels."""


def write_comparison(book: Book, layout: Layout, filing: Filing, status: str) -> None:
    """The sheet: the charts' figures on the first page, then every figure of the form."""
    title = f"同比：{filing.agency.name} {in_words(filing.year)}与{spoken('上年', filing.form.periods)}"
    columns = {spoken(name, filing.form.periods): width for name, width in _COLUMNS.items()}
    out = list_sheet(book, COMPARISON, title, status, columns)
    known = bool(filing.known_last)
    source = spoken("上年的数取自" if known else _NO_LAST, filing.form.periods) + (filing.last_source if known else "")
    out.put((TOP, 0), source, "name_left")
    row = TOP + 1
    for chart in layout.form.charts:
        row = _chart(out, row, chart, layout, filing)
    if layout.form.charts:
        out.break_before(row)
    for section in layout.form.table_sections:
        out.put(Box(row, 0, row, _SHARE), section.title, "band")
        row += 1
        for field in (
            f for f in layout.form.fields.values() if f.section.id == section.id and f.measure.summed != "none"
        ):
            _field(out, row, field, layout, filing)
            row += 1
    area = Box(0, 0, row - 1, _SHARE)
    out.finish(freeze=(HEAD + 1, 1), repeat=HEAD, area=area, colours=True, footer=COMPARISON)


def _chart(out: Sheet, top: int, chart: Chart, layout: Layout, filing: Filing) -> int:
    """A chart below its figures; the row after both."""
    out.put(Box(top, 0, top, _SHARE), chart.title, "band")
    known = False
    for row, ((words, named), (_, now, last, kind)) in enumerate(
        zip(chart.items, charted(chart, filing), strict=True), top + 1
    ):
        known = known or last is not None
        of = _over_inputs(named, filing)
        cells = ",".join(ranges(of.fields, layout, COMPARISON))
        formula = f'IF(COUNT({cells})=0,"",{sum_formula(of, layout, COMPARISON)})'
        _line(out, row, words, formula, (now, last), kind)
    first, last_row = top + 1, top + len(chart.items)
    bottom = last_row + _CHART_ROWS + 2
    out.heights(top, bottom, _ROW)
    labels, values, before = (
        in_sheet(COMPARISON, Box(first, column, last_row, column).fixed) for column in (0, _NOW, _LAST)
    )
    last_period = earlier(filing.year, filing.form.periods)
    series = [(in_words(filing.year), values), *([(in_words(last_period), before)] if known else [])]
    height = int(_CHART_ROWS * _ROW / 0.75)
    out.chart((last_row + 1, 0), chart.title, labels, series, (_CHART_WIDTH, height))
    return bottom


def charted(chart: Chart, filing: Filing) -> list[tuple[str, Figure, Figure, FieldType]]:
    """What a chart compares: words, this year's figure, last year's, and their type."""
    fields = filing.form.fields
    return [(words, _complete(_over_inputs(of, filing), filing.values), _chart_before(chart.title, words, of, filing),
             fields[of.fields[0]].type)
            for words, of in chart.items]  # fmt: skip


def _complete(of: Sum, values: Mapping[str, Figure]) -> Figure:
    """A sum over figures that are all known; None where one is not."""
    return of.total({name: values.get(name) for name in of.fields})


def last_year_of(field: Field, filing: Filing) -> Figure:
    """Last year's figure of a field; of a total whose parts have changed, last year's own total."""
    if field.ratio:
        known = {part: filing.last.get(part) for part in field.rests_on}
        return None if None in known.values() else field.total(known)
    return last_of(field, filing.last, filing.last_beside)


def _over_inputs(of: Sum, filing: Filing) -> Sum:
    return of.over_inputs({name: field.parts for name, field in filing.form.fields.items()})


def _chart_before(title: str, words: str, of: Sum, filing: Filing) -> Figure:
    """Last year's figure of a chart's item: what last year's form charts under the same words, else the sum of its figures."""
    if (name := chart_name(title, words)) in filing.last_beside:
        return filing.last_beside[name]
    return of.total({name: last_year_of(filing.form.fields[name], filing) for name in of.fields})


def _field(out: Sheet, row: int, field: Field, layout: Layout, filing: Filing) -> None:
    cell = in_sheet(field.section.sheet, layout.cell(field.id))
    words = " · ".join(part for part in ("/".join(field.row.label[-2:]), field.column_name) if part)
    last = last_year_of(field, filing)
    _line(out, row, words, f'IF({cell}="","",{cell})', (filing.values[field.id], last), field.type)
    out.height_for(row, (words, 1.15 * _COLUMNS["指标"]))  # in small print


def _line(out: Sheet, row: int, words: str, formula: str, figures: Sequence[Figure], kind: FieldType) -> None:
    """A row: words, this year's figure by formula, last year's, the change and its share, both live."""
    now, last = (None if figure is None else stored(figure, kind) for figure in figures)
    here, before, gap = (a1(row, column) for column in (_NOW, _LAST, _CHANGE))
    change = None if None in figures else stored((figures[0] or 0) - (figures[1] or 0), kind)
    share = change / last if change is not None and last else None
    out.put((row, 0), words, "cell_left")
    out.formula((row, _NOW), formula, now, "cell_number")
    out.put((row, _LAST), last, "cell_number")
    known = f"AND(ISNUMBER({here}),ISNUMBER({before}))"
    out.formula((row, _CHANGE), f'IF({known},ROUND({here}-{before},6),"")', change, "cell_change")
    out.formula((row, _SHARE), f'IF(ISNUMBER({gap}),IF({before}=0,"",{gap}/{before}),"")', share, "cell_percent")
