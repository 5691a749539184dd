"""A form definition, from what its file says to the frozen form; a bad one is refused, every mistake with file, key and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

from xltools.editions.grids import fit_id, over, table_of
from xltools.editions.relations import read_chart, read_last_year, read_relations, read_wording
from xltools.editions.rulebook import adjusted, common_rules, in_order, read_rule
from xltools.editions.source import Definition
from xltools.form.fields import COUNT, SUPPLEMENT, Field, Line, Section, Table
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
    known = identity_of(top, ("id", "title", "basis"))
    years, periods = years_of(top), tuple[str, ...]()
    sections = _sections(top)
    fields = fields_of(top, sections)
    with top.apart():
        periods = _periods(top)
    rules = _rules(top, sections, fields, periods)
    last = read_last_year(top.part("last", {}), sections, fields)
    charts = tuple(top.each("chart", lambda d: read_chart(d, fields), []))
    report = top.each("report", read_wording) if isinstance(top.data.get("report"), list) else None
    wording = read_wording(top.part("report", {})) if report is None else report[0]
    top.finish()
    return Form(known["id"], known["title"], years, known["basis"], sections, fields, rules, last=last, charts=charts,
                report=wording, family=top.text("family", ""), periods=periods)  # fmt: skip


def identity_of(top: Definition, names: tuple[str, ...]) -> dict[str, str]:
    """The words at the top of a definition; its id is its file's name."""
    found = dict.fromkeys(names, "")
    for name in names:
        with top.apart():
            found[name] = top.text(name)
    if found["id"] and top.file.endswith(".toml") and f"{found['id']}.toml" != top.file:
        top.note("id", f"应当与文件名相同：{top.file}", f"写成 {top.file.removesuffix('.toml')}，或者改文件名")
    top.fit_name()
    return found


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


def years_of(top: Definition) -> tuple[int, int | None]:
    first, last = 0, None
    with top.apart():
        d = top.part("years")
        d.only("from", "to")
        first, last = d.get("from", int), d.get("to", int, None)
        if last is not None and last < first:
            raise d.error("to", "早于 from")
    return first, last


def meeting(d: Definition, a: tuple[int, int | None], b: tuple[int, int | None]) -> tuple[int, int | None]:
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

_SHEET_SIGNS = "[]:*?/\\"


def _sections(top: Definition) -> tuple[Section, ...]:
    if isinstance(top.data.get("section"), dict):
        raise top.error("section", "只有一个部分，写成了 [section]", "每个部分写 [[section]]，两层方括号")
    before = len(top.told)
    sections = tuple(top.each("section", _section))
    lost = "section" in top.data and len(sections) < len(top.data["section"])
    fit_sheets(top, sections)
    if lost or "section" not in top.data or len({s.id for s in sections}) < len(sections):
        assert len(top.told) > before
        top.finish()  # what speaks of its figures would all be wrong
    return sections


def fit_sheets(top: Definition, sections: tuple[Section, ...]) -> None:
    """Tells parts whose ids or sheets are called the same."""
    _unique(top, "section", [s.id for s in sections], "部分的 id")
    _unique(top, "section", [s.sheet for s in sections], "工作表名")


def _section(d: Definition) -> Section:
    d.only("id", "sheet", "title", "text", "none", "table")
    fit_id(d, d.text("id"))
    tables = tuple(table_of(t, d.text("id")) for t in d.parts("table", []))
    if bool(tables) == ("text" in d.data):
        raise d.error("table", "一个部分要么有表（table），要么是文字（text）")
    _fit_sheet(d, d.text("sheet"))
    return Section(
        d.text("id"), d.text("sheet"), d.text("title"), d.text("text", ""), tables, d.get("none", bool, False)
    )


def _fit_sheet(d: Definition, name: str) -> None:
    """Tells a name that Excel would not take, or that a workbook has for a sheet of its own."""
    if len(name) > 31:
        d.note("sheet", f"工作表名最多 31 个字，“{name}”有 {len(name)} 个", "缩短")
    if signs := [sign for sign in _SHEET_SIGNS if sign in name] or (["'"] if name.strip("'") != name else []):
        d.note("sheet", f"工作表名“{name}”里有 Excel 不允许的“{''.join(signs)}”", "换成顿号、括号等别的符号")
    if name in (GUIDE, COVER, CHECKS) or is_summary_sheet(name):
        d.note("sheet", f"“{name}”是程序自己要用的工作表名", "换一个名字，例如加上部分的序号")
    if not name.strip():
        d.note("sheet", "工作表名是空的", "写上名字")


def field_name(table: Table, row: str, column: str) -> str:
    """The id of a table's field; rows of a supplement within another's table have their own beginning."""
    return _join("" if row.startswith(f"{SUPPLEMENT}.") else table.prefix, row, column)


def fields_of(top: Definition, sections: tuple[Section, ...]) -> dict[str, Field]:
    """Every field in the order of the form; totals know the inputs they add up. Supplements come last."""
    fields: dict[str, Field] = {}
    owners: dict[str, Table] = {}
    for number, section in enumerate(sections, 1):
        for at, table in enumerate(section.tables, 1):
            inputs_of = {(r.id, c.id): _inputs(table, r, c) for r in table.rows for c in table.columns}
            for row, column in product(table.rows, table.columns):
                name = field_name(table, row.id, column.id)
                if owners.setdefault(name, table) is not table:
                    key = "table" if "editions" in top.data else f"section[{number}].table[{at}]"
                    top.note(key, f"指标 {name} 重复：别的表里也有", "换一个行或列的编号")
                parts = tuple(field_name(table, r, c) for r, c in inputs_of[row.id, column.id])
                total = bool(row.parts or column.parts)
                ratio = _ratio(table, row, column)
                fields[name] = Field(name, section, row, column, parts if total and not ratio else (), ratio)
    return dict(sorted(fields.items(), key=lambda item: item[0].startswith(f"{SUPPLEMENT}.")))


def _inputs(table: Table, row: Line, column: Line) -> list[tuple[str, str]]:
    rows, columns = {r.id: r for r in table.rows}, {c.id: c for c in table.columns}
    if row.parts:
        return [pair for part in row.parts for pair in _inputs(table, rows[part], column)]
    if column.parts:
        return [pair for part in column.parts for pair in _inputs(table, row, columns[part])]
    return [(row.id, column.id)]


def _ratio(table: Table, row: Line, column: Line) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The input fields above and below of a ratio; None for what is none."""
    if (row.measure or column.measure or COUNT).type != "ratio":
        return None
    above, below = (
        tuple(field_name(table, r, c) for r, c in _inputs(table, *pair)) for pair in over(table, row, column)
    )
    return above, below


def _join(*ids: str) -> str:
    return ".".join(i for i in ids if i)


# ── rules ────────────────────────────────────────────────────────────────────


def _rules(
    top: Definition, sections: tuple[Section, ...], fields: Mapping[str, Field], periods: Sequence[str]
) -> tuple[Rule, ...]:
    """Every rule of a form: of its totals, of its own tables of the file, and those that all forms have."""
    relations: list[Rule] = []
    known: set[str] = set()
    for d in top.parts("relation", []):
        made = read_relations(d, sections, fields, periods)
        for twice in [r.id for r in made if r.id in known]:
            d.note("id", f"勾稽关系的 id“{twice}”重复", "换一个编号")
        known |= {r.id for r in made}
        relations += made
    found: list[Rule] = [*(total_rule(f) for f in fields.values() if f.computed), *relations]
    last = top.part("last", {})
    for place, name in ((top, "signoff"), (last, "repeated"), (last, "jump")):
        if name in place.data:
            with top.apart():
                found.append(read_rule(place.part(name), name, periods))
    if not isinstance(top.data.get("rule", {}), dict):  # a list of rules; a table changes those that are there
        found += top.each("rule", lambda d: read_rule(d, periods=periods))
        top = replace(top, data={**top.data, "rule": {}})
    rules = in_order((*found, *common_rules(tuple(periods))))
    _unique(top, "rule", [r.id for r in rules if not isinstance(r, (Total, Relation))], "规则的 id")
    for rule in rules:
        if rule.id in known and not isinstance(rule, (Total, Relation)):
            top.note("rule", f"规则的 id“{rule.id}”重复", "换一个编号")
    with top.apart():
        rules = adjusted(top, rules)
    return rules


def total_rule(field: Field) -> Total:
    text, basis = ("两数之比", "比率由两数相除得出") if field.ratio else ("各项之和", "合计由各项相加得出")
    return Total(id=field.id, severity="error", text=f"{field.label}＝{text}", basis=basis)
