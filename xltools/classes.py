"""Dataclasses whose methods are made when they are first called.

``dataclasses.dataclass`` writes the source of up to eight methods and compiles it, for each class, whenever a program starts: that
was a third of a check of one file, most of whose classes it never calls. Here a class knows its fields at once, and has the very
methods that ``dataclasses`` makes from the first call of each. To a type checker it is ``dataclasses.dataclass``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, **asked):
        """As ``dataclasses.dataclass``, with neither ``order`` nor ``unsafe_hash``."""
        return _late(cls, **asked) if cls is not None else lambda cls: _late(cls, **asked)


def _late(cls: type, *, frozen: bool = False, eq: bool = True, slots: bool = False, kw_only: bool = False) -> Any:
    below = frozen and any(map(dataclasses.is_dataclass, cls.__bases__))  # which must be frozen as those above are
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, frozen=below, slots=slots, kw_only=kw_only)(cls)
    made.__dataclass_params__.frozen = frozen

    def method(name: str) -> Any:
        """A method as it is made for a twin with the same fields; it takes the place of the late one. Any may be made twice."""
        known = {item.name: item for item in dataclasses.fields(made)}
        said = {"__annotations__": {item.name: item.type for item in known.values()}, "__module__": made.__module__,
                "__qualname__": made.__qualname__, "__doc__": "else it is made of the signature"}  # fmt: skip
        more = {"__post_init__": made.__post_init__} if hasattr(made, "__post_init__") else {}
        asked = {"init": name == "__init__", "repr": name == "__repr__", "eq": name in ("__eq__", "__hash__")}
        twin: Any = dataclasses.dataclass(frozen=frozen, **asked)(type(made.__name__, (), {**known, **said, **more}))
        found = vars(twin)[name]
        setattr(made, name, found)
        return found

    late = ["__init__", "__repr__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
    at_once: dict[str, Any] = {name: _first(name, method) for name in late}
    at_once |= {"__hash__": None} if eq and not frozen else {}
    at_once |= {"__setattr__": _refuse, "__delattr__": _refuse} if frozen else {}
    at_once |= {"__getstate__": _state, "__setstate__": _restored} if frozen and slots else {}
    for name, first in at_once.items():
        if vars(cls).get(name) is None:  # Python itself puts None beside an __eq__
            setattr(made, name, first)
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
