"""A run in a season's working folder: what it knows from before, and what it leaves to the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.collection.collected import Collection, left_out
from xltools.collection.decisions import Office
from xltools.collection.previous import Previous
from xltools.collection.roster import Roster
from xltools.findings import Finding
from xltools.findings.failures import going_on
from xltools.form.model import NONE
from xltools.inputs import real
from xltools.outputs import slashed, sweep
from xltools.season.docket import asked, list_asked, read_decisions
from xltools.season.record import RECORD, Changes, Record, compare, read_record, take_stock, write_record
from xltools.season.settings import READINGS, read_settings
from xltools.season.unchanged import JUDGED, RUN, Digests, Judged, LastRun, keep, recall
from xltools.season.where import SETTINGS

if TYPE_CHECKING:
    from xltools.collection.gathered import Gathered
    from xltools.received.file import Received
    from xltools.slips import Letters


class Run:
    """A run in a season's working folder: what it knows from before, and what it leaves to the next."""

    def __init__(self, home: Path) -> None:
        """XltoolsError where the settings or the record are wrong."""
        self._digests = Digests()
        self._digests.look_at(home / SETTINGS)
        self.settings = read_settings(home)
        self._digests.look_at(self.settings.roster)
        self._record = self.settings.memory / RECORD
        self.last = read_record(self._record)
        if self.last is not None and self.last.year != self.settings.year:
            self.last = None
        self._office, self._notes = Office(), list[Finding]()
        self._of = self._kept_of = self._means = ""
        self._kept: LastRun | None = None
        self._left: Record | None = None
        self._judged: tuple[Received, ...] | None = None
        self.letters: Letters | None = None
        """What went back for single files, by the last run and then by this one."""
        self.found: LastRun | None = None
        """What this run found, for the next one; None where that is not to be kept."""

    def stands_for(
        self,
        files: Sequence[Path],
        last: Sequence[Path],
        skipped: Iterable[Finding],
        asked: Mapping[str, Any],
        roster: Roster | None,
        read: Iterable[Received] | None = None,
    ) -> str:
        """What stands for a run over the whole folder: the files that it reads, this year's and last year's, the folder's settings
        and lists. They are as they are now, settings and roster as they were when the run began, for they have been read since;
        once it has gone through all, all are as they are now, but of those that were ``read`` the content that was."""
        self._read_decisions(roster)
        if read is not None:
            self._digests = Digests({got.path: got.sha256 for got in read if got.sha256})
        digests = self._digests
        self._means = digests.of_means((self.settings.roster, *last))
        decided = (self._office.decisions, [note.message for note in self._notes])
        every = (self.settings.home / SETTINGS, self.settings.roster, *files, *last)
        return digests.of_run(every, skipped, {**asked, "decided": decided, "this year's": len(files)})

    def recall(self, of: str) -> Collection | None:
        """What the last run found, where ``of`` stands for that one too; else None."""
        self._of, self._kept_of = of, self._with_memory(of, self.last)
        self.found = self._kept = recall(self.settings.memory, RUN, self._kept_of)
        return self.found.collection if self.found else None

    def find(self, collection: Collection) -> None:
        """What this run found of all that it stands for."""
        self.found = LastRun(collection)

    @staticmethod
    def _with_memory(of: str, last: Record | None) -> str:
        """The same with what was remembered. What a run leaves to be remembered changes nothing in what is found of the same."""
        return f"{of} {json.dumps([last.explained, last.decided] if last else [{}, {}], sort_keys=True)}"

    def keep(self) -> None:
        """Keeps what was found, and what was made of it, for the next run, unless it is kept already."""
        if self._left is None:
            return
        of = self._with_memory(self._of, self._left)
        if self.found and not self.found.remembered(self._left):
            self.found = replace(self.found, agencies=self._left.agencies)
        if self.found and self.found.lasting and not (self.found is self._kept and of == self._kept_of):
            keep(self.settings.memory, RUN, of, self.found)
            if self._judged is not None:
                keep(self.settings.memory, JUDGED, self._means, Judged(self._judged, self.letters))

    def _read_decisions(self, roster: Roster | None) -> None:
        last, path = self.last, self.settings.decisions
        decisions, self._notes = read_decisions(path, roster)
        self._office = Office(slashed(path), decisions, last.explained if last else {}, last.decided if last else {})

    def check(
        self,
        paths: Sequence[Path] | Gathered,
        roster: Roster | None,
        year: int | None,
        progress: Callable[[Sequence[Path], str], Iterable[Path]],
        ignore: frozenset[Path],
        jobs: int | None,
        previous: Previous | None,
        *,
        newest: bool,
    ) -> Collection:
        """Reads and checks as ``check`` does, with all that the folder knows; unchanged files are not read again."""
        from xltools.collection.check import check
        from xltools.collection.gathered import Gathered, gather
        from xltools.season.store import open_store

        settings = self.settings
        self._read_decisions(roster)
        if not isinstance(paths, Gathered):
            before: Judged = (recall(settings.memory, JUDGED, self._means) if self._means else None) or Judged()
            same = [got for got in before.received if got.sha256 and self._digests.get(got.path) == got.sha256]
            readings = open_store(settings.memory / READINGS)
            ignored = ignore | {real(settings.decisions)}
            regions = roster.regions if roster else NONE
            paths = gather(paths, progress, ignored, jobs, previous, readings, regions, same)
            self._judged, self.letters = paths.received, before.letters
        collection = check(paths, roster, year, progress, previous=previous, office=self._office, newest=newest,
                           supplements=settings.supplements)  # fmt: skip
        collection.findings += self._notes
        return collection

    def _stock(self, collection: Collection) -> tuple[Record, Changes]:
        same = self.last if self.found and self.found.remembered(self.last) else None
        record = same.again() if same else take_stock(collection, self._office, self.last)
        return record, compare(self.last, record, collection)

    def list_asked(self, collection: Collection) -> None:
        """Lists the open queries in 办理记录, ready to be settled; XltoolsError where that cannot be."""
        if self.settings.decisions.exists():
            files = ((r.filing, r.findings) for r in collection.received if r.filing)
            list_asked(self.settings.decisions, list(asked(files)))

    def remember(self, collection: Collection) -> Changes:
        """Writes down what this run found of each agency, and returns what has changed since the last."""
        record, changes = going_on(
            collection.received, lambda files: self._stock(collection.of(files)), partial(left_out, "remember")
        )
        write_record(self._record, record)
        self._left = record
        for folder in (
            self._record.parent,
            self._record.parent / READINGS,
            self.settings.summary,
            self.settings.issued,
        ):
            sweep(folder)
        return changes
