"""What was read of each file, kept by its content: a file that has not changed is not read again.

A folder travels between people, so nothing in it is believed for its own sake. Every entry is sealed with a key that only this
user's account has; one that is damaged, written by hand, made by another user or by another version of the program is passed
over, and the file is read anew. All of it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import xltools
from xltools.classes import dataclass
from xltools.derived import secret
from xltools.editions.shelves import stamp
from xltools.inputs import Refused, content_of
from xltools.outputs import slashed
from xltools.received.file import FILE_LIMIT, Received
from xltools.received.read import read_bytes, read_file
from xltools.season.codec import Unfit, decoder, encoder

_ENTRY_LIMIT = 4 * 2**20


@dataclass(frozen=True)
class Store:
    """Readings kept in a folder, an entry a content, for one version of the program. ``key`` seals the entries."""

    folder: Path
    key: bytes
    program: str

    def recall(self, path: Path) -> Received | None:
        """What was read of a file's very content before; None where that is not known."""
        content = _content(path)
        return None if content is None else self._entry(path, hashlib.sha256(content).hexdigest())

    def read(self, path: Path) -> Received:
        """Reads a file, and keeps what was read."""
        content = _content(path)
        if content is None:
            return read_file(path)
        received = read_bytes(path, content)
        self._keep(received)
        return received

    def _entry(self, path: Path, sha256: str) -> Received | None:
        try:
            seal, _, body = content_of(self.folder / f"{sha256}.json", _ENTRY_LIMIT).partition(b"\n")
            if not hmac.compare_digest(seal, self._seal(sha256, body)):
                return None
            told = decoder(Received)(json.loads(body))
        except (Refused, Unfit, ValueError, TypeError, KeyError, RecursionError):
            return None
        return _at(told, path) if isinstance(told, Received) else None

    def _keep(self, received: Received) -> None:
        """Keeps a reading, where it comes back from its entry just as it is."""
        bare = _at(received, Path())
        if any(found.file != slashed(received.path) for found in received.findings):
            return
        try:
            told = encoder(Received)(bare)
            body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
            if decoder(Received)(json.loads(body)) != bare:
                return
        except (Unfit, ValueError, TypeError):
            return
        entry = self.folder / f"{received.sha256}.json"
        temporary = entry.with_name(f".xltools-{os.getpid()}-{entry.name}.tmp")
        # What cannot be kept is read again: neither a full disk nor a folder on a read-only medium stops a check.
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(self._seal(received.sha256, body) + b"\n" + body)
            temporary.replace(entry)

    def _seal(self, sha256: str, body: bytes) -> bytes:
        said = b"\n".join((self.program.encode(), sha256.encode(), body))
        return hmac.digest(self.key, said, "sha256").hex().encode()


def open_store(folder: Path) -> Store:
    """The readings kept in a folder, for this program and the forms that it works with."""
    return Store(folder, secret(), f"{program()} {stamp()}")


def _content(path: Path) -> bytes | None:
    try:
        return content_of(path, FILE_LIMIT)
    except Refused:
        return None


def _at(received: Received, path: Path) -> Received:
    """The reading as of a file of that name: its findings name the file."""
    name = slashed(path)
    return replace(received, path=path, findings=[replace(f, file=name) for f in received.findings])


@lru_cache(maxsize=1)
def program() -> str:
    """What stands for the very program that runs, forms and all: a digest of its files."""
    digest = hashlib.sha256()
    for name, item in sorted(_files(Path(xltools.__file__).parent, "")):
        digest.update(f"{name}\n".encode())
        digest.update(item.read_bytes())
    return digest.hexdigest()


def _files(folder: Path, at: str) -> list[tuple[str, Path]]:
    found = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _files(item, f"{at}{item.name}/")
        elif item.name.endswith((".py", ".toml")):
            found.append((f"{at}{item.name}", item))
    return found
