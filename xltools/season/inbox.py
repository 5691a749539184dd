"""What comes in: files put among those received, whole or not at all, under their own names; none that is there is touched."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal

from xltools.archives import ARCHIVE_LIMIT
from xltools.characters import visible, whole
from xltools.classes import dataclass
from xltools.errors import XltoolsError, why
from xltools.expressions import expression
from xltools.season.settings import Settings

ASIDE = "未采用"
"""The folder of a season for files that were put aside for another of the same agency."""

_FILES_LIMIT = 5000
_LONGEST = 200
_ENDING = 10
_STAGING = "incoming-"
_UNFIT = expression(r'[<>:"|?*\x00-\x1f\x7f]')
_RESERVED = expression(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")

How = Literal["new", "beside", "there"]
"""How a file came in: under its own name; beside another of that name, with a number; not again, for it is there already."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came in: the name it was sent under, where it lies now, and how it got there."""

    name: str
    path: Path
    how: How


def take_in(folder: Path, memory: Path, files: Iterable[tuple[str, BinaryIO]]) -> list[Arrival]:
    """Puts files into a folder, all of them or none; XltoolsError says why none. ``memory`` is where they wait for that.

    A name may have folders before it; what of it no system takes becomes ``_``. Each is written beside, to the end, and only
    then gets its place: who looks meanwhile sees no half a file.
    """
    placed: list[Path] = []
    arrivals: list[Arrival] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        memory.mkdir(parents=True, exist_ok=True)
        _sweep(memory)
        staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=memory))
    except OSError as problem:
        raise XltoolsError(f"写不进“{folder}”：{why(problem)}") from None
    try:
        staged = [(name, _staged(staging / str(n), name, stream)) for n, (name, stream) in enumerate(_bounded(files))]
        for name, source in staged:
            target, how = _place(folder, name, source)
            if how != "there":
                _moved(source, target)
                placed.append(target)
            arrivals.append(Arrival(name, target, how))
    except BaseException as problem:
        for path in placed:
            with suppress(OSError):
                path.unlink()
        if isinstance(problem, OSError):
            raise XltoolsError(f"收不进“{folder}”：{why(problem)}；一个文件都没有放进去") from None
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return arrivals


def _bounded(files: Iterable[tuple[str, BinaryIO]]) -> Iterator[tuple[str, BinaryIO]]:
    for number, (name, stream) in enumerate(files):
        if number >= _FILES_LIMIT:
            raise XltoolsError(f"一次最多收 {_FILES_LIMIT} 个文件；一个都没有放进去")
        yield name, stream


def _staged(path: Path, name: str, stream: BinaryIO) -> Path:
    """A file written to the end, and to the disk."""
    size = 0
    with path.open("xb") as out:
        while piece := stream.read(2**20):
            size += len(piece)
            if size > ARCHIVE_LIMIT:
                raise XltoolsError(
                    f"“{visible(name)}”超过 {ARCHIVE_LIMIT // 2**20} MB，大得不合理；一个文件都没有放进去"
                )
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return path


def _place(folder: Path, name: str, source: Path) -> tuple[Path, How]:
    """Where a file goes: its own name, or the first numbered one that is free; where just this file is there, it stays."""
    own = folder.joinpath(*proper(name))
    if not own.resolve().is_relative_to(folder.resolve()):
        raise XltoolsError(f"“{visible(name)}”会落到“{folder}”外面；一个文件都没有放进去")
    own.parent.mkdir(parents=True, exist_ok=True)
    for path, how in _candidates(own):
        if not os.path.lexists(path):
            return path, how
        if path.is_file() and path.stat().st_size == source.stat().st_size and _digest(path) == _digest(source):
            return path, "there"
    raise AssertionError("numbers do not end")


def _candidates(own: Path) -> Iterator[tuple[Path, How]]:
    yield own, "new"
    number = 2
    while True:
        yield own.with_name(f"{own.stem}（{number}）{own.suffix}"), "beside"
        number += 1


def proper(name: str) -> tuple[str, ...]:
    """A name as sent, in folders and its own, as every system takes it; it leads nowhere but down."""
    parts = [_fit(part) for part in re.split(r"[\\/]+", whole(name))]
    kept = [part for part in parts if part]
    return tuple(kept[-4:]) or ("未命名",)


def _fit(part: str) -> str:
    words = visible(_UNFIT.sub("_", part)).strip(" ").rstrip(". ")
    if not words.strip("."):
        return ""
    stem, dot, ending = words.rpartition(".")
    if len(words.encode()) > _LONGEST:
        if not stem or len(ending) >= _ENDING:
            stem, dot, ending = words, "", ""  # what stands behind the last dot is no ending
        words = stem.encode()[: _LONGEST - len((dot + ending).encode())].decode(errors="ignore") + dot + ending
    return f"_{words}" if _RESERVED.fullmatch(words) else words


def _moved(source: Path, target: Path) -> None:
    """Gives a file its place where nothing stands: a link never takes another's; disks without links just rename."""
    try:
        os.link(source, target)
    except (OSError, AttributeError):
        if os.path.lexists(target):
            raise
        source.rename(target)


def _digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _sweep(folder: Path) -> None:
    """Removes what a run that was killed while receiving has left. Whoever calls it is alone in the folder."""
    with suppress(OSError):
        for path in folder.glob(f"{_STAGING}*"):
            shutil.rmtree(path, ignore_errors=True)


def put_aside(settings: Settings, files: Sequence[Path]) -> list[Path]:
    """Moves received files into 未采用, and returns where they are; XltoolsError where one cannot be, and then none is."""
    return _all_moved(settings.home / ASIDE, files)


def put_back(settings: Settings, files: Sequence[Path]) -> list[Path]:
    """Moves files from 未采用 among those received again, and returns where they are; XltoolsError as ``put_aside``."""
    return _all_moved(settings.received, files)


def _all_moved(folder: Path, files: Sequence[Path]) -> list[Path]:
    """Files in another folder under their own names, or the first numbered ones that are free; all of them or none."""
    moved: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(exist_ok=True)
        for path in files:
            target = next(there for there, _ in _candidates(folder / path.name) if not os.path.lexists(there))
            path.rename(target)
            moved.append((path, target))
    except OSError as problem:
        for path, target in moved:
            with suppress(OSError):
                target.rename(path)
        raise XltoolsError(f"移不进“{folder}”：{why(problem)}；都留在原处") from None
    return [target for _, target in moved]
