"""What lies on the desk: the seasons it knows, each under an id that says nothing of where it lies; the desk's address and secret."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import platformdirs

from xltools.desk.opened import Opened
from xltools.errors import XltoolsError
from xltools.inputs import TEXT_LIMIT, Refused, content_of
from xltools.outputs import write_whole
from xltools.season.where import SETTINGS

_RECENT = "recent.json"
_MANY = 30


class Desktop:
    """The desk. ``folder`` is where it was started: a season's own, or the one that seasons lie in."""

    def __init__(self, folder: Path) -> None:
        self.secret, self.pass_ = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._salt = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._open: dict[str, Opened] = {}
        self.hosts: frozenset[str] = frozenset()
        self.origins: frozenset[str] = frozenset()
        self._end: Callable[[], None] = lambda: None
        own = (folder / SETTINGS).is_file()
        self.folder = folder.parent if own else folder
        self.started = folder if own else None

    # ── where it is ──

    def serves(self, host: str, port: int, end: Callable[[], None]) -> None:
        """Told where it is served, and how that is ended."""
        self.hosts = frozenset(f"{name}:{port}" for name in (host, "localhost"))
        self.origins = frozenset(f"http://{name}" for name in self.hosts)
        self.base, self._end = f"http://{host}:{port}", end

    @property
    def address(self) -> str:
        """The first address, with the secret."""
        return f"{self.base}/?key={self.secret}"

    @property
    def first(self) -> str:
        """The page to begin with: the season that the desk was started in, else all seasons."""
        return f"/s/{self.id_of(self.started)}/" if self.started else "/"

    def end(self) -> None:
        """Ends the server, a moment from now."""
        threading.Timer(0.3, self._end).start()

    def close(self) -> None:
        """Stops what is still going on."""
        for opened in self._open.values():
            opened.stop()

    # ── seasons ──

    def id_of(self, home: Path) -> str:
        """The id of a folder: the same as long as the desk is open."""
        return hashlib.blake2b(str(home).encode("utf-8", "surrogatepass"), key=self._salt, digest_size=8).hexdigest()

    def seasons(self) -> dict[str, Path]:
        """The season folders it knows by id: where it was started, those beneath, those of late."""
        found = [self.started] if self.started else []
        with suppress(OSError):
            found += sorted(path.parent for path in self.folder.glob(f"*/{SETTINGS}"))
        found += [path for path in recent() if (path / SETTINGS).is_file()]
        return {self.id_of(path): path for path in dict.fromkeys(p.resolve() for p in found)}

    def open(self, id: str) -> Opened | None:
        """A season by its id, opened where it is not yet; None for an id of none. XltoolsError where its settings are wrong."""
        with self._lock:
            if id not in self._open:
                home = self.seasons().get(id)
                if home is None:
                    return None
                self._open[id] = Opened(id, home)
                remember(home)
            return self._open[id]


# ── of late ──────────────────────────────────────────────────────────────────


def _kept() -> Path:
    return Path(platformdirs.user_data_dir("xltools", appauthor=False)) / _RECENT


def recent() -> list[Path]:
    """The season folders that were opened of late, the last first."""
    try:
        told = json.loads(content_of(_kept(), TEXT_LIMIT))
    except (Refused, ValueError, RecursionError):
        return []
    return (
        [Path(one) for one in told if isinstance(one, str) and "\0" not in one][:_MANY]
        if isinstance(told, list)
        else []
    )


def remember(home: Path) -> None:
    """Puts a season folder first among those of late; where that cannot be written, nothing is lost."""
    told = [str(path) for path in dict.fromkeys([home, *recent()])][:_MANY]
    with suppress(XltoolsError, UnicodeEncodeError):
        write_whole(_kept(), json.dumps(told, ensure_ascii=False).encode(), force=True)
