"""A season in its working folder: what its settings say, what earlier runs left, what the office settled, what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from xltools.collection.check import check
from xltools.collection.collected import Collection
from xltools.collection.decisions import Office
from xltools.collection.gathered import Gathered, left_out
from xltools.collection.previous import Previous
from xltools.collection.roster import Roster
from xltools.findings.failures import going_on
from xltools.inputs import real
from xltools.outputs import slashed, sweep
from xltools.season.docket import asked, list_asked, read_decisions
from xltools.season.home import last_year
from xltools.season.record import RECORD, Changes, Record, compare, read_record, take_stock, write_record
from xltools.season.settings import READINGS, Settings, read_settings
from xltools.season.store import open_store

__all__ = ["Changes", "Run", "Settings", "last_year", "read_settings"]


class Run:
    """A run in a season's working folder: what it knows from before, and what it leaves to the next."""

    def __init__(self, home: Path) -> None:
        """XltoolsError where the settings or the record are wrong."""
        self.settings = read_settings(home)
        self._record = self.settings.memory / RECORD
        self.last = read_record(self._record)
        if self.last is not None and self.last.year != self.settings.year:
            self.last = None
        self._office = Office()

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
        last, settings = self.last, self.settings
        decisions, notes = read_decisions(settings.decisions, roster)
        self._office = Office(
            slashed(settings.decisions), decisions, last.explained if last else {}, last.decided if last else {}
        )
        collection = check(paths, roster, year, progress, ignore | {real(settings.decisions)}, jobs, previous,
                           readings=open_store(settings.memory / READINGS), office=self._office, newest=newest)  # fmt: skip
        collection.findings += notes
        return collection

    def _stock(self, collection: Collection) -> tuple[Record, Changes]:
        record = take_stock(collection, self._office, self.last)
        return record, compare(self.last, record, collection)

    def list_asked(self, collection: Collection) -> None:
        """Lists the open queries in 办理记录, ready to be settled; XltoolsError where that cannot be."""
        if self.settings.decisions.exists():
            files = ((r.filing.agency, r.findings) for r in collection.received if r.filing)
            list_asked(self.settings.decisions, list(asked(files)))

    def remember(self, collection: Collection) -> Changes:
        """Keeps what this run found for the next one, and returns what has changed since the last."""
        record, changes = going_on(
            collection.received, lambda files: self._stock(collection.of(files)), partial(left_out, "remember")
        )
        write_record(self._record, record)
        for folder in (
            self._record.parent,
            self._record.parent / READINGS,
            self.settings.summary,
            self.settings.issued,
        ):
            sweep(folder)
        return changes
