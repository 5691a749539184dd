"""What the last run over the whole folder found, kept for the next one: where nothing has changed, nothing is gone through again.

What a run finds is a function of what it reads, of what it was asked, of what was remembered, and of the program. All of that
goes into one digest, of the bytes themselves as they lie there now; what was kept counts for the very same digest alone, and is
sealed as all that this account keeps is (``derived``). A file, a list, a form, a setting, last year's folder: whatever is the least
otherwise is a run anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xltools.classes import dataclass
from xltools.collection.collected import Collection
from xltools.derived import recalled, sealed
from xltools.editions.shelves import desk, stamp
from xltools.errors import XltoolsError
from xltools.findings import Finding
from xltools.inputs import Refused, content_of
from xltools.outputs import slashed, write_whole
from xltools.received.file import FILE_LIMIT, Received
from xltools.workbook.ledger import FIGURES_LIMIT, figures_beside

if TYPE_CHECKING:
    from xltools.season.record import Known, Record
    from xltools.slips import Letters, Slip
    from xltools.slips.letterhead import Letterhead

RUN, JUDGED = "run", "judged"
"""The files in the folder's memory: what the last run found, and what it found of each file by itself."""
_LIMIT = 64 * 2**20
"""Bytes of each: some ten thousand filings, with last year's."""
_MOST = 5_000
"""Filings that are kept: of more not all should be in memory at a time, and all of these are while they are packed."""


class Digests(dict[Path, str]):
    """What stands for the content of files, each read once."""

    def __missing__(self, path: Path) -> str:
        self[path] = found = _content(path)
        return found

    def look_at(self, path: Path) -> None:
        """Notes what a file is before it is read."""
        self[path] = _content(path)

    def of_run(self, files: Iterable[Path], skipped: Iterable[Finding], asked: Mapping[str, Any]) -> str:
        """What stands for all that a run reads and was asked: another one where a byte of any of it is."""
        told = [(found.code, found.file, found.message) for found in skipped]
        return self._digest(files, skipped=told, asked=repr(sorted(asked.items())))

    def of_means(self, files: Iterable[Path]) -> str:
        """What stands for all by which a single file is judged: the roster, last year's files, the forms and packs."""
        return self._digest(files)

    def _digest(self, files: Iterable[Path], **more: Any) -> str:
        # The agencies of a summary may lie beside it.
        read = [each for path in files for each in (path, figures_beside(path))]
        said = {"files": [(slashed(path), self[path]) for path in read], "forms": [stamp(), repr(desk())], **more}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _content(path: Path) -> str:
    """The digest of a file's content; why it cannot be read where it cannot."""
    try:
        return hashlib.sha256(content_of(path, max(FILE_LIMIT, FIGURES_LIMIT))).hexdigest()
    except Refused as problem:
        return f"{problem.vast} {problem.reason}"


@dataclass(frozen=True)
class LastRun:
    """What a run found, the slips that it wrote (by their names) in letters that end so, what its page shows of
    that, and what it left to be remembered of each agency."""

    collection: Collection
    sent: tuple[Slip, ...] = ()
    head: Letterhead | None = None
    picture: object = None
    agencies: dict[str, Known] | None = None

    def lying_in(self, folder: Path, head: Letterhead) -> tuple[Slip, ...]:
        """The slips in their folder; none unless they would end so now, and each lies there as it was written."""
        from xltools.slips import lying

        return lying(self.sent, folder) if self.head == head else ()

    def wrote(self, slips: Sequence[Slip], head: Letterhead) -> LastRun:
        """The same, with the slips that were written; what a page shows is to be made anew, for it leads to them."""
        from xltools.slips import by_name

        return replace(self, picture=None, sent=by_name(slips), head=head)

    def remembered(self, last: Record | None) -> bool:
        """Whether what it left to be remembered is what is remembered: of the same, the same is left again."""
        return last is not None and last.agencies == self.agencies

    @property
    def lasting(self) -> bool:
        """Whether it would be found again: the program did not fail over a file."""
        return not any(found.code == "file-failed" for found in self.collection.all_findings())


@dataclass(frozen=True)
class Judged:
    """What a run found of each file by itself, and the letters that went back for some, in a season where a few others come in.

    What a file is found to be by itself is a function of its content and of the means (``Digests.of_means``): of the very same bytes
    it is the same again. What is found of files together is never taken from here.
    """

    received: tuple[Received, ...] = ()
    letters: Letters | None = None


def recall(folder: Path, kind: str, of: str) -> Any:
    """What was kept in a folder of what ``of`` stands for, a ``LastRun`` or ``Judged`` by its kind; None where that is not known."""
    try:
        return recalled(folder / kind, kind, of, _LIMIT)
    except LookupError:
        return None


def keep(folder: Path, kind: str, of: str, found: LastRun | Judged) -> None:
    """Keeps it where it can be kept: neither a full disk nor a folder on a read-only medium stops a run."""
    if len(found.received if isinstance(found, Judged) else found.collection.received) > _MOST:
        return
    with contextlib.suppress(XltoolsError, OSError, pickle.PickleError, TypeError, AttributeError):
        content = sealed(kind, of, pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        if len(content) <= _LIMIT:
            write_whole(folder / kind, content, force=True)
