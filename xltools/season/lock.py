"""One at a time in a working folder: two programs never write there together. Whoever dies holding the lock has let go of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from xltools.errors import XltoolsError
from xltools.season.where import MEMORY

LOCK = "lock"
"""The file in the folder's memory that is locked. It stays; what counts is the system's lock on it, which no crash leaves."""

PATIENCE = 60.0
"""Seconds that a call waits for another to be done."""

_PAUSE = 0.05


@contextmanager
def alone_in(home: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Within it nobody else who asks works in a working folder; XltoolsError where another does not get done in time.

    A folder that cannot be written to is not locked: nobody writes there.
    """
    memory = home / MEMORY
    stream = _opened(memory)
    if stream is None:
        yield
        return
    with stream:
        until = time.monotonic() + patience
        while not _taken(stream):
            if time.monotonic() >= until:
                raise XltoolsError(
                    f"另一个 xltools 正在“{home}”里运行，等了 {patience:.0f} 秒还没有完；请等它完了再试，或者先把它关掉"
                )
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            _let_go(stream)


def _opened(memory: Path) -> BinaryIO | None:
    try:
        if memory.is_symlink():  # it would lead elsewhere: the settings refuse it
            return None
        memory.mkdir(exist_ok=True)
        return (memory / LOCK).open("ab")
    except OSError:
        return None


if os.name == "nt":
    import msvcrt

    def _taken(stream: BinaryIO) -> bool:
        try:
            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

    def _let_go(stream: BinaryIO) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import errno
    import fcntl

    def _taken(stream: BinaryIO) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            # A disk that knows no locks (some network folders) must not stop the work.
            return problem.errno not in (errno.EWOULDBLOCK, errno.EACCES)
        return True

    def _let_go(stream: BinaryIO) -> None:
        fcntl.flock(stream, fcntl.LOCK_UN)
