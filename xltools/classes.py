"""Dataclasses that are made when they are first used.

``dataclasses.dataclass`` looks over the fields of a class, and writes and compiles the source of up to eight methods, whenever a
program starts: that was a third of a check of one file, most of whose classes it never uses. Here a class knows no more at first
than how its instances are laid out. What ``dataclasses`` knows of it, and the very methods that ``dataclasses`` makes, it has from
the first time that anybody asks. To a type checker it is ``dataclasses.dataclass``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, **asked):
        """As ``dataclasses.dataclass``, with neither ``order`` nor ``unsafe_hash``."""
        return _late(cls, **asked) if cls is not None else lambda cls: _late(cls, **asked)


_FIELDS, _PARAMS, _PLACES = "__dataclass_fields__", "__dataclass_params__", "__match_args__"


class _Asked:
    """What ``dataclasses`` knows of a class, in the place of each name by which it is asked for; all of it is made for the first."""

    def __init__(self, name: str, make: Callable[[], None], frozen: bool) -> None:
        self._name, self._make, self.frozen = name, make, frozen

    def __get__(self, instance: Any, owner: type) -> Any:
        self._make()
        return getattr(owner, self._name)


class _Own(NamedTuple):
    """What a class says of its own fields."""

    annotations: dict[str, Any]
    defaults: dict[str, Any]

    @classmethod
    def of(cls, made: type) -> _Own:
        """What stands in the body of a class."""
        told = dict(vars(made).get("__annotations__", {}))
        return cls(told, {name: vars(made)[name] for name in told if name in vars(made)})

    def fields(self) -> Iterator[str]:
        """Their names."""
        for name, kind in self.annotations.items():
            words = kind if isinstance(kind, str) else ""
            of_class = (
                words.removeprefix("typing.").startswith("ClassVar") or getattr(kind, "__origin__", kind) is ClassVar
            )
            if not of_class:
                yield name


def _late(cls: type, *, frozen: bool = False, eq: bool = True, slots: bool = False, kw_only: bool = False) -> Any:
    above = [base for base in cls.__mro__[:0:-1] if _FIELDS in vars(base)]
    if any(vars(base)[_PARAMS].frozen != frozen for base in above):
        raise TypeError(f"{cls.__qualname__} and what it stands on must both be frozen or both not")
    own = _Own.of(cls)
    made: Any = _slotted(cls, [*own.fields()], above, frozen=frozen) if slots else _plain(cls, own)
    names = {
        "__module__": made.__module__,
        "__qualname__": made.__qualname__,
        "__doc__": "else it is made of the signature",
    }

    def twin(fields: dict[str, Any], **asked: Any) -> Any:
        """A class of its own with the same fields, as ``dataclasses`` makes it."""
        base: Any = type(made.__name__, (), {**fields, **names})
        return dataclasses.dataclass(kw_only=kw_only, init=False, **asked)(base)

    def known() -> None:
        """Makes what is known of the class."""
        fields = {item.name: item for base in above for item in dataclasses.fields(base)}
        told = {name: item.type for name, item in fields.items()}
        right = twin({**fields, **own.defaults, "__annotations__": told | own.annotations}, repr=False, eq=False)
        right.__dataclass_params__.frozen = frozen
        for name in (_FIELDS, _PARAMS, _PLACES):
            setattr(made, name, getattr(right, name))

    def method(name: str) -> Any:
        """A method as it is made for a twin; it takes the place of the late one. Any may be made twice."""
        if name == "__init__":
            found = _init(made, frozen=frozen)
        else:
            fields = {item.name: item for item in dataclasses.fields(made)}
            said = {**fields, "__annotations__": {item.name: item.type for item in fields.values()}}
            found = vars(twin(said, frozen=name == "__hash__", repr=name == "__repr__", eq=name != "__repr__"))[name]
        setattr(made, name, found)
        return found

    for name in (_FIELDS, _PARAMS, _PLACES):
        setattr(made, name, _Asked(name, known, frozen))

    late = ["__init__", "__repr__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
    at_once: dict[str, Any] = {name: _first(name, method) for name in late}
    at_once |= {"__hash__": None} if eq and not frozen else {}
    at_once |= {"__setattr__": _refuse, "__delattr__": _refuse} if frozen else {}
    at_once |= {"__getstate__": _state, "__setstate__": _restored} if frozen and slots else {}
    for name, first in at_once.items():
        if vars(cls).get(name) is None:  # Python itself puts None beside an __eq__
            setattr(made, name, first)
    return made


def _init(made: Any, *, frozen: bool) -> Any:
    """How instances of a class are made, to the letter as ``dataclasses`` writes it: which for a frozen class compiles two methods
    more, each time."""
    scope: dict[str, Any] = {"_set": object.__setattr__, "_not_given": object()}
    places: dict[bool, list[str]] = {False: ["self"], True: []}
    lines = []
    for number, item in enumerate(dataclasses.fields(made)):
        name = value = asked = item.name
        if item.default is not dataclasses.MISSING:
            scope[f"_default_{number}"], asked = item.default, f"{name}=_default_{number}"
        elif item.default_factory is not dataclasses.MISSING:
            scope[f"_make_{number}"], asked = item.default_factory, f"{name}=_not_given"
            value = f"_make_{number}() if {name} is _not_given else {name}"
        if item.init:
            places[bool(item.kw_only)].append(asked)
        elif asked is name:  # nor has it anything of its own to begin with
            continue
        else:
            value = asked.partition("=")[2] if item.default is not dataclasses.MISSING else f"_make_{number}()"
        lines.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    given = ", ".join([*places[False], *(["*", *places[True]] if places[True] else [])])
    exec(f"def __init__({given}):\n " + "\n ".join(lines or ["pass"]), scope)
    scope["__init__"].__qualname__ = f"{made.__qualname__}.__init__"
    return scope["__init__"]


def _plain(cls: type, own: _Own) -> type:
    """A class with the defaults of its fields as ``dataclasses`` leaves them in it."""
    for name, default in own.defaults.items():
        if isinstance(default, dataclasses.Field):
            if default.default is dataclasses.MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, default.default)
    return cls


def _slotted(cls: type, names: list[str], above: list[type], *, frozen: bool) -> type:
    """A class like another whose instances have places for its fields and for nothing else."""
    inherited = {name for base in cls.__mro__[1:] for name in vars(base).get("__slots__", ())}
    every = dict.fromkeys((*(item.name for base in above for item in dataclasses.fields(base)), *names))
    body = {name: value for name, value in vars(cls).items() if name not in (*names, "__dict__", "__weakref__")}
    made = type(cls)(cls.__name__, cls.__bases__, {**body, "__slots__": tuple(n for n in every if n not in inherited)})
    made.__qualname__ = cls.__qualname__
    return made


def _first(name: str, method: Callable[[str], Any]) -> Any:
    def first(self: Any, *given: Any, **named: Any) -> Any:
        return method(name)(self, *given, **named)

    return first


def _refuse(self: Any, name: str, *value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, item.name) for item in dataclasses.fields(self)]


def _restored(self: Any, state: list[Any]) -> None:
    for item, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, item.name, value)
