"""A form definition, from what its file says to the frozen form; a bad one is refused, every mistake with file, key and reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import product
from typing import cast

from xltools.editions.relations import EVERY, read_chart, read_last_year, read_relations, read_wording
from xltools.editions.rulebook import adjusted, common_rules, in_order, read_rule
from xltools.editions.source import Definition
from xltools.errors import XltoolsError
from xltools.figures import UNITS, FieldType
from xltools.form.fields import Field, Line, Measure, Section, Table
from xltools.form.layout import CHECKS, COVER, GUIDE, is_summary_sheet
from xltools.form.model import Form, Rule
from xltools.periods import PartOfYear, period
from xltools.rules.relation import Relation
from xltools.rules.total import Total

# ── reading an edition ───────────────────────────────────────────────────────


def read_definition(top: Definition) -> Form:
    """The form an edition defines; FormError names file, key and reason, of every mistake there is."""
    top.only(
        "id",
        "family",
        "title",
        "years",
        "periods",
        "basis",
        "section",
        "relation",
        "rule",
        "signoff",
        "last",
        "chart",
        "report",
    )
    known = _known(top, ("id", "title", "basis"))
    years, periods = _years(top), tuple[str, ...]()
    sections = _sections(top)
    fields = _fields(top, sections)
    rules = _rules(top, sections, fields)
    last = read_last_year(top.part("last", {}), sections, fields)
    charts = tuple(top.each("chart", lambda d: read_chart(d, fields), []))
    report = top.each("report", read_wording) if isinstance(top.data.get("report"), list) else None
    wording = read_wording(top.part("report", {})) if report is None else report[0]
    with top.apart():
        periods = _periods(top)
    top.finish()
    return Form(known["id"], known["title"], years, known["basis"], sections, fields, rules, last=last, charts=charts,
                report=wording, family=top.text("family", ""), periods=periods)  # fmt: skip


def _known(top: Definition, names: tuple[str, ...]) -> dict[str, str]:
    """The words at the top of a definition; its id is its file's name."""
    found = dict.fromkeys(names, "")
    for name in names:
        with top.apart():
            found[name] = top.text(name)
    if found["id"] and top.file.endswith(".toml") and f"{found['id']}.toml" != top.file:
        top.note("id", f"应当与文件名相同：{top.file}")
    if found["id"] and not re.fullmatch(r"[\w][\w.-]{0,59}", found["id"]):
        top.note("id", f"“{found['id']}”不能作编号", "用字母、数字、减号，60 个字以内")
    return found


def read_supplement(top: Definition, form: Form) -> Form:
    """The form with a supplement laid over it: tables put below its sections, severities corrected."""
    top.only("id", "title", "editions", "years", "table", "severity", "rule")
    known = _known(top, ("id", "title"))
    if form.edition not in top.texts("editions"):
        raise XltoolsError(f"补充项 {known['id']} 不用于格式版本 {form.edition}")
    years = _years(top)
    added: dict[str, list[Table]] = {}
    for d in top.parts("table", []):
        with top.apart():
            section = d.choice("section", tuple(s.id for s in form.table_sections))
            added.setdefault(section, []).append(_table(d, "supplement", "section"))
    sections = tuple(replace(s, tables=(*s.tables, *added[s.id])) if s.id in added else s for s in form.sections)
    fields = _fields(top, sections)
    added_totals = (_total(f) for f in fields.values() if f.parts and f.id not in form.fields)
    rules = in_order((*form.rules, *added_totals))
    with top.apart():
        rules = adjusted(top, rules)
    with top.apart():
        years = _meet(top, form.years, years)
    top.finish()
    return replace(
        form, years=years, sections=sections, fields=fields, rules=rules, supplements=(*form.supplements, known["id"])
    )


def _periods(top: Definition) -> tuple[str, ...]:
    """The parts of a year that the return is filed for, in order; none for a whole year."""
    names = top.texts("periods", [])
    if names and 12 % len(names):
        top.note("periods", f"一年分不成 {len(names)} 期", "写 2、3、4、6、12 期的名称，例如上半年、下半年")
    for name in names:
        if not name.strip() or len(name) > 20 or period(f"2000年{name}") != PartOfYear(2000, name):
            top.note("periods", f"“{name}”不能作一期的名称", "写成上半年、第一季度这样的")
    _unique(top, "periods", list(names), "期的名称")
    return names


def _years(top: Definition) -> tuple[int, int | None]:
    first, last = 0, None
    with top.apart():
        d = top.part("years")
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
    for value in dict.fromkeys(values):
        if values.count(value) > 1:
            d.note(name, f"{what}“{value}”重复")


# ── sections and tables ──────────────────────────────────────────────────────

_ID = re.compile(r"(?:[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)?\Z")
_SHEET_SIGNS = "[]:*?/\\"
_LABEL_LIMIT = 200
"""Characters of a printed heading: more than any has."""


def _sections(top: Definition) -> tuple[Section, ...]:
    if isinstance(top.data.get("section"), dict):
        raise top.error("section", "只有一个部分，写成了 [section]", "每个部分写 [[section]]，两层方括号")
    before = len(top.told)
    sections = tuple(top.each("section", _section))
    lost = "section" in top.data and len(sections) < len(top.data["section"])
    _unique(top, "section", [s.id for s in sections], "部分的 id")
    _unique(top, "section", [s.sheet for s in sections], "工作表名")
    if lost or "section" not in top.data or len({s.id for s in sections}) < len(sections):
        assert len(top.told) > before
        top.finish()  # what speaks of its figures would all be wrong
    return sections


def _section(d: Definition) -> Section:
    d.only("id", "sheet", "title", "text", "none", "table")
    _fit_id(d, d.text("id"))
    tables = tuple(_table(t, d.text("id")) for t in d.parts("table", []))
    if bool(tables) == ("text" in d.data):
        raise d.error("table", "一个部分要么有表（table），要么是文字（text）")
    _fit_sheet(d, d.text("sheet"))
    return Section(
        d.text("id"), d.text("sheet"), d.text("title"), d.text("text", ""), tables, d.get("none", bool, False)
    )


def _fit_id(d: Definition, name: str) -> None:
    if not _ID.match(name):
        d.note("id", f"“{name}”不能作编号", "只用小写英文字母、数字、下划线和点，以字母开头")


def _fit_sheet(d: Definition, name: str) -> None:
    """Tells a name that Excel would not take, or that a workbook has for a sheet of its own."""
    if len(name) > 31:
        d.note("sheet", f"工作表名最多 31 个字，“{name}”有 {len(name)} 个")
    if signs := [sign for sign in _SHEET_SIGNS if sign in name] or (["'"] if name.strip("'") != name else []):
        d.note("sheet", f"工作表名“{name}”里有 Excel 不允许的“{''.join(signs)}”", "换成顿号、括号等别的符号")
    if name in (GUIDE, COVER, CHECKS) or is_summary_sheet(name):
        d.note("sheet", f"“{name}”是程序自己要用的工作表名", "换一个名字，例如加上部分的序号")
    if not name.strip():
        d.note("sheet", "工作表名是空的", "写上名字")


def _table(d: Definition, prefix: str, *also: str) -> Table:
    d.only("heading", "corner", "columns", "rows", "note", *also)
    columns = _lines(d, "columns", "id", "label", "sum", "type", "unit")
    rows = _lines(d, "rows", "id", "label", "sum", "type", "unit")
    return Table(prefix, d.text("heading", ""), d.text("corner", ""), rows, columns, d.text("note", ""))


def _lines(d: Definition, name: str, *keys: str) -> tuple[Line, ...]:
    """The rows or columns of a table, sums in the order in which they stand."""
    places = list(d.parts(name))
    lines = [_line(place, *keys) for place in places]
    ids = [line.id for line in lines]
    for number, place in enumerate(places):
        if ids[number] in ids[:number]:
            place.note("id", f"id “{ids[number]}”重复", "换一个编号")
        if not lines[number].label and len(lines) > 1:
            place.note("label", "没有名称：几行（列）里的每一行（列）都要有", "写上印出来的名称")
    inputs = tuple(line.id for line in lines if not line.parts)
    found = []
    for line in lines:
        parts = inputs if line.parts == (EVERY,) else line.parts
        unknown = [part for part in parts if part not in ids or part == line.id]
        for part in unknown:
            near = get_close_matches(part, [i for i in ids if i != line.id], 1, 0.5)
            d.note(
                name, f"{line.id} 的合计项“{part}”不在本表", f"是不是 {near[0]}" if near else "写本表别的行（列）的 id"
            )
        found.append(replace(line, parts=tuple(sorted({*parts} - {*unknown}, key=ids.index))))
    by_id = {line.id: line for line in found}
    for line in found:
        if line.id in _reached(line, by_id):
            raise d.error(name, f"{line.id} 的合计绕成了圈", "合计只加不是由它算出来的行或列")
        if any(other.type != line.type for other in found if other.id in line.parts):
            d.note(name, f"{line.id} 的合计项单位不同")
    _fit_labels(d, name, places, found)
    return tuple(found)


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


def _line(d: Definition, *keys: str) -> Line:
    d.only(*keys)
    _fit_id(d, d.text("id"))
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


_TYPES = ("count", "signed", "money")
"""The types that a definition names; money is in one of its units."""
_MONEY = {UNITS["money"]: "money", UNITS["yuan"]: "yuan"}


def _measure(d: Definition) -> Measure | None:
    """What the figures of a line are; None where it does not say."""
    if "type" not in d.data and "unit" not in d.data:
        return None
    kind, unit = d.choice("type", _TYPES, "count"), d.text("unit", "")
    if kind == "money":
        if unit and unit not in _MONEY:
            raise d.error(
                "unit", f"金额的单位只能是{'、'.join(f'“{u}”' for u in _MONEY)}，不能是“{unit}”", "换算成其中一种填"
            )
        kind = _MONEY[unit or UNITS["money"]]
    return Measure(cast(FieldType, kind), unit)


def _fields(top: Definition, sections: tuple[Section, ...]) -> dict[str, Field]:
    """Every field in the order of the form; totals know the inputs they add up. Supplements come last."""
    fields: dict[str, Field] = {}
    owners: dict[str, Table] = {}
    for number, section in enumerate(sections, 1):
        for at, table in enumerate(section.tables, 1):
            inputs_of = {(r.id, c.id): _inputs(table, r, c) for r in table.rows for c in table.columns}
            for row, column in product(table.rows, table.columns):
                name = _join(table.prefix, row.id, column.id)
                if owners.setdefault(name, table) is not table:
                    top.note(f"section[{number}].table[{at}]", f"指标 {name} 重复：别的表里也有", "换一个行或列的编号")
                parts = tuple(_join(table.prefix, r, c) for r, c in inputs_of[row.id, column.id])
                total = bool(row.parts or column.parts)
                fields[name] = Field(name, section, row, column, parts if total else ())
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
    relations: list[Rule] = []
    known: set[str] = set()
    for d in top.parts("relation", []):
        made = read_relations(d, sections, fields)
        for twice in [r.id for r in made if r.id in known]:
            d.note("id", f"勾稽关系的 id“{twice}”重复", "换一个编号")
        known |= {r.id for r in made}
        relations += made
    found: list[Rule] = [*(_total(f) for f in fields.values() if f.parts), *relations]
    last = top.part("last", {})
    for place, name in ((top, "signoff"), (last, "repeated"), (last, "jump")):
        if name in place.data:
            with top.apart():
                found.append(read_rule(place.part(name), name))
    if not isinstance(top.data.get("rule", {}), dict):  # a list of rules; a table changes those that are there
        found += top.each("rule", read_rule)
        top = replace(top, data={**top.data, "rule": {}})
    rules = in_order((*found, *common_rules()))
    _unique(top, "rule", [r.id for r in rules if not isinstance(r, (Total, Relation))], "规则的 id")
    for rule in rules:
        if rule.id in known and not isinstance(rule, (Total, Relation)):
            top.note("rule", f"规则的 id“{rule.id}”重复", "换一个编号")
    with top.apart():
        rules = adjusted(top, rules)
    return rules


def _total(field: Field) -> Total:
    return Total(id=field.id, severity="error", text=f"{field.label}＝各项之和", basis="合计由各项相加得出")
