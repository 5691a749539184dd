"""A part of a definition file, read key by key: every complaint names file and key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from xltools.errors import FormError


@dataclass(frozen=True)
class Definition:
    """A part of a TOML file, with the key that leads to it, so that every complaint can name both."""

    file: str
    data: Mapping[str, Any]
    at: str = ""

    def key(self, name: str) -> str:
        return f"{self.at}.{name}" if self.at else name

    def error(self, name: str, reason: str) -> FormError:
        return FormError(self.file, self.key(name), reason)

    def only(self, *known: str) -> None:
        """Refuses keys that nothing reads: a misspelt key is a mistake, not a comment."""
        for name in self.data:
            if name not in known:
                raise self.error(name, f"不认识的键；这里可用：{'、'.join(known)}")

    def get(self, name: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
        if name not in self.data:
            if default is ...:
                raise self.error(name, "缺少这一项")
            return default
        value = self.data[name]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise self.error(name, f"类型不对：{value!r}")
        return value

    def text(self, name: str, default: Any = ...) -> str:
        return cast(str, self.get(name, str, default))

    def choice(self, name: str, known: Iterable[str], default: Any = ...) -> str:
        value = self.text(name, default)
        if value not in tuple(known):
            raise self.error(name, f"“{value}”不在可用的值之内：{'、'.join(known)}")
        return value

    def texts(self, name: str, default: Any = ...) -> tuple[str, ...]:
        values = self.get(name, list, default)
        if not all(isinstance(v, str) for v in values):
            raise self.error(name, "应当全部是文字")
        return tuple(values)

    def part(self, name: str, default: Any = ...) -> Definition:
        return Definition(self.file, self.get(name, dict, default), self.key(name))

    def parts(self, name: str, default: Any = ...) -> Iterator[Definition]:
        for number, item in enumerate(self.get(name, list, default), 1):
            where = f"{self.key(name)}[{number}]"
            if not isinstance(item, dict):
                raise FormError(self.file, where, "应当是一个表")
            yield Definition(self.file, item, where)
