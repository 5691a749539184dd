"""明细: the sheet of a summary on which its figures rest, an agency a row, a field a column. Read by ``received.ledger``.

Below the agencies stand a few open rows, 调整, in which the office may correct a total that it cannot get refiled. More agencies
than a reader takes from a list stand in a file beside the workbook, and here one row with what they add up to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xltools.address import Box, a1, in_sheet
from xltools.figures import PLACES, Figure
from xltools.form.fields import Field
from xltools.form.layout import ADJUSTMENTS, LEDGER, STATUS_ROW, Layout
from xltools.form.model import Adjustment, Filing, Form
from xltools.ooxml.cells import LIST_LIMIT
from xltools.terms import LEVELS
from xltools.workbook.cached import content, number

if TYPE_CHECKING:
    from xltools.ooxml.book import Book, Sheet
    from xltools.ooxml.streamed import Value

LABELS, IDS, TOP = 2, 3, 4
WHOSE = ("单位代码", "单位名称", "层级")
FIRST = len(WHOSE)
REASON = 1
"""The column of an adjustment's reason: the one in which agencies have their names."""

TOGETHER, HOMES = "合计", "{} 家"
"""How the row begins that stands for all agencies, and what its column of levels says of how many they are."""
NEAR = "_明细.csv"
"""What the name of the file of their figures adds to the workbook's."""
FIGURES_LIMIT = 256 * 2**20
"""Bytes of that file. Edition 2021 has 166 figures an agency: 150,000 agencies take 47 MB where nearly all of them are 0, and 130 MB
where each has four digits."""

ADJUSTMENT = "调整"
HEADING = f"{ADJUSTMENT}："
_HINT = f"{HEADING}下级无法改报、须由本级更正合计时，在下面填写：“单位名称”一列写明理由，各指标填增加（正数）或减少（负数）的数"
_CHANGED = "adjustments_changed"
"""The defined name of the cell that says so: conditional formats may not look at other sheets, but may use names."""

_TOLD = 7
"""The last column over which the line at the top goes."""
NOT_PRINTED = Box(0, 0, 1, _TOLD)
"""The print area of a sheet that is there to be calculated with: what it is, and no more; to print nothing at all cannot be said."""

_LABEL = ADJUSTMENT + " {}"


def lies_beside(form: Form, agencies: int) -> bool:
    """Whether the figures of so many agencies are more than is read of a list, and stand beside the workbook."""
    return agencies * (FIRST + len(form.inputs)) > LIST_LIMIT


def figures_beside(workbook: Path) -> Path:
    """Where the agencies' figures of a summary lie that its workbook cannot hold."""
    return workbook.with_name(workbook.stem + NEAR)


def rows_of(form: Form, agencies: int) -> int:
    """How many rows of the sheet stand for so many agencies."""
    return 1 if lies_beside(form, agencies) else agencies


def write_ledger(
    book: Book,
    layout: Layout,
    filings: Sequence[Filing],
    summary: Filing,
    status: str,
    sums: Mapping[str, Figure],
    name: str,
) -> None:
    """The sheet: labels and ids of the input fields above, an agency's figures in each row, adjustments below.

    ``sums`` are what the agencies add up to, ``name`` is the workbook's own, which what lies beside it shares.
    """
    out = book.sheet(LEDGER)
    inputs, rows = layout.form.inputs, rows_of(layout.form, len(filings))
    beside = lies_beside(layout.form, len(filings))
    out.widths(16, 28, 13, *(9.0 for _ in inputs))
    put_status(out, Box(STATUS_ROW, 0, STATUS_ROW, _TOLD), status, "status_wrapped")
    out.height_for(STATUS_ROW, (status, 57 + 9 * (_TOLD - 2)))
    what = f"各单位的数的合计，各单位自己的数在旁边的“{name}{NEAR}”里" if beside else "各单位的数"
    out.put((1, 0), f"明细：{what}，各表的数由这里相加得出；点一列的名称，回到表里的那一格（不打印）", "title_left")
    out.height(1, 26)
    for column, words in enumerate(WHOSE):
        out.put((IDS, column), None, "cell_id")
        out.put((LABELS, column), words, "head")
    for column, item in enumerate(inputs, FIRST):
        words = f"{item.section.sheet}　{item.label}"
        out.link((LABELS, column), in_sheet(item.section.sheet, layout.cell(item.id)), words, "column_link")
        out.put((IDS, column), item.id, "cell_id")
    styles = ("cell_left",) * FIRST + ("cell_number",) * len(inputs)
    if beside:
        words = f"共 {len(filings)} 家，一张表放不下，逐家的数写在旁边的“{name}{NEAR}”里，各列和这里的表头一样；请和汇总表放在一起"
        facts = (TOGETHER, words, HOMES.format(len(filings)), *(number(sums[item.id], item) for item in inputs))
        for column, (fact, style) in enumerate(zip(facts, styles, strict=True)):
            out.put((TOP, column), fact, style)
        out.height_for(TOP, (words, 28.0))
    else:
        out.rows(TOP, rows, (ledger_row(filing, inputs) for filing in filings), styles)
    out.formula((IDS, FIRST - 1), *_changed(layout, rows, summary), "cell_id")
    book.name(_CHANGED, in_sheet(LEDGER, a1(IDS, FIRST - 1, absolute=True)))
    _adjustments(out, layout, rows, summary)
    out.height(LABELS, 110)
    out.height(IDS, 46)
    out.finish(landscape=True, tall=1, freeze=(TOP, 2), area=NOT_PRINTED, footer=LEDGER)


def ledger_row(filing: Filing, inputs: Sequence[Field]) -> list[Value]:
    """An agency's row: code, name, level, and what its input cells hold."""
    agency, values = filing.agency, filing.values
    held = (content(filing, item) if item.id in values else None for item in inputs)
    return [agency.code, agency.name, LEVELS[agency.level], *held]


def _adjustments(out: Sheet, layout: Layout, agencies: int, summary: Filing) -> None:
    heading = _heading_row(agencies)
    out.put((heading, 0), _HINT, "adjust_hint")
    out.height(heading, 22)
    for n, row in enumerate(adjustment_rows(agencies)):
        given = summary.adjustments[n] if n < len(summary.adjustments) else Adjustment("", {})
        out.put((row, 0), _LABEL.format(n + 1), "adjust_label")
        out.put((row, REASON), given.reason, "adjust_reason")
        out.put((row, 2), "理由、数都要填" if not n else None, "adjust_label")
        for column, item in enumerate(layout.form.inputs, FIRST):
            words = given.typed.get(item.id)
            value = number(given.figures.get(item.id), item) if words is None else words
            out.put((row, column), value, f"adjust_{item.type}")
        if given.reason:
            out.height_for(row, (given.reason, 28.0))


def _heading_row(agencies: int) -> int:
    return TOP + max(agencies, 1)


def adjustment_rows(agencies: int) -> range:
    """The rows open for adjustments, below so many agencies."""
    first = _heading_row(agencies) + 1
    return range(first, first + ADJUSTMENTS)


def put_status(out: Sheet, box: Box | tuple[int, int], status: str, style: str = "status") -> None:
    """Writes the line at the top of a sheet of a summary; it says so itself where adjustments were typed or deleted since."""
    out.put(box, status, style)
    out.mark([box if isinstance(box, Box) else Box(*box, *box)], f"{_CHANGED}=1", "adjusted")


def _changed(layout: Layout, agencies: int, summary: Filing) -> tuple[str, int]:
    """1 where other lines of adjustments are filled in than were when the summary was made."""
    last = FIRST + len(layout.form.inputs) - 1
    rows = (Box(row, FIRST, row, last).fixed for row in adjustment_rows(agencies))
    count = "+".join(f"(COUNT({row})>0)" for row in rows)
    return f"IF({count}={_filled(summary)},0,1)", 0


def _filled(summary: Filing) -> int:
    return sum(any(f is not None for f in a.figures.values()) for a in summary.adjustments)


def status_words(status: str, summary: Filing) -> str:
    """The line at the top as shown."""
    rows = _filled(summary)
    return status + (f"；含调整 {rows} 行，见“{LEDGER}”末尾" if rows else "")


def sum_over(layout: Layout, agencies: int, item: Field) -> str:
    """The formula of a summary's input cell, over agencies and adjustments: blank over nothing, money to the 分; of a
    choice of two how many say the first."""
    return sum_from(layout, item, _heading_row(agencies) + ADJUSTMENTS)


def sum_from(layout: Layout, item: Field, bottom: int) -> str:
    column = FIRST + layout.form.inputs.index(item)
    cells = in_sheet(LEDGER, Box(TOP, column, bottom, column).fixed)
    if item.measure.summed == "none":
        return '""'
    places = PLACES[item.type]
    total = f"ROUND(SUM({cells}),{places})" if places else f"SUM({cells})"
    if item.measure.summed == "max":
        total = f"MAX({cells})"
    if item.choices:
        return f'IF(COUNTA({cells})=0,"",COUNTIF({cells},"{item.choices[0]}")+SUM({cells}))'
    return f'IF(COUNT({cells})=0,"",{total})'


def target(layout: Layout, agencies: int, item: Field) -> str:
    """Where the agencies' figures of a field stand, which its official cell leads to; of a total, the first of its parts'."""
    name = item.rests_on[0] if item.computed else item.id
    column = FIRST + [other.id for other in layout.form.inputs].index(name)
    return in_sheet(LEDGER, Box(TOP, column, _heading_row(agencies) + ADJUSTMENTS, column).span)
