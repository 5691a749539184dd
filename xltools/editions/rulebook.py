"""Rules from definitions: those that all forms have, those of one form, and what data changes of them."""

from __future__ import annotations

import tomllib
import typing
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, fields, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from xltools.editions.relations import read_ceiling, read_levels
from xltools.editions.source import Definition
from xltools.form.model import Rule
from xltools.form.scopes import Amendment, Span
from xltools.periods import spoken
from xltools.rules import kinds
from xltools.terms import SEVERITIES

_COMMON = "common.toml"


@lru_cache(maxsize=16)
def common_rules(periods: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """The rules that every form has, in words for one that is filed for these parts of a year."""
    text = (Path(__file__).parent / "rulebooks" / _COMMON).read_text("utf-8")
    top = Definition(_COMMON, tomllib.loads(text))
    rules = tuple(top.each("rule", read_rule))
    top.finish()
    return tuple(replace(rule, text=spoken(rule.text, periods)) for rule in rules) if periods else rules


def read_rule(d: Definition, kind: str = "", periods: Sequence[str] = ()) -> Rule:
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
    rule = cls(**{"text": spoken(cls.words, periods), **given})
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
        rules = tuple(rule.changed(change) if _named(rule, name) else rule for rule in rules)
    return rules


def packed(top: Definition, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules with what a rule pack says of them: ``[[change]]``, each for some rules by pattern, years, levels and regions.

    A pattern that names no rule of these changes none: a pack may be for several editions.
    """
    top.only("id", "title", "change")
    title = top.text("title", top.text("id"))
    top.fit_name()
    if "change" not in top.data:
        top.note("change", "没有一条改动", "每条写 [[change]]")
    for d in top.parts("change", []):
        with d.apart():
            names = d.texts("rule") if isinstance(d.data.get("rule"), list) else (d.text("rule"),)
            span = Span(levels=read_levels(d), years=d.years("years"), regions=d.texts("regions", []))
            about = [rule for rule in rules if any(_named(rule, name) for name in names)]
            said = tuple(_said(d, about))
            change = Amendment(said, span, title)
            rules = tuple(replace(r, changes=(*r.changes, change)) if r in about else r for r in rules)
    top.finish()
    return rules


def unnamed(top: Definition, rules: tuple[Rule, ...]) -> Iterator[tuple[str, str]]:
    """The patterns of a pack that name none of these rules, by key."""
    for d in top.parts("change", []):
        given = d.data.get("rule", ())
        for name in (given,) if isinstance(given, str) else given:
            if not any(_named(rule, name) for rule in rules):
                yield d.key("rule"), name


_SPAN = ("rule", "levels", "years", "regions")


def _said(d: Definition, about: Sequence[Rule]) -> Iterator[tuple[str, Any]]:
    """What a change says: severity, words, and the thresholds that every rule it is about has."""
    thresholds = [_thresholds(rule) for rule in about]
    common = sorted(set.intersection(*thresholds)) if thresholds else [key for key in d.data if key not in _SPAN]
    known = ("severity", "remedy", "basis", *common)
    d.only(*_SPAN, *known)
    if not any(key in d.data for key in known):
        raise d.error("rule", "没有写改什么", "写级别（severity）、处理办法（remedy）、依据（basis）或者门槛")
    for key in (key for key in d.data if key in known):
        if key == "severity":
            yield key, d.choice(key, SEVERITIES)
        elif key in ("remedy", "basis"):
            yield key, d.text(key)
        else:
            yield key, read_ceiling(d) if key == "ceiling" else d.get(key, int)


def _thresholds(rule: Rule) -> set[str]:
    numbers = {f.name for f in fields(rule) if isinstance(getattr(rule, f.name), int)} - {"listed"}
    return numbers | ({"ceiling"} if getattr(rule, "ceiling", None) is not None else set())


def _named(rule: Rule, name: str) -> bool:
    return rule.id == name or fnmatchcase(rule.id, name)


def _changed(d: Definition, rules: Iterable[Rule], name: str) -> Iterator[tuple[str, Any]]:
    """What a table changes: severity, remedy, and the thresholds that every rule of the name has."""
    about = [rule for rule in rules if _named(rule, name)]
    thresholds = [_thresholds(rule) - {"ceiling"} for rule in about]
    known = ("severity", "remedy", *sorted(set.intersection(*thresholds) if thresholds else ()))
    d.only(*known)
    for key in (key for key in d.data if key in known):
        yield (
            key,
            d.choice(key, SEVERITIES) if key == "severity" else d.text(key) if key == "remedy" else d.get(key, int),
        )
