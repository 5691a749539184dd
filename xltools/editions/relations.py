"""The relations of a definition, how it follows on last year's form, its charts and the words of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from difflib import get_close_matches
from itertools import product
from typing import cast

from xltools.classes import dataclass
from xltools.editions.crosswalk import read_crosswalks
from xltools.editions.source import Definition
from xltools.errors import FormError
from xltools.figures import UNITS, FieldType
from xltools.form.algebra import LAST_YEAR, SIDES, parse_condition, parse_sum, quoted, sentence, sides
from xltools.form.fields import APART, Chart, Field, LastYear, Line, Section, Table, Wording
from xltools.form.sums import CEILING, LAST, Comparison, Condition, Sum
from xltools.periods import spoken
from xltools.rules.relation import Relation
from xltools.terms import LEVELS, SEVERITIES, Level, Severity

EVERY = "*"
"""Of a sum, all lines of the table that are no sums; of a relation's lines, all that are not."""

# ── relations ────────────────────────────────────────────────────────────────

_RELATION_KEYS = (
    "id", "each", "every", "severity", "left", "right", "when", "holds", "levels", "ceiling", "text", "basis", "remedy",
    "with_last", "years",
)  # fmt: skip


def read_relations(
    d: Definition, sections: tuple[Section, ...], fields: Mapping[str, Field], periods: Sequence[str] = ()
) -> list[Relation]:
    """One relation, or one for each value of ``each``; what is wrong is told once. ``periods`` are the parts of a year that the form
    is filed for."""
    before = len(d.told)
    found: list[Relation] = []
    with d.apart():
        found.extend(_relations(d, sections, fields, spoken(LAST_YEAR, periods)))
    if "id" in d.data:
        for number in range(before, len(d.told)):  # by its id too: nobody counts relations
            told = d.told[number]
            d.told[number] = FormError(told.file, told.key, f"勾稽关系 {d.data['id']}：{told.reason}", told.remedy)
    return found


def _relations(
    d: Definition, sections: tuple[Section, ...], fields: Mapping[str, Field], before: str
) -> Iterator[Relation]:
    d.only(*_RELATION_KEYS)
    instead = d.part("with_last", {})
    instead.only(*(name for name in _RELATION_KEYS if name not in ("id", "each", "severity", "with_last")))
    changed = replace(d, data={**d.data, **instead.data})
    for chosen in lines_of(d, "each", str(d.data.get("left", "")), sections, fields):
        found = _relation(d, chosen, sections, fields, before)
        if instead.data:
            found = replace(found, with_last=_relation(changed, chosen, sections, fields, before))
            if found.with_last and not found.with_last.last_operands:
                raise d.error("with_last", "没有用到上年的数")
        yield found


def lines_of(
    d: Definition, name: str, about: str, sections: tuple[Section, ...], fields: Mapping[str, Field]
) -> list[dict[str, str]]:
    """The lines that a rule is for: as listed, or ``"*"``, every line that is no sum of the table that ``about`` speaks of."""
    each = d.part(name, {})
    values = [
        _every(each, key, about, sections, fields) if each.data[key] == EVERY else each.texts(key) for key in each.data
    ]
    return [dict(zip(each.data, chosen, strict=True)) for chosen in product(*values)]


def _every(
    d: Definition, key: str, about: str, sections: tuple[Section, ...], fields: Mapping[str, Field]
) -> tuple[str, ...]:
    place = "{" + key + "}"
    names = [word.removeprefix(LAST) for word in about.replace("*", " ").split() if place in word]
    for table in (table for section in sections for table in section.tables):
        for lines in (table.columns, table.rows):
            found = tuple(line.id for line in lines if line.additive and _has(table, names, place, line, fields))
            if found:
                return found
    raise d.error(key, f"“{EVERY}”不知道指哪张表：左边要有带 {place} 的指标")


def _has(table: Table, names: list[str], place: str, line: Line, fields: Mapping[str, Field]) -> bool:
    """Whether a name with its place filled in is a field of a table."""
    found = (fields.get(name.replace(place, line.id)) for name in names[:1])
    return any(field and (field.row in table.rows and field.column in table.columns) for field in found)


def read_sum(d: Definition, name: str, text: str, fields: Mapping[str, Field]) -> Sum:
    """A sum as written, groups (``requests.denied.*.total``) in full; FormError where it cannot be read. Names are not looked up."""
    try:
        found = parse_sum(text, fields)
    except ValueError as problem:
        raise _puzzling(d, name, problem) from None
    for _, other in found.terms:
        field = fields.get(other.removeprefix(LAST))
        if field is not None and field.type in APART:
            raise d.error(
                name, f"“{other}”是比率、选择或者文字，不能写进算式", _INSTEAD[field.type].format(other=other)
            )
    return found


_INSTEAD: dict[str, str] = {
    "ratio": "比率写成两个数相比",
    "choice": "选择只能写进条件：{other} = '选项'",
    "words": "文字不能比较",
}


def _puzzling(d: Definition, key: str, problem: ValueError) -> FormError:
    """What is wrong with a sum or a condition: what cannot be read, and what to write instead."""
    reason, _, remedy = str(problem).rpartition("：")
    return d.error(key, reason, remedy) if reason else d.error(key, remedy, "写成 指标编号 + 指标编号")


@dataclass
class _Words:
    """The sums and conditions of a relation as they are written; FormError where they are not to be read."""

    d: Definition
    chosen: Mapping[str, str]
    """What stands for the places in its words: {row}, {column} …"""
    fields: Mapping[str, Field]
    sides: dict[str, Sum] = field(default_factory=dict)

    def said(self, key: str, also: Mapping[str, str] | None = None) -> str:
        """The words under a key, their places filled in."""
        return filled(self.d.text(key), {**self.chosen, **(also or {})})

    def side(self, key: str) -> Sum:
        """One of the two sides, by whose name the conditions may speak of it."""
        self.sides[key] = self._sum(key, self.said(key))
        return self.sides[key]

    def conditions(self, key: str, also: Mapping[str, str] | None = None) -> tuple[Condition, ...]:
        """The conditions under a key, any of which will do."""
        try:
            alternatives = parse_condition(self.said(key, also))
        except ValueError as problem:
            raise _puzzling(self.d, key, problem) from None
        return tuple(tuple(self._compare(key, *words) for words in alternative) for alternative in alternatives)

    def _sum(self, key: str, text: str) -> Sum:
        if text in self.sides:
            return self.sides[text]
        found = read_sum(self.d, key, text, self.fields)
        for _, name in found.terms:
            if name != CEILING and name.removeprefix(LAST) not in self.fields:
                raise unknown(self.d, key, name, self.fields)
            if name == CEILING and "ceiling" not in self.d.data:
                raise self.d.error(key, "用了 ceiling 却没有写各级的上限")
        return found

    def _asked(self, key: str, name: str, op: str, word: str) -> Comparison:
        """What is asked of a choice: whether it says a word, or says another."""
        field = self.fields.get(name)
        if name.startswith(LAST) and name.removeprefix(LAST) in self.fields:
            raise self.d.error(key, f"“{name}”：上年选的不能作条件", "只用这一年选的")
        if field is None:
            raise unknown(self.d, key, name, self.fields)
        if not field.choices:
            raise self.d.error(key, f"“{field.label}”不是选择，不能等于“{word}”", "与数相比的，不加引号")
        if op not in ("=", "!="):
            raise self.d.error(key, f"选择不分大小，不能用 {op}", "用 =（选）或者 !=（不选）")
        figure = field.chosen(word)
        if figure is None:
            raise self.d.error(key, f"“{field.label}”没有“{word}”这一项", f"可选的有：{'、'.join(field.choices)}")
        return Comparison(Sum(((1, name),)), op, Sum((), figure), "choice", field.choices)

    def _compare(self, key: str, left: str, op: str, right: str) -> Comparison:
        if word := quoted(right):
            return self._asked(key, left, op, word)
        if word := quoted(left):
            return self._asked(key, right, op, word)
        sides = self._sum(key, left), self._sum(key, right)
        types = {self.fields[f.removeprefix(LAST)].type for s in sides for f in s.fields} or {"count"}
        measured = types & UNITS.keys()
        if measured and len(types) > 1:
            raise self.d.error(
                key, f"“{left}”和“{right}”单位不同，不能比较", "两边要么都是件数，要么都是同一单位的金额"
            )
        return Comparison(sides[0], op, sides[1], measured.pop() if measured else "count")


def _relation(
    d: Definition, chosen: Mapping[str, str], sections: tuple[Section, ...], fields: Mapping[str, Field], before: str
) -> Relation:
    words = _Words(d, chosen, fields)
    left, right = words.side("left"), words.side("right")
    when, *others = words.conditions("when") if "when" in d.data else ((),)
    if others:
        raise d.error("when", "这里不能用 or")
    holds = _holds(words, lines_of(d, "every", words.said("holds"), sections, fields))
    shown = tuple(dict.fromkeys((*left.fields, *right.fields)))
    if not shown:
        raise d.error("left", "左右两边都没有指标")
    types = _type_of(left, fields), _type_of(right, fields)
    here = fields[shown[0].removeprefix(LAST)]
    place = {"row": here.row.name, "column": here.column_name}
    own = filled(d.text("text", ""), place)
    written = Relation(
        id=words.said("id"),
        severity=cast(Severity, d.choice("severity", SEVERITIES)),
        left=left,
        right=right,
        types=(types[0] or types[1] or "count", types[1] or types[0] or "count"),
        when=when,
        holds=holds,
        anchors=shown,
        text=own or sentence(shown, when, holds, fields, before),
        once="" if own else sentence(shown, when, holds, fields, before, full=False),
        sides=sides(left, right, fields, before) if own else SIDES,
        basis=filled(d.text("basis"), place),
        remedy=filled(d.text("remedy"), place),
        levels=read_levels(d),
        years=d.years("years"),
        ceiling=read_ceiling(d),
    )
    parts = _parts(fields)
    return written.mapped(lambda s: s.over_inputs(parts))


def _holds(words: _Words, lines: Sequence[Mapping[str, str]]) -> tuple[Condition, ...]:
    """What must hold: any of the conditions; with ``every``, the one condition for each of the lines."""
    if not lines:
        raise words.d.error("every", "没有一个值")
    first = words.conditions("holds", lines[0])
    if len(lines) == 1:
        return first
    if len(first) > 1:
        raise words.d.error("holds", "有 every 时这里不能用 or")
    return (tuple(comparison for line in lines for comparison in words.conditions("holds", line)[0]),)


def _parts(fields: Mapping[str, Field]) -> dict[str, tuple[str, ...]]:
    """What every total adds up this year. Last year's totals stay as they are: they may have added up other fields."""
    return {name: field.parts for name, field in fields.items()}


def _type_of(side: Sum, fields: Mapping[str, Field]) -> FieldType | None:
    return fields[side.fields[0].removeprefix(LAST)].type if side.fields else None


def unknown(d: Definition, key: str, name: str, fields: Mapping[str, Field]) -> FormError:
    """A name that no field has, with the nearest that one has."""
    near = get_close_matches(name.removeprefix(LAST), fields, 1, 0.6)
    return d.error(key, f"没有指标“{name}”", f"是不是 {near[0]}" if near else "编号见 xltools forms show")


def read_levels(d: Definition) -> tuple[Level, ...]:
    """The levels that a rule is for."""
    for level in d.texts("levels", []):
        if level not in LEVELS:
            raise d.error("levels", f"没有层级“{level}”", f"可用的有：{'、'.join(LEVELS)}")
    return cast(tuple[Level, ...], d.texts("levels", []))


def read_ceiling(d: Definition) -> dict[str, int] | None:
    """The thresholds by level, of which every one must be named; None for none."""
    if "ceiling" not in d.data:
        return None
    ceiling = d.part("ceiling")
    ceiling.only(*LEVELS)
    return {level: ceiling.get(level, int) for level in LEVELS}


def read_last_year(d: Definition, sections: tuple[Section, ...], fields: Mapping[str, Field]) -> LastYear:
    """How the form follows on last year's."""
    d.only("carried", "same", "from", "repeated", "jump")  # the last two are rules
    carried: dict[str, Sum] = {}
    for part in d.parts("carried", []):
        with part.apart():
            part.only("field", "each", "from")
            for chosen in lines_of(part, "each", part.text("field"), sections, fields):
                name, source = _carried(part, chosen, fields)
                carried[name] = source
    return LastYear(carried, read_crosswalks(d, fields))


def _carried(d: Definition, chosen: Mapping[str, str], fields: Mapping[str, Field]) -> tuple[str, Sum]:
    """A figure that is last year's, and the sum of last year's figures that it is."""
    name, text = (filled(d.text(key), chosen) for key in ("field", "from"))
    if name not in fields or fields[name].computed:
        raise d.error("field", f"没有填数的指标“{name}”")
    found = read_sum(d, "from", text, fields)
    for _, other in found.terms:
        if other not in fields or fields[other].unit != fields[name].unit:
            raise d.error("from", f"没有同单位的指标“{other}”")
    return name, found  # last year's totals are its own: they may have added up other fields


def read_wording(d: Definition) -> Wording:
    names, places = ("agency", "area", "contact", "reach"), ("agency", "year", "period", "basis", "phone", "ways")
    d.only(*names)
    said = {name: d.text(name, "") for name in names}
    for name, text in said.items():
        try:
            text.format_map(dict.fromkeys(places, ""))
        except (KeyError, ValueError, IndexError) as problem:
            raise d.error(name, f"只能用 {' '.join(f'{{{place}}}' for place in places)}：{problem}") from None
    return Wording(**said)


def read_chart(d: Definition, fields: Mapping[str, Field]) -> Chart:
    """Quantities of one unit, each a sum with the words for it."""
    d.only("title", "items")
    items = []
    for part in d.parts("items"):
        part.only("label", "sum")
        found = read_sum(part, "sum", part.text("sum"), fields)
        lacking = [name for name in found.fields if name not in fields]
        if lacking or not found.fields:
            raise part.error("sum", f"没有指标“{'、'.join(lacking)}”")
        items.append((part.text("label"), found))
    if not items:
        raise d.error("items", "没有一项")
    if len({fields[name].unit for _, found in items for name in found.fields}) > 1:
        raise d.error("items", "单位不同，不能画在一张图里")
    return Chart(d.text("title"), tuple(items))


def filled(text: str, chosen: Mapping[str, str]) -> str:
    for name, value in chosen.items():
        text = text.replace("{" + name + "}", value)
    return text
