"""What is made of the program and its forms alone, kept for this user's next run, so that no process makes it anew.

Nothing kept is believed for its own sake: every entry is sealed with a secret that only this user's account has, over the very
program that made it and what it was made of. One that is damaged, of another program or another user is passed over, and made
anew. All of it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from xltools.inputs import content_of

T = TypeVar("T")

_KEY_BYTES = 32
_ENTRY_LIMIT = 8 * 2**20
"""Bytes of an entry."""
_OLD = 30 * 24 * 3600
"""Seconds after which what another version of the program kept is of no use to anybody."""
_MOST = 256
"""Entries of one program: files come with forms of their own, of which there is no end."""


def derived(kind: str, of: str, make: Callable[[], T], dump: Callable[[T], bytes] = pickle.dumps) -> T:
    """What ``make`` makes of what ``of`` names to the letter, made by no more than one run of this very program."""
    folder = _folder()
    if folder is None:
        return make()
    name = hashlib.sha256(_said(kind, of)).hexdigest()[:32]
    entry = folder / f"{kind}-{name}"
    with contextlib.suppress(LookupError):
        kept: T = recalled(entry, kind, of, _ENTRY_LIMIT)
        return kept
    made = make()
    with contextlib.suppress(OSError, pickle.PickleError, TypeError, AttributeError):
        content = sealed(kind, of, dump(made))
        if len(content) <= _ENTRY_LIMIT:
            _keep(entry, content)
    return made


def recalled(entry: Path, kind: str, of: str, limit: int) -> Any:
    """What was kept in a file for what ``of`` names to the letter; LookupError where it is not just that, kept by this very
    program for this account. Nothing is made of its bytes before the seal holds."""
    try:
        seal, body = content_of(entry, limit).split(b"\n", 1)
        if hmac.compare_digest(seal, _seal(_said(kind, of), body)):
            return pickle.loads(body)
    except Exception as problem:  # whatever is wrong with what is kept, it is made anew
        raise LookupError(kind) from problem
    raise LookupError(kind)


def sealed(kind: str, of: str, body: bytes) -> bytes:
    """The content of a file that ``recalled`` takes: a pickle, and before it the seal."""
    return _seal(_said(kind, of), body) + b"\n" + body


def _said(kind: str, of: str) -> bytes:
    return f"{_program()}\n{kind}\n{of}".encode()


def _keep(entry: Path, content: bytes) -> None:
    """Writes an entry, whole or not at all, and drops the oldest where there are too many."""
    _begin(entry.parent)
    temporary = entry.with_name(f"{entry.name}-{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(entry)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    newest = sorted(((item.stat().st_mtime_ns, item.path) for item in os.scandir(entry.parent)), reverse=True)
    for _, path in newest[_MOST:]:
        Path(path).unlink()


def _seal(said: bytes, body: bytes) -> bytes:
    return hmac.digest(secret(), said + b"\n" + body, "sha256").hex().encode()


_LIBRARIES = ("xlsxwriter", "lxml", "python_calamine", "docx", "jinja2")
"""Those that write what is kept, or read what it is made of."""


@lru_cache(maxsize=1)
def _program() -> str:
    """What stands for the very program that runs, known as Python itself knows whether its bytecode is of a file: by sizes and
    times; and for the libraries by which it reads and writes. The times are also those at which the files came to this disk, for
    packages give all of theirs one date."""
    home = Path(__file__).parent
    stats = sorted(_files(str(home)))
    for library in _LIBRARIES:
        found = find_spec(library)
        if found is not None and found.origin:
            stats.append(_known(found.origin, Path(found.origin).stat()))
    return hashlib.sha256("\n".join((sys.version, *stats)).encode()).hexdigest()


def _files(folder: str) -> Iterator[str]:
    for item in os.scandir(folder):
        if item.is_dir():
            if item.name != "__pycache__":
                yield from _files(item.path)
        elif item.name.endswith((".py", ".pyc", ".toml", ".html", ".css")):  # packages bring bytecode alone
            yield _known(item.path, item.stat())


def _known(path: str, stat: os.stat_result) -> str:
    return f"{path} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}"


@lru_cache(maxsize=1)
def _folder() -> Path | None:
    """Where it is kept, a folder for each program; None where the program is no plain files, or nobody's account is known."""
    from platformdirs import user_cache_path

    with contextlib.suppress(OSError):
        folder = user_cache_path("xltools", appauthor=False)
        return folder / "derived" / _program()[:16] if folder.is_absolute() else None
    return None


@lru_cache(maxsize=1)
def _begin(folder: Path) -> None:
    """Makes the folder, and sweeps out those of programs that nobody runs any more."""
    import shutil

    folder.mkdir(parents=True, exist_ok=True)
    for other in folder.parent.iterdir():
        if other != folder and time.time() - other.stat().st_mtime > _OLD:
            shutil.rmtree(other, ignore_errors=True)


@lru_cache(maxsize=1)
def secret() -> bytes:
    """The secret of this user's account; where none can be kept, one that no later run will know."""
    from platformdirs import user_state_path

    path = user_state_path("xltools", appauthor=False) / "key"
    with contextlib.suppress(OSError):
        if not path.is_absolute():  # nobody's account is known: not the folder that happens to be the current one
            return os.urandom(_KEY_BYTES)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f"key-{os.getpid()}.tmp")
            with contextlib.suppress(OSError):
                temporary.unlink()
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(_KEY_BYTES))
            temporary.replace(path)
        key = path.read_bytes()
        if len(key) == _KEY_BYTES:
            return key
    return os.urandom(_KEY_BYTES)
