"""A received summary taken apart: the agencies of its 明细, each with its figures, in the workbook or in the file beside it.

What lies beside is believed only where it is what the workbook adds up.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO, TextIOWrapper
from pathlib import Path

from xltools.errors import Refused, XltoolsError
from xltools.expressions import expression
from xltools.figures import Figure, show
from xltools.form.fields import Field
from xltools.form.layout import LEDGER, STANDINGS, Layout, layout_of
from xltools.form.model import Agency, Filing
from xltools.inputs import content_of
from xltools.ooxml.cells import Cell
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.received.added import Row, agency_in, together
from xltools.received.as_filed import Filed
from xltools.received.exchange import unharmed
from xltools.received.members import codes_said
from xltools.received.typed import CellReading, read_input
from xltools.terms import several
from xltools.workbook.cached import number
from xltools.workbook.ledger import FIGURES_LIMIT, FIRST, HEADING, IDS, LABELS, TOP, figures_beside


def lies_beside(workbook: ReceivedWorkbook) -> bool:
    """Whether the agencies of a received summary lie beside its workbook."""
    first = next((row for number_, row in workbook.rows(LEDGER) if number_ >= TOP), {})
    return together(first) > 0


def members(workbook: ReceivedWorkbook, summary: Filing, file: Path) -> Iterator[tuple[Filing, bool]]:
    """The agencies of a received summary, each as a filing of figures alone, and whether these are what it filed: by the check code
    that 上报情况 has of it, where there is one. A row without a code or a level is passed over.

    Where they lie beside the workbook, which is ``file`` and may be packed with them, they are read there; XltoolsError where they
    are not, or are not those that the workbook adds up: the same agencies, as each filed, of the same sums.
    """
    layout, filed = layout_of(summary.form), Filed(summary, codes_said(workbook))
    columns: dict[str, int] = {}
    for number_, row in workbook.rows(LEDGER):
        if number_ < TOP:
            there = {cell.text: column for column, cell in row.items()}
            columns = {item.id: there[item.id] for item in layout.form.inputs if item.id in there} or columns
        elif number_ >= TOP and 0 in row and row[0].text.startswith(HEADING):
            return
        elif number_ >= TOP and (count := together(row)):
            near = figures_beside(file)
            found = [filed.by(*one) for one in _members_beside(near, layout)]
            _same(near, found, count, {m.added_as for m in summary.members if m.counted})
            _same_sums(near, found, _figures(row, columns, layout), layout)
            if others := [one.agency.code for one in found if not filed.knows(one)]:
                raise _differs(near, f"单位代码 {several(others)}的数，校验码不是“{STANDINGS}”里写的那一个")
            yield from ((one, True) for one in found)
        elif number_ >= TOP and (agency := agency_in(row)):
            one = filed.by(agency, _figures(row, columns, layout))
            yield one, filed.knows(one)


def _figures(row: Row, columns: Mapping[str, int], layout: Layout) -> dict[str, Figure]:
    return {name: reading.figure for name, reading in _readings(row, columns, layout)}


def _readings(row: Row, columns: Mapping[str, int], layout: Layout) -> Iterator[tuple[str, CellReading]]:
    blank = Cell("text", "")
    for item in layout.form.inputs:
        if item.id in columns:
            yield item.id, read_input(row.get(columns[item.id], blank), item, counted=True)


def _members_beside(file: Path, layout: Layout) -> Iterator[tuple[Agency, dict[str, Figure]]]:
    """The same, of the file beside a summary's workbook, row by row."""
    columns: dict[str, int] = {}
    width = 0
    try:
        content = BytesIO(content_of(file, FIGURES_LIMIT))
        with TextIOWrapper(content, encoding="utf-8-sig", newline="") as lines:
            for number_, said in enumerate(csv.reader(lines), LABELS):
                if number_ == IDS:
                    columns, width = {item.id: said.index(item.id) for item in layout.form.inputs}, len(said)
                elif number_ > IDS and any(said):
                    row = {at: Cell("number" if at >= FIRST and _NUMBER.fullmatch(words) else "text", unharmed(words))
                           for at, words in enumerate(said) if words}  # fmt: skip
                    agency, read = agency_in(row), dict(_readings(row, columns, layout))
                    unread = [one.typed for one in read.values() if one.figure is None and one.code not in _NO_FIGURE]
                    if agency is None or len(said) != width or unread:
                        raise _differs(file, f"它的第 {number_ - LABELS + 1} 行读不出来，或者不完整")
                    yield agency, {name: one.figure for name, one in read.items()}
        if not columns:
            raise ValueError("no headings")
    except (Refused, ValueError, csv.Error) as problem:
        raise XltoolsError(
            f"各单位的数写在旁边的“{file.name}”里，没有找到，或者不是写出来的样子；请和汇总表放在一起"
        ) from problem


def _same(file: Path, found: Sequence[Filing], count: int, counted: Collection[str]) -> None:
    """XltoolsError where the agencies of the file are others than the workbook's, or one is there twice."""
    times = Counter(one.agency.code for one in found)
    if twice := [code for code, many in times.items() if many > 1]:
        raise _differs(file, f"单位代码 {several(twice)}在它里面不止一行")
    if len(found) != count:
        raise _differs(file, f"汇总表是 {count} 家的，它有 {len(found)} 家")
    if others := [code for code in times if code not in counted]:
        raise _differs(file, f"单位代码 {several(others)}不是汇总表“{STANDINGS}”计入的单位")


def _same_sums(file: Path, found: Sequence[Filing], said: Mapping[str, Figure], layout: Layout) -> None:
    """XltoolsError where the agencies add up to something else than the workbook says."""
    for item in layout.form.inputs:
        figure = item.gathered(one.inputs[item.id] for one in found)
        if _held(figure, item) != _held(said.get(item.id), item):
            one, other = (show(given, item.type) for given in (said.get(item.id), figure))
            raise _differs(file, f"{item.place}，汇总表是 {one}，它加起来是 {other}")


def _held(figure: Figure, item: Field) -> str:
    """A figure as a cell of a workbook holds it, which of very large ones is not every digit."""
    held = number(figure, item)
    return "" if held is None else f"{held:.16G}"


def _differs(file: Path, how: str) -> XltoolsError:
    return XltoolsError(
        f"旁边的“{file.name}”和汇总表对不上，没有用：{how}；请换上和这份汇总表一起写出来、没有改过也没有另存过的那一份"
    )


_NUMBER = expression(r"-?[0-9]+(\.[0-9]+)?")
_NO_FIGURE = (None, "cell-placeholder")
"""What a cell without a figure may be said to be where its agency was counted: nothing of it has to be corrected."""
