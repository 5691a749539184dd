"""A report as one self-contained web page: real headings and table heads, no script, nothing from elsewhere."""

from __future__ import annotations

from html import escape

from xltools.ooxml.patch import as_text
from xltools.publication.content import OfficialTable, Report, ReportParagraph, TableCell

INK, PAPER, HEAD, WARNING, WARNING_PAPER = "#1a1a1a", "#ffffff", "#eef1f5", "#8c1d18", "#fdf3f2"
"""The colours: words and their grounds."""

_STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm; @bottom-center { content: "— " counter(page) " —"; font: 14pt "宋体", serif; } }
html { color-scheme: light; -webkit-text-size-adjust: 100%%; }
body { margin: 2rem auto 4rem; max-width: 58rem; padding: 0 1rem; color: %(ink)s; background: %(paper)s;
  font: 1.125rem/1.9 "仿宋_GB2312", "仿宋", FangSong, STFangsong, "Noto Serif CJK SC", serif; }
h1 { font: 1.75rem/1.5 "方正小标宋简体", "华文中宋", STZhongsong, "Noto Serif CJK SC", serif; text-align: center; margin: 1em 0; }
h1 span { display: inline-block; }
h2 { font: 1.25rem/1.6 "黑体", SimHei, "Noto Sans CJK SC", sans-serif; margin: 1.6em 0 .5em; }
h3 { font: 1.125rem/1.9 "楷体_GB2312", "楷体", KaiTi, STKaiti, "Noto Serif CJK SC", serif; margin: 0; }
h2, h3, p { text-indent: 2em; overflow-wrap: anywhere; }
.lead { font-family: "楷体_GB2312", "楷体", KaiTi, STKaiti, "Noto Serif CJK SC", serif; }
.signature p { text-indent: 0; text-align: center; }
.signature { width: fit-content; max-width: 100%%;
  margin: 1.9em 4em 0 auto; break-before: avoid; }
p.note { text-indent: 0; font-size: .9375rem; }
p { margin: 0; text-align: justify; }
.draft { text-indent: 0; border: 2px solid %(warning)s; color: %(warning)s; background: %(warning_paper)s;
  padding: .5rem 1rem; font-weight: bold; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%%; font-size: .9375rem; line-height: 1.4; }
.many { min-width: 44rem; table-layout: fixed; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%%); white-space: nowrap; }
th, td { border: 1px solid #555; padding: .35rem .3rem; text-align: center; font-weight: normal; }
th.band { background: %(head)s; text-align: left; }
.many th.row { text-align: left; }
th.column { text-wrap: balance; }
td { font-variant-numeric: tabular-nums; }
.mark { display: none; }
@media screen and (max-width: 44rem) {
  .many { min-width: 0; width: 0; font-size: .8125rem; border: solid #555; border-width: 1px 0 0 1px;
    border-collapse: separate; border-spacing: 0; }
  .many th, .many td { border-width: 0 1px 1px 0; }
  .many col { width: 3rem !important; } .many col.label { width: %(outer)srem !important; }
  .many col.last { width: %(inner)srem !important; }
  .many .row, .many .corner { position: sticky; z-index: 1; background: %(paper)s; }
}
@media print {
  body { max-width: none; margin: 0; padding: 0; font-size: 16pt; line-height: 28pt; }
  h1 { font-size: 22pt; line-height: 36pt; } h2, h3 { font-size: 16pt; line-height: 28pt; break-after: avoid; }
  .wide { overflow: visible; break-inside: avoid; }
  table, p.note { font-size: 12pt; } th, td { padding: 2.5pt 3pt; }
  .many { font-size: 9pt; line-height: 1.25; min-width: 0; } .many th, .many td { padding: 1.5pt 2pt; }
  thead { display: table-header-group; } tr { break-inside: avoid; }
  .mark { display: block; position: fixed; top: 50%%; left: 50%%; font-size: 150pt; line-height: 1; color: #ddd;
    white-space: nowrap; transform: translate(-50%%, -50%%) rotate(-45deg); z-index: -1; }
}
"""
_OUTER, _INNER = 3.125, 5.5
"""Of a wide table on a telephone: the widths of its columns of labels, which stay in sight, and of the last one of them; in rem."""
_LOOKS = {"ink": INK, "paper": PAPER, "head": HEAD, "warning": WARNING, "warning_paper": WARNING_PAPER,
          "outer": _OUTER, "inner": _INNER}  # fmt: skip

_FEW, _ROOM, _WHITE = 5, 36.0, 0.7
"""A table of more columns is wide: it needs a screen of its own width. Characters a table has room for, white beside them."""


def page_report(report: Report) -> str:
    """The whole page."""
    body = [f"<h1>{''.join(f'<span>{_words(line)}</span>' for line in report.title_lines)}</h1>"]
    if report.draft:
        body.insert(0, f'<p class="draft" role="note">{_words(report.draft)}</p>')
        body.append('<div class="mark" aria-hidden="true">草稿</div>')
    body += [f"<p>{_words(words)}</p>" for words in report.opening.split("\n") if words]
    for number, part in enumerate(report.parts, 1):
        body.append(f'<section id="part{number}"><h2>{_words(part.title)}</h2>')
        body += map(_paragraph, part.paragraphs)
        if part.table:
            body.append(_table(part.table, number))
        body.append("</section>")
    if report.signature:
        body.append(f'<div class="signature">{"".join(f"<p>{_words(line)}</p>" for line in report.signature)}</div>')
    head = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        *(['<meta name="robots" content="noindex">'] if report.draft else []),
        f"<title>{_words(report.title)}</title>",
        f"<style>{_STYLE % _LOOKS}</style>",
    ]
    lines = ["<!DOCTYPE html>", '<html lang="zh-CN">', "<head>", *head, "</head>", "<body>", "<main>", *body, "</main>"]
    return "\n".join([*lines, "</body>", "</html>", ""])


def _words(text: str) -> str:
    return escape(as_text(text))


def _paragraph(paragraph: ReportParagraph) -> str:
    tag = "h3" if paragraph.heading else "p"
    lead = f'<span class="lead">{_words(paragraph.lead)}</span>' if paragraph.lead else ""
    return f"<{tag}>{lead}{_words(paragraph.text[len(paragraph.lead) :])}</{tag}>"


# ── tables ───────────────────────────────────────────────────────────────────


def _table(table: OfficialTable, number: int) -> str:
    """A table in which every figure names its headings, for a screen reader reads them out."""
    rows: list[list[TableCell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row].append(cell)
    heads = [cell for cell in table.cells if cell.kind != "figure" and cell.text]
    look = ' class="many"' if table.columns > _FEW else ""
    widths = [width + _WHITE for width in table.widths(_ROOM)]
    labels = min((cell.column for cell in table.cells if cell.kind == "figure"), default=0)
    columns = "".join(
        f'<col{_label(at, labels)} style="width:{100 * width / sum(widths):.2f}%">' for at, width in enumerate(widths)
    )
    lines = [
        f'<div class="wide" tabindex="0" role="group" aria-labelledby="table{number}">',
        f'<table{look}><caption id="table{number}">{_words(table.caption)}</caption>',
        f"<colgroup>{columns}</colgroup>",
        "<thead>" if table.headings else "<tbody>",
    ]
    for at, cells in enumerate(rows):
        if at == table.headings and at:
            lines.append("</thead><tbody>")
        lines.append(f"<tr>{''.join(_cell(cell, heads, number) for cell in cells)}</tr>")
    lines.append("</tbody></table>")
    if table.note:
        lines.append(f'<p class="note">{_words(table.note)}</p>')
    lines.append("</div>")
    return "\n".join(lines)


def _label(column: int, labels: int) -> str:
    """The class of a column of labels, the last of which stands beside the figures."""
    return "" if column >= labels else ' class="label last"' if column == labels - 1 else ' class="label"'


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
    stays = f' style="left:{_OUTER * cell.column}rem"' if cell.kind in ("row", "corner") else ""
    return f'<th id="{_id(cell, number)}" scope="{scope}" class="{cell.kind}"{spans}{stays}>{_words(cell.text)}</th>'


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
