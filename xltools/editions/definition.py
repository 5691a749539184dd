"""A form definition, from parsed TOML to the frozen form; a bad one is refused naming file, key and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import cast, get_args

from xltools.editions.rulebook import adjusted, common_rules, in_order, read_rule
from xltools.editions.source import Definition
from xltools.errors import XltoolsError
from xltools.figures import FieldType
from xltools.form.algebra import parse_condition, parse_sum, sentence
from xltools.form.model import Chart, Field, Form, LastYear, Line, Rule, Section, Table, Wording
from xltools.form.sums import CEILING, LAST, Comparison, Condition, Sum
from xltools.rules.relation import Relation
from xltools.rules.total import Total
from xltools.terms import LEVELS, SEVERITIES, Level, Severity

# ── reading an edition ───────────────────────────────────────────────────────


def read_definition(top: Definition) -> Form:
    """The form an edition file defines; FormError names file, key and reason."""
    top.only("id", "title", "years", "basis", "section", "relation", "rule", "signoff", "last", "chart", "report")
    if f"{top.text('id')}.toml" != top.file:
        raise top.error("id", f"应当与文件名相同：{top.file}")
    sections = tuple(_section(s) for s in top.parts("section"))
    _unique(top, "section", [s.id for s in sections], "部分的 id")
    _unique(top, "section", [s.sheet for s in sections], "工作表名")
    fields = _fields(top, sections)
    rules = _rules(top, sections, fields)
    return Form(
        edition=top.text("id"),
        title=top.text("title"),
        years=_years(top.part("years")),
        basis=top.text("basis"),
        sections=sections,
        fields=fields,
        rules=rules,
        last=_last_year(top.part("last", {}), fields),
        charts=tuple(_chart(d, fields) for d in top.parts("chart", [])),
        report=_wording(top.part("report", {})),
    )


def read_supplement(top: Definition, form: Form) -> Form:
    """The form with a supplement laid over it: tables put below its sections, severities corrected."""
    top.only("id", "title", "editions", "years", "table", "severity", "rule")
    top.text("title")
    if f"{top.text('id')}.toml" != top.file:
        raise top.error("id", f"应当与文件名相同：{top.file}")
    if form.edition not in top.texts("editions"):
        raise XltoolsError(f"补充项 {top.text('id')} 不用于格式版本 {form.edition}")
    added: dict[str, list[Table]] = {}
    for d in top.parts("table", []):
        section = d.choice("section", tuple(s.id for s in form.table_sections))
        added.setdefault(section, []).append(_table(d, "supplement", "section"))
    sections = tuple(replace(s, tables=(*s.tables, *added[s.id])) if s.id in added else s for s in form.sections)
    fields = _fields(top, sections)
    added_totals = (_total(f) for f in fields.values() if f.parts and f.id not in form.fields)
    rules = adjusted(top, in_order((*form.rules, *added_totals)))
    return replace(
        form,
        years=_meet(top, form.years, _years(top.part("years"))),
        sections=sections,
        fields=fields,
        rules=rules,
        supplements=(*form.supplements, top.text("id")),
    )


def _years(d: Definition) -> tuple[int, int | None]:
    d.only("from", "to")
    first, last = d.get("from", int), d.get("to", int, None)
    if last is not None and last < first:
        raise d.error("to", "早于 from")
    return first, last


def _meet(d: Definition, a: tuple[int, int | None], b: tuple[int, int | None]) -> tuple[int, int | None]:
    first, lasts = max(a[0], b[0]), [last for last in (a[1], b[1]) if last is not None]
    last = min(lasts) if lasts else None
    if last is not None and last < first:
        raise d.error("years", "与格式版本的年度没有重合")
    return first, last


def _unique(d: Definition, name: str, values: list[str], what: str) -> None:
    for value in values:
        if values.count(value) > 1:
            raise d.error(name, f"{what}“{value}”重复")


def _section(d: Definition) -> Section:
    d.only("id", "sheet", "title", "text", "none", "table")
    tables = tuple(_table(t, d.text("id")) for t in d.parts("table", []))
    if bool(tables) == ("text" in d.data):
        raise d.error("table", "一个部分要么有表（table），要么是文字（text）")
    if len(d.text("sheet")) > 31:
        raise d.error("sheet", "工作表名最多 31 个字")
    return Section(
        d.text("id"), d.text("sheet"), d.text("title"), d.text("text", ""), tables, d.get("none", bool, False)
    )


def _table(d: Definition, prefix: str, *also: str) -> Table:
    d.only("heading", "corner", "columns", "rows", "note", *also)
    columns = tuple(_line(c, "id", "label", "sum", "type", "unit") for c in d.parts("columns"))
    rows = tuple(_line(r, "id", "label", "sum") for r in d.parts("rows"))
    for name, lines in (("columns", columns), ("rows", rows)):
        ids = [line.id for line in lines]
        _unique(d, name, ids, "id ")
        for line in lines:
            for part in line.parts:
                if part not in ids or part == line.id:
                    raise d.error(name, f"{line.id} 的合计项“{part}”不在本表")
            if line.id in _reached(line, {other.id: other for other in lines}):
                raise d.error(name, f"{line.id} 的合计绕成了圈")
            if any(other.type != line.type for other in lines if other.id in line.parts):
                raise d.error(name, f"{line.id} 的合计项单位不同")
    return Table(prefix, d.text("heading", ""), d.text("corner", ""), rows, columns, d.text("note", ""))


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


def _line(d: Definition, *keys: str) -> Line:
    d.only(*keys)
    label = d.get("label", (str, list))
    return Line(
        d.text("id"),
        (label,) if isinstance(label, str) else d.texts("label"),
        d.texts("sum", []),
        cast(FieldType, d.choice("type", get_args(FieldType), "count")),
        d.text("unit", ""),
    )


def _fields(top: Definition, sections: tuple[Section, ...]) -> dict[str, Field]:
    """Every field in the order of the form; totals know the inputs they add up. Supplements come last."""
    fields: dict[str, Field] = {}
    for section in sections:
        for table in section.tables:
            inputs_of = {(r.id, c.id): _inputs(table, r, c) for r in table.rows for c in table.columns}
            for row, column in product(table.rows, table.columns):
                name = _join(table.prefix, row.id, column.id)
                if name in fields:
                    raise top.error("section", f"指标 {name} 重复")
                parts = tuple(_join(table.prefix, r, c) for r, c in inputs_of[row.id, column.id])
                total = bool(row.parts or column.parts)
                fields[name] = Field(name, section, row, column, column.type, parts if total else ())
    return dict(sorted(fields.items(), key=lambda item: item[0].startswith("supplement.")))


def _inputs(table: Table, row: Line, column: Line) -> list[tuple[str, str]]:
    rows, columns = {r.id: r for r in table.rows}, {c.id: c for c in table.columns}
    if row.parts:
        return [pair for part in row.parts for pair in _inputs(table, rows[part], column)]
    if column.parts:
        return [pair for part in column.parts for pair in _inputs(table, row, columns[part])]
    return [(row.id, column.id)]


def _join(*ids: str) -> str:
    return ".".join(i for i in ids if i)


# ── rules ────────────────────────────────────────────────────────────────────


def _rules(top: Definition, sections: tuple[Section, ...], fields: Mapping[str, Field]) -> tuple[Rule, ...]:
    """Every rule of a form: of its totals, of its own tables of the file, and those that all forms have."""
    relations = [r for d in top.parts("relation", []) for r in _relations(d, sections, fields)]
    _unique(top, "relation", [r.id for r in relations], "勾稽关系的 id")
    found: list[Rule] = [*(_total(f) for f in fields.values() if f.parts), *relations]
    last = top.part("last", {})
    for place, name in ((top, "signoff"), (last, "repeated"), (last, "jump")):
        if name in place.data:
            found.append(read_rule(place.part(name), name))
    if not isinstance(top.data.get("rule", {}), dict):  # a list of rules; a table changes those that are there
        found += (read_rule(d) for d in top.parts("rule"))
        top = replace(top, data={**top.data, "rule": {}})
    rules = in_order((*found, *common_rules()))
    _unique(top, "rule", [rule.id for rule in rules if not isinstance(rule, Total)], "规则的 id")
    return adjusted(top, rules)


def _total(field: Field) -> Total:
    return Total(id=field.id, severity="error", text=f"{field.label}＝各项之和", basis="合计由各项相加得出")


# ── relations ────────────────────────────────────────────────────────────────

_RELATION_KEYS = (
    "id", "each", "every", "severity", "left", "right", "when", "holds", "levels", "ceiling", "text", "basis", "remedy",
    "with_last",
)  # fmt: skip


def _relations(d: Definition, sections: tuple[Section, ...], fields: Mapping[str, Field]) -> Iterator[Relation]:
    """One relation, or one for each value of ``each``."""
    d.only(*_RELATION_KEYS)
    each = d.part("each", {})
    instead = d.part("with_last", {})
    instead.only(*(name for name in _RELATION_KEYS if name not in ("id", "each", "severity", "with_last")))
    changed = replace(d, data={**d.data, **instead.data})
    for values in product(*(each.texts(name) for name in each.data)):
        chosen = dict(zip(each.data, values, strict=True))
        found = _relation(d, chosen, fields)
        if instead.data:
            found = replace(found, with_last=_relation(changed, chosen, fields))
            if found.with_last and not found.with_last.last_operands:
                raise d.error("with_last", "没有用到上年的数")
        yield found


def _relation(d: Definition, chosen: Mapping[str, str], fields: Mapping[str, Field]) -> Relation:
    def fill(text: str, also: Mapping[str, str] | None = None) -> str:
        return _filled(text, {**chosen, **(also or {})})

    def read(name: str, text: str) -> Sum:
        if text in ("left", "right"):
            return sums[text]
        try:
            found = parse_sum(text)
        except ValueError as problem:
            raise d.error(name, str(problem)) from None
        for _, field in found.terms:
            if field != CEILING and field.removeprefix(LAST) not in fields:
                raise d.error(name, f"没有指标“{field}”")
            if field == CEILING and "ceiling" not in d.data:
                raise d.error(name, "用了 ceiling 却没有写各级的上限")
        return found

    def conditions(name: str, text: str) -> tuple[Condition, ...]:
        try:
            alternatives = parse_condition(text)
        except ValueError as problem:
            raise d.error(name, str(problem)) from None
        return tuple(tuple(compare(name, *words) for words in alternative) for alternative in alternatives)

    def compare(name: str, left: str, op: str, right: str) -> Comparison:
        sides = read(name, left), read(name, right)
        types = {fields[f.removeprefix(LAST)].type for s in sides for f in s.fields} or {"count"}
        if "money" in types and len(types) > 1:
            raise d.error(name, f"“{left}”和“{right}”单位不同，不能比较")
        return Comparison(sides[0], op, sides[1], "money" if "money" in types else "count")

    sums: dict[str, Sum] = {}
    for side in ("left", "right"):
        sums[side] = read(side, fill(d.text(side)))
    when_alternatives = conditions("when", fill(d.text("when"))) if "when" in d.data else ((),)
    if len(when_alternatives) > 1:
        raise d.error("when", "这里不能用 or")
    every = d.part("every", {})
    spread = [dict(zip(every.data, v, strict=True)) for v in product(*(every.texts(name) for name in every.data))]
    if not spread:
        raise d.error("every", "没有一个值")
    holds = conditions("holds", fill(d.text("holds"), spread[0]))
    if len(spread) > 1:
        if len(holds) > 1:
            raise d.error("holds", "有 every 时这里不能用 or")
        holds = (tuple(c for also in spread for c in conditions("holds", fill(d.text("holds"), also))[0]),)
    shown = tuple(dict.fromkeys((*sums["left"].fields, *sums["right"].fields)))
    if not shown:
        raise d.error("left", "左右两边都没有指标")
    types = tuple(_type_of(sums[side], fields) for side in ("left", "right"))
    written = Relation(
        id=fill(d.text("id")),
        severity=cast(Severity, d.choice("severity", SEVERITIES)),
        left=sums["left"],
        right=sums["right"],
        types=(types[0] or types[1] or "count", types[1] or types[0] or "count"),
        when=when_alternatives[0],
        holds=holds,
        anchors=shown,
        text=d.text("text", "") or sentence(shown, when_alternatives[0], holds, fields),
        basis=d.text("basis"),
        remedy=d.text("remedy"),
        levels=_levels(d),
        ceiling=_ceiling(d),
    )
    return written.mapped(lambda s: s.over_inputs(_parts(fields)))


def _parts(fields: Mapping[str, Field]) -> dict[str, tuple[str, ...]]:
    """What every total adds up, this year's and last year's."""
    parts = {name: field.parts for name, field in fields.items()}
    return parts | {LAST + name: tuple(LAST + part for part in found) for name, found in parts.items()}


def _type_of(side: Sum, fields: Mapping[str, Field]) -> FieldType | None:
    return fields[side.fields[0].removeprefix(LAST)].type if side.fields else None


def _levels(d: Definition) -> tuple[Level, ...]:
    for level in d.texts("levels", []):
        if level not in LEVELS:
            raise d.error("levels", f"没有层级“{level}”")
    return cast(tuple[Level, ...], d.texts("levels", []))


def _ceiling(d: Definition) -> dict[str, int] | None:
    if "ceiling" not in d.data:
        return None
    ceiling = d.part("ceiling")
    ceiling.only(*LEVELS)
    return {level: ceiling.get(level, int) for level in LEVELS}


def _last_year(d: Definition, fields: Mapping[str, Field]) -> LastYear:
    """How the form follows on last year's."""
    d.only("carried", "same", "repeated", "jump")  # the last two are rules
    carried: dict[str, Sum] = {}
    for part in d.parts("carried", []):
        part.only("field", "each", "from")
        each = part.part("each", {})
        for values in product(*(each.texts(name) for name in each.data)):
            chosen = dict(zip(each.data, values, strict=True))
            name, text = (_filled(part.text(key), chosen) for key in ("field", "from"))
            if name not in fields or fields[name].parts:
                raise part.error("field", f"没有填数的指标“{name}”")
            try:
                found = parse_sum(text)
            except ValueError as problem:
                raise part.error("from", str(problem)) from None
            for _, field in found.terms:
                if field not in fields or fields[field].unit != fields[name].unit:
                    raise part.error("from", f"没有同单位的指标“{field}”")
            carried[name] = found.over_inputs(_parts(fields))
    same = d.part("same", {})
    return LastYear(
        carried,
        {edition: same.texts(edition) for edition in same.data},
    )


def _wording(d: Definition) -> Wording:
    names, places = ("agency", "area", "contact", "reach"), ("agency", "year", "basis", "phone", "ways")
    d.only(*names)
    said = {name: d.text(name, "") for name in names}
    for name, text in said.items():
        try:
            text.format_map(dict.fromkeys(places, ""))
        except (KeyError, ValueError, IndexError) as problem:
            raise d.error(name, f"只能用 {' '.join(f'{{{place}}}' for place in places)}：{problem}") from None
    return Wording(**said)


def _chart(d: Definition, fields: Mapping[str, Field]) -> Chart:
    """Quantities of one unit, each a sum with the words for it."""
    d.only("title", "items")
    items = []
    for part in d.parts("items"):
        part.only("label", "sum")
        try:
            found = parse_sum(part.text("sum"))
        except ValueError as problem:
            raise part.error("sum", str(problem)) from None
        unknown = [name for name in found.fields if name not in fields]
        if unknown or not found.fields:
            raise part.error("sum", f"没有指标“{'、'.join(unknown)}”")
        items.append((part.text("label"), found.over_inputs(_parts(fields))))
    if not items:
        raise d.error("items", "没有一项")
    if len({fields[name].unit for _, found in items for name in found.fields}) > 1:
        raise d.error("items", "单位不同，不能画在一张图里")
    return Chart(d.text("title"), tuple(items))


def _filled(text: str, chosen: Mapping[str, str]) -> str:
    for name, value in chosen.items():
        text = text.replace("{" + name + "}", value)
    return text
