"""Readings as plain JSON and back, by the types that their classes declare: a new field of a class needs nothing here."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from xltools.editions import load_form
from xltools.form.model import Form
from xltools.periods import PartOfYear, period

Coder = Callable[[Any], Any]


class Unfit(Exception):
    """A value that does not go into JSON, or JSON that is no such value."""


@lru_cache(maxsize=256)
def encoder(kind: Any) -> Coder:
    """The function that makes JSON of a value of a type."""
    return _coder(kind, _ENCODE, encoder)


@lru_cache(maxsize=256)
def decoder(kind: Any) -> Coder:
    """The function that makes a value of a type of its JSON; Unfit, KeyError, TypeError or ValueError where it is none."""
    return _coder(kind, _DECODE, decoder)


def _coder(kind: Any, plain: Mapping[Any, Coder], of: Callable[[Any], Coder]) -> Coder:
    encode = of is encoder
    if kind in plain:
        return plain[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _one_of(arguments)
    if origin in (Union, types.UnionType):
        return _union(arguments, of)
    if origin in (tuple, list, set, frozenset):
        if origin is tuple and arguments[-1] is not ...:
            return _fixed([of(item) for item in arguments])
        item = of(arguments[0])
        if encode:
            inner = sorted if origin in (set, frozenset) else list
            return lambda value: [item(v) for v in inner(value)]
        return lambda value: origin(item(v) for v in _a(value, list))
    if origin in (dict, Mapping):
        return _mapping(arguments[0], arguments[1], of)
    if is_dataclass(kind):
        return _record(kind, of)
    raise Unfit(f"no JSON for {kind}")


def _a(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise Unfit(f"{value!r} is no {kind.__name__}")
    return value


def _one_of(known: tuple[Any, ...]) -> Coder:
    def code(value: Any) -> Any:
        if value not in known:
            raise Unfit(f"{value!r} is none of {known}")
        return value

    return code


def _union(kinds: tuple[Any, ...], of: Callable[[Any], Coder]) -> Coder:
    """A union is told apart by what its JSON looks like: null, or the first type that takes the value."""
    coders = [of(kind) for kind in kinds if kind is not type(None)]

    def code(value: Any) -> Any:
        if value is None and type(None) in kinds:
            return None
        for coder in coders:
            try:
                return coder(value)
            except Unfit:
                continue
        raise Unfit(f"{value!r} is none of {kinds}")

    return code


def _fixed(items: list[Coder]) -> Coder:
    return lambda value: tuple(item(v) for item, v in zip(items, value, strict=True))


def _mapping(key: Any, item: Any, of: Callable[[Any], Coder]) -> Coder:
    code_key, code_item = of(key), of(item)
    # JSON's keys are texts: pairs keep numbers as they are.
    if key is str:
        return lambda value: {code_key(k): code_item(v) for k, v in value.items()}
    if of is encoder:
        return lambda value: [[code_key(k), code_item(v)] for k, v in value.items()]
    return lambda value: {code_key(k): code_item(v) for k, v in value}


def _record(kind: Any, of: Callable[[Any], Coder]) -> Coder:
    """A record by the names of its fields: one that an older version wrote lacks some, which then are what they are by default."""
    hints = get_type_hints(kind)
    coders = {f.name: of(hints[f.name]) for f in fields(kind)}
    if of is encoder:
        return lambda value: {name: coder(getattr(_a(value, kind), name)) for name, coder in coders.items()}
    return lambda value: kind(**{name: coder(value[name]) for name, coder in coders.items() if name in _a(value, dict)})


def _same(kind: type) -> Coder:
    return lambda value: _a(value, kind)


def _form(value: Any) -> Form:
    edition, supplements, digest = value
    form = load_form(edition, tuple(supplements))
    if form.digest != digest:
        raise Unfit(f"{edition} is not the form that was read")
    return form


def _anything(value: Any) -> Any:
    """What fills a message's places: words, numbers, nothing; all else would come back as something else."""
    if value is None or type(value) in (str, int, bool, float):
        return value
    raise Unfit(f"{value!r} is not plain")


_PLAIN: dict[Any, Coder] = {kind: _same(kind) for kind in (str, bool)} | {typing.Any: _anything}
_ENCODE: dict[Any, Coder] = {
    **_PLAIN,
    int: lambda value: str(value) if isinstance(value, PartOfYear) else _a(value, int),
    Path: str,
    Fraction: lambda value: [_a(value, Fraction).numerator, value.denominator],
    Form: lambda form: [form.edition, list(form.supplements), form.digest],
}
_DECODE: dict[Any, Coder] = {
    **_PLAIN,
    int: lambda value: period(value) if isinstance(value, str) else _a(value, int),
    Path: Path,
    Fraction: lambda value: Fraction(*_a(value, list)),
    Form: _form,
}
