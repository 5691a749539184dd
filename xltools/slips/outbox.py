"""The folder of what goes back: which of it is still just as we wrote it, and what is put away because it is settled."""

from __future__ import annotations

import contextlib
from collections.abc import Collection as Container
from collections.abc import Iterable
from pathlib import Path

from xltools.classes import dataclass
from xltools.inputs import Refused, content_of
from xltools.ooxml.trees import Unreadable
from xltools.received.file import FILE_LIMIT
from xltools.received.mark import untouched

LETTER, COPY, BESIDE = "退回单.docx", "请更正", "与上年对照.docx"
"""How the names of slips end."""

PATCHED = (".xlsx", ".xlsm", ".xltx")
"""Endings of workbooks that a marked copy keeps."""

SETTLED = "已了结"
"""The folder within it for what nobody has to answer any more."""


@dataclass(frozen=True)
class PutAway:
    """What became of earlier slips: those put away, and those left lying, for they are not as we wrote them; ``worked_in`` are those
    of the latter that would be written anew."""

    settled: tuple[Path, ...] = ()
    left: tuple[Path, ...] = ()
    worked_in: tuple[Path, ...] = ()


def ours(path: Path) -> bool:
    """Whether a file is a slip just as we wrote it, which nobody has saved since."""
    try:
        return untouched(content_of(path, FILE_LIMIT))
    except (Unreadable, Refused):
        return False


def put_away(folder: Path, current: Container[Path], waiting: Iterable[str]) -> PutAway:
    """Moves the slips of a folder that are not of the current run into its 已了结, but for those that somebody has worked in.

    ``waiting`` are how the names of slips begin that still wait for an answer. What cannot be moved stays.
    """
    begin = tuple(waiting)
    settled, left = [], []
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if not path.is_file() or path in current or path.name.startswith((".", "~$", *begin)):
            continue
        there = folder / SETTLED / path.name
        if ours(path) and (not there.exists() or ours(there)):
            with contextlib.suppress(OSError):
                there.parent.mkdir(exist_ok=True)
                path.replace(there)
                settled.append(path)
                continue
        left.append(path)
    return PutAway(tuple(settled), tuple(left))
