"""The sheets of the six parts: tables as officially printed, and texts made for pasting."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Any

from xltools.address import Box, a1, in_sheet
from xltools.classes import dataclass
from xltools.figures import PLACES
from xltools.form.algebra import sum_formula, total_formula
from xltools.form.fields import Field, Measure, Section
from xltools.form.layout import (
    CHECK_COLUMNS,
    CHECK_TOP,
    CHECKS,
    CODE_LABEL,
    COVER,
    COVER_CELLS,
    NAME_ROW,
    PARAGRAPH_LIMIT,
    PARAGRAPHS,
    STATUS_ROW,
    SWITCH_LABEL,
    SWITCH_ROW,
    TABLE_TOP,
    TAKEN,
    TEXT_ROWS,
    TEXT_TOP,
    TITLE_ROW,
    Layout,
    TableSheet,
    paragraph_spot,
)
from xltools.form.model import Filing
from xltools.form.sums import Sum
from xltools.ooxml.book import LANDSCAPE, PORTRAIT, Book, Sheet, wide
from xltools.periods import in_words
from xltools.terms import FAIL, NO, YES
from xltools.workbook.cached import Shown, shown_as
from xltools.workbook.ledger import put_status
from xltools.workbook.outline import Draft, Work
from xltools.workbook.said import paragraphs_formula
from xltools.workbook.tally import lacking_cell, write_tally

TEXT_WIDTH, _TEXT_ROOM = 72, 30
"""A text sheet's width, and the rows shown as open paper; typing and pasting go on below them. A sheet of one column is not made
smaller to fit its page by every program: it has to fit."""


@dataclass(frozen=True)
class Computed:
    """Where inputs are computed (a summary): an input cell's formula, and the cell that a figure leads to."""

    formula: Callable[[Field], str]
    target: Callable[[Field], str]


_OPEN = 'RIGHT({},2)<>"填完"'
"""Whether a table has something to be done, by the cell of its state."""

_WORDS_LIMIT = 200
"""Characters of a short text."""

ASKED = {
    "count": "填整数，没有发生的填 0。",
    "signed": "填整数：增加填正数，减少填负数，没有变化填 0。",
    "money": "按“万元”填，最多 6 位小数（1 万元 = 10000 元）；没有填 0。",
    "yuan": "按“元”填，最多 2 位小数；没有填 0。",
    "choice": "请从下拉的几项里选一项。",
    "words": "简短写几个字，不超过 200 个；没有的写“无”。",
}


def cover_cell(row: int) -> str:
    return in_sheet(COVER, a1(row, COVER_CELLS.column, absolute=True))


def agency_line(filing: Filing) -> tuple[str, str]:
    """The formula and value of the line that says on each sheet whose it is."""
    year, part = cover_cell(COVER_CELLS.year), cover_cell(COVER_CELLS.period)
    of = f'{year}&"年"&{part}' if filing.form.periods else f'{year}&" 年度"'
    formula = f'"填报单位："&{cover_cell(COVER_CELLS.name)}&"　　"&{of}'
    return formula, f"填报单位：{filing.agency.name}　　{in_words(filing.year)}"


def put_agency(out: Sheet, box: Box | tuple[int, int], draft: Draft) -> None:
    """Puts that line."""
    formula, _ = agency_line(draft.filing)
    out.formula(box, formula, draft.told(lambda shown: agency_line(shown.filing)[1]), "name")


def write_tables(
    book: Book, sheet: TableSheet, layout: Layout, draft: Draft, status: str, entry: Computed | None
) -> None:
    """A table sheet; ``status`` takes the place of its own count of what is open, ``entry`` of its input cells."""
    out = book.sheet(sheet.name)
    out.widths(*sheet.widths)
    _top(out, sheet, layout, draft, status)
    for label in sheet.labels:
        out.put(label.box, label.text, label.role)
    for name, box in sheet.boxes.items():
        _figure(out, layout.form.fields[name], box, layout, draft, entry)
    for row, points in row_heights(sheet).items():
        out.height(row, points)
    if entry is None:
        _ask(out, sheet, layout, draft)
    _marks(out, sheet, layout, draft)
    write_tally(out, sheet, layout, draft)
    if not status:
        out.tint(_OPEN.format(a1(STATUS_ROW, 0, absolute=True)))
    out.finish(
        landscape=lies_across(sheet),
        tall=1,
        freeze=(sheet.header_bottom + 1, sheet.label_columns),
        # What is open is for the screen, what a summary lacks is for the paper too.
        area=Box(STATUS_ROW if status else TITLE_ROW, 0, sheet.last_row, sheet.last_column),
        first=None if entry else _first(sheet, layout, draft.filing),
        footer=sheet.section.title,
    )


def _first(sheet: TableSheet, layout: Layout, filing: Filing) -> Box | None:
    """The first cell in which a figure is to be typed."""
    boxes = (sheet.boxes[f.id] for f in layout.form.inputs_of(sheet.section.id) if f.id not in filing.carried)
    return min(boxes, key=lambda box: (box.top, box.left), default=None)


def _top(out: Sheet, sheet: TableSheet, layout: Layout, draft: Draft, status: str) -> None:
    last = sheet.last_column
    box = Box(STATUS_ROW, 0, STATUS_ROW, last)
    out.height(STATUS_ROW, 18)
    if status:
        put_status(out, box, status, "status_wrapped")
        out.height_for(STATUS_ROW, (status, sum(sheet.widths)))
    else:
        out.formula(box, _status(sheet, draft), draft.told(partial(_state, sheet.section)), "status")
        out.mark([box], _OPEN.format(box.address), "query")
    out.put(Box(TITLE_ROW, 0, TITLE_ROW, last), sheet.section.title, "title")
    put_agency(out, sheet.name_box, draft)
    label, code = sheet.code_boxes
    out.put(label, CODE_LABEL, "right")
    out.formula(code, cover_cell(COVER_CELLS.checkcode), draft.told(lambda shown: shown.code), "code")
    _switch(out, sheet, draft)
    out.height(TITLE_ROW, 30)
    out.height(NAME_ROW, 21)
    out.height(SWITCH_ROW, 24)


def _switch(out: Sheet, sheet: TableSheet, draft: Draft) -> None:
    """The 零填报 switch; a summary has nothing to declare, its figures are sums."""
    label, switch, hint = sheet.switch_boxes
    out.put(label, SWITCH_LABEL, "right")
    if draft.filing.kind == "summary":
        out.put(switch, NO, "right")
        out.put(hint, "汇总表的数由“明细”相加得出。", "small")
        return
    out.put(switch, draft.told(lambda shown: YES if sheet.section.id in shown.declared_zero else NO), "switch")
    out.put(hint, "没有发生的填 0；空白格确实都是 0 的，左边选“是”。", "small")
    out.validate(
        switch,
        {
            "validate": "list",
            "source": [NO, YES],
            "input_title": "零填报",
            "input_message": "选“是”：本表所有空白格都当作 0。选“否”：空白格是漏填，要逐格补上。",
            "error_title": "请选择",
            "error_message": "请选“是”或“否”。",
        },
    )


def results_range(draft: Draft, column: int) -> str:
    """A column of 校验 over all its rules."""
    return in_sheet(CHECKS, Box(CHECK_TOP, column, CHECK_TOP + max(len(draft.rules), 1) - 1, column).fixed)


def _status(sheet: TableSheet, draft: Draft) -> str:
    section = sheet.section
    lacking = lacking_cell(sheet)
    ids, results = (results_range(draft, c) for c in (CHECK_COLUMNS.id, CHECK_COLUMNS.result))
    failing = f'COUNTIFS({ids},"{section.id}.*",{results},"{FAIL}")'
    return (
        f'IF({lacking}>0,"本表还有 "&{lacking}&" 格空白或填得不对；","")'
        f'&IF({failing}>0,"勾稽关系不符 "&{failing}&" 项，见“{CHECKS}”；","")'
        f'&IF({lacking}+{failing}=0,"本表已填完","请补正")'
    )


def _state(section: Section, shown: Shown) -> str:
    """What the formula of a table's state shows."""
    lack, fail = shown.lacking(section), shown.failing(section)
    value = f"本表还有 {lack} 格空白或填得不对；" if lack else ""
    value += f"勾稽关系不符 {fail} 项，见“{CHECKS}”；" if fail else ""
    return value + ("请补正" if lack or fail else "本表已填完")


def _figure(out: Sheet, field: Field, box: Box, layout: Layout, draft: Draft, entry: Computed | None) -> None:
    if entry:
        out.lead(box, entry.target(field))
    if field.computed:
        formula = total_formula(field, layout, field.section.sheet)
        out.formula(box, formula, draft.told(lambda shown: shown.total(field)), f"sum_{field.type}")
    elif entry:
        value = draft.told(lambda shown: shown_as(shown.values[field.id], field, "summary"))
        out.formula(box, entry.formula(field), value, f"sum_{field.type}")
    else:
        look = f"carried_{field.type}" if field.id in draft.filing.carried else field.type
        out.put(box, draft.told(lambda shown: shown.entry(field)), look)


_ABOVE, _SMALL = 80.0, 10 / 11
"""Points that title, name and switch take above a table; how much smaller its labels are than what ``wide`` is for."""
_STRETCH = {False: 1.6, True: 2.5}
"""How much higher than needed rows may be, to fill a page that stands or lies across: not so high that a screen shows few of them."""


def lies_across(sheet: TableSheet) -> bool:
    """Whether a table is printed on a page laid across: it is much wider than high."""
    return _width(sheet) > 1.3 * (sum(_needed(sheet).values()) + _ABOVE)


def row_heights(sheet: TableSheet) -> dict[int, float]:
    """Rows of a table, in points: as high as their labels need, and so much more that the table fills its page."""
    needed = _needed(sheet)
    lies = lies_across(sheet)
    across, down = LANDSCAPE if lies else PORTRAIT
    room = down * max(_width(sheet) / across, 1) - _ABOVE  # a wider sheet is printed smaller, and higher rows have room
    stretch = min(max(room / sum(needed.values()), 1), _STRETCH[lies])
    return {row: int(points * stretch * 4) / 4 for row, points in needed.items()}


def _width(sheet: TableSheet) -> float:
    """A table's width in points, as Excel counts it: 7 pixels a unit and 5 a column."""
    return sum(7 * width + 5 for width in sheet.widths) * 0.75


def _needed(sheet: TableSheet) -> dict[int, float]:
    """Rows of a table as high as their wrapped labels need, about two units of width a Chinese character; in points."""
    need: dict[int, int] = {}
    for label in sheet.labels:
        across = sum(sheet.widths[label.box.left : label.box.right + 1])
        lines = math.ceil(wide(label.text) * _SMALL / max(across - 0.7, 1))
        rows = label.box.bottom - label.box.top + 1
        for row in range(label.box.top, label.box.bottom + 1):
            need[row] = max(need.get(row, 1), math.ceil(lines / rows))
    least = 21.0 if len(sheet.boxes) > 60 else 26.0
    return {row: max(least, 14.0 * need.get(row, 1) + 5) for row in range(TABLE_TOP, sheet.last_row + 1)}


def _ask(out: Sheet, sheet: TableSheet, layout: Layout, draft: Draft) -> None:
    """Input messages and limits, one for each run of neighbouring input cells in a row."""
    fields = list(layout.form.inputs_of(sheet.section.id))
    carried = draft.filing.carried
    source = draft.told(lambda shown: f"{TAKEN}{shown.filing.last_source}，已经锁定，不用填。"[:250])
    for (row, measure, *_), group in groupby(
        enumerate(fields),
        lambda item: (sheet.boxes[item[1].id].top, item[1].measure, _run(sheet, *item), item[1].id in carried),
    ):
        run, kind = [field for _, field in group], measure.type
        box = Box(row, sheet.boxes[run[0].id].left, row, sheet.boxes[run[-1].id].left)
        asked = source if run[0].id in carried else ASKED[kind]
        title = (run[0].row.name or sheet.section.title)[:32]
        options: dict[str, Any] = {
            "input_title": title, "input_message": asked, "error_title": "填得不对", "error_message": ASKED[kind],
        }  # fmt: skip
        if places := PLACES[kind]:
            cell = a1(row, box.left)
            options |= {
                "validate": "custom",
                "value": f"=AND(ISNUMBER({cell}),{cell}>=0,ROUND({cell},{places})={cell})",
            }
        elif kind == "choice":
            options |= {"validate": "list", "source": list(measure.choices)}
        elif kind == "words":
            options |= {"validate": "length", "criteria": "<=", "value": _WORDS_LIMIT}
        elif kind == "count":
            options |= {"validate": "integer", "criteria": ">=", "value": 0}
        else:
            options |= {"validate": "integer", "criteria": "between", "minimum": -999999999, "maximum": 999999999}
        out.validate(box, options)


def _run(sheet: TableSheet, number: int, field: Field) -> int:
    """The same for neighbours: merged cells and totals break a run."""
    return sheet.boxes[field.id].left - number


def _marks(out: Sheet, sheet: TableSheet, layout: Layout, draft: Draft) -> None:
    """Colours that live with the figures: improper cells, totals typed over, both ends of a relation that fails."""
    by_measure: dict[Measure, list[Box]] = {}
    for field in layout.form.inputs_of(sheet.section.id):
        by_measure.setdefault(field.measure, []).append(sheet.boxes[field.id])
    for measure, boxes in by_measure.items():
        cell, kind = boxes[0].address, measure.type
        if kind in ("choice", "words") and draft.filing.kind == "filing":
            others = ",".join(f'{cell}<>"{word}"' for word in measure.choices)
            if others:
                out.mark(boxes, f"AND(LEN({cell})>0,{others})", "error")
            continue
        whole = f"ROUND({cell},{PLACES[kind]})" if PLACES[kind] else f"INT({cell})"
        wrong = f"{whole}<>{cell}" if kind == "signed" else f"OR({cell}<0,{whole}<>{cell})"
        out.mark(boxes, f"AND(LEN({cell})>0,IF(ISNUMBER({cell}),{wrong},TRUE))", "error")
    for field in (*layout.form.totals, *layout.form.ratios):
        if field.section is sheet.section:
            cell = layout.cell(field.id)
            parts = Sum(tuple((1, part) for part in field.parts))
            right = total_formula(field, layout, sheet.name) if field.ratio else sum_formula(parts, layout, sheet.name)
            out.mark([sheet.boxes[field.id]], f"IF(ISNUMBER({cell}),ROUND({cell}-{right},6)<>0,LEN({cell})>0)", "error")
    for rule in draft.rules:
        here = [sheet.boxes[name] for name in rule.anchors if name in sheet.boxes]
        if here:
            out.mark(here, f'{rule_name(rule.id)}="{FAIL}"', rule.severity)


def rule_name(rule: str) -> str:
    """The defined name of a rule's result: conditional formats may not look at other sheets, but may use names."""
    return "rule_" + rule.replace(".", "_")


_UNSAID = "还没有填写"


def text_formula(section: Section, cells: str) -> str:
    """The formula that says how far a text part is."""
    return f'IF({paragraphs_formula(cells, none=section.none)}=0,"{_UNSAID}","已填 "&COUNTA({cells})&" 段")'


def text_state(section: Section, shown: Shown) -> str:
    """What it shows."""
    return f"已填 {shown.paragraphs(section)} 段" if shown.written(section) else _UNSAID


def write_text(book: Book, section: Section, draft: Draft, status: str) -> None:
    """A text sheet: one wide open column, a paragraph a row, nothing merged: pasted paragraphs stand and print whole."""
    paragraphs = draft.filing.texts.get(section.id, ())
    if len(paragraphs) > TEXT_ROWS:
        raise ValueError(f"{section.sheet}: {len(paragraphs)} paragraphs, room for {TEXT_ROWS}")
    out = book.sheet(section.sheet)
    out.open_column(0, TEXT_WIDTH, "paragraph")
    if status:
        put_status(out, (STATUS_ROW, 0), status, "status_wrapped")
        out.height_for(STATUS_ROW, (status, TEXT_WIDTH))
    else:
        unsaid = f'IF({paragraphs_formula(PARAGRAPHS.fixed, none=section.none)}=0,"{_UNSAID}","")'
        said = draft.told(lambda shown: "" if shown.written(section) else _UNSAID)
        out.formula((STATUS_ROW, 0), unsaid, said, "status")
    out.put((TITLE_ROW, 0), section.title, "title")
    put_agency(out, (NAME_ROW, 0), draft)
    hint = f"{section.text}每段一行，不超过 {PARAGRAPH_LIMIT} 个字（变橙色的请分段）；从 Word 复制后，点下面第一格直接粘贴即可。"
    out.put((TEXT_TOP - 1, 0), hint, "small")
    out.height(TITLE_ROW, 30)
    out.height(NAME_ROW, 21)
    out.height_for(TEXT_TOP - 1, (hint, TEXT_WIDTH))
    for place, paragraph in enumerate((*paragraphs, *("",) * (_TEXT_ROOM - len(paragraphs)))):
        spot = paragraph_spot(place)
        out.put(spot, draft.told(_paragraph(section, place)) if paragraph else None, "paragraph")
        if paragraph:
            out.paragraph_height(spot[0], paragraph, TEXT_WIDTH)
    out.mark([PARAGRAPHS], f"LEN({PARAGRAPHS.address})>{PARAGRAPH_LIMIT}", "query")
    if not status:
        out.tint(f"LEN({a1(STATUS_ROW, 0, absolute=True)})>0")
    out.finish(freeze=(TEXT_TOP, 0), first=Box(TEXT_TOP, 0, TEXT_TOP, 0), footer=section.title)


def _paragraph(section: Section, place: int) -> Work:
    return lambda shown: shown.filing.texts[section.id][place]
