"""A definition as the text of its file: the TOML of record, one line a row or column, as the frozen editions are written.

tomli_w would write each label's words on lines of their own, 749 lines for an edition of 320: nobody could hold two years' files
against each other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from xltools.errors import XltoolsError

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_LISTS = ("section", "table", "relation", "carried", "chart", "rule", "change")
"""Lists whose items are tables of their own; those of all others stand on a line each."""
_WIDE = 120


def toml_of(data: Mapping[str, Any], comment: str = "") -> str:
    """The text of a definition; reading it gives the same definition."""
    top = "".join(f"# {line}\n" for line in comment.splitlines())
    return top + "\n".join(_table(data, "")).strip() + "\n"


def _table(data: Mapping[str, Any], at: str) -> Iterator[str]:
    later: list[tuple[str, Any]] = []
    for name, value in data.items():
        if isinstance(value, dict) and name in ("each", "every"):
            yield from (f"{name}.{_key(key)} = {_value(item)}" for key, item in value.items())
        elif (isinstance(value, dict) and not _flat(value)) or _apart(name, value, at):
            later.append((name, value))
        else:
            yield f"{_key(name)} = {_value(value)}"
    for name, value in later:
        path = f"{at}.{_key(name)}" if at else _key(name)
        for item in value if isinstance(value, list) else [value]:
            yield from ("", f"[[{path}]]" if isinstance(value, list) else f"[{path}]")
            yield from _table(item, path)


def _apart(name: str, value: Any, at: str) -> bool:
    """Whether it is a list whose items are tables of their own; rows are where a supplement puts some into a table."""
    tables = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    return tables and (name in _LISTS or (name == "rows" and not at))


def _flat(value: Mapping[str, Any]) -> bool:
    """Whether a table stands on a line of its parent's, as years and thresholds do."""
    return all(isinstance(item, int) for item in value.values())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_inline(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "[\n" + "".join(f"    {_value(item)},\n" for item in value) + "]"
    return _broken(_inline(value))


def _broken(text: str) -> str:
    """A long list on several lines, as many of its items on each as there is room for."""
    if not text.startswith("[") or len(text) <= _WIDE:
        return text
    lines, words = [""], text[1:-1].split(", ")
    for word in words:
        if len(lines[-1]) + len(word) > _WIDE - 8:
            lines.append("")
        lines[-1] += f"{word}, " if lines[-1] else f"    {word}, "
    return "[\n" + "".join(f"{line.rstrip()}\n" for line in lines) + "]"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return _value(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    raise XltoolsError(f"格式定义里不能有 {value!r}")


def _key(name: str) -> str:
    return name if _BARE.match(name) else json.dumps(name, ensure_ascii=False)
