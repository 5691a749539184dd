"""A filing by the names that its figures have now: a supplement that came later may call its lines as one that was issued before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from xltools.editions import form_of, rivals_of, supplement_titles
from xltools.form.fields import SUPPLEMENT, Origin
from xltools.form.layout import PROPERTY
from xltools.form.model import Filing, Form
from xltools.ooxml.sheets import ReceivedWorkbook
from xltools.terms import several

T = TypeVar("T")


def issued_spaces(workbook: ReceivedWorkbook) -> frozenset[str]:
    """The supplements whose figures had a namespace of their own when a workbook was issued."""
    return frozenset(name for name in workbook.properties.get(f"{PROPERTY}spaces", "").split(",") if name)


def named_as(form: Form, spaces: frozenset[str]) -> Form:
    """A form with the names that its figures had when these supplements had namespaces of their own."""
    if form.origin is None or form.origin.spaces == spaces:
        return form
    return form_of(replace(form.origin, spaces=spaces))


def names_between(old: Form, new: Form) -> dict[str, str]:
    """How the figures, parts and rules are called in one of two forms that differ in nothing but names: those that differ."""
    pairs: list[tuple[str, str]] = [*zip(old.fields, new.fields, strict=True)]
    pairs += ((a.id, b.id) for a, b in zip(old.sections, new.sections, strict=True))
    pairs += ((a.id, b.id) for a, b in zip(old.rules, new.rules, strict=True))
    return {a: b for a, b in pairs if a != b}


def called_now(form: Form, name: str) -> tuple[str, ...]:
    """What a form calls now that somebody wrote down by a name: several where supplements of it called theirs the same.

    A name that it has, or never had, stands for itself.
    """
    if f"{SUPPLEMENT}." not in name or form.origin is None:
        return (name,)
    return _called_before(form.origin).get(name, (name,))


def called_before(form: Form) -> dict[str, str]:
    """What the figures, parts and rules of a form were called before another supplement came or went, by what they are now."""
    known = _called_before(form.origin) if form.origin is not None and form.supplements else {}
    return {now: before for before, names in known.items() for now in names}


def following(form: Form, given: Mapping[str, T]) -> dict[str, T]:
    """What was kept by the names of a form, by those that it has now; left out is what may be of several."""
    names = {name: called_now(form, name) for name in given}
    return {now[0]: given[name] for name, now in names.items() if len(now) == 1}


@lru_cache(maxsize=64)
def _called_before(origin: Origin) -> dict[str, tuple[str, ...]]:
    """What figures, parts and rules were called when one supplement had a namespace and now has none, or the other way: what
    each is called now. Names that are in use now are not among them.
    """
    plain = replace(origin, packs=())
    now, found = form_of(plain), dict[str, tuple[str, ...]]()
    for name in now.supplements:
        for before, after in names_between(form_of(replace(plain, spaces=plain.spaces ^ {name})), now).items():
            found[before] = (*found.get(before, ()), after)
    used = {*now.fields, *(s.id for s in now.sections), *(r.id for r in now.rules)}
    return {before: names for before, names in found.items() if before not in used}


def renamings(form: Form, spaces: frozenset[str]) -> Iterator[dict[str, str]]:
    """What is to be told of each supplement of a form whose figures were called otherwise when these had namespaces."""
    assert form.origin is not None
    titles = supplement_titles()
    for name in sorted(form.origin.spaces ^ spaces):
        rivals = rivals_of(form.edition, name)
        items = dict.fromkeys(item for found in rivals.values() for item in found)
        yield {
            "supplement": titles.get(name, name),
            "other": "、".join(f"“{titles.get(other, other)}”" for other in rivals) or "（已经拿走的一个）",
            "names": f"编号 {several(list(items), 3, '项')}" if items else "同样的编号",
        }


def renamed(filing: Filing, names: Mapping[str, str]) -> Filing:
    """A filing with what it holds by name under other names."""
    if not names:
        return filing

    def put(given: Mapping[str, T]) -> dict[str, T]:
        return {names.get(name, name): value for name, value in given.items()}

    def each(given: frozenset[str]) -> frozenset[str]:
        return frozenset(names.get(name, name) for name in given)

    by_name: dict[str, Any] = {
        name: put(getattr(filing, name))
        for name in (
            "inputs",
            "typed",
            "stored",
            "texts",
            "explanations",
            "stamps",
            "last",
            "last_texts",
            "last_beside",
        )
    }
    by_name |= {name: each(getattr(filing, name)) for name in ("unread", "declared_zero", "carried")}
    lines = tuple(replace(one, figures=put(one.figures), typed=put(one.typed)) for one in filing.adjustments)
    return replace(filing, **by_name, adjustments=lines)
