"""A workbook under construction: XlsxWriter made strict, with the house's styles, protected, the same bytes every time."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from xltools.address import Box, blocks
from xltools.ooxml.colours import BAND, HEADER, INPUT, TINTS
from xltools.ooxml.limits import VALIDATION, guarded
from xltools.ooxml.streamed import PressedSheet, PressedWorkbook, Rows, Value

INK, QUIET, LINE, FRAME = "#000000", "#5B6B7B", "#9AA7B4", "#000000"
BAR, BAR_BEFORE = "#2F6DB5", "#B9C7D6"
RED, RED_INK, AMBER, AMBER_INK, GREEN, GREEN_INK = "#F9D5D0", "#8C1D18", "#FCE7B2", "#6B4700", "#DDEFE0", "#1E5B2E"

_TEXT = {"font_name": "宋体", "font_size": 11, "font_color": INK, "valign": "vcenter", "text_wrap": True}
_BOXED = {**_TEXT, "border": 1, "border_color": FRAME, "align": "center"}
_OPEN: dict[str, Any] = {"locked": False}
_FIGURE = {**_BOXED, "text_wrap": False, "shrink": True}
"""A figure stays on one line, whole, however long it is."""

STYLES: dict[str, dict[str, Any]] = {
    "plain": _TEXT,
    "status": {**_TEXT, "text_wrap": False, "bold": True, "font_color": QUIET, "font_size": 10},
    "status_wrapped": {**_TEXT, "bold": True, "font_color": QUIET, "font_size": 10},
    "title": {**_TEXT, "font_name": "黑体", "font_size": 16, "align": "center"},
    "title_left": {**_TEXT, "font_name": "黑体", "font_size": 14, "text_wrap": False},
    "subtitle": {**_TEXT, "font_size": 12, "align": "center", "font_color": QUIET},
    "name": _TEXT,
    "name_left": {**_TEXT, "text_wrap": False},
    "small": {**_TEXT, "font_size": 10, "font_color": QUIET},
    "small_line": {**_TEXT, "font_size": 10, "font_color": QUIET, "text_wrap": False},
    "right": {**_TEXT, "align": "right", "font_color": QUIET},
    "tally": {**_TEXT, "font_size": 8, "font_color": QUIET, "text_wrap": False},
    "code": {**_FIGURE, "font_name": "Courier New", "font_size": 10, "bold": True, "align": "left", "border": 0},
    "heading": {**_BOXED, "bold": True, "align": "left", "indent": 1},
    "corner": {**_BOXED, "font_size": 10},
    "column": {**_BOXED, "font_size": 10},
    "row": {**_BOXED, "font_size": 10, "align": "left"},
    "note": {**_TEXT, "font_size": 10, "font_color": QUIET, "border": 1, "border_color": FRAME},
    "switch": {**_BOXED, "bold": True, "locked": False},
    "count": {**_FIGURE, **_OPEN, "num_format": "0"},
    "signed": {**_FIGURE, **_OPEN, "num_format": "0"},
    "money": {**_FIGURE, **_OPEN, "num_format": "General"},
    "ratio": {**_FIGURE, **_OPEN, "num_format": "General"},
    "choice": {**_FIGURE, **_OPEN, "num_format": "General"},
    "words": {**_FIGURE, **_OPEN, "num_format": "@", "text_wrap": True},
    "yuan": {**_FIGURE, **_OPEN, "num_format": "General"},
    "carried_count": {**_FIGURE, "num_format": "0"},
    "carried_signed": {**_FIGURE, "num_format": "0"},
    "carried_money": {**_FIGURE, "num_format": "General"},
    "carried_ratio": {**_FIGURE, "num_format": "General"},
    "carried_choice": {**_FIGURE, "num_format": "General"},
    "carried_words": {**_FIGURE, "num_format": "@", "text_wrap": True},
    "carried_yuan": {**_FIGURE, "num_format": "General"},
    "sum_count": {**_FIGURE, "num_format": "0", "bold": True},
    "sum_signed": {**_FIGURE, "num_format": "0", "bold": True},
    "sum_money": {**_FIGURE, "num_format": "General", "bold": True},
    "sum_ratio": {**_FIGURE, "num_format": "General", "bold": True},
    "sum_choice": {**_FIGURE, "num_format": "General", "bold": True},
    "sum_words": {**_FIGURE, "num_format": "@", "text_wrap": True, "bold": True},
    "sum_yuan": {**_FIGURE, "num_format": "General", "bold": True},
    "key": {**_BOXED, "align": "right", "indent": 1},
    "head": {**_BOXED, "bg_color": HEADER},
    "fact": {**_BOXED, "align": "left", "indent": 1},
    "fact_date": {**_BOXED, "align": "left", "indent": 1, "num_format": "yyyy-mm-dd"},
    "fact_code": {**_BOXED, "align": "left", "indent": 1, "font_name": "Courier New", "bold": True, "font_size": 14},
    "entry": {**_BOXED, **_OPEN, "align": "left", "indent": 1, "num_format": "@"},
    "entry_date": {**_BOXED, **_OPEN, "align": "left", "indent": 1, "num_format": "yyyy-mm-dd"},
    "link": {**_BOXED, "align": "left", "indent": 1, "font_color": "#1F4E8C", "underline": 1},
    "cell": {**_BOXED, "font_size": 10},
    "cell_left": {**_BOXED, "font_size": 10, "align": "left"},
    "cell_number": {**_BOXED, "font_size": 10, "num_format": "General"},
    "cell_change": {**_BOXED, "font_size": 10, "num_format": "+General;-General;0"},
    "cell_percent": {**_BOXED, "font_size": 10, "num_format": "+0.0%;-0.0%;0.0%"},
    "band": {**_BOXED, "bold": True, "bg_color": BAND, "align": "left", "indent": 1, "text_wrap": False},
    "cell_date": {**_BOXED, "font_size": 10, "num_format": "yyyy-mm-dd"},
    "cell_link": {**_BOXED, "font_size": 10, "align": "left", "font_color": "#1F4E8C"},
    "cell_note": {**_BOXED, "font_size": 8, "align": "left", "font_color": QUIET},
    "cell_id": {**_TEXT, "font_size": 7, "font_color": QUIET, "valign": "top"},
    "column_small": {**_BOXED, "bg_color": HEADER, "font_size": 8, "valign": "top"},
    "column_link": {**_BOXED, "bg_color": HEADER, "font_size": 8, "valign": "top", "font_color": "#1F4E8C"},
    "closed": {**_BOXED, "font_size": 10, "font_color": QUIET},
    "data": {**_BOXED, "font_size": 9, "align": "left", "text_wrap": False},
    "adjust_hint": {**_TEXT, "font_size": 10, "font_color": AMBER_INK, "bold": True, "text_wrap": False},
    "adjust_label": {**_BOXED, "font_size": 10, "align": "left", "bg_color": AMBER},
    "adjust_reason": {**_BOXED, **_OPEN, "font_size": 10, "align": "left", "num_format": "@", "bg_color": INPUT},
    "adjust_count": {**_FIGURE, **_OPEN, "font_size": 10, "num_format": "+0;-0;0", "bg_color": INPUT},
    "adjust_signed": {**_FIGURE, **_OPEN, "font_size": 10, "num_format": "+0;-0;0", "bg_color": INPUT},
    "adjust_money": {**_FIGURE, **_OPEN, "font_size": 10, "num_format": "General", "bg_color": INPUT},
    "adjust_ratio": {**_FIGURE, **_OPEN, "font_size": 10, "num_format": "General", "bg_color": INPUT},
    "adjust_choice": {**_FIGURE, **_OPEN, "font_size": 10, "num_format": "General", "bg_color": INPUT},
    "adjust_words": {**_FIGURE, **_OPEN, "font_size": 10, "num_format": "@", "text_wrap": True, "bg_color": INPUT},
    "adjust_yuan": {**_FIGURE, **_OPEN, "font_size": 10, "num_format": "General", "bg_color": INPUT},
    "figure_count": {**_FIGURE, "num_format": "0"},
    "figure_signed": {**_FIGURE, "num_format": "0"},
    "figure_money": {**_FIGURE, "num_format": "General"},
    "figure_ratio": {**_FIGURE, "num_format": "General"},
    "figure_choice": {**_FIGURE, "num_format": "General"},
    "figure_words": {**_FIGURE, "num_format": "@", "text_wrap": True},
    "figure_yuan": {**_FIGURE, "num_format": "General"},
    "explain": {**_BOXED, **_OPEN, "font_size": 10, "align": "left", "num_format": "@"},
    "paragraph_plain": {**_TEXT, "font_size": 12, "valign": "top", "num_format": "@"},
    "paragraph": {**_TEXT, **_OPEN, "font_size": 12, "valign": "top", "num_format": "@"},
}
"""Every style of the house, by name: what a cell is, not how it looks."""

MARKS: dict[str, dict[str, Any]] = {
    "error": {"bg_color": RED, "font_color": RED_INK},
    "query": {"bg_color": AMBER, "font_color": AMBER_INK},
    "adjusted": {"font_color": RED_INK, "num_format": '@"；调整已改动，见“明细”末尾"'},
    "good": {"bg_color": GREEN, "font_color": GREEN_INK},
    "passed": {"font_color": GREEN_INK},
}

_TINTED = {style: f"tint_{colour[1:]}" for colour, styles in TINTS.items() for style in styles}
MARKS |= {f"tint_{colour[1:]}": {"bg_color": colour} for colour in TINTS}

PAPER_FONT = {"font_name": "Arial", "font_size": 10, "font_scheme": "none"}
"""The font whose digits are the unit of columns' widths. Of Arial every system has a cut of the same widths; without Calibri,
LibreOffice makes columns a third wider."""

PORTRAIT = (509.0, 741.0)
"""Points of an A4 page between its margins, across and down."""
LANDSCAPE = (755.0, 494.0)

PROTECTION = {
    "autofilter": True,
    "format_columns": True,
    "format_rows": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}


class Book:
    """XlsxWriter, with every silent refusal turned into an exception, for a warning is a part of the form that is missing."""

    def __init__(self, properties: dict[str, str], title: str, year: int, *, protected: bool = True) -> None:
        self._workbook, self.protected = PressedWorkbook(locked=protected, font=PAPER_FONT), protected
        # A fixed date: the same inputs must give the same bytes.
        self._workbook.set_properties({"title": title, "created": datetime(year, 12, 31)})
        for name, value in properties.items():
            self._workbook.set_custom_property(name, value, "text")
        self._workbook.set_size(1500, 900)
        self._styles: dict[str, Any] = {}
        # Every style in its place, used or not: all our workbooks then have one and the same styles part, by which
        # a file as we wrote it is told from one that another program saved.
        for name in STYLES:
            self.style(name)._get_xf_index()
        for name in MARKS:
            self.style(name)._get_dxf_index()

    def style(self, name: str) -> Any:
        if name not in self._styles:
            self._styles[name] = self._workbook.add_format({**STYLES, **MARKS}[name])
        return self._styles[name]

    def name(self, name: str, reference: str) -> None:
        """Defines a name for a cell."""
        _must(self._workbook.define_name(name, f"={reference}"))

    def chart(self) -> Any:
        return self._workbook.add_chart({"type": "column"})

    def sheet(self, name: str) -> Sheet:
        return Sheet(self, self._workbook.add_worksheet(name))

    def bytes(self) -> bytes:
        """Closes the workbook and returns the whole file, of which nothing is kept here."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self._workbook.close()
        content, self._workbook.content = self._workbook.content, b""
        return content


class _Blank(str):
    """The stored value of a formula that shows nothing: a text of no length.

    XlsxWriter leaves out the type of a plain "", which readers then take for a missing number; unlike "" this is no equal of it.
    """

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return False


class Sheet:
    """One sheet of a book; boxes of more than a cell are merged."""

    def __init__(self, book: Book, sheet: PressedSheet) -> None:
        self.book, self._sheet = book, sheet
        self._tinted: dict[str, list[Box]] = {}
        sheet.hide_gridlines(2)
        sheet.set_paper(9)

    def put(self, box: Box | tuple[int, int], value: Any, style: str) -> None:
        """Writes text (always as text, whatever it begins with), a number, or nothing."""
        row, column = self._merge(box, style)
        look = self.book.style(style)
        if value is None or value == "":
            _must(self._sheet.write_blank(row, column, None, look))
        elif isinstance(value, str):
            _must(self._sheet.write_string(row, column, value, look))
        else:
            _must(self._sheet.write_number(row, column, value, look))

    def formula(self, box: Box | tuple[int, int], formula: str, value: Any, style: str) -> None:
        """Writes a formula with its value: never without, for XlsxWriter would store a 0."""
        row, column = self._merge(box, style)
        stored = _Blank() if value in (None, "") else value
        _must(self._sheet.write_formula(row, column, f"={guarded(formula)}", self.book.style(style), stored))

    def link(self, box: Box | tuple[int, int], target: str, text: str, style: str) -> None:
        """Writes words that lead to a cell of the workbook."""
        row, column = self._merge(box, style)
        _must(self._sheet.write_url(row, column, f"internal:{target}", self.book.style(style), text))

    def rows(
        self,
        top: int,
        count: int,
        rows: Iterable[Sequence[Value]],
        styles: Sequence[str],
        height: Callable[[Sequence[Value]], float] | None = None,
    ) -> None:
        """Writes a long list of plain rows, as many as announced, a style a column, from the first column on.

        The rows are asked for only while the file is written, so that a million of them take no memory.
        """
        self._sheet.add_rows(Rows(top, count, rows, [self.book.style(name) for name in styles], height))

    def _merge(self, box: Box | tuple[int, int], style: str) -> tuple[int, int]:
        if style in _TINTED:
            self._tinted.setdefault(_TINTED[style], []).append(box if isinstance(box, Box) else Box(*box, *box))
        if isinstance(box, tuple):
            return box
        if (box.top, box.left) != (box.bottom, box.right):
            _must(self._sheet.merge_range(box.top, box.left, box.bottom, box.right, "", self.book.style(style)))
        return box.top, box.left

    def widths(self, *widths: float, first: int = 0) -> None:
        for column, width in enumerate(widths, first):
            _must(self._sheet.set_column(column, column, width))

    def open_column(self, column: int, width: float, style: str) -> None:
        """A column whose cells, all the way down, are open for typing and pasting."""
        _must(self._sheet.set_column(column, column, width, self.book.style(style)))

    def conceal(self) -> None:
        """Hides the sheet so that no menu of Excel brings it back."""
        self._sheet.very_hidden()

    def hide(self, first: int, last: int) -> None:
        """Hides columns."""
        _must(self._sheet.set_column(first, last, None, None, {"hidden": True}))

    def height_for(self, row: int, *texts: tuple[str, float]) -> None:
        """A row as high as its wrapped texts need, each given with its column's width."""
        self.height(row, height_of(texts))

    def paragraph_height(self, row: int, text: str, width: float) -> None:
        """A row as high as a paragraph of text needs, about two and a half units of width a character with its share of gaps."""
        self.height(row, min(16.5 * math.ceil(len(text) * 2.4 / width) + 4, 409))

    def heights(self, first: int, end: int, points: float) -> None:
        """Rows of one height, from the first up to the end, which is not one of them."""
        for row in range(first, end):
            self.height(row, points)

    def height(self, row: int, points: float) -> None:
        _must(self._sheet.set_row(row, points))

    def mark(self, boxes: list[Box], formula: str, mark: str) -> None:
        """Colours cells while a formula is true. A relative formula is for the first box, the topmost and leftmost of all."""
        ranges = " ".join(box.span for box in _spans(boxes))
        first = boxes[0]
        options = {
            "type": "formula",
            "criteria": f"={guarded(formula)}",
            "format": self.book.style(mark),
            "multi_range": ranges,
        }
        _must(self._sheet.conditional_format(first.top, first.left, first.top, first.left, options))

    def tint(self, formula: str) -> None:
        """Lays the grounds of TINTS under the cells written so far while a formula is true; marks made before go above them."""
        for mark, boxes in self._tinted.items():
            self.mark(boxes, formula, mark)

    def validate(self, box: Box, options: dict[str, Any]) -> None:
        """Limits what may be typed, and says so; a formula among the options begins with an equals sign."""
        for said in options.values():
            if isinstance(said, str) and said.startswith("="):
                guarded(said[1:], VALIDATION)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            _must(self._sheet.data_validation(box.top, box.left, box.bottom, box.right, options))

    def lead(self, box: Box, target: str) -> None:
        """Makes a cell that holds a formula lead to another one; to be called before the formula is written."""
        _must(self._sheet.write_url(box.top, box.left, f"internal:{target}", None, "→"))

    def chart(
        self, spot: tuple[int, int], title: str, labels: str, series: list[tuple[str, str]], size: tuple[int, int]
    ) -> None:
        """A column chart: the references of its labels, and of each series by its name; size in pixels."""
        chart = self.book.chart()
        for (name, values), colour in zip(series, (BAR, BAR_BEFORE), strict=False):
            chart.add_series({"name": name, "categories": f"={labels}", "values": f"={values}", "gap": 60,
                              "fill": {"color": colour}, "data_labels": {"value": True, "font": {"size": 8}}})  # fmt: skip
        chart.set_title({"name": title, "name_font": {"size": 12, "name": "黑体", "bold": False, "color": INK}})
        chart.set_legend({"position": "bottom"} if len(series) > 1 else {"none": True})
        chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        chart.set_x_axis({"num_font": {"size": 9}, "line": {"color": LINE}})
        chart.set_chartarea({"border": {"color": LINE}})
        chart.set_size({"width": size[0], "height": size[1]})
        _must(self._sheet.insert_chart(*spot, chart, {"object_position": 1, "description": title}))

    def break_before(self, row: int) -> None:
        """Prints a row on a new page."""
        self._sheet.set_h_pagebreaks([row])

    def filter(self, top: int, bottom: int, right: int) -> None:
        """Lets a list be filtered by its headings, and sorted where it is not locked: Excel sorts no locked cells."""
        self._sheet.autofilter(top, 0, bottom, right)

    def finish(
        self,
        *,
        landscape: bool = False,
        tall: int = 0,
        wide: int = 1,
        freeze: tuple[int, int] = (0, 0),
        repeat: int = -1,
        repeat_from: int = 0,
        area: Box | None = None,
        first: Box | None = None,
        colours: bool = False,
        footer: str = "",
        locked: bool = True,
    ) -> None:
        """Print set-up (A4, ``wide`` by ``tall`` pages, 0 for as many as it takes), frozen headings, protection if ``locked``.

        The sheet opens on the cell ``first``. It is printed without colours unless they matter (``colours``), where the program
        can do that.
        """
        sheet = self._sheet
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        if wide:
            sheet.center_horizontally()
            sheet.fit_to_pages(wide, tall)
        else:
            sheet.set_print_scale(60)
        if not colours:
            sheet.print_black_and_white()
        if first:
            sheet.set_selection(first.top, first.left, first.bottom, first.right)
        if area:
            sheet.print_area(area.top, area.left, area.bottom, area.right)
        if any(freeze):
            sheet.freeze_panes(*freeze)
        if repeat >= 0:
            sheet.repeat_rows(repeat_from, repeat)
            if not wide:
                sheet.repeat_columns(0, freeze[1] - 1)
        sheet.set_footer(f"&L&9{footer.replace('&', '&&')}&R&9第 &P 页，共 &N 页")
        if self.book.protected and locked:
            sheet.protect("", PROTECTION)


def height_of(texts: Iterable[tuple[str, float]]) -> float:
    """The height, in points, that wrapped texts need, each given with its column's width."""
    lines = max(math.ceil(wide(text) / max(width - 1, 1)) for text, width in texts)
    return min(max(lines, 1) * 14.0 + 4, 409)


def wide(text: str) -> float:
    """The width of a text in columns' units: a Chinese character takes two."""
    return sum(2.1 if ord(c) > 255 else 1.1 for c in text)


def _spans(boxes: list[Box]) -> list[Box]:
    """One box as it is; of several only their first cells (a merged cell is its first), put together in blocks."""
    return boxes if len(boxes) == 1 else blocks([(b.top, b.left) for b in boxes])


def _must(result: Any) -> None:
    if isinstance(result, int) and result < 0:
        raise ValueError(f"XlsxWriter refused a part of the workbook: {result}")
