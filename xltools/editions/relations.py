"""The relations of a definition, how it follows on last year's form, its charts and the words of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from itertools import product
from typing import cast

from xltools.editions.source import Definition
from xltools.errors import FormError
from xltools.figures import FieldType
from xltools.form.algebra import parse_condition, parse_sum, sentence
from xltools.form.model import Chart, Field, LastYear, Line, Section, Table, Wording
from xltools.form.sums import CEILING, LAST, Comparison, Condition, Sum
from xltools.rules.relation import Relation
from xltools.terms import LEVELS, SEVERITIES, Level, Severity

EVERY = "*"
"""Of a sum, all lines of the table that are no sums; of a relation's lines, all that are not."""

# ── relations ────────────────────────────────────────────────────────────────

_RELATION_KEYS = (
    "id", "each", "every", "severity", "left", "right", "when", "holds", "levels", "ceiling", "text", "basis", "remedy",
    "with_last",
)  # fmt: skip


def read_relations(d: Definition, sections: tuple[Section, ...], fields: Mapping[str, Field]) -> list[Relation]:
    """One relation, or one for each value of ``each``; what is wrong is told once."""
    before = len(d.told)
    found: list[Relation] = []
    with d.apart():
        found.extend(_relations(d, sections, fields))
    if "id" in d.data:
        for number in range(before, len(d.told)):  # by its id too: nobody counts relations
            told = d.told[number]
            d.told[number] = FormError(told.file, told.key, f"勾稽关系 {d.data['id']}：{told.reason}", told.remedy)
    return found


def _relations(d: Definition, sections: tuple[Section, ...], fields: Mapping[str, Field]) -> Iterator[Relation]:
    d.only(*_RELATION_KEYS)
    instead = d.part("with_last", {})
    instead.only(*(name for name in _RELATION_KEYS if name not in ("id", "each", "severity", "with_last")))
    changed = replace(d, data={**d.data, **instead.data})
    for chosen in lines_of(d, "each", str(d.data.get("left", "")), sections, fields):
        found = _relation(d, chosen, sections, fields)
        if instead.data:
            found = replace(found, with_last=_relation(changed, chosen, sections, fields))
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
            found = tuple(line.id for line in lines if not line.parts and _has(table, names, place, line, fields))
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
        return parse_sum(text, fields)
    except ValueError as problem:
        raise d.error(name, str(problem)) from None


def _relation(
    d: Definition, chosen: Mapping[str, str], sections: tuple[Section, ...], fields: Mapping[str, Field]
) -> Relation:
    def fill(text: str, also: Mapping[str, str] | None = None) -> str:
        return filled(text, {**chosen, **(also or {})})

    def read(name: str, text: str) -> Sum:
        if text in ("left", "right"):
            return sums[text]
        found = read_sum(d, name, text, fields)
        for _, field in found.terms:
            if field != CEILING and field.removeprefix(LAST) not in fields:
                raise unknown(d, name, field, fields)
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
    spread = lines_of(d, "every", fill(d.text("holds")), sections, fields)
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
    here = fields[shown[0].removeprefix(LAST)]
    words = {"row": here.row.name, "column": here.column_name}
    written = Relation(
        id=fill(d.text("id")),
        severity=cast(Severity, d.choice("severity", SEVERITIES)),
        left=sums["left"],
        right=sums["right"],
        types=(types[0] or types[1] or "count", types[1] or types[0] or "count"),
        when=when_alternatives[0],
        holds=holds,
        anchors=shown,
        text=filled(d.text("text", ""), words) or sentence(shown, when_alternatives[0], holds, fields),
        basis=filled(d.text("basis"), words),
        remedy=filled(d.text("remedy"), words),
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


def unknown(d: Definition, key: str, name: str, fields: Mapping[str, Field]) -> FormError:
    """A name that no field has, with the nearest that one has."""
    near = get_close_matches(name.removeprefix(LAST), fields, 1, 0.6)
    return d.error(key, f"没有指标“{name}”", f"是不是 {near[0]}" if near else "编号见 xltools forms show")


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


def read_last_year(d: Definition, sections: tuple[Section, ...], fields: Mapping[str, Field]) -> LastYear:
    """How the form follows on last year's."""
    d.only("carried", "same", "repeated", "jump")  # the last two are rules
    carried: dict[str, Sum] = {}
    for part in d.parts("carried", []):
        with part.apart():
            part.only("field", "each", "from")
            for chosen in lines_of(part, "each", part.text("field"), sections, fields):
                name, source = _carried(part, chosen, fields)
                carried[name] = source
    same = d.part("same", {})
    for edition in same.data:
        for name in same.texts(edition):
            if not any(field == name or (name.endswith(".") and field.startswith(name)) for field in fields):
                same.note(edition, f"没有指标“{name}”", "写指标的编号，或者以点结尾的编号开头")
    return LastYear(carried, {edition: same.texts(edition) for edition in same.data})


def _carried(d: Definition, chosen: Mapping[str, str], fields: Mapping[str, Field]) -> tuple[str, Sum]:
    """A figure that is last year's, and the sum of last year's figures that it is."""
    name, text = (filled(d.text(key), chosen) for key in ("field", "from"))
    if name not in fields or fields[name].parts:
        raise d.error("field", f"没有填数的指标“{name}”")
    found = read_sum(d, "from", text, fields)
    for _, field in found.terms:
        if field not in fields or fields[field].unit != fields[name].unit:
            raise d.error("from", f"没有同单位的指标“{field}”")
    return name, found.over_inputs(_parts(fields))


def read_wording(d: Definition) -> Wording:
    names, places = ("agency", "area", "contact", "reach"), ("agency", "year", "basis", "phone", "ways")
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
        items.append((part.text("label"), found.over_inputs(_parts(fields))))
    if not items:
        raise d.error("items", "没有一项")
    if len({fields[name].unit for _, found in items for name in found.fields}) > 1:
        raise d.error("items", "单位不同，不能画在一张图里")
    return Chart(d.text("title"), tuple(items))


def filled(text: str, chosen: Mapping[str, str]) -> str:
    for name, value in chosen.items():
        text = text.replace("{" + name + "}", value)
    return text
