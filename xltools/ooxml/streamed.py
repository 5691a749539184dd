"""XlsxWriter as this house needs it: parts go straight into the zip, long lists straight into their part, the structure is locked.

XlsxWriter keeps every cell as an object, and then every part as a text, before it packs them. For the sheets of a form that is
well; a list of a million rows would take gigabytes. Here such a list is an iterator, asked for its rows only while its part is
written: no more than one row of it is ever in memory.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from xltools.address import ROWS
from xltools.classes import dataclass
from xltools.ooxml.repack import DEFAULT, Packing, Zip

Value = str | int | float | None

CALCULATION = 191029
"""The engine that is said to have calculated our workbooks: Excel calculates a file of an older one anew, and asks to save it."""

TEXT_LIMIT = 32767
"""Characters of a cell, as Excel has them."""
_ROOM = 2**16
_NUMBER = "\0"
"""What stands for a row's number in cells that several rows share: nothing that XML can hold."""
_LONG = 20_000
"""Rows of a list from which on its texts stand in it, and not among the shared ones, which a reader keeps in memory."""
_QUICK = 3
"""How hard long lists are packed (of 9): a third of the time of zlib's own choice, a seventh more room."""


@dataclass(frozen=True)
class Rows:
    """A long list: where it begins, how many rows it has, the rows, the look of each column, how high a row is."""

    top: int
    count: int
    rows: Iterable[Sequence[Value]]
    looks: Sequence[Any]
    height: Callable[[Sequence[Value]], float] | None = None


@dataclass(frozen=True)
class Block:
    """Rows that begin alike: what all begin with; what each goes on with, given as the same object by many blocks; its last value."""

    common: Sequence[Value]
    lines: Sequence[Sequence[Value]]
    last: Sequence[Any]


class Blocks:
    """Rows by blocks, as rows one by one; a sheet prints what its blocks share once."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.blocks = blocks

    def __iter__(self) -> Iterator[Sequence[Value]]:
        for block in self.blocks:
            yield from ((*block.common, *line, value) for line, value in zip(block.lines, block.last, strict=True))


class PressedSheet(Worksheet):  # type: ignore[misc]
    """A sheet that may hold long lists, written where they stand among its other rows.

    XlsxWriter escapes what XML cannot hold (a name with a control character) in shared texts only; here everywhere.
    """

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self.lists: list[Rows] = []

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Without its equals sign. XlsxWriter would look in it for the functions of later Excels, the half of all its work;
        ours calls none of them (``limits.FUNCTIONS``)."""
        return formula.removeprefix("=")

    def _xml_formula_element(self, formula: Any, result: Any, attributes: Any = ()) -> None:
        super()._xml_formula_element(formula, self._escape_control_characters(result), attributes)

    def _escape_attributes(self, attribute: Any) -> Any:
        if not isinstance(attribute, str) or attribute.isalnum():  # most of them; nothing of it is ever escaped
            return attribute
        return super()._escape_attributes(self._escape_control_characters(attribute))

    def add_rows(self, rows: Rows) -> None:
        """Takes a list; ValueError where the sheet has no room for it."""
        if rows.top + rows.count > ROWS:
            raise ValueError(f"{rows.count} rows from row {rows.top + 1} on: a sheet has {ROWS}")
        if rows.count:
            self._check_dimensions(rows.top, len(rows.looks) - 1)
            self._check_dimensions(rows.top + rows.count - 1, len(rows.looks) - 1)
            self.lists.append(rows)

    def _write_rows(self) -> None:
        if not self.lists:
            super()._write_rows()
            return
        first, last = self.dim_rowmin, self.dim_rowmax
        at, lists = first, sorted(self.lists, key=lambda r: r.top)
        self.lists.clear()  # XlsxWriter's objects go round in circles and stay for long; what is written here must not
        for rows in lists:
            self._write_others(at, rows.top)
            self.fh.writelines(self._listed(rows))
            at = rows.top + rows.count
        self._write_others(at, last + 1)
        self.dim_rowmin, self.dim_rowmax = first, last

    def _write_others(self, first: int, beyond: int) -> None:
        """The rows of single cells between two lists."""
        if first < beyond:
            self.dim_rowmin, self.dim_rowmax = first, beyond - 1  # what XlsxWriter goes over
            super()._write_rows()

    def _listed(self, rows: Rows) -> Iterator[str]:
        """The XML of a list, row by row."""
        columns = [(xl_col_to_name(n), look._get_xf_index()) for n, look in enumerate(rows.looks)]
        inner = self._inline if rows.count > _LONG else self._inner
        if isinstance(rows.rows, Blocks):
            came = yield from self._printed(rows.top, rows.rows.blocks, columns)
        else:
            came = yield from self._row_by_row(rows, columns, inner)
        if came != rows.count:
            raise ValueError(f"{rows.count} rows were announced, {came} came")

    def _row_by_row(
        self, rows: Rows, columns: Sequence[tuple[str, int]], inner: Callable[[Value], str]
    ) -> Generator[str, None, int]:
        number = rows.top
        for number, values in enumerate(rows.rows, rows.top + 1):
            high = f' ht="{rows.height(values):.16G}" customHeight="1"' if rows.height else ""
            cells = "".join(
                [f'<c r="{name}{number}" s="{look}"{inner(value)}'
                 for (name, look), value in zip(columns, values, strict=True)]
            )  # fmt: skip
            yield f'<row r="{number}"{high}>{cells}</row>'
        return number - rows.top

    def _printed(
        self, top: int, blocks: Iterable[Block], columns: Sequence[tuple[str, int]]
    ) -> Generator[str, None, int]:
        """The XML of blocks: of what rows share only the row's number is put in anew."""
        shared: dict[int, tuple[object, list[str], int]] = {}
        number, (last, look) = top, columns[-1]
        for block in blocks:
            texts, first = self.str_table.count, len(block.common)
            begin = self._cells(columns[:first], block.common)
            if id(block.lines) not in shared:  # kept with them, so that no other takes their id
                cells = [self._cells(columns[first:-1], line) for line in block.lines]
                shared[id(block.lines)] = block.lines, cells, sum(map(_texts, block.lines))
            _, lines, theirs = shared[id(block.lines)]
            self.str_table.count = texts + len(lines) * _texts(block.common) + theirs
            printed = []
            for line, value in zip(lines, block.last, strict=True):
                number += 1
                row = f"{begin}{line}".replace(_NUMBER, str(number))
                printed.append(f'<row r="{number}">{row}<c r="{last}{number}" s="{look}"{self._inner(value)}</row>')
            yield "".join(printed)
        return number - top

    def _cells(self, columns: Sequence[tuple[str, int]], values: Sequence[Value]) -> str:
        return "".join(
            f'<c r="{name}{_NUMBER}" s="{look}"{self._inner(value)}'
            for (name, look), value in zip(columns, values, strict=True)
        )

    def _inner(self, value: Value) -> str:
        """What follows a cell's address and look: its type and value, or nothing."""
        if value is None or value == "":
            return "/>"
        if isinstance(value, str):
            if value not in self.str_table.string_table and len(value) > TEXT_LIMIT // 2:
                refuse_long(value)
            return f' t="s"><v>{self.str_table._get_shared_string_index(value)}</v></c>'
        return f"><v>{value:.16G}</v></c>"

    def _inline(self, value: Value) -> str:
        """The same, a text where it stands."""
        if not isinstance(value, str) or value == "":
            return self._inner(value)
        refuse_long(value)
        text = self._escape_data(self._escape_control_characters(value))
        space = ' xml:space="preserve"' if value != value.strip() else ""
        return f' t="inlineStr"><is><t{space}>{text}</t></is></c>'


def _texts(values: Sequence[Value]) -> int:
    return sum(isinstance(value, str) and value != "" for value in values)


def refuse_long(text: str) -> None:
    """ValueError for a text that a cell cannot hold; a character outside the first plane counts twice."""
    if len(text.encode("utf-16-le")) > 2 * TEXT_LIMIT:
        raise ValueError(f"a cell holds no more than {TEXT_LIMIT} characters: {text[:40]}…")


class _Part(io.StringIO):
    """A part of the package while it is written: text goes into the zip as it comes."""

    def __init__(self, package: Zip, name: str, level: int) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._length = 0
        self._packing = Packing(package, name, level)

    def write(self, text: str) -> int:
        self._pieces.append(text)
        self._length += len(text)
        if self._length > _ROOM:
            self._pass_on()
        return len(text)

    def _pass_on(self) -> None:
        self._packing.write("".join(self._pieces).encode())
        self._pieces, self._length = [], 0

    def close(self) -> None:
        self._pass_on()
        self._packing.close()
        super().close()


class SharedTexts(SharedStrings):  # type: ignore[misc]
    """The part of shared texts; none of ours is rich text, though it may look like XlsxWriter's mark of one."""

    def _write_si(self, string: str) -> None:
        if string.startswith("<r>") and string.endswith("</r>"):
            self._xml_si_element(self._escape_control_characters(string))
        else:
            super()._write_si(string)


class _StraightPackager(Packager):  # type: ignore[misc]
    """Puts one part after the other into a zip."""

    def __init__(self, package: Zip, level: int) -> None:
        super().__init__()
        self._package, self._level = package, level
        self._part: _Part | None = None

    def _filename(self, xml_filename: str) -> _Part:
        self.close()
        self._part = _Part(self._package, xml_filename, self._level)
        return self._part

    def _write_shared_strings_file(self) -> None:
        texts = SharedTexts()
        texts.string_table = self.workbook.str_table
        texts.string_table._sort_string_data()  # the lists have added theirs
        if texts.string_table.count:
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()

    def close(self) -> None:
        """Ends the part that is being written."""
        if self._part:
            self._part.close()
            self._part = None


class _Nowhere(io.BytesIO):
    """Where XlsxWriter's own zip goes, which stays empty.

    It is never closed: where writing fails, XlsxWriter leaves that zip behind, which complains on stderr if it finds it so.
    """

    def close(self) -> None:
        pass


class PressedWorkbook(Workbook):  # type: ignore[misc]
    """A workbook in memory, its structure protected unless told otherwise (for which XlsxWriter has no call)."""

    worksheet_class = PressedSheet

    def __init__(self, *, locked: bool = True, font: dict[str, Any] | None = None) -> None:
        self.content, self._locked = b"", locked
        more = {"default_format_properties": dict(font)} if font else {}
        super().__init__(_Nowhere(), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                   "strings_to_numbers": False, **more})  # fmt: skip
        self.set_calc_mode("auto", CALCULATION)
        self.calc_on_load = False  # every formula carries its right value

    def _store_workbook(self) -> None:
        level = _QUICK if any(sheet.lists for sheet in self.worksheets()) else DEFAULT
        with io.BytesIO() as out:
            package = Zip(out)
            with closing(_StraightPackager(package, level)) as self._packager:
                super()._store_workbook()
                if self._packager.filenames:
                    raise ValueError(f"parts that are not written here: {self._packager.filenames}")
            package.close()
            self.content = out.getvalue()

    def _get_packager(self) -> _StraightPackager:
        return self._packager

    def _prepare_sst_string_data(self) -> None:
        """Charts ask for the texts by number here already; the lists will still add to them."""
        super()._prepare_sst_string_data()
        if not self.str_table.unique_count and any(sheet.lists for sheet in self.worksheets()):
            raise ValueError("a list without a heading")  # the package's contents are told before the lists are written
        self.str_table.string_table = {text: number for number, text in enumerate(self.str_table.string_array)}
        # XlsxWriter counts the words of a cell also where they gave way to others.
        cells = (cell for sheet in self.worksheets() for row in sheet.table.values() for cell in row.values())
        self.str_table.count = sum(type(cell).__name__ == "String" for cell in cells)

    def _write_workbook_pr(self) -> None:
        super()._write_workbook_pr()
        if self._locked:
            self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])
