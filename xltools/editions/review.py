"""What a form leaves out, told to whoever writes it: it may be meant, and only they know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from xltools.editions.definition import field_name
from xltools.editions.relations import EVERY
from xltools.figures import UNITS
from xltools.form.algebra import parse_sum
from xltools.form.fields import SUPPLEMENT, Line, Table
from xltools.form.model import NONE, Form
from xltools.form.sums import LAST

Remark = tuple[str, str, str]
"""A key of the definition, what is noticed there, and what to do where it is not meant."""


Placed = Sequence[tuple[str, Line]]
"""Lines, each with its key in the definition."""


def remarks(data: Mapping[str, Any], form: Form) -> Iterator[Remark]:
    """Lines that a total, a relation or a chart leaves out, and headings or types that do not go with the rest.

    Of a supplement only what it adds to the form that it is laid over.
    """
    if "editions" in data:
        yield from _added(data, form)
    else:
        for number, section in enumerate(form.sections, 1):
            for at, table in enumerate((table for table in section.tables if table.prefix == section.id), 1):
                yield from _table(f"section[{number}].table[{at}]", table)
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


def _table(key: str, table: Table) -> Iterator[Remark]:
    rows, columns = _placed(f"{key}.rows", table.rows), _placed(f"{key}.columns", table.columns)
    yield from _totals(rows, "行")
    yield from _totals(columns, "列")
    yield from _apart(rows)
    yield from _apart(columns)
    yield from _types(columns)


def _placed(key: str, lines: Sequence[Line]) -> Placed:
    return [(f"{key}[{number}]", line) for number, line in enumerate(lines, 1)]


def _added(data: Mapping[str, Any], form: Form) -> Iterator[Remark]:
    """What is to be noticed of the tables of a supplement, and of the rows that it puts into those of the form."""
    of = {s.id: [table for table in s.tables if table.prefix != s.id] for s in form.sections}
    for number, d in enumerate(data.get("table", ()), 1):
        yield from _table(f"table[{number}]", of[d["section"]].pop(0))
    keys = {row["id"]: f"rows[{number}].rows[{at}]" for number, d in enumerate(data.get("rows", ()), 1)
            for at, row in enumerate(d["rows"], 1)}  # fmt: skip
    for table in (table for s in form.sections for table in s.tables if table.prefix == s.id):
        rows = [(keys[_called(row)], row) for row in table.rows if row.id != _called(row) and _called(row) in keys]
        yield from _totals(rows, "行", {row.id: _under(table, row) for row in table.rows})
        yield from _apart(rows)
        if "money" not in [column.type for column in table.columns]:
            yield from _types(rows)


def _called(line: Line) -> str:
    """What a definition calls a line: a supplement's own is named without what the names of all of them begin with."""
    return line.id.removeprefix(f"{SUPPLEMENT}.")


def _under(table: Table, line: Line) -> str:
    """The row of the form's own below which one of a supplement stands in a table; "" for any other line."""
    if line.id == _called(line) or line not in table.rows:
        return ""
    above = table.rows[: table.rows.index(line)]
    return next((row.id for row in reversed(above) if row.id == _called(row)), "")


def _words(lines: Iterable[Line]) -> str:
    return "、".join(f"“{line.name}”" for line in lines)


def _heading(line: Line) -> str:
    """The outermost heading over a line; "" for one that has none."""
    return line.label[0] if len(line.label) > 1 else ""


def _totals(placed: Placed, what: str, under: Mapping[str, str] = NONE) -> Iterator[Remark]:
    """Lines under a total's own heading that no total of theirs takes in; ``under``: where lines stand, by id, which are not
    beside each other for being of one table."""
    lines = [line for _, line in placed]
    taken = {part for line in lines for part in line.parts}
    for key, line in placed:
        over = line.label[:-1]
        where = {under.get(part, "") for part in line.parts}
        left = [
            o
            for o in lines
            if o.additive and o.id not in taken and len(o.label) > len(over) and o.label[: len(over)] == over
            and under.get(o.id, "") in where
        ]  # fmt: skip
        if line.parts and left and len(left) < len(line.parts):
            yield (
                key,
                f"合计“{line.name}”没有加进这几{what}：{_words(left)}",
                "漏了的，加进合计的公式里（TOML：sum）",
            )


def _apart(placed: Placed) -> Iterator[Remark]:
    """A line whose id goes with others that stand under another heading."""
    groups: dict[str, list[Line]] = {}
    for _, line in placed:
        if "." in _called(line) and not line.parts:
            groups.setdefault(_called(line).partition(".")[0], []).append(line)
    for name, group in groups.items():
        headings = [line.label[:-1] for line in group]
        most = max(headings, key=headings.count)
        odd = [line for line in group if line.label[:-1] != most]
        if odd and headings.count(most) > len(odd):
            yield (
                next(key for key, line in placed if line.id == odd[0].id),
                f"编号是 {name}. 一组的{_words(odd)}不在“{'/'.join(most)}”之下",
                "名称漏写了上一级的，补上；编号不该是这一组的，改编号",
            )


def _types(placed: Placed) -> Iterator[Remark]:
    for key, line in placed:
        if line.type not in UNITS and "万元" in "".join(line.label):
            yield (
                key,
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
            own = [line for line in lines if names and _own(table, names[0].replace(place, _called(line)))]
            listed = [line for line in own if _called(line) in given]
            beside = {(_heading(line), _under(table, line)) for line in listed}
            left = [line for line in own if line.additive and line not in listed
                    and (_heading(line), _under(table, line)) in beside]  # fmt: skip
            if listed and left and len(left) <= len(listed):
                yield (key, f"{what}没有用于{_words(left)}", "漏了的，把“用于”的范围拉到那里（TOML：each、every）")


def _named(key: str, d: Mapping[str, Any], tables: Sequence[Table]) -> Iterator[Remark]:
    """A sentence that names one of the lines which a rule is for, where it is for others too."""
    for way, given in d.get("each", {}).items():
        place, about = "{" + way + "}", [n for n in d.get("left", "").split() if "{" + way + "}" in n]
        said = " ".join(words for words in (d.get("text"), d.get("with_last", {}).get("text")) if words)
        for table in tables:
            lines = table.rows if way == "row" else table.columns
            mine = [one for one in lines if not one.parts and (given == EVERY or _called(one) in given)
                    and about and _own(table, about[0].removeprefix(LAST).replace(place, _called(one)))]  # fmt: skip
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
    return any(name == field_name(table, r.id, c.id) for r in table.rows for c in table.columns)


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
