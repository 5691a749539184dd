"""What a form leaves out, told to whoever writes it: it may be meant, and only they know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from xltools.editions.relations import EVERY
from xltools.figures import UNITS
from xltools.form.algebra import parse_sum
from xltools.form.fields import Line, Table
from xltools.form.model import Form
from xltools.form.sums import LAST

Remark = tuple[str, str, str]
"""A key of the definition, what is noticed there, and what to do where it is not meant."""


def remarks(data: Mapping[str, Any], form: Form) -> Iterator[Remark]:
    """Lines that a total, a relation or a chart leaves out, and headings or types that do not go with the rest."""
    for number, section in enumerate(form.sections, 1):
        own = [table for table in section.tables if table.prefix == section.id]
        for at, table in enumerate(own, 1):
            key = f"section[{number}].table[{at}]"
            yield from _totals(f"{key}.rows", table.rows, "行")
            yield from _totals(f"{key}.columns", table.columns, "列")
            yield from _apart(f"{key}.rows", table.rows)
            yield from _apart(f"{key}.columns", table.columns)
            yield from _types(f"{key}.columns", table.columns)
    tables = [table for section in form.sections for table in section.tables]
    for number, d in enumerate(data.get("relation", ()), 1):
        for name, about in (("each", d.get("left", "")), ("every", d.get("holds", ""))):
            yield from _lines(
                f"relation[{number}].{name}", f"勾稽关系 {d.get('id', '')} ", d.get(name, {}), about, tables
            )
        yield from _named(f"relation[{number}]", d, tables)
    for number, d in enumerate(data.get("last", {}).get("carried", ()), 1):
        yield from _lines(f"last.carried[{number}]", "结转", d.get("each", {}), d.get("field", ""), tables)
    for number, d in enumerate(data.get("chart", ()), 1):
        for at, item in enumerate(d["items"], 1):
            yield from _charted(f"chart[{number}].items[{at}]", item, form, tables)


def _words(lines: Iterable[Line]) -> str:
    return "、".join(f"“{line.name}”" for line in lines)


def _heading(line: Line) -> str:
    """The outermost heading over a line; "" for one that has none."""
    return line.label[0] if len(line.label) > 1 else ""


def _totals(key: str, lines: Sequence[Line], what: str) -> Iterator[Remark]:
    """Lines under a total's own heading that no total of theirs takes in."""
    taken = {part for line in lines for part in line.parts}
    for number, line in enumerate(lines, 1):
        over = line.label[:-1]
        left = [
            o
            for o in lines
            if o.additive and o.id not in taken and len(o.label) > len(over) and o.label[: len(over)] == over
        ]
        if line.parts and left and len(left) < len(line.parts):
            yield (
                f"{key}[{number}]",
                f"合计“{line.name}”没有加进这几{what}：{_words(left)}",
                "漏了的，加进合计的公式里（TOML：sum）",
            )


def _apart(key: str, lines: Sequence[Line]) -> Iterator[Remark]:
    """A line whose id goes with others that stand under another heading."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if "." in line.id and not line.parts:
            groups.setdefault(line.id.partition(".")[0], []).append(line)
    for name, group in groups.items():
        headings = [line.label[:-1] for line in group]
        most = max(headings, key=headings.count)
        odd = [line for line in group if line.label[:-1] != most]
        if odd and headings.count(most) > len(odd):
            number = [line.id for line in lines].index(odd[0].id) + 1
            yield (
                f"{key}[{number}]",
                f"编号是 {name}. 一组的{_words(odd)}不在“{'/'.join(most)}”之下",
                "名称漏写了上一级的，补上；编号不该是这一组的，改编号",
            )


def _types(key: str, columns: Sequence[Line]) -> Iterator[Remark]:
    for number, line in enumerate(columns, 1):
        if line.type not in UNITS and "万元" in "".join(line.label):
            yield (
                f"{key}[{number}]",
                f"“{line.name}”印的是万元，类型却不是金额：小数填不进去",
                '类型改成金额 万元（TOML：type = "money"）',
            )


def _lines(key: str, what: str, each: Mapping[str, Any], about: str, tables: Sequence[Table]) -> Iterator[Remark]:
    """Lines of the tables a rule is for that it is not applied to, though they stand beside those it is."""
    for way, given in each.items():
        place = "{" + way + "}"
        if given == EVERY or not isinstance(given, list):
            continue
        names = [n.removeprefix(LAST) for n in about.replace("*", " ").split() if place in n]
        for table in tables:
            lines = table.columns if any(line.id in given for line in table.columns) else table.rows
            listed = [
                line for line in lines if line.id in given and names and _own(table, names[0].replace(place, line.id))
            ]
            headings = {_heading(line) for line in listed}
            left = [line for line in lines if line.additive and line.id not in given and _heading(line) in headings
                    and _own(table, names[0].replace(place, line.id))]  # fmt: skip
            if listed and left and len(left) <= len(listed):
                yield (key, f"{what}没有用于{_words(left)}", "漏了的，把“用于”的范围拉到那里（TOML：each、every）")


def _named(key: str, d: Mapping[str, Any], tables: Sequence[Table]) -> Iterator[Remark]:
    """A sentence that names one of the lines which a rule is for, where it is for others too."""
    for way, given in d.get("each", {}).items():
        place, about = "{" + way + "}", [n for n in d.get("left", "").split() if "{" + way + "}" in n]
        said = " ".join(words for words in (d.get("text"), d.get("with_last", {}).get("text")) if words)
        for table in tables:
            lines = table.rows if way == "row" else table.columns
            mine = [one for one in lines if not one.parts and (given == EVERY or one.id in given)
                    and about and _own(table, about[0].removeprefix(LAST).replace(place, one.id))]  # fmt: skip
            named = [one for one in mine if one.name in said]
            if named and len(named) < len(mine) and place not in said:
                others = [one for one in mine if one not in named]
                yield (
                    f"{key}.text",
                    f"“文字”说的是{_words(named)}，这一条却也用于{_words(others)}",
                    f"名称写成 {place}，或者“文字”空着，由各格的名称连成一句",
                )


def _own(table: Table, name: str) -> bool:
    """Whether a field is one of a table's."""
    return any(name == ".".join(p for p in (table.prefix, r.id, c.id) if p) for r in table.rows for c in table.columns)


def _charted(key: str, item: Mapping[str, Any], form: Form, tables: Sequence[Table]) -> Iterator[Remark]:
    """Lines under the heading of those that a chart adds up, which it does not."""
    fields = [form.fields[name] for name in parse_sum(item["sum"], form.fields).fields if name in form.fields]
    rows = {field.row.id: field.row for field in fields}
    if len(rows) < 2 or len({field.column.id for field in fields}) > 1:
        return
    headings = {row.label[:-1] for row in rows.values()}
    beside = chain.from_iterable(table.rows for table in tables if fields[0].row in table.rows)
    left = [
        row
        for row in beside
        if not row.parts and row.id not in rows and row.label[:-1] in headings and len(row.label) > 1
    ]
    if len(headings) == 1 and left:
        yield (key, f"图的“{item['label']}”没有加进{_words(left)}", "漏了的，加进合计里")
