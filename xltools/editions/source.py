"""A part of a definition, read key by key: every complaint names file and key, and none hides the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from difflib import get_close_matches
from typing import Any, TypeVar, cast

from xltools.classes import dataclass
from xltools.errors import FormError, FormErrors

T = TypeVar("T")
_NAME = re.compile(r"\w[\w.-]{0,59}")


@dataclass(frozen=True)
class Definition:
    """A part of a TOML file, with the key that leads to it, so that every complaint can name both.

    ``told`` are the mistakes found so far, of all parts of a definition together.
    """

    file: str
    data: Mapping[str, Any]
    at: str = ""
    told: list[FormError] = field(default_factory=list, compare=False)

    def key(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name

    def error(self, name: str, reason: str, remedy: str = "") -> FormError:
        return FormError(self.file, self.key(name), reason, remedy)

    def fit_name(self) -> None:
        """Notes an id that its file could not be called by."""
        name = self.data.get("id")
        if isinstance(name, str) and name and not _NAME.fullmatch(name):
            self.note("id", f"“{name}”不能作编号", "用字母、数字、减号，60 个字以内")

    # ── going on after a mistake ─────────────────────────────────────────────

    def note(self, name: str, reason: str, remedy: str = "") -> None:
        """A mistake that does not keep the rest from being read."""
        self.told.append(self.error(name, reason, remedy))

    @contextmanager
    def apart(self) -> Iterator[None]:
        """What is read inside is left out where it is wrong; the rest goes on."""
        try:
            yield
        except FormError as problem:
            self.told.extend(problem.every)

    def each(self, name: str, make: Callable[[Definition], T], default: Any = ...) -> list[T]:
        """What is made of each part of a list, those left out that are wrong."""
        found: list[T] = []
        with self.apart():
            for part in self.parts(name, default):
                with self.apart():
                    found.append(make(part))
        return found

    def finish(self) -> None:
        """Raises what was told, if anything was: one mistake as it is, several together."""
        if self.told:
            told = list({(p.key, p.reason): p for p in self.told}.values())
            raise told[0] if len(told) == 1 else FormErrors(told)

    # ── values ───────────────────────────────────────────────────────────────

    def only(self, *known: str) -> None:
        """Tells keys that nothing reads: a misspelt key is a mistake, not a comment."""
        for name in self.data:
            if name not in known:
                near = get_close_matches(name, known, 1, 0.7)
                self.note(
                    name,
                    f"不认识的键；这里可用：{'、'.join(known)}",
                    f"是不是 {near[0]}" if near else "删去，或者改成可用的",
                )

    def get(self, name: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
        if name not in self.data:
            if default is ...:
                raise self.error(name, "缺少这一项", f"补上 {name} = …")
            return default
        value = self.data[name]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            right = _KINDS.get(kinds[0], "别的")
            raise self.error(name, f"类型不对：{value!r}，应当是{right}", f"改成{right}")
        return value

    def text(self, name: str, default: Any = ...) -> str:
        return cast(str, self.get(name, str, default))

    def choice(self, name: str, known: Iterable[str], default: Any = ...) -> str:
        value = self.text(name, default)
        if value not in tuple(known):
            near = get_close_matches(value, tuple(known), 1, 0.6)
            remedy = f"是不是 {near[0]}" if near else f"写成 {'、'.join(known)} 中的一个"
            raise self.error(name, f"“{value}”不在可用的值之内：{'、'.join(known)}", remedy)
        return value

    def texts(self, name: str, default: Any = ...) -> tuple[str, ...]:
        values = self.get(name, list, default)
        if not all(isinstance(v, str) for v in values):
            raise self.error(name, "应当全部是文字")
        return tuple(values)

    def years(self, name: str) -> tuple[int, int | None]:
        """Years from … to, each of which may be left out; from the beginning to no end where nothing is said."""
        if name not in self.data:
            return 0, None
        d = self.part(name)
        d.only("from", "to")
        first, last = d.get("from", int, 0), d.get("to", int, None)
        if last is not None and last < first:
            raise d.error("to", "早于 from")
        return first, last

    def part(self, name: str, default: Any = ...) -> Definition:
        return Definition(self.file, self.get(name, dict, default), self.key(name), self.told)

    def parts(self, name: str, default: Any = ...) -> Iterator[Definition]:
        for number, item in enumerate(self.get(name, list, default), 1):
            where = f"{self.key(name)}[{number}]"
            if not isinstance(item, dict):
                raise FormError(self.file, where, "应当是一个表")
            yield Definition(self.file, item, where, self.told)


_KINDS: dict[type, str] = {
    str: "文字（加引号）",
    int: "整数（不加引号）",
    list: "一列值（[…]）",
    dict: "一个表（{…}）",
    bool: "true 或 false",
}
"""Words for the kinds of values."""
