"""The forms and the finding codes told as data: what ``forms`` and ``codes`` print, and the docs are made from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypedDict

from xltools.editions import editions, load_form, supplement_titles, unsound
from xltools.editions.shelves import overlaid
from xltools.editions.succession import before
from xltools.figures import FieldType
from xltools.findings import CATALOGUE
from xltools.form.lastyear import ways
from xltools.form.layout import layout_of
from xltools.form.model import Form, Rule
from xltools.form.sums import Comparison, Condition, Sum
from xltools.outputs import slashed
from xltools.rules import kinds
from xltools.rules.relation import Relation
from xltools.terms import Severity


class EditionJson(TypedDict):
    """An edition: its family ("" for the one without a name), its years (the last is null where it has not ended), how many fields
    and phrases, what it lacks in words."""

    edition: str
    family: str
    title: str
    years: list[int | None]
    basis: str
    fields: int
    phrases: int
    gaps: list[str]


class SupplementJson(TypedDict):
    """A local addition."""

    id: str
    title: str


class FormsJson(TypedDict):
    """``forms list --json``: all editions and supplements."""

    editions: list[EditionJson]
    supplements: list[SupplementJson]
    problems: list[str]


class FieldJson(TypedDict):
    """A figure of a form, and its cell in a fresh blank."""

    id: str
    sheet: str
    cell: str
    label: str
    kind: Literal["input", "total"]
    type: FieldType
    sum: list[str]


class RelationJson(TypedDict):
    """A rule of a form, of whatever kind; ``listed`` says whether 校验 has a row for it.

    Of a relation ``when`` and ``holds`` are its conditions over input fields. ``levels`` are those that it is for (empty: all),
    ``years`` the first and the last one (null: no limit).
    """

    id: str
    severity: Severity
    text: str
    basis: str
    kind: str
    listed: bool
    when: str | None
    holds: str | None
    levels: list[str]
    years: list[int | None]


class FormJson(TypedDict):
    """``forms show --json``: one form, its fields in order and all its rules."""

    edition: str
    supplements: list[str]
    years: list[int | None]
    basis: str
    fields: list[FieldJson]
    relations: list[RelationJson]


class CodeJson(TypedDict):
    """A finding code; names in braces in its words are filled in when it is found."""

    code: str
    severity: Severity
    meaning: str
    message: str
    remedy: str


CodesJson = list[CodeJson]
"""``codes --json``: every finding code."""


def forms_list() -> FormsJson:
    """All editions and supplements."""
    forms = [load_form(name) for name in editions()]
    return {
        "editions": [
            {
                "edition": form.edition,
                "family": form.family,
                "title": form.title,
                "years": list(form.years),
                "basis": form.basis,
                "fields": len(form.fields),
                "phrases": len(form.lexicon.phrases),
                "gaps": list(gaps(form)),
            }
            for form in forms
        ],
        "supplements": [{"id": name, "title": title} for name, title in supplement_titles().items()],
        "problems": [*map(str, unsound()), *_overlaid()],
    }


def _overlaid() -> Iterator[str]:
    """The forms of folders that take the place of others with their ids."""
    for own, other in overlaid():
        below = f"“{slashed(other.place)}”" if other.place else "程序自带的一份"
        yield f"注意：“{slashed(own.place or Path(own.file))}”与{below}编号相同、内容不同，用前一份"


def gaps(form: Form) -> Iterator[str]:
    """What a form holds against nothing, in words: its texts, for want of phrases; last year's figures, of a crosswalk.

    It is told and not refused: such a form is a good one, and only who adds it can say whether that is meant.
    """
    if form.text_sections and not form.lexicon.phrases:
        yield "文字部分不与表格核对：lexicons 里没有一种说法是这个格式的指标"
    last = before(form.edition, form.family, form.years[0])
    if last and last.id in editions() and not ways(form, load_form(last.id)):
        yield f"不与上年用 {last.id} 版的表核对：没有写与它的对照（[last.from.{last.id}]）"


def form_json(form: Form) -> FormJson:
    """One form: its fields with their cells in a fresh blank, and all its rules, the sums among them, as ``relations``.

    A rule's ``listed`` says whether 校验 lists it: sums are locked formulas there, notes are for the reader only.
    """
    layout = layout_of(form)
    fields: list[FieldJson] = [
        {
            "id": f.id,
            "sheet": f.section.sheet,
            "cell": layout.cell(f.id),
            "label": f.label,
            "kind": f.kind,
            "type": f.type,
            "sum": list(f.rests_on),
        }
        for f in form.fields.values()
    ]
    relations = [_rule_json(rule) for rule in form.rules]
    return {
        "edition": form.edition,
        "supplements": list(form.supplements),
        "years": list(form.years),
        "basis": form.basis,
        "fields": fields,
        "relations": relations,
    }


def _rule_json(rule: Rule) -> RelationJson:
    relation = rule if isinstance(rule, Relation) else None
    return {
        "id": rule.id,
        "severity": rule.severity,
        "text": rule.sentence,
        "basis": rule.basis,
        "kind": rule.kind,
        "listed": rule.shows,
        "when": (_condition(relation.when) or None) if relation else None,
        "holds": " or ".join(map(_condition, relation.holds)) if relation else None,
        "levels": list(rule.levels),
        "years": [rule.years[0] or None, rule.years[1]],
    }


def _condition(comparisons: Condition) -> str:
    def right(c: Comparison) -> str:
        return f"'{c.word}'" if c.choices else _in_words(c.right)

    return " and ".join(f"{_in_words(c.left)} {c.op} {right(c)}" for c in comparisons)


def _in_words(of: Sum) -> str:
    """A sum as a definition writes it, over input fields."""
    terms = (f"{'-' if f < 0 else '+'} {'' if abs(f) == 1 else f'{abs(f)}*'}{name}" for f, name in of.terms)
    constant = [f"{'-' if of.constant < 0 else '+'} {abs(of.constant)}"] if of.constant or not of.terms else []
    return " ".join((*terms, *constant)).removeprefix("+ ")


def codes_json() -> CodesJson:
    """Every finding code, with the places in its words as they stand in the catalogue."""
    kinds()  # they bring codes of their own
    return [
        {"code": c.id, "severity": c.severity, "meaning": c.title, "message": c.message, "remedy": c.remedy}
        for c in CATALOGUE.values()
    ]
