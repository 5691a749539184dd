"""A report as one self-contained web page: real headings and table heads, no script, nothing from elsewhere."""

from __future__ import annotations

from html import escape

from xltools.report.content import OfficialTable, Report, TableCell
from xltools.workbook.patch import as_text

_STYLE = """
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1a1a1a; background: #fff;
  font: 1.125rem/1.8 "仿宋_GB2312", "仿宋", "FangSong", "STFangsong", "Noto Serif CJK SC", serif; }
h1 { font: 1.75rem/1.5 "方正小标宋简体", "华文中宋", "STZhongsong", "Noto Serif CJK SC", serif; text-align: center; }
h1 span { display: inline-block; }
h2 { font: 1.25rem/1.6 "黑体", "SimHei", "Noto Sans CJK SC", sans-serif; margin: 1.5em 0 .5em; }
p { text-indent: 2em; margin: 0; overflow-wrap: anywhere; }
.draft { text-indent: 0; border: 2px solid #8c1d18; color: #8c1d18; padding: .5rem 1rem; font-weight: bold; }
.note { text-indent: 0; font-size: .875rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.4; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { border: 1px solid #555; padding: .3rem .4rem; text-align: center; font-weight: normal; }
th { background: #f2f2f2; }
th.row, th.band { text-align: left; }
th.row { min-width: 4em; }
th.column { min-width: 2em; }
td { white-space: nowrap; }
.mark { display: none; }
@media screen and (max-width: 48rem) {
  body { margin-top: 1rem; }
  h1 { font-size: 1.375rem; }
  .many { min-width: 44rem; }
}
@page { size: A4; margin: 25mm 20mm; }
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 12pt; }
  h2 { break-after: avoid; }
  .wide { overflow: visible; break-inside: avoid; }
  table { font-size: 10.5pt; }
  .many { font-size: 8.5pt; }
  .many th, .many td { padding: .1rem .2rem; }
  th.row { min-width: 3em; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  th.band { break-after: avoid; }
  .mark { display: block; position: fixed; top: 35%; left: 0; right: 0; text-align: center; font-size: 9rem;
    color: rgb(0 0 0 / 10%); transform: rotate(-45deg); }
}
"""
_MANY = 5
"""A table of more columns than this scrolls sideways on a phone, rather than being squeezed."""


def page_report(report: Report) -> str:
    """The whole page."""
    body = [f"<h1>{''.join(f'<span>{_words(line)}</span>' for line in report.title_lines)}</h1>"]
    if report.draft:
        body.insert(0, f'<p class="draft" role="note">{_words(report.draft)}</p>')
        body.append('<div class="mark" aria-hidden="true">草稿</div>')
    if report.opening:
        body.append(f"<p>{_words(report.opening)}</p>")
    for number, part in enumerate(report.parts, 1):
        body.append(f'<section id="part{number}"><h2>{_words(part.title)}</h2>')
        body += [f"<p>{_words(words)}</p>" for words in part.paragraphs]
        if part.table:
            body.append(_table(part.table, number))
        body.append("</section>")
    head = (
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_words(report.title)}</title>\n<style>{_STYLE}</style>"
    )
    lines = "\n".join(body)
    return f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n{head}\n</head>\n<body>\n<main>\n{lines}\n</main>\n</body>\n</html>\n'


def _words(text: str) -> str:
    return escape(as_text(text))


def _table(table: OfficialTable, number: int) -> str:
    """A table in which every figure names its headings, for a screen reader reads them out."""
    rows: list[list[TableCell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row].append(cell)
    heads = [cell for cell in table.cells if cell.kind != "figure" and cell.text]
    many = ' class="many"' if len(table.widths) > _MANY else ""
    lines = [
        f'<div class="wide" tabindex="0" role="region" aria-labelledby="table{number}">',
        f'<table{many}><caption id="table{number}">{_words(table.caption)}</caption>',
    ]
    lines += ["<thead>"] if table.headings else ["<tbody>"]
    for at, cells in enumerate(rows):
        if at == table.headings and at:
            lines.append("</thead><tbody>")
        lines.append(f"<tr>{''.join(_cell(cell, heads, number) for cell in cells)}</tr>")
    lines.append("</tbody></table></div>")
    if table.note:
        lines.append(f'<p class="note">{_words(table.note)}</p>')
    return "\n".join(lines)


def _cell(cell: TableCell, heads: list[TableCell], number: int) -> str:
    spans = "".join(
        f' {name}="{count}"' for name, count in (("rowspan", cell.rows), ("colspan", cell.columns)) if count > 1
    )
    if cell.kind == "figure":
        over = [h for h in heads if _names(h, cell, heads)]
        return f'<td headers="{" ".join(_id(h, number) for h in over)}"{spans}>{_words(cell.text)}</td>'
    if not cell.text:
        return f"<td{spans}></td>"
    scope = "row" if cell.kind == "row" else "col"
    if (cell.rows if scope == "row" else cell.columns) > 1:
        scope += "group"
    return f'<th id="{_id(cell, number)}" scope="{scope}" class="{cell.kind}"{spans}>{_words(cell.text)}</th>'


def _id(cell: TableCell, number: int) -> str:
    return f"t{number}r{cell.row}c{cell.column}"


def _names(head: TableCell, figure: TableCell, heads: list[TableCell]) -> bool:
    """Whether a heading stands over a figure or beside it, no other table's heading band between them."""
    if head.kind == "row":
        return head.row <= figure.row < head.row + head.rows and head.column < figure.column
    if head.kind == "corner" or head.row >= figure.row:
        return False
    band = max((h.row for h in heads if h.kind == "band" and h.row < figure.row), default=-1)
    return head.row >= band and head.column <= figure.column < head.column + head.columns
