"""校验: every rule that Excel can evaluate, a row each, with its live result and a link to its cells."""

from __future__ import annotations

from xltools.address import Box, a1, in_sheet
from xltools.algebra import difference_formula, holds_formula, pending_formula, ranges, sum_formula
from xltools.layout import (
    CHECK_COLUMNS,
    CHECK_HEADINGS,
    CHECK_TOP,
    CHECKS,
    COVER,
    COVER_CELLS,
    LAST_HEADING,
    LAST_LABELS,
    Layout,
    listed_of,
    lists_repeated,
)
from xltools.model import Field, Filing, Likeness, SignoffRule
from xltools.relation import LAST, Relation
from xltools.terms import SEVERITIES, SIGNOFF
from xltools.workbook.book import Book, Sheet
from xltools.workbook.ledger import put_status
from xltools.workbook.said import bare_formula, bare_text
from xltools.workbook.shown import FAIL, LAST_DAY, PASS, PENDING, CheckRow, Shown, plain
from xltools.workbook.tables import agency_line, rule_name

AT = CHECK_COLUMNS


def write_checks(book: Book, layout: Layout, shown: Shown, status: str) -> None:
    """The sheet 校验, and the defined name of each rule's result."""
    out = book.sheet(CHECKS)
    out.widths(26, 58, 11, 11, 11, 8, 40, 7)
    out.hide(AT.bare, AT.bare)
    last = len(CHECK_HEADINGS) - 1
    top = Box(0, 0, 0, last)
    if status:
        put_status(out, top, status)
    else:
        out.put(top, "错误必须改正；核实请改正，或者在“情况说明”里写清原因。点编号可以跳到所在的格。", "status")
    out.put(Box(1, 0, 1, last), "校验", "title")
    out.formula(Box(2, 0, 2, last), *agency_line(shown.filing), "name")
    for column, heading in enumerate(CHECK_HEADINGS):
        out.put((CHECK_TOP - 1, column), heading, "column")
    row = CHECK_TOP
    for relation in listed_of(shown.filing):
        _relation_row(out, row, relation, layout, shown)
        book.name(rule_name(relation.id), in_sheet(CHECKS, a1(row, AT.result, absolute=True)))
        row += 1
    if repeated := lists_repeated(shown.filing):
        _repeated_row(out, row, repeated, layout, shown)
        row += 1
    if shown.filing.kind == "filing":
        _signoff_row(out, row, layout.form.signoff, shown)
        row += 1
    results = [Box(r, AT.result, r, AT.result) for r in range(CHECK_TOP, row)]
    if results:
        here, severity = results[0].address, a1(CHECK_TOP, AT.severity)
        severity = f"${severity}"
        out.mark(results, f'AND({here}="{FAIL}",{severity}="{SEVERITIES["error"]}")', "error")
        out.mark(results, f'{here}="{FAIL}"', "query")
        out.mark(results, f'{here}="{PASS}"', "good")
    out.height(1, 30)
    if shown.filing.known_last:
        _last_year(out, layout, shown.filing, row)
    out.finish(
        landscape=True, freeze=(CHECK_TOP, 0), repeat=CHECK_TOP - 1, area=Box(0, 0, row - 1, last), footer=CHECKS
    )


def _relation_row(out: Sheet, row: int, relation: Relation, layout: Layout, shown: Shown) -> None:
    pending = pending_formula(relation.operands, layout, CHECKS)
    said = shown.rows[relation.id]
    sheet, *_ = layout.position(relation.anchors[0])
    target = f"'{sheet}'!{layout.cell(relation.anchors[0])}"
    out.link((row, AT.id), target, relation.id, "cell_link")
    out.put((row, AT.text), relation.text, "cell_left")
    for column, side, value in ((AT.left, relation.left, said.left), (AT.right, relation.right, said.right)):
        out.formula(
            (row, column), f'IF({pending},"",ROUND({sum_formula(side, layout, CHECKS)},6))', value, "cell_number"
        )
    if relation.types[0] == relation.types[1]:
        gap = difference_formula(relation.left, relation.right, layout, CHECKS)
        out.formula((row, AT.difference), f'IF({pending},"",{gap})', said.difference, "cell_number")
    else:
        out.put((row, AT.difference), None, "cell_number")
    holds = holds_formula(relation, layout, CHECKS)
    out.formula((row, AT.result), f'IF({pending},"{PENDING}",IF({holds},"{PASS}","{FAIL}"))', said.result, "cell")
    _explanation(out, row, relation.id, relation.severity, shown)
    out.height(row, 32)


def _repeated_row(out: Sheet, row: int, rule: Likeness, layout: Layout, shown: Shown) -> None:
    """The rule that not all figures are last year's: how many of this year's are not 0, how many differ."""
    names = [f.id for f in layout.form.inputs if f.id in shown.filing.known_last]
    pairs = [
        (ranges([f.id for f in group], layout, CHECKS), ranges([LAST + f.id for f in group], layout, CHECKS))
        for group in ([layout.form.fields[name] for name in names if layout.form.fields[name].section is section]
                      for section in layout.form.table_sections)
    ]  # fmt: skip
    blocks = [pair for now, last in pairs for pair in zip(now, last, strict=True)]
    pending = pending_formula(names, layout, CHECKS)
    told = "+".join(f"COUNT({now})-COUNTIF({now},0)" for now, _ in blocks)
    other = "+".join(f"SUMPRODUCT(--(ROUND({now},6)<>ROUND({last},6)))" for now, last in blocks)
    said = shown.rows[rule.id]
    target = f"'{layout.form.fields[names[0]].section.sheet}'!{layout.cell(names[0])}"
    out.link((row, AT.id), target, rule.id, "cell_link")
    text = f"不是 0 的有 {rule.least} 个以上时，可比的 {len(names)} 个数不会全部与上年相同"
    text += "（左边：不是 0 的个数，右边：与上年不同的个数）"
    out.put((row, AT.text), text, "cell_left")
    out.formula((row, AT.left), f'IF({pending},"",{told})', said.left, "cell_number")
    out.formula((row, AT.right), f'IF({pending},"",{other})', said.right, "cell_number")
    out.put((row, AT.difference), None, "cell_number")
    left, right = a1(row, AT.left), a1(row, AT.right)
    fails = f"AND({left}>={rule.least},{right}=0)"
    out.formula((row, AT.result), f'IF({pending},"{PENDING}",IF({fails},"{FAIL}","{PASS}"))', said.result, "cell")
    _explanation(out, row, rule.id, rule.severity, shown)
    out.height(row, 32)


def _last_year(out: Sheet, layout: Layout, filing: Filing, below: int) -> None:
    """Last year's figures, right of the rules: a table for each section, standing as the cells of the form do.

    ``below`` is the first row under the rules, which have heights of their own.
    """
    out.put(layout.last_heading, f"{LAST_HEADING}：{filing.last_source}", "name_left")
    columns = {layout.position(LAST + f.id)[2] for f in layout.form.inputs}
    out.widths(*{LAST_LABELS: 30.0, **dict.fromkeys(columns, 11.0)}.values(), first=LAST_LABELS)
    headed: set[tuple[int, int]] = set()
    for field in layout.form.inputs:
        if field.id not in filing.known_last:
            continue
        _, row, column = layout.position(LAST + field.id)
        top = row - _down(field)
        out.put((row, LAST_LABELS), field.row.name or field.section.title, "data")
        out.put((row, column), plain(filing.last[field.id] or 0, field.type), "cell_number")
        if (top, column) not in headed:
            headed.add((top, column))
            out.put((top - 1, column), field.column_name, "column_small")
            if top - 1 >= below:
                out.height(top - 1, 36)


def _down(field: Field) -> int:
    """How many rows a field stands below the first of its table."""
    return next(table.rows.index(field.row) for table in field.section.tables if field.row in table.rows)


def _signoff_row(out: Sheet, row: int, rule: SignoffRule, shown: Shown) -> None:
    keys = list(SIGNOFF)
    cells = {
        key: in_sheet(COVER, a1(COVER_CELLS.signoff + keys.index(key), COVER_CELLS.column, absolute=True))
        for key in keys
    }
    year = in_sheet(COVER, a1(COVER_CELLS.year, COVER_CELLS.column, absolute=True))
    day, end = cells[rule.date], f"DATE({year},12,31)"
    blank = ",".join(f"{_length(cells[name])}=0" for name in rule.names)
    pending = f"OR({blank},NOT(ISNUMBER({year})),IF(ISNUMBER({day}),{day}>={LAST_DAY},TRUE))"
    said: CheckRow = shown.rows[rule.id]
    target = f"'{COVER}'!{a1(COVER_CELLS.signoff, COVER_CELLS.column)}"
    names = "、".join(SIGNOFF[name] for name in rule.names)
    out.link((row, AT.id), target, rule.id, "cell_link")
    out.put((row, AT.text), f"封面：{names}都已填写，{SIGNOFF[rule.date]}不早于报告年度的最后一天", "cell_left")
    out.formula((row, AT.left), f'IF({pending},"",{day})', said.left, "cell_date")
    out.formula((row, AT.right), f'IF({pending},"",{end})', said.right, "cell_date")
    out.put((row, AT.difference), None, "cell")
    formula = f'IF({pending},"{PENDING}",IF({day}>={end},"{PASS}","{FAIL}"))'
    out.formula((row, AT.result), formula, said.result, "cell")
    _explanation(out, row, rule.id, rule.severity, shown)
    out.height(row, 32)


def _length(cell: str) -> str:
    """The length of what is written in a cell, white space of every kind left out at the ends."""
    return f'LEN(TRIM(SUBSTITUTE(SUBSTITUTE(CLEAN({cell}),"\u3000",""),"\u00a0","")))'


def _explanation(out: Sheet, row: int, rule: str, severity: str, shown: Shown) -> None:
    if severity == "query":
        said = shown.filing.explanations.get(rule, "")
        out.put((row, AT.explanation), said, "explain")
        out.formula((row, AT.bare), bare_formula(a1(row, AT.explanation)), bare_text(said), "tally")
    else:
        out.put((row, AT.explanation), "错误须改正，不能说明", "closed")
    out.put((row, AT.severity), SEVERITIES[severity], "cell")  # type: ignore[index]
