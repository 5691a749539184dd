"""校验: every rule that Excel can evaluate, a row each, with its live result and a link to its cells."""

from __future__ import annotations

from xltools.address import Box, a1, in_sheet
from xltools.figures import stored
from xltools.form.fields import Field
from xltools.form.layout import CHECK_COLUMNS, CHECK_HEADINGS, CHECK_TOP, CHECKS, LAST_HEADING, LAST_LABELS, Layout
from xltools.form.model import Rule
from xltools.form.places import spot_of
from xltools.form.sums import LAST
from xltools.ooxml.book import Book, Sheet, height_of
from xltools.periods import spoken
from xltools.terms import FAIL, PASS, PENDING, SEVERITIES
from xltools.workbook.ledger import put_status
from xltools.workbook.outline import Draft, Work
from xltools.workbook.said import bare_formula, bare_text
from xltools.workbook.table_sheets import put_agency, rule_name

AT = CHECK_COLUMNS
_WIDTHS = (16.0, 56.0, 10.0, 10.0, 10.0, 8.0, 40.0, 7.0, 20.0)


def write_checks(book: Book, layout: Layout, draft: Draft, status: str) -> None:
    """The sheet 校验, and the defined name of each rule's result."""
    out = book.sheet(CHECKS)
    out.widths(*_WIDTHS)
    out.hide(AT.bare, AT.bare)
    last = len(CHECK_HEADINGS) - 1
    top = Box(0, 0, 0, last)
    if status:
        put_status(out, top, status, "status_wrapped")
        out.height_for(0, (status, sum(_WIDTHS)))
    else:
        out.put(top, "错误必须改正；核实请改正，或者在“情况说明”里写清原因。点“哪里”可以跳到所在的格。", "status")
    out.put(Box(1, 0, 1, last), "校验", "title")
    put_agency(out, Box(2, 0, 2, last), draft)
    for column, heading in enumerate(CHECK_HEADINGS):
        out.put((CHECK_TOP - 1, column), heading, "column")
    end = CHECK_TOP + len(draft.rules)
    for row, rule in enumerate(draft.rules, CHECK_TOP):
        _row(out, row, rule, layout, draft)
        if rule.anchors:
            book.name(rule_name(rule.id), in_sheet(CHECKS, a1(row, AT.result, absolute=True)))
    results = [Box(r, AT.result, r, AT.result) for r in range(CHECK_TOP, end)]
    cells = Box(CHECK_TOP, AT.result, max(end - 1, CHECK_TOP), AT.result).fixed
    if results:
        here, severity = results[0].address, a1(CHECK_TOP, AT.severity)
        severity = f"${severity}"
        out.mark(results, f'AND({here}="{FAIL}",{severity}="{SEVERITIES["error"]}")', "error")
        out.mark(results, f'{here}="{FAIL}"', "query")
        out.mark(results, f'{here}="{PASS}"', "passed")
    out.height(1, 30)
    out.tint(f'COUNTIF({cells},"{FAIL}")+COUNTIF({cells},"{PENDING}")>0')
    if draft.filing.known_last:
        _last_year(out, layout, draft, end)
    said = (Box(row, AT.explanation, row, AT.explanation)
            for row, rule in enumerate(draft.rules, CHECK_TOP) if rule.severity == "query")  # fmt: skip
    out.finish(
        landscape=True,
        freeze=(CHECK_TOP, 0),
        repeat=CHECK_TOP - 1,
        area=Box(0, 0, end - 1, last),
        first=next(said, None),
        footer=CHECKS,
    )


def _row(out: Sheet, row: int, rule: Rule, layout: Layout, draft: Draft) -> None:
    formulas = rule.formulas(layout, draft.filing)
    left, right, difference, result = (draft.told(_side(rule, name)) for name in _ROW)
    sheet, cell = spot_of(formulas.target, layout)
    out.link((row, AT.where), in_sheet(sheet, a1(*cell)), f"{sheet} {a1(*cell)}", "cell_link")
    out.put((row, AT.text), rule.spelled, "cell_left")
    out.formula((row, AT.left), formulas.left, left, formulas.look)
    out.formula((row, AT.right), formulas.right, right, formulas.look)
    if formulas.difference is None:
        out.put((row, AT.difference), None, "cell_number")
    else:
        out.formula((row, AT.difference), formulas.difference, difference, "cell_number")
    out.formula((row, AT.result), formulas.result, result, "cell")
    _explanation(out, row, rule, draft)
    out.put((row, AT.id), rule.id, "cell_note")
    explained = draft.filing.explanations.get(rule.id, "")
    out.height(row, max(32, height_of(((rule.spelled, _WIDTHS[AT.text] - 3), (explained, _WIDTHS[AT.explanation])))))


_ROW = ("left", "right", "difference", "result")


def _side(rule: Rule, name: str) -> Work:
    """What a rule's row shows in one of its columns."""
    return lambda shown: getattr(shown.rows[rule.id], name)


def _last_year(out: Sheet, layout: Layout, draft: Draft, below: int) -> None:
    """Last year's figures, right of the rules: a table for each section, standing as the cells of the form do.

    ``below`` is the first row under the rules, which have heights of their own.
    """
    filing = draft.filing
    heading = spoken(LAST_HEADING, filing.form.periods)
    out.put(layout.last_heading, draft.told(lambda shown: f"{heading}：{shown.filing.last_source}"), "name_left")
    asked = [*layout.form.inputs, *(layout.form.fields[name] for name in layout.form.last_read)]
    columns = {layout.position(LAST + f.id)[2] for f in asked}
    out.widths(*{LAST_LABELS: 30.0, **dict.fromkeys(columns, 11.0)}.values(), first=LAST_LABELS)
    headed: set[tuple[int, int]] = set()
    for field in asked:
        if field.id not in filing.known_last:
            continue
        _, row, column = layout.position(LAST + field.id)
        top = row - _down(field)
        out.put((row, LAST_LABELS), field.row.name or field.section.title, "data")
        out.put((row, column), draft.told(_last(field)), "cell_number")
        if (top, column) not in headed:
            headed.add((top, column))
            out.put((top - 1, column), field.column_name, "column_small")
            if top - 1 >= below:
                out.height(top - 1, 36)


def _last(field: Field) -> Work:
    return lambda shown: stored(shown.filing.last[field.id] or 0, field.type)


def _down(field: Field) -> int:
    """How many rows a field stands below the first of its table."""
    return next(table.rows.index(field.row) for table in field.section.tables if field.row in table.rows)


def _explanation(out: Sheet, row: int, rule: Rule, draft: Draft) -> None:
    if rule.severity == "query":
        said = draft.filing.explanations.get(rule.id, "")
        out.put((row, AT.explanation), said, "explain")
        out.formula((row, AT.bare), bare_formula(a1(row, AT.explanation)), bare_text(said), "tally")
    else:
        out.put((row, AT.explanation), "错误须改正，不能说明", "closed")
    out.put((row, AT.severity), SEVERITIES[rule.severity], "cell")
