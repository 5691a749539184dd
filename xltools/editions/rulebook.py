"""Rules from definitions: those that all forms have, those of one form, and what data changes of them."""

from __future__ import annotations

import tomllib
import typing
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from typing import Any

from xltools.editions.relations import read_levels
from xltools.editions.source import Definition
from xltools.form.model import Rule
from xltools.rules import kinds
from xltools.terms import SEVERITIES

_COMMON = "common.toml"


@lru_cache(maxsize=1)
def common_rules() -> tuple[Rule, ...]:
    """The rules that every form has."""
    text = files("xltools.editions").joinpath("rulebooks").joinpath(_COMMON).read_text("utf-8")
    top = Definition(_COMMON, tomllib.loads(text))
    rules = tuple(top.each("rule", read_rule))
    top.finish()
    return rules


def read_rule(d: Definition, kind: str = "") -> Rule:
    """A rule of a kind (named in the definition where it is not given), its fields by their types; FormError for a bad one."""
    named = not kind
    kind = kind or d.choice("kind", kinds())
    cls = kinds()[kind]
    hints = typing.get_type_hints(cls)
    known = {f.name: f for f in fields(cls) if f.name not in ("listed", "anchors")}
    d.only(*known, *(("kind",) if named else ()))
    given = {}
    for name, f in known.items():
        if name in d.data or (f.default is MISSING and f.default_factory is MISSING and name != "text"):
            given[name] = _value(d, name, hints[name])
    rule = cls(**{"text": cls.words, **given})
    for key, reason in rule.unfit():
        raise d.error(key, reason)
    return rule


def _value(d: Definition, name: str, kind: Any) -> Any:
    if name == "severity":
        return d.choice(name, SEVERITIES)
    if name in ("levels", "years"):
        return read_levels(d) if name == "levels" else d.years(name)
    if kind is int:
        return d.get(name, int)
    return d.text(name) if kind is str else d.texts(name)


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules by kind, those of one kind as they come."""
    return tuple(sorted(rules, key=lambda rule: rule.rank))


def adjusted(top: Definition, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules with what a definition changes of them: ``[severity]``, a word for each, and ``[rule."id"]``, whole tables.

    An id may hold ``*``; one that names no rule is refused.
    """
    severity = top.part("severity", {})
    changes: list[tuple[Definition, str, dict[str, Any]]]
    changes = [(severity, name, {"severity": severity.choice(name, SEVERITIES)}) for name in severity.data]
    tables = top.part("rule", {})
    changes += ((tables, name, dict(_changed(tables.part(name), rules, name))) for name in tables.data)
    for place, name, change in changes:
        if not any(_named(rule, name) for rule in rules):
            raise place.error(name, "没有这一规则；编号见 xltools forms show")
        rules = tuple(replace(rule, **change) if _named(rule, name) else rule for rule in rules)
    return rules


def _named(rule: Rule, name: str) -> bool:
    return rule.id == name or fnmatchcase(rule.id, name)


def _changed(d: Definition, rules: Iterable[Rule], name: str) -> Iterator[tuple[str, Any]]:
    """What a table changes: severity, remedy, and the thresholds that every rule of the name has."""
    about = [rule for rule in rules if _named(rule, name)]
    thresholds = [
        {f.name for f in fields(rule) if isinstance(getattr(rule, f.name), int)} - {"listed"} for rule in about
    ]
    known = ("severity", "remedy", *sorted(set.intersection(*thresholds) if thresholds else ()))
    d.only(*known)
    for key in (key for key in d.data if key in known):
        yield (
            key,
            d.choice(key, SEVERITIES) if key == "severity" else d.text(key) if key == "remedy" else d.get(key, int),
        )
