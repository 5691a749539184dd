"""Output files: whole or not at all, an existing one replaced only when asked."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path, PurePath

from xltools.errors import IN_USE, XltoolsError, why
from xltools.inputs import real
from xltools.terms import several


def slashed(path: PurePath) -> str:
    """A path as results name it, on stdout, in JSON and in every file written: with ``/`` on every system, so that they are the same.

    What is said on stderr to the person at this machine names paths as this machine does.
    """
    return path.as_posix()


def refuse_existing(paths: list[Path], force: bool) -> None:
    """XltoolsError where an output is already there and may not be replaced."""
    there = [path for path in paths if path.exists()]
    if there and not force:
        raise XltoolsError(
            f"{several([f'“{path}”' for path in there], 1, '个文件')}已经存在；要覆盖请加 --force，或者换一个名字"
        )
    for path in there:
        if path.is_dir():
            raise XltoolsError(f"“{path}”是一个文件夹，请给出文件名")


def refuse_inputs(output: Path, *inputs: Path) -> None:
    """XltoolsError where an output would be written over a file that is read."""
    for path in inputs:
        if real(path) == real(output):
            raise XltoolsError(f"不能写到“{path}”：它是这次要读的文件，收到的文件不改动；请换一个输出文件名")


def write_whole(path: Path, content: bytes | Iterable[bytes], *, force: bool = False) -> None:
    """Writes a file, at once or in pieces, so that it appears whole or not at all; XltoolsError where it cannot be written."""
    import tempfile

    refuse_existing([path], force)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".xltools-", suffix=".tmp")
        with os.fdopen(handle, "wb") as stream:
            stream.writelines([content] if isinstance(content, bytes) else content)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
        temporary = None
    except OSError as problem:
        reason = why(problem)
        advice = "" if reason == IN_USE else "，请处理后重试"
        raise XltoolsError(f"写不了“{path}”：{reason}；没有留下不完整的文件{advice}") from None
    finally:
        if temporary:  # also where the pieces could not be made
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def write_all(contents: Iterable[tuple[Path, bytes]], paths: list[Path], *, force: bool = False) -> None:
    """Writes several files as they come, none of ``paths`` where one is already there and may not be replaced."""
    refuse_existing(paths, force)
    for path, content in contents:
        write_whole(path, content, force=force)


_LEFT_BEHIND = 3600
"""Seconds after which a temporary file of ours belongs to nobody any more."""


def sweep(folder: Path) -> None:
    """Removes temporary files that a run which was killed has left in a folder."""
    with contextlib.suppress(OSError):
        for path in folder.glob(".xltools-*.tmp"):
            if path.is_file() and time.time() - path.lstat().st_mtime > _LEFT_BEHIND:
                path.unlink()
