"""Lists that an office keeps in a workbook, a heading and a row a thing: read from what people save, written to be edited."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xltools.dates import from_serial
from xltools.errors import XltoolsError
from xltools.inputs import LIST_LIMIT, must_read
from xltools.ooxml.package import Unreadable
from xltools.ooxml.sheets import Cell, open_workbook

_HEADING_ROWS = 10
"""Rows from the top among which the heading is looked for: people put titles above it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list that is not empty: its number on the sheet, and its words by heading ("" where there are none)."""

    number: int
    words: Mapping[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.words.get(heading, "")


def read_list(path: Path, what: str, columns: Sequence[str], needed: Sequence[str]) -> list[Row]:
    """The rows below the heading, of a .xlsx or a .csv (UTF-8 or GBK); ``what`` names the list in complaints.

    ``columns`` are the headings looked for, of which ``needed`` must be there, in whatever order. XltoolsError for a file that
    cannot be read or has no such heading.
    """
    rows = list(_table(path, what, must_read(path, what, LIST_LIMIT)))
    for at, row in enumerate(rows[:_HEADING_ROWS]):
        head = {name: row.index(name) for name in columns if name in row}
        if all(name in head for name in needed):
            below = ((number, {name: r[at] for name, at in head.items() if at < len(r)})
                     for number, r in enumerate(rows[at + 1 :], at + 2))  # fmt: skip
            return [Row(number, words) for number, words in below if any(words.values())]
    raise XltoolsError(f"{what}“{path.name}”没有表头：第一行应当有 {'、'.join(columns)}")


def _table(path: Path, what: str, content: bytes) -> Iterator[list[str]]:
    """The rows of the file as stripped texts."""
    if path.suffix.lower() == ".csv":
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = content.decode("gb18030")
            except UnicodeDecodeError:
                raise XltoolsError(f"{what}“{path.name}”的编码既不是 UTF-8 也不是 GBK，请另存为 UTF-8 的 CSV") from None
        if "\0" in text:
            raise XltoolsError(f"{what}“{path.name}”不是文本文件，请另存为 CSV 或 .xlsx")
        lines = csv.reader(io.StringIO(text, newline=""))
        try:
            for line in lines:
                yield [value.strip() for value in line]
        except csv.Error:
            raise XltoolsError(
                f"{what}“{path.name}”第 {lines.line_num} 行读不出来：有一格太长，或者引号没有成对；请改正，或者另存为 .xlsx"
            ) from None
        return
    try:
        workbook = open_workbook(content)
        sheet = workbook.sheet(workbook.sheet_names[0])
    except (Unreadable, IndexError):
        raise XltoolsError(f"{what}“{path.name}”不是可以打开的 Excel 工作簿（.xlsx）或 CSV 文件") from None
    spots = [spot for spot, cell in sheet.cells.items() if not cell.blank]
    height, width = (max((s[axis] for s in spots), default=-1) + 1 for axis in (0, 1))
    if height > 100_000 or width > 1000:
        raise XltoolsError(f"{what}“{path.name}”的范围大得不合理")
    for row in range(height):
        cells = (sheet.at(row, column) for column in range(width))
        yield [_words(cell, workbook.is_date(cell)) for cell in cells]


def _words(cell: Cell, dated: bool) -> str:
    number = cell.number
    if dated and number is not None and number >= 1:
        return from_serial(float(number))
    # A number of 16 digits or more has lost its last digits in the cell: show it mangled, so that whoever reads a code refuses it.
    digits = cell.text.replace(".", "").lstrip("-")
    if digits.isdigit() and len(digits) > 15 and ("E" in cell.value.upper() or "." in cell.value):
        return f"{float(cell.value):E}"
    return cell.text.strip()


# ── written to be edited ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list that is written: heading, width, whether it is text to the letter, the words it may have."""

    heading: str
    width: float
    text: bool = False
    choices: tuple[str, ...] = ()


def write_list(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], year: int, guide: Sequence[str] = ()
) -> bytes:
    """A list as a workbook to be edited: nothing is locked, words are words whatever they begin with.

    ``guide`` are lines on a second sheet that say how to fill it in. The same rows give the same bytes.
    """
    from xlsxwriter.workbook import Workbook

    from xltools.ooxml.book import STYLES, wide
    from xltools.ooxml.repack import steadied

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.calc_on_load = False  # there is nothing to calculate
    book.set_properties({"title": title, "created": datetime(year, 12, 31)})
    head, cell = (book.add_format(STYLES[name]) for name in ("column", "cell_left"))
    text = book.add_format({**STYLES["cell_left"], "num_format": "@"})
    sheet = book.add_worksheet(title)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width, text if column.text else None)
        sheet.write_string(0, at, column.heading, head)
    last = 0
    for last, row in enumerate(rows, 1):
        for at, (column, words) in enumerate(zip(columns, row, strict=True)):
            sheet.write_string(last, at, words, text if column.text else cell)
    for at, column in enumerate(columns):
        if column.choices:
            sheet.data_validation(1, at, last + 200, at, {"validate": "list", "source": list(column.choices)})
    sheet.freeze_panes(1, 2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    if guide:
        plain = book.add_format(STYLES["plain"])
        beside = book.add_worksheet("说明")
        beside.set_column(0, 0, 76)
        beside.fit_to_pages(1, 0)
        beside.hide_gridlines(2)
        beside.set_paper(9)
        for at, line in enumerate(guide):
            beside.set_row(at, 18 * math.ceil(wide(line) / 72))
            beside.write_string(at, 0, line, plain)
    book.close()
    return steadied(out.getvalue())
