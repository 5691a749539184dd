"""A season that is open at the desk: the last result of each call over it, and the one piece of work that goes on."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from xltools.api import Season
from xltools.api.office import Arrived
from xltools.api.results import Checked
from xltools.api.showing import ShownJson
from xltools.desk.tasks import Task
from xltools.errors import XltoolsError
from xltools.findings import CATALOGUE
from xltools.outputs import slashed
from xltools.season.docket import read_decisions
from xltools.season.where import SETTINGS

_CHECK = "审核"
_PATIENCE, _LINGERS = 20.0, 90.0
"""Seconds that files wait for work to stop; that the end of work is told."""

STILL = 1.5
"""Seconds for which nothing may have moved before what arrived by itself is looked at: it may still be being copied."""

_WORDS = frozenset(("message", "remedy", "words", "unready"))
"""The keys of JSON under which words for people stand."""


class Opened:
    """A season, its home, and what is known of it. ``version`` grows whenever something on its pages has changed."""

    def __init__(self, id: str, home: Path) -> None:
        self.id, self.home = id, home
        self.season = Season(home)
        self.version = 0
        self.checked: Checked | None = None
        self.told: dict[str, Any] = {}
        self.at = ""
        self.task: Task | None = None
        self.message, self._heard = "", False
        self.imported: list[Any] = []
        self.read_back = False
        self._lock = threading.Lock()
        self._files: dict[str, Path] = {}
        self._salt = id.encode()
        self._seen = self._looked = ""
        self._settled: tuple[str, str] = ("", "")
        self._since = 0.0
        self._summed = self._made()
        self._summary: tuple[object, ShownJson] | None = None

    # ── work ──

    def do(self, what: str, command: str, work: Any) -> bool:
        """Begins a piece of work (``work(task)`` returns how it ended, in words) unless other work goes on, and then says so; whether
        it began."""
        with self._lock:
            if what != _CHECK:
                self._give_way()
            if self.task is not None and self.task.running:
                if what != _CHECK:
                    self.say(f"没有开始{what}：正在{self.task.what}，请等它完了再点一次")
                return False
            task = self.task = Task(what, command)

        def whole(task: Task) -> str:
            try:
                words = str(work(task))
                with suppress(XltoolsError, OSError):
                    self.summary()  # so that no page has to wait for it
                return words
            finally:
                self._summed = self._made()
                self.version += 1

        task.start(whole)
        return True

    def _give_way(self) -> None:
        """Stops a check that goes on: it would be over yesterday's files. It comes again, where what follows does not check."""
        task = self.task
        if task is not None and task.running and task.what == _CHECK:
            task.stop()
            self._seen = ""
            task.wait(_PATIENCE)

    def stop(self) -> None:
        """Asks what goes on to stop."""
        if self.task is not None:
            self.task.stop()

    def check(self) -> bool:
        """Begins a check."""
        return self.do(_CHECK, "xltools check", self._check)

    def _check(self, task: Task) -> str:
        seen = self._signature()
        self.season = Season(self.home)  # the settings may have been changed
        self._take(self.season.check(progress=task.progress))
        self._seen = self._looked = seen
        assert self.checked is not None
        return str(self.checked.collection)

    def _take(self, checked: Checked) -> None:
        self.checked, self.told = checked, self.near(checked.to_json())
        self.at = f"{datetime.now():%H:%M:%S}"

    def merge(self) -> bool:
        """Begins to sum up."""

        def work(task: Task) -> str:
            merged = self.season.merge(progress=task.progress)
            self._check(task)
            return f"汇总：{merged.summary.status}"

        return self.do("汇总", "xltools merge", work)

    def receive(self, files: Iterable[tuple[str, BinaryIO]]) -> Arrived:
        """Puts files among those received, and begins a check; XltoolsError where none were put there."""
        self._give_way()
        arrived = self.season.receive(files)
        self.check()
        return arrived

    # ── what arrives by itself ──

    def look(self) -> None:
        """Begins a check where what it is over has changed, and has been still for a while; notices a summary that was written in."""
        if self.task is not None and self.task.running:
            return
        if (made := self._made()) != self._summed:
            self._summed = made
            self.version += 1
        now, at = self._signature(), time.monotonic()
        if now != self._looked:
            self._looked, self._since = now, at
        if now != self._seen and at - self._since >= STILL:
            self._seen = now  # where the check fails it is not begun over and over
            self.check()

    def _made(self) -> str:
        """What tells that a summary was made, or written in with Excel."""
        return "\n".join(map(_stamp, self.summaries()))

    def _signature(self) -> str:
        """What tells that something was put, changed or taken away: names, sizes and times, and what the office has settled."""
        settings, said = self.season.settings, hashlib.blake2b(digest_size=16)
        for path in (*_files_in(settings.received), settings.roster, self.home / SETTINGS):
            said.update(f"{_stamp(path)}\n".encode("utf-8", "surrogatepass"))
        said.update(self._decided().encode("utf-8", "surrogatepass"))
        return said.hexdigest()

    def _decided(self) -> str:
        """What the office itself has written into its 办理记录: what a check lists there is nothing new to it."""
        path = self.season.settings.decisions
        if (stamp := _stamp(path)) != self._settled[0]:
            try:
                words = repr(read_decisions(path, None))
            except XltoolsError as problem:
                words = str(problem)
            self._settled = (stamp, words)
        return self._settled[1]

    # ── files by ids ──

    def file_id(self, path: str | Path) -> str:
        """The id by which the browser may ask for a file: only those that a page has shown have one."""
        where = Path(path)
        id = hashlib.blake2b(
            slashed(where).encode("utf-8", "surrogatepass"), key=self._salt, digest_size=10
        ).hexdigest()
        self._files[id] = where
        return id

    def file(self, id: str) -> Path | None:
        """The file of an id; None for an id of none, or where it is gone."""
        path = self._files.get(id)
        return path if path is not None and path.is_file() else None

    def name(self, file: str | Path) -> str:
        """A file as it is called on the pages: from the season's folder on."""
        path = Path(file)
        return slashed(path.relative_to(self.home)) if path.is_relative_to(self.home) else slashed(path)

    def near(self, told: Any) -> Any:
        """JSON whose messages name files as they are called on the pages, and whose remedies are those of the desk."""
        if isinstance(told, list):
            return [self.near(one) for one in told]
        if isinstance(told, dict):
            made = {
                key: self.in_words(one) if key in _WORDS and isinstance(one, str) else self.near(one)
                for key, one in told.items()
            }
            return made | ({"remedy": words} if (words := _at_desk(told)) else {})
        return told

    def in_words(self, words: str) -> str:
        """Words that name files as they are called on the pages."""
        return words.replace(f"{slashed(self.home)}/", "").replace(f"{self.home}{os.sep}", "")

    # ── agencies ──

    def code_id(self, code: str) -> str:
        """The id of an agency."""
        return hashlib.blake2b(code.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=8).hexdigest()

    def agency(self, id: str) -> dict[str, Any] | None:
        """What the last check told of the agency of an id."""
        return next((one for one in self.told.get("agencies", ()) if self.code_id(one["code"]) == id), None)

    # ── the summary ──

    def summaries(self) -> list[Path]:
        """The summary workbooks of the season."""
        folder = self.season.settings.summary
        return sorted(p for p in folder.glob("*_汇总表.xlsx") if not p.name.startswith(("~$", ".")))

    def summary(self) -> ShownJson | None:
        """The season's summary to be looked at; None where there is none yet. XltoolsError where it cannot be read."""
        there = self.summaries()
        if not there:
            return None
        decisions = self.season.settings.decisions
        times = [path.stat().st_mtime_ns for path in (there[0], decisions) if path.is_file()]
        key = (there[0], *times)
        if self._summary is None or self._summary[0] != key:
            self._summary = (key, self.near(self.season.show(there[0]).to_json()))
        return self._summary[1]

    def outdated(self) -> bool:
        """Whether something came in, or was settled, after the summary was written."""
        there = self.summaries()
        if not there:
            return False
        made, settings = there[0].stat().st_mtime, self.season.settings
        came = (*_files_in(settings.received), settings.decisions)
        return any(path.stat().st_mtime > made for path in came if path.is_file())

    @property
    def shown_task(self) -> Task | None:
        """The work that is told: what goes on, and for a while what ended; not that a check did, for its outcome is the page."""
        task = self.task
        if task is None or task.running:
            return task
        quiet = task.stage == "done" and task.what == _CHECK
        return None if quiet or time.monotonic() - task.ended > _LINGERS else task

    def say(self, words: str) -> None:
        """Something to be told on the next page."""
        self.message, self._heard = words, False

    def heard(self) -> str:
        """What is to be told: once, or until the work that follows from it has ended."""
        goes_on = self.task is not None and self.task.running
        words = "" if self._heard and not goes_on else self.message
        self.message, self._heard = (self.message, True) if goes_on else ("", False)
        return words

    def trying(self, call: Any) -> None:
        """Makes a call whose failure is told on the next page."""
        try:
            self.say(call())
        except XltoolsError as problem:
            self.say(f"没有做成：{problem}")


def _at_desk(told: dict[str, Any]) -> str:
    """What to do at the desk about a finding; "" where that is what it says itself, or where this is none."""
    code = CATALOGUE.get(told.get("code", "")) if "remedy" in told else None
    return code.desk if code is not None else ""


def _stamp(path: Path) -> str:
    """A file's name, size and time; "" where there is none."""
    try:
        there = path.stat()
    except OSError:
        return ""
    return f"{path}\0{there.st_size}\0{there.st_mtime_ns}"


def _files_in(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(path for path in folder.rglob("*") if not path.is_dir())
