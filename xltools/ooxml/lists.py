"""Lists that an office keeps in a workbook, a heading and a row a thing: read from what people save, written to be edited."""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from xltools.address import parse_range
from xltools.classes import dataclass
from xltools.errors import XltoolsError
from xltools.expressions import expression
from xltools.inputs import LIST_LIMIT, must_read
from xltools.ooxml.cells import Cell
from xltools.ooxml.number_formats import as_code, shown_text
from xltools.ooxml.opening import open_workbook
from xltools.ooxml.package import OLE
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable

_HEADING_ROWS = 10
"""Rows from the top among which the heading is looked for: people put titles above it."""

_DELIMITERS = (",", "\t", ";", "，", "；", "|")
"""What programs and people put between the values of a line, the usual first."""

_FILLED_LIMIT = 100_000
"""Cells of merged ranges that are filled in: as many as all rows of a list have, were it the longest."""

Table = list[tuple[int, dict[int, str]]]
"""The rows of a sheet that are not empty, each with its number from 0 on and its words by column."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row of a list that is not empty: its number on the sheet, and its words by heading ("" where there are none)."""

    number: int
    words: Mapping[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.words.get(heading, "")


@dataclass(frozen=True, slots=True)
class List:
    """A list as it was found: its sheet ("" in a text file), the row of its heading and its columns, from 0 on, and its rows."""

    sheet: str
    heading: int
    columns: Mapping[str, int]
    rows: tuple[ListRow, ...]
    others: Mapping[int, str]
    """The columns that were not looked for and say anything below the heading: what stands above them, "" where nothing does."""


def read_list(path: Path, what: str, columns: Sequence[str], needed: Sequence[str]) -> list[ListRow]:
    """The rows below the heading, of a workbook or a text file (UTF-8, UTF-16 or GBK); ``what`` names the list in complaints.

    ``columns`` are the headings looked for, of which ``needed`` must be there, in whatever order, with whatever white space.
    XltoolsError for a file that cannot be read or has no such heading, and for a value that the file does not have.
    """
    content = must_read(path, what, LIST_LIMIT)
    return list(find_list(content, path, what, columns, needed).rows)


def find_list(content: bytes, path: Path, what: str, columns: Sequence[str], needed: Sequence[str]) -> List:
    """A list in the content of a file: on the first sheet, or else on the only other one that has its heading.

    XltoolsError as in ``read_list``, and where several other sheets have the heading.
    """
    if path.suffix.lower() in _TEXTS and not content.startswith((b"PK\3\4", OLE)):
        tables: Iterator[tuple[str, Table]] = iter([("", _lines(content, path, what, columns, needed))])
    else:
        tables = _sheets(content, path, what)
    found: list[List] = []
    for at, (sheet, table) in enumerate(tables):
        head = _heading(table, columns, needed)
        if head is not None:
            found.append(_below(table, sheet, *head))
            if at == 0:
                break
    if not found:
        raise XltoolsError(f"{what}“{path.name}”没有表头：第一行应当有 {'、'.join(columns)}")
    if len(found) > 1:
        names = "、".join(f"“{one.sheet}”" for one in found)
        raise XltoolsError(
            f"{what}“{path.name}”里有 {len(found)} 张表都像是{what}（{names}），读哪一张没有定准；请把要用的移到最前面"
        )
    return _with_results(found[0], path, what)


def list_on(
    content: bytes, path: Path, what: str, sheet: str, columns: Sequence[str], needed: Sequence[str]
) -> List | None:
    """The list on the sheet of a name; None where the file has no such sheet, or is no workbook."""
    try:
        workbook = open_workbook(content)
        if sheet not in workbook.sheet_names:
            return None
        table = _table(workbook, sheet, path, what)
    except Unreadable:
        return None
    head = _heading(table, columns, needed)
    return _with_results(_below(table, sheet, *head), path, f"{what}的“{sheet}”，") if head else None


def _with_results(found: List, path: Path, what: str) -> List:
    """A list none of whose formulas lacks its result."""
    for row in found.rows:
        for heading, words in row.words.items():
            if words.startswith(_NO_RESULT):
                raise XltoolsError(f"{what}“{path.name}”第 {row.number} 行的{heading}是公式“{words[1:]}”，文件里没有它的结果；"
                                   "请用 Excel 或 WPS 打开、保存一次，或者直接填写文字")  # fmt: skip
    return found


def _heading(table: Table, columns: Sequence[str], needed: Sequence[str]) -> tuple[int, dict[str, int]] | None:
    """Which row of a table is the heading, and the column of each of its words; None where there is none."""
    for at, (_, row) in enumerate(table[:_HEADING_ROWS]):
        exact = {words: column for column, words in reversed(row.items())}
        alike = {_squeezed(words): column for column, words in reversed(row.items())}
        head = {name: exact.get(name, alike.get(_squeezed(name))) for name in columns}
        if all(head[name] is not None for name in needed):
            return at, {name: column for name, column in head.items() if column is not None}
    return None


_ROUND = expression(r"[\s*:]+|\([^()]*\)\Z")


def _squeezed(heading: str) -> str:
    """A heading without white space, and without the marks and remarks that people put round it: ＊单 位 代 码（必填）."""
    return _ROUND.sub("", _ROUND.sub("", unicodedata.normalize("NFKC", heading)))


def _below(table: Table, sheet: str, at: int, head: Mapping[str, int]) -> List:
    rows = (ListRow(n + 1, {name: row.get(column, "") for name, column in head.items()}) for n, row in table[at + 1 :])
    filled = {column for _, row in table[at + 1 :] for column in row} - {*head.values()}
    others = {column: table[at][1].get(column, "") for column in sorted(filled)}
    return List(sheet, table[at][0], head, tuple(row for row in rows if any(row.words.values())), others)


_AS_TEXT = expression(r'=(?:"((?:[^"]|"")*)"|([0-9]+))\Z')
"""How people and programs keep the digits of a code: as a formula that is nothing but it."""

_UNKNOWN = expression(r"=|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)\Z")
_NO_RESULT = "\0"
"""A formula that nobody has worked out, or that has no result; what marks it among words."""


def _said(words: str, *, formula: bool) -> str:
    """Words without what keeps a spreadsheet from taking them for a number: ="0011" and '0011 are 0011; ``formula``: maybe one."""
    words = words.strip()
    if match := _AS_TEXT.match(words):
        return (match[2] or match[1].replace('""', '"')).strip()
    if formula and _UNKNOWN.match(words):
        return _NO_RESULT + words
    return words[1:].strip() if words.startswith("'") else words


# ── text files ───────────────────────────────────────────────────────────────

_TEXTS = (".csv", ".tsv", ".txt")


def _lines(content: bytes, path: Path, what: str, columns: Sequence[str], needed: Sequence[str]) -> Table:
    """The lines of a text file, cut where a heading comes out."""
    text = _decoded(content, path, what)
    for delimiter in _DELIMITERS:
        with suppress(csv.Error):
            if _heading(list(islice(_cut(text, delimiter), _HEADING_ROWS)), columns, needed):
                break
    else:
        delimiter = _DELIMITERS[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return list(_numbered(lines))
    except csv.Error:
        raise XltoolsError(
            f"{what}“{path.name}”第 {lines.line_num} 行读不出来：有一格太长，或者引号没有成对；请改正，或者另存为 .xlsx"
        ) from None


def _cut(text: str, delimiter: str) -> Iterator[tuple[int, dict[int, str]]]:
    return _numbered(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _numbered(lines: Iterable[Sequence[str]]) -> Iterator[tuple[int, dict[int, str]]]:
    for n, line in enumerate(lines):
        if row := {column: said for column, words in enumerate(line) if (said := _said(words, formula=True))}:
            yield n, row


def _decoded(content: bytes, path: Path, what: str) -> str:
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # Excel's “Unicode text”
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            break
    else:
        raise XltoolsError(f"{what}“{path.name}”的编码既不是 UTF-8 也不是 GBK，请另存为 UTF-8 的 CSV")
    if "\0" in text:
        raise XltoolsError(f"{what}“{path.name}”不是文本文件，请另存为 CSV 或 .xlsx")
    return text


# ── workbooks ────────────────────────────────────────────────────────────────


def _sheets(content: bytes, path: Path, what: str) -> Iterator[tuple[str, Table]]:
    """The sheets of a workbook, the first one first, those that nobody sees last."""
    try:
        workbook = open_workbook(content)
        if not workbook.sheet_names:
            raise IndexError(path)
        for name in sorted(workbook.sheet_names, key=workbook.hidden.__contains__):
            yield name, _table(workbook, name, path, what)
    except (Unreadable, IndexError):
        raise XltoolsError(
            f"{what}“{path.name}”不是可以打开的 Excel 工作簿（.xlsx）或 CSV 文件；请用 Excel、WPS 打开，另存为 .xlsx"
        ) from None


def _table(workbook: ReceivedWorkbook, name: str, path: Path, what: str) -> Table:
    """A sheet's words as the screen shows them, those of a cell merged downwards in each of its rows that holds anything else."""
    sheet = workbook.sheet(name)
    rows: dict[int, dict[int, str]] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        if not cell.blank and (words := _words(cell, workbook)):
            rows.setdefault(row, {})[column] = words
    room, last = _FILLED_LIMIT, max(rows, default=-1)
    for span in sheet.merged:
        try:
            box = parse_range(span)
        except ValueError:
            raise Unreadable("file-damaged", f"工作表“{name}”的内容不完整") from None
        words = rows.get(box.top, {}).get(box.left, "")
        below = range(box.top + 1, min(box.bottom, last) + 1) if words else range(0)
        room -= len(below)
        if room < 0:
            raise XltoolsError(f"{what}“{path.name}”的范围大得不合理")
        for row in below:
            if row in rows:
                rows[row].setdefault(box.left, words)
    return sorted(rows.items())


def _words(cell: Cell, workbook: ReceivedWorkbook) -> str:
    """A cell in words, as the screen shows it where that is a code or a date."""
    number = cell.number
    if cell.value == "" and cell.formula is not None:
        return _said(f"={cell.formula}", formula=True)
    if number is None:
        words = shown_text(cell.text, workbook.number_format(cell)) or cell.text
        return _said(words, formula=cell.kind == "error")
    if workbook.is_date(cell) and number >= 1:
        return workbook.day(number)
    # A number of 16 digits or more has lost its last digits in the cell: show it mangled, so that whoever reads a code refuses it.
    digits = cell.text.replace(".", "").lstrip("-")
    if digits.isdigit() and len(digits) > 15 and ("E" in cell.value.upper() or "." in cell.value):
        return f"{float(cell.value):E}"
    return as_code(number, workbook.number_format(cell)) or cell.text.strip()


# ── written to be edited ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list that is written: heading, width, whether it is text to the letter, the words it may have; ``open`` is
    one that waits to be filled in."""

    heading: str
    width: float
    text: bool = False
    choices: tuple[str, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A sheet that is written: its name, its columns, its rows; how many of the columns stay in sight."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[str]]
    kept: int = 2


def write_list(sheets: Sequence[ListSheet], year: int, guide: Sequence[str] = ()) -> bytes:
    """Lists as a workbook to be edited: nothing is locked, words are words whatever they begin with.

    ``guide`` are lines on a last sheet that say how to fill them in. The same rows give the same bytes.
    """
    from xlsxwriter.workbook import Workbook

    from xltools.ooxml.book import STYLES, wide
    from xltools.ooxml.repack import steadied

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.calc_on_load = False  # there is nothing to calculate
    book.set_properties({"title": sheets[0].title, "created": datetime(year, 12, 31)})
    styles = {name: book.add_format(STYLES[name]) for name in ("head", "cell_left", "entry")}
    styles["text"] = book.add_format({**STYLES["cell_left"], "num_format": "@"})
    for one in sheets:
        _write_sheet(book.add_worksheet(one.title), one, styles)
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


def _write_sheet(sheet: Any, one: ListSheet, styles: Mapping[str, Any]) -> None:
    for at, column in enumerate(one.columns):
        sheet.set_column(at, at, column.width, styles["text"] if column.text else None)
        sheet.write_string(0, at, column.heading, styles["head"])
    last = 0
    for last, row in enumerate(one.rows, 1):
        for at, (column, words) in enumerate(zip(one.columns, row, strict=True)):
            style = "entry" if column.open else "text" if column.text else "cell_left"
            sheet.write_string(last, at, words, styles[style])
    for at, column in enumerate(one.columns):
        if column.choices:
            sheet.data_validation(1, at, last + 200, at, {"validate": "list", "source": list(column.choices)})
    sheet.freeze_panes(1, one.kept)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
