"""退回单: one page that tells a clerk what to correct, where and how; what the office has not settled is left to be filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import Any

from xltools.characters import visible
from xltools.expressions import expression
from xltools.form.checkcode import check_code
from xltools.ooxml.containers import FIGURES_ONLY
from xltools.ooxml.paper import (
    BODY_FONT,
    HEAD_FONT,
    TITLE_FONT,
    keep_whole,
    name_fall_backs,
    new_document,
    packed,
    shade,
    write_run,
)
from xltools.ooxml.printed import PrintedPaper, Shell
from xltools.periods import in_words
from xltools.received.file import Received
from xltools.received.mark import NOTE
from xltools.slips.letterhead import BLANK, Letterhead
from xltools.slips.prefilled import Prefilled
from xltools.slips.words import EXPLAIN, Item, anew, counted, cut, helpful, item, other_notes, shortened, to_correct
from xltools.terms import SEVERITIES, VERDICTS, Severity

HOW: dict[Severity, str] = {
    "error": "必须改正",
    "query": f"数填错了的请改正；{EXPLAIN}（只写“核实无误”之类不算），那里没有列出的按“怎么改”一栏办",
    "note": "供参考，不要求改",
}

REFILLED = "已经换成本年度的空白表，填好了读到的数；请在里面核对、补齐"
EMPTY = "已经换成本年度的空白表；请在里面填写"
"""What is left to do about a file that cannot be put right itself, some of its figures taken over or none."""

_MOST_NOTES = 3
_LONGEST, _LONGEST_PART, _LONGEST_NAME = 150, 80, 60
_COLUMNS = (("序号", 1.2), ("表", 2.4), ("单元格", 1.5), ("问题", 6.6), ("怎么改", 4.9))
"""The table's columns and their widths in centimetres."""

_FACTS = (2.5, 7.2, 2.5, 4.4)
_WIDTH, _HEIGHT = 16.6, 700.0
"""Of what the margins leave of a page: centimetres across; points down, with a few to spare."""

_CENTIMETRE = 2.54 / 72
"""Of a point."""

_WORDS = expression(r"[\x21-\x7e]+|.", re.DOTALL)
"""What stands on one line: a word of Latin letters, or a Chinese character."""

_CLOSING_LINE, _CLOSING_SIZE = 22, 12
"""Points: a closing line, its letters."""

_LINE, _SIZE, _BORDER = 13.5, 10, 0.7
"""Points: a line of the table, its letters, what a row takes besides."""


def letter(
    received: Received, copy: str, besides: str = "", form: Prefilled | None = None, *, head: Letterhead = BLANK
) -> bytes:
    """The 退回单 of a file as .docx; ``copy`` is the name of the marked-up copy that goes with it, "" where there is none.

    ``besides`` is what else there is to say, of other files of the agency; ``form`` this year's form with what was read, where
    that is what goes back. The same file and findings give the same bytes.
    """
    body = _Body()
    items = _items(received, form)
    _heading(body, received, _left(items, received) if form else 0)
    _introduction(body, received, copy, form)
    if besides:
        body.paragraph(f"　　{besides}", BODY_FONT, 12, line=20, after=6)
    _table(body, items, copy, _closing_height(head))
    _closing(body, head)
    return body.bytes()


def notice(
    title: str,
    facts: Sequence[tuple[str, ...]],
    paragraphs: Sequence[str],
    head: Letterhead = BLANK,
    *,
    awaited: bool = True,
) -> bytes:
    """A 退回单 in words alone, of what no one file shows: a form's title, a few facts, paragraphs; ``awaited`` sets a day for it."""
    body = _Body()
    body.paragraph(title, TITLE_FONT, 20, align="center")
    body.paragraph("填报表退回单", TITLE_FONT, 20, align="center", after=8)
    body.facts(facts)
    for number, words in enumerate(paragraphs):
        body.paragraph(f"　　{words}", BODY_FONT, 12, line=22, before=0 if number else 6)
    _closing(body, head, awaited=awaited)
    return body.bytes()


def _left(items: Sequence[Item], received: Received) -> int:
    """How many of the things listed are to be done in this year's form, beside why the file goes back."""
    return sum(item.severity != "note" for item in items) - len(anew(received))


def _heading(body: _Body, received: Received, left: int) -> None:
    """Whose file it is and what was found in it, counted as everywhere else; ``left`` is what is to be filled in besides."""
    filing = received.filing
    if filing:
        body.paragraph(filing.form.title, TITLE_FONT, 20, align="center")
    body.paragraph("填报表退回单", TITLE_FONT, 20, align="center", after=8)
    rows: list[tuple[str, ...]] = []
    if filing:
        rows.append(("填报单位", visible(filing.agency.name), "单位代码", visible(filing.agency.code)))
        rows.append(("报告年度", in_words(filing.year), "校验码", check_code(filing) or "算不出来"))
    rows.append(("收到的文件", cut(visible(received.path.name), _LONGEST_NAME)))
    rest = f"；换成的表里还有 {left} 项要填" if left > 0 else ""
    rows.append(("审核结论", f"{VERDICTS[received.verdict][1]}；{counted(to_correct(received))}，没有通过{rest}"))
    body.facts(rows)


def _introduction(body: _Body, received: Received, copy: str, form: Prefilled | None) -> None:
    if form is not None:
        year = form.received.known.year
        how = f"附上的“{copy}”是你单位 {in_words(year)}的空白表，{_taken(form)}保存后报回；颜色和批注不用去掉。"
    elif copy:
        how = (
            f"标注的工作簿“{copy}”就是你单位报来的表：有问题的格涂了颜色，鼠标停在上面可以看到批注。"
            "请直接在里面改正或者说明，保存后报回；颜色和批注不用去掉。"
        )
    elif received.filing is None:
        how = "这个文件不能作为填报表审核，没有标注的工作簿。请按下面的办法重新报送。"
    elif received.path.suffix.lower() in FIGURES_ONLY:
        how = "这个文件不是 .xlsx 工作簿，不能标注。请在原来下发的 .xlsx 表上改正后报送。"
    else:
        how = "下面的问题不在某一格里，没有标注的工作簿。请按“怎么改”一栏处理后重新报送。"
    body.paragraph(
        f"　　报来的填报表已经审核，有下面的问题，请更正后重新报送。{how}", BODY_FONT, 12, line=20, before=6, after=6
    )


def _taken(form: Prefilled) -> str:
    """What of the file received stands in this year's form, and what to do with it."""
    there = [f"{form.filled} 个数" if form.filled else "", "文字" if any(form.received.known.texts.values()) else ""]
    if not any(there):
        return "报来的文件里没有可以带过来的数和文字。请在里面填写，"
    what = "和".join(words for words in there if words)
    return f"从报来的文件里读到的 {what}已经填好，不用重抄；看不准的没有填，下面列了出来。请在里面核对、补齐，"


def _items(received: Received, form: Prefilled | None) -> list[Item]:
    """What the letter lists, the gravest first: of this year's form what is left to do in it, after why it goes back."""
    if form is None:
        found = [*to_correct(received), *helpful(received), *other_notes(received)[:_MOST_NOTES]]
        return [item(f, _LONGEST, _LONGEST_PART) for f in found]
    why = [Item(f.severity, "报来的文件", "", cut(shortened(f, _LONGEST_PART).message, _LONGEST),
                REFILLED if form.filled else EMPTY) for f in anew(received)]  # fmt: skip
    back = form.received
    rest = [item(f, _LONGEST, _LONGEST_PART) for f in (*form.told, *to_correct(back), *helpful(back))]
    return [*why, *rest]


def _table(body: _Body, items: Sequence[Item], copy: str, closing: float) -> None:
    body.table([width for _, width in _COLUMNS])
    body.row([name for name, _ in _COLUMNS], HEAD_FONT, shaded=True)
    number, left = 0, list[Item]()
    for severity in SEVERITIES:
        group = [item for item in items if item.severity == severity]
        title = f"{SEVERITIES[severity]}：{HOW[severity]}"
        rows = [(one.sheet, one.cell, one.problem, one.remedy) for one in group]
        fitting = 0 if left else _fitting(rows, body.room - closing - _band_height(title))
        left += group[fitting:] if severity != "note" else []
        if not fitting:
            continue
        body.band(title)
        for row in rows[:fitting]:
            number += 1
            body.row([str(number), *row], BODY_FONT)
    if left:
        where = f"见标注的工作簿“{copy}”" if copy else "改正以上各项后重新报送，再行审核"
        body.band(f"其余{counted(left)}，{where}。")


def _fitting(rows: Sequence[tuple[str, ...]], room: float) -> int:
    """How many rows fit, with two lines left to say that there are more."""
    number = 0
    for row in rows:
        room -= _row_height(("", *row))
        if room < 2 * _LINE + _BORDER:
            break
        number += 1
    return number


def _row_height(texts: Sequence[str]) -> float:
    """How high a row of the table is, in points: the lines of its longest text."""
    return max(_lines(t, width, _SIZE) for t, (_, width) in zip(texts, _COLUMNS, strict=True)) * _LINE + _BORDER


def _band_height(text: str) -> float:
    return _lines(text, _WIDTH, _SIZE) * _LINE + _BORDER


def _lines(text: str, width: float, size: float) -> int:
    """About how many lines a text takes in a cell of a width in centimetres, in letters of a size in points."""
    per_line, lines, at = max(1, int((width - 0.4) / (size * _CENTIMETRE))), 1, 0.0
    for word in _WORDS.findall(text):
        wide = sum(1.0 if ord(c) > 255 else 0.58 for c in word)
        if at + wide > per_line and at:
            lines, at = lines + 1, 0.0
        more = max(0, ceil(wide / per_line) - 1)
        lines, at = lines + more, at + wide - more * per_line
    return lines


def _closing(body: _Body, head: Letterhead, *, awaited: bool = True) -> None:
    for number, words in enumerate(head.closing()[0 if awaited else 1 :]):
        body.paragraph(f"　　{words}", BODY_FONT, _CLOSING_SIZE, line=_CLOSING_LINE, before=0 if number else 8)
    signature = f"{visible(head.signature)}　　" if head.signature else "（公章）　　　　　　"
    for number, words in enumerate((signature, "　　　　年　　月　　日　　")):
        body.paragraph(words, BODY_FONT, _CLOSING_SIZE, line=_CLOSING_LINE, align="right", before=0 if number else 6)


def _closing_height(head: Letterhead) -> float:
    """The points that the closing lines take."""
    lines = (*(f"　　{words}" for words in head.closing()), head.signature, "")
    return 14 + _CLOSING_LINE * sum(_lines(words, _WIDTH, _CLOSING_SIZE) for words in lines)


# ── the document ─────────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def _model() -> Any:
    """An empty document of one A4 page; made once, for python-docx takes longer to open its model than we to write in it."""
    from docx.shared import Cm

    document = new_document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(2.3), Cm(1.8)
    section.left_margin = section.right_margin = Cm(2.2)
    document.core_properties.author = ""
    document.core_properties.title = "填报表退回单"
    name_fall_backs(document)
    return document


def _empty() -> Any:
    document = _model()
    body = document.element.body
    for child in [child for child in body if not child.tag.endswith("}sectPr")]:
        body.remove(child)
    return document


@lru_cache(maxsize=1)
def _shell() -> Shell:
    return Shell(_empty, packed)


def _paper() -> PrintedPaper:
    return PrintedPaper(_shell())


class _Body:
    """The document's paragraphs and tables, put in one after the other."""

    def __init__(self) -> None:
        self._paper = _paper()
        self.room = _HEIGHT
        """The points that are left of the page."""

    def bytes(self) -> bytes:
        return self._paper.bytes(NOTE)

    def paragraph(
        self,
        words: str,
        font: str,
        size: float,
        *,
        line: float = 28,
        align: str = "",
        before: float = 0,
        after: float = 0,
    ) -> None:
        def make(document: Any, words: Sequence[str]) -> None:
            write_run(
                document.add_paragraph(), words[0], font, size, line=line, align=align, before=before, after=after
            )

        self._paper.paragraph((font, size, line, align, before, after), [words], make)
        self.room -= before + after + line * _lines(words, _WIDTH, size)

    def facts(self, rows: Sequence[tuple[str, ...]]) -> None:
        """A small table of names and what they are; the last of a short row takes the rest of it."""
        self.table(_FACTS)
        for texts in rows:
            widths = _FACTS if len(texts) == len(_FACTS) else (_FACTS[0], sum(_FACTS[1:]))
            self.room -= 17 * max(map(_lines, texts, widths, [10.5] * len(texts))) + _BORDER
            self._paper.row(len(texts), texts, _fact)

    def table(self, widths: Sequence[float]) -> None:
        """Begins a table with columns of these widths, in centimetres."""

        def make(document: Any) -> Any:
            from docx.shared import Cm

            table = document.add_table(0, len(widths), style="Table Grid")
            table.autofit = False
            for column, width in zip(table.columns, widths, strict=True):
                column.width = Cm(width)
            return table

        self._paper.table(tuple(widths), make)

    def row(self, texts: Sequence[str], font: str, *, shaded: bool = False) -> None:
        """A row of the table."""

        def make(table: Any, texts: Sequence[str]) -> None:
            row = table.add_row()
            keep_whole(row)
            for number, (cell, words) in enumerate(zip(row.cells, texts, strict=True)):
                align = "center" if shaded or number in (0, 2) else ""
                write_run(cell.paragraphs[0], words, font, _SIZE, line=_LINE, align=align)
                _centre(cell, shaded=shaded)

        self._paper.row((font, shaded), [_BETWEEN.sub("、\u200b", words) for words in texts], make)
        self.room -= _row_height(texts)

    def band(self, words: str) -> None:
        """A row of one cell."""
        self._paper.row("band", [words], _band)
        self.room -= _band_height(words)


_BETWEEN = expression("(?<=[0-9A-Z])、(?=[0-9A-Z])")
"""Where a list of cells may go on in the next line: LibreOffice takes F8、G8 for one word, and breaks it within a name."""


def _fact(table: Any, texts: Sequence[str]) -> None:
    cells = table.add_row().cells
    if len(texts) == 2:
        cells = [cells[0], cells[1].merge(cells[3])]
    for number, (cell, words) in enumerate(zip(cells, texts, strict=True)):
        font = BODY_FONT if number % 2 else HEAD_FONT
        write_run(cell.paragraphs[0], words, font, 10.5, line=17, align="" if number % 2 else "center")
        _centre(cell, shaded=not number % 2)


def _band(table: Any, words: Sequence[str]) -> None:
    row = table.add_row()
    keep_whole(row)
    cell = row.cells[0].merge(row.cells[-1])
    write_run(cell.paragraphs[0], words[0], HEAD_FONT, _SIZE, line=_LINE)


def _centre(cell: Any, *, shaded: bool) -> None:
    if shaded:
        shade(cell, "EDF2F7")
    cell.vertical_alignment = 1  # the middle
