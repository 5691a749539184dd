"""The crosswalk of a definition: how each of a form's figures follows on those of an earlier edition.

``[last.from.EDITION]`` has a key for each answer. A name in it is a figure's id, the beginning of ids (``requests.granted.``: a row),
or ids with one part left open (``requests.*.natural``: a column). ``[last.same]`` is the short way: what it does not name is 不可比.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import get_args

from xltools.editions.source import Definition
from xltools.form.fields import Descent, Field, Tie

TIES: tuple[Tie, ...] = get_args(Tie)
LISTED: tuple[Tie, ...] = ("same", "new", "other")
"""The answers that need no figure of the earlier edition beside them."""

Answer = tuple[Tie, str, tuple[str, ...]]
"""An answer as written: which, for what name, from what names."""


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    open_ended = f"{name}*" if name.endswith(".") else name
    return re.compile(re.escape(open_ended).replace(r"\*", "(.+)"))


def covered(name: str, fields: Iterable[str]) -> list[str]:
    """The fields that a name of a crosswalk stands for."""
    pattern = _pattern(name)
    return [field for field in fields if pattern.fullmatch(field)]


def put(name: str, source: str, field: str) -> str:
    """A field with what one name fixes of it changed to what another fixes; "" where the first does not stand for it."""
    match = _pattern(name).fullmatch(field)
    if not match:
        return ""
    open_ended = f"{source}*" if source.endswith(".") else source
    return open_ended.replace("*", match[1]) if match.groups() else source


def names_of(prefix: str, way: str, line: str, fields: Iterable[str], every: Iterable[str]) -> tuple[str, ...]:
    """How a crosswalk names a row or column whose fields these are, of a form with ``every`` field: in one name where that stands
    for just these, else field by field."""
    own = list(fields)
    name = f"{prefix}.{line}." if way == "row" else f"{prefix}.*.{line}"
    return (name,) if line and covered(name, every) == own else tuple(own)


def answers(d: Definition) -> Iterator[Answer]:
    """The answers of a crosswalk as written."""
    for tie in TIES:
        if tie not in d.data:
            continue
        if tie in LISTED:
            yield from ((tie, name, (name,) if tie == "same" else ()) for name in d.texts(tie))
            continue
        part = d.part(tie)
        for name in part.data:
            given = part.get(name, (str, list))
            sources = (given,) if isinstance(given, str) else part.texts(name)
            if not sources or (tie != "merged" and len(sources) > 1):
                raise part.error(name, "要写上一版的一项" if tie != "merged" else "要写上一版的几项")
            for source in sources:
                if source.count("*") != name.count("*") or source.endswith(".") != name.endswith("."):
                    part.note(name, f"“{source}”与“{name}”写法不同", "两边同是一个编号、同以点结尾，或者同有一个 *")
            yield tie, name, sources


def read_crosswalks(d: Definition, fields: Mapping[str, Field]) -> dict[str, dict[str, Descent]]:
    """The crosswalks to earlier editions, as resolved for each field; what is wrong is told."""
    found = {}
    same, whole = d.part("same", {}), d.part("from", {})
    for edition in same.data:
        if edition in whole.data:
            same.note(edition, "对照写了两处", f"只留 [last.from.{edition}]")
        names = [name for name in same.texts(edition) if _known(same, edition, name, name, fields)]
        alike = {field for name in names for field in covered(name, fields)}
        found[edition] = {name: Descent("same", (name,)) if name in alike else Descent("other") for name in fields}
    for edition in whole.data:
        with whole.apart():
            found[edition] = _resolved(whole.part(edition), fields)
    return found


def _resolved(d: Definition, fields: Mapping[str, Field]) -> dict[str, Descent]:
    d.only(*TIES)
    said: dict[str, list[Answer]] = {}
    for tie, name, sources in answers(d):
        if _known(d, tie, name, name, fields):
            for field in covered(name, fields):
                said.setdefault(field, []).append((tie, name, sources))
    found = {}
    for field in fields:
        if field in said:
            with d.apart():
                found[field] = _descent(d, field, said[field])
    return found


def _known(d: Definition, key: str, name: str, shown: str, fields: Mapping[str, Field]) -> bool:
    if name.count("*") > 1:
        d.note(key, f"“{shown}”里有几个 *", "一个名称里最多一个 *")
        return False
    if not covered(name, fields):
        near = get_close_matches(name, [*fields, *(f"{f.section.id}." for f in fields.values())], 1, 0.6)
        hint = f"是不是 {near[0]}；" if near else ""
        d.note(key, f"没有指标“{shown}”", f"{hint}写指标的编号，或者以点结尾的编号开头")
        return False
    return True


def _descent(d: Definition, field: str, said: list[Answer]) -> Descent:
    """What follows of all answers that stand for a field: the weightiest; row and column may both have another name."""
    tie = max((tie for tie, _, _ in said), key=TIES.index)
    if tie in ("new", "other"):
        return Descent(tie)
    found = [field]
    for one, name, sources in sorted(said, key=lambda answer: TIES.index(answer[0])):
        if one == "same":
            continue
        changed = [put(name, source, known) for known in found for source in sources]
        if not all(changed):
            raise d.error(one, f"{field} 有几种说法", "一个指标的来历只写一处；行和列可以各写一处")
        found = changed
    return Descent(tie, tuple(dict.fromkeys(found)))
