"""Files that are read: ordinary ones of a bounded size, at once or not at all. A pipe or a device is never waited for."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from xltools.characters import whole
from xltools.errors import Refused as Refused
from xltools.errors import XltoolsError, why

TEXT_LIMIT, LIST_LIMIT = 16 * 2**20, 32 * 2**20
"""Bytes of a file of values, and of a list kept by an office: many times what any of them has."""

_OF_SYSTEMS = frozenset(("system volume information", "$recycle.bin", "lost+found"))

_NONE_OF_THEM = {
    stat.S_IFDIR: "它是一个文件夹",
    stat.S_IFIFO: "它是一个管道，不是文件",
    stat.S_IFSOCK: "它是一个套接字，不是文件",
    stat.S_IFCHR: "它是一个设备，不是文件",
    stat.S_IFBLK: "它是一个设备，不是文件",
}


def content_of(path: Path, limit: int) -> bytes:
    """The content of a file, which may lie in a zip archive (``returns.zip/a.xlsx``).

    Refused where it is no ordinary file, cannot be read, or is larger than so many bytes.
    """
    try:
        # What stands there may change between two looks: what is opened is looked at, and opening never waits.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            found = os.fstat(handle)
            kind = stat.S_IFMT(found.st_mode)
            if kind != stat.S_IFREG:
                raise Refused(_NONE_OF_THEM.get(kind, "它不是文件"))
            size = min(found.st_size, limit)  # room for the limit itself is dear to ask for
            content = stream.read(size + 1)
            if len(content) > size:  # it has grown meanwhile
                content += stream.read(limit + 1 - len(content))
    except OSError as problem:
        from xltools.archives import archive_over, opened

        if archive := archive_over(path):
            return opened(archive).read(PurePosixPath(*path.relative_to(archive).parts), limit)
        raise Refused(_kind_of(path) or why(problem)) from None
    if len(content) > limit:
        raise Refused("文件大得不合理", vast=True)
    return content


def is_of_a_system(name: str) -> bool:
    """Whether a folder is called as those that systems keep on a disk for themselves, and let nobody into."""
    return name.lower() in _OF_SYSTEMS


def files_beneath(folder: Path) -> list[Path]:
    """All that lies in a folder and in those beneath it and is no folder, in the same order on every system; a link to a folder,
    into which nobody looks, is among it.

    OSError where a folder cannot be looked into: what lies there is not nothing. Not those that systems keep for themselves.
    """

    def refuse(problem: OSError) -> None:
        raise problem

    found: list[Path] = []
    for at, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not is_of_a_system(name)]
        found += [Path(at, name) for name in names]
        found += [path for name in folders if (path := Path(at, name)).is_symlink()]
    return sorted(found, key=lambda path: path.parts)


def _kind_of(path: Path) -> str:
    """What a path is that could not be opened, in words; "" for a file."""
    try:
        return _NONE_OF_THEM.get(stat.S_IFMT(path.stat().st_mode), "")
    except OSError:
        return ""


def real(path: Path) -> Path:
    """Where a path leads, links followed; a link that leads to itself is where it ends."""
    return Path(os.path.realpath(path))


def must_read(path: Path, what: str, limit: int) -> bytes:
    """The content of a file that a command cannot do without; XltoolsError names it where it is not read."""
    try:
        return content_of(path, limit)
    except Refused as problem:
        raise XltoolsError(f"打不开{what}“{path}”：{problem.reason}") from None


def read_json(text: str | bytes, *, parse_float: Callable[[str], Any] = float) -> Any:
    """JSON as a value, its texts whole; ValueError, in Chinese, where it is none, names a key twice, or has no proper number."""
    try:
        return json.loads(text, parse_float=parse_float, parse_int=_integer, parse_constant=_no_number,
                          object_pairs_hook=_once)  # fmt: skip
    except json.JSONDecodeError as problem:
        raise ValueError(f"第 {problem.lineno} 行第 {problem.colno} 个字的地方写错了") from None
    except UnicodeDecodeError:
        raise ValueError("编码不是 UTF-8") from None
    except RecursionError:
        raise ValueError("括号套得太深") from None


_DIGITS = 400
"""Digits of a whole number: more than any cell, or any sum over cells, has."""


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError(f"数 {digits[:20]}… 有 {len(digits)} 位，长得不合理")
    return int(digits)


def _no_number(words: str) -> Any:
    raise ValueError(f"{words} 不是数；没有数的写 null")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"“{key}”写了两次，以哪一个为准没有定准；请只留一个")
        found[key] = value
    return {whole(key): _whole(value) for key, value in found.items()}


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole(value)
    return [_whole(item) for item in value] if isinstance(value, list) else value
