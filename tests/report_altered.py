"""Printed reports altered as publishers alter the official tables: each function takes a report and gives another one."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator

from reports_made import Box, Printed

from xltools.editions import load_form
from xltools.form.fields import Field

Rows = list[list[Box]]
PARTS = {"disclosure": 1, "requests": 2, "disputes": 3}


def field(box: Box) -> Field:
    """The field that a figure's box shows, in whichever edition has it."""
    return next(form.fields[box.figure] for form in map(load_form, ("2021", "2019")) if box.figure in form.fields)


def tables(report: Printed, *parts: str) -> Iterator[Rows]:
    """The tables of these parts (all of them where none is named)."""
    for name in parts or PARTS:
        for part in report.sections[PARTS[name]][1]:
            if not isinstance(part, str):
                yield part


def first_figure(row: list[Box]) -> int:
    """Where a row's figures begin; its length where it has none."""
    return next((at for at, box in enumerate(row) if box.figure), len(row))


def on_tables(*parts: str) -> Callable[[Callable[[Rows], None]], Callable[[Printed], Printed]]:
    """Makes a function of a table's rows one of a whole report."""

    def made(alter: Callable[[Rows], None]) -> Callable[[Printed], Printed]:
        def altered(report: Printed) -> Printed:
            report = copy.deepcopy(report)
            for rows in tables(report, *parts):
                alter(rows)
            return report

        return altered

    return made


def on_figures(say: Callable[[str], str]) -> Callable[[Printed], Printed]:
    """Figures written otherwise."""

    def altered(report: Printed) -> Printed:
        report = copy.deepcopy(report)
        for rows in tables(report):
            for box in (b for row in rows for b in row if b.figure):
                box.text = say(box.text) if re.fullmatch(r"-?\d+(\.\d+)?", box.text) else box.text
        return report

    return altered


full_width = on_figures(lambda text: text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.-"}))
thousands = on_figures(lambda text: re.sub(r"^(-?\d+)", lambda m: f"{int(m[1]):,}", text) if text.strip("-0") else text)
spaced = on_figures(lambda text: f" \u00a0{text}\u3000 ")


@on_tables()
def numbered_rows(rows):
    """序号 before the labels."""
    count = 0
    for at, row in enumerate(rows):
        if row and (start := first_figure(row)) and start < len(row):
            count += 1
            row.insert(0, Box(str(count)))
        elif not start:
            return
        else:
            _beside(rows, at, "序号", 0)


@on_tables("disclosure", "requests")
def numbered_behind(rows):
    """行次 between label and figures."""
    count = 0
    for at, row in enumerate(rows):
        start = first_figure(row)
        if start < len(row):
            count += 1
            row.insert(start, Box(str(count)))
        else:
            _beside(rows, at, "行次", 1)


def _beside(rows, at, words, behind):
    """The head's cell of a column put in: above or beside the corner, over all rows of the head; headings reach over it."""
    row = rows[at]
    if len(row) == 1:
        row[0].width += 1
    elif row[0].text == rows[at][0].text and (
        at == 0 or len(rows[at - 1]) == 1 or first_figure(rows[at - 1]) < len(rows[at - 1])
    ):
        row.insert(behind, Box(words, 1, row[0].height))


@on_tables()
def numbered_columns(rows):
    """栏次 between the head and the first row of figures."""
    at = (
        next(n for n, row in enumerate(rows) if first_figure(row) < len(row) and len(row) > 4)
        if len(rows[0]) > 1
        else None
    )
    if at is not None:
        count = sum(bool(b.figure) for b in rows[at])
        stub = first_figure(rows[at])
        label = [Box("栏次", _stub(rows, at))] if stub else []
        rows.insert(at, [*label, *(Box(str(n + 1)) for n in range(count))])


def _stub(rows, at):
    return sum(box.width for box in rows[at][: first_figure(rows[at])])


@on_tables("disclosure", "requests")
def numbered_heads(rows):
    """Headings of columns with their number in brackets."""
    for row, below in zip(rows, [*rows[1:], []], strict=True):
        if first_figure(row) == len(row) > 1 and first_figure(below) < len(below):
            for n, box in enumerate(row[1:] if row[0].text == "信息内容" else row, 1):
                box.text += f"（{n}）"


def _labels(rows, say):
    for row in rows:
        start = first_figure(row)
        if 0 < start < len(row):
            label = field(row[start]).row.label
            if len(label) and row[start - 1].text == label[-1]:
                row[start - 1].text = say(label)


@on_tables("requests")
def whole_labels(rows):
    """Each label in one cell with the headings it belongs to."""
    width = max(sum(b.width for b in row[: first_figure(row)]) for row in rows if first_figure(row) < len(row))
    _labels(rows, " ".join)
    for row in rows:
        start = first_figure(row)
        if start < len(row):
            row[:start] = [Box(row[start - 1].text, max(width, rows[0][0].width))]


@on_tables("requests")
def glued_labels(rows):
    """Each label in one cell, with its headings and without a gap."""
    width = rows[0][0].width
    _labels(rows, "".join)
    for row in rows:
        start = first_figure(row)
        if start < len(row):
            row[:start] = [Box(row[start - 1].text, width)]


@on_tables()
def explained_labels(rows):
    """Labels with what they mean behind a colon."""
    _labels(rows, lambda label: f"{label[-1]}：指本机关在报告年度内依照规定办理的相应数量，不含其他。")


@on_tables("requests")
def blank_before(rows):
    """A cell before each row's figures that the head does not have."""
    for row in rows:
        if first_figure(row) < len(row):
            row.insert(first_figure(row), Box(""))


@on_tables("disputes")
def blank_first(rows):
    """A cell before the one row's figures that the head does not have."""
    for row in rows:
        if first_figure(row) < len(row):
            row.insert(0, Box(""))


@on_tables("requests")
def merged_noughts(rows):
    """One nought over the five kinds of organisations, where all are nought."""
    for row in rows:
        start = first_figure(row)
        if start < len(row) and all(box.text == "0" for box in row[start + 1 : start + 6]):
            row[start + 1 : start + 6] = [Box("0", 5, figure="merged")]


@on_tables("disclosure")
def altered_order(rows):
    """The last column first."""
    for row in rows[1:4]:
        row[1], row[3] = row[3], row[1]


def _groups(rows) -> dict[str, dict[str, Box]]:
    found: dict[str, dict[str, Box]] = {}
    for box in (b for row in rows for b in row if b.figure):
        label = field(box).column.label
        found.setdefault(label[-2], {})[label[-1]] = box
    return found


@on_tables("disputes")
def upright_groups(rows):
    """Part four as three rows of five."""
    groups = _groups(rows)
    names = next(iter(groups.values()))
    head = [Box("类别", 2), *(Box(name) for name in names)]
    first, *others = groups
    body = [[Box(first, 2), *groups[first].values()]]
    for at, group in enumerate(others):
        side = [Box("行政诉讼", 1, len(others))] if at == 0 else []
        body.append([*side, Box(group), *groups[group].values()])
    rows[:] = [head, *body]


@on_tables("disputes")
def upright_columns(rows):
    """Part four as fifteen rows of one."""
    new = []
    for group, boxes in _groups(rows).items():
        for at, (name, box) in enumerate(boxes.items()):
            new.append([*([Box(group, 1, len(boxes))] if at == 0 else []), Box(name), box])
    rows[:] = [[Box("类别"), Box("结果"), Box("件数")], *new]


@on_tables("disputes")
def upright_names(rows):
    """Part four as five rows of three."""
    groups = _groups(rows)
    names = next(iter(groups.values()))
    head = [[Box("结果", 1, 2), Box("行政复议", 1, 2), Box("行政诉讼", 2)], [Box(g) for g in list(groups)[1:]]]
    rows[:] = [*head, *([Box(name), *(boxes[name] for boxes in groups.values())] for name in names)]


def one_table(report: Printed) -> Printed:
    """The whole report in one table: titles and paragraphs in cells over its whole width."""
    report = copy.deepcopy(report)
    whole = max(sum(b.width for b in row) for rows in tables(report) for row in rows)
    rows: Rows = [[Box(report.title, whole)]]
    for title, parts in report.sections:
        rows.append([Box(title, whole)])
        for part in parts:
            rows += [[Box(part, whole)]] if isinstance(part, str) else part
    report.sections = [("", [rows])]
    return report


def halved(report: Printed) -> Printed:
    """Part three broken over two pages: its second half a table of its own, without a head."""
    report = copy.deepcopy(report)
    title, parts = report.sections[2]
    [rows] = (part for part in parts if not isinstance(part, str))
    at = len(rows) - 3
    report.sections[2] = (title, [rows[:at], rows[at:]])
    return report


@on_tables("requests")
def head_repeated(rows):
    """The head once more before the groups and before the last row, as a table over several pages has it."""
    for at in (len(rows) - 1, 5):
        rows[at:at] = copy.deepcopy(rows[:3])
