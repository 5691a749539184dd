"""A list that an office keeps, written into: its own columns, styles, formulas, widths and other sheets stay as they are.

openpyxl opens the workbook, once our own reader has found nothing in it that is unsafe, and nothing that openpyxl would drop.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

from xltools.address import parse_a1
from xltools.characters import visible
from xltools.errors import XltoolsError
from xltools.ooxml.cells import Cell
from xltools.ooxml.lists import List, find_list
from xltools.ooxml.opening import open_workbook
from xltools.ooxml.package import Package, part_key
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.ooxml.trees import Unreadable, main_namespace

_DROPPED = ("xl/charts/", "xl/chartsheets/", "xl/drawings/drawing", "xl/media/", "xl/activex/", "xl/ctrlprops/", "xl/slicer",
            "xl/timeline", "xl/threadedcomments/", "xl/richdata/", "xl/querytables/", "xl/connections")  # fmt: skip
"""Beginnings of parts that openpyxl leaves out when it saves, or does not keep whole."""

_CORE = "docProps/core.xml"
_NO_CORE = (b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties xmlns:cp='
            b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>')  # fmt: skip


def revised(
    content: bytes,
    path: Path,
    what: str,
    columns: Sequence[str],
    needed: Sequence[str],
    *,
    changed: Mapping[int, Mapping[str, str]] | None = None,
    added: Sequence[Mapping[str, str]] = (),
) -> bytes:
    """A list's workbook with words written into rows (by number and heading) and rows added below; all else stays.

    An added row looks like the last one, and goes on with the office's own formulas. A column that is not there yet is put to
    the right. The same content and words give the same bytes. XltoolsError as ``read_list``, and where the workbook is of another
    kind or holds what would be lost.
    """
    found = find_list(content, path, what, columns, needed)
    before = _looked_over(content, path, what)
    book = _opened(content, path, what)
    sheet = book[found.sheet]
    rows = {number: dict(words) for number, words in (changed or {}).items()}
    last = found.rows[-1].number if found.rows else found.heading + 1
    for number, words in enumerate(added, last + 1):
        if found.rows:
            _continue(sheet, last, number, found)
        rows[number] = dict(words)
    _extend(sheet, last, last + len(added))
    at = _columns(sheet, found, {heading for words in rows.values() for heading in words})
    for number, words in rows.items():
        for heading, word in words.items():
            _write(sheet.cell(number, at[heading] + 1), word, path, what)
    out = io.BytesIO()
    book.save(out)
    return _with_stored(out.getvalue(), before)


def with_sheet(content: bytes, path: Path, what: str, name: str, rows: Sequence[Sequence[str]]) -> bytes:
    """A list's workbook with a sheet of words put behind its own, which stay as they are; XltoolsError as ``revised``."""
    before = _looked_over(content, path, what)
    book = _opened(content, path, what)
    sheet = book.create_sheet(name)
    for number, row in enumerate(rows, 1):
        for column, word in enumerate(row, 1):
            _write(sheet.cell(number, column), word, path, what)
            width = sheet.column_dimensions[sheet.cell(1, column).column_letter]
            width.width = max(width.width, 2.0 * len(word) + 4)
    out = io.BytesIO()
    book.save(out)
    return _with_stored(out.getvalue(), before)


def _looked_over(content: bytes, path: Path, what: str) -> ReceivedWorkbook:
    """The workbook as our reader sees it, every part looked at; XltoolsError where it is not to be opened, or not to be saved."""
    try:
        workbook = open_workbook(content)
        package = getattr(workbook, "package", None)
        if package is None or workbook.macros:
            raise XltoolsError(
                f"{what}“{path.name}”不是 .xlsx 工作簿，程序不能往里写；请在 Excel 或 WPS 里另存为 .xlsx"
            )
        package.look_over()
        for name in workbook.sheet_names:
            workbook.sheet(name)
    except Unreadable:
        raise XltoolsError(f"{what}“{path.name}”不是可以打开的 Excel 工作簿（.xlsx）或 CSV 文件") from None
    if any(part_key(name).startswith(_DROPPED) for name in package.names):
        raise _would_lose(path, what, "图片、图表、图形或控件")
    return workbook


def _would_lose(path: Path, what: str, things: str) -> XltoolsError:
    return XltoolsError(f"{what}“{path.name}”里有{things}，由程序改写会丢失，没有改动；请在 Excel 或 WPS 里自己填写")


def _opened(content: bytes, path: Path, what: str) -> Any:
    import openpyxl

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
        except Exception:  # whatever it stumbles over: the file is sound, as we have just read it
            raise _would_lose(path, what, "程序不能照原样保存的内容") from None
    if any("removed" in str(one.message) or "not supported" in str(one.message) for one in told):
        raise _would_lose(path, what, "引用其他表的数据验证、条件格式等扩展内容")
    return book


def _columns(sheet: Any, found: List, wanted: set[str]) -> dict[str, int]:
    """The columns of the headings, with those that are not there yet put to the right."""
    at, right = dict(found.columns), sheet.max_column
    row = found.heading + 1
    for heading in sorted(wanted - set(at)):
        cell, beside = sheet.cell(row, right + 1), sheet.cell(row, right)
        cell.value, cell._style = heading, copy(beside._style)
        at[heading], right = right, right + 1
    return at


def _write(cell: Any, words: str, path: Path, what: str) -> None:
    """Words as text, whatever they begin with."""
    if type(cell).__name__ == "MergedCell":
        raise XltoolsError(f"{what}“{path.name}”的 {cell.coordinate} 是合并单元格的一部分，程序不能填写；请先取消合并")
    cell.value = visible(words) or None
    if words:
        cell.data_type = "s"
        if cell.number_format == "General":
            cell.number_format = "@"


def _continue(sheet: Any, last: int, number: int, found: List) -> None:
    """A row that looks like the last one and goes on with the formulas of the office's own columns."""
    from openpyxl.formula.translate import Translator

    own = {column + 1 for column in found.columns.values()}
    for source in next(sheet.iter_rows(min_row=last, max_row=last)):
        goes_on = source.data_type == "f" and isinstance(source.value, str) and source.column not in own
        if not (source.has_style or goes_on):
            continue
        target = sheet.cell(number, source.column)
        if source.has_style and not target.has_style:
            target._style = copy(source._style)
        if goes_on and target.value is None:
            target.value = Translator(source.value, source.coordinate).translate_formula(target.coordinate)
    height = sheet.row_dimensions[last].height
    if height and not sheet.row_dimensions[number].height:
        sheet.row_dimensions[number].height = height


def _extend(sheet: Any, last: int, end: int) -> None:
    """Lets what ends with the last row end with the rows added: tables, the filter, input rules."""
    ending = re.compile(rf"(?<=[A-Z]){last}\Z")
    for table in sheet.tables.values():
        table.ref = ending.sub(str(end), table.ref)
        if table.autoFilter is not None and table.autoFilter.ref:
            table.autoFilter.ref = ending.sub(str(end), table.autoFilter.ref)
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = ending.sub(str(end), sheet.auto_filter.ref)
    for rule in sheet.data_validations.dataValidation:
        for span in rule.sqref.ranges:
            if span.max_row == last:
                span.expand(down=end - last)


# ── what formulas show ───────────────────────────────────────────────────────

_TYPES = {"text": "str", "boolean": "b", "error": "e"}


def _with_stored(saved: bytes, before: ReceivedWorkbook) -> bytes:
    """A workbook saved by openpyxl, which leaves out what formulas show, with that put back; Excel works it out anew in any case."""
    from lxml import etree

    package = Package(saved)
    workbook = ReceivedWorkbook(package)
    parts = {_CORE: before.part(_CORE) or _NO_CORE}
    for name in before.sheet_names:
        known = {spot: cell for spot, cell in before.sheet(name).cells.items() if _shows(cell)}
        if not known:
            continue
        root = package.xml(workbook.part_of(name))
        ns = main_namespace(root, "worksheet")
        for c in root.iter(f"{ns}c"):
            cell = known.get(parse_a1(c.get("r", "A1")))
            if cell is not None and c.find(f"{ns}f") is not None:
                _put(c, cell, ns)
        parts[workbook.part_of(name)] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return package.replaced(parts)


def _shows(cell: Cell) -> bool:
    return cell.formula is not None and bool(cell.value) and cell.value.isprintable()


def _put(element: Any, cell: Cell, ns: str) -> None:
    value = element.find(f"{ns}v")
    if value is None:
        value = element.makeelement(f"{ns}v")
        element.append(value)
    value.text = cell.value
    kind = _TYPES.get(cell.kind)
    if kind:
        element.set("t", kind)
    else:
        element.attrib.pop("t", None)
