"""A form definition, from what its file says to the frozen form; a bad one is refused, every mistake with file, key and reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import product
from typing import cast, get_args

from xltools.editions.relations import EVERY, read_chart, read_last_year, read_relations, read_wording
from xltools.editions.rulebook import adjusted, common_rules, in_order, read_rule
from xltools.editions.source import Definition
from xltools.figures import UNITS, FieldType
from xltools.form.fields import APART, COUNT, SUPPLEMENT, YES_NO, Field, Line, Measure, Section, Summed, Table
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


def identity_of(top: Definition, names: tuple[str, ...]) -> dict[str, str]:
    """The words at the top of a definition; its id is its file's name."""
    found = dict.fromkeys(names, "")
    for name in names:
        with top.apart():
            found[name] = top.text(name)
    if found["id"] and top.file.endswith(".toml") and f"{found['id']}.toml" != top.file:
        top.note("id", f"应当与文件名相同：{top.file}", f"写成 {top.file.removesuffix('.toml')}，或者改文件名")
    if found["id"] and not re.fullmatch(r"[\w][\w.-]{0,59}", found["id"]):
        top.note("id", f"“{found['id']}”不能作编号", "用字母、数字、减号，60 个字以内")
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

_ID = re.compile(r"(?:[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)?\Z")
_WORD = re.compile(r"[^,;，；\"“”'/\s]{1,20}\Z")
_SHEET_SIGNS = "[]:*?/\\"
_LABEL_LIMIT = 200
"""Characters of a printed heading: more than any has."""


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
    _fit_id(d, d.text("id"))
    tables = tuple(table_of(t, d.text("id")) for t in d.parts("table", []))
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
        d.note("sheet", f"工作表名最多 31 个字，“{name}”有 {len(name)} 个", "缩短")
    if signs := [sign for sign in _SHEET_SIGNS if sign in name] or (["'"] if name.strip("'") != name else []):
        d.note("sheet", f"工作表名“{name}”里有 Excel 不允许的“{''.join(signs)}”", "换成顿号、括号等别的符号")
    if name in (GUIDE, COVER, CHECKS) or is_summary_sheet(name):
        d.note("sheet", f"“{name}”是程序自己要用的工作表名", "换一个名字，例如加上部分的序号")
    if not name.strip():
        d.note("sheet", "工作表名是空的", "写上名字")


def table_of(d: Definition, prefix: str, *also: str) -> Table:
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
        pairs = _over(table, row, column)
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


def _over(table: Table, row: Line, column: Line) -> list[tuple[Line, Line]]:
    """The two figures, by row and column, that a ratio is of; nothing for any other figure."""
    measure = row.measure or column.measure or COUNT
    rows, columns = {r.id: r for r in table.rows}, {c.id: c for c in table.columns}
    return [(rows[name], column) if row.type == "ratio" else (row, columns[name]) for name in measure.of]


def _ratio(table: Table, row: Line, column: Line) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The input fields above and below of a ratio; None for what is none."""
    if (row.measure or column.measure or COUNT).type != "ratio":
        return None
    above, below = (
        tuple(field_name(table, r, c) for r, c in _inputs(table, *pair)) for pair in _over(table, row, column)
    )
    return above, below


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
    found: list[Rule] = [*(total_rule(f) for f in fields.values() if f.computed), *relations]
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


def total_rule(field: Field) -> Total:
    text, basis = ("两数之比", "比率由两数相除得出") if field.ratio else ("各项之和", "合计由各项相加得出")
    return Total(id=field.id, severity="error", text=f"{field.label}＝{text}", basis=basis)
