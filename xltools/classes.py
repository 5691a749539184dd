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
    own = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    if own.get("__hash__", cls) is None:  # what Python itself puts beside an __eq__
        del own["__hash__"]
    below = any(map(dataclasses.is_dataclass, cls.__bases__))
    made: Any = dataclasses.dataclass(
        init=False, repr=False, eq=False, frozen=frozen and below, slots=slots, kw_only=kw_only
    )(cls)
    made.__dataclass_params__.frozen = frozen

    def method(name: str) -> Any:
        """A method as it is made for a twin of the class, which takes the place of the late one; any may be made twice."""
        asked = {"init": name == "__init__", "repr": name == "__repr__", "eq": name in ("__eq__", "__hash__")}
        twin = type(cls)(cls.__name__, cls.__bases__, {**own, "__qualname__": cls.__qualname__})
        found = vars(dataclasses.dataclass(frozen=frozen, kw_only=kw_only, **asked)(twin))[name]
        setattr(made, name, found)
        return found

    late = ["__init__", "__repr__", *(["__eq__"] if eq else []), *(["__hash__"] if eq and frozen else [])]
    late = [name for name in late if name not in own]
    at_once: dict[str, Any] = {name: _first(name, method) for name in late}
    at_once |= {"__hash__": None} if eq and not frozen else {}
    at_once |= {"__setattr__": _refuse, "__delattr__": _refuse} if frozen else {}
    at_once |= {"__getstate__": _state, "__setstate__": _restored} if frozen and slots else {}
    for name, first in at_once.items():
        if name not in own:
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
