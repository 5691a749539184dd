"""What changed between two forms as a page or a Word document: the enclosure of a season's circular."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from xltools.editions.differences import Difference
from xltools.errors import Misused
from xltools.form.model import Form

_HEADINGS = ("序号", "变动", "部分", "内容")
_STYLE = (
    "body{font:16px/1.7 serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #333;padding:.3em .6em;text-align:left;vertical-align:top}th{background:#eee}h1{font-size:1.4em}"
    "td:nth-child(-n+2){white-space:nowrap}"
)


def writer_of(path: Path) -> Callable[[Form, Form, Sequence[Difference]], bytes]:
    """What writes the changes to a file of that ending; Misused for any other."""
    writers = {".docx": _word, ".html": _page, ".htm": _page}
    if path.suffix.lower() not in writers:
        raise Misused(f"只能写成 .docx 或 .html，不是“{path.suffix}”。")
    return writers[path.suffix.lower()]


def _title(old: Form, new: Form) -> str:
    return f"{new.title}格式变动说明（{old.edition} → {new.edition}）"


def _lead(old: Form, new: Form, changes: Sequence[Difference]) -> str:
    if not changes:
        return f"{new.basis}的格式与{old.basis}相比没有变动。"
    return f"{new.basis}（{new.years[0]} 年度起用）与{old.basis}相比，有下列 {len(changes)} 处变动："


def _rows(changes: Sequence[Difference]) -> list[tuple[str, ...]]:
    return [(str(number), f"{c.kind}{c.what}", c.where, c.words) for number, c in enumerate(changes, 1)]


def _page(old: Form, new: Form, changes: Sequence[Difference]) -> bytes:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    title = html.escape(_title(old, new))
    table = "\n".join((row(_HEADINGS, "th"), *(row(cells, "td") for cells in _rows(changes)))) if changes else ""
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>\n'
        f"<body><h1>{title}</h1>\n<p>{html.escape(_lead(old, new, changes))}</p>\n<table>\n{table}\n</table></body></html>\n"
    ).encode()


def _word(old: Form, new: Form, changes: Sequence[Difference]) -> bytes:
    from docx import Document
    from docx.enum.text import WD_PARAGRAPH_ALIGNMENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "宋体", Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
    heading = document.add_paragraph()
    heading.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER
    run = heading.add_run(_title(old, new))
    run.bold, run.font.size = True, Pt(16)
    document.add_paragraph(_lead(old, new, changes))
    if changes:
        table = document.add_table(rows=1, cols=len(_HEADINGS), style="Table Grid")
        for cells in (_HEADINGS, *_rows(changes)):
            target = table.rows[0] if cells is _HEADINGS else table.add_row()
            for cell, words, width in zip(target.cells, cells, (1.3, 2.8, 4.2, 7.7), strict=True):
                cell.text, cell.width = words, Cm(width)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
