"""What was read of some files: a part of a run, and of all of them a whole one. Parts are combined in any order to the same whole.

A part is plain data and goes to another process or machine as it is: each file with its exact figures, texts, verdict, findings and
source. Whatever is known of several files only (who is missing, who is there twice, the sums) is made of all parts together, by
``check`` and ``merge``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Protocol

from xltools.classes import dataclass
from xltools.collection.previous import Previous
from xltools.editions.shelves import Desk, begin, desk
from xltools.errors import XltoolsError
from xltools.findings import Finding
from xltools.findings.failures import apart
from xltools.form.model import NONE
from xltools.outputs import slashed
from xltools.received.file import Received
from xltools.received.folder import files_in
from xltools.received.read import read_file
from xltools.received.shelf import Shelf
from xltools.rules import judge

_WORTH_A_FORK, _WORTH_A_START = 20, 50
"""Files that take about as long as starting a process: forked, or as a new Python that must import all of us."""

_MOST_PROCESSES = 61
"""Windows cannot wait for more."""


Progress = Callable[[Sequence[Path], str], Iterable[Path]]
"""Hands files on one by one, and may show how far it is."""


def quietly(items: Sequence[Path], label: str) -> Iterable[Path]:
    """Shows nothing."""
    return items


class Readings(Protocol):
    """Keeps what was read of a file for another run, so that only new content is read again."""

    def recall(self, path: Path) -> Received | None:
        """What an earlier run read of the very same content; None where that is not known."""

    def read(self, path: Path) -> Received:
        """Reads a file, and keeps what was read."""


@dataclass(frozen=True)
class Gathered:
    """What was read and judged of some files, one by one, in the order of their paths; and what lay there and was not read.

    Nothing of it is changed by whoever makes a set of it. Where there are very many, most of it lies on disk (``received.shelf``).
    """

    received: tuple[Received, ...] = ()
    skipped: tuple[Finding, ...] = ()


def combine(parts: Iterable[Gathered], shelf: Shelf | None = None) -> Gathered:
    """The whole of some parts, the same however the files were parted and in whatever order the parts come. They may be made as they
    are asked for: no more than ``shelf.AT_HAND`` files of them are in memory at a time. ``shelf`` may hold some of them already.

    A file that is in several parts counts once; XltoolsError where it was not the same file any more.
    """
    received: dict[str, tuple[str, Received]] = {}
    skipped: dict[str, Finding] = {}
    shelf = Shelf() if shelf is None else shelf
    for part in parts:
        skipped |= {f"{found.file}{found.message}": found for found in part.skipped}
        for got in part.received:
            name = "\0".join(got.path.parts)  # in the order of the parts, and a fifth of what a Path takes
            _, known = received.setdefault(os.path.normcase(name), (name, got))
            if known is not got and known.sha256 != got.sha256:
                raise XltoolsError(f"“{got.path}”在读的时候改过，前后读到的不一样；请重新读")
            if known is got:
                shelf.put(got)
    ordered = tuple(got for _, got in sorted(received.values(), key=itemgetter(0)))
    return Gathered(ordered, tuple(found for _, found in sorted(skipped.items())))


def gather(
    paths: Sequence[Path],
    progress: Progress = quietly,
    ignore: frozenset[Path] = frozenset(),
    jobs: int | None = None,
    previous: Previous | None = None,
    readings: Readings | None = None,
    regions: Mapping[str, str] = NONE,
    before: Iterable[Received] = (),
) -> Gathered:
    """Reads files and folders and judges each file by itself; takes what ``check`` takes. ``regions`` are the agencies' by code.

    ``before`` are files as an earlier run judged them with all of this the same, of which the caller knows that their content is
    the same: they count as they were judged.
    """
    files, skipped = files_in(paths, ignore)
    unchanged = {got.path: got for got in before}
    shelf = Shelf()
    each = _Judging(previous, readings, dict(regions)).all(files, jobs, unchanged, shelf)
    came = (got for _, got in zip(progress(files, "审核"), each, strict=True))
    return combine(chain([Gathered((), tuple(skipped))], (Gathered((got,)) for got in came)), shelf)


def judged(received: Received, previous: Previous | None, regions: Mapping[str, str] = NONE) -> Received:
    """What was read, with what every rule says of it; kept in little room."""
    filing = received.filing
    if filing is not None:
        with apart("judge", received.path, received.unread, filing.agency):
            if (region := regions.get(filing.agency.code, "")) and region != filing.region:
                filing = replace(filing, region=region)
            if previous is not None:
                filing, found = previous.give(filing, slashed(received.path))
                received.filing = filing
                received.add(*found)
            told = frozenset(f.field for f in received.findings if f.field and f.code != "cell-placeholder")
            received.add(*received.located(judge(filing, told)))
            received.filing = filing.compact()
    return received


@dataclass(frozen=True)
class _Judging:
    """The reading and judging of files one by one, with all that it needs; it goes to each process once."""

    previous: Previous | None
    readings: Readings | None
    regions: Mapping[str, str]
    desk: Desk = field(default_factory=desk)

    def one(self, path: Path) -> Received:
        received = Received(path, "", "unreadable")
        with apart("read", path, received.unread):
            received = self.readings.read(path) if self.readings else read_file(path)
        return judged(received, self.previous, self.regions)

    def _known(self, path: Path) -> Received | None:
        """The same of what an earlier run read; where that cannot be had, the file is read again."""
        received = None
        with apart("read", path, lambda _: None):
            received = self.readings.recall(path) if self.readings else None
        return judged(received, self.previous, self.regions) if received else None

    def all(
        self, files: Sequence[Path], jobs: int | None, unchanged: Mapping[Path, Received], shelf: Shelf
    ) -> Iterator[Received]:
        """The files in their order, but for those that were judged already by several processes where there are enough to be read to
        be worth it; then what is known of the others lies on the shelf until it is their turn."""
        if (jobs or 1) < 2:
            yield from (unchanged.get(file) or self._known(file) or self.one(file) for file in files)
            return
        known = dict(unchanged)
        for file in files:
            if file not in known and (got := self._known(file)):
                shelf.put(got)
                known[file] = got
        unread = [file for file in files if file not in known]
        jobs = _processes(jobs or 1, len(unread))
        if jobs < 2:
            yield from (known.get(file) or self.one(file) for file in files)
            return
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(self,)) as pool:
            fresh = pool.map(_one, unread, chunksize=8)
            yield from (known.get(file) or next(fresh) for file in files)


def _processes(wanted: int, files: int) -> int:
    """How many processes are worth it for so many files."""
    if wanted < 2 or files < _WORTH_A_FORK:
        return 1
    from multiprocessing import get_context

    worth = _WORTH_A_FORK if get_context().get_start_method() == "fork" else _WORTH_A_START
    return min(wanted, files // worth, _MOST_PROCESSES)


_judging: _Judging | None = None
"""In a process of the pool: what it judges with."""


def _begin(judging: _Judging) -> None:
    """How a process of the pool begins. A function of the module, for a fresh process knows it by its name alone."""
    global _judging
    _judging = judging
    begin(judging.desk)


def _one(path: Path) -> Received:
    assert _judging is not None
    return _judging.one(path)
