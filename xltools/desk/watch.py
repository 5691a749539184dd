"""A season's folders looked at from time to time: whether anything has changed, and has been still for a while."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from xltools.api import Season
from xltools.editions.shelves import FORMS, PACKS
from xltools.errors import XltoolsError, why
from xltools.inputs import is_of_a_system
from xltools.season.docket import read_decisions
from xltools.season.where import SETTINGS

QUICK, _SELDOM, _TOLD = 0.3, 5.0, 2.0
"""Seconds of a look that a page may wait for; how many times as long as a slower one took nobody looks again; seconds of a look
after which it is told that one goes on."""

Listing = Mapping[Path, str]
"""Names, sizes and times of files."""


_Lost = dict[Path, OSError]
"""What could not be looked into, and why."""


class Watch:
    """What a check is over: the files received, roster and settings, last year's files, the season's forms, the office's record.

    Where a look takes long (a folder on another computer), no page waits for it: it is done beside them, and seldom."""

    def __init__(self) -> None:
        self._took = self._next = self._began = 0.0
        self._listing: Listing = {}
        self._settled: tuple[str, str] = ("", "")
        self.problem = ""
        """Why something of it could not be looked into the last time."""
        self._recovered = 0
        """How many times that was over again: a check may have failed meanwhile, or looked at half."""
        self._lock = threading.Lock()

    def list(self, season: Season) -> Listing:
        """What lies there now; of what cannot be looked into (a line is down) what lay there before: nothing has gone."""
        began = time.monotonic()
        settings, lost = season.settings, _Lost()
        forms = [folder for folder in (season.home / FORMS, season.home / PACKS) if folder.is_dir()]
        there: dict[Path, str] = {}
        for path in (settings.received, settings.roster, season.home / SETTINGS, *settings.previous, *forms):
            there.update(_walked(path, lost))
        for path, words in self._listing.items() if lost else ():
            if any(path.is_relative_to(one) for one in lost):
                there.setdefault(path, words)
        problem = next((f"“{one.name}”打不开：{why(problem)}" for one, problem in lost.items()), "")
        self._recovered += bool(self.problem and not problem)
        self.problem, self._listing = problem, dict(sorted(there.items()))
        self._took = time.monotonic() - began
        return self._listing

    def lately(self, season: Season) -> Listing:
        """What lies there, as far as it is known without waiting long."""
        return self.list(season) if self._took <= QUICK or not self._listing else self._listing

    def signature(self, season: Season, listing: Listing | None = None) -> str:
        """What tells that something was put, changed or taken away, or settled by the office."""
        said = hashlib.blake2b(b"%d" % self._recovered, digest_size=16)
        for path, words in (self.list(season) if listing is None else listing).items():
            said.update(f"{path}\0{words}\n".encode("utf-8", "surrogatepass"))
        said.update(self._decided(season.settings.decisions).encode("utf-8", "surrogatepass"))
        return said.hexdigest()

    def look(self, season: Season, seen: Callable[[str], None]) -> None:
        """Has a signature taken: at once where that is quick; else beside the pages, one at a time, and after a pause."""
        if self._took <= QUICK:
            seen(self.signature(season))
            return
        with self._lock:
            if self._began or time.monotonic() < self._next:
                return
            self._began = time.monotonic()

        def slowly() -> None:
            try:
                seen(self.signature(season))
            finally:
                self._next, self._began = time.monotonic() + _SELDOM * self._took, 0.0

        threading.Thread(target=slowly, daemon=True).start()

    @property
    def slow(self) -> int:
        """Whole seconds for which a look goes on that takes long; 0 where none does."""
        began = self._began
        seconds = time.monotonic() - began if began else 0.0
        return max(int(seconds), 1) if seconds >= _TOLD else 0

    def _decided(self, path: Path) -> str:
        """What the office itself has written into its 办理记录: what a check lists there is nothing new to it."""
        if (now := stamp(path)) != self._settled[0]:
            try:
                words = repr(read_decisions(path, None))
            except XltoolsError as problem:
                words = str(problem)
            self._settled = (now, words)
        return self._settled[1]


def stamp(path: Path) -> str:
    """A file's size and time; "" where there is none."""
    try:
        there = path.stat()
    except OSError:
        return ""
    return f"{there.st_size}\0{there.st_mtime_ns}"


def _walked(folder: Path, lost: _Lost) -> Iterator[tuple[Path, str]]:
    """The files of a folder and those beneath, or a single file: asked of the folder as a whole, not file by file, which a slow disk
    would feel. What could not be looked into is put to those ``lost``."""
    try:
        with os.scandir(folder) as inside:
            for one in inside:
                if not one.is_dir(follow_symlinks=False):
                    yield from _stamped(one, lost)
                elif not is_of_a_system(one.name):
                    yield from _walked(Path(one.path), lost)
    except NotADirectoryError:
        yield folder, stamp(folder)
    except OSError as problem:
        lost[folder] = problem


_NOWHERE = (errno.ENOENT, errno.ELOOP)
"""It has just gone, or is a link that leads to nothing, or to itself."""


def _stamped(one: os.DirEntry[str], lost: _Lost) -> Iterator[tuple[Path, str]]:
    try:
        there = one.stat()
    except OSError as problem:
        if problem.errno not in _NOWHERE:
            lost[Path(one.path)] = problem
    else:
        yield Path(one.path), f"{there.st_size}\0{there.st_mtime_ns}"
