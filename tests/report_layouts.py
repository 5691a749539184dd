"""Layouts in which reports are published: pages of many programs and sites, Word files of many hands; each writes a report."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from functools import cache, partial

import report_altered as altered
from docx import Document
from reports_made import Box, Printed, as_docx

Write = Callable[[Printed], bytes]
Cell = Callable[[Box, str], str]

# ── pages ────────────────────────────────────────────────────────────────────


def spans(box: Box) -> str:
    return (f' colspan="{box.width}"' if box.width > 1 else "") + (f' rowspan="{box.height}"' if box.height > 1 else "")


def plain(box: Box, text: str) -> str:
    return f"<td{spans(box)}>{text}</td>"


def table(rows, cell: Cell = plain, row: str = "<tr>{}</tr>", around: str = "<table border=1>{}</table>") -> str:
    return around.format("".join(row.format("".join(cell(b, html.escape(b.text)) for b in boxes)) for boxes in rows))


def page(report: Printed, write=table, head: str = "", frame: str = "{}") -> bytes:
    body = [f"<h1>{html.escape(report.title)}</h1>"] if report.sections[0][0] else []
    for title, parts in report.sections:
        body.append(f"<h3>{html.escape(title)}</h3>" if title else "")
        body += [f"<p>　　{html.escape(p)}</p>" if isinstance(p, str) else write(p) for p in parts]
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{frame.format(''.join(body))}</body></html>".encode()


def with_cells(cell: Cell, **more: str) -> Write:
    return lambda report: page(report, partial(table, cell=cell), **more)


def after(change, write: Write = page) -> Write:
    return lambda report: write(change(report))


def figured(say: Callable[[str], str], other: Callable[[str], str] = str) -> Cell:
    """A cell whose figure is written so, and whose words are written otherwise."""
    return lambda box, text: f"<td{spans(box)}>{say(text) if box.figure else other(text)}</td>"


def loose_spans(box, text):
    return f'<td colspan="{box.width}{"px" if box.width % 2 else "%"}" rowspan=" {box.height};">{text}</td>'


def headed(box, text):
    return f"<td>{text}</td>" if box.figure else f'<th scope="row"{spans(box)}>{text}</th>'


def beyond(rows) -> str:
    """Cells that reach to the end of their group (0), or beyond it; the head in a group of its own."""
    at = next(n for n, row in enumerate(rows) if altered.first_figure(row) < len(row))

    def cell(box, text, left):
        height = "0" if box.height == left and box.height % 2 else 999 if box.height == left else box.height
        return f'<td colspan={box.width} rowspan="{height}">{text}</td>'

    def group(tag, part):
        lines = (
            "<tr>" + "".join(cell(b, html.escape(b.text), len(part) - n) for b in row) + "</tr>"
            for n, row in enumerate(part)
        )  # fmt: skip
        return f"<{tag}>{''.join(lines)}</{tag}>"

    return f"<table>{group('thead', rows[:at])}{group('tbody', rows[at:])}</table>"


def split_foot(rows) -> str:
    """The last row written first, as a foot."""
    lines = ["<tr>" + "".join(plain(b, html.escape(b.text)) for b in row) + "</tr>" for row in rows]
    return f"<table><caption>统计表</caption><tfoot>{lines[-1]}</tfoot><tbody>{''.join(lines[:-1])}</tbody></table>"


def hidden_column(rows) -> str:
    return table(rows, lambda b, t: plain(b, t) + '<td style="display:none">9</td>' * bool(b.figure))


def hidden_rows(rows) -> str:
    lines = []
    for row in rows:
        lines.append("<tr>" + "".join(plain(b, html.escape(b.text)) for b in row) + "</tr>")
        if altered.first_figure(row) < len(row) and all(b.height == 1 for b in row):
            lines.append(
                '<tr class="old">' + "".join(plain(b, "77" if b.figure else html.escape(b.text)) for b in row) + "</tr>"
            )
    # A row that is not shown is none for the spans above it either.
    return f"<table>{''.join(lines)}</table>"


def block_rows(outer: str, inner: str, rows) -> str:
    line = f"<{outer} class=row>{{}}</{outer}>"
    return table(rows, lambda b, t: f"<{inner} class=cell>{t}</{inner}>", line, "<div class=table>{}</div>")


def definition_lists(rows) -> str:
    def cells(row):
        start = altered.first_figure(row)
        if start in (0, len(row)):
            return "".join(f"<p>{html.escape(b.text)}</p>" for b in row)
        stub = "".join(html.escape(b.text) for b in row[start - 1 : start])
        return f"<dl><dt>{stub}</dt>{''.join(f'<dd>{b.text}</dd>' for b in row[start:])}</dl>"

    return "".join(map(cells, rows))


def typed_table(rows, between="│", edge="│") -> str:
    rule = "├" + "─" * 30 + "┤"
    lines = [edge + between.join(f" {html.escape(b.text)} " for b in row) + edge for row in rows]
    return f"<pre>\n{rule}\n" + f"\n{rule}\n".join(lines) + f"\n{rule}\n</pre>"


def spaced_lines(rows) -> str:
    return "<p>" + "<br>".join("　　".join(html.escape(b.text) for b in row if b.text) for row in rows) + "</p>"


def word_html(report: Printed) -> bytes:
    """As Word saves a page: each paragraph's words split over spans, digits in a span of their own."""

    def split(text):
        pieces = re.split(r"(\d+)", text)
        return "".join(
            f"<span lang=EN-US style='font-size:9.0pt'>{p}</span>" if p.isdigit() else f"<span>{p}</span>"
            for p in pieces
            if p
        )

    def cell(box, text):
        look = "width=40 valign=top style='border:solid;mso-border-alt:solid'"
        words = f"<p class=MsoNormal align=center>{split(text)}<span lang=EN-US><o:p></o:p></span></p>"
        return f"<td {look}{spans(box)}>{words}</td>"

    def paragraphs(text):
        return re.sub(r"<p>(.*?)</p>", lambda m: f"<p class=MsoNormal>{split(m[1])}<o:p></o:p></p>", text)

    ends = "<![if !supportMisalignedColumns]><tr height=0><td width=40 style='border:none'></td></tr><![endif]>"
    around = f"<table class=MsoNormalTable border=1 cellspacing=0>{{}}{ends}</table>"
    style = "<style>@page {size:595pt} p.MsoNormal{margin:0}</style>"
    return paragraphs(page(report, partial(table, cell=cell, around=around), style).decode()).encode()


def sheet_html(report: Printed) -> bytes:
    """As a spreadsheet saves a page: the whole in one table, columns declared, numbers formatted, a row of no height at the end."""

    def cell(box, text):
        return f"<td class=xl65{spans(box)} x:num style='mso-number-format:\"0_ \"'>{text}</td>"

    around = "<table x:str><col width=72 span=3>{}<tr height=0 style='display:none'><td width=72></td><td>5</td></tr></table>"
    return page(altered.one_table(report), partial(table, cell=cell, row="<tr height=18>{}</tr>", around=around))


def copies(report: Printed) -> bytes:
    """A page with a copy for telephones, which a rule of its own shows."""
    both = page(report).decode()
    body = both[both.index("<body>") + 6 : both.index("</body>")]
    style = "<style>.m{display:none}@media (max-width:600px){.pc{display:none}.m{display:block}}</style>"
    other = body.replace(">7<", ">8<")
    head = f"<html><head><meta charset=utf-8>{style}</head>"
    return f"{head}<div class=pc>{body}</div><div class=m>{other}</div></html>".encode()


def traditional(report: Printed) -> bytes:
    import tomllib
    from importlib.resources import files

    characters = tomllib.loads(files("xltools.ingest").joinpath("traditional.toml").read_text("utf-8"))["characters"]
    there = str.maketrans({plain_: others[0] for plain_, others in characters.items()})
    return page(report).decode().translate(there).encode()


UNSEEN = '<span style="display: none">9</span><i class=h>8</i>'
STRUCK = "<s>29</s><del>6</del>{}<span style='text-decoration:line-through'>3</span>".format
FRAME = "<table><tr><td><table><tr><td>导航</td></tr></table></td><td>{}</td></tr></table>"
INNER = "<table border=0><tr><td>{}</td></tr></table>".format
PAGES: dict[str, Write] = {
    "official": page,
    "head cells in the body": with_cells(headed),
    "head repeated": after(altered.head_repeated),
    "spans to the end and beyond": lambda r: page(r, beyond),
    "spans with units": with_cells(loose_spans),
    "spans of nought": with_cells(lambda b, t: f"<td colspan={b.width if b.width > 1 else 0} rowspan={b.height}>{t}</td>"),
    "foot first": lambda r: page(r, split_foot),
    "a blank before the figures": after(altered.blank_before),
    "a blank before part four's": after(altered.blank_first),
    "hidden column": lambda r: page(r, hidden_column),
    "hidden rows": lambda r: page(r, hidden_rows, "<style>tr.old{display:none}</style>"),
    "hidden digits": with_cells(figured(lambda t: t + UNSEEN), head="<style>.h {display:none}</style>"),
    "struck out": with_cells(figured(STRUCK)),
    "footnotes on labels": with_cells(figured(str, lambda t: f"{t}<sup>1</sup>")),
    "full-width figures": after(altered.full_width),
    "thousands": after(altered.thousands),
    "spaces around figures": after(altered.spaced),
    "a layout of tables": lambda r: page(r, frame=FRAME),
    "figures in tables of their own": with_cells(figured(INNER)),
    "labels with their groups": after(altered.whole_labels),
    "labels with their groups, no gap": after(altered.glued_labels),
    "labels explained": after(altered.explained_labels),
    "numbered rows": after(altered.numbered_rows),
    "numbers behind labels": after(altered.numbered_behind),
    "numbered columns": after(altered.numbered_columns),
    "numbered heads": after(altered.numbered_heads),
    "rows of blocks": lambda r: page(r, partial(block_rows, "div", "div")),
    "rows of words": lambda r: page(r, partial(block_rows, "div", "span")),
    "lists": lambda r: page(r, partial(block_rows, "li", "span")),
    "definition lists": lambda r: page(r, definition_lists),
    "typed with lines": lambda r: page(r, typed_table),
    "typed with bars": lambda r: page(r, partial(typed_table, between="|", edge="|")),
    "full-width spaces": lambda r: page(r, spaced_lines),
    "part four as three rows": after(altered.upright_groups),
    "part four as fifteen rows": after(altered.upright_columns),
    "part four as five rows": after(altered.upright_names),
    "merged noughts": after(altered.merged_noughts),
    "another order": after(altered.altered_order),
    "saved by Word": word_html,
    "saved by a spreadsheet": sheet_html,
    "one table": after(altered.one_table),
    "over two pages": after(altered.halved),
    "a copy for telephones": copies,
    "traditional": traditional,
}  # fmt: skip

# ── Word ─────────────────────────────────────────────────────────────────────

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@cache
def _package(styles: str = "") -> tuple[tuple[str, bytes], ...]:
    """The parts of an empty Word file, with these styles besides its own."""
    out = io.BytesIO()
    Document().save(out)
    with zipfile.ZipFile(out) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts["word/styles.xml"] = parts["word/styles.xml"].replace(b"</w:styles>", styles.encode() + b"</w:styles>")
    return tuple(parts.items())


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{html.escape(text)}</w:t></w:r>'


def paragraph(text: str) -> str:
    return "<w:p>" + "<w:r><w:br/></w:r>".join(map(run, text.split("\n"))) + "</w:p>"


def content(box: Box) -> str:
    return paragraph(box.text)


def tc(box: Box, inside: str, properties: str = "") -> str:
    span = f'<w:gridSpan w:val="{box.width}"/>' if box.width > 1 else ""
    return f"<w:tc><w:tcPr>{span}{properties}</w:tcPr>{inside}</w:tc>"


def tbl(rows, inside: Callable[[Box], str] = content, cell=tc, row="<w:tr>{}</w:tr>") -> str:
    """A table; what spans rows is there in each of them, going on."""
    reaching: dict[int, Box] = {}
    lines = []
    for boxes in rows:
        cells, column, waiting = [], 0, list(boxes)
        while waiting or column in reaching:
            if column in reaching:
                box = reaching.pop(column)
                cells.append(tc(box, "<w:p/>", "<w:vMerge/>"))
            else:
                box = waiting.pop(0)
                merge = '<w:vMerge w:val="restart"/>' if box.height > 1 else ""
                cells.append(cell(box, inside(box), merge))
            if box.height > 1:
                reaching[column] = Box(box.text, box.width, box.height - 1)
            column += box.width
        lines.append(row.format("".join(cells)))
    return f"<w:tbl>{''.join(lines)}</w:tbl>"


def word(report: Printed, table_=tbl, styles: str = "") -> bytes:
    body = [paragraph(report.title)] if report.sections[0][0] else []
    for title, parts in report.sections:
        body.append(paragraph(title) if title else "")
        body += [paragraph(p) if isinstance(p, str) else table_(p) for p in parts]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, part in _package(styles):
            if name == "word/document.xml":
                part = f'<w:document xmlns:w="{W}"><w:body>{"".join(body)}</w:body></w:document>'.encode()
            whole.writestr(name, part)
    return out.getvalue()


def figures(say: Callable[[str], str], other: Callable[[str], str] = paragraph, styles: str = "") -> Write:
    """A Word file whose figures are written so, and whose labels otherwise."""
    inside = lambda box: say(box.text) if box.figure else other(box.text)  # noqa: E731
    return lambda report: word(report, partial(tbl, inside=inside), styles)


def marked(text: str, properties: str, first: bool = False) -> Callable[[str], str]:
    """A text with a run beside it that looks so."""
    more = run(text, properties)
    return lambda words: f"<w:p>{more if first else ''}{run(words)}{'' if first else more}</w:p>"


def recorded(text: str) -> str:
    """A figure put in, and another one taken out, with the record of changes on."""
    gone = "<w:del><w:r><w:delText>88</w:delText></w:r></w:del>"
    return f"<w:p>{gone}<w:ins>{run(text)}</w:ins><w:moveFrom>{run('9')}</w:moveFrom></w:p>"


def framed(text: str) -> str:
    return f"<w:p/><w:tbl><w:tr><w:tc><w:tcPr/>{paragraph(text)}</w:tc></w:tr></w:tbl><w:p/>"


def controlled(text: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph(text)}</w:sdtContent></w:sdt>"


def digits(text: str) -> str:
    return f"<w:p>{''.join(map(run, text))}</w:p>"


def old_merge(box: Box, inside: str, properties: str) -> str:
    """Cells merged side by side as old programs mark it: each of them is there, all but the first going on."""
    single = Box(box.text, 1, box.height)
    if box.width == 1:
        return tc(single, inside, properties)
    first = tc(single, inside, '<w:hMerge w:val="restart"/>' + properties)
    return first + tc(single, "<w:p/>", "<w:hMerge/>" + properties.replace(' w:val="restart"', "")) * (box.width - 1)


def deleted_rows(rows) -> str:
    """After each row of figures the same row with others, deleted with the record of changes on, and a hidden one."""
    lines = tbl(rows).split("<w:tr>")
    changed = []
    for line in lines:
        changed.append(line)
        if "vMerge" not in line and re.search(r"<w:t [^>]*>-?\d", line):
            other = re.sub(r"(<w:t [^>]*>)-?[\d.]+<", r"\g<1>77<", line).replace("</w:tbl>", "")
            changed += [f"<w:trPr>{mark}</w:trPr>{other}" for mark in ("<w:del/>", "<w:hidden/>")]
    end = "</w:tbl>" if changed[-1].startswith("<w:trPr>") else ""
    text = "<w:tr>".join(changed)
    return text.replace("</w:tbl>", "") + "</w:tbl>" if end else text


def tabbed(rows) -> str:
    return "".join(
        "<w:p>" + "<w:r><w:tab/></w:r>".join(run(b.text) for b in row if b.text) + "</w:p>" for row in rows
    )  # fmt: skip


STYLES = (
    '<w:style w:type="character" w:styleId="Unseen"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Struck"><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="StruckToo"><w:basedOn w:val="Struck"/></w:style>'
)
BY_STYLE = '<w:rStyle w:val="{}"/>'.format
HIGH = '<w:vertAlign w:val="superscript"/>'
WORDS: dict[str, Write] = {
    "official": as_docx,
    "plain": word,
    "hidden digits": figures(marked("9", "<w:vanish/>")),
    "struck out": figures(marked("9", "<w:strike/>", first=True)),
    "struck out twice": figures(marked("9", '<w:dstrike w:val="1"/>')),
    "hidden by a style": figures(marked("9", BY_STYLE("Unseen")), styles=STYLES),
    "struck out by a style": figures(marked("9", BY_STYLE("StruckToo")), styles=STYLES),
    "footnotes on labels": figures(paragraph, marked("2", HIGH)),
    "changes recorded": figures(recorded),
    "rows deleted": lambda r: word(r, deleted_rows),
    "figures in tables of their own": figures(framed),
    "content controls": figures(controlled),
    "merged the old way": lambda r: word(r, partial(tbl, cell=old_merge)),
    "runs of one digit": figures(digits),
    "tabs": lambda r: word(r, tabbed),
    "labels with their groups": after(altered.whole_labels, word),
    "labels explained": after(altered.explained_labels, word),
    "numbered rows": after(altered.numbered_rows, word),
    "numbers behind labels": after(altered.numbered_behind, word),
    "numbered columns": after(altered.numbered_columns, word),
    "a blank before the figures": after(altered.blank_before, word),
    "part four as three rows": after(altered.upright_groups, word),
    "part four as fifteen rows": after(altered.upright_columns, word),
    "part four as five rows": after(altered.upright_names, word),
    "merged noughts": after(altered.merged_noughts, word),
    "full-width figures": after(altered.full_width, word),
    "one table": after(altered.one_table, word),
    "over two pages": after(altered.halved, word),
    "head repeated": after(altered.head_repeated, word),
}
LAYOUTS: dict[str, tuple[Write, str]] = {
    **{f"page: {name}": (write, "a.html") for name, write in PAGES.items()},
    **{f"Word: {name}": (write, "a.docx") for name, write in WORDS.items()},
}
