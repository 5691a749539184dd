"""The tables of a definition: rows and columns as they are said, their sums and ratios, what their figures are."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import product
from typing import cast, get_args

from xltools.editions.relations import EVERY
from xltools.editions.source import Definition
from xltools.expressions import expression
from xltools.figures import UNITS, FieldType
from xltools.form.fields import APART, COUNT, YES_NO, Line, Measure, Summed, Table

_ID = expression(r"(?:[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)?\Z")
_WORD = expression(r"[^,;，；\"“”'/\s]{1,20}\Z")
_LABEL_LIMIT = 200
"""Characters of a printed heading: more than any has."""


def fit_id(d: Definition, name: str) -> None:
    """Tells an id that no relation could name."""
    if not _ID.match(name):
        d.note("id", f"“{name}”不能作编号", "只用小写英文字母、数字、下划线和点，以字母开头")


def table_of(d: Definition, prefix: str, *also: str) -> Table:
    """A table of a definition, the ids of its figures beginning with ``prefix``."""
    d.only("heading", "corner", "columns", "rows", "note", *also)
    columns = lines_of_table(d, "columns")
    rows = lines_of_table(d, "rows")
    found = Table(prefix, d.text("heading", ""), d.text("corner", ""), rows, columns, d.text("note", ""))
    fit_ratios(d, found)
    return found


def lines_of_table(d: Definition, name: str, *also: str) -> tuple[Line, ...]:
    """The rows or columns of a table, sums in the order in which they stand."""
    return fit_sums(d, name, lines_said(d, name, *also))


def lines_said(d: Definition, name: str, *also: str) -> tuple[Line, ...]:
    """The rows or columns as they are said, before it is known what stands beside them."""
    places = list(d.parts(name))
    lines = [_line(place, *also) for place in places]
    ids = [line.id for line in lines]
    for number, place in enumerate(places):
        if ids[number] in ids[:number]:
            place.note("id", f"id “{ids[number]}”重复", "换一个编号")
        if not lines[number].label and len(lines) > 1:
            place.note("label", "没有名称：几行（列）里的每一行（列）都要有", "写上印出来的名称")
    inputs = tuple(line.id for line in lines if line.additive)
    found = [replace(line, parts=inputs) if line.parts == (EVERY,) else line for line in lines]
    _fit_labels(d, name, places, found)
    return tuple(found)


def fit_sums(d: Definition, name: str, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """All rows or columns of a table, the parts of sums in their order; parts that are not there or cannot be added are told."""
    ids, found = [line.id for line in lines], []
    for line in lines:
        unknown = [part for part in line.parts if part not in ids or part == line.id]
        for part in unknown:
            near = get_close_matches(part, [i for i in ids if i != line.id], 1, 0.5)
            d.note(
                name, f"{line.id} 的合计项“{part}”不在本表", f"是不是 {near[0]}" if near else "写本表别的行（列）的 id"
            )
        found.append(replace(line, parts=tuple(sorted({*line.parts} - {*unknown}, key=ids.index))))
    by_id = {line.id: line for line in found}
    for line in found:
        if line.id in _reached(line, by_id):
            raise d.error(name, f"{line.id} 的合计绕成了圈", "合计只加不是由它算出来的行或列")
        if any(other.type != line.type or other.type in APART for other in found if other.id in line.parts):
            d.note(name, f"{line.id} 的合计项单位不同，或者不能相加")
        for other in (line.measure or COUNT).of:
            if other not in by_id or by_id[other].type in APART:
                raise d.error(name, f"比率 {line.id} 的“{other}”不是本表可以相除的行或列", "of 写两个 id：除的和被除的")
    return tuple(found)


def fit_ratios(d: Definition, table: Table) -> None:
    """Tells ratios of figures of unlike units: money over pieces is no share of anything."""
    for row, column in product(table.rows, table.columns):
        pairs = over(table, row, column)
        types = [(r.measure or c.measure or COUNT).type for r, c in pairs]
        if len({UNITS.get(kind, "") for kind in types}) > 1:
            down = row.type == "ratio"
            lines, line = (table.rows, row) if down else (table.columns, column)
            names = [(r if down else c).name for r, c in pairs]
            units = [UNITS.get(kind, "件") for kind in types]
            d.note(
                f"{'rows' if down else 'columns'}[{lines.index(line) + 1}]",
                f"比率“{line.name}”的两个数单位不同：“{names[0]}”是{units[0]}，“{names[1]}”是{units[1]}",
                "换成单位相同的两个数；平均每件多少钱这样的，不写成比率",
            )


def _fit_labels(d: Definition, name: str, places: list[Definition], lines: list[Line]) -> None:
    """Tells a label that stands twice, and headings that differ in nothing but the width of their signs."""
    labels = [line.label for line in lines]
    for number, label in enumerate(labels):
        if label and all(label) and label in labels[:number]:
            places[number].note(
                "label", f"名称“{'/'.join(label)}”写了两次", "改成印出来的名称；读回报告时靠名称认行和列"
            )
    headings = {label[: n + 1]: None for label in labels for n in range(len(label) - 1)}
    seen: dict[tuple[str, ...], tuple[str, ...]] = {}
    for heading in headings:
        plain = tuple(unicodedata.normalize("NFKC", "".join(word.split())) for word in heading)
        first = seen.setdefault(plain, heading)
        if first != heading:
            d.note(name, f"上一级名称“{heading[-1]}”与“{first[-1]}”只差全角半角或者空格，会印成两个表头", "改成一样的")


def _reached(line: Line, lines: Mapping[str, Line]) -> set[str]:
    """The ids that a line's sum takes in, through any totals in between."""
    found: set[str] = set()
    ahead = list(line.parts)
    while ahead:
        name = ahead.pop()
        if name not in found and name in lines:
            found.add(name)
            ahead += lines[name].parts
    return found


def _line(d: Definition, *also: str) -> Line:
    d.only("id", "label", "sum", "type", "unit", "of", "decimals", "choices", "summed", *also)
    fit_id(d, d.text("id"))
    label: tuple[str, ...] = ()
    with d.apart():
        given = d.get("label", (str, list))
        label = (given,) if isinstance(given, str) else d.texts("label")
    for words in label:
        if not words.strip():
            d.note("label", "名称是空的", "写上印出来的名称")
        elif len(words) > _LABEL_LIMIT:
            d.note("label", f"名称有 {len(words)} 个字，最多 {_LABEL_LIMIT} 个", "只写印出来的名称")
        elif "\n" in words or "\r" in words:
            d.note("label", f"名称“{words.split()[0]}…”里有换行", "写成一行；表上自己会换行")
    measure = None
    with d.apart():
        measure = _measure(d)
    parts = (EVERY,) if d.data.get("sum") == EVERY else d.texts("sum", [])
    return Line(d.text("id"), label, parts, measure)


_TYPES = ("count", "signed", "money", *APART)
"""The types that a definition names; money is in one of its units."""
_MONEY = {UNITS["money"]: "money", UNITS["yuan"]: "yuan"}


def _measure(d: Definition) -> Measure | None:
    """What the figures of a line are; None where it does not say."""
    if not d.data.keys() & {"type", "unit", "of", "decimals", "choices", "summed"}:
        return None
    kind, unit = d.choice("type", _TYPES, "count"), d.text("unit", "")
    if kind == "money":
        if unit and unit not in _MONEY:
            raise d.error(
                "unit", f"金额的单位只能是{'、'.join(f'“{u}”' for u in _MONEY)}，不能是“{unit}”", "换算成其中一种填"
            )
        kind = _MONEY[unit or UNITS["money"]]
    choices, of, decimals = d.texts("choices", []), d.texts("of", []), d.get("decimals", int, 0)
    for name, given, wanted, remedy in (
        ("choices", choices, kind == "choice", '写明选项，例如 choices = ["是", "否"]，表样里写 选择 是/否'),
        ("of", of, kind == "ratio", '写明哪两行（列）相除，例如 of = ["done", "received"]，表样里写 =D5/C5'),
    ):
        if wanted and not given:
            raise d.error(name, f"没有写明{'选项' if name == 'choices' else '比率是哪两个数相除'}", remedy)
        if given and not wanted:
            raise d.error(name, f"这种类型（{kind}）不写这一项", "删去，或者改类型")
    if choices and (
        len(choices) < YES_NO or len({*choices}) < len(choices) or any(not _WORD.match(c) for c in choices)
    ):
        raise d.error("choices", "选项要有两个以上、不重复，每个不超过 20 个字", "不要用逗号、引号和分号")
    if kind == "ratio" and (len(of) != 2 or not 0 <= decimals <= 6):
        raise d.error("of", "比率要写两行（列）：除的和被除的；小数 0 到 6 位")
    made = Measure(cast(FieldType, kind), unit, decimals, of, choices)
    ways = (made.usually,) if (kind in APART and made.usually == "none") or kind == "ratio" else get_args(Summed)
    return replace(made, summed=cast(Summed, d.choice("summed", ways, made.usually)))


def over(table: Table, row: Line, column: Line) -> list[tuple[Line, Line]]:
    """The two figures, by row and column, that a ratio is of; nothing for any other figure."""
    measure = row.measure or column.measure or COUNT
    rows, columns = {r.id: r for r in table.rows}, {c.id: c for c in table.columns}
    return [(rows[name], column) if row.type == "ratio" else (row, columns[name]) for name in measure.of]
