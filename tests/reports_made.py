"""Published reports made up for the tests: a filing printed as running text, as a page, as a Word file, in the official tables."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from xltools.figures import show
from xltools.form.fields import Line, Section, Table
from xltools.form.model import Filing

Texts = dict[str, str]


@dataclass
class Box:
    """A cell of a printed table: its text, its size; ``figure`` is the id of the field it shows, if any."""

    text: str
    width: int = 1
    height: int = 1
    figure: str = ""


@dataclass
class Printed:
    """A report as printed: per section its title, then paragraphs (str) and tables (rows of boxes)."""

    title: str
    sections: list[tuple[str, list[str | list[list[Box]]]]] = field(default_factory=list)


def printed(filing: Filing, name: str = "") -> Printed:
    """The official report of a filing, blanks as empty cells."""
    form = filing.form
    said = {f.id: "" if v is None else show(v, f.type) for f in form.fields.values() for v in [filing.values[f.id]]}
    said.update(filing.typed)
    report = Printed(f"{name or filing.agency.name}{filing.year}年{form.title}")
    for section in form.sections:
        if section.tables:
            parts: list[str | list[list[Box]]] = list(_tables(section, said))
        else:
            parts = list(filing.texts.get(section.id, ()))
        report.sections.append((section.title, parts))
    return report


def _tables(section: Section, said: Texts) -> Iterator[list[list[Box]]]:
    """The tables of a section as one printed table, as the official format has them."""
    rows: list[list[Box]] = []
    for table in section.tables:
        rows += _rows(table, said)
    yield rows


def _rows(table: Table, said: Texts) -> Iterator[list[Box]]:
    stub = max(1, *(len(row.label) for row in table.rows)) if any(row.label for row in table.rows) else 0
    if table.heading:
        yield [Box(table.heading, stub + len(table.columns))]
    depth = max(len(column.label) for column in table.columns)
    for level in range(depth):
        line = [Box(table.corner, stub, depth)] if level == 0 and stub else []
        yield line + list(_heads(table.columns, level, depth))
    before: tuple[str, ...] = ()
    for at, row in enumerate(table.rows):
        yield list(_stub(table.rows, at, before, stub)) + [
            Box(said[name], figure=name) for column in table.columns for name in [_id(table, row, column)]
        ]
        before = row.label


def _id(table: Table, row: Line, column: Line) -> str:
    return ".".join(part for part in (table.prefix, row.id, column.id) if part)


def _heads(columns: tuple[Line, ...], level: int, depth: int) -> Iterator[Box]:
    at = 0
    while at < len(columns):
        label = columns[at].label
        if len(label) <= level:
            at += 1
            continue
        end = at + 1
        if level < len(label) - 1:
            while end < len(columns) and columns[end].label[: level + 1] == label[: level + 1]:
                end += 1
        yield Box(label[level], end - at, 1 if level < len(label) - 1 else depth - level)
        at = end


def _stub(rows: tuple[Line, ...], at: int, before: tuple[str, ...], stub: int) -> Iterator[Box]:
    label = rows[at].label
    for level, words in enumerate(label):
        if level < len(label) - 1:
            if before[: level + 1] == label[: level + 1]:
                continue
            height = 1
            while at + height < len(rows) and rows[at + height].label[: level + 1] == label[: level + 1]:
                height += 1
            yield Box(words, 1, height)
        else:
            yield Box(words, stub - level, 1)


# ── running text ─────────────────────────────────────────────────────────────

Cells = Callable[[list[Box]], str]


def as_text(report: Printed, row: Cells) -> str:
    """The report as text, its table rows as ``row`` writes them."""
    lines = [report.title]
    for title, parts in report.sections:
        lines.append(title)
        for part in parts:
            lines += [part] if isinstance(part, str) else map(row, part)
    return "\n".join(lines) + "\n"


def one_a_line(row: list[Box]) -> str:
    """A cell a line, empty ones gone."""
    return "\n".join(box.text for box in row if box.text)


def barred(row: list[Box]) -> str:
    """Cells between bars, empty ones kept."""
    return "| " + " | ".join(box.text for box in row) + " |"


def barred_lossy(row: list[Box]) -> str:
    """Cells between bars, empty ones moved to the end, as some pages are turned into text."""
    kept = [box.text for box in row if box.text]
    return " | ".join(kept) + " |" + "|" * (len(row) - len(kept))


def barred_by_lines(row: list[Box]) -> str:
    """Cells between bars, each on a line."""
    return " |\n".join(box.text for box in row) + " |"


def spaced(row: list[Box]) -> str:
    """Cells between spaces, as a PDF's text has them: empty ones are gone."""
    return " ".join(box.text.replace("\n", "") for box in row if box.text)


# ── files ────────────────────────────────────────────────────────────────────


def as_html(report: Printed) -> str:
    """The report as a web page with a navigation, a frame and a script around it."""
    body = [f"<h1>{html.escape(report.title)}</h1>"]
    for title, parts in report.sections:
        body.append(f"<p><strong>{html.escape(title)}</strong></p>")
        for part in parts:
            if isinstance(part, str):
                body.append(f"<p>　　{html.escape(part)}</p>")
                continue
            rows = "".join(
                "<tr>" + "".join(
                    f'<td colspan="{b.width}" rowspan="{b.height}"><p>{html.escape(b.text) or "&nbsp;"}</p></td>' for b in row
                ) + "</tr>"
                for row in part
            )  # fmt: skip
            body.append(f"<table border=1><tbody>{rows}</tbody></table>")
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>网站</title><script>alert(1)</script></head><body>"
        "<nav><a href='/'>首页</a> 政府信息公开</nav><table><tr><td><div class='TRS_Editor'>"
        + "\n".join(body)
        + "</div></td></tr></table><p>【打印本页】 【关闭窗口】</p><div>版权所有：某某县人民政府</div></body></html>"
    )


def as_docx(report: Printed) -> bytes:
    """The report as a Word file, by python-docx."""
    import docx

    document = docx.Document()
    document.add_heading(report.title, 0)
    for title, parts in report.sections:
        document.add_paragraph(title)
        for part in parts:
            if isinstance(part, str):
                document.add_paragraph(part)
            else:
                _docx_table(document, part)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_table(document, rows):
    width = max(sum(box.width for box in row) for row in rows)
    table = document.add_table(len(rows), width, style="Table Grid")
    taken = set()
    for at, row in enumerate(rows):
        column = 0
        for box in row:
            while (at, column) in taken:
                column += 1
            taken |= {(at + d, column + r) for d in range(box.height) for r in range(box.width)}
            cell = table.cell(at, column)
            if box.width > 1 or box.height > 1:
                cell = cell.merge(table.cell(at + box.height - 1, column + box.width - 1))
            cell.text = box.text
            column += box.width
