"""A season that is open at the desk: the last result of each call over it, and the one piece of work that goes on."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from xltools.api import Season
from xltools.api.office import Arrived
from xltools.api.sets import Checked
from xltools.api.showing import ShownJson, Viewed
from xltools.archives import archive_over
from xltools.commands import with_buttons
from xltools.desk.tasks import Stopped, Task
from xltools.desk.watch import Listing, Watch, stamp
from xltools.editions.shelves import FORMS
from xltools.errors import XltoolsError
from xltools.findings import CATALOGUE
from xltools.outputs import slashed
from xltools.received.companions import SUMMARY
from xltools.season.replacing import Poorer
from xltools.season.where import SETTINGS

_CHECK = "审核"
_PATIENCE, _LINGERS = 20.0, 90.0
"""Seconds that files wait for work to stop; that the end of work is told."""

_MARKS = ("~${}", ".~{}", ".~lock.{}#")
"""The names of the files that Excel, WPS and LibreOffice put beside one that they have open."""

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
        self.poorer = ""
        """What the summary would lose by being made anew, where it was not for that."""
        self.imported: list[Any] = []
        self.read_back = False
        self._lock, self._acting = threading.Lock(), threading.Lock()
        self._wanted = False
        """Whether a check is to begin as soon as nothing else goes on."""
        self._work: Task | None = None
        """The last work that was no check: how it ended is still told when a check has followed."""
        self._files: dict[str, Path] = {}
        self._salt = id.encode()
        self.watch = Watch()
        self.put_aside: dict[str, list[Path]] = {}
        self._over: Listing = {}
        self._seen = self._looked = ""
        self._since = 0.0
        self._summed = self._made()
        self._summary: tuple[object, Viewed, ShownJson] | None = None
        self._held: tuple[object, Checked, bool | None] | None = None

    # ── work ──

    def do(self, what: str, command: str, work: Any) -> bool:
        """Begins a piece of work (``work(task)`` returns how it ended, in words) unless other work goes on, and then says so; whether
        it began."""
        check = what == _CHECK
        with self._lock:
            if not check:
                self._give_way()
            if (self.task is not None and self.task.running) or (check and self._acting.locked()):
                self._wanted |= check
                if not check and self.task is not None:
                    self.say(f"没有开始{what}：正在{self.task.what}，请等它完了再点一次")
                return False
            task = self.task = Task(what, command)
            self._work = self._work if check else task

        def whole(task: Task) -> str:
            try:
                words = self.in_words(str(work(task)))
                with suppress(XltoolsError, OSError):
                    self.summary()  # so that no page has to wait for it
                return words
            except Stopped:
                raise
            except XltoolsError as problem:
                raise XltoolsError(self.in_words(problem.said)) from None
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
            task.wait(_PATIENCE)
            self._wanted = True

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Within it no check begins; one that goes on gives way. The check that is wanted for it, or again, begins when it is over.

        XltoolsError where other work goes on and does not end soon."""
        try:
            with self._acting:
                with self._lock:
                    self._give_way()
                    if self._work is not None and not self._work.running:
                        self._work = None  # how it ended has been told
                task = self.task
                if task is not None and not task.wait(_PATIENCE):
                    raise XltoolsError(f"正在{task.what}，请等它完了再办一次")
                yield
        finally:
            if self._wanted:
                self.check()

    def stop(self) -> None:
        """Asks what goes on to stop."""
        if self.task is not None:
            self.task.stop()

    def check(self) -> bool:
        """Begins a check; where other work goes on, as soon as that has ended. Whether it began."""
        return self.do(_CHECK, "xltools check", self._check)

    def _check(self, task: Task) -> str:
        task.label, self._wanted = "看“回收”里有哪些文件", False
        self.season = Season(self.home)  # the settings may have been changed
        over = self.watch.list(self.season)
        seen = self.watch.signature(self.season, over)
        self._take(self.season.check(progress=task.progress))
        self._seen, self._looked, self._over = seen, seen, over
        assert self.checked is not None
        return str(self.checked.collection)

    def _take(self, checked: Checked) -> None:
        self.checked, self.told = checked, self.near(checked.to_json())
        self.at = f"{datetime.now():%H:%M:%S}"

    def merge(self, *, force: bool = False) -> bool:
        """Begins to sum up; ``force``: also where the summary then has fewer agencies than it had."""

        def work(task: Task) -> str:
            try:
                merged = self.season.merge(force=force, progress=task.progress)
            except Poorer as problem:
                self.poorer = self.in_words(problem.said)
                raise
            self.poorer = ""
            self._check(task)
            return f"汇总：{merged.summary.status}"

        return self.do("汇总", "xltools merge", work)

    def receive(self, files: Iterable[tuple[str, BinaryIO]]) -> Arrived:
        """Puts files among those received, and begins a check; XltoolsError where none were put there."""
        with self._undisturbed():  # a check that begins meanwhile would be over half of them
            arrived = self.season.receive(files)
            self.check()
        return arrived

    # ── what arrives by itself ──

    def look(self) -> None:
        """Begins a check that is wanted, or where what it is over has changed and has been still for a while; notices a summary that
        was written in."""
        if not self._idle:
            return
        if (made := self._made()) != self._summed:
            self._summed = made
            self.version += 1
        if self._wanted:
            self.check()
        else:
            self.watch.look(self.season, self._noticed)

    def _noticed(self, now: str) -> None:
        at = time.monotonic()
        if now != self._looked:
            self._looked, self._since = now, at
        if now != self._seen and at - self._since >= STILL and self._idle:
            self._seen = now  # where the check fails it is not begun over and over
            self.check()

    @property
    def _idle(self) -> bool:
        """Whether nothing goes on: no work, and nothing that is just being put, moved or written."""
        return not (self.task and self.task.running) and not self._acting.locked()

    def _made(self) -> str:
        """What tells that a summary was made, or written in with Excel."""
        return "\n".join(f"{path}\0{stamp(path)}" for path in self.summaries())

    # ── what a page was filled with ──

    def shown_of(self, one: dict[str, Any]) -> str:
        """What tells that the page of an agency shows what is known of it now: its state, its files, what was found in them."""
        files = [f for f in self.told.get("filings", ()) if f["file"] in one["files"]]
        said = json.dumps([one, [(f["file"], f["sha256"], f["findings"]) for f in files]], sort_keys=True, default=str)
        return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

    def as_shown(self, one: dict[str, Any], shown: str, *, alone: bool = True) -> None:
        """XltoolsError where what an agency's page showed is no longer so, by another page, a colleague or what came in.

        ``alone``: its own files are looked at, else all that came in."""
        now = self.watch.list(self.season)
        files = [Path(file) for file in one["files"]]
        own = [archive_over(path) or path for path in files]
        same = all(now.get(path) == self._over.get(path) for path in own) if alone else now == self._over
        if not same:
            self.check()
        if not same or shown != self.shown_of(one):
            raise XltoolsError("这一页打开以后，情况有了变化（又有来表，或者别处办理了）；请看清楚现在的，再办一次")

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
        """Words that name files as they are called on the pages, and buttons in the place of commands."""
        return with_buttons(words).replace(f"{slashed(self.home)}/", "").replace(f"{self.home}{os.sep}", "")

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
        return sorted(p for p in folder.glob(f"*{SUMMARY}") if not p.name.startswith(("~$", ".")))

    def summary(self) -> ShownJson | None:
        """The season's summary to be looked at; None where there is none yet. XltoolsError where it cannot be read."""
        there = self.summaries()
        if not there:
            return None
        decisions = self.season.settings.decisions
        times = [path.stat().st_mtime_ns for path in (there[0], decisions) if path.is_file()]
        key = (there[0], *times)
        if self._summary is None or self._summary[0] != key:
            view = self.season.show(there[0])
            self._summary = (key, view, self.near(view.to_json()))
        return self._summary[2]

    def outdated(self) -> bool:
        """Whether what the summary was made of is no longer what counts: other files, other agencies, or what no check has looked at
        yet; or whether roster, settings or record were written after it. By time alone where it does not say what it is of."""
        there = self.summaries()
        if not there:
            return False
        made, settings = there[0].stat().st_mtime_ns, self.season.settings
        lying, other = self.watch.lately(self.season), self._other_than_checked()
        written = [stamp(path) for path in (settings.decisions, settings.roster, self.home / SETTINGS)]
        if other is None:
            written += lying.values()
        elif other or lying != self._over:
            return True
        return any(int(words.partition("\0")[2]) > made for words in written if words)

    def _other_than_checked(self) -> bool | None:
        """Whether the summary was made of something else than the last check would have counted; None where that is not known."""
        try:
            self.summary()
        except XltoolsError:
            return None
        if self._summary is None or self.checked is None:
            return None
        key, view, _ = self._summary
        if self._held is None or self._held[0] != key or self._held[1] is not self.checked:
            self._held = (key, self.checked, self.checked.outdated(view))
        return self._held[2]

    def open_elsewhere(self, path: Path) -> bool:
        """Whether Excel, WPS or LibreOffice has a file open, here or on another computer: by what they put beside it meanwhile. Where
        the system does not keep others from writing, what is then saved there would take the place of what is written here."""
        return any((path.parent / mark.format(path.name)).exists() for mark in _MARKS)

    def older_than_summary(self, path: Path) -> bool:
        """Whether something made of the summary was made before that was last written in, a query of it was settled, or a form of
        the season changed: what it says, or that it is a draft, may be so no more."""
        forms = list((self.home / FORMS).glob("*.toml"))
        of = [*self.summaries()[:1], self.season.settings.decisions, *forms]
        with suppress(OSError):
            return any(one.stat().st_mtime_ns > path.stat().st_mtime_ns for one in of if one.is_file())
        return False

    @property
    def shown_task(self) -> Task | None:
        """The work that is told: what goes on, and for a while what ended; not that a check did, for its outcome is the page."""
        task = self.task
        if task is None or task.running:
            return task
        task = self._work if task.stage == "done" and task.what == _CHECK else task
        return None if task is None or time.monotonic() - task.ended > _LINGERS else task

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
        """Makes a call (which returns what to tell) while no check goes on; its failure is told on the next page."""
        try:
            with self._undisturbed():
                self.say(call())
        except XltoolsError as problem:
            self.say(f"没有做成：{self.in_words(problem.said)}")


def _at_desk(told: dict[str, Any]) -> str:
    """What to do at the desk about a finding; "" where that is what it says itself, or where this is none."""
    code = CATALOGUE.get(told.get("code", "")) if "remedy" in told else None
    return code.desk if code is not None else ""
