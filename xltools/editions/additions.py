"""A supplement laid over a form: tables below its parts, rows within its tables, texts, relations, charts, and rules changed.

Its figures are called ``supplement.<item>``; where two supplements of one edition call anything the same, the figures of both are
called ``supplement.<its id>.<item>``, whichever of them are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from xltools.editions.definition import fields_of, fit_sheets, identity_of, meeting, total_rule, years_of
from xltools.editions.grids import fit_ratios, fit_sums, lines_said, table_of
from xltools.editions.relations import read_chart, read_relations
from xltools.editions.rulebook import adjusted, in_order
from xltools.editions.source import Definition
from xltools.errors import XltoolsError
from xltools.form.fields import SUPPLEMENT, Line, Section, Table
from xltools.form.model import Form, Rule

_KEYS = (
    "id",
    "title",
    "editions",
    "years",
    "table",
    "rows",
    "section",
    "relation",
    "chart",
    "severity",
    "rule",
)


def space_of(name: str, spaces: Iterable[str]) -> str:
    """How the ids of a supplement's own figures begin, without the dot."""
    own = re.sub(r"\W", "_", name)
    return f"{SUPPLEMENT}.{own}" if name in spaces else SUPPLEMENT


def read_supplement(top: Definition, form: Form, spaces: Iterable[str] = ()) -> Form:
    """The form with a supplement laid over it; FormError where it is wrong, XltoolsError where it is for another edition."""
    top.only(*_KEYS)
    known = identity_of(top, ("id", "title"))
    if form.edition not in top.texts("editions"):
        raise XltoolsError(f"补充项 {known['id']} 不用于格式版本 {form.edition}")
    years, prefix = years_of(top), space_of(known["id"], spaces)
    top = replace(top, data=_named(top.data, prefix))
    sections = _sections(top, form.sections, prefix)
    fields = fields_of(top, sections)
    known_rules = {rule.id for rule in form.rules}
    added: list[Rule] = [total_rule(f) for f in fields.values() if f.computed and f.id not in form.fields]
    for d in top.parts("relation", []):
        made = read_relations(d, sections, fields, form.periods)
        for rule in made:
            if not rule.id.startswith(f"{prefix}."):
                d.note("id", f"补充项的勾稽关系“{rule.id}”", f"编号以 {SUPPLEMENT}. 开头")
            elif rule.id in known_rules:
                d.note("id", f"勾稽关系的 id“{rule.id}”重复", "换一个编号")
            known_rules.add(rule.id)
        added += made
    charts = tuple(top.each("chart", lambda d: read_chart(d, fields), []))
    rules = in_order((*form.rules, *added))
    with top.apart():
        rules = adjusted(top, rules)
    with top.apart():
        years = meeting(top, form.years, years)
    top.finish()
    return replace(form, years=years, sections=sections, fields=fields, rules=rules, charts=(*form.charts, *charts),
                   supplements=(*form.supplements, known["id"]))  # fmt: skip


def _named(data: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """A definition with the names of its own figures in full: it calls them ``supplement.<item>`` itself."""

    def named(value: Any) -> Any:
        if isinstance(value, str):
            return re.sub(rf"(?<![\w.])((?:last\.)?){SUPPLEMENT}\.", rf"\g<1>{prefix}.", value)
        if isinstance(value, dict):
            return {key: named(item) for key, item in value.items()}
        return [named(item) for item in value] if isinstance(value, list) else value

    spoken = ("relation", "chart")
    return {key: named(value) if key in spoken else value for key, value in data.items()}


def _sections(top: Definition, sections: tuple[Section, ...], prefix: str) -> tuple[Section, ...]:
    """The parts with what a supplement adds: tables at their end, rows within their tables, texts after all others."""
    found = {s.id: s for s in sections}
    with_tables = tuple(s.id for s in sections if s.tables)
    for d in top.parts("table", []):
        with d.apart():
            name = d.choice("section", with_tables)
            found[name] = replace(found[name], tables=(*found[name].tables, table_of(d, prefix, "section")))
    for name, tables in _with_rows(top, found, prefix, with_tables).items():
        found[name] = replace(found[name], tables=tables)
    texts = tuple(top.each("section", lambda d: _text(d, prefix), []))
    whole = (*(found[s.id] for s in sections), *texts)
    fit_sheets(top, whole)
    return whole


def _with_rows(
    top: Definition, sections: Mapping[str, Section], prefix: str, known: tuple[str, ...]
) -> dict[str, tuple[Table, ...]]:
    """The tables of the parts that rows are put into, each row below the one that it names.

    A sum among these rows adds rows of the supplement, and rows of the table itself, wherever in it they stand.
    """
    changed: dict[str, tuple[Table, ...]] = {}
    groups: list[tuple[Definition, str, int]] = []
    for d in top.parts("rows", []):
        with d.apart():
            d.only("section", "after", "rows")
            name = d.choice("section", known)
            tables = changed.get(name, sections[name].tables)
            number, table = _put_in(d, tables, prefix)
            changed[name] = (*tables[:number], table, *tables[number + 1 :])
            groups.append((d, name, number))
    for d, name, number in groups:
        with d.apart():
            tables = changed[name]
            table = tables[number]
            table = replace(table, rows=fit_sums(d, "rows", tuple(_whole(row, table, prefix) for row in table.rows)))
            fit_ratios(d, table)
            changed[name] = (*tables[:number], table, *tables[number + 1 :])
    return changed


def _put_in(d: Definition, tables: tuple[Table, ...], prefix: str) -> tuple[int, Table]:
    """Which of the tables rows are put into, and it with them."""
    after = d.text("after")
    places = [
        (n, row) for n, table in enumerate(tables) for row in table.rows if row.id in (after, f"{prefix}.{after}")
    ]
    if len(places) != 1:
        names = "、".join(f"{row.id}（{row.name}）" for table in tables for row in table.rows if row.id)
        raise d.error("after", f"没有“{after}”这一行" if not places else f"“{after}”不止一行", f"写行的编号：{names}")
    number, below = places[0]
    table = tables[number]
    rows = tuple(replace(row, id=f"{prefix}.{row.id}") for row in lines_said(d, "rows"))
    known = {row.label for row in table.rows}
    for at, row in enumerate(rows, 1):
        if row.label in known:
            d.note(f"rows[{at}].label", f"这张表里已经有“{'/'.join(row.label)}”", "换一个名称")
    at = table.rows.index(below) + 1
    return number, replace(table, rows=(*table.rows[:at], *rows, *table.rows[at:]))


def _whole(row: Line, table: Table, prefix: str) -> Line:
    """A row of a supplement with the rows that it adds or divides called as the table has them."""
    if not row.id.startswith(f"{prefix}."):
        return row
    ids = {other.id for other in table.rows}

    def whole(name: str) -> str:
        return f"{prefix}.{name}" if f"{prefix}.{name}" in ids else name

    measure = row.measure and replace(row.measure, of=tuple(map(whole, row.measure.of)))
    return replace(row, parts=tuple(map(whole, row.parts)), measure=measure)


def _text(d: Definition, prefix: str) -> Section:
    d.only("id", "sheet", "title", "text", "none")
    return Section(
        f"{prefix}.{d.text('id')}", d.text("sheet"), d.text("title"), d.text("text"), (), d.get("none", bool, False)
    )


# ── two that call anything the same ──────────────────────────────────────────


def clashing(found: Mapping[str, Mapping[str, Any]], edition: str) -> frozenset[str]:
    """The supplements of an edition, of those by id, that call anything as another one does."""
    return frozenset(name for name in found if rivals(found, edition, name))


def rivals(found: Mapping[str, Mapping[str, Any]], edition: str, name: str) -> dict[str, tuple[str, ...]]:
    """The other supplements of an edition, for a year that one is for too, that call anything as it does: what, by their ids."""
    own = list(_items(found[name])) if edition in found[name].get("editions", ()) else []
    said = {one: list(_items(data)) for one, data in found.items()
            if one != name and edition in data.get("editions", ()) and meet(data, found[name])}  # fmt: skip
    shared = {
        other: tuple(dict.fromkeys(_bare(item) for item in own if item in items)) for other, items in said.items()
    }
    return {other: items for other, items in shared.items() if items}


def meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether there is a year that two definitions are for; where one says none that can be read, there may be."""
    said = [years for data in (one, other) if isinstance(years := data.get("years"), dict)]
    begins = [year for years in said if isinstance(year := years.get("from"), int)]
    ends = [year for years in said if isinstance(year := years.get("to"), int)]
    return not begins or not ends or max(begins) <= min(ends)


def _bare(item: str) -> str:
    """What is called alike, as it is told: without the places for lines, and what all of them begin with."""
    return re.sub(r"\.?\{\w+\}", "", item).removeprefix(f"{SUPPLEMENT}.")


def _items(data: Mapping[str, Any]) -> Iterator[str]:
    """What a supplement calls its own."""
    try:
        for table in data.get("table", ()):
            for row in table["rows"]:
                yield from (".".join(filter(None, (row["id"], column["id"]))) for column in table["columns"])
        yield from (row["id"] for some in data.get("rows", ()) for row in some["rows"])
        yield from (d["id"] for key in ("section", "relation") for d in data.get(key, ()))
    except (KeyError, TypeError, AttributeError):
        return  # it is refused where it is read
