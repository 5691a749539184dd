"""How a call of the door is made: its failures told, its folder's forms known, alone there; paths and words taken in any form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import wraps
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from xltools.errors import Misused, XltoolsError, refused

if TYPE_CHECKING:
    from xltools.collection.gathered import Gathered
    from xltools.season.settings import Settings

Name = str | PathLike[str]
Names = Name | Iterable[Name]
P = ParamSpec("P")
T = TypeVar("T")


def door(call: Callable[P, T]) -> Callable[P, T]:
    """A call whose failures are told as ``XltoolsError``, the operating system's refusals too; it knows the forms of its folder."""

    @wraps(call)
    def through(*given: P.args, **named: P.kwargs) -> T:
        from xltools.season.where import forms_of

        try:
            with forms_of(*_folders(given, named), family=_family(named)):
                return call(*given, **named)
        except BrokenPipeError:
            raise
        except OSError as problem:
            raise XltoolsError(refused(problem)) from problem

    return through


def alone(call: Callable[P, T]) -> Callable[P, T]:
    """A call that writes into its working folder (``home``, or where the program runs): no two at a time do."""

    @wraps(call)
    def through(*given: P.args, **named: P.kwargs) -> T:
        from xltools.season.where import find_home

        told: Any = named.get("home")
        home = Path(told) if told is not None else find_home(Path())
        with ExitStack() as held:
            if home is not None:
                from xltools.season.lock import alone_in

                held.enter_context(alone_in(home))
            return call(*given, **named)

    return through


def settings_of(home: Name | None) -> Settings:
    """The settings of the working folder that a call is made in; Misused where it is made in none."""
    from xltools.season.settings import read_settings
    from xltools.season.where import find_home, where_else

    found = Path(home) if home is not None else find_home(Path())
    if found is None:
        raise Misused(f"这条命令只在工作文件夹里运行；{where_else()}。")
    return read_settings(found)


def _family(named: Mapping[str, Any]) -> str | None:
    """The family of forms that a call names."""
    family = named.get("family")
    return family if isinstance(family, str) else None


def _folders(given: tuple[Any, ...], named: Mapping[str, Any]) -> list[Path]:
    """Where a call's working folder may be: as told, here, or where the first file it was given lies."""
    if named.get("home") is not None:
        return [Path(named["home"])]
    first = given[0] if given else None
    first = next(iter(first), None) if isinstance(first, (list, tuple)) else first
    return [Path(), *([Path(first)] if isinstance(first, (str, PathLike)) else [])]


def path_of(given: Name | None) -> Path | None:
    return None if given is None else Path(given)


def paths_of(given: Names | None) -> tuple[Path, ...]:
    if given is None:
        return ()
    return (Path(given),) if isinstance(given, (str, PathLike)) else tuple(map(Path, given))


def parts_of(given: Names | Gathered | None) -> tuple[tuple[Path, ...], Gathered | None]:
    """The files that are given, and what was gathered of them where that is given in their place."""
    if given is None or isinstance(given, (str, PathLike, Sequence)):
        return paths_of(given), None
    from xltools.collection.gathered import Gathered

    if isinstance(given, Gathered):
        return tuple(received.path for received in given.received), given
    return paths_of(given), None


def words_of(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def existing(file: Name) -> Path:
    path = Path(file)
    if not path.exists():
        raise XltoolsError(f"没有这个文件：{path}")
    return path
