"""封面: whose filing it is, who answers for it, what is left to do."""

from __future__ import annotations

from functools import partial
from operator import attrgetter

from xltools.address import Box, in_sheet
from xltools.dates import serial
from xltools.form.fields import Section
from xltools.form.layout import (
    CHECK_COLUMNS,
    CHECKS,
    CODE_LABEL,
    COVER,
    COVER_CELLS,
    COVER_IDENTITY,
    PARAGRAPHS,
    PERIOD_LABEL,
    Layout,
)
from xltools.ooxml.book import Book, Sheet
from xltools.periods import example_day, last_day, part_of, plain_day
from xltools.terms import FAIL, KINDS, LEVELS, PENDING, SIGNOFF
from xltools.workbook.cached import Shown
from xltools.workbook.ledger import put_status
from xltools.workbook.outline import Draft, Work
from xltools.workbook.said import explained_formula, paragraphs_formula
from xltools.workbook.table_sheets import results_range, text_formula, text_state
from xltools.workbook.tally import lacking_cell, write_code

AT = COVER_CELLS
_LAST = 4


def write_cover(book: Book, layout: Layout, draft: Draft, status: str) -> None:
    """The cover sheet; ``status`` takes the place of its own count of what is open."""
    filing = draft.filing
    out = book.sheet(COVER)
    out.widths(3, 20, 40, 16, 3)
    rows = _progress(out, layout, draft)
    box = Box(AT.status, 1, AT.status, _LAST - 1)
    if status:
        put_status(out, box, status, "status_wrapped")
        out.height_for(AT.status, (status, 76))
    else:
        counts = Box(AT.progress + 1, 3, AT.progress + rows, 3).fixed
        formula = f'IF(SUM({counts})=0,"全部通过，可以报送","还有 "&SUM({counts})&" 项未通过")'
        out.formula(box, formula, draft.told(_left), "status")
        out.mark([box], f'LEFT({box.address},2)="还有"', "query")
        out.mark([box], f'LEFT({box.address},2)="全部"', "good")
    out.put(Box(AT.title, 1, AT.title, _LAST - 1), layout.form.title, "title")
    kind = KINDS[filing.kind]
    out.put(Box(AT.kind, 1, AT.kind, _LAST - 1), kind, "subtitle")
    name, code = (draft.told(attrgetter(f"filing.agency.{said}")) for said in ("name", "code"))
    facts = (name, code, LEVELS[filing.agency.level], int(filing.year), layout.form.basis)
    for row, label, fact in zip(range(AT.name, AT.basis + 1), COVER_IDENTITY.values(), facts, strict=True):
        out.put((row, AT.label_column), label, "key")
        out.put(Box(row, AT.column, row, 3), fact, "fact")
    if layout.form.periods:
        out.put((AT.period, AT.label_column), PERIOD_LABEL, "key")
        out.put(Box(AT.period, AT.column, AT.period, 3), part_of(filing.year), "fact")
    out.put((AT.checkcode, AT.label_column), CODE_LABEL, "key")
    write_code(out, layout, draft)
    _signoff(out, draft)
    for row in range(AT.name, AT.progress + rows + 1):
        out.height(row, 24)
    out.height(AT.title, 44)
    seal = AT.progress + rows + 2
    out.put(Box(seal, 1, seal, _LAST - 1), "（单位盖章）", "right")
    if not status:
        out.tint(f'LEFT({Box(AT.status, 1, AT.status, 1).fixed},2)="还有"')
    # What is open is for the screen, what a summary lacks is for the paper too.
    area = Box(AT.status if status else AT.title, 0, seal + 3, _LAST)
    out.finish(
        tall=1, area=area, first=Box(AT.signoff, AT.column, AT.signoff, 3), footer="填报数字与纸质件以校验码相同为准"
    )


def _left(shown: Shown) -> str:
    """What the cover says first."""
    left = sum(_section_left(section, shown) for section in shown.form.sections) + _checks_left(shown)
    return f"还有 {left} 项未通过" if left else "全部通过，可以报送"


def _signoff(out: Sheet, draft: Draft) -> None:
    filing = draft.filing
    day = plain_day(example_day(last_day(filing.year, filing.form.periods)))
    of = PERIOD_LABEL if filing.form.periods else COVER_IDENTITY["year"]
    for row, (key, label) in enumerate(SIGNOFF.items(), AT.signoff):
        said = draft.told(_signed(key))
        out.put((row, AT.label_column), label, "key")
        box = Box(row, AT.column, row, 3)
        if key == "date":
            out.put(box, said, "entry_date")
            out.validate(Box(row, AT.column, row, AT.column), {
                "validate": "date", "criteria": "between",
                    "minimum": "=DATE(2000,1,1)",
                    "maximum": "=DATE(2200,1,1)", "input_title": label,
                "input_message": f"例：{day}。不早于{of}的最后一天。",
                "error_title": "填得不对", "error_message": f"请填日期，例：{day}。",
            })  # fmt: skip
        else:
            out.put(box, said, "entry")


def _signed(key: str) -> Work:
    """An entry of the sign-off; a date as Excel's number."""

    def said(shown: Shown) -> str | int:
        words = shown.filing.signoff.get(key, "")
        known = serial(words) if key == "date" else None
        return words if known is None else known

    return said


def _progress(out: Sheet, layout: Layout, draft: Draft) -> int:
    """The list of sheets with their state and how many items are open on each; how many they are."""
    for column, heading in enumerate(("表", "填报情况", "未通过"), 1):
        out.put((AT.progress, column), heading, "column")
    for row, section in enumerate(layout.form.sections, AT.progress + 1):
        _section_row(out, row, section, layout, draft)
    rows = len(layout.form.sections) + 1
    row = AT.progress + rows
    results, bare = (results_range(draft, c) for c in (CHECK_COLUMNS.result, CHECK_COLUMNS.bare))
    failing, pending = f'COUNTIF({results},"{FAIL}")', f'COUNTIF({results},"{PENDING}")'
    explained = explained_formula(results, FAIL, bare)
    out.link((row, 1), f"'{CHECKS}'!A1", CHECKS, "link")
    formula = f'"不符 "&{failing}&" 项（已说明 "&{explained}&" 项），待填 "&{pending}&" 项"'
    out.formula((row, 2), formula, draft.told(_checks_state), "fact")
    out.formula((row, 3), f"{failing}+{pending}-({explained})", draft.told(_checks_left), "cell")
    if draft.filing.kind == "filing":
        boxes = [Box(AT.progress + 1 + n, 3, AT.progress + 1 + n, 3) for n in range(rows)]
        out.mark(boxes, f"{boxes[0].address}>0", "query")
    return rows


def _checks_state(shown: Shown) -> str:
    return f"不符 {shown.count(FAIL)} 项（已说明 {shown.explained} 项），待填 {shown.count(PENDING)} 项"


def _checks_left(shown: Shown) -> int:
    return shown.count(FAIL) + shown.count(PENDING) - shown.explained


def _section_row(out: Sheet, row: int, section: Section, layout: Layout, draft: Draft) -> None:
    out.link((row, 1), f"'{section.sheet}'!A1", section.sheet, "link")
    if section.tables:
        lacking = lacking_cell(layout.tables[section.id])
        state = f'IF({lacking}>0,"还有 "&{lacking}&" 格空白或填得不对","已填完")'
        left = f"IF({lacking}>0,1,0)"
    else:
        cells = in_sheet(section.sheet, PARAGRAPHS.fixed)
        state = text_formula(section, cells)
        left = f"IF({paragraphs_formula(cells, none=section.none)}=0,1,0)"
    out.formula((row, 2), state, draft.told(partial(_section_state, section)), "fact")
    out.formula((row, 3), left, draft.told(partial(_section_left, section)), "cell")


def _section_state(section: Section, shown: Shown) -> str:
    if not section.tables:
        return text_state(section, shown)
    count = shown.lacking(section)
    return f"还有 {count} 格空白或填得不对" if count else "已填完"


def _section_left(section: Section, shown: Shown) -> int:
    """Whether a sheet has something to be done, as a number."""
    return int(shown.lacking(section) > 0 if section.tables else not shown.written(section))
